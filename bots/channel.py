"""What every channel has in common: a message in, a message out, and what the channel can show."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from agents.state import Reply, Role


@dataclass(frozen=True)
class Inbound:
    """A message as the bus carries it.

    `id` is the channel's own event id, by which a repeat is recognised; `conversation` orders messages and keys memory.
    """

    id: str
    channel: str
    conversation: str
    text: str
    role: Role = "citizen"
    citizen: str | None = None
    received_at: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outbound:
    """A reply on its way out. `id` = event id + ":" + place, so a repeat is recognised."""

    id: str
    channel: str
    conversation: str
    reply: Reply


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show; renderers look here instead of asking for the channel's name."""

    quick_replies: int
    text_limit: int  # UTF-16 code units
    streaming: bool = False
    buttons: bool = False
    media: bool = False


class Channel(Protocol):
    """A way to people."""

    name: str
    capabilities: Capabilities

    async def send(self, outbound: Outbound) -> Literal["sent", "duplicate"]:
        """Deliver once. Raises `core.bus.RetryLater` or `core.bus.Undeliverable`."""
        ...
