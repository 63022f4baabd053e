"""Measure the system on the development sets and say where it is wrong.

    python -m tests.evals.report [--only intents,facts,slots,bad] [--out report.md]

Works on anything that answers like `steward ask --batch` (CONTRACTS 1): `evaluate(ask)` takes a callable
`ask(rows) -> results`, so a test may run in-process and the command line runs the installed CLI. All sets go in one
batch, so that models are loaded once. The exit code is 0 whatever the scores: floors are `Thresholds`, for tests.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tests.evals import scoring
from tests.evals.sets import DEFAULT_NOW, NAMES, Row, load, turns_of

Ask = Callable[[list[Row]], list[dict[str, Any]]]

_LISTED = 60  # rows shown under a heading; the rest is counted


@dataclass
class Report:
    """All scores of one run. A section that was not asked for is None."""

    intents: scoring.Intents | None = None
    facts: scoring.Facts | None = None
    slots: scoring.SlotScores | None = None
    bad: scoring.Bad | None = None
    errors: list[str] = field(default_factory=list)  # rows that came back with "error", or not at all
    ms: list[float] = field(default_factory=list)  # of every turn, in milliseconds

    def metrics(self) -> dict[str, float]:
        """The figures that `Thresholds` and a dashboard read; only those of the sections that ran."""
        out: dict[str, float] = {"errors": len(self.errors)}
        if self.intents:
            out["first_intent"] = self.intents.first.rate
            out["exact_set"] = self.intents.exact.rate
            out["crisis_recall"] = self.intents.urgent["crisis"].rate
            out["scam_recall"] = self.intents.urgent["scam"].rate
            out["false_alarms"] = len(self.intents.false_alarms)
            out["no_hotline"] = len(self.intents.no_hotline)
        if self.facts:
            out["programme_first"] = self.facts.programme_first.rate
            out["programme_top3"] = self.facts.programme_top3.rate
            out["facts"] = self.facts.facts.rate
            out["unknown"] = self.facts.unknown.rate
            out["cited"] = self.facts.cited.rate
            out["forbidden"] = len(self.facts.forbidden)
        if self.slots:
            out["slots_exact"] = self.slots.exact.rate
        if self.bad:
            out["bad_input"] = len(self.bad.violations)
        if self.ms:
            out["p50_ms"] = percentile(self.ms, 50)
            out["p95_ms"] = percentile(self.ms, 95)
        return out


@dataclass(frozen=True)
class Thresholds:
    """Floors of rates and ceilings of counts (`max_…`); None = not held. A metric that did not run is a failure."""

    first_intent: float | None = None
    exact_set: float | None = None
    crisis_recall: float | None = None
    scam_recall: float | None = None
    programme_first: float | None = None
    programme_top3: float | None = None
    facts: float | None = None
    unknown: float | None = None
    cited: float | None = None
    slots_exact: float | None = None
    max_errors: float | None = None
    max_false_alarms: float | None = None
    max_no_hotline: float | None = None
    max_forbidden: float | None = None
    max_bad_input: float | None = None
    max_p95_ms: float | None = None

    def failures(self, report: Report) -> list[str]:
        """One sentence for every floor or ceiling that does not hold; empty when all hold."""
        metrics = report.metrics()
        out = []
        for item in fields(self):
            limit = getattr(self, item.name)
            if limit is None:
                continue
            name = item.name.removeprefix("max_")
            value = metrics.get(name)
            if value is None:
                out.append(f"{name} was not measured")
            elif item.name.startswith("max_") and value > limit:
                out.append(f"{name} is {value:g}, at most {limit:g}")
            elif not item.name.startswith("max_") and value < limit:
                out.append(f"{name} is {value:.3f}, at least {limit:.3f}")
        return out


def percentile(values: Iterable[float], percent: float) -> float:
    """Nearest-rank percentile; 0.0 of nothing."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * int(percent * 10) // 1000) - 1)] if ordered else 0.0


def evaluate(ask: Ask, only: Sequence[str] = NAMES, sets: dict[str, list[Row]] | None = None) -> Report:
    """Ask every row of the named sets in one batch and score the answers.

    `sets` replaces the files (tests of the runner). A row that comes back with "error", or not at all, counts as wrong.
    Raises ValueError for an unknown name.
    """
    if unknown := set(only) - set(NAMES):
        raise ValueError(f"no such set: {', '.join(sorted(unknown))}")
    rows = {name: sets[name] if sets is not None else load(name) for name in NAMES if name in only}
    questions = [
        {
            "id": f"{name}/{row['id']}",
            "role": row.get("role", "citizen"),
            "turns": turns_of(row),
            "now": row.get("now", DEFAULT_NOW),
        }
        for name, section in rows.items()
        for row in section
    ]
    report = Report()
    answers: dict[str, dict[str, list[dict[str, Any]]]] = {name: {} for name in rows}
    for result in ask(questions):
        if "error" in result:
            report.errors.append(f"{result.get('id')}: {result['error']}")
            continue
        name, _, row_id = str(result["id"]).partition("/")
        answers[name][row_id] = result["turns"]
        report.ms.extend(float(turn["ms"]) for turn in result["turns"] if "ms" in turn)
    named = {error.partition(":")[0] for error in report.errors}
    for question in questions:
        name, _, row_id = question["id"].partition("/")
        if row_id not in answers[name] and question["id"] not in named:
            report.errors.append(f"{question['id']}: no answer")
    if "intents" in rows:
        report.intents = scoring.score_intents(rows["intents"], answers["intents"])
    if "facts" in rows:
        report.facts = scoring.score_facts(rows["facts"], answers["facts"])
    if "slots" in rows:
        report.slots = scoring.score_slots(rows["slots"], answers["slots"])
    if "bad" in rows:
        report.bad = scoring.score_bad(rows["bad"], answers["bad"])
    return report


def _table(head: Sequence[str], body: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return [*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in body), ""]


def _listing(title: str, items: Sequence[str]) -> list[str]:
    if not items:
        return [f"{title}: none", ""]
    more = [f"- … and {len(items) - _LISTED} more"] if len(items) > _LISTED else []
    shown = [f"- {' '.join(item.split())[:240]}" for item in items[:_LISTED]]
    return [f"{title}: {len(items)}", "", *shown, *more, ""]


def _of(tally: scoring.Tally) -> str:
    return f"{tally.rate:.1%} ({tally.right}/{tally.of})"


def render(report: Report) -> str:
    """The report as Markdown, worst things listed by row id."""
    lines = ["# Evaluation on the development sets", ""]
    if report.intents:
        lines += _render_intents(report.intents)
    if report.facts:
        lines += _render_facts(report.facts)
    if report.slots:
        slots = report.slots
        lines += ["## Slots", "", f"All slots right: {_of(slots.exact)}", ""]
        keys = sorted(set(slots.per_key) | set(slots.spurious))
        lines += _table(
            ("slot", "right", "never said"),
            [(k, _of(slots.per_key.get(k, scoring.Tally())), slots.spurious[k]) for k in keys],
        )
        lines += _listing("Wrong", slots.wrong)
    if report.bad:
        lines += ["## Bad input", "", f"{report.bad.rows} rows", ""]
        lines += _listing("Violations", report.bad.violations)
    lines += ["## Run", ""]
    lines += _listing("Rows without an answer", report.errors)
    lines += [
        f"Milliseconds a turn: p50 {percentile(report.ms, 50):.1f}, p95 {percentile(report.ms, 95):.1f}"
        f" over {len(report.ms)} turns",
        "",
    ]
    return "\n".join(lines)


def _render_intents(got: scoring.Intents) -> list[str]:
    lines = ["## Intents", "", f"First intent: {_of(got.first)}; exact set: {_of(got.exact)}", ""]
    lines += _table(("kind of message", "first intent"), [(k, _of(t)) for k, t in sorted(got.groups.items())])
    lines += [f"Caught {name}: {_of(tally)}" for name, tally in got.urgent.items()] + [""]
    lines += _listing("False alarms", got.false_alarms)
    lines += _listing("Crisis or scam without its hotline", got.no_hotline)
    lines += _table(
        ("intent", "precision", "recall", "F1", "meant"),
        [
            (name, f"{s.precision:.2f}", f"{s.recall:.2f}", f"{s.f1:.2f}", s.true + s.missed)
            for name, s in sorted(got.per_intent.items(), key=lambda item: item[1].f1)
        ],
    )
    lines += _table(("meant", "said first", "times"), [(a, b, n) for (a, b), n in got.confusions.most_common(25)])
    return lines + _listing("Not the exact set", got.wrong)


def _render_facts(got: scoring.Facts) -> list[str]:
    lines = ["## Facts", ""]
    lines += _table(
        ("check", "passed"),
        [
            ("programme first", _of(got.programme_first)),
            ("programme in the first three", _of(got.programme_top3)),
            ("facts in the reply", _of(got.facts)),
            ("where to ask, when not known", _of(got.unknown)),
            ("cited", _of(got.cited)),
        ],
    )
    lines += _table(("aspect", "facts in the reply"), [(a, _of(t)) for a, t in sorted(got.per_aspect.items())])
    lines += _listing("Forbidden, and said", got.forbidden)
    lines += _listing("Another programme first", got.wrong_programme)
    return lines + _listing("Facts missing", got.missing)


def cli_ask(rows: list[Row]) -> list[dict[str, Any]]:
    """Ask through the installed `steward ask --batch`, the one beside the running Python first.

    Raises RuntimeError when the command is missing or fails: a run without answers is not a score of 0.
    """
    command = shutil.which("steward", path=str(Path(sys.executable).parent)) or shutil.which("steward")
    if command is None:
        raise RuntimeError("`steward` is not installed: run `make setup`")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        # ASCII escapes: half a surrogate pair (bad_input.jsonl) can be written no other way.
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="ascii")
        done = subprocess.run(
            [command, "ask", "--batch", str(source), "--out", str(target)], check=False, stdout=subprocess.DEVNULL
        )
        if not target.exists():
            raise RuntimeError(f"`steward ask --batch` wrote nothing (exit code {done.returncode})")
        return [json.loads(line) for line in target.read_text(encoding="utf-8").split("\n") if line.strip()]


def main(argv: Sequence[str] | None = None, ask: Ask = cli_ask) -> int:
    """Run, print and optionally write the report. 0 done, 1 the system could not be asked, 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals.report", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(NAMES), help="sets to run, comma separated")
    parser.add_argument("--out", type=Path, help="also write the report to this file")
    options = parser.parse_args(argv)
    only = [name.strip() for name in options.only.split(",") if name.strip()]
    if not only or set(only) - set(NAMES):
        print(f"--only takes {', '.join(NAMES)}", file=sys.stderr)
        return 2
    try:
        text = render(evaluate(ask, only))
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
