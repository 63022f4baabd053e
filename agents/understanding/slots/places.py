"""Places: townships, hospitals and other named places, addresses, 家裡, and where a ride starts and ends."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agents.understanding.slots._text import Text, fold
from agents.understanding.slots.parsed import HOME
from agents.understanding.slots.subjects import programme_names
from knowledge.records import County, Place, Township

Kind = Literal["place", "home", "address", "township", "other"]
Role = Literal["pickup", "dropoff", "lives_in"]

# Other counties and the towns around that people here name. 新竹 alone: see `lives_in_hsinchu_unclear`.
_OUTSIDE = (
    "新竹市", "台北市", "台北", "新北市", "新北", "桃園市", "桃園", "台中市", "台中", "台南市", "台南",
    "高雄市", "高雄", "基隆市", "基隆", "嘉義市", "嘉義縣", "嘉義", "苗栗縣", "苗栗", "彰化縣", "彰化",
    "南投縣", "南投", "雲林縣", "雲林", "屏東縣", "屏東", "宜蘭縣", "宜蘭", "花蓮縣", "花蓮", "台東縣",
    "台東", "澎湖縣", "澎湖", "金門縣", "金門", "馬祖", "連江縣", "竹南鎮", "竹南", "頭份市", "頭份",
    "楊梅區", "楊梅", "龍潭區", "龍潭", "中壢區", "中壢", "香山區", "香山", "新竹市東區", "新竹市北區",
    "北市",
)  # fmt: skip
_N = r"[0-9零〇一二三四五六七八九十百廿]"
_WORD = r"[\u4e00-\u9fff]"
_ROMANISED = {
    "竹北": "zhubei", "竹東": "zhudong", "新埔": "xinpu", "關西": "guanxi", "湖口": "hukou", "新豐": "xinfeng",
    "芎林": "qionglin", "橫山": "hengshan", "北埔": "beipu", "寶山": "baoshan", "峨眉": "emei", "尖石": "jianshi",
    "五峰": "wufeng",
}  # fmt: skip
_STOP = "從由去到往至在來載接送我你妳他她要想和跟的是會把回坐搭有約叫派訂請幫麻煩改換成住於了也就不給讓用這那裡邊早晚點半號日週"
# Of the stop words, those that also stand in names of roads and villages, where they do (成功路, 和平街, 中和路).
_NAME = rf"(?:(?![{_STOP}]){_WORD}|成(?=[功德])|和(?=[平江興順])|(?<=[中仁永義民廣長三協人公])和(?=[路街村里宮廟])|日(?=新))"
_ADDRESS = re.compile(
    rf"(?:(?:{_NAME}{{2}}[縣市])?(?:{_NAME}{{1,3}}[鄉鎮市區])?(?:{_NAME}{{1,4}}[村里](?:{_N}+鄰)?)?)"
    rf"(?:{_NAME}{{1,5}}(?:大道|路|街)(?:{_N}{{1,2}}段)?|(?<=[村里鄰])|(?<=[鄉鎮市區]){_NAME}{{1,4}})"
    rf"(?:\s?{_N}+\s?巷)?(?:\s?{_N}+\s?弄)?(?:\s?{_N}+(?:之{_N}+|-\d+)?\s?號(?:之{_N}+)?)"
    rf"(?:\s?(?:{_N}+|b\d)\s?[樓f](?:之{_N}+)?)?(?:\s?{_N}+室)?"
)
_ROAD = rf"{_NAME}{{1,4}}(?:大道|路|街)(?:{_N}{{1,2}}段)?(?:{_N}+巷)?(?:{_N}+弄)?(?:口)?(?![況人燈燒線上段])"
# A village or a settlement: its name is of two characters unless a township stands before it (see `Gazetteer.villages`).
_VILLAGE_END = rf"[村里](?:{_N}+鄰)?(?![長民幹])"
_SETTLEMENT = rf"{_NAME}{{2,4}}部落"
_NO_VILLAGE = re.compile(r"[公英海千鄰哪]里$|[農漁山眷]村$")
_OTHER_ROADS = frozenset(
    (
        "馬路",
        "道路",
        "公路",
        "鐵路",
        "網路",
        "走路",
        "問路",
        "過馬路",
        "高速公路",
        "逛街",
        "老街",
        "上街",
        "半路",
        "順路",
        "迷路",
    )
)
_NO_ROADS = frozenset(("一路", "山路", "小路", "大街", "路", "街"))  # as a whole: 光明一路 and 中山路 are roads
_SUFFIX = (
    "高鐵站|火車站|車站|轉運站|郵局|診所|牙醫診所|醫院|衛生所|活動中心|公所|鄉公所|市公所|鎮公所|分局|派出所|國小|國中|高中|市場|教會|教堂|"
    "藥局|安養院|養護中心|護理之家|安養中心|日照中心|日照|長照中心|洗腎中心|透析中心|血液透析中心|復健中心|復健診所|健檢中心|圖書館|便利商店|全家|7-11|廟|宮|老街|分院|院區"
)
_POI = re.compile(
    rf"{_NAME}{{1,10}}?(?:{_SUFFIX})(?!{_NAME}?(?:預約|門診時間))|火車站|高鐵站|安養院|養護中心|護理之家|安養中心"
)
_GENERIC = frozenset(
    (
        "醫院",
        "診所",
        "車站",
        "大醫院",
        "小診所",
        "附近醫院",
        "一家醫院",
        "別家醫院",
        "哪家醫院",
        "市場",
        "復健診所",
        "公所",
        "郵局",
        "全家",
    )
)
_HOME = re.compile(
    r"(?:我家裡?|我們家|我屋下|阮兜|阮厝|家裡|家中|自己家|自家|自宅|住家|住處|厝裡|厝內|屋下|屋家"
    r"|(?<![一全大國搬回專作獨管人這那每幾兩店商老娘婆親之])家(?=$|[\s,，。]|出發|接|來接|上車|到|去|門口))"
)
_ENGLISH_HOME = re.compile(
    r"(?<![a-z])(?:(?:my|our|his|her) (?:home|house|place)|(?<=at )home|(?<=from )home|(?<=to )home|(?<=go )home|(?<=me )home)(?![a-z])"
)
_ENGLISH_WORD = (
    r"(?:(?!(?:a|an|the|my|our|to|at|in|on|by|for|from|and|or|is|near|go|going|this|that|any|which|car|ride|taxi|am|pm) )"
    r"[a-z][a-z'.\-]* )"
)
_ENGLISH_SITE = re.compile(rf"(?<![a-z]){_ENGLISH_WORD}{{1,4}}(?:hospital|clinic|medical cent(?:er|re))(?![a-z])")
_OTHERS_HOME = re.compile(
    r"(?:大|小|二)?(?:女兒|兒子|媳婦|女婿|姊姊|姐姐|妹妹|哥哥|弟弟|朋友|阿姨|叔叔|舅舅|姑姑|孫子|孫女|爸爸"
    r"|媽媽|爸|媽|阿公|阿嬤|岳母|岳父|婆婆|公公|外婆|外公|親戚)的?(?:家裡?|住處)|[老娘婆親]家(?!的?(?:人|鄉))"
)
_NOT_TOWNSHIP = re.compile(r"^(?:[東西南北中]?[一二三四五六七八九]?(?:路|街|大道)|機場|水庫)")
_OF_TOWNSHIP = re.compile(r"^(?:的|那邊|那裡|那間|那個|這邊|這裡|\s|院區|分院)*$")

_FROM = re.compile(
    r"(?:(?<![a-z])from(?: the| my)?|(?:pick|get)(?: me| us| him| her)? ?up (?:at|from|in))\s*$|(?:從|由|(?<![各])自|打從|(?<!不)對|上車(?:地點|的地方)?|(?:接|載)的?(?:地點|地方)|起點"
    r"|出發地)(?:[是在改為換成要:：,，\s]|一下|到)*(?:我們|我|那個|這個)?\s*$"
)
_AT = re.compile(r"(?:在|來|到|去|過來)\s*$")
_TO = re.compile(
    r"(?<![a-z])(?:to(?: the| my)?|(?:take|drive) (?:me|us|him|her))\s*$|(?:去|到|往|至|前往|載到|送到|回|轉去|→|->|目的地|要去的(?:醫院|地方))(?:[是在改為換成:：,，\s]|那個"
    r"|那間|一下|我們|竹東的|竹北的)*$"
)
_NOT_TO = re.compile(r"(?:不去|不到|不用去|毋去|不是去?|不是到)\s*$")
_PICK_AFTER = re.compile(
    r"^(?:的?(?:門口|大門|樓下|這邊|那邊|那裡|這裡|附近|前面))?(?:來|要|我|們|會|再)*\s*(?:出發|上車|起程"
    r"|來接|接|來載|載(?!到)|搭車|坐車|等車|等(?!藥|候)|過來)"
)
_ON_AFTER = re.compile(
    r"^(?:的?(?:門口|大門|樓下|這邊|那邊))?\s*(?:出發)?\s*(?:到|去|往|至|回|→|->|-|~|載到|送到|載去)\s*"
)
_VISIT_AFTER = re.compile(
    r"^(?:的|那邊|那裡|這邊|要|那個|\s)*(?:看|回診|複診|門診|復健|復建|洗腎|透析|就醫|就診|掛號|檢查|報到"
    r"|開刀|拿藥|領藥|打針|下車|做|[\u4e00-\u9fff]{1,3}科|的診|治療)"
)
_LIVES = re.compile(
    r"(?:住(?!院)(?:在|的是|佇)?|設籍(?:在|於)?|戶籍(?:地|在|地在|於)?|家在|家住|搬到|搬去|(?<=[我他她們媽爸嬤公婆家址人])是|蹛佇|蹛|戴"
    r"|戴在)\s*(?:新竹縣)?\s*$"
)
_HOME_IS = re.compile(r"^(?:[\s,，:：(（是在住]|就是)*$")
_SAME_NAMED = re.compile(r"^[\s(（,，]*$")
_HAMLET = re.compile(rf"{_NAME}{{2,4}}(?=$|[\s,，。])")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a message. `name`: the slot's value. `choices`: names when the words fit several places, in the
    county first; `name` is then the words. Offsets are of the folded text."""

    start: int
    end: int
    kind: Kind
    name: str
    id: str | None = None
    choices: tuple[str, ...] = ()
    role: Role | None = None
    negated: bool = False  # 不去榮總了
    outside: str | None = None  # 台北榮總: the other county that was said with it


class Gazetteer:
    """The county's places, townships and programmes by every name that people use for them. Made once and shared."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.places: dict[str, list[Place]] = {}
        for place in county.places.values():
            for name in (place.name, *place.aliases):
                same = self.places.setdefault(fold(name), [])
                if place not in same:
                    same.append(place)
        self.townships: dict[str, Township] = {}  # by full, short and romanised name
        for township in county.townships.values():
            full = fold(township.name)
            self.townships[full] = township
            self.townships[full[:-1]] = township
            if full[:-1] in _ROMANISED:
                self.townships[_ROMANISED[full[:-1]]] = township
        self.programmes = programme_names(county)
        self._places = _alternation(self.places)
        self._townships = _alternation(self.townships)
        town = f"(?:{self._townships.pattern})" if self._townships else r"(?!)"
        self.villages = re.compile(
            rf"(?:{town}\s?{_NAME}{{1,3}}|(?P<bare>{_NAME}{{2}})){_VILLAGE_END}(?:\s?{_SETTLEMENT})?"
            rf"|(?:{town}\s?)?{_SETTLEMENT}"
        )
        self.roads = re.compile(rf"(?:{_NAME}{{1,3}}[鄉鎮市區]|{town}\s?)?(?P<road>{_ROAD})")

    def place_matches(self, folded: str) -> Iterable[re.Match[str]]:
        """Names of known places, longest first at each point."""
        return self._places.finditer(folded) if self._places else ()

    def township_matches(self, folded: str) -> Iterable[re.Match[str]]:
        """Names of townships that are not part of a road's or another thing's name."""
        if not self._townships:
            return
        for match in self._townships.finditer(folded):
            short = match.group() in self.townships and match.group()[-1] not in "鄉鎮市"
            if short and _NOT_TOWNSHIP.match(folded[match.end() :]):
                continue
            if short and folded[: match.start()].endswith("日本"):
                continue
            if match.group().isascii() and re.search(r"[a-z]$", folded[: match.start()]):
                continue
            yield match

    def within(self, candidates: Sequence[Place], township: Township) -> list[Place]:
        """Those of `candidates` that lie in a township or carry its name."""
        full, short = fold(township.name), fold(township.name)[:-1]
        return [p for p in candidates if full in fold(p.area) or short in fold(p.name)]


def _alternation(names: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted((n for n in names if n), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


_OTHER_COUNTY = re.compile(f"(?:{'|'.join(sorted(_OUTSIDE, key=len, reverse=True))})$")


def _as_understood(name: str, said: str) -> str:
    """The record's name, with the speaker's own word where that is not part of it (read back, both are known)."""
    return name if said in name or not said else f"{name}（{said}）"


def find_spots(text: Text, gazetteer: Gazetteer, blocked: Sequence[tuple[int, int]] = ()) -> list[Spot]:
    """Places in the order said, with their role in a ride where the words tell it.

    `blocked`: spans of the folded text that are something else (dates, times).
    """
    masked = _without(text.folded, blocked)
    spots: list[Spot] = []

    def free(start: int, end: int) -> bool:
        return start < end and all(end <= s.start or start >= s.end for s in spots)

    homes = [
        Spot(*match.span(), "other", text.said(*match.span()))
        if pattern is _OTHERS_HOME
        else Spot(*match.span(), "home", HOME)
        for pattern in (_OTHERS_HOME, _HOME, _ENGLISH_HOME)
        for match in pattern.finditer(masked)
    ]
    # 我家中山路88號: the road does not begin with the 家 before it
    for match in _ADDRESS.finditer(_without(masked, [(s.start, s.end) for s in homes])):
        if len(match.group()) >= 4:
            spots.append(Spot(*match.span(), "address", text.said(*match.span())))
    towns = list(gazetteer.township_matches(masked))
    for match in gazetteer.place_matches(masked):
        if free(*match.span()):
            spots.append(_known(text, gazetteer, match, towns))
    for home in homes:
        if free(home.start, home.end):
            spots.append(home)
    for match in _ENGLISH_SITE.finditer(masked):
        if free(*match.span()):
            spots.append(Spot(*match.span(), "other", text.said(*match.span())))
    for match in _POI.finditer(masked):
        start, end = match.span()
        inner = [t for t in towns if start <= t.start() < end]
        if inner:
            start = inner[-1].start()
        word = masked[start:end]
        if free(start, end) and word not in _GENERIC and not word.startswith(("哪", "一家", "附近", "看")):
            spots.append(Spot(start, end, "other", text.said(start, end)))
    for pattern in (gazetteer.villages, gazetteer.roads):
        for match in pattern.finditer(_without(masked, [(s.start, s.end) for s in spots])):
            start, end = match.span()
            word = match.group()
            groups = match.groupdict()
            road = groups.get("road") or ""
            if road in _NO_ROADS or road[-2:] in _OTHER_ROADS or (groups.get("bare") and _NO_VILLAGE.search(word)):
                continue
            spots.append(Spot(start, end, "address", text.said(start, end)))
    for match in towns:
        if free(*match.span()):
            spots.append(Spot(*match.span(), "township", gazetteer.townships[match.group()].name))
    return _with_roles(text, masked, _joined(text, masked, sorted(spots, key=lambda s: s.start)))


def _without(folded: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with spans blanked, so that no pattern matches into or across them."""
    chars = list(folded)
    for start, end in spans:
        chars[start:end] = "\x00" * (end - start)
    return "".join(chars)


def _known(text: Text, gazetteer: Gazetteer, match: re.Match[str], towns: Sequence[re.Match[str]]) -> Spot:
    candidates = gazetteer.places[match.group()]
    start, end = match.span()
    if (other := _OTHER_COUNTY.search(text.folded[:start])) and not any(
        other[0] in fold(p.area) or (fold(p.name).startswith(other[0]) and len(match.group()) > 4) for p in candidates
    ):
        return Spot(other.start(), end, "other", text.said(other.start(), end), outside=other[0])
    if len(candidates) > 1:
        for town in towns:  # 台大竹東那邊, 竹北的台大
            apart = text.folded[end : town.start()] if town.start() >= end else text.folded[town.end() : start]
            near = town.start() >= end or town.end() <= start
            if near and _OF_TOWNSHIP.match(apart):
                narrower = gazetteer.within(candidates, gazetteer.townships[town.group()])
                if narrower:
                    candidates = narrower
                    start, end = min(start, town.start()), max(end, town.end())
                    break
    said = text.said(start, end)
    if len(candidates) == 1:
        place = candidates[0]
        return Spot(start, end, "place", _as_understood(place.name, said), place.id)
    ordered = sorted(candidates, key=lambda p: not p.area.startswith("新竹縣"))
    return Spot(start, end, "place", said, None, tuple(p.name for p in ordered))


def _joined(text: Text, masked: str, spots: list[Spot]) -> list[Spot]:
    """Words that say one place together: a township and what follows it at once (竹北家裡, 湖口的仁慈), home and where it
    is (我家在關西中山路), a foreign name and the county's own (Mackay hospital 馬偕)."""
    out: list[Spot] = []
    for spot in spots:
        last = out[-1] if out else None
        gap = masked[last.end : spot.start] if last is not None else ""
        homes = last is not None and (last.kind == "home" or _OTHERS_HOME.fullmatch(masked, last.start, last.end))
        if last is not None and homes and spot.kind in ("address", "township") and _HOME_IS.match(gap):
            own = last.kind == "home" and spot.kind == "address"
            name = spot.name if own else text.said(last.start, spot.end)
            out[-1] = replace(spot, start=last.start, kind="address", name=name)
            continue
        foreign = last is not None and last.kind == "other" and last.name.isascii() and spot.kind == "place"
        if last is not None and foreign and _SAME_NAMED.match(gap):
            out[-1] = replace(spot, start=last.start)
            continue
        if last is not None and last.kind == "township" and masked[last.end : spot.start] in ("", "的", "我", "我們"):
            name = text.said(last.start, spot.end) if spot.kind != "place" else spot.name
            if spot.kind != "township":
                out[-1] = replace(spot, start=last.start, name=name)
                continue
        out.append(spot)
    return out


def _with_roles(text: Text, masked: str, spots: list[Spot]) -> list[Spot]:
    out: list[Spot] = []
    for index, spot in enumerate(spots):
        floor = spots[index - 1].end if index else 0
        ceiling = spots[index + 1].start if index + 1 < len(spots) else len(masked)
        before = masked[max(floor, spot.start - 14) : spot.start]
        after = masked[spot.end : min(ceiling, spot.end + 10)]
        onward = _ON_AFTER.match(after) if index + 1 < len(spots) else None
        to_next = bool(onward) and len(after) <= 8
        role: Role | None = None
        if _NOT_TO.search(before):
            out.append(replace(spot, role="dropoff", negated=True))
            continue
        if _LIVES.search(before) and spot.kind in ("township", "address", "home", "other"):
            role = "lives_in"
            if hamlet := _HAMLET.match(after):  # 我住五峰桃山
                spot = replace(spot, end=spot.end + hamlet.end())
        elif _FROM.search(before) or _PICK_AFTER.match(after):
            role = "pickup"
        elif _TO.search(before):
            role = "dropoff"
        elif to_next and not _AT.search(before):
            role = "pickup"
        elif _VISIT_AFTER.match(after) and spot.kind in ("place", "other"):
            role = "dropoff"
        out.append(replace(spot, role=role))
    return out


def find_outside(text: Text) -> list[tuple[int, int, str]]:
    """Names of other counties and towns, (start, end, words): 台北, 新竹市 … Offsets are of the folded text."""
    pattern = _alternation(_OUTSIDE)
    assert pattern is not None
    return [
        (m.start(), m.end(), text.said(*m.span()))
        for m in pattern.finditer(text.folded)
        if not (m.group() in ("北市", "香山") and text.folded[: m.start()].endswith(("竹", "台")))
        and not re.match(r"榮民|大學|大醫院", text.folded[m.end() :])
        and not _NOT_TOWNSHIP.match(text.folded[m.end() :])
    ]


def lives_in_hsinchu_unclear(text: Text) -> bool:
    """住新竹 alone: county or city?"""
    return bool(re.search(r"(?:住|設籍|戶籍)(?:在|於|地)?新竹(?![縣市])", text.folded))


def resolve_place(name: str, county: County) -> Place | None:
    """The record of a pickup or dropoff value (as `find_spots` gives it, or any name of a place); None if not one."""
    key = fold(name)
    head = fold(re.sub(r"（[^（）]*）$", "", name))
    hits = [p for p in county.places.values() if head == fold(p.name)] or [
        p for p in county.places.values() if key in {fold(a) for a in p.aliases}
    ]
    return hits[0] if len(hits) == 1 else None
