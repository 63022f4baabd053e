"""The composition root: settings in, one FastAPI application out. It wires rooms together and holds no logic of its own."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from agents.wiring import open_assistant
from bots.conversations import Conversations
from bots.operations import operations_router
from bots.web.api import ChatDeps, chat_router
from bots.web.pages import pages_router
from bots.web.visitors import Visitors, load_key
from core.bus import Bus
from core.db import Database
from core.settings import Settings, get_settings
from core.telemetry import configure_logging, http_telemetry


def create_app(settings: Settings) -> FastAPI:
    """The whole service. It expects what `steward serve` prepares: model, migrated database, indexes."""
    database = Database(settings)
    bus = Bus(settings, database)
    conversations = Conversations(bus, settings)
    visitors = Visitors(load_key(settings.home, settings.web_session_key.get_secret_value()), settings.web_visit_days)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.callback(database.dispose)
            conversations.assistant = await stack.enter_async_context(open_assistant(settings, durable=True))
            await bus.start()
            stack.push_async_callback(bus.stop)
            # What was loaded stays for good: the garbage collector need not walk it at every turn.
            gc.collect()
            gc.freeze()
            app.state.ready = True
            yield
            app.state.ready = False

    app = FastAPI(
        title="縣民管家 Steward",
        version="1",
        lifespan=lifespan,
        telemetry=http_telemetry(settings),  # type: ignore[arg-type]
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(operations_router(database))
    app.include_router(chat_router(ChatDeps(conversations, visitors, demo=settings.demo)))
    app.include_router(
        pages_router(
            visitors,
            embed_sites=settings.web_embed_sites,
            visit_days=settings.web_visit_days,
            keep_days=settings.web_keep_days,
        )
    )
    return app


def app_from_environment() -> FastAPI:
    """Entry point for uvicorn: settings from the environment."""
    settings = get_settings()
    configure_logging(settings)
    return create_app(settings)
