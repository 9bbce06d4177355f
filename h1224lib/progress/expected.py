"""Expected: how much of each target a schedule expects by a day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.periods import days_done, ends_month, months_done, quarters_done, span
from h1224lib.plan.model import Plan
from h1224lib.progress.exact import Exact, missing, read_exact
from h1224lib.progress.frame import By, Frame
from h1224lib.progress.own import OWN, by_amounts, by_shares, is_file, read_own

if TYPE_CHECKING:
    from h1224lib.phasing import Phasing

SCHEDULES = ("quarters", "days", "printed", "phased")
Schedule: TypeAlias = "str | Path | Phasing | pd.DataFrame | Mapping[Any, Any]"


def name_schedule(schedule: Schedule) -> str:
    """Return what a schedule is called in findings: one of SCHEDULES, or ``own``.

    Raises
    ------
    ScheduleError
        There is no such schedule.

    Examples
    --------
    >>> name_schedule("days"), name_schedule({"2024-06-30": 0.4})
    ('days', 'own')
    """
    if is_file(schedule):
        return OWN
    if isinstance(schedule, str):
        if schedule not in SCHEDULES:
            raise ScheduleError("unknown_schedule", found=schedule, known=list(SCHEDULES))
        return schedule
    if isinstance(schedule, (pd.DataFrame, Mapping)):
        return OWN
    if hasattr(schedule, "complete") and hasattr(schedule, "sums"):
        return "phased"
    raise ScheduleError("unknown_schedule", found=str(schedule), known=list(SCHEDULES))


def expect(schedule: Schedule, frame: Frame) -> By:
    """Return a function from a day to what a schedule expects of each cell by then.

    Parameters
    ----------
    schedule : str, Path, Phasing, DataFrame or mapping
        ``days``: the share of the horizon's days that have passed. ``quarters``: the share of
        its quarters that have ended; where the state reports a month, the share of its months
        that have ended, which is the same at a quarter's end (a day that ends no month is held
        against the quarter before it, unless the month is asked for by name). ``printed``: what
        the plan prints for a horizon from the same first day. ``phased``: `phase_targets`,
        cumulative at the end of the last quarter (in a month's state, month) that has ended; of
        a `Phasing`, of the last of its own phases. A DataFrame has `scheduled` on the day that the
        state speaks for, in the measure's unit, by cell; what is not named is summed. A mapping
        has the cumulative share at some days: it holds from that day to the next named one,
        0 before the first; the whole is due on the horizon's last day. A CSV file holds either:
        the columns of such a DataFrame, or `day` and `share`.
    frame : Frame
        The cells and the horizon.

    Returns
    -------
    callable
        Day -> `Exact`, unknown where the schedule says nothing of the day or of the cell.

    Raises
    ------
    ScheduleError
        There is no such schedule, or it cannot be read.
    """
    name = name_schedule(schedule)
    schedule = read_own(schedule)
    if isinstance(schedule, Mapping):
        return by_shares(schedule, frame)
    if isinstance(schedule, pd.DataFrame):
        return by_amounts(schedule, frame)
    if name == "phased":
        return _by_phases(phase(frame) if isinstance(schedule, str) else schedule, frame)
    if name == "printed":
        return _by_print(frame)
    first, last = frame.days
    done = days_done
    if name == "quarters":
        done = months_done if frame.monthly else quarters_done
    return lambda day: frame.targets.times(done(first, last, day))


def reports_months(period: str | None, as_of: dt.date) -> bool:
    """Tell whether a state is about a month: asked for by name, or by a day that ends only one.

    Examples
    --------
    >>> [reports_months(None, dt.date(2024, *day)) for day in ((5, 31), (6, 30), (6, 29))]
    [True, False, False]
    >>> reports_months("2024-06", dt.date(2024, 6, 30))
    True
    """
    if period is not None:
        first, last = span(period)
        return (first.year, first.month) == (last.year, last.month)
    return ends_month(as_of) and as_of.month % 3 != 0


def phase(frame: Frame) -> Phasing:
    """Phase the targets of what accumulates: by month in a month's state, else by quarter."""
    from h1224lib.phasing import phase_targets

    size = "month" if frame.monthly else "quarter"
    plan = with_own_steps(frame.plan)
    carried = set(plan.targets["measure"])
    measures = [m for m in plan.measures.index if m in carried and plan.accumulates(str(m))]
    return phase_targets(plan, phase=size, measures=[str(m) for m in measures])


def with_own_steps(plan: Plan) -> Plan:
    """Count in whole projects what a ledger counts in shares: so the plan itself counts.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> shared = plan.measures["step"].mask(plan.measures.index == "projects", "1/5")
    >>> fine = dataclasses.replace(plan, measures=plan.measures.assign(step=shared))
    >>> str(with_own_steps(fine).measures.at["projects", "step"])
    '1'
    """
    steps = plan.measures["step"].copy()
    for measure in plan.measures.index[plan.measures["kind"] == "count"]:
        values = plan.cells.loc[plan.cells["measure"] == measure, "value"].dropna()
        if (values == values.round()).all() and Fraction(str(steps[measure])) < 1:
            steps[measure] = "1"
    return dataclasses.replace(plan, measures=plan.measures.assign(step=steps))


def _by_phases(phased: Phasing, frame: Frame) -> By:
    """Read the cumulative targets at the end of the last phase that has ended."""
    table = phased.complete()
    spans = {period: span(period) for period in table["period"].unique()}
    ends = sorted((last, period) for period, (_, last) in spans.items())
    parts = dict(list(table.groupby("period")))
    before = frame.days[0] - dt.timedelta(days=1)

    def so_far(day: dt.date) -> Exact:
        at = bisect_right([last for last, _ in ends], day) - 1
        if at < 0:
            return frame.targets.times(Fraction(0))
        values = frame.align(parts[ends[at][1]], "cumulative")
        return read_exact(values, frame.cells["measure"], frame.plan)

    begun = so_far(before)
    return lambda day: so_far(day) - begun.or_else(frame.targets.times(Fraction(0)))


def _by_print(frame: Frame) -> By:
    """Read what the plan prints for a horizon of the same first day."""
    horizons = frame.plan.horizons
    first, last = frame.days
    same = horizons[horizons["first_day"] == first.isoformat()]
    if not (same["last_day"] == frame.as_of.isoformat()).any():
        day = frame.as_of.isoformat()
        days = sorted({str(end) for end in same["last_day"]})
        raise ScheduleError("no_printed_schedule", found=day, horizon=frame.horizon, days=days)

    def printed(day: dt.date) -> Exact:
        if day == last:
            return frame.targets
        codes = same.index[same["last_day"] == day.isoformat()]
        if not len(codes):
            return missing(len(frame.cells))
        values = frame.align(frame.whole[frame.whole["horizon"] == codes[0]], "value")
        return read_exact(values, frame.cells["measure"], frame.plan)

    return printed
