"""What a conversation is made of. All models are JSON-plain: the checkpointer stores `model_dump(mode="json")`, so a
value that comes back from it is a dict and goes through `model_validate` again."""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["citizen", "staff"]
Slots = dict[str, Any]  # keys of CONTRACTS 2: date, time, pickup, programme, township, ...


class Intent(StrEnum):
    """The intents of CONTRACTS 2. The value is what programs see."""

    WELFARE_ASK = "welfare.ask"
    WELFARE_MATCH = "welfare.match"
    WELFARE_SUBSCRIBE = "welfare.subscribe"
    WELFARE_UNSUBSCRIBE = "welfare.unsubscribe"
    WELFARE_SUBSCRIPTIONS = "welfare.subscriptions"
    LTC_BOOK = "ltc.book"
    LTC_CHANGE = "ltc.change"
    LTC_CANCEL = "ltc.cancel"
    LTC_STATUS = "ltc.status"
    LTC_QUOTA = "ltc.quota"
    LTC_ASK = "ltc.ask"
    DOCUMENT_CHECK = "document.check"
    DOCUMENT_ROUTE = "document.route"
    STATS_ASK = "stats.ask"
    OPENDATA_CHECK = "opendata.check"
    KPI_ASK = "kpi.ask"
    SECURITY_ASK = "security.ask"
    GUARDIAN_LIST = "guardian.list"
    GUARDIAN_ACK = "guardian.ack"
    GUARDIAN_FALSE_ALARM = "guardian.false_alarm"
    GUARDIAN_WATCH = "guardian.watch"
    SANDBOX_WISH = "sandbox.wish"
    SANDBOX_SEARCH = "sandbox.search"
    SANDBOX_STATUS = "sandbox.status"
    SANDBOX_VOTE = "sandbox.vote"
    PRIVACY_EXPORT = "privacy.export"
    PRIVACY_DELETE = "privacy.delete"
    HANDOFF = "handoff"
    GREETING = "greeting"
    THANKS = "thanks"
    CONFIRM = "confirm"
    DENY = "deny"
    CRISIS = "crisis"
    SCAM = "scam"
    OUT_OF_SCOPE = "out_of_scope"


STAFF_ONLY = frozenset(
    {
        Intent.DOCUMENT_CHECK,
        Intent.DOCUMENT_ROUTE,
        Intent.OPENDATA_CHECK,
        Intent.KPI_ASK,
        Intent.SECURITY_ASK,
        Intent.GUARDIAN_LIST,
        Intent.GUARDIAN_ACK,
        Intent.GUARDIAN_FALSE_ALARM,
        Intent.GUARDIAN_WATCH,
    }
)


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(_Plain):
    """One message of a speaker, already stripped of its channel."""

    event_id: str
    conversation: str
    text: str
    role: Role = "citizen"
    citizen: str | None = None  # id of a verified citizen; None = unverified speaker
    channel: str = "cli"
    now: str  # ISO 8601 with offset


class Frame(_Plain):
    """One thing the speaker wants: an intent, the slots said with it, and the words it was read from."""

    intent: Intent
    slots: Slots = Field(default_factory=dict)
    text: str
    confidence: float = Field(1.0, ge=0, le=1)


class Understood(_Plain):
    """What understanding says of a message. `unsure`: candidates to offer when no frame is certain."""

    frames: list[Frame]
    unsure: list[Intent] = Field(default_factory=list)
    language: Literal["zh-Hant", "zh-Hans", "en", "vi", "id", "th", "other"] = "zh-Hant"
    by: Literal["embedded", "llm"] = "embedded"


class Pending(_Plain):
    """What the assistant waits for: the slots it asked, a yes or no, or a choice."""

    intent: Intent
    kind: Literal["slots", "confirmation", "choice"]
    needs: list[str] = Field(default_factory=list)
    choices: list[str] = Field(default_factory=list)  # values that an answer may pick, in the order shown
    slots: Slots = Field(default_factory=dict)
    asked: str = ""  # the question as it was shown, to ask again after an interruption


class Context(_Plain):
    """What understanding may know of the conversation so far (a view of Memory)."""

    pending: Pending | None = None
    last_intent: Intent | None = None
    last_programmes: list[str] = Field(default_factory=list)
    slots: Slots = Field(default_factory=dict)


class Citation(_Plain):
    """A source of a reply. `as_of`: the day its figures were checked or hold for (ISO date), None if unknown."""

    id: str
    title: str
    url: str | None = None
    as_of: str | None = None


class QuickReply(_Plain):
    """A button: what it shows and what it sends."""

    label: str
    text: str


class Reply(_Plain):
    """One answer (the turn object of CONTRACTS 1, without `ms`)."""

    intents: list[Intent]
    slots: Slots = Field(default_factory=dict)
    reply: str
    citations: list[Citation] = Field(default_factory=list)
    programmes: list[str] = Field(default_factory=list)
    needs: list[str] = Field(default_factory=list)
    quick_replies: list[QuickReply] = Field(default_factory=list)
    attachments: list[dict[str, Any]] = Field(default_factory=list)


class Answer(_Plain):
    """What one agent says to one frame: complete wording from templates, and the facts that any rewording must keep to."""

    intent: Intent
    text: str
    citations: list[Citation] = Field(default_factory=list)
    programmes: list[str] = Field(default_factory=list)
    aspects: list[str] = Field(default_factory=list)  # which sides of a programme were asked (agents.aspects)
    needs: list[str] = Field(default_factory=list)
    slots: Slots = Field(default_factory=dict)
    quick_replies: list[QuickReply] = Field(default_factory=list)
    attachments: list[dict[str, Any]] = Field(default_factory=list)
    pending: Pending | None = None
    fixed: bool = False  # safety and legal texts: never reworded by a model


class Memory(_Plain):
    """What a conversation keeps between turns (in the checkpointer). No message text: only what was understood."""

    pending: Pending | None = None
    parked: list[Pending] = Field(default_factory=list)
    last_intent: Intent | None = None
    last_programmes: list[str] = Field(default_factory=list)
    last_aspects: list[str] = Field(default_factory=list)
    slots: Slots = Field(default_factory=dict)
    last_event: str = ""
    last_reply: Reply | None = None

    def context(self) -> Context:
        """The part of it that understanding may use."""
        return Context(
            pending=self.pending,
            last_intent=self.last_intent,
            last_programmes=self.last_programmes,
            slots=self.slots,
        )
