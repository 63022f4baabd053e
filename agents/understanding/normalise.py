"""Text as people type it, made safe and comparable: broken characters out, one script, one width, and its language.

`clean` keeps the words as typed (slots and read-backs use it); `match_form` is what rules and the classifier compare.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import zhconv

Language = Literal["zh-Hant", "zh-Hans", "en", "vi", "id", "th", "other"]

# Signs that answer or greet by themselves; any other emoji alone says nothing.
SIGNS = frozenset("👍👌✅🆗⭕👎❌🙅🙏👋🙋😊❤")

MAX_CHARS = 2_000  # what is read of one message; a pasted document says what it is about well before that

# Control characters, zero-width and bidirectional marks, byte-order mark, private use, lone surrogates, replacement.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffd\ue000-\uf8ff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"[^\S\n]+")
_REPEATS = re.compile(r"(.)\1{4,}", re.DOTALL)
_CONTENT = re.compile(r"\w")

# Characters that both scripts use (or that Hakka and Taiwanese writing use): no sign of Simplified text.
_BOTH_SCRIPTS = frozenset(
    "台里后面干只系余准于个云才冬几出别制卷向吁吊合同周咸姜家屋岩幸征志恤愿扎托据斗旋无朴朱杰松極沈沖涂淀游漓"
    "灶炮烟熏甜疴症皂盖秋秘种筑签籲糊繫纤致舍花范荐虫表證谷辟采里鉴鑒雕霉面须饥鬆鬥麯麼黃毋佢伊兜仔峰群裡床污線啟"
)

_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_VIETNAMESE_WORDS = frozenset(
    re.findall(r"\w+", "xin chao toi muon lam sao cam on giup duoc khong cua cho tien tro cap benh vien")
)
_INDONESIAN_WORDS = frozenset(
    re.findall(
        r"\w+",
        "saya kami anda apa bagaimana terima kasih tolong mau bisa untuk selamat pagi siang sore malam dan yang tidak "
        "ibu bapak rumah sakit halo bantuan uang anak di ke dari ini itu apakah berapa dimana kapan mohon",
    )
)
_WORD = re.compile(r"[^\W\d_]+")


def clean(text: str) -> str:
    """The message without what cannot be seen or stored, whitespace collapsed, at most MAX_CHARS code points."""
    text = text[: MAX_CHARS * 4].replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _INVISIBLE.sub("", text)
    text = _SPACES.sub(" ", text).strip()
    return text[:MAX_CHARS].rstrip()


@lru_cache(maxsize=4096)
def match_form(text: str) -> str:
    """`text` for comparison only: NFKC, lower case, Traditional characters with Taiwan wording, 臺 as 台, one line."""
    text = unicodedata.normalize("NFKC", clean(text)).lower()
    text = _REPEATS.sub(r"\1\1\1", text)
    if any(map(_simplified_only, text)):  # on Traditional text the conversion would only do harm (苗栗 → 苗慄)
        text = zhconv.convert(text, "zh-tw").replace("苗慄", "苗栗")
    text = text.replace("臺", "台").replace("妳", "你")
    return re.sub(r"\s+", " ", text).strip()


def key(text: str) -> str:
    """The bare letters and digits of a match form: two messages with the same key are the same message."""
    return re.sub(r"[\W_]+", "", match_form(text))


def has_content(text: str) -> bool:
    """Whether anything is left to read: a letter, a digit or a character (emoji and punctuation alone are not)."""
    return bool(_CONTENT.search(unicodedata.normalize("NFKC", clean(text))))


def language(text: str) -> Language:
    """The language of a message, by script first and small word lists second. Mixed text with Chinese is Chinese."""
    text = clean(text)
    if re.search("[\u3400-\u9fff\U00020000-\U0003ffff]", text) and not re.search("[\u3040-\u30ff]", text):
        return "zh-Hans" if any(map(_simplified_only, text)) else "zh-Hant"
    if re.search("[\u3040-\u30ff\uac00-\ud7af]", text):
        return "other"
    if re.search("[\u0e00-\u0e7f]", text):
        return "th"
    lowered = unicodedata.normalize("NFC", text).lower()
    if _VIETNAMESE.search(lowered):
        return "vi"
    words = _WORD.findall(lowered)
    if not words:
        return "zh-Hant"  # numbers, emoji: answer in the county's own language
    for words_of, name in ((_INDONESIAN_WORDS, "id"), (_VIETNAMESE_WORDS, "vi")):
        if sum(word in words_of for word in words) * 2 > len(words):
            return "id" if name == "id" else "vi"
    return "en" if lowered.isascii() else "other"


@lru_cache(maxsize=8192)
def _simplified_only(character: str) -> bool:
    if character in _BOTH_SCRIPTS or not "\u3400" <= character <= "\u9fff":
        return False
    return bool(zhconv.convert(character, "zh-hant") != character)
