"""Marginal value: what one further project is worth, by area and industry, under each rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.assessment.components import weigh_industries
from h1224lib.assessment.marking import score_industry
from h1224lib.assessment.rules import GIVEN, Rule, list_rules, name_apart, read_rule
from h1224lib.assessment.scoring import Asked, to_number
from h1224lib.assessment.sheet import Matrix, Sheet, fill_sheet
from h1224lib.assessment.treatments import Treatment, read_treatment
from h1224lib.plan.model import Plan
from h1224lib.progress import State
from h1224lib.provenance import list_marks

COLUMNS = ["area", "industry", "rule", "target", "actual", "first_project", "next_project"]


def value_projects(
    plan: Plan,
    state: State,
    year: int | str = 2023,
    not_applicable: str = "renormalise",
    *,
    rules: Iterable[Asked] | None = None,
    policy: Any = "even",
    profile: Any = "even",
) -> pd.DataFrame:
    """Return the points that one further project brings, by area and industry.

    Parameters
    ----------
    plan, state, year, not_applicable, policy, profile
        As `assess` takes them.
    rules : iterable, optional
        By default all that ship; ``given`` is left out, since marks have no formula.

    Returns
    -------
    DataFrame
        area, industry, rule, target and actual (in the measure's unit), first_project (points of
        the first project, where nobody has any yet), next_project (points of one more than the
        actual; <NA> where that is not known). Cells without a target are left out: more of them
        brings no points. Other areas stay as they are; under ``minmax`` they may lose by it.

    Raises
    ------
    UnknownNameError, ScheduleError
        As `assess` raises them.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan()
    >>> state = measure_progress(plan, read_actuals(None, plan), "2023-12-31", horizon="2023")
    >>> worth = value_projects(plan, state, rules=["capped"])
    >>> own = worth[worth["area"] == "wuxing"].set_index("industry")["first_project"]
    >>> float(own["logistics"]), float(own["tourism"])
    (6.75, 1.125)
    """
    sheet = fill_sheet(plan, state, str(year), policy, profile)
    names = [name for name in list_rules() if name != GIVEN]
    chosen = name_apart([read_rule(rule) for rule in (names if rules is None else rules)])
    # Marks have no formula: nobody can say what a project would bring.
    chosen = [rule for rule in chosen if rule.kind != GIVEN]
    treatment = read_treatment(not_applicable)
    rows = [
        row
        for rule in chosen
        for at in range(len(sheet.areas))
        for row in _value_area(sheet, rule, treatment, at)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    numbers = ["target", "actual", "first_project", "next_project"]
    table[numbers] = table[numbers].astype("Float64")
    return table.assign(**list_marks(sheet.state.table))


def _value_area(sheet: Sheet, rule: Rule, treatment: Treatment, at: int) -> list[dict[str, Any]]:
    """Return the rows of one area under one rule."""
    nothing: Matrix = tuple(tuple(Fraction(0) for _ in row) for row in sheet.actuals)
    start = replace(sheet, actuals=nothing)
    rows = []
    # What counts for points are the weights of the industries that apply.
    scores = [None if target is None else Fraction(0) for target in sheet.targets[at]]
    parts = weigh_industries(sheet, at, scores, rule, treatment)
    for i, industry in enumerate(sheet.items.industries):
        if sheet.targets[at][i] is None:
            continue
        worth = parts[i].available / 100
        first, further = (_gain(one, rule, at, i) for one in (start, sheet))
        rows.append(
            {
                "area": sheet.areas[at],
                "industry": industry,
                "rule": rule.name,
                "target": to_number(parts[i].target),
                "actual": to_number(parts[i].actual),
                "first_project": None if first is None else float(worth * first),
                "next_project": None if further is None else float(worth * further),
            }
        )
    return rows


def _gain(sheet: Sheet, rule: Rule, at: int, i: int) -> Fraction | None:
    """Return by how much one further project raises the score of one cell."""
    targets = [row[i] for row in sheet.targets]
    actuals = [row[i] for row in sheet.actuals]
    own = actuals[at]
    if own is None:
        return None
    raised = [*actuals[:at], own + 1, *actuals[at + 1 :]]
    none = [None] * len(targets)
    before = score_industry(rule, targets, actuals, none)[at]
    after = score_industry(rule, targets, raised, none)[at]
    return None if before is None or after is None else after - before
