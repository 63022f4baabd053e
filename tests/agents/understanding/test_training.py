"""Training is done once for what it is made of: anything else is read from the cache, without reading a sentence."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from agents.state import Intent
from agents.understanding import exemplars
from agents.understanding.exemplars import Exemplar, source
from agents.understanding.training import is_trained, train
from core.settings import Settings
from knowledge.records import County
from tests.agents.conftest import county as county


class Letters:
    """Counts letters: an embedding good enough to train on."""

    id, dimension = "letters", 8

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.array([[sum(ord(c) % 8 == n for c in text) + 0.1 for n in range(8)] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "utterances"
    place.mkdir()
    (place / "greeting.yaml").write_text("intent: greeting\ngroups: [[你好, 早安]]\n", encoding="utf-8")
    return place


def test_the_digest_follows_the_files_and_the_names_that_fill_them(folder: Path, county: County) -> None:
    before = source(county, folder)
    assert source(county, folder) == before
    (folder / "greeting.yaml").write_text("intent: greeting\ngroups: [[你好, 午安]]\n", encoding="utf-8")
    changed = source(county, folder)
    assert changed != before
    (folder / "thanks.yaml").write_text("intent: thanks\ngroups: [[謝謝]]\n", encoding="utf-8")
    more = source(county, folder)
    assert more != changed
    programmes = {**county.programmes}
    programmes.pop("gift")
    assert source(county.model_copy(update={"programmes": programmes}), folder) != more


def test_a_trained_model_is_read_back_without_reading_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {Intent.GREETING: ["你好", "早安", "哈囉"], Intent.THANKS: ["謝謝", "感謝你", "多謝"]}
    read: list[int] = []

    def load(_county: County | None = None) -> list[Exemplar]:
        read.append(1)
        return [Exemplar(text, intent, "citizen", f"{intent}/0") for intent, texts in said.items() for text in texts]

    monkeypatch.setattr(exemplars, "load", load)
    monkeypatch.setattr(exemplars, "source", lambda _county=None: repr(said).encode())
    settings = Settings(home=tmp_path, _env_file=None)
    assert not is_trained(settings, Letters())
    first = train(settings, Letters())
    assert is_trained(settings, Letters())
    again = train(settings, Letters())
    assert len(read) == 1
    vectors = Letters().queries(["早安"])
    assert np.allclose(
        first.probabilities(["早安"], vectors, "citizen"), again.probabilities(["早安"], vectors, "citizen")
    )
    said[Intent.THANKS].append("多謝您")
    assert not is_trained(settings, Letters())
    train(settings, Letters())
    assert len(read) == 2
    assert len(list((tmp_path / "understanding").glob("intents-*.npz"))) == 1
