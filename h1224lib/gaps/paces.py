"""Paces: what each cell is expected to reach next, and what it still needs."""

from __future__ import annotations

import datetime as dt
import math
from fractions import Fraction

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.gaps.exactness import Exact, read_column, read_scheduled
from h1224lib.hierarchy import complete_targets
from h1224lib.periods import list_ends, name_period
from h1224lib.plan.model import KEYS, Plan
from h1224lib.progress import SCHEDULES, State
from h1224lib.progress.exact import read_exact
from h1224lib.progress.expected import Schedule, expect, reports_months
from h1224lib.progress.frame import Frame

AMOUNTS = ("target", "scheduled", "actual", "gap", "shortfall")
PACES = ("needed_next", "needed_even")


def is_monthly(state: State) -> bool:
    """Tell whether a state is about a month."""
    return reports_months(state.period, state.as_of)


def list_period_ends(state: State, rows: pd.DataFrame) -> list[dt.date]:
    """List the days on which the horizon's quarters end; months, in a month's state."""
    if rows.empty:
        return []
    horizon = state.plan.horizons.loc[rows["horizon"].iloc[0]]
    days = [dt.date.fromisoformat(str(horizon[name])) for name in ("first_day", "last_day")]
    return list_ends(days[0], days[1], 1 if is_monthly(state) else 3)


def name_next(state: State, left: list[dt.date]) -> str:
    """Name the quarter, or the month in a month's state, that ends next; empty without one."""
    if not left:
        return ""
    return left[0].strftime("%Y-%m") if is_monthly(state) else name_period(left[0])


def count_days(state: State, ends: list[dt.date]) -> int | None:
    """Count the days left where the last period has begun; None while a whole one is left."""
    begun = bool(ends) and [end for end in ends if end > state.as_of] == ends[-1:]
    return (ends[-1] - state.as_of).days if begun and state.as_of not in ends else None


def expect_next(
    state: State, rows: pd.DataFrame, day: dt.date, schedule: Schedule | None, step: Fraction
) -> tuple[list[Exact], str]:
    """Return what a schedule expects of each cell by a day to come, or why that is unknown."""
    unknown: list[Exact] = [None] * len(rows)
    if schedule is None and state.schedule not in SCHEDULES:
        return unknown, "responsibility_own_schedule"
    if isinstance(schedule, pd.DataFrame):
        raise ScheduleError("responsibility_one_day")
    targets = read_exact(rows["target"], rows["measure"], state.plan)
    asked = schedule if schedule is not None else state.schedule
    # Only what the plan prints needs targets of other horizons, and they take time to sum.
    printed = isinstance(asked, str) and asked == "printed"
    whole = complete_targets(state.plan) if printed else pd.DataFrame()
    frame = Frame(
        state.plan, rows[KEYS], targets, whole, str(rows["horizon"].iloc[0]), day,
        is_monthly(state),
    )  # fmt: skip
    try:
        by = expect(asked, frame)(day)
    except ScheduleError as error:
        if error.key != "no_printed_schedule":
            raise
        return unknown, "responsibility_not_printed"
    return [by.fraction(i) if known else None for i, known in enumerate(by.known)], ""


def find_whole(plan: Plan, measure: str, step: Fraction) -> Fraction:
    """Return the step that a pace is rounded up to: there is no half project to attract."""
    return max(step, Fraction(1)) if plan.measures.at[measure, "kind"] == "count" else step


def read_cells(
    rows: pd.DataFrame,
    due: list[Exact],
    ceilings: list[bool],
    step: Fraction,
    left: int,
    whole: Fraction,
) -> pd.DataFrame:
    """Return each cell's amounts and paces; no pace without a result, or to a ceiling."""
    targets, actuals = read_column(rows["target"]), read_column(rows["actual"])
    scheduled = read_scheduled(rows, targets, step)
    found: list[dict[str, Exact]] = []
    cells = zip(targets, scheduled, actuals, due, ceilings, strict=True)
    for target, expected, actual, then, ceiling in cells:
        cell: dict[str, Exact] = dict.fromkeys([*AMOUNTS, "scheduled_next", *PACES])
        cell |= {"target": target, "scheduled": expected, "scheduled_next": then, "actual": actual}
        if expected is not None and actual is not None:
            gap = actual - expected if ceiling else expected - actual
            cell |= {"gap": gap, "shortfall": max(gap, Fraction(0))}
        if ceiling:
            found.append(cell)
            continue
        if actual is not None and then is not None:
            cell["needed_next"] = round_up(then - actual, whole)
        if actual is not None and target is not None and left:
            cell["needed_even"] = round_up((target - actual) / left, whole)
        found.append(cell)
    columns = [*AMOUNTS, "scheduled_next", *PACES]
    return pd.DataFrame(found, columns=columns, dtype=object)


def round_up(amount: Fraction, step: Fraction) -> Fraction:
    """Round an amount up to whole steps; what is below zero needs nothing.

    Examples
    --------
    >>> round_up(Fraction(21, 10), Fraction(1)), round_up(Fraction(-3), Fraction(1))
    (Fraction(3, 1), Fraction(0, 1))
    """
    return max(math.ceil(amount / step) * step, Fraction(0))
