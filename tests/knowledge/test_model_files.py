"""The manifest and the fetching of models: nothing is used that has not the hash it should have."""

from pathlib import Path

import pytest

from core.settings import Settings
from knowledge import model_files
from knowledge.embeddings import BUNDLED
from knowledge.model_files import ModelError


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> model_files.Model:
    """A manifest with one small model of one file."""
    entry = model_files.Model(
        name="small",
        job="test",
        about="",
        licence="MIT",
        source="",
        without="",
        file=[model_files.ModelFile(name="data.bin", parts=["x/data.bin"], bytes=5, sha256=_HELLO)],
    )
    monkeypatch.setattr(model_files, "manifest", lambda: {"small": entry})
    return entry


_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


def test_every_model_of_the_manifest_names_licence_source_and_full_hashes() -> None:
    for model in model_files.manifest().values():
        assert model.licence
        assert model.source
        hashes = [file.sha256 for file in model.file] + [package.sha256 for package in model.package]
        assert all(len(value) == 64 and set(value) <= set("0123456789abcdef") for value in hashes)
    assert model_files.manifest()[BUNDLED].default


def test_the_mirror_comes_first_and_what_it_holds_is_installed(small: model_files.Model, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror" / "small"
    mirror.mkdir(parents=True)
    (mirror / "data.bin").write_bytes(b"hello")
    settings = Settings(home=tmp_path / "home", models_mirror=str(tmp_path / "mirror"))
    assert model_files.installed("small", settings) is None
    place = model_files.fetch("small", settings)
    assert (place / "data.bin").read_bytes() == b"hello"
    assert model_files.installed("small", settings) == place
    model_files.verify("small", settings)


def test_a_file_with_another_hash_is_refused_and_leaves_nothing_behind(
    small: model_files.Model, tmp_path: Path
) -> None:
    (tmp_path / "data.bin").write_bytes(b"h3llo")
    settings = Settings(home=tmp_path / "home", models_mirror=str(tmp_path))
    with pytest.raises(ModelError, match="SHA-256 不符"):
        model_files.fetch("small", settings)
    assert list((tmp_path / "home" / "models").iterdir()) == []


def test_a_damaged_model_is_seen_by_verify_and_a_cut_one_is_fetched_again(
    small: model_files.Model, tmp_path: Path
) -> None:
    (tmp_path / "data.bin").write_bytes(b"hello")
    settings = Settings(home=tmp_path / "home", models_mirror=str(tmp_path))
    place = model_files.fetch("small", settings)
    (place / "data.bin").write_bytes(b"hellO")
    with pytest.raises(ModelError, match="SHA-256"):
        model_files.verify("small", settings)
    (place / "data.bin").write_bytes(b"hel")
    assert model_files.installed("small", settings) is None
    model_files.fetch("small", settings)
    model_files.verify("small", settings)


def test_an_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=BUNDLED):
        model_files.fetch("no-such-model", Settings(home=tmp_path))
