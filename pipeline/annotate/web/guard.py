"""Who may speak to the page: token, cookie, CSRF, Host header, and the headers that close every other door.

Everything derives from one secret token by HMAC, so that nothing has to be kept: the cookie is not the token, and
the field that guards forms is neither. The Host header is compared with the names that the server was given
(DNS rebinding needs a name of the attacker's; a literal address cannot be rebound).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
# Whoever can guess the token of a server that others reach reads the interviews: 16 is the least taken.
SHORTEST_TOKEN = 16
MOST_BYTES = 1_000_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """The secret of one server and the names it answers to; ``anywhere`` if it listens on every address."""

    token: str
    hosts: frozenset[str]
    port: int
    anywhere: bool = False

    @property
    def cookie_name(self) -> str:
        """The cookie's name: browsers share cookies between ports, so each port has its own."""
        return f"filrouge_{self.port}"

    @property
    def cookie(self) -> str:
        """The cookie's value."""
        return self._derived("cookie")

    @property
    def csrf(self) -> str:
        """What every form must carry."""
        return self._derived("csrf")

    def knows(self, cookie: str) -> bool:
        """Tell whether a browser was let in before."""
        return hmac.compare_digest(cookie.encode(), self.cookie.encode())

    def admits(self, token: str) -> bool:
        """Tell whether a first address is the right one."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def trusts(self, form: Mapping[str, tuple[str, ...]], site: str) -> bool:
        """Tell whether a form was drawn by this server and sent from its own page (Sec-Fetch-Site)."""
        sent = next(iter(form.get("csrf", ())), "")
        return hmac.compare_digest(sent.encode(), self.csrf.encode()) and site in {"", "same-origin", "none"}

    def answers_to(self, host: str) -> bool:
        """Tell whether a Host header names this server.

        >>> guard = Guard("t", frozenset({"127.0.0.1", "localhost"}), 8000)
        >>> [guard.answers_to(host) for host in ("localhost:8000", "127.0.0.1:8001", "evil.example:8000", "")]
        [True, False, False, False]
        """
        name, port = _split(host)
        if port != str(self.port):
            return False
        return name in self.hosts or (self.anywhere and _is_address(name))

    def _derived(self, purpose: str) -> str:
        """Derive a value for one purpose."""
        return hmac.new(self.token.encode(), f"filrouge {purpose}".encode(), hashlib.sha256).hexdigest()


def names_of(host: str, given: Iterable[str] = ()) -> frozenset[str]:
    """Return the names under which a server bound to ``host`` may be called.

    >>> sorted(names_of("192.0.2.7"))
    ['127.0.0.1', '192.0.2.7', '::1', 'localhost']
    """
    return LOCAL | {host.lower(), *(name.lower() for name in given)}


def _split(host: str) -> tuple[str, str]:
    """Split a Host header into name and port.

    >>> _split("[::1]:80"), _split("LOCALHOST"), _split("a:80")
    (('::1', '80'), ('localhost', '80'), ('a', '80'))
    """
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        return name.lower(), port.removeprefix(":") or "80"
    name, _, port = host.partition(":")
    return name.lower(), port or "80"


def _is_address(name: str) -> bool:
    """Tell whether a name is a literal address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
