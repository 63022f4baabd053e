"""The pages around the chat, with the headers that keep them safe.

- `/` is the citizen page, `/embed` the same chat for a frame on another site, `/widget.js` the script that such a
  site includes: `<script src="https://HOST/widget.js" async></script>`. The script opens `/embed` in a frame, so the
  chat runs on its own origin: the embedding page can neither read nor steer it, no CORS is granted to anybody, and
  the embedding page's policy only needs `script-src` and `frame-src` for HOST.
- Which sites may embed is the setting WEB_EMBED_SITES (CSP frame-ancestors of `/embed`); `/` may never be framed.
- The embedded chat has its own cookie, `SameSite=None; Secure; Partitioned`: kept apart for every embedding site,
  and only over https (or localhost). A browser that refuses it still answers, forgets between messages, and the page
  says so with a link to the full page.
"""

from fastapi import APIRouter, Request, Response

from bots.web import messages
from bots.web.assets import IMMUTABLE, REVALIDATE, fill, load_static, version_of
from bots.web.visitors import Surface, Visitors

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


def page_headers(request: Request, ancestors: str) -> dict[str, str]:
    """The security headers of a page; `ancestors`: the CSP sources that may frame it."""
    headers = {
        "Content-Security-Policy": _POLICY + ancestors,
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if ancestors == "'none'":
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.url.scheme == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def pages_router(visitors: Visitors, *, embed_sites: str, visit_days: int, keep_days: int) -> APIRouter:
    """`/`, `/embed`, `/widget.js`, `/accessibility`, `/privacy` and `/static/web/{version}/{name}`.

    Raises ValueError when `embed_sites` could break out of the policy header.
    """
    if any(sign in embed_sites for sign in ";,\r\n"):
        raise ValueError("STEWARD_WEB_EMBED_SITES: separate the sites with spaces")
    ancestors = f"'self' {embed_sites}".strip()
    files = load_static()
    version = version_of(files)
    welcome = {"reply": messages.WELCOME, "quick_replies": [reply.model_dump() for reply in messages.WELCOME_REPLIES]}
    values: dict[str, object] = {
        **messages.PAGE,
        "static": f"/static/web/{version}",
        "strings": messages.INTERFACE,
        "welcome": welcome,
        "hotlines": {"always": messages.HOTLINES, "after_word": messages.SHORT_HOTLINES},
        "comfortable": str(messages.TEXT_COMFORTABLE),
        "maximum": str(messages.TEXT_MAX),
        "visit_days": str(visit_days),
        "keep_days": str(keep_days),
    }
    pages = {name: fill(f"{name}.html", values) for name in ("page", "embed", "accessibility", "privacy")}
    script = fill("widget.js", {"text": messages.WIDGET})
    router = APIRouter(include_in_schema=False)
    methods = ["GET", "HEAD"]

    def chat_page(request: Request, name: Surface, ancestors: str) -> Response:
        # Not to be kept by shared caches: it may carry a visitor's cookie.
        response = pages[name].response(request, "private, no-cache", page_headers(request, ancestors))
        # The cookie comes with the page: a first message whose answer is lost can then be repeated as the same visitor.
        visit = visitors.read(request, name) or visitors.new()
        if visit.renew:
            visitors.remember(request, response, visit, name)
        return response

    @router.api_route("/", methods=methods)
    async def page(request: Request) -> Response:
        return chat_page(request, "page", "'none'")

    @router.api_route("/embed", methods=methods)
    async def embed(request: Request) -> Response:
        return chat_page(request, "embed", ancestors)

    @router.api_route("/accessibility", methods=methods)
    async def accessibility(request: Request) -> Response:
        return pages["accessibility"].response(request, REVALIDATE, page_headers(request, "'none'"))

    @router.api_route("/privacy", methods=methods)
    async def privacy(request: Request) -> Response:
        return pages["privacy"].response(request, REVALIDATE, page_headers(request, "'none'"))

    @router.api_route("/widget.js", methods=methods)
    async def widget(request: Request) -> Response:
        # Its address is written into other sites' pages and never changes, so it is short-lived.
        headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
        return script.response(request, "public, max-age=300", headers)

    @router.api_route("/static/web/{found}/{name}", methods=methods)
    async def static(request: Request, found: str, name: str) -> Response:
        if name not in files:
            return Response(status_code=404)
        # A page kept from before an update still gets files, which it must not keep.
        cache = IMMUTABLE if found == version else "no-store"
        return files[name].response(request, cache, {"Cross-Origin-Resource-Policy": "same-origin"})

    return router
