"""Which sentence of a record a question is about: every clause of a programme stands by itself, with its vector."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.settings import Settings
from knowledge.embeddings import Embedder, Vectors
from knowledge.records import County, Programme

_WORDS = 0.45  # how much shared pairs of characters count beside meaning, in standard deviations a pair


def statements_of(programme: Programme) -> list[str]:
    """What a record says, clause by clause, in the words that replies use."""
    apply = programme.apply
    out = [*programme.who, *programme.not_for, *programme.notes, *apply.steps, *apply.where]
    out += [t for t in (programme.duration, programme.together, apply.deadline, apply.processing) if t]
    out += [f"{b.label} {b.condition or ''}".strip() for b in programme.benefits]
    return list(dict.fromkeys(out))


class Statements:
    """Scores of a programme's statements against a question. Safe to use from several threads."""

    def __init__(self, county: County, embedder: Embedder, vectors: Vectors) -> None:
        self._embedder = embedder
        self._vectors: dict[str, tuple[list[str], Vectors]] = {}
        self._names = {p.id: _pairs("\n".join([p.name, *p.aliases])) for p in county.programmes.values()}
        start = 0
        for programme in county.programmes.values():
            texts = statements_of(programme)
            self._vectors[programme.id] = (texts, vectors[start : start + len(texts)])
            start += len(texts)

    def scores(self, programme: str, question: str) -> dict[str, float]:
        """Statement → how well it fits, in standard deviations above the record's mean (0 = average)."""
        texts, vectors = self._vectors[programme]
        if len(texts) < 2 or not question.strip():
            return dict.fromkeys(texts, 0.0)
        cosine: NDArray[np.float64] = (vectors @ self._embedder.queries([question])[0]).astype(np.float64)
        meaning = (cosine - cosine.mean()) / (cosine.std() + 1e-9)
        # The programme's own name stands in many of its statements and tells none from another.
        asked = _pairs(question) - self._names[programme]
        words = np.array([min(len(_pairs(text) & asked), 4) for text in texts], np.float64)
        return dict(zip(texts, (meaning + _WORDS * words).tolist(), strict=True))


def open_statements(
    county: County, embedder: Embedder, settings: Settings, progress: Callable[[int, int], None] | None = None
) -> Statements:
    """The statements of today's records; embedded when their words are new (some ten seconds), else read from HOME."""
    texts = [text for programme in county.programmes.values() for text in statements_of(programme)]
    key = hashlib.sha256("\n".join([embedder.id, *texts]).encode()).hexdigest()[:24]
    place = settings.home / "indexes" / f"statements-{key}.npy"
    vectors = _read(place, len(texts), embedder.dimension)
    if vectors is None:
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress(done, len(texts))

        vectors = embedder.passages(texts, advance)
        place.parent.mkdir(parents=True, exist_ok=True)
        for old in place.parent.glob("statements-*.npy"):
            old.unlink(missing_ok=True)
        np.save(place, vectors.astype(np.float16))
    return Statements(county, embedder, vectors)


def _read(place: Path, size: int, dimension: int) -> Vectors | None:
    try:
        vectors = np.load(place)
    except (OSError, ValueError):
        return None
    return vectors.astype(np.float32) if vectors.shape == (size, dimension) else None


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
