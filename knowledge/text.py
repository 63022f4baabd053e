"""Folding of written variants, so that the same word is found however it is written."""

import unicodedata
from functools import lru_cache


def fold(text: str) -> str:
    """NFKC, lower case, and one character for Traditional, Simplified and variant forms (臺 台, 裡 里 裏).

    For comparing only, never for showing: many Traditional characters fold to one Simplified character, which is safe
    in this direction and guesswork in the other.
    """
    return "".join(map(_one, unicodedata.normalize("NFKC", text).lower()))


@lru_cache(maxsize=32_768)
def _one(character: str) -> str:
    if not "\u3400" <= character <= "\u9fff":
        return character
    import zhconv

    return str(zhconv.convert(character, "zh-hans"))
