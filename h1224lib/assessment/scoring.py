"""Scoring: every component of every area's points, and the totals that they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.assessment.printing import round_parts, show_working
from h1224lib.assessment.rules import (
    FULL,
    GIVEN,
    Rule,
    Treatment,
    read_rule,
    read_treatment,
    score_industry,
)
from h1224lib.assessment.sheet import MISSING, ZERO_TARGET, Sheet, fill_sheet
from h1224lib.assessment.submissions import Given, Key, read_daily, read_marks
from h1224lib.findings import Finding
from h1224lib.plan.model import Plan
from h1224lib.progress import State
from h1224lib.provenance import list_marks
from h1224lib.synthetic import say_mark

NOT_GIVEN, LEFT_OUT = "not_given", "left_out"
COMPONENTS = [
    "area", "item", "industry", "weight_pct", "target", "actual", "completion", "score",
    "available", "got", "unscored", "working",
]  # fmt: skip
TABLE = [
    "area", "points", "rank", "available", "departments", "daily", "not_applicable", "missing",
    "unranked", "computed",
]  # fmt: skip
Asked = str | Path | Mapping[str, Any] | Rule


@dataclass(frozen=True, eq=False)
class Scores:
    """The assessment of a period under one reading.

    Attributes
    ----------
    sheet : Sheet
        Targets and actuals; `sheet.areas` is empty where the plan has no assessment.
    rule : Rule
        How a completion became a score.
    treatment : Treatment
        What held without a target.
    table : DataFrame
        One row an area, the best first: points (the sum of its components; <NA> where one is
        missing), rank (by exact points, ties share the best place; <NA> for who is not ranked),
        available,
        departments, daily (points), not_applicable and missing (components), unranked (why it
        has no rank: ``missing``, ``left_out``, ``not_applicable``; else ``""``), computed
        (targets are phased, not printed), and data_kind, counting_rule where there are such.
    components : DataFrame
        One row an area and item, which add up to `table`: item (its code in the plan's
        assessment), industry, weight_pct, target and actual (in the measure's unit), completion
        (a share), score (0 to 100), available and got (points; got is <NA> where nothing is
        counted), unscored (why there is no score: ``not_applicable``, ``zero_target``,
        ``missing``, ``not_given``: daily work of which nothing was handed in), working (the
        score's arithmetic).
    printed, printed_components : DataFrame
        The same with points in hundredths, the components rounded so that they add up to the
        totals, as `round_parts` does: for whoever adds a page by hand.
    findings : list of Finding
        What a reader should know; the first is about the ranking.
    """

    sheet: Sheet
    rule: Rule
    treatment: Treatment
    table: pd.DataFrame
    components: pd.DataFrame
    printed: pd.DataFrame
    printed_components: pd.DataFrame
    findings: list[Finding] = field(default_factory=list)

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.sheet.plan

    @property
    def simulation(self) -> bool:
        """Whether the targets are computed: 模拟测算."""
        return self.sheet.computed

    @property
    def synthetic(self) -> bool:
        """Whether any result is made up."""
        return self.sheet.state.synthetic

    def mark(self, lang: str) -> str:
        """Return what pictures of made-up results say inside; nothing for real ones."""
        return say_mark(lang) if self.synthetic else ""

    def tell_worth(self, worth: pd.DataFrame) -> list[Finding]:
        """State how far a project's worth, from `value_projects`, differs between industries."""
        from h1224lib.assessment.telling import tell_worth

        return tell_worth(self, worth)

    def audit(self, area: str | None = None) -> pd.DataFrame:
        """Return the components of one area with their sum below, to be added by hand.

        Parameters
        ----------
        area : str, optional
            By default the first of the table.

        Returns
        -------
        DataFrame
            The columns of `components`, in hundredths that add up; the last row is the plan's item
            for the whole. No rows for an area that is not assessed.
        """
        chosen = area or (str(self.table["area"].iloc[0]) if len(self.table) else "")
        rows = self.printed_components[self.printed_components["area"] == chosen]
        if rows.empty:
            return rows
        own = self.printed[self.printed["area"] == chosen].iloc[0]
        roots = self.plan.assessment.loc[self.plan.assessment["parent"] == "", "item_id"]
        total = dict.fromkeys(COMPONENTS, pd.NA) | {
            "area": chosen,
            "item": str(roots.iloc[0]),
            "industry": "all",
            "available": own["available"],
            "got": own["points"],
            "unscored": own["unranked"],
        }
        below = pd.DataFrame([total | list_marks(rows)])[list(rows.columns)].astype(rows.dtypes)
        return pd.concat([rows, below], ignore_index=True)


def assess(
    plan: Plan,
    state: State,
    year: int | str = 2023,
    rule: Asked = "capped",
    not_applicable: str = "renormalise",
    daily: Given | None = None,
    *,
    marks: Given | None = None,
    policy: Any = "even",
    profile: Any = "even",
) -> Scores:
    """Give every assessed area its points, under one reading of the plan's assessment.

    The points of an industry are its score (0 to 100) x its weight x the points of the
    departments' part; daily work is added to them.

    Parameters
    ----------
    plan : Plan
        Gives items, weights and targets.
    state : State
        Gives the results.
    year : int or str
        What is assessed: a year, or any period within the plan. Where the plan prints no targets
        for it they are phased, and the result is a simulation (模拟测算).
    rule : str, Path or mapping
        How a completion becomes a score: a name in ``rules.toml``, or a rule of one's own, as
        `read_rule` takes it.
    not_applicable : str
        What holds in an industry without a target: ``renormalise``, ``zero``, ``full``,
        ``leave_out``.
    daily : DataFrame, str or Path, optional
        Points or records of daily work, as `read_daily` takes them; without any, points are out
        of the departments' part alone.
    marks : DataFrame, str or Path, optional
        The departments' marks, as `read_marks` takes them, for the rule ``given``.
    policy, profile
        How targets that are not printed are phased, as `phase_targets` takes them.

    Returns
    -------
    Scores
        `table`, `components`, `findings`. A plan without an assessment has empty tables, and a
        finding that says so.

    Raises
    ------
    UnknownNameError
        There is no such rule, treatment or period.
    ScheduleError
        The period has not begun, or the plan has no targets in it.
    ActualsError
        Marks or daily work cannot be read.

    Notes
    -----
    Not applicable, missing and zero are three things: an industry without a target follows
    `not_applicable`; a target without a comparable result leaves the total unknown; a result of
    0 scores 0. 湖政办发〔2023〕29号, annex 3.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), "2019-03-31")
    >>> assess(plan, state).findings[0].kind
    'assessment_none'
    """
    chosen, treatment = read_rule(rule), read_treatment(not_applicable)
    sheet = fill_sheet(plan, state, str(year), policy, profile)
    given = read_marks(marks, plan), read_daily(daily, plan)
    return score_sheet(sheet, chosen, treatment, *given)


def score_sheet(
    sheet: Sheet,
    rule: Rule,
    treatment: Treatment,
    marks: Mapping[Key, Fraction],
    daily: Mapping[Key, Fraction],
) -> Scores:
    """Score a sheet that is filled in already, as `assess` does."""
    from h1224lib.assessment.telling import tell_scores

    scores = score_cells(sheet, rule, marks)
    parts = [
        weigh_industries(sheet, at, scores[at], rule, treatment) + _take_daily(sheet, area, daily)
        for at, area in enumerate(sheet.areas)
    ]
    totals = [_add_up(area, own, treatment) for area, own in zip(sheet.areas, parts, strict=True)]
    ranks = _rank(totals)
    rounded = [_print_parts(own) for own in parts]
    sums = [_add_up(area, own, treatment) for area, own in zip(sheet.areas, rounded, strict=True)]
    frames = (
        _frame_totals(sheet, totals, ranks),
        _frame_parts(sheet, parts),
        _frame_totals(sheet, sums, ranks),
        _frame_parts(sheet, rounded),
    )
    made = Scores(sheet, rule, treatment, *frames)
    made.findings.extend(tell_scores(made, bool(marks)))
    return made


def _print_parts(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Round what is available and got to hundredths that add up."""
    columns = {name: round_parts([part[name] for part in parts]) for name in ("available", "got")}
    return [
        part | {name: column[at] for name, column in columns.items()}
        for at, part in enumerate(parts)
    ]


def _frame_parts(sheet: Sheet, parts: list[list[dict[str, Any]]]) -> pd.DataFrame:
    """Return the components of all areas as a table."""
    rows = [
        {
            "area": area,
            **part,
            "available": _number(part["available"]),
            "got": _number(part["got"]),
            "unscored": part["why"],
        }
        for area, own in zip(sheet.areas, parts, strict=True)
        for part in own
    ]
    table = pd.DataFrame(rows, columns=COMPONENTS).assign(**list_marks(sheet.state.table))
    numbers = ["weight_pct", "target", "actual", "completion", "score", "available", "got"]
    table[numbers] = table[numbers].astype("Float64")
    return table


def _frame_totals(
    sheet: Sheet, totals: list[dict[str, Any]], ranks: list[int | None]
) -> pd.DataFrame:
    """Return the totals of all areas as a table, the best first, who has no rank last."""
    points = ["points", "available", "departments", "daily"]
    rows = [
        row | {name: _number(row[name]) for name in points} | {"unranked": row["why"], "rank": rank}
        for row, rank in zip(totals, ranks, strict=True)
    ]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0))
    table = pd.DataFrame(rows, columns=TABLE[:-1]).assign(
        computed=sheet.computed, **list_marks(sheet.state.table)
    )
    table[points] = table[points].astype("Float64")
    table["rank"] = table["rank"].astype("Int64")
    return table


def score_cells(
    sheet: Sheet, rule: Rule, marks: Mapping[Key, Fraction]
) -> list[list[Fraction | None]]:
    """Score every area (rows) in every industry (columns); None where there is nothing to score."""
    columns = []
    for at, industry in enumerate(sheet.items.industries):
        columns.append(
            score_industry(
                rule,
                [row[at] for row in sheet.targets],
                [row[at] for row in sheet.actuals],
                [marks.get((area, industry)) for area in sheet.areas],
            )
        )
    return [list(row) for row in zip(*columns, strict=True)]


def explain_cell(sheet: Sheet, rule: Rule, area: int, industry: int, score: Fraction | None) -> str:
    """Return why there is no score: what a department marks applies, whatever the target."""
    if score is not None:
        return ""
    why = sheet.why[area][industry]
    return MISSING if rule.kind == GIVEN and not why else why


def weigh_industries(
    sheet: Sheet, at: int, scores: list[Fraction | None], rule: Rule, treatment: Treatment
) -> list[dict[str, Any]]:
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
        got = None if score is None else items.points * share * score / FULL
        target, actual = sheet.targets[at][i], sheet.actuals[at][i]
        zero = sheet.why[at][i] == ZERO_TARGET
        targets, actuals = ([row[i] for row in own] for own in (sheet.targets, sheet.actuals))
        parts.append(
            {
                "item": item,
                "industry": industry,
                "weight_pct": float(weight * 100),
                "target": 0.0 if zero else _number(target),
                "actual": _number(actual),
                "completion": None if target is None or actual is None else float(actual / target),
                "score": _number(score),
                "available": items.points * share,
                "got": got,
                "why": why[i],
                "working": show_working(rule, targets, actuals, at, scores[i]),
            }
        )
    return parts


def _take_daily(sheet: Sheet, area: str, daily: Mapping[Key, Fraction]) -> list[dict[str, Any]]:
    """Return the components of daily work; without any submission, they are not assessed."""
    parts = []
    for item, full in sheet.items.daily:
        got = daily.get((area, item))
        available = full if daily else Fraction(0)
        why = NOT_GIVEN if not daily else MISSING if got is None else ""
        parts.append(
            {
                "item": item,
                "industry": "all",
                "score": None if why or got is None else float(FULL * got / full),
                "available": available,
                "got": got,
                "why": why,
                "working": "",
            }
        )
    return parts


def _add_up(area: str, parts: list[dict[str, Any]], treatment: Treatment) -> dict[str, Any]:
    """Return the row of one area, its points still exact."""
    own = [part for part in parts if part["industry"] != "all"]
    absent = [part for part in own if part["why"] not in ("", MISSING)]
    sums = {}
    for name, chosen in (
        ("points", parts),
        ("departments", own),
        ("daily", [part for part in parts if part["industry"] == "all"]),
    ):
        # What is not counted has no points; what is missing leaves the sum unknown.
        counted = [p for p in chosen if p["got"] is not None or p["why"] == MISSING]
        got = [part["got"] for part in counted]
        sums[name] = None if None in got or not got else sum(got, Fraction(0))
    missing = sum(part["why"] == MISSING for part in parts)
    why = MISSING if missing else ""
    if absent and not why:
        why = LEFT_OUT if not treatment.ranked else ""
        if len(absent) == len(own) and treatment.reweigh:
            why = "not_applicable"
    return {
        "area": area,
        **sums,
        "available": sum((part["available"] for part in parts), Fraction(0)),
        "not_applicable": len(absent),
        "missing": missing,
        "why": why,
    }


def _rank(rows: list[dict[str, Any]]) -> list[int | None]:
    """Rank areas by their exact points."""
    ranked = sorted((row["points"] for row in rows if not row["why"]), reverse=True)
    first = {points: at for at, points in reversed(list(enumerate(ranked, start=1)))}
    return [None if row["why"] else first[row["points"]] for row in rows]


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
