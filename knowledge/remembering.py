"""An embedder that remembers the last questions: one turn asks for the same text three times (understand, find, answer)."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from knowledge.embeddings import Advance, Embedder, TokenEmbedder, TokenVectors, Vectors

_KEPT = 1024


class RememberingEmbedder:
    """Wraps an embedder that shows tokens. Safe to use from several threads."""

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder
        self._seen: OrderedDict[str, tuple[Vectors, TokenVectors]] = OrderedDict()
        self._lock = Lock()

    @property
    def id(self) -> str:
        """Model and version of the wrapped embedder."""
        return self._embedder.id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Questions → float32 (len(texts), dimension), each of length 1."""
        return self.queries_with_tokens(texts)[0]

    def queries_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenVectors]]:
        """As `queries`, and the tokens of each text."""
        with self._lock:
            known = {text: self._seen[text] for text in texts if text in self._seen}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            vectors, tokens = self._embedder.queries_with_tokens(new)
            fresh = {text: (vectors[i], tokens[i]) for i, text in enumerate(new)}
            known |= fresh
            with self._lock:
                self._seen.update(fresh)
                while len(self._seen) > _KEPT:
                    self._seen.popitem(last=False)
        if not texts:
            return np.zeros((0, self.dimension), np.float32), []
        return np.stack([known[text][0] for text in texts]), [known[text][1] for text in texts]

    def passages(self, texts: Sequence[str], advance: Advance | None = None) -> Vectors:
        """Passages are embedded once, at ingest: not remembered."""
        return self._embedder.passages(texts, advance)

    def passages_with_tokens(
        self, texts: Sequence[str], advance: Advance | None = None
    ) -> tuple[Vectors, list[TokenVectors]]:
        """As `passages`, and the tokens of each text."""
        return self._embedder.passages_with_tokens(texts, advance)


def remembering(embedder: Embedder) -> Embedder:
    """`embedder` with a memory, where it shows tokens; as it is otherwise."""
    return RememberingEmbedder(embedder) if isinstance(embedder, TokenEmbedder) else embedder
