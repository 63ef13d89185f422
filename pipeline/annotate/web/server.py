"""Handlers behind a real server: routes, guard, socket. Starlette and uvicorn are met here alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from pipeline.annotate.adjudication import Adjudication
from pipeline.annotate.session import Session
from pipeline.annotate.web import asking, reading, settling
from pipeline.annotate.web.desk import FOLDER, Desk
from pipeline.annotate.web.guard import HEADERS, LOCAL, MOST_BYTES, SHORTEST_TOKEN, Guard, names_of
from pipeline.annotate.web.palette import stylesheet
from pipeline.annotate.web.visit import Reply, Visit, parse_form
from pipeline.errors import FilrougeError, StudyError, reason

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

Handler = Callable[[Desk, Visit], Reply]
# A page more: a function (Desk, Visit) -> Reply, and a line here.
SESSION: dict[tuple[str, str], Handler] = {
    ("GET", "/"): asking.ask,
    ("POST", "/reponse"): asking.answer,
    ("POST", "/annuler"): asking.undo,
    ("GET", "/avancement"): asking.progress,
    ("GET", "/pourquoi"): asking.why,
    ("GET", "/lecture"): reading.transcripts,
    ("POST", "/lecture/coder"): reading.code,
    ("POST", "/lecture/retirer"): reading.take_back,
    ("POST", "/lecture/annuler"): reading.undo,
    ("POST", "/lecture/terminer"): reading.finish,
    ("GET", "/aide"): asking.help_page,
}
JUDGING: dict[tuple[str, str], Handler] = {
    ("GET", "/"): settling.disagreements,
    ("POST", "/consensus"): settling.settle,
    ("GET", "/aide"): asking.help_page,
}
STATIC = {"filrouge.css": "text/css", "filrouge.js": "text/javascript", "lecture.js": "text/javascript",
          "htmx.min.js": "text/javascript", "fil.svg": "image/svg+xml"}  # fmt: skip
CLOSED = "Page fermée. Ouvrez l’adresse complète, avec son jeton, que filrouge affiche dans le terminal."
STRANGER = "Cette adresse n’est pas celle du serveur filrouge."
FORGED = "Formulaire refusé : il ne vient pas de cette séance. Rechargez la page, puis recommencez."
UNKNOWN = "Cette adresse ne mène à rien de cette étude. Revenez aux questions."


def app(
    session: Session | None, adjudication: Adjudication | None, *, token: str, hosts: Collection[str],
    port: int = 80, anywhere: bool = False,
) -> Starlette:  # fmt: skip
    """Return the application. ``hosts`` are the names that the Host header may hold, with ``port``."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    guard = Guard(token, frozenset(hosts), port, anywhere)
    desk = Desk(session, adjudication, guard.csrf)
    static = {f"/static/{name}": Reply((FOLDER / "static" / name).read_text("utf-8"), kind=kind)
              for name, kind in STATIC.items()}  # fmt: skip
    static["/static/codes.css"] = Reply(stylesheet(desk.codebook), kind="text/css")

    async def endpoint(request: Request) -> Response:
        reply = await _reply(desk, guard, static, request)
        return _response(reply)

    return Starlette(routes=[Route("/{path:path}", endpoint, methods=["GET", "POST"])])


async def _reply(desk: Desk, guard: Guard, static: dict[str, Reply], request: Request) -> Reply:
    """Let a request through to its handler, or say why not."""
    from starlette.concurrency import run_in_threadpool

    htmx = request.headers.get("hx-request") == "true"
    visit = Visit(dict(request.query_params), htmx=htmx)
    if not guard.answers_to(request.headers.get("host", "")):
        return Reply(STRANGER, 400, kind="text/plain")
    path, method = request.url.path, request.method
    if method == "GET" and path in static:
        return static[path]
    if method == "GET" and path == "/" and guard.admits(visit.query.get("token", "")):
        return Reply(status=303, location="/", headers={"Set-Cookie": _cookie(guard)})
    if not guard.knows(request.cookies.get(guard.cookie_name, "")):
        return desk.complaint(visit, CLOSED, 403) if htmx else Reply(CLOSED, 403, kind="text/plain")
    handler = (SESSION if desk.session is not None else JUDGING).get((method, path))
    if handler is None:
        return desk.complaint(visit, UNKNOWN, 404)
    if method == "POST":
        form = await _form(request)
        if form is None:
            return desk.complaint(visit, "Formulaire trop long (1 Mo au plus).", 413)
        if not guard.trusts(form, request.headers.get("sec-fetch-site", "")):
            return desk.complaint(visit, FORGED, 403)
        visit = Visit(visit.query, form, htmx)
    return await run_in_threadpool(_handled, desk, handler, visit)


def _handled(desk: Desk, handler: Handler, visit: Visit) -> Reply:
    """Run a handler; a user's mistake is shown, a forged id leads nowhere."""
    try:
        return handler(desk, visit)
    except FilrougeError as error:
        return desk.complaint(visit, str(error), 400)
    except (ValueError, KeyError):
        return desk.complaint(visit, UNKNOWN, 404)


async def _form(request: Request) -> dict[str, tuple[str, ...]] | None:
    """Read a form; None if it is longer than any honest one."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return parse_form(bytes(body))


def _response(reply: Reply) -> Response:
    """Dress a reply with the headers that every answer carries."""
    from starlette.responses import Response

    headers = {**HEADERS, **reply.headers}
    if reply.location:
        headers["Location"] = reply.location
    return Response(reply.text, reply.status, headers=headers, media_type=f"{reply.kind}; charset=utf-8")


def _cookie(guard: Guard) -> str:
    """Return the cookie of a browser that is let in."""
    return f"{guard.cookie_name}={guard.cookie}; Path=/; HttpOnly; SameSite=Strict"


def check_reach(host: str, token: str | None) -> None:
    """Raise StudyError if others could reach the page without a secret long enough."""
    if host not in LOCAL and not token:
        raise StudyError(
            f"--host {host} ouvre la page à d’autres machines : donnez aussi --token, un secret d’au moins "
            f"{SHORTEST_TOKEN} caractères, ou restez sur 127.0.0.1."
        )
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise StudyError(f"--token : {len(token)} caractères ; il en faut au moins {SHORTEST_TOKEN}.")


def serve(
    session: Session | None, adjudication: Adjudication | None, *, host: str = "127.0.0.1", port: int = 0,
    token: str | None = None, tell: Callable[[str], None], browser: Callable[[str], object] | None = None,
) -> None:  # fmt: skip
    """Serve until Ctrl-C; ``tell`` gets the first address, token in it, once the socket listens.

    Raises StudyError if the port is taken, or if others could reach the page without a token of their own.
    """
    import secrets

    import uvicorn

    check_reach(host, token)
    token = token or secrets.token_urlsafe(24)
    with _listen(host, port) as listening:
        port = listening.getsockname()[1]
        anywhere = host in {"0.0.0.0", "::"}
        names = names_of(host, [socket.gethostname()] if host not in LOCAL else [])
        pages = app(session, adjudication, token=token, hosts=names, port=port, anywhere=anywhere)
        first = first_address(host, port, token)
        tell(first)
        if browser is not None:  # a browser of the terminal would hold us up
            threading.Thread(target=browser, args=(first,), daemon=True).start()
        _run(uvicorn, pages, listening)


def first_address(host: str, port: int, token: str) -> str:
    """Return the address that lets a browser in.

    >>> first_address("::1", 8000, "abc")
    'http://[::1]:8000/?token=abc'
    """
    from urllib.parse import urlencode

    shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/?{urlencode({'token': token})}"


def _run(uvicorn: Any, pages: Starlette, listening: socket.socket) -> None:
    """Run until Ctrl-C, without a word: addresses hold the token, pages hold interviews."""
    config = uvicorn.Config(
        pages, log_config=None, access_log=False, lifespan="off", ws="none", server_header=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        return


def _listen(host: str, port: int) -> socket.socket:
    """Open the socket. Raises StudyError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen(128)
    except (OSError, OverflowError) as error:
        opened.close()
        why = reason(error) if isinstance(error, OSError) else "il va de 0 à 65535"
        raise StudyError(
            f"Le port {port} de {host} ne peut pas être ouvert ({why}). Donnez-en un autre avec --port, ou "
            "aucun : filrouge en prend un libre."
        ) from None
    return opened
