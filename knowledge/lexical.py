"""Words for BM25: folding of spelling variants, and terms of Chinese text without a dictionary."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.text import fold

Scores = NDArray[np.float64]
_LOOKED_AT = 20
_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\uf900-\ufaff]+")


@lru_cache(maxsize=4096)
def terms(text: str) -> tuple[str, ...]:
    """Terms of a text: characters and neighbouring pairs of Chinese, words of Latin letters and digits.

    Pairs carry the meaning; single characters let 牙齒 meet 假牙 at all, which colloquial questions need.
    """
    out: list[str] = []
    for run in _RUN.findall(fold(text)):
        if run[0].isascii():
            out.append(run)
        else:
            out += run
            out += [run[index : index + 2] for index in range(len(run) - 1)]
    return tuple(out)


class Bm25:
    """BM25 over texts. A text that shares no term with the question scores exactly 0."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        documents = [terms(text) for text in texts]
        self._terms = [frozenset(document) for document in documents]
        self._frequency = Counter(term for document in self._terms for term in document)
        self._index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        if self._frequency:
            self._index.index([list(document) for document in documents], show_progress=False)

    def scores(self, question: str) -> Scores:
        """One score a text, ≥ 0."""
        wanted = [term for term in terms(question) if term in self._frequency]
        if not wanted:
            return np.zeros(len(self._terms))
        return np.asarray(self._index.get_scores(wanted), np.float64)

    def coverage(self, question: str, scores: Scores) -> float:
        """How much of the question stands in the one text that has most of it, 0..1, rare terms counting more.

        `scores`: those of this question; only the best few texts are looked at.
        """
        asked = set(terms(question))
        weights = {term: self._rarity(term) for term in asked}
        total = sum(weights.values())
        if total <= 0:
            return 0.0
        best = np.argsort(-scores, kind="stable")[:_LOOKED_AT]
        return max((sum(weights[term] for term in asked & self._terms[place]) / total for place in best), default=0.0)

    def _rarity(self, term: str) -> float:
        frequency = self._frequency.get(term, 0)
        return math.log1p((len(self._terms) - frequency + 0.5) / (frequency + 0.5))
