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

import errno

# What the system says when a file or a port cannot be had, in French.
_REASONS = {
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "opération interdite",
    errno.ENOSPC: "disque plein",
    errno.EDQUOT: "quota de disque atteint",
    errno.EROFS: "disque en lecture seule",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.ENAMETOOLONG: "nom trop long",
    errno.EIO: "erreur de disque",
    errno.EFBIG: "fichier plus grand que ce disque ou ce compte ne le permet",
    errno.EADDRINUSE: "déjà pris",
    errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de la machine",
}


def reason(error: OSError) -> str:
    """Say in French why a file or a port cannot be had; in the system's words where none are known.

    >>> reason(OSError(errno.ENOSPC, "No space left on device")), reason(OSError("odd"))
    ('disque plein', 'odd')
    """
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


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
