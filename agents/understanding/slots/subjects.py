"""What a question or a wish is about: programmes, welfare topics, data sets, the seven fields of the sandbox."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agents.understanding.slots._text import Text, fold
from knowledge.records import County

# Welfare topics (the themes of the programme records) and the words people use for them, most telling first.
TOPICS: dict[str, tuple[str, ...]] = {
    "長照": ("長照", "長期照顧", "長期照護", "喘息", "居家服務"),
    "托育": ("托育", "保母", "公托", "臨托", "托嬰"),
    "生育": ("生育", "產檢", "懷孕", "孕婦", "坐月子", "生小孩", "生寶寶"),
    "兒少": ("育兒", "兒少", "兒童", "少年", "小孩", "孩子", "早療", "遲緩", "囡仔", "細人仔"),
    "教育": ("學費", "教育", "幼兒園", "就學", "學雜費"),
    "身障福利": ("身障", "身心障礙", "殘障", "輔具", "愛心卡"),
    "老人福利": ("老人", "敬老", "長者", "重陽", "假牙", "老歲仔", "銀髮", "中低老", "獨居"),
    "社會救助": ("低收", "中低收", "急難", "社會救助", "春節慰問"),
    "年金": ("國民年金", "國保", "年金", "老農津貼"),
    "農民": ("農保", "農民", "老農"),
    "勞工": ("失業", "勞工", "勞保", "資遣", "就業"),
    "住宅": ("租金", "租屋", "租補", "住宅", "購屋", "房租"),
    "原住民": ("原住民", "原民"),
    "新住民": ("新住民", "外配", "外籍配偶"),
    "婦女": ("婦女", "特境", "特殊境遇", "單親"),
    "健保": ("健保",),
    "保護服務": ("家暴", "性侵", "保護服務"),
}

# The seven fields of 智慧沙盒 and words that point to one.
FIELDS: dict[str, tuple[str, ...]] = {
    field: tuple(words.split())
    for field, words in {
        "智慧教育": "學校 教室 學生 功課 國小 國中 幼兒園 上課 老師 圖書館 課程 vr 家教 教學",
        "智慧交通": "公車 停車 路口 紅綠燈 自駕 塞車 行人 接駁 自行車 腳踏車 ubike youbike 斑馬線 "
        " 路面 坑洞 交通 crosswalk parking bike",
        "智慧醫護": "看病 看診 醫療 血壓 量血壓 吃藥 跌倒 遠距 健康 長照 失智 獨居 照護 醫院 復健 想不開",
        "智慧農業": "農 種柿 柿子 噴藥 病蟲 果園 茶園 田 灌溉 養殖 溫室 稻",
        "智慧安防": "監視器 防詐 詐騙 派出所 治安 警察 小偷 消防 火災 淹水 防災 溺水 山難 報案 地震",
        "永續環境": "垃圾 空品 空氣 回收 剩食 環保 節能 太陽能 碳 河川 水質 綠能 廚餘 汙染 污染 路燈 清潔隊",
        "數位治理": "app 網站 公文 機器人 線上申辦 客語 泰雅語 智慧政府 資料開放 通知 line",
    }.items()
}
_FIELD_NAMES = {
    "教育": "智慧教育",
    "交通": "智慧交通",
    "醫護": "智慧醫護",
    "醫療": "智慧醫護",
    "農業": "智慧農業",
    "安防": "智慧安防",
    "環境": "永續環境",
    "環保": "永續環境",
}
_FIELD_SAID = re.compile(
    r"(?P<full>智慧(?:教育|交通|醫護|醫療|農業|安防)|永續環境|數位治理)|(?P<short>教育|交通|醫護|醫療|農業"
    r"|安防|環境|環保)(?:類|領域|有關|相關|方面|的?(?:提案|許願|點子|願望))"
)
_DATASET = re.compile(
    r"[「『\"](?P<a>[^「」『』\"]{2,60})[」』\"]\s*(?:這個|的)?(?:開放)?資料集?"
    r"|(?P<b>[\w\u4e00-\u9fff\-]{1,60}\.(?:csv|json|xlsx|xml|geojson|ods|zip))(?![a-z0-9])"
)
# A data set named without quotes: the words between what is to be done with it and 資料集.
_DATASET_BARE = re.compile(
    r"(?:檢查|檢測|檢核|檢視|查核|查驗|評估|評分|驗證|看看?|測|跑|掃描?)(?:一下|看看)?\s*(?:我們|我)?(?:的|這份|這個|那個)?"
    r"(?P<c>[\w\u4e00-\u9fff\-()]{2,30}?)(?:的)?(?:開放)?資料集(?!的?(?:數|清單|列表|有幾|有多少|名單))"
)
# Words that say which or how many data sets, and name none.
_NO_DATASET = re.compile(
    r"標章|白金|[金銀銅]牌|幾[個項筆]|多少|哪|所有|全部|每[個項]|這[個份些項]|那[個份些項]|^(?:新|上架|開放|其他|一下|看看)"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What was named. Offsets are of the folded text; `assumed`: inferred from words about it."""

    start: int
    end: int
    value: str
    assumed: bool = False


def programme_names(county: County) -> dict[str, str]:
    """Folded names and aliases (two characters or more) that belong to one programme only → its id."""
    names: dict[str, set[str]] = {}
    for programme in county.programmes.values():
        for name in (programme.name, *programme.aliases):
            key = fold(name)
            if len(key) >= 2:
                names.setdefault(key, set()).add(programme.id)
    return {name: next(iter(ids)) if len(ids) == 1 else "" for name, ids in names.items()}


def find_programmes(text: Text, names: Mapping[str, str]) -> list[Subject]:
    """Programmes said by their very name (`programme_names`), longest first; values are ids. A name that several share
    hides the shorter ones inside it and gives nothing. What people mean by other words is the retrieval's work."""
    found: list[Subject] = []
    for name in sorted((n for n in names if n in text.folded), key=len, reverse=True):
        start = text.folded.find(name)
        end = start + len(name)
        if all(end <= f.start or start >= f.end for f in found):
            found.append(Subject(start, end, names[name]))
    return [f for f in found if f.value]


def find_topics(text: Text) -> list[Subject]:
    """Welfare topics in the order said."""
    found: list[Subject] = []
    for topic, words in TOPICS.items():
        hits = [(text.folded.find(w), w) for w in words if w in text.folded]
        if hits:
            start, word = min(hits)
            found.append(Subject(start, start + len(word), topic))
    return sorted(found, key=lambda f: (f.start, f.start - f.end))


def find_field(text: Text) -> Subject | None:
    """The field of a wish: as named, else the one that most words point to; None on a tie."""
    said = _FIELD_SAID.search(text.folded)
    if said:
        name = said["full"] or _FIELD_NAMES[said["short"]]
        return Subject(*said.span(), "智慧醫護" if name == "智慧醫療" else name)
    counts = {field: sum(w in text.folded for w in words) for field, words in FIELDS.items()}
    best = max(counts.values())
    leaders = [field for field, n in counts.items() if n == best]
    if best == 0 or len(leaders) > 1:
        return None
    word = next(w for w in FIELDS[leaders[0]] if w in text.folded)
    start = text.folded.find(word)
    return Subject(start, start + len(word), leaders[0], assumed=True)


def find_dataset(text: Text) -> Subject | None:
    """A data set by its quoted name, its file name or the words before 資料集 (檢查公廁位置資料集), as said."""
    match = _DATASET.search(text.folded)
    if match is None:
        match = _DATASET_BARE.search(text.folded)
        if match is None or _NO_DATASET.search(match["c"]):
            return None
        return Subject(*match.span("c"), text.said(*match.span("c")))
    group = "a" if match["a"] else "b"
    return Subject(match.start(group), match.end(group), text.said(match.start(group), match.end(group)))
