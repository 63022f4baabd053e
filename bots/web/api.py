"""The HTTP chat (CONTRACTS 5): a message in, its answer as server-sent events or as one JSON object.

Who speaks comes from the cookie or the sign-in. The body only carries the text, the name of a conversation among
the speaker's own, and an id by which a repeated message is recognised.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bots.channel import Inbound
from bots.web import events, messages
from bots.web.limits import PER_ADDRESS, PER_CONVERSATION, Buckets, address_key
from bots.web.ports import Chat, ChatUnavailableError, Exchange, Finished, SignIn, Speaker
from bots.web.problems import MEDIA_TYPE, SCHEMA, ProblemError, ProblemRoute
from bots.web.visitors import Visit, Visitors, demo_rider
from core import clock

CHANNEL = "web"
BODY_MAX = 12 * messages.TEXT_MAX + 4_096  # bytes: a character outside the BMP escaped in JSON takes twelve
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class ChatMessage(BaseModel):
    """The body of POST /api/v1/chat. Unknown members are ignored: they can raise no rights."""

    model_config = ConfigDict(strict=True, extra="ignore")

    session: str = Field(min_length=1, max_length=100, description="name of a conversation among the speaker's own")
    text: str = Field(max_length=messages.TEXT_MAX, description="what the person says")
    id: str | None = Field(
        None, min_length=1, max_length=100, description="the client's id of this message; repeating it repeats nothing"
    )


@dataclass(frozen=True)
class ChatDeps:
    """What the chat routes work with. Times in seconds."""

    chat: Chat
    visitors: Visitors
    demo: bool = False  # Settings.demo
    sign_in: SignIn | None = None
    per_conversation: Buckets = field(default_factory=lambda: Buckets(PER_CONVERSATION))
    per_address: Buckets = field(default_factory=lambda: Buckets(PER_ADDRESS))
    patience_s: float = 120  # how long a request waits for its answer
    keep_alive_s: float = 15  # a comment is sent after so long a silence, so that proxies keep the stream open


@dataclass(frozen=True)
class _Asked:
    """A request after its credentials were read."""

    speaker: Speaker
    conversation: str
    visit: Visit | None  # whose cookie to send; None when the speaker is known by other means


def chat_router(deps: ChatDeps) -> APIRouter:
    """POST /api/v1/chat, GET /api/v1/chat/welcome and GET /api/v1/chat/{session}/history."""
    router = APIRouter(prefix="/api/v1/chat", tags=["chat"], route_class=ProblemRoute)

    @router.post(
        "",
        summary="Send a message and get its answer",
        # Not response_class=EventSourceResponse: FastAPI would take the function for a generator, and JSON has to be
        # possible too. The events are encoded by fastapi.sse all the same.
        response_class=Response,
        responses=_RESPONSES,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": ChatMessage.model_json_schema()}},
            },
            "parameters": [
                {
                    "name": "Last-Event-ID",
                    "in": "header",
                    "schema": {"type": "string"},
                    "description": "id of the last event received: the stream goes on behind it",
                }
            ],
        },
    )
    async def chat(request: Request) -> Response:
        """Server-sent events `status`, `delta`…, `message`, `done`, or by `Accept: application/json` the message."""
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise ProblemError(403, "cross_site", *messages.CROSS_SITE)
        body = await _message(request)
        asked = await _asked(deps, request, body.session)
        event_id, last = _event(deps.visitors, asked.conversation, body, request.headers.get("last-event-id"))
        if last is None:  # a resumed stream is no new message
            _limit(deps, request, asked.conversation)
        try:
            await deps.chat.submit(_inbound(asked, event_id, body))
        except ChatUnavailableError as error:
            raise ProblemError(503, "unavailable", *messages.UNAVAILABLE, headers={"Retry-After": "5"}) from error
        if prefers_json(request.headers.get("accept", "")):
            response: Response = await _whole(deps, event_id)
        else:
            response = EventSourceResponse(
                _stream(deps, event_id, -1 if last is None else last),
                headers={**_NO_STORE, "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"},
            )
        if asked.visit and asked.visit.renew:
            deps.visitors.remember(request, response, asked.visit)
        return response

    @router.get("/welcome", summary="The greeting, and whether this browser's cookie is known")
    async def welcome(request: Request) -> Response:
        """The first words and quick replies. `remembered` is false when the browser sends no valid cookie."""
        return JSONResponse(
            {
                "reply": messages.WELCOME,
                "quick_replies": [reply.model_dump() for reply in messages.WELCOME_REPLIES],
                "remembered": deps.visitors.read(request) is not None,
            },
            headers=_NO_STORE,
        )

    @router.get("/{session}/history", summary="The last exchanges of one's own conversation")
    async def history(request: Request, session: str, limit: Annotated[int, Query(ge=1, le=100)] = 30) -> Response:
        """Oldest first; empty for a conversation that the speaker does not have."""
        asked = await _asked(deps, request, session)
        try:
            exchanges = await deps.chat.history(asked.conversation, limit)
        except ChatUnavailableError as error:
            raise ProblemError(503, "unavailable", *messages.UNAVAILABLE, headers={"Retry-After": "5"}) from error
        shown = [_shown(exchange) for exchange in exchanges]
        return JSONResponse({"session": session, "exchanges": shown}, headers=_NO_STORE)

    return router


def prefers_json(accept: str) -> bool:
    """Whether an Accept header ranks application/json above text/event-stream (RFC 9110, 12.5.1)."""
    ranks: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, *parameters = (item.strip() for item in part.split(";"))
        quality = next((item[2:] for item in parameters if item.startswith("q=")), "1")
        try:
            ranks[kind] = float(quality)
        except ValueError:
            ranks[kind] = 0.0
    stream = ranks.get("text/event-stream", ranks.get("text/*", ranks.get("*/*", 0.0)))
    whole = ranks.get("application/json", 0.0)
    # A named type beats a wildcard of the same quality: "application/json, */*" asks for JSON.
    return whole > stream or (whole > 0 and whole == stream and "text/event-stream" not in ranks)


async def _message(request: Request) -> ChatMessage:
    """The body, or the problem with it. Read by hand: every way of being broken gets its own sentence."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":  # also keeps plain HTML forms of other sites out
        raise ProblemError(415, "content_type", *messages.BAD_TYPE)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_MAX:
            raise ProblemError(413, "too_long", *messages.TOO_LONG)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(400, "encoding", *messages.BAD_UTF8) from error
    try:
        body = ChatMessage.model_validate_json(bytes(raw))
    except ValidationError as error:
        raise _body_problem(error) from error
    if not body.text.strip():
        raise ProblemError(422, "empty", *messages.EMPTY)
    return body


def _body_problem(error: ValidationError) -> ProblemError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return ProblemError(400, "json", *messages.BAD_JSON)
    if place == "text" and first["type"] == "string_too_long":
        return ProblemError(413, "too_long", *messages.TOO_LONG)
    if place == "text" and first["type"] == "missing":
        return ProblemError(422, "empty", *messages.EMPTY)
    if not place:
        return ProblemError(422, "json", *messages.BAD_JSON)
    title, detail = messages.BAD_FIELD
    return ProblemError(422, "field", title, detail.format(field=place))


async def _asked(deps: ChatDeps, request: Request, session: str) -> _Asked:
    """Who asks, and in which conversation."""
    speaker = await deps.sign_in.speaker(request) if deps.sign_in else None
    if speaker is None and deps.demo:
        speaker = demo_rider(request, session)
    visit = None
    if speaker is None:
        visit = deps.visitors.read(request) or deps.visitors.new()
        speaker = Speaker(subject=f"visit:{visit.id}")
    return _Asked(speaker, deps.visitors.conversation(speaker, session), visit)


def _event(
    visitors: Visitors, conversation: str, body: ChatMessage, last_event_id: str | None
) -> tuple[str, int | None]:
    """The event id of a message, and the number of the last event received when this is a resumed stream.

    With a client's id the event id follows from it. Without one it is new, unless `Last-Event-ID` names an event of
    this conversation that was made for the same text: the part before "~" is random, the part behind it is signed.
    """
    seen = events.last_seen(last_event_id)
    if body.id is not None:
        event_id = visitors.event_id(conversation, body.id)
        return event_id, seen[1] if seen and seen[0] == event_id else None
    if seen and "~" in seen[0]:
        nonce = seen[0].rpartition("~")[2]
        if seen[0] == _unnamed_event(visitors, conversation, body.text, nonce):
            return seen[0], seen[1]
    return _unnamed_event(visitors, conversation, body.text, secrets.token_hex(6)), None


def _unnamed_event(visitors: Visitors, conversation: str, text: str, nonce: str) -> str:
    return f"{visitors.event_id(conversation, f'{nonce}~{text}')}~{nonce}"


def _limit(deps: ChatDeps, request: Request, conversation: str) -> None:
    address = address_key(request.client.host if request.client else None)
    seconds = deps.per_address.wait(address) if address else 0
    seconds = seconds or deps.per_conversation.wait(conversation)
    if seconds:
        title, detail = messages.TOO_FAST
        raise ProblemError(429, "too_fast", title, detail.format(seconds=seconds), {"Retry-After": str(seconds)})


def _inbound(asked: _Asked, event_id: str, body: ChatMessage) -> Inbound:
    return Inbound(
        id=event_id,
        channel=CHANNEL,
        conversation=asked.conversation,
        text=body.text.replace("\x00", ""),  # PostgreSQL cannot store NUL in a text
        role=asked.speaker.role,
        citizen=asked.speaker.citizen,
        received_at=clock.now().isoformat(),
        extra={"message_id": body.id or ""},
    )


async def _whole(deps: ChatDeps, event_id: str) -> Response:
    try:
        finished = await deps.chat.reply(event_id, deps.patience_s)
    except ChatUnavailableError as error:
        raise ProblemError(503, "unavailable", *messages.UNAVAILABLE, headers={"Retry-After": "5"}) from error
    if finished is None:
        raise ProblemError(504, "late", *messages.LATE, headers={"Retry-After": "10"})
    return JSONResponse(finished.turn(), headers=_NO_STORE)


async def _stream(deps: ChatDeps, event_id: str, last: int) -> AsyncIterator[bytes]:
    """The events behind number `last`. A `problem` event without an id ends a stream that could not be finished;
    repeating the request with the same id and `Last-Event-ID` goes on from there."""
    if last < 0:
        yield events.opening(event_id)
    end = time.monotonic() + deps.patience_s
    finished: Finished | None = None
    try:
        while finished is None and (left := end - time.monotonic()) > 0:
            finished = await deps.chat.reply(event_id, min(left, deps.keep_alive_s))
            if finished is None:
                yield KEEPALIVE_COMMENT
    except ChatUnavailableError:
        yield events.encode("problem", ProblemError(503, "unavailable", *messages.UNAVAILABLE).document())
        return
    if finished is None:
        yield events.encode("problem", ProblemError(504, "late", *messages.LATE).document())
        return
    for number, event in events.rest(event_id, finished):
        if number > last:
            yield event
            await asyncio.sleep(0)  # lets a closed connection end the loop


def _shown(exchange: Exchange) -> dict[str, Any]:
    return {
        "event": exchange.event_id,
        "id": exchange.message_id,
        "text": exchange.text,
        "at": exchange.received_at,
        "message": exchange.finished.turn() if exchange.finished else None,
    }


_PROBLEM = {"content": {MEDIA_TYPE: {"schema": SCHEMA}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events, or the final object for `Accept: application/json`",
        "content": {
            "text/event-stream": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "object"}},
        },
    },
    400: {"description": "Not JSON, or not UTF-8", **_PROBLEM},
    403: {"description": "Sent by another site", **_PROBLEM},
    413: {"description": "Longer than 20,000 characters", **_PROBLEM},
    415: {"description": "Not application/json", **_PROBLEM},
    422: {"description": "A field is missing or wrong", **_PROBLEM},
    429: {"description": "Too many messages; see Retry-After", **_PROBLEM},
    503: {"description": "Cannot accept now; see Retry-After", **_PROBLEM},
    504: {"description": "Accepted, not answered yet; repeat with the same id", **_PROBLEM},
}
