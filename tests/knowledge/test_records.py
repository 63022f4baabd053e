"""The county's records: whole, dated, sourced, and without a figure that may not be said."""

import re

import pytest

from knowledge.records import County, Programme, get_county, load_county

COUNTY = get_county()
PROGRAMMES = list(COUNTY.programmes.values())


def words(programme: Programme) -> list[str]:
    """Everything of a record that a reply may show as it stands."""
    apply = programme.apply
    out = [programme.summary, *programme.who, *programme.not_for, *programme.notes]
    out += [*apply.where, *apply.documents, *apply.steps]
    out += [t for t in (apply.deadline, apply.processing, programme.together, programme.duration) if t]
    out += [b.condition for b in programme.benefits if b.condition] + [b.label for b in programme.benefits]
    return out


def figures(text: str) -> set[str]:
    return {n.replace(",", "") for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def test_everything_is_there() -> None:
    assert len(COUNTY.programmes) == 70
    assert len(COUNTY.townships) == 13
    assert len(COUNTY.units) >= 30
    assert {"1966", "1957", "113", "110", "119", "165", "1925", "1999"} <= set(COUNTY.hotlines)
    assert sum(p.kind == "hospital" for p in COUNTY.places.values()) == 12


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)
def test_a_record_can_answer(programme: Programme) -> None:
    assert programme.summary
    assert programme.who
    assert programme.sources
    assert len(programme.ask) >= 10, "people ask in many ways"
    assert len(set(programme.ask)) == len(programme.ask)


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)
def test_planned_figures_stand_in_no_sentence(programme: Programme) -> None:
    if programme.pending_change is None:
        return
    shown = {str(b.amount) for b in programme.benefits if b.amount is not None}
    planned = {n for v in programme.pending_change.planned.values() for n in figures(str(v)) if len(n) >= 4} - shown
    for text in [*words(programme), programme.pending_change.summary]:
        assert not figures(text) & planned, text


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)
def test_uncertain_figures_stand_in_no_sentence(programme: Programme) -> None:
    doubtful = {
        str(b.amount) for b in programme.benefits if b.amount and (b.confidence == "low" or b.status != "in_force")
    }
    sure = {str(b.amount) for b in programme.benefits if b.amount and b.confidence != "low" and b.status == "in_force"}
    for text in words(programme):
        assert not figures(text) & (doubtful - sure), text


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)
def test_no_sentence_is_a_torn_figure(programme: Programme) -> None:
    """A thousands separator inside an unquoted YAML list tears a sentence in two."""
    for text in words(programme):
        assert not re.match(r"^\d{3}(?:\.\d)?元", text), text
        assert not re.search(r"(?:超過|不到|未達|上限|最多)\d{1,3}$", text), text


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)
def test_no_other_countys_figure_is_told(programme: Programme) -> None:
    """Another county may be named as different; its figures may not follow."""
    for text in words(programme):
        for clause in re.split(r"[。；]", text):
            if re.search(r"新竹市|台北|臺北|桃園市的|苗栗縣的|臺中|高雄", clause):
                assert not re.search(r"\d[\d,]*\s*(?:元|點)", clause), clause


def test_exclusions_name_known_programmes() -> None:
    for programme in PROGRAMMES:
        for other in programme.exclusive_with:
            assert other in COUNTY.programmes


def test_a_broken_record_is_named(tmp_path: object) -> None:
    from pathlib import Path

    root = Path(str(tmp_path))
    (root / "programmes").mkdir()
    (root / "programmes" / "a.yaml").write_text("- id: x\n  name: y\n", encoding="utf-8")
    with pytest.raises(ValueError, match="programmes"):
        load_county(root)


def test_records_of_two_kinds_do_not_share_an_id() -> None:
    assert isinstance(COUNTY, County)
    assert not set(COUNTY.programmes) & set(COUNTY.units)
