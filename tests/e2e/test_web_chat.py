"""The citizen page in a real browser: answers, keyboard, screen reader, reflow, lost connections, embedding."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, Route, expect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bots.web import messages, web_router
from core.settings import Settings
from tests.bots.web.memory_chat import MemoryChat
from tests.e2e.conftest import serving

pytestmark = pytest.mark.browser

W = messages.INTERFACE
INPUT = W["input"]


class Cable:
    """Middleware that can cut connections: after `cut_after` parts of each of the next `cuts` chat answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.cuts, self.cut_after = app, 0, 3
        self.posts: list[str] = []  # the Last-Event-ID of every chat request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/api/v1/chat":
            await self.app(scope, receive, send)
            return
        self.posts.append(dict(scope["headers"]).get(b"last-event-id", b"").decode())
        if not self.cuts:
            await self.app(scope, receive, send)
            return
        self.cuts -= 1
        parts = 0

        async def until_cut(message: Message) -> None:
            nonlocal parts
            parts += message["type"] == "http.response.body"
            if parts > self.cut_after:
                raise ConnectionResetError("cut by the test")
            await send(message)

        await self.app(scope, receive, until_cut)


@dataclass
class Site:
    url: str
    chat: MemoryChat
    cable: Cable


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    chat, app = MemoryChat(), FastAPI()
    settings = Settings(_env_file=None, home=tmp_path, web_embed_sites="http://localhost:*")  # type: ignore[call-arg]
    app.include_router(web_router(settings, chat))
    cable = Cable(app)
    with serving(cable) as url:
        yield Site(url, chat, cable)


@dataclass
class Visit:
    """A browser window of a visitor, watching what it asks the network for and what goes wrong in it."""

    context: BrowserContext
    page: Page
    requests: list[Request]
    errors: list[str]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    opened: list[BrowserContext] = []

    def open_(**options: Any) -> Visit:
        context = chromium.new_context(**{"locale": "zh-TW", "reduced_motion": "reduce", **options})
        opened.append(context)
        context.set_default_timeout(8_000)
        page = context.new_page()
        seen = Visit(context, page, [], [])
        context.on("request", lambda request: seen.requests.append(request))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("console", lambda it: seen.errors.append(it.text) if "Content Security" in it.text else None)
        return seen

    yield open_
    for context in opened:
        context.close()


def begin(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("steward-chat[data-ready]")
    page.wait_for_selector(".log[aria-live=polite]")


def ask(page: Page | Frame, text: str) -> None:
    replies = page.locator(".log .theirs")
    count = replies.count()
    page.get_by_label(INPUT).fill(text)
    page.get_by_label(INPUT).press("Enter")
    expect(replies).to_have_count(count + 1)


def violations(target: Page | Frame) -> list[str]:
    """What axe finds at levels A and AA of WCAG 2.2, and in its best practices."""
    target.evaluate(AXE_SCRIPT)
    result = target.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert len(result["passes"]) > 10
    return [f"{found['id']}: {[node['html'] for node in found['nodes']]}" for found in result["violations"]]


def sideways(target: Page | Frame) -> int:
    """Pixels that the page is wider than its window."""
    return int(target.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def small_targets(page: Page) -> list[str]:
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('button, .tool, summary, textarea, .bottom a')]
              .filter((it) => it.offsetParent && Math.min(it.offsetHeight, it.offsetWidth) < 44)
              .map((it) => it.outerHTML)"""
        )
    )


LOOKS = [
    pytest.param({"viewport": {"width": 1280, "height": 900}}, 0, id="light"),
    pytest.param({"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}, 0, id="dark"),
    pytest.param({"viewport": {"width": 320, "height": 640}}, 0, id="320px"),
    pytest.param({"viewport": {"width": 640, "height": 450}}, 0, id="zoomed to 200 percent"),
    pytest.param({"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}, 3, id="320px largest text, dark"),
    pytest.param({"viewport": {"width": 1280, "height": 900}, "forced_colors": "active"}, 1, id="forced colours"),
]


@pytest.mark.parametrize(("look", "steps"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    site: Site, visit: Callable[..., Visit], look: dict[str, Any], steps: int
) -> None:
    page = visit(**look, bypass_csp=True).page
    begin(page, site.url)
    for _ in range(steps):
        page.get_by_role("button", name=re.compile("^字級")).click()
    assert violations(page) == []
    ask(page, "我媽媽85歲有什麼補助" + "長" * 60)
    page.locator("summary").click()
    assert page.get_by_role("group", name=W["quickReplies"]).get_by_role("button").count() == 2
    assert violations(page) == []
    assert sideways(page) <= 0
    assert small_targets(page) == []
    site.chat.down = True
    page.get_by_label(INPUT).fill("再問")
    page.get_by_label(INPUT).press("Enter")
    expect(page.locator(".problem button")).to_be_visible(timeout=8_000)
    page.get_by_role("button", name=W["newChat"]).click()
    assert violations(page) == []
    assert sideways(page) <= 0


@pytest.mark.parametrize("path", ["/accessibility", "/privacy"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_text_pages(site: Site, visit: Callable[..., Visit], path: str, scheme: str) -> None:
    page = visit(viewport={"width": 320, "height": 640}, color_scheme=scheme, bypass_csp=True).page
    page.goto(site.url + path)
    assert violations(page) == []
    assert sideways(page) <= 0


def test_a_whole_conversation_by_keyboard(site: Site, visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = seen.page
    begin(page, site.url)
    page.keyboard.press("Tab")
    expect(page.get_by_text(messages.PAGE["skip"])).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label(INPUT)).to_be_focused()
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    assert site.chat.accepted == []
    page.keyboard.press("Enter")
    expect(page.locator(".log .theirs")).to_have_count(2)
    expect(page.get_by_label(INPUT)).to_be_focused()
    assert site.chat.accepted[0].text == "第一行\n第二行"
    # Backwards from the input: quick replies, then the reply's own controls.
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="要帶什麼")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".log .theirs")).to_have_count(3)
    expect(page.get_by_label(INPUT)).to_be_focused()
    assert site.chat.accepted[1].text == "要帶什麼證件？"
    page.locator("summary").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("重陽敬老禮金")).last).to_be_visible()
    page.get_by_role("button", name=W["handoff"]).press("Enter")
    expect(page.locator(".log .theirs")).to_have_count(4)
    assert site.chat.accepted[2].text == messages.HANDOFF
    assert seen.errors == []


def test_enter_that_picks_a_word_does_not_send(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page, site.url)
    page.get_by_label(INPUT).fill("ㄋㄧˇ")
    page.evaluate(
        """() => {
          const input = document.querySelector("#steward-input");
          const press = (options) => input.dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...options}));
          input.dispatchEvent(new CompositionEvent("compositionstart"));
          press({isComposing: true});
          input.dispatchEvent(new CompositionEvent("compositionend"));
          press({keyCode: 229});
        }"""
    )
    expect(page.get_by_label(INPUT)).to_have_value("ㄋㄧˇ")
    assert page.locator(".mine").count() == 0


def test_a_reply_enters_the_log_once_and_whole(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page, site.url)
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    page.evaluate(
        """() => {
          window.changes = [];
          const log = document.querySelector("[role=log]");
          new MutationObserver((all) => all.forEach((one) => window.changes.push(
            [one.type, one.target === log, [...one.addedNodes].map((it) => it.className)]
          ))).observe(log, {childList: true, subtree: true, characterData: true});
          window.drafts = 0;
          const draft = document.querySelector(".draft");
          new MutationObserver((all) => { window.drafts += all.length; }).observe(draft, {childList: true});
        }"""
    )
    ask(page, "你好")
    added = [["childList", True, ["message mine"]], ["childList", True, ["message theirs"]]]
    assert page.evaluate("window.changes") == added
    assert page.evaluate("window.drafts") > 3
    expect(page.locator(".draft")).to_have_attribute("aria-hidden", "true")
    expect(page.locator(".draft")).to_be_hidden()


def test_nothing_is_asked_of_any_other_host(site: Site, visit: Callable[..., Visit]) -> None:
    seen = visit()
    begin(seen.page, site.url)
    ask(seen.page, "你好")
    for path in ("/privacy", "/accessibility", "/embed"):
        seen.page.goto(site.url + path)
    assert len(seen.requests) > 8
    assert {request.url for request in seen.requests if not request.url.startswith(site.url + "/")} == set()
    assert seen.errors == []


def test_phones_and_safe_sources_become_links_and_nothing_else_does(site: Site, visit: Callable[..., Visit]) -> None:
    seen = visit()
    begin(seen.page, site.url)
    ask(seen.page, "<img src=x onerror=alert(1)> https://evil.example")
    reply = seen.page.locator(".log .theirs").last
    links = reply.locator(".text a").evaluate_all("all => all.map((it) => [it.textContent, it.getAttribute('href')])")
    assert links == [
        ["1999", "tel:1999"],
        ["03-5518101#3265", "tel:035518101,3265"],
        ["119", "tel:119"],
        ["110", "tel:110"],
    ]
    sources = reply.locator(".citations a")
    expect(sources).to_have_count(1)
    expect(sources).to_have_attribute("rel", "noopener noreferrer")
    expect(sources).to_have_attribute("target", "_blank")
    expect(reply.locator(".citations li")).to_have_count(3)
    reply.locator("summary").click()
    assert "2026-01-01" in reply.locator(".citations").inner_text()
    expect(seen.page.locator(".mine .text").last).to_have_text("<img src=x onerror=alert(1)> https://evil.example")
    assert seen.page.locator("img[src=x]").count() == 0


def test_a_dropped_stream_goes_on_where_it_stopped(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page, site.url)
    site.cable.cuts = 2
    ask(page, "斷線也要回答")
    assert len(site.chat.accepted) == 1
    numbers = [header.rpartition(":")[2] for header in site.cable.posts]
    assert numbers[0] == ""
    assert 0 < int(numbers[1]) < int(numbers[2])
    assert "斷線也要回答" in page.locator(".log .theirs .text").last.inner_text()


def test_when_the_line_stays_dead_a_button_sends_the_same_message_again(
    site: Site, visit: Callable[..., Visit]
) -> None:
    page = visit().page
    begin(page, site.url)
    bodies: list[Any] = []

    def dead(route: Route) -> None:
        bodies.append(route.request.post_data_json)
        route.abort("connectionreset")

    page.route("**/api/v1/chat", dead)
    page.get_by_label(INPUT).fill("請回答我")
    page.get_by_label(INPUT).press("Enter")
    retry = page.get_by_role("button", name=W["retry"])
    expect(retry).to_be_visible(timeout=10_000)
    page.unroute("**/api/v1/chat")
    retry.click()
    expect(page.locator(".log .theirs")).to_have_count(2)
    expect(retry).to_be_hidden()
    assert len(page.locator(".mine").all()) == 1
    assert len(bodies) == 4
    assert {body["id"] for body in bodies} == {site.chat.accepted[0].extra["message_id"]}


def test_offline_is_said_and_the_message_goes_out_when_the_network_is_back(
    site: Site, visit: Callable[..., Visit]
) -> None:
    seen = visit()
    page = seen.page
    begin(page, site.url)
    seen.context.set_offline(True)
    expect(page.locator(".note")).to_have_text(W["offline"])
    page.get_by_label(INPUT).fill("網路回來再說")
    page.get_by_label(INPUT).press("Enter")
    seen.context.set_offline(False)
    expect(page.locator(".log .theirs")).to_have_count(2)
    assert [inbound.text for inbound in site.chat.accepted] == ["網路回來再說"]


def test_a_reload_shows_the_past_and_finishes_what_was_under_way(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page, site.url)
    ask(page, "第一題")
    site.chat.stuck = True
    page.get_by_label(INPUT).fill("第二題")
    page.get_by_label(INPUT).press("Enter")
    expect(page.locator(".status")).to_have_text(W["sending"])
    while len(site.chat.accepted) < 2:
        page.wait_for_timeout(20)
    site.chat.stuck = False
    begin(page, site.url)
    expect(page.locator(".mine .text")).to_have_text(["第一題", "第二題"])
    expect(page.locator(".log .theirs")).to_have_count(3)
    assert len(site.chat.accepted) == 2


def test_another_visitor_sees_nothing_of_it_and_a_new_chat_begins_empty(
    site: Site, visit: Callable[..., Visit]
) -> None:
    page, other = visit().page, visit().page
    begin(page, site.url + "/?session=shared")
    ask(page, "我的事")
    begin(other, site.url + "/?session=shared")
    expect(other.locator(".mine")).to_have_count(0)
    page.get_by_role("button", name=W["newChat"]).click()
    page.get_by_role("button", name=W["newChatNo"]).click()
    expect(page.locator(".mine")).to_have_count(1)
    page.get_by_role("button", name=W["newChat"]).click()
    page.get_by_role("button", name=W["newChatYes"]).click()
    expect(page.locator(".mine")).to_have_count(0)
    expect(page.get_by_label(INPUT)).to_be_focused()


def test_text_has_four_sizes_that_are_remembered(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page, site.url)
    button = page.get_by_role("button", name=re.compile("^字級"))

    def size() -> float:
        return float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('.text')).fontSize)"))

    sizes = [size()]
    for name in ("大", "特大", "最大"):
        button.click()
        expect(button).to_have_text(W["textSize"].format(size=name))
        sizes.append(size())
    assert sizes[0] >= 18
    assert sizes == sorted(set(sizes))
    begin(page, site.url)
    assert size() == sizes[-1]
    button.click()
    assert size() == sizes[0]


def test_a_message_that_is_too_long_is_said_before_it_is_sent(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    begin(page, site.url)
    note = page.locator("#steward-length")
    page.get_by_label(INPUT).fill("字" * 4_001)
    expect(note).to_contain_text("4,001")
    page.get_by_label(INPUT).fill("字" * 20_001)
    page.get_by_label(INPUT).press("Enter")
    expect(note).to_contain_text("20,000")
    assert site.chat.accepted == []
    page.get_by_label(INPUT).fill("字" * 5_000)
    page.get_by_label(INPUT).press("Enter")
    expect(page.locator(".log .theirs")).to_have_count(2)


def test_reading_aloud_is_offered_only_where_there_is_a_voice(site: Site, visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis;")
    begin(page, site.url)
    ask(page, "你好")
    expect(page.get_by_role("button", name=W["readAloud"])).to_have_count(0)
    page = visit().page
    page.add_init_script(
        """window.said = []; Object.defineProperty(window, 'speechSynthesis', {value: {
          speak: (it) => window.said.push([it.lang, it.text]), cancel: () => window.said.push('stop')}});"""
    )
    begin(page, site.url)
    ask(page, "你好")
    page.get_by_role("button", name=W["readAloud"]).click()
    page.get_by_role("button", name=W["stopReading"]).click()
    said = page.evaluate("window.said")
    assert said[0][0] == "zh-TW"
    assert "您問的是：你好" in said[0][1]
    assert said[1] == "stop"


def test_the_widget_opens_the_chat_on_another_site_and_remembers_there(site: Site, visit: Callable[..., Visit]) -> None:
    foreign = FastAPI()
    policy = f"default-src 'none'; script-src {site.url}; frame-src {site.url}"

    @foreign.get("/")
    def page_() -> HTMLResponse:
        html = f'<!doctype html><html lang="zh-Hant"><title>鄉公所</title><h1>鄉公所</h1>\
<script src="{site.url}/widget.js" async></script>'
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    with serving(foreign) as url:
        seen = visit(viewport={"width": 1000, "height": 800}, bypass_csp=False)
        page = seen.page
        page.goto(url.replace("127.0.0.1", "localhost"))
        assert not any("/embed" in request.url for request in seen.requests)
        page.get_by_role("button", name=messages.WIDGET["open"]).click()
        inside = page.frame_locator("iframe")
        expect(inside.get_by_label(INPUT)).to_be_focused()
        frame = next(frame for frame in page.frames if "/embed" in frame.url)
        ask(frame, "從公所網站來")
        assert violations(frame) == []
        assert sideways(frame) <= 0
        ask(frame, "第二句")
        assert len({inbound.conversation for inbound in site.chat.accepted}) == 1
        expect(inside.locator(".note")).to_have_text("")
        cookies = {cookie["name"]: cookie for cookie in seen.context.cookies()}
        assert cookies["steward_embed"]["sameSite"] == "None"
        assert "steward" not in cookies
        inside.get_by_label(INPUT).press("Escape")
        expect(page.get_by_role("button", name=messages.WIDGET["open"])).to_be_focused()
        expect(page.locator("iframe")).to_be_hidden()
        assert seen.errors == []


def test_a_site_that_is_not_listed_cannot_frame_the_chat(site: Site, visit: Callable[..., Visit]) -> None:
    foreign = FastAPI()

    @foreign.get("/")
    def page_() -> HTMLResponse:
        return HTMLResponse(f"<iframe src='{site.url}/'></iframe><iframe src='{site.url}/embed'></iframe>")

    with serving(foreign) as url:
        page = visit().page
        page.goto(url)  # 127.0.0.1: only localhost is listed
        frames = page.frames[1:]
        assert len(frames) == 2
        assert not any("steward-chat" in frame.content() for frame in frames)
