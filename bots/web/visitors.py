"""Who is at the other end of a web chat: a signed cookie made by the server; never anything in the body.

The cookie holds a random id and the hour it was made, signed with HMAC-SHA256. It names a browser, not a person:
a visitor is an unverified speaker.
"""

import base64
import hashlib
import hmac
import ipaddress
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fastapi import Request, Response

from bots.web.ports import Speaker

Surface = Literal["page", "embed"]
SURFACE_HEADER = "x-steward-surface"  # the embedded page sends "embed"; it only picks the cookie's name

_DEMO_RIDER = re.compile(r"demo-rider-[1-9][0-9]{0,5}")
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_RENEW_AFTER_S = 86_400


def load_key(home: Path, configured: str = "") -> bytes:
    """32 bytes that sign cookies and ids: from the setting, else from HOME/web-session.key (made once, mode 0600).

    Raises ValueError when the setting or the file is too short to be a secret.
    """
    if configured:
        if len(configured) < 32:
            raise ValueError("STEWARD_WEB_SESSION_KEY must have at least 32 characters")
        return hashlib.sha256(configured.encode()).digest()
    path = home / "web-session.key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        # mkstemp makes the file 0600; the link is atomic, so of two processes starting at once one key wins.
        handle, name = tempfile.mkstemp(dir=home, prefix=".web-session.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    key = path.read_bytes()
    if len(key) < 32:
        raise ValueError(f"{path} is too short to be a key; delete it and start again")
    return key


@dataclass(frozen=True)
class Visit:
    """A browser with a valid cookie. `renew`: the cookie is to be sent again."""

    id: str
    renew: bool


class Visitors:
    """Makes and reads the visitor cookie, and derives ids that only this server can derive."""

    def __init__(self, key: bytes, days: int, clock: Callable[[], float] = time.time) -> None:
        self._key, self._seconds, self._clock = key, days * 86_400, clock

    def _sign(self, purpose: str, *parts: str) -> str:
        # Lengths are part of what is signed, so no two lists of parts read the same.
        message = "".join(f"{len(part)}:{part}" for part in (purpose, *parts)).encode("utf-8", "surrogatepass")
        digest = hmac.new(self._key, message, hashlib.sha256).digest()[:18]
        return base64.urlsafe_b64encode(digest).decode()

    def new(self) -> Visit:
        """A visit that nobody had before."""
        return Visit(secrets.token_urlsafe(18), renew=True)

    def read(self, request: Request, on: Surface | None = None) -> Visit | None:
        """The visit that the request's cookie proves; None when there is none, it is old, or it was not ours."""
        token = request.cookies.get(_cookie_name(request, on or surface(request)), "")
        visit, issued, signature = [*token.split("."), "", "", ""][:3]
        if not hmac.compare_digest(signature.encode(), self._sign("visit", visit, issued).encode()):
            return None
        age = self._clock() - int(issued)
        return Visit(visit, renew=age > _RENEW_AFTER_S) if -60 <= age < self._seconds else None

    def remember(self, request: Request, response: Response, visit: Visit, on: Surface | None = None) -> None:
        """Put the cookie of a visit on the response. `on`: the surface, else what the request says."""
        on = on or surface(request)
        issued = str(int(self._clock()))
        token = f"{visit.id}.{issued}.{self._sign('visit', visit.id, issued)}"
        parts = [f"{_cookie_name(request, on)}={token}", "Path=/", f"Max-Age={self._seconds}", "HttpOnly"]
        if on == "embed":
            # In a frame on another site only such a cookie is kept, apart for every embedding site (CHIPS).
            parts += ["SameSite=None", "Secure", "Partitioned"]
        else:
            parts += ["SameSite=Lax"] + (["Secure"] if request.url.scheme == "https" else [])
        response.headers.append("Set-Cookie", "; ".join(parts))

    def conversation(self, speaker: Speaker, session: str) -> str:
        """The id of a speaker's conversation of that name; the same name gives another speaker another id."""
        return "web:" + self._sign("conversation", speaker.subject, session)

    def event_id(self, conversation: str, message_id: str) -> str:
        """The id of a message: repeating the client's id repeats it. A client cannot compute it."""
        return f"{conversation}:{self._sign('message', conversation, message_id)}"


def surface(request: Request) -> Surface:
    """Where the chat is shown."""
    return "embed" if request.headers.get(SURFACE_HEADER) == "embed" else "page"


def _cookie_name(request: Request, on: Surface) -> str:
    # __Host- keeps other hosts of the domain from planting a cookie; browsers accept it over https only.
    name = "steward_embed" if on == "embed" else "steward"
    return f"__Host-{name}" if request.url.scheme == "https" else name


def demo_rider(request: Request, session: str) -> Speaker | None:
    """The rider that a session named demo-rider-N speaks for, when both ends are this machine (CONTRACTS 1).

    The Host header is looked at too: a foreign page could point its own name at 127.0.0.1 (DNS rebinding); and a
    request that passed a proxy is not local, whatever its address says.
    """
    if not _DEMO_RIDER.fullmatch(session) or any(name in request.headers for name in _PROXY_HEADERS):
        return None
    client = request.client.host if request.client else ""
    server = (request.scope.get("server") or ("", None))[0]
    if not all(_is_loopback(host) for host in (client, server, request.url.hostname or "")):
        return None
    return Speaker(subject=f"citizen:{session}", citizen=session)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
