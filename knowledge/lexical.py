"""Words for BM25: folding of spelling variants, and terms of Chinese text without a dictionary."""

import math
import re
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
    """BM25 over texts. A text that shares no term with the question scores exactly 0.

    bm25s computes the index; asking it needs numpy alone, so that a process that only answers does not import SciPy.
    """

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        """`arrays`: as `arrays()` gives them."""
        self._arrays = arrays
        words = arrays["terms"].tobytes().decode()
        self._places = {word: place for place, word in enumerate(words.split("\n"))} if words else {}
        # Postings of each term, term after term: which text, and what the term adds to its score.
        self._texts = np.asarray(arrays["texts"], np.int64)
        self._weights = np.asarray(arrays["weights"], np.float64)
        self._starts = np.asarray(arrays["starts"], np.int64)
        self._size = int(arrays["size"])

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Bm25":
        """An index of `texts`."""
        import bm25s

        documents = [list(terms(text)) for text in texts]
        index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        words: list[str] = []
        parts: dict[str, NDArray[np.generic]] = {"data": np.zeros(0), "indices": np.zeros(0), "indptr": np.zeros(1)}
        if any(documents):
            index.index(documents, show_progress=False)
            parts = index.scores
            words = sorted(index.vocab_dict, key=lambda word: index.vocab_dict[word])
        return cls(
            {
                "terms": np.frombuffer("\n".join(words).encode(), np.uint8),
                "texts": np.asarray(parts["indices"], np.int32),
                "weights": np.asarray(parts["data"], np.float32),
                "starts": np.asarray(parts["indptr"], np.int64),
                "size": np.asarray(len(documents)),
            }
        )

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What it is made of, to be stored."""
        return self._arrays

    def scores(self, question: str) -> Scores:
        """One score a text, ≥ 0. A term that is asked twice counts twice."""
        out = np.zeros(self._size)
        for term in terms(question):
            own = self._postings(term)
            out[self._texts[own]] += self._weights[own]
        return out

    def _postings(self, term: str) -> slice:
        place = self._places.get(term)
        return slice(0, 0) if place is None else slice(self._starts[place], self._starts[place + 1])

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
        shared = np.zeros(self._size)
        for term in asked:
            shared[self._texts[self._postings(term)]] += weights[term]
        return float(shared[best].max(initial=0.0)) / total

    def _rarity(self, term: str) -> float:
        own = self._postings(term)
        frequency = own.stop - own.start
        return math.log1p((self._size - frequency + 0.5) / (frequency + 0.5))
