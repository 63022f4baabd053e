"""A message that asks several things, cut into what can be answered one after the other.

Cutting is generous here; embedded.py puts together again what the classifier does not read as different requests.
"""

import re
from dataclasses import dataclass, replace

MAX_CLAUSES = 8
_LEAST = 3  # characters; a shorter piece belongs to its neighbour, unless it is a greeting or an answer

_LIST_MARK = re.compile(
    r"(?:^|(?<=[\s,，。;；:：、]))(?:\d{1,2}(?:[.、)）](?!\d)|\s?[)）])|[（(][一二三四五六\d][)）]|[一二三四五六]、|第[一二三四五](?:個|件)?(?=[\s,，是:：想要請幫問])|首先)|[①②③④⑤⑥⑦]"
)
_CONNECTIVE = re.compile(
    r"另外(?!一)|順便|還有(?!沒有|多少|幾|什麼|哪|名額|額度|效|剩|車|在|缺|嗎|補|其他|別的)|然後(?!呢)|接著|此外|對了(?!嗎)|除此之外|最後(?!一)|順道|順帶|再來(?!一|載)|外加|閣有|also,? |and also |by the way"
)
_END = re.compile(r"[。;；!！?？\n]+")
_PAUSE = re.compile(r"[,，、]+ *|(?<=[\u3400-\u9fff?？])[ 　]+")
_FORMULA = re.compile(
    r"^(?:你好|您好|哈囉|嗨|早安|午安|晚安|早|恁早|喂|hi|hello|謝謝|感謝|多謝|承蒙|對|對啊|是|好|好的|不對|不是|不要|不用|沒錯|確認|錯了)[你您啊喔啦]?[,，!！ ~]*$",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"^(?P<formula>(?:你好|您好|哈囉|嗨|早安|午安|晚安|恁早|賢早|謝謝你?|感謝|多謝|承蒙你?|不對|不是|對|好的?|沒錯|hello|hi|thanks))(?:[,，!！ ~]+)(?P<rest>.{4,})$",
    re.IGNORECASE | re.DOTALL,
)

# What makes a clause a request rather than the story around it.
REQUEST = re.compile(
    r"[嗎呢?？]|怎麼|如何|多少|幾|哪|什麼|啥|誰|能不能|可不可以|可以|請|幫|想|要(?!是)|欲|愛|查|取消|改|約|訂|預約|叫車|派車|申請|通知|刪|匯出|給我|找|轉|列|看|檢查|校對|分文|分給|附議|投|許願|希望|建議|"
    r"提案|確認|誤報|誤判|屬實|受理|盯|監看|掃描|進度|額度|按怎|佗|偌|仰般|麼[个個]|做得|無[?？]?$|吂|退|不用|不要|停|關|是不是|有沒有|會不會|how|what|where|when|who|can |please|book|cancel|is |do |i want|i need|show|list|check",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """A part of a message. `apart`: a list mark, a connective or a sentence end stands before it (the first: after it)."""

    text: str
    apart: bool
    listed: bool = False  # it is an item of a list, so it is a request whatever its words


def split(text: str) -> list[Clause]:
    """The clauses of a message in their order; a short or undivided message is one clause."""
    whole = text.strip()
    if len(whole) < 8:
        return [Clause(whole, False)]
    marked = _LIST_MARK.sub("\x03", whole)
    marked = _CONNECTIVE.sub("\x01", marked)
    marked = re.sub(r"(?<=[?？])|[。;；!！\n]+", "\x01", marked)
    marked = _PAUSE.sub("\x02", marked)
    found: list[Clause] = []
    apart = listed = False
    for part in re.split("([\x01\x02\x03])", marked):
        if part in ("\x01", "\x03"):
            apart, listed = True, listed or part == "\x03"
        elif part != "\x02" and (piece := part.strip(" ,，、：:　")):
            found += [Clause(piece, True, True)] if listed else _head(piece, apart)
            apart = listed = False
    found = _joined(found)[:MAX_CLAUSES] or [Clause(whole, False)]
    if len(found) > 1 and found[1].apart and not found[0].apart:
        found[0] = replace(found[0], apart=True)
    return found


def _head(piece: str, apart: bool) -> list[Clause]:
    """A greeting, thanks or answer that opens a clause stands by itself."""
    seen = _HEAD.match(piece)
    if not seen:
        return [Clause(piece, apart)]
    return [Clause(seen["formula"], apart), Clause(seen["rest"].strip(), True)]


def _joined(clauses: list[Clause]) -> list[Clause]:
    """Stories and scraps put back to the request they belong to: forwards, or backwards at the end."""
    out: list[Clause] = []
    story = ""
    story_apart = False
    for clause in clauses:
        if not story:
            story_apart = clause.apart
        formula = _FORMULA.match(clause.text) is not None
        if not formula and not clause.listed and (len(clause.text) < _LEAST or not REQUEST.search(clause.text)):
            story = f"{story} {clause.text}".strip()
            continue
        out.append(Clause(f"{story} {clause.text}".strip(), story_apart if story else clause.apart))
        story = ""
    if story:
        if out and not _FORMULA.match(out[-1].text):
            out[-1] = Clause(f"{out[-1].text} {story}", out[-1].apart)
        else:
            out.append(Clause(story, True))
    return out


def is_formula(text: str) -> bool:
    """Whether the text is nothing but a greeting, thanks or a bare answer."""
    return _FORMULA.match(text.strip()) is not None
