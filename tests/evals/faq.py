"""How well `search_corpus` finds the answer to formal and colloquial questions: hit@1 against bigram BM25.

    python -m tests.evals.faq

The development set (dev/faq.jsonl) has own answers, and questions about law articles whose text is read from the
operator's file (STEWARD_SHARED, or ../shared beside the checkout) and is left out without it.
"""

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.settings import get_settings
from knowledge import corpus
from knowledge.model_files import ModelError
from knowledge.text import fold

_HERE = Path(__file__).parent
_SHARED = Path(os.environ.get("STEWARD_SHARED", _HERE.parents[1].parent / "shared"))
Scores = NDArray[np.float64]


def load() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """(rows of the collection, questions with `id`, `formal` and `colloquial`)."""
    questions = [json.loads(line) for line in (_HERE / "dev" / "faq.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [{"id": row["id"], "text": row["text"]} for row in questions if "text" in row]
    laws = _SHARED / "data" / "ltc_law_articles.jsonl"
    if laws.is_file():
        for article in map(json.loads, laws.read_text(encoding="utf-8").splitlines()):
            rows.append({"id": article["id"], "text": article["content"]})
    proposals = _SHARED / "data" / "routing" / "taichung_council_2010_2014_train.jsonl"
    if proposals.is_file():  # other texts of the administration, to have more that may be found wrongly
        lines = proposals.read_text(encoding="utf-8").splitlines()[::5]
        rows += [{"id": row["id"], "text": row["text"][:300]} for row in map(json.loads, lines)]
    known = {row["id"] for row in rows}
    return rows, [row for row in questions if row["id"] in known]


def pairs(text: str) -> list[str]:
    """Character pairs and words: what the baseline counts."""
    out: list[str] = []
    for run in re.findall(r"[a-z0-9]+|[\u3400-\u9fff]+", fold(text)):
        out += [run] if run[0].isascii() or len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
    return out


def baseline(rows: list[dict[str, str]]) -> Callable[[str], Scores]:
    """Plain BM25 over character pairs."""
    import bm25s

    index = bm25s.BM25(method="lucene")
    documents = [pairs(row["text"]) for row in rows]
    vocabulary = {pair for document in documents for pair in document}
    index.index(documents, show_progress=False)

    def score(question: str) -> Scores:
        wanted = [pair for pair in pairs(question) if pair in vocabulary]
        return np.asarray(index.get_scores(wanted), np.float64) if wanted else np.zeros(len(rows))

    return score


def _z(values: Scores) -> Scores:
    return (values - values.mean()) / (values.std() + 1e-9)


@dataclass(frozen=True)
class Figures:
    """How often the right text came first, and among the first three: kind of question → way of ranking → share."""

    texts: int
    questions: int
    first: dict[str, dict[str, float]]
    first_three: dict[str, dict[str, float]]
    ms: dict[str, float]  # a question of each kind, all ways together


def measure() -> Figures:
    """Ask every question of the set in both wordings. Raises RuntimeError without the text model."""
    rows, questions = load()
    try:
        search = corpus.open_corpus(rows, get_settings())
    except ModelError as error:
        raise RuntimeError(str(error)) from error
    place = {row["id"]: number for number, row in enumerate(rows)}
    plain = baseline(rows)
    out = Figures(len(rows), len(questions), {}, {}, {})
    for kind in ("formal", "colloquial"):
        ranks: dict[str, list[int]] = {}
        started = time.perf_counter()
        for row, question in zip(questions, search.embed([q[kind] for q in questions]), strict=True):
            views = search.views(question)
            bm25 = plain(question.text)
            ways = {
                "bm25": bm25,
                "dense": views["dense"],
                "late": views["late"],
                "plain z-mix": _z(bm25) + _z(views["dense"]),
                "steward": search.score(question),
            }
            gold = place[row["id"]]
            for name, scores in ways.items():
                unseen = name == "bm25" and scores[gold] <= 0  # a text that shares nothing is not found
                ranks.setdefault(name, []).append(int((scores > scores[gold]).sum()) + int(unseen))
        out.ms[kind] = (time.perf_counter() - started) / len(questions) * 1000
        out.first[kind] = {name: float(np.mean([rank == 0 for rank in values])) for name, values in ranks.items()}
        out.first_three[kind] = {name: float(np.mean([rank < 3 for rank in values])) for name, values in ranks.items()}
    return out


def render(got: Figures) -> str:
    """The figures as Markdown, each way of ranking beside plain BM25."""
    lines = ["## Retrieval", "", f"{got.questions} questions over {got.texts} texts", ""]
    lines += ["| question | ranking | first | × BM25 | first three |", "|---|---|---|---|---|"]
    for kind, first in got.first.items():
        for name, share in first.items():
            ratio = f"{share / first['bm25']:.2f}" if first["bm25"] else "–"
            lines.append(f"| {kind} | {name} | {share:.1%} | {ratio} | {got.first_three[kind][name]:.1%} |")
    return "\n".join([*lines, "", *(f"{kind}: {ms:.1f} ms a question" for kind, ms in got.ms.items()), ""])


if __name__ == "__main__":
    print(render(measure()))
