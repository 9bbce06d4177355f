"""Components: what each area's points consist of, as exact fractions, and their sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from h1224lib.assessment.marking import score_industry
from h1224lib.assessment.printing import round_parts, show_working
from h1224lib.assessment.rules import FULL, GIVEN, Rule, Score
from h1224lib.assessment.sheet import MISSING, ZERO_TARGET, Sheet
from h1224lib.assessment.treatments import Treatment

NOT_GIVEN, LEFT_OUT, NOT_APPLICABLE = "not_given", "left_out", "not_applicable"


@dataclass(frozen=True)
class Component:
    """One item of one area.

    Attributes
    ----------
    item, industry : str
        Its code in the plan's assessment, and the industry; ``all`` for daily work.
    weight : Fraction or None
        A share of the departments' part.
    target, actual : Fraction or None
        In the measure's unit.
    score : Fraction or None
        0 to 100 (or more, where a rule rewards a surplus).
    available, got : Fraction, Fraction or None
        Points; None where nothing is counted.
    why : str
        Why there is no score: ``not_applicable``, ``zero_target``, ``missing``, ``not_given``;
        else ``""``.
    working : str
        The score's arithmetic; of daily work, that of its points.
    """

    item: str
    industry: str
    weight: Score
    target: Score
    actual: Score
    score: Score
    available: Fraction
    got: Score
    why: str
    working: str

    @property
    def daily(self) -> bool:
        """Whether it is daily work."""
        return self.industry == "all"

    @property
    def absent(self) -> bool:
        """Whether there is no target to score."""
        return not self.daily and self.why not in ("", MISSING)


@dataclass(frozen=True)
class Total:
    """The sums of one area: points None where a component is missing, and why it has no rank."""

    area: str
    points: Score
    departments: Score
    daily: Score
    available: Fraction
    not_applicable: int
    missing: int
    why: str


def score_cells(sheet: Sheet, rule: Rule) -> list[list[Score]]:
    """Score every area (rows) in every industry (columns); None where there is nothing to score."""
    marks = sheet.handed_in.marks
    columns = [
        score_industry(
            rule,
            [row[at] for row in sheet.targets],
            [row[at] for row in sheet.actuals],
            [marks.get((area, industry)) for area in sheet.areas],
        )
        for at, industry in enumerate(sheet.items.industries)
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def explain_cell(sheet: Sheet, rule: Rule, area: int, industry: int, score: Score) -> str:
    """Return why there is no score: what a department marks applies, whatever the target."""
    if score is not None:
        return ""
    why = sheet.why[area][industry]
    return MISSING if rule.kind == GIVEN and not why else why


def weigh_industries(
    sheet: Sheet, at: int, scores: list[Score], rule: Rule, treatment: Treatment
) -> list[Component]:
    """Return the components of one area's industries, with points available and got."""
    items = sheet.items
    why = [explain_cell(sheet, rule, at, i, s) for i, s in enumerate(scores)]
    absent = [reason not in ("", MISSING) for reason in why]
    held = sum((w for w, gone in zip(items.weights, absent, strict=True) if not gone), Fraction(0))
    parts = []
    for i, (item, industry, weight) in enumerate(items.weighted):
        score = treatment.score if absent[i] else scores[i]
        share = weight / held if treatment.reweigh and held else weight
        if absent[i] and score is None:
            share = Fraction(0)
        available = items.points * share
        got = None if score is None else available * score / FULL
        targets, actuals = ([row[i] for row in own] for own in (sheet.targets, sheet.actuals))
        target = Fraction(0) if sheet.why[at][i] == ZERO_TARGET else targets[at]
        working = show_working(rule, targets, actuals, at, scores[i])
        part = (item, industry, weight, target, actuals[at], score, available, got, why[i], working)
        parts.append(Component(*part))
    return parts


def take_daily(sheet: Sheet, area: str) -> list[Component]:
    """Return the components of daily work; without any submission, they are not assessed."""
    parts, daily = [], sheet.handed_in.daily
    for item, full in sheet.items.daily:
        earned = daily.get((area, item))
        points, working = earned or (None, "")
        why = NOT_GIVEN if not daily else MISSING if points is None else ""
        score = None if points is None else FULL * points / full
        available = full if daily else Fraction(0)
        own = (item, "all", None, None, None, score, available, points, why, working)
        parts.append(Component(*own))
    return parts


def add_up(area: str, parts: list[Component], treatment: Treatment) -> Total:
    """Return the sums of one area's components, still exact."""
    own = [part for part in parts if not part.daily]
    absent = [part for part in own if part.absent]
    missing = sum(part.why == MISSING for part in parts)
    why = MISSING if missing else ""
    if absent and not why:
        why = LEFT_OUT if not treatment.ranked else ""
        if len(absent) == len(own) and treatment.reweigh:
            why = NOT_APPLICABLE
    return Total(
        area=area,
        points=_sum(parts),
        departments=_sum(own),
        daily=_sum([part for part in parts if part.daily]),
        available=sum((part.available for part in parts), Fraction(0)),
        not_applicable=len(absent),
        missing=missing,
        why=why,
    )


def _sum(parts: list[Component]) -> Score:
    """Add points up: what is not counted has none, what is missing leaves the sum unknown."""
    got = [part.got for part in parts if part.got is not None or part.why == MISSING]
    known = [points for points in got if points is not None]
    return sum(known, Fraction(0)) if got and len(known) == len(got) else None


def round_components(parts: list[Component]) -> list[Component]:
    """Round what is available and got to hundredths that add up."""
    available = round_parts([part.available for part in parts])
    got = round_parts([part.got for part in parts])
    return [
        replace(part, available=a or Fraction(0), got=g)
        for part, a, g in zip(parts, available, got, strict=True)
    ]


def rank_totals(totals: list[Total]) -> list[int | None]:
    """Rank areas by their exact points; ties share the best place."""
    ranked = sorted((t.points for t in totals if not t.why and t.points is not None), reverse=True)
    first = {points: at for at, points in reversed(list(enumerate(ranked, start=1)))}
    return [None if t.why or t.points is None else first[t.points] for t in totals]
