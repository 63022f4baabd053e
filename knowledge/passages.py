"""One index of passages: three views of how well each passage fits a question.

- lexical: BM25 over characters and pairs (knowledge/lexical.py);
- dense: cosine of the passage's and the question's vectors;
- late: every token of the question looks for its nearest token in the passage (late interaction, as in ColBERT), rare
  tokens counting more. It finds a detail that a mean over the whole passage drowns; the token vectors come from the
  same run of the model, so they cost no extra time, and are kept as 128 principal components in 8 bits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embeddings import Embedder, TokenEmbedder, TokenVectors, Vectors

_COMPONENTS = 128
_SAMPLE = 20_000  # tokens that the principal components are found on
_LATE_LIMIT = 1_000  # beyond this many passages late interaction looks only at the best by cosine
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """An embedded question. `tokens` None: the embedder shows none."""

    text: str
    vector: Vectors
    tokens: TokenVectors | None


def embed_questions(embedder: Embedder, texts: Sequence[str]) -> list[Question]:
    """Questions with their vectors, in order."""
    if isinstance(embedder, TokenEmbedder):
        vectors, tokens = embedder.queries_with_tokens(texts)
        return [Question(*parts) for parts in zip(texts, vectors, tokens, strict=True)]
    return [Question(text, vector, None) for text, vector in zip(texts, embedder.queries(texts), strict=True)]


class PassageIndex:
    """Vectors of passages, whole and by token. Immutable; every method may be called from several threads."""

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        self._arrays = arrays
        self.vectors: Vectors = np.asarray(arrays["vectors"], np.float32)
        self._starts = np.asarray(arrays["starts"], np.int64)  # of each passage's tokens; one more at the end
        self._ids = np.asarray(arrays["token_ids"], np.int32)
        self._mean = np.asarray(arrays["mean"], np.float32)
        self._components = np.asarray(arrays["components"], np.float32)
        self._tokens = _unit(np.asarray(arrays["tokens"], np.float32))
        self.has_tokens = len(self._ids) > 0
        self._rarity = self._weigh()

    @classmethod
    def build(
        cls, texts: Sequence[str], embedder: Embedder, advance: Callable[[int], None] | None = None
    ) -> "PassageIndex":
        """Embed all texts. About 45 passages of 80 tokens a second on two cores."""
        if isinstance(embedder, TokenEmbedder):
            vectors, tokens = embedder.passages_with_tokens(texts, advance)
        else:
            vectors, tokens = embedder.passages(texts, advance), []
        return cls({"vectors": vectors, **_reduce(tokens)})

    def save(self, path: Path) -> None:
        """Write to an .npz file."""
        np.savez(path, allow_pickle=False, **self._arrays)

    @classmethod
    def load(cls, path: Path) -> "PassageIndex":
        """Read an .npz file. Raises OSError, ValueError or KeyError when it is damaged."""
        with np.load(path, allow_pickle=False) as content:
            return cls({name: content[name] for name in content.files})

    def dense(self, question: Question) -> Scores:
        """Cosine with each passage."""
        return np.asarray(self.vectors @ question.vector, np.float64)

    def late(self, question: Question, dense: Scores) -> Scores:
        """Mean over the question's tokens of the cosine with the passage's nearest token, weighted by rarity.

        Falls back to `dense` when there are no token vectors.
        """
        tokens = question.tokens
        if not self.has_tokens or tokens is None or not len(tokens.ids):
            return dense
        centred = tokens.states.astype(np.float32) - self._mean
        wanted = _unit(np.asarray(centred @ self._components, np.float32))
        weights = np.array([self._rarity.get(int(token), self._unseen) for token in tokens.ids])
        weights = weights / weights.sum()
        count = len(self._starts) - 1
        if count <= _LATE_LIMIT:
            return self._nearest(wanted, weights, self._tokens, self._starts[:-1])
        chosen = np.sort(np.argpartition(-dense, _LATE_LIMIT)[:_LATE_LIMIT])
        lengths = self._starts[chosen + 1] - self._starts[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        rows = np.repeat(self._starts[chosen] - starts, lengths) + np.arange(int(lengths.sum()))
        best = self._nearest(wanted, weights, self._tokens[rows], starts)
        out = np.full(count, best.min())
        out[chosen] = best
        return out

    @staticmethod
    def _nearest(
        wanted: NDArray[np.float32],
        weights: NDArray[np.float64],
        tokens: NDArray[np.float32],
        starts: NDArray[np.int64],
    ) -> Scores:
        """For each passage (its tokens begin at `starts`) the weighted mean of the best cosine of every wanted token."""
        best = np.maximum.reduceat(wanted @ tokens.T, starts, axis=1)  # along memory: ten times faster
        return np.asarray(weights @ best, np.float64)

    def _weigh(self) -> dict[int, float]:
        """ln(1 + N / df) of each token: what stands in few passages says more."""
        count = max(len(self._starts) - 1, 1)
        owner = np.repeat(np.arange(count), np.diff(self._starts)) if self.has_tokens else np.zeros(0, np.int64)
        pairs = np.unique(np.stack([owner, self._ids.astype(np.int64)]), axis=1) if self.has_tokens else None
        self._unseen = float(np.log1p(count / 0.5))
        if pairs is None:
            return {}
        ids, frequency = np.unique(pairs[1], return_counts=True)
        values = np.log1p(count / (frequency + 0.5))
        return {int(token): float(value) for token, value in zip(ids, values, strict=True)}


def _reduce(tokens: Sequence[TokenVectors]) -> dict[str, NDArray[np.generic]]:
    """Token vectors as 8-bit principal components, all passages after each other. A passage has at least one token."""
    if not tokens or not any(len(one.ids) and one.states.size for one in tokens):
        empty = np.zeros((0, 0), np.float32)
        starts = np.zeros(len(tokens) + 1, np.int64)
        return {
            "starts": starts,
            "token_ids": np.zeros(0, np.int32),
            "mean": np.zeros(0, np.float32),
            "components": empty,
            "tokens": np.zeros((0, 0), np.int8),
        }
    width = max(one.states.shape[1] for one in tokens)
    # An empty passage gets one zero vector: reduceat needs at least one row each.
    states = [one.states if len(one.ids) else np.zeros((1, width), np.float16) for one in tokens]
    ids = np.concatenate([one.ids if len(one.ids) else np.array([-1], np.int32) for one in tokens])
    starts = np.concatenate([[0], np.cumsum([len(rows) for rows in states])])
    stacked = np.concatenate(states)
    step = max(len(stacked) // _SAMPLE, 1)
    sample = stacked[::step].astype(np.float32)
    mean = sample.mean(axis=0)
    spread = _unit(sample - mean)
    _values, directions = np.linalg.eigh(spread.T @ spread)
    components = np.ascontiguousarray(directions[:, -_COMPONENTS:], np.float32)
    reduced = np.empty((len(stacked), components.shape[1]), np.int8)
    for start in range(0, len(stacked), _SAMPLE):
        part = (stacked[start : start + _SAMPLE].astype(np.float32) - mean) @ components
        largest = np.maximum(np.abs(part).max(axis=1, keepdims=True), 1e-9)
        reduced[start : start + _SAMPLE] = np.round(part * (127 / largest))
    return {"starts": starts, "token_ids": ids, "mean": mean, "components": components, "tokens": reduced}


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    if rows.size == 0:
        return rows
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
