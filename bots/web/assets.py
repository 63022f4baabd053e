"""The files that browsers load, read once: with ETag, a compressed copy, and a version in their address.

The version is the hash of all files and stands in the path, not in a query: the modules import one another
by relative address, which keeps a path and would lose a query.
"""

import gzip
import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request, Response

ROOM = Path(__file__).parent
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"  # may be kept, must be asked for again: answered 304 by ETag

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
}
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Asset:
    """A file ready to send."""

    body: bytes
    media_type: str
    etag: str = field(init=False)
    compressed: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", f'"{hashlib.sha256(self.body).hexdigest()[:20]}"')
        object.__setattr__(self, "compressed", gzip.compress(self.body, 9, mtime=0))

    def response(self, request: Request, cache_control: str, headers: dict[str, str] | None = None) -> Response:
        """200, compressed if the browser takes it, or 304 when it has this version already."""
        all_headers = {
            "Cache-Control": cache_control,
            "ETag": self.etag,
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }
        known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
        if self.etag in known:
            return Response(status_code=304, headers=all_headers)
        body = self.body
        if re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0+)?\s*(,|$))", request.headers.get("accept-encoding", "")):
            body = self.compressed
            all_headers["Content-Encoding"] = "gzip"
        return Response(body, headers=all_headers, media_type=self.media_type)


def load_static() -> dict[str, Asset]:
    """The files of static/ by name."""
    return {
        path.name: Asset(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted((ROOM / "static").iterdir())
        if path.suffix in _TYPES
    }


def version_of(files: dict[str, Asset]) -> str:
    """A short hash of names and contents: another version, another address."""
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(f"{name}:{asset.etag};".encode())
    return digest.hexdigest()[:16]


def fill(template: str, values: dict[str, object]) -> Asset:
    """A file of templates/ with its {{places}} filled. Raises KeyError when a place has no value.

    In HTML, values are escaped for text and quoted attributes, and what is not a string goes in as JSON; in a script,
    every value is a JSON literal."""
    kind = Path(template).suffix

    def value(match: re.Match[str]) -> str:
        found = values[match[1]]
        if kind == ".js":
            return json.dumps(found, ensure_ascii=False)
        return html.escape(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))

    text = (ROOM / "templates" / template).read_text(encoding="utf-8")
    return Asset(_PLACE.sub(value, text).encode("utf-8"), _TYPES[kind])
