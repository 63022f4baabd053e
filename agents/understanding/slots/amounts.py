"""Amounts of money as people say them: NT$3,000, 三萬五, 1萬2千, 2.5萬, 一萬二 (12,000), 兩百五."""

import re
from dataclasses import dataclass

from agents.understanding.slots._text import Text, numeral

_UNIT = {"億": 10**8, "萬": 10**4, "千": 1000, "百": 100}
_C = r"[零〇一二兩三四五六七八九十百千萬億]"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|{_C}+"
_AMOUNT = re.compile(
    rf"(?P<mark>nt\$|ntd|twd|新台幣|台幣"
    rf"|\$)?\s*(?P<number>(?:(?:{_NUMBER})\s*[億萬千百]?\s*)+)(?P<more>[多幾]|出頭)?\s*"
    r"(?P<unit>元|塊錢?|圓|ntd|dollars?)?(?P<half>半)?(?P<about>\s*(?:左右|上下))?"
)
_EARNED = re.compile(
    r"(?:月薪|薪水|收入|所得|存款|退休金|年金|房租|租金|價值|現值|大約|一個月|月領|賺|領)\s*(?:大概|大約"
    r"|約|有|是|為|才|只有|共)*\s*$"
)
_NOT_MONEY = re.compile(
    r"^\s*(?:人|個|位|戶|歲|次|趟|天|日|號|月|年|點|分|公里|公尺|坪|件|%|趴|多人|里|步|字|倍|樓|巷|弄|段"
    r"|胎|區|名|口|家|筆|項)"
)
_HUNDRED_FIFTY = re.compile(r"[一二兩三四五六七八九]百[一二三四五六七八九]")  # 兩百五: 250
_SHORT_TAIL = re.compile(r"[億萬千百][一二兩三四五六七八九1-9]$")


@dataclass(frozen=True, slots=True)
class Amount:
    """NT$. `vague`: a round figure (三萬多, 左右). Offsets are of the folded text."""

    start: int
    end: int
    value: int
    vague: bool = False


def amount(word: str) -> int | None:
    """The number of an amount without its currency, in NT$: 一萬二 → 12000, 1萬2千 → 12000, 2.5萬 → 25000.

    None when it is no number. A single digit after a unit stands for the next lower unit (三萬五 = 35,000).
    """
    text = word.replace(",", "").replace(" ", "").replace("兩", "二")
    if not text:
        return None
    tail = re.fullmatch(r"(.*[^零〇])([億萬千百])([一二三四五六七八九1-9])", text)
    if tail:
        whole = amount(tail[1] + tail[2])
        digit = numeral(tail[3])
        return None if whole is None or digit is None else whole + digit * _UNIT[tail[2]] // 10
    total = 0
    rest = text
    for unit in ("億", "萬"):
        if unit in rest:
            head, _, rest = rest.partition(unit)
            if not head:
                return None
            part = _below(head)
            if part is None:
                return None
            total += round(part * _UNIT[unit])
    if rest:
        part = _below(rest)
        if part is None:
            return None
        total += round(part)
    return total


def _below(text: str) -> float | None:
    """A number below 萬, in digits with or without a fraction, Chinese, or mixed (2千3百)."""
    if re.fullmatch(r"\d+\.\d+", text):
        return float(text) if len(text) < 16 else None
    scaled = re.fullmatch(r"(\d+\.\d+)([千百])", text)
    if scaled:
        return float(scaled[1]) * _UNIT[scaled[2]]
    value = numeral(text)
    return None if value is None else float(value)


def find_amounts(text: Text) -> list[Amount]:
    """Amounts in the order said. A number counts as money with a currency, 元/塊, 萬/千 or after a word like 月薪."""
    folded = text.folded
    found: list[Amount] = []
    for match in _AMOUNT.finditer(folded):
        number, end = match["number"].strip(), match.end()
        if not match["unit"] and _SHORT_TAIL.search(number) and _NOT_MONEY.match(folded[end:]):
            number, end = number[:-1], end - 1  # 60萬一家三口: the last numeral counts what follows
        value = amount(number)
        if value is None:
            continue
        before = folded[max(0, match.start() - 8) : match.start()]
        marked = bool(match["mark"] or match["unit"])
        scaled = (
            (any(u in number for u in "萬千億") or bool(_HUNDRED_FIFTY.fullmatch(number)))
            and len(number) > 1
            and not (match["more"] and number[-1] not in "百千萬億十")
        )
        bare = bool(_EARNED.search(before)) and value >= 100
        if not (marked or scaled or bare) or (not marked and _NOT_MONEY.match(folded[end:])):
            continue
        found.append(
            Amount(
                match.start(),
                end,
                value,
                bool(match["more"] or match["about"]) or before.endswith(("大概", "大約", "約", "差不多")),
            )
        )
    return found
