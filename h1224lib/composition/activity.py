"""Activity: what was held each month, and what came of it each month and quarter."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.composition.reached import reach
from h1224lib.composition.result import Composition, as_floats
from h1224lib.findings import Finding
from h1224lib.labels import name_code, name_unit
from h1224lib.monthly import list_months
from h1224lib.periods import list_ends
from h1224lib.plan.model import Plan
from h1224lib.progress.state import State
from h1224lib.provenance import list_marks

COLUMNS = ["grain", "period", "first_day", "last_day", "activities", "new", "new_per_activity"]


def count_activity(state: State, area: str = "all") -> Composition:
    """Count activities held and projects attracted, month by month and quarter by quarter.

    Parameters
    ----------
    state : State
        Its results: activities are those of the measure that the plan gives as context for the
        one that it is about, such as 招商活动; what is new is of that one.
    area : str
        Whose.

    Returns
    -------
    Composition
        `table`: one row a month and one a quarter, from the horizon's first day to the state's:
        grain (``month`` or ``quarter``), period, first_day, last_day, activities, new (in each
        measure's unit; <NA> where results do not cover the days), new_per_activity (<NA> unless
        both are known and something was held). A quarter or month that has not ended is left
        out. That one follows from the other is not said: projects take longer than a month.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals, read_ledger
    >>> from h1224lib.resources import data_folder
    >>> plan, demo = load_plan(), data_folder() / "demo"
    >>> ledger = read_ledger(demo / "synthetic-ledger.xlsx", plan)
    >>> actuals = read_actuals(demo / "synthetic-actuals.csv", plan)
    >>> table = count_activity(measure_progress(plan, [ledger, actuals], "2024-06-30")).table
    >>> table["grain"].value_counts().to_dict()
    {'month': 18, 'quarter': 6}
    """
    plan = state.plan
    held = find_activities(plan)
    horizon = state.cell(area=area).get("horizon")
    spans = [] if horizon is None else _list_spans(plan, str(horizon), state.as_of)
    lines = []
    for grain, name, first, last in spans:
        new = reach(state, state.measure, area, first, last)
        done = reach(state, held, area, first, last) if held else None
        ratio = new / done if new is not None and done else None
        lines.append((grain, name, first, last, done, new, ratio))
    table = as_floats(pd.DataFrame(lines, columns=COLUMNS), COLUMNS[4:])
    table = table.assign(**list_marks(state.table))
    return Composition(table, [_tell(state, held, table)])


def find_activities(plan: Plan) -> str | None:
    """Return the count that stands beside the plan's main measure as context, if there is one.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> find_activities(load_plan()), find_activities(load_plan("dazhou-2019"))
    ('activities', None)
    """
    measures = plan.measures
    if "context_for" not in measures:
        return None
    about = measures["context_for"].astype(str).str.split(";")
    own = [main_measure(plan) in said for said in about]
    counts = measures[pd.Series(own, index=measures.index) & (measures["kind"] == "count")]
    return None if counts.empty else str(counts.index[0])


def _list_spans(plan: Plan, horizon: str, day: dt.date) -> list[tuple[str, str, dt.date, dt.date]]:
    """List the months, then the quarters, that have ended: grain, name, first and last day."""
    first, end = (
        dt.date.fromisoformat(str(plan.horizons.at[horizon, f"{name}_day"]))
        for name in ("first", "last")
    )
    months = [("month", *month) for month in list_months(first, min(day, end))]
    whole = set(list_ends(first, end, 1))
    spans = [span for span in months if span[3] in whole]
    begin = first
    for last in list_ends(first, end, 3):
        if last <= day:
            name = f"{last.year:04d}Q{(last.month + 2) // 3}"
            spans.append(("quarter", name, begin, last))
        begin = last + dt.timedelta(days=1)
    return spans


def _tell(state: State, held: str | None, table: pd.DataFrame) -> Finding:
    if held is None:
        return Finding("activity_no_measure", "note")
    quarters = table[table["grain"] == "quarter"]
    names = {
        "activity": name_code(state.plan, "measure", held),
        "measure": name_code(state.plan, "measure", state.measure),
        "unit": name_unit(state.plan, held),
        "as_of": state.as_of.isoformat(),
    }
    if table["activities"].isna().all():
        return Finding("activity_no_data", "note", names)
    if quarters.empty or quarters[["activities", "new"]].iloc[-1].isna().any():
        known = table[(table["grain"] == "month") & table["activities"].notna()].iloc[-1]
        numbers = {"period": str(known["period"]), "activities": float(known["activities"])}
        return Finding("activity_month", "note", {**names, **numbers})
    row = quarters.iloc[-1]
    numbers = {
        "period": str(row["period"]),
        "activities": float(row["activities"]),
        "new": float(row["new"]),
        "ratio": None if pd.isna(row["new_per_activity"]) else float(row["new_per_activity"]),
    }
    return Finding("activity", "note", {**names, **numbers})
