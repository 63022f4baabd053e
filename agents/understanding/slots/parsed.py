"""What the parsers give back: values, where they were said, and what is wrong or open about them."""

from dataclasses import dataclass, field
from enum import StrEnum

from agents.state import Slots

HOME = "home"  # value of pickup and dropoff for 家裡, 我家: the address on the speaker's file


class ProblemKind(StrEnum):
    """Why a value cannot be taken as said."""

    IMPOSSIBLE_DATE = "impossible_date"  # 2月31日, 13月1日
    PAST_DATE = "past_date"
    LUNAR = "lunar"  # 農曆: ask for the date of the common calendar
    AMBIGUOUS_DATE = "ambiguous_date"
    VAGUE_DATE = "vague_date"  # 下禮拜, 下個月: no day
    IMPOSSIBLE_TIME = "impossible_time"
    PAST_TIME = "past_time"
    AMBIGUOUS_TIME = "ambiguous_time"
    VAGUE_TIME = "vague_time"  # 早上: no hour
    AMBIGUOUS_PLACE = "ambiguous_place"
    OUTSIDE_COUNTY = "outside_county"
    VAGUE_AGE = "vague_age"
    OTHER_PURPOSE = "other_purpose"  # 買菜, 拜訪朋友: none of 就醫, 復健, 透析


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a slot that has to be asked or told.

    `said`: the words. `choices`: values to offer (ISO dates, HH:MM, names), likeliest first; empty = ask openly.
    `assumed`: the value that was put into the slot all the same, None when the slot was left open.
    """

    slot: str
    kind: ProblemKind
    said: str
    choices: tuple[str, ...] = ()
    assumed: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A slot's value and the words it was read from: offsets of code points in the message, `end` exclusive."""

    slot: str
    value: str | int | bool
    said: str
    start: int
    end: int
    assumed: bool = False  # resolved by a rule of ours rather than by the words alone


@dataclass(frozen=True, slots=True)
class Details:
    """What was said beside the slots. None and empty: not said."""

    time_until: str | None = None  # end of a range, HH:MM
    time_approximate: bool = False
    part_of_day: str | None = None  # morning, noon, afternoon, evening, night
    pickup_time: str | None = None  # when an appointment time and a pickup time were both said, HH:MM
    return_time: str | None = None  # HH:MM
    repeats: tuple[str, ...] = ()  # MO TU WE TH FR SA SU: a ride wanted every week
    leg: str | None = None  # "return" or "outward" when a change or cancellation names one leg
    lives_in: str | None = None  # place of residence as said
    child_ages: tuple[int, ...] = ()
    birth_date: str | None = None  # ISO
    place_ids: dict[str, str] = field(default_factory=dict)  # slot → id of the place record


@dataclass(frozen=True, slots=True)
class Parsed:
    """`slots`: keys of CONTRACTS 2, only what was said or resolved. `before`: what a change is to replace
    (把禮拜三改到禮拜四: slots has Thursday, before has Wednesday)."""

    slots: Slots
    problems: tuple[Problem, ...] = ()
    mentions: tuple[Mention, ...] = ()
    before: Slots = field(default_factory=dict)
    details: Details = field(default_factory=Details)

    @property
    def assumed(self) -> frozenset[str]:
        """Slots whose value rests on a rule of ours: read them back before acting."""
        return frozenset(m.slot for m in self.mentions if m.assumed) | {
            p.slot for p in self.problems if p.assumed is not None
        }
