"""Bare answers: what a short reply means when the assistant has just asked for something."""

import re

from agents.state import Pending
from agents.understanding.slots._text import NUMERAL, Text, numeral

_YES = re.compile(r"^(?:要|需要|有|好|好啊|是|是的|對|可以|願意|沒關係|愛|會|嗯|要喔|要的|ok|yes|y)[啊呀喔的啦!。\s]*$")
_NO = re.compile(
    r"^(?:不用|不要|不需要|沒有|無|免|毋免|不|不是|不會|否|不可以|不願意|不用了|不必|沒|no|n)[啊呀喔了的啦!。謝\s]*$"
)
_COUNT = re.compile(rf"^(?:就|只有|有|共)?\s*(?P<n>{NUMERAL}{{1,2}})\s*(?:個|位|名)?(?:人|家屬)?[啊喔。\s]*$")
_AGE = re.compile(rf"^(?:今年|已經|他|她|我)*\s*(?P<n>{NUMERAL}{{1,4}})\s*歲?[了啊喔。\s]*$")
_HOUR = re.compile(r"^(?P<h>\d{1,2})(?:\s*[:.]?\s*(?P<m>[0-5]\d))?$")
_PICK = re.compile(
    r"^(?:選|我選|第|我要第|選第|要第|就)?\s*(?P<n>[0-9一二三四五六七八九十]{1,2})\s*(?:個|項|間|家|號|筆)?(?:吧|好了|就好|那個)?[。\s]*$"
)
_FIRST = {"前面那個": 0, "前者": 0, "上面那個": 0, "後面那個": -1, "後者": -1, "最後一個": -1, "下面那個": -1}
_BOOLEAN = ("wheelchair", "share", "return_trip")


def bare_answer(text: Text, pending: Pending) -> tuple[str, str | int | bool] | None:
    """(slot, value) of a reply that is nothing but the answer to the first need of `pending`; None if it is not.

    Answers that carry their own words (下週三, 東元) are read by the parsers and need no help from here.
    """
    if not pending.needs:
        return None
    slot, folded = pending.needs[0], text.folded.strip()
    if pending.kind == "choice":
        index = chosen(text, pending.choices)
        return None if index is None else (slot, pending.choices[index])
    if slot in _BOOLEAN:
        return (slot, True) if _YES.match(folded) else (slot, False) if _NO.match(folded) else None
    if slot == "attendants":
        if _NO.match(folded):
            return slot, 0
        match = _COUNT.match(folded)
    elif slot == "age":
        match = _AGE.match(folded)
    elif slot == "child_order":
        match = _PICK.match(folded)
    else:
        return None
    value = numeral(match["n"]) if match else None
    return None if value is None else (slot, value)


def bare_hour(text: Text, pending: Pending) -> str | None:
    """A bare 9 or 1430 after the time was asked, in words that the time parser reads (9點, 14:30)."""
    match = _HOUR.match(text.folded.strip())
    if match is None or "time" not in pending.needs[:1]:
        return None
    return f"{match['h']}:{match['m']}" if match["m"] else f"{match['h']}點"


def chosen(text: Text, choices: list[str]) -> int | None:
    """The index of the choice that a reply picks, by number, position or by words that stand in one choice only."""
    folded = text.folded.strip()
    if folded in _FIRST and choices:
        return _FIRST[folded] % len(choices)
    match = _PICK.match(folded)
    if match:
        number = numeral(match["n"])
        return number - 1 if number is not None and 1 <= number <= len(choices) else None
    words = re.sub(r"^(?:我要|要|選|去|是|就|到)+|(?:那個|那間|那邊|的|吧|啦|喔|好了|就好|院區)+$", "", folded)
    hits = [i for i, choice in enumerate(choices) if words and words in Text.of(choice).folded]
    return hits[0] if len(hits) == 1 else None
