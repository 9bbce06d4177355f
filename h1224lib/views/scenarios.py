"""What if: another target, schedule or counting stage, and what follows from it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.findings import Finding
from h1224lib.gaps import compare
from h1224lib.gaps.cells import check_codes, list_finest, list_parts
from h1224lib.labels import name_unit
from h1224lib.ledger.model import Ledger
from h1224lib.ledger.stages import ladders, list_stages
from h1224lib.ledger.vocabulary import list_fields
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress import State, measure_progress
from h1224lib.progress.expected import name_schedule
from h1224lib.provenance import list_marks
from h1224lib.results import Given
from h1224lib.steps import step_of
from h1224lib.views.view import View, name_place

# A target that nobody names is raised by a tenth.
RAISE = Fraction(11, 10)


def change_target(
    plan: Plan,
    results: Given,
    state: State,
    target: float | None = None,
    **codes: str | None,
) -> View:
    """Tell what follows if one target were another, and every printed total above it with it.

    Parameters
    ----------
    plan, results
        As the state was measured from.
    state : State
        What it is compared with.
    target : float, optional
        The new target in the measure's unit; by default a tenth more, in whole steps.
    **codes
        Dimension -> code of the target; by default the finest one with the largest gap.

    Returns
    -------
    View
        `table`: area, industry, project_type, target_a, target_b, gap_a, gap_b, gap_change of
        each cell that changes, in the measure's unit; a is as planned, b the other.

    Raises
    ------
    UnknownNameError
        A code is not the plan's.
    PlanError
        The target is no number, or not in the measure's steps.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> done = read_actuals(None, plan)
    >>> view = change_target(plan, done, measure_progress(plan, done, "2019-03-31"), area="dazhu")
    >>> view.table[["area", "target_a", "target_b"]].values.tolist()
    [['all', 600.1, 604.8], ['dazhu', 46.3, 51.0]]
    """
    named = {d: c for d, c in codes.items() if c is not None}
    check_codes(plan, (), named)
    row = _choose(state, named)
    if row is None:
        return View.without_rows("scenario_no_target", where=name_place(plan, named))
    step = step_of(plan.measures, state.measure)
    known = Fraction(repr(float(row["target"])))
    wanted = math.ceil(known * RAISE / step) * step if target is None else target
    changes = _lift(plan, row, Fraction(repr(float(wanted))) - known)
    other = _measure(plan.replace(changes), results, state)
    numbers = {
        "where": name_place(plan, {d: str(row[d]) for d in DIMENSIONS}),
        "unit": name_unit(plan, state.measure),
        "before": float(known),
        "after": float(wanted),
        "above": len(changes) - 1,
    }
    cells = [key[1:4] for key in changes]
    return _lay_out(state, other, "target", Finding("scenario_target", "note", numbers), cells)


def _choose(state: State, named: dict[str, str]) -> dict[Any, Any] | None:
    """Choose a target: the finest one in the cells named, with the largest gap."""
    rows = list_parts(state, DIMENSIONS, state.measure, named)
    if set(named) == set(state.plan.dimensions):
        rows = state.cell(**named).to_frame().T if len(state.cell(**named)) else rows.iloc[:0]
    rows = rows[(rows["target"] > 0).fillna(False).astype(bool)]
    if rows.empty:
        return None
    order = rows["gap"].astype("Float64").fillna(-math.inf)
    return dict(rows.loc[order.idxmax()])


def _lift(plan: Plan, row: dict[Any, Any], more: Fraction) -> dict[tuple[str, ...], float | None]:
    """Raise a target and the printed totals above it by the same amount."""
    above = {d: _list_above(plan, d, str(row[d])) for d in DIMENSIONS}
    cells = plan.cells[(plan.cells["measure"] == row["measure"])]
    cells = cells[(cells["horizon"] == row["horizon"]) & cells["value"].notna()]
    for dimension in DIMENSIONS:
        cells = cells[cells[dimension].isin(above[dimension])]
    key = tuple(str(row[n]) for n in ("measure", *DIMENSIONS, "horizon"))
    changes: dict[tuple[str, ...], float | None] = {
        key: float(Fraction(repr(float(row["target"]))) + more)
    }
    for cell in cells.to_dict("records"):
        name = tuple(str(cell[n]) for n in ("measure", *DIMENSIONS, "horizon"))
        changes.setdefault(name, float(Fraction(repr(float(cell["value"]))) + more))
    return changes


def _list_above(plan: Plan, dimension: str, code: str) -> set[str]:
    """Return a code, what it is a part of, and the whole."""
    found, parents = {"all"}, plan.table(dimension).get("parent", pd.Series(dtype=str))
    while code and code not in found:
        found.add(code)
        code = str(parents.get(code) or "")
    return found


def change_schedule(plan: Plan, results: Given, state: State, schedule: str) -> View:
    """Tell what follows if the same results were held against another schedule.

    Parameters
    ----------
    plan, results, state
        As `change_target` takes them.
    schedule : str
        ``days``, ``quarters``, ``printed`` or ``phased``.

    Returns
    -------
    View
        `table`: area, industry, project_type, scheduled_a, scheduled_b, gap_a, gap_b,
        gap_change, in the measure's unit; without rows where the plan prints no such schedule.
    """
    try:
        other = _measure(plan, results, state, schedule)
    except ScheduleError as error:
        if error.key != "no_printed_schedule":
            raise
        return View.without_rows("schedule_not_printed", period=state.period)
    numbers = {"before": state.schedule, "after": name_schedule(schedule)}
    return _lay_out(state, other, "scheduled", Finding("scenario_schedule", "note", numbers))


def change_stage(plan: Plan, results: Given, state: State, stage: str) -> View:
    """Tell what follows if projects counted from another stage on.

    Parameters
    ----------
    plan, results, state
        As `change_target` takes them.
    stage : str
        A stage of a ladder, such as ``landed``; project types on another ladder count from its
        step of the same number.

    Returns
    -------
    View
        `table`: area, industry, project_type, actual_a, actual_b, gap_a, gap_b, gap_change, in
        the measure's unit; without rows where there is no ledger.

    Raises
    ------
    ScheduleError
        There is no such stage.
    """
    if stage not in list_stages():
        raise ScheduleError("unknown_stage", found=stage, known=list_stages())
    if not state.counts:
        return View.without_rows("scenario_no_ledger")
    parts = list(results) if isinstance(results, Sequence) else [results]
    moved = [_recount(part, plan, stage) if isinstance(part, Ledger) else part for part in parts]
    other = _measure(plan, moved, state)
    numbers = {"stage": list_fields()[stage].label}
    return _lay_out(state, other, "actual", Finding("scenario_stage", "note", numbers))


def _recount(ledger: Ledger, plan: Plan, stage: str) -> Ledger:
    """Let a ledger count from a stage, or from the step of the same number."""
    own = ladders(plan)
    number = next(at for ladder in ladders().values() for at, s in enumerate(ladder) if s == stage)
    chosen = {
        kind: stage if stage in ladder else ladder[min(number, len(ladder) - 1)]
        for kind, ladder in own.items()
        if kind in ledger.settings.counting_stage
    }
    settings = dataclasses.replace(ledger.settings, counting_stage=chosen)
    return dataclasses.replace(ledger, settings=settings)


def _measure(plan: Plan, results: Given, state: State, schedule: str | None = None) -> State:
    """Measure again as a state was measured."""
    horizon = str(state.table["horizon"].iloc[0])
    lights = None if state.lights == "own" else state.lights
    return measure_progress(
        plan, results, state.as_of, schedule or state.schedule, horizon,
        period=state.period, lights=lights, small_base=state.small_base,
    )  # fmt: skip


def _lay_out(
    a: State, b: State, quantity: str, opening: Finding, cells: Sequence[tuple[str, ...]] = ()
) -> View:
    """Set the cells side by side that change: the whole, the areas, and those named."""
    comparison = compare(a, b)
    rows = comparison.table[comparison.table["measure"] == a.measure]
    areas = list_finest(a.plan, "area", "all") | {"all"}
    rest = (rows["industry"] == "all") & (rows["project_type"] == "all")
    named = pd.Series(
        [key in cells for key in rows[list(DIMENSIONS)].itertuples(index=False, name=None)],
        index=rows.index,
        dtype=bool,
    )
    rows = rows[(rest & rows["area"].isin(areas)) | named]
    wide = pd.DataFrame()
    for name in (quantity, "gap"):
        own = rows[rows["quantity"] == name].set_index(list(DIMENSIONS))
        for side in ("a", "b"):
            wide[f"{name}_{side}"] = own[f"value_{side}"]
        wide["gap_change"] = own["difference"]
        changed = own["difference"].fillna(0) != 0
        wide["changed"] = changed | wide.get("changed", False)
    unit = a.plan.measures.at[a.measure, "unit"]
    table = wide[wide["changed"]].drop(columns="changed").reset_index().assign(unit=unit)
    return View(table.assign(**list_marks(comparison.table)), [opening, *comparison.findings])
