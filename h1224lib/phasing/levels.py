"""Levels, stocks and rates: a straight path between printed numbers, or nothing."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from h1224lib.phasing.cells import months_of
from h1224lib.phasing.ends import name_span
from h1224lib.phasing.paths import Span
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import step_of, to_steps

Row = dict[str, Any]


def trace_levels(plan: Plan, measure: str, size: int) -> tuple[list[Row], str]:
    """Draw a straight path between the printed levels of a measure that does not accumulate.

    Parameters
    ----------
    plan : Plan
        Gives the printed numbers, in the measure's unit.
    measure : str
        A level, a stock or a rate.
    size : int
        Months in a period. A stock has a value at each period's end; a level is the amount of a
        whole horizon, and its path goes by periods of that length.

    Returns
    -------
    list of dict, str
        Rows of the phased table in steps; the kind of finding that says there is a path, or why
        there is none: a rate of one year says nothing of the next, and one number makes no path.
    """
    kind = str(plan.measures.at[measure, "kind"])
    if kind == "rate":
        return [], "phasing_no_path_rate"
    rows: list[Row] = []
    for cell, ends in _printed(plan, measure):
        rows += _walk(cell, ends, size if kind == "stock" else 0)
    return rows, "phasing_path" if rows else "phasing_no_path_single"


def _printed(plan: Plan, measure: str) -> Iterator[tuple[tuple[str, ...], dict[Span, Any]]]:
    """Yield the cells that print numbers for horizons of equal length, with those numbers."""
    cells = plan.cells[plan.cells["measure"] == measure].dropna(subset=["value"])
    steps = to_steps(cells["value"], step_of(plan.measures, measure))
    table = cells.assign(
        steps=steps, span=[months_of(plan, str(horizon)) for horizon in cells["horizon"]]
    )
    table = table.assign(length=[last - first for first, last in table["span"]])
    for key, group in table.groupby([*DIMENSIONS, "length"], sort=False):
        ends = {
            span: (steps, figure)
            for span, steps, figure in zip(
                group["span"], group["steps"], group["figure_id"], strict=True
            )
        }
        if len(ends) > 1:
            yield tuple(str(code) for code in key[:-1]), ends


def _walk(cell: tuple[str, ...], ends: dict[Span, Any], size: int) -> Iterator[Row]:
    """Yield a row for each period from the first printed one to the last.

    `size` 0 goes by periods of the printed length; neighbours that are no whole number of
    these apart have no path between them.
    """
    spans = sorted(ends)
    done: set[int] = set()
    for before, after in itertools.pairwise(spans):
        length = size or before[1] - before[0] + 1
        apart = after[1] - before[1]
        if apart % length:
            continue
        first, last = (Fraction(int(ends[span][0])) for span in (before, after))
        for end in range(before[1], after[1] + 1, length):
            if end in done:
                continue
            done.add(end)
            exact = first + (last - first) * (end - before[1]) / apart
            yield {
                **dict(zip(DIMENSIONS, cell, strict=True)),
                "period": name_span((end - length + 1, end)),
                "steps": math.floor(exact + Fraction(1, 2)),
                "exact": float(exact),
                "figure_id": str(ends[after if end > before[1] else before][1]),
                "computed": end not in (before[1], after[1]),
            }
