"""Words to values: dates, times, places, ages … of a message, as the slots of CONTRACTS 2.

`parse_slots` gives the slots alone, `parse` also what has to be asked. Both are pure and never raise on odd input.
"""

from agents.understanding.slots.parsed import HOME, Details, Mention, Parsed, Problem, ProblemKind
from agents.understanding.slots.parser import RELEVANT, SLOTS, parse, parse_slots
from agents.understanding.slots.places import Gazetteer, resolve_place

__all__ = [
    "HOME",
    "RELEVANT",
    "SLOTS",
    "Details",
    "Gazetteer",
    "Mention",
    "Parsed",
    "Problem",
    "ProblemKind",
    "parse",
    "parse_slots",
    "resolve_place",
]
