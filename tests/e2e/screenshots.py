"""Takes pictures of the chat at a running server: `python -m tests.e2e.screenshots http://127.0.0.1:8000 [--out DIR]`.

`chat-desktop.png` and `chat-mobile.png` are those of the README (default folder docs/images); `--all` adds the
views that are to be looked at after a change of style: largest text at 320 px, dark, the embedded frame, a text page.
"""

import argparse
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bots.web import messages
from tests.e2e.conftest import CHROMIUM_FLAGS, find_chromium

QUESTION = "喘息服務是什麼，要怎麼申請？"


def conversation(page: Page, url: str, sizes: int = 0) -> None:
    """A greeting, a question, its answer with the sources open."""
    page.goto(url)
    page.wait_for_selector("steward-chat[data-ready]")
    for _ in range(sizes):
        page.get_by_role("button", name=re.compile("^字級")).click()
    replies = page.locator(".log .theirs").count()
    page.get_by_label(messages.INTERFACE["input"]).fill(QUESTION)
    page.get_by_label(messages.INTERFACE["input"]).press("Enter")
    page.locator(".log .theirs").nth(replies).wait_for()
    summary = page.locator("summary")
    if summary.count():
        summary.last.click()
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)


def take(browser: Browser, path: Path, url: str, *, sizes: int = 0, full: bool = False, **options: Any) -> None:
    """One picture of a conversation in a window of its own."""
    context = browser.new_context(locale="zh-TW", reduced_motion="reduce", **options)
    page = context.new_page()
    if url.endswith(("/privacy", "/accessibility")):
        page.goto(url)
    else:
        conversation(page, url, sizes)
    page.screenshot(path=path, full_page=full)
    print(f"{path}: {path.stat().st_size // 1000} kB")
    context.close()


def main() -> None:
    """Read the arguments, take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    desktop, mobile = {"width": 1200, "height": 1180}, {"width": 360, "height": 740}
    narrow = {"width": 320, "height": 640}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        # Not the full page: the input field sticks to the window's edge and would lie across the text.
        take(browser, arguments.out / "chat-desktop.png", arguments.url, viewport=desktop)
        phone = {"viewport": mobile, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
        take(browser, arguments.out / "chat-mobile.png", arguments.url, **phone)
        if arguments.all:
            take(browser, arguments.out / "largest.png", arguments.url, sizes=3, full=True, viewport=narrow)
            take(browser, arguments.out / "dark.png", arguments.url, viewport=desktop, color_scheme="dark")
            frame = {"width": 460, "height": 660}
            take(browser, arguments.out / "embed.png", arguments.url + "/embed", viewport=frame)
            take(browser, arguments.out / "privacy.png", arguments.url + "/privacy", viewport=mobile, full=True)
        browser.close()


if __name__ == "__main__":
    main()
