"""The course of one cell: what was reached and what was due, from the first day to the last."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.hierarchy import complete_targets, find_leaves
from h1224lib.periods import list_ends
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress.accumulation import CELL, record
from h1224lib.progress.changes import Reached
from h1224lib.progress.exact import read_exact
from h1224lib.progress.expected import SCHEDULES, expect, reports_months
from h1224lib.progress.frame import Frame
from h1224lib.progress.state import State
from h1224lib.progress.telling import sum_up
from h1224lib.provenance import list_marks

COLUMNS = ["day", "kind", "value", "horizon"]
# Further apart than this, two numbers are not the same one.
TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Course:
    """What a cell reached and what it was to reach, day by day as far as is known.

    Attributes
    ----------
    state : State
        Whose course this is.
    area : str
        The cell.
    table : DataFrame
        day, kind (``actual``: reached by the end of the day; ``scheduled``: due by then;
        ``target``: what the plan prints for a horizon that ends then), value (in the measure's
        unit), horizon (code, of targets); data_kind, if any result is made up.
    days : tuple of date
        The first and the last day of the horizon.
    """

    state: State
    area: str
    table: pd.DataFrame
    days: tuple[dt.date, dt.date]

    def of(self, kind: str) -> pd.DataFrame:
        """Return the rows of one kind, in order of time."""
        return self.table[self.table["kind"] == kind].reset_index(drop=True)

    @property
    def findings(self) -> list[Finding]:
        """How far the cell is, and whether that is ahead or behind."""
        return [sum_up(self.state, self.area)]


def follow_course(state: State, area: str = "all") -> Course:
    """Follow what an area reached, month by month, beside what was due.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it. A schedule of one's own, or a phasing other than the
        usual one, is known on its day alone.
    area : str
        Its code; by default the whole.

    Returns
    -------
    Course
        Months whose results leave a hole have no actual. A ledger is counted as it is on the
        day: what was withdrawn since is in no month.

    Raises
    ------
    UnknownNameError
        There is no such area.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> follow_course(state).table[["day", "kind", "value"]].values.tolist()[:2]
    [['2019-03-31', 'actual', 120.5], ['2019-03-31', 'scheduled', 150.025]]
    """
    state.plan.label("area", area, "en")  # refuses a code that there is not
    cell = state.cell(area=area)
    own = state.table["measure"] == state.measure
    horizon = str((state.table[own] if own.any() else state.table)["horizon"].iloc[0])
    first, last = (
        dt.date.fromisoformat(str(state.plan.horizons.at[horizon, f"{end}_day"]))
        for end in ("first", "last")
    )
    rows = [
        *_list_actuals(state, area, first, last),
        *_list_scheduled(state, cell, horizon, area),
        *_list_targets(state.plan, state.measure, area, first, last),
    ]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"value": "Float64"})
    table = table[table["value"].notna()].reset_index(drop=True)
    return Course(state, area, table.assign(**list_marks(state.table)), (first, last))


def _cells(state: State, area: str) -> pd.DataFrame:
    keys = {**dict.fromkeys(DIMENSIONS, "all"), "area": area, "measure": state.measure}
    return pd.DataFrame([keys])[CELL]


def _list_actuals(
    state: State, area: str, first: dt.date, last: dt.date
) -> list[tuple[str, str, Any, str]]:
    """Add up results to the end of each month, and to the day itself."""
    plan = state.plan
    given = state.actuals[state.actuals["measure"] == state.measure]
    whole = complete_targets(plan)
    own = whole[(whole["measure"] == state.measure) & (whole["value"] > 0)]
    horizon = state.cell(area=area).get("horizon")
    leaves = find_leaves(own[own["horizon"] == horizon], plan)
    reached = Reached(record(given, plan), leaves, plan)
    cells = _cells(state, area)
    days = [day for day in list_ends(first, last, 1) if day < state.as_of]
    found = [(day, reached.along((first, day), cells).series().iloc[0]) for day in days]
    told = state.cell(area=area).get("actual", pd.NA)
    return [(day.isoformat(), "actual", value, "") for day, value in [*found, (state.as_of, told)]]


def _list_scheduled(
    state: State, cell: pd.Series, horizon: str, area: str
) -> list[tuple[str, str, Any, str]]:
    """List what is due at the end of each period, where the state's schedule can be had again."""
    today = (state.as_of.isoformat(), "scheduled", cell.get("scheduled", pd.NA), "")
    if state.schedule not in SCHEDULES or cell.empty or pd.isna(cell["target"]):
        return [today]
    cells = _cells(state, area).assign(horizon=horizon)
    target = read_exact(pd.Series([cell["target"]]), cells["measure"], state.plan)
    monthly = reports_months(state.period or None, state.as_of)
    whole = complete_targets(state.plan)
    whole = whole[whole["measure"] == state.measure]
    frame = Frame(state.plan, cells, target, whole, horizon, state.as_of, monthly)
    by = expect(state.schedule, frame)
    # Another phasing than the usual one is known on its day alone.
    usual = by(state.as_of).series().iloc[0]
    if pd.isna(usual) or pd.isna(cell["scheduled"]) or abs(usual - cell["scheduled"]) > TINY:
        return [today]
    found = [(day, by(day).series().iloc[0]) for day in frame.ends if day != state.as_of]
    rows = [(day.isoformat(), "scheduled", value, "") for day, value in found]
    return sorted([*rows, today])


def _list_targets(
    plan: Plan, measure: str, area: str, first: dt.date, last: dt.date
) -> list[tuple[str, str, Any, str]]:
    """List what the plan prints for horizons that begin on the first day."""
    rows = complete_targets(plan)
    rows = rows[(rows["measure"] == measure) & (rows["area"] == area)]
    for dimension in DIMENSIONS[1:]:
        rows = rows[rows[dimension] == "all"]
    ends = plan.horizons["last_day"]
    same = plan.horizons["first_day"] == first.isoformat()
    known = set(plan.horizons.index[same & (ends <= last.isoformat())])
    found = [
        (str(ends[row.horizon]), "target", row.value, str(row.horizon))
        for row in rows.itertuples(index=False)
        if row.horizon in known
    ]
    return sorted(found, key=lambda row: row[0])
