"""KPI indicators of the yearly plan, by number and by the names people use (knowledge/rules/indicators.yaml)."""

import re
from dataclasses import dataclass
from functools import lru_cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from agents.understanding.slots._text import Text, fold
from knowledge.records import ROOT

_NUMBER = r"(?P<id>[1-8](?:\s*[.\-之]\s*[1-9])?)"
_NAMED = re.compile(
    rf"(?:指標|績效指標|kpi|項目|編號|第)\s*(?:編號|的|第|:|：)?\s*{_NUMBER}(?!\d|\.\d|\s*(?:項|個|季|月|年|次|名|筆|分))"
)
_DOTTED = re.compile(r"(?<![\d.\-/$])(?P<id>[1-8]\.[1-9])(?![\d.]|\s*[萬千億%元倍歲公度])")


class Indicator(BaseModel):
    """An indicator's number, its name in the plan and what people call it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    aliases: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class IndicatorMention:
    """An indicator said. Offsets are of the folded text."""

    start: int
    end: int
    id: str


@lru_cache(maxsize=1)
def get_indicators() -> dict[str, Indicator]:
    """All indicators by id, read once a process."""
    rows = yaml.safe_load((ROOT / "rules" / "indicators.yaml").read_text(encoding="utf-8"))
    return {row["id"]: Indicator.model_validate(row) for row in rows}


@lru_cache(maxsize=1)
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {}
    for indicator in get_indicators().values():
        for name in (indicator.name, *indicator.aliases):
            names[fold(name).replace(" ", "")] = indicator.id
    ordered = sorted(names, key=len, reverse=True)
    # people put spaces where they like: AI 縣民管家
    return re.compile("|".join(r"\s*".join(map(re.escape, name)) for name in ordered)), names


def find_indicators(text: Text) -> list[IndicatorMention]:
    """Indicators in the order of how sure they are: by number first, then by name, the longest first."""
    numbered = [
        IndicatorMention(*m.span(), id)
        for pattern in (_NAMED, _DOTTED)
        for m in pattern.finditer(text.folded)
        if (id := re.sub(r"\s*[.\-之]\s*", ".", m["id"])) in get_indicators()
    ]
    pattern, names = _names()
    named = [IndicatorMention(*m.span(), names[m.group().replace(" ", "")]) for m in pattern.finditer(text.folded)]
    return numbered + sorted(named, key=lambda n: n.start - n.end)
