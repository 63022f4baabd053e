"""Times of day as people say them.

Rules: an hour with a part of day is taken as said. A bare hour is read as one of a medical appointment: 8–11 in the
morning, 12 noon, 1–6 in the afternoon, each marked as assumed; a bare 7 is open (offered both ways). A second time
of a message inherits the part of day when that does not lead backwards (下午兩點到四點). 13–24 are the 24-hour clock.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

from agents.understanding.slots._text import Text, numeral
from agents.understanding.slots.parsed import ProblemKind

_PARTS = {
    "morning": "早上 上午 早晨 清晨 早班 一早 透早 早起 朝晨 上晝 頂晡 今早 明早 明晨 大清早 早頭仔 早",
    "noon": "中午 正午 晝頭 當晝 中晝 明午",
    "afternoon": "下午 午後 下晝 下晡 午班 傍晚 黃昏 暗頭仔",
    "evening": "晚上 晚間 今晚 明晚 昨晚 夜間 暗時 暗晡 今暗 晚班 晚",
    "night": "半夜 深夜 凌晨 三更半夜 夜裡",
}
_PART_OF = {word: part for part, words in _PARTS.items() for word in words.split()}
_LONG_PARTS = [w for w in sorted(_PART_OF, key=len, reverse=True) if len(w) > 1]
_PART = "|".join(_LONG_PARTS)
_H = r"(?:[01]?[0-9]|2[0-9]|[零〇一二兩三四五六七八九]|十[一二三四五六七八九]?|二十[一二三四]?|廿[一二三四]?)"
_M = r"(?:[0-5]?[0-9]|[二三四五]?十[一二三四五六七八九]?|[零〇][一二三四五六七八九]|[一二三四五六七八九])"
_NOT_POINTS = r"(?!\s*(?:數|元|塊|建議|意見|理由|原因|疑問|問題|\d*\s*萬)|[子頭名閱心選擊餐])"
_TIME = re.compile(
    rf"(?P<part>{_PART}|(?<![提最越再])早(?![點])|(?<![最越再提較])晚(?![點]))?(?:的|大概|大約|差不多|約"
    rf"|差不多是|是|,|，|\s)*"
    rf"(?:(?<![\d:/.])(?P<h24>[01]?[0-9]|2[0-4])\s*:\s*(?P<m24>[0-5][0-9])(?:\s*:\s*[0-5][0-9])?(?![\d:])"
    rf"|(?<![\d.\-/a-z:第十百])(?P<h>{_H})\s*(?:點鐘|點整|點(?!鐘)|時(?![候間常段數])|(?P<slip>[店典奌]))"
    rf"{_NOT_POINTS}\s*(?:(?P<half>半)|(?P<quarter>[一1三3])刻|(?P<m>{_M})\s*(?:分鐘?"
    rf"|(?![0-9點時個位人趟號天次歲月日元週周年]|分之))|)"
    r")\s*(?P<pm>[ap]\.?m\.?(?![a-z]))?(?P<about>\s*(?:左右|上下|多|前後))?"
)
_ENGLISH = re.compile(r"(?<![\d:/.\-a-z])(?P<h>1[0-2]|0?[1-9])(?::(?P<m>[0-5]\d))?\s*(?P<pm>[ap])\.?m\.?(?![a-z])")
# 0930 alone: the zero tells it from an amount; other four digits need a part of day or a date before them (12/9 1430).
_FOUR_DIGITS = re.compile(
    rf"(?:(?P<part>{_PART})\s*|(?<![\w\-/:.#])|(?<=[^\W\d][:])|(?<=[日號天)]))(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)"
    r"(?![\d點號元:/\-.a-z]| ?\d|[人個年月筆件戶名塊])"
)
_TIME_LABEL = re.compile(r"(?:時間|時刻|time|at)\s*[:是為]?\s*$")
_DIGIT_BEFORE = re.compile(r"\d[\s\-()]*$")
_AFTER_DATE = re.compile(r"^(?:[\s,，]|\([一二三四五六日]\))*$")
_SHORT_OF = re.compile(rf"差\s*(?:(?P<quarter>一刻)|(?P<m>{_M})分鐘?)\s*(?:就)?(?:到)?\s*$")  # 差一刻十點
_MORE_OR_LESS = re.compile(r"(?:大概|大約|差不多|約莫|(?<![預相])約)\s*$")
_A_BIT = re.compile(r"[早快晚慢有差多少好遲大小高低近遠久便宜一](?:個)?$")  # 快一點, 有一點: a bit, no o'clock
_RANGE = re.compile(r"^\s*(?:到|至|~|～|-|–|—|跟|或|或是)\s*$")
# 下星期一早上: no 一早
_ALONE = re.compile(rf"(?P<part>(?<=[期拜週周])(?!一早)(?:{_PART})|(?<![期拜週周])(?:{_PART}))")


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time of day. `at` None: a part of day without an hour, or an impossible time. Offsets: folded text."""

    start: int
    end: int
    at: time | None
    part: str | None = None
    until: time | None = None  # end of a range (九點到十點)
    approximate: bool = False
    assumed: bool = False
    problem: ProblemKind | None = None
    choices: tuple[time, ...] = ()


def _resolve(hour: int, minute: int, part: str | None) -> TimeMention:
    """The time of an hour as said with its part of day; offsets still 0."""

    def made(
        at: time | None, *, assumed: bool = False, problem: ProblemKind | None = None, choices: tuple[time, ...] = ()
    ) -> TimeMention:
        return TimeMention(0, 0, at, part, None, False, assumed, problem, choices)

    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return made(None, problem=ProblemKind.IMPOSSIBLE_TIME)
    if hour == 24 or (hour == 12 and part in ("evening", "night")):  # midnight: which day's is open
        return made(time(0, minute), problem=ProblemKind.AMBIGUOUS_TIME, choices=(time(0, minute), time(12, minute)))
    if hour > 12:
        clash = part == "morning" or (part in ("night", "noon") and hour < 18)
        return made(None if clash else time(hour, minute), problem=ProblemKind.IMPOSSIBLE_TIME if clash else None)
    match part:
        case "morning":
            return made(time(hour, minute))
        case "noon":
            return made(time(hour + 12 if hour in (1, 2) else hour, minute))
        case "afternoon":
            return made(time(hour if hour == 12 else hour + 12, minute), assumed=hour > 8)
        case "evening":
            if 5 <= hour <= 11:
                return made(time(hour + 12, minute))
            return made(
                time(hour, minute),
                problem=ProblemKind.AMBIGUOUS_TIME,
                choices=(time(hour, minute), time(hour + 12, minute)),
            )
        case "night":
            return made(time(hour + 12 if hour in (10, 11) else hour, minute))
    if hour == 0:
        return made(time(0, minute))
    if hour == 7:
        return made(
            time(7, minute),
            assumed=True,
            problem=ProblemKind.AMBIGUOUS_TIME,
            choices=(time(7, minute), time(19, minute)),
        )
    return made(time(hour + 12 if hour < 7 else hour, minute), assumed=True)


def _minutes(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] in "一1" else 45
    if match["m24"]:
        return int(match["m24"])
    return (numeral(match["m"]) or 0) if match["m"] else 0


def _later(part: str | None, first: TimeMention, hour: int) -> str | None:
    """The part of day a second, bare hour inherits from the first."""
    if part is not None or first.part is None or first.at is None or hour > 12:
        return part
    if first.part in ("morning", "noon", "afternoon", "evening", "night"):
        same = _resolve(hour, 0, first.part)
        if same.at is not None and same.problem is None and same.at >= first.at.replace(minute=0):
            return first.part
    return None


def _earlier(value: TimeMention, minutes: int) -> TimeMention:
    """The time some minutes before one that was named, on the same day."""
    if value.at is None or value.at.hour * 60 + value.at.minute < minutes:
        return value
    total = value.at.hour * 60 + value.at.minute - minutes
    return replace(value, at=time(total // 60, total % 60))


def find_times(text: Text, dates: Sequence[int] = ()) -> list[TimeMention]:
    """All times of a message in the order said, ranges as one. Never raises. `dates`: where dates end in the folded
    text, since four digits right after one (12/9 1430) are a time.

    A part of day that stands alone (下禮拜四早上) is a mention without `at` and with VAGUE_TIME; 中午 alone is 12:00
    and 半夜 alone 00:00, both assumed.
    """
    folded = text.folded
    found: list[TimeMention] = []
    for match in _TIME.finditer(folded):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        twenty_four = match["h24"] is not None
        hour = int(match["h24"]) if twenty_four else numeral(match["h"])
        if hour is None:
            continue
        digit_at = match.start("h24" if twenty_four else "h")
        if (
            not twenty_four
            and match["part"] in (None, "早", "晚")
            and match["h"] in ("一", "兩")
            and _A_BIT.search(folded[:digit_at])
        ) or (match["slip"] and not match["part"]):
            continue
        part = _PART_OF[match["part"]] if match["part"] else None
        if match["pm"]:
            part = "morning" if match["pm"][0] == "a" else ("afternoon" if hour < 5 or hour == 12 else "evening")
        previous = found[-1] if found else None
        joined = previous is not None and bool(_RANGE.match(folded[previous.end : match.start()]))
        if previous is not None:
            part = _later(part, previous, hour)
        if twenty_four and part is None and (match["h24"].startswith("0") or hour >= 7 or hour == 0):
            value = TimeMention(
                0,
                0,
                None if hour == 24 else time(hour, int(match["m24"])),
                problem=ProblemKind.IMPOSSIBLE_TIME if hour == 24 else None,
            )
        else:
            value = _resolve(hour, _minutes(match), part)
        if short := _SHORT_OF.search(folded[:start]):
            value = _earlier(value, 15 if short["quarter"] else numeral(short["m"]) or 0)
        if match["pm"] and match["pm"][0] == "a" and hour == 12:
            value = TimeMention(0, 0, time(0, _minutes(match)))
        if match["part"] is None:
            start = digit_at
        about = (
            bool(match["about"])
            or bool(_MORE_OR_LESS.search(folded[max(0, start - 4) : start]))
            or "約" in folded[start:digit_at]
            or "大概" in folded[start:digit_at]
            or "差不多" in folded[start:digit_at]
        )
        if (
            joined
            and previous is not None
            and previous.at is not None
            and previous.until is None
            and value.at is not None
            and value.at > previous.at
        ):
            found[-1] = TimeMention(
                previous.start, end, previous.at, previous.part, value.at, previous.approximate or about,
                previous.assumed, previous.problem, previous.choices,
            )  # fmt: skip
            continue
        found.append(TimeMention(start, end, value.at, part, None, about, value.assumed, value.problem, value.choices))
    for match in _ENGLISH.finditer(folded):
        if any(match.start() < m.end and match.end() > m.start for m in found):
            continue
        hour = int(match["h"]) % 12 + (12 if match["pm"] == "p" else 0)
        found.append(TimeMention(match.start(), match.end(), time(hour, int(match["m"] or 0))))
    for match in _FOUR_DIGITS.finditer(folded):
        start, hour, minute = match.start("h"), int(match["h"]), int(match["m"])
        part = _PART_OF[match["part"]] if match["part"] else None
        dated = any(end <= start and _AFTER_DATE.match(folded[end:start]) for end in dates)
        alone = hour in range(5, 10) and not _DIGIT_BEFORE.search(folded[:start])  # no part of a telephone number
        if not (part or dated or alone or _TIME_LABEL.search(folded[:start])):
            continue
        if all(match.end() <= m.start or match.start() >= m.end for m in found):
            value = _resolve(hour, minute, part) if part else TimeMention(0, 0, time(hour, minute))
            found.append(replace(value, start=match.start(), end=match.end()))
    for match in _ALONE.finditer(folded):
        if any(match.start() < m.end and match.end() > m.start for m in found):
            continue
        part = _PART_OF[match["part"]]
        if part == "noon" or match["part"] == "半夜":
            at = time(12 if part == "noon" else 0)
            problem = None if part == "noon" else ProblemKind.AMBIGUOUS_TIME
            found.append(
                TimeMention(
                    match.start(),
                    match.end(),
                    at,
                    part,
                    assumed=True,
                    problem=problem,
                    choices=() if problem is None else (at,),
                )
            )
        else:
            found.append(TimeMention(match.start(), match.end(), None, part, problem=ProblemKind.VAGUE_TIME))
    return _inherit(sorted(found, key=lambda m: m.start), folded)


def _inherit(found: list[TimeMention], folded: str) -> list[TimeMention]:
    """早上的號碼 十點左右: a part of day that stands apart colours the bare hour after it."""
    out: list[TimeMention] = []
    for mention in found:
        before = out[-1] if out else None
        if (
            before is not None and before.at is None and before.problem is ProblemKind.VAGUE_TIME
            and mention.at is not None and mention.part is None and mention.assumed and mention.start - before.end <= 12
        ):  # fmt: skip
            hour = mention.at.hour % 12 or 12
            value = _resolve(hour, mention.at.minute, before.part)
            if value.at is not None:
                out[-1] = TimeMention(
                    mention.start,
                    mention.end,
                    value.at,
                    before.part,
                    mention.until,
                    mention.approximate,
                    value.assumed,
                    value.problem,
                    value.choices,
                )
                continue
        out.append(mention)
    return out
