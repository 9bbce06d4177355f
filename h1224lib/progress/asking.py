"""Asking: the day, period and horizon that a state is of, and what a ledger's sheet says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.findings import Finding
from h1224lib.periods import ends_month, name_period, span
from h1224lib.plan.model import Plan
from h1224lib.results import Results


def read_day(as_of: Any) -> dt.date:
    """Read the day that an analysis speaks for."""
    try:
        day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError as error:
        raise ScheduleError("not_a_day", found=as_of) from error
    if isinstance(day, dt.datetime):
        return day.date()
    if not isinstance(day, dt.date):
        raise ScheduleError("not_a_day", found=str(day))
    return day


def read_period(day: dt.date, period: str | None) -> tuple[str, tuple[dt.date, dt.date]]:
    """Return the period that a day reports, or the one asked for, with its first and last day.

    Raises
    ------
    ScheduleError
        The period is without the day.
    """
    reported = period or _name_reported(day)
    days = span(reported)
    if not days[0] <= day <= days[1]:
        raise ScheduleError("period_without_day", found=day.isoformat(), period=reported)
    return reported, days


def _name_reported(day: dt.date) -> str:
    """Name what a day reports: the quarter or month that it ends, else the quarter it is in."""
    if ends_month(day):
        return name_period(day)
    return f"{day.year:04d}Q{(day.month + 2) // 3}"


def choose_horizon(plan: Plan, horizon: str | None, day: dt.date) -> str:
    """Return the horizon asked for, else the longest that contains the day.

    Raises
    ------
    ScheduleError
        There is no such horizon, or it does not contain the day.
    """
    if horizon is None:
        return find_horizon(plan, day)
    if horizon not in plan.horizons.index:
        known = [str(code) for code in plan.horizons.index]
        raise ScheduleError("unknown_horizon", found=horizon, known=known)
    first, last = (str(plan.horizons.at[horizon, name]) for name in ("first_day", "last_day"))
    if not first <= day.isoformat() <= last:
        raise ScheduleError(
            "horizon_without_day", horizon=horizon, found=day.isoformat(), first=first, last=last
        )
    return horizon


def find_horizon(plan: Plan, day: dt.date) -> str:
    """Return the longest horizon that contains a day, of those with targets that accumulate.

    Raises
    ------
    ScheduleError
        There is none.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> find_horizon(load_plan(), dt.date(2024, 6, 30))
    '2023-2025'
    """
    accumulating = {m for m in plan.measures.index if plan.accumulates(str(m))}
    printed = plan.targets[plan.targets["measure"].isin(accumulating)]["horizon"].unique()
    spans = plan.horizons.loc[list(printed)]
    iso = day.isoformat()
    around = spans[(spans["first_day"] <= iso) & (spans["last_day"] >= iso)]
    if around.empty:
        raise ScheduleError("no_horizon", found=iso, known=[str(h) for h in spans.index])
    days = pd.to_datetime(around["last_day"]) - pd.to_datetime(around["first_day"])
    return str(days.idxmax())


def find_settings(given: Results, schedule: Any, lights: Any) -> dict[str, Any]:
    """Find what the sheet of a ledger says of schedule and lights, where nobody else does."""
    meant: dict[str, Any] = {"schedule": "quarters", "lights": "points30", "findings": []}
    asked = {"schedule": schedule, "lights": lights}
    for count in given.counts:
        settings = count.ledger.settings
        names = [n for n in asked if asked[n] is None and settings.origins.get(n) == "sheet"]
        if names:
            said = {n: str(getattr(settings, n)) if n in names else "" for n in asked}
            meant |= {n: said[n] for n in names}
            numbers = {**said, "file": count.ledger.file}
            meant["findings"] = [Finding("progress_by_settings", "note", numbers)]
            break
    return meant
