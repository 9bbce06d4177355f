"""Gaps: which parts make up the distance between schedule and actual, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.errors import UnknownDimensionError
from h1224lib.findings import Finding, Label
from h1224lib.labels import name_unit
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress import CELL, State
from h1224lib.steps import step_of
from h1224lib.synthetic import DATA_KIND


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of a gap; they add up to it exactly.

    Attributes
    ----------
    state : State
        Whose gap this is.
    by : tuple of str
        The dimensions that the parts name.
    table : DataFrame
        One row a part, the largest first: measure, area, industry, project_type, unit, target,
        scheduled, actual, gap (in `unit`: positive is behind), and `unallocated`, True in
        the row for what the total holds beyond its parts; data_kind, if any result is made up.
    """

    state: State
    by: tuple[str, ...]
    table: pd.DataFrame

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: the largest part, surpluses and the shortfall."""
        return [tell_parts(self)]


def attribute_gap(state: State, by: list[str]) -> Parts:
    """Split the gap of the whole into additive parts.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it.
    by : list of str
        Dimensions whose cells are the parts, such as ``["area"]``.

    Returns
    -------
    Parts
        Gaps in the measure's unit; a surplus has a negative part.

    Raises
    ------
    UnknownDimensionError
        `by` names a dimension that there is not.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> parts = attribute_gap(state, by=["area"])
    >>> round(float(parts.table["gap"].sum()), 3), parts.table["area"].iloc[0]
    (29.525, 'citylevel')
    """
    for dimension in by:
        if dimension not in DIMENSIONS:
            raise UnknownDimensionError(
                "unknown_dimension", found=dimension, known=list(DIMENSIONS)
            )
    columns = [*CELL, "unit", "target", "scheduled", "actual", "gap"]
    columns += [DATA_KIND] if state.synthetic else []
    rows = state.level(by)[columns].assign(unallocated=False)
    rest = _find_rest(rows, state)
    table = pd.concat([rows, rest], ignore_index=True) if len(rest) else rows
    order = table.sort_values("gap", ascending=False, kind="stable", na_position="last")
    return Parts(state, tuple(by), order.reset_index(drop=True))


def _find_rest(rows: pd.DataFrame, state: State) -> pd.DataFrame:
    """Return what the whole holds beyond its parts, as a row; none where they add up."""
    whole = state.cell()
    if whole.empty or rows.empty:
        return rows.head(0)
    row: dict[str, Any] = {"measure": state.measure, **dict.fromkeys(DIMENSIONS, "all")}
    row |= {"unit": whole["unit"], "unallocated": True}
    row |= {name: whole[name] for name in rows.columns if name == DATA_KIND}
    # Binary sums of decimals drift far below a thousandth of a step.
    finest = float(step_of(state.plan.measures, state.measure)) / 1000
    for name in ("target", "scheduled", "actual", "gap"):
        rest = whole[name] - rows[name].sum(min_count=1)
        row[name] = 0.0 if pd.notna(rest) and abs(rest) < finest else rest
    some = any(pd.notna(row[n]) and row[n] != 0 for n in ("target", "actual", "gap"))
    return pd.DataFrame([row] if some else [], columns=rows.columns)


def tell_parts(parts: Parts) -> Finding:
    """State the largest part of a gap, and that a surplus elsewhere does not make up for it."""
    table = parts.table.dropna(subset=["gap"])
    # What the total holds beyond its parts is nobody's: it is said apart.
    rows = table[~table["unallocated"]]
    rest = table[table["unallocated"]]
    behind = rows[rows["gap"] > 0]
    plan = parts.state.plan
    measure = parts.state.measure
    numbers = {
        "behind": len(behind),
        "of": len(rows),
        "unit": name_unit(plan, measure),
        "shortfall": float(behind["gap"].sum()),
        "surplus": float(-rows[rows["gap"] < 0]["gap"].sum()),
        "rest": float(rest["gap"].sum()),
        "gap": float(table["gap"].sum()),
        "schedule": parts.state.schedule,
    }
    if rows.empty:
        return Finding("gap_no_data", "note", numbers)
    if behind.empty:
        return Finding("gap_none", "note", numbers)
    top = behind.iloc[0]
    numbers |= {"largest": _name(parts, top), "largest_gap": float(top["gap"])}
    return Finding("gap_parts", "warning", numbers)


def _name(parts: Parts, row: pd.Series) -> Label:
    plan = parts.state.plan
    names = [[plan.label(d, str(row[d]), lang) for d in parts.by] for lang in ("zh", "en")]
    return Label("·".join(names[0]), ", ".join(names[1]))
