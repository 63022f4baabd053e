"""Whole messages: what a speaker said becomes slots, and what is open becomes problems."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agents.state import Context, Intent, Pending
from agents.understanding.slots import HOME, RELEVANT, SLOTS, Gazetteer, Parsed, ProblemKind, parse, parse_slots, parser
from agents.understanding.slots._text import Text
from agents.understanding.slots.places import find_spots, resolve_place
from knowledge.records import ROOT, County, Place, Township
from tests.agents.slots.small_county import small_county

NOW = datetime.fromisoformat("2026-11-24T10:00:00+08:00")  # a Tuesday
Read = Callable[..., Parsed]


@pytest.fixture(scope="module")
def read(gazetteer: Gazetteer) -> Read:
    def run(
        text: str, intent: Intent | None = Intent.LTC_BOOK, context: Context | None = None, now: datetime = NOW
    ) -> Parsed:
        return parse(text, now, context, intent, gazetteer=gazetteer)

    return run


def waiting(*needs: str, kind: Any = "slots", choices: tuple[str, ...] = ()) -> Context:
    return Context(pending=Pending(intent=Intent.LTC_BOOK, kind=kind, needs=list(needs), choices=list(choices)))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "明天早上九點要去東元醫院看診 從竹北家裡出發",
            {
                "date": "2026-11-25",
                "time": "09:00",
                "time_kind": "appointment",
                "pickup": "竹北家裡",
                "purpose": "就醫",
            },
        ),
        (
            "下禮拜三 14:30 榮總復健 輪椅一台 陪同一人",
            {"date": "2026-12-02", "time": "14:30", "purpose": "復健", "wheelchair": True, "attendants": 1},
        ),
        (
            "老人家要透析 早上六點半 從湖口家裡到仁慈",
            {"time": "06:30", "pickup": "湖口家裡", "dropoff": "湖口仁慈醫院", "purpose": "透析"},
        ),
        ("早上八點半從關西上車去新竹國泰", {"time": "08:30", "time_kind": "pickup", "pickup": "關西鎮"}),
        ("九點到東元 從縣政二路", {"time": "09:00", "time_kind": "appointment", "pickup": "縣政二路"}),
        ("從家裡到馬偕", {"pickup": HOME, "dropoff": "馬偕紀念醫院新竹分院"}),
        ("從竹北市縣政二路69號3樓到竹東榮總", {"pickup": "竹北市縣政二路69號3樓"}),
        ("到竹北火車站接我去中國醫", {"pickup": "竹北火車站", "dropoff": "中國醫藥大學新竹附設醫院"}),
        (
            "載我媽媽從馬偕回竹北家裡 下午四點",
            {"pickup": "馬偕紀念醫院新竹分院", "dropoff": "竹北家裡", "time": "16:00"},
        ),
        ("明天下午2點去復健 不用輪椅 沒人陪", {"wheelchair": False, "attendants": 0, "purpose": "復健"}),
        ("後天兩個人陪 來回", {"attendants": 2, "return_trip": True}),
        ("單程就好 我自己去", {"return_trip": False, "attendants": 0}),
        ("不要跟別人共乘", {"share": False}),
        ("可以共乘沒關係", {"share": True}),
        ("我太太會跟我去", {"attendants": 1}),
        ("兩位陪同", {"attendants": 2}),
        ("阿爸愛去洗腰子", {"purpose": "透析"}),
        ("明天要去付健", {"purpose": "復健"}),
        ("明天早上九点去东元医院 需要轮椅", {"date": "2026-11-25", "time": "09:00", "wheelchair": True}),
        ("我住五峰桃山 要去榮總 幫我排車", {"pickup": "五峰桃山"}),
        ("12月3號星期四 上午十點", {"date": "2026-12-03", "time": "10:00"}),
        ("今天想約明天的車", {"date": "2026-11-25"}),
        ("九點來接我 看診是十點", {"time": "10:00", "time_kind": "appointment"}),
        ("去馬偕接我媽媽回家", {"pickup": "馬偕紀念醫院新竹分院", "dropoff": HOME}),
    ],
)
def test_a_ride_is_read_from_one_message(read: Read, text: str, slots: dict[str, Any]) -> None:
    got = read(text).slots
    assert {k: got.get(k) for k in slots} == slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("尖石嘉樂村出發 去竹東榮總", {"pickup": "尖石嘉樂村"}),
        ("橫山鄉大肚村5鄰12號到榮總 叫車", {"pickup": "橫山鄉大肚村5鄰12號"}),
        ("五峰桃山村清泉部落出發 到榮總", {"pickup": "五峰桃山村清泉部落"}),
        ("嘉樂村到馬偕 訂車", {"pickup": "嘉樂村"}),
        ("芎林上山村 到東元 叫車", {"pickup": "芎林上山村"}),
        ("到新埔廣和宮接我 去東元", {"pickup": "新埔廣和宮", "dropoff": "東元綜合醫院"}),
        ("上車:關西鎮正義路 下車:東元", {"pickup": "關西鎮正義路", "dropoff": "東元綜合醫院"}),
        ("從竹北成功八路到榮總 叫車", {"pickup": "竹北成功八路"}),
        ("從光明一路到東元 叫車", {"pickup": "光明一路"}),
        ("從我家關西中山路到國泰 訂車", {"pickup": "關西中山路"}),
        ("從我家中山路88號到國泰 叫車", {"pickup": "中山路88號"}),
        ("我家在北埔南興街 要去榮總 訂車", {"pickup": "北埔南興街"}),
        ("來我家接 芎林文昌街15號 去東元", {"pickup": "芎林文昌街15號"}),
        ("上車地點在女兒家 竹北光明六路 去東元", {"pickup": "女兒家 竹北光明六路"}),
        ("從娘家到東元 訂車", {"pickup": "娘家"}),
        ("从家里到东元 订车", {"pickup": HOME, "dropoff": "東元綜合醫院（东元）"}),
        ("載阿嬤從護理之家到東元", {"pickup": "護理之家"}),
        ("訂車 回家", {"dropoff": HOME}),
        ("a ride from Zhudong to Cathay hospital", {"pickup": "竹東鎮", "dropoff": "Cathay hospital"}),
        ("pick me up at home, to Mackay hospital 馬偕", {"pickup": HOME, "dropoff": "馬偕紀念醫院新竹分院"}),
    ],
)
def test_where_a_ride_starts_is_read_as_people_describe_it(read: Read, text: str, slots: dict[str, Any]) -> None:
    got = read(text, None).slots
    assert {k: got.get(k) for k in slots} == slots


@pytest.mark.parametrize("text", ["十公里", "農村再生", "里長電話", "這里有車嗎", "山路難走 叫車", "安全回家路線 叫車"])
def test_words_that_end_like_a_village_or_a_road_are_no_places(read: Read, text: str) -> None:
    assert not {"pickup", "dropoff"} & read(text, None).slots.keys()


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("明天早上九點 東元", {"date": "2026-11-25", "time": "09:00", "dropoff": "東元綜合醫院"}),
        ("幫我約後天十點上午馬偕 外勞陪同一位", {"dropoff": "馬偕紀念醫院新竹分院", "attendants": 1}),
        ("禮拜五早上八點半 去竹東榮總", {"dropoff": "臺北榮民總醫院新竹分院（竹東榮總）"}),
        ("我住竹東鎮長春路三段88號 後天早上九點要去馬偕", {"pickup": "竹東鎮長春路三段88號"}),
        ("明天要去拆線 訂車 住寶山", {"pickup": "寶山"}),
    ],
)
def test_a_hospital_and_a_day_are_a_ride_though_no_car_is_named(read: Read, text: str, slots: dict[str, Any]) -> None:
    got = read(text, None).slots
    assert {k: got.get(k) for k in slots} == slots


@pytest.mark.parametrize(
    "text",
    ["明天東元醫院有開嗎", "東元醫院在哪裡", "我昨天在東元醫院生第二胎 可以領什麼補助", "我住竹東 明天的車幾點來"],
)
def test_a_question_that_names_a_hospital_or_a_home_is_no_ride(read: Read, text: str) -> None:
    assert not {"pickup", "dropoff"} & read(text, None).slots.keys()


def booked(*needs: str, **slots: Any) -> Context:
    """A booking under way: what is known, and what is asked next."""
    return Context(
        pending=Pending(intent=Intent.LTC_BOOK, kind="slots", needs=list(needs), slots=slots) if needs else None,
        last_intent=Intent.LTC_BOOK,
        slots=slots,
    )


MACKAY, CATHAY = "馬偕紀念醫院新竹分院", "國泰綜合醫院新竹分院"


@pytest.mark.parametrize(
    ("text", "context", "slots"),
    [
        ("改成國泰好了", booked("pickup", dropoff=MACKAY), {"dropoff": CATHAY}),
        ("不對 是國泰", booked("pickup", dropoff=MACKAY), {"dropoff": CATHAY}),
        ("我說錯了 要去國泰", booked("pickup", dropoff=MACKAY), {"dropoff": CATHAY}),
        ("還是去國泰好了", booked(dropoff=MACKAY, pickup=HOME), {"dropoff": CATHAY}),
        ("改從女兒家出發", booked(dropoff=MACKAY, pickup=HOME), {"pickup": "女兒家"}),
        ("不對 是縣政二路", booked(dropoff=MACKAY, pickup="縣政九路"), {"pickup": "縣政二路"}),
        ("改成國泰", booked("time", pickup=MACKAY, dropoff=HOME), {"pickup": CATHAY}),
        ("縣政九路 不對 是縣政二路", booked("pickup", dropoff=MACKAY), {"pickup": "縣政二路"}),
    ],
)
def test_a_correction_replaces_the_place_of_its_own_kind(
    read: Read, text: str, context: Context, slots: dict[str, Any]
) -> None:
    assert read(text, None, context).slots == slots


@pytest.mark.parametrize(
    ("text", "context", "slots"),
    [
        ("國泰", booked("pickup", "dropoff"), {"dropoff": CATHAY}),
        ("國泰", booked("pickup", dropoff=HOME), {"pickup": CATHAY}),
        ("國泰", booked("pickup", dropoff=CATHAY), {}),
        ("竹北 國泰", booked("pickup", "dropoff"), {"pickup": "竹北市", "dropoff": CATHAY}),
        ("從國泰", booked("pickup", "dropoff"), {"pickup": CATHAY}),
    ],
)
def test_a_bare_hospital_is_the_destination_unless_that_is_known(
    read: Read, text: str, context: Context, slots: dict[str, Any]
) -> None:
    assert read(text, None, context).slots == slots


def test_what_is_changed_at_the_hospital_changes_nothing_of_the_ride(read: Read) -> None:
    for text in ("明天早上九點去馬偕換藥", "明天早上九點去馬偕換人工關節"):
        parsed = read(text)
        assert (parsed.slots["time"], parsed.slots["dropoff"], parsed.before) == ("09:00", MACKAY, {}), text


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("看護一名", {"attendants": 1}),
        ("家屬2位", {"attendants": 2}),
        ("兒子媳婦都會陪", {"attendants": 2}),
        ("外勞會一起", {"attendants": 1}),
        ("沒家屬", {"attendants": 0}),
        ("陪同:2", {"attendants": 2}),
        ("𠊎陪佢", {"attendants": 1}),
        ("阮某會陪伊", {"attendants": 1}),
        ("with two companions", {"attendants": 2}),
        ("需要接回來", {"return_trip": True}),
        ("回來自己搭", {"return_trip": False}),
        ("洗完腎", {"purpose": "透析"}),
        ("一位陪同 無輪椅", {"attendants": 1, "wheelchair": False}),
        ("我跟我太太同一天看診", {"purpose": "就醫"}),
        ("單趟", {"return_trip": False}),
        ("不想跟別人坐同一台", {"share": False}),
        ("看骨科", {"purpose": "就醫"}),
    ],
)
def test_details_are_read_in_any_order_of_words(read: Read, text: str, slots: dict[str, Any]) -> None:
    assert read(text).slots == slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("老大三歲老二一歲 有什麼補助", {}),
        ("已經有老大了 這是第二胎", {"child_order": 2}),
        ("不是第二胎 是第三胎", {"child_order": 3}),
        ("三寶媽", {}),
        ("竹北公所給多少", {}),
    ],
)
def test_the_child_that_is_meant_is_told_from_those_that_are_named(
    read: Read, text: str, slots: dict[str, Any]
) -> None:
    got = read(text, Intent.WELFARE_MATCH).slots
    assert {k: v for k, v in got.items() if k == "child_order"} == slots


def test_only_what_was_said_becomes_a_slot(read: Read) -> None:
    for text in (
        "我要預約",
        "跟上次一樣",
        "可以派一台車來載我去醫院嗎",
        "",
        "😀😀",
        "電話0912-345-678",
        "共乘是什麼意思",
    ):
        assert read(text).slots == {}, text


def test_a_place_is_named_as_the_records_do_with_the_speakers_word(read: Read, county: County) -> None:
    parsed = read("要去榮總")
    assert parsed.slots["dropoff"] == "臺北榮民總醫院新竹分院（榮總）"
    assert parsed.details.place_ids == {"dropoff": "vgh_zhudong"}
    place = resolve_place(parsed.slots["dropoff"], county)
    assert place is not None
    assert place.id == "vgh_zhudong"
    assert resolve_place("台大", county) is None


def test_a_name_that_several_places_carry_is_asked_and_the_township_decides(read: Read) -> None:
    parsed = read("星期五早上十點要去台大")
    (problem,) = parsed.problems
    assert (problem.slot, problem.kind, problem.said) == ("dropoff", ProblemKind.AMBIGUOUS_PLACE, "台大")
    assert len(problem.choices) == 3
    assert problem.choices[-1] == "臺大醫院新竹臺大分院新竹醫院"  # the city's comes last
    assert "dropoff" not in parsed.slots
    for text in ("要去台大竹東那邊", "要去竹東的台大"):
        assert read(text).details.place_ids == {"dropoff": "ntuh_zhudong"}, text
    picked = read("竹東的", None, waiting("dropoff", kind="choice", choices=problem.choices))
    assert picked.slots == {"dropoff": "臺大醫院新竹臺大分院生醫醫院竹東院區"}


def test_a_hospital_of_another_county_is_not_taken_for_the_countys_own(read: Read) -> None:
    parsed = read("明天去台北榮總看診")
    assert parsed.slots["dropoff"] == "台北榮總"
    assert [p.kind for p in parsed.problems] == [ProblemKind.OUTSIDE_COUNTY]
    outside = read("新竹市的生育補助", Intent.WELFARE_ASK)
    assert [(p.kind, p.said) for p in outside.problems] == [(ProblemKind.OUTSIDE_COUNTY, "新竹市")]
    assert read("我住新竹", Intent.WELFARE_MATCH).problems[0].choices == ("新竹縣", "新竹市")


@pytest.mark.parametrize("text", ["住竹北", "我住竹北市", "戶籍在新竹縣竹北市", "竹北 低收入戶", "設籍竹北"])
def test_a_township_is_found_with_and_without_its_rank(read: Read, text: str) -> None:
    assert read(text, Intent.WELFARE_MATCH).slots == {"township": "竹北市"}


@pytest.mark.parametrize("text", ["日本關西旅遊", "寶山水庫", "關西機場"])
def test_a_township_inside_another_name_is_none(read: Read, text: str) -> None:
    assert "township" not in read(text, None).slots


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("把禮拜三的接送改到禮拜四", {"date": "2026-11-25"}, {"date": "2026-11-26"}),
        ("原本九點改十點", {"time": "09:00"}, {"time": "10:00"}),
        ("明仔載的車欲改後日", {"date": "2026-11-25"}, {"date": "2026-11-26"}),
        ("剛剛說錯 不是九點 是下午三點", {"time": "09:00"}, {"time": "15:00"}),
        ("上車地點改一下 改到女兒家", {}, {"pickup": "女兒家"}),
        ("不去榮總了 改去馬偕", {"dropoff": "臺北榮民總醫院新竹分院（榮總）"}, {"dropoff": "馬偕紀念醫院新竹分院"}),
        ("陪同人數改成兩個", {}, {"attendants": 2}),
        ("單號 R-20261201 改成下午兩點", {}, {"ride": "R-20261201", "time": "14:00"}),
    ],
)
def test_a_change_tells_the_old_from_the_new(
    read: Read, text: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    parsed = read(text, Intent.LTC_CHANGE)
    assert (parsed.before, parsed.slots) == (before, after)


def test_one_more_attendant_is_counted_onto_those_known(read: Read) -> None:
    known = Context(slots={"attendants": 1})
    assert read("多一個人陪", Intent.LTC_CHANGE, known).slots == {"attendants": 2}


def test_a_leg_that_is_cancelled_is_told_from_one_that_is_kept(read: Read) -> None:
    assert read("取消回程就好 去程保留", Intent.LTC_CANCEL).details.leg == "return"
    assert read("回程改四點", Intent.LTC_CHANGE).details.leg == "return"
    assert "return_trip" not in read("取消回程", Intent.LTC_CANCEL).slots


@pytest.mark.parametrize(
    ("text", "need", "value"),
    [
        ("兩個", "attendants", 2),
        ("沒有", "attendants", 0),
        ("不用", "wheelchair", False),
        ("要", "wheelchair", True),
        ("可以", "share", True),
        ("9", "time", "09:00"),
        ("1430", "time", "14:30"),
        ("竹北", "pickup", "竹北市"),
        ("東元", "dropoff", "東元綜合醫院"),
        ("家裡", "pickup", HOME),
        ("下週三", "date", "2026-12-02"),
        ("洗腎", "purpose", "透析"),
    ],
)
def test_a_bare_answer_fills_the_slot_that_was_asked(read: Read, text: str, need: str, value: object) -> None:
    assert read(text, None, waiting(need)).slots[need] == value


def test_bare_answers_about_a_person(read: Read) -> None:
    asked = Context(pending=Pending(intent=Intent.WELFARE_MATCH, kind="slots", needs=["age"]))
    assert read("72", None, asked).slots == {"age": 72}
    asked = Context(pending=Pending(intent=Intent.WELFARE_ASK, kind="slots", needs=["child_order"]))
    assert read("第二", None, asked).slots == {"child_order": 2}


def test_what_cannot_be_a_date_is_asked_not_guessed(read: Read) -> None:
    for text, kind in (
        ("2月31日去馬偕", ProblemKind.IMPOSSIBLE_DATE),
        ("農曆八月十五去回診", ProblemKind.LUNAR),
        ("昨天的車", ProblemKind.PAST_DATE),
        ("下禮拜要回診", ProblemKind.VAGUE_DATE),
        ("12/3禮拜五去馬偕", ProblemKind.AMBIGUOUS_DATE),
        ("12/3(五)去馬偕", ProblemKind.AMBIGUOUS_DATE),
    ):
        parsed = read(text)
        assert [p.kind for p in parsed.problems] == [kind], text
        assert "date" not in parsed.slots, text


def test_a_time_that_has_passed_today_is_a_problem(read: Read) -> None:
    assert [p.kind for p in read("今天早上八點").problems] == [ProblemKind.PAST_TIME]
    assert read("今天3點").slots["time"] == "15:00"
    assert read("明天早上八點").problems == ()


def test_a_past_day_is_fine_where_one_looks_back(read: Read) -> None:
    parsed = read("昨天湖口的警報", Intent.GUARDIAN_LIST)
    assert parsed.slots == {"date": "2026-11-23", "township": "湖口鄉"}
    assert parsed.problems == ()


def test_tomorrow_is_the_next_day_one_minute_before_midnight_in_taipei(read: Read) -> None:
    assert read("明天", now=datetime.fromisoformat("2026-11-24T23:59:00+08:00")).slots == {"date": "2026-11-25"}
    assert read("明天", now=datetime.fromisoformat("2026-11-24T15:59:00+00:00")).slots == {"date": "2026-11-25"}
    assert read("明天", now=datetime.fromisoformat("2026-11-24T16:01:00+00:00")).slots == {"date": "2026-11-26"}


def test_two_days_in_one_wish_are_offered(read: Read) -> None:
    parsed = read("我想預約明天和後天早上九點去洗腎")
    assert [(p.kind, p.choices) for p in parsed.problems] == [
        (ProblemKind.AMBIGUOUS_DATE, ("2026-11-25", "2026-11-26"))
    ]
    assert "date" in parsed.assumed


def test_what_our_rules_decided_is_marked_as_assumed(read: Read) -> None:
    assert read("明天九點去馬偕").assumed >= {"time"}
    assert "time" not in read("明天早上九點去馬偕").assumed


def test_a_weekly_ride_and_the_way_back_are_details(read: Read) -> None:
    parsed = read("爸爸每週一三五洗腎 早上八點去 十二點回來")
    assert parsed.details.repeats == ("MO", "WE", "FR")
    assert (parsed.slots["time"], parsed.details.return_time, parsed.slots["return_trip"]) == ("08:00", "12:00", True)


def test_a_purpose_that_is_not_covered_is_named(read: Read) -> None:
    assert [(p.slot, p.kind, p.said) for p in read("明天早上九點去買菜").problems] == [
        ("purpose", ProblemKind.OTHER_PURPOSE, "買菜")
    ]


def test_a_person_is_read_from_one_message(read: Read) -> None:
    parsed = read("我媽媽民國43年5月3日生 住竹北 第二胎", Intent.WELFARE_MATCH)
    assert parsed.slots == {"age": 72, "township": "竹北市", "child_order": 2}
    assert parsed.details.birth_date == "1954-05-03"
    child = read("小孩三歲", Intent.WELFARE_MATCH)
    assert (child.slots, child.details.child_ages) == ({}, (3,))
    vague = read("媽媽五十幾歲", Intent.WELFARE_MATCH)
    assert (vague.slots, [p.kind for p in vague.problems]) == ({}, [ProblemKind.VAGUE_AGE])


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("監看湖口郵局鏡頭", Intent.GUARDIAN_WATCH, {"camera": "湖口郵局"}),
        ("幫我盯三號攝影機", Intent.GUARDIAN_WATCH, {"camera": "C-03"}),
        ("監控車牌 ABC-1234", Intent.GUARDIAN_WATCH, {"plate": "ABC-1234"}),
        ("警報 1021 確認", Intent.GUARDIAN_ACK, {"alert": "1021"}),
        ("白金標章累計幾項了", Intent.KPI_ASK, {"indicator": "2.4"}),
        ("停車太難找 許願智慧停車", Intent.SANDBOX_WISH, {"field": "智慧交通"}),
        ("幫我訂閱育兒津貼通知", Intent.WELFARE_SUBSCRIBE, {"topic": "兒少"}),
        ("明天早上九點 竹北", Intent.GREETING, {}),
    ],
)
def test_an_intent_carries_its_own_slots_only(read: Read, text: str, intent: Intent, slots: dict[str, Any]) -> None:
    assert read(text, intent).slots == slots


def test_without_an_intent_words_of_one_trade_do_not_leak_into_another(read: Read) -> None:
    assert read("長照巴士我要約", None).slots == {}
    assert read("電動輪椅補助多少", None).slots == {}
    assert read("竹北有多少老人", None).slots == {"township": "竹北市"}


def test_mentions_point_at_the_speakers_own_characters(read: Read) -> None:
    text = "\u200b１２月３日　早上九点 去东元医院"
    for mention in read(text).mentions:
        assert mention.said
        assert text[mention.start : mention.end].strip()
    date = next(m for m in read(text).mentions if m.slot == "date")
    assert text[date.start : date.end] == "１２月３日"


def test_the_door_gives_the_slots_alone(gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "_county_gazetteer", lambda: gazetteer)
    assert parse_slots("明天早上九點", NOW, None, Intent.LTC_BOOK) == {"date": "2026-11-25", "time": "09:00"}


def test_spots_in_text_that_is_long_or_odd_are_found_in_time(gazetteer: Gazetteer) -> None:
    for text in ("路" * 20000, " " * 20000, "竹北家裡" * 5000, "巷弄號" * 7000, "一" * 20000):
        assert isinstance(find_spots(Text.of(text), gazetteer), list)


GAZETTEER = Gazetteer(small_county())
WORDS = [
    "明天", "下週三", "12/3", "早上", "九點", "到", "從", "去", "家裡",
    "東元", "台大", "竹北", "改成", "不是", "取消", "輪椅", "不用", "兩個人",
    "陪", "來回", "洗腎", "第二胎", "72歲", "三萬五", "農曆", "初一", "每週一三五",
    "A-1021", "ABC-1234", "鏡頭", "新竹市", "住", "。", "\u200b",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(WORDS), max_size=12),
    st.sampled_from([None, *Intent]),
    st.sampled_from(
        [None, waiting("time"), waiting("attendants"), waiting("dropoff", kind="choice", choices=("甲", "乙"))]
    ),
)
def test_any_mixture_of_words_gives_known_slots_and_never_raises(
    words: list[str], intent: Intent | None, context: Context | None
) -> None:
    parsed = parse("".join(words), NOW, context, intent, gazetteer=GAZETTEER)
    assert set(parsed.slots) <= SLOTS
    if intent is not None and context is None:
        assert set(parsed.slots) <= RELEVANT.get(intent, frozenset())
    for key in ("date", "time"):
        if key in parsed.slots:
            datetime.fromisoformat(parsed.slots[key] if key == "date" else f"2026-01-01T{parsed.slots[key]}")


@given(st.text(max_size=120))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    assert set(parse(text, NOW, gazetteer=GAZETTEER).slots) <= SLOTS


def _recorded() -> Gazetteer:
    """The county's own places and townships, without the rest of the records."""
    rows = {
        name: yaml.safe_load((ROOT / "units" / f"{name}.yaml").read_text("utf-8")) for name in ("places", "townships")
    }
    places = [Place.model_validate(row) for row in rows["places"]]
    townships = [Township.model_validate(row) for row in rows["townships"]]
    return Gazetteer(
        County(
            programmes={},
            units={},
            hotlines={},
            thresholds={},
            places={p.id: p for p in places},
            townships={t.code: t for t in townships},
        )
    )


def test_every_recorded_place_is_found_by_every_name_it_has() -> None:
    gazetteer = _recorded()
    assert gazetteer.county.places
    for place in gazetteer.county.places.values():
        for name in (place.name, *place.aliases):
            parsed = parse(f"明天早上九點要去{name}看診", NOW, None, Intent.LTC_BOOK, gazetteer=gazetteer)
            offered = [choice for p in parsed.problems for choice in p.choices]
            assert parsed.details.place_ids.get("dropoff") == place.id or place.name in offered, name
            assert parsed.slots["date"] == "2026-11-25", name
            assert parsed.slots["time"] == "09:00", name


def test_all_thirteen_townships_are_found_with_and_without_their_rank() -> None:
    gazetteer = _recorded()
    assert len(gazetteer.county.townships) == 13
    for township in gazetteer.county.townships.values():
        for name in (township.name, township.name[:-1], f"新竹縣{township.name}"):
            parsed = parse(f"我住{name} 可以領什麼", NOW, None, Intent.WELFARE_MATCH, gazetteer=gazetteer)
            assert parsed.slots == {"township": township.name}, name
