"""The benchmark measures real servers over loopback, counts only cited answers, and says which target is missed."""

import asyncio
import os
import sys
from pathlib import Path

import httpx
import pytest

from tests.bench.bench_server import (
    QUESTIONS,
    ROOT,
    BenchError,
    Load,
    clean_environment,
    drive,
    fault_of,
    free_port,
    peak_memory_mb,
    render,
    running,
    table_of,
)


def test_the_bare_server_answers_under_load_and_counts_as_uncited(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "tests.bench.bare", url.rpartition(":")[2]]
    with running(command, url, tmp_path / "log", ROOT, dict(os.environ)) as pid:
        plain = asyncio.run(drive(url, 40))
        cited = asyncio.run(drive(url, 8, cited=True))
        memory = peak_memory_mb(pid)
    assert (len(plain.ms), plain.faults) == (40, [])
    assert all(ms > 0 for ms in plain.ms)
    assert (cited.ms, len(cited.faults)) == ([], 8)
    assert memory is None or 10 < memory < 2000
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/readyz", timeout=1)


def test_a_server_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no model files')"]
    with (
        pytest.raises(BenchError, match="no model files"),
        running(command, f"http://127.0.0.1:{free_port()}", tmp_path / "log", ROOT, dict(os.environ)),
    ):
        pass


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, '{"reply": "每月", "citations": [{"id": "x"}]}', None),
        (200, '{"reply": "每月", "citations": []}', "no citation"),
        (200, '{"reply": ""}', "empty reply"),
        (200, "<html>", "not JSON"),
        (429, "{}", "HTTP 429"),
    ],
)
def test_only_a_cited_answer_counts(status: int, body: str, fault: str | None) -> None:
    assert fault_of(httpx.Response(status, text=body), cited=True) == fault


def test_the_table_compares_with_the_targets() -> None:
    lines = table_of(Load(ms=[1.0] * 100), Load(ms=[3.9] * 100), 650.0, 3.0)
    assert not any(line.missed for line in lines)
    slow = table_of(Load(ms=[1.0] * 100), Load(ms=[5.0] * 99, faults=["x: no citation"]), 800.0, 4.5)
    assert {line.name.split(",")[0] for line in slow if line.missed} == {
        "ratio of the p95",
        "answers that failed or had no citation",
        "peak memory of the server",
        "cold `steward ask`",
    }
    assert render(slow).count("MISS") == 4


def test_what_could_not_be_measured_is_a_miss() -> None:
    lines = table_of(Load(ms=[1.0]), Load(faults=["x: HTTP 500"]), None, 1.0)
    assert {line.name for line in lines if line.missed} >= {"ratio of the p95", "peak memory of the server"}


def test_the_measured_server_sees_no_setting_of_the_operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STEWARD_DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("STEWARD_LLM_MODEL", "openai:large")
    monkeypatch.setenv("STEWARD_MODELS_MIRROR", "mirror")
    env = clean_environment(tmp_path)
    assert env["STEWARD_HOME"] == str(tmp_path)
    assert env["STEWARD_MODELS_MIRROR"] == "mirror"
    assert not {"STEWARD_DATABASE_URL", "STEWARD_LLM_MODEL"} & set(env)


def test_there_are_forty_questions() -> None:
    assert len(set(QUESTIONS)) == 40
