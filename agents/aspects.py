"""Which side of a programme a question is about: how much, who, which documents … The answer begins with that."""

import re
from enum import StrEnum


class Aspect(StrEnum):
    """The sides of a programme that people ask about, in the order in which they are shown when several are asked."""

    AMOUNT = "amount"
    WHO = "who"
    REFUSED = "refused"
    TOGETHER = "together"
    DURATION = "duration"
    DEADLINE = "deadline"
    DOCUMENTS = "documents"
    WHERE = "where"
    HOW = "how"
    CONTACT = "contact"
    CHANGE = "change"


_PATTERNS: dict[Aspect, str] = {
    Aspect.REFUSED: r"(?:為什麼|為何|怎麼|是怎樣|按怎|仰會|為麼个).{0,8}(?:不能|不可以|沒有?(?:過|通過|領|拿|收|錢)|被退|不通過|不給|領不到|"
    r"不行|不符|駁回|停(?:發|掉|領)|拒絕|無過)|被(?:退件|駁回|拒絕|打回|停發|取消資格)|(?:申請|審核|結果).{0,4}(?:沒過|不過|沒通過|未通過|失敗)|"
    r"沒過|沒有過|未通過|不通過|被剔除|剔除|被刷|打回票|(?:沒|不)(?:過|通過).{0,4}(?:怎麼辦|原因|為什麼)|退件|不符合的原因|領不到|什麼(?:情形|情況|人).{0,4}(?:不能|不行|不可以)|why.{0,20}(?:reject|refus|denied)",
    Aspect.TOGETHER: r"(?:可以|能|會|敢會使|做得).{0,4}(?:同時|一起|一齊|併|重複|一併|都)(?:領|申請|拿|請領|用)?|同時(?:領|申請|請領|拿|有)|"
    r"重複(?:領|申請|請領|補助)|擇一|互斥|只能(?:選|領)一|二選一|兩個都|都(?:可以|能)領|併領|衝突|(?:領|拿)了.{1,12}(?:還|閣|也|又)(?:可以|能|會)|"
    r"(?:已經|有在?|正在)領.{1,24}(?:還|也|又|可以|能)|兩(?:種|個|項|筆).{0,4}(?:都|攏|可以|能|會使|做得)|會(?:被)?(?:停掉|停發|取消|影響)|(?:還|也)有份|一起領|再領|都能領|能不能都|可不可以都|搭配|合併(?:領|申請)|both|together with",
    Aspect.DURATION: r"(?:領|發|補助|給付|補|使用|效期|有效|可以用|能用|用).{0,4}(?:多久|幾年|幾個月|到幾歲|到何時|到什麼時候|到什麼時陣)|"
    r"領到(?:幾歲|何時|什麼時候)|最多(?:幾個月|幾年|可以領多久)|幾個月的?(?:補助|津貼)|多久(?:要)?(?:換|重新|再申請|審|一次)|效期|有效期|期限多長|how long",
    Aspect.DEADLINE: r"(?:什麼|啥|甚麼|麼个|何)時(?:候|陣|間|節)|何時|幾號|幾月|哪一天|什麼時|截止|期限|期間|最慢|最晚|來得及|來不來得及|過期|"
    r"多久(?:內|以內|之內)|幾天(?:內|之內)|(?:幾|多少)(?:個月|天)(?:內|以內)|還(?:可以|能)(?:申請|補辦|辦)嗎|逾期|多久(?:會|可以|才)?(?:下來|核准|撥|入帳|拿到|收到|"
    r"好)|要(?:等)?多久|幾天會|時間(?:過了|是)|到幾號|幾時|幾點|服務時間|營業時間|when|deadline",
    Aspect.DOCUMENTS: r"文件|證件|單據|收據|診斷書|資料要|什麼資料|哪些資料|(?:要|愛|需要|該|得)(?:帶|準備|附|備|檢附|交|拿|攜帶|傳|款)|"
    r"(?:帶|準備|附|備|送件要?|留)(?:什麼|啥|甚麼|哪些|麼个|麼|佗)|哪些東西|什麼東西|什麼紙|要什麼[?？]?$|表格|申請(?:書|表)|應備|附件|戶口名簿|存摺|證明(?:文件|要)|要不要(?:帶|印章|存摺)|印章|"
    r"what.{0,12}(?:bring|document|paper)|documents?",
    Aspect.AMOUNT: r"多少|幾趴|幾?百分之幾|percent|幾多|偌濟|若干|幾(?:塊|元|萬|千|百|點|趟|次|成|％|%|折|毛)|金額|(?:領|補|補助|給|發|拿|減免|付|出|賠|加)(?:幾|多少|偌)|"
    r"錢|費用|收費|免費|自付|自負|部分負擔|額度|上限|最高|一個月(?:有|領|給|發)|每(?:個)?月|打幾折|比例|幾倍|漲|調高|調升|調整|how much|amount",
    Aspect.WHERE: r"哪裡|哪裏|哪邊|那裡(?:辦|申請|領)|哪兒|佗位|佗|哪位|奈位|何處|什麼地方|去哪|到哪|在哪|地點|地址|窗口|哪個(?:單位|地方|機關|窗口)|"
    r"線上|網路|網站|郵寄|代辦|別人(?:去|代|幫)|哪一?間|where|online",
    Aspect.HOW: r"怎麼(?:申請|辦|領|用|弄|請|做|拿|報名|預約|申辦)|如何(?:申請|辦|領|使用|請領|取得)?|怎樣(?:申請|辦|領|才)|按怎|仰般|仰仔|欲按怎|"
    r"流程|步驟|手續|申請(?:方式|方法|程序|管道)|程序|怎麼(?:樣)?才|how (?:do|to|can)|apply",
    Aspect.CONTACT: r"電話|專線|打給誰|打去哪|聯絡|找誰|問誰|(?:向|跟)誰(?:申請|辦|登記|問)|洽(?:詢|哪)|承辦(?:單位|人)?|哪個(?:單位|科|處|局)|哪一?(?:科|處|局)|誰負責|主管機關|分機|"
    r"phone|contact|call",
    Aspect.WHO: r"資格|條件|誰(?:可以|能|會使)|什麼人|啥人|哪些人|對象|符合|(?:可以|能|會使|做得|會當)(?:領|申請|請領|請|辦|拿|用|坐|有|補)|"
    r"(?:可不可以|能不能|會不會|可否|是否|敢(?:會使|會當|有)|有沒有(?:資格|補助))|幾歲|年齡|滿\d|設籍|戶籍|排富|所得|收入|財產|存款|房子|"
    r"限制|門檻|標準|(?:算不算|有算)|領得到|eligib|qualif|who can|can (?:i|my|he|she|we)",
    Aspect.CHANGE: r"漲|調(?:高|升|整|漲)|加碼|提高|新制|改成|變成|修法|新規定|\d+月(?:開始|起)|聽說.{0,12}(?:要|會)?(?:調|漲|改|變|加碼|取消)|新聞(?:說|講|報)",
}
_WITHIN = re.compile(r"(?:多久|幾天|幾個?月|多少天|幾年)(?:內|以內|之內)")
_RESULT = re.compile(r"多久(?:會|可以|才|能|知道)|下來|知道結果|審(?:核|查)要|撥款|入帳|核准要|幾天會")
_MEANS = re.compile(
    r"(?:(?<!低)收入(?!戶)|所得|薪水|存款|動產|不動產|財產|房子|房屋|土地|積蓄|價值).{0,10}(?:上限|標準|多少|限制|門檻|超過|以下|多低|多高|幾)"
    r"|(?:門檻|排富)"
)
_OPEN_HOURS = re.compile(r"幾點(?:到|開|關|下班|上班|以前|前|才)")
_RECEIVED_UNTIL = re.compile(r"(?:收|受理|申請|報名|收件|截止)到(?:什麼時候|什麼時陣|何時|幾號|幾月|哪一天)")
_COMPILED = {aspect: re.compile(pattern, re.IGNORECASE) for aspect, pattern in _PATTERNS.items()}

# Words that say nothing about the programme: what is left of a question without them is its subject.
_FILLER = re.compile(
    r"請問|我想|想要|想|要|幫我|麻煩|謝謝|那麼|那個|這個|這項|那|呢|嗎|啊|喔|咧|吧|的|了|是|有|可以|能|我|我們|你|您|它|"
    r"申請|補助|津貼|辦理|辦|領|什麼|甚麼|怎麼|如何|一下|還|也|會|在|到|去|給|就|都|要是|如果|所以|然後|[\s，。！？、,.!?~～：:；;「」()（）…]"
)


def aspects_of(text: str) -> list[Aspect]:
    """The aspects that `text` (normalised Traditional Chinese or English) asks about, most specific first; [] = the whole."""
    found = {aspect for aspect, pattern in _COMPILED.items() if pattern.search(text)}
    # A general word inside a specific question is not a second question.
    if _WITHIN.search(text) or _RESULT.search(text):
        found = (found | {Aspect.DEADLINE}) - {Aspect.DURATION}
    if _MEANS.search(text):
        # Asked why it was refused, the reasons hold the limits already.
        found = (found | {Aspect.WHO} if Aspect.REFUSED not in found else found - {Aspect.WHO}) - {Aspect.AMOUNT}
        return [aspect for aspect in Aspect if aspect in found]
    if Aspect.REFUSED in found or Aspect.TOGETHER in found:
        found -= {Aspect.WHO, Aspect.HOW, Aspect.AMOUNT}
    if Aspect.DURATION in found:
        found -= {Aspect.DEADLINE}
    if Aspect.AMOUNT in found and not re.search(r"資格|條件|誰|什麼人|對象|幾歲|符合", text):
        found -= {Aspect.WHO}
    if Aspect.DOCUMENTS in found and not re.search(r"怎麼|如何|流程", text):
        found -= {Aspect.HOW}
    if Aspect.WHERE in found and not re.search(r"怎麼|如何|流程", text):
        found -= {Aspect.HOW}
    if _OPEN_HOURS.search(text):
        found = (found | {Aspect.DEADLINE}) - {Aspect.AMOUNT}
    if _RECEIVED_UNTIL.search(text):
        found = (found | {Aspect.DEADLINE}) - {Aspect.DURATION}
    if found & {Aspect.WHERE, Aspect.DOCUMENTS, Aspect.DEADLINE, Aspect.HOW} and not re.search(
        r"資格|條件|誰|什麼人|對象|幾歲|符合|可不可以|能不能", text
    ):
        found -= {Aspect.WHO}
    if Aspect.CONTACT in found and not re.search(r"哪裡|地點|窗口", text):
        found -= {Aspect.WHERE}
    return [aspect for aspect in Aspect if aspect in found]


def asks_for_result(text: str) -> bool:
    """Whether the question is how long an application takes, not until when one may apply."""
    return bool(_RESULT.search(text))


def subject_of(text: str) -> str:
    """What is left of a question when the words for its aspects and its politeness are taken away."""
    for pattern in _COMPILED.values():
        text = pattern.sub("", text)
    return _FILLER.sub("", text)
