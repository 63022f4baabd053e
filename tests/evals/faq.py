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
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.settings import get_settings
from knowledge import corpus
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


def main() -> None:
    """Print hit@1 and hit@3 of each way of ranking, and the ratio to the baseline."""
    rows, questions = load()
    started = time.perf_counter()
    search = corpus.open_corpus(rows, get_settings())
    print(f"{len(rows)} texts, {len(questions)} questions, index ready in {time.perf_counter() - started:.1f} s")
    place = {row["id"]: number for number, row in enumerate(rows)}
    plain = baseline(rows)
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
        took = (time.perf_counter() - started) / len(questions) * 1000
        first = {name: float(np.mean([rank == 0 for rank in values])) for name, values in ranks.items()}
        print(f"{kind} ({took:.1f} ms a question)")
        for name, values in ranks.items():
            third = float(np.mean([rank < 3 for rank in values]))
            print(f"  {name:12s} hit@1 {first[name]:.3f}  x{first[name] / first['bm25']:.2f}  hit@3 {third:.3f}")


if __name__ == "__main__":
    main()
