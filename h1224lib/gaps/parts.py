"""Parts: which cells make up the distance between schedule and actual, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.gaps.cells import check_codes, list_parts, name_cell
from h1224lib.gaps.exactness import (
    Exact,
    add_exactly,
    read_column,
    read_scheduled,
    subtract,
    to_numbers,
)
from h1224lib.labels import name_unit
from h1224lib.plan.model import Plan
from h1224lib.progress import CELL, State
from h1224lib.progress.ceilings import find_ceilings
from h1224lib.provenance import list_marks
from h1224lib.steps import step_of

_AMOUNTS = ("target", "scheduled", "actual", "gap")


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
        scheduled, actual, gap (in `unit`: positive is behind, also where the whole is a ceiling;
        a part whose direction is not the whole's has what it adds to the whole's gap);
        `unplanned`, True where there is an actual and no target, so that nothing was scheduled;
        `unallocated`, True in the row for what the total holds beyond its parts; data_kind, if any
        result is made up; counting_rule, if a ledger was counted.
        A part without a result has no gap: what the total holds of it is unallocated.
    measure : str
        What is measured.
    within : dict
        Dimension -> code of the whole; ``all`` in dimensions that are not named.
    whole : Series
        The row of the whole in the state's table; empty where there is none.
    exact : tuple of Fraction
        The gap of each row, None where unknown: they sum to `gap`, with nothing lost in binary.
    gap : Fraction
        The gap of the whole; None where it is unknown.
    """

    state: State
    by: tuple[str, ...]
    table: pd.DataFrame
    measure: str = ""
    within: dict[str, str] = field(default_factory=dict)
    whole: pd.Series = field(default_factory=lambda: pd.Series(dtype=object))
    exact: tuple[Exact, ...] = ()
    gap: Exact = None

    @property
    def unknown(self) -> list[Label]:
        """The parts that have a target and no result."""
        rows = self.table[~self.table["unallocated"] & self.table["gap"].isna()]
        rows = rows[(rows["target"] > 0).fillna(False) & rows["actual"].isna()]
        plan = self.state.plan
        return [name_cell(plan, row, self.by) for row in rows.to_dict("records")]

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: the largest part, surpluses, shortfall, what is unknown."""
        lacking = [d for d in self.by if d not in self.state.plan.dimensions]
        found = [Finding("gap_lacks_dimension", "note", {"dimension": d}) for d in lacking]
        if lacking and len(lacking) == len(self.by):
            # The whole is no part of itself.
            return found
        return [tell_parts(self), *found, *_tell_unknown(self)]


def attribute_gap(
    state: State, by: Sequence[str], measure: str | None = None, **within: str
) -> Parts:
    """Split the gap of a whole into additive parts.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it.
    by : list of str
        Dimensions whose cells are the parts, such as ``["area"]`` or ``["area", "industry"]``.
    measure : str, optional
        By default what the plan is about.
    **within
        Dimension -> code: the parts of one cell, such as ``area="deqing"``.

    Returns
    -------
    Parts
        Gaps in the measure's unit; a surplus has a negative part.

    Raises
    ------
    UnknownDimensionError
        `by` names a dimension that there is not.
    UnknownNameError
        The measure or a code is not the plan's.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> parts = attribute_gap(state, by=["area"])
    >>> parts.gap, sum(parts.exact) == parts.gap, parts.table["area"].iloc[0]
    (Fraction(1181, 40), True, 'citylevel')
    """
    check_codes(state.plan, by, within)
    chosen = measure or state.measure
    state.plan.label("measure", chosen, "en")  # refuses a measure that there is not
    whole = state.cell(chosen, **within)
    columns = [*CELL, "unit", *_AMOUNTS]
    columns += list_marks(state.table)
    found = list_parts(state, by, chosen, within)
    step = step_of(state.plan.measures, chosen)
    # Parts add up to the gap of the whole only in the whole's own direction.
    down = is_ceiling(state.plan, whole, found)
    amounts = _read_amounts(found, step, down)
    beyond = found["target"].isna() & (found["actual"].fillna(0) != 0)
    rows = found[columns].assign(unplanned=beyond.astype(bool), unallocated=False)
    total: dict[str, Exact] = dict.fromkeys(_AMOUNTS)
    if len(whole):
        own = whole.to_frame().T
        total = {n: v[0] for n, v in _read_amounts(own, step, down).items()}
        if total["gap"] is not None:
            # Where nothing was scheduled, all that was reached is a surplus.
            for i in (i for i, extra in enumerate(rows["unplanned"]) if extra):
                extra = amounts["actual"][i] or Fraction(0)
                amounts["gap"][i] = extra if down else -extra
        rest = _find_rest(total, amounts, step)
        if rest:
            rows = pd.concat([rows, _lay_out(whole, rest, columns)], ignore_index=True)
            amounts = {n: [*values, rest[n]] for n, values in amounts.items()}
    rows = rows.reset_index(drop=True).assign(gap=to_numbers(amounts["gap"]))
    order = rows.sort_values("gap", ascending=False, kind="stable", na_position="last").index
    exact = tuple(amounts["gap"][i] for i in order)
    table = rows.loc[order].reset_index(drop=True)
    return Parts(state, tuple(by), table, chosen, dict(within), whole, exact, total["gap"])


def is_ceiling(plan: Plan, whole: pd.Series, parts: pd.DataFrame) -> bool:
    """Tell whether less of a whole is better; without a whole, whether less of every part is."""
    rows = whole.to_frame().T if len(whole) else parts
    return bool(len(rows) and find_ceilings(rows, plan).all())


def _read_amounts(rows: pd.DataFrame, step: Fraction, down: bool) -> dict[str, list[Exact]]:
    """Read target, scheduled and actual as fractions; the gap is their exact difference."""
    targets, actuals = read_column(rows["target"]), read_column(rows["actual"])
    scheduled = read_scheduled(rows, targets, step)
    gaps = [
        None if pd.isna(stored) else subtract(*((b, a) if down else (a, b)))
        for stored, a, b in zip(rows["gap"], scheduled, actuals, strict=True)
    ]
    return {"target": targets, "scheduled": scheduled, "actual": actuals, "gap": gaps}


def _find_rest(
    total: dict[str, Exact], parts: dict[str, list[Exact]], step: Fraction
) -> dict[str, Exact]:
    """Return what the whole holds beyond its parts; nothing where they add up."""
    rest = {}
    for name, whole in total.items():
        known = add_exactly(parts[name])
        # A whole that is known, without any part that is, belongs to none of them.
        rest[name] = whole if known is None else subtract(whole, known)
    # Less than a millionth of a step is how a number was stored, and nobody's.
    real = [v for n, v in rest.items() if n != "scheduled" and v and abs(v) > step / 1_000_000]
    return rest if real else {}


def _lay_out(whole: pd.Series, rest: dict[str, Exact], columns: list[str]) -> pd.DataFrame:
    row: dict[str, Any] = {name: whole[name] for name in columns}
    frame = pd.DataFrame([row | {"unplanned": False, "unallocated": True}])
    return frame.assign(**{name: to_numbers([value]) for name, value in rest.items()})


def tell_parts(parts: Parts) -> Finding:
    """State the largest part of a gap, and that a surplus elsewhere does not make up for it."""
    table = parts.table.dropna(subset=["gap"])
    # What the total holds beyond its parts is nobody's: it is said apart.
    rows = table[~table["unallocated"]]
    rest = table[table["unallocated"]]
    behind = rows[rows["gap"] > 0]
    plan = parts.state.plan
    measure = parts.measure or parts.state.measure
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
        return Finding("gap_not_split" if len(rest) else "gap_no_data", "note", numbers)
    kind, numbers["ceilings"] = _find_direction(parts, rows)
    if behind.empty:
        return Finding(f"gap_none{kind}", "note", numbers)
    top = behind.iloc[0]
    largest = name_cell(plan, top.to_dict(), parts.by)
    tied = int((behind["gap"] == top["gap"]).sum()) - 1
    numbers |= {"largest": largest, "largest_gap": float(top["gap"]), "tied": tied}
    return Finding(f"gap_parts{kind}", "warning", numbers)


def _find_direction(parts: Parts, rows: pd.DataFrame) -> tuple[str, list[Label]]:
    """Return how sentences of parts end their names, and which parts turn from the whole."""
    plan = parts.state.plan
    cells = rows.assign(horizon=str(parts.state.table["horizon"].iloc[0]))
    down = is_ceiling(plan, parts.whole, cells)
    apart = rows[(find_ceilings(cells, plan) != down) & rows["target"].notna().to_numpy()]
    named = [name_cell(plan, row, parts.by) for row in apart.to_dict("records")]
    return "_mixed" if named else "_ceiling" if down else "", named


def _tell_unknown(parts: Parts) -> list[Finding]:
    """State which parts have no result, so that nobody takes the known ones for the whole."""
    unknown = parts.unknown
    known = parts.table["gap"].notna().any()
    if not unknown or not known:
        return []
    split = parts.table[~parts.table["unallocated"]]["gap"].dropna()
    numbers = {
        "unknown": unknown[:5],
        "more": max(len(unknown) - 5, 0),
        "known": float(split.sum()) if len(split) else None,
        "gap": None if parts.gap is None else float(parts.gap),
        "unit": name_unit(parts.state.plan, parts.measure),
    }
    return [Finding("gap_unknown_parts", "warning", numbers)]
