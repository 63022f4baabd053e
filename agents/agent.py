"""What every tool agent is: it names its intents and answers one frame at a time."""

from datetime import date, datetime
from typing import Protocol

from agents.state import Answer, Frame, Intent, Memory, Turn


class Agent(Protocol):
    """A tool agent. It reads the frame and the memory, calls tools, and returns words; it never sends anything itself.

    Side effects go through tools with an idempotency key made from `turn.event_id`, so a node that runs twice acts once.
    """

    name: str
    intents: frozenset[Intent]

    async def handle(self, frame: Frame, turn: Turn, memory: Memory) -> Answer:
        """Answer one frame. Raises only on faults of the program; what a person did wrong is answered in words."""
        ...


def today(turn: Turn) -> date:
    """The day of a turn in its own offset (Asia/Taipei by contract)."""
    return datetime.fromisoformat(turn.now).date()
