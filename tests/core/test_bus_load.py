"""The bus under many conversations at once, and over several processes."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.bus import Bus, Delivery, Event
from core.db import Database, migrate
from core.settings import Settings
from tests.core.test_bus import ROOT, echoing, message, running


async def test_a_hundred_conversations_at_once_do_not_wait_for_each_other(
    settings: Settings, database: Database
) -> None:
    """More conversations than the database has connections: none may hold one while its handler works."""
    together = 0
    most = 0

    async def slow(event: Event) -> list[Delivery]:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(1.5)
        together -= 1
        return [Delivery("web", event.conversation, event.payload)]

    bus = Bus(settings, database)
    bus.on("message", slow)
    bus.channel("web", None)
    async with running(bus):
        started = time.monotonic()
        await asyncio.gather(*(bus.publish(message(0, f"k{number}")) for number in range(100)))
        answers = await asyncio.gather(*(bus.wait(f"k{number}-0", 20) for number in range(100)))
    assert all(answer is not None for answer in answers)
    assert most > 60
    assert time.monotonic() - started < 18


WORKER = """
import asyncio, json, sys
from pathlib import Path
from core.bus import Bus, Event
from core.db import Database
from core.settings import Settings

settings = Settings(**json.loads(sys.argv[1]), _env_file=None)
log, numbers = Path(sys.argv[2]), json.loads(sys.argv[3])

def write(*line):
    with log.open("a") as f:
        f.write(json.dumps(line) + "\\n")

async def work(event):
    write("begin", event.conversation, event.id)
    await asyncio.sleep(0.01)
    write("end", event.conversation, event.id)
    return []

async def main():
    bus = Bus(settings, Database(settings))
    bus.on("message", work)
    await bus.start()
    print("ready", flush=True)
    sys.stdin.readline()
    events = [Event(f"{c}-{n}", "message", c, {}) for n in numbers for c in ("a", "b", "c")]
    await asyncio.gather(*(bus.publish(event) for event in events))
    for event in events:
        assert await bus.wait(event.id, 30) is not None
    await bus.stop()

asyncio.run(main())
"""


@pytest.mark.postgres
def test_two_processes_handle_a_conversation_one_event_at_a_time(postgres: Settings, tmp_path: Path) -> None:
    """Both get the same webhooks (a load balancer, a repeated delivery): half of the events come to both."""
    migrate(postgres)
    config = json.dumps({"home": str(tmp_path), "database_url": postgres.database_url})
    log = tmp_path / "log.jsonl"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, config, str(log), json.dumps(numbers)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for numbers in (list(range(20)), list(range(10, 30)))
    ]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline().strip() == "ready"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert [worker.wait(60) for worker in workers] == [0, 0]
    open_now: dict[str, str] = {}
    handled: list[str] = []
    for line in log.read_text().splitlines():
        what, conversation, event = json.loads(line)
        if what == "begin":
            assert conversation not in open_now, f"{event} began while {open_now[conversation]} was under way"
            open_now[conversation] = event
        else:
            assert open_now.pop(conversation) == event
            handled.append(event)
    assert sorted(handled) == sorted(f"{c}-{n}" for c in "abc" for n in range(30))


@pytest.mark.postgres
async def test_after_the_database_cut_every_connection_the_next_message_is_answered(postgres: Settings) -> None:
    migrate(postgres)
    database = Database(postgres)
    cut = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with running(echoing(postgres, database)) as bus:
        await bus.publish(message(0))
        assert await bus.wait("c-0", 5)
        other = Database(postgres)
        with other.begin() as connection:
            connection.execute(cut)
        other.dispose()
        for number in (1, 2):
            await bus.publish(message(number))
            deliveries = await bus.wait(f"c-{number}", 10)
            assert deliveries is not None
            assert deliveries[0].payload == {"text": str(number)}
    database.dispose()
