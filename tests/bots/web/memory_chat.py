"""A conversation in memory behind the web channel: what the bus and the graph are in the product."""

import asyncio
from dataclasses import dataclass, field

from agents.state import Citation, Intent, QuickReply, Reply
from bots.channel import Inbound
from bots.web.ports import ChatUnavailableError, Exchange, Finished

ANSWER = Reply(
    intents=[Intent.WELFARE_ASK],
    slots={"age": 85},
    reply=(
        "65 歲以上長輩，重陽敬老禮金示例是每年 1,000 元。\n"
        "・由戶籍地公所主動發放，不用申請。\n"
        "・金額以 113 年的示例資料說明，共 1,966 人領取。\n"
        "有問題請打 1999，或社會處 03-5518101#3265。緊急請撥 119、110。"
    ),
    citations=[
        Citation(id="a", title="重陽敬老禮金（示例）", url="https://www.hsinchu.gov.tw/example", as_of="2026-01-01"),
        Citation(id="b", title="沒有網址的來源"),
        Citation(id="c", title="不安全的來源", url="javascript:alert(1)"),
    ],
    programmes=["senior_gift"],
    quick_replies=[
        QuickReply(label="還有其他的嗎", text="還有其他補助嗎？"),
        QuickReply(label="要帶什麼", text="要帶什麼證件？"),
    ],
)


@dataclass
class MemoryChat:
    """Answers every message with `ANSWER` (its text led by the question) after `delay_s`.

    `stuck`: replies are never ready; `down`: nothing can be accepted.
    """

    delay_s: float = 0
    stuck: bool = False
    down: bool = False
    accepted: list[Inbound] = field(default_factory=list)

    async def submit(self, inbound: Inbound) -> bool:
        if self.down:
            raise ChatUnavailableError
        if any(known.id == inbound.id for known in self.accepted):
            return False
        self.accepted.append(inbound)
        return True

    async def reply(self, event_id: str, timeout_s: float) -> Finished | None:
        if self.stuck or self.delay_s > timeout_s:
            await asyncio.sleep(timeout_s)
            return None
        await asyncio.sleep(self.delay_s)
        return self._finished(next(known for known in self.accepted if known.id == event_id))

    async def history(self, conversation: str, limit: int) -> list[Exchange]:
        own = [known for known in self.accepted if known.conversation == conversation][-limit:]
        return [
            Exchange(
                known.id,
                known.extra["message_id"],
                known.text,
                known.received_at,
                None if self.stuck else self._finished(known),
            )
            for known in own
        ]

    def _finished(self, inbound: Inbound) -> Finished:
        number = self.accepted.index(inbound) + 1
        words = f"（第 {number} 則）您問的是：{inbound.text[:60]}\n{ANSWER.reply}"
        return Finished(ANSWER.model_copy(update={"reply": words}), ms=12.34)
