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

_PLAIN: dict[Kind, tuple[str, ...]] = {
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
        r"kill myself|want to die|wanna die|end (my life|it all|it tonight)|suicid(e|al)(?! (rate|prevention|stat))|can'?t go on|muốn chết|tự tử|bunuh diri|ingin mati|อยากตาย|ฆ่าตัวตาย",
        # no reason to live, had enough of life
        r"(沒有?|找不到|失去|看不到)(了|什麼|任何|半點)?.{0,2}(活|生存|撐)(下去|著)?的?(理由|動力|意義|勇氣|希望|力氣|必要|價值)",
        r"人生.{0,3}(沒有?|無)(什麼|任何)?(意義|希望|意思)|生無可戀|了無生趣|活(膩|夠|受罪)|活得.{0,3}(累|痛苦|辛苦)|不想(再)?(醒來|睜開?眼|存在|在了|看到明天)|希望.{0,4}(沒有|不要|不會)(再)?醒",
        # leaving the world, logging out
        r"(離開|消失|蒸發|登出|下線|告別|退出).{0,5}(世界|世上|世間|人間|人生|地球)|(世界|世上|人間)(上)?(消失|蒸發)|不想(再)?(待|留|活|住)?在.{0,3}(世界|世上|世間|人間)|人生(登出|重開)|(想|要|準備|只想|就能|可以|求)(要|個)?(早點)?解脫",
        # a burden to the others, better dead, to follow the dead
        r"(活著?|活到|活等|留著?我).{0,8}(拖累|連累|累贅|沒用|多餘|負擔|麻煩|吃飯|做什麼|幹嘛|害人)|(拖累|連累|累贅|負擔|麻煩|沒用|廢人|多餘|閒飯).{0,12}(?<!病)(死|早一?點(走|去)|(?<!生)活著|不如|消失|解脫|我不在)|早死早超生|早一?點(走|去|死)(比較|較|還|算|就|才)|不如(早一?點?|一起|就|乾脆)?(死|走了|離開)",
        r"(沒有?我|少了我|我死|我不在|我走).{0,10}(更好|比較好|輕鬆|沒差|解脫|好過|開心)|(掉下去|跳|死|不在|消失).{0,8}沒有?人(會)?(發現|在乎|知道|難過)|沒有?人(會)?(在乎|想念).{0,10}(死|不在|消失|走了)|死路一條|只剩.{0,3}死",
        r"(去|要|想)(陪|找|跟)(我)?的?(老伴|先生|太太|老公|老婆|爸爸?|媽媽?|阿[公嬤]|兒子|女兒|他|她)(就好|算了|好了|去了)|(去|到)天堂|去天上|去(另一個|那個)世界|還說要去找|先走一步|想(要)?自己(先)?走|(不想拖|癌).{0,10}先走|我再走$",
        # preparations: means, height, farewell
        r"(存|囤|數|收集|倒出|拿出).{0,10}藥.{0,12}(夠|一次|吞|吃下去)|藥.{0,6}倒出來|(買|備|準備)(好|妥|了).{0,4}(炭|繩|農藥|安眠藥)|[提備買]了?農藥了|綁(著|了|好|個)?(童軍)?繩(子|結|圈)|(門窗|窗戶|門縫|窗縫).{0,4}(貼|封|塞)(起來|住|好|死|滿)|(?<!忘記)(?<!忘了)瓦斯.{0,4}(開著|打開|全開).{0,10}(睡|就好|一起|走)|買了?炭",
        r"(查|搜尋|google).{0,8}(哪座橋|最高的?(橋|樓)|怎麼死|死法|無痛|自殺)|怎麼(死|自殺|走).{0,4}(不痛|不會痛|比較快|沒有?痛苦)|(燒炭|跳樓|割腕|上吊|吞藥|跳河|自殺|安眠藥).{0,5}(會不會|會|痛不)(很)?痛|吃(多少|幾顆).{0,8}(會死|致命|才會死)",
        r"(陽台|頂樓|樓頂|天台|橋|欄杆|窗|懸崖|水庫|鐵軌|軌道|月台|這裡|[樓溪河埤海潭圳]).{0,8}(跳下|掉下去|跨過|跨出|往下(?!走|滑|看)|一了百了|想不開)|(欄杆|圍牆).{0,4}(外|跨|翻)|從.{0,3}(陽台|頂樓|窗).{0,3}下去|(想|要|去|規氣|乾脆|不如).{0,3}(跳([樓河橋海溪埤潭圳軌]|下去|水庫)|臥軌|撞車死|撞山壁)|跳下去(就|都|算)|抱著?.{0,6}跳",
        r"最後一次(晚安|見面|跟|發|po)|永別|來生再|下輩子再|(謝謝|感謝|對不起|抱歉).{0,2}(大家|所有人|你們|老婆|老公|爸媽|家人|孩子).{0,14}(先走|要走|走了|照顧|再見|密碼|找不到|聯絡不|來生|不要找)|(保險金|理賠金).{0,3}(還|留給)|(就|都|可以|他們|大家)(就|都)?不(用|必|會)再?(煩惱|煩了|累了|痛苦|受苦|麻煩|痛了|拖累)|(跟|向).{0,6}(道別|告別(?!式))|交代.{0,2}後事|(傳|發|留)了?.{0,8}(對不起|謝謝大家|不回來|別找我|遺言)|(道別|交代好).{0,12}(今晚|結束|找|走)|再也不回來|頂樓的?照片|(寫|日記).{0,8}(死的|自殺|遺|明天以後)",
        # wounds and pills
        r"手(上|腕|臂)?.{0,4}(割痕|刀痕|劃痕|刀疤|又多了.{0,3}[條道刀])|(刀|刀片|剪刀|圓規).{0,4}(割|劃|刺)(自己|手|腳|大腿)|(割|劃|傷害?|弄傷|捶)(我|他|她)?自己|(吃|吞|服)(下|了|掉|完)*.{0,8}(\d\d|[二兩三四五六七八九幾數]?十[幾多]?|整|一大|好幾|一整|半)多?[顆排瓶罐把包盒粒].{0,6}(藥|普拿疼|安眠|止痛|鎮定|$)|吞藥(?!丸)(?!錠)",
        r"(跟|和|帶|抱|與).{0,8}(一起|同)(走$|走了|去死|死|上路|了結|歸於盡)|送(走|上路).{0,8}我再|死給.看|(要|想)帶.{0,4}(小孩|孩子|囡仔).{0,2}(去死|去跳|上路)|快失控了|用力搖(他|她|小孩|寶寶)",
        r"(no|any) (reason|point|purpose|will|desire) (to|in|of) (live|living|going on|go on|being)|(don'?t|do not|no longer|not) (want|wish|wanna) (to )?(live|be alive|wake up|be here|exist)|\bend(ing)? (things|it all|everything|my life|it tonight)|tak(e|ing) (my|her|his|their) (own )?li(fe|ves)|better off (dead|without (me|him|her|them))|(jump|jumping) (off|from)|(she|he|will|to|gonna) jump\b|(hang|kill|cut|cutting|harm|harming|hurt|hurting) (myself|himself|herself|themselves)|took .{0,24}(pills|tablets)|(wrote|left) (a|the|her|his|my) .{0,10}(note|letter)|tired of (living|life|being alive)|life is (pointless|meaningless|not worth)",
        r"không (còn |hề )?(muốn|thiết) sống|muốn (chết|tự vẫn|tự sát|biến mất)|tự (tử|sát|vẫn)|chết (cho xong|quách|đi cho)|kết thúc (cuộc đời|cuộc sống|tất cả)|(mau|ingin|pengen|lebih baik|mending|mau).{0,12}\bmati\b|tidak (mau|ingin|sanggup|pengen) (lagi )?hidup|akhiri hidup|ไม่อยาก(มีชีวิต|อยู่(แล้ว|ต่อ)|หายใจ)|อยากหายไป|ตายดีกว่า|จบชีวิต|ไม่อยากอยู่บนโลก",
    ),
    "violence": (
        r"予.{0,6}拍(?!謝|照|片).{0,8}(哭|叫|傷|欲|一直|足)|(?<!不)(?<!沒有人)(在|又|一直|會|常|要|都|咧|正在|快|開始)?(打|拍|揍|扁|踹|踢|刣|掐|砍|捅|扯|燙)(我|媽|爸|阿|小孩|囡仔|孩子|細人仔|𠊎|人了|死我|傷我|老人|妹妹|弟弟|太太|老婆|婆婆)(?!電話|手機|分機|專線|一個電話|疫苗|針|字|球|幾通|工|掃)(?!.{0,3}(電話|疫苗|預防針|針))|"
        + _KIN
        + r".{0,6}(打|刣|拍|揍)(𠊎|我|媽|爸|小孩|囡仔)|被.{0,8}(打到|打得|打傷|毆打|痛打|砍|捅|強暴|性侵|猥褻|下藥|軟禁|囚禁|跟蹤|綁著|綁架|虐待)|(?<!不)被.{0,2}(一直|他|她|老公|先生|爸爸?|媽媽?|同學|丈夫|男友|兒子|女兒|媳婦|孫子|看護)?打(?!電話|斷|針|擾|卡|開|烊|掃|回票|回來|回去|槍|臉|入冷|散|折|包)|"
        r"(拿|提|持|有)(著)?(刀|槍(?!聲)|棍|斧|硫酸|汽油)|(要|想|說要|欲)(殺|砍|刣|沙|捅)(了|死|掉)?(我|他|她|人|全家|媽|爸|小孩)|(殺|砍)人|跟蹤我|(限制|不准|不讓)我.{0,3}(出門|出去|離開)|菜刀|(潑|淋)(汽油|硫酸)|救(命|我|人)|緊來|"
        r"(掐|悶|勒)(死|住|脖|著)|(快要|怕|差點|控制不住|忍不住).{0,6}(動手|傷害|掐|打|砍)|(關|鎖)(在|起來|住).{0,6}(房間|廁所|家|不讓|不給|沒)|不(給|讓).{0,6}(吃飯|出門|出去)|沒給.{0,3}(飯|吃)|"
        r"(摸|碰)(了)?(我|妹妹|女兒|𠊎).{0,3}(下面|胸|身體|私處|$|屁股|那裡)|(繼父|叔叔|老師|主管|老闆|教練|阿公|舅舅).{0,4}(摸|碰|亂來|奇怪的事)|強暴|(我|女兒|朋友|妹妹|同學|小孩).{0,3}(被)?性侵|"
        r"(全身|身上)(都|)(是|有)(傷|瘀青)|瘀青|每天(都)?(哭喊|被打)|威脅(要|我|說)|恐嚇|躲在(廁所|房間|外面)|報警|叫警察|家暴(我|了|中|$)|被(先生|老公|老婆|丈夫)?[家加]暴(了|$|.{0,6}(怎麼辦|救))|虐待(我|媽|爸|阿|老人|小孩|孩子|$)|遺棄|丟在路邊|棄養(?!.{0,10}(安置|補助|費))|"
        r"beat(s|ing)? me|hit(s|ting)? me|hurting me|has a (knife|gun)|rape|help me|kill me|abus(e|ing) me|đánh tôi|cứu tôi|memukul saya|dipukul|tolong saya|ร้ายฉัน|ช่วยด้วย|^(sos|help)[ !.]*$|快來人(?!員)",
        # blows, and their traces
        r"(拿|用|持|舉)(了|著|起)?.{0,5}(刀|棍|棒|皮帶|衣架|藤條|熨斗|水管|椅子?|酒瓶|鐵鎚|木柴|柴|掃把|磚|斧|槍|汽油|瓦斯桶|菸).{0,6}(打|燙|抽|砸|追|砍|敲|潑|揮|威脅|同歸|逼)|(?<!不)(揍|踹|踢|掐|燙|毒打|捶|抽打|摔|抽)(著|了|到|過)?(我|媽|爸|弟|妹|小孩|孩子|她|阿[公嬤]|爺爺|奶奶|老人|女兒|兒子|老婆|太太|人$)(?!出)|(?<!被)拿我?.{0,3}(媽|爸|我|小孩|孩子|老婆)出氣|連(我|她|小孩|孩子|媽媽?).{0,3}(都|也|一起)打(?!不)(?!電話)|(打|甩|賞|呼).{0,4}(巴掌|耳光)|拳打腳踢|抓.{0,6}頭.{0,4}撞|罰跪|動粗|動手打|一直打(他|她|窩)(?!電話)|打(我們|他媽|她媽)(?!電話)",
        r"(身上|全身|手上|臉上|背上|大腿|渾身).{0,6}(是傷(?!口)|有傷(?!口)|瘀|藤條|印子|鞭痕|勒痕|烏青|黑青|青一|一條一條|指印)|青一?塊.{0,3}紫|青.{0,2}紫.{0,2}的|烏青|黑青|鼻青臉腫|藤條印|被.{0,8}(掐|揍|踹|踢|罰跪|灌醉|勒住|凌虐|巴掌|耳光|綁(著|在|住|起)|(?<!開)關(在|起來)|鎖(在|起來|住不)|拖進|拖去|尾隨|勒索|欺負|霸凌|逼(著|去|拍|下海|債))",
        # kept in, kept from food, medicine, others; gagged
        r"(不讓|不准|不許|禁止)(我|她|他|媽|爸|阿[公嬤]|老人家?|小孩|孩子)(們)?.{0,8}(出門|出去|離開|聯絡|見面|回家|回去|走|看醫生|睡|用手機|上廁所)|不給(她|他|我|媽|爸|小孩|老人).{0,3}(吃|喝|飯|藥|看醫生)|(護照|證件|手機).{0,3}(扣|收走|沒收|拿走)|(扣|沒收|收走|拿走)(了)?我的?(護照|手機)|(把|將)(我|她|他|媽|爸|阿[公嬤]|小孩|孩子|老人).{0,4}(?<!開)(反鎖|鎖|關|綁)(在|起|進|住|了)|(貼|塞|摀|蒙|封).{0,6}(的)?(嘴|口鼻)|餵.{0,6}安眠藥",
        # sexual violence
        r"(摸|碰|親|壓|騷擾)(了|著|過)?(我|她|妹妹|女兒|孫女|同學)(的)?.{0,3}(下面|胸|身體|私處|屁股|那裡|大腿|不放)|(半夜|晚上|睡覺|睡著|趁).{0,8}(進|跑進|溜進|闖進|爬上|摸進)(我|她|女兒|妹妹|看護)(的)?.{0,3}(房|床)|(?<!能)(?<!法)脫(我|她|女兒|同學|妹妹|他)的?(上衣|衣服?|褲|裙|內)|(要|叫|逼|強迫)(我|她|妹妹|女兒|同學|學生).{0,3}(脫|裸|拍.{0,4}(沒穿|裸|私密))|(拍|傳|散布|公開|外流).{0,8}(沒穿|裸|私密|不雅)|裸照|醒來.{0,6}沒穿|灌醉|撿屍|(不要|拒絕|反抗|推開|在哭).{0,6}(還是|仍|硬是?|繼續)(做|上|來|強)|(勉強|強迫|硬逼|逼)(我|她|女兒)(做|上床|發生|那個|跟他|$|[ ,，])",
        # threats, stalking, debt collectors, hiding
        r"(看不到|見不到).{0,4}(明天|太陽)|(讓|要)(我|你|她|我們|你們).{0,2}(全家)?.{0,3}(好看|不得好死|活不成|付出代價|沒命|死得)|同歸於盡|放火|潑(漆|酸)|(撞|踹|砸|踢)(我|我家|我們家|房間|壞)?的?(大|鐵|房)?門(?!診)|(討債|逼債|地下錢莊|高利貸).{0,16}(門口|威脅|打|逼|恐嚇|漆|堵|來家)|(前男友|前女友|前任|前夫|前妻|陌生人|陌生男|男的|有人|那個人).{0,6}(一直|每天|又|常常?|整天|半夜)(都)?(在|等|跟|站|守|躲).{0,4}(我|公司|學校|家|樓下|門口|後面|宿舍)|(跟蹤|尾隨|糾纏|堵)(著)?我|(寄|傳).{0,6}我?(家|公司|門口).{0,6}照片|(躲|藏)(在|進|到)(廁所|浴室|衣櫃|床|房間|櫃|車上|外面|朋友家|陽台|樓梯)|(不敢|怕).{0,2}回家.{0,10}(打|他|爸)|(裸照|影片).{0,6}(威脅|散布)",
        r"(喝醉|喝酒|酒醉|酒後|喝了酒|發酒瘋|發病|吸毒|發瘋|發起瘋).{0,10}(打|摔|砸|揍|抓狂|動手|出氣|鬧|拿)(?!電話|針|卡)|(摔|砸|丟)(東西|碗盤?|椅子|家具|物件).{0,14}(怕|躲|小孩|孩子|哭|打|救)|(打架|鬥毆|互毆).{0,10}(拿|有|流血|好多|棒|棍)|拿.{0,3}(球棒|西瓜刀|開山刀|棍)|械鬥|開槍|槍擊(?!遊戲)|人質|要殺",
        r"(hit|beat|punch|kick|slap|chok|strangl|burn|abus|rap|molest|touch|grop|stalk|attack|assault|threaten)\w* (me|my (mom|mother|mum|dad|son|daughter|kid|child|baby|sister|grand\w+)|her|him|us|the (kid|child|baby|old))\b|(lock|locks|locked|locking) (me|her|him|us)\b|(took|takes|keeps?|kept|confiscat\w+|hides?) my (passport|phone)|won'?t let me (out|leave|go)|(with|has|got|pull\w*) a (knife|gun|weapon)|follow\w* me home|hiding (in|from)|force[sd]? me to (have|sleep)|afraid (he|she|my husband) will",
        r"đánh (tôi|em|con|mẹ|bà|đập|cháu)|bị .{0,14}(đánh|bạo hành|hiếp|cưỡng|xâm hại|sàm sỡ|đe dọa|nhốt)|bạo hành|hiếp dâm|nhốt (tôi|em)|dọa giết|sờ (soạng|mó)|\b(me|di)?(pukul|mukul|tampar|tendang|aniaya|perkosa|kurung|ngurung|ancam|ngancam|siksa|nyiksa|lecehkan)(i|kan)?\b|ทำร้าย|ตบตี|ตบ(ฉัน|หนู|ผม)|ตี(ฉัน|หนู|ผม|ลูก)|ข่มขืน|ลวนลาม|ขู่ฆ่า|กักขัง|ไม่ให้(ฉัน|หนู)?ออก|ทุบตี|จะฆ่า",
    ),
    "medical": (
        r"昏(倒|迷|過去|去|到了)(?!指數|.{0,12}(補助|看護|怎麼辦理|有保險))|沒有?(呼吸|心跳|意識|脈搏)|(叫|搖)(不|袂|毋)醒|呼吸(停|困難|不過來)|(喘|吸)不過(氣|來)|不能呼吸|"
        r"胸(口|部)?.{0,4}(很|好|超|劇|悶|一直)?(痛|悶)|冒冷汗|(流|噴|吐|咳)(了)?(很多|好多|一堆|滿地)?血(不止)?(?!壓|糖|管)|血流不止|噎(到|著|住)|"
        r"半(邊|身).{0,4}(不能動|沒力|癱)|(嘴|臉)歪|口?吐?白沫|抽(搐|筋).{0,6}(白沫|叫|停|昏|不止|$)|(吃|喝|誤食|吞)(到|錯|了)?.{0,4}(錯藥|清潔劑|漂白水|毒)|(?<!電腦)(?<!主機)(?<!手機)(?<!系統)中毒(了|$|昏)|(摔|跌|滾)(下|落)(樓|山|來)|"
        r"跌倒.{0,8}(流.{0,3}血|起不來|不能動|叫|昏|頭)|叫救護車|羊水破|要生了|心(臟|跳)(快)?(停|痛)|cpr(?!課)|嚴重(燒|燙)傷|燙傷很|被車撞|(車禍|出車禍).{0,6}(受傷|流血|昏|卡住|有人)|"
        r"虎頭蜂.{0,6}(喘|腫|昏)|unconscious|not breathing|heart attack|overdose|took pills|choking|bleeding",
        # stroke, faint, fall
        r"(講話|說話|話).{0,6}(含糊|不清|大舌頭)(?!楚的).{0,10}(手|臉|嘴|腳)|(突然|忽然|剛剛|剛才|現在|一下子).{0,14}(含糊|講不清|大舌頭|大小眼|沒力|無力|癱|舉不起|抬不起|拿不(起|住)|動不了|看不見)|(倒|昏|摔|跌|叫|喊|搖|拍他?|洗澡).{0,10}(沒有?反應|不(太)?(會)?(回|應|醒|動)(?!診|來)|不省人事|都不動)|(叫|喊)他?她?.{0,2}(都|不太|不)+(回|應|醒|起來)|不省人事|倒(下去|地|在(地|路|浴室|廁所|田|房|床邊|門口))|(摔|跌|滾|栽)(一跤|倒|下來|下床|下樓|落)?.{0,14}(不能動|動不了|起不來|爬不起|頭.{0,3}(破|流|腫|血)|血流|流血|都是血|站不起來|一直唉)|暈倒|昏(了|厥)",
        # breath, chest, blood, fits, poison
        r"(嘴唇?|臉色?|臉).{0,3}(發|變|都)?(紫|發黑|變黑|青紫|變青)|吸不到(空)?氣|喘不(上|起來)|快喘不|(吃|喝|食).{0,8}(噎|卡|嗆|哽)(到|住|在喉)|喉嚨.{0,3}(腫|卡住|噎)|哽到|翻白眼|(全身|一直)(在)?(抖|抽搐|抽筋)|抽搐|痙攣|休克|(胸口?|心臟|心口).{0,6}(痛|悶|壓|緊|絞).{0,12}(麻|汗|喘|背|下巴|昏|難過|受不了|快)|(左?胸|胸口).{0,3}(像|被|有).{0,5}(壓|石)|心絞痛",
        r"大(量)?(出血|失血)|血(一直|狂|不停|都)?.{0,2}(噴|流不停|止不住|流滿|一直流|流出來|流一地)|血流|(吐|咳|噴)(了|出)?.{0,4}(好多|很多|一堆|滿地|鮮)?血(?!壓|管|糖)|(喝|吃|吞|誤食|舔)(到|了|下|錯)?.{0,6}(農藥|巴拉松|老鼠藥|清潔劑|漂白水|鹽酸|通樂|樟腦|電池|鈕扣|硬幣|磁鐵|甲醇)|把.{0,8}(電池|樟腦|鈕扣|硬幣|磁鐵|藥丸?).{0,4}(吞|吃)|當成?(糖|飲料|開水|水)(果)?(吃|喝|吞)|吸到(瓦斯|一氧化碳|濃煙)|(一整天|全家|一直).{0,2}(在)?吐.{0,6}(昏|血|瓦斯)",
        r"(發|高)?燒.{0,3}(到)?(四十|40|41|四十一)度?.{0,10}(抽|翻|昏|抖|叫|喘)|中暑.{0,10}(胡話|昏|叫不|抽|吐|意識)|血糖.{0,6}(掉|低|剩).{0,10}(叫|昏|抖|不|汗|[二三]十)|(被)?(毒)?蛇咬(到|了)|虎頭蜂|觸電|被電到|(機器|鐵門|電鋸).{0,4}(夾|捲|壓|切|鋸)|(夾|捲|切|鋸)(到|斷|住)了?(手|腳|手指)|早產|孕.{0,8}(出血|腹痛|肚子.{0,3}痛)|管(子|路)?(掉|脫落|滑脫).{0,8}(血|喘|呼吸|噴)|燙(到|傷).{0,8}(起水泡|脫皮|整片|嚴重)|(車禍|撞車|翻車|被.{0,4}車撞|對撞|擦撞|卡車撞).{0,14}(人|傷|血|卡|壓|困|昏)|(人|小孩).{0,4}(壓|卡|夾)在|爸.{0,3}不會動|(整個|塗跤|地上).{0,6}(不動|不會動|不振動)|起不來.{0,6}(叫|血|昏)",
        r"collaps(ed|ing)|passed out|faint(ed|ing)|(is|won'?t|not|isn'?t|doesn'?t) (waking|wake|respond|breath)\w*|can'?t breathe|cannot breathe|chest pain|having a (stroke|seizure|heart)|convuls\w+|call (an )?ambulance|swallowed|poisoned|ng(ấ|a)t xỉu|bị ngất|bất tỉnh|không thở|khó thở|chảy (nhiều )?máu|co giật|đau ngực|đột quỵ|ngộ độc|pingsan|tidak sadar|tidak bernapas|tidak bisa (ber)?napas|sesak napas|berdarah|pendarahan|kejang|serangan jantung|keracunan|หมดสติ|หายใจไม่ออก|ไม่หายใจ|เป็นลม|สำลัก|เลือด(ออก|ไหล)|ชักเกร็ง|หน้าเขียว|เจ็บหน้าอก|ไม่รู้สึกตัว",
    ),
    "disaster": (
        r"失火(了|啊|$)|著火|火燒(厝|屋|起|車)|(燒|火)起來|冒(濃)?煙|(我家|家裡|隔壁|廚房|房子).{0,4}(失火|火災|燒起|爆炸|起火)|瓦斯(外洩|漏氣|味)|一氧化碳|爆炸(了|$)|"
        r"(有人|小孩|他|阿公|阿嬤|老人|囡仔).{0,3}(落水|溺水|掉(到|進|下).{0,4}(水|池|河|溪|溝|井))|落水了|溺水了|土石流(來|沖)|被(困|壓)(住|在)|受困|困在|房子倒(?!.{0,6}(領|補|申請))|闖進|there is a fire|on fire|drowning",
        r"[着著起]火(了|燃|$|[ ,，])|起火|火(愈|越)(來|燒)|濃煙|煙.{0,4}(一直|跑進|進來|下來|很大|嗆)|滅不(掉|了)火?|(味道?|瓦斯|怪味).{0,6}(很重|很濃|好重|好臭|重|臭).{0,12}(暈|吐|不舒服|怎麼辦|昏)|(暈|吐).{0,8}(瓦斯|熱水器)|瓦斯.{0,4}(外洩|漏|味|臭)(?!檢)|(人|孩|他|她|同學|朋友|兒子|女兒|弟|妹|狗主).{0,14}(沖走|捲走|落水|滅頂|溺水|沉下去)|被.{0,3}(水|浪)?(沖|捲)走",
        r"(卡|困|受困|埋|壓)(在|住|於|了).{0,10}(電梯|頂樓|車|屋|山|對岸|裡面|出不|下面|土|石)|電梯.{0,4}(卡|困|掉|停).{0,12}(人|老|小孩|喘|裡面|我|出不)|(人|我們?|困|埋|車子?|門|震垮).{0,10}(出不(來|去)|逃不(出|走)|下不來)|被埋|(坍方|崩塌|山崩|地震|土石).{0,14}(人|困|埋|出不|壓|我們)|(暴漲|淹(到|水)).{0,14}(困|卡|出不|腰|胸|爬|老人|小孩|救)|(掉|翻|摔|滑)(到|進|落|下)了?.{0,4}(邊坡|山谷|山溝|溪|水裡|水池|河|圳|溝裡|池塘|井|懸崖|大圳)",
        r"(house|apartment|kitchen|building|room).{0,12}(burning|on fire)|gas leak|smell(s|ing)? gas|trapped|explosion|drowned|cháy (nhà|rồi|lớn)|đuối nước|mắc kẹt|kebakaran|tenggelam|terjebak|bocor gas|ไฟไหม้|จมน้ำ|ติดอยู่(ใน|ข้างใน)|แก๊สรั่ว",
    ),
    "missing": (
        r"(媽|爸|公|嬤|婆|失智.{0,4}|老人家?|長輩|小孩|孩子|囡仔|兒子|女兒|弟弟|妹妹|孫|先生|太太|個案|歲的?.{0,3}|child|son|daughter|mother|father).{0,6}(走失|走丟|不見了?|失蹤|無去|毋見|聯絡不上|沒回(來|家)|離家出走|is missing|is lost)|"
        r"走(失|丟)了|失蹤(了|一天|兩天|好幾)|(跑出去|出門).{0,8}(找不到|沒回來|沒有回來|聯絡不上)|[一二兩三四五六]歲.{0,8}一個人在家|揣無人|尋毋著",
        r"(媽|爸|[公嬤婆姆]|爺|奶|失智|老人|老先生|老太太|長輩|小孩|孩子|兒子|女兒|弟|妹|孫|先生|太太|老伴|歲).{0,22}((?<!會)(?<!怕)(?<!常)(走丟|走失|不見(?!得)|跟丟|失蹤)|(就|都|突然|一直|沒|沒有)(沒)?(看到|看見)(她|他|人|了|$)|沒看到(她|他|人)|人就不見|自己走(掉|出)|(找|尋)(不|攏不|都不)到(人|他|她|$)|到處找|沒有?消息)",
        r"(失智|小時|天黑|早上|一早|透早|到現在|到今|整晚|一晚|昨[天晚]|放學|出門|出去|走出|離家|晚上|半夜|\d點).{0,18}(沒|還沒|都沒|不)(有)?(回來|回家|到家)|(一轉[頭身眼]|轉眼).{0,8}(不見|沒看到|找不到|沒人)|說不出.{0,6}(住|名字|家|地址)|不(知道|記得)自己(住|是誰|家)|(老先生|老太太|老人家?|阿[伯婆公嬤]|長輩|小朋友|小孩|孩子).{0,10}(迷路|找不到(家|路)|回不了家|在路上(晃|遊蕩))|找不到(我)?(媽|爸|阿[公嬤]|小孩|孩子|女兒|兒子|奶奶|爺爺)",
        r"wandered (off|away)|went missing|gone missing|been missing|(can'?t|cannot|could ?n[o']t|couldn'?t) find my (dad|mom|mum|mother|father|son|daughter|child|kid|grand\w+|wife|husband|baby)|hasn'?t (come|returned) (home|back)|ran away|mất tích|(bị|đi) lạc|không tìm thấy (con|mẹ|bố|bà|ông|cha)|(anak|ibu|bapak|ayah|nenek|kakek|adik).{0,14}(hilang|tersesat|belum pulang)|หลงทาง|(แม่|พ่อ|ลูก|ยาย|ตา|ปู่|ย่า).{0,12}หาย(ไป|ตัว|ออก)",
    ),
    "hunger": (
        r"(好幾|[一二兩三四五六七\d])(天|餐|工)(都)?(沒|無|毋)(有)?(吃|食|東西)|快餓死|斷糧|(餓|哭).{0,6}(沒|無)(有)?(錢|奶粉|東西)|沒(有)?奶粉了|(沒|無)地方(睡|住|去).{0,12}(小孩|今晚|車上)?|(今晚|小孩).{0,8}沒地方|睡(在)?(車上|路邊|公園)",
        r"(冰箱|米缸).{0,3}(空|沒)|(沒|無)有?米(了|$|[ ,，矣])|斷糧|沒有?(東西|飯|食物)(可以|能|可)?吃(?!不)|沒得吃|([一二兩三四五幾\d]天|整天|從?昨天|[一二兩三\d]餐).{0,8}(沒吃|沒有吃|沒東西|沒飯|只喝|喝水)|只(有|能)?喝(水|糖水|自來水)|喝糖水|剩(下|不到)?.{0,4}[塊元十百].{0,14}(吃|喝水|餓|睡|奶粉)|奶粉.{0,3}(沒了|沒有了|吃完|喝完|買不起|見底)|沒奶粉|(小孩|寶寶|孩子|老人|囡仔).{0,6}餓.{0,8}(哭|昏|叫|吼)|餓到?.{0,4}(哭|昏|發抖|沒力|胃痛|受不了|頭暈)|沒錢(買|吃)(飯|東西|奶粉|菜|米)",
        r"(今晚|今天晚上|晚上|等一下|今天).{0,12}(睡哪|沒地方|沒有地方|住哪|要?睡(車站|公園|路邊|橋下|車上|騎樓|街))|不知道.{0,6}(睡哪|去哪裡?睡)|(趕|踢|轟)(出|走)(來|去|門|家|了)?.{0,16}(今晚|晚上|睡|沒地方|小孩|孩子|去哪|街)|睡(在)?(車站|橋下|騎樓|街頭|地下道|廟口|走廊)|無家可歸|流落街頭|換(了)?鎖.{0,14}(睡|進不去|今|晚)",
        r"nothing (left )?to eat|no food (left|at home|for)|starving|(nowhere|no place) to (sleep|stay|go) ?(tonight)?|sleep(ing)? (on the street|outside|in (my|the|our) car)|baby .{0,12}(milk|formula)|haven'?t eaten|không có gì (để )?ăn|đói (quá|lả)|không có chỗ (ngủ|ở)|tidak (ada|punya) (makanan|tempat tidur|tempat tinggal)|kelaparan|ไม่มี(อะไร|ข้าว)(จะ)?กิน|ไม่มีที่(นอน|อยู่)|หิวมาก",
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


_PLAIN_RULES: dict[Kind, re.Pattern[str]] = {kind: re.compile("|".join(ideas)) for kind, ideas in _PLAIN.items()}
_TOPICAL_RULES: dict[Kind, re.Pattern[str]] = {kind: re.compile(rule) for kind, rule in _TOPICAL.items()}
