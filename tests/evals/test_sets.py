"""The development sets are well formed: a slip in a set must not look like a fault of the system."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from agents.state import STAFF_ONLY, Intent
from knowledge.records import load_county
from tests.evals.scoring import POLITE
from tests.evals.sets import NAMES, contains, load, plain, turns_of

UTTERANCES = Path(__file__).parents[2] / "knowledge" / "utterances"
INTENTS = {str(intent) for intent in Intent}
SLOTS = {"date", "time", "time_kind", "pickup", "dropoff", "purpose", "wheelchair", "attendants", "share"} | {
    *("return_trip", "ride", "programme", "township", "topic", "age", "child_order", "camera", "alert", "plate"),
    *("indicator", "dataset", "field"),
}
ASPECTS = {"amount", "who", "documents", "where", "deadline", "duration", "together", "refused", "contact"}


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_every_turn_is_text(name: str) -> None:
    rows = load(name)
    assert [id_ for id_, times in Counter(row["id"] for row in rows).items() if times > 1] == []
    assert all(isinstance(turn, str) for row in rows for turn in turns_of(row))
    assert {row.get("role", "citizen") for row in rows} <= {"citizen", "staff"}


@pytest.mark.parametrize("name", ["intents", "facts", "slots"])
def test_nothing_is_asked_twice(name: str) -> None:
    asked = Counter((row.get("role", "citizen"), row.get("now"), *turns_of(row)) for row in load(name))
    assert [turns for turns, times in asked.items() if times > 1] == []


def test_expected_intents_are_those_of_the_contract_turn_by_turn() -> None:
    for row in load("intents"):
        assert len(row["expect"]) == len(row["turns"]), row["id"]
        assert all(turn and set(turn) <= INTENTS for turn in row["expect"]), row["id"]
        if "also" in row:
            assert len(row["also"]) == len(row["turns"]), row["id"]
            assert all(reading and set(reading) <= INTENTS for turn in row["also"] for reading in turn), row["id"]


def test_every_intent_and_kind_of_message_is_there_often_enough() -> None:
    rows = load("intents")
    times = Counter(intent for row in rows for turn in row["expect"] for intent in turn)
    assert {intent: times[intent] for intent in INTENTS if times[intent] < 14} == {}
    assert times["out_of_scope"] >= 60
    assert times["crisis"] >= 30
    assert times["scam"] >= 30
    assert sum(row["id"].startswith("nm-") for row in rows) >= 30
    assert sum(len(set(turn) - POLITE) > 1 for row in rows for turn in row["expect"]) >= 50
    assert sum(len(row["turns"]) > 1 for row in rows) >= 50
    assert len(rows) >= 560


def test_near_misses_are_neither_crisis_nor_scam() -> None:
    for row in load("intents"):
        if row["id"].startswith("nm-"):
            assert not {"crisis", "scam"} & {intent for turn in row["expect"] for intent in turn}, row["id"]


def test_a_citizen_means_a_staff_intent_only_where_it_is_to_be_refused() -> None:
    staff = {str(intent) for intent in STAFF_ONLY}
    for row in load("intents"):
        if row["role"] == "citizen" and staff & {intent for turn in row["expect"] for intent in turn}:
            assert "refused" in row["note"], row["id"]


def test_facts_ask_known_aspects_of_enough_programmes() -> None:
    rows = [row for row in load("facts") if not row.get("unknown")]
    first = Counter(row["programme"] if isinstance(row["programme"], str) else row["programme"][0] for row in rows)
    assert len(rows) >= 300
    assert len(first) == 70
    assert {id_: n for id_, n in first.items() if n < 3} == {}
    assert {row["aspect"] for row in load("facts")} == ASPECTS


def test_the_programmes_of_facts_and_slots_are_those_of_the_knowledge() -> None:
    known = set(load_county().programmes)
    if not known:
        pytest.skip("no knowledge records are installed")
    for row in [*load("facts"), *load("slots")]:
        wanted = row["slots"].get("programme", []) if "slots" in row else row["programme"]
        assert set([wanted] if isinstance(wanted, str) else wanted) <= known, row["id"]


def test_what_must_be_said_is_never_what_must_not_be_said() -> None:
    for row in load("facts"):
        assert row["must"], row["id"]
        assert all(group and all(text.strip() for text in group) for group in row["must"]), row["id"]
        for text in row["must_not"]:
            assert text.strip(), row["id"]
            for group in row["must"]:
                assert not all(contains(wanted, text) for wanted in group), (row["id"], text)


def test_what_the_county_does_not_know_asks_for_an_office_or_a_phone_and_forbids_inventions() -> None:
    rows = [row for row in load("facts") if row.get("unknown")]
    assert len(rows) >= 40
    assert sum(bool(row["must_not"]) for row in rows) >= 35
    assert all(row["programme"] == [] for row in rows)


def test_a_bare_small_number_alone_is_no_proof_of_an_amount() -> None:
    for row in load("facts"):
        if row["aspect"] == "amount":
            assert not any(re.fullmatch(r"\d", text) for group in row["must"] for text in group), row["id"]


def test_slots_are_those_of_the_contract_and_written_its_way() -> None:
    rows = load("slots")
    assert len(rows) >= 150
    for row in rows:
        assert datetime.fromisoformat(row["now"]).utcoffset() is not None, row["id"]
        assert set(row["slots"]) | set(row.get("absent", [])) <= SLOTS, row["id"]
        assert row["slots"] or row.get("absent"), row["id"]
        assert not set(row["slots"]) & set(row.get("absent", [])), row["id"]
        if "date" in row["slots"]:
            day = datetime.fromisoformat(row["slots"]["date"]).date()
            assert day >= datetime.fromisoformat(row["now"]).date(), row["id"]
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", row["slots"].get("time", "00:00")), row["id"]


def test_bad_input_says_what_must_not_happen() -> None:
    rows = load("bad")
    assert len(rows) >= 100
    assert {row["id"].partition("-")[0] for row in rows} >= {
        "empty",
        "long",
        "markup",
        "code",
        "inject",
        "letter",
        "lang",
    }
    assert max(len(turn) for row in rows for turn in turns_of(row)) >= 20_000
    for row in rows:
        assert row["must_not"], row["id"]
        assert row["must_any"], row["id"]
        assert row["max_chars"] > 0, row["id"]
        assert set(row.get("intents_not", [])) <= INTENTS, row["id"]


def strings_in(value: object) -> Iterator[str]:
    """Every string in parsed YAML or JSON, without the keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings_in(one)


def training_sentences() -> set[str]:
    """What understanding and retrieval were written from: the exemplars, and the records' ways of asking."""
    found: set[str] = set()
    for path in UTTERANCES.rglob("*"):
        if path.suffix in {".yaml", ".yml"}:
            found |= set(strings_in(yaml.safe_load(path.read_text(encoding="utf-8"))))
        elif path.suffix == ".jsonl":
            for line in path.read_text(encoding="utf-8").splitlines():
                found |= set(strings_in(json.loads(line)))
        elif path.suffix in {".txt", ".tsv"}:
            found |= set(re.split(r"[\n\t]", path.read_text(encoding="utf-8")))
    for programme in load_county().programmes.values():
        found |= set(programme.ask)
    return {plain(text) for text in found}


def test_the_sets_are_not_what_the_system_was_written_from() -> None:
    """Short sentences meet by chance (取消, 我要叫車); of the longer ones hardly any may stand on both sides."""
    known = training_sentences()
    if not known:
        pytest.skip("no exemplars are installed")
    asked = [plain(turn) for name in ("intents", "facts") for row in load(name) for turn in turns_of(row)]
    longer = [text for text in asked if len(text) > 9]
    assert sum(text in known for text in longer) <= len(longer) // 100
