"""Sizes: how many projects are large, and what they come to."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from h1224lib.composition.result import Composition, add_up, as_floats, list_codes, mark
from h1224lib.errors import ComparisonError
from h1224lib.findings import Finding
from h1224lib.ledger.count import Count

AT_LEAST = (1, 10)
SPLITS = ("area", "industry")


def count_sizes(count: Count, at_least: Sequence[float] = AT_LEAST) -> Composition:
    """Count projects, and sum their investment, from given amounts up.

    Parameters
    ----------
    count : Count
        The projects that count, on the count's day and by its rule.
    at_least : sequence of float
        Amounts in 亿元, above 0 and each once. A project is as large as its whole investment is;
        of one that areas share, each has its share of the number and of the sum.

    Returns
    -------
    Composition
        `table`: one row for the whole, each area, each industry, and each amount: area, industry,
        at_least (亿元; 0 for all projects), projects (number), investment (亿元), unknown (number
        of projects of which no amount is known: they are in the rows of 0 alone, and in no sum).

    Raises
    ------
    ComparisonError
        Amounts are none, not above 0, or given twice.

    Examples
    --------
    >>> import h1224lib as h
    >>> from h1224lib.resources import demo_file
    >>> ledger = h.read_ledger(demo_file("ledger"), h.load_plan())
    >>> sizes = count_sizes(h.count_ledger(ledger)).table
    >>> whole = sizes.query("area == 'all' and industry == 'all'")
    >>> whole["at_least"].tolist(), bool(whole["projects"].is_monotonic_decreasing)
    ([0.0, 1.0, 10.0], True)
    """
    rows, plan = count.counted, count.ledger.plan
    places = [("all", "all", rows)]
    for dimension in (d for d in SPLITS if d in plan.dimensions):
        for code in list_codes(plan, dimension):
            named = (code, "all") if dimension == "area" else ("all", code)
            places.append((*named, rows[rows[dimension] == code]))
    limits = [0.0, *_read_limits(at_least)]
    lines = [
        {"area": area, "industry": industry, "at_least": limit, **_measure(own, limit)}
        for area, industry, own in places
        for limit in limits
    ]
    columns = ["area", "industry", "at_least", "projects", "investment", "unknown"]
    table = as_floats(pd.DataFrame(lines, columns=columns), columns[3:])
    return Composition(mark(table, count), [_tell(table, limits[1:])])


def _read_limits(at_least: Sequence[float]) -> list[float]:
    """Return the amounts in order, or refuse what is none."""
    try:
        limits = sorted(map(float, at_least))
    except (TypeError, ValueError):
        limits = []
    fine = all(limit > 0 and math.isfinite(limit) for limit in limits)
    if not limits or not fine or len(set(limits)) < len(limits):
        raise ComparisonError("sizes_bad_limits", found=str(at_least))
    return limits


def _measure(rows: pd.DataFrame, limit: float) -> dict[str, float]:
    """Add up what is as large as a limit, beside how many of all have no amount."""
    whole = add_up(rows)
    if limit == 0:
        return whole
    return add_up(rows[rows["investment"] >= limit]) | {"unknown": whole["unknown"]}


def _tell(table: pd.DataFrame, limits: list[float]) -> Finding:
    whole = table[(table["area"] == "all") & (table["industry"] == "all")].set_index("at_least")
    numbers = {
        "projects": float(whole.at[0.0, "projects"]),
        "investment": float(whole.at[0.0, "investment"]),
        "unknown": float(whole.at[0.0, "unknown"]),
        "limits": limits,
        "counts": [float(whole.at[limit, "projects"]) for limit in limits],
        "sums": [float(whole.at[limit, "investment"]) for limit in limits],
    }
    if not numbers["projects"]:
        return Finding("sizes_none", "note")
    if numbers["unknown"] == numbers["projects"]:
        return Finding("sizes_unknown", "warning", numbers)
    return Finding("sizes", "warning" if numbers["unknown"] else "note", numbers)
