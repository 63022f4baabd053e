"""The assistant: the graph with everything it needs, behind one method. Server, CLI and tests all come in here."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from agents.agent import Agent
from agents.compose import Composer
from agents.concierge import Concierge, UnitFinder
from agents.graph import Nodes, build_graph
from agents.programme_answer import ProgrammeAnswerer, Relevance
from agents.state import Reply, Turn
from agents.transport import TransportAgent
from agents.understanding.port import Understanding
from agents.welfare import ProgrammeFinder, WelfareAgent
from core.models import LanguageModel
from core.settings import Settings
from knowledge.records import County


class Assistant:
    """Answers turns. Safe for concurrent conversations; the caller keeps one conversation's turns in order."""

    def __init__(self, nodes: Nodes, checkpointer: "BaseCheckpointSaver[Any]") -> None:
        self._checkpointer = checkpointer
        self._graph = build_graph(nodes).compile(checkpointer=checkpointer)

    async def forget(self, conversation: str) -> None:
        """Remove what a conversation left in the checkpointer."""
        await self._checkpointer.adelete_thread(conversation)

    async def answer(self, turn: Turn) -> tuple[Reply, float]:
        """The reply to a turn and the milliseconds it took. The same event id gives the same reply again."""
        started = time.perf_counter()
        state = await self._graph.ainvoke(
            {"turn": turn},
            config={"configurable": {"thread_id": turn.conversation}},
            durability="exit",
        )
        reply: Reply = state["reply"]
        return reply, (time.perf_counter() - started) * 1000


def build_assistant(
    county: County,
    understanding: Understanding,
    programmes: ProgrammeFinder,
    units: UnitFinder,
    model: LanguageModel | None = None,
    checkpointer: "BaseCheckpointSaver[Any] | None" = None,
    relevance: Relevance | None = None,
) -> Assistant:
    """Wire the agents. Every agent of the house is listed here, once."""
    answerer = ProgrammeAnswerer(county, relevance)
    welfare = WelfareAgent(county, programmes, answerer)
    agents: list[Agent] = [welfare, TransportAgent(county, welfare)]
    nodes = Nodes(understanding, agents, Concierge(county, units, answerer, programmes), Composer(model))
    return Assistant(nodes, checkpointer or InMemorySaver())


@asynccontextmanager
async def checkpointer_for(settings: Settings) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    """The conversation store: SQLite beside the database file, or tables in PostgreSQL (through a pool)."""
    url = settings.resolved_database_url()
    if url.startswith("postgresql"):
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
        from psycopg.rows import dict_row
        from psycopg_pool import AsyncConnectionPool

        plain = url.replace("postgresql+psycopg://", "postgresql://")
        options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
        # Checked before use: after the database was restarted, eight turns would fail on eight dead connections.
        check = AsyncConnectionPool.check_connection
        async with AsyncConnectionPool(plain, min_size=1, max_size=8, kwargs=options, check=check, open=False) as pool:
            postgres = AsyncPostgresSaver(pool)  # type: ignore[arg-type]
            await postgres.setup()
            yield postgres
    else:
        import aiosqlite
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        settings.home.mkdir(parents=True, exist_ok=True)
        async with aiosqlite.connect(settings.home / "conversations.sqlite") as connection:
            await connection.execute("PRAGMA journal_mode=WAL")
            # The inbox is the durable record; a checkpoint lost to a power cut is a turn that runs again.
            await connection.execute("PRAGMA synchronous=NORMAL")
            sqlite = AsyncSqliteSaver(connection)
            await sqlite.setup()
            yield sqlite
