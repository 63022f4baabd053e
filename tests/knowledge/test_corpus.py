"""Search over any collection: formal and colloquial questions, kept by content, made anew when damaged."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.settings import Settings
from knowledge import corpus
from knowledge.corpus import open_corpus, pieces, search_corpus
from knowledge.embeddings import Embedder
from knowledge.passages import PassageIndex

ROWS: list[dict[str, object]] = [
    {"id": "denture", "title": "假牙", "text": "六十五歲以上中低收入老人經醫師評估缺牙者,補助裝置活動假牙。"},
    {"id": "rent", "text": "租屋族符合所得標準者,每月可領租金補貼,依戶口人數計算。"},
    {"id": "child", "text": "育有未滿五歲子女且未送公共托育者,按月發給育兒津貼。"},
    {"id": "tax", "text": "身心障礙者名下車輛得申請免徵使用牌照稅。"},
    {
        "id": "long",
        "text": "本辦法說明一般事項。" * 80 + "外籍看護工空窗期間得申請喘息服務。" + "其餘依規定辦理。" * 60,
    },
]


def _best(queries: Sequence[str], settings: Settings) -> list[str]:
    return [hits[0].id for hits in search_corpus(ROWS, queries, 3, settings)]


def test_formal_colloquial_and_simplified_questions_find_their_text(home: Settings) -> None:
    queries = [
        "租金補貼",
        "阿公沒牙齒了想做一副新的",
        "小孩三歲在家自己顧有錢拿嗎",
        "身心障碍者汽车免税",
        "外勞看護回國的空窗期可以用喘息嗎",
    ]
    assert _best(queries, home) == ["rent", "denture", "child", "tax", "long"]


def test_the_same_content_is_not_embedded_twice_and_changed_content_is(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []
    make = PassageIndex.build

    def count(texts: Sequence[str], *rest: object) -> PassageIndex:
        built.append(len(texts))
        return make(texts, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(corpus.PassageIndex, "build", count)
    first = search_corpus(ROWS, ["假牙"], 3, home)
    assert search_corpus(ROWS, ["假牙"], 3, home) == first
    assert len(built) == 1
    search_corpus([*ROWS, {"id": "new", "text": "敬老卡"}], ["假牙"], 3, home)
    assert len(built) == 2


def test_a_damaged_index_is_made_anew(home: Settings) -> None:
    first = search_corpus(ROWS, ["假牙"], 3, home)
    stored = next((home.home / "indexes").glob("corpus-*.npz"))
    stored.write_bytes(stored.read_bytes()[:1000])
    assert search_corpus(ROWS, ["假牙"], 3, home) == first


def test_empty_questions_and_collections_give_nothing(home: Settings) -> None:
    assert search_corpus(ROWS, ["", "   "], 3, home) == [[], []]
    assert search_corpus([], ["假牙"], 3, home) == [[]]


def test_a_row_without_text_is_named(home: Settings) -> None:
    with pytest.raises(ValueError, match="第 2 筆"):
        open_corpus([ROWS[0], {"id": "x"}], home)


def test_another_model_or_dimension_never_meets_the_old_index(home: Settings, tmp_path: Path) -> None:
    class Other:
        id = "other"
        dimension = 2

        def queries(self, texts: Sequence[str]) -> np.ndarray:
            return np.ones((len(texts), 2), np.float32)

        def passages(self, texts: Sequence[str], advance: object = None) -> np.ndarray:
            return np.ones((len(texts), 2), np.float32)

    other: Embedder = Other()
    place = tmp_path / "index.npz"
    corpus.write_index(PassageIndex.build(["一", "二"], other), place)
    assert corpus.read_index(place, 2, 2) is not None
    assert corpus.read_index(place, 2, 384) is None
    assert corpus.read_index(place, 3, 2) is None


def test_long_texts_are_cut_into_overlapping_pieces_that_lose_nothing() -> None:
    text = "".join(f"第{number}句說明事項。" for number in range(200))
    cut = pieces(text)
    assert all(len(piece) <= 400 for piece in cut)
    assert text.startswith(cut[0])
    assert text.endswith(cut[-1])
    assert all(f"第{number}句說明事項。" in "\n".join(cut) for number in range(200))
    assert pieces("短") == ["短"]
