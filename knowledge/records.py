"""The shape of what the county knows, and the one loader. Every record is dated, sourced and says how sure it is."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

ROOT = Path(__file__).parent
Confidence = Literal["high", "medium", "low"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """Where a fact was read. `url` is an official or press link or None; `ref` names an article without a link."""

    title: str
    url: str | None = None
    kind: Literal["law", "gov", "news", "plan", "general"]
    date: str | None = None
    ref: str | None = None


class LawRef(_Record):
    """A law and its articles; the text itself is never stored, replies cite article and official link."""

    law: str
    articles: list[str] = Field(default_factory=list)
    url: str | None = None


class Benefit(_Record):
    """One thing a programme gives.

    `amount` is None when no figure was found: it is then never shown, and never 0. `value` tells what the number is:
    ntd (NT$), percent (of the base that `label` names), count, points, multiple. A figure is shown as current only
    when `status` is in_force, `confidence` is not low and the day lies in valid_from..valid_to.
    """

    label: str
    amount: float | int | None = None
    value: Literal["ntd", "percent", "count", "points", "multiple"] = "ntd"
    unit: str | None = None  # per what: 人, 戶, 胎, 趟 ...
    period: str | None = None  # 月, 年, 次 ...
    status: Literal["in_force", "reported", "approved_not_in_force", "repealed"] = "in_force"
    holds_for: str | None = None  # the year or date the figure was confirmed for, as people read it (115年)
    valid_from: date | None = None
    valid_to: date | None = None
    condition: str | None = None
    confidence: Confidence

    def shown_on(self, day: date) -> bool:
        """Whether the figure may be stated as current on `day`."""
        return (
            self.amount is not None
            and self.status == "in_force"
            and self.confidence != "low"
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


class PendingChange(_Record):
    """A change that is approved or announced but not in force. Its figures are kept out of every reply."""

    summary: str  # words without the new figures
    as_of: date
    planned: dict[str, float | int | str] = Field(default_factory=dict)  # for the day it comes into force


class Contact(_Record):
    """Whom to ask. `phone` None: fall back to the unit's own phone, then the county's hotline."""

    name: str
    phone: str | None = None


class Application(_Record):
    """How to get it. Lists are short clauses for people; empty = not found (say so and name the unit)."""

    where: list[str] = Field(default_factory=list)
    documents: list[str] = Field(default_factory=list)
    steps: list[str] = Field(default_factory=list)
    deadline: str | None = None  # in words: 隨時, 每年4月1日至9月30日 ...
    window: tuple[str, str] | None = None  # yearly application window, MM-DD to MM-DD, when there is one
    processing: str | None = None  # how long it takes, when known


class Programme(_Record):
    """A welfare programme."""

    id: str
    name: str
    aliases: list[str] = Field(default_factory=list)
    theme: str  # 社會救助, 老人福利 ...
    level: Literal["central", "county", "central_county", "township"]
    summary: str  # one plain sentence: who gets what
    who: list[str]  # conditions in words, one clause each
    not_for: list[str] = Field(default_factory=list)  # who does not get it, and usual reasons for a refusal
    benefits: list[Benefit] = Field(default_factory=list)
    pending_change: PendingChange | None = None
    apply: Application
    exclusive_with: list[str] = Field(default_factory=list)  # programme ids that cannot be drawn together
    together: str | None = None  # in words, when known: what may be drawn together or not
    duration: str | None = None  # how long it is paid or valid, when known
    notes: list[str] = Field(default_factory=list)  # what people mix up, one sentence each
    unit: str  # id in knowledge/units
    contact: Contact | None = None
    law: list[LawRef] = Field(default_factory=list)
    sources: list[Source]
    confidence: Confidence
    matching: bool  # may decide eligibility; False = only point to the unit
    as_of: date  # the day the record was checked
    ask: list[str] = Field(default_factory=list)  # how people ask for it, for retrieval; never shown
    is_status: bool = (
        False  # a recognised status: people also name it to say who they are when they ask for something else
    )

    def shows(self, benefit: Benefit, day: date) -> bool:
        """Whether `benefit` may be stated on `day`: a programme of low confidence only points to its unit."""
        return self.confidence != "low" and benefit.shown_on(day)

    @model_validator(mode="after")
    def _low_confidence_never_decides(self) -> "Programme":
        if self.confidence == "low" and self.matching:
            raise ValueError(f"{self.id}: a low-confidence programme must not decide eligibility")
        return self


class Unit(_Record):
    """An office of the county. `duties` are the words by which work finds it."""

    id: str
    name: str
    kind: str
    sections: list[str] = Field(default_factory=list)
    duties: list[str] = Field(default_factory=list)
    not_for: list[str] = Field(default_factory=list)  # work people think it does, and who does it
    phone: str | None = None
    address: str | None = None
    confidence: Confidence
    notes: str | None = None
    as_of: date
    ask: list[str] = Field(default_factory=list)


class Hotline(_Record):
    """A number to call. `when`: what it is for, as shown to people."""

    id: str
    number: str
    name: str
    when: str
    hours: str | None = None
    source: str
    confidence: Confidence = "high"


class Threshold(_Record):
    """A dated figure that rules refer to (最低生活費 ...)."""

    id: str
    name: str
    amount: float | int | None
    unit: str
    valid_from: date
    valid_to: date | None = None
    source: str
    confidence: Confidence


class Elsewhere(_Record):
    """What people ask for as if it were welfare, and no programme answers. `unit`: whom to ask first; None = 1999."""

    id: str
    name: str
    ask: list[str]
    unit: str | None = None


class Township(_Record):
    """One of the 13 townships, with the long-term-care transport zone."""

    code: str
    name: str
    zip: str
    lat: float
    lng: float
    ltc_zone: int
    indigenous: Literal["none", "plain", "mountain"] = "none"
    unit: str
    confidence: Confidence = "high"


class Place(_Record):
    """A named place that people travel to (hospitals first). Coordinates are approximate: never for navigation."""

    id: str
    name: str
    aliases: list[str] = Field(default_factory=list)
    kind: str
    area: str  # county and township
    address: str | None = None
    phone: str | None = None
    lat: float | None = None
    lng: float | None = None
    confidence: Confidence


class County(_Record):
    """Everything, by id."""

    programmes: dict[str, Programme]
    units: dict[str, Unit]
    hotlines: dict[str, Hotline]
    elsewhere: dict[str, Elsewhere] = {}
    thresholds: dict[str, Threshold]
    townships: dict[str, Township]
    places: dict[str, Place]


def _read(folder: Path, pattern: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for path in sorted(folder.glob(pattern)):
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
        except yaml.YAMLError as error:
            raise ValueError(f"{path.name} is not valid YAML: {error}") from error
        rows += content if isinstance(content, list) else [content]
    return rows


def load_county(root: Path = ROOT) -> County:
    """Read and check all records below `root`. Raises ValueError (pydantic or YAML) that names the record."""

    def by_id(rows: list[dict[str, object]], key: str = "id") -> dict[str, dict[str, object]]:
        out: dict[str, dict[str, object]] = {}
        for row in rows:
            name = str(row[key])
            if name in out:
                raise ValueError(f"{name} stands twice")
            out[name] = row
        return out

    county = County.model_validate(
        {
            "programmes": by_id(_read(root / "programmes", "*.yaml")),
            "units": by_id(_read(root / "units", "units*.yaml")),
            "hotlines": by_id(_read(root / "units", "hotlines.yaml")),
            "elsewhere": by_id(_read(root / "units", "elsewhere.yaml")),
            "thresholds": by_id(_read(root / "rules", "thresholds.yaml")),
            "townships": by_id(_read(root / "units", "townships.yaml"), "code"),
            "places": by_id(_read(root / "units", "places.yaml")),
        }
    )
    both = (set(county.programmes) & set(county.units)) | (set(county.hotlines) & {*county.programmes, *county.units})
    if both:
        raise ValueError(f"one id for records of two kinds: {sorted(both)}")
    for known in county.elsewhere.values():
        if known.unit is not None and known.unit not in county.units:
            raise ValueError(f"{known.id}: unknown unit {known.unit}")
    for programme in county.programmes.values():
        if programme.unit not in county.units:
            raise ValueError(f"{programme.id}: unknown unit {programme.unit}")
        for other in programme.exclusive_with:
            if other not in county.programmes:
                raise ValueError(f"{programme.id}: unknown programme {other} in exclusive_with")
    return county


@lru_cache(maxsize=1)
def get_county() -> County:
    """The county's records, read once a process."""
    return load_county()
