"""The development sets: where they lie, their shape, and how an expected string is looked for in a reply.

The sets are written apart from the exemplars and from the wording of the knowledge records, so that a good score here
says something about people who have read neither. Never copy from one side to the other.
"""

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

Row = dict[str, Any]

FOLDER = Path(__file__).parent / "dev"
NAMES = ("intents", "facts", "slots", "bad")
_FILES = {"intents": "intents.jsonl", "facts": "facts.jsonl", "slots": "slots.jsonl", "bad": "bad_input.jsonl"}

# A Tuesday. Rows without their own `now` are asked at this time, so that "tomorrow" means the same in every run.
DEFAULT_NOW = "2026-11-24T10:00:00+08:00"


def load(name: str) -> list[Row]:
    """The rows of one set (`intents`, `facts`, `slots` or `bad`), in file order."""
    with (FOLDER / _FILES[name]).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def turns_of(row: Row) -> list[str]:
    """What is said, turn by turn. A turn may be `{"repeat", "times", "before", "after"}` to keep long inputs short."""
    if "question" in row:
        return [row["question"]]
    return [
        turn if isinstance(turn, str) else turn["before"] + turn["repeat"] * turn["times"] + turn["after"]
        for turn in row["turns"]
    ]


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """The text without what does not change its meaning here: width, spaces, letter case, 臺 for 台."""
    text = text.replace("，", "、")  # else NFKC makes it the comma of a number: 500，100 → 500,100
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold().replace("臺", "台")


def contains(reply: str, wanted: str) -> bool:
    """Whether `wanted` stands in `reply`. A number must stand alone: 500 is not found in 1,500, 5,000 or 500.5.

    A telephone number is found however it is hyphenated or bracketed.
    """
    text, needle = plain(reply), plain(wanted)
    if re.fullmatch(r"0[\d-]{7,}", needle):
        return needle.replace("-", "") in re.sub(r"[-()]", "", text)
    before = r"(?<!\d)(?<!\d[,.])" if needle[:1].isdigit() else ""
    after = r"(?!\d)(?![,.]\d)" if needle[-1:].isdigit() else ""
    return re.search(before + re.escape(needle) + after, text) is not None
