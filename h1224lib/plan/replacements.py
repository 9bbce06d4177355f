"""A plan with other targets, for "what if": each changed figure says that it is changed."""

from __future__ import annotations

import dataclasses
import math
import numbers
from collections.abc import Mapping
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.errors import PlanError
from h1224lib.findings import Problem, problem
from h1224lib.plan.checks import check_amount
from h1224lib.plan.model import KEYS, REPLACED, Plan
from h1224lib.steps import LARGEST, narrow


def replace_figures(plan: Plan, changes: Mapping[tuple[str, ...], Any]) -> Plan:
    """Return a plan with other figures, as `Plan.replace` describes.

    What is not named stays: a printed total above a changed target holds as it is printed, and
    only what the plan does not print follows as a sum. `compare` names the totals that stayed.
    """
    problems = [p for cell, value in changes.items() for p in _check(plan, cell, value)]
    if problems:
        raise PlanError("bad_replacement", problems, count=len(problems))
    figures = plan.figures.copy()
    names = plan.cells[KEYS].itertuples(index=False, name=None)
    holding = dict(zip(names, plan.cells["figure_id"], strict=True))
    for cell, value in changes.items():
        known = holding.get(tuple(cell))
        if known is None:
            figures = pd.concat([figures, _invent(plan, cell)], ignore_index=True)
            known = figures["figure_id"].iloc[-1]
        row = figures.index[figures["figure_id"] == known]
        figures.loc[row, ["value", "value_max"]] = pd.NA
        if value is not None:
            figures.loc[row, "value"] = value
        figures.loc[row, "printed"] = "-" if value is None else wording.number(value)
        figures.loc[row, ["relation", "place"]] = ["=", REPLACED]
        # What was said of the printed number does not hold of this one.
        figures.loc[row, ["printed_unit", "note"]] = ""
    ends = {end: narrow(figures[end]) for end in ("value", "value_max")}
    return dataclasses.replace(plan, figures=figures.assign(**ends))


def _check(plan: Plan, cell: Any, value: Any) -> list[Problem]:
    """List what `plan check` would say of a cell and of its value."""
    if not isinstance(cell, tuple) or len(cell) != len(KEYS):
        return [problem("no_cell", "replace", found=cell, known=KEYS)]
    for dimension, code in zip(KEYS, cell, strict=True):
        plan.label(dimension, code, "en")
    name = ".".join(cell)
    if value is None:
        return []
    # True is a number to Python, and to nobody else.
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value):
        return [problem("not_number", "replace", None, name, value)]
    if abs(value) > LARGEST:
        return [problem("too_large", "replace", None, name, value, most=LARGEST)]
    measure = plan.measures.loc[cell[0]].to_dict()
    amount = wording.number(value).replace("−", "-")
    return check_amount("replace", None, name, amount, measure)


def _invent(plan: Plan, cell: tuple[str, ...]) -> pd.DataFrame:
    """Make a figure for a cell that the plan does not print."""
    row = dict.fromkeys(plan.figures.columns, "") | dict(zip(KEYS, cell, strict=True))
    row |= {"figure_id": ".".join([REPLACED, *cell]), "unit": plan.measures.at[cell[0], "unit"]}
    row |= {"value": pd.NA, "value_max": pd.NA}
    return pd.DataFrame([row]).astype(plan.figures.dtypes.to_dict())
