"""Names of things by number: plates, cameras, alerts, rides. National ID numbers belong to core.privacy alone: no
parser here reads, keeps or returns one; agents refer to a person by the id of the signed-in citizen."""

import re
from dataclasses import dataclass

from agents.understanding.slots._text import NUMERAL, Text, numeral

_PLATE = re.compile(
    r"(?<![a-z0-9\-])(?:(?P<a>[a-z]{3}-\d{4}|[a-z]{3}-\d{3}|[a-z]{2}-\d{4}|[a-z]{2}-\d{3}|[a-z]\d-\d{3,4}"
    r"|\d{4}-[a-z]{2}|\d{3}-[a-z]{2,3}|\d{2,3}-[a-z]\d|\d{4}-[a-z]\d)"
    r"|(?P<b>[a-z]{3})(?P<c>\d{4}))(?![a-z0-9\-])"
)
_PLATE_SAID = re.compile(
    r"(?:車牌|車號|牌照)(?:號碼)?(?:是|為|:|：|\s)*(?P<l>[a-z]{2,3})[\s\-]*(?P<d>\d{3,4})(?![a-z0-9\-])"
)
# bkd 5566 and no word of a plate: only beside what is said of a car that one looks for.
_PLATE_LOOSE = re.compile(
    r"(?:監看|監控|監視|追蹤|追查|盯|留意|注意|查緝|尋找|列管|鎖定)(?:一下|著|住)?\s*(?P<l>[a-z]{2,3})[\s\-]*(?P<d>\d{3,4})(?![a-z0-9\-])"
    r"|(?<![a-z0-9\-])(?P<l2>[a-z]{2,3})[\s\-]*(?P<d2>\d{3,4})\s*(?:的)?(?:這|那)(?:一)?(?:台|輛|部)(?:汽|機|轎|貨|箱型)?車"
)
_NO_PLATE = ("cns", "iso", "pdf", "kpi", "csv", "api")
_CAMERA = re.compile(
    rf"(?<![a-z0-9])(?:c|cam|camera)\s*[-#]?\s*(?P<a>\d{{1,4}})(?![0-9-])"
    rf"|(?P<b>{NUMERAL}{{1,3}})\s*號(?:的)?(?:攝影機|鏡頭|監視器|監示器|相機)"
    rf"|(?:攝影機|鏡頭|監視器|監示器)\s*(?:編號|第)?\s*(?P<c>{NUMERAL}{{1,3}})(?:號|(?=$|[\s,，。的]))"
)
_CAMERA_AT = re.compile(r"(?:攝影機|鏡頭|監視器|監示器|atm|提款機|的?畫面)")
_ALERT = re.compile(
    r"(?<![a-z0-9\-])(?P<a>a-?\d{3,8})(?![a-z0-9\-])|(?:警報|告警|警示|事件|alerts?)\s*(?:編號|代號|#"
    r"|no\.?|:)?\s*(?P<b>\d{3,10})(?!\d)"
    r"|(?<![\d\-/:.a-z])(?P<c>\d{4,8})\s*(?:號?(?:警報|告警|警示)|ack|受理|是?誤報|已?確認|已處理)"
)
# A code of letters and digits (AL-88) is an alert's beside the words for alerts or for settling one; three letters and
# four digits are a plate all the same.
_CODE = r"[a-z]{1,2}-?\d{2,8}|al[a-z]{1,3}-?\d{1,8}"
_SETTLED = r"(?:警報|告警|警示|ack(?![a-z])|受理|是?誤報|是?誤判|已?確認|已?處理|結案|false alarm)"
_ALERT_CODE = re.compile(
    rf"(?:警報|告警|警示|alerts?|ack|確認|受理|簽收|結案|誤報|處理)\s*(?:編號|代號|#|no\.?|:)?\s*(?<![a-z0-9\-])(?P<a>{_CODE})(?![a-z0-9\-])"
    rf"|(?<![a-z0-9\-])(?P<b>{_CODE})(?![a-z0-9\-])\s*(?:號|這|那)?(?:件|筆|則|個|起)?\s*{_SETTLED}"
)
_OTHER_CODE = re.compile(r"^(?:r|c|w)-?\d")  # rides, cameras, wishes
_RIDE = re.compile(
    r"(?<![a-z0-9])(?P<a>r-?\d{3,}(?:-\d+)*)(?![a-z0-9\-])"
    r"|(?:單號|訂單(?:編號)?|預約(?:編號|單號|號碼|代號)|派車(?:單號|編號)|(?<![案願警報示件])編號|ride\s*(?:no\.?"
    r"|number|#)?)\s*(?:是|為|:|#)?\s*(?P<b>[a-z]{0,3}-?\d[\d\-]{1,24})(?![a-z0-9])"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Something named by its number, in the form the records use. Offsets are of the folded text."""

    start: int
    end: int
    value: str


def find_plates(text: Text) -> list[Reference]:
    """Number plates of cars and motorcycles, as ABC-1234 (upper case, with hyphen)."""
    found = []
    for match in _PLATE.finditer(text.folded):
        value = match["a"] or f"{match['b']}-{match['c']}"
        if not value.startswith(_NO_PLATE):
            found.append(Reference(*match.span(), value.upper()))
    for match in _PLATE_SAID.finditer(text.folded):
        if all(match.end() <= f.start or match.start() >= f.end for f in found):
            found.append(Reference(match.start("l"), match.end(), f"{match['l']}-{match['d']}".upper()))
    for match in _PLATE_LOOSE.finditer(text.folded):
        letters = "l" if match["l"] else "l2"
        start, end = match.start(letters), match.end("d" if match["l"] else "d2")
        value = f"{match[letters]}-{match['d'] or match['d2']}"
        if all(end <= f.start or start >= f.end for f in found) and not value.startswith(_NO_PLATE):
            found.append(Reference(start, end, value.upper()))
    alerts = find_alerts(text)
    return [f for f in found if all(f.end <= a.start or f.start >= a.end for a in alerts)]


def find_cameras(text: Text) -> list[Reference]:
    """Cameras by number: C-03 for C3, camera 3, 三號鏡頭."""
    found = []
    for match in _CAMERA.finditer(text.folded):
        number = numeral(match["a"] or match["b"] or match["c"])
        if number is not None:
            found.append(Reference(*match.span(), f"C-{number:02d}"))
    return found


def camera_follows(text: Text, end: int) -> bool:
    """Whether the words after a place make it a camera's site (竹北火車站的鏡頭)."""
    return bool(re.match(rf"(?:的|附近的?|門口的?|那台|那支|現在的?)?{_CAMERA_AT.pattern}", text.folded[end:]))


def find_alerts(text: Text) -> list[Reference]:
    """Alerts by number: A-1021 and AL-88 as written; a bare number (警報 1021) as its digits."""
    found = [Reference(*m.span(), (m["a"] or m["b"] or m["c"]).upper()) for m in _ALERT.finditer(text.folded)]
    for match in _ALERT_CODE.finditer(text.folded):
        group = "a" if match["a"] else "b"
        start, end = match.span(group)
        if _OTHER_CODE.match(match[group]) or any(start < f.end and end > f.start for f in found):
            continue
        found.append(Reference(start, end, match[group].upper()))
    return sorted(found, key=lambda f: f.start)


def find_rides(text: Text) -> list[Reference]:
    """Bookings by number (R-20261201-003, 單號 1025), upper case."""
    return [Reference(*m.span(), (m["a"] or m["b"]).upper().rstrip("-")) for m in _RIDE.finditer(text.folded)]
