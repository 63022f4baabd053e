"""Numerals and money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.understanding.slots._text import Text, fold, numeral
from agents.understanding.slots.amounts import amount, find_amounts

DIGITS = "零一二三四五六七八九"


def chinese(value: int) -> str:
    """A number below 億 as it is written out."""
    if value == 0:
        return "零"
    if value >= 10**4:
        rest = value % 10**4
        gap = "零" if 0 < rest < 1000 else ""
        return chinese(value // 10**4) + "萬" + (gap + chinese(rest) if rest else "")
    out, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return out


@given(st.integers(0, 99_999_999))
def test_every_number_written_in_chinese_is_read_back(value: int) -> None:
    assert numeral(chinese(value)) == value
    assert amount(chinese(value)) == value


@given(st.integers(0, 10**9), st.sampled_from(["{}", "{:,}"]))
def test_every_number_in_digits_is_read_back(value: int, form: str) -> None:
    assert numeral(form.format(value)) == value


@given(st.text(alphabet="零〇一二兩三四五六七八九十百千萬億0123456789廿卅.,", max_size=24))
def test_no_run_of_numerals_raises(word: str) -> None:
    assert numeral(word) is None or numeral(word) >= 0
    assert amount(word) is None or amount(word) >= 0


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("廿五", 25),
        ("卅一", 31),
        ("一一五", 115),
        ("兩百零五", 205),
        ("2千3百", 2300),
        ("〇", 0),
        ("一百", 100),
        ("三十", 30),
        ("十百", None),
        ("三四十", None),
        ("", None),
        ("abc", None),
        ("3.5", None),
    ],
)
def test_a_numeral_is_what_people_mean_by_it(word: str, value: int | None) -> None:
    assert numeral(word) == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("三萬五", [35000]),
        ("1萬2千", [12000]),
        ("2.5萬", [25000]),
        ("一萬二", [12000]),
        ("三千五", [3500]),
        ("兩百五十元", [250]),
        ("兩百五", [250]),
        ("NT$3,000", [3000]),
        ("ＮＴ＄３，０００", [3000]),
        ("每個月兩千元", [2000]),
        ("一萬零五百", [10500]),
        ("月薪三萬", [30000]),
        ("收入26000", [26000]),
        ("存款一百二十萬跟房子", [1200000]),
        ("1.2億", [120000000]),
        ("五千塊錢", [5000]),
        ("一个月两万五", [25000]),
        ("年收入60萬一家三口", [600000]),
        ("房租8000元 收入三萬", [8000, 30000]),
    ],
)
def test_amounts_are_read_as_people_say_them(text: str, values: list[int]) -> None:
    assert [a.value for a in find_amounts(Text.of(text))] == values


@pytest.mark.parametrize(
    "text", ["三個人", "兩千人參加", "72歲", "12月3日", "第三胎", "縣政二路69號", "一三五", "千萬不要"]
)
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert find_amounts(Text.of(text)) == []


def test_a_round_figure_is_marked_as_vague() -> None:
    assert find_amounts(Text.of("大概三萬"))[0].vague
    assert find_amounts(Text.of("三萬多"))[0].vague
    assert not find_amounts(Text.of("三萬元"))[0].vague


@given(st.text(max_size=200))
def test_folding_keeps_for_every_character_where_it_stood(raw: str) -> None:
    text = Text.of(raw)
    assert len(text.folded) == len(text.at)
    assert list(text.at) == sorted(text.at)
    assert all(0 <= i < len(raw) for i in text.at)


def test_folding_unites_the_ways_to_write_a_word() -> None:
    assert fold("臺大　ＡＢＣ后天") == "台大 abc後天"
    assert fold("明\u200b天") == "明天"
    assert fold("东元医院") == "東元醫院"
    assert fold("家里") == "家里"
    assert fold("竹北里長") == "竹北里長"
