"""Exposure: how much of a target's time has gone by, by season, reporting lag and withdrawals."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.monthly import list_months
from h1224lib.periods import span

EVEN = (0.25, 0.25, 0.25, 0.25)
# An ordinary year-end rush, to say what it would change.
RUSH = (0.15, 0.20, 0.25, 0.40)
# A past year moves the seasons a third of the way from even ones, two years half of it.
YEARS_WORTH = 2
QUARTER_DAYS = 365.25 / 4


@dataclass(frozen=True)
class Clock:
    """How a horizon's time runs: even, or faster in a busy season.

    Attributes
    ----------
    first, last : date
        The horizon.
    season : tuple of float
        The share of each quarter in a year.
    """

    first: dt.date
    last: dt.date
    season: tuple[float, ...] = EVEN

    def read(self, day: dt.date) -> float:
        """Return the share of the horizon that has gone by at the end of a day.

        Examples
        --------
        >>> clock = Clock(dt.date(2024, 1, 1), dt.date(2024, 12, 31), (0.15, 0.20, 0.25, 0.40))
        >>> clock.read(dt.date(2024, 6, 30)), clock.read(dt.date(2024, 12, 31))
        (0.35, 1.0)
        """
        gone, whole = 0.0, 0.0
        for quarter, begin, end in list_quarters(self.first, self.last):
            within = (min(end, self.last) - max(begin, self.first)).days + 1
            passed = (min(end, day, self.last) - max(begin, self.first)).days + 1
            weight = self.season[quarter - 1] / ((end - begin).days + 1)
            whole += weight * within
            gone += weight * max(passed, 0)
        return gone / whole

    def quarters(self, day: dt.date) -> tuple[float, float]:
        """Return how many quarters have gone by at the end of a day, and how many are ahead."""
        even = Clock(self.first, self.last).read(day)
        whole = ((self.last - self.first).days + 1) / QUARTER_DAYS
        # Quarters differ by a day or two: of a horizon of whole quarters, count those.
        whole = round(whole) if abs(whole - round(whole)) < 0.05 else whole
        return even * whole, (1 - even) * whole


def list_quarters(first: dt.date, last: dt.date) -> list[tuple[int, dt.date, dt.date]]:
    """List the calendar quarters that a span touches: number, first day, last day."""
    found = []
    for year in range(first.year, last.year + 1):
        for quarter in range(1, 5):
            begin, end = span(f"{year:04d}Q{quarter}")
            if end >= first and begin <= last:
                found.append((quarter, begin, end))
    return found


def share_exposure(
    scheduled: np.ndarray, clock: Clock, day: dt.date, lag: Sequence[float] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Return the shares of each target's phased time behind a day and ahead of it.

    Parameters
    ----------
    scheduled : array
        The share of each target that the schedule puts before the end of the day.
    clock : Clock
        Its season stretches what is behind and what is ahead, each against even quarters.
    day : date
        The day that the analysis speaks for.
    lag : sequence of float
        How complete the last month is, the month before it, and so on, from 0 to 1.

    Returns
    -------
    array, array
        They sum to 1. What is not reported yet is still to come: thinned Poisson counts are
        Poisson, and independent of those that are known (the thinning, or colouring, theorem).

    Examples
    --------
    >>> clock = Clock(dt.date(2024, 1, 1), dt.date(2024, 12, 31), (0.15, 0.20, 0.25, 0.40))
    >>> behind, ahead = share_exposure(np.array([0.5]), clock, dt.date(2024, 6, 30))
    >>> round(float(behind[0]), 9), round(float(ahead[0]), 9)
    (0.35, 0.65)
    """
    seasonal, even = clock.read(day), Clock(clock.first, clock.last).read(day)
    if even <= 0 or even >= 1:
        behind = np.full(len(scheduled), float(even >= 1))
    else:
        behind = scheduled * seasonal / even
        ahead = (1 - scheduled) * (1 - seasonal) / (1 - even)
        behind = behind / np.where(behind + ahead > 0, behind + ahead, 1)
    missing = 0.0
    months = list_months(clock.first, min(day, clock.last)) if lag else []
    # After the end, the last month that counts has an age already.
    since = max(12 * (day.year - clock.last.year) + day.month - clock.last.month, 0)
    for (_, begin, end), complete in zip(reversed(months), lag[since:], strict=False):
        part = clock.read(end) - clock.read(begin - dt.timedelta(days=1))
        missing += (1 - complete) * part / seasonal
    return behind * (1 - missing), 1 - behind * (1 - missing)


def read_season(given: str | Sequence[float] | None, past: pd.DataFrame) -> tuple[float, ...]:
    """Return the share of each quarter in a year: even, as given, or estimated.

    Parameters
    ----------
    given : None, ``estimate``, ``15/25/30/30`` or four numbers
        None is even.
    past : DataFrame
        As `count_quarters` returns it.

    Raises
    ------
    ScheduleError
        It is none of these.

    Examples
    --------
    >>> read_season("15/20/25/40", pd.DataFrame())
    (0.15, 0.2, 0.25, 0.4)
    """
    if given is None:
        return EVEN
    if isinstance(given, str) and given == "estimate":
        return estimate_season(past)
    weights = read_numbers(given.split("/") if isinstance(given, str) else given)
    if weights is None or len(weights) != 4 or not all(w > 0 and math.isfinite(w) for w in weights):
        raise ScheduleError("odds_bad_season", found=str(given))
    return tuple(weight / sum(weights) for weight in weights)


def read_numbers(given: Any) -> list[float] | None:
    """Return finite numbers from a sequence of what a user gave; None where it is none.

    Examples
    --------
    >>> read_numbers(["15", 20]), read_numbers(5), read_numbers(["a"])
    ([15.0, 20.0], None, None)
    """
    try:
        numbers = [float(value) for value in given]
    except (TypeError, ValueError):
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def estimate_season(past: pd.DataFrame) -> tuple[float, ...]:
    """Estimate the share of each quarter from complete past years, shrunk to even ones.

    Examples
    --------
    >>> year = pd.DataFrame({"year": 2023, "quarter": [1, 2, 3, 4], "value": [10.0, 20, 20, 50]})
    >>> [round(share, 4) for share in estimate_season(year)]
    [0.2, 0.2333, 0.2333, 0.3333]
    """
    if past.empty:
        return EVEN
    years = past.pivot_table(index="year", columns="quarter", values="value", aggfunc="sum")
    full = years.reindex(columns=[1, 2, 3, 4]).dropna()
    full = full[full.sum(axis=1) > 0]
    if full.empty:
        return EVEN
    observed = full.sum().to_numpy() / float(full.to_numpy().sum())
    weight = len(full) / (len(full) + YEARS_WORTH)
    return tuple(float(x) for x in weight * observed + (1 - weight) * 0.25)


def read_lag(given: Sequence[float] | None) -> tuple[float, ...]:
    """Check how complete recent months are said to be.

    Raises
    ------
    ScheduleError
        A share is not above 0 and up to 1.
    """
    shares = None if isinstance(given, str) else read_numbers(() if given is None else given)
    if shares is None or not all(0 < share <= 1 for share in shares):
        raise ScheduleError("odds_bad_lag", found=str(given))
    return tuple(shares)


def survive(rate: float, quarters: float) -> tuple[float, float]:
    """Return which share of counted projects stays over some quarters, and of those to come.

    Parameters
    ----------
    rate : float
        Withdrawals a quarter, of what counts.
    quarters : float
        How many; those to come are taken to arrive evenly over them.

    Examples
    --------
    >>> [round(share, 4) for share in survive(0.05, 4)]
    [0.8187, 0.9063]
    """
    risk = rate * quarters
    return math.exp(-risk), -math.expm1(-risk) / risk if risk > 0 else 1.0
