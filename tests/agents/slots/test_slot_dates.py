"""Dates. The day is Tuesday, 24 November 2026, where no other is given."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.understanding.slots._text import Text
from agents.understanding.slots.dates import find_dates, find_repeats
from agents.understanding.slots.parsed import ProblemKind

TUESDAY = date(2026, 11, 24)
SATURDAY = date(2026, 11, 28)
SUNDAY = date(2026, 11, 29)


def read(text: str, today: date = TUESDAY) -> list[tuple[str | None, str | None]]:
    return [
        (m.day.isoformat() if m.day else None, m.problem.value if m.problem else None)
        for m in find_dates(Text.of(text), today)
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("下禮拜的今天", "2026-12-01"),
        ("下禮拜的禮拜三", "2026-12-02"),
        ("隔週三", "2026-12-02"),
        ("兩個禮拜後的禮拜三", "2026-12-09"),
        ("三週後的今天", "2026-12-15"),
        ("下月十五 上午", "2026-12-15"),
        ("日期:12/10", "2026-12-10"),
        ("下個月3 早上", "2026-12-03"),
        ("勞動節", "2027-05-01"),
        ("兒童節", "2027-04-04"),
    ],
)
def test_a_day_named_by_its_week_or_its_month_is_read(text: str, day: str) -> None:
    assert [d for d, _ in read(text)] == [day]


@pytest.mark.parametrize("text", ["春節", "過年的時候", "清明連假", "冬至那天", "母親節", "跨年"])
def test_a_holiday_that_moves_is_asked_not_guessed(text: str) -> None:
    found = read(text)
    assert found
    assert all(d == (None, "vague_date") for d in found)


@pytest.mark.parametrize("text", ["春節慰問金", "下個月三次", "兩個禮拜三次", "11月底前", "月底之前", "這個月底前"])
def test_words_around_holidays_and_weeks_are_no_days(text: str) -> None:
    assert all(day is None for day, _ in read(text))


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 6), st.integers(0, 6))
def test_a_weekday_some_weeks_on_lies_in_that_week(today: date, weeks: int, weekday: int) -> None:
    text = f"{weeks}個禮拜後的禮拜{'一二三四五六日'[weekday]}"
    (found,) = find_dates(Text.of(text), today)
    monday = today - timedelta(days=today.weekday())
    assert found.day == monday + timedelta(days=7 * weeks + weekday)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", "2026-11-24"),
        ("今仔日", "2026-11-24"),
        ("今晡日", "2026-11-24"),
        ("明天", "2026-11-25"),
        ("明仔載", "2026-11-25"),
        ("天光日", "2026-11-25"),
        ("明早八點", "2026-11-25"),
        ("後天", "2026-11-26"),
        ("后天", "2026-11-26"),
        ("後日", "2026-11-26"),
        ("大後天", "2026-11-27"),
        ("下週三", "2026-12-02"),
        ("下禮拜三", "2026-12-02"),
        ("下星期三", "2026-12-02"),
        ("下個禮拜三", "2026-12-02"),
        ("下周三", "2026-12-02"),
        ("下拜三", "2026-12-02"),
        ("下下週一", "2026-12-07"),
        ("這週五", "2026-11-27"),
        ("本週五", "2026-11-27"),
        ("這個星期五", "2026-11-27"),
        ("禮拜三", "2026-11-25"),
        ("星期一", "2026-11-30"),
        ("約一下禮拜三", "2026-11-25"),
        ("晚上禮拜三", "2026-11-25"),
        ("禮拜三四點看診", "2026-11-25"),
        ("三天後", "2026-11-27"),
        ("3天後", "2026-11-27"),
        ("兩個禮拜後", "2026-12-08"),
        ("一週後", "2026-12-01"),
        ("12/3", "2026-12-03"),
        ("12月3號", "2026-12-03"),
        ("12月3日", "2026-12-03"),
        ("１２月３日", "2026-12-03"),
        ("十二月三號", "2026-12-03"),
        ("12月廿五日", "2026-12-25"),
        ("廿五號", "2026-11-25"),
        ("十一月二十四日", "2026-11-24"),
        ("民國115年12月3日", "2026-12-03"),
        ("115年12月3日", "2026-12-03"),
        ("一一五年十二月三日", "2026-12-03"),
        ("115/12/3", "2026-12-03"),
        ("115.12.03", "2026-12-03"),
        ("115-12-03", "2026-12-03"),
        ("民國1151203", "2026-12-03"),
        ("2026-12-03", "2026-12-03"),
        ("2026/12/3", "2026-12-03"),
        ("西元2026年12月3日", "2026-12-03"),
        ("20261203", "2026-12-03"),
        ("月底", "2026-11-30"),
        ("12月底", "2026-12-31"),
        ("下個月5號", "2026-12-05"),
        ("這個月28號", "2026-11-28"),
        ("明年1月5日", "2027-01-05"),
        ("5號", "2026-12-05"),
        ("26號", "2026-11-26"),
        ("3月5號", "2027-03-05"),
        ("元旦", "2027-01-01"),
        ("tomorrow", "2026-11-25"),
        ("day after tomorrow", "2026-11-26"),
        ("next Wednesday", "2026-12-02"),
        ("Dec 3", "2026-12-03"),
    ],
)
def test_a_date_is_read_as_people_say_it(text: str, day: str) -> None:
    assert read(text) == [(day, None)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2月31日", "impossible_date"),
        ("13月1日", "impossible_date"),
        ("2/30", "impossible_date"),
        ("115年2月29日", "impossible_date"),
        ("民國115年11月31日", "impossible_date"),
        ("2月29日", "impossible_date"),
        ("農曆八月十五", "lunar"),
        ("舊曆九月初九", "lunar"),
        ("初一", "lunar"),
        ("大年初三", "lunar"),
        ("重陽節", "lunar"),
        ("重陽", "lunar"),
        ("中秋", "lunar"),
        ("農曆12月3日", "lunar"),
        ("下禮拜", "vague_date"),
        ("下個月", "vague_date"),
    ],
)
def test_what_is_no_date_comes_back_as_a_problem_without_a_guess(text: str, problem: str) -> None:
    assert read(text) == [(None, problem)]


def test_a_past_date_is_named_and_next_years_offered() -> None:
    (mention,) = find_dates(Text.of("10/5"), TUESDAY)
    assert (mention.day, mention.problem) == (date(2026, 10, 5), ProblemKind.PAST_DATE)
    assert mention.choices == (date(2027, 10, 5),)
    assert read("昨天") == [("2026-11-23", "past_date")]
    assert read("114年12月3日") == [("2025-12-03", "past_date")]
    assert read("這週一") == [("2026-11-23", "past_date")]


@pytest.mark.parametrize(
    ("text", "today", "days"),
    [
        ("下週三", SATURDAY, ["2026-12-02", "2026-12-09"]),
        ("下週三", SUNDAY, ["2026-12-02", "2026-12-09"]),
        ("下週日", TUESDAY, ["2026-12-06", "2026-11-29"]),
        ("週末", TUESDAY, ["2026-11-28", "2026-11-29"]),
        ("禮拜二", TUESDAY, ["2026-11-24", "2026-12-01"]),
    ],
)
def test_a_weekday_with_two_readings_offers_both(text: str, today: date, days: list[str]) -> None:
    (mention,) = find_dates(Text.of(text), today)
    assert mention.problem is ProblemKind.AMBIGUOUS_DATE
    assert [d.isoformat() for d in mention.choices] == days
    assert mention.day == mention.choices[0]


@pytest.mark.parametrize(
    "text",
    [
        "重陽禮金",
        "春節慰問金",
        "一週三次",
        "三號鏡頭",
        "縣政二路69號",
        "R-20261203-001",
        "0905-889988",
        "24/7",
        "單號1025",
        "以前天天",
        "120/80",
        "三天後天氣",
        "114年6月出生數",
        "初診",
        "提案 8 號",
        "等一下",
        "12.5%",
        "1:30",
        "A-1203",
        "02-2345678",
        "3/4/5/6",
    ],
)
def test_other_words_and_numbers_are_no_dates(text: str) -> None:
    assert [m for m in find_dates(Text.of(text), TUESDAY) if m.problem is not ProblemKind.VAGUE_DATE] == []


def test_a_birthday_is_no_day_to_book() -> None:
    assert [m.birth for m in find_dates(Text.of("民國43年5月3日生"), TUESDAY)] == [True]
    assert [m.birth for m in find_dates(Text.of("生日是43年5月3日"), TUESDAY)] == [True]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("每週一三五洗腎", ("MO", "WE", "FR")),
        ("每個禮拜二四六早上", ("TU", "TH", "SA")),
        ("每星期一、三、五", ("MO", "WE", "FR")),
        ("固定一三五", ("MO", "WE", "FR")),
        ("每週三", ("WE",)),
    ],
)
def test_a_weekly_pattern_is_no_single_date(text: str, days: tuple[str, ...]) -> None:
    assert [r.days for r in find_repeats(Text.of(text), TUESDAY)] == [days]
    assert find_dates(Text.of(text), TUESDAY) == []


FORMS = [
    "{y}-{m:02}-{d:02}",
    "{y}/{m}/{d}",
    "{y}.{m}.{d}",
    "{y}年{m}月{d}日",
    "民國{r}年{m}月{d}日",
    "{r}/{m:02}/{d:02}",
    "{r}.{m:02}.{d:02}",
    "{r}年{m}月{d}號",
    "中華民國{r}年{m}月{d}日",
    "西元{y}年{m}月{d}日",
]


@given(st.dates(date(2026, 11, 24), date(2099, 12, 31)), st.sampled_from(FORMS))
def test_every_written_date_is_read_back(day: date, form: str) -> None:
    text = f"我要約{form.format(y=day.year, r=day.year - 1911, m=day.month, d=day.day)}早上的車"
    assert read(text) == [(day.isoformat(), None)]


@given(
    st.dates(date(2020, 1, 1), date(2080, 1, 1)),
    st.integers(0, 182),
    st.sampled_from(["{m}/{d}", "{m}月{d}日", "{m}月{d}號"]),
)
def test_a_day_without_a_year_is_the_next_one_within_half_a_year(today: date, ahead: int, form: str) -> None:
    day = today + timedelta(days=ahead)
    if (day.month, day.day) != (2, 29):
        assert read(form.format(m=day.month, d=day.day), today) == [(day.isoformat(), None)]


@given(st.dates(date(2020, 1, 1), date(2080, 1, 1)), st.integers(0, 6))
def test_next_week_is_the_week_after_this_one(today: date, weekday: int) -> None:
    (mention,) = find_dates(Text.of("下週" + "一二三四五六日"[weekday]), today)
    assert mention.day is not None
    assert mention.day.weekday() == weekday
    assert mention.day.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]


@given(
    st.text(alphabet="今明後天下週三12345/月日號初農曆年民國.-一二十廿每底星期 禮拜", max_size=30),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
)
def test_no_text_makes_the_date_parser_raise(text: str, today: date) -> None:
    for mention in find_dates(Text.of(text), today):
        assert 0 <= mention.start < mention.end
        assert mention.day is not None or mention.problem is not None
