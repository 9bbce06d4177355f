"""Telling: what a state says, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.hierarchy import find_leaves
from h1224lib.labels import name_code, name_unit
from h1224lib.periods import span
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress.ceilings import find_ceilings
from h1224lib.progress.changes import find_same_days

if TYPE_CHECKING:
    from h1224lib.progress.state import State

_TOLD = ("actual", "target", "completion", "scheduled", "gap", "lead_pp", "new")
# Nobody, some, everybody: behind what is to be reached, above what is to be kept below.
BEHIND = ("no_area_behind", "areas_behind", "every_area_behind")
OVER = ("no_area_over", "areas_over", "every_area_over")
# As many places of unplanned actuals are named.
MOST = 5


def sum_up(state: State, area: str = "all") -> Finding:
    """State how far the whole, or one area, is, and whether that is ahead or behind."""
    cell = state.cell(area=area)
    if cell.empty or pd.isna(cell["target"]):
        return Finding("progress_no_target", "note", {"where": name_code(state.plan, "area", area)})
    numbers: dict[str, Any] = {
        "where": name_code(state.plan, "area", area),
        "measure": name_code(state.plan, "measure", str(cell["measure"])),
        "unit": name_unit(state.plan, str(cell["measure"])),
        **{name: _number(cell[name]) for name in _TOLD},
        "as_of": state.as_of.isoformat(),
        "schedule": state.against,
        "why": str(cell["why"]),
    }
    gap = numbers["gap"]
    if gap is None:
        missing = name_missing(state) if area == "all" else []
        kind = "progress_incomplete" if missing else "progress_no_data"
        if not pd.isna(cell["actual"]):
            kind = "progress_no_schedule"
        return Finding(kind, "note", {**numbers, "missing": missing})
    numbers["ceiling"] = bool(find_ceilings(cell.to_frame().T, state.plan)[0])
    direction = "behind" if gap > 0 else "ahead" if gap < 0 else "even"
    # A target of zero, or too small a one, has a gap and no percentage.
    kind = "progress_unrated" if numbers["why"] else f"progress_{direction}"
    if numbers["why"] == "ceiling":
        kind = "progress_ceiling"
    return Finding(kind, "warning" if gap > 0 else "note", numbers)


def name_missing(state: State) -> list[Label]:
    """Name the areas without a result, where others have one."""
    areas = state.level(["area"])
    lacking = areas[areas["actual"].isna() & (areas["target"] > 0)]
    if len(lacking) == 0 or areas["actual"].notna().sum() == 0:
        return []
    return [name_code(state.plan, "area", code) for code in lacking["area"]]


def name_behind(state: State) -> list[Finding]:
    """Name the areas that are behind their schedule, the largest gap first; ceilings apart."""
    areas = state.level(["area"])
    known = areas["gap"].notna()
    # A plan of one area says nothing beyond the whole; one area known of several does.
    if not known.any() or (known | _is_unknown(areas)).sum() < 2:
        return []
    ceilings = find_ceilings(areas, state.plan)
    sides = ((areas[~ceilings], BEHIND), (areas[ceilings], OVER))
    apart = bool(ceilings.any())
    return [found for rows, kinds in sides for found in _name_side(state, rows, kinds, apart)]


def _is_unknown(areas: pd.DataFrame) -> pd.Series:
    """Mark the areas with a target to hold a result against, and no result."""
    return areas["actual"].isna() & (areas["target"] > 0)


def _name_side(
    state: State, areas: pd.DataFrame, kinds: tuple[str, str, str], apart: bool
) -> list[Finding]:
    """Name the areas of one direction that are on the wrong side of their schedule."""
    rows = areas.dropna(subset=["gap"])
    if rows.empty:
        return []
    behind = rows[rows["gap"] > 0].sort_values("gap", ascending=False, kind="stable")
    measure = state.measure
    numbers = {
        "areas": [name_code(state.plan, "area", code) for code in behind["area"]],
        "gaps": [float(gap) for gap in behind["gap"]],
        "behind": len(behind),
        "of": len(rows),
        "unknown": int(_is_unknown(areas).sum()),
        "apart": apart,
        "unit": name_unit(state.plan, measure),
        "schedule": state.against,
    }
    none, some, every = kinds
    if behind.empty:
        return [Finding(none, "note", numbers)]
    return [Finding(every if len(behind) == len(rows) > 1 else some, "warning", numbers)]


def tell_running(state: State) -> list[Finding]:
    """Compare a period that has not ended with the same days of a year ago, or say why not."""
    if not state.period:
        return []
    period, cell = span(state.period), state.cell()
    same = find_same_days(period, state.as_of)
    if state.as_of >= period[1] or cell.empty or same is None:
        return []
    numbers: dict[str, Any] = {
        "measure": name_code(state.plan, "measure", state.measure),
        "unit": name_unit(state.plan, state.measure),
        "period": state.period,
        "as_of": state.as_of.isoformat(),
        "first": same[0].isoformat(),
        "last": same[1].isoformat(),
        **{name: _number(cell[name]) for name in ("new", "new_last_year", "change_last_year")},
    }
    if numbers["change_last_year"] is not None:
        return [Finding("running", "note", numbers)]
    dated = any((count.actuals["measure"] == state.measure).any() for count in state.counts)
    return [Finding("running_not_covered" if dated else "running_no_days", "note", numbers)]


def tell_unplanned(state: State) -> list[Finding]:
    """State how much of the actual nobody planned, and where it lies, the most first."""
    marked = state.table[state.table["unplanned"] & (state.table["measure"] == state.measure)]
    if marked.empty:
        return []
    rows = find_leaves(marked, state.plan).sort_values("actual", ascending=False, kind="stable")
    values = [float(value) for value in rows["actual"]]
    numbers = {
        "measure": name_code(state.plan, "measure", state.measure),
        "unit": name_unit(state.plan, state.measure),
        "total": round(sum(values), 9),
        "whole": _number(state.cell().get("actual", pd.NA)),
        "cells": len(rows),
        "where": [_name_cell(state, row) for row in rows.head(MOST).to_dict("records")],
        "values": values[:MOST],
        "more": max(len(rows) - MOST, 0),
    }
    return [Finding("progress_unplanned", "note", numbers)]


def _name_cell(state: State, row: dict[Any, Any]) -> Label:
    """Name a cell by the dimensions in which it is a part."""
    named = [d for d in DIMENSIONS if row[d] != "all"]
    texts = [[state.plan.label(d, str(row[d]), lang) for d in named] for lang in ("zh", "en")]
    return Label("·".join(texts[0]), ", ".join(texts[1]))


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(str(value))
