"""Ages, children, households; plates, cameras, alerts, rides; indicators, fields, topics."""

from datetime import date

import pytest

from agents.understanding.slots._text import Text
from agents.understanding.slots.identifiers import find_alerts, find_cameras, find_plates, find_rides
from agents.understanding.slots.indicators import find_indicators, get_indicators
from agents.understanding.slots.people import Household, age_on, find_ages, find_child_orders, find_household
from agents.understanding.slots.subjects import FIELDS, find_dataset, find_field, find_topics

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("七十二歲", [72]),
        ("72歲", [72]),
        ("我今年66歲了", [66]),
        ("民國43年次", [72]),
        ("43年生", [72]),
        ("1954年生", [72]),
        ("媽媽七十五歲獨居", [75]),
        ("她民國38年生", [77]),
        ("滿65歲", [65]),
        ("阿公80阿嬤77都沒收入", [80, 77]),
        ("72 years old", [72]),
        ("我45年9月出生", [81 - 11]),
        ("45年12月生", [69]),
        ("阿公九十有三", [93]),
        ("家父高齡九十一", [91]),
        ("老大三歲老二一歲", [3, 1]),
        ("115年6月出生數", []),
        ("65歲以上有多少人", []),
        ("未滿6歲", []),
        ("12/3", []),
        ("三十年", []),
        ("114年12月", []),
        ("200歲", []),
    ],
)
def test_ages_are_read_and_thresholds_are_not(text: str, ages: list[int]) -> None:
    assert [a.low for a in find_ages(Text.of(text), TODAY)] == ages


def test_a_decade_is_vague_and_a_birth_year_assumed() -> None:
    (decade,) = find_ages(Text.of("五十幾歲"), TODAY)
    assert (decade.low, decade.high, decade.vague) == (50, 59, True)
    assert find_ages(Text.of("民國43年次"), TODAY)[0].assumed
    assert not find_ages(Text.of("72歲"), TODAY)[0].assumed


def test_an_age_knows_whose_it_is() -> None:
    ages = find_ages(Text.of("我35歲單親帶兩個小孩 一個三歲一個六歲"), TODAY)
    assert [(a.low, a.whose) for a in ages] == [(35, "self"), (3, "child"), (6, "child")]
    assert find_ages(Text.of("爸爸78歲"), TODAY)[0].whose == "adult"


def test_years_are_full_on_the_birthday() -> None:
    assert age_on(date(1961, 11, 24), TODAY) == 65
    assert age_on(date(1961, 11, 25), TODAY) == 64


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("第二胎", 2),
        ("那第二胎呢", 2),
        ("第2胎", 2),
        ("老二", 2),
        ("第3個孩子", 3),
        ("第三個小孩", 3),
        ("頭胎", 1),
        ("二寶", 2),
        ("懷第三個", 3),
        ("second child", 2),
    ],
)
def test_the_order_of_a_child_is_read(text: str, order: int) -> None:
    assert [o.order for o in find_child_orders(Text.of(text))] == [order]


@pytest.mark.parametrize("text", ["第二個選項", "三個小孩", "第三季", "老大哥"])
def test_other_ordinals_are_no_children(text: str) -> None:
    assert find_child_orders(Text.of(text)) == []


@pytest.mark.parametrize(
    ("text", "household"),
    [
        ("一家四口每人每月一萬五", Household(members=4, income_per_person=15000)),
        ("家裡五個人月收入六萬", Household(members=5, income=60000, income_per_person=12000)),
        ("年收入60萬一家三口", Household(members=3, income=50000, income_per_person=16666)),
        ("媽媽獨居", Household(lives_alone=True)),
        ("不是獨居", Household(lives_alone=False)),
        ("跟兒子一起住", Household(lives_alone=False)),
        ("低收入戶怎麼申請", Household()),
    ],
)
def test_household_words_are_read(text: str, household: Household) -> None:
    assert find_household(Text.of(text)) == household


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("監控車牌 ABC-1234", "ABC-1234"),
        ("abc-1234", "ABC-1234"),
        ("ＡＢＣ－１２３４", "ABC-1234"),
        ("ABC1234有出現嗎", "ABC-1234"),
        ("1234-AB", "1234-AB"),
        ("AB-1234", "AB-1234"),
        ("車號 AB 123", "AB-123"),
        ("留意AXY-5678這台車", "AXY-5678"),
        ("監看 bkd 5566 這台車", "BKD-5566"),
        ("盯一下 qwe 0091", "QWE-0091"),
        ("確認 ABC-1234 還有沒有出現", "ABC-1234"),
    ],
)
def test_plates_are_found_beside_chinese(text: str, plate: str) -> None:
    assert [p.value for p in find_plates(Text.of(text))] == [plate]


@pytest.mark.parametrize(
    "text",
    ["A-1021", "C-03", "0905-889988", "DA01", "2026-12-03", "ISO-27001", "CNS-1234", "R-20261201-003", "A123456789"],
)
def test_other_codes_are_no_plates(text: str) -> None:
    assert find_plates(Text.of(text)) == []


def test_cameras_alerts_and_rides_come_in_the_form_of_the_records() -> None:
    for text in ("C-03", "C3", "三號鏡頭", "3號攝影機", "攝影機 3", "camera 3"):
        assert [c.value for c in find_cameras(Text.of(text))] == ["C-03"], text
    assert [a.value for a in find_alerts(Text.of("a-1021 已確認"))] == ["A-1021"]
    for text in ("警報 1021 確認", "1021 ack", "警報1021是誤報"):
        assert [a.value for a in find_alerts(Text.of(text))] == ["1021"], text
    for text in ("確認 al-88 那件", "al-88 是誤報", "告警編號 al-88 結案"):
        assert [a.value for a in find_alerts(Text.of(text))] == ["AL-88"], text
        assert find_plates(Text.of(text)) == find_rides(Text.of(text)) == [], text
    assert find_plates(Text.of("確認 AL-102 那件")) == []
    assert [r.value for r in find_rides(Text.of("編號 r-20261201-003 我要取消"))] == ["R-20261201-003"]
    assert [r.value for r in find_rides(Text.of("單號1025取消"))] == ["1025"]


def test_all_21_indicators_are_found_by_number_and_by_name() -> None:
    indicators = get_indicators()
    assert len(indicators) == 21
    for indicator in indicators.values():
        assert find_indicators(Text.of(f"指標{indicator.id}進度"))[0].id == indicator.id
        for name in (indicator.name, *indicator.aliases):
            assert find_indicators(Text.of(f"請問{name}達成率"))[0].id == indicator.id, name


@pytest.mark.parametrize("text", ["指標3.2", "指標 3-2 進度", "第3.2項指標", "kpi 3 . 2"])
def test_an_indicator_is_found_however_its_number_is_written(text: str) -> None:
    assert find_indicators(Text.of(text))[0].id == "3.2"


def test_no_two_indicators_share_a_name() -> None:
    names = [n for i in get_indicators().values() for n in (i.name, *i.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("text", ["2.5萬", "第3季", "3.2元", "有3項落後", "哪些指標落後"])
def test_other_numbers_are_no_indicators(text: str) -> None:
    assert find_indicators(Text.of(text)) == []


def test_a_field_is_taken_as_named_or_from_the_words_about_it() -> None:
    assert len(FIELDS) == 7
    named = find_field(Text.of("智慧交通類有哪些點子"))
    assert named is not None
    assert (named.value, named.assumed) == ("智慧交通", False)
    inferred = find_field(Text.of("希望有人教阿嬤量血壓吃藥"))
    assert inferred is not None
    assert (inferred.value, inferred.assumed) == ("智慧醫護", True)
    assert find_field(Text.of("我要許願")) is None


def test_topics_and_data_sets() -> None:
    assert [t.value for t in find_topics(Text.of("幫我訂閱育兒津貼跟租金補貼"))] == ["兒少", "住宅"]
    quoted, file = (
        find_dataset(Text.of("檢測「新竹縣食物銀行」資料集")),
        find_dataset(Text.of("長照機構名冊.csv 品質檢查")),
    )
    assert quoted is not None
    assert quoted.value == "新竹縣食物銀行"
    assert file is not None
    assert file.value == "長照機構名冊.csv"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("檢查復康巴士路線資料集的品質", "復康巴士路線"),
        ("跑一下食物銀行據點資料集的檢測", "食物銀行據點"),
        ("檢查一下資料集", None),
        ("檢查這個資料集", None),
        ("看白金標章資料集那個指標", None),
        ("看一下有多少資料集", None),
    ],
)
def test_a_data_set_is_named_by_the_words_before_it(text: str, name: str | None) -> None:
    found = find_dataset(Text.of(text))
    assert (found.value if found else None) == name
