"""Other counties in a question: their rules are not ours to tell."""

import re

_ELSEWHERE = (
    "台北市|台北|新北市|新北|桃園市|桃園|台中市|台中|台南市|台南|高雄市|高雄|基隆市|基隆|新竹市|竹市|苗栗縣|苗栗|彰化縣|彰化|"
    "南投縣|南投|雲林縣|雲林|嘉義市|嘉義縣|嘉義|屏東縣|屏東|宜蘭縣|宜蘭|花蓮縣|花蓮|台東縣|台東|澎湖縣|澎湖|金門縣|金門|連江縣|馬祖"
)
_BENEFIT = (
    "津貼|補助|補貼|敬老|禮金|獎勵|停車證|卡|托育|托嬰|育兒|生育|長照|福利|規定|低收|租金|復康|假牙|年金|公托|申請|急難|喘息|居服|"
    "早療|送餐|輔具|重陽|資格|身障|額度|一樣|差多少|比較多"
)
_RULE = re.compile(
    rf"(?P<place>{_ELSEWHERE})(?:政府|市政府|縣政府)?(?:的|那邊的?|這邊的?|市民|縣民|老人|長輩)*[^，。,]{{0,10}}?(?:{_BENEFIT})"
)
# 那桃園呢: asked of what was spoken of before.
_ALSO = re.compile(
    rf"^(?:啊|那|那麼|如果是|換成|還有)*(?P<place>{_ELSEWHERE})(?:市|縣|那邊|那裡|人|的)*(?:呢|咧|也有嗎|有嗎|也是嗎)?[?？]*$"
)
_ABOUT_HERE = re.compile(
    r"搬|遷|嫁|轉來|移到|回來|工作|上班|新竹縣(?!的?不)|竹縣|縣府|本縣|設籍竹|可以(?:載|坐|去)|醫院|看診|復健|馬偕|長庚|台大|國泰|榮總|回診|洗腎|戶籍在|車站|高鐵"
)


def other_county(text: str) -> str | None:
    """The other county whose rule is asked for, or None. Moving from there or a hospital there is not such a question."""
    text = text.replace("臺", "台").strip()
    found = _RULE.search(text) or _ALSO.match(text)
    return found["place"] if found and not _ABOUT_HERE.search(text) else None
