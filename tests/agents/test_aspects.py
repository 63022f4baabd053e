"""Which side of a programme is asked: a word of its name is not a question."""

import pytest

from agents.aspects import Aspect, aspects_of


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("低收入戶一款多少", Aspect.AMOUNT),
        ("中低收入老人生活津貼一個月多少", Aspect.AMOUNT),
        ("中低收的收入上限是多少", Aspect.WHO),
        ("存款多少以下才能申請低收入戶", Aspect.WHO),
        ("復康巴士幾點到幾點有開", Aspect.DEADLINE),
        ("補助今年收到什麼時候", Aspect.DEADLINE),
        ("育兒津貼會被停掉嗎", Aspect.TOGETHER),
        ("辦喪葬補助要什麼", Aspect.DOCUMENTS),
        ("被駁回說收入超過 那上限是多少", Aspect.REFUSED),
    ],
)
def test_the_first_aspect_is_what_was_asked(text: str, first: Aspect) -> None:
    assert aspects_of(text)[0] is first
