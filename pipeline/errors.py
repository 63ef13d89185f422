"""What can go wrong, as a small tree.

FilrougeError                 a user's mistake or the world's; its text is one French sentence, shown as is
├── ReadError                 a transcript that cannot be read
├── CodebookError             a codebook.toml that says something impossible
├── CodingError               a row of codings that names no place, no code or no transcript of the study
├── StudyError                a folder that is not a study, or whose parts do not fit together
├── ModelError                a model that is missing, damaged, or made for another codebook
├── StoreError                the store of annotation events: locked, read-only, damaged, of a newer version
├── MissingExtra              an optional package that a rare use needs and that is not installed
└── OutputError               a result that cannot be written (full disk, read-only folder)

Programmer's mistakes stay ValueError and TypeError: they deserve their traceback.
"""

from __future__ import annotations


class FilrougeError(Exception):
    """A mistake that the user can mend: says where, what was found, what is allowed, what to do."""


class ReadError(FilrougeError):
    """A transcript cannot be read."""


class CodebookError(FilrougeError):
    """A codebook is invalid."""


class CodingError(FilrougeError):
    """A file of codings does not fit the transcripts or the codebook."""


class StudyError(FilrougeError):
    """A folder is not a study."""


class ModelError(FilrougeError):
    """A model is missing, damaged, or was made for another codebook."""


class StoreError(FilrougeError):
    """The store of annotation events cannot be opened, read or written."""


class OutputError(FilrougeError):
    """A result cannot be written."""


class MissingExtra(FilrougeError):
    """An optional package is not installed."""
