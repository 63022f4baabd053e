"""The concierge: greetings, safety, hand-offs, and where to turn with everything that has no agent of its own."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from agents import messages as say
from agents.places import other_county
from agents.programme_answer import ProgrammeAnswerer
from agents.state import Answer, Frame, Intent, Memory, QuickReply, Turn
from agents.welfare import ProgrammeFinder
from knowledge.records import County, Unit

_PROTECTION = "保護服務"  # theme of the programmes for those who were hurt

_FIXED = {
    Intent.THANKS: say.THANKS,
    Intent.PRIVACY_EXPORT: say.PRIVACY_EXPORT_CLOSED,
    Intent.PRIVACY_DELETE: say.PRIVACY_DELETE_CLOSED,
    Intent.STATS_ASK: say.STATS_CLOSED,
    Intent.SANDBOX_WISH: say.SANDBOX_CLOSED,
    Intent.SANDBOX_SEARCH: say.SANDBOX_CLOSED,
    Intent.SANDBOX_STATUS: say.SANDBOX_CLOSED,
    Intent.SANDBOX_VOTE: say.SANDBOX_CLOSED,
    Intent.DOCUMENT_CHECK: say.STAFF_CLOSED,
    Intent.DOCUMENT_ROUTE: say.STAFF_CLOSED,
    Intent.OPENDATA_CHECK: say.STAFF_CLOSED,
    Intent.KPI_ASK: say.STAFF_CLOSED,
    Intent.SECURITY_ASK: say.STAFF_CLOSED,
    Intent.GUARDIAN_LIST: say.STAFF_CLOSED,
    Intent.GUARDIAN_ACK: say.STAFF_CLOSED,
    Intent.GUARDIAN_FALSE_ALARM: say.STAFF_CLOSED,
    Intent.GUARDIAN_WATCH: say.STAFF_CLOSED,
    Intent.SCAM: say.SCAM,
    Intent.CONFIRM: say.CONFIRM_NOTHING,
    Intent.DENY: say.DENY_NOTHING,
}


_NOTED = frozenset({Intent.LTC_BOOK, Intent.LTC_CHANGE, Intent.LTC_CANCEL})  # a note for the phone was read out


class UnitFinder(Protocol):
    """Finds the unit that is in charge of something. None when it is not sure."""

    def find_unit(self, text: str) -> str | None: ...


class Concierge:
    """Answers what needs no tool; the safety texts are fixed and never reworded."""

    name = "concierge"
    intents = frozenset({*_FIXED, Intent.GREETING, Intent.HANDOFF, Intent.CRISIS, Intent.OUT_OF_SCOPE})

    def __init__(self, county: County, units: UnitFinder, answerer: ProgrammeAnswerer, finder: ProgrammeFinder) -> None:
        self._county = county
        self._units = units
        self._answerer = answerer
        self._finder = finder

    async def handle(self, frame: Frame, turn: Turn, memory: Memory) -> Answer:
        """One frame without a tool."""
        match frame.intent:
            case Intent.GREETING:
                text = say.GREETING if turn.role == "citizen" else say.GREETING_STAFF
                return self._say(frame, text)
            case Intent.CONFIRM if memory.last_intent in _NOTED:
                return self._say(frame, say.CONFIRM_NOTE.format(hours=self._county.hotlines["1966"].hours or ""))
            case Intent.HANDOFF:
                return self._say(frame, say.HANDOFF.format(hours=self._county.hotlines["1966"].hours or ""))
            case Intent.CRISIS:
                return await self._danger(frame)
            case Intent.OUT_OF_SCOPE:
                return await self._elsewhere(frame)
            case intent:
                return self._say(frame, _FIXED[intent])

    async def _danger(self, frame: Frame) -> Answer:
        """The hotlines first; after violence also who helps later."""
        kind = str(frame.slots.get("topic", "general"))
        answer = self._say(frame, say.CRISIS.get(kind, say.CRISIS["general"]), slots={})
        if kind != "violence":
            return answer
        near = await asyncio.to_thread(self._finder.near, frame.text, 20)
        later = next((p for c in near if (p := self._county.programmes[c.id]).theme == _PROTECTION), None)
        if later is None:
            return answer
        line = say.CRISIS_LATER.format(
            name=self._answerer.short_name(later),
            unit=self._answerer.unit_name(later),
            phone=self._answerer.phone(later),
        )
        return answer.model_copy(update={"text": f"{answer.text}\n{line}", "programmes": [later.id]})

    def unsure(self, candidates: Sequence[Intent]) -> Answer:
        """The question back when a message could mean several things."""
        options = [say.UNSURE_LABELS[i] for i in candidates if i in say.UNSURE_LABELS]
        buttons = [QuickReply(label=o[:20], text=o) for o in [*options, say.HUMAN_BUTTON[0]]]
        text = "\n".join([say.UNSURE, *(f"{n}. {o}" for n, o in enumerate(options, 1))])
        return Answer(intent=Intent.OUT_OF_SCOPE, text=text, quick_replies=buttons, fixed=True)

    async def _elsewhere(self, frame: Frame) -> Answer:
        place = other_county(frame.text)
        if place:
            return self._say(frame, say.OTHER_COUNTY.format(place=place))
        unit_id = await asyncio.to_thread(self._units.find_unit, frame.text)
        unit: Unit | None = self._county.units.get(unit_id) if unit_id else None
        if unit and unit.phone:
            return self._say(frame, say.OUT_OF_SCOPE_UNIT.format(unit=unit.name, phone=unit.phone))
        return self._say(frame, say.OUT_OF_SCOPE)

    @staticmethod
    def _say(frame: Frame, text: str, slots: dict[str, object] | None = None) -> Answer:
        return Answer(intent=frame.intent, text=text, slots=frame.slots if slots is None else slots, fixed=True)
