"""Training of the intent classifier, at set-up. The result is cached by what it was made of.

scikit-learn is imported here alone: a process that only answers never loads it.
"""

import hashlib
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from agents.state import Intent
from agents.understanding import classifier, exemplars, features, normalise
from agents.understanding.classifier import Floats, IntentClassifier, Model, lexicon_and_embedding
from agents.understanding.exemplars import Exemplar
from agents.understanding.features import Lexicon, tfidf, vocabulary
from agents.understanding.normalise import key, match_form
from core.settings import Settings
from knowledge.records import County

STRENGTH = 5.0  # inverse regularisation (C) of the logistic regression
TEMPERATURE = 0.8  # divides the scores; fitted on grouped cross-validation, where it makes confidence match accuracy
_BATCH = 128


class Embedder(Protocol):
    """What is needed of knowledge.embeddings: unit vectors of queries, float32, one row a text."""

    @property
    def id(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def queries(self, texts: list[str]) -> Floats: ...


Progress = Callable[[int, int], None]


def fit(items: Sequence[Exemplar], embeddings: Floats, programmes: Sequence[str]) -> Model:
    """A classifier of `items`, whose embeddings are given row by row. Deterministic."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    forms = [match_form(item.text) for item in items]
    words, idf = vocabulary(forms)
    places = {gram: place for place, gram in enumerate(words)}
    lexicon = Lexicon(programmes)
    mean = embeddings.mean(axis=0).astype(np.float32)
    columns: list[int] = []
    values: list[Floats] = []
    starts = [0]
    for form in forms:
        where, weights = tfidf(form, places, idf)
        columns += where
        values.append(weights)
        starts.append(len(columns))
    lexical = sparse.csr_matrix((np.concatenate(values), columns, starts), shape=(len(forms), len(words)))
    dense = np.stack(
        [lexicon_and_embedding(lexicon, form, row, mean) for form, row in zip(forms, embeddings, strict=True)]
    )
    learner = LogisticRegression(C=STRENGTH, max_iter=150, tol=1e-3, class_weight="balanced")
    learner.fit(sparse.hstack([lexical, sparse.csr_matrix(dense)]).tocsr(), [item.intent.value for item in items])
    intents = [Intent(str(name)) for name in learner.classes_]
    return Model(
        intents=intents,
        vocabulary=words,
        idf=idf,
        mean=mean,
        weights=np.ascontiguousarray(learner.coef_.T, dtype=np.float32),
        bias=learner.intercept_.astype(np.float32),
        temperature=TEMPERATURE,
        programmes=list(lexicon.programmes),
        sentences={key(item.text) or item.text: intents.index(item.intent) for item in items},
    )


def train(
    settings: Settings, embedder: Embedder, progress: Progress | None = None, county: County | None = None
) -> IntentClassifier:
    """The classifier for the exemplars and records of today: read from the cache under HOME, or trained and cached.

    `progress(done, of)` is called while exemplars are embedded, which is most of the time.
    """
    programmes = names_of(county)
    path = _place(settings, county, programmes, embedder)
    if path.exists():
        try:
            return IntentClassifier(classifier.read(path))
        except (OSError, ValueError, KeyError):
            path.unlink(missing_ok=True)  # cut short or of an older make: train again
    items = exemplars.load(county)
    folder = path.parent
    embeddings = _embed(items, embedder, folder, progress)
    model = fit(items, embeddings, programmes)
    classifier.save(model, path)
    for old in folder.glob("intents-*.npz"):
        if old != path:
            old.unlink(missing_ok=True)
    return IntentClassifier(model)


def is_trained(settings: Settings, embedder: Embedder, county: County | None = None) -> bool:
    """Whether the classifier for the exemplars and records of today lies under HOME."""
    return _place(settings, county, names_of(county), embedder).is_file()


def _place(settings: Settings, county: County | None, programmes: Sequence[str], embedder: Embedder) -> Path:
    return settings.home / "understanding" / f"intents-{_fingerprint(county, programmes, embedder)}.npz"


def names_of(county: County | None) -> list[str]:
    """Names and aliases of the programmes as match forms, for the lexicon."""
    if county is None:
        return []
    names = {name for programme in county.programmes.values() for name in (programme.name, *programme.aliases)}
    return sorted(match_form(name) for name in names)


def _fingerprint(county: County | None, programmes: Sequence[str], embedder: Embedder) -> str:
    """Of everything that shapes the model: sentences, names, embedding model and the code of features and training."""
    digest = hashlib.sha256(f"{embedder.id}/{embedder.dimension}".encode())
    digest.update(exemplars.source(county))  # not the sentences themselves: reading them takes half a second
    digest.update("\n".join(programmes).encode())
    for module in (normalise, features, classifier, inspect.getmodule(fit)):
        digest.update(Path(str(getattr(module, "__file__", ""))).read_bytes())
    return digest.hexdigest()[:16]


def _embed(items: Sequence[Exemplar], embedder: Embedder, folder: Path, progress: Progress | None) -> Floats:
    """Embeddings of all items, row by row; those of sentences seen before come from the cache."""
    name = hashlib.sha256(f"{embedder.id}/{embedder.dimension}".encode()).hexdigest()[:12]
    path = folder / f"embeddings-{name}.npz"
    known: dict[str, Floats] = {}
    if path.exists():
        try:
            with np.load(path, allow_pickle=False) as file:
                known = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))
        except (OSError, ValueError, KeyError):
            path.unlink(missing_ok=True)
    keys = [hashlib.sha256(normalise.clean(item.text).encode()).hexdigest()[:24] for item in items]
    wanted = {name: item.text for name, item in zip(keys, items, strict=True) if name not in known}
    # Sentences of like length share a batch: padding costs time.
    queue = sorted(wanted.items(), key=lambda pair: (len(pair[1]), pair[0]))
    for start in range(0, len(queue), _BATCH):
        part = queue[start : start + _BATCH]
        vectors = embedder.queries([normalise.clean(text) for _, text in part])
        known |= {name: vector for (name, _), vector in zip(part, vectors, strict=True)}
        if progress:
            progress(min(start + _BATCH, len(queue)), len(queue))
    if queue:
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".part.npz")
        np.savez(
            draft,
            keys=np.array(list(dict.fromkeys(keys))),
            vectors=np.stack([known[name] for name in dict.fromkeys(keys)]),
        )
        draft.replace(path)
    return np.stack([known[name] for name in keys]).astype(np.float32)
