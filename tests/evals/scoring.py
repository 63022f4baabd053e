"""Scores of each set: what was right, what was wrong, and which rows to look at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.evals.sets import Row, contains, plain

Turn = Mapping[str, Any]

POLITE = frozenset({"greeting", "thanks"})  # may be left out beside another intent (CONTRACTS 2)
HOTLINES = {"crisis": ("110", "112", "113", "119", "1925", "1980", "1995"), "scam": ("165",)}
PLACES = frozenset({"pickup", "dropoff", "township"})  # understood by name: the expected name stands inside
# An unexpected value of one of these changes what happens; others (programme, topic, purpose ...) may be resolved.
STRICT_SLOTS = frozenset(
    {
        "date",
        "time",
        "pickup",
        "dropoff",
        "wheelchair",
        "attendants",
        "share",
        "age",
        "child_order",
        "camera",
        "alert",
        "plate",
    }
)


def ratio(part: int, whole: int) -> float:
    """part / whole, and 1.0 of nothing: an empty group has no failure."""
    return part / whole if whole else 1.0


@dataclass
class Tally:
    """How many were right of how many."""

    right: int = 0
    of: int = 0

    def add(self, ok: bool) -> None:
        """Count one case."""
        self.right += ok
        self.of += 1

    @property
    def rate(self) -> float:
        """Share of right ones."""
        return ratio(self.right, self.of)


@dataclass
class IntentScore:
    """Counts of one intent over all turns."""

    true: int = 0
    missed: int = 0
    extra: int = 0

    @property
    def precision(self) -> float:
        """Of the times it was said, how often rightly."""
        return ratio(self.true, self.true + self.extra)

    @property
    def recall(self) -> float:
        """Of the times it was meant, how often found."""
        return ratio(self.true, self.true + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return ratio(2 * self.true, 2 * self.true + self.missed + self.extra)


@dataclass
class Intents:
    """Scores of the intents set."""

    first: Tally = field(default_factory=Tally)
    exact: Tally = field(default_factory=Tally)
    groups: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))  # first intent by kind of message
    per_intent: dict[str, IntentScore] = field(default_factory=lambda: defaultdict(IntentScore))
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)  # (meant, said) of wrong first intents
    urgent: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in HOTLINES})
    false_alarms: list[str] = field(default_factory=list)
    no_hotline: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def _without_politeness(intents: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(intents))
    return [i for i in kept if i not in POLITE] or kept


def _kind(row: Row) -> str:
    if row["id"].startswith("nm-"):
        return "near miss of crisis or scam"
    if len(row["turns"]) > 1:
        return "conversation"
    return "several intents" if len(row["expect"][0]) > 1 else "one intent"


def score_intents(rows: Sequence[Row], answers: Mapping[str, Sequence[Turn]]) -> Intents:
    """Compare every turn's intents with the expected ones. `also` of a row names other readings that count as right."""
    out = Intents()
    for row in rows:
        turns = answers.get(row["id"], [])
        for n, expected in enumerate(row["expect"]):
            turn = turns[n] if n < len(turns) else {}
            said = _without_politeness(turn.get("intents", []))
            readings = [_without_politeness(r) for r in [expected, *row.get("also", [[]] * (n + 1))[n]]]
            where = f"{row['id']}#{n + 1}"
            first = said[0] if said else "(nothing)"
            first_ok = any(first == r[0] for r in readings)
            meant = next((r for r in readings if set(r) == set(said)), None)
            out.first.add(first_ok)
            out.exact.add(meant is not None)
            out.groups[_kind(row)].add(first_ok)
            if meant is None:
                meant = next((r for r in readings if r[0] == first), readings[0])
                out.wrong.append(
                    f"{where} {'+'.join(readings[0])} → {'+'.join(said) or '(nothing)'}: {row['turns'][n]}"
                )
            if not first_ok:
                out.confusions[(readings[0][0], first)] += 1
            for intent in set(meant) | set(said):
                score = out.per_intent[intent]
                score.true += intent in meant and intent in said
                score.missed += intent in meant and intent not in said
                score.extra += intent not in meant and intent in said
            for name, numbers in HOTLINES.items():
                if name in expected:
                    out.urgent[name].add(name in said)
                    if not any(contains(str(turn.get("reply", "")), number) for number in numbers):
                        out.no_hotline.append(f"{where} {name}: {row['turns'][n]}")
                elif name in said:
                    out.false_alarms.append(f"{where} {name}: {row['turns'][n]}")
    return out


@dataclass
class Facts:
    """Scores of the facts set. Rows marked `unknown` have no programme; they ask for an honest "ask this office"."""

    programme_first: Tally = field(default_factory=Tally)
    programme_top3: Tally = field(default_factory=Tally)
    facts: Tally = field(default_factory=Tally)
    unknown: Tally = field(default_factory=Tally)
    cited: Tally = field(default_factory=Tally)
    per_aspect: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    forbidden: list[str] = field(default_factory=list)
    wrong_programme: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def score_facts(rows: Sequence[Row], answers: Mapping[str, Sequence[Turn]]) -> Facts:
    """Check programme, required strings (one of each group) and forbidden strings of every reply."""
    out = Facts()
    for row in rows:
        turns = answers.get(row["id"], [])
        turn: Turn = turns[0] if turns else {}
        reply = str(turn.get("reply", ""))
        where = f"{row['id']} {row['question']}"
        missing = ["/".join(group) for group in row["must"] if not any(contains(reply, text) for text in group)]
        if missing:
            out.missing.append(f"{where}: lacks {'; '.join(missing)}")
        for text in row["must_not"]:
            if contains(reply, text):
                out.forbidden.append(f"{where}: says {text}")
        if row.get("unknown"):
            out.unknown.add(not missing)
            continue
        good = {row["programme"]} if isinstance(row["programme"], str) else set(row["programme"])
        named = list(turn.get("programmes", []))
        out.programme_first.add(bool(good & set(named[:1])))
        out.programme_top3.add(bool(good & set(named[:3])))
        if not good & set(named[:1]):
            out.wrong_programme.append(f"{where}: {', '.join(named[:3]) or '(none)'}")
        out.facts.add(not missing)
        out.per_aspect[row["aspect"]].add(not missing)
        out.cited.add(bool(turn.get("citations")))
    return out


@dataclass
class SlotScores:
    """Scores of the slots set: slots after the last turn."""

    exact: Tally = field(default_factory=Tally)
    per_key: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    spurious: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def slot_matches(key: str, wanted: Any, found: Any) -> bool:
    """Whether a slot is as expected. `wanted`: a value, a list of alternatives, `*` (anything said) or `*part*`."""
    if isinstance(wanted, list):
        return any(slot_matches(key, one, found) for one in wanted)
    if isinstance(found, list):
        return any(slot_matches(key, wanted, one) for one in found)
    if found is None:
        return False
    if wanted == "*":
        return found is not False and found != ""
    if not isinstance(wanted, str):
        return type(wanted) is type(found) and bool(wanted == found)  # True is not 1
    if key in PLACES or wanted.startswith("*"):
        return plain(wanted.strip("*")) in plain(str(found))
    return plain(wanted) == plain(str(found))


def score_slots(rows: Sequence[Row], answers: Mapping[str, Sequence[Turn]]) -> SlotScores:
    """Compare the slots of the last turn: each expected key, and no strict key that was never said."""
    out = SlotScores()
    for row in rows:
        turns = answers.get(row["id"], [])
        found = dict(turns[-1].get("slots", {})) if turns else {}
        faults = []
        for key, wanted in row["slots"].items():
            ok = slot_matches(key, wanted, found.get(key))
            out.per_key[key].add(ok)
            if not ok:
                faults.append(f"{key} {wanted!r} → {found.get(key)!r}")
        for key in sorted((STRICT_SLOTS | set(row.get("absent", []))) - set(row["slots"])):
            if found.get(key) not in (None, "", False, 0):
                out.spurious[key] += 1
                faults.append(f"{key} never said → {found[key]!r}")
        out.exact.add(bool(turns) and not faults)
        if faults or not turns:
            out.wrong.append(f"{row['id']} {' / '.join(row['turns'])}: {'; '.join(faults) or 'no answer'}")
    return out


@dataclass
class Bad:
    """What went wrong on bad input."""

    rows: int = 0
    violations: list[str] = field(default_factory=list)


def score_bad(rows: Sequence[Row], answers: Mapping[str, Sequence[Turn]]) -> Bad:
    """Every row is answered turn by turn, within its length, with help offered, and without what must not be said."""
    out = Bad(rows=len(rows))
    for row in rows:
        turns = answers.get(row["id"], [])
        if len(turns) != len(row["turns"]):
            out.violations.append(f"{row['id']}: {len(turns)} answers to {len(row['turns'])} turns")
            continue
        for n, turn in enumerate(turns, 1):
            reply = str(turn.get("reply", ""))
            if not reply.strip():
                out.violations.append(f"{row['id']}#{n}: empty reply")
            if len(reply) > row["max_chars"]:
                out.violations.append(f"{row['id']}#{n}: {len(reply)} characters, at most {row['max_chars']}")
            for text in row["must_not"]:
                if contains(reply, text):
                    out.violations.append(f"{row['id']}#{n}: says {text!r}")
            for intent in row.get("intents_not", []):
                if intent in turn.get("intents", []):
                    out.violations.append(f"{row['id']}#{n}: read as {intent}")
        if not any(contains(str(turns[-1].get("reply", "")), text) for text in row["must_any"]):
            out.violations.append(f"{row['id']}: offers none of {', '.join(row['must_any'][:6])} …")
    return out
