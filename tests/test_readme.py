"""README says what is true: settings, commands, pictures; and nothing of the machine that it was written on."""

import re
from pathlib import Path

import pytest

from core.settings import Settings
from core.settings_table import BEGIN, END, table, with_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_that_of_the_code() -> None:
    """`make readme` brings it up to date."""
    assert with_table(README) == README


def test_every_setting_is_explained_in_the_table() -> None:
    rows = table().splitlines()[2:]
    assert len(rows) == len(Settings.model_fields)
    for name, row in zip(Settings.model_fields, rows, strict=True):
        assert row.startswith(f"| `STEWARD_{name.upper()}` |")
        assert row.rstrip("| ").rpartition("|")[2].strip(), f"{name} has no description"


def test_a_changed_setting_changes_the_table() -> None:
    stale = README.replace("STEWARD_LLM_TIMEOUT_S` | `8.0`", "STEWARD_LLM_TIMEOUT_S` | `9.0`")
    assert stale != README
    assert with_table(stale) == README


def test_a_file_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="settings:begin"):
        with_table("# 沒有標記")
    with pytest.raises(ValueError, match="settings:end"):
        with_table(f"{BEGIN}\n表")


def test_settings_named_in_the_text_exist() -> None:
    text = README.partition(BEGIN)[0] + README.partition(END)[2]
    for name in set(re.findall(r"STEWARD_([A-Z_]+[A-Z])\b", text)):
        assert name.lower() in Settings.model_fields, name


def test_commands_and_targets_named_in_the_text_exist() -> None:
    import cli

    commands = {
        command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback
    }
    groups = {group.name for group in cli.app.registered_groups}
    assert set(re.findall(r"`steward ([a-z]+)", README)) <= commands | groups
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_pictures_and_pages_that_are_linked_are_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        assert link.startswith("https://") or (ROOT / link).is_file(), link


def test_it_names_no_path_of_a_machine() -> None:
    assert re.findall(r"(?<![\w/])/(?:home|root|work|Users|tmp|var)/", README) == []
