"""What a programme's answer says first, and what it never says."""

from datetime import date

import pytest

from agents.aspects import Aspect, aspects_of, subject_of
from agents.programme_answer import ProgrammeAnswerer
from knowledge.records import County, get_county

TODAY = date(2026, 11, 24)


@pytest.fixture
def answerer(county: County) -> ProgrammeAnswerer:
    return ProgrammeAnswerer(county)


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("敬老禮金一年多少錢", Aspect.AMOUNT),
        ("低收一個月領偌濟", Aspect.AMOUNT),
        ("誰可以領敬老禮金", Aspect.WHO),
        ("我媽七十歲有沒有資格", Aspect.WHO),
        ("辦身障證明要帶什麼", Aspect.DOCUMENTS),
        ("育兒津貼要準備哪些文件", Aspect.DOCUMENTS),
        ("假牙補助去哪裡辦", Aspect.WHERE),
        ("敬老卡佗位辦", Aspect.WHERE),
        ("租金補貼什麼時候截止", Aspect.DEADLINE),
        ("失業給付可以領多久", Aspect.DURATION),
        ("育兒津貼跟托育補助可以同時領嗎", Aspect.TOGETHER),
        ("為什麼我的低收沒過", Aspect.REFUSED),
        ("特殊境遇要怎麼申請", Aspect.HOW),
        ("喘息服務電話幾號打給誰", Aspect.CONTACT),
        ("聽說老農津貼要漲", Aspect.CHANGE),
    ],
)
def test_the_aspect_that_is_asked_is_seen(question: str, aspect: Aspect) -> None:
    assert aspect in aspects_of(question)


def test_a_question_without_content_words_has_no_subject() -> None:
    assert subject_of("那要帶什麼文件呢") == ""
    assert "中低收" in subject_of("那中低收呢")


@pytest.mark.parametrize(
    ("aspect", "first"),
    [
        (Aspect.AMOUNT, "12,340"),
        (Aspect.WHO, "條件"),
        (Aspect.DOCUMENTS, "身分證、存摺"),
        (Aspect.WHERE, "戶籍地公所"),
        (Aspect.DEADLINE, "4月1日"),
        (Aspect.CONTACT, "03-5518101"),
        (Aspect.TOGETHER, "敬老津貼"),
    ],
)
def test_the_first_sentence_meets_the_aspect(
    county: County, answerer: ProgrammeAnswerer, aspect: Aspect, first: str
) -> None:
    text = answerer.answer(county.programmes["gift"], [aspect], "", TODAY)
    assert first in text.splitlines()[0]


@pytest.mark.parametrize("aspect", [None, *Aspect])
def test_figures_that_do_not_hold_today_are_never_said(
    county: County, answerer: ProgrammeAnswerer, aspect: Aspect | None
) -> None:
    for programme in county.programmes.values():
        text = answerer.answer(programme, [aspect] if aspect else [], "多少 不確定 去年的", TODAY).replace(",", "")
        assert "77777" not in text
        assert "99999" not in text
        assert "88888" not in text


@pytest.mark.parametrize("aspect", [None, *Aspect])
def test_every_answer_names_whom_to_ask_and_when_it_was_checked(
    county: County, answerer: ProgrammeAnswerer, aspect: Aspect | None
) -> None:
    for programme in county.programmes.values():
        text = answerer.answer(programme, [aspect] if aspect else [], "", TODAY)
        assert "高齡長照處" in text
        assert "03-5518101" in text
        assert "民國115年11月23日" in text


def test_the_benefit_that_is_asked_comes_first(county: County, answerer: ProgrammeAnswerer) -> None:
    text = answerer.answer(county.programmes["allowance"], [Aspect.AMOUNT], "那第二胎呢", TODAY)
    assert "222" in text.splitlines()[1]


def test_an_unknown_amount_is_said_to_be_unknown(county: County, answerer: ProgrammeAnswerer) -> None:
    text = answerer.answer(county.programmes["vague"], [Aspect.AMOUNT], "多少錢", TODAY)
    assert "沒有查到" in text.splitlines()[0]


def test_a_pending_change_is_named_without_its_figures(county: County, answerer: ProgrammeAnswerer) -> None:
    text = answerer.answer(county.programmes["gift"], [Aspect.CHANGE], "聽說要漲到77777", TODAY)
    assert "還沒有生效" in text
    assert "12,340" in text
    assert "77777" not in text


def test_a_township_is_never_told_the_figures_of_another() -> None:
    county = get_county()
    answerer = ProgrammeAnswerer(county)
    programme = county.programmes["township_newborn_grant"]
    day = date(2026, 11, 24)
    told = answerer.answer(programme, [Aspect.AMOUNT], "橫山鄉公所生小孩另外給多少", day)
    assert "60,000" not in told
    assert "20,000" not in told
    assert "60,000" in answerer.answer(programme, [Aspect.AMOUNT], "竹東鎮公所生第一胎給多少", day)


def test_a_rate_of_a_group_of_townships_holds_for_each_that_has_none_of_its_own() -> None:
    county = get_county()
    answerer = ProgrammeAnswerer(county)
    programme = county.programmes["ltc_transport"]
    day = date(2026, 11, 24)
    mountain = answerer.answer(programme, [Aspect.AMOUNT], "一般戶住五峰 坐長照車自己要出幾%", day)
    assert "21%" in mountain
    assert "27%" not in mountain
    assert "27%" in answerer.answer(programme, [Aspect.AMOUNT], "一般戶住關西 坐長照車自己要出幾%", day)
