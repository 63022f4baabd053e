"""A conversation through the whole graph, with understanding and retrieval small enough to see through."""

from collections.abc import Sequence

import pytest

from agents.assistant import Assistant, build_assistant
from agents.state import Context, Frame, Intent, Reply, Turn, Understood
from knowledge.corpus import Hit
from knowledge.records import County

WORDS = {
    "禮金": Intent.WELFARE_ASK,
    "津貼": Intent.WELFARE_ASK,
    "補助": Intent.WELFARE_ASK,
    "呢": Intent.WELFARE_ASK,
    "文件": Intent.WELFARE_ASK,
    "約車": Intent.LTC_BOOK,
    "接送": Intent.LTC_ASK,
    "你好": Intent.GREETING,
    "告警": Intent.GUARDIAN_LIST,
    "路燈": Intent.OUT_OF_SCOPE,
}


class Keywords:
    """Understands by keyword, clause by clause."""

    async def understand(self, turn: Turn, context: Context) -> Understood:
        frames = []
        for clause in turn.text.split("，"):
            intent = next((i for w, i in WORDS.items() if w in clause), None)
            if intent:
                frames.append(Frame(intent=intent, text=clause))
        unsure = [] if frames else [Intent.WELFARE_ASK, Intent.LTC_ASK]
        return Understood(frames=frames, unsure=unsure)


class Names:
    """Finds a programme by its name, and an office by one word."""

    def near(self, text: str, k: int) -> Sequence[Hit]:
        return self.find_programmes(text, k)

    def elsewhere(self, text: str) -> str | None:
        return None

    def find_programmes(self, text: str, k: int) -> Sequence[Hit]:
        table = {"禮金": "gift", "津貼": "allowance", "送餐": "vague", "接送": "ltc_transport"}
        return [Hit(i, 0.9) for w, i in table.items() if w in text]

    def find_unit(self, text: str) -> str | None:
        return "works" if "路燈" in text else None


@pytest.fixture
def assistant(county: County) -> Assistant:
    return build_assistant(county, Keywords(), Names(), Names())


class Chat:
    """A speaker in one conversation."""

    def __init__(self, assistant: Assistant, role: str = "citizen") -> None:
        self._assistant, self._role, self._n = assistant, role, 0

    async def __call__(self, text: str, event: str | None = None) -> Reply:
        self._n += 1
        turn = Turn.model_validate(
            {
                "event_id": event or f"e{self._n}",
                "conversation": f"c:{id(self)}",
                "text": text,
                "role": self._role,
                "now": "2026-11-24T09:00:00+08:00",
            }
        )
        reply, _ = await self._assistant.answer(turn)
        return reply


async def test_a_question_gets_the_amount_the_source_and_the_office(assistant: Assistant) -> None:
    reply = await Chat(assistant)("敬老禮金多少錢")
    assert reply.intents == [Intent.WELFARE_ASK]
    assert "12,340" in reply.reply.splitlines()[0]
    assert reply.programmes[0] == "gift"
    assert reply.citations[0].url == "https://example.gov.tw/a"
    assert reply.slots["programme"] == "gift"


async def test_two_questions_are_answered_in_order(assistant: Assistant) -> None:
    reply = await Chat(assistant)("敬老禮金多少錢，幫我約車")
    assert reply.intents == [Intent.WELFARE_ASK, Intent.LTC_BOOK]
    assert reply.reply.index("12,340") < reply.reply.index("1966")


async def test_a_short_question_stays_with_the_programme(assistant: Assistant) -> None:
    chat = Chat(assistant)
    await chat("敬老津貼多少錢")
    reply = await chat("那第二胎呢")
    assert reply.programmes[0] == "allowance"
    assert "222" in reply.reply.splitlines()[1]
    reply = await chat("要什麼文件")
    assert reply.programmes[0] == "allowance"


async def test_another_subject_keeps_the_aspect(assistant: Assistant) -> None:
    chat = Chat(assistant)
    await chat("敬老津貼要什麼文件")
    reply = await chat("那禮金呢")
    assert reply.programmes[0] == "gift"
    assert "身分證、存摺" in reply.reply.splitlines()[0]


async def test_a_citizen_never_reaches_a_staff_tool(assistant: Assistant) -> None:
    reply = await Chat(assistant)("今天有哪些告警")
    assert reply.intents == [Intent.GUARDIAN_LIST]
    assert "同仁" in reply.reply
    staff = await Chat(assistant, "staff")("今天有哪些告警")
    assert "同仁" not in staff.reply


async def test_a_repeated_event_gets_the_same_reply_and_changes_nothing(assistant: Assistant) -> None:
    chat = Chat(assistant)
    first = await chat("敬老禮金多少錢", event="same")
    again = await chat("敬老津貼多少錢", event="same")
    assert again == first


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "😀😀", "\x00\x01"])
async def test_a_message_without_words_gets_help(assistant: Assistant, text: str) -> None:
    reply = await Chat(assistant)(text)
    assert "例如" in reply.reply


async def test_danger_comes_first_and_alone(assistant: Assistant) -> None:
    reply = await Chat(assistant)("我不想活了，敬老禮金多少錢")
    assert reply.intents == [Intent.CRISIS]
    assert "1925" in reply.reply.splitlines()[1]


async def test_after_an_accident_the_benefit_is_answered_behind_the_hotline(assistant: Assistant) -> None:
    reply = await Chat(assistant)("爸爸剛剛昏倒了沒有呼吸，敬老禮金多少錢")
    assert reply.intents == [Intent.CRISIS, Intent.WELFARE_ASK]
    assert reply.reply.index("119") < reply.reply.index("12,340")


async def test_the_checkpointer_keeps_nothing_of_what_was_said(assistant: Assistant) -> None:
    chat = Chat(assistant)
    await chat("我叫王小明，敬老禮金多少錢")
    saver = assistant._checkpointer
    kept = [entry async for entry in saver.alist(None)]
    assert kept
    assert "王小明" not in repr(kept)
    assert "王小明" not in repr(getattr(saver, "writes", "")) + repr(getattr(saver, "blobs", ""))


async def test_fraud_is_answered_before_the_question(assistant: Assistant) -> None:
    reply = await Chat(assistant)("有人打電話叫我去ATM操作領敬老禮金，敬老禮金多少錢")
    assert reply.intents[0] is Intent.SCAM
    assert "165" in reply.reply


async def test_an_unclear_message_is_asked_back(assistant: Assistant) -> None:
    reply = await Chat(assistant)("嗯那個東西")
    assert "哪一個" in reply.reply
    assert len(reply.quick_replies) >= 2


async def test_city_services_are_sent_to_their_office(assistant: Assistant) -> None:
    reply = await Chat(assistant)("路燈不亮")
    assert "工務處" in reply.reply


async def test_another_countys_rule_is_not_answered(assistant: Assistant) -> None:
    reply = await Chat(assistant)("台北市的敬老禮金多少錢")
    assert "12,340" not in reply.reply
    assert "新竹縣" in reply.reply


async def test_what_nobody_knows_is_said_so(assistant: Assistant) -> None:
    reply = await Chat(assistant)("養貓補助多少")
    assert "1957" in reply.reply
    assert reply.programmes == []
