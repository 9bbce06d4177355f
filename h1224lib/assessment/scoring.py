"""Scoring: every component of every area's points, and the totals that they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.assessment.basis import list_basis
from h1224lib.assessment.components import (
    NOT_GIVEN,
    Component,
    Total,
    add_up,
    rank_totals,
    round_components,
    score_cells,
    take_daily,
    weigh_industries,
)
from h1224lib.assessment.handed_in import Given
from h1224lib.assessment.rules import Rule, read_rule
from h1224lib.assessment.sheet import Sheet, fill_sheet
from h1224lib.assessment.submissions import read_submissions
from h1224lib.assessment.treatments import Treatment, read_treatment
from h1224lib.findings import Finding
from h1224lib.plan.model import Plan
from h1224lib.progress import State
from h1224lib.provenance import list_marks
from h1224lib.synthetic import say_mark

COMPONENTS = [
    "area", "item", "industry", "weight_pct", "target", "actual", "completion", "score",
    "available", "got", "unscored", "working",
]  # fmt: skip
TABLE = [
    "area", "points", "rank", "available", "departments", "daily", "not_applicable", "missing",
    "unranked", "computed",
]  # fmt: skip
AMOUNTS = ("target", "actual", "score", "available", "got")
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

    @property
    def basis(self) -> pd.DataFrame:
        """What the rule, the treatment and daily formulas do, and where each is from.

        The columns of `list_basis`; no rows where the plan has no assessment.
        """
        return list_basis(self.sheet, [self.rule], [self.treatment])

    def audit(self, area: str | None = None) -> pd.DataFrame:
        """Return the components of one area with their sum below, to be added by hand.

        Parameters
        ----------
        area : str, optional
            By default the first of the table.

        Returns
        -------
        DataFrame
            The columns of `components`, in hundredths that add up; daily work of which nothing was
            handed in has no rows, and the last row is the plan's item for the whole. No rows for
            an area that is not assessed.
        """
        chosen = area or (str(self.table["area"].iloc[0]) if len(self.table) else "")
        parts = self.printed_components
        rows = parts[(parts["area"] == chosen) & (parts["unscored"] != NOT_GIVEN)]
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
    daily_rule: str | Path | Mapping[str, Any] | None = None,
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
    daily_rule : str, Path or mapping, optional
        How records of daily work earn points, as `read_formulas` takes it; by default as
        ``rules.toml`` says.
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
        There is no such rule, treatment or period, or a rule cannot be used.
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
    handed_in = read_submissions(plan, marks, daily, daily_rule)
    sheet = fill_sheet(plan, state, str(year), policy, profile, handed_in)
    return score_sheet(sheet, chosen, treatment)


def score_sheet(sheet: Sheet, rule: Rule, treatment: Treatment) -> Scores:
    """Score a sheet that is filled in already, as `assess` does."""
    from h1224lib.assessment.telling import tell_scores

    scores = score_cells(sheet, rule)
    parts = [
        weigh_industries(sheet, at, scores[at], rule, treatment) + take_daily(sheet, area)
        for at, area in enumerate(sheet.areas)
    ]
    rounded = [round_components(own) for own in parts]
    totals, sums = (
        [add_up(area, own, treatment) for area, own in zip(sheet.areas, every, strict=True)]
        for every in (parts, rounded)
    )
    ranks = rank_totals(totals)
    frames = (
        _frame_totals(sheet, totals, ranks),
        _frame_parts(sheet, parts),
        _frame_totals(sheet, sums, ranks),
        _frame_parts(sheet, rounded),
    )
    made = Scores(sheet, rule, treatment, *frames)
    made.findings.extend(tell_scores(made))
    return made


def _frame_parts(sheet: Sheet, parts: list[list[Component]]) -> pd.DataFrame:
    """Return the components of all areas as a table."""
    rows = [
        {
            "area": area,
            **{name: getattr(part, name) for name in ("item", "industry", "working")},
            **{name: to_number(getattr(part, name)) for name in AMOUNTS},
            "weight_pct": None if part.weight is None else float(part.weight * 100),
            "completion": to_number(_complete(part)),
            "unscored": part.why,
        }
        for area, own in zip(sheet.areas, parts, strict=True)
        for part in own
    ]
    table = pd.DataFrame(rows, columns=COMPONENTS).assign(**list_marks(sheet.state.table))
    numbers = [*AMOUNTS, "weight_pct", "completion"]
    table[numbers] = table[numbers].astype("Float64")
    return table


def _complete(part: Component) -> Fraction | None:
    """Return the share of a target that was reached; of a target of 0 there is none."""
    return None if not part.target or part.actual is None else part.actual / part.target


def _frame_totals(sheet: Sheet, totals: list[Total], ranks: list[int | None]) -> pd.DataFrame:
    """Return the totals of all areas as a table, the best first, who has no rank last."""
    points = ["points", "available", "departments", "daily"]
    rows = [
        {
            **{name: getattr(total, name) for name in ("area", "not_applicable", "missing")},
            **{name: to_number(getattr(total, name)) for name in points},
            "unranked": total.why,
            "rank": rank,
        }
        for total, rank in zip(totals, ranks, strict=True)
    ]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0))
    table = pd.DataFrame(rows, columns=TABLE[:-1]).assign(
        computed=sheet.computed, **list_marks(sheet.state.table)
    )
    table[points] = table[points].astype("Float64")
    table["rank"] = table["rank"].astype("Int64")
    return table


def to_number(value: Fraction | None) -> float | None:
    """Return a fraction as a table holds it."""
    return None if value is None else float(value)
