"""One calibrated classifier from a message and its meaning vector to probabilities over the intents.

Trained by training.py, stored as one .npz; reading a message needs numpy alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agents.state import STAFF_ONLY, Intent, Role
from agents.understanding.features import Lexicon, tfidf
from agents.understanding.normalise import key, match_form

Floats = NDArray[np.float32]

EMBEDDING_WEIGHT = 2.0  # relative lengths of the three parts of the feature vector, chosen by grouped cross-validation
LEXICON_WEIGHT = 0.5
KNOWN_SENTENCE = 0.95  # share of the probability that goes to the meaning of a sentence that was trained on
# A citizen can name a staff task (it is then refused in words), but seldom does.
CITIZEN_STAFF_PRIOR = 0.4


@dataclass(frozen=True)
class Model:
    """What training leaves. Rows of `weights`: grams, then embedding, then lexicon; columns: `intents`."""

    intents: list[Intent]
    vocabulary: list[str]
    idf: Floats
    mean: Floats  # of the exemplars' embeddings: e5 vectors share a large common part
    weights: Floats
    bias: Floats
    temperature: float
    programmes: list[str]
    sentences: dict[str, int]  # key of an exemplar -> place of its intent


def lexicon_and_embedding(lexicon: Lexicon, form: str, embedding: Floats, mean: Floats) -> Floats:
    """The dense part of the feature vector."""
    centred = embedding - mean
    length = float(np.linalg.norm(centred)) or 1.0
    return np.concatenate([centred / length * EMBEDDING_WEIGHT, lexicon.vector(form) * LEXICON_WEIGHT]).astype(
        np.float32
    )


class IntentClassifier:
    """Probabilities over the intents."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.intents = model.intents
        self._places = {gram: place for place, gram in enumerate(model.vocabulary)}
        self._lexicon = Lexicon(model.programmes)
        self._staff = np.array([intent in STAFF_ONLY for intent in model.intents])

    def probabilities(self, texts: Sequence[str], embeddings: Floats, role: Role, *, exact: bool = True) -> Floats:
        """One row a text, one column an intent of `intents`. `exact`: trust a sentence that was trained on."""
        rows = [self._row(match_form(text), vector) for text, vector in zip(texts, embeddings, strict=True)]
        scores = np.stack(rows) / self.model.temperature
        mass = np.exp(scores - scores.max(axis=1, keepdims=True))
        if role == "citizen":
            mass = mass * np.where(self._staff, CITIZEN_STAFF_PRIOR, 1.0)
        out: Floats = (mass / mass.sum(axis=1, keepdims=True)).astype(np.float32)
        if exact:
            for row, text in zip(out, texts, strict=True):
                known = self.model.sentences.get(key(text) or text)
                if known is not None:
                    row *= 1 - KNOWN_SENTENCE
                    row[known] += KNOWN_SENTENCE
        return out

    def _row(self, form: str, embedding: Floats) -> Floats:
        where, values = tfidf(form, self._places, self.model.idf)
        dense = lexicon_and_embedding(self._lexicon, form, embedding, self.model.mean)
        lexical = values @ self.model.weights[where]
        return (lexical + dense @ self.model.weights[len(self._places) :] + self.model.bias).astype(np.float32)


def save(model: Model, path: Path) -> None:
    """Write the model as one .npz; a half-written file never stands under `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part.npz")
    np.savez(
        draft,
        intents=np.array([intent.value for intent in model.intents]),
        vocabulary=np.frombuffer("\n".join(model.vocabulary).encode(), dtype=np.uint8),
        idf=model.idf,
        mean=model.mean,
        weights=model.weights,
        bias=model.bias,
        temperature=np.float32(model.temperature),
        programmes=np.frombuffer("\n".join(model.programmes).encode(), dtype=np.uint8),
        sentences=np.frombuffer("\n".join(model.sentences).encode(), dtype=np.uint8),
        meanings=np.array(list(model.sentences.values()), dtype=np.int32),
    )
    draft.replace(path)


def read(path: Path) -> Model:
    """Read what `save` wrote. Raises OSError or ValueError/KeyError when it is missing or of another make."""
    with np.load(path, allow_pickle=False) as file:

        def lines(name: str) -> list[str]:
            text = file[name].tobytes().decode()
            return text.split("\n") if text else []

        return Model(
            intents=[Intent(str(value)) for value in file["intents"]],
            vocabulary=lines("vocabulary"),
            idf=file["idf"],
            mean=file["mean"],
            weights=file["weights"],
            bias=file["bias"],
            temperature=float(file["temperature"]),
            programmes=lines("programmes"),
            sentences=dict(zip(lines("sentences"), file["meanings"].tolist(), strict=True)),
        )
