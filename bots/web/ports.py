"""What the web channel needs from the rest of the house. `server.py` gives it the bus and the graph."""

from dataclasses import dataclass
from typing import Protocol

from fastapi import Request

from agents.state import Reply, Role
from bots.channel import Inbound


class ChatUnavailableError(Exception):
    """The message cannot be accepted or answered now (database away, queue full). Sending again later is right."""


@dataclass(frozen=True)
class Finished:
    """A stored final reply. `ms`: how long the turn took; stored with it, so a repeat shows the same object."""

    reply: Reply
    ms: float

    def turn(self) -> dict[str, object]:
        """The turn object of CONTRACTS 1 with `attachments` and `quick_replies`."""
        return {**self.reply.model_dump(mode="json"), "ms": round(self.ms, 1)}


@dataclass(frozen=True)
class Exchange:
    """A message of the person and its reply (None while it is being answered), for the history.

    `message_id`: `Inbound.extra["message_id"]`, the id that the client gave, or "" if it gave none.
    `received_at`: ISO 8601 with offset.
    """

    event_id: str
    message_id: str
    text: str
    received_at: str
    finished: Finished | None = None


class Chat(Protocol):
    """The conversation behind the channel. Every method may raise `ChatUnavailableError`."""

    async def submit(self, inbound: Inbound) -> bool:
        """Accept a message durably. False when `inbound.id` was accepted before (nothing happens then)."""
        ...

    async def reply(self, event_id: str, timeout_s: float) -> Finished | None:
        """The final reply to an accepted message, waiting up to `timeout_s` seconds; None when it is not there yet.

        Safe to cancel, and to call again at any later time: also after a restart it gives the same object.
        """
        ...

    async def history(self, conversation: str, limit: int) -> list[Exchange]:
        """The last `limit` exchanges of a conversation, oldest first; empty when there is none."""
        ...


@dataclass(frozen=True)
class Speaker:
    """Who speaks. `subject` is unique per person or visitor and never shown; `citizen`: id of a verified citizen."""

    subject: str
    role: Role = "citizen"
    citizen: str | None = None


class SignIn(Protocol):
    """Recognises a signed-in person by cookie or bearer token (staff console, verified citizen)."""

    async def speaker(self, request: Request) -> Speaker | None:
        """The person that the request's own credentials prove; None for a visitor."""
        ...
