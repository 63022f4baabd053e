"""The trained understanding. Model and classifier are cached in a folder that all test runs share."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.state import Context, Role, Turn, Understood
from agents.understanding.borders import BorderedUnderstanding
from agents.understanding.embedded import EmbeddedUnderstanding
from agents.understanding.training import train
from core.settings import Settings
from knowledge import model_files
from knowledge.embeddings import BUNDLED, Embedder, load_embedder
from knowledge.records import get_county

NOW = "2026-11-24T10:00:00+08:00"
Reader = Callable[..., Understood]


def _shared_home() -> Path:
    return Path(os.environ.get("STEWARD_HOME", Path(__file__).parents[3] / "var")).resolve()


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled embedder; the tests that need it are skipped when the model cannot be had."""
    settings = Settings(home=_shared_home(), embeddings="")
    try:
        model_files.fetch(BUNDLED, settings)
    except model_files.ModelError as error:
        pytest.skip(f"the embedding model is not here and cannot be fetched: {error}")
    return load_embedder(settings)


@pytest.fixture(scope="session")
def understanding(embedder: Embedder) -> EmbeddedUnderstanding:
    """The embedded understanding without slots."""
    settings = Settings(home=_shared_home(), embeddings="")
    return EmbeddedUnderstanding(embedder, train(settings, embedder, county=get_county()))


@pytest.fixture(scope="session")
def read(understanding: EmbeddedUnderstanding) -> Reader:
    """read(text, role="citizen", context=None) → Understood, as the assistant has it: with the borders kept."""
    programmes = get_county().programmes.values()
    bordered = BorderedUnderstanding(understanding, [n for p in programmes for n in (p.name, *p.aliases)])

    def ask(text: str, role: Role = "citizen", context: Context | None = None) -> Understood:
        turn = Turn(event_id="e", conversation="c", text=text, role=role, now=NOW)
        return asyncio.run(bordered.understand(turn, context or Context()))

    return ask


@pytest.fixture(scope="session")
def intents(read: Reader) -> Callable[..., list[str]]:
    """The intents alone, as programs see them."""

    def ask(text: str, role: Role = "citizen", context: Context | None = None) -> list[str]:
        return [frame.intent.value for frame in read(text, role, context).frames]

    return ask
