"""Borders between intents that the words themselves decide (CONTRACTS 2, "Borders"), behind any understanding.

A classifier weighs; some borders are plain: a named benefit and 多少 is no question about statistics, an allowance that
nobody calls "mine" is a rule and not a balance, another county's programme is out of scope. Each rule is one row.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.aspects import Aspect, aspects_of, subject_of
from agents.places import other_county
from agents.state import Context, Frame, Intent, Turn, Understood
from agents.understanding.normalise import match_form
from agents.understanding.port import Immediate, Understanding

_COUNTS = re.compile(
    r"人數|幾人|幾個人|多少人|有多少.{0,6}(?:老|人|戶|長者|長輩|小孩|兒童|學生|新住民|身障)|戶數|幾戶|多少戶|件數|幾件|統計|比例|占比|成長|趨勢|排名|各鄉鎮|人口|圖|平均(?!每人)|最多的?$|最少的?$|出生數|名單|數據|資料|比較|總額|核發|撥(?:了|付)|哪(?:個|一個)?(?:鄉鎮?|鎮|市|里|村)|"
    r"how many|population|幾成|總共|合計|分布|每年|歷年|逐年|年度|這.{1,2}年"
)
_COUNTED = re.compile(
    r"(?:核發|發放|撥付?|申請|領取|通過)了?.{0,3}(?:幾|多少)(?:件|人|戶|筆)|件數|人數(?!限制|上限|不足|名額)|戶數|人次|統計|趨勢|長條圖|折線圖"
)
_GIVES = re.compile(
    r"補助|補貼|津貼|禮金|給付|年金|慰問|救助|獎勵|領|發|給|減免|自付|生.{0,3}[胎個]|門檻|低收|專線|幾號|電話"
)
_MINE = re.compile(r"我|阮|𠊎|俺|媽|爸|阿公|阿嬤|公公|婆婆|先生|太太|my|剩|還有|餘額|用掉|用了|查")
_RIDE = re.compile(r"車|接送|巴士|交通|載|搭|坐|司機|復康|ride|transport|bus")
_LTC = re.compile(r"長照|1966|輪椅|陪同|洗腎|透析|回診|看診|就醫|ltc|cms")
_CARRIED_OVER = re.compile(r"累積|遞延|保留|沒用完|歸零|下個月")
_OPEN = re.compile(
    r"(?:什麼|哪些|啥|麼个|甚麼|有無|有沒有).{0,3}(?:補助|福利|津貼|錢|可以|能|資源|幫助)|(?<!不)符合|推薦|適合|全部|領什麼"
)
_ASKED = frozenset(
    {Aspect.CONTACT, Aspect.DOCUMENTS, Aspect.DEADLINE, Aspect.WHERE, Aspect.HOW, Aspect.DURATION, Aspect.TOGETHER}
    | {Aspect.REFUSED}
)
_NOTIFY = re.compile(
    r"通知|訂閱|提醒|推播|告訴我|告知|賴我|傳(?:給|訊|消息)|消息|名單|追蹤|關注|叫我|跟我說|line ?我|一聲|subscribe|notify|收到"
)
_HUMAN = re.compile(r"真人|客服|專人|專員|人工|轉接|申訴|投訴|抱怨|客訴|主管|社工|找人|人來|回電|打給我|human|agent")
_QUESTION = re.compile(r"幾|多少|多久|哪|什麼|甚麼|啥|嗎|呢|咧|無\?|怎|如何|可以|能|when|where|how|what|who")
_ASKING = (Intent.WELFARE_ASK, Intent.LTC_ASK)
_STRAYS = frozenset(
    {
        Intent.WELFARE_ASK,
        Intent.LTC_ASK,
        Intent.OUT_OF_SCOPE,
        Intent.CONFIRM,
        Intent.DENY,
        Intent.LTC_QUOTA,
        Intent.STATS_ASK,
        Intent.GREETING,
    }
    | {Intent.WELFARE_MATCH, Intent.LTC_STATUS, Intent.SANDBOX_SEARCH}
)
_SHORT = 14


class Candidate(Protocol):
    """A programme that a text may mean. `probability`: calibrated, 0–1."""

    @property
    def id(self) -> str: ...
    @property
    def probability(self) -> float: ...


class ProgrammeFinder(Protocol):
    """Finds programmes by meaning; [] when none fits (knowledge.county.CountySearch)."""

    def find_programmes(self, text: str, k: int) -> Sequence[Candidate]: ...


_COUNTY_MATTERS = (Intent.WELFARE_ASK, Intent.WELFARE_MATCH, Intent.LTC_ASK, Intent.LTC_BOOK, Intent.STATS_ASK)


@dataclass(frozen=True)
class _Seen:
    """What the rules look at."""

    form: str
    intent: Intent
    named: bool  # a programme's name or alias stands in the text
    context: Context
    role: str = "citizen"
    confidence: float = 1.0
    likely: Callable[[], Candidate | None] = lambda: None  # the programme that the text resembles most


Rule = Callable[[_Seen], Intent | None]


def _other_county(s: _Seen) -> Intent | None:
    return Intent.OUT_OF_SCOPE if s.intent in _COUNTY_MATTERS and other_county(s.form) else None


def _benefit_is_no_statistic(s: _Seen) -> Intent | None:
    about_money = s.named or bool(_GIVES.search(s.form))
    return Intent.WELFARE_ASK if s.intent is Intent.STATS_ASK and about_money and not _COUNTS.search(s.form) else None


def _statistic_is_no_benefit(s: _Seen) -> Intent | None:
    return Intent.STATS_ASK if s.intent is Intent.WELFARE_ASK and _COUNTED.search(s.form) else None


_IN_GENERAL = re.compile(
    r"聽說|規定|比較(?:高|多|少|低)|一般(?:戶|人|家庭)|[一二三四]區|每區|幾級|[一二三四五六七八\d]級|都一樣"
)
_CARE = re.compile(r"居服|居家服務|照顧服務|喘息|輔具|無障礙|專業服務|日照|送餐|代班|失業|保險")


def _rule_is_no_balance(s: _Seen) -> Intent | None:
    if s.intent is Intent.LTC_QUOTA and _CARE.search(s.form) and not _RIDE.search(s.form):
        return Intent.WELFARE_ASK  # 居服一個月額度多少: a quota, but not of rides
    if s.context.last_intent is Intent.LTC_QUOTA and len(s.form) <= _SHORT:
        return None  # 上個月的呢
    if s.intent is Intent.LTC_QUOTA and _IN_GENERAL.search(s.form) and not _BALANCE.search(s.form):
        return Intent.LTC_ASK if _RIDE.search(s.form) else Intent.WELFARE_ASK
    if s.intent is not Intent.LTC_QUOTA or (_MINE.search(s.form) and not _CARRIED_OVER.search(s.form)):
        return None
    return Intent.LTC_ASK if _RIDE.search(s.form) else Intent.WELFARE_ASK


def _one_benefit_is_no_match(s: _Seen) -> Intent | None:
    if s.intent is not Intent.WELFARE_MATCH or _OPEN.search(s.form):
        return None
    asked = set(aspects_of(s.form))
    return Intent.WELFARE_ASK if asked & _ASKED or (s.named and asked) else None


def _no_notice_is_no_subscription(s: _Seen) -> Intent | None:
    if s.intent is Intent.WELFARE_SUBSCRIBE and not _NOTIFY.search(s.form) and aspects_of(s.form):
        return Intent.WELFARE_ASK
    return None


def _no_ride_is_no_ride_question(s: _Seen) -> Intent | None:
    if s.intent is not Intent.LTC_ASK or _RIDE.search(s.form):
        return None
    if not _LTC.search(s.form) and (s.named or s.context.last_intent is Intent.WELFARE_ASK):
        return Intent.WELFARE_ASK
    found = s.likely()
    return Intent.WELFARE_ASK if found and found.id not in _RIDES and found.probability >= _RESEMBLES else None


_RESEMBLES = 0.5


def _named_benefit_is_no_hand_off(s: _Seen) -> Intent | None:
    return Intent.WELFARE_ASK if s.intent is Intent.HANDOFF and s.named and not _HUMAN.search(s.form) else None


def _thanks(s: _Seen) -> Intent | None:
    return Intent.THANKS if s.intent in (Intent.CONFIRM, Intent.DENY) and "謝" in s.form and len(s.form) <= 8 else None


def _first_one_off(s: _Seen) -> Intent | None:
    listed = s.context.last_intent is Intent.WELFARE_SUBSCRIPTIONS
    return Intent.WELFARE_UNSUBSCRIBE if s.intent is Intent.LTC_CANCEL and listed and not _RIDE.search(s.form) else None


def _goes_on(s: _Seen) -> Intent | None:
    """A short question with no subject of its own stays with the last one (一年幾天, 去哪裡登記)."""
    if s.context.pending or s.context.last_intent not in _ASKING or s.named:
        return None
    if s.intent is Intent.LTC_QUOTA and _BALANCE.search(s.form):
        return None
    if s.intent not in _STRAYS or len(s.form) > _SHORT or not _QUESTION.search(s.form):
        return None
    return s.context.last_intent if not _own_subject(s.form) else None


_BALANCE = re.compile(r"剩|餘額|我(?!媽|爸|們|家|住).{0,6}額度|賰")


def _own_subject(text: str) -> bool:
    own = subject_of(match_form(text))
    return len(own) > 4 or bool(_RIDE.search(own))


_RIDES = ("ltc_transport", "rehabus", "senior_card")
_SPECIFIC = frozenset(
    {Aspect.CONTACT, Aspect.DOCUMENTS, Aspect.WHERE, Aspect.HOW, Aspect.AMOUNT, Aspect.DURATION, Aspect.REFUSED}
)
_BOOKS = re.compile(r"(?:訂|約|叫|派|排)一?[台部趟]?.{0,3}車|預約|載我|來載|book")
_TELL_ME = re.compile(r"(?:通知|提醒|傳給|寄給|賴|line|推播給?)我?|訂閱|跟我[說講]|叫我")
_WANTS_PERSON = re.compile(r"真人|客服|專人|專員|人工|轉接|申訴|投訴|抱怨|客訴|主管|human|agent")


@dataclass(frozen=True)
class _Mistaken:
    """When an intent gives way to a benefit that the text resembles: from which probability, unless `keeps` stands in it."""

    probability: float
    keeps: re.Pattern[str] | None = None
    surest: float = 1.0  # a reading of this confidence stands
    own: tuple[str, ...] = ()  # programmes that belong to the intent itself
    aspects: frozenset[Aspect] = frozenset(Aspect)  # one of these must be asked


# What is asked of a benefit whose name the classifier does not know looks like these. Probabilities: both evaluation sets.
_MISTAKEN: dict[Intent, _Mistaken] = {
    Intent.OUT_OF_SCOPE: _Mistaken(0.4, surest=0.95),
    Intent.STATS_ASK: _Mistaken(0.6, _COUNTED),
    Intent.HANDOFF: _Mistaken(0.6, _WANTS_PERSON),
    Intent.DOCUMENT_ROUTE: _Mistaken(0.5),  # to a citizen, 哪個處在辦 asks for the office of a benefit
    Intent.LTC_QUOTA: _Mistaken(0.5, own=_RIDES),
    Intent.LTC_STATUS: _Mistaken(0.5, own=_RIDES),
    Intent.LTC_BOOK: _Mistaken(0.5, _BOOKS, surest=0.995, own=_RIDES, aspects=_SPECIFIC),
    Intent.LTC_CHANGE: _Mistaken(0.5, re.compile(r"車|趟|約|訂"), own=_RIDES, aspects=_SPECIFIC),
    Intent.WELFARE_SUBSCRIBE: _Mistaken(0.6, _TELL_ME, aspects=_SPECIFIC),
    Intent.WELFARE_MATCH: _Mistaken(0.6, _OPEN, surest=0.98, aspects=_SPECIFIC),
} | dict.fromkeys(
    (
        Intent.PRIVACY_EXPORT,
        Intent.SANDBOX_SEARCH,
        Intent.DOCUMENT_CHECK,
        Intent.KPI_ASK,
        Intent.OPENDATA_CHECK,
    ),
    _Mistaken(0.4, surest=0.95),
)


def _benefit_after_all(s: _Seen) -> Intent | None:
    """A citizen asks which papers, where or how much, of something that resembles a benefit: its name was not known."""
    border = _MISTAKEN.get(s.intent)
    if border is None or s.role != "citizen" or s.confidence >= border.surest:
        return None
    if border.keeps is not None and border.keeps.search(s.form):
        return None
    found = s.likely()
    if found is None or found.id in border.own or found.probability < border.probability:
        return None
    asked = border.aspects.intersection(aspects_of(s.form))
    return Intent.WELFARE_ASK if asked or (s.intent is Intent.OUT_OF_SCOPE and found.probability >= _PLAINLY) else None


_PLAINLY = 0.9  # a benefit this plainly meant is no small talk, whatever is asked of it


def _phone_is_no_booking(s: _Seen) -> Intent | None:
    """Who wants the number to call, and says no day, asks about the service."""
    asked = Aspect.CONTACT in aspects_of(s.form) and not _WHEN.search(s.form)
    return Intent.LTC_ASK if s.intent is Intent.LTC_BOOK and asked else None


_MEANS = re.compile(r"門檻|上限|多低|多高|不能超過|不得超過|才能(?:辦|申請|領)|標準(?:是|多少)")
_WHEN = re.compile(r"\d|[一二三四五六七八九十]點|明天|後天|今天|明仔|[週周]|禮拜|星期|早上|上午|下午|晚上")
_VOTES = re.compile(r"附議|連署|支持|按讚|點讚|背書|投.{0,3}票|贊成|推一?個|\+1|vote")
_IDEAS = re.compile(r"提案|許願|願望|案子|那個案|這個案|w-?\d+|想要|點子|構想")
_MY_LIST = re.compile(
    r"(?:通知|推播|訂閱).{0,8}(?:有沒有|有無|是不是|到底有).{0,3}(?:開|訂|設|成功|生效)|(?:列出|查看?|看).{0,6}(?:訂(?:閱|了|的)|推播|通知設定)|訂了(?:什麼|哪些|沒)|登記要收.{0,12}(?:成功|有沒有)|有沒有(?:設|訂)"
)
_COMPLAINS = re.compile(r"投訴|客訴|申訴|抱怨|陳情(?!案)")
_NOTICES = re.compile(r"(?:收到?|接收|加入|登記|固定|定期|主動).{0,6}(?:傳|發|寄)?.{0,8}(?:訊息|消息|通知)|通知名單")
_STOPS = re.compile(r"取消|退|停|拿掉|移除|刪|不要|別再|關掉|不想|不用|沒收到|沒有收到|簡訊.{0,4}(?:真|假|騙)")
_OWN_IDEA = re.compile(r"我的?(?:構想|願望|愿望|提案|點子|案子)")
_DATA = re.compile(r"帳號|紀錄|資料|個資|對話")
_ELSEWHERE = re.compile(r"垃圾車|火車|高鐵|台鐵|捷運|校車|消防車|飛機|計程車|罰單|停車費|等於多少|當選|樂透|役")
_LETTER = re.compile(r"來文|公文|主旨|這封(?:信|函)|這件|函(?:詢|請|覆)|陳情案|這文")
_DRAFT = re.compile(r"主旨\s*[:：]|^(?:函稿|簽稿|校稿|校對)\s*[:：]")
_WHICH_UNIT = re.compile(r"分(?:給|到|文|去|哪)|(?:哪|那)(?:個|一)?(?:單位|處|科|局|裡)|(?:處|局|科|所)還是")
_PROGRESS = re.compile(r"kpi|進度|目標|達成|指標|完成率|達標|還差")


def _vote(s: _Seen) -> Intent | None:
    stray = (Intent.SANDBOX_SEARCH, Intent.SANDBOX_WISH, Intent.OUT_OF_SCOPE, Intent.LTC_ASK)
    both = (
        _VOTES.search(s.form)
        and _IDEAS.search(s.form)
        and not re.search(r"幾人|幾個人|多少人|人數|最多|哪些|有沒有人", s.form)
    )
    return Intent.SANDBOX_VOTE if s.intent in stray and both else None


def _my_list(s: _Seen) -> Intent | None:
    stray = (Intent.WELFARE_SUBSCRIBE, Intent.GUARDIAN_WATCH, Intent.WELFARE_MATCH)
    return Intent.WELFARE_SUBSCRIPTIONS if s.intent in stray and _MY_LIST.search(s.form) else None


def _joins_list(s: _Seen) -> Intent | None:
    """可以加入通知名單, 想登記接收…訊息: wants to be told, is not asking what there is."""
    stray = s.intent in (Intent.WELFARE_ASK, Intent.WELFARE_MATCH, Intent.WELFARE_UNSUBSCRIBE)
    return Intent.WELFARE_SUBSCRIBE if stray and _NOTICES.search(s.form) and not _STOPS.search(s.form) else None


def _leaves_list(s: _Seen) -> Intent | None:
    return Intent.WELFARE_UNSUBSCRIBE if s.intent is Intent.WELFARE_SUBSCRIBE and _LEAVES.search(s.form) else None


_LEAVES = re.compile(
    r"(?:撤銷|解除|取消|退掉|停掉|關掉|移除|刪掉).{0,8}(?:訂閱|通知|推播|提醒)|(?:訂閱|通知|推播|提醒).{0,4}(?:撤銷|解除|取消|退掉|停掉|關掉)"
)


def _own_idea(s: _Seen) -> Intent | None:
    stray = (Intent.LTC_STATUS, Intent.SANDBOX_SEARCH)
    return Intent.SANDBOX_STATUS if s.intent in stray and _OWN_IDEA.search(s.form) else None


def _complains(s: _Seen) -> Intent | None:
    stray = (Intent.SANDBOX_STATUS, Intent.PRIVACY_EXPORT, Intent.LTC_STATUS, Intent.OUT_OF_SCOPE)
    return Intent.HANDOFF if s.role == "citizen" and s.intent in stray and _COMPLAINS.search(s.form) else None


def _data_or_ride(s: _Seen) -> Intent | None:
    ride = _RIDE.search(s.form) or re.search(r"那趟|這趟|一趟|訂的", s.form)
    if s.intent is Intent.LTC_CANCEL and _DATA.search(s.form) and not ride:
        return Intent.PRIVACY_DELETE
    if s.intent is Intent.PRIVACY_DELETE and ride and not _DATA.search(s.form):
        return Intent.LTC_CANCEL
    if s.intent is Intent.PRIVACY_DELETE and re.search(r"備份|匯出|下載|複製|一份", s.form) and "刪" not in s.form:
        return Intent.PRIVACY_EXPORT
    return None


def _other_service(s: _Seen) -> Intent | None:
    rides = s.intent in (Intent.LTC_ASK, Intent.LTC_STATUS, Intent.LTC_BOOK, Intent.DOCUMENT_ROUTE)
    return (
        Intent.OUT_OF_SCOPE
        if rides and s.role == "citizen" and _ELSEWHERE.search(s.form) and not _LTC.search(s.form)
        else None
    )


def _letter(s: _Seen) -> Intent | None:
    mine = s.role == "staff" and s.intent in (Intent.WELFARE_ASK, Intent.OUT_OF_SCOPE, Intent.LTC_ASK)
    if mine and _LETTER.search(s.form) and _WHICH_UNIT.search(s.form):
        return Intent.DOCUMENT_ROUTE
    return Intent.DOCUMENT_CHECK if mine and _DRAFT.search(s.form) else None


_PENALTY = re.compile(r"停.{0,3}權|會不會.{0,4}(?:停|罰|扣|被)|罰(?:款|錢|多少)|扣點|違規|黑名單")
_NOT_CANCELLED = re.compile(r"(?:又|卻|但|也)(?:沒|忘|未).{0,2}取消")
_RECORD = re.compile(
    r"[a-z]-?\d{3,}.{0,4}(?:那筆|那件|這筆|這件|的畫面|紀錄)|(?:那筆|那件|紀錄).{0,8}(?:給我看|調出來)"
)


def _penalty_is_rule(s: _Seen) -> Intent | None:
    rides = (Intent.LTC_CANCEL, Intent.LTC_STATUS, Intent.LTC_QUOTA, Intent.PRIVACY_DELETE)
    if s.intent is Intent.LTC_CANCEL and _NOT_CANCELLED.search(s.form):
        return Intent.LTC_ASK
    return Intent.LTC_ASK if s.intent in rides and _RIDE.search(s.form) and _PENALTY.search(s.form) else None


def _recorded_alert(s: _Seen) -> Intent | None:
    """A numbered alert is looked up; a camera is watched."""
    return Intent.GUARDIAN_LIST if s.intent is Intent.GUARDIAN_WATCH and _RECORD.search(s.form) else None


def _target(s: _Seen) -> Intent | None:
    return (
        Intent.KPI_ASK if s.role == "staff" and s.intent is Intent.SECURITY_ASK and _PROGRESS.search(s.form) else None
    )


RULES: tuple[Rule, ...] = (
    _goes_on,
    _benefit_is_no_statistic,
    _statistic_is_no_benefit,
    _rule_is_no_balance,
    _one_benefit_is_no_match,
    _no_notice_is_no_subscription,
    _no_ride_is_no_ride_question,
    _named_benefit_is_no_hand_off,
    _benefit_after_all,
    _phone_is_no_booking,
    _thanks,
    _first_one_off,
    _vote,
    _my_list,
    _joins_list,
    _leaves_list,
    _own_idea,
    _complains,
    _data_or_ride,
    _other_service,
    _letter,
    _penalty_is_rule,
    _recorded_alert,
    _target,
    _other_county,
)


_ALARMS = frozenset({Intent.CRISIS, Intent.SCAM})
_ENTITLED = re.compile(
    r"補助|津貼|扶助|救助|慰問|給付|補貼|年金|關懷|急難|救急|生活費|證明|手冊|申請|安置|subsidy|allowance|grant"
)
_PLAINLY_ASKED = 0.5


class BorderedUnderstanding:
    """Any understanding, with the borders kept. `names`: names and aliases of programmes; `finder`: finds them by meaning."""

    def __init__(self, inner: Understanding, names: Iterable[str], finder: ProgrammeFinder | None = None) -> None:
        self._inner = inner
        self._finder = finder
        self._names = sorted({match_form(n) for n in names if len(match_form(n)) >= 2}, key=len, reverse=True)

    async def understand(self, turn: Turn, context: Context) -> Understood:
        """The inner reading, frame by frame put on the right side of each border."""
        if isinstance(self._inner, Immediate):  # one trip to a thread instead of two
            return await asyncio.to_thread(self._read, self._inner, turn, context)
        return await asyncio.to_thread(self._put_right, await self._inner.understand(turn, context), turn, context)

    def _read(self, inner: Immediate, turn: Turn, context: Context) -> Understood:
        return self._put_right(inner.read(turn, context), turn, context)

    def _put_right(self, read: Understood, turn: Turn, context: Context) -> Understood:
        frames = _once(self._all_bordered(read.frames, context, turn.role))
        if any(frame.intent in _ALARMS for frame in frames):
            frames = self._with_benefit(frames, turn.text)
        waits_for_yes = context.pending is not None and context.pending.kind == "confirmation"
        if len(frames) > 1 and frames[0].intent in (Intent.CONFIRM, Intent.DENY) and not waits_for_yes:
            frames = frames[1:]  # 好 那…: nothing was waiting for that 好
        return read.model_copy(update={"frames": frames})

    def _with_benefit(self, frames: list[Frame], text: str) -> list[Frame]:
        """An alarm, and after it only the benefit that the same message plainly asks for (重病活不下去 馬上關懷去哪申請)."""
        alarms = [frame for frame in frames if frame.intent in _ALARMS]
        others = [frame for frame in frames if frame.intent not in _ALARMS and frame.intent is not Intent.WELFARE_ASK]
        found = self._finder.find_programmes(text, 1) if self._finder and _ENTITLED.search(match_form(text)) else []
        if not found or found[0].probability < _PLAINLY_ASKED:
            return [*alarms, *others]
        asked = next((frame for frame in frames if frame.intent is Intent.WELFARE_ASK), None)
        slots = asked.slots if asked else {}
        return [*alarms, Frame(intent=Intent.WELFARE_ASK, text=text, slots=slots), *others]

    def _all_bordered(self, frames: Sequence[Frame], context: Context, role: str) -> list[Frame]:
        """Frame by frame; a clause with no subject of its own (洗腎可以坐嗎 一個月補多少) belongs to the one before."""
        out: list[Frame] = []
        for frame in frames:
            before = out[-1] if out else None
            known = context if before is None else context.model_copy(update={"last_intent": before.intent})
            frame = self._bordered(frame, known, role)
            goes_on = before is not None and before.intent in _ASKING and not _own_subject(frame.text)
            if (
                before
                and goes_on
                and frame.intent is before.intent
                and not any(n in match_form(frame.text) for n in self._names)
            ):
                slots = {**frame.slots, **before.slots}
                out[-1] = before.model_copy(update={"text": f"{before.text} {frame.text}", "slots": slots})
            else:
                out.append(frame)
        return out

    def _bordered(self, frame: Frame, context: Context, role: str) -> Frame:
        form = match_form(frame.text)
        named = any(name in form for name in self._names)

        def likely() -> Candidate | None:
            found = self._finder.find_programmes(frame.text, 1) if self._finder else []
            return found[0] if found else None

        for rule in RULES:
            intent = rule(_Seen(form, frame.intent, named, context, role, frame.confidence, likely))
            if intent is not None and intent is not frame.intent:
                frame = frame.model_copy(update={"intent": intent})
        return frame


_OPPOSITES = ((Intent.WELFARE_UNSUBSCRIBE, Intent.WELFARE_SUBSCRIBE), (Intent.PRIVACY_DELETE, Intent.LTC_CANCEL))


def _once(frames: list[Frame]) -> list[Frame]:
    """What a rule turned into a repeat of its neighbour is one request; 取消訂閱 is not also 訂閱."""
    seen = {f.intent for f in frames}
    drop = {wrong for right, wrong in _OPPOSITES if right in seen and wrong is Intent.WELFARE_SUBSCRIBE}
    out: list[Frame] = []
    for frame in frames:
        if frame.intent in drop:
            continue
        if out and out[-1].intent is frame.intent and frame.intent in (Intent.PRIVACY_DELETE, Intent.SANDBOX_VOTE):
            continue
        if out and out[-1].intent is frame.intent is Intent.LTC_ASK:
            slots = {**out[-1].slots, **frame.slots}
            out[-1] = out[-1].model_copy(update={"text": f"{out[-1].text} {frame.text}", "slots": slots})
            continue
        out.append(frame)
    return out
