"""Search over any collection of texts: `steward knowledge search --corpus`.

Three views of each text (knowledge/passages.py) are made comparable (standard scores over the whole collection) and
added up. The lexical view counts as much as it can be trusted for this question: fully when the best text shares many
rare terms with the question, little when the question is worded differently from every text. That keeps colloquial
questions from being pulled to texts that share only chance characters. Weights: tests/evals/faq.py.
"""

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.settings import Settings
from knowledge.embeddings import Embedder, load_embedder
from knowledge.lexical import Bm25
from knowledge.passages import PassageIndex, Question, embed_questions

Progress = Callable[[int, int], None]  # (passages done, passages in all)
_VERSION = 1
_CHUNK, _OVERLAP = 320, 60  # characters; 320 are about 220 tokens
_KEPT = 8  # collections kept in the cache
# How much the lexical view counts: _LEAST below the lower coverage, _MOST above the upper one, even between.
_LEAST, _MOST, _COVERAGE = 0.1, 0.45, (0.25, 0.45)
_DENSE = 0.1  # of what is left; late interaction has the rest
_SENTENCE_END = re.compile(r"[。！？；\n]")


@dataclass(frozen=True)
class Hit:
    """Something found. `score`: higher is better; a probability (0–1) where `kind` is a record of the county."""

    id: str
    score: float
    kind: str = "text"

    @property
    def probability(self) -> float:
        """The score of a county record, named for what it is."""
        return self.score


@dataclass(frozen=True)
class Document:
    """One text of a collection."""

    id: str
    text: str
    title: str = ""

    @property
    def whole(self) -> str:
        """Title and text."""
        return f"{self.title}\n{self.text}" if self.title else self.text


class CorpusSearch:
    """A collection that can be searched."""

    def __init__(
        self, documents: Sequence[Document], owners: NDArray[np.int64], index: PassageIndex, embedder: Embedder
    ) -> None:
        self._documents = documents
        self._starts = np.searchsorted(owners, np.arange(len(documents)))
        self._index = index
        self._embedder = embedder
        self._bm25 = Bm25.of([document.whole for document in documents])

    def search(self, question: str, k: int = 10) -> list[Hit]:
        """The best `k` texts, best first. [] for an empty question or collection."""
        return self.search_many([question], k)[0]

    def search_many(self, questions: Sequence[str], k: int = 10) -> list[list[Hit]]:
        """The same for several questions, in order; faster than one by one."""
        if not self._documents:
            return [[] for _ in questions]
        return [self._rank(question, k) for question in embed_questions(self._embedder, questions)]

    def score(self, question: Question) -> NDArray[np.float64]:
        """One score a text."""
        views = self.views(question)
        coverage = self._bm25.coverage(question.text, views["lexical"])
        return mix(views["lexical"], views["dense"], views["late"], coverage)

    def views(self, question: Question) -> dict[str, NDArray[np.float64]]:
        """The three scores of every text for a question: lexical, dense, late."""
        dense = self._index.dense(question)
        late = self._index.late(question, dense)
        return {
            "lexical": self._bm25.scores(question.text),
            "dense": np.maximum.reduceat(dense, self._starts),
            "late": np.maximum.reduceat(late, self._starts),
        }

    def embed(self, questions: Sequence[str]) -> list[Question]:
        """Questions with their vectors."""
        return embed_questions(self._embedder, questions)

    def _rank(self, question: Question, k: int) -> list[Hit]:
        if not question.text.strip():
            return []
        scores = self.score(question)
        order = np.argsort(-scores, kind="stable")[:k]
        return [Hit(self._documents[place].id, float(scores[place])) for place in order]


def mix(
    lexical: NDArray[np.float64], dense: NDArray[np.float64], late: NDArray[np.float64], coverage: float
) -> NDArray[np.float64]:
    """One score a text out of the three views. `coverage`: see Bm25.coverage."""
    low, high = _COVERAGE
    share = _LEAST + (_MOST - _LEAST) * min(max((coverage - low) / (high - low), 0.0), 1.0)
    # The root tames the long tail of BM25: one rare pair must not outweigh all else.
    by_words = _standard(np.sqrt(lexical))
    by_meaning = (1 - _DENSE) * _standard(late) + _DENSE * _standard(dense)
    return share * by_words + (1 - share) * by_meaning


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def search_corpus(
    rows: Iterable[Mapping[str, object]],
    queries: Sequence[str],
    k: int,
    settings: Settings,
    progress: Progress | None = None,
) -> list[list[Hit]]:
    """The best `k` rows for each query. Rows: {"id", "text", "title"?}; the index is kept and found by content.

    Raises ValueError for a row without id or text, model_files.ModelError without an embedding model.
    """
    return open_corpus(rows, settings, progress).search_many(queries, k)


def open_corpus(
    rows: Iterable[Mapping[str, object]], settings: Settings, progress: Progress | None = None
) -> CorpusSearch:
    """A searchable collection, indexed when its content is new. Errors as `search_corpus`."""
    documents = [_document(row, number) for number, row in enumerate(rows, 1)]
    embedder = load_embedder(settings)
    passages, owners = _passages(documents)
    if not documents:
        return CorpusSearch([], owners, PassageIndex.build([], embedder), embedder)
    key = content_key(embedder, passages)
    place = settings.home / "indexes" / f"corpus-{key[:24]}.npz"
    index = read_index(place, len(passages), embedder.dimension)
    if index is None:
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress(done, len(passages))

        index = PassageIndex.build(passages, embedder, advance)
        write_index(index, place)
        _forget_old(place)
    else:
        place.touch()
    return CorpusSearch(documents, owners, index, embedder)


def content_key(embedder: Embedder, passages: Sequence[str]) -> str:
    """Names an index by what it is made of: the model, its dimension, this code's version and the texts."""
    made_of = json.dumps([_VERSION, embedder.id, embedder.dimension, list(passages)], ensure_ascii=False)
    return hashlib.sha256(made_of.encode("utf-8", "surrogatepass")).hexdigest()


def read_index(place: Path, size: int, dimension: int) -> PassageIndex | None:
    """The stored index, or None when there is none or it is damaged or of another shape: it is then made anew."""
    try:
        index = PassageIndex.load(place)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return index if index.vectors.shape == (size, dimension) else None


def write_index(index: PassageIndex, place: Path) -> None:
    """Write beside and swap in, so that a crash leaves no half-written index."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
        made = Path(scratch) / "index.npz"
        index.save(made)
        shutil.move(made, place)


def _forget_old(place: Path) -> None:
    stored = sorted(place.parent.glob("corpus-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in stored[_KEPT:]:
        path.unlink(missing_ok=True)


def _document(row: Mapping[str, object], number: int) -> Document:
    name, text, title = row.get("id"), row.get("text"), row.get("title")
    if name is None or not isinstance(text, str):
        raise ValueError(f"語料第 {number} 筆需要有 id 與 text")
    return Document(str(name), text, str(title) if title else "")


def _passages(documents: Sequence[Document]) -> tuple[list[str], NDArray[np.int64]]:
    """Passages of at most _CHUNK characters, each led by its document's title, and whose document each is of."""
    passages: list[str] = []
    owners: list[int] = []
    for place, document in enumerate(documents):
        lead = f"{document.title}\n" if document.title else ""
        for piece in pieces(document.text):
            passages.append(lead + piece)
            owners.append(place)
    return passages, np.asarray(owners, np.int64)


def pieces(text: str, size: int = _CHUNK, overlap: int = _OVERLAP) -> list[str]:
    """Overlapping pieces that end at a sentence where one ends in their last third. A short text is one piece."""
    if len(text) <= size + overlap:
        return [text]
    out: list[str] = []
    start = 0
    while True:
        end = start + size
        if end >= len(text):
            out.append(text[start:])
            return out
        ends = [match.end() for match in _SENTENCE_END.finditer(text, start + size * 2 // 3, end)]
        end = ends[-1] if ends else end
        out.append(text[start:end])
        start = end - overlap
