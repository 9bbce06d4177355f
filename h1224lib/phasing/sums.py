"""The sums of a phased measure, how well all was met, and where it was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from h1224lib.phasing.cells import lift_sums
from h1224lib.phasing.codes import decode, encode
from h1224lib.phasing.counts import Phased
from h1224lib.phasing.ends import name_span
from h1224lib.phasing.listing import name_periods
from h1224lib.phasing.tracing import mark_known
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import from_steps, step_of, to_steps

EXACT = 1e-6


def sum_table(phased: Phased, plan: Plan) -> pd.DataFrame:
    """Return the rows of the phased table for every sum, also where a single cell makes it up."""
    step = step_of(plan.measures, phased.measure)
    problem = phased.problem
    matrix, sums = lift_sums(phased.cells.keys.iloc[phased.kept], plan)
    rows = matrix.astype(np.int64)
    reached = np.asarray(rows @ phased.rounded.steps)
    steps = np.diff(reached, axis=1, prepend=0)
    exact = np.asarray(rows @ problem.values).ravel() / problem.scale * float(step)
    known = np.asarray(rows @ mark_known(phased.paths, phased.spans).astype(np.int64)) > 0
    values, cumulative = (
        from_steps(pd.Series(pd.arrays.IntegerArray(numbers.ravel(), ~known.ravel())), step)
        for numbers in (steps, reached)
    )
    names = decode(sums, plan)
    count, times = reached.shape
    figures = _own_figures(phased, plan, sums, steps).ravel()
    return pd.DataFrame(
        {
            "measure": phased.measure,
            **{d: pd.array(names[d].to_numpy(), dtype="str").repeat(times) for d in DIMENSIONS},
            "period": name_periods(phased.spans, np.tile(np.arange(times), count)),
            "value": values.astype("Float64"),
            "unit": plan.measures.at[phased.measure, "unit"],
            "figure_id": figures,
            "cumulative": cumulative.astype("Float64"),
            "unrounded": pd.arrays.FloatingArray(exact, ~known.ravel()),
            "computed": figures == "",
        }
    )


def match_printed(
    phased: Phased, plan: Plan, sums: np.ndarray, relations: Sequence[str] = ("=",)
) -> pd.DataFrame:
    """Return the printed numbers that are sums of cells.

    Parameters
    ----------
    phased, plan
        The phased measure, and its plan.
    sums : array of int
        Sums by number, from the smallest, as `lift_sums` returns them.
    relations : sequence of str
        Which numbers: by default exact ones.

    Returns
    -------
    DataFrame
        Rows of ``plan.cells`` that print such a number, with steps, and row: the place in
        `sums`.
    """
    cells = plan.cells[plan.cells["measure"] == phased.measure]
    cells = cells[cells["value"].notna() & cells["relation"].isin(list(relations))]
    codes = encode(cells, plan)
    among = np.isin(codes, sums)
    cells = cells[among]
    steps = to_steps(cells["value"], step_of(plan.measures, phased.measure))
    return cells.assign(steps=steps, row=np.searchsorted(sums, codes[among]))


def _own_figures(phased: Phased, plan: Plan, sums: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return, for each sum and period, the figure that prints that very number, or nothing."""
    times = {span: time for time, span in enumerate(phased.spans)}
    found = np.full(steps.shape, "", dtype=object)
    printed = match_printed(phased, plan, sums)
    for row, horizon, value, figure in zip(
        *(printed[name] for name in ("row", "horizon", "steps", "figure_id")), strict=True
    ):
        time = times.get(phased.cells.spans.get(str(horizon), (0, -1)))
        if time is not None and steps[row, time] == value:
            found[row, time] = str(figure)
    return found


def rate_rounding(phased: Phased) -> dict[str, Any]:
    """Say how far rounding moved a measure, and how close that is to the least possible."""
    problem, rounded = phased.problem, phased.rounded
    cells = np.abs(rounded.steps * problem.scale - problem.values)
    sums = problem.sums.astype(np.int64) @ rounded.steps * problem.scale - problem.exact_sums()
    return {
        "measure": phased.measure,
        "cells": len(phased.kept),
        "sums": len(phased.sums),
        "periods": len(phased.spans),
        "deviation": float(rounded.deviation),
        "bound": float(rounded.bound),
        "gap": rounded.gap,
        "optimal": rounded.gap < EXACT and rounded.proven,
        "violations": len(rounded.violations),
        "moved_cell": float(cells.max(initial=0)) / problem.scale,
        "moved_sum": float(np.abs(sums).max(initial=0)) / problem.scale,
    }


def violation_table(phased: Phased, plan: Plan) -> pd.DataFrame:
    """Return the sums that lie a step or more from their exact value."""
    step = step_of(plan.measures, phased.measure)
    problem = phased.problem
    if not phased.rounded.violations:
        return violation_columns()
    exact, reached = problem.exact_sums(), problem.reach(phased.rounded.steps)
    rows = [
        {
            "measure": phased.measure,
            **phased.sums.iloc[row].to_dict(),
            "period": name_span(phased.spans[time]),
            "unrounded": exact[row, time] / problem.scale * float(step),
            "cumulative": float(int(reached[row, time]) * step),
            "beyond": beyond,
        }
        for row, time, beyond in phased.rounded.violations
    ]
    return pd.DataFrame(rows)


def violation_columns() -> pd.DataFrame:
    """Return the table of violations without a row."""
    columns = ["measure", *DIMENSIONS, "period", "unrounded", "cumulative", "beyond"]
    return pd.DataFrame(columns=columns)
