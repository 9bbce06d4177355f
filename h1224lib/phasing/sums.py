"""The sums of a phased measure, how well all was met, and where it was not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from h1224lib.phasing.cells import every_sum
from h1224lib.phasing.counts import Phased
from h1224lib.phasing.ends import name_span
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import from_steps, step_of, to_steps

EXACT = 1e-6


def sum_table(phased: Phased, plan: Plan) -> pd.DataFrame:
    """Return the rows of the phased table for every sum, also where a single cell makes it up."""
    step = step_of(plan.measures, phased.measure)
    problem = phased.problem
    matrix, sums = every_sum(phased.cells.keys.iloc[phased.kept], plan)
    rows = matrix.astype(np.int64)
    reached = np.asarray(rows @ phased.rounded.steps)
    count, times = reached.shape
    known = np.asarray(rows @ _known(phased)) > 0
    table = sums.loc[sums.index.repeat(times)].reset_index(drop=True)
    steps = {"value": np.diff(reached, axis=1, prepend=0), "cumulative": reached}
    columns = {
        name: from_steps(pd.Series(numbers.ravel(), dtype="Int64"), step).astype("Float64")
        for name, numbers in steps.items()
    }
    columns["unrounded"] = pd.Series(
        np.asarray(rows @ problem.values).ravel() / problem.scale * float(step), dtype="Float64"
    )
    for values in columns.values():
        values[~known.ravel()] = pd.NA
    names = [name_span(span) for span in phased.spans]
    figures = _own_figures(phased, plan, sums, np.diff(reached, axis=1, prepend=0))
    return pd.DataFrame(
        {
            "measure": phased.measure,
            **{d: table[d] for d in DIMENSIONS},
            "period": names * count,
            "value": columns["value"],
            "unit": plan.measures.at[phased.measure, "unit"],
            "figure_id": figures,
            "cumulative": columns["cumulative"],
            "unrounded": columns["unrounded"],
            "computed": [not figure for figure in figures],
        }
    )


def _own_figures(phased: Phased, plan: Plan, sums: pd.DataFrame, steps: np.ndarray) -> list[str]:
    """Return, for each sum and period, the figure that prints that very number, or nothing."""
    cells = plan.cells[plan.cells["measure"] == phased.measure].dropna(subset=["value"])
    cells = cells[cells["relation"] == "="]
    printed = to_steps(cells["value"], step_of(plan.measures, phased.measure))
    spans = [phased.cells.spans.get(str(horizon)) for horizon in cells["horizon"]]
    keys = cells[list(DIMENSIONS)].itertuples(index=False, name=None)
    rows = {key: row for row, key in enumerate(sums.itertuples(index=False, name=None))}
    times = {span: time for time, span in enumerate(phased.spans)}
    found = np.full(steps.shape, "", dtype=object)
    for key, span, value, figure in zip(keys, spans, printed, cells["figure_id"], strict=True):
        if span not in times or key not in rows:
            continue
        place = rows[key], times[span]
        if steps[place] == value:
            found[place] = str(figure)
    return list(found.ravel())


def _known(phased: Phased) -> np.ndarray:
    """Mark the cells and periods that have a number."""
    return np.array(
        [
            [any(m in path.months for m in range(span[0], span[1] + 1)) for span in phased.spans]
            for path in phased.paths
        ],
        dtype=np.int64,
    ).reshape(len(phased.paths), len(phased.spans))


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
    exact = problem.exact_sums()
    reached = np.asarray(problem.sums.astype(np.int64) @ phased.rounded.steps)
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
    return pd.DataFrame(rows) if rows else violation_columns()


def violation_columns() -> pd.DataFrame:
    """Return the table of violations without a row."""
    columns = ["measure", *DIMENSIONS, "period", "unrounded", "cumulative", "beyond"]
    return pd.DataFrame(columns=columns)
