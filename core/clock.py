"""The county's clock: Asia/Taipei, freezable by STEWARD_NOW, and dates as people here write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.settings import get_settings

TAIPEI = ZoneInfo("Asia/Taipei")
_WEEKDAYS = "一二三四五六日"


def now() -> datetime:
    """Current time in Asia/Taipei, or the frozen time of STEWARD_NOW."""
    frozen = get_settings().now
    return as_taipei(frozen) if frozen else datetime.now(TAIPEI)


def as_taipei(moment: datetime) -> datetime:
    """The same moment in Asia/Taipei; a time without an offset is taken as Taipei time (CONTRACTS)."""
    return moment.replace(tzinfo=TAIPEI) if moment.tzinfo is None else moment.astimezone(TAIPEI)


def roc_date(day: date, *, weekday: bool = False) -> str:
    """民國 date for people: 民國115年11月24日, with （二） when `weekday`; Western years before 1912."""
    head = f"民國{day.year - 1911}年" if day.year > 1911 else f"西元{day.year}年"
    tail = f"（{_WEEKDAYS[day.weekday()]}）" if weekday else ""
    return f"{head}{day.month}月{day.day}日{tail}"
