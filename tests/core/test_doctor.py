"""The operator's check: true about what is there, silent about secrets, and every fault with what to do now."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.db import Database, migrate
from core.doctor import Check, examine_core
from core.errors import BadSettings, NotReady
from core.settings import Settings, get_settings
from tests.contract.openai_server import OpenAIServer, openai_server


def checks(settings: Settings) -> dict[str, Check]:
    return {check.id: check for check in examine_core(settings)}


@pytest.fixture
def model_server() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        yield server


def test_a_migrated_database_is_fine_and_an_empty_one_says_what_to_run(settings: Settings, database: Database) -> None:
    assert checks(settings)["database"].ok
    with database.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
    behind = checks(settings)["database"]
    assert behind.ok is False
    assert "steward ingest" in behind.fix


def test_a_database_of_a_newer_release_is_not_called_behind(settings: Settings, database: Database) -> None:
    with database.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999_future'"))
    found = checks(settings)["database"]
    assert found.ok is False
    assert "較新的版本" in found.fix


def test_looking_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "none", _env_file=None)
    found = checks(settings)
    assert found["home"].ok is False
    assert found["database"].ok is False
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "權限" in checks(Settings(home=tmp_path, _env_file=None))["home"].fix


def test_an_unreachable_server_is_said_within_seconds_and_without_the_password(tmp_path: Path) -> None:
    url = "postgresql://somebody:p/w@x-secret@127.0.0.1:9/db"
    found = checks(Settings(home=tmp_path, database_url=url, _env_file=None))
    assert found["database"].ok is False
    assert "STEWARD_DATABASE_URL" in found["database"].fix
    assert "x-secret" not in found["settings"].detail + found["database"].detail


def test_words_that_are_no_address_are_said_to_be_none(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="not an address", _env_file=None)
    assert "連線字串" in checks(settings)["database"].detail
    with pytest.raises(NotReady, match="連線字串"):
        migrate(settings)


def test_secrets_are_only_said_to_be_set(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        llm_api_key="sk-this-is-the-key",
        line_channel_secret="hush",
        line_channel_access_token="hush-hush",
        otlp_endpoint="http://user:pass-word@127.0.0.1:4318",
        _env_file=None,
    )
    found = checks(settings)
    everything = " ".join(check.detail + check.fix for check in found.values())
    for secret in ("sk-this", "hush", "pass-word"):
        assert secret not in everything
    assert "STEWARD_LLM_API_KEY=（已設定）" in found["settings"].detail
    assert found["line"].ok


def test_a_misspelt_setting_is_pointed_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_LLM_MODELL", "openai:large")
    assert "STEWARD_LLM_MODELL" in checks(Settings(home=tmp_path, _env_file=None))["settings"].fix


def test_a_channel_with_one_of_its_two_secrets_is_a_mistake(tmp_path: Path) -> None:
    found = checks(Settings(home=tmp_path, telegram_bot_token="1:x", _env_file=None))
    assert found["telegram"].ok is False
    assert found["line"].ok is None
    assert not found["telegram"].required


@pytest.mark.parametrize(
    ("status", "raw", "ok", "says"),
    [
        (200, b'{"data": [{"id": "small"}]}', True, "有回應"),
        (200, b'{"data": [{"id": "other"}]}', False, "other"),
        (200, b"<html>", True, "有回應"),
        (404, b"", True, "有回應"),
        (401, b"", False, "STEWARD_LLM_API_KEY"),
        (503, b"", False, "內建"),
    ],
)
def test_a_model_endpoint_is_asked_whether_it_answers(
    model_server: OpenAIServer, tmp_path: Path, status: int, raw: bytes, ok: bool, says: str
) -> None:
    model_server.status, model_server.raw = status, raw
    settings = Settings(home=tmp_path, llm_model="openai:small", llm_base_url=model_server.url, _env_file=None)
    found = checks(settings)["llm"]
    assert found.ok is ok
    assert says in found.detail + found.fix
    assert not found.required


def test_an_endpoint_that_is_not_there_is_no_reason_not_to_serve(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, llm_model="openai:x", llm_base_url="http://127.0.0.1:9/v1", _env_file=None)
    found = checks(settings)["llm"]
    assert (found.ok, found.required) == (False, False)
    assert checks(Settings(home=tmp_path, llm_model="someone:x", _env_file=None))["llm"].ok is False
    assert checks(Settings(home=tmp_path, _env_file=None))["llm"].ok is None


def test_every_fault_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 0))
    settings = Settings(
        home=tmp_path / "none", llm_model="x:y", line_channel_secret="s", web_session_key="short", _env_file=None
    )
    faults = [check for check in examine_core(settings) if check.ok is False]
    assert {check.id for check in faults} == {"python", "settings", "home", "database", "llm", "line"}
    assert all(check.fix.endswith("。") for check in faults)
    assert all(set(check.row()) == {"id", "ok", "detail", "required", "fix"} for check in faults)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LLM_TIMEOUT_S", "-3", "大於 0"),
        ("WEB_KEEP_DAYS", "many-days", "數字"),
        ("LOG_LEVEL", "LOUD", "DEBUG、INFO、WARNING、ERROR"),
        ("DEMO", "perhaps", "true 或 false"),
        ("NOW", "yesterday", "ISO 8601"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"STEWARD_{name}", value)
    get_settings.cache_clear()
    try:
        with pytest.raises(BadSettings, match=says) as fault:
            get_settings()
    finally:
        get_settings.cache_clear()
    assert f"STEWARD_{name} " in str(fault.value)
    assert value not in str(fault.value)
