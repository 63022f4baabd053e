"""All that the web channel says to people. The browser gets `INTERFACE` with the page; its scripts hold no text."""

from agents.state import QuickReply

NAME = "新竹縣政府 縣民管家"
SHORT_NAME = "縣民管家"
TEXT_COMFORTABLE = 4_000  # characters; above it the page says that shorter is better
TEXT_MAX = 20_000  # characters; above it the server refuses

WELCOME = "您好，我是縣民管家。\n補助、福利、長照接送，都可以直接打字問我。\n例如：「我媽媽 85 歲，有什麼補助？」"
WELCOME_REPLIES = [
    QuickReply(label="我可以領什麼補助", text="我可以領什麼補助？"),
    QuickReply(label="生小孩的補助", text="生小孩有什麼補助？"),
    QuickReply(label="長照交通接送", text="長照交通接送怎麼申請？"),
    QuickReply(label="老人福利", text="家裡長輩有什麼福利？"),
]
HANDOFF = "我想找真人服務"
DISCLOSURE = "AI 助理回覆，重要事項請以承辦單位為準。"
WORKING = "正在為您查詢…"

# Problem documents: (title, what to do).
BAD_JSON = ("內容讀不懂", '請送 JSON 物件：{"session": "…", "text": "…"}。')
BAD_UTF8 = ("文字編碼不對", "這段文字不是 UTF-8 編碼，請改用 UTF-8 再送一次。")
BAD_TYPE = ("格式不支援", "請用 Content-Type: application/json 送出。")
BAD_FIELD = ("欄位不正確", "「{field}」的內容不正確，請檢查後再送一次。")
EMPTY = ("還沒有輸入文字", "請先輸入您想問的事情，再按「送出」。")
TOO_LONG = ("訊息太長", "一次最多 20,000 字（建議 4,000 字以內），請分成幾段送出。")
TOO_FAST = ("訊息送得太快", "您送得有點快，請等 {seconds} 秒再送一次。急事請撥 1999。")
CROSS_SITE = ("不接受其他網站送出的訊息", "請在縣民管家的頁面上使用。")
UNAVAILABLE = ("服務暫時忙線", "現在有點忙，請過一會再送一次，或撥 1999。")
LATE = ("還在處理", "您的訊息已經收到，還需要一點時間。請過一會再送一次同一則訊息，或撥 1999。")

# The page. Keys are what static/steward-chat.js asks for.
INTERFACE: dict[str, str] = {
    "log": "對話內容",
    "you": "您",
    "assistant": SHORT_NAME,
    "input": "請輸入您的問題",
    "hint": "按 Enter 送出，Shift 加 Enter 換行。",
    "send": "送出",
    "handoff": "找真人",
    "handoffText": HANDOFF,
    "disclosure": DISCLOSURE,
    "quickReplies": "您可以直接選",
    "citations": "資料來源（{n} 筆）",
    "asOf": "資料日期 {date}",
    "newTab": "（開新視窗）",
    "attachment": "附件",
    "readAloud": "唸給我聽",
    "stopReading": "停止",
    "slow": "還在查，請再等一下。",
    "sending": "訊息已送出，正在查詢。",
    "reconnecting": "連線不穩，正在重新連線…",
    "retry": "連線不穩，按這裡再送一次",
    "retryAgain": "按這裡再送一次",
    "offline": "目前沒有網路。您的文字會留著，連上網路後再送出。急事請打電話：1999。",
    "online": "網路恢復了。",
    "tooLongHint": "目前 {n} 字。建議 4,000 字以內，太長可以分段送。",
    "tooLongStop": "目前 {n} 字。一次最多 20,000 字，請分段送出。",
    "textSize": "字級：{size}",
    "textSizes": "標準|大|特大|最大",
    "textSizeChanged": "字級改為{size}。",
    "newChat": "新對話",
    "newChatAsk": "要開始新的對話嗎？畫面上的內容會清空。",
    "newChatYes": "開始新對話",
    "newChatNo": "先不要",
    "newChatDone": "已開始新的對話。",
    "earlier": "以上是先前的對話。",
    "notRemembered": "您的瀏覽器不讓這裡記住對話。想要連續對話，請改用新視窗。",
    "openWindow": "在新視窗開啟",
}

# Fixed words of the page templates.
PAGE: dict[str, str] = {
    "name": NAME,
    "short_name": SHORT_NAME,
    "tagline": "補助、長照接送，打字就能問",
    "skip": "跳到輸入框",
    "disclosure": DISCLOSURE,
    "accessibility": "無障礙說明",
    "privacy": "隱私說明",
    "phone": "電話服務",
    "back": "回到縣民管家",
    "noscript": "這個頁面需要 JavaScript。您也可以打 1999（縣民服務專線）或 1966（長照專線）。",
}

# The script on other sites' pages (templates/widget.js).
WIDGET: dict[str, str] = {"open": "問縣民管家", "close": "關閉縣民管家", "title": "新竹縣政府 縣民管家 對話視窗"}

# Numbers that are phone numbers wherever they stand; the three-digit ones only behind a word like 撥 or 電話.
HOTLINES = ["1922", "1925", "1953", "1955", "1957", "1966", "1980", "1985", "1991", "1995", "1999"]
SHORT_HOTLINES = ["110", "113", "118", "119", "165"]
