"""What stands beside a picture: two periods, the landmarks, the investors of one industry."""

from __future__ import annotations

import pandas as pd

from h1224lib.composition import match_investors
from h1224lib.findings import Finding
from h1224lib.gaps import compare
from h1224lib.landmark_status import latest_status, tell_status
from h1224lib.progress import State
from h1224lib.provenance import list_marks
from h1224lib.results import Given
from h1224lib.views.industries import find_status
from h1224lib.views.projects import cross_investors
from h1224lib.views.view import View


def list_since(before: State | None, state: State) -> View:
    """List the completion of the whole and of each area in two periods.

    Parameters
    ----------
    before : State or None
        As `measure_before` returns it.
    state : State
        The period after it.

    Returns
    -------
    View
        `table`: area, completion_before, completion (shares of the target), completion_change_pp
        (percentage points); without rows before the first period, or without a completion.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> list_since(None, state).findings[0].kind
    'shift_one_period'
    """
    if before is None:
        return View.without_rows("shift_one_period", period=state.period)
    compared = compare(before, state)
    rows = compared.quantity("completion")
    rows = rows[(rows["measure"] == state.measure) & (rows["industry"] == "all")]
    finest = {"all", *state.level(["area"])["area"]}
    rows = rows[(rows["project_type"] == "all") & rows["area"].isin(finest)]
    rows = rows[rows[["value_a", "value_b"]].notna().any(axis=1)]
    table = pd.DataFrame(
        {
            "measure": rows["measure"],
            "area": rows["area"],
            "completion_before": rows["value_a"],
            "completion": rows["value_b"],
            "completion_change_pp": 100 * rows["difference"],
        }
    ).reset_index(drop=True)
    return View(table.assign(**list_marks(state.table)), compared.findings)


def list_landmarks(state: State, results: Given = ()) -> View:
    """List each landmark of the plan with its status on the day of a state.

    Parameters
    ----------
    state : State
        Its plan and its day.
    results : optional
        What the state was measured from: the status of landmarks is taken from it.

    Returns
    -------
    View
        `table`: industry, zh, en, horizon, minimum, landmark_status, date, evidence; without rows
        where the plan names none, or nothing is recorded.
    """
    plan, status = state.plan, find_status(results)
    finding = tell_status(plan, status, state.as_of)
    if plan.landmarks.empty or status is None:
        return View(findings=[finding])
    names = plan.landmarks[["landmark_id", "zh", "en"]].rename(columns={"landmark_id": "landmark"})
    table = latest_status(status, plan, state.as_of).merge(names, on="landmark")
    table = table.rename(columns={"status": "landmark_status"})
    columns = ["industry", "zh", "en", "horizon", "minimum", "landmark_status", "date", "evidence"]
    return View(table[columns].assign(**list_marks(state.table)), [finding])


def list_investors(state: State, industry: str = "all", lang: str = "zh") -> View:
    """List the projects of an industry by direction and kind of investor, empty cells kept.

    Parameters
    ----------
    state : State
        Its first ledger is counted.
    industry : str
        Its code; of ``all``, every industry.
    lang : str
        Of the names that head the columns.

    Returns
    -------
    View
        `table`: as `cross_investors` makes it; without rows where there is no ledger.
    """
    if not state.counts:
        return View.without_rows("projects_no_ledger")
    found = match_investors(state.counts[0])
    own = found.table if industry == "all" else found.table[found.table["industry"] == industry]
    cells = own[(own["direction"] != "") & (own["investor_kind"] != "")]
    numbers = {"cells": len(cells), "empty": int((cells["projects"] == 0).sum())}
    if own.empty:
        return View(findings=found.findings[:1])
    return View(cross_investors(own, lang), [Finding("investors_cells", "note", numbers)])
