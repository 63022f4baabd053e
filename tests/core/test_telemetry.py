"""Logs: as loud as the settings say, whatever a library thinks."""

import logging
from collections.abc import Iterator

import pytest

from core.settings import Settings
from core.telemetry import configure_logging


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level


def test_a_library_that_sets_its_own_level_is_no_louder_than_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_level="WARNING", _env_file=None))
    library = logging.getLogger("a.chatty.library")
    library.setLevel(logging.DEBUG)
    library.debug("Building index from tokens")
    library.warning("disk is full")
    said = capsys.readouterr().err
    assert "Building index" not in said
    assert "disk is full" in said


def test_what_is_logged_carries_no_token(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_level="INFO", _env_file=None))
    logging.getLogger("any").info("GET https://host/bot123456789:%s/getMe", "A" * 35)
    said = capsys.readouterr().err
    assert "getMe" in said
    assert "A" * 35 not in said
