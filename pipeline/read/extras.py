"""Libraries that the extra « formats » brings; whoever lacks one is told the pip line."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pipeline.errors import ReadError


def needed(module: str, *, name: str, kind: str) -> Any:
    """Return the library ``module``, without which the file ``name`` cannot be read; ``kind`` is its format.

    Raises ReadError with the line to type.
    """
    try:
        return import_module(module)
    except ImportError:
        raise ReadError(
            f"{name} : pour lire ce format ({kind}), il manque la bibliothèque {module}. "
            'Installez-la avec : pip install "filrouge[formats]"'
        ) from None
