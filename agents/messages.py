"""Every sentence that an agent says, in one place. `{name}` are filled by code; nothing here states a figure of its own."""

# --- lines of a programme answer -------------------------------------------------------------------------------------
AMOUNT_LEAD = "「{name}」{lines}。"
AMOUNT_LEAD_MANY = "「{name}」的金額如下："
AMOUNT_UNKNOWN = "「{name}」的確切金額，我沒有查到可以確定的數字，請以{unit}的說明為準。"
AMOUNT_NONE = "「{name}」是資格認定或服務，本身不直接發現金。"
WHO_LEAD = "「{name}」的條件："
WHO_UNKNOWN = "「{name}」的完整條件我沒有查到，請洽{unit}確認。"
NOT_FOR_LEAD = "這些情形不能領或不適用："
REFUSED_LEAD = "「{name}」沒有通過，常見原因是不符下列條件："
REFUSED_NEXT = "可以先看核定公文上的理由；如果不服，依公文所附的救濟方式，在期限內向{unit}提出。"
TOGETHER_UNKNOWN = "「{name}」能不能和其他補助一起領，我沒有查到明文，請先問{unit}再申請。"
TOGETHER_LEAD = "「{name}」和其他補助："
EXCLUSIVE = "不能同時領：{names}。"
DURATION_LEAD = "「{name}」：{text}。"
DURATION_UNKNOWN = "「{name}」可以領多久（或效期），我沒有查到確定的規定，請洽{unit}。"
DEADLINE_LEAD = "「{name}」申請時間：{text}。"
DEADLINE_UNKNOWN = "「{name}」的申請期限我沒有查到，請先打電話問{unit}，以免錯過。"
PROCESSING = "「{name}」辦理時間：{text}。"
POINT = "重點：{text}。"
POINT_LEAD = "「{name}」：{text}。"
DOCUMENTS_LEAD = "辦「{name}」要準備："
DOCUMENTS_UNKNOWN = "「{name}」要帶哪些文件，我沒有查到完整清單，出門前請先打電話問{unit}。"
WHERE_LEAD = "「{name}」到這裡辦：{places}。"
WHERE_UNKNOWN = "「{name}」的受理窗口我沒有查到，請洽{unit}。"
HOW_LEAD = "「{name}」這樣辦："
CONTACT_LEAD = "「{name}」請找{unit}，電話 {phone}。"
CONTACT_LINE = "承辦：{unit}，電話 {phone}。"
CHANGE_NONE = "「{name}」目前沒有查到已生效的調整，仍照現行規定。"
CHANGE_LEAD = "「{name}」的調整還沒有生效，目前仍照現行規定發給："
PENDING_NOTE = "調整案已核定但尚未生效（查到{as_of}為止），目前照現行金額。"
LOW_CONFIDENCE = "這一項我手上的資料還不夠確定，資格和金額請以{unit}的說明為準。"
AS_OF = "資料查核日：{date}。"
OVERVIEW_WHO = "誰可以：{text}"
OVERVIEW_AMOUNT = "金額：{text}"
OVERVIEW_WHERE = "哪裡辦：{text}"
OVERVIEW_DEADLINE = "時間：{text}"
OVERVIEW_DOCUMENTS = "要準備：{text}"
NOTE_LINE = "提醒：{text}"
MORE_BENEFITS = "另外還有 {count} 項給付，可以再問我。"
HOLDS_FOR = "（{when}標準）"

# --- when the county does not know -----------------------------------------------------------------------------------
NOT_FOUND = (
    "很抱歉，我沒有找到和這個問題相符的福利資料，不敢亂答。\n"
    "可以撥福利諮詢專線 1957，或縣民服務專線 1999（縣外請撥 03-5518128），由專人幫您查。"
)
NOT_OURS = "「{name}」不在我手上的縣府福利資料裡，有沒有補助、金額多少，我不能亂答。"
NOT_OURS_UNIT = "可以先問{unit}（電話 {phone}），或撥 1999（縣外 03-5518128）幫您轉接。"
ASK_1999 = "請撥縣民服務專線 1999（縣外 03-5518128），由專人告訴您該問哪個機關；福利問題也可以撥 1957。"
NOT_FOUND_NEAR = "如果您問的是下面的其中一項，請點選，或打出名稱："
OR_ANOTHER = "如果您問的是「{name}」，請告訴我。"
WHICH_PROGRAMME = "您問的是哪一項呢？"
WHICH_PROGRAMME_CHOICE = "・{name}：{summary}"
OTHER_COUNTY = (
    "您問到「{place}」的規定。各縣市的規定不一樣，我只知道新竹縣的，不能替{place}回答，請洽當地縣市政府或撥 1957。"
)
OTHER_COUNTY_OURS = "如果設籍在新竹縣，可以參考本縣的「{name}」，要我說明嗎？"
MATCH_INTRO = "依您說的情況，可以先了解這幾項（能不能領，要由承辦單位依您的資料審核）："
MATCH_ITEM = "{place}. {name}：{summary}"
MATCH_NONE = (
    "要判斷能領哪些福利，需要知道年齡、戶籍和家庭狀況。您可以告訴我，例如「我媽 78 歲，設籍竹東，一個人住」，"
    "我先列出可能相關的項目；也可以撥福利諮詢專線 1957，由社工陪您看。"
)
MATCH_ASK = "請問年紀和戶籍在哪個鄉鎮市？"
MATCH_AGE = "{age}歲可以申請的補助"
MATCH_NEXT = "點選其中一項，我就說明條件和怎麼辦。完整的資格試算還沒有開放，需要一次看清楚請撥 1957。"

# --- services that do not answer here yet ----------------------------------------------------------------------------
LTC_BOOKING_CLOSED = (
    "線上預約長照車還沒有開放，怕耽誤您看診，請直接電話預約：\n"
    "1. 撥 1966 長照專線（{hours}）;\n"
    "2. 或找您的個案管理員（A 單位）、特約車隊。\n"
    "請先準備：搭車人姓名、看診日期時間、上下車地點、要不要輪椅、幾位陪同。"
)
LTC_CHANGE_CLOSED = "線上改期和取消還沒有開放。請儘快打給當初預約的單位（1966 長照專線，{hours}；或您的個管員、特約車隊），說明日期、時間和姓名。"
LTC_STATUS_CLOSED = "我這裡還查不到派車進度。請撥當初預約的單位或 1966 長照專線（{hours}），報搭車人姓名和日期就能查。"
NOTE_OFFER = "我可以先幫您把要說的整理好，打電話時照著念。{question}"
NOTE_ASK = {
    "date": "請問是哪一天？（例如：12月3日、下週三）",
    "time": "請問幾點？（例如：早上九點半）",
    "pickup": "請問從哪裡上車？（例如：家裡、竹東鎮某某路幾號）",
    "dropoff": "請問要到哪一家醫院或診所？",
}
NOTE_READY = "整理好了，打電話時照著念就可以："
NOTE_LINES = {
    "date": "・日期：{value}",
    "time": "・時間：{value}",
    "pickup": "・上車：{value}",
    "dropoff": "・下車：{value}",
    "purpose": "・目的：{value}",
    "wheelchair": "・輪椅：{value}",
    "attendants": "・陪同：{value} 人",
    "share": "・可以共乘：{value}",
    "return_trip": "・回程也要：{value}",
    "ride": "・預約編號：{value}",
}
YES, NO, HOME = "要", "不要", "家裡"
NOTE_CALL = "請撥 1966 長照專線（{hours}）。線上預約還沒有開放，我沒有替您訂車或改車。"
LTC_QUOTA_CLOSED = "我這裡還查不到您個人的額度餘額。請撥 1966 長照專線（{hours}）或問您的個案管理員，核對身分後就能查。"
SUBSCRIBE_CLOSED = "訂閱和主動通知還沒有開放，所以我沒有替您登記。想知道最新福利，可以隨時問我，或撥福利諮詢專線 1957。"
SANDBOX_CLOSED = (
    "智慧沙盒的許願和附議還沒有開放，所以我沒有收件。您的建議可以先寫到縣長信箱，或撥 1999（縣外 03-5518128）。"
)
PRIVACY_EXPORT_CLOSED = (
    "您有權查閱和複製自己的資料。線上匯出還沒有開放，請以書面或電話向縣府聯合服務中心提出（1999，縣外 03-5518128）。"
    "這個對話若沒有登入，我不會知道您是誰。"
)
PRIVACY_DELETE_CLOSED = (
    "您有權要求刪除自己的資料。線上刪除還沒有開放，我沒有刪除任何東西；"
    "請以書面或電話向縣府聯合服務中心提出（1999，縣外 03-5518128）。"
)
STATS_CLOSED = "統計查詢還沒有開放。縣府統計請到新竹縣政府主計處網站，或電洽總機 03-5518101 轉主計處。"
STAFF_CLOSED = (
    "這項內部功能還沒有開放，我沒有執行任何動作。請照原本的作業方式處理；系統問題請洽數位發展處，總機 03-5518101。"
)
STAFF_REFUSED = "這是縣府同仁的作業功能，無法在這裡使用。需要協助請撥 1999（縣外 03-5518128）。"

# --- conversation ----------------------------------------------------------------------------------------------------
GREETING = "您好，我是新竹縣政府的 AI 縣民管家。可以問我福利補助、長照和交通接送，例如「育兒津貼一個月多少」「重度身障有什麼補助」。"
GREETING_STAFF = "您好，我是縣民管家。可以問福利法規與各項補助；找承辦單位也可以直接問我。"
THANKS = "不客氣。還有需要再問我，或撥 1999（縣外 03-5518128）。"
CONFIRM_NOTHING = "好的。目前沒有等您確認的事情，請告訴我想問哪一項福利或服務。"
DENY_NOTHING = "好的，沒關係。想問別的隨時告訴我。"
CANCELLED = "好的，剛才那件事就先不辦了。"
WHAT_IS_RIGHT = "抱歉，請直接說對的內容，例如「改成早上十點」「從家裡出發」。{asked}"
STILL_NEEDED = "好的。{asked}"
CONFIRM_NOTE = "好的。請記得打電話完成預約或更改：1966 長照專線（{hours}）。"
BACK_TO = "剛才問到一半：{asked}"
HANDOFF = (
    "要找真人，可以撥：\n"
    "・縣民服務 1999（縣外 03-5518128）\n"
    "・福利諮詢 1957\n"
    "・長照 1966（{hours}）\n"
    "意見或申訴也可以由 1999 記錄轉承辦單位，請他們回覆您。"
)
OUT_OF_SCOPE = (
    "這個問題不在我能回答的範圍。我可以說明新竹縣的福利補助、長照和交通接送；其他縣政請撥 1999（縣外 03-5518128）。"
)
OUT_OF_SCOPE_UNIT = "這件事由{unit}負責，請電洽 {phone}，或撥 1999（縣外 03-5518128）。我這裡主要回答福利補助和長照。"
UNSURE = "我不太確定您的意思，想問的是哪一個？"
UNSURE_LABELS = {
    "welfare.ask": "問某一項福利",
    "welfare.match": "我能領哪些福利",
    "welfare.subscribe": "訂閱福利通知",
    "welfare.unsubscribe": "取消福利通知",
    "welfare.subscriptions": "查我的訂閱",
    "ltc.book": "預約長照車",
    "ltc.change": "更改預約的車",
    "ltc.cancel": "取消預約的車",
    "ltc.status": "查派車進度",
    "ltc.quota": "查我的車趟額度",
    "ltc.ask": "問長照接送的規定",
    "stats.ask": "查統計數字",
    "sandbox.wish": "許願、提建議",
    "sandbox.search": "看別人的提案",
    "sandbox.status": "查我的提案進度",
    "sandbox.vote": "附議提案",
    "privacy.export": "查我的個人資料",
    "privacy.delete": "刪除我的個人資料",
    "handoff": "找真人",
    "document.check": "校對公文",
    "document.route": "公文分文",
    "opendata.check": "檢查開放資料",
    "kpi.ask": "查績效指標",
    "security.ask": "問資安",
    "guardian.list": "查守護之眼告警",
    "guardian.ack": "確認告警",
    "guardian.false_alarm": "標記誤報",
    "guardian.watch": "看攝影機",
    "crisis": "緊急求助",
    "scam": "疑似詐騙",
}
EMPTY = "我沒有收到文字。請打字或說出您的問題，例如「中低收入戶怎麼申請」。"
UNREADABLE = "我看不懂這則訊息。請用一句話告訴我想問什麼，例如「假牙補助要帶什麼」；也可以撥 1999（縣外 03-5518128）。"
TOO_LONG = "訊息太長了，我只讀了前面一部分。請把想問的事縮成一兩句話，我會答得更準。"
ID_SEEN = "為了保護您，請不要在對話裡打身分證字號；我已經把它遮起來。"
ERROR = "系統忙線中，這次沒有答成。請稍後再問一次；急事請撥 1999（縣外 03-5518128）或長照 1966。"
FOREIGN = {
    "en": "I answer best in Chinese. For help in English call the county line 1999 (from outside the county 03-5518128), or 1990 for foreigners in Taiwan.",
    "vi": "Tôi trả lời tốt nhất bằng tiếng Hoa. Cần người giúp bằng tiếng Việt, xin gọi 1990 hoặc 1955 (lao động).",
    "id": "Saya menjawab paling baik dalam bahasa Mandarin. Untuk bantuan dalam bahasa Indonesia, hubungi 1990 atau 1955 (pekerja).",
    "th": "ฉันตอบเป็นภาษาจีนได้ดีที่สุด หากต้องการความช่วยเหลือภาษาไทย โทร 1990 หรือ 1955 (แรงงาน)",
    "other": "I answer best in Traditional Chinese. 請用中文再問一次，或撥 1999（縣外 03-5518128）。",
}

# --- safety: shown as they are, first, always ------------------------------------------------------------------------
CRISIS = {
    "general": (
        "謝謝您願意告訴我。有立即危險請馬上撥 119 或 110。\n"
        "心裡很苦、不想活，請撥 1925 安心專線（24 小時，免費）；被打、被傷害，請撥 113 保護專線（24 小時）。\n"
        "請找一個您信任的人陪著您。"
    ),
    "suicide": (
        "謝謝您願意說出來，您現在的感受很重要，您不是一個人。\n"
        "請現在就撥 1925 安心專線（24 小時，免費），會有人陪您說話；也可以撥生命線 1995。\n"
        "如果已經受傷或馬上有危險，請立刻撥 119 或 110，並請身邊的人陪著您。"
    ),
    "violence": (
        "您的安全最重要。有立即危險請馬上撥 110；受傷請撥 119。\n"
        "家暴、性侵、兒少或老人受虐，請撥 113 保護專線（24 小時），也可以替別人打。\n"
        "如果不方便講話，請先到安全、有人的地方。"
    ),
    "medical": "聽起來有緊急狀況。請馬上撥 119，說出地點和病人狀況，並照電話裡的指示做；有危險或有人走失請撥 110。",
    "hunger": (
        "現在沒有東西吃，請馬上撥 1957 福利諮詢專線，或找村里長、鄉鎮市公所，可以先拿到食物和急難救助。\n"
        "身體不舒服或有危險請撥 119 或 110。"
    ),
    "missing": "有人走失請馬上撥 110 報案，不必等 24 小時；請準備姓名、年齡、衣著和最後看到的地點。受傷請撥 119。",
}
CRISIS_LATER = "之後需要安置或協助，可以找「{name}」：{unit}，電話 {phone}。"
SCAM = (
    "這很可能是詐騙。請先不要匯款、不要操作 ATM、不要提供帳號、密碼或驗證碼，也不要點連結。\n"
    "請馬上撥 165 反詐騙專線（24 小時）；已經匯款或正被威脅，請立刻撥 110 並聯絡銀行止付。\n"
    "縣府和各機關不會用電話或簡訊要您操作 ATM 領補助。"
)

# --- buttons ---------------------------------------------------------------------------------------------------------
ASPECT_BUTTONS = {
    "amount": ("多少錢", "{name}多少錢"),
    "who": ("誰可以領", "{name}的資格條件"),
    "documents": ("要帶什麼", "{name}要準備什麼文件"),
    "where": ("哪裡辦", "{name}去哪裡辦"),
    "deadline": ("什麼時候辦", "{name}申請期限"),
}
HUMAN_BUTTON = ("找真人", "我要找真人")
