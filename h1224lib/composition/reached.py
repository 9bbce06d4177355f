"""What a measure came to within days, by the results that cover just these."""

from __future__ import annotations

import datetime as dt

from h1224lib.progress.state import State
from h1224lib.progress.tracing import find_results
from h1224lib.steps import step_of, to_steps


def reach(state: State, measure: str, area: str, first: dt.date, last: dt.date) -> float | None:
    """Add up what an area reached from one day to another, in the measure's unit.

    Returns
    -------
    float or None
        None where results do not cover the days.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> last = dt.date(2019, 3, 31)
    >>> [reach(state, "investment", "all", day, last) for day in (dt.date(2019, 1, 1), last)]
    [120.5, None]
    """
    rows = find_results(state.actuals, state.plan, (measure, area, "all", "all"), first, last)
    if rows is None:
        return None
    step = step_of(state.plan.measures, measure)
    return float(int(to_steps(rows["value"], step).sum()) * step)
