"""People: ages, years of birth, the order of a child, the household."""

import re
from dataclasses import dataclass
from datetime import date

from agents.understanding.slots._text import NUMERAL, Text, numeral
from agents.understanding.slots.amounts import find_amounts

_CN = r"[0-9零〇一二兩三四五六七八九十廿卅百]"
_N2 = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"  # a month
_AGE = re.compile(
    rf"(?<![\d.老])(?P<n>{_CN}{{1,4}})(?P<some>[幾多來]|出頭)?\s*(?P<unit>足?歲|years?\s*old"
    rf"|y/?o(?![a-z]))(?P<half>半)?(?P<over>出頭)?"
)
_DECADE = re.compile(r"(?P<n>[二三四五六七八九]?十|\d0)\s*[幾多]\s*歲")
_THRESHOLD_AFTER = re.compile(r"^\s*(?:以上|以下|之前|以前|前|到|至|~|-|起|未滿|的?(?:老人|長者|民眾|人口|人數|人有))")
_THRESHOLD_BEFORE = re.compile(r"(?:未滿|不滿|到|至|~|-|超過|低於|高於|是不是要|要滿|需滿|須滿|幾歲|要到)\s*$")
_BORN_YEAR = re.compile(
    rf"(?P<era>民國|民|西元)?\s*(?<!\d)(?P<y>\d{{4}}|\d{{1,3}}|{_CN}{{2,4}})\s*年\s*(?:(?P<m>{_N2})\s*月)?(?:次|(?:出)?生(?!育|活"
    rf"|日禮|效|意|數|率|人[口數]|登記))"
)
_KIN = (
    r"爸爸|媽媽|爸|媽|阿公|阿嬤|阿媽|爺爺|奶奶|外公|外婆|公公|婆婆|岳父|岳母|先生|太太|老公|老婆|父親|母親"
    r"|阿爸|阿母|阿姆|家父|家母|長輩|老人家"
)
_KIN_AGE = re.compile(
    rf"(?P<kin>{_KIN}|我|高齡|年齡|年紀|歲數)(?:[是為:]|今年|已經|現在|快|都)*\s*(?P<n>\d{{2,3}}|{_CN}{{2,4}})(?:有(?P<plus>[一二三四五六七八九]))?(?=$"
    rf"|[\s,，。、;；了阿爸媽有住沒獨中重輕失一還都也歲跟領無])(?!\s*[點號月日:/])"
)
_CHILD = re.compile(
    r"(?:小孩|孩子|兒子|女兒|寶寶|囡仔|細人仔|小朋友|嬰兒|孫子|孫女|囝|遲緩兒|兩個小的|baby|kids?|child)"
)
_CHILD_LIST = re.compile(r"(?:一個|老大|老二|老三|大的|小的|大女兒|小兒子)\s*(?:是|才|今年)?\s*$")
_SELF = re.compile(r"(?:我|本人|自己)(?!爸|媽|爸|阿|先生|太太|老|兒|女|家|們|小|孩)")
_ORDERS = re.compile(
    rf"(?:第\s*(?P<n>{NUMERAL}{{1,2}})\s*(?:個|名|位)?\s*(?P<what>胎|孩子|小孩|寶寶|子女|囡仔|細人仔|嬰兒|bb|baby))"
    rf"|(?<![第{'零一二三四五六七八九十'}\d])(?P<m>[二三四五六2-6])\s*(?P<what2>胎|寶(?![特山石物貝媽爸]))"
    r"|(?P<head>頭胎|首胎)|(?P<old>老[大二三四五六])(?!哥|人|姊)"
    r"|(?:懷|生|要生)了?\s*第\s*(?P<k>[一二三四五六1-6])\s*個"
    r"|(?P<en>first|second|third|fourth)\s+(?:child|baby|kid)"
)
_ORDINAL = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_MEMBERS = re.compile(
    rf"(?:一家|全家|我們家|我家|家裡|家中|戶內|全戶|同住|總共)\s*(?:有|共|總共|是|就"
    rf"|剩)*\s*(?P<n>{NUMERAL}{{1,3}})\s*(?:個人|人|口(?:人)?)|(?<![第\d])(?P<m>[2-9]|1\d"
    rf"|[二兩三四五六七八九十])\s*口(?:之家|人)"
)
_PER_PERSON = re.compile(
    r"每人(?:每個?月)|(?:平均|每人|每個人|一個人)[^，。,;\n]{0,8}?(?:收入|所得|分到|分攤|生活費)"
    r"|平均(?:下來)?(?:每人|一個人)"
)
_INCOME = re.compile(r"(?:月薪|薪水|收入|所得|一個月賺|月領|賺|一個月領)")
_YEARLY = re.compile(r"(?:年收入|年薪|年所得|一年收入|全年)")
_ALONE = re.compile(r"獨居|(?:自己|一個人|單獨|獨自)(?:一個人)?(?:居?住|生活)")
_NOT_ALONE = re.compile(r"(?:不是|沒有|並非|非)\s*(?:獨居|一個人住|自己住)|跟[^，。\s]{1,6}(?:一起|同)住")


@dataclass(frozen=True, slots=True)
class Age:
    """An age in full years. `whose`: self, adult (kin), child, or None when not said. `high` = `low` unless vague.

    `assumed`: counted from a year of birth without the birthday. Offsets are of the folded text.
    """

    start: int
    end: int
    low: int
    high: int
    whose: str | None = None
    assumed: bool = False

    @property
    def vague(self) -> bool:
        """五十幾歲: a decade, no age."""
        return self.low != self.high


@dataclass(frozen=True, slots=True)
class ChildOrder:
    """第二胎 → 2. `born`: said as a birth (胎), not as a place among the children (老二). Offsets: folded text."""

    start: int
    end: int
    order: int
    born: bool = True


@dataclass(frozen=True, slots=True)
class Household:
    """What was said of the household, NT$ a month. None: not said. `income_per_person` is computed from the income
    of the whole household only when the number of members was said too."""

    members: int | None = None
    income: int | None = None
    income_per_person: int | None = None
    lives_alone: bool | None = None


def age_on(birth: date, today: date) -> int:
    """Full years on a day (民法 §124: counted from the day of birth)."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _whose(folded: str, start: int) -> str | None:
    before = folded[max(0, start - 14) : start]
    if _CHILD_LIST.search(before):
        return "child"
    hits = [(m.start(), "child") for m in _CHILD.finditer(before)]
    hits += [(m.start(), "adult") for m in re.finditer(_KIN, before)]
    hits += [(m.start(), "self") for m in _SELF.finditer(before)]
    return max(hits)[1] if hits else None


def find_ages(text: Text, today: date) -> list[Age]:
    """Ages in the order said. Thresholds (65歲以上, 未滿6歲) are no ages of anybody and are left out."""
    folded = text.folded
    found: list[Age] = []

    def taken(match: re.Match[str]) -> bool:
        return any(match.start() < a.end and match.end() > a.start for a in found)

    for match in _DECADE.finditer(folded):
        low = numeral(match["n"])
        if low is not None:
            found.append(Age(match.start(), match.end(), low, low + 9, _whose(folded, match.start())))
    for match in _AGE.finditer(folded):
        value = numeral(match["n"])
        if taken(match) or value is None or not 0 <= value <= 125:
            continue
        if _THRESHOLD_AFTER.match(folded[match.end() :]) or _THRESHOLD_BEFORE.search(folded[: match.start()]):
            continue
        high = value + (3 if match["some"] == "出頭" or match["over"] else 9 if match["some"] else 0)
        found.append(Age(match.start(), match.end(), value, high, _whose(folded, match.start())))
    for match in _BORN_YEAR.finditer(folded):
        year = numeral(match["y"])
        if taken(match) or year is None:
            continue
        western = year if year > 1000 and match["era"] != "民國" else year + 1911
        if 0 <= today.year - western <= 125:
            value = today.year - western - (bool(match["m"]) and (numeral(match["m"]) or 0) > today.month)
            found.append(Age(match.start(), match.end(), value, value, _whose(folded, match.start()), assumed=True))
    for match in _KIN_AGE.finditer(folded):
        value = numeral(match["n"])
        if value is not None and match["plus"]:  # 九十有三
            value += numeral(match["plus"]) or 0
        if not taken(match) and value is not None and 18 <= value <= 115:
            found.append(Age(match.start("n"), match.end(), value, value, "self" if match["kin"] == "我" else "adult"))
    return sorted(found, key=lambda a: a.start)


def find_child_orders(text: Text) -> list[ChildOrder]:
    """第二胎, 老二, 第3個孩子 … in the order said; 1 to 15."""
    found: list[ChildOrder] = []
    for match in _ORDERS.finditer(text.folded):
        if match["head"]:
            order: int | None = 1
        elif match["old"]:
            order = "大二三四五六".index(match["old"][1]) + 1
        elif match["en"]:
            order = _ORDINAL[match["en"]]
        else:
            order = numeral(match["n"] or match["m"] or match["k"])
        if order is not None and 1 <= order <= 15:
            found.append(ChildOrder(match.start(), match.end(), order, not match["old"]))
    return found


def find_household(text: Text) -> Household:
    """Members, income (a year's is divided by twelve) and whether a person lives alone."""
    folded = text.folded
    members = None
    match = _MEMBERS.search(folded)
    if match:
        members = numeral(match["n"] or match["m"])
        if members is not None and not 1 <= members <= 30:
            members = None
    income = per_person = None
    for money in find_amounts(text):
        before = folded[max(0, money.start - 14) : money.start]
        if _PER_PERSON.search(before):
            per_person = money.value
        elif _INCOME.search(before) and income is None:
            income = money.value // 12 if _YEARLY.search(before) else money.value
    if per_person is None and income is not None and members:
        per_person = income // members
    alone = False if _NOT_ALONE.search(folded) else True if _ALONE.search(folded) else None
    return Household(members, income, per_person, alone)
