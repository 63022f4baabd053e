"""The welfare agent: which programme is meant, which side of it, and the county's own answer with its source."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents import messages as say
from agents.agent import today
from agents.aspects import Aspect, aspects_of, subject_of
from agents.places import other_county
from agents.programme_answer import ProgrammeAnswerer, same_place
from agents.state import Answer, Frame, Intent, Memory, Pending, QuickReply, Slots, Turn
from knowledge.records import County, Programme


class Candidate(Protocol):
    """A programme that a question may mean. `probability`: calibrated, 0–1."""

    @property
    def id(self) -> str: ...
    @property
    def probability(self) -> float: ...


class ProgrammeFinder(Protocol):
    """Finds programmes by meaning (knowledge.county.CountySearch is the real one). Best first; [] when it abstains."""

    def find_programmes(self, text: str, k: int) -> Sequence[Candidate]: ...
    def near(self, text: str, k: int) -> Sequence[Candidate]: ...
    def elsewhere(self, text: str) -> str | None: ...


# Below `_CLEAR` the answer names the next candidate; below `_SEEN` nothing is claimed; from `_NEAR` a name is offered.
_CLEAR, _SEEN, _NEAR = 0.55, 0.15, 0.04


@dataclass(frozen=True)
class Meant:
    """What a question was taken to mean. `rivals`: what else it may mean, likeliest first; `sure`: no need to name them."""

    programme: Programme | None
    aspects: list[Aspect]
    rivals: Sequence[Programme] = ()
    sure: bool = True


_PLACE_ALONE = re.compile(r"(?:生)?第?[一二三四五六\d][胎級款名類個]")
_FOLLOW_UP = re.compile(r"^(?:那麼?|啊|如果|若是|要是|換|還有)?.{0,14}(?:呢|咧|嗎|\?|？)?$")


class WelfareAgent:
    """Answers `welfare.ask` from the programme records, and lists what may concern a speaker for `welfare.match`."""

    name = "welfare"
    intents = frozenset(
        {
            Intent.WELFARE_ASK,
            Intent.WELFARE_MATCH,
            Intent.WELFARE_SUBSCRIBE,
            Intent.WELFARE_UNSUBSCRIBE,
            Intent.WELFARE_SUBSCRIPTIONS,
        }
    )

    def __init__(self, county: County, finder: ProgrammeFinder, answerer: ProgrammeAnswerer) -> None:
        self._county = county
        self._finder = finder
        self._answerer = answerer

    async def handle(self, frame: Frame, turn: Turn, memory: Memory) -> Answer:
        """One welfare frame."""
        match frame.intent:
            case Intent.WELFARE_MATCH:
                return await self._match(frame, turn, memory)
            case Intent.WELFARE_ASK:
                return await self._ask(frame, turn, memory)
            case _:
                return Answer(intent=frame.intent, text=say.SUBSCRIBE_CLOSED, slots=frame.slots, fixed=True)

    async def _ask(self, frame: Frame, turn: Turn, memory: Memory) -> Answer:
        elsewhere = other_county(frame.text)
        if elsewhere:
            return Answer(intent=frame.intent, text=say.OTHER_COUNTY.format(place=elsewhere), slots=frame.slots)
        meant = await self.which(frame, memory)
        if meant.programme is None:
            return await self._not_found(frame)
        return self.about(meant.programme, meant, frame, turn)

    async def which(self, frame: Frame, memory: Memory, among: frozenset[str] | None = None) -> Meant:
        """The programme that a frame means, the aspects asked, and other candidates.

        `among` limits the search to some programmes (an agent that answers for a part of them). No programme when
        nothing fits.
        """
        text = frame.text
        aspects = aspects_of(text)
        last = [i for i in memory.last_programmes if i in self._county.programmes]
        candidates = [
            c for c in await asyncio.to_thread(self._finder.find_programmes, text, 8) if among is None or c.id in among
        ]
        if last and self._continues(text, candidates, last[0]):
            follow = aspects or [Aspect(a) for a in memory.last_aspects[:1]]
            return Meant(self._county.programmes[last[0]], follow)
        seen = [c for c in candidates if c.probability >= _SEEN]
        if not seen:
            named = frame.slots.get("programme")  # a name that the parser saw decides only when meaning does not
            if isinstance(named, str) and named in self._county.programmes and (among is None or named in among):
                return Meant(self._county.programmes[named], aspects)
            return Meant(None, aspects)
        if not aspects and last and re.match(r"^(?:那麼?|啊|還有)", text):
            aspects = [Aspect(a) for a in memory.last_aspects[:1]]  # 那中低收呢: another subject, the same aspect
        rivals = [self._county.programmes[c.id] for c in candidates[1:3] if c.probability >= _NEAR]
        return Meant(self._county.programmes[seen[0].id], aspects, rivals, seen[0].probability >= _CLEAR)

    def about(self, programme: Programme, meant: Meant, frame: Frame, turn: Turn) -> Answer:
        """The answer about one programme, with buttons to its other aspects and to the nearest other programme."""
        aspects = meant.aspects
        buttons = self._answerer.buttons(programme, aspects)
        text = self._answerer.answer(programme, aspects, frame.text, today(turn))
        for rival in meant.rivals[:1]:
            name = self._answerer.short_name(rival)
            buttons.insert(0, QuickReply(label=f"我是問{name}"[:20], text=f"{name}是什麼"))
            if not meant.sure:
                text += "\n" + say.OR_ANOTHER.format(name=name)
        return Answer(
            intent=frame.intent,
            text=text,
            citations=self._answerer.citations(programme),
            programmes=[programme.id, *[r.id for r in meant.rivals]],
            slots={**frame.slots, "programme": programme.id},
            quick_replies=buttons,
            aspects=[str(a) for a in aspects],
        )

    def _continues(self, text: str, candidates: Sequence[Candidate], last: str) -> bool:
        """Whether a short question stays with the programme of the last turn (那第二胎呢, 要帶什麼)."""
        subject = subject_of(text)
        if not subject:
            return True
        if len(text) > 16 or not _FOLLOW_UP.match(text):
            return False
        if candidates and candidates[0].id == last:
            return True
        programme = self._county.programmes[last]
        inside = any(subject in f"{b.label}{b.condition or ''}" or same_place(b, text) for b in programme.benefits)
        another = bool(candidates) and candidates[0].probability >= _SEEN
        names = {n for i in candidates[:1] for n in self._names(i.id)}
        # 第三胎 alone is a place in the last benefit, whatever else may be called so.
        named = any(n in text for n in names if len(n) >= 2 and not _PLACE_ALONE.fullmatch(n))
        return (inside or not another) and not named

    def _names(self, programme: str) -> list[str]:
        record = self._county.programmes[programme]
        return [record.name, self._answerer.short_name(record), *record.aliases]

    async def _not_found(self, frame: Frame) -> Answer:
        """Nothing of ours: whom to ask, as exactly as that is known."""
        known = await asyncio.to_thread(self._finder.elsewhere, frame.text)
        if known in self._county.elsewhere:
            other = self._county.elsewhere[known]
            unit = self._county.units[other.unit] if other.unit else None
            text = say.NOT_OURS.format(name=other.name) + "\n"
            text += say.NOT_OURS_UNIT.format(unit=unit.name, phone=unit.phone) if unit and unit.phone else say.ASK_1999
            return Answer(intent=frame.intent, text=text, slots=_without_programme(frame.slots), fixed=True)
        near = [
            self._county.programmes[c.id]
            for c in await asyncio.to_thread(self._finder.near, frame.text, 3)
            if c.probability >= _NEAR
        ]
        names = [self._answerer.short_name(p) for p in near]
        text = say.NOT_FOUND
        if names:
            text += "\n" + say.NOT_FOUND_NEAR + "".join(f"\n・{name}" for name in names)
        buttons = [QuickReply(label=name[:20], text=f"{name}是什麼") for name in names]
        human = QuickReply(label=say.HUMAN_BUTTON[0], text=say.HUMAN_BUTTON[1])
        return Answer(
            intent=frame.intent,
            text=text,
            programmes=[p.id for p in near],
            slots=frame.slots,
            quick_replies=[*buttons, human],
            fixed=True,
        )

    async def _match(self, frame: Frame, turn: Turn, memory: Memory) -> Answer:
        """Programmes that may concern the speaker; one question when nothing is known of them yet."""
        slots = {
            **(memory.pending.slots if memory.pending and memory.pending.intent is frame.intent else {}),
            **frame.slots,
        }
        known = [say.MATCH_AGE.format(age=slots["age"])] if "age" in slots else []
        said = " ".join([*known, str(slots.get("township", "")), frame.text]).strip()
        age = slots.get("age")
        near = await asyncio.to_thread(self._finder.near, said, 20)
        likely = [self._county.programmes[c.id] for c in near if c.probability >= _SEEN / 3]
        usual = [p for p in self._county.programmes.values() if _usual_at(p, age)]
        candidates = [
            p for p in _unique([*likely, *usual]) if p.matching and fits_age(p, age, frame.text) and _concerns(p, said)
        ][:4]
        if not candidates or not (subject_of(frame.text) or known):
            needs = [n for n in ("age", "township") if n not in slots]
            pending = Pending(intent=frame.intent, kind="slots", needs=needs, slots=slots, asked=say.MATCH_ASK)
            return Answer(intent=frame.intent, text=say.MATCH_NONE, slots=frame.slots, needs=needs, pending=pending)
        items = [
            say.MATCH_ITEM.format(place=i, name=self._answerer.short_name(p), summary=p.summary)
            for i, p in enumerate(candidates, 1)
        ]
        return Answer(
            intent=frame.intent,
            text="\n".join([say.MATCH_INTRO, *items, say.MATCH_NEXT]),
            citations=[c for p in candidates for c in self._answerer.citations(p)[:1]],
            programmes=[p.id for p in candidates],
            slots=frame.slots,
            quick_replies=[
                QuickReply(label=self._answerer.short_name(p)[:20], text=f"{self._answerer.short_name(p)}的資格條件")
                for p in candidates
            ],
        )


_AGES = re.compile(
    r"(?:年?滿)?(?P<low>\d{1,2})歲?[，,]?(?:到|至|–|-|~)(?P<high>\d{1,2})歲|(?:年?滿|達)(?P<from>\d{1,2})歲(?!以下)|"
    r"(?P<over>\d{1,2})歲以上|(?:未滿|不滿)(?P<under>\d{1,2})歲|(?P<most>\d{1,2})歲以下"
)
_OF_OTHERS = re.compile(r"小孩|子女|孫|寶寶|兒童|幼兒|孩子")
_ALTERNATIVES = "下列一種"
_OLD = 65
_FOR_THE_OLD = "老人福利"
_FOR_THE_YOUNG = frozenset({"生育", "托育", "兒少", "教育"})


def fits_age(programme: Programme, age: object, text: str = "") -> bool:
    """False when the record's conditions name ages of the person and `age` (years) is not among them.

    True when nothing is known. What is for children fits an old person only who speaks of a child (`text`).
    """
    if not isinstance(age, int):
        return True
    if age >= _OLD and programme.theme in _FOR_THE_YOUNG and not _OF_OTHERS.search(text):
        return False
    fits: list[bool] = []
    for clause in programme.who:
        spans = [] if _OF_OTHERS.search(clause) else [_span(found) for found in _AGES.finditer(clause)]
        if spans:  # several ages in one clause are alternatives: 滿65歲，或滿55歲的原住民
            fits.append(any(low <= age <= high for low, high in spans))
    together = any if any(_ALTERNATIVES in clause for clause in programme.who) else all
    return not fits or together(fits)


_INDIGENOUS = re.compile(r"原住民|部落|族人|泰雅|賽夏|阿美|排灣|尖石|五峰|indigenous")


def _concerns(programme: Programme, text: str) -> bool:
    """What is for indigenous people is offered to those who speak of it."""
    return "原住民" not in programme.name or _INDIGENOUS.search(text) is not None


def _span(found: re.Match[str]) -> tuple[int, int]:
    low = int(found["low"] or found["from"] or found["over"] or 0)
    if found["under"]:
        return low, int(found["under"]) - 1
    return low, int(found["high"] or found["most"] or 200)


def _unique(programmes: Sequence[Programme]) -> list[Programme]:
    return list({p.id: p for p in programmes}.values())


def _usual_at(programme: Programme, age: object) -> bool:
    """What people of an age first want to know of, when their words point to nothing more exact."""
    return isinstance(age, int) and age >= _OLD and programme.theme == _FOR_THE_OLD


def _without_programme(slots: Slots) -> Slots:
    return {key: value for key, value in slots.items() if key != "programme"}
