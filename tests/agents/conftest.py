"""A small county: two confusable programmes, one that nobody is sure about, and the offices they belong to."""

from datetime import date

import pytest

from knowledge.records import County


@pytest.fixture
def county() -> County:
    """Invented figures on purpose: a test that passes by knowing the real ones would prove nothing."""
    source = [{"title": "測試來源", "url": "https://example.gov.tw/a", "kind": "gov", "date": "2026-01-01"}]

    def programme(**fields: object) -> dict[str, object]:
        return {
            "theme": "老人福利",
            "level": "county",
            "unit": "ltc",
            "sources": source,
            "confidence": "high",
            "matching": True,
            "as_of": date(2026, 11, 23),
            "who": ["滿65歲", "設籍新竹縣"],
            **fields,
        }

    programmes = [
        programme(
            id="gift",
            name="敬老禮金（測試）",
            aliases=["禮金"],
            summary="設籍滿10年的長者每年領一次禮金",
            benefits=[
                {
                    "label": "禮金",
                    "amount": 12340,
                    "unit": "人",
                    "period": "年",
                    "holds_for": "115年",
                    "confidence": "high",
                }
            ],
            pending_change={"summary": "調整案審議中", "as_of": date(2026, 10, 1), "planned": {"禮金": 77777}},
            apply={
                "where": ["戶籍地公所"],
                "documents": ["身分證", "存摺"],
                "deadline": "每年4月1日至9月30日",
            },
            exclusive_with=["allowance"],
        ),
        programme(
            id="allowance",
            name="敬老津貼",
            summary="老居民每月領津貼",
            benefits=[
                {"label": "第1胎", "amount": 111, "unit": "人", "period": "月", "confidence": "high"},
                {"label": "第2胎", "amount": 222, "unit": "人", "period": "月", "confidence": "high"},
                {"label": "不確定", "amount": 99999, "confidence": "low"},
                {
                    "label": "去年的",
                    "amount": 88888,
                    "valid_to": date(2025, 12, 31),
                    "confidence": "high",
                },
                {"label": "加成", "amount": None, "condition": "依法最高加四成", "confidence": "high"},
            ],
            apply={},
        ),
        programme(
            id="vague",
            name="送餐服務",
            summary="行動不便的長者可以申請送餐",
            who=[],
            benefits=[{"label": "送餐", "amount": None, "confidence": "high"}],
            apply={},
            confidence="low",
            matching=False,
        ),
        programme(
            id="ltc_transport",
            name="長照交通接送",
            theme="長照",
            summary="失能者就醫復健的接送",
            who=["失能等級2級以上"],
            benefits=[{"label": "額度", "amount": 1500, "unit": "人", "period": "月", "confidence": "high"}],
            apply={"where": ["電話1966"]},
        ),
    ]
    units = [
        {"id": "ltc", "name": "高齡長照處", "kind": "處", "phone": "03-5518101", "confidence": "high"},
        {"id": "works", "name": "工務處", "kind": "處", "phone": "03-5518101", "confidence": "high"},
    ]
    return County.model_validate(
        {
            "programmes": {p["id"]: p for p in programmes},
            "units": {u["id"]: {**u, "as_of": date(2026, 11, 23)} for u in units},
            "hotlines": {
                "1966": {
                    "id": "1966",
                    "number": "1966",
                    "name": "長照專線",
                    "when": "長照",
                    "hours": "週一至週五 08:30–12:00、13:30–17:30",
                    "source": "測試",
                }
            },
            "thresholds": {},
            "townships": {},
            "places": {},
        }
    )
