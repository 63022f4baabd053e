"""Understanding without any server: rules for danger, then what the conversation waits for, then the classifier."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from agents.state import Context, Frame, Intent, Role, Slots, Turn, Understood
from agents.understanding import clauses, conversation, guard
from agents.understanding.classifier import Floats, IntentClassifier
from agents.understanding.normalise import clean, has_content, language, match_form
from agents.understanding.training import Embedder

SlotParser = Callable[[str, datetime, Context | None], Slots]
"""(text, now, context) -> slots; agents.understanding.slots.parse_slots is one."""

_READ_CHARS = 400  # of a long message what is embedded: its head and its end, where people say what they want
_SURE_WHOLE = 0.80  # the message as a whole is this clear: clauses that all say otherwise are wrong
_CLAUSE = 0.50  # a clause set apart, or of the whole message's intent, counts as a request of its own from here
_CLAUSE_WEAK = 0.70  # a clause after a mere comma
_PLAIN, _TRACE = 0.90, 0.02
_UNSURE = 0.16  # below, nothing is certain enough to answer: ask back
_SAFE_CALM = 0.97  # the same where the words are those of a subject, a benefit or a notice
_SAFE_WITH_CUE, _SAFE_WITHOUT = 0.20, 0.80  # probability from which the classifier alone raises crisis or scam
_LIGHT = frozenset({Intent.GREETING, Intent.THANKS, Intent.CONFIRM, Intent.DENY, Intent.OUT_OF_SCOPE})
_SAFETY = (Intent.CRISIS, Intent.SCAM)
_NEAR: dict[Intent, Callable[[str], bool]] = {Intent.CRISIS: guard.near_crisis, Intent.SCAM: guard.near_fraud}
_PART_OF_CHANGE = frozenset({Intent.LTC_CANCEL, Intent.LTC_STATUS})
_ASKS_RIDE = re.compile(r"[嗎?？]|幾點|派了|到哪|還有|另外|順便")
_LEAST_REQUEST = 4  # characters
# A clause that only tells which ride or alert the request beside it is about.
_TOLD = re.compile(r"上次|之前|已經?|原先|原本|本來|頭先|先前|昨天|那個訂|(?:訂|約)(?:好|的|了|過)|我訂|看到了|收到了")
_STILL_ASKS = re.compile(r"[嗎?？]|幾|哪|什麼|多少|沒有?$|了沒|查|列|給我")
_ABOUT: dict[Intent, frozenset[Intent]] = {
    Intent.LTC_BOOK: frozenset({Intent.LTC_CHANGE, Intent.LTC_CANCEL, Intent.LTC_STATUS}),
    Intent.LTC_STATUS: frozenset({Intent.LTC_CHANGE, Intent.LTC_CANCEL}),
    Intent.GUARDIAN_LIST: frozenset({Intent.GUARDIAN_ACK, Intent.GUARDIAN_FALSE_ALARM}),
}
_OF_A_RIDE = re.compile(r"車|接|載|趟|預約|點|上車|下車|出發|目的地|時間|早|晚|[週周]|禮拜|星期|號|輪椅|陪|回程")
_LETTERS = frozenset({Intent.DOCUMENT_CHECK, Intent.DOCUMENT_ROUTE})
_AND = re.compile(r"另外|順便|還有|此外|對了|然後")
_LETTER = re.compile(r"主旨\s*[:：]|^(?:分文|收文|來文|函稿|簽稿|校稿|校對)\s*[:：]")
_TWO_RIDES = re.compile(r"點|:\d\d|早上|下午|上午|晚上|明天|後天|週|禮拜|星期|/\d|月")


@dataclass(frozen=True)
class _Read:
    """One clause with what the classifier says of it."""

    text: str
    intent: Intent
    confidence: float
    apart: bool


class EmbeddedUnderstanding:
    """The `Understanding` that needs no network. `slot_parser` None: frames carry no slots."""

    def __init__(self, embedder: Embedder, classifier: IntentClassifier, slot_parser: SlotParser | None = None) -> None:
        self._embedder = embedder
        self._classifier = classifier
        self._slot_parser = slot_parser

    async def understand(self, turn: Turn, context: Context) -> Understood:
        """Frames in the order they are answered. Never raises on odd text."""
        return await asyncio.to_thread(self.read, turn, context)

    def read(self, turn: Turn, context: Context) -> Understood:
        """The same, without an event loop (batches, tests)."""
        text = clean(turn.text)
        spoken = language(text)
        found = guard.dangers(text, turn.role)
        asked = guard.without_orders(text) if guard.gives_orders(text) else text
        if not has_content(asked) and not conversation.formula(asked):
            frames = [Frame(intent=Intent.OUT_OF_SCOPE, text=text)]
            unsure: list[Intent] = []
        else:
            frames, unsure = self._frames(asked, turn.role, context)
        if found:
            unsure = []
            rest = [frame for frame in frames if frame.intent not in _SAFETY and frame.intent not in _LIGHT]
            alarms = [Frame(intent=danger.intent, text=text) for danger in found]
            single = len(frames) == 1  # the whole message is the alarm, whatever else it resembles
            frames = alarms if single else alarms + rest
        moment = datetime.fromisoformat(turn.now)
        return Understood(
            frames=[self._with_slots(frame, moment, context) for frame in frames], unsure=unsure, language=spoken
        )

    # --- intents

    def _frames(self, text: str, role: Role, context: Context) -> tuple[list[Frame], list[Intent]]:
        answer = conversation.answers_pending(text, context)
        if answer:
            return [Frame(intent=answer, text=text)], []
        parts = _parts(text)
        texts = [text, *(part.text for part in parts)] if len(parts) > 1 else [text]
        table = self._probabilities(texts, role)
        whole = table[0]
        if len(parts) > 1:
            table[1:] = [self._as_calm(part.text, row, whole) for part, row in zip(parts, table[1:], strict=True)]
        if len(parts) == 1:
            kept = conversation.continues(text, context, self._top(whole), float(whole.max()))
            if kept:
                return [Frame(intent=kept, text=text, confidence=max(float(whole.max()), 0.7))], []
        reads = self._reads(parts, table[1:]) if len(parts) > 1 else []
        reads = _requests([read for read in reads if self._stands_alone(read, whole)])
        intents = self._chosen(text, whole, reads)
        if len(intents) == 1 and intents[0].confidence < _UNSURE:
            ranked = [self._classifier.intents[place] for place in np.argsort(-whole, kind="stable")[:3]]
            return [], [intent for intent in ranked if intent not in _SAFETY]
        return intents, []

    def _probabilities(self, texts: Sequence[str], role: Role) -> Floats:
        short = [
            text if len(text) <= _READ_CHARS else text[: _READ_CHARS * 3 // 4] + text[-_READ_CHARS // 4 :]
            for text in texts
        ]
        table = self._classifier.probabilities(short, self._embedder.queries(short), role)
        return np.stack([self._calmed(text, row) for text, row in zip(short, table, strict=True)])

    def _calmed(self, text: str, row: Floats) -> Floats:
        """Crisis and scam are for the rules; the classifier adds them only when it is sure or danger words stand by."""
        row = row.copy()
        for intent, near in _NEAR.items():
            place = self._place(intent)
            if row[place] < _SAFE_WITH_CUE:
                row[place] = 0.0
                continue
            stands_by = near(text)
            least = _SAFE_WITH_CUE if stands_by else _SAFE_CALM if guard.calm(text, intent) else _SAFE_WITHOUT
            if row[place] < least:
                row[place] = 0.0
            elif stands_by:
                row[place] = max(float(row[place]), 1.0)  # in doubt the hotline comes first
        total = float(row.sum())
        return row / total if total else row

    def _as_calm(self, clause: str, row: Floats, whole: Floats) -> Floats:
        """A clause of few words (阿公不會煮飯) sounds like distress where the whole message does not."""
        row = row.copy()
        for intent, near in _NEAR.items():
            place = self._place(intent)
            if not whole[place] and not near(clause):
                row[place] = 0.0
        total = float(row.sum())
        return row / total if total else row

    def _top(self, row: Floats) -> Intent:
        return self._classifier.intents[int(row.argmax())]

    def _reads(self, parts: Sequence[clauses.Clause], table: Floats) -> list[_Read]:
        return [
            _Read(part.text, self._top(row), float(row.max()), part.apart)
            for part, row in zip(parts, table, strict=True)
        ]

    def _stands_alone(self, read: _Read, whole: Floats) -> bool:
        """A clause after a mere pause is a request of its own only when the whole message has a trace of it."""
        clear = read.apart or read.confidence >= _PLAIN or _NAMES_BENEFIT.search(match_form(read.text))
        return bool(clear) or float(whole[self._place(read.intent)]) >= _TRACE

    def _place(self, intent: Intent) -> int:
        return self._classifier.intents.index(intent)

    def _chosen(self, text: str, whole: Floats, reads: Sequence[_Read]) -> list[Frame]:
        """The message as one request, or the requests of its clauses when they are clear enough."""
        one = Frame(intent=self._top(whole), text=text, confidence=round(float(whole.max()), 3))
        sure = [
            read
            for read in reads
            if read.confidence >= (_CLAUSE if read.apart or read.intent is one.intent else _CLAUSE_WEAK)
        ]
        heavy = [
            read
            for read in sure
            if read.intent not in _LIGHT
            or (read.apart and read.confidence >= _SURE_WHOLE and read.intent is Intent.OUT_OF_SCOPE)
        ]
        if not heavy or all(read.intent is Intent.OUT_OF_SCOPE for read in heavy):
            return [one]
        letters = {read.intent for read in heavy} & _LETTERS
        if letters == {one.intent} and one.confidence >= _CLAUSE and not _AND.search(text):
            return [one]  # what a letter is about is no request of the one who routes it
        first_answer = [read for read in sure[:1] if read.intent in (Intent.CONFIRM, Intent.DENY)]
        frames = [
            Frame(intent=read.intent, text=read.text, confidence=round(read.confidence, 3))
            for read in [*first_answer, *self._merged(heavy)]
        ]
        others = {frame.intent for frame in frames} - {Intent.LTC_CHANGE}
        if one.intent is Intent.LTC_CHANGE and others <= _PART_OF_CHANGE and not _ASKS_RIDE.search(text):
            return [one]  # 取消九點改十點, 預約編號1025改成兩點: the old ride is named, nothing else is asked
        if one.intent not in {frame.intent for frame in frames} and one.confidence >= _SURE_WHOLE:
            return [one]
        if len({frame.intent for frame in frames}) == 1 and len(frames) == 1:
            return [Frame(intent=frames[0].intent, text=text, confidence=max(frames[0].confidence, one.confidence))]
        return frames

    @staticmethod
    def _merged(reads: Sequence[_Read]) -> list[_Read]:
        """Clauses of one intent put together, unless they plainly ask for two things (two programmes, two rides)."""
        out: list[_Read] = []
        for read in reads:
            same = [place for place, other in enumerate(out) if other.intent == read.intent]
            if same and not _another(out[same[-1]], read):
                last = out[same[-1]]
                text = f"{last.text} {read.text}"
                out[same[-1]] = _Read(text, last.intent, max(last.confidence, read.confidence), last.apart)
            else:
                out.append(read)
        return out

    # --- slots

    def _with_slots(self, frame: Frame, moment: datetime, context: Context) -> Frame:
        if self._slot_parser is None or frame.intent in (*_SAFETY, *_LIGHT):
            return frame
        return frame.model_copy(update={"slots": self._slot_parser(frame.text, moment, context)})


def _requests(reads: list[_Read]) -> list[_Read]:
    """Without the clauses that only say which ride or alert another clause is about (上次約好那台車, 想提早半小時)."""
    intents = {read.intent for read in reads}

    def tells(read: _Read) -> bool:
        if read.intent is Intent.LTC_CHANGE and not _OF_A_RIDE.search(read.text):
            return len(intents - {read.intent} - _LIGHT) > 0  # 醫生改成視訊看診: nothing of the ride is changed
        about = _ABOUT.get(read.intent, frozenset()) & intents
        return bool(about and _TOLD.search(read.text) and not _STILL_ASKS.search(read.text))

    return [read for read in reads if not tells(read)]


def _parts(text: str) -> list[clauses.Clause]:
    """The clauses of a message; a letter pasted into it is not cut, but goes with the request before it."""
    letter = _LETTER.search(text)
    if letter is None:
        return clauses.split(text)
    before = clauses.split(text[: letter.start()]) if letter.start() >= _LEAST_REQUEST else []
    if not before:
        return [clauses.Clause(text, False)]
    return [*before[:-1], replace(before[-1], text=f"{before[-1].text} {text[letter.start() :]}")]


_NAMES_BENEFIT = re.compile(
    r"補助|津貼|補貼|卡|年金|禮金|手冊|證明|服務|給付|救助|減免|帳戶|巴士|喘息|低收|早療|送餐|假牙|輔具"
)


def _another(one: _Read, other: _Read) -> bool:
    if one.intent is Intent.WELFARE_ASK:
        mine, yours = _NAMES_BENEFIT.search(match_form(one.text)), _NAMES_BENEFIT.search(match_form(other.text))
        return bool(mine and yours and other.apart)
    if one.intent is Intent.LTC_BOOK:
        return bool(_TWO_RIDES.search(one.text) and _TWO_RIDES.search(other.text) and other.apart)
    return one.intent is Intent.STATS_ASK and other.apart
