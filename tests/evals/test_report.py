"""The runner measures what it says: a tiny system with known faults gets the scores it deserves."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.evals.report import Thresholds, cli_ask, evaluate, main, percentile, render
from tests.evals.scoring import slot_matches
from tests.evals.sets import DEFAULT_NOW, contains

Row = dict[str, Any]


def turn(*intents: str, reply: str = "", **more: Any) -> Row:
    """A turn object of CONTRACTS 1."""
    base = {"slots": {}, "citations": [], "programmes": [], "needs": [], "ms": 10.0}
    return {**base, "intents": list(intents), "reply": reply, **more}


class Fake:
    """Answers each id with the turns it was given, and remembers what it was asked."""

    def __init__(self, **answers: list[Row] | str) -> None:
        self.answers = answers
        self.asked: list[Row] = []

    def __call__(self, rows: list[Row]) -> list[Row]:
        self.asked = rows
        out: list[Row] = []
        for row in rows:
            answer = self.answers.get(row["id"].partition("/")[2])
            if isinstance(answer, str):
                out.append({"id": row["id"], "error": answer})
            elif answer is not None:
                out.append({"id": row["id"], "turns": answer})
        return out


def said(id_: str, *expect: list[str], **more: Any) -> Row:
    return {"id": id_, "role": "citizen", "turns": [f"{id_} {n}" for n in range(len(expect))], "expect": expect, **more}


def run_intents(rows: list[Row], **answers: list[Row] | str) -> Any:
    return evaluate(Fake(**answers), ["intents"], {"intents": rows}).intents


def test_first_intent_and_exact_set_are_counted_apart() -> None:
    got = run_intents(
        [said("a", ["ltc.book", "welfare.ask"]), said("b", ["ltc.book"])], a=[turn("ltc.book")], b=[turn("ltc.change")]
    )
    assert (got.first.right, got.exact.right, got.first.of) == (1, 0, 2)
    assert got.confusions == {("ltc.book", "ltc.change"): 1}
    assert got.per_intent["ltc.book"].precision == 1.0
    assert got.per_intent["ltc.book"].recall == 0.5
    assert got.per_intent["welfare.ask"].recall == 0.0
    assert got.per_intent["ltc.change"].precision == 0.0


def test_a_greeting_beside_another_intent_may_be_left_out_or_said() -> None:
    rows = [said("a", ["greeting", "ltc.book"]), said("b", ["ltc.book"]), said("c", ["greeting"])]
    got = run_intents(rows, a=[turn("ltc.book")], b=[turn("greeting", "ltc.book")], c=[turn("greeting")])
    assert got.exact.right == got.first.right == 3


def test_another_reading_named_by_the_row_counts_as_right() -> None:
    row = said("a", ["ltc.book"], ["ltc.book"], also=[[], [["confirm"]]])
    got = run_intents([row], a=[turn("confirm"), turn("confirm")])
    assert (got.first.right, got.exact.right) == (1, 1)
    assert [line.partition(" ")[0] for line in got.wrong] == ["a#1"]


def test_crisis_and_scam_are_watched_both_ways_and_need_their_hotline() -> None:
    rows = [said("a", ["crisis"]), said("b", ["crisis"]), said("nm-1", ["welfare.ask"]), said("d", ["scam"])]
    got = run_intents(
        rows,
        a=[turn("crisis", reply="請撥 1925")],
        b=[turn("welfare.ask", reply="請洽公所")],
        d=[turn("scam", reply="請小心")],
        **{"nm-1": [turn("crisis", reply="1925")]},
    )
    assert got.urgent["crisis"].rate == 0.5
    assert got.urgent["scam"].rate == 1.0
    assert len(got.false_alarms) == 1
    assert got.false_alarms[0].startswith("nm-1#1 crisis")
    assert [line.partition(" ")[0] for line in got.no_hotline] == ["b#1", "d#1"]


def test_a_row_that_failed_or_is_missing_is_wrong_and_reported() -> None:
    rows = [said("a", ["greeting"]), said("b", ["greeting"]), said("c", ["greeting"])]
    report = evaluate(Fake(a=[turn("greeting")], b="broken"), ["intents"], {"intents": rows})
    assert report.intents is not None
    assert report.intents.first.rate == pytest.approx(1 / 3)
    assert sorted(report.errors) == ["intents/b: broken", "intents/c: no answer"]


def fact(id_: str, programme: Any, must: list[list[str]], must_not: list[str], **more: Any) -> Row:
    return {
        "id": id_,
        "question": id_,
        "programme": programme,
        "aspect": "amount",
        "must": must,
        "must_not": must_not,
        **more,
    }


def test_facts_check_programme_required_and_forbidden_strings() -> None:
    rows = [
        fact("a", "x", [["8,329", "8329"], ["公所"]], ["10,286"]),
        fact("b", ["x", "y"], [["5,000"]], []),
        fact("c", [], [["1999"]], ["3,000"], unknown=True),
    ]
    fake = Fake(
        a=[turn("welfare.ask", reply="每月 8329 元", programmes=["x"], citations=[{"id": "x"}])],
        b=[turn("welfare.ask", reply="每月 5,000 元", programmes=["z", "q", "y"])],
        c=[turn("welfare.ask", reply="發 3,000 元，請撥 1999", programmes=["z"])],
    )
    got = evaluate(fake, ["facts"], {"facts": rows}).facts
    assert got is not None
    assert (got.programme_first.right, got.programme_top3.right, got.programme_top3.of) == (1, 2, 2)
    assert (got.facts.right, got.facts.of, got.unknown.right, got.cited.right) == (1, 2, 1, 1)
    assert got.missing == ["a a: lacks 公所"]
    assert got.forbidden == ["c c: says 3,000"]


@pytest.mark.parametrize(
    ("reply", "wanted", "there"),
    [
        ("每月 1,500 元", "500", False),
        ("每月 5000 元", "500", False),
        ("每月500元，65歲以上", "500", True),
        ("額度500，100元自付", "500", True),
        ("電話 (03) 657-2151", "03-6572151", True),
        ("請洽臺北市政府", "台北市", True),
        ("５００ 元", "500", True),
        ("自付 100%", "0%", False),
        ("最高 40,000 元", "40,000", True),
        ("共 140,000 元", "40,000", False),
    ],
)
def test_a_number_is_found_only_as_the_whole_number(reply: str, wanted: str, there: bool) -> None:
    assert contains(reply, wanted) is there


@pytest.mark.parametrize(
    ("key", "wanted", "found", "same"),
    [
        ("dropoff", "東元", "東元綜合醫院", True),
        ("dropoff", ["榮總", "榮民總醫院"], "臺北榮民總醫院新竹分院", True),
        ("dropoff", "東元", None, False),
        ("wheelchair", True, 1, False),
        ("wheelchair", False, False, True),
        ("attendants", 1, True, False),
        ("attendants", 2, 2, True),
        ("time", "09:00", "09:30", False),
        ("return_trip", "*", True, True),
        ("return_trip", "*", False, False),
        ("camera", "*07*", "cam-07", True),
        ("programme", "x", ["x", "y"], True),
    ],
)
def test_slots_are_compared_as_people_mean_them(key: str, wanted: Any, found: Any, same: bool) -> None:
    assert slot_matches(key, wanted, found) is same


def test_slots_count_the_last_turn_and_what_nobody_said() -> None:
    rows = [
        {"id": "a", "now": DEFAULT_NOW, "turns": ["1", "2"], "slots": {"date": "2026-11-25"}},
        {"id": "b", "now": DEFAULT_NOW, "turns": ["1"], "slots": {"time": "09:00"}, "absent": ["date"]},
    ]
    fake = Fake(
        a=[turn("ltc.book"), turn("ltc.book", slots={"date": "2026-11-25", "purpose": "就醫", "attendants": 0})],
        b=[turn("ltc.book", slots={"time": "09:00", "date": "2026-11-24"})],
    )
    got = evaluate(fake, ["slots"], {"slots": rows}).slots
    assert got is not None
    assert (got.exact.right, got.exact.of) == (1, 2)
    assert got.per_key["time"].rate == 1.0
    assert got.spurious == {"date": 1}


def test_bad_input_reports_every_way_to_fail() -> None:
    base = {"turns": ["x"], "must_any": ["1999"], "must_not": ["<script"], "max_chars": 20}
    rows: list[Row] = [{"id": name, **base} for name in ("good", "quiet", "long", "echo", "deaf", "short")]
    rows[4]["intents_not"] = ["ltc.book"]
    rows[5] = {**rows[5], "turns": ["x", "y"]}
    fake = Fake(
        good=[turn("out_of_scope", reply="請撥 1999")],
        quiet=[turn("out_of_scope", reply=" ")],
        long=[turn("out_of_scope", reply="1999 " + "長" * 20)],
        echo=[turn("out_of_scope", reply="<SCRIPT> 1999")],
        deaf=[turn("ltc.book", reply="1999")],
        short=[turn("out_of_scope", reply="1999")],
    )
    got = evaluate(fake, ["bad"], {"bad": rows}).bad
    assert got is not None
    failed = {line.partition(":")[0].partition("#")[0] for line in got.violations}
    assert failed == {"quiet", "long", "echo", "deaf", "short"}


def test_all_sets_go_in_one_batch_with_a_frozen_time() -> None:
    fake = Fake()
    evaluate(fake)
    assert {row["id"].partition("/")[0] for row in fake.asked} == {"intents", "facts", "slots", "bad"}
    assert len({row["id"] for row in fake.asked}) == len(fake.asked)
    assert all(row["now"] and row["turns"] for row in fake.asked)
    assert max(len(turn) for row in fake.asked for turn in row["turns"]) >= 20_000
    json.dumps(fake.asked).encode("ascii")


def test_thresholds_name_what_does_not_hold_and_what_was_not_measured() -> None:
    report = evaluate(
        Fake(a=[turn("greeting")], b=[turn("thanks")]),
        ["intents"],
        {"intents": [said("a", ["greeting"]), said("b", ["greeting"])]},
    )
    assert Thresholds(first_intent=0.5, max_p95_ms=10, max_errors=0).failures(report) == []
    failures = Thresholds(first_intent=0.6, max_p95_ms=9, facts=0.1).failures(report)
    assert failures == ["first_intent is 0.500, at least 0.600", "facts was not measured", "p95_ms is 10, at most 9"]


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(ValueError, match="no such set: fact"):
        evaluate(Fake(), ["fact"])


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7.0], 95) == 7.0
    assert percentile([], 50) == 0.0


def test_the_command_prints_and_writes_the_report_whatever_the_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.md"
    assert main(["--only", "intents,bad", "--out", str(out)], ask=Fake()) == 0
    printed = capsys.readouterr().out
    assert out.read_text(encoding="utf-8").strip() == printed.strip()
    assert "## Intents" in printed
    assert "## Bad input" in printed
    assert "## Facts" not in printed
    assert main(["--only", "facts,nonsense"], ask=Fake()) == 2


def test_the_report_shows_every_section() -> None:
    text = render(evaluate(Fake()))
    for words in (
        "First intent: 0.0%",
        "programme in the first three",
        "| amount |",
        "| dropoff |",
        "Violations",
        "p95",
    ):
        assert words in text


def install_fake_steward(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """A `steward` beside a Python that is not there: the runner looks beside its own first."""
    command = folder / "steward"
    command.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(folder))


def test_the_command_line_is_asked_in_one_batch(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = """
import json, sys
assert sys.argv[1:3] == ["ask", "--batch"] and sys.argv[4] == "--out"
with open(sys.argv[3]) as source, open(sys.argv[5], "w") as out:
    for line in source:
        row = json.loads(line)
        out.write(json.dumps({"id": row["id"], "turns": [{"intents": ["greeting"], "reply": "hi"}]}) + "\\n")
"""
    install_fake_steward(monkeypatch, tmp_path, script)
    assert cli_ask([{"id": "a", "turns": ["台\ud800"]}, {"id": "b", "turns": ["x"]}]) == [
        {"id": "a", "turns": [{"intents": ["greeting"], "reply": "hi"}]},
        {"id": "b", "turns": [{"intents": ["greeting"], "reply": "hi"}]},
    ]


def test_a_command_that_fails_is_no_score(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_fake_steward(monkeypatch, tmp_path, "raise SystemExit(1)")
    assert main(["--only", "bad"]) == 1
    assert "exit code 1" in capsys.readouterr().err
    (tmp_path / "steward").unlink()
    assert main(["--only", "bad"]) == 1
    assert "not installed" in capsys.readouterr().err
