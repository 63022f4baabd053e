"""All parsers together: one message to slots, problems and details."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from agents.state import Context, Intent, Slots
from agents.understanding.slots import identifiers, people, rides, subjects
from agents.understanding.slots._text import Text
from agents.understanding.slots.answers import bare_answer, bare_hour
from agents.understanding.slots.dates import DateMention, find_dates, find_repeats
from agents.understanding.slots.indicators import find_indicators
from agents.understanding.slots.parsed import HOME, Details, Mention, Parsed, Problem, ProblemKind
from agents.understanding.slots.places import (
    Gazetteer,
    Spot,
    find_outside,
    find_spots,
    lives_in_hsinchu_unclear,
    resolve_place,
)
from agents.understanding.slots.times import TimeMention, find_times
from core.clock import as_taipei
from knowledge.records import get_county

_TRIP = ("date", "time", "time_kind", "pickup", "dropoff", "purpose")
_RIDE = frozenset((*_TRIP, "wheelchair", "attendants", "share", "return_trip", "ride"))
_WELFARE = frozenset(["programme", "township", "topic", "age", "child_order"])
_GUARDIAN = frozenset(["camera", "alert", "plate", "date", "time", "township"])
_WISH = frozenset(("field", "township"))
SLOTS = _RIDE | _WELFARE | _GUARDIAN | _WISH | {"indicator", "dataset"}
RELEVANT: dict[Intent, frozenset[str]] = {
    **dict.fromkeys((Intent.LTC_BOOK, Intent.LTC_CHANGE, Intent.LTC_CANCEL, Intent.LTC_STATUS), _RIDE),
    Intent.LTC_QUOTA: frozenset(("date", "township", "age")),
    Intent.LTC_ASK: frozenset(("pickup", "dropoff", "purpose", "wheelchair", "township", "age")),
    **{i: _WELFARE for i in Intent if i.value.startswith("welfare.")},
    **{i: _GUARDIAN for i in Intent if i.value.startswith("guardian.")},
    Intent.WELFARE_MATCH: _WELFARE - {"topic"},  # 老人, 小孩 describe the person there
    **{i: _WISH for i in Intent if i.value.startswith("sandbox.")},
    Intent.KPI_ASK: frozenset(("indicator",)),
    Intent.STATS_ASK: frozenset(("township", "dataset")),
    Intent.OPENDATA_CHECK: frozenset(("dataset",)),
}
"""The slots that an intent can carry; an intent that is not listed carries none of its own."""

_PAST_IS_FINE = frozenset(
    {Intent.LTC_STATUS, Intent.STATS_ASK, *(i for i in Intent if i.value.startswith("guardian."))}
)
_MOVES = frozenset({Intent.LTC_CHANGE, Intent.LTC_BOOK, None})  # while booking, too: …改成國泰好了
_PIVOT = re.compile(
    r"(?:改(?![變善建裝造制進革])|換(?![藥膚血腎肝心膝髖關人尿管])|延(?:後|期)?(?=到|至)|移到|挪到|提前到|提早到|應該是|更正)(?:成|到|在"
    r"|為|做|約|去|搭|由|是|時間|期|一下)*|(?:不對(?!勁)|[說講打]錯)了?[\s,，]*(?:是|應該是)?"
)
_CORRECTS = re.compile(
    r"^[\s,，]*(?:不對|不是|毋是|毋著|錯了?|(?:我|剛剛|剛才|剛)*(?:說|講|打|按|搞|弄)錯|更正|等一下|啊不)"
)
_DENIED = re.compile(r"(?:不是|不在|毋是)(?:在|要|去|到)?\s*$")
_RIDE_WORDS = re.compile(
    r"車|接送|載|接我|來接|(?:家|厝)接|預約|出發|回診|看診|看醫生|洗腎|透析|復健|門診|掛號|約.{0,4}趟"
    r"|(?<![a-z])(?:rides?|cars?|taxi|pick[ -]?(?:me|us|him|her)? ?up)(?![a-z])"
)
_ASKS = re.compile(r"[嗎呢?？]|哪|有沒有|幾|多少|什麼|怎麼")
_ABOUT_RIDE = re.compile(r"上車|去程|回程|來回|單程|輪椅|陪|共乘|併車")  # of a ride that was spoken of before
_WELFARE_WORDS = re.compile(r"補助|津貼|福利|通知|訂閱|推播|領|申請|減免|獎勵|禮金|給付|補貼|資格|符合|消息")
_KPI_WORDS = re.compile(r"kpi|指標|績效|達成|達標|落後|完成率|執行率|比率|認證率|目標|進度|累計|離.{0,8}還差|還差")
_WISH_WORDS = re.compile(r"許願|願望|希望|提案|點子|建議|沙盒|附議|想要有|要是有|如果有|如果可以|wish|idea|proposal")
_WISHES = frozenset({Intent.SANDBOX_WISH, Intent.SANDBOX_SEARCH})
_MEDICAL_SITE = re.compile(r"醫院|診所|衛生所|中心|分院|院區|護理之家")
_PICKUP_AFTER = re.compile(
    r"^(?:左右|前|以前|之前|整|的時候)?(?:就|要|得|再|來|請|可以|先|我|會|的|司機|幫我)*(?:(?:從|由|在"
    r"|自)[^\s,，。到去]{1,14}?)?(?:那裡|那邊|門口)?(?:出發|上車|來接|接我|接人|接媽|接爸|接阿|過來載|來載"
    r"|載我|搭車|坐車|過來接|的車(?!站)|車子來|叫車|派車|(?<=的)車(?!站))"
    r"|^(?:左右|前|以前)?(?:再|請|要)?[到來][^\s,，。去到]{0,12}?(?:接|載)"
)
_PICKUP_BEFORE = re.compile(
    r"(?:出發|上車|來接|接我|來載|用車|搭車|pick\s?up|乘車)(?:的)?(?:時間|在|at)?(?:是|為|:|：|約|大概"
    r"|改成?|改到|訂|在|\s)*$"
)
_APPOINTMENT_AFTER = re.compile(
    r"^[^,，。\s]{0,14}?(?:看診|門診|掛號|報到|抵達|看醫|看[^\s,，。]{0,6}科|回診|復健|復建|洗腎|透析|開刀"
    r"|檢查|的診|的號|就診|就醫|複診|手術|治療|抽血)"
    r"|^(?:左右|前|以前|之前|整)?(?:就|要|得|需要|必須|會|可以)*到(?!家)|^\s*(?:的)?appointment"
)
_APPOINTMENT_BEFORE = re.compile(
    r"(?:看診|門診|掛號|回診|報到|抵達|預約的?診|約診|複診|號碼|復健|洗腎|透析|appointment|要到"
    r"|到院)(?:的)?(?:時間|at)?(?:是|為|:|：|在|約|大概|改成?|改到|到|\s)*$"
)
_RETURN_AFTER = re.compile(
    r"^(?:左右|整)?(?:再|就|要|會|的|可以|來|請)*(?:回來|回家|回程|回去|載回|接回|送回"
    r"|(?:結束|看完|洗完|做完)(?!.{0,5}點)|來接(?:我|他|她|媽媽|爸爸)?回)"
)
_RETURN_BEFORE = re.compile(
    r"(?:回程|回來|回家|返程|結束|看完|洗完|return)(?:的)?(?:車|時間|at)?(?:是|為|:|：|在|約|大概|改成?"
    r"|改到|要|\s|想|訂)*$"
)
_WEEKDAY_AFTER = re.compile(r"^\s*\(\s*(?:星期|禮拜|週|周)?(?P<d>[一二三四五六日天])\s*\)")
_GAP = re.compile(r"^[\s,，、()（）]*$")


_M = TypeVar("_M", DateMention, TimeMention, people.ChildOrder)


@lru_cache(maxsize=1)
def _county_gazetteer() -> Gazetteer:
    return Gazetteer(get_county())


def parse_slots(text: str, now: datetime, context: Context | None, intent: Intent | None = None) -> Slots:
    """The slots of a message: keys of CONTRACTS 2, only what was said or resolved.

    `now`: moment the words are read at (any offset; without one, Taipei). `context`: what was asked last, so that a
    bare 兩個 or 不用 finds its slot. `intent`: only slots that it can carry are given; None gives all.
    """
    return parse(text, now, context, intent).slots


def parse(
    text: str,
    now: datetime,
    context: Context | None = None,
    intent: Intent | None = None,
    *,
    gazetteer: Gazetteer | None = None,
) -> Parsed:
    """`parse_slots` with what is wrong or open about the values, where each was said, and details beside the slots.

    `gazetteer`: places and programmes to know (default: the county's records).
    """
    reading = _Reading(text, as_taipei(now), context or Context(), intent, gazetteer or _county_gazetteer())
    return reading.result()


class _Reading:
    """The reading of one message. Later steps look at what earlier ones found, so their order matters."""

    def __init__(self, raw: str, now: datetime, context: Context, intent: Intent | None, gazetteer: Gazetteer) -> None:
        self.text = Text.of(raw)
        self.now, self.today = now, now.date()
        self.context, self.gazetteer = context, gazetteer
        pending = context.pending
        self.intent = intent if intent in RELEVANT or pending is None else pending.intent
        relevant = SLOTS if intent is None else RELEVANT.get(intent, frozenset())
        if pending is not None and intent is not None:  # an answer keeps the intent it belongs to
            relevant = relevant | RELEVANT.get(pending.intent, frozenset()) if intent not in RELEVANT else relevant
        self.relevant = relevant
        self.asked = pending.needs[0] if pending is not None and pending.needs else None
        self.slots: Slots = {}
        self.before: Slots = {}
        self.problems: list[Problem] = []
        self.mentions: list[Mention] = []
        self.details = Details()
        self.is_ride = (
            (self.intent is not None and self.intent.value.startswith("ltc."))
            or self.asked in _RIDE
            or (intent is None and (bool(_RIDE_WORDS.search(self.text.folded)) or self._goes_on_with_ride()))
        )
        self.known: Slots = {**context.slots, **(pending.slots if pending is not None else {})}

    def result(self) -> Parsed:
        blocked = self._people()
        dates = self._dates(
            [d for d in find_dates(self.text, self.today) if not self._overlaps(d.start, d.end, blocked)]
        )
        times = self._times([d.end for d in dates])
        blocked += [(d.start, d.end) for d in dates] + [(t.start, t.end) for t in times]
        spots = find_spots(self.text, self.gazetteer, blocked)
        self.is_ride = self.is_ride or self._appointment(spots)
        self._places(spots)
        self._ride_details()
        self._references()
        self._subjects()
        self._bare_answer()
        slots = {k: v for k, v in self.slots.items() if k in self.relevant}
        before = {k: v for k, v in self.before.items() if k in self.relevant}
        return Parsed(
            slots,
            tuple(p for p in self.problems if p.slot in self.relevant),
            tuple(m for m in self.mentions if m.slot in self.relevant and slots.get(m.slot) == m.value),
            before,
            self.details,
        )

    def _goes_on_with_ride(self) -> bool:
        """Whether the message corrects or completes a ride that was the topic of the last turn."""
        folded = self.text.folded
        corrects = self._pivot() is not None or _CORRECTS.match(folded) or _ABOUT_RIDE.search(folded)
        return self._after_ride() and bool(corrects)

    def _after_ride(self) -> bool:
        last = self.context.last_intent
        return last is not None and last.value.startswith("ltc.")

    def _appointment(self, spots: Sequence[Spot]) -> bool:
        """A hospital and a day or an hour to come, no word of a benefit and no question (明天東元有開嗎): nobody says
        these but to be driven there. After a ride, a place to go to is enough."""
        if self.intent is not None or _WELFARE_WORDS.search(self.text.folded):
            return False
        hospitals = [s for s in spots if s.kind in ("place", "other") and (s.choices or self._medical(s.name, s.id))]
        headed = any(s.role in ("pickup", "dropoff") for s in spots)
        if self._after_ride() and headed and not _ASKS.search(self.text.folded):  # 還是去國泰好了
            return True
        asks = _ASKS.search(self.text.folded) and not headed
        return bool(hospitals) and not asks and ("date" in self.slots or "time" in self.slots)

    def _medical(self, name: str, id: str | None = None) -> bool:
        """Whether a place is one where people are treated."""
        place = self.gazetteer.county.places.get(id) if id else resolve_place(name, self.gazetteer.county)
        return place.kind == "hospital" if place is not None else bool(_MEDICAL_SITE.search(name))

    # -- bookkeeping

    @staticmethod
    def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
        return any(start < e and end > s for s, e in spans)

    def _put(self, slot: str, value: str | int | bool, start: int, end: int, *, assumed: bool = False) -> None:
        self.slots[slot] = value
        at = self.text.at
        raw = (at[start], at[end - 1] + 1) if start < end <= len(at) else (0, len(self.text.raw))
        self.mentions.append(Mention(slot, value, self.text.said(start, end), *raw, assumed))

    def _problem(
        self,
        slot: str,
        kind: ProblemKind,
        start: int,
        end: int,
        choices: Sequence[str] = (),
        assumed: str | None = None,
    ) -> None:
        self.problems.append(Problem(slot, kind, self.text.said(start, end), tuple(choices), assumed))

    def _pivot(self) -> int | None:
        """Where the new values of a change begin (…改到…); None when nothing is changed."""
        if self.intent not in _MOVES:
            return None
        ends = [m.end() for m in _PIVOT.finditer(self.text.folded)]
        return ends[-1] if ends else None

    # -- people

    def _people(self) -> list[tuple[int, int]]:
        ages = people.find_ages(self.text, self.today)
        spans = [(a.start, a.end) for a in ages]
        births = [d for d in find_dates(self.text, self.today) if d.birth and d.day is not None]
        children = tuple(a.low for a in ages if a.whose == "child")
        self.details = replace(self.details, child_ages=children)
        if births and births[0].day is not None and births[0].day <= self.today:
            birth = births[0]
            assert birth.day is not None
            self.details = replace(self.details, birth_date=birth.day.isoformat())
            self._put("age", people.age_on(birth.day, self.today), birth.start, birth.end)
            spans.append((birth.start, birth.end))
        else:
            own = sorted((a for a in ages if a.whose != "child"), key=lambda a: (a.vague, a.start))
            if own and own[0].vague:
                choices = [str(n) for n in range(own[0].low, own[0].high + 1)]
                self._problem("age", ProblemKind.VAGUE_AGE, own[0].start, own[0].end, choices)
            elif own:
                self._put("age", own[0].low, own[0].start, own[0].end, assumed=own[0].assumed)
        orders = self._old_and_new(people.find_child_orders(self.text))[1]
        orders = [o for o in orders if o.born] or orders  # 有老大了 這是第二胎
        if len({o.order for o in orders}) == 1:  # of several (老大三歲老二一歲) none is the one that is asked about
            self._put("child_order", orders[0].order, orders[0].start, orders[0].end)
        return spans

    # -- dates and times

    def _dates(self, found: list[DateMention]) -> list[DateMention]:
        everything = found
        repeats = find_repeats(self.text, self.today)
        if repeats:
            self.details = replace(self.details, repeats=repeats[0].days)
        found = [d for d in self._merged(found) if not d.birth]
        concrete = [d for d in found if d.problem is not ProblemKind.VAGUE_DATE]
        if not concrete:
            for vague in found[:1]:
                self._problem("date", ProblemKind.VAGUE_DATE, vague.start, vague.end)
            return everything
        if len({d.day for d in concrete}) > 1 and self._pivot() is None:
            concrete = [d for d in concrete if d.day != self.today] or concrete  # 今天想約明天的車
        old, new = self._old_and_new(concrete)
        if old and old[0].day is not None:
            self.before["date"] = old[0].day.isoformat()
        chosen = next((d for d in new if d.day is not None and d.problem is not ProblemKind.PAST_DATE), None)
        for mention in new:
            self._date(mention, taken=mention is chosen)
        others = [d for d in new if chosen is not None and d.day not in (None, chosen.day) and d.problem is None]
        if chosen is not None and others and chosen.problem is None:
            days = dict.fromkeys(d.day.isoformat() for d in (chosen, *others) if d.day is not None)
            self._problem(
                "date", ProblemKind.AMBIGUOUS_DATE, chosen.start, others[-1].end, tuple(days), self.slots.get("date")
            )
        return everything

    def _merged(self, found: list[DateMention]) -> list[DateMention]:
        """12月3號星期四, 12/3(四): a date and its weekday are one; where they contradict, nothing is taken."""
        out: list[DateMention] = []
        for mention in found:
            last = out[-1] if out else None
            if last is not None and _GAP.match(self.text.folded[last.end : mention.start]) and last.day and mention.day:
                same = {last.day, *last.choices} & {mention.day, *mention.choices}
                if mention.weekday == last.day.weekday():
                    same.add(last.day)
                elif last.weekday == mention.day.weekday():  # 星期四 12月3號
                    same = {mention.day}
                if len(same) >= 1:
                    day = last.day if last.day in same else min(same)
                    problem = last.problem if last.problem is ProblemKind.PAST_DATE else None
                    out[-1] = DateMention(last.start, mention.end, day, problem, (), last.assumed, last.birth)
                else:
                    choices = (last.day, mention.day)
                    out[-1] = DateMention(last.start, mention.end, None, ProblemKind.AMBIGUOUS_DATE, choices)
                continue
            weekday = _WEEKDAY_AFTER.match(self.text.folded[mention.end :])
            if weekday and mention.day is not None:
                said = "一二三四五六日".index(weekday["d"].replace("天", "日"))
                if said != mention.day.weekday():
                    end = mention.end + weekday.end()
                    out.append(DateMention(mention.start, end, None, ProblemKind.AMBIGUOUS_DATE, (mention.day,)))
                    continue
            out.append(mention)
        return out

    def _date(self, mention: DateMention, *, taken: bool) -> None:
        span = (mention.start, mention.end)
        day = mention.day
        if mention.problem is ProblemKind.PAST_DATE and self.intent in _PAST_IS_FINE and day is not None:
            if "date" not in self.slots:
                self._put("date", day.isoformat(), *span)
            return
        assumed = day.isoformat() if taken and day is not None else None
        if mention.problem is not None:
            self._problem("date", mention.problem, *span, [d.isoformat() for d in mention.choices], assumed)
        if taken and day is not None:
            self._put("date", day.isoformat(), *span, assumed=mention.assumed or mention.problem is not None)

    def _old_and_new(self, found: list[_M]) -> tuple[list[_M], list[_M]]:
        """What a change replaces, and what holds: all not denied, from the pivot on if anything stands there."""
        folded, pivot = self.text.folded, self._pivot()
        denied = [m for m in found if _DENIED.search(folded[: m.start])]
        rest = [m for m in found if m not in denied]
        if pivot is not None:
            after = [m for m in rest if m.start >= pivot - 1]
            if after:
                return [m for m in rest if m not in after] + denied, after
        return denied, rest

    def _times(self, dates: Sequence[int]) -> list[TimeMention]:
        text = self.text
        if self.context.pending is not None and (hour := bare_hour(self.text, self.context.pending)):
            text = Text.of(hour)
        found = find_times(text, dates if text is self.text else ())
        hours = [t for t in found if t.at is not None or t.problem is ProblemKind.IMPOSSIBLE_TIME]
        parts = [t for t in found if t.problem is ProblemKind.VAGUE_TIME]
        part = next((t.part for t in (hours or parts) if t.part), parts[0].part if parts else None)
        self.details = replace(self.details, part_of_day=part)
        if not hours:
            parts = self._old_and_new(parts)[1]
            if parts:
                self.details = replace(self.details, part_of_day=parts[0].part)
                self._problem("time", ProblemKind.VAGUE_TIME, parts[0].start, parts[0].end)
            return found
        old, new = self._old_and_new(hours)
        if old and old[0].at is not None:
            self.before["time"] = _hhmm(old[0])
        if not new:  # 不是九點, and nothing else
            return found
        kinds = [(t, self._kind(t, text.folded)) for t in new]
        returns = [t for t, kind in kinds if kind == "return"]
        if returns and returns[0].at is not None and self.intent is not Intent.LTC_CHANGE and len(kinds) > len(returns):
            self.details = replace(self.details, return_time=_hhmm(returns[0]))
            self.slots.setdefault("return_trip", True)
            kinds = [(t, k) for t, k in kinds if k != "return"]
        main, kind = next(((t, k) for t, k in kinds if k == "appointment"), kinds[0])
        pickup = next((t for t, k in kinds if k == "pickup" and t is not main), None)
        if pickup is not None and pickup.at is not None:
            self.details = replace(self.details, pickup_time=_hhmm(pickup))
        self._time(main, kind, whole=text is not self.text)
        return found if text is self.text else []

    def _time(self, main: TimeMention, kind: str | None, *, whole: bool) -> None:
        span = (0, len(self.text.folded)) if whole else (main.start, main.end)
        if main.at is None:
            self._problem("time", main.problem or ProblemKind.IMPOSSIBLE_TIME, *span)
            return
        if main.problem is not None:
            choices = [t.strftime("%H:%M") for t in main.choices]
            self._problem("time", main.problem, *span, choices, _hhmm(main))
        said_day = self.slots.get("date") or self.context.slots.get("date")
        if said_day == self.today.isoformat() and self.intent not in _PAST_IS_FINE and main.at < self.now.time():
            later = main.at.replace(hour=main.at.hour + 12) if main.assumed and main.at.hour < 12 else None
            if later is None or later < self.now.time():
                self._problem("time", ProblemKind.PAST_TIME, *span)
                return
        self._put("time", _hhmm(main), *span, assumed=main.assumed or main.problem is not None)
        self.details = replace(
            self.details,
            time_until=main.until.strftime("%H:%M") if main.until else None,
            time_approximate=main.approximate,
        )
        if kind in ("pickup", "appointment"):
            self._put("time_kind", kind, *span)

    @staticmethod
    def _kind(mention: TimeMention, folded: str) -> str | None:
        """What happens at a time: pickup, appointment, return, or None when the words do not say."""
        after, before = folded[mention.end : mention.end + 24], folded[max(0, mention.start - 12) : mention.start]
        if _RETURN_AFTER.match(after) or _RETURN_BEFORE.search(before):
            return "return"
        if _PICKUP_AFTER.match(after) or _PICKUP_BEFORE.search(before):
            return "pickup"
        if _APPOINTMENT_AFTER.match(after) or _APPOINTMENT_BEFORE.search(before):
            return "appointment"
        return None

    # -- places

    def _places(self, spots: list[Spot]) -> None:
        pivot = self._pivot()
        free: list[Spot] = []
        for spot in spots:
            if identifiers.camera_follows(self.text, spot.end) and "camera" not in self.slots and spot.kind != "home":
                self._put(
                    "camera",
                    spot.name if not spot.choices else self.text.said(spot.start, spot.end),
                    spot.start,
                    spot.end,
                )
                if spot.kind == "township":
                    self._put("township", spot.name, spot.start, spot.end)
                continue
            if spot.role == "lives_in":
                self.details = replace(self.details, lives_in=spot.name)
            asked_here = spot.role is None and self.asked in ("pickup", "dropoff")
            if (
                spot.kind == "township"
                and spot.role in (None, "lives_in")
                and not asked_here
                and "township" not in self.slots
            ):
                self._put("township", spot.name, spot.start, spot.end)
            if not self.is_ride:
                self._township_inside(spot)
                continue
            denied = spot.negated or bool(_DENIED.search(self.text.folded[: spot.start]))
            if denied:
                self.before.setdefault(spot.role or "dropoff", spot.name)
            elif spot.role in ("pickup", "dropoff"):
                self._place(spot, spot.role, replaces=pivot is not None and spot.start >= pivot - 1)
            elif spot.role is None:
                free.append(spot)
        for spot in free:
            role = self._free_role(spot, corrects=self._corrects(spot.start))
            if role is not None:
                self._place(spot, role, assumed=True, replaces=True)
        if self.is_ride and "pickup" not in self.slots and self.details.lives_in and self._books():
            home = next(s for s in spots if s.role == "lives_in")
            self._put(
                "pickup",
                self.text.said(home.start, home.end) if home.kind != "home" else home.name,
                home.start,
                home.end,
                assumed=True,
            )
        way_home = re.search(r"(?:回|轉去|轉)(?:家|厝|屋下)", self.text.folded)  # 去東元接我媽媽回家
        if way_home and "dropoff" not in self.slots and ("pickup" in self.slots or self._only_home(way_home)):
            self._put("dropoff", HOME, *way_home.span(), assumed=True)
        taken = [(s.start, s.end) for s in spots if s.outside is None]
        for start, end, said in find_outside(self.text):
            if not self._overlaps(start, end, taken):
                slot = (
                    "dropoff"
                    if self.is_ride and re.search(r"(?:去|到|往)\s*$", self.text.folded[:start])
                    else "township"
                )
                self.problems.append(Problem(slot, ProblemKind.OUTSIDE_COUNTY, said))
        if lives_in_hsinchu_unclear(self.text) and "township" not in self.slots:
            self.problems.append(Problem("township", ProblemKind.AMBIGUOUS_PLACE, "新竹", ("新竹縣", "新竹市")))

    def _corrects(self, start: int) -> bool:
        """Whether what stands at `start` takes the place of something said before: 不對 是馬偕, 改成國泰."""
        pivot = self._pivot()
        return (pivot is not None and start >= pivot - 1) or bool(_CORRECTS.match(self.text.folded))

    def _books(self) -> bool:
        """Whether the message is a booking and no question about rides: it says when."""
        if self.intent is not None:
            return self.intent is Intent.LTC_BOOK
        return ("date" in self.slots or "time" in self.slots) and not _ASKS.search(self.text.folded)

    def _only_home(self, way_home: re.Match[str]) -> bool:
        """訂車回家, and neither a destination nor an outward ride to come back from (看完載我回家)."""
        folded = self.text.folded
        if not self.is_ride or "dropoff" in self.known or _ASKS.search(folded):
            return False
        before, after = folded[max(0, way_home.start() - 4) : way_home.start()], folded[way_home.end() :]
        return not re.search(r"[載送完後再還接以]", before) and bool(re.match(r"$|[\s,，。]|的車|休養", after))

    def _township_inside(self, spot: Spot) -> None:
        if "township" in self.slots:
            return
        if spot.kind == "place":  # 竹北公所給多少: an office stands for its township, a hospital does not
            place = self.gazetteer.county.places.get(spot.id or "")
            if place is None or place.kind != "office":
                return
        for match in self.gazetteer.township_matches(self.text.folded):
            if spot.start <= match.start() < spot.end:
                self._put("township", self.gazetteer.townships[match.group()].name, *match.span())
                return

    def _free_role(self, spot: Spot, *, corrects: bool = False) -> str | None:
        """The role of a place that the words give none: that of the place it corrects or of the one that was asked for,
        else hospitals are where rides go. A hospital said when the pickup was asked is the destination, unless that is
        known: people name the place they have in mind and not the one they were asked for."""
        medical = spot.kind in ("place", "other") and (bool(spot.choices) or self._medical(spot.name, spot.id))
        if corrects:
            known = {**self.known, **self.slots}
            said = [r for r in ("dropoff", "pickup") if r in known]
            alike = [r for r in said if self._medical(str(known[r])) == medical]
            if alike or (said and not self.slots.keys() & set(said)):
                return (alike or said)[0]
        if self.asked in ("pickup", "dropoff") and self.asked not in self.slots:
            if self.asked == "dropoff" or not medical or "dropoff" in self.slots:
                return self.asked
            if "dropoff" in self.known:
                return None if self.known["dropoff"] == spot.name else "pickup"
            return "dropoff"
        if self.intent is Intent.LTC_ASK:
            return None
        if spot.kind == "place" or medical:
            return "dropoff" if "dropoff" not in self.slots else None
        if spot.kind == "address" and self.slots.get("pickup") == HOME and {"dropoff"} & {*self.slots, *self.known}:
            return "pickup"  # 來我家接 文昌街15號: where home is
        if spot.kind in ("home", "address") or (spot.kind == "other" and "dropoff" in self.slots):
            return "pickup" if "pickup" not in self.slots else None
        return None

    def _place(self, spot: Spot, role: str, *, assumed: bool = False, replaces: bool = False) -> None:
        if spot.choices:
            self._problem(role, ProblemKind.AMBIGUOUS_PLACE, spot.start, spot.end, spot.choices)
            return
        if role in self.slots:
            refined = self.slots[role] == HOME and spot.kind == "address"  # 來我家接 文昌街15號
            if not (replaces or refined):
                return
            if not assumed:
                self.before[role] = self.slots[role]
        self._put(role, spot.name, spot.start, spot.end, assumed=assumed)
        if spot.id is not None:
            self.details.place_ids[role] = spot.id
        else:
            self.details.place_ids.pop(role, None)

    # -- the rest

    def _ride_details(self) -> None:
        if not self.is_ride and self.intent is not None:
            return
        so_far = self.known.get("attendants")
        attendants = rides.find_attendants(self.text, so_far if isinstance(so_far, int) else None)
        details = [rides.find_wheelchair(self.text)]
        if self.is_ride:
            details += [rides.find_purpose(self.text), attendants, rides.find_share(self.text)]
            about_legs = self.intent in (Intent.LTC_CHANGE, Intent.LTC_CANCEL, Intent.LTC_STATUS)
            if about_legs:
                self.details = replace(self.details, leg=rides.find_leg(self.text))
                self.slots.pop("return_trip", None)
            else:
                details.append(rides.find_return_trip(self.text))
        for detail in details:
            if detail is not None:
                self._put(detail.slot, detail.value, detail.start, detail.end, assumed=detail.assumed)
        if self.is_ride and "purpose" not in self.slots:
            other = rides.find_other_purpose(self.text)
            if other is not None:
                self._problem("purpose", ProblemKind.OTHER_PURPOSE, other.start, other.end)

    def _references(self) -> None:
        for slot, found in (
            ("plate", identifiers.find_plates(self.text)),
            ("alert", identifiers.find_alerts(self.text)),
            ("camera", identifiers.find_cameras(self.text)),
            ("ride", identifiers.find_rides(self.text)),
        ):
            if found:
                self._put(slot, found[0].value, found[0].start, found[0].end)

    def _subjects(self) -> None:
        folded, intent = self.text.folded, self.intent
        found: list[tuple[str, int, int, str, bool]] = []
        for programme in subjects.find_programmes(self.text, self.gazetteer.programmes)[:1]:
            found.append(("programme", programme.start, programme.end, programme.value, False))
        if intent is not None or _WELFARE_WORDS.search(folded):
            for topic in subjects.find_topics(self.text)[:1]:
                found.append(("topic", topic.start, topic.end, topic.value, False))
        if intent is not None or _KPI_WORDS.search(folded):
            for indicator in find_indicators(self.text)[:1]:
                found.append(("indicator", indicator.start, indicator.end, indicator.id, False))
        field = subjects.find_field(self.text)
        if field is not None and (
            not field.assumed or intent in _WISHES or (intent is None and _WISH_WORDS.search(folded))
        ):
            found.append(("field", field.start, field.end, field.value, field.assumed))
        dataset = subjects.find_dataset(self.text)
        if dataset is not None:
            found.append(("dataset", dataset.start, dataset.end, dataset.value, False))
        for slot, start, end, value, assumed in found:
            self._put(slot, value, start, end, assumed=assumed)

    def _bare_answer(self) -> None:
        pending = self.context.pending
        if pending is None:
            return
        answer = bare_answer(self.text, pending)
        if answer is not None and answer[0] in SLOTS:
            if pending.kind == "choice":  # 竹東的: which of the choices, nothing else
                self.slots, self.mentions = {}, []
            self.relevant = self.relevant | {answer[0]}
            self._put(answer[0], answer[1], 0, len(self.text.folded))
            self.problems = [p for p in self.problems if p.slot != answer[0]]


def _hhmm(mention: TimeMention) -> str:
    return mention.at.strftime("%H:%M") if mention.at is not None else ""
