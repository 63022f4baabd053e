"""The pages: strict headers, files that are cached well, words in one place."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bots.web import messages, web_router
from bots.web.assets import ROOM
from core.settings import Settings
from tests.bots.web.memory_chat import MemoryChat

PAGES = ["/", "/embed", "/accessibility", "/privacy"]


def settings(home: Path, **changes: object) -> Settings:
    return Settings(_env_file=None, home=home, **changes)  # type: ignore[call-arg, arg-type]


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    app = FastAPI()
    app.include_router(web_router(settings(tmp_path, web_keep_days=45), MemoryChat()))
    return app


def browser(app: FastAPI, base: str = "https://chat.example") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)


@pytest.mark.parametrize("path", PAGES)
async def test_pages_have_a_strict_policy_and_nothing_inline(app: FastAPI, path: str) -> None:
    async with browser(app) as client:
        response = await client.get(path)
    policy = response.headers["content-security-policy"]
    assert response.status_code == 200
    assert policy.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
    )
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in response.headers["permissions-policy"]
    assert "max-age" in response.headers["strict-transport-security"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", response.text)
    assert '<html lang="zh-Hant-TW">' in response.text
    assert "{{" not in response.text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', response.text)
    assert all(re.match(r"(/(?!/)|#|tel:)", address) for address in addresses)


async def test_only_the_embed_page_may_be_framed_and_only_by_listed_sites(app: FastAPI, tmp_path: Path) -> None:
    async with browser(app) as client:
        pages = {path: (await client.get(path)).headers for path in PAGES}
    assert pages["/embed"]["content-security-policy"].endswith("frame-ancestors 'self' https://*.hsinchu.gov.tw")
    assert "x-frame-options" not in pages["/embed"]
    for path in ("/", "/accessibility", "/privacy"):
        assert pages[path]["content-security-policy"].endswith("frame-ancestors 'none'")
        assert pages[path]["x-frame-options"] == "DENY"
    with pytest.raises(ValueError, match="WEB_EMBED_SITES"):
        web_router(settings(tmp_path, web_embed_sites="https://a; script-src *"), MemoryChat())


async def test_each_chat_page_brings_its_own_cookie_once(app: FastAPI) -> None:
    async with browser(app) as client:
        page, embed = await client.get("/"), await client.get("/embed")
        again = await client.get("/")
    assert page.headers["set-cookie"].startswith("__Host-steward=")
    assert "SameSite=Lax" in page.headers["set-cookie"]
    assert embed.headers["set-cookie"].startswith("__Host-steward_embed=")
    assert "SameSite=None; Secure; Partitioned" in embed.headers["set-cookie"]
    assert "set-cookie" not in again.headers
    assert page.headers["cache-control"] == "private, no-cache"


async def test_files_are_immutable_under_their_version_compressed_and_answered_304(app: FastAPI) -> None:
    async with browser(app) as client:
        page = (await client.get("/")).text
        address = re.search(r'src="(/static/web/\w+/steward-chat\.js)"', page)
        assert address
        plain = await client.get(address[1], headers={"Accept-Encoding": "identity"})
        packed = await client.get(address[1], headers={"Accept-Encoding": "br, gzip"})
        refused = await client.get(address[1], headers={"Accept-Encoding": "gzip;q=0"})
        known = await client.get(address[1], headers={"If-None-Match": f'"x", W/{plain.headers["etag"]}'})
        old = await client.get("/static/web/0000/steward-chat.js")
        missing = [await client.get(f"/static/web/0/{name}") for name in ("nothing.js", "..%2Fapi.py", "page.html")]
        sibling = await client.get(address[1].replace("steward-chat", "stream"))
    assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content
    assert "content-encoding" not in refused.headers
    assert (known.status_code, known.content) == (304, b"")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-store")
    assert [response.status_code for response in missing] == [404, 404, 404]
    assert sibling.status_code == 200


async def test_the_widget_may_be_loaded_by_other_sites_and_opens_the_embed_page(app: FastAPI) -> None:
    async with browser(app) as client:
        response = await client.get("/widget.js")
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"] == "public, max-age=300"
    assert "access-control-allow-origin" not in response.headers
    assert "/embed" in response.text
    assert messages.WIDGET["open"] in response.text
    assert "{{" not in response.text


async def test_the_privacy_page_tells_the_days_that_are_set(app: FastAPI) -> None:
    async with browser(app) as client:
        text = (await client.get("/privacy")).text
    assert "最多保存 45 天" in text
    assert "保存 7 天" in text
    assert "tel:1999" in text


def test_scripts_hold_no_words_and_never_parse_html() -> None:
    scripts = sorted((ROOM / "static").glob("*.js"))
    assert len(scripts) == 3
    for path in scripts:
        source = path.read_text(encoding="utf-8")
        code = re.sub(r"/\*.*?\*/|(?m://.*$)", "", source, flags=re.DOTALL)
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?://", code), (
            path.name
        )
        if path.name != "text.js":  # which holds the words that stand before a phone number
            assert not re.search(r"[\u4e00-\u9fff]", code), path.name
    used = set(re.findall(r"\b(?:w|words)\.(\w+)", (ROOM / "static/steward-chat.js").read_text(encoding="utf-8")))
    assert used == set(messages.INTERFACE)


def test_pages_stay_light() -> None:
    total = sum(len(gzip.compress(path.read_bytes())) for path in (ROOM / "static").iterdir())
    assert total < 30_000  # bytes over the wire for a first visit
