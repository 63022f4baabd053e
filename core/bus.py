"""The bus: durable events, one conversation at a time, replies stored with the fact that the event was handled.

An event is a row of `inbox`; publishing returns when it is committed. Its work runs as a DBOS workflow under the event's
own id. The workflow takes the conversation's earliest unhandled row first, so the order of acceptance decides and not the
order in which workflows start or are recovered (docs/decisions/0003). Marking an event as handled and storing its
deliveries is one transaction; deliveries are then sent in order, with a stable id, until sent or undeliverable.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
import structlog

from core.advisory import AdvisoryLocks
from core.db import Database, metadata
from core.settings import Settings
from core.telemetry import DELIVERIES, EVENTS

_log = structlog.get_logger(__name__)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("event_id", sa.String(200), nullable=False, unique=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # accepted → handled | failed
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("handled_at", sa.DateTime(timezone=True)),
    sa.Column("error", sa.Text()),
    sa.Index("ix_inbox_conversation_seq", "conversation", "seq"),
    sa.Index("ix_inbox_state", "state"),
)
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("delivery_id", sa.String(220), primary_key=True),
    sa.Column("event_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
    sa.Column("event_id", sa.String(200), nullable=False, index=True),
    sa.Column("place", sa.Integer(), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("conversation", sa.String(200), nullable=False),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("state", sa.String(14), nullable=False),  # pending → sent | undeliverable
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("next_at", sa.DateTime(timezone=True)),
    sa.Column("sent_at", sa.DateTime(timezone=True)),
    sa.Column("error", sa.Text()),
    sa.Index("ix_outbox_state", "state"),
    sa.Index("ix_outbox_conversation_channel_state", "conversation", "channel", "state"),
)

_HANDLER_PAUSES = (0.2, 1.0, 5.0)  # seconds before another try of a handler that raised
_MAX_SENDS = 12
_SWEEP_EVERY = 30.0
_LOOK_EVERY = 0.25  # seconds between two looks for an event that another process handles
_ADOPT_AFTER = timedelta(seconds=60)  # an event nobody has worked on for so long belongs to a process that died


@dataclass(frozen=True)
class Event:
    """Something that happened. `id` is the sender's own id: a second event of the same id is the same event."""

    id: str
    kind: str
    conversation: str
    payload: dict[str, Any] = field(default_factory=dict)
    received_at: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """Something to send. The bus gives it its id (event id and place), which a channel may use as its retry key."""

    channel: str
    conversation: str
    payload: dict[str, Any]
    id: str = ""
    attempt: int = 0

    @property
    def retry_key(self) -> str:
        """A UUID that stays the same for every attempt of this delivery (LINE's X-Line-Retry-Key)."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"steward:{self.id}"))


class RetryLater(Exception):
    """The channel asks for patience (rate limit, passing fault)."""

    def __init__(self, seconds: float, why: str = "") -> None:
        super().__init__(why or f"retry in {seconds} s")
        self.seconds = seconds


class Undeliverable(Exception):
    """The channel will never take this delivery (blocked, gone, refused)."""


Handler = Callable[[Event], Awaitable[list[Delivery]]]
FailureHandler = Callable[[Event], list[Delivery]]
Send = Callable[[Delivery], Awaitable[None]]
Job = Callable[[], Awaitable[None]]
_running: "Bus | None" = None  # DBOS workflows are module-level functions; this is the bus they belong to


@dataclass
class _InHand:
    """An event that this process accepted and works on: what it need not ask the database for."""

    seq: int
    conversation: str
    done: asyncio.Event = field(default_factory=asyncio.Event)
    deliveries: list[Delivery] | None = None  # None when another process handled it: they stand in the database


class Bus:
    """Accepts, orders, handles, delivers. One instance a process."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._handlers: dict[str, tuple[Handler, FailureHandler | None]] = {}
        self._channels: dict[str, Send | None] = {}
        self._jobs: dict[str, tuple[str, Job]] = {}
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._in_hand: dict[str, _InHand] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._over_all = AdvisoryLocks(database.engine.url) if database.is_postgres else None
        self._open = False

    # -- registration (before start) -----------------------------------------------------------------------------------

    def on(self, kind: str, handler: Handler, failed: FailureHandler | None = None) -> None:
        """Handle events of `kind`. The handler may run twice for one event and must then decide the same.

        `failed` says what people are told when the handler keeps raising.
        """
        self._handlers[kind] = (handler, failed)

    def channel(self, name: str, send: Send | None) -> None:
        """Deliver by `send`; None for a channel whose readers fetch stored replies themselves (web)."""
        self._channels[name] = send

    def schedule(self, name: str, cron: str, job: Job) -> None:
        """Run `job` at the times of `cron` (five fields, Asia/Taipei), once over all processes."""
        self._jobs[name] = (cron, job)

    async def run_job(self, name: str, scheduled: datetime) -> None:
        """Run a scheduled job now."""
        if name not in self._jobs:
            _log.warning("job_unknown", job=name)
            return
        _log.info("job_started", job=name, scheduled=scheduled.isoformat())
        await self._jobs[name][1]()
        _log.info("job_finished", job=name)

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Launch DBOS, take up what an earlier process left, and begin to accept."""
        global _running
        from dbos import DBOS, DBOSConfig

        config: DBOSConfig = {
            "name": "steward",
            # The same engine: one file to back up, and WAL instead of DBOS's own journal mode (3 × faster here).
            "system_database_url": self._database.engine.url.render_as_string(hide_password=False),
            "system_database_engine": self._database.engine,
            "enable_otlp": False,
            "log_level": "ERROR",
            # Fixed: the events of an older release are still ours to finish.
            "application_version": "steward",
            "executor_id": "local" if not self._database.is_postgres else str(uuid.uuid4()),
        }
        if _running is not None:
            raise RuntimeError("a bus is already running in this process")
        _running = self
        _, job_workflow = _workflows()
        DBOS(config=config)
        await asyncio.to_thread(DBOS.launch)
        known = {s["schedule_name"]: s for s in await DBOS.list_schedules_async()}
        for name, (cron, _job) in self._jobs.items():
            if name in known and known[name]["schedule"] != cron:
                await DBOS.delete_schedule_async(name)
            if name not in known or known[name]["schedule"] != cron:
                await DBOS.create_schedule_async(
                    schedule_name=name,
                    workflow_fn=job_workflow,
                    schedule=cron,
                    context=name,
                    automatic_backfill=False,
                    cron_timezone="Asia/Taipei",
                )
        self._open = True
        await self._sweep(timedelta(0))
        self._spawn(self._sweep_forever())

    async def stop(self) -> None:
        """Stop accepting, let running work end (at most five seconds), and close DBOS. What is left runs at next start."""
        global _running
        from dbos import DBOS

        self._open = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=5)
        # DBOS made its own threads the loop's default and has now ended them; whoever comes after needs some.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        if self._over_all is not None:
            await asyncio.to_thread(self._over_all.close)
        _running = None

    # -- in ------------------------------------------------------------------------------------------------------------

    async def publish(self, event: Event) -> bool:
        """Accept an event: True when it is new and committed, False when its id is known. Raises when it is not stored."""
        if event.kind not in self._handlers:
            raise ValueError(f"no handler for events of kind {event.kind}")
        seq = await self._database.brief(self._accept, event)
        if seq is None:
            EVENTS.labels(event.kind, "duplicate").inc()
            return False
        self._in_hand[event.id] = _InHand(seq, event.conversation)
        EVENTS.labels(event.kind, "accepted").inc()
        await self._begin(event.id)
        return True

    def _accept(self, event: Event) -> int | None:
        """Store an event; its number in the order of acceptance, None when its id is known."""
        row = {
            "event_id": event.id,
            "kind": event.kind,
            "conversation": event.conversation,
            "payload": json.loads(json.dumps(event.payload)),
            "state": "accepted",
            "attempts": 0,
            "received_at": event.received_at or datetime.now(UTC),
        }
        try:
            with self._database.begin() as connection:
                return int(connection.execute(sa.insert(inbox).values(row).returning(inbox.c.seq)).scalar_one())
        except sa.exc.IntegrityError:
            return None

    async def _begin(self, event_id: str) -> None:
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(event_id):
            await DBOS.start_workflow_async(_workflows()[0], event_id)

    # -- out -----------------------------------------------------------------------------------------------------------

    async def wait(self, event_id: str, seconds: float) -> list[Delivery] | None:
        """The deliveries of an event once it is handled; None when that takes longer than `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                hand = self._in_hand.get(event_id)
                if hand is not None:
                    await hand.done.wait()
                    if hand.deliveries is not None:
                        return hand.deliveries
                # Handled before, by another process (PostgreSQL), or taken up after a crash.
                while await self._database.brief(self.state_of, event_id) == "accepted":  # noqa: ASYNC110 - it is in the database
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            return None
        return await self._database.brief(self.deliveries, event_id)

    def state_of(self, event_id: str) -> str | None:
        """accepted, handled, failed; None for an unknown event. Blocking."""
        with self._database.begin() as connection:
            return connection.execute(sa.select(inbox.c.state).where(inbox.c.event_id == event_id)).scalar()

    def deliveries(self, event_id: str) -> list[Delivery]:
        """What an event led to, in order. Blocking."""
        query = sa.select(outbox).where(outbox.c.event_id == event_id).order_by(outbox.c.place)
        with self._database.begin() as connection:
            return [_delivery(row) for row in connection.execute(query)]

    def history(self, conversation: str, limit: int = 50) -> list[tuple[Event, list[Delivery]]]:
        """The last `limit` events of a conversation with what they led to, oldest first. Blocking."""
        events = sa.select(inbox).where(inbox.c.conversation == conversation).order_by(inbox.c.seq.desc()).limit(limit)
        with self._database.begin() as connection:
            rows = list(connection.execute(events))[::-1]
            if not rows:
                return []
            sent = connection.execute(
                sa.select(outbox).where(outbox.c.event_id.in_([r.event_id for r in rows])).order_by(outbox.c.place)
            )
            by_event: dict[str, list[Delivery]] = {}
            for row in sent:
                by_event.setdefault(row.event_id, []).append(_delivery(row))
        return [(_event(row), by_event.get(row.event_id, [])) for row in rows]

    def forget(self, before: datetime) -> list[str]:
        """Remove conversations whose last event is older than `before`, with their deliveries. Returns them. Blocking."""
        with self._database.begin() as connection:
            last = sa.func.max(inbox.c.received_at)
            old = sa.select(inbox.c.conversation).group_by(inbox.c.conversation).having(last < before)
            names = list(connection.execute(old).scalars())
            for start in range(0, len(names), 500):
                some = names[start : start + 500]
                connection.execute(sa.delete(outbox).where(outbox.c.conversation.in_(some)))
                connection.execute(sa.delete(inbox).where(inbox.c.conversation.in_(some)))
        return names

    # -- work ----------------------------------------------------------------------------------------------------------

    async def work(self, event_id: str) -> None:
        """Handle the conversation's events up to this one, in order, then send what they led to. Safe to run twice."""
        hand = self._in_hand.get(event_id) or await self._database.brief(self._find, event_id)
        if hand is None:
            return
        try:
            async with self._alone(f"turn:{hand.conversation}"):
                while not hand.done.is_set():
                    event = await self._database.brief(self._earliest, hand.conversation, hand.seq)
                    if event is None:
                        break
                    await self._handle(event)
                    if event.seq == hand.seq:
                        break
        finally:
            hand.done.set()
            self._in_hand.pop(event_id, None)
        for name, send in self._channels.items():
            if send is not None:
                await self._deliver_lane(hand.conversation, name, send, hand.seq)

    async def _handle(self, row: sa.Row[Any]) -> None:
        event = _event(row)
        handler, failed = self._handlers.get(row.kind, (None, None))
        error: str | None = None
        deliveries: list[Delivery] = []
        if handler is None:
            error = f"no handler for {row.kind}"
        else:
            for pause in (*_HANDLER_PAUSES, None):
                try:
                    deliveries = await handler(event)
                    error = None
                    break
                except Exception as fault:  # any fault of a handler must not stop the conversation
                    error = f"{type(fault).__name__}: {fault}"
                    _log.exception("handler_failed", event_id=event.id, kind=event.kind, retry_in=pause)
                    if pause is not None:
                        await asyncio.sleep(pause)
        if error is not None and failed is not None:
            deliveries = failed(event)
        deliveries = [replace(d, id=f"{event.id}:{place}") for place, d in enumerate(deliveries)]
        ours = await self._database.brief(self._finish, row, deliveries, error)
        hand = self._in_hand.get(event.id)
        if hand is not None:
            hand.deliveries = deliveries if ours else None
            hand.done.set()
        EVENTS.labels(event.kind, "failed" if error else "handled").inc()

    def _find(self, event_id: str) -> _InHand | None:
        query = sa.select(inbox.c.seq, inbox.c.conversation).where(inbox.c.event_id == event_id)
        with self._database.begin() as connection:
            row = connection.execute(query).first()
        return _InHand(row.seq, row.conversation) if row else None

    def _earliest(self, conversation: str, up_to: int) -> sa.Row[Any] | None:
        query = (
            sa.select(inbox)
            .where(inbox.c.conversation == conversation, inbox.c.state == "accepted", inbox.c.seq <= up_to)
            .order_by(inbox.c.seq)
            .limit(1)
        )
        with self._database.begin() as connection:
            return connection.execute(query).first()

    def _finish(self, row: sa.Row[Any], deliveries: list[Delivery], error: str | None) -> bool:
        """Mark as handled and store the deliveries: one transaction. False, and nothing, when somebody did it before."""
        now = datetime.now(UTC)
        with self._database.begin() as connection:
            done = connection.execute(
                sa.update(inbox)
                .where(inbox.c.seq == row.seq, inbox.c.state == "accepted")
                .values(state="failed" if error else "handled", handled_at=now, error=error, attempts=row.attempts + 1)
            )
            if done.rowcount != 1:
                return False
            if not deliveries:
                return True
            connection.execute(
                sa.insert(outbox),
                [
                    {
                        "delivery_id": d.id,
                        "event_seq": row.seq,
                        "event_id": row.event_id,
                        "place": place,
                        "channel": d.channel,
                        "conversation": d.conversation,
                        "payload": d.payload,
                        "state": "pending" if self._channels.get(d.channel) else "sent",
                        "attempts": 0,
                        "sent_at": None if self._channels.get(d.channel) else now,
                    }
                    for place, d in enumerate(deliveries)
                ],
            )
        return True

    # -- delivery ------------------------------------------------------------------------------------------------------

    async def _deliver_lane(self, conversation: str, channel: str, send: Send, up_to: int) -> None:
        """Send a conversation's pending deliveries in order; what must wait holds back only its own conversation."""
        async with self._alone(f"send:{channel}:{conversation}"):
            while True:
                row = await self._database.brief(self._next_pending, conversation, channel, up_to)
                if row is None:
                    return
                wait = (_aware(row.next_at) - datetime.now(UTC)).total_seconds() if row.next_at else 0.0
                if wait > 0:
                    await asyncio.sleep(wait)
                await self._send(row, send)

    async def _send(self, row: sa.Row[Any], send: Send) -> None:
        delivery = _delivery(row)
        state, error, pause = "sent", None, 0.0
        try:
            await send(delivery)
        except Undeliverable as refusal:
            state, error = "undeliverable", str(refusal)
        except RetryLater as later:
            state, error, pause = "pending", str(later), later.seconds
        except Exception as fault:  # a channel's fault must not lose the delivery
            _log.exception("delivery_failed", delivery_id=delivery.id, channel=row.channel, attempt=row.attempts + 1)
            state, error, pause = "pending", f"{type(fault).__name__}: {fault}", min(0.5 * 2**row.attempts, 300.0)
        if state == "pending" and row.attempts + 1 >= _MAX_SENDS:
            state = "undeliverable"
        if state == "undeliverable":
            _log.error("undeliverable", delivery_id=delivery.id, channel=row.channel, error=error)
        DELIVERIES.labels(row.channel, state).inc()
        now = datetime.now(UTC)
        await self._database.brief(
            self._record_send,
            row.delivery_id,
            {
                "state": state,
                "error": error,
                "attempts": row.attempts + 1,
                "sent_at": now if state == "sent" else None,
                "next_at": now + timedelta(seconds=pause) if state == "pending" else None,
            },
        )

    def _next_pending(self, conversation: str, channel: str, up_to: int) -> sa.Row[Any] | None:
        query = (
            sa.select(outbox)
            .where(
                outbox.c.conversation == conversation,
                outbox.c.channel == channel,
                outbox.c.state == "pending",
                outbox.c.event_seq <= up_to,
            )
            .order_by(outbox.c.event_seq, outbox.c.place)
            .limit(1)
        )
        with self._database.begin() as connection:
            return connection.execute(query).first()

    def _record_send(self, delivery_id: str, values: dict[str, Any]) -> None:
        with self._database.begin() as connection:
            connection.execute(sa.update(outbox).where(outbox.c.delivery_id == delivery_id).values(**values))

    # -- order, recovery -----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        """One at a time by name: an in-process lock, and on PostgreSQL an advisory lock over all processes."""
        lock, users = self._locks.get(name, (asyncio.Lock(), 0))
        self._locks[name] = (lock, users + 1)
        try:
            async with lock:
                if self._over_all is not None:
                    async with self._over_processes(name, self._over_all):
                        yield
                else:
                    yield
        finally:
            lock, users = self._locks[name]
            if users == 1:
                del self._locks[name]
            else:
                self._locks[name] = (lock, users - 1)

    @asynccontextmanager
    async def _over_processes(self, name: str, locks: AdvisoryLocks) -> AsyncIterator[None]:
        # Polled, not awaited in the database: a blocked thread could be the one the holder needs.
        while not await asyncio.to_thread(locks.try_take, name):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        try:
            yield
        finally:
            await asyncio.to_thread(locks.release, name)

    async def _sweep(self, older_than: timedelta) -> None:
        """Take up events and deliveries that nobody works on: after a crash, or when another process died."""
        before = datetime.now(UTC) - older_than
        for event_id in await asyncio.to_thread(self._left_over, before):
            self._spawn(self.work(event_id))

    def _left_over(self, before: datetime) -> list[str]:
        waiting = sa.select(inbox.c.event_id, inbox.c.seq).where(
            inbox.c.state == "accepted", inbox.c.received_at <= before
        )
        unsent = (
            sa.select(inbox.c.event_id, inbox.c.seq)
            .join(outbox, outbox.c.event_id == inbox.c.event_id)
            .where(
                outbox.c.state == "pending",
                inbox.c.received_at <= before,
                sa.or_(outbox.c.next_at.is_(None), outbox.c.next_at <= datetime.now(UTC)),
            )
        )
        with self._database.begin() as connection:
            rows = {r.event_id: r.seq for query in (waiting, unsent) for r in connection.execute(query)}
        return sorted(rows, key=lambda event_id: rows[event_id])

    async def _sweep_forever(self) -> None:
        while self._open:
            await asyncio.sleep(_SWEEP_EVERY)
            await self._sweep(_ADOPT_AFTER)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            _log.error("bus_task_failed", error=repr(task.exception()))


async def handle_event(event_id: str) -> None:
    """The workflow of one event; DBOS knows it as steward.event."""
    if _running is not None:
        await _running.work(event_id)


async def run_job(scheduled: datetime, name: str) -> None:
    """The workflow of a scheduled job; DBOS knows it as steward.job and sees to it that one process runs it."""
    if _running is not None:
        await _running.run_job(name, scheduled)


_EventWorkflow = Callable[[str], Coroutine[Any, Any, None]]
_JobWorkflow = Callable[[datetime, Any], Coroutine[Any, Any, None]]


@lru_cache(maxsize=1)
def _workflows() -> tuple[_EventWorkflow, _JobWorkflow]:
    """Both workflows, registered with DBOS once a process (imported late: the command line starts without DBOS)."""
    from dbos import DBOS

    return DBOS.workflow(name="steward.event")(handle_event), DBOS.workflow(name="steward.job")(run_job)


def _event(row: sa.Row[Any]) -> Event:
    return Event(row.event_id, row.kind, row.conversation, row.payload, _aware(row.received_at))


def _delivery(row: sa.Row[Any]) -> Delivery:
    return Delivery(row.channel, row.conversation, row.payload, row.delivery_id, row.attempts)


def _aware(moment: datetime) -> datetime:
    """SQLite gives times back without their offset; they were written in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
