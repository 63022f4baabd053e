"""Times of day."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.understanding.slots._text import Text
from agents.understanding.slots.parsed import ProblemKind
from agents.understanding.slots.times import find_times


def read(text: str) -> list[str]:
    return [m.at.strftime("%H:%M") for m in find_times(Text.of(text)) if m.at]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("早上九點半", "09:30"),
        ("上午9:30", "09:30"),
        ("下午兩點", "14:00"),
        ("下午2點", "14:00"),
        ("14:00", "14:00"),
        ("14：30", "14:30"),
        ("晚上七點一刻", "19:15"),
        ("早上八點三刻", "08:45"),
        ("中午", "12:00"),
        ("中午十二點半", "12:30"),
        ("中午一點", "13:00"),
        ("凌晨兩點半", "02:30"),
        ("早上九點零五分", "09:05"),
        ("九點零五", "09:05"),
        ("十點五十", "10:50"),
        ("9點30", "09:30"),
        ("14時30分", "14:30"),
        ("早上一點", "01:00"),
        ("早上的九點", "09:00"),
        ("早上十點鐘", "10:00"),
        ("早上06:30", "06:30"),
        ("下午13:30", "13:30"),
        ("明早八點", "08:00"),
        ("早上 9 點", "09:00"),
        ("下晝三點", "15:00"),
        ("透早六點", "06:00"),
        ("9am", "09:00"),
        ("3:30pm", "15:30"),
        ("12am", "00:00"),
        ("早上九点半", "09:30"),
        ("早八點", "08:00"),
        ("傍晚五點", "17:00"),
        ("早上的號碼 十點左右", "10:00"),
        ("晚上十點", "22:00"),
    ],
)
def test_a_time_is_read_as_people_say_it(text: str, at: str) -> None:
    assert read(text) == [at]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("八點", "08:00"),
        ("9點", "09:00"),
        ("十一點半", "11:30"),
        ("十二點", "12:00"),
        ("一點", "13:00"),
        ("2點", "14:00"),
        ("六點", "18:00"),
        ("7點", "07:00"),
    ],
)
def test_a_bare_hour_is_one_of_a_clinic_and_marked_as_assumed(text: str, at: str) -> None:
    (mention,) = find_times(Text.of(text))
    assert mention.at is not None
    assert (mention.at.strftime("%H:%M"), mention.assumed) == (at, True)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("0930", "09:30"),
        ("早上差一刻十點", "09:45"),
        ("時間:0900", "09:00"),
        ("時間：1430", "14:30"),
        ("差十分九點", "08:50"),
        ("早上九店", "09:00"),
        ("早班洗腎 六點半", "06:30"),
        ("下午兩點 心臟科", "14:00"),
    ],
)
def test_slips_shifts_and_times_short_of_an_hour_are_read(text: str, at: str) -> None:
    assert read(text) == [at]


@pytest.mark.parametrize("text", ["1430", "2026", "電話0912 345 678", "0930-123-456", "兩點心得", "7-11店", "差十分"])
def test_other_numbers_are_no_times(text: str) -> None:
    assert read(text) == []


@given(st.times(), st.sampled_from(["12/9 ", "12/9(三) ", "12月9號", "明天 "]))
def test_four_digits_after_a_date_are_a_time(at: time, date: str) -> None:
    text = f"{date}{at:%H%M} 東元"
    end = len(date.rstrip().removesuffix("(三)"))
    assert [m.at for m in find_times(Text.of(text), [end])] == [at.replace(second=0, microsecond=0)]


def test_a_bare_seven_and_midnight_are_open() -> None:
    (seven,) = find_times(Text.of("七點"))
    assert (seven.problem, seven.choices) == (ProblemKind.AMBIGUOUS_TIME, (time(7), time(19)))
    for text in ("半夜", "半夜十二點", "晚上十二點", "24:00點"):
        assert [m.problem for m in find_times(Text.of(text))][:1] != [None], text


@pytest.mark.parametrize(
    ("text", "at", "until"),
    [
        ("九點到十點", time(9), time(10)),
        ("下午兩點到四點", time(14), time(16)),
        ("早上十點到下午兩點", time(10), time(14)),
        ("8:00~9:30", time(8), time(9, 30)),
        ("十點到兩點", time(10), time(14)),
    ],
)
def test_a_range_is_one_mention(text: str, at: time, until: time) -> None:
    (mention,) = find_times(Text.of(text))
    assert (mention.at, mention.until) == (at, until)


def test_about_is_kept() -> None:
    assert find_times(Text.of("大概十點左右"))[0].approximate
    assert find_times(Text.of("早上大約九點"))[0].approximate
    assert not find_times(Text.of("早上九點"))[0].approximate


def test_a_part_of_day_alone_is_vague() -> None:
    (mention,) = find_times(Text.of("下星期一早上"))
    assert (mention.at, mention.part, mention.problem) == (None, "morning", ProblemKind.VAGUE_TIME)


@pytest.mark.parametrize(
    "text",
    [
        "快一點",
        "早一點來",
        "晚一點",
        "有一點痛",
        "便宜一點",
        "三小時",
        "提早半小時",
        "兩點建議",
        "比例3:1",
        "一個點子",
        "3000點數",
        "差一點",
        "幾點",
        "12/3",
    ],
)
def test_other_words_are_no_times(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["25點", "早上15點", "24:30"])
def test_an_impossible_time_is_a_problem(text: str) -> None:
    assert ProblemKind.IMPOSSIBLE_TIME in [m.problem for m in find_times(Text.of(text))]
    assert read(text) == []


@given(st.times().map(lambda t: t.replace(second=0, microsecond=0)), st.sampled_from(["%H:%M", "%H點%M分", "%H時%M分"]))
def test_every_time_of_the_24_hour_clock_is_read_back(at: time, form: str) -> None:
    if at.hour >= 13 or (form == "%H:%M" and at.hour != 7):
        assert read("我要約" + at.strftime(form)) == [at.strftime("%H:%M")]


@given(st.integers(1, 11), st.integers(0, 59), st.sampled_from([("早上", 0), ("上午", 0), ("下午", 12)]))
def test_every_hour_with_its_part_of_day_is_read_back(hour: int, minute: int, part: tuple[str, int]) -> None:
    assert read(f"{part[0]}{hour}點{minute}分") == [f"{hour + part[1]:02}:{minute:02}"]


@given(st.text(alphabet="早上下午晚中半夜點分刻:0123456789一二兩三十到左右am pm", max_size=30))
def test_no_text_makes_the_time_parser_raise(text: str) -> None:
    for mention in find_times(Text.of(text)):
        assert 0 <= mention.start < mention.end
        assert mention.at is not None or mention.problem is not None
