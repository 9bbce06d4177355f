"""Printed tables: the cells of a plan's table around a suspect, and the sums that fail in it."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.hierarchy import inside
from h1224lib.intervals import Interval, add_up, read_interval
from h1224lib.localisation.numbers import read_number
from h1224lib.plan.model import KEYS, Plan
from h1224lib.reconciliation import Report

Axes = tuple[str, str]
LINES = ["position", "across", "x", "y", "off"]


def lay_out(plan: Plan, suspects: pd.DataFrame, axes: Axes, lang: str) -> pd.DataFrame:
    """List the printed cells of the table that the first of some suspects stands in.

    Parameters
    ----------
    plan : Plan
        Gives the cells, in the measure's unit.
    suspects : DataFrame
        The keys; codes that stand inside another are shown only where they are among them.
    axes : tuple of str
        The keys down and across.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        The axes' codes, x, y (positions from 0, the whole last), row, column (names), shown,
        value, printed, place, relation, whole, figure_id; one row a cell, printed or not.
    """
    slice_ = suspects.iloc[0]
    table = plan.cells
    for key in (k for k in KEYS if k not in axes):
        table = table[table[key] == slice_[key]]
    found = {(getattr(r, axes[0]), getattr(r, axes[1])): r for r in table.itertuples(index=False)}
    down, across = (_codes(plan, table, axis, set(suspects[axis])) for axis in axes)
    rows = []
    for y, row in enumerate(down):
        for x, column in enumerate(across):
            figure = found.get((row, column))
            names = (plan.label(a, c, lang) for a, c in zip(axes, (row, column), strict=True))
            place = {axes[0]: row, axes[1]: column, "x": x, "y": y}
            place |= dict(zip(("row", "column"), names, strict=True))
            rows.append(place | {"whole": "all" in (row, column)} | _read(figure))
    return pd.DataFrame(rows)


def _read(figure: Any) -> dict[str, Any]:
    if figure is None:
        texts = dict.fromkeys(("shown", "printed", "place", "relation", "figure_id"), "")
        return {**texts, "value": None}
    names = ("printed", "place", "relation", "figure_id")
    value = None if pd.isna(figure.value) else figure.value
    return {name: getattr(figure, name) for name in names} | {
        "shown": _show(figure),
        "value": value,
    }


def _show(figure: Any) -> str:
    """Write a number, a dash, a bound or a range shortly."""
    if pd.isna(figure.value):
        return "-"
    number = wording.number(float(figure.value))
    if figure.relation == "range":
        return f"{number}～{wording.number(float(figure.value_max))}"
    sign = {">=": "≥ ", ">": "> ", "<=": "≤ "}.get(figure.relation, "")
    return sign + number


def _codes(plan: Plan, table: pd.DataFrame, dimension: str, kept: Collection[str]) -> list[str]:
    used = set(table[dimension])
    hidden = set() if dimension == "horizon" else set(inside(plan, dimension)) - set(kept)
    codes = [str(c) for c in plan.table(dimension).index if c in used and c not in hidden]
    return [c for c in codes if c != "all"] + [c for c in codes if c == "all"]


def find_lines(report: Report, cells: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """Find the failing sums that run along a row or column of a table.

    Parameters
    ----------
    report : Report
        What `reconcile` found, in the measure's unit.
    cells : DataFrame
        As `lay_out` returns them.
    axes : tuple of str
        The keys down and across.

    Returns
    -------
    DataFrame
        position (of the check), across, x, y (where the total stands), off: the distance from
        the printed total, or from the nearer end of what it may be, with its sign.
    """
    figures = report.plan.figures.set_index("figure_id")
    failing = report.checks["status"] == "fails"
    place = {name: n for n, name in enumerate(cells["figure_id"]) if name}
    rows = []
    for position, check in enumerate(report.checks.itertuples(index=False)):
        if not failing.iloc[position] or check.along not in axes:
            continue
        spots = [place[name] for name in check.figures if name in place]
        if len(spots) < len(check.figures):
            continue
        whole = cells.iloc[spots[-1]]
        off = _distance([_interval(figures.loc[name]) for name in check.figures])
        rows.append(
            {
                "position": position,
                "across": check.along == axes[1],
                "x": int(whole["x"]),
                "y": int(whole["y"]),
                "off": wording.number(off, signed=True),
            }
        )
    return pd.DataFrame(rows, columns=LINES)


def _interval(figure: pd.Series) -> Interval:
    ends = [read_number(figure[name]) for name in ("value", "value_max")]
    low, high = (None if end is None else Fraction(end) for end in ends)
    return read_interval(str(figure["relation"]), low, high)


def _distance(intervals: list[Interval]) -> float:
    """Return how far parts are above their whole (below: negative)."""
    *parts, whole = intervals
    summed = add_up(parts)
    if summed.low is not None and whole.high is not None and summed.low > whole.high:
        return float(summed.low - whole.high)
    if summed.high is not None and whole.low is not None and summed.high < whole.low:
        return float(summed.high - whole.low)
    return 0.0
