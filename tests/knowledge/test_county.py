"""The county's own records: found by how people ask, silent on other topics, indexed once and only when changed."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from core.settings import Settings
from knowledge import ingest as ingest_module
from knowledge.county import CountySearch
from knowledge.ingest import IngestError, ingest, open_county, read_articles

_PROGRAMMES = {
    "denture": ("老人裝置假牙補助", ["裝假牙有補助嗎", "牙齒掉光了想做假牙", "阿公要換活動假牙", "全口假牙補助多少"]),
    "rent": ("租金補貼", ["租房子有補助嗎", "房租太貴付不起", "在外面租屋可以申請什麼", "租金補貼怎麼辦"]),
    "child": ("育兒津貼", ["自己帶小孩可以領錢嗎", "小孩兩歲有津貼嗎", "育兒津貼一個月多少", "第二胎津貼"]),
    "tax": ("身心障礙者免徵使用牌照稅", ["身障車子免稅", "殘障手冊可以免牌照稅嗎", "車子稅金身障減免", "免稅車輛幾台"]),
    "rehabus": ("復康巴士", ["坐輪椅的要叫車", "復康巴士怎麼預約", "輪椅上車的公車", "身障者去醫院的車"]),
}


def _write_records(root: Path) -> None:
    source = {"title": "某辦法", "kind": "law"}
    common = {"theme": "福利", "level": "county", "apply": {}, "unit": "social", "sources": [source]}
    rows = [
        {"id": key, "name": name, "summary": f"{name}的說明", "who": [f"符合{name}資格者"], "ask": ask, **common}
        | {"confidence": "high", "matching": True, "as_of": "2026-11-24"}
        for key, (name, ask) in _PROGRAMMES.items()
    ]
    unit = {
        "id": "social",
        "name": "社會處",
        "kind": "處",
        "duties": ["社會救助", "志願服務"],
        "ask": ["志工要找誰報名"],
    }
    unit |= {"confidence": "high", "as_of": "2026-11-24"}
    (root / "programmes").mkdir(parents=True)
    (root / "units").mkdir()
    (root / "programmes" / "all.yaml").write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    (root / "units" / "units.yaml").write_text(yaml.safe_dump([unit], allow_unicode=True), encoding="utf-8")
    shutil.copy(ingest_module.ROOT / "off_topic.yaml", root / "off_topic.yaml")


@pytest.fixture(scope="module")
def county_settings(tmp_path_factory: pytest.TempPathFactory, model_settings: Settings) -> Settings:
    """Five programmes of its own, ingested once for the module."""
    home = tmp_path_factory.mktemp("county")
    (home / "models").symlink_to(model_settings.home / "models")
    _write_records(home / "records")
    settings = Settings(home=home, embeddings="")
    with pytest.MonkeyPatch.context() as patch:
        _use(home / "records", patch)
        assert ingest(settings)
    return settings


def _use(root: Path, patch: pytest.MonkeyPatch) -> None:
    load = ingest_module.load_county
    patch.setattr(ingest_module, "ROOT", root)
    patch.setattr(ingest_module, "load_county", lambda: load(root))


@pytest.fixture
def county(county_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CountySearch:
    """The search over those five."""
    _use(county_settings.home / "records", monkeypatch)
    return open_county(county_settings)


def test_colloquial_questions_find_the_programme_with_a_probability(county: CountySearch) -> None:
    asked = {
        "阿嬤沒牙齒可以補助嗎": "denture",
        "我在竹北租房子壓力好大": "rent",
        "老婆在家顧一歲的寶寶能領多少": "child",
        "坐轮椅要去看医生有车吗": "rehabus",
    }
    for text, programme in asked.items():
        best = county.find_programmes(text, 3)[0]
        assert best.id == programme, text
        assert 0.0 < best.probability <= 1.0


def test_nonsense_and_other_topics_find_nothing(county: CountySearch) -> None:
    for text in ("明天會下雨嗎", "asdfghjkl", "", "   ", "🙂🙂", "推薦一間好吃的牛肉麵", "股票要買哪一支"):
        assert county.search_programmes(text).abstain, text
        assert county.find_programmes(text) == []


def test_probabilities_never_exceed_one_in_sum_and_fall(county: CountySearch) -> None:
    scores = [hit.score for hit in county.search_programmes("身障補助", 5).hits]
    assert sum(scores) <= 1.0 + 1e-9
    assert scores == sorted(scores, reverse=True)


def test_the_open_search_also_finds_units(county: CountySearch) -> None:
    best = county.search("想當志工要找哪個單位", 3)[0]
    assert (best.id, best.kind) == ("social", "unit")


def test_nothing_is_done_when_nothing_changed(
    county_settings: Settings, county: CountySearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "load_embedder", lambda _: pytest.fail("the model was loaded for a no-op"))
    assert ingest(county_settings) is False


def test_another_model_makes_the_index_stale(
    county_settings: Settings, county: CountySearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    class RebuildingError(Exception):
        """Reached the rebuild."""

    def load(_: Settings) -> None:
        raise RebuildingError

    monkeypatch.setattr(ingest_module, "embedder_id", lambda _: "another-model")
    monkeypatch.setattr(ingest_module, "load_embedder", load)
    with pytest.raises(RebuildingError):
        ingest(county_settings)


def test_chroma_holds_every_passage_with_its_record_and_the_model_that_made_it(
    county_settings: Settings, county: CountySearch
) -> None:
    import chromadb

    client = chromadb.PersistentClient(
        str(county_settings.home / "chroma"), settings=chromadb.Settings(anonymized_telemetry=False)
    )
    collection = client.get_collection("county", embedding_function=None)
    described = json.loads((county_settings.home / "indexes" / "county.json").read_text(encoding="utf-8"))
    assert collection.count() == len(described["nodes"])
    assert collection.metadata["dimension"] == 384
    records = {row["record"] for row in collection.get(include=["metadatas"])["metadatas"] or []}
    assert records == {*_PROGRAMMES, "social"}


def test_a_damaged_snapshot_is_made_anew_and_laws_are_found_by_article(
    county_settings: Settings, county: CountySearch, tmp_path: Path
) -> None:
    before = [hit.id for hit in county.find_programmes("房租好貴", 3)]
    (county_settings.home / "indexes" / "county.npz").write_bytes(b"broken")
    ingest_module._open.cache_clear()
    assert [hit.id for hit in open_county(county_settings).find_programmes("房租好貴", 3)] == before

    laws = tmp_path / "laws.jsonl"
    article = {"id": "X1-9", "law": "某某條例", "article_no": "9", "url": "https://law.example/X1-9"}
    article["content"] = "養蜂人應於每年三月向主管機關登記蜂箱數量。"
    laws.write_text(json.dumps(article, ensure_ascii=False) + "\n", encoding="utf-8")
    assert ingest(county_settings, laws)
    assert ingest(county_settings, laws) is False
    hit = open_county(county_settings).search("養蜂要登記蜂箱嗎", 3)[0]
    assert (hit.id, hit.kind) == ("X1-9", "article")
    assert read_articles(county_settings)[0]["url"] == "https://law.example/X1-9"


def test_a_bad_law_file_is_refused_by_line_and_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    bad = tmp_path / "laws.jsonl"
    bad.write_text('{"id": "a", "law": "法"}\n', encoding="utf-8")
    with pytest.raises(IngestError, match="第 1 行缺少 article_no"):
        ingest(settings, bad)
    bad.write_text("not json\n", encoding="utf-8")
    with pytest.raises(IngestError, match="第 1 行不是 JSON"):
        ingest(settings, bad)
    assert not (tmp_path / "home" / "laws.jsonl").exists()
