"""The fixtures of visiting.py, where pytest looks for them."""

from visiting import adjudication, chromium, complaints, opened, serving, session

__all__ = ["adjudication", "chromium", "complaints", "opened", "serving", "session"]
