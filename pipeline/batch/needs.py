"""The packages that only batch coding needs."""

from __future__ import annotations

from typing import Any

from pipeline.errors import MissingExtra


def arrow() -> Any:
    """Import pyarrow with its parquet module. Raises MissingExtra where it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra(
            "Le codage par lots demande pyarrow, qui n’est pas installé : pip install 'filrouge[batch]'."
        ) from None
    return pyarrow


def distributed() -> Any:
    """Import Dask's scheduler. Raises MissingExtra where it is not installed."""
    import logging

    try:
        import distributed
    except ImportError:
        raise MissingExtra(
            "L’exécution sur une grappe demande Dask, qui n’est pas installé : pip install 'filrouge[cluster]'."
        ) from None
    # What happens to workers is told by reports, not by the library's own tracebacks.
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed
