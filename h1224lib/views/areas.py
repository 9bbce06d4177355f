"""One area or industry: its cells, what its gap is made of, and how it differs from the whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.gaps import (
    Responsibility,
    assign_responsibility,
    attribute_gap,
    decompose_completion,
    shift_share,
)
from h1224lib.gaps.cells import check_codes, list_parts
from h1224lib.gaps.parts import Parts
from h1224lib.hierarchy import inside
from h1224lib.labels import name_code
from h1224lib.periods import count_months, span, step_back
from h1224lib.plan.model import Plan
from h1224lib.progress import State, measure_progress
from h1224lib.provenance import list_marks
from h1224lib.results import Given
from h1224lib.views.view import View, name_place, tell_lacking

_CELLS = ["target", "actual", "completion", "gap", "lead_pp", "rank", "light", "why"]


def list_cells(state: State, by: Sequence[str], **within: str) -> View:
    """List the cells of one area or industry, the largest gap first.

    Parameters
    ----------
    state : State
        Of the measure that its plan is about.
    by : list of str
        Dimensions whose cells are listed.
    **within
        Dimension -> code: whose cells.

    Returns
    -------
    View
        `table`: the dimensions, target, actual, gap (in the measure's unit), completion,
        lead_pp, rank, light, why; without rows where the plan lacks one of the dimensions or
        plans and counts nothing there.

    Raises
    ------
    UnknownNameError
        A code is not the plan's.
    """
    check_codes(state.plan, by, within)
    lacking = tell_lacking(state.plan, by)
    if lacking:
        return View(findings=lacking)
    rows = list_parts(state, by, state.measure, within)
    rows = rows[rows["target"].notna() | rows["actual"].notna()]
    numbers = {
        "where": name_place(state.plan, within),
        "by": list(by),
        "cells": len(rows),
        "behind": int((rows["gap"] > 0).sum()),
        "ahead": int((rows["gap"] < 0).sum()),
        "even": int((rows["gap"] == 0).sum()),
        "unknown": int(rows["gap"].isna().sum()),
        "schedule": state.schedule,
        "ceilings": state.has_ceilings(),
    }
    if rows.empty:
        return View.without_rows("cells_none", **numbers)
    rows = rows.sort_values("gap", ascending=False, kind="stable", na_position="last")
    columns = ["measure", "horizon", "unit", *by, *_CELLS, *list_marks(rows)]
    return View(rows[columns].reset_index(drop=True), [Finding("cells", "note", numbers)])


def split_gap(state: State, by: Sequence[str], **within: str) -> Parts | View:
    """Split the gap of a cell; where the plan has nothing to split it by, say so.

    Parameters
    ----------
    state, by, **within
        As `attribute_gap` takes them.

    Returns
    -------
    Parts or View
        Both have `table` and `findings`.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> len(split_gap(state, ["area"]).table), len(split_gap(state, ["industry"]).table)
    (9, 0)
    """
    lacking = tell_lacking(state.plan, by)
    if lacking:
        return View(findings=lacking)
    parts = attribute_gap(state, by, **within)
    if parts.table.loc[~parts.table["unallocated"], "gap"].isna().all():
        where = name_place(state.plan, within)
        known = not state.cell(**within).empty and pd.notna(state.cell(**within)["gap"])
        none = View.without_rows("cells_none", where=where, by=list(by))
        return none if known else View(findings=parts.findings)
    # Neither planned nor reached is no part of a gap.
    something = parts.table["target"].notna() | (parts.table["actual"].fillna(0) != 0)
    kept = parts.table["gap"].notna() | something
    exact = tuple(gap for gap, keep in zip(parts.exact, kept, strict=True) if keep)
    return dataclasses.replace(parts, table=parts.table[kept].reset_index(drop=True), exact=exact)


def explain_completion(state: State, by: Sequence[str], **within: str) -> View:
    """Split the difference between the completion of a cell and the whole's: mix and rate.

    Parameters
    ----------
    state : State
        Of the measure that its plan is about.
    by : list of str
        Dimensions whose cells the completions are made of.
    **within
        Dimension -> code: what is set against the whole.

    Returns
    -------
    View
        `table`: as `CompletionSplit.table`, effects in percentage points: mix_pp, rate_pp,
        unplanned_pp, effect_pp.
    """
    lacking = tell_lacking(state.plan, by)
    if lacking:
        return View(findings=lacking)
    if all(code == "all" for code in within.values()):
        return View.without_rows("completion_of_whole")
    cell = state.cell(**within)
    if not cell.empty and cell["why"] == "small_base":
        return View.without_rows("completion_small_base", where=name_place(state.plan, within))
    split = decompose_completion(state, state, by, within_b=within)
    if split.difference is None:
        return View(findings=split.findings)
    if not (split.table.loc[~split.table["unallocated"], "share_b"] > 0).any():
        where = name_place(state.plan, within)
        return View.without_rows("completion_no_cells", where=where, by=list(by))
    effects = {f"{n}_pp": 100 * split.table[n] for n in ("mix", "rate", "unplanned", "effect")}
    table = split.table.assign(**effects, **list_marks(state.table))
    return View(table.drop(columns=["mix", "rate", "unplanned", "effect"]), split.findings)


def measure_before(plan: Plan, results: Given, state: State) -> State | None:
    """Measure the period before a state's, under the same schedule; None before the first.

    Parameters
    ----------
    plan, results
        As the state was measured from.
    state : State
        Its schedule must be one that has a name.

    Examples
    --------
    >>> from h1224lib import load_plan, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> done = read_actuals(None, plan)
    >>> measure_before(plan, done, measure_progress(plan, done, as_of="2019-03-31")) is None
    True
    """
    days = span(state.period)
    back = step_back(days, count_months(days))
    horizon = str(state.cell()["horizon"])
    if back is None or back[1].isoformat() < str(plan.horizons.at[horizon, "first_day"]):
        return None
    return measure_progress(
        plan, results, back[1], state.schedule, horizon, small_base=state.small_base
    )


def list_shifts(before: State | None, state: State, area: str) -> View:
    """List what an area's growth since the period before is made of, beside the whole's.

    Parameters
    ----------
    before : State or None
        As `measure_before` returns it.
    state : State
        The period after it.
    area : str
        Whose row stands first; the whole's is the last.

    Returns
    -------
    View
        `table`: area, before, after, change, national, industry_mix, competitive, in the
        measure's unit.
    """
    if before is None:
        return View.without_rows("shift_one_period", period=state.period)
    shifts = shift_share(before, state)
    rows = shifts.table[shifts.table["area"].isin([area, "all"])]
    rows = rows[(rows["industry"] == "all") & rows["change"].notna()]
    if rows.empty or shifts.growth is None:
        return View(findings=shifts.findings)
    rows = rows.sort_values("area", key=lambda codes: codes == "all", kind="stable")
    if rows["area"].iloc[0] != area:
        return View.without_rows("shift_unknown", area=name_code(state.plan, "area", area))
    told = [_tell_shift(state, area, rows.iloc[0]), *shifts.findings[1:]]
    unit = {"unit": state.plan.measures.at[state.measure, "unit"]}
    marked = rows.assign(**unit, **list_marks(state.table))
    return View(marked.reset_index(drop=True), told)


def _tell_shift(state: State, area: str, row: pd.Series) -> Finding:
    """State what an area's change is made of."""
    numbers: dict[str, Any] = {
        "area": name_code(state.plan, "area", area),
        "period": state.period,
        **{n: float(row[n]) for n in ("change", "national", "industry_mix", "competitive")},
    }
    return Finding("shift_of_area", "note", numbers)


def list_duties(state: State, **within: str) -> Responsibility | View:
    """List who answers for the targets of one area, with the pace needed next.

    Parameters
    ----------
    state : State
        As `assign_responsibility` takes it.
    **within
        ``area``: its code, ``all`` for every area.

    Returns
    -------
    Responsibility or View
        Both have `table` and `findings`.
    """
    whose = assign_responsibility(state)
    area = within.get("area", "all")
    if whose.table["gap"].isna().all():
        return View(findings=whose.findings)
    if area == "all":
        return whose
    if area in inside(state.plan, "area"):
        return View.without_rows("duties_inside", where=name_place(state.plan, within))
    cell = state.cell(area=area)
    if cell.empty or pd.isna(cell["gap"]):
        return View.without_rows("trace_none", where=name_place(state.plan, within))
    return whose.part(area)
