"""A conversation over HTTP goes on where it stood when the service was stopped and started again, on each database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

import server
from agents.assistant import Assistant, build_assistant, checkpointer_for
from agents.state import Turn
from bots.channel import Inbound
from bots.conversations import Conversations
from core.bus import Bus
from core.db import Database, migrate
from core.settings import Settings
from knowledge.records import County
from tests.agents.test_graph import Keywords, Names

Cookies = dict[str, str]


@pytest.fixture
def served(settings: Settings, database: Database, county: County, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The server's own parts, but a small county and understanding; checkpointer, bus and database are the real ones."""

    @asynccontextmanager
    async def small(settings: Settings, *, durable: bool = False) -> AsyncIterator[Assistant]:
        assert durable
        async with checkpointer_for(settings) as checkpointer:
            yield build_assistant(county, Keywords(), Names(), Names(), None, checkpointer)

    monkeypatch.setattr(server, "open_assistant", small)
    return settings


@asynccontextmanager
async def service(settings: Settings, cookies: Cookies) -> AsyncIterator[httpx.AsyncClient]:
    """The service from start to stop, and a browser that keeps its cookie over restarts."""
    app = server.create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://steward", cookies=cookies) as client,
    ):
        yield client
        cookies.update(client.cookies)


async def say(client: httpx.AsyncClient, text: str, **more: str) -> Any:
    answer = await client.post(
        "/api/v1/chat", json={"session": "s", "text": text, **more}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_subject_of_a_conversation_survives_a_restart(served: Settings) -> None:
    cookies: Cookies = {}
    async with service(served, cookies) as client:
        assert (await client.get("/readyz")).json()["ready"]
        first = await say(client, "敬老津貼多少錢", id="one")
    async with service(served, cookies) as client:
        follow_up = await say(client, "那第二胎呢", id="two")
        again = await say(client, "敬老津貼多少錢", id="one")
        past = (await client.get("/api/v1/chat/s/history")).json()["exchanges"]
    assert follow_up["programmes"][0] == "allowance"
    assert "222" in follow_up["reply"]
    assert again == first
    assert [exchange["text"] for exchange in past] == ["敬老津貼多少錢", "那第二胎呢"]


ODD = ["津貼\x00", "津貼\u2028\u0085", "津貼🧓🏽" * 50, "津貼'; DROP TABLE inbox; --", '津貼{"$":1}\\']


async def test_odd_text_is_stored_and_answered_on_every_database(served: Settings) -> None:
    cookies: Cookies = {}
    async with service(served, cookies) as client:
        first = [await say(client, text, id=f"odd\x00{number}") for number, text in enumerate(ODD)]
    async with service(served, cookies) as client:
        again = [await say(client, text, id=f"odd\x00{number}") for number, text in enumerate(ODD)]
        follow_up = await say(client, "文件呢")
    assert first == again
    assert follow_up["programmes"][0] == "allowance"


async def test_a_channel_that_lets_odd_text_through_is_answered_too(
    served: Settings, database: Database, county: County
) -> None:
    """Webhooks hand over what people and platforms send: NUL, which PostgreSQL cannot store, and half a character."""
    bus = Bus(served, database)
    conversations = Conversations(bus, served)
    async with checkpointer_for(served) as checkpointer:
        conversations.assistant = build_assistant(county, Keywords(), Names(), Names(), None, checkpointer)
        await bus.start()
        try:
            for number, text in enumerate([*ODD, "津貼\ud83d"]):
                await conversations.submit(Inbound(f"e{number}", "web", "c", text))
                finished = await conversations.reply(f"e{number}", 10)
                assert finished is not None
                assert finished.reply.programmes[:1] == ["allowance"], text
        finally:
            await bus.stop()


async def test_what_a_person_may_have_forgotten_is_gone_from_the_database(served: Settings, database: Database) -> None:
    cookies: Cookies = {}
    async with service(served, cookies) as client:
        await say(client, "敬老津貼多少錢")
        with database.begin() as connection:
            conversation = connection.execute(sa.text("SELECT conversation FROM inbox")).scalar_one()
    async with checkpointer_for(served) as checkpointer:
        config: Any = {"configurable": {"thread_id": conversation}}
        assert await checkpointer.aget_tuple(config) is not None
        await checkpointer.adelete_thread(conversation)
        assert await checkpointer.aget_tuple(config) is None


@pytest.mark.postgres
async def test_a_restart_of_the_database_costs_no_turn(postgres: Settings, county: County) -> None:
    migrate(postgres)
    cut = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with checkpointer_for(postgres) as checkpointer:
        assistant = build_assistant(county, Keywords(), Names(), Names(), None, checkpointer)
        turn = {"conversation": "c", "now": "2026-11-24T09:00:00+08:00"}
        await assistant.answer(Turn.model_validate({**turn, "event_id": "1", "text": "敬老津貼多少錢"}))
        other = Database(postgres)
        with other.begin() as connection:
            assert connection.execute(cut).rowcount >= 1
        other.dispose()
        reply, _ = await assistant.answer(Turn.model_validate({**turn, "event_id": "2", "text": "那第二胎呢"}))
    assert reply.programmes[0] == "allowance"
