"""Personal data in text: found, checked and masked. Works beside Chinese characters, in full width and with separators.

Sources: 國民身分證統一編號 and 外來人口統一證號 checksum as published by 內政部 (letter → two digits, weights 1 9 8 7 6 5 4 3 2 1 1,
sum divisible by 10); new resident numbers since 2021-01-02 have 8 or 9 as second character, old ones a letter A–D.
"""

import random
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "mobile", "phone", "email", "address", "account"]

_LETTER = {letter: value for value, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", 10)}
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)

# Numbers of offices that a reply is there to show.
PUBLIC_NUMBERS = frozenset(
    {"110", "113", "119", "165", "1922", "1925", "1955", "1957", "1966", "1980", "1990", "1991", "1995", "1999"}
    | {"035518101", "035518128", "036572151", "036572161"}
)

_SEP = r"[\s\-‐–—.·]?"
# Look-arounds instead of \b: a word boundary does not exist between 號 and A.
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "id": re.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{_SEP}[1289A-Da-d]{_SEP}(?:\d{_SEP}){{7}}\d(?![A-Za-z0-9])"),
    "email": re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"),
    "mobile": re.compile(rf"(?<!\d)(?:\+?886{_SEP}9|09)(?:{_SEP}\d){{8}}(?!\d)"),
    "phone": re.compile(
        rf"(?<![\d.])(?:\(0[2-8]\d{{0,2}}\)|\+?886{_SEP}[2-8]|0[2-8]\d{{0,2}}){_SEP}\d(?:{_SEP}\d){{5,7}}(?:\s?(?:#|轉|分機)\s?\d{{1,6}})?(?!\d)"
    ),
    "address": re.compile(
        r"(?:[一-鿿]{2,3}[縣市])?(?:[一-鿿]{1,3}[鄉鎮市區])?(?:[一-鿿]{1,4}[村里])?(?:\d{1,3}鄰)?"
        r"[一-鿿]{1,6}(?:路|街|大道)(?:[一二三四五六七八九十\d]{1,3}段)?(?:\d{1,4}巷)?(?:\d{1,4}弄)?"
        r"\d{1,4}(?:[之\-]\d{1,3})?號(?:之\d{1,3})?(?:[,，]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})樓(?:之\d{1,3})?)?"
    ),
    "account": re.compile(rf"(?<![\dA-Za-z])\d(?:{_SEP}\d){{9,15}}(?![\dA-Za-z])"),
}
_ORDER: tuple[Kind, ...] = ("id", "email", "mobile", "phone", "address", "account")


@dataclass(frozen=True)
class Span:
    """A piece of personal data: code-point offsets into the text as given, and its normalised value."""

    kind: Kind
    start: int
    end: int
    value: str


def valid_id(number: str) -> bool:
    """Whether `number` (ten characters, any case) is a national or resident number with a right checksum."""
    number = number.upper()
    if not re.fullmatch(r"[A-Z][1289A-D]\d{8}", number):
        return False
    return _checksum(number) == 0


def make_test_id(rng: random.Random, *, resident: bool = False) -> str:
    """A number with a right checksum, made and not found; for tests and demonstrations only."""
    body = rng.choice(sorted(_LETTER)) + rng.choice("89" if resident else "12")
    body += "".join(str(rng.randrange(10)) for _ in range(7))
    return body + str((10 - _checksum(body + "0")) % 10)


def _checksum(number: str) -> int:
    first = _LETTER[number[0]]
    second = _LETTER[number[1]] % 10 if number[1].isalpha() else int(number[1])
    digits = [first // 10, first % 10, second, *map(int, number[2:])]
    return sum(d * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 10


def find(text: str, *, public: Collection[str] = PUBLIC_NUMBERS) -> list[Span]:
    """All personal data in `text`, in order, not overlapping. Numbers in `public` (digits only) are offices, not people.

    An ID number counts only with a right checksum; one with a wrong checksum but written as an ID number is an "account"
    when long enough, so that a mistyped number is still not shown.
    """
    plain, offsets = _normalised(text)
    taken: list[tuple[int, int]] = []
    spans: list[Span] = []
    for kind in _ORDER:
        for match in _PATTERNS[kind].finditer(plain):
            start, end = match.span()
            if any(start < b and a < end for a, b in taken):
                continue
            value = re.sub(r"[\s\-‐–—.·()]", "", match.group()) if kind not in ("email", "address") else match.group()
            if kind == "id":
                value = value.upper()
                if not valid_id(value) and not re.search(
                    r"身[分份]證|統一編號|證號|居留證", plain[max(0, start - 12) : start]
                ):
                    continue
            if kind in ("phone", "mobile", "account") and re.sub(r"(?:#|轉|分機)\d+$", "", value) in public:
                taken.append((start, end))
                continue
            taken.append((start, end))
            spans.append(Span(kind, offsets[start], offsets[end - 1] + 1, value))
    return sorted(spans, key=lambda s: s.start)


_MASK: dict[Kind, str] = {
    "id": "[身分證號]",
    "mobile": "[手機]",
    "phone": "[電話]",
    "email": "[電子郵件]",
    "address": "[地址]",
    "account": "[號碼]",
}


def mask(text: str, *, kinds: Collection[Kind] = _ORDER, public: Collection[str] = PUBLIC_NUMBERS) -> str:
    """`text` with personal data of `kinds` replaced by the name of its kind. Masking twice changes nothing more."""
    out = text
    for span in reversed(find(text, public=public)):
        if span.kind in kinds:
            out = out[: span.start] + _MASK[span.kind] + out[span.end :]
    return out


def _normalised(text: str) -> tuple[str, list[int]]:
    """NFKC character by character, with the offset in `text` of each resulting character."""
    out: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text):
        folded = unicodedata.normalize("NFKC", char)
        out.append(folded)
        offsets += [index] * len(folded)
    return "".join(out), offsets
