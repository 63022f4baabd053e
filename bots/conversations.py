"""Between channels and the graph: a message becomes an event on the bus, its answer a delivery, both durable."""

import asyncio
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from agents import messages as say
from agents.assistant import Assistant
from agents.state import Intent, Reply, Turn
from bots.channel import Inbound
from bots.web.ports import ChatUnavailableError, Exchange, Finished
from core import clock
from core.bus import Bus, Delivery, Event
from core.settings import Settings
from core.telemetry import TURN_SECONDS, TURNS

_log = structlog.get_logger(__name__)
KIND = "message"


class Conversations:
    """The `Chat` of every channel: accepts messages, has them answered in order, and remembers the answers."""

    def __init__(self, bus: Bus, settings: Settings) -> None:
        self._bus = bus
        self._settings = settings
        self.assistant: Assistant | None = None  # set by the composition root before the bus starts
        bus.on(KIND, self._handle, self._failed)
        bus.channel("web", None)
        bus.schedule("retention", "30 3 * * *", self._forget_old)

    async def submit(self, inbound: Inbound) -> bool:
        """Accept a message durably. False when its id was accepted before."""
        payload = {**asdict(inbound), "received_at": inbound.received_at or clock.now().isoformat()}
        event = Event(inbound.id, KIND, inbound.conversation, payload)
        try:
            return await self._bus.publish(event)
        except sa.exc.SQLAlchemyError as error:
            _log.exception("inbox_unavailable")
            raise ChatUnavailableError(type(error).__name__) from error

    async def reply(self, event_id: str, timeout_s: float) -> Finished | None:
        """The final reply to an accepted message, or None when it is not there within `timeout_s` seconds."""
        try:
            deliveries = await self._bus.wait(event_id, timeout_s)
        except sa.exc.SQLAlchemyError as error:
            _log.exception("outbox_unavailable")
            raise ChatUnavailableError(type(error).__name__) from error
        return _finished(deliveries) if deliveries else None

    async def history(self, conversation: str, limit: int) -> list[Exchange]:
        """The last exchanges of a conversation, oldest first."""
        try:
            past = await asyncio.to_thread(self._bus.history, conversation, limit)
        except sa.exc.SQLAlchemyError as error:
            _log.exception("history_unavailable")
            raise ChatUnavailableError(type(error).__name__) from error
        return [
            Exchange(
                event_id=event.id,
                message_id=str(event.payload["extra"].get("message_id", "")),
                text=event.payload["text"],
                received_at=event.payload["received_at"],
                finished=_finished(deliveries) if deliveries else None,
            )
            for event, deliveries in past
            if event.kind == KIND
        ]

    async def _handle(self, event: Event) -> list[Delivery]:
        message = event.payload
        turn = Turn(
            event_id=event.id,
            conversation=event.conversation,
            text=message["text"],
            role=message["role"],
            citizen=message["citizen"],
            channel=message["channel"],
            now=message["received_at"],
        )
        assert self.assistant is not None
        started = time.perf_counter()
        reply, ms = await self.assistant.answer(turn)
        TURN_SECONDS.labels(turn.channel).observe(time.perf_counter() - started)
        for intent in reply.intents:
            TURNS.labels(turn.channel, str(intent)).inc()
        return [_delivery(event, reply, ms)]

    async def _forget_old(self) -> None:
        """Nightly: conversations older than the promised number of days (shown on /privacy) are removed."""
        before = clock.now() - timedelta(days=self._settings.web_keep_days)
        old = await asyncio.to_thread(self._bus.forget, before)
        assert self.assistant is not None
        for conversation in old:
            await self.assistant.forget(conversation)
        _log.info("retention", conversations=len(old), before=before.date().isoformat())

    @staticmethod
    def _failed(event: Event) -> list[Delivery]:
        return [_delivery(event, Reply(intents=[Intent.OUT_OF_SCOPE], reply=say.ERROR), 0.0)]


def _delivery(event: Event, reply: Reply, ms: float) -> Delivery:
    payload: dict[str, Any] = {"reply": reply.model_dump(mode="json"), "ms": ms}
    return Delivery(event.payload["channel"], event.conversation, payload)


def _finished(deliveries: list[Delivery]) -> Finished:
    payload = deliveries[0].payload
    return Finished(Reply.model_validate(payload["reply"]), float(payload["ms"]))
