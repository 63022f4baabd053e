"""What the classifier sees of a message beside its meaning vector: character n-grams and a lexicon of speech acts.

The lexicon holds words by which people of the county show what they are doing (asking how, booking, cancelling,
confirming), in Mandarin, Taiwanese and Hakka characters and a little English. Programme names come from the records.
Patterns are matched on `normalise.match_form`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

MAX_GRAM = 4
GRAM_CHARS = 300  # n-grams are read from the head of a message; a longer one is told apart by its clauses

_WORDS: dict[str, str] = {
    # --- things people speak of
    "benefit": r"津貼|補助|補貼|禮金|年金|給付|救助|紓困|慰問金|減免|扶助|獎勵金|福利|低收|身障|殘障|身心障礙|手冊|單親|特境|敬老|重陽|假牙|輔具|"
    r"老農|國保|勞保|生育|育兒|托育|保母|托嬰|幼兒園|早療|居服|喘息|看護|租金|租屋|房租|失業|職訓|育嬰|新住民|外配|學雜費|喪葬|食物銀行|送餐|長照",
    "vehicle": r"車|巴士|接送|搭乘|載|ride|pickup|pick me|van\b|shuttle",
    "hospital": r"醫院|看診|看醫生|回診|門診|復健|洗腎|透析|東元|榮總|馬偕|仁慈|台大|國泰|中國附?醫|病院|就醫|開刀|長庚|hospital|clinic|doctor",
    "when": r"明天|後天|今天|大後天|下下?[週周]|下個?禮拜|下星期|禮拜|星期|[週周][一二三四五六日]|\d+月|\d+/\d+|[一二三四五六七八九十\d]點|早上|上午|下午|晚上|"
    r"明仔載|後日|天光日|\d:\d\d|tomorrow|monday|tuesday|wednesday|thursday|friday",
    "ltc_ride": r"長照.{0,4}(車|巴士|接送|交通)|交通接送|接送|da01|ltc",
    "official_letter": r"公文|來文|函|主旨|簽稿|擬辦|陳情案|收文|發文|密件|會議紀錄",
    "statistics": r"人口|人數|戶數|件數|人次|統計|比例|占比|趨勢|排名|幾戶|幾人|多少人|各鄉鎮|成長率|長條圖|折線|圖表|圓餅|出生數|死亡|平均|前十|最多的|population|how many",
    "dataset": r"資料集|csv|開放資料|metadata|詮釋資料|金標|銀標|白金|編碼|utf|欄位|geojson|xlsx|json|標章|dataset|機器可讀|open data",
    "indicator": r"kpi|績效|達成|指標|執行率|完成率|認證|線上簽核|電子交換|總分|達標|目標值|權重|落後",
    "security": r"資安|弱(點|掃)|漏洞|憑證|hsts|tls|ssl|網站.{0,4}(安全|檢測)|入侵|釣魚信|社交工程|稽核|駭|修補|cve|防火牆|ddos|勒索|零信任|security",
    "alert": r"告警|警報|警示|alert|守護之眼|偵測|事件|監視|車手|徘徊|噪音車",
    "camera": r"鏡頭|攝影機|監視器|畫面|影像|影片|camera|cam\b|[ck]-?\d{2}",
    "plate_or_number": r"[a-z]{2,3}-?\d{3,4}|\b[a-z]-\d{2,5}|(警報|告警|編號|單號)\s?\w*\d{2,}",
    "sandbox": r"許願|願望|提案|點子|沙盒|構想|試辦|附議|proposal|idea|wish",
    "personal_data": r"個資|個人資料|我的資料|我的.{0,4}(紀錄|記錄)|帳號|對話|my data|personal data|personal information",
    "person_to_talk": r"真人|客服|專人|專員|人工|承辦|回電|打給我|社工|找人|機器人|揣人|轉接|投訴|申訴|客訴|主管|服務人員|human|agent|real person|operator",
    # --- what is done with words
    "how": r"怎麼|如何|哪裡|怎樣|仰般|按怎|佗位|哪位|要帶|準備什麼|流程|資格|條件|誰可以|幾歲|去哪|how|where|who can",
    "how_much": r"多少|幾多|偌濟|幾塊|幾元|收費|要錢|要付|how much|cost",
    "yes_no": r"嗎|無\?|敢有|敢會|有沒有|是不是|可不可以|能不能|會不會|吂|[?]$",
    "book": r"預約|約車|訂車|叫車|派車|派一?[台部]|幫.{0,6}約|要約|想約|訂一|載我|載.{0,3}(媽|爸|公|嬤)|來載|幫.{0,6}[訂叫派].{0,4}車|排車|加一趟|再約|book|schedule a",
    "change": r"改|換|延後|延到|提早|提前|晚一點|往後|變更|異動|調整|挪|reschedul|change|move my|約錯|說錯",
    "cancel": r"取消|不用來|不去了|不坐|不搭|退車|退掉|車.{0,4}(不用|不要|免)|[毋不](免|使|坐)|莫來|不用車|曲消|取肖|cancel",
    "ride_state": r"到哪|到了沒|來了嗎|來了沒|來矣|還沒(來|到)|幾點(來|到)|遲到|排到|候補|約到|約成功|司機|車號|我(的|約的)(車|預約|行程)|派了沒|有派|where is my|confirmed",
    "quota": r"額度|餘額|還?剩(多少|幾|下|餘|偌|了)|還剩|賰|自付額|超額|用完|自負額|鵝度|額渡|還能坐|還可以坐|quota|balance",
    "rule": r"規定|可以(坐|用|搭|帶|載)|能(坐|搭|載|帶)|會(被|等)|差在|差別|不一樣|誰|資格|免費|幾天前|最早|罰|服務時間|假日|跨縣市",
    "subscribe": r"訂閱|通知我|提醒我|推播|傳.{0,3}給我|告訴我|共我講|跟我[說講]|叫我一下|開.{0,3}通知|接收|追蹤|關注|訂越|subscri|notify|alert me",
    "unsubscribe": r"取消.{0,6}(訂|通知|推播|提醒)|退訂|(不要|別|莫|免|不用|毋愛|不想).{0,4}(通知|傳|推|訂|收|吵|提醒)|停.{0,4}(通知|訂|推播|提醒)|[關閉]掉?.{0,6}(通知|推播)|"
    r"(通知|推播|提醒|訂閱).{0,6}(關|停|取消|退|拿掉|移除|刪)|unsubscri|stop send|退定|不要再(吵|傳|通知)",
    "subscriptions": r"訂(閱|了)?了?.{0,4}(哪|什麼|啥|麼|幾|沒|清單|列表|狀態|管理|項目)|我的訂閱|有訂|查.{0,3}訂閱|看.{0,4}訂閱|會(收到|通知|推播).{0,4}(哪|什麼)|通知設定|my subscri|subscribed to",
    "match": r"(可以|能|會當|做得|還能|好)(申請|領|拿|請)?.{0,3}(什麼|哪些|啥|麼[个個])|(什麼|哪些|啥物?).{0,6}(可以|能|會當|好|通)(申請|領|拿|請|用|幫)|哪些(補助|福利|錢|協助|資源)|符合|適合我|"
    r"配對|試算|推薦|有什麼(補助|福利|錢|可以)|eligible|qualif|entitled",
    "about_oneself": r"我\d+歲|\d+歲|今年.{0,4}歲|單親|離婚|失業|獨居|月薪|收入|懷孕|中度|重度|輕度|一個人住|民國\d+|年次|沒工作|[三四五六七八九]十(幾|多)?歲|家裡有",
    "proofread": r"錯字|錯別字|校對|校稿|用語|格式|潤|寫錯|偵錯|抓錯|贅字|標點|typo|proofread|用字",
    "route": r"分文|分給|分到|哪個(單位|處|局|科)|承辦單位|主辦|會辦|業管|權責|改分|分派|派案|哪一?科|主政|分辦|哪個局處|which department|收文",
    "alert_ack": r"確認|已處理|接手|我來處理|受理|屬實|結案|已(派|通報|通知|到)|ack|複核|核實|成立|認領|已讀",
    "alert_false": r"誤報|誤判|假警報|誤偵|不是(打架|徘徊|可疑|槍|車手|真的|跌倒|事故|撞車|噪音|溺水|尖叫)|虛驚|悟報|誤抱|而已|只是|沒事|false",
    "watch": r"盯|監看|監控|即時(影像|畫面)|留意|看著|調閱|分析.{0,4}影片|watch|monitor|列管|幫我顧|開啟.{0,6}偵測|監看清單",
    "wish": r"希望|許願|願望|建議|如果可以|要是|能不能做|可不可以做|想像|構想|想提|i wish",
    "search_ideas": r"有沒有人|有人(提|許)|別人|大家|搜尋|熱門|類似|排行|列表|列出|哪些(提案|許願|點子|案)|瀏覽|看看.{0,4}(提案|點子)|已經完成|search|list",
    "my_idea": r"(我|上次|之前|阮).{0,10}(許願|提案|點子|提的|許的)|下文|通過了嗎|階段|審核|審查",
    "vote": r"附議|投(票|給|一票)|支持|一票|\+1|連署|按讚|推一個|贊成|我挺|vote|付議|附義",
    "export": r"匯出|下載|存了|查閱|複製|有我的|給我一份|寄一份|看過我|記得我|打包|調閱|export|copy of",
    "delete": r"刪|清(除|空|掉)|移除|不要(留|存)|撤回|忘記我|註銷|停止(利用|蒐集|使用)|剃掉|刣掉|erase|delete|forget me",
    "greet": r"^(你好|您好|哈囉|嗨|早安|午安|晚安|早|安安|喂|恁早|食飽|賢早|hello|hi\b|hey)|在嗎|good morning",
    "thank": r"謝|感謝|感恩|多謝|承蒙|恁仔細|勞力|3q|辛苦|thank|thx",
    "yes": r"^(對|是|好|可以|沒錯|正確|確認|確定|嗯|恩|ok|yes|行|要|係|著|同意|沒問題|就)",
    "no": r"^(不|否|錯|沒有|先不|no\b|毋|免|搞錯|都不|算了|無愛|才不)",
    # --- danger and deceit (the rules of guard.py decide; this keeps the classifier from working against them)
    "self_harm": r"不想活|想死|自殺|跳樓|燒炭|割腕|去死|輕生|遺書|一起走|kill myself|欲死|撐不下去|自傷|尋短",
    "violence": r"打我|打媽|打小孩|被打|砍|殺|救命|威脅|拍我|性侵|虐待|掐|跟蹤|瘀青|家暴|hit",
    "emergency": r"昏|沒有?呼吸|叫不醒|胸口|流血|失火|瓦斯|落水|中毒|噎到|走失|不見了|unconscious|跋倒|白沫",
    "deceit": r"詐騙|騙|連結|簡訊|匯(款|了|錢|回)|atm|提款[卡機]|密碼|驗證碼|手續費|檢察官|冒充|假的|退錢|保證金|金融卡|自稱|網戀|洗錢|scam|短信",
    "told_by_someone": r"打電話來|接到|收到|有人(說|打|叫|要)|叫我|說是|說我",
    # --- what others do
    "chat": r"笑話|總統|作文|翻譯|程式|好吃|景點|天氣|下雨|落雨|股票|股價|樂透|威力彩|食譜|算命|星座|唱歌|聊天|你幾歲|女朋友|weather|joke|recipe|python|電影|比賽",
    "other_office": r"高鐵|台鐵|公車|飛機|計程車|youbike|護照|身分證|戶籍|戶口|結婚登記|所得稅|房屋稅|地價|垃圾|罰單|違停|停車費|駕照|行照|路燈|流浪|野狗|蜂窩|圖書館|游泳池|"
    r"建照|農地|疫苗|掛號|路平|坑洞|水費|電費|停水|停電|自來水|瓦斯行|噪音|檢舉",
    "other_county": r"(台北|新北|桃園|台中|台南|高雄|苗栗|新竹市|基隆|宜蘭|花蓮|台東|彰化|雲林|嘉義|屏東|南投)",
    "machine": r"模型|指令|prompt|提示詞|規則|system|ignore|扮演|角色|開發者模式|越獄|jailbreak",
    # --- form
    "tiny": r"^.{1,3}$",
    "short": r"^.{4,7}$",
    "long": r"^.{35,}$",
    "several_parts": r"[,。;、]|然後|另外|順便|還有",
    "ascii": r"^[\x00-\x7f]+$",
    "mine": r"我的|我媽|我爸|我家|我們|阮|𠊎|阿[公嬤婆]",
    "wants": r"^(我)?(要|想|欲|愛|幫|請)",
}

# Pairs that mean more together than apart.
_PAIRS = (
    ("vehicle", "cancel"), ("vehicle", "change"), ("vehicle", "book"), ("hospital", "when"), ("ltc_ride", "how"),
    ("ltc_ride", "rule"), ("ltc_ride", "how_much"), ("vehicle", "rule"), ("benefit", "how"), ("benefit", "how_much"),
    ("benefit", "subscribe"), ("subscribe", "unsubscribe"), ("cancel", "subscribe"), ("alert", "alert_ack"),
    ("alert", "alert_false"), ("plate_or_number", "watch"), ("camera", "watch"), ("dataset", "indicator"),
    ("sandbox", "search_ideas"), ("sandbox", "my_idea"), ("sandbox", "vote"), ("personal_data", "delete"),
    ("personal_data", "export"), ("self_harm", "benefit"), ("self_harm", "statistics"), ("violence", "benefit"),
    ("violence", "statistics"), ("deceit", "told_by_someone"), ("deceit", "statistics"), ("match", "about_oneself"),
    ("benefit", "about_oneself"), ("quota", "ltc_ride"), ("quota", "mine"), ("proofread", "official_letter"),
    ("route", "official_letter"), ("statistics", "benefit"), ("tiny", "yes"), ("tiny", "no"), ("yes_no", "vehicle"),
    ("cancel", "short"), ("programme", "how"), ("programme", "how_much"), ("programme", "match"),
    ("programme", "statistics"), ("programme", "other_county"), ("benefit", "other_county"), ("other_office", "how"),
    ("other_office", "route"), ("person_to_talk", "benefit"),
)  # fmt: skip


class Lexicon:
    """The lexicon with the county's programme names. `names`: features in the order of `vector`."""

    def __init__(self, programmes: Iterable[str] = ()) -> None:
        self.programmes = tuple(sorted({name for name in programmes if len(name) > 1}, key=lambda n: (-len(n), n)))
        named = "|".join(map(re.escape, self.programmes)) or r"(?!)"
        self._patterns = {"programme": re.compile(named)} | {name: re.compile(rule) for name, rule in _WORDS.items()}
        self._index = {name: place for place, name in enumerate(self._patterns)}
        self.names = [*self._patterns, *(f"{one}+{other}" for one, other in _PAIRS)]

    def vector(self, form: str) -> NDArray[np.float32]:
        """1.0 for every feature that the match form shows, in the order of `names`."""
        head = form[: GRAM_CHARS * 2]
        single = [1.0 if rule.search(head) else 0.0 for rule in self._patterns.values()]
        pairs = [single[self._index[one]] * single[self._index[other]] for one, other in _PAIRS]
        return np.array(single + pairs, dtype=np.float32)


def grams(form: str) -> Counter[str]:
    """Character 1- to 4-grams of a match form with its edges marked, counted."""
    text = f"^{form[:GRAM_CHARS]}$"
    return Counter(text[at : at + size] for size in range(1, MAX_GRAM + 1) for at in range(len(text) - size + 1))


def vocabulary(forms: Sequence[str], least: int = 2) -> tuple[list[str], NDArray[np.float32]]:
    """Grams that stand in at least `least` messages, sorted, with their smoothed inverse document frequency."""
    seen: Counter[str] = Counter()
    for form in forms:
        seen.update(grams(form).keys())
    kept = sorted(gram for gram, count in seen.items() if count >= least)
    idf = np.log((1 + len(forms)) / (1 + np.array([seen[gram] for gram in kept]))) + 1
    return kept, idf.astype(np.float32)


def tfidf(form: str, places: dict[str, int], idf: NDArray[np.float32]) -> tuple[list[int], NDArray[np.float32]]:
    """The message as a sparse unit vector: places in the vocabulary (ascending) and their weights."""
    counted = sorted((places[gram], count) for gram, count in grams(form).items() if gram in places)
    where = [place for place, _ in counted]
    weights = (1 + np.log(np.array([count for _, count in counted], dtype=np.float32))) * idf[where]
    norm = float(np.linalg.norm(weights))
    return where, (weights / norm if norm else weights).astype(np.float32)
