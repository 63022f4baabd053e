"""What is offered to somebody who says their age: nothing that their age rules out."""

import pytest

from agents.welfare import fits_age
from knowledge.records import get_county


@pytest.mark.parametrize(
    ("programme", "age", "fits"),
    [
        ("national_pension_indigenous", 85, False),
        ("national_pension_indigenous", 55, True),
        ("national_pension_indigenous", 64, True),
        ("national_pension_indigenous", 65, False),
        ("medical_oocyte_freezing", 72, False),
        ("medical_oocyte_freezing", 40, True),
        ("county_senior_allowance", 64, False),
        ("county_senior_allowance", 65, True),
        ("senior_card", 56, True),  # 滿55歲的原住民 is one of the ways
        ("ltc_care", 85, True),
        ("childcare_allowance", 30, True),  # the age in it is the child's
        ("childcare_allowance", 85, False),
    ],
)
def test_a_programme_fits_the_ages_that_its_record_names(programme: str, age: int, fits: bool) -> None:
    assert fits_age(get_county().programmes[programme], age) is fits


def test_a_grandparent_who_speaks_of_a_child_is_told_of_what_is_for_children() -> None:
    assert fits_age(get_county().programmes["childcare_allowance"], 70, "我70歲帶孫子")


def test_without_an_age_nothing_is_ruled_out() -> None:
    assert fits_age(get_county().programmes["medical_oocyte_freezing"], None)
