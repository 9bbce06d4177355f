"""Earned schedule: how far along its own plan a result is, in periods."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from h1224lib.progress.exact import Exact, Whole, objects


def earn_schedule(
    planned: Sequence[Any], earned: Any, elapsed: Any, scheduled: Any | None = None
) -> Fraction:
    """Return the time, in periods, at which a schedule plans what has been earned.

    Parameters
    ----------
    planned : sequence of number
        The cumulative plan at the end of each period; it does not fall, and begins from zero.
    earned : number
        What has been reached, in the same unit.
    elapsed : number
        The periods that have passed, with the running one's share.
    scheduled : number, optional
        What is planned by then; by default what lies on the line within the running period.

    Returns
    -------
    Fraction
        ``N + (EV - PV_N) / (PV_N+1 - PV_N)``, N the latest period whose plan is not above what
        is earned. Where the plan is level at what is earned, the times at which it is planned
        are an interval: of these the one nearest to `elapsed`, so what is on schedule is on
        time. Below zero counts as zero, and what is beyond the whole as the whole, whose
        interval ends with the last period.

    Raises
    ------
    ValueError
        The plan falls, or there is none.

    Notes
    -----
    W. Lipke, Schedule is different, The Measurable News, summer 2003: "earned schedule". The
    interval on level stretches and the cap are this library's.

    Examples
    --------
    >>> earn_schedule([5, 10, 20, 20, 40], 15, 4), earn_schedule([10, 20], -1, 1)
    (Fraction(5, 2), Fraction(0, 1))
    >>> [str(earn_schedule([5, 10, 20, 20, 40], 20, passed)) for passed in (2, "7/2", 5)]
    ['3', '7/2', '4']
    >>> [str(earn_schedule([10, 20, 40, 40], 50, passed)) for passed in (1, 4)]
    ['3', '4']
    """
    values = [Fraction(0), *map(_read, planned)]
    passed = _read(elapsed)
    if len(values) == 1 or values != sorted(values):
        raise ValueError(f"no plan that does not fall: {list(planned)}")
    times = [Fraction(at) for at in range(len(values))]
    if scheduled is not None and passed not in times:
        at = bisect_left(times, passed)
        times.insert(at, passed)
        values.insert(at, _read(scheduled))
        if values != sorted(values):
            raise ValueError(f"no plan that does not fall: {list(map(str, values))}")
    value = min(max(_read(earned), Fraction(0)), values[-1])
    earliest, at = bisect_left(values, value), bisect_right(values, value) - 1
    if values[at] == value:
        return min(max(passed, times[earliest]), times[at])
    share = (value - values[at]) / (values[at + 1] - values[at])
    return times[at] + share * (times[at + 1] - times[at])


def _read(number: Any) -> Fraction:
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)


def rate_time(earned: Any, elapsed: Any) -> tuple[float | None, float]:
    """Return SPI(t), earned over elapsed time, and SV(t), their difference in periods.

    Examples
    --------
    >>> rate_time(18, 20), rate_time(0, 0)
    ((0.9, -2.0), (None, 0.0))
    """
    reached, passed = Fraction(earned), Fraction(elapsed)
    index = float(reached / passed) if passed else None
    return index, float(reached - passed)


def earn_cells(
    planned: Sequence[Exact], earned: Exact, elapsed: Fraction, scheduled: Exact
) -> Exact:
    """Return `earn_schedule` of every cell; unknown where plan or result is, or the plan falls.

    Where nothing is scheduled and nothing done, there is nothing to be early or late with, and
    it is unknown too.

    Parameters
    ----------
    planned : sequence of Exact
        What is planned by the end of each period.
    earned : Exact
        What has been reached.
    elapsed : Fraction
        The periods that have passed.
    scheduled : Exact
        What is planned by then.
    """
    nothing = Exact(earned.top * 0, earned.bottom * 0 + 1, earned.known)
    times, plans = [Fraction(at) for at in range(len(planned) + 1)], [nothing, *planned]
    if elapsed not in times:
        place = bisect_left(times, elapsed)
        times.insert(place, elapsed)
        plans.insert(place, scheduled)
    known = earned.known & scheduled.known & (plans[-1].top > 0).astype(bool)
    for before, after in itertools.pairwise(plans):
        known &= after.known & after.at_least(before)
    known &= (scheduled.top > 0).astype(bool) | (earned.top > 0).astype(bool)
    value = _choose(earned.at_least(nothing), earned, nothing)
    value = _choose(value.at_least(plans[-1]), plans[-1], value)
    first = sum((value.at_least(p, True).astype(int) for p in plans), np.zeros(len(known), int))
    at = sum((value.at_least(p).astype(int) for p in plans), np.zeros(len(known), int)) - 1
    # What is unknown has no place of its own; it is marked, and stays within the columns.
    first, at = first.clip(0, len(plans) - 1), at.clip(0)
    latest = _interpolate(times, plans, at, value).where(known)
    earliest = _at_times(times, first, known)
    level = _take(plans, first).at_least(value) & value.at_least(_take(plans, first))
    passed = _at_times([elapsed], at * 0, known)
    passed = _choose(passed.at_least(latest), latest, passed)
    clipped = _choose(earliest.at_least(passed), earliest, passed)
    return _choose(level, clipped, latest)


def _interpolate(
    times: Sequence[Fraction], plans: Sequence[Exact], at: Whole, value: Exact
) -> Exact:
    """Return the latest time at which each cell's own plan is at a value."""
    known = value.known
    below, above = _take(plans, at), _take([*plans[1:], plans[-1]], at)
    share = (value - below) / (above - below)
    begin, end = _at_times(times, at, known), _at_times([*times[1:], times[-1]], at, known)
    between = end - begin
    top, bottom = share.top * between.top, share.bottom * between.bottom
    # Where the plan ends, nothing follows to share.
    part = Exact(np.where(share.known, top, 0), np.where(share.known, bottom, 1), known)
    return begin + part


def _at_times(times: Sequence[Fraction], at: Whole, known: Any) -> Exact:
    top, bottom = objects(t.numerator for t in times), objects(t.denominator for t in times)
    return Exact(top[at], bottom[at], known)


def _choose(marks: Any, one: Exact, other: Exact) -> Exact:
    """Take one number where it is marked, else the other."""
    top, bottom = np.where(marks, one.top, other.top), np.where(marks, one.bottom, other.bottom)
    return Exact(top, bottom, one.known & other.known)


def _take(columns: Sequence[Exact], at: Any) -> Exact:
    """Take each row from a column of its own."""
    rows = np.arange(len(at))

    def choose(parts: list[Whole]) -> Whole:
        chosen: Whole = np.stack(parts)[at, rows]
        return chosen

    known = np.stack([c.known for c in columns])[at, rows]
    return Exact(choose([c.top for c in columns]), choose([c.bottom for c in columns]), known)
