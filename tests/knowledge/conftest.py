"""Fixtures of the knowledge room. The model is fetched once into a folder that all test runs share."""

import os
from pathlib import Path

import pytest

from core.settings import Settings
from knowledge import model_files
from knowledge.embeddings import BUNDLED, Embedder, load_embedder


def _shared_home() -> Path:
    return Path(os.environ.get("STEWARD_HOME", Path(__file__).parents[2] / "var")).resolve()


@pytest.fixture(scope="session")
def model_settings() -> Settings:
    """Settings whose home holds the bundled model; the tests that need it are skipped when it cannot be had."""
    settings = Settings(home=_shared_home(), embeddings="")
    try:
        model_files.fetch(BUNDLED, settings)
    except model_files.ModelError as error:
        pytest.skip(f"the embedding model is not here and cannot be fetched: {error}")
    return settings


@pytest.fixture(scope="session")
def embedder(model_settings: Settings) -> Embedder:
    """The bundled embedder."""
    return load_embedder(model_settings)


@pytest.fixture
def home(tmp_path: Path, model_settings: Settings) -> Settings:
    """An own empty data folder with the shared model in it."""
    (tmp_path / "models").symlink_to(model_settings.home / "models")
    return Settings(home=tmp_path, embeddings="")
