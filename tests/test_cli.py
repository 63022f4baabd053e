"""The command line: what it prints, what it exits with, and that a fault is one line without a traceback."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cli
import cli_operations
from core import doctor as core_doctor
from core.settings import get_settings
from knowledge import model_files
from tests.evals import command

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run `steward` with an empty data folder; exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEWARD_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STEWARD_DATABASE_URL", raising=False)
    get_settings.cache_clear()

    def steward(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["steward", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return int(end.value.code or 0), said.out, said.err

    yield steward
    get_settings.cache_clear()


@pytest.mark.parametrize(
    "arguments",
    [
        ("nope",),
        ("ask", "--nope"),
        ("ask",),
        ("ask", "x", "--batch", "in.jsonl"),
        ("ask", "--batch", "missing.jsonl", "--out", "out.jsonl"),
        ("ask", "--batch", "missing.jsonl"),
        ("knowledge", "search", "--batch", "missing.jsonl", "--out", "out.jsonl"),
        ("knowledge", "search", "x", "--corpus", "missing.jsonl"),
        ("serve", "--port", "99999"),
        ("ingest", "--laws", "missing.jsonl"),
        ("models", "fetch", "no-such-model"),
        ("models", "verify", "no-such-model"),
        ("eval", "--only", "nothing"),
        ("eval", "--only", ""),
    ],
)
def test_wrong_arguments_are_one_clear_line(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


def test_a_wrong_setting_is_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_LLM_TIMEOUT_S", "soon")
    code, out, err = run("doctor")
    assert (code, out) == (2, "")
    assert err.startswith("設定 STEWARD_LLM_TIMEOUT_S 的值不能用")
    assert "soon" not in err


def test_a_question_without_the_model_says_how_to_get_it(run: Run) -> None:
    code, out, err = run("ask", "你好")
    assert (code, out) == (1, "")
    assert "steward models fetch" in err


def test_doctor_of_an_empty_folder_exits_with_1_and_lists_what_to_do(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("doctor", "--json")
    report = json.loads(out)
    rows = {row["id"]: row for row in report["checks"]}
    assert (code, report["ok"]) == (1, False)
    for name in ("home", "database", "text_model", "index", "intent_model"):
        assert rows[name]["ok"] is False
        assert rows[name]["fix"]
    for name in ("llm", "line", "telegram", "laws"):
        assert rows[name]["ok"] is None
    optional = [name for name, model in model_files.manifest().items() if not model.default]
    for name in optional:
        assert model_files.find(name).without in rows[f"model:{name}"]["detail"]
    assert not (tmp_path / "home").exists()


def test_doctor_for_people_is_a_table_that_loses_no_word(run: Run) -> None:
    code, out, _ = run("doctor")
    assert code == 1
    assert "…" not in out
    assert "要處理" in out
    assert "steward ingest" in out
    assert "還不能服務" in out


def test_doctor_exits_with_0_when_only_an_unneeded_part_is_broken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        core_doctor.Check("home", True, "there"),
        core_doctor.Check("llm", False, "[away]", "ask again", required=False),
        core_doctor.Check("line", None, "not set", required=False),
    ]
    monkeypatch.setattr("agents.doctor.examine", lambda _settings: found)
    code, out, _ = run("doctor")
    assert code == 0
    assert "[away]" in out
    assert "可以服務" in out


def test_models_without_a_subcommand_lists_them(run: Run) -> None:
    for arguments in (("models", "--json"), ("models", "list", "--json")):
        code, out, _ = run(*arguments)
        listed = json.loads(out)["models"]
        assert code == 0
        assert [row["name"] for row in listed] == list(model_files.manifest())
        assert not any(row["installed"] for row in listed)
        assert all(row["bytes"] > 0 and row["without"] and row["licence"] for row in listed)
    code, out, _ = run("models")
    assert code == 0
    assert all(name in out for name in model_files.manifest())


def test_verify_of_nothing_installed_says_so(run: Run) -> None:
    code, _, err = run("models", "verify")
    assert code == 1
    assert "steward models fetch" in err


def test_one_model_that_cannot_be_had_does_not_stop_the_next(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    names = list(model_files.manifest())
    asked: list[str] = []

    def fetch(name: str, _settings: object, progress: Callable[[str, float], None]) -> Path:
        asked.append(name)
        progress("下載", 0.5)
        if name == names[0]:
            raise model_files.ModelError("無法取得")
        return Path("there")

    monkeypatch.setattr(model_files, "fetch", fetch)
    code, out, _ = run("models", "fetch", *names, "--json")
    rows: list[dict[str, Any]] = json.loads(out)["models"]
    assert code == 1
    assert asked == names
    assert [row["ok"] for row in rows] == [False, *[True] * (len(names) - 1)]
    asked.clear()
    run("models", "fetch")
    assert asked == [name for name, model in model_files.manifest().items() if model.default]


def test_eval_reports_by_intent_and_writes_the_report(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    turn = {
        "intents": ["greeting"],
        "slots": {},
        "reply": "您好",
        "citations": [],
        "programmes": [],
        "needs": [],
        "ms": 1.0,
    }

    def ask(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": row["id"], "turns": [turn] * len(row["turns"])} for row in rows]

    monkeypatch.setattr(command.run, "__defaults__", (ask,))
    code, out, _ = run("eval", "--only", "intents", "--out", "report.md")
    assert code == 0
    assert "| intent | precision | recall | F1 | meant |" in out
    assert (tmp_path / "report.md").read_text(encoding="utf-8").strip() == out.strip()
    code, out, _ = run("eval", "--only", "intents", "--json")
    report = json.loads(out)
    assert report["intents"]["greeting"]["recall"] == 1.0
    assert report["intents"]["welfare.ask"]["recall"] == 0.0
    assert "faq" not in report


def test_eval_outside_of_a_checkout_says_so(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = shutil.copy(cli_operations.__file__, tmp_path / "cli_operations.py")
    monkeypatch.setattr(cli_operations, "__file__", str(installed))
    code, out, err = run("eval")
    assert (code, out) == (1, "")
    assert "make eval" in err


def test_a_line_separator_inside_a_text_does_not_break_a_batch(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a", "query": "一\u2028二"}\r\n\nnot json\n{"id": "b"}', encoding="utf-8")
    rows = cli.read_rows(source)
    assert [row if isinstance(row, dict) else str(row)[:3] for row in rows] == [
        {"id": "a", "query": "一\u2028二"},
        "第 3",
        {"id": "b"},
    ]
