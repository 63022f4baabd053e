"""A small county of its own, so that these tests hold whatever the records say."""

from knowledge.records import County, Place, Township

_TOWNSHIPS = [
    "竹北市",
    "竹東鎮",
    "新埔鎮",
    "關西鎮",
    "湖口鄉",
    "新豐鄉",
    "芎林鄉",
    "橫山鄉",
    "北埔鄉",
    "寶山鄉",
    "峨眉鄉",
    "尖石鄉",
    "五峰鄉",
]
_PLACES = (
    ("tongyuan", "東元綜合醫院", "新竹縣竹北市", ["東元", "東元醫院"]),
    ("cmu_hsinchu", "中國醫藥大學新竹附設醫院", "新竹縣竹北市", ["中國附醫", "中國醫", "中國醫藥大學附設醫院"]),
    (
        "ntuh_zhubei",
        "臺大醫院新竹臺大分院生醫醫院竹北院區",
        "新竹縣竹北市",
        ["台大", "台大竹北", "台大生醫", "生醫醫院竹北院區"],
    ),
    ("ntuh_zhudong", "臺大醫院新竹臺大分院生醫醫院竹東院區", "新竹縣竹東鎮", ["台大", "台大竹東", "台大竹東院區"]),
    ("ntuh_hsinchu", "臺大醫院新竹臺大分院新竹醫院", "新竹市", ["台大", "新竹台大", "省立醫院"]),
    ("vgh_zhudong", "臺北榮民總醫院新竹分院", "新竹縣竹東鎮", ["榮總", "竹東榮總", "榮民醫院"]),
    ("renci", "湖口仁慈醫院", "新竹縣湖口鄉", ["仁慈", "仁慈醫院"]),
    ("mackay", "馬偕紀念醫院新竹分院", "新竹市", ["馬偕", "新竹馬偕", "馬偕醫院"]),
    ("cathay", "國泰綜合醫院新竹分院", "新竹市", ["國泰", "新竹國泰", "國泰醫院"]),
)


def small_county() -> County:
    """Thirteen townships and nine hospitals; three of them are called 台大."""
    townships = {
        str(10004010 + 10 * i): Township(
            code=str(10004010 + 10 * i), name=name, zip="300", lat=24.8, lng=121.0, ltc_zone=2, unit="welfare"
        )
        for i, name in enumerate(_TOWNSHIPS)
    }
    places = {
        id: Place(id=id, name=name, area=area, aliases=aliases, kind="hospital", confidence="high")
        for id, name, area, aliases in _PLACES
    }
    return County(programmes={}, units={}, hotlines={}, thresholds={}, townships=townships, places=places)
