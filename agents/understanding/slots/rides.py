"""Details of a ride: purpose, wheelchair, attendants, sharing, the way back."""

import re
from dataclasses import dataclass
from typing import Literal

from agents.understanding.slots._text import Text, numeral

Purpose = Literal["就醫", "復健", "透析"]

# 付健, 復建 are common slips of the keyboard; 洗腰子 is 洗腎 in Taiwanese and Hakka.
_PURPOSES: tuple[tuple[Purpose, re.Pattern[str]], ...] = (
    ("透析", re.compile(r"洗(?:完|好)?腎|透析|洗腰[子仔]|洗腰|dialysis")),
    ("復健", re.compile(r"復健|復建|付健|物理治療|職能治療|語言治療|做運動治療|rehab|physio")),
    (
        "就醫",
        re.compile(
            r"看醫生|看醫師|看先生(?!娘)|看診|回診|門診|就醫|就診|看病|複診|覆診|初診|掛號"
            r"|看[\u4e00-\u9fff]{0,6}科|(?:內|外|眼|骨|牙|婦產?|耳鼻喉|皮膚|泌尿|身心|精神|家醫|小兒)科|看牙|牙醫|開刀|手術"
            r"|拿藥|領藥|打針|換藥|抽血|檢查|化療|放療|電療|產檢|照x光|做治療|身體檢查|健檢|急診|打疫苗|see (?:a"
            r"|the|my) doctor|appointment|clinic visit"
        ),
    ),
)
_OTHER_PURPOSE = re.compile(
    r"買菜|逛街|購物|買東西|拜拜|喝喜酒|吃喜酒|找朋友|探親|拜訪|旅遊|去玩|散步|上課|剪頭髮|唱歌|日照中心"
    r"|掃墓|領錢|打麻將|參加婚禮"
)
_NOT = r"(?:不用|不需要?|免|毋免|毋使|毋愛|不必|不要|不坐|沒有?坐|沒有|沒在坐|無|不會用到|取消|不是|不)"
_NO_WHEELCHAIR = re.compile(
    rf"{_NOT}(?:再)?(?:帶|推|坐|要|用|準備|有)?(?:電動)?輪椅|輪椅(?:就|也|都)?(?:不用|不需要|免|不必|不要"
    rf"|取消)(?!改)|(?:可以|能|會)(?:自己|慢慢)走(?!不)|行動(?:沒問題|自如|方便)|no wheelchair"
)
_WHEELCHAIR = re.compile(r"輪椅|輪倚|升降(?:設備|機|台)|wheel\s?chair")
_WHEELCHAIR_AID = re.compile(
    r"輪椅(?:補助|怎麼借|借用|租|買|要去哪借|可以借|去哪|維修)|(?:借|買|租|申請|補助)(?:一台)?輪椅"
)
_ALONE = re.compile(
    r"(?:沒有?|無|不用|不需要|免|毋免|不必|不要|取消)(?:任何)?(?:別?人|家人|家屬|人可以|人能)?(?:會|要"
    r"|可以|能)?(?:來|去|幫忙)?陪|(?:沒有?|無)(?:家屬|家人|看護|外勞|移工)(?=$|[\s,，。])|沒有?人(?:可以|能|會)?跟|無人陪"
    r"|(?:我|媽媽|爸爸|他|她|阿公|阿嬤)?(?:(?<!回來)(?<!回程)自己|一個人)(?:一個人)?(?:去|搭|坐車|前往|就好)|陪同(?:人員|者"
    r"|人數)?[:：是]?\s*(?:0|零|無|沒有)(?=$|[\s,，。、人])|不用(?:陪|家屬)"
)
_C = r"[0-9一二兩三四五六]"
_COUNTED = re.compile(
    rf"(?P<a>{_C})\s*(?:個|位|名|人)?\s*(?:的)?(?:家屬|家人|陪同者?|陪病|看護|小孩|朋友|人)?\s*(?:會|要"
    rf"|一起|都|來|可以|過來)*\s*(?:陪|跟著?去)"
    rf"|陪同?(?:人員|者|人數|的?人|家屬)?\s*(?:改成?|改為|有|是|:|：|\s|要)*\s*(?P<b>{_C})(?:\s*(?:個|位|名|人)|(?=$|[,，。]|\s(?![點號月位個名人時])))"
    rf"|(?P<c>{_C})\s*(?:個|位|名)(?:家屬|陪同|陪病|看護|陪)"
    rf"|(?:家屬|家人|看護|外勞|外傭|移工|照服員)\s*(?P<e>{_C})\s*(?:個|位|名|人|(?=$|[\s,，。]))"
    rf"|(?P<f>{_C}|one|two|three)\s+(?:companions?|famil(?:y|ies)|relatives?|caregivers?|attendants?|people with)(?![a-z])"
    rf"|陪[^,，。]{{0,10}}?(?:改成?|改為|變成?)\s*(?P<d>{_C})\s*(?:個|位|名|人)"
)
_ENGLISH_COUNT: dict[str, int | None] = {"one": 1, "two": 2, "three": 3}
_MORE = re.compile(rf"(?:多|再加|加|增加)\s*(?P<n>{_C})\s*(?:個|位|名)\s*(?:人|家屬)?(?:陪|要陪|一起|跟|陪同)")
_TWO = re.compile(r"我(?:跟|和|與|還有|摎|佮)[^，。,\s]{1,4}(?:都|一起|會|要)*陪")
_COMPANION = r"太太|先生|老公|老婆|媳婦|女兒|兒子|看護|外勞|外傭|移工|媽媽|爸爸|姊姊|妹妹|哥哥|弟弟|孫子|孫女|印傭|居服員|姑姑|阿姨|女婿"
_PAIR = re.compile(
    rf"(?:{_COMPANION})(?:(?:跟|和|與|還有|摎|佮|、)我?(?:{_COMPANION})|我?(?:{_COMPANION})(?=都|一起|兩個))(?:都|一起|會|要|可以|兩個)*陪"
)
_SOMEBODY = re.compile(
    rf"(?:我(?!跟我)|𠊎|阮|某(?=會|也|陪)|{_COMPANION}|家人|家屬|有人)"
    r"(?:會|要|也|也會|可以|都會|負責|來"
    r"|在旁邊)*(?:陪(?!診服務)|跟(?:我|他|她|去|著|車|媽|爸)|一起(?:去|坐|來|過去|(?=$|[\s,，。]))|同行)"
    r"|帶(?:一個)?(?:看護|外勞|外傭)"
)
_NO_SHARE = re.compile(
    r"(?:不|不要|不想|不願意?|不能|不可以|不接受|毋愛|無愛|取消|改成不|拒絕|不用)(?:跟|和|與)?(?:別人|人家"
    r"|其他人|陌生人)?(?:一起)?(?:要|想|能)?(?:共乘|併車|拼車|同車|一起坐|[坐搭]同)|(?:想|要|希望)(?:自己"
    r"|單獨)(?:坐|一台)|單獨一台"
)
_SHARE = re.compile(
    r"共乘|併車|拼車|(?:跟|和|與)(?:別人|人家|其他人)(?:一起)?(?:坐|搭|同車)|一起坐(?:沒關係|也可以|可以)"
)
_ASKS_SHARE = re.compile(
    r"(?:共乘|併車)(?:是什麼|什麼意思|有(?:比較)?便宜|怎麼|會不會|有沒有|的?(?:規定|價錢|折扣|優惠|費用"
    r"|好處)|多少|幾折|要多)|什麼是共乘|(?:一定|必須|強制)要共乘"
)
_ONE_WAY = re.compile(
    r"單[程趟]|(?:不用|不需要|不要|免|毋免|沒有|取消)(?:訂|約|叫|排)?(?:回程|回來的車|來回)|回程(?:就|的話|我"
    r"|的車|也|先)?(?:們)?(?:不用|不需要|不要|免|自己|兒子|女兒|家人|再說|再看)|(?:只要|只訂|只約|只有"
    r"|只坐)去程?|去程就好|(?:回來|回家)(?:我們?|就|再)*自己"
)
_BOTH_WAYS = re.compile(
    r"來回|往返|去回(?!診|程)|去程(?:跟|和|與|及|、)回程|回程(?:也|都|也要|一起)|(?:也要|還要|再)?(?:載"
    r"|送)(?:我|他|她|媽媽?|爸爸?|阿公|阿嬤|我們)?回(?:來|家|去)|接回[來去]|有去有回|(?:也要|要|還要|需要|訂|約|叫)(?:有)?回程"
    r"|有回程|兩趟都|return trip|round trip|both ways|(?:and|then) back"
)
_RETURN_LEG = re.compile(r"回程|回來的|返程|return ride")
_OUTWARD_LEG = re.compile(r"去程")
_KEPT = re.compile(r"^(?:的車)?(?:保留|照舊|不變|不要動|還是要|一樣|留著)")


@dataclass(frozen=True, slots=True)
class RideDetail:
    """One detail: its slot, value and span of the folded text."""

    slot: str
    value: str | int | bool
    start: int
    end: int
    assumed: bool = False


def find_purpose(text: Text) -> RideDetail | None:
    """就醫, 復健 or 透析; the more special one when several are said, none that is denied (不是洗腎)."""
    for name, pattern in _PURPOSES:
        for match in pattern.finditer(text.folded):
            if not re.search(r"不(?:是|用|去)(?:去|要)?$", text.folded[: match.start()]):
                return RideDetail("purpose", name, *match.span())
    return None


def find_other_purpose(text: Text) -> RideDetail | None:
    """What people also ask rides for, which is none of the three purposes."""
    match = _OTHER_PURPOSE.search(text.folded)
    return RideDetail("purpose", text.said(*match.span()), *match.span()) if match else None


def find_wheelchair(text: Text) -> RideDetail | None:
    """Whether a wheelchair comes along. Asking for a wheelchair as an aid (輪椅補助) says nothing of it."""
    if _WHEELCHAIR_AID.search(text.folded):
        return None
    no = _NO_WHEELCHAIR.search(text.folded)
    yes = [m for m in _WHEELCHAIR.finditer(text.folded) if no is None or m.end() <= no.start() or m.start() >= no.end()]
    if yes:
        return RideDetail("wheelchair", True, *yes[-1].span())
    return RideDetail("wheelchair", False, *no.span()) if no else None


def find_attendants(text: Text, before: int | None = None) -> RideDetail | None:
    """How many people come along; `before`: the number so far, for 多一個人陪."""
    folded = text.folded
    if more := _MORE.search(folded):
        return RideDetail("attendants", (before or 0) + (numeral(more["n"]) or 0), *more.span(), assumed=before is None)
    if alone := _ALONE.search(folded):
        return RideDetail("attendants", 0, *alone.span())
    if counted := _COUNTED.search(folded):
        said = next(filter(None, counted.groups()))
        value = _ENGLISH_COUNT.get(said, numeral(said))
        if value is not None:
            return RideDetail("attendants", value, *counted.span())
    if two := _TWO.search(folded) or _PAIR.search(folded):
        return RideDetail("attendants", 2, *two.span())
    if one := _SOMEBODY.search(folded):
        return RideDetail("attendants", 1, *one.span())
    return None


def find_share(text: Text) -> RideDetail | None:
    """Whether strangers may ride along; a question about sharing says nothing."""
    if _ASKS_SHARE.search(text.folded):
        return None
    if no := _NO_SHARE.search(text.folded):
        return RideDetail("share", False, *no.span())
    yes = _SHARE.search(text.folded)
    return RideDetail("share", True, *yes.span()) if yes else None


def find_return_trip(text: Text) -> RideDetail | None:
    """Whether the way back is wanted too."""
    if no := _ONE_WAY.search(text.folded):
        return RideDetail("return_trip", False, *no.span())
    yes = _BOTH_WAYS.search(text.folded)
    return RideDetail("return_trip", True, *yes.span()) if yes else None


def find_leg(text: Text) -> str | None:
    """The leg that a change or cancellation names: "return", "outward" or None; a leg that is kept does not count."""
    for leg, pattern in (("return", _RETURN_LEG), ("outward", _OUTWARD_LEG)):
        for match in pattern.finditer(text.folded):
            if not _KEPT.match(text.folded[match.end() :]):
                return leg
    return None
