"""What `steward eval` runs: the report over the development sets, and the retrieval figures over dev/faq.jsonl."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.evals import faq, report
from tests.evals.report import Ask, Report, cli_ask


@dataclass(frozen=True)
class Evaluation:
    """Both parts; None for one that was not asked for."""

    sets: Report | None
    faq: faq.Figures | None

    def as_text(self) -> str:
        """Markdown, worst things listed by row id."""
        parts = [report.render(self.sets)] if self.sets else []
        return "\n".join(parts + ([faq.render(self.faq)] if self.faq else []))

    def as_json(self) -> dict[str, Any]:
        """The figures alone: `metrics`, `intents` (precision, recall, F1 of each) and `faq`, as far as they ran."""
        out: dict[str, Any] = {}
        if self.sets:
            out["metrics"] = self.sets.metrics()
            if self.sets.intents:
                out["intents"] = {
                    name: {"precision": s.precision, "recall": s.recall, "f1": s.f1, "meant": s.true + s.missed}
                    for name, s in sorted(self.sets.intents.per_intent.items())
                }
        if self.faq:
            out["faq"] = asdict(self.faq)
        return out


def run(names: Sequence[str], ask: Ask = cli_ask) -> Evaluation:
    """Evaluate the named sets (those of report.py, and `faq`). Raises RuntimeError when the system cannot be asked."""
    asked = [name for name in names if name != "faq"]
    sets = report.evaluate(ask, asked) if asked else None
    return Evaluation(sets, faq.measure() if "faq" in names else None)
