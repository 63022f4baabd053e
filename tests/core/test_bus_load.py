"""The bus under many conversations at once, and over several processes."""

import asyncio
import time

from core.bus import Bus, Delivery, Event
from core.db import Database
from core.settings import Settings
from tests.core.test_bus import message, running


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
