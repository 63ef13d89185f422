"""A session in, pages on a local address out: Starlette, Jinja2 and htmx, all French, keyboard first.

``serve`` runs a server until Ctrl-C; ``app`` is the application alone, for tests. Handlers (`asking`, `reading`,
`settling`) take a Visit and return a Reply; only `server` knows Starlette, and only `guard` knows secrets.
"""

from pipeline.annotate.web.server import app, check_reach, serve

__all__ = ["app", "check_reach", "serve"]
