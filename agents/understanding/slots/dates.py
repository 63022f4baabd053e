"""Dates as people in Taiwan say and write them.

Rules that decide what a word means:
- Weeks begin on Monday. 這週五 is the Friday of the running week, 下週五 the one of the week after this, 下下週五 a
  week later. A bare 星期五 is the next Friday from today on. Many people begin the week on Sunday: on a Saturday
  or Sunday, and for 下週日 on any day, the two readings differ, so the date comes with a problem that offers both.
- 明天 is the next calendar day, also at 23:59 and just after midnight.
- A day without a year is this year's; when that lies behind, next year's if it comes within 183 days, else it is a
  past date. A bare day of the month (5號) is the next one from today on.
- 月底 is the last day of the month, marked as an assumption; 月底前 is no day.
- 隔週三 is 下週三; 兩個禮拜後的禮拜三 lies in the second week after the running one.
- Holidays with a fixed day (元旦, 勞動節) are that day; 春節, 清明, 連假 … are asked.
- 農曆 dates are never converted: the speaker is asked for the date of the common calendar.
- A year of one to three digits is a 民國 year (1911 + n).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from agents.understanding.slots._text import Text, numeral
from agents.understanding.slots.parsed import ProblemKind

_N = r"[0-9零〇一二兩三四五六七八九十廿卅]"
_NUM = r"(?:\d{1,3}|[零〇一二兩三四五六七八九十廿卅]{1,3})"
_DAY_WORD = {
    "今天": 0, "今日": 0, "今仔日": 0, "今晡日": 0, "今早": 0, "今晚": 0, "今晡": 0, "今暗": 0,
    "明天": 1, "明日": 1, "明仔載": 1, "明仔再": 1, "明仔日": 1, "明仔早起": 1, "明仔早": 1, "明早": 1, "明晚": 1,
    "明晨": 1, "明午": 1, "天光日": 1, "韶早": 1, "隔天": 1, "隔日": 1,
    "後天": 2, "後日": 2, "大後天": 3, "大後日": 3,
    "昨天": -1, "昨日": -1, "昨晚": -1, "昨晡日": -1, "前天": -2, "前日": -2, "大前天": -3,
    "the day after tomorrow": 2, "day after tomorrow": 2, "tomorrow": 1, "today": 0, "tonight": 0, "yesterday": -1,
}  # fmt: skip
_WEEKDAY = {c: i for i, c in enumerate("一二三四五六日")} | {
    "天": 6,
    "1": 0,
    "2": 1,
    "3": 2,
    "4": 3,
    "5": 4,
    "6": 5,
    "7": 6,
}
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# What follows a festival's name when the money or the feast is meant, not the day.
_NOT_A_DAY = r"(?!.{0,2}(?:禮金|敬老|慰問|禮品|紅包|津貼|補助|加菜|獎|活動|連假|期間))"
_LUNAR = re.compile(
    r"(?:農曆|舊曆|陰曆"
    r"|古曆)的?\s*(?:閏?[正臘一二三四五六七八九十0-9]{1,3}月(?:初?[0-9一二三四五六七八九十廿]{1,3}[日號]?)?"
    r"|初?[0-9一二三四五六七八九十廿]{1,3}[日號]?|年底|年初|過年|生日)"
    r"|(?:閏?[正臘一二三四五六七八九十]{1,2}月|大年|年)?初[一二三四五六七八九十](?!診|次|胎|年級|中|生)"
    r"|[一二三四五六七八九十]{1,2}月廿[一二三四五六七八九]?(?![日號0-9])"
    r"|正月(?:十[一二三四五六七八九]?|二十)?|臘月"
    rf"|(?:重陽節?|中秋節?|端午節?|除夕|小年夜|元宵節?|七夕|中元節?|中元普渡|佛誕|媽祖生){_NOT_A_DAY}"
)

_FULL = re.compile(
    rf"(?P<era>民國|西元|公元|中華民國)?\s*(?P<y>\d{{4}}|\d{{2,3}}"
    rf"|{_N}{{2,5}})\s*年\s*(?P<m>{_NUM})\s*月\s*(?P<d>{_NUM})\s*[日號]?"
)
_FULL_MARKS = re.compile(
    r"(?P<era>民國|西元)?(?<![\da-z/.\-])(?P<y>\d{4}"
    r"|\d{2,3})(?P<s>[/.\-])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d/.\-]\d|\d)"
)
_COMPACT = re.compile(r"(?<![\da-z\-])(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\da-z\-])")
_COMPACT_ROC = re.compile(r"民國\s*(?P<y>1\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)")
_DAY_ENDS = r"(?=$|[\s,，。、;；的()（）早上下中晚去要到])"  # 12月3 早上: a day without its 號
_MONTH_DAY = re.compile(
    rf"(?P<year>今年|明年|後年|去年)?的?\s*(?P<m>{_NUM})\s*月\s*(?:份)?\s*(?P<d>{_NUM})\s*"
    rf"(?:[日號]|{_DAY_ENDS})"
)
_SLASH = re.compile(r"(?<![\da-z/.\-])(?<!\d:)(?P<m>\d{1,2})/(?P<d>\d{1,2})(?![\d/:]|\.\d|[a-z])")
_NEXT_MONTH = re.compile(
    rf"(?P<which>下下個?|下個?|這個?|本)月的?\s*(?:(?P<d>{_NUM})(?:\s*[日號]|{_DAY_ENDS})|(?P<end>(?:底|尾)(?![以之]?前)|初|中旬?))"
)
_BARE_DAY = re.compile(
    rf"(?<![\d月之\-/.巷弄樓段第民國年{'零一二三四五六七八九十廿卅'}])(?P<d>{_NUM})\s*號(?!碼"
    rf"|[攝鏡樓公店門機車線之\d]|警|告|鏡)"
)
_MONTH_END = re.compile(
    r"(?<![0-9一二三四五六七八九十個這下本])(?:月底|月尾)(?![以之]?前)"
)  # 月底前: some day until then
_NAMED_MONTH_END = re.compile(rf"(?P<m>{_NUM})\s*月(?:底|尾)(?![以之]?前)")
_WEEK_NAME = r"(?:星期|禮拜|週|周|拜(?=[一二三四五六](?!拜)))"
_WEEK_WHICH = (
    r"(?:下下|再下|隔(?=[週周])|(?<!一)下|這|本|(?<![早晚])上)(?:一)?個?"  # 約一下禮拜三, 晚上禮拜三: no 下週, no 上週
)
_WEEK = re.compile(
    rf"(?P<which>{_WEEK_WHICH}|)\s*{_WEEK_NAME}\s*(?P<day>[一二三四五六日天](?![次趟回樣起定直])"
    rf"|[1-7](?![0-9個天次趟回])|末)"
)
_WEEK_ONLY = re.compile(r"(?:下下|(?<!一)下|這|本)(?:一)?個?\s*(?:星期|禮拜|週|周)(?!\s*[一二三四五六日天末1-7])")
_WEEK_AND_DAY = re.compile(  # 下禮拜的今天, 兩個禮拜後的禮拜三: which week, then which day of it
    rf"(?:(?P<which>下下|(?<!一)下|隔|這|本)(?:一)?個?|(?P<n>{_NUM})個?)(?:星期|禮拜|週|周)(?P<after>之?後|以後)?的?"
    rf"(?:{_WEEK_NAME}?(?P<day>(?<=[期拜週周])[一二三四五六日天](?![次趟回樣起定直]))|(?P<today>今天|今日))"
)
_NOT_DAYS = r"(?![次趟回天樣起定直點個位號時月一二三四五六日])"  # 禮拜三一樣, 禮拜三四點: no list of days
_REPEAT = re.compile(
    rf"(?:每個?|固定|逐)\s*{_WEEK_NAME}\s*的?(?P<days>[一二三四五六日天]{{2,7}}{_NOT_DAYS}"
    rf"|[一二三四五六日天](?:[、,和跟]\s*{_WEEK_NAME}?[一二三四五六日天])*(?![次趟回天])|[1-7](?![0-9次趟回天個]))"
    rf"|{_WEEK_NAME}(?P<more>[一二三四五六日]{{2,7}}"
    rf"|[一二三四五六日](?:[、,]{_WEEK_NAME}?[一二三四五六日])+){_NOT_DAYS}"
    r"|(?<![0-9月十])(?P<bare>一三五|二四六)(?=$|[^0-9月號日點人位])"
)
_AFTER = re.compile(
    rf"(?:再過|過)?(?P<n>{_NUM}|半)\s*(?P<unit>天|日|個?星期|個?禮拜|週|周|個月)(?:之後|以後|後)(?!天)"
    rf"|再過(?P<n2>{_NUM})\s*(?P<unit2>天|個?星期|個?禮拜|週|周|個月)(?!後|之後|以後)"
)
_MONTH_ONLY = re.compile(
    rf"(?P<which>下下個月|下個月|下月|這個月|本月)(?![0-9一二三四五六七八九十底初中的])"
    rf"|(?<![0-9年{'零〇一二三四五六七八九十'}個])(?P<m>{_NUM})月(?![0-9一二三四五六七八九十廿卅底])"
)
_SOLAR_DAYS = {
    "元旦": (1, 1), "二二八": (2, 28), "和平紀念日": (2, 28), "兒童節": (4, 4), "勞動節": (5, 1), "父親節": (8, 8),
    "國慶日": (10, 10), "雙十節": (10, 10), "聖誕節": (12, 25), "耶誕節": (12, 25), "行憲紀念日": (12, 25),
}  # fmt: skip
# Days off that move from year to year or last several days: asked, never guessed.
_MOVABLE = re.compile(rf"(?:春節|過年|農曆年|清明節?|冬至|母親節|跨年|連假|年假){_NOT_A_DAY}(?![金])")
_SOLAR = re.compile(rf"(?:{'|'.join(_SOLAR_DAYS)}){_NOT_A_DAY}(?!後|前|過後)")
_ENGLISH_WEEK = re.compile(rf"(?<![a-z])(?P<which>next |this |on )?(?P<day>{'|'.join(_ENGLISH_DAYS)})(?![a-z])")
_ENGLISH_DATE = re.compile(
    rf"(?<![a-z])(?:(?P<m>{'|'.join(_ENGLISH_MONTHS)})[a-z]*\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m2>{'|'.join(_ENGLISH_MONTHS)})[a-z]*)(?:,?\s+(?P<y>20\d\d))?(?![0-9a-z])"
)
_WORDS = re.compile("|".join(sorted((re.escape(w) for w in _DAY_WORD), key=len, reverse=True)))
_BORN = re.compile(r"^\s*(?:出生|生(?!日禮|病|效)|年次)|^\s*的?生日")
_BORN_BEFORE = re.compile(r"(?:生日|出生|生於|出世)(?:日期|年月日)?(?:是|為|:|：)?\s*$")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a message. `day` None: nothing could be resolved (see `problem`). Offsets are of the folded text.

    With `problem` and a `day`: AMBIGUOUS_DATE carries the likeliest day, PAST_DATE the day that lies behind.
    """

    start: int
    end: int
    day: date | None
    problem: ProblemKind | None = None
    choices: tuple[date, ...] = ()
    assumed: bool = False
    birth: bool = False  # somebody's birthday, not a day to do something on
    weekday: int | None = None  # 0 = Monday: a bare 星期四, which may only tell more of a date beside it


@dataclass(frozen=True, slots=True)
class Repeat:
    """A weekly pattern (每週一三五): codes MO … SU. Offsets are of the folded text."""

    start: int
    end: int
    days: tuple[str, ...]


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_after(today: date, months: int) -> tuple[int, int]:
    index = today.year * 12 + today.month - 1 + months
    return index // 12, index % 12 + 1


def _month_last(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


class _Reader:
    """Collects mentions, each pattern on what the ones before left over."""

    def __init__(self, text: Text, today: date) -> None:
        self.text = text.folded
        self.today = today
        self.found: list[DateMention] = []
        self.repeats: list[Repeat] = []

    def free(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches that overlap nothing taken so far."""
        for match in pattern.finditer(self.text):
            start, end = match.span()
            taken = [*((m.start, m.end) for m in self.found), *((r.start, r.end) for r in self.repeats)]
            if start < end and all(end <= s or start >= e for s, e in taken):
                yield match

    def add(
        self,
        match: re.Match[str],
        day: date | None,
        problem: ProblemKind | None = None,
        choices: tuple[date, ...] = (),
        *,
        assumed: bool = False,
        birth: bool = False,
        past_ok: bool = False,
        weekday: int | None = None,
    ) -> None:
        if day is not None and day < self.today and not past_ok and problem is None:
            problem = ProblemKind.PAST_DATE
        self.found.append(DateMention(match.start(), match.end(), day, problem, choices, assumed, birth, weekday))

    def is_birth(self, match: re.Match[str]) -> bool:
        after, before = self.text[match.end() : match.end() + 6], self.text[max(0, match.start() - 10) : match.start()]
        return bool(_BORN.match(after) or _BORN_BEFORE.search(before))

    def with_year(self, match: re.Match[str], year: int, month: int | None, day: int | None) -> None:
        value = _safe(year, month, day) if month and day else None
        if value is None:
            self.add(match, None, ProblemKind.IMPOSSIBLE_DATE)
        elif self.is_birth(match):
            self.add(match, value, birth=True, past_ok=True)
        else:
            self.add(match, value)

    def without_year(
        self, match: re.Match[str], month: int | None, day: int | None, year_word: str | None = None
    ) -> None:
        if year_word:
            shift = {"今年": 0, "明年": 1, "後年": 2, "去年": -1}[year_word]
            self.with_year(match, self.today.year + shift, month, day)
            return
        if not month or not day:
            self.add(match, None, ProblemKind.IMPOSSIBLE_DATE)
            return
        if month == 2 and day == 29:  # the next one that exists
            years = [y for y in range(self.today.year, self.today.year + 9) if _safe(y, 2, 29)]
            value = next((d for y in years if (d := date(y, 2, 29)) >= self.today), None)
            far = value is None or (value - self.today).days > 366
            self.add(match, None if far else value, ProblemKind.IMPOSSIBLE_DATE if far else None)
            return
        value = _safe(self.today.year, month, day)
        if value is None:
            self.add(match, None, ProblemKind.IMPOSSIBLE_DATE)
            return
        if self.is_birth(match):
            self.add(match, value, birth=True, past_ok=True)
        elif value >= self.today:
            self.add(match, value)
        else:
            later = date(self.today.year + 1, month, day)
            if (later - self.today).days <= 183:
                self.add(match, later, assumed=True)
            else:
                self.add(match, value, ProblemKind.PAST_DATE, (later,))

    def weekday(self, match: re.Match[str], which: str, day: int) -> None:
        monday = self.today - timedelta(days=self.today.weekday())
        if not which:
            ahead = (day - self.today.weekday()) % 7
            value = self.today + timedelta(days=ahead)
            if ahead == 0:  # 星期二 said on a Tuesday
                self.add(match, value, ProblemKind.AMBIGUOUS_DATE, (value, value + timedelta(days=7)), weekday=day)
            else:
                self.add(match, value, weekday=day)
            return
        weeks = (
            -1
            if which.startswith("上")
            else 0
            if which[0] in "這本"
            else 2
            if which.startswith(("下下", "再下"))
            else 1
        )
        value = monday + timedelta(days=7 * weeks + day)
        if weeks < 1:
            self.add(match, value)
            return
        sunday_first = self.today - timedelta(days=(self.today.weekday() + 1) % 7)
        other = sunday_first + timedelta(days=7 * weeks + (day + 1) % 7)
        if self.today.weekday() >= 5 and other == value:
            other = value + timedelta(days=7)
        if other == value or other <= self.today:
            self.add(match, value)
        else:
            self.add(match, value, ProblemKind.AMBIGUOUS_DATE, (value, other))

    def weekend(self, match: re.Match[str], which: str) -> None:
        monday = self.today - timedelta(days=self.today.weekday())
        weeks = (
            2
            if which.startswith(("下下", "再下"))
            else 1
            if which.startswith("下")
            else -1
            if which.startswith("上")
            else 0
        )
        days = tuple(monday + timedelta(days=7 * weeks + d) for d in (5, 6))
        open_days = tuple(d for d in days if d >= self.today)
        if not open_days:
            self.add(match, days[0])
        elif len(open_days) == 1 and which:
            self.add(match, open_days[0])
        else:
            choices = open_days if len(open_days) == 2 else (open_days[0], open_days[0] + timedelta(days=6))
            self.add(match, choices[0], ProblemKind.AMBIGUOUS_DATE, choices)

    def read(self) -> None:
        for m in self.free(_LUNAR):
            self.add(m, None, ProblemKind.LUNAR)
        for m in self.free(_REPEAT):
            days = [_CODES[_WEEKDAY[c]] for c in (m["days"] or m["more"] or m["bare"]) if c in _WEEKDAY]
            self.repeats.append(Repeat(m.start(), m.end(), tuple(dict.fromkeys(days))))
        for pattern in (_FULL, _FULL_MARKS, _COMPACT, _COMPACT_ROC):
            for m in self.free(pattern):
                self._full(m)
        for m in self.free(_NEXT_MONTH):
            self._named_month(m)
        for m in self.free(_NAMED_MONTH_END):
            month = numeral(m["m"])
            if month and 1 <= month <= 12:
                year = self.today.year + (month < self.today.month)
                self.add(m, _month_last(year, month), assumed=True)
        for m in self.free(_MONTH_DAY):
            self.without_year(m, numeral(m["m"]), numeral(m["d"]), m["year"])
        for m in self.free(_SLASH):
            if m.group() != "24/7":
                self.without_year(m, int(m["m"]), int(m["d"]))
        for m in self.free(_ENGLISH_DATE):
            month = _ENGLISH_MONTHS.index(m["m"] or m["m2"]) + 1
            day = int(m["d"] or m["d2"])
            if m["y"]:
                self.with_year(m, int(m["y"]), month, day)
            else:
                self.without_year(m, month, day)
        for m in self.free(_WEEK_AND_DAY):
            self._week_and_day(m)
        for m in self.free(_AFTER):
            self._after(m)
        for m in self.free(_WORDS):
            self._word(m)
        for m in self.free(_WEEK):
            if m["day"] == "末":
                self.weekend(m, m["which"])
            else:
                self.weekday(m, m["which"], _WEEKDAY[m["day"]])
        for m in self.free(_ENGLISH_WEEK):
            which = {"next ": "下", "this ": "這"}.get(m["which"] or "", "")
            self.weekday(m, which, _ENGLISH_DAYS.index(m["day"]))
        for m in self.free(_SOLAR):
            self.without_year(m, *_SOLAR_DAYS[m.group()])
        for m in self.free(_MONTH_END):
            self.add(m, _month_last(self.today.year, self.today.month), assumed=True)
        for m in self.free(_BARE_DAY):
            self._bare_day(m)
        for pattern in (_WEEK_ONLY, _MONTH_ONLY, _MOVABLE):
            for m in self.free(pattern):
                self.add(m, None, ProblemKind.VAGUE_DATE)

    def _full(self, m: re.Match[str]) -> None:
        year, month, day = (numeral(m[k]) for k in ("y", "m", "d"))
        if year is None or year == 0:
            return
        era = m.groupdict().get("era") or ""
        if era in ("民國", "中華民國") or (not era and year < 1000):
            if m.groupdict().get("s") and not era and not 60 <= year <= 200:
                return  # 12.3.4, 10-20-30: some number, no date
            year += 1911
        if 1850 <= year <= 2200:
            self.with_year(m, year, month, day)
        else:
            self.add(m, None, ProblemKind.IMPOSSIBLE_DATE)

    def _named_month(self, m: re.Match[str]) -> None:
        months = 2 if m["which"].startswith("下下") else 1 if m["which"].startswith("下") else 0
        year, month = _month_after(self.today, months)
        if m["end"] in ("底", "尾"):
            self.add(m, _month_last(year, month), assumed=True)
        elif m["end"]:
            self.add(m, None, ProblemKind.VAGUE_DATE)
        else:
            self.with_year(m, year, month, numeral(m["d"]))

    def _week_and_day(self, m: re.Match[str]) -> None:
        which = m["which"] or ""
        count = numeral(m["n"]) if m["n"] else 0 if which in ("這", "本") else 2 if which == "下下" else 1
        if count is None or (m["n"] and not m["after"]):
            return
        if m["today"]:
            self.add(m, self.today + timedelta(days=7 * count))
        elif m["n"]:
            monday = self.today - timedelta(days=self.today.weekday())
            self.add(m, monday + timedelta(days=7 * count + _WEEKDAY[m["day"]]))
        else:
            self.weekday(m, which, _WEEKDAY[m["day"]])

    def _after(self, m: re.Match[str]) -> None:
        words, unit = m["n"] or m["n2"], m["unit"] or m["unit2"]
        count = numeral(words)
        if count is None or count == 0:
            return
        if unit == "個月":
            year, month = _month_after(self.today, count)
            self.add(m, min(_month_last(year, month), _safe(year, month, self.today.day) or date.max), assumed=True)
        else:
            self.add(m, self.today + timedelta(days=count * (1 if unit in ("天", "日") else 7)))

    def _word(self, m: re.Match[str]) -> None:
        word, rest = m.group(), self.text[m.end() : m.end() + 2]
        before = self.text[max(0, m.start() - 1) : m.start()]
        # 三天後天氣 is no 後天; 以前天天 is no 前天; 大前天 is taken whole by the longest match
        if (word in ("後天", "前天") and before in tuple("以之天目")) or (word == "前日" and before == "目"):
            return
        if word in ("隔天", "隔日") and rest.startswith("洗"):
            return
        self.add(m, self.today + timedelta(days=_DAY_WORD[word]))

    def _bare_day(self, m: re.Match[str]) -> None:
        day = numeral(m["d"])
        before = self.text[max(0, m.start() - 6) : m.start()]
        if day is None or re.search(
            r"[路街巷弄村里鄰段案]\s*$|編號|單號|第$|[a-z]$|縣道$|門牌|給$|提案\s?$|台\s?$", before
        ):
            return
        if not 1 <= day <= 31:
            return  # 88 號 is a number of something else
        for months in range(3):
            year, month = _month_after(self.today, months)
            value = _safe(year, month, day)
            if value is not None and value >= self.today:
                self.add(m, value, assumed=months > 0)
                return


def find_dates(text: Text, today: date) -> list[DateMention]:
    """All dates of a message in the order said, read as on `today` (Asia/Taipei). Never raises."""
    reader = _Reader(text, today)
    reader.read()
    return sorted(reader.found, key=lambda m: m.start)


def find_repeats(text: Text, today: date) -> list[Repeat]:
    """Weekly patterns (每週一三五, 固定二四六), in the order said."""
    reader = _Reader(text, today)
    reader.read()
    return reader.repeats
