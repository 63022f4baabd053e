"""A programme's record becomes an answer: what was asked first, then what people need next, never a figure that may not
be shown today (see `knowledge.records.Programme.shows`)."""

import re
from collections.abc import Callable
from datetime import date

from agents import messages as say
from agents.aspects import Aspect, asks_for_result
from agents.state import Citation, QuickReply
from core.clock import roc_date
from knowledge.records import Benefit, County, Programme, Unit
from knowledge.statements import statements_of

Relevance = Callable[[Programme, str], dict[str, float]]
"""(programme, question) -> statement -> standard deviations above the record's average (knowledge.statements)."""

_FALLBACK_PHONE = "1999"
_MAX_LINES = 6
_ON_POINT = 1.7  # from here a single statement is taken for what was asked


class ProgrammeAnswerer:
    """Words for programmes. Pure: the same question on the same day gives the same text."""

    def __init__(self, county: County, relevance: Relevance | None = None) -> None:
        """`relevance` scores a record's statements against a question; None = by shared words alone."""
        self.county = county
        self._relevance = relevance or _by_words
        self.townships = [township.name[:2] for township in county.townships.values()]

    def answer(self, programme: Programme, aspects: list[Aspect], question: str, today: date) -> str:
        """The reply text for one programme.

        `question` only chooses what comes first (胎次, 款別, 等級, the clause that is meant); `today` decides which
        figures hold. The first sentence meets the first aspect; with no aspect an overview is given.
        """
        scores = self._relevance(programme, question)
        return _Answer(self, programme, aspects, question, today, scores).text()

    def citations(self, programme: Programme) -> list[Citation]:
        """The record's sources as citations: those with an official link first, laws with their articles, at most four."""
        as_of = programme.as_of.isoformat()
        out: list[Citation] = []
        for law in programme.law:
            if law.url:
                articles = "、".join(law.articles[:6])
                title = f"{law.law}第{articles}條" if articles else law.law
                out.append(Citation(id=programme.id, title=title, url=law.url, as_of=as_of))
        seen = {c.url for c in out}
        for source in sorted(programme.sources, key=lambda s: s.url is None):
            if source.url and source.url in seen:
                continue
            out.append(Citation(id=programme.id, title=source.title, url=source.url, as_of=source.date or as_of))
            seen.add(source.url)
        return out[:4] or [Citation(id=programme.id, title=programme.name, url=None, as_of=as_of)]

    def buttons(self, programme: Programme, asked: list[Aspect]) -> list[QuickReply]:
        """Next questions that the record can answer and that were not asked, then a person."""
        can = {
            "amount": bool(programme.benefits),
            "who": bool(programme.who),
            "documents": bool(programme.apply.documents),
            "where": bool(programme.apply.where),
            "deadline": bool(programme.apply.deadline),
        }
        out = [
            QuickReply(label=label, text=text.format(name=self.short_name(programme)))
            for key, (label, text) in say.ASPECT_BUTTONS.items()
            if can[key] and Aspect(key) not in asked
        ]
        return [*out[:3], QuickReply(label=say.HUMAN_BUTTON[0], text=say.HUMAN_BUTTON[1])]

    def short_name(self, programme: Programme) -> str:
        """The name without its explanations in brackets."""
        return re.sub(r"[（(].*?[）)]", "", programme.name).strip() or programme.name

    def unit(self, programme: Programme) -> Unit:
        """The unit in charge at the county."""
        return self.county.units[programme.unit]

    def unit_name(self, programme: Programme) -> str:
        """Whom to ask, as shown to people."""
        return programme.contact.name if programme.contact else self.unit(programme).name

    def phone(self, programme: Programme) -> str:
        """The number to call: the programme's own, the unit's, or the county's hotline."""
        if programme.contact and programme.contact.phone:
            return programme.contact.phone
        return self.unit(programme).phone or _FALLBACK_PHONE


class _Answer:
    """One answer in the making."""

    def __init__(
        self,
        house: ProgrammeAnswerer,
        programme: Programme,
        aspects: list[Aspect],
        question: str,
        today: date,
        scores: dict[str, float],
    ) -> None:
        self._house, self._p = house, programme
        self._aspects, self._question, self._today, self._scores = aspects, question, today, dict(scores)
        self._name = house.short_name(programme)
        self._unit = house.unit_name(programme)
        self._benefits = of_township(programme.benefits, question, house.townships)
        others = [b for b in programme.benefits if b not in self._benefits]
        self._of_others = bool(
            others
        )  # then 「多少」 is answered with what is known of the own township, if only "unknown"
        for benefit in others:
            self._scores.pop(f"{benefit.label} {benefit.condition or ''}".strip(), None)
        shown = [b for b in self._benefits if programme.shows(b, today)]
        self._shown = sorted(shown, key=lambda b: -self._fit(b))

    def text(self) -> str:
        """All blocks, in the order in which they are read."""
        p = self._p
        blocks = list(dict.fromkeys(b for b in map(self._block, self._aspects[:3]) if b))
        point = self._point("\n".join(blocks))
        if point:  # what the record says to the very question comes before what it does not say
            blocks = list(dict.fromkeys(b for a in self._aspects[:3] if self._knows(a) and (b := self._block(a))))
        if blocks:
            blocks[1:1] = [say.POINT.format(text=point)] if point else []
            blocks += self._supporting("\n".join(blocks))
        else:
            blocks = ([say.POINT_LEAD.format(name=self._name, text=point)] if point else []) + self._overview()
        if p.confidence == "low":
            blocks.append(say.LOW_CONFIDENCE.format(unit=self._unit))
        if p.pending_change and Aspect.CHANGE not in self._aspects and self._money_is_said():
            blocks.append(say.PENDING_NOTE.format(as_of=roc_date(p.pending_change.as_of)))
        if Aspect.CONTACT not in self._aspects:
            blocks.append(say.CONTACT_LINE.format(unit=self._unit, phone=self._house.phone(p)))
        blocks.append(say.AS_OF.format(date=roc_date(p.as_of)))
        return "\n".join(blocks)

    # -- what was asked ------------------------------------------------------------------------------------------------

    def _block(self, aspect: Aspect) -> str:
        p, name, unit = self._p, self._name, self._unit
        match aspect:
            case Aspect.AMOUNT:
                return self._amount()
            case Aspect.WHO:
                if not p.who:
                    return say.WHO_UNKNOWN.format(name=name, unit=unit)
                lines = [say.WHO_LEAD.format(name=name), *_bullets(self._ranked(p.who), 8)]
                if p.not_for:
                    lines += [say.NOT_FOR_LEAD, *_bullets(self._ranked(p.not_for), 3)]
                return "\n".join(lines)
            case Aspect.REFUSED:
                reasons = self._ranked([*p.not_for, *p.who])
                lines = [say.REFUSED_LEAD.format(name=name), *_bullets(reasons, 7)]
                return "\n".join([*lines, say.REFUSED_NEXT.format(unit=unit)])
            case Aspect.TOGETHER:
                return self._together()
            case Aspect.DURATION:
                if not p.duration:
                    return say.DURATION_UNKNOWN.format(name=name, unit=unit)
                return say.DURATION_LEAD.format(name=name, text=_trim(p.duration))
            case Aspect.DEADLINE:
                return self._deadline()
            case Aspect.DOCUMENTS:
                if not p.apply.documents:
                    return say.DOCUMENTS_UNKNOWN.format(name=name, unit=unit)
                return say.DOCUMENTS_LEAD.format(name=name) + "、".join(map(_trim, p.apply.documents)) + "。"
            case Aspect.WHERE:
                if not p.apply.where:
                    return say.WHERE_UNKNOWN.format(name=name, unit=unit)
                return say.WHERE_LEAD.format(name=name, places=_listed(p.apply.where))
            case Aspect.HOW:
                return self._how()
            case Aspect.CONTACT:
                line = say.CONTACT_LEAD.format(name=name, unit=unit, phone=self._house.phone(p))
                return line + ("\n" + say.OVERVIEW_WHERE.format(text=_listed(p.apply.where)) if p.apply.where else "")
            case Aspect.CHANGE:
                return self._change()
        raise AssertionError(aspect)

    def _knows(self, aspect: Aspect) -> bool:
        """Whether the record says anything to this aspect."""
        p = self._p
        known = {
            Aspect.AMOUNT: self._shown or self._of_others,
            Aspect.WHO: p.who,
            Aspect.TOGETHER: p.exclusive_with or p.together,
            Aspect.DURATION: p.duration,
            Aspect.DEADLINE: p.apply.deadline or p.apply.processing,
            Aspect.DOCUMENTS: p.apply.documents,
            Aspect.WHERE: p.apply.where,
        }
        return bool(known.get(aspect, True))

    def _amount(self) -> str:
        words = [w for b in self._benefits if (w := self._in_words(b))]
        if not self._shown:
            first = say.AMOUNT_UNKNOWN.format(name=self._name, unit=self._unit)
            return "\n".join([first, *_bullets(words, 4)])
        if len(self._shown) == 1 and not words:
            return say.AMOUNT_LEAD.format(name=self._name, lines=benefit_line(self._shown[0]))
        lines = [benefit_line(b) for b in self._shown[:_MAX_LINES]]
        out = [say.AMOUNT_LEAD_MANY.format(name=self._name), *_bullets([*lines, *words[:4]], _MAX_LINES + 4)]
        if len(self._shown) > _MAX_LINES:
            out.append(say.MORE_BENEFITS.format(count=len(self._shown) - _MAX_LINES))
        return "\n".join(out)

    def _together(self) -> str:
        p = self._p
        others = [self._house.short_name(self._house.county.programmes[i]) for i in p.exclusive_with]
        names = "、".join(dict.fromkeys(others))
        lines = [say.EXCLUSIVE.format(names=names)] if names else []
        if p.together:
            lines.append(_trim(p.together) + "。")
        if not lines:
            return say.TOGETHER_UNKNOWN.format(name=self._name, unit=self._unit)
        return say.TOGETHER_LEAD.format(name=self._name) + "".join(lines)

    def _deadline(self) -> str:
        apply = self._p.apply
        line = (
            say.DEADLINE_LEAD.format(name=self._name, text=_trim(apply.deadline))
            if apply.deadline
            else say.DEADLINE_UNKNOWN.format(name=self._name, unit=self._unit)
        )
        if not apply.processing:
            return line
        processing = say.PROCESSING.format(name=self._name, text=_trim(apply.processing))
        return f"{processing}\n{line}" if asks_for_result(self._question) else f"{line}\n{processing}"

    def _how(self) -> str:
        apply = self._p.apply
        steps = [_trim(s) for s in apply.steps]
        if apply.where:
            steps.append(say.OVERVIEW_WHERE.format(text=_listed(apply.where)))
        if apply.documents:
            steps.append(say.OVERVIEW_DOCUMENTS.format(text="、".join(map(_trim, apply.documents))))
        if apply.deadline:
            steps.append(say.OVERVIEW_DEADLINE.format(text=_trim(apply.deadline)))
        if not steps:
            return say.WHERE_UNKNOWN.format(name=self._name, unit=self._unit)
        lead = say.HOW_LEAD.format(name=self._name)
        return "\n".join([lead, *(f"{i}. {s}" for i, s in enumerate(steps, 1))])

    def _change(self) -> str:
        if not self._p.pending_change:
            return say.CHANGE_NONE.format(name=self._name)
        lines = [benefit_line(b) for b in self._shown]
        lead = say.CHANGE_LEAD.format(name=self._name)
        return "\n".join([lead, *_bullets(lines, _MAX_LINES), _trim(self._p.pending_change.summary) + "。"])

    # -- what people need next -----------------------------------------------------------------------------------------

    def _overview(self) -> list[str]:
        p = self._p
        lines = [_trim(p.summary) + "。"]
        if self._shown:
            lines.append(say.OVERVIEW_AMOUNT.format(text=_listed([benefit_line(b) for b in self._shown[:3]])))
        if p.who:
            lines.append(say.OVERVIEW_WHO.format(text=_listed(self._ranked(p.who)[:4])))
        if p.apply.where:
            lines.append(say.OVERVIEW_WHERE.format(text=_listed(p.apply.where[:3])))
        if p.apply.deadline:
            lines.append(say.OVERVIEW_DEADLINE.format(text=_trim(p.apply.deadline)))
        return lines

    def _supporting(self, said: str) -> list[str]:
        """One or two lines that people ask next, so that they need not: what it gives, where it is done."""
        out: list[str] = []
        if self._shown and not self._money_is_said():
            out.append(say.OVERVIEW_AMOUNT.format(text=_listed([benefit_line(b) for b in self._shown[:2]])))
        where = self._p.apply.where[:2]
        if where and not {Aspect.WHERE, Aspect.HOW, Aspect.CONTACT} & set(self._aspects) and where[0] not in said:
            out.append(say.OVERVIEW_WHERE.format(text=_listed(where)))
        return out

    def _point(self, said: str) -> str:
        """The one statement that the question is most plainly about, unless it is said already."""
        if not self._scores:
            return ""
        best = max(self._scores, key=lambda statement: self._scores[statement])
        if self._scores[best] < _ON_POINT:
            return ""
        benefits = {f"{b.label} {b.condition or ''}".strip(): b for b in self._benefits}
        if best in benefits:
            benefit = benefits[best]
            line = benefit_line(benefit) if self._p.shows(benefit, self._today) else self._in_words(benefit)
        else:
            line = _trim(best)
        return "" if line in said else line

    def _in_words(self, benefit: Benefit) -> str:
        """A benefit without a figure of its own, told by its condition (or by a label that says enough)."""
        if (
            benefit.amount is not None
            or benefit.status != "in_force"
            or "low" in (benefit.confidence, self._p.confidence)
        ):
            return ""
        if benefit.condition:
            return f"{benefit.label}：{_trim(benefit.condition)}"
        return benefit.label if len(benefit.label) >= _TELLING else ""

    def _ranked(self, lines: list[str]) -> list[str]:
        return sorted(lines, key=lambda line: -self._scores.get(line, 0.0))

    def _fit(self, benefit: Benefit) -> float:
        label = f"{benefit.label} {benefit.condition or ''}".strip()
        return self._scores.get(label, 0.0) + 3 * same_place(benefit, self._question)

    def _money_is_said(self) -> bool:
        return not self._aspects or bool({Aspect.AMOUNT, Aspect.CHANGE} & set(self._aspects))


# -- words ---------------------------------------------------------------------------------------------------------------

_TELLING = 8  # characters from which a label by itself says what is given


def benefit_line(benefit: Benefit) -> str:
    """One benefit in words, its amount with unit and period, its condition and the year it holds for."""
    amount = benefit.amount
    if amount is None:
        raise ValueError(f"{benefit.label}: a benefit without an amount has no line")
    number = f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,}"
    match benefit.value:
        case "ntd":
            figure = f"{_per(benefit)} {number} 元"
        case "percent":
            figure = f" {number}%"
        case "points":
            figure = f"{_per(benefit, with_unit=False)} {number} 點"
        case "count":
            figure = f"{_per(benefit, with_unit=False)} {number} {benefit.unit or '次'}"
        case "multiple":
            figure = f" {number} 倍"
    tail = f"（{_trim(benefit.condition)}）" if benefit.condition else ""
    when = say.HOLDS_FOR.format(when=benefit.holds_for) if benefit.holds_for else ""
    return f"{benefit.label}{figure}{tail}{when}"


def _per(benefit: Benefit, *, with_unit: bool = True) -> str:
    unit = benefit.unit if with_unit else None
    words = f"每{unit}" if unit and len(unit) <= 4 else ""
    period = benefit.period or ""
    if period in ("月", "年", "日", "學期", "趟", "件", "次") and period != unit:
        words += f"每{period}"
    elif period in ("一次", "3年", "3年一次"):
        words += {"一次": "一次發給", "3年": "每3年", "3年一次": "每3年一次"}[period]
    elif period and period not in (unit, "胎"):
        words += f"每{period}"
    return words


def _trim(text: str) -> str:
    return text.strip().rstrip("。；;，, ")


def _listed(lines: list[str]) -> str:
    return "；".join(map(_trim, lines))


def _bullets(lines: list[str], most: int) -> list[str]:
    return [f"・{_trim(line)}" for line in lines[:most]]


_NUMERAL = str.maketrans("一二三四五六七八九", "123456789")
_PLACE = re.compile(r"(?<!\d)(\d)(?=[胎級款名個類群區])")


def of_township(benefits: list[Benefit], question: str, townships: list[str]) -> list[Benefit]:
    """Without what another township gives, when the question names one: 橫山 must not be told the figures of 竹東.

    A benefit for a group of townships (竹北、竹東等) holds for one that no benefit names by itself.
    """
    asked = [name for name in townships if name in question]
    if not asked:
        return benefits

    def named(benefit: Benefit) -> list[str]:
        words = f"{benefit.label}{benefit.condition or ''}"
        return [name for name in townships if name in words]

    own = any(name in asked for benefit in benefits for name in named(benefit))

    def holds(benefit: Benefit) -> bool:
        names = named(benefit)
        return not names or any(name in asked for name in names) or ("等" in benefit.label and not own)

    return [benefit for benefit in benefits if holds(benefit)]


def same_place(benefit: Benefit, question: str) -> bool:
    """Whether the benefit carries the very 胎, 級, 款 … that the question names (第二胎 = 第2名子女)."""
    asked = set(_PLACE.findall(question.translate(_NUMERAL)))
    label = f"{benefit.label}{benefit.condition or ''}".translate(_NUMERAL)
    ranges = {str(n) for a, b in re.findall(r"(\d)[–\-到至](\d)級", label) for n in range(int(a), int(b) + 1)}
    return bool(asked & (set(_PLACE.findall(label)) | ranges))


def _by_words(programme: Programme, question: str) -> dict[str, float]:
    """Relevance without a model: how many pairs of characters a statement shares with the question."""
    asked = {question[i : i + 2] for i in range(len(question) - 1)}
    return {
        text: 0.45 * min(sum(text[i : i + 2] in asked for i in range(len(text) - 1)), 4)
        for text in statements_of(programme)
    }
