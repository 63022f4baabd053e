"""Rules that run first, always: danger to life, fraud, and text that tries to give orders to the system.

A missed cry for help costs more than a hotline shown in vain, but a county worker who asks for suicide statistics or a
widow who asks for a funeral grant must get an answer, not an alarm. So each rule belongs to one of two kinds:
*plain* words say themselves that someone is in danger now; *topical* words (自殺, 家暴, 詐騙) do so only when nothing shows
that they are a subject: statistics, letters, proposals, benefits, someone who died long ago.
All patterns are matched on `normalise.match_form`. Hotlines and wording of the reply are not decided here.
"""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agents.state import Intent, Role
from agents.understanding.normalise import MAX_CHARS, SIGNS, clean, has_content, match_form

Kind = Literal["self_harm", "violence", "medical", "disaster", "missing", "hunger", "fraud"]

# What the safety texts are kept under (frame slot `topic`).
_TOPIC: dict[Kind, str] = {
    "self_harm": "suicide",
    "violence": "violence",
    "medical": "medical",
    "disaster": "medical",
    "missing": "missing",
    "hunger": "hunger",
    "fraud": "fraud",
}


class Guarded(BaseModel):
    """A message after the first look. `safety`: crisis or scam when a rule saw one, with its `topic`."""

    model_config = ConfigDict(frozen=True)

    text: str  # cleaned, as typed otherwise
    kind: Literal["ok", "empty", "unreadable"] = "ok"
    truncated: bool = False
    has_id: bool = False  # something of the form of an ID number stands in it
    injected: bool = False  # it holds orders to the system
    safety: Intent | None = None
    topic: str | None = None

    @property
    def readable(self) -> bool:
        """Whether there is anything to understand."""
        return self.kind == "ok"


@dataclass(frozen=True)
class Danger:
    """What a rule saw: `crisis` or `scam`, of which kind, and the words that say so."""

    intent: Intent
    kind: Kind
    words: str


# Idioms and things that only sound like danger; taken out before the rules look.
_HARMLESS = re.compile(
    r"[笑累熱冷忙煩氣餓渴吵醜帥無聊可愛香羨慕]+(到)?(快|要|想)?死(我|人|了|哩|矣|囉|啦)*(?=.{0,12}(幾度|好吃|吃什麼|電影|天氣|哈|推薦|下雨|$))"
    r"|[笑累熱冷忙煩氣吵醜帥羨慕]死(我|人|了|哩|矣)?|不想活(動|絡|潑|到一百|在過去)|自殺(突擊隊|式|炸彈|片)|想死(你|妳|他|她)了?|想死了?(你|妳)|死(機|線|角|心|記|當|黨)|打死不|"
    r"殺(價|菌|蟲|青|手級|出重圍|球|很大|人鯨)|三國殺|狼人殺|刀削|刀(具|工|子口|片)|股票.{0,8}(跳樓|想死|殺)|跳樓(大?拍賣|價|機)|(考試|作業|報告|上班|加班|開會|遊戲|打電動).{0,6}想死|"
    r"(手機|電腦|電池|當機|遊戲|app).{0,10}(救命|死了|要死)|救命(恩人|稻草|藥)|打我(的)?(電話|手機|分機|市話)|打(電話|給)我|(打|撥)我?手機|打我一?下|打球|(殺|砍)價|"
    r"(遊戲|電影|小說|影集|劇|動漫|主角|角色).{0,10}(自殺|殺死?|被殺|死|打我|砍|槍)|(花|樹|盆栽|魚|草|稻子?|作物)(都|快)?(要)?(枯|死)|蚊子|蟑螂|螞蟻|"
    r"(狗|貓|皮夾|錢包|手機|鑰匙|遙控器|證件|身分證|健保卡|行李|腳踏車|機車|預約|訂單|紀錄|資料|檔案|訊息|許願|提案|水溝蓋|停車單|車牌|點數|額度|卡).{0,6}(不見|走丟|走失|失蹤|找不到)|"
    r"(走失|不見)的?(狗|貓)|瓦斯(爐|費|行|桶|公司|補助|帳單)|(火災|失火)(保險|險|補助|救助|慰問)|等.{0,8}(昏倒|瘋掉|急死)|急死(我|人)|氣炸|帥到炸|好吃到炸|炸(雞|物|彈麵)|"
    r"不是.{0,3}(跌倒|打架|真的|車手|溺水|槍)|沒有人?(跌倒|受傷|落水|打架)|睡死|嚇死(我|人)?|冤死|醉死|餓死了[ ,]?(有什麼|哪裡|想吃|吃)"
)

# The message is about a subject, not about someone in danger.
_SUBJECT = re.compile(
    r"統計|件數|人數|人次|比例|占比|趨勢|排名|死亡率|自殺率|歷年|幾件|幾人|多少(人|件)|案件數|圖表|長條圖|折線|財損|"
    r"公文|函|主旨|簽稿|校對|錯字|錯別字|新聞稿|會議紀錄|計畫書|分文|分給|承辦單位|哪一?科|主辦|"
    r"許願|提案|點子|附議|希望(有|可以|能|做)|試辦|建議|"
    r"資料集|csv|標章|kpi|績效|指標|達標|達成率|"
    r"告警|警報|警示|誤報|誤判|鏡頭|攝影機|監看|盯|守護之眼|偵測|"
    r"宣導|講座|防治(計畫|業務|中心)|課程|志工|研習|statistics|number of|how many"
)
# Asked for as a matter of entitlement, or of someone who is already dead.
_ENTITLED = re.compile(
    r"補助|津貼|扶助|救助金|給付|年金|喪葬|慰問|遺族|遺屬|補償|安置費|寄養|律師費|諮商費|資格|怎麼申請|申請.{0,6}(手環|手鍊|手鏈)|協尋(手環|手鍊|服務)|費用|保險|緊急救援|可以領|補償金|失能|什麼級|subsidy|grant"
)
_PAST = re.compile(
    r"過世|走了(?!.{0,4}(不會|別))|往生|離世|去世|死了之後|身亡|生前|去年|前年|以前|小時候|之前|未遂|出院"
)

_SETTLED = re.compile(
    r"(被|受).{0,3}(性侵|虐待|施虐|家暴|強暴|暴力).{0,8}(補償|補助|安置費|津貼|扶助|律師|費用誰|之後.{0,6}(補助|安置|租屋))"
)

_I = r"(我|阮|𠊎|自己|本人|i )"
_KIN = (
    r"(老公|先生|丈夫|老婆|太太|爸|媽|父|母|公公?|婆婆?|阿[公嬤婆姆爸母]|爺爺|奶奶|外公|外婆|兒子|女兒|小孩|囡仔|孩子|弟|妹|哥|姊|姐|嬰兒|寶寶|長輩|老人家?|老歲仔|同學|朋友|"
    r"鄰居|隔壁|學生|個案|案主|室友|男友|女友|前夫|前妻|前男友|同居人|叔叔?|伯伯?|舅舅?|姑姑|阿姨|繼父|看護|移工|有人|路人|人|翁|尪|囝|某|伊|他|她|husband|boyfriend|father|mother|mom|dad|son|daughter|wife)"
)
_DEAD_END = r"(不下去|毋下去|袂落去|不落去)"

_PLAIN: dict[Kind, str] = {
    "self_harm": (
        r"不想(再)?活(?!動|絡|潑)|不想或了|不想火了|(無|毋|唔)想(欲|愛|要)?(再)?(活|生)(?!活|病|氣|小孩|細人仔|囝)|活" + _DEAD_END + r"|不要活了|"
        r"(?<!不)(?<!毋)(想|要|欲|愛|去|好|乾脆|不如|準備|打算)(要|欲|愛|去|來)?(去)?(死(?!機|角|線|亡|心|因)|自殺|自鯊|輕生|尋短|跳樓|跳河|跳橋|燒炭|割腕|上吊|吞藥|喝農藥|自我了斷|了結自己|一了百了|往下跳|跳下去)|"
        r"(想|要|準備)(要)?結束(我的|自己的?|這)?(生命|一生|一切|人生)|想結束自己|結束生命|(想|去|我想|要)[ ]?[四4](?![\d點年月個:/份號樓歲])$|紫砂(?!壺|茶)|"
        r"活(著|咧|到)(真的|嘛|都|也)?((很|好|太)?(沒|無|冇)有?(什麼|啥)?(意思|意義)|(很|好|太|真)?(累|痛苦|辛苦))|活(著|咧).{0,4}(幹嘛|要做什麼)|人生無望|"
        r"(割|吞|喝|服|吃)(了|下).{0,6}(腕|安眠藥|農藥|整排藥|整瓶藥|一堆藥|清潔劑)|(我|他|她|兒|友|同學|個案|媽|爸|生|主)(剛剛|剛|已經)?割腕|喝農藥|"
        r"遺書|(買|準備)(好|了)(了)?.{0,3}(炭|安眠藥|繩子|農藥|藥)|一次吃掉|(站|坐|在)(在)?.{0,3}(頂樓|橋上|天台|樓頂)(上|要|準備|$|了)|"
        r"(一起|跟他|帶.{0,4}|全家|大家|同齊)(一起|同齊)?(走|死)(算了|了算|掉|$|吧|好了)|(想|要)(帶|跟).{0,6}(一起)(走|死|結束)|"
        r"(我|自己)(真的|好|很|快|已經|要|)*(撐|忍|熬|過)" + _DEAD_END + r"|撐不下去|死了(算了|比較|就好|最好|大家|一了)|不如死|一死(百了|了之)|沒有我.{0,6}(更好|比較好)|不會再醒|不要醒|永遠睡|"
        r"(割|傷害|弄傷)(我)?自己|自(傷|殘)|每天都?想死|(我|好|很|^)(好|很|真的)?(想|恨不得|希望自己)(要|能|可以)?消失|從.{0,4}樓.{0,2}跳|(想|要)一起結束|(我|先)(要)?走了.{0,8}不會(再)?回來|我是(家人|大家|家裡)的?(負擔|累贅)|"
        r"kill myself|want to die|wanna die|end (my life|it all|it tonight)|suicid(e|al)(?! (rate|prevention|stat))|can'?t go on|muốn chết|tự tử|bunuh diri|ingin mati|อยากตาย|ฆ่าตัวตาย"
    ),
    "violence": (
        r"予.{0,6}拍(?!謝|照|片).{0,8}(哭|叫|傷|欲|一直|足)|(?<!不)(?<!沒有人)(在|又|一直|會|常|要|都|咧|正在|快|開始)?(打|拍|揍|扁|踹|踢|刣|掐|砍|捅|扯|燙)(我|媽|爸|阿|小孩|囡仔|孩子|細人仔|𠊎|人了|死我|傷我|老人|妹妹|弟弟|太太|老婆|婆婆)(?!電話|手機|分機|專線|一個電話|疫苗|針|字|球|幾通|工|掃)(?!.{0,3}(電話|疫苗|預防針|針))|"
        + _KIN
        + r".{0,6}(打|刣|拍|揍)(𠊎|我|媽|爸|小孩|囡仔)|被.{0,8}(打到|打得|打傷|毆打|痛打|砍|捅|強暴|性侵|猥褻|下藥|軟禁|囚禁|跟蹤|綁著|綁架|虐待)|(?<!不)被.{0,2}(一直|他|她|老公|先生|爸爸?|媽媽?|同學|丈夫|男友|兒子|女兒|媳婦|孫子|看護)?打(?!電話|斷|針|擾|卡|開|烊|掃|回票|回來|回去|槍|臉|入冷|散|折|包)|"
        r"(拿|提|持|有)(著)?(刀|槍(?!聲)|棍|斧|硫酸|汽油)|(要|想|說要|欲)(殺|砍|刣|沙|捅)(了|死|掉)?(我|他|她|人|全家|媽|爸|小孩)|(殺|砍)人|跟蹤我|(限制|不准|不讓)我.{0,3}(出門|出去|離開)|菜刀|(潑|淋)(汽油|硫酸)|救(命|我|人)|緊來|"
        r"(掐|悶|勒)(死|住|脖|著)|(快要|怕|差點|控制不住|忍不住).{0,6}(動手|傷害|掐|打|砍)|(關|鎖)(在|起來|住).{0,6}(房間|廁所|家|不讓|不給|沒)|不(給|讓).{0,6}(吃飯|出門|出去)|沒給.{0,3}(飯|吃)|"
        r"(摸|碰)(了)?(我|妹妹|女兒|𠊎).{0,3}(下面|胸|身體|私處|$|屁股|那裡)|(繼父|叔叔|老師|主管|老闆|教練|阿公|舅舅).{0,4}(摸|碰|亂來|奇怪的事)|強暴|(我|女兒|朋友|妹妹|同學|小孩).{0,3}(被)?性侵|"
        r"(全身|身上)(都|)(是|有)(傷|瘀青)|瘀青|每天(都)?(哭喊|被打)|威脅(要|我|說)|恐嚇|躲在(廁所|房間|外面)|報警|叫警察|家暴(我|了|中|$)|被(先生|老公|老婆|丈夫)?[家加]暴(了|$|.{0,6}(怎麼辦|救))|虐待(我|媽|爸|阿|老人|小孩|孩子|$)|遺棄|丟在路邊|棄養(?!.{0,10}(安置|補助|費))|"
        r"beat(s|ing)? me|hit(s|ting)? me|hurting me|has a (knife|gun)|rape|help me|kill me|abus(e|ing) me|đánh tôi|cứu tôi|memukul saya|dipukul|tolong saya|ร้ายฉัน|ช่วยด้วย|^(sos|help)[ !.]*$|快來人(?!員)"
    ),
    "medical": (
        r"昏(倒|迷|過去|去|到了)(?!指數|.{0,12}(補助|看護|怎麼辦理|有保險))|沒有?(呼吸|心跳|意識|脈搏)|(叫|搖)(不|袂|毋)醒|呼吸(停|困難|不過來)|(喘|吸)不過(氣|來)|不能呼吸|"
        r"胸(口|部)?.{0,4}(很|好|超|劇|悶|一直)?(痛|悶)|冒冷汗|(流|噴|吐|咳)(了)?(很多|好多|一堆|滿地)?血(不止)?(?!壓|糖|管)|血流不止|噎(到|著|住)|"
        r"半(邊|身).{0,4}(不能動|沒力|癱)|(嘴|臉)歪|口?吐?白沫|抽(搐|筋).{0,6}(白沫|叫|停|昏|不止|$)|(吃|喝|誤食|吞)(到|錯|了)?.{0,4}(錯藥|清潔劑|漂白水|毒)|(?<!電腦)(?<!主機)(?<!手機)(?<!系統)中毒(了|$|昏)|(摔|跌|滾)(下|落)(樓|山|來)|"
        r"跌倒.{0,8}(流.{0,3}血|起不來|不能動|叫|昏|頭)|叫救護車|羊水破|要生了|心(臟|跳)(快)?(停|痛)|cpr(?!課)|嚴重(燒|燙)傷|燙傷很|被車撞|(車禍|出車禍).{0,6}(受傷|流血|昏|卡住|有人)|"
        r"虎頭蜂.{0,6}(喘|腫|昏)|unconscious|not breathing|heart attack|overdose|took pills|choking|bleeding"
    ),
    "disaster": (
        r"失火(了|啊|$)|著火|火燒(厝|屋|起|車)|(燒|火)起來|冒(濃)?煙|(我家|家裡|隔壁|廚房|房子).{0,4}(失火|火災|燒起|爆炸|起火)|瓦斯(外洩|漏氣|味)|一氧化碳|爆炸(了|$)|"
        r"(有人|小孩|他|阿公|阿嬤|老人|囡仔).{0,3}(落水|溺水|掉(到|進|下).{0,4}(水|池|河|溪|溝|井))|落水了|溺水了|土石流(來|沖)|被(困|壓)(住|在)|受困|困在|房子倒(?!.{0,6}(領|補|申請))|闖進|there is a fire|on fire|drowning"
    ),
    "missing": (
        r"(媽|爸|公|嬤|婆|失智.{0,4}|老人家?|長輩|小孩|孩子|囡仔|兒子|女兒|弟弟|妹妹|孫|先生|太太|個案|歲的?.{0,3}|child|son|daughter|mother|father).{0,6}(走失|走丟|不見了?|失蹤|無去|毋見|聯絡不上|沒回(來|家)|離家出走|is missing|is lost)|"
        r"走(失|丟)了|失蹤(了|一天|兩天|好幾)|(跑出去|出門).{0,8}(找不到|沒回來|沒有回來|聯絡不上)|[一二兩三四五六]歲.{0,8}一個人在家|揣無人|尋毋著"
    ),
    "hunger": (
        r"(好幾|[一二兩三四五六七\d])(天|餐|工)(都)?(沒|無|毋)(有)?(吃|食|東西)|快餓死|斷糧|(餓|哭).{0,6}(沒|無)(有)?(錢|奶粉|東西)|沒(有)?奶粉了|(沒|無)地方(睡|住|去).{0,12}(小孩|今晚|車上)?|(今晚|小孩).{0,8}沒地方|睡(在)?(車上|路邊|公園)"
    ),
}  # fmt: skip

# Words that are danger unless the message treats them as a subject.
_TOPICAL: dict[Kind, str] = {
    "self_harm": r"自殺|輕生|跳樓|燒炭|割腕|上吊|尋短|跳河|(要|說|有人|想).{0,3}跳(下去|橋|樓)|"
    + _KIN
    + r".{0,6}(說|傳|講|想|要).{0,6}(死|不想活|割)|割自己",
    "violence": r"家暴|家庭暴力|性侵|性騷|虐待|受虐|兒虐|猥褻|毆打|打架|刀|槍|砍|暴力|霸凌",
    "medical": r"昏倒|急救(?!課|訓練)|中風了|心肌梗塞|跌倒(了)?$|骨折了|跋倒",
    "disaster": r"失火|火災|溺水|落水|爆炸|瓦斯",
}
_NOW = re.compile(r"現在|剛剛|剛才|正在|馬上|快|怎麼辦|救|求|拜託|緊|在(哭|打|喊)|了$|矣$|哩$|啊$|now|help")

_FRAUD_PLAIN = re.compile(
    r"(是不是|是否|敢是|這是|係|會不會是|是)(詐|炸|乍)騙|(詐|炸|乍)騙(嗎|無|吧|集團(打|叫|騙)|簡訊|電話|網站|怎麼辦|$)|^(詐|炸|乍)騙|詐[編片]|(遇到|碰到|檢舉|通報|疑似|好像是?|像是?)(詐騙|假)|"
    r"(被|予人|分人|予儂)騙|騙(走|了|人的?|我|錢|个)(?!.{0,6}(補助|救助).{0,4}(嗎|怎麼))|(被|遭)詐(騙)?(了|$|走|錢|.{0,4}怎麼辦)|"
    r"(簡訊|簡訓|短信|訊息|連結|鏈接|網址|網站|網頁|qr ?code|email|信件|line|臉書|廣告|粉專|群組).{0,24}((點|按|填|輸入|給|提供|要)(入|了|我)?.{0,6}(帳號|帳戶|身分證|卡號|信用卡|密碼|驗證碼|個資|連結|網址|資料)|認證|加好友|儲值|運費|是真的|真的嗎|假的|怪怪|奇怪|可以按|可以點|是縣府|是你們|官方|是官方|能點)|"
    r"(怪怪|奇怪|可疑|陌生|不明|假)的?.{0,3}(簡訊|電話|連結|網址|訊息|網站|號碼|來電)|(點|按)(了|到|進去)?(那個|這個|它|他的)?(連結|網址)|"
    r"https?://\S+.{0,12}(真的|可以|是縣府|嗎|詐|安全|你們|假)|[\w-]+\.(cc|top|xyz|vip|shop|icu|club)\b|bit\.ly|"
    r"(叫|要|教|說|請|讓|騙)(我|他|她|媽|爸|阿[公嬤]|我[媽爸]|阮|𠊎|伊)?.{0,8}(atm|提款機|超商|臨櫃|銀行櫃台)|去atm|(atm|提款機).{0,8}(領補助|操作|解除|匯|轉帳)|解除分期|(設定|變)成\d*十?[二\d]*期|重複扣款|"
    r"(自稱|冒充|假冒|假裝(?!你)|假扮|說是|說他是|說自己是|說我是|講伊是).{0,8}(檢察官|警察|警官|刑警|健保局?|健保署|縣政?府|社會[局處]|郵局|銀行|戶政|法院|衛生[局所]|社工|長照|水電|電信|稅務|國稅局|勞保局|承辦|縣長|孫|兒子|朋友|客服)|"
    r"假(檢警|警察|檢察官|社工|網站|客服|縣府|投資|的縣|帳號)|檢察官|涉(嫌|及).{0,4}(洗錢|犯罪|案)|洗錢|(我|媽|爸|阿[公嬤]|先生)(剛|已經)?匯(錢|款)(了|出去)|(叫|讓|要)我(轉帳|匯款|匯錢)|簽本票|監管帳戶|安全帳戶|警示帳戶|偵查不公開|"
    r"(?<!發票)(中獎|得獎).{0,10}(稅|費|匯|領|電話|簡訊|真的)|(先|要)(付|收|繳|給|匯|交).{0,4}(手續費|保證金|訂金|押金|代辦費|稅金|三千|運費|贖金|存摺|提款卡|金融卡)|(收|要)(我的|了我的)?(身分證|存摺|提款卡|印章).{0,6}(說要?|辦|幫)|"
    r"(給|交|寄|傳|告訴|唸|念|提供|拍)(了|出|給|出去|掉)?.{0,6}(提款卡|金融卡|驗證碼|存摺密碼|網銀)|(提款卡|金融卡|存摺|驗證碼|密碼).{0,6}(?<!資料庫密碼)(給|交|寄|傳|拍給|被騙|借)(了|他|人|別人|對方|出去|我|$)|"
    r"投資群組?|飆股|(相信|參加|加入).{0,4}(網路)?投資|出不了金|老師帶|穩賺|高獲利|保證獲利|內線消息|帶我投資|虛擬貨幣.{0,6}(賺|投|入金)|入金|出金|刷單|家庭代工.{0,6}(存摺|提款|卡)|打工.{0,8}(墊|提款卡|存摺)|面試.{0,8}(提款卡|存摺)|"
    r"(網戀|交友|網友|外國人|軍人|網路上認識).{0,14}(錢|匯|投資|包裹|借)|(出車禍|被抓|被綁|住院|換號碼).{0,6}(要|急需|匯|借)(錢|款|贖)|(孫子|兒子|女兒).{0,8}(要錢|借錢|贖金|匯錢)|猜猜我是誰|"
    r"(點數卡|遊戲點數|買點數)|盜(刷|用|領)|錢被(轉|領)走|(阿[公嬤]|媽|爸|老人家?|先生).{0,10}(領|匯)(了)?.{0,6}(萬|錢|款).{0,10}(說|給|朋友|不能|叫|怪|投資|講)|(媽|爸|阿[公嬤]|先生|阮老母).{0,6}(剛|要去|欲去|在|已經)?.{0,2}(匯(錢|款|了)|去郵局領)|不(能|要|可以)(跟|告訴|讓).{0,4}(別人|家人)(說|講|知道)|黃金放|(收|騙)(走)?(老人|他們|我們)?的?證件|辦.{0,6}收證件|領.{0,4}萬.{0,6}(叫|不能|朋友)|(代辦|幫忙辦).{0,8}(先付|付錢|收費)|要我驗證碼|(領|提)錢出來|(這|彼)敢是真|"
    r"(縣府|政府|補助|津貼|社會處|公所).{0,10}(會|要).{0,8}(打電話|line|簡訊)?.{0,6}(要|問|填).{0,4}(帳號|密碼|提款卡|卡號|驗證碼)|政府會叫|查證.{0,6}(真|補助|詐)|假訊息|165 ?(怎麼|報|專線|在)|"
    r"(電費|水費|停車費|罰單|稅|健保|包裹|中華電信|etc|遠通|通行費|津貼|補助|退稅|普發|六千元?|一萬元?).{0,6}(逾期|未繳|催繳|認證|入帳)?.{0,4}(簡訊|短信|短訊|訊息)(?!.{0,4}(通知我|提醒|傳給))|(簡訊|短信|簡訓|連結|鏈接).{0,10}(退稅|領補助|領.{0,4}補貼|普發|六千|一萬|包裹|停電|健保卡|(要|說|填|點).{0,6}(補助|津貼)|(補助|津貼).{0,6}(連結|帳|填|點|認證))|上門(推銷|說|收)|(來|要)(量血壓|賣藥)|賣藥|"
    r"scam|phishing|(my|their) (otp|pin|bank account)|asking for (my )?(bank|otp|card|money)|(link|text|sms|message).{0,30}(subsidy|bank|account|refund)|prosecutor|lừa đảo|ditipu|penipuan|ถูกหลอก|หลอกลวง"
)  # fmt: skip
# Fraud only when the classifier thinks so too: people also phone about the account their own allowance goes to.
_FRAUD_LIKELY = re.compile(
    r"(打電話|來電|打來|接到|電話|有人|陌生人|網友|小姐|業者|代辦|對方|他).{0,20}(手續費|保證金|訂金|押金|代辦費|工本費|預付|匯款|匯錢|匯回|退錢|退款|退費|中獎|提款卡|金融卡|存摺|帳號|帳戶|密碼|驗證碼|otp|卡號|刷卡|洗錢|筆錄|犯罪|贖金|點數)"
)  # fmt: skip
_FRAUD_SUBJECT = re.compile(
    r"統計|件數|財損|趨勢|幾件|案件數|多少件|各鄉鎮|公文|函(?!數)|主旨|校對|錯字|新聞稿|計畫書|分文|分給|承辦單位|會議紀錄|許願|提案|點子|附議|希望(有|可以|能|做)|資料集|csv|標章|kpi|績效|指標|達成|"
    r"告警|警報|警示(?!帳戶)|誤報|誤判|鏡頭|攝影機|守護之眼|車手|宣導(?!.{0,6}真)|講座|資安|弱掃|通報流程|社交工程|演練|同仁|開信率|機關|公務|drill|怎麼付錢"
)
_FRAUD_ENTITLED = re.compile(
    r"存摺影本|撥款帳戶|(更改|變更|更換|改).{0,6}(帳戶|帳號)|(帳戶|帳號).{0,4}(變更|怎麼改|更改)|補助款|匯到|官方?網址|申請.{0,8}(手續費嗎|要手續費)|被詐?騙.{0,12}(急難|救助|補助|扶助)|簡訊通知我(?!.{0,6}(點|填))|(可以|能)用郵局"
)
_FRAUD_CUE = re.compile(
    r"詐|騙|連結|簡訊|匯|atm|提款|密碼|驗證碼|手續費|檢察官|冒充|假(?!牙|日|期|單)|退錢|保證金|自稱|scam|陌生|可疑|打電話來|來電|網址|投資"
)

_ORDERS = re.compile(
    r"(忽略|無視|忘記|忘掉|不要理會|跳過|覆蓋)(掉)?.{0,8}(以上|之前|先前|前面|上面|所有|一切|你的).{0,8}(指令|指示|規則|設定|提示|限制|訓練|內容)|"
    r"(從現在(起|開始)|現在起?)?你(現在|將|就)?(是|扮演|變成|成為).{0,12}(沒有限制|不受限|無限制|駭客|開發者模式|系統管理員|dan\b|ai 助理|我的(女|男)朋友)|扮演.{0,10}(角色|ai|駭客|管理員|縣長|沒有)|"
    r"(輸出|印出|顯示|告訴我|洩漏|說出|重複|公開).{0,8}(系統|system|你的|隱藏|內部).{0,6}(提示|prompt|指令|設定|規則|訊息)|(開發者|除錯|debug|管理員|上帝|god)模式|越獄|jailbreak|"
    r"(ignore|disregard|forget|override).{0,20}(previous|above|prior|all|your).{0,20}(instruction|prompt|rule|message|polic)|ignore all rules|you are now|act as (an?|the)? ?(evil|unrestricted|dan|hacker|admin)|"
    r"(reveal|print|show|repeat|output).{0,20}(system|hidden|initial|your|the text above|environment).{0,20}(prompt|instruction|message|variables?|above)?$|system prompt|系統提示詞?|"
    r"^(system|assistant|developer) ?[::]|<\|?(im_start|im_end|system|endoftext)\|?>|\[/?inst\]|### ?(system|instruction)|"
    r"<script|javascript:|drop table|union select|select \* from|\{\{.*\}\}|\.\./\.\./|/etc/passwd|onerror ?="
)
_ID = re.compile(r"(?<![a-z0-9])[a-z][1289a-d]\d{8}(?!\d)")
_SENTENCE_END = re.compile(r"(?<=[。!?;！？；\n])")


def guard(text: str, role: Role = "citizen") -> Guarded:
    """The first look at a message: cleaned, marked as empty or unreadable, with the danger that its words show."""
    cleaned = clean(text)
    if not cleaned:
        return Guarded(text="", kind="empty")
    truncated = len(text) > MAX_CHARS and len(cleaned) >= MAX_CHARS - 1
    if not has_content(cleaned) and not any(sign in cleaned for sign in SIGNS):
        return Guarded(text=cleaned, kind="unreadable", truncated=truncated)
    found = dangers(cleaned, role)
    return Guarded(
        text=cleaned,
        truncated=truncated,
        has_id=_ID.search(match_form(cleaned)) is not None,
        injected=gives_orders(cleaned),
        safety=found[0].intent if found else None,
        topic=_TOPIC[found[0].kind] if found else None,
    )


def dangers(text: str, role: Role = "citizen") -> list[Danger]:
    """Dangers that the words of a message show, crisis before scam, at most one of each."""
    whole = match_form(text)
    form = _HARMLESS.sub("·", whole)
    return [danger for danger in (_crisis(form, role), _fraud(whole)) if danger]


# Told of the past, or asked about a benefit, an appointment or a medicine: worth an answer, not an alarm. Self-harm and
# violence are never calmed by these words.
_CALM = re.compile(
    r"鑑定|(?:補助|救助|慰問|理賠).{0,6}(?:多少|怎麼|申請|資格|條件)|吃什麼藥|半年了|已經?出院|約.{0,6}車|進廠|維修|許願|訂閱|身分證|病歷|資料|東西|紀錄|密碼嗎"
)
_NEVER_CALMED = frozenset({"self_harm", "violence", "abuse", "threat"})
_FRAUD_MORE = re.compile(
    r"(?:自稱|冒充|假冒|謊稱).{0,12}(?:先|要).{0,6}(?:轉帳|匯款|付款|付錢|繳錢)|(?:先|得)(?:轉帳|匯款|付款|付錢).{0,4}才(?:能|可以|會)|"
    r"幫忙領錢|幫人領錢|代領現金|收(?:購)?(?:存摺|簿子|帳戶|提款卡)|租(?:借)?帳[戶號]|(?:存摺|提款卡|帳戶).{0,6}(?:借|租|賣)|"
    r"(?:身分證|證件|帳號|密碼|卡號|個資).{0,8}(?:給|傳|拍)(?:給)?.{0,4}(?:假|騙|可疑|陌生)|假的?(?:客服|專員|公務員|警察|檢察官|社工)"
)
_FRAUD_CALM = re.compile(r"卡.{0,6}密碼嗎|擋詐騙|防詐騙|阻擋詐騙|以為是詐騙|(?:威力彩|大樂透|樂透|今彩)")
_SELF_HARM_MORE = re.compile(
    r"(?:跳樓|燒炭|割腕|自殺|輕生|上吊|跳河|臥軌).{0,10}(?:保險|理賠|家人|痛不痛|會痛|有用).{0,12}(?:嗎|想|多久)"
)


def _crisis(form: str, role: Role) -> Danger | None:
    if role == "citizen" and (asked := _SELF_HARM_MORE.search(form)):
        return Danger(Intent.CRISIS, "self_harm", asked[0])
    danger = _crisis_by_rules(form, role)
    if danger and danger.kind not in _NEVER_CALMED and _CALM.search(form):
        return None
    return danger


def _crisis_by_rules(form: str, role: Role) -> Danger | None:
    subject = _SUBJECT.search(form) is not None
    entitled = _ENTITLED.search(form) is not None
    past = _PAST.search(form) is not None
    for kind, rule in _PLAIN_RULES.items():
        if not (seen := rule.search(form)):
            continue
        own_words = kind == "self_harm" and re.search(_I + r".{0,8}$", form[: seen.start() + 1] + "") is not None
        if own_words or not (
            subject
            or (entitled and past)
            or (entitled and kind in ("medical", "disaster", "missing"))
            or (kind == "violence" and _SETTLED.search(form))
        ):
            return Danger(Intent.CRISIS, kind, seen[0])
    for kind, rule in _TOPICAL_RULES.items():
        seen = rule.search(form)
        if (
            seen
            and not (subject or entitled or past)
            and (role == "citizen" or _NOW.search(form))
            and _NOW.search(form)
        ):
            return Danger(Intent.CRISIS, kind, seen[0])
    return None


def _fraud(form: str) -> Danger | None:
    if _FRAUD_CALM.search(form):
        return None
    if more := _FRAUD_MORE.search(form):
        return Danger(Intent.SCAM, "fraud", more[0])
    seen = _FRAUD_PLAIN.search(form)
    if seen is None or _FRAUD_SUBJECT.search(form) or _FRAUD_ENTITLED.search(form):
        return None
    return Danger(Intent.SCAM, "fraud", seen[0])


def near_crisis(text: str) -> bool:
    """Whether danger words stand in the message outside idioms and subjects: the classifier's word then counts more."""
    form = _HARMLESS.sub("·", match_form(text))
    if _SUBJECT.search(form) or _ENTITLED.search(form) or _CALM.search(form):
        return False
    return any(rule.search(form) for rules in (_PLAIN_RULES, _TOPICAL_RULES) for rule in rules.values())


def near_fraud(text: str) -> bool:
    """The same for fraud."""
    form = match_form(text)
    return bool(_FRAUD_CUE.search(form) or _FRAUD_LIKELY.search(form)) and not (
        _FRAUD_SUBJECT.search(form) or _FRAUD_ENTITLED.search(form) or _FRAUD_CALM.search(form)
    )


def gives_orders(text: str) -> bool:
    """Whether the text tries to instruct the system (prompt injection, script, SQL) instead of asking it something."""
    return bool(_ORDERS.search(match_form(text)))


def without_orders(text: str) -> str:
    """The sentences of a message that give no orders to the system: what is left is what the speaker asks."""
    return "".join(part for part in _SENTENCE_END.split(text) if not gives_orders(part)).strip()


_PLAIN_RULES: dict[Kind, re.Pattern[str]] = {kind: re.compile(rule) for kind, rule in _PLAIN.items()}
_TOPICAL_RULES: dict[Kind, re.Pattern[str]] = {kind: re.compile(rule) for kind, rule in _TOPICAL.items()}
