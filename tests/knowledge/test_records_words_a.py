"""The words of the records on social assistance, seniors, disability, transport, pensions, birth and childcare:
complete by aspect, and free of figures that may not be said."""

import re
from pathlib import Path

import pytest
import yaml

from knowledge.records import ROOT, Programme

FILES = ("social_assistance", "seniors", "disability", "transport_support", "pensions", "birth", "childcare")
UNITS = {"ltc", "social", "health", "tax", "agri"}

# Limits that the rules set (not benefits), written a second time on purpose: a slip in a record must not pass alone.
LIMITS: dict[str, set[float]] = {
    "low_income_household": {15_515, 3_850_000, 29_500},
    "mid_low_income_household": {23_272.5, 60},
    "mid_low_income_elderly_allowance": {23_272.5, 38_787.5, 39_960, 2_500_000, 250_000, 1.5},
    "county_senior_gift": {500_000, 5_000_000},
    "township_double_ninth_gift": {1_000, 10_000},
    "senior_denture_health_bureau": {1_866_000},
    "disability_living_allowance": {38_787.5, 39_960, 2_000_000, 250_000, 7_700_000, 29_500, 1.5},
    "vehicle_tax_exemption_disability": {2_400},
    "old_farmer_allowance": {500_000, 5_000_000},
    "national_pension_old_basic": {500_000, 5_000_000},
    "township_newborn_grant": {30_000, 40_000, 50_000},
    "childcare_subsidy_quasi_public": {1_000, 2_000},
    "rehabus": {70},
    "disability_daycare_residential_subsidy": {25, 100},
    "low_income_household_extra": {40},
}
LIMITS["low_income_household"] |= LIMITS.pop("low_income_household_extra")


def _programmes() -> list[Programme]:
    rows: list[Programme] = []
    for name in FILES:
        content = yaml.safe_load(Path(ROOT, "programmes", f"{name}.yaml").read_text(encoding="utf-8"))
        rows += [Programme.model_validate(row) for row in content]
    return rows


PROGRAMMES = _programmes()
each = pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)


def _words(programme: Programme) -> str:
    """Every sentence that may reach a person; `ask` and `planned` are never shown."""
    p, a = programme, programme.apply
    parts = [p.name, p.summary, *p.aliases, *p.who, *p.not_for, *p.notes, p.together, p.duration]
    parts += [*a.where, *a.documents, *a.steps, a.deadline, a.processing]
    parts += [p.pending_change.summary if p.pending_change else None]
    parts += [text for b in p.benefits for text in (b.label, b.condition)]
    parts += [s.title for s in p.sources]
    return "\n".join(t for t in parts if t)


def _amounts(text: str) -> set[float]:
    """Sums and shares in a text: numbers with 元, 萬, %, 點 or a thousands comma; not ages, dates, phones or hours."""
    text = re.sub(r"(?:早上|晚上)\d+點(?:\d+分)?", "", text)
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?)\s*(萬(?:元)?|元|%|點|cc)?", text)
    out: set[float] = set()
    for number, unit in found:
        if unit or "," in number:
            value = float(number.replace(",", ""))
            out.add(value * 10_000 if unit.startswith("萬") else value)
    return out


def _planned(programme: Programme) -> set[float]:
    if programme.pending_change is None:
        return set()
    text = "\n".join(str(v) for k, v in programme.pending_change.planned.items() if not k.endswith("日"))
    return {float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def test_the_files_hold_the_programmes_once_each() -> None:
    ids = [p.id for p in PROGRAMMES]
    assert len(ids) == len(set(ids)) == 36


@each
def test_a_planned_figure_is_in_no_words(programme: Programme) -> None:
    said = _amounts(_words(programme)) | {b.amount for b in programme.benefits if b.amount is not None}
    assert not said & _planned(programme)


@each
def test_a_figure_that_is_not_sure_or_not_in_force_is_in_no_words(programme: Programme) -> None:
    hidden = {b.amount for b in programme.benefits if b.confidence == "low" or b.status != "in_force"} - {None}
    assert not _amounts(_words(programme)) & hidden


@each
def test_every_sum_in_words_is_a_benefit_or_a_limit_of_the_rules(programme: Programme) -> None:
    known = {float(b.amount) for b in programme.benefits if b.amount is not None}
    known |= LIMITS.get(programme.id, set())
    if programme.id == "senior_card":
        known |= {25, 60, 100, 1}  # points an hour at the sports centre; one point is NT$1
    assert _amounts(_words(programme)) <= known


@each
def test_every_record_answers_each_aspect_it_can(programme: Programme) -> None:
    assert programme.summary
    assert programme.who
    assert programme.not_for
    assert programme.benefits
    assert programme.apply.where
    assert programme.unit in UNITS


@each
def test_people_ask_in_at_least_thirty_different_ways(programme: Programme) -> None:
    assert len(set(programme.ask)) == len(programme.ask)
    # Each phrase costs the first start some 5 ms.
    assert 30 <= len(programme.ask) <= 48


def test_no_two_programmes_share_an_alias_or_a_way_of_asking() -> None:
    for field in ("aliases", "ask"):
        seen: dict[str, str] = {}
        for programme in PROGRAMMES:
            for text in getattr(programme, field):
                assert seen.setdefault(text, programme.id) == programme.id, text


def test_what_cannot_be_drawn_together_says_so_on_both_sides() -> None:
    by_id = {p.id: p for p in PROGRAMMES}
    for programme in PROGRAMMES:
        for other in programme.exclusive_with:
            assert programme.id in by_id[other].exclusive_with, f"{programme.id} and {other}"


@each
def test_no_abbreviation_that_elders_do_not_know(programme: Programme) -> None:
    assert not re.search(r"CMS|DA01|OT01|§|待查\)", _words(programme))


def test_the_reader_of_amounts_sees_sums_and_not_dates() -> None:
    text = "94年8月1日，滿65歲，每月3,000元，250萬元，補75%，早上6點30分到，500點"
    assert _amounts(text) == {3_000, 2_500_000, 75, 500}
