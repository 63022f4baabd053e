"""The server-sent events of one turn. They are derived from the stored reply alone, so that a stream can be
resumed at any event, also by a server that was started since."""

import json
import re
from collections.abc import Iterator
from typing import Any

from fastapi.sse import format_sse_event

from bots.web import messages
from bots.web.ports import Finished

_PIECE = re.compile(r".{1,39}?(?:[。、.!?;:,\uff01\uff1f\uff1b\uff1a\uff0c]{1,3}|$)|.{1,39}|\n+")
_RETRY_MS = 1_000


def pieces(text: str) -> list[str]:
    """The text in parts of some 40 characters, cut behind punctuation and at line ends; joined they are the text."""
    return _PIECE.findall(text)


def encode(event: str, data: dict[str, Any], id: str | None = None, retry: int | None = None) -> bytes:
    """One event on the wire; the data is JSON in UTF-8."""
    return format_sse_event(event=event, data_str=json.dumps(data, ensure_ascii=False), id=id, retry=retry)


def opening(event_id: str) -> bytes:
    """Event 0, sent as soon as the message is accepted."""
    return encode("status", {"state": "working", "text": messages.WORKING}, f"{event_id}:0", _RETRY_MS)


def rest(event_id: str, finished: Finished) -> Iterator[tuple[int, bytes]]:
    """Events 1… of a finished turn, numbered: the deltas, the message, done."""
    number = 0
    for number, piece in enumerate(pieces(finished.reply.reply), start=1):
        yield number, encode("delta", {"text": piece}, f"{event_id}:{number}")
    yield number + 1, encode("message", finished.turn(), f"{event_id}:{number + 1}")
    yield number + 2, encode("done", {"event": event_id}, f"{event_id}:{number + 2}")


def last_seen(header: str | None) -> tuple[str, int] | None:
    """`Last-Event-ID` as (event id, number); None when it is missing or not one of ours."""
    event_id, _, number = (header or "").rpartition(":")
    return (event_id, int(number)) if event_id and number.isascii() and number.isdigit() and len(number) < 7 else None
