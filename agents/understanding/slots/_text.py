"""Text as the parsers read it, and Chinese numerals.

The parsers match on a folded copy (half width, lower-case Latin, Traditional, 臺 as 台) and answer in the
speaker's own characters, so the copy keeps for each of its characters where it stood. Offsets are code points.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import zhconv

# Simplified characters that Big5 knows as rare Traditional ones, so that the Big5 test below misses them; and
# characters whose first Traditional form is not the one used in times and places.
_EXTRA = {"万": "萬", "后": "後", "几": "幾", "复": "復", "钟": "鐘", "裏": "裡", "里": "里", "臺": "台", "台": "台"}
LONGEST = 4000
_SPACES = re.compile(r"\s")
# Simplified writes 裡 and the 里 of a township with one character; after these it is the inside of something.
_INSIDE = re.compile(r"(?<=[家那這哪屋厝])里(?![鄰長])")


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    """The folded form of one character: empty for what cannot be seen, else one or more characters."""
    if char in _EXTRA:
        return _EXTRA[char]
    if unicodedata.category(char) in ("Cf", "Cc", "Mn") and not _SPACES.match(char):
        return ""
    plain = unicodedata.normalize("NFKC", char).lower()
    if len(plain) != 1:
        return plain
    if _SPACES.match(plain):
        return " "
    if "\u4e00" <= plain <= "\u9fff":
        plain = _EXTRA.get(plain, plain)
        try:
            plain.encode("big5")
        except UnicodeEncodeError:
            traditional: str = zhconv.convert(plain, "zh-hant")
            return _EXTRA.get(traditional, traditional) if len(traditional) == 1 else plain
    return plain


@dataclass(frozen=True, slots=True)
class Text:
    """A message: `raw` as given, `folded` for matching, `at[i]` = index in `raw` of the folded character i."""

    raw: str
    folded: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, raw: str) -> "Text":
        """Fold a message: works on any string. A run of white space is one space; what lies beyond LONGEST characters
        is not read (nobody books a ride on the fifth page, and patterns stay fast on pasted documents)."""
        out: list[str] = []
        at: list[int] = []
        for index, char in enumerate(raw):
            for piece in _fold_char(char):
                if piece == " " and out and out[-1] == " ":
                    continue
                out.append(piece)
                at.append(index)
            if len(out) >= LONGEST:
                break
        return cls(raw, _INSIDE.sub("裡", "".join(out)), tuple(at))

    def said(self, start: int, end: int) -> str:
        """The speaker's own characters for a span of the folded text, half width."""
        if start >= end or start >= len(self.at):
            return ""
        return unicodedata.normalize("NFKC", self.raw[self.at[start] : self.at[end - 1] + 1]).strip()


def fold(word: str) -> str:
    """A word in the folded form of `Text`, to compare with."""
    return "".join(_fold_char(char) for char in word)


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "兩": 2,
    "两": 2,
    "壹": 1,
    "貳": 2,
    "參": 3,
    "倆": 2,
}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_BIG = {"萬": 10**4, "万": 10**4, "億": 10**8}
_SHORT = {"廿": "二十", "卅": "三十", "卌": "四十"}
NUMERAL = r"[0-9零〇一二兩三四五六七八九十廿卅百千萬]"  # a character of a whole number, for regular expressions


def numeral(word: str) -> int | None:
    """A whole number written in digits, Chinese numerals or both (廿五 25, 一百零五 105, 2千3百 2,300, 一一五 115).

    None when it is none. The colloquial short forms of money (一萬二 for 12,000) are read by `amounts`, not here.
    """
    text = word.strip().replace(",", "")
    for short, full in _SHORT.items():
        text = text.replace(short, full)
    if not text:
        return None
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 15 else None
    if all(c in _DIGITS for c in text):
        if len(text) > 15:
            return None
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = 0
    current: int | None = None
    for piece in re.findall(r"[0-9]+|.", text):
        if piece.isascii() and piece.isdigit():
            if current is not None or len(piece) > 12:
                return None
            current = int(piece)
        elif piece in _DIGITS:
            if current not in (None, 0):
                return None
            current = _DIGITS[piece]
        elif piece in _SMALL:
            if current is None and not (piece == "十" and section % 100 == 0):
                return None
            section += (1 if current is None else current) * _SMALL[piece]
            current = None
        elif piece in _BIG:
            section += current or 0
            if section == 0:
                return None
            total += section * _BIG[piece]
            section, current = 0, None
        else:
            return None
    return total + section + (current or 0)
