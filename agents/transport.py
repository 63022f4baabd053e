"""The transport agent. Rules of the ride service are answered; booking is honest about not being open yet.

Until rides can be booked here, what a caller must say on the phone is collected in the conversation, one question a turn,
and read back as a note. Nothing is booked, and every reply says so.
"""

from agents import messages as say
from agents.state import Answer, Frame, Intent, Memory, Pending, Slots, Turn
from agents.welfare import WelfareAgent
from core.clock import roc_date
from knowledge.records import County

_RIDES = frozenset({"ltc_transport", "rehabus", "senior_card", "indigenous_medical_transport"})
_NOTE_KEYS = (
    "date",
    "time",
    "pickup",
    "dropoff",
    "purpose",
    "wheelchair",
    "attendants",
    "share",
    "return_trip",
    "time_kind",
    "ride",
)
_NEEDED = {
    Intent.LTC_BOOK: ("date", "time", "pickup", "dropoff"),
    Intent.LTC_CHANGE: ("date", "time"),
    Intent.LTC_CANCEL: ("date",),
    Intent.LTC_STATUS: ("date",),
}
_CLOSED = {
    Intent.LTC_BOOK: say.LTC_BOOKING_CLOSED,
    Intent.LTC_CHANGE: say.LTC_CHANGE_CLOSED,
    Intent.LTC_CANCEL: say.LTC_CHANGE_CLOSED,
    Intent.LTC_STATUS: say.LTC_STATUS_CLOSED,
}


class TransportAgent:
    """Answers `ltc.ask` from the records of ride services; collects a note for the phone for the other ride intents."""

    name = "transport"
    intents = frozenset({Intent.LTC_ASK, Intent.LTC_QUOTA, *_CLOSED})

    def __init__(self, county: County, welfare: WelfareAgent) -> None:
        self._county = county
        self._welfare = welfare
        self._hours = county.hotlines["1966"].hours or ""

    async def handle(self, frame: Frame, turn: Turn, memory: Memory) -> Answer:
        """One ride frame."""
        if frame.intent in _NEEDED:
            return self._note(frame, memory)
        if frame.intent is Intent.LTC_QUOTA:
            text = say.LTC_QUOTA_CLOSED.format(hours=self._hours)
            return Answer(intent=frame.intent, text=text, slots=frame.slots, fixed=True)
        meant = await self._welfare.which(frame, memory, among=_RIDES)
        return self._welfare.about(meant.programme or self._county.programmes["ltc_transport"], meant, frame, turn)

    def _note(self, frame: Frame, memory: Memory) -> Answer:
        """Ask for the next missing fact, or read the whole note back."""
        going_on = memory.pending is not None and memory.pending.intent is frame.intent
        known: Slots = {**(memory.pending.slots if memory.pending and going_on else {})}
        known |= {k: v for k, v in frame.slots.items() if k in _NOTE_KEYS}
        missing = [] if "ride" in known else [k for k in _NEEDED[frame.intent] if k not in known]
        lines = [] if going_on else [_CLOSED[frame.intent].format(hours=self._hours)]
        if not missing:
            lines += [say.NOTE_READY, *self._read_back(known), say.NOTE_CALL.format(hours=self._hours)]
            return Answer(intent=frame.intent, text="\n".join(lines), slots=frame.slots, fixed=True)
        question = say.NOTE_ASK[missing[0]]
        lines.append(question if going_on else say.NOTE_OFFER.format(question=question))
        pending = Pending(intent=frame.intent, kind="slots", needs=missing, slots=known, asked=question)
        return Answer(
            intent=frame.intent,
            text="\n".join(lines),
            slots=frame.slots,
            needs=[missing[0]],
            pending=pending,
            fixed=True,
        )

    @staticmethod
    def _read_back(known: Slots) -> list[str]:
        from datetime import date

        out = []
        for key in _NOTE_KEYS:
            if key not in known or key not in say.NOTE_LINES:
                continue
            value = known[key]
            if key == "date":
                value = roc_date(date.fromisoformat(str(value)), weekday=True)
            elif isinstance(value, bool):
                value = say.YES if value else say.NO
            elif value == "home":
                value = say.HOME
            out.append(say.NOTE_LINES[key].format(value=value))
        return out
