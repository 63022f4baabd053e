"""A model may reword; it may not bring figures or links of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.compose import Composer, unsupported
from agents.state import Answer, Intent
from core.models import ModelUnavailable

FACTS = "每人每月 11,850 元（113年起），電話 03-5518101，每年4月1日至9月30日。"


@pytest.mark.parametrize(
    "text",
    [
        "每個月 11850 元",
        "一個月可以領 １１，８５０ 元",
        "電話是 035518101",
        "請撥 03-5518101，4月1日到9月30日辦理",
        "1. 先打電話\n2. 再去公所",
    ],
)
def test_the_same_figures_in_other_writing_pass(text: str) -> None:
    assert unsupported(text, FACTS) == []


@pytest.mark.parametrize(
    "text",
    [
        "每個月 12,000 元",
        "一萬二千元",
        "大約五千元",
        "請撥 0800-000-000",
        "看 https://evil.example/x",
        "10月1日截止",
        "五十歲以上",
    ],
)
def test_new_figures_and_links_are_found(text: str) -> None:
    assert unsupported(text, FACTS)


@given(st.integers(min_value=0, max_value=10**9))
def test_any_number_that_the_facts_lack_is_found(number: int) -> None:
    assert bool(unsupported(f"共 {number:,} 元", FACTS)) == (str(number) not in {"11850", "113", "4", "1", "9", "30"})


class Worded:
    """A model that answers with one sentence, or not at all."""

    def __init__(self, text: str | None) -> None:
        self._text = text

    async def text(self, system: str, user: str) -> str:
        if self._text is None:
            raise ModelUnavailable("down")
        return self._text

    async def structured(self, system: str, user: str, schema: type) -> object:
        raise ModelUnavailable("not asked")


ANSWER = Answer(intent=Intent.WELFARE_ASK, text=FACTS)


async def test_good_wording_is_used() -> None:
    text = await Composer(Worded("您每個月可以領 11,850 元。")).compose("多少", [ANSWER])
    assert text == "您每個月可以領 11,850 元。"


@pytest.mark.parametrize("worded", ["您可以領 20,000 元。", "", None])
async def test_otherwise_the_template_is_sent(worded: str | None) -> None:
    assert await Composer(Worded(worded)).compose("多少", [ANSWER]) == FACTS


async def test_safety_texts_are_never_reworded() -> None:
    fixed = Answer(intent=Intent.CRISIS, text="請撥 1925", fixed=True)
    assert await Composer(Worded("沒事的")).compose("我不想活了", [fixed]) == "請撥 1925"
