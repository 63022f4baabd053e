"""The one graph: guard → understand → route → <agent> → … → compose → check.

Nodes read and decide; what is kept between turns is JSON-plain (the checkpointer's rule). A turn is idempotent by its event id: the
last event and its reply stay in `memory`, and a repeat gets the same reply without running an agent again.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Annotated, Any, Literal, Protocol, TypedDict, TypeVar

import structlog
from langgraph.channels import UntrackedValue
from langgraph.graph import END, START, StateGraph

from agents import messages as say
from agents.agent import Agent
from agents.compose import Composer, unsupported
from agents.concierge import Concierge
from agents.state import (
    STAFF_ONLY,
    Answer,
    Frame,
    Intent,
    Memory,
    Pending,
    QuickReply,
    Reply,
    Turn,
    Understood,
)
from agents.understanding.conversation import corrects
from agents.understanding.guard import Guarded, guard, topic_of
from agents.understanding.port import Understanding

_log = structlog.get_logger(__name__)
T = TypeVar("T")


Fleeting = Annotated[T, UntrackedValue]  # of this turn alone: never written to the checkpointer


class GraphState(TypedDict, total=False):
    """Channels of the graph. `memory` alone is kept between turns, JSON-plain (a `model_dump` of Memory).

    What was said and answered stays out of the checkpointer: the bus holds it, with its own retention.
    """

    memory: dict[str, Any]
    turn: Fleeting[Turn]
    remembered: Fleeting[Memory]  # `memory` as it changes in this turn; written back by the last node
    guarded: Fleeting[Guarded]
    understood: Fleeting[Understood]
    queue: Fleeting[list[Frame]]  # not yet answered
    answers: Fleeting[list[Answer]]  # so far
    text: Fleeting[str]  # composed wording
    reply: Fleeting[Reply]


class _Node(Protocol):
    """A node as LangGraph types it."""

    async def __call__(self, state: GraphState) -> GraphState: ...


_MAX_FRAMES = 4
_KEEPS_TOPIC = frozenset(
    {Intent.GREETING, Intent.THANKS, Intent.CRISIS, Intent.SCAM, Intent.OUT_OF_SCOPE, Intent.CONFIRM, Intent.DENY}
)


class Nodes:
    """The nodes, with what they need. Each takes the state and returns what it changes."""

    def __init__(
        self, understanding: Understanding, agents: Sequence[Agent], concierge: Concierge, composer: Composer
    ) -> None:
        self._understanding = understanding
        self._concierge = concierge
        self._composer = composer
        self.agents: dict[str, Agent] = {a.name: a for a in [*agents, concierge]}
        self._by_intent = {intent: a.name for a in self.agents.values() for intent in a.intents}
        missing = set(Intent) - set(self._by_intent)
        if missing:
            raise ValueError(f"no agent answers {sorted(missing)}")

    async def guard(self, state: GraphState) -> GraphState:
        """Clean the text, look for danger and fraud, and recognise a repeated event."""
        turn, memory = state["turn"], Memory.model_validate(state.get("memory") or {})
        if memory.last_event == turn.event_id and memory.last_reply:
            return {"reply": memory.last_reply}
        return {"remembered": memory, "guarded": guard(turn.text, turn.role), "queue": [], "answers": []}

    # The two that choose the way are coroutines: LangGraph would send plain functions to a thread each time.
    async def after_guard(self, state: GraphState) -> Literal["understand", "unreadable", "done"]:
        """A repeat is done; text without meaning is not sent to understanding."""
        if "reply" in state:
            return "done"
        return "understand" if state["guarded"].readable else "unreadable"

    async def unreadable(self, state: GraphState) -> GraphState:
        """Say what to do with a message that has nothing to read."""
        guarded = state["guarded"]
        text = say.EMPTY if guarded.kind == "empty" else say.UNREADABLE
        return {"answers": [Answer(intent=Intent.OUT_OF_SCOPE, text=text, fixed=True)]}

    async def understand(self, state: GraphState) -> GraphState:
        """Text to frames, within the rights of the speaker's role."""
        turn, memory, guarded = state["turn"], state["remembered"], state["guarded"]
        clean = turn.model_copy(update={"text": guarded.text})
        understood = await self._understanding.understand(clean, memory.context())
        frames = understood.frames[:_MAX_FRAMES]
        if guarded.safety:
            slots = {"topic": guarded.topic} if guarded.topic else {}
            safe = Frame(intent=guarded.safety, slots=slots, text=guarded.text)
            frames = [safe, *(f for f in frames if f.intent not in (Intent.CRISIS, Intent.SCAM, Intent.OUT_OF_SCOPE))]
            if guarded.safety is Intent.CRISIS:
                # One thing matters now; but who was hurt or struck may also ask what helps.
                also = () if guarded.topic == "suicide" else (Intent.WELFARE_ASK,)
                frames = [f for f in frames if f is safe or f.intent in also]
        frames = [
            f.model_copy(update={"slots": {"topic": topic_of(guarded.text)}})
            if f.intent is Intent.CRISIS and "topic" not in f.slots
            else f
            for f in frames
        ]
        return {"understood": understood, "queue": frames}

    async def route(self, state: GraphState) -> GraphState:
        """Settle what pends and what the role forbids, before any agent runs."""
        turn, memory = state["turn"], state["remembered"]
        answers: list[Answer] = []
        if not state["queue"]:
            answers.append(self._concierge.unsure(state["understood"].unsure))
        kept: list[Frame] = []
        for frame in state["queue"]:
            if frame.intent in STAFF_ONLY and turn.role != "staff":
                _log.info("role_refused", intent=str(frame.intent), role=turn.role)
                answers.append(Answer(intent=frame.intent, text=say.STAFF_REFUSED, fixed=True))
            elif frame.intent is Intent.DENY and memory.pending and corrects(frame.text):
                text = say.WHAT_IS_RIGHT.format(asked=memory.pending.asked)
                answers.append(Answer(intent=frame.intent, text=text, fixed=True))
            elif frame.intent is Intent.DENY and memory.pending:
                answers.append(Answer(intent=frame.intent, text=say.CANCELLED, fixed=True))
                memory = memory.model_copy(update={"pending": None})
            elif frame.intent is Intent.CONFIRM and memory.pending and memory.pending.kind == "slots":
                text = say.STILL_NEEDED.format(asked=memory.pending.asked)
                answers.append(Answer(intent=frame.intent, text=text, needs=memory.pending.needs[:1], fixed=True))
            else:
                kept.append(frame)
        pending = memory.pending
        if pending and kept and all(f.intent not in (pending.intent, Intent.CONFIRM) for f in kept):
            # A new topic: what was asked waits, and is offered again after this answer.
            parked = [p for p in memory.parked if p.intent != pending.intent]
            memory = memory.model_copy(update={"pending": None, "parked": [*parked, pending][-3:]})
        return {"remembered": memory, "queue": kept, "answers": answers}

    async def next_agent(self, state: GraphState) -> str:
        """The agent of the first frame in the queue, or compose when none is left."""
        if not state["queue"]:
            return "compose"
        return self._by_intent[state["queue"][0].intent]

    def run(self, agent: Agent) -> "_Node":
        """The node of one agent: answers the first frame and takes it off the queue."""

        async def node(state: GraphState) -> GraphState:
            frame, *rest = state["queue"]
            turn, memory = state["turn"], state["remembered"]
            answer = await agent.handle(frame, turn.model_copy(update={"text": frame.text}), memory)
            return {
                "answers": [*state["answers"], answer],
                "remembered": _remember(memory, answer),
                "queue": rest,
            }

        return node

    async def compose(self, state: GraphState) -> GraphState:
        """The wording of all answers together."""
        guarded = state["guarded"]
        answers = state["answers"]
        text = await self._composer.compose(guarded.text, answers)
        language = state["understood"].language if "understood" in state else "zh-Hant"
        if language in say.FOREIGN:
            text = f"{say.FOREIGN[language]}\n\n{text}"
        if guarded.truncated:
            text = f"{say.TOO_LONG}\n\n{text}"
        if guarded.has_id:
            text = f"{text}\n\n{say.ID_SEEN}"
        return {"text": text}

    async def check(self, state: GraphState) -> GraphState:
        """The last gate: the reply's figures stand in the answers; then the turn is remembered."""
        turn, memory = state["turn"], state["remembered"]
        answers = state["answers"]
        template = "\n\n".join(dict.fromkeys(a.text for a in answers))
        text = state["text"]
        fixed = template + "".join([*say.FOREIGN.values(), say.TOO_LONG, say.ID_SEEN])
        wrong = unsupported(text, fixed) if text != template else []
        if wrong:
            _log.error("check_failed", unsupported=wrong[:5])
            text = template
        back, memory = self._offer_parked(answers, memory)
        reply = Reply(
            intents=list(dict.fromkeys(a.intent for a in answers)),
            slots=memory.slots,
            reply=text + (f"\n\n{back}" if back else ""),
            citations=_unique(c for a in answers for c in a.citations),
            programmes=list(dict.fromkeys(p for a in answers for p in a.programmes)),
            needs=list(dict.fromkeys(n for a in answers for n in a.needs)),
            quick_replies=_unique(q for a in answers for q in a.quick_replies)[:6]
            or [QuickReply(label=say.HUMAN_BUTTON[0], text=say.HUMAN_BUTTON[1])],
            attachments=[x for a in answers for x in a.attachments],
        )
        memory = memory.model_copy(update={"last_event": turn.event_id, "last_reply": reply})
        return {"reply": reply, "memory": memory.model_dump(mode="json")}

    @staticmethod
    def _offer_parked(answers: list[Answer], memory: Memory) -> tuple[str, Memory]:
        """After another topic is answered, what was parked becomes pending again and its question is repeated."""
        if memory.pending or not memory.parked or any(a.pending for a in answers):
            return "", memory
        if any(a.intent in (Intent.CRISIS, Intent.SCAM) for a in answers):
            return "", memory
        *rest, last = memory.parked
        return say.BACK_TO.format(asked=last.asked), memory.model_copy(update={"pending": last, "parked": rest})


def build_graph(nodes: Nodes) -> "StateGraph[GraphState, None, GraphState, GraphState]":
    """The graph, not yet compiled (the caller chooses the checkpointer)."""
    graph: StateGraph[GraphState, None, GraphState, GraphState] = StateGraph(GraphState)
    graph.add_node("guard", nodes.guard)
    graph.add_node("unreadable", nodes.unreadable)
    graph.add_node("understand", nodes.understand)
    graph.add_node("route", nodes.route)
    graph.add_node("compose", nodes.compose)
    graph.add_node("check", nodes.check)
    for name, agent in nodes.agents.items():
        graph.add_node(name, nodes.run(agent))
    targets: dict[Hashable, str] = {**{name: name for name in nodes.agents}, "compose": "compose"}
    graph.add_edge(START, "guard")
    graph.add_conditional_edges(
        "guard", nodes.after_guard, {"understand": "understand", "unreadable": "unreadable", "done": END}
    )
    graph.add_edge("understand", "route")
    graph.add_conditional_edges("route", nodes.next_agent, targets)
    for name in nodes.agents:
        graph.add_conditional_edges(name, nodes.next_agent, targets)
    graph.add_edge("unreadable", "compose")
    graph.add_edge("compose", "check")
    graph.add_edge("check", END)
    return graph


def _remember(memory: Memory, answer: Answer) -> Memory:
    pending: Pending | None = answer.pending
    if pending is None and memory.pending and memory.pending.intent != answer.intent:
        pending = memory.pending
    changes: dict[str, object] = {"slots": {**memory.slots, **answer.slots}, "pending": pending}
    if answer.intent not in _KEEPS_TOPIC:
        changes["last_intent"] = answer.intent
        changes["last_programmes"] = answer.programmes
        changes["last_aspects"] = answer.aspects
    return memory.model_copy(update=changes)


def _unique(items: Iterable[T]) -> list[T]:
    out: list[T] = []
    for item in items:
        if item not in out:
            out.append(item)
    return out
