"""What a message means because of what was said before: answers to a question, and ellipsis.

A message that stands on its own is none of this module's business: it returns None and the classifier decides.
"""

import re

from agents.state import Context, Intent, Pending
from agents.understanding.normalise import match_form

_YES = re.compile(
    r"^(好|對|是|可以|沒錯|正確|確認|確定|嗯|恩|行|要|係|著|會使|會當|做得|同意|沒問題|就這樣|就這個|送出|請送出|ok|okay|yes|yeah|yep|sure|correct|confirm|go ahead|👍|👌|✅|🆗|⭕|vâng|đúng|ya|betul|ใช่|毋錯|無毋著)"
    r"(的|啊|阿|喔|哦|呀|吧|啦|了|耶|對|好|是|嗯|無誤|沒錯|correct|right|benar|đúng|ok|yes|要|送出|取消|預約|訂|可以|確認|確定|就這樣|就麻煩|麻煩|你|您|了|謝謝|感謝|幫我|請|矣|哩|个|這個|這樣|沒問題|刪除|刪|匯出|訂閱|[,，。!！~ ])*$"
)
_NO = re.compile(
    r"^(不|不是|不對|不要|不用|不行|不必|不需要|沒有|否|錯|錯了|搞錯|弄錯|有誤|先不要|先不用|等等|等一下|再想想|算了|毋是|毋著|免|毋免|無愛|莫|毋係|毋好|毋使|毋愛|no|nope|wrong|cancel|never ?mind|👎|❌|🙅|không|tidak|bukan|ไม่|取消|取銷|停|反悔|考慮)"
    r"(的|啊|阿|喔|哦|呀|吧|啦|了|耶|要|用|是|對|好|行|錯|謝謝|這個|這樣|送出|取消|預約|訂|我|沒|再說|看看|一下|先|不|矣|哩|麻煩|關係|[,，。!！~ ])*$"
)
_STOPS = re.compile(
    r"^(取消|取銷|算了|不用了|不要了|不問了|停|不約了|不訂了|不查了|先不要|先不用|never ?mind|cancel|stop|免矣|無愛矣|毋使了)[啊啦吧喔,，。! 謝謝]*$"
)
_FORMULA_SIGNS = re.compile("[👍👌✅🆗⭕👎❌🙅🙏👋🙋😊❤]")

# Words that answers are made of: dates, hours, places, people, numbers, yes and no.
_SLOT_WORDS = re.compile(
    r"^(?:那|就|嗯|喔|是|在|從|要|到|去|往|約|大概|差不多|改|的|了|吧|啊|左右|前|後|以前|之前|早上|上午|下午|晚上|中午|凌晨|傍晚|明天|後天|大後天|今天|明仔載|天光日|後日|"
    r"下*個?(?:週|周|禮拜|星期)[一二三四五六日天]?|這(?:週|周|禮拜|星期)|\d+|[一二兩三四五六七八九十半零百千萬]+|[年月日號點分:/.歲位個人級樓巷弄路段街鄉鎮市里村區縣台元塊萬趟次名度]|民國|年次|生日?|出生|"
    r"輪椅|不用|不需要|不必|不坐|沒有|沒|有|自己|一個人|家裡|家|住家|老家|我家|我|我媽媽?|我爸爸?|媽媽|爸爸|醫院|診所|東元|榮總|馬偕|仁慈|台大|國泰|長庚|中國醫|竹北|竹東|新埔|關西|湖口|新豐|芎林|橫山|北埔|寶山|峨眉|尖石|五峰|"
    r"分院|院區|生醫|火車站|高鐵站|復健|看診|看醫生|洗腎|透析|就醫|門診|回診|陪同?|陪|家人|家屬|出發|上車|回家|單程|來回|共乘|可以|不要|好|對|低收|中低收|身障|輕度|中度|重度|極重度|第|胎|單親|獨居|租屋|男|女|"
    r"謝謝|[ ,，。、~!！()（）-])+$"
)
_ELLIPSIS = re.compile(
    r"^(那|那麼|啊|啊那|如果|若|若是|假如|可是|但是|所以|阿那|按呢|恁)(?!.{0,3}(謝|好了|沒事|就這樣|掰)).{1,24}?(呢|嗎|咧|可以|無|哩|怎麼辦|怎麼算|也是)?[?？]*$"
)
_TAIL = re.compile(r"^.{1,10}(呢|咧)[?？]*$")
_BARE_ASPECT = re.compile(
    r"^(請問|想問|那|還|還要|需要|一個月|一次|每個月|總共|大概|是|要|可以)*(要)?(帶什麼|準備什麼|什麼文件|哪些文件|什麼證件|什麼資料|多少錢?|幾元|幾塊|金額|去哪裡?辦?|在哪裡?辦?|哪裡辦|哪裡申請|跟誰申請|怎麼辦理?|怎麼申請|如何申請|流程|"
    r"資格|條件|誰可以(領|申請|坐)?|多久|要多久|什麼時候(發|領|截止|開始|下來)?|期限|截止日?|電話幾?號?|電話多少|線上可以嗎|可以代辦嗎|領多久|會過期嗎|有年齡限制嗎|幾歲可以|為什麼|地址|網址|連結|申請書)(呢|嗎|啊|才會下來)?[?？。]*$"
)

_WELFARE = {
    Intent.WELFARE_ASK,
    Intent.WELFARE_MATCH,
    Intent.WELFARE_SUBSCRIBE,
    Intent.WELFARE_UNSUBSCRIBE,
    Intent.WELFARE_SUBSCRIPTIONS,
}
_RIDES = {Intent.LTC_BOOK, Intent.LTC_CHANGE, Intent.LTC_CANCEL, Intent.LTC_STATUS, Intent.LTC_QUOTA, Intent.LTC_ASK}
# Of what a short "and if …?" is a continuation, as itself.
_FOLLOWED = _WELFARE | _RIDES | {
    Intent.SANDBOX_WISH, Intent.SANDBOX_VOTE, Intent.GUARDIAN_WATCH,
    Intent.STATS_ASK, Intent.KPI_ASK, Intent.SECURITY_ASK, Intent.GUARDIAN_LIST, Intent.OPENDATA_CHECK,
    Intent.DOCUMENT_ROUTE, Intent.DOCUMENT_CHECK, Intent.SANDBOX_SEARCH, Intent.SANDBOX_STATUS,
}  # fmt: skip
# A piece of a sentence: a place, a kind or a number in place of the last one (只要竹北的, 老人的, 改成圓餅圖, W-0207).
_PIECE = re.compile(
    r"^(?:(?:那|啊|只|就|再|先|我)*(?:只要|只看|只列|改成|換成|換|加上|依照?|按|分)|)(?P<what>.{1,10}?)(?:(?:的|那個|那些|那筆|這個|部分|類)+(?:就好|就可以|即可|呢|咧)?|就好|就可以了?|即可)[啊吧喔。]*$"
)
_RESHAPED = re.compile(r"^(?:那|再|幫我|請|可以)*(?:改成|換成|改用|畫成|做成|依|按|分).{1,8}$")
_CODE = re.compile(r"^(?:編號|單號|案號|是|我的)*[a-z]{1,3}-?\d{2,6}(?:那個|那件|那筆)?$")
_DESCRIBED = re.compile(r"^(?:內容|主旨|標題|案由|說明|大意)(?:是|為|寫|[:：])")
_HOPES = re.compile(
    r"^(?:我)?(?:希望|想要有?|建議|最好|如果(?:可以|能|有)|能不能(?:做|有|設|裝)|可不可以(?:做|有|設|裝)|在)"
)
_SELF = re.compile(
    r"歲|住|單親|離婚|喪偶|獨居|一個人|沒有?(?:工作|收入|房子|存款)|收入|月薪|租屋|租房|低收|身障|手冊|輕度|中度|重度|懷孕|小孩|孩子|子女|失業|原住民|新住民|[男女]生?$"
)
_ASKS = re.compile(r"[嗎呢?？]|怎麼|如何|多少|幾|哪|什麼|啥|誰|能不能|可不可以|取消|預約|訂")
_PICTURED = frozenset({Intent.STATS_ASK, Intent.KPI_ASK, Intent.OPENDATA_CHECK, Intent.SECURITY_ASK})
# Read of these alone, a piece of a sentence says too little to leave the last topic.
_WEAK_AGAINST_PIECE = _PICTURED | {
    Intent.OUT_OF_SCOPE, Intent.WELFARE_ASK, Intent.WELFARE_MATCH, Intent.LTC_CHANGE, Intent.LTC_STATUS, Intent.GREETING,
    Intent.CONFIRM, Intent.DENY, Intent.LTC_BOOK, Intent.SANDBOX_STATUS, Intent.GUARDIAN_LIST, Intent.GUARDIAN_WATCH,
    Intent.WELFARE_SUBSCRIPTIONS, Intent.SANDBOX_SEARCH, Intent.LTC_ASK,
}  # fmt: skip
_BOOLEAN_SLOTS = frozenset({"wheelchair", "share", "return_trip", "attendants"})
_CORRECTS = re.compile(r"^(?:不對|不是|錯|搞錯|弄錯|說錯|毋著|毋是|毋係|wrong|no,? that)")
_KIN_CLEAR = 0.55  # from here a short question is read as another question of the same family
_CLEAR = 0.80  # from here a message is a topic of its own, whatever was asked before
_TASK_WORDS = re.compile(
    r"怎麼|如何|多少|幾號|什麼|哪|嗎|呢|[?？]|訂閱|通知我|刪除|匯出|真人|客服|許願|附議|額度|補助|津貼|津貼|取消|告警|公文|kpi|天氣|笑話|進度|到哪|派了"
)


def formula(text: str) -> bool:
    """Whether a message without letters still says something (a thumb up, folded hands)."""
    return _FORMULA_SIGNS.search(text) is not None


def answers_pending(text: str, context: Context) -> Intent | None:
    """The intent of a message that answers what the assistant asked; None when it does not, or nothing was asked.

    A yes or no to a confirmation is `confirm` or `deny`; a value or a choice keeps the intent that asked; a bare
    取消 or 算了 gives the question up (`deny`).
    """
    pending = context.pending
    if pending is None:
        return None
    form = match_form(text)
    if pending.kind == "confirmation":
        if _NO.match(form):
            return Intent.DENY
        if _YES.match(form):
            return Intent.CONFIRM
        corrected = re.match(r"^(不對|不是|錯了|等等|等一下|喔不|啊不)[,， ]*(?P<rest>.+)$", form)
        return pending.intent if _SLOT_WORDS.match(corrected["rest"] if corrected else form) else None
    if _STOPS.match(form):
        return Intent.DENY
    if pending.kind == "choice" and (_picks(form, pending) or _YES.match(form)):
        return pending.intent
    if pending.kind == "slots":
        if not _BOOLEAN_SLOTS.intersection(pending.needs[:1]):
            if _NO.match(form):
                return Intent.DENY
            if _YES.match(form):
                return Intent.CONFIRM
        if _SLOT_WORDS.match(form) or _YES.match(form) or _NO.match(form):
            return pending.intent
    return None


def corrects(text: str) -> bool:
    """Whether a no means that something is wrong (不對), not that the matter is to be given up (不用了)."""
    return _CORRECTS.match(match_form(text)) is not None


def _picks(form: str, pending: Pending) -> bool:
    """Whether the text names one of the choices, by its number or its words."""
    if re.match(
        r"^(選|我選|我要|要|就|是)?(第)?[\d一二三四五六七八九十]{1,2}(個|項|種|號|位)?(那個)?[啊喔吧。]?$", form
    ):
        return True
    if re.match(r"^(最)?(前面|上面|下面|後面|第一|最後|中間)(一個|那個|的)?$", form):
        return True
    words = re.sub(r"^(選|我選|我要|要|就|是|我是)|(那個|的|吧|啊|喔)$", "", form)
    return len(words) > 1 and any(
        words in match_form(choice) or match_form(choice) in form for choice in pending.choices
    )


def continues(text: str, context: Context, read: Intent, confidence: float) -> Intent | None:
    """The intent of a message that only makes sense after the last turn; None when it stands on its own.

    `read` and `confidence`: what the classifier says of the message alone.
    """
    form = match_form(text)
    pending = context.pending
    if pending is not None and pending.kind != "confirmation":
        # A value in a sentence ("我媽住竹東那邊"): no words of another task, and nothing that is clearly one.
        own = read is pending.intent
        if own or (len(form) <= 25 and not _TASK_WORDS.search(form) and (confidence < _CLEAR or read in _QUIET)):
            return pending.intent
    last = context.last_intent
    if last is None or last not in _FOLLOWED:
        return None
    if _BARE_ASPECT.match(form):
        return _asked_of(last)
    if _is_piece(form, last) and (read in _WEAK_AGAINST_PIECE or confidence < _CLEAR):
        return last
    short_question = _ELLIPSIS.match(form) or _TAIL.match(form)
    if short_question and (confidence < _CLEAR or read is last or read in _KIN.get(last, ())):
        if read in _KIN.get(last, ()) and confidence >= _KIN_CLEAR:
            return read
        return _asked_of(last) if last in _WELFARE else last
    return None


def _is_piece(form: str, last: Intent) -> bool:
    """Whether the message only fills in or reshapes what was asked last."""
    if last is Intent.SANDBOX_WISH and _HOPES.match(form):
        return True
    if last is Intent.WELFARE_MATCH and _SELF.search(form) and not _ASKS.search(form):
        return True
    if last in (Intent.DOCUMENT_ROUTE, Intent.DOCUMENT_CHECK) and _DESCRIBED.match(form):
        return True
    if last in _PICTURED and _RESHAPED.match(form):
        return True
    if _CODE.match(form):
        return True
    piece = _PIECE.match(form)
    return piece is not None and not _ASKS.search(piece["what"])


def _asked_of(last: Intent) -> Intent:
    """A question about how or how much, after a turn of another kind, is a question about the same subject."""
    if last in _WELFARE:
        return Intent.WELFARE_ASK
    if last in _RIDES and last is not Intent.LTC_QUOTA:
        return Intent.LTC_ASK
    return last


_QUIET = frozenset(
    {Intent.OUT_OF_SCOPE, Intent.CONFIRM, Intent.DENY, Intent.GREETING, Intent.WELFARE_MATCH, Intent.LTC_BOOK}
)
_KIN: dict[Intent, frozenset[Intent]] = {
    **dict.fromkeys(_WELFARE, frozenset(_WELFARE)),
    **dict.fromkeys(_RIDES, frozenset(_RIDES)),
}
