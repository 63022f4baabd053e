"""The small county as fixtures."""

import pytest

from agents.understanding.slots.places import Gazetteer
from knowledge.records import County
from tests.agents.slots.small_county import small_county


@pytest.fixture(scope="session")
def county() -> County:
    return small_county()


@pytest.fixture(scope="session")
def gazetteer(county: County) -> Gazetteer:
    return Gazetteer(county)
