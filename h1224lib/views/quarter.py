"""The quarter by area: who stands where, what is new, what falls short, what nobody planned."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.hierarchy import find_leaves
from h1224lib.labels import name_code, name_unit
from h1224lib.progress import State
from h1224lib.progress.movements import MOVEMENTS
from h1224lib.progress.telling import tell_running, tell_unplanned
from h1224lib.provenance import list_marks
from h1224lib.views.view import View, name_place

_CHANGE = ["new", "new_before", "change_before", "new_last_year", "change_last_year"]
_STANDING = ["area", "target", "actual", "completion", "lead_pp", "rank", "light", "why"]


def list_standing(state: State) -> View:
    """List the whole and the areas by rank, each with its light.

    Parameters
    ----------
    state : State
        Its rule gives the lights.

    Returns
    -------
    View
        `table`: area, target, actual (in the measure's unit), completion, lead_pp, rank, light,
        why (there is no completion); without rows where no area has a completion.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> list_standing(state).table["area"].tolist()[:2]
    ['all', 'wanyuan']
    """
    whole, areas = state.level([]), state.level(["area"])
    areas = areas[areas["area"] != "all"].sort_values("rank", kind="stable", na_position="last")
    rated = areas[areas["completion"].notna()]
    told = {"rule": state.rule.label, "as_of": state.as_of.isoformat()}
    if rated.empty:
        return View.without_rows("standing_none", **told)
    ranked = rated[rated["rank"].notna()]
    ends = [ranked[ranked["rank"] == ranked["rank"].agg(end)] for end in ("min", "max")]
    lights = [(light.label, areas[areas["light"] == light.code]) for light in state.rule.lights]
    numbers: dict[str, Any] = {
        **told,
        "lights": [label for label, own in lights if len(own)],
        "lit": [_name_areas(state, own) for _, own in lights if len(own)],
        "first": _name_areas(state, ends[0]),
        "last": _name_areas(state, ends[1]) if len(ranked) > len(ends[0]) else [],
        "best": _number(ranked["completion"].max()),
        "worst": _number(ranked["completion"].min()),
    }
    rows = pd.concat([whole, areas])
    return View(_keep(rows, _STANDING), [Finding("standing", "note", numbers)])


def list_changes(state: State) -> View:
    """List what is new in the period, beside the period before and the same one a year ago.

    Parameters
    ----------
    state : State
        Its `period` is what "new" is about.

    Returns
    -------
    View
        `table`: area, new, new_before, change_before, new_last_year, change_last_year, in the
        measure's unit; a column that results say nothing of is left out.
    """
    rows = _list_areas(state)
    known = [name for name in _CHANGE if rows[name].notna().any()]
    cell = state.cell()
    numbers = {
        "period": state.period,
        "measure": name_code(state.plan, "measure", state.measure),
        "unit": name_unit(state.plan, state.measure),
        **{name: None if cell.empty else _number(cell[name]) for name in _CHANGE},
    }
    if not known:
        return View.without_rows("changes_none", **numbers)
    told = [Finding("changes", "note", numbers), *tell_running(state)]
    return View(_keep(rows, ["area", *known]), told)


def list_shortfalls(state: State) -> View:
    """List how much falls short at each level: the finer it is, the less a surplus hides.

    Parameters
    ----------
    state : State
        Its schedule is what a gap is held against.

    Returns
    -------
    View
        `table`: as `State.shortfalls`, levels without a known gap left out.
    """
    table = state.shortfalls()
    table = table[table["of"] > 0].reset_index(drop=True)
    if table.empty:
        return View.without_rows("shortfalls_none")
    finest = table.iloc[-1]
    numbers = {
        "unit": name_unit(state.plan, state.measure),
        "whole": float(table["shortfall"].iloc[0]),
        "finest": float(finest["shortfall"]),
        "by": list(finest["by"]),
        "behind": int(finest["behind"]),
        "of": int(finest["of"]),
        "levels": len(table),
        "schedule": state.schedule,
        "ceilings": state.has_ceilings(),
    }
    return View(table.assign(**list_marks(state.table)), [Finding("shortfalls", "note", numbers)])


def list_unplanned(state: State) -> View:
    """List the finest cells with an actual and no target, the most first.

    Parameters
    ----------
    state : State
        Its cells at every level; of those that overlap, the finest are listed.

    Returns
    -------
    View
        `table`: area, industry, project_type, actual (in the measure's unit).
    """
    rows = state.table[state.table["unplanned"] & (state.table["measure"] == state.measure)]
    told = tell_unplanned(state)
    if rows.empty or not told:
        known = state.table["actual"].notna().any()
        return View.without_rows("unplanned_none" if known else "changes_unknown")
    rows = find_leaves(rows, state.plan).sort_values("actual", ascending=False, kind="stable")
    return View(_keep(rows, ["area", "industry", "project_type", "actual"]), told)


def list_movements(state: State) -> View:
    """List what entered, left or was corrected since the ledger before, by area.

    Parameters
    ----------
    state : State
        Measured with a `previous` ledger; without one, the view says so.

    Returns
    -------
    View
        `table`: area, entered, gone (left), corrected, actual, in the measure's unit.
    """
    if state.previous is None:
        return View.without_rows("movements_no_previous")
    rows = _list_areas(state)
    rows = rows[rows[list(MOVEMENTS)].notna().any(axis=1)]
    told = [f for f in state.basis if f.kind.startswith("movements")]
    # The left side of an identity is called so too.
    return View(_keep(rows, ["area", *MOVEMENTS, "actual"]).rename(columns={"left": "gone"}), told)


def trace_largest(state: State) -> View:
    """List the rows behind the number of the area with the largest gap.

    Parameters
    ----------
    state : State
        Its gaps decide which area that is.

    Returns
    -------
    View
        As `trace_rows` returns it.
    """
    areas = state.level(["area"]).dropna(subset=["gap"])
    if areas.empty:
        return View.without_rows("trace_none", where=name_place(state.plan, {}))
    row = areas.loc[areas["gap"].idxmax()]
    return trace_rows(state, area=str(row["area"]))


def trace_rows(state: State, **codes: str) -> View:
    """List the rows behind the actual of a cell; their `value` adds up to it.

    Parameters
    ----------
    state : State
        Whose cell it is.
    **codes
        Dimension -> code; dimensions that are not named are ``all``.

    Returns
    -------
    View
        `table`: as `State.trace` returns it, a figure's status as `figure_status`.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> trace_rows(state, area="kaijiang").table["value"].tolist()
    [3.5]
    """
    table, cell = state.trace(**codes), state.cell(**codes)
    numbers: dict[str, Any] = {
        "where": name_place(state.plan, codes),
        "unit": name_unit(state.plan, state.measure),
        "rows": len(table),
    }
    if cell.empty or pd.isna(cell["actual"]):
        return View.without_rows("trace_none", **numbers)
    numbers |= {"actual": float(cell["actual"]), "gap": _number(cell["gap"])}
    source = "ledger" if "project_id" in table else "actuals"
    kind = f"trace_{source}" if len(table) else "trace_zero"
    return View(table.rename(columns={"status": "figure_status"}), [Finding(kind, "note", numbers)])


def _list_areas(state: State) -> pd.DataFrame:
    """List the whole, then each area; of a plan without areas, the whole alone."""
    return pd.concat([state.level([]), state.level(["area"])]).drop_duplicates("area")


def _keep(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Keep some columns of a state's rows, with measure, unit and the marks."""
    names = ["measure", "horizon", "unit"]
    return rows[[*names, *columns, *list_marks(rows)]].reset_index(drop=True)


def _name_areas(state: State, rows: pd.DataFrame) -> list[Any]:
    return [name_code(state.plan, "area", str(code)) for code in rows["area"]]


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(str(value))
