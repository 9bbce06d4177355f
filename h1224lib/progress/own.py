"""Schedules of one's own: amounts by cell, or shares by day; in a frame, a mapping or a file."""

from __future__ import annotations

import dataclasses
import datetime as dt
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.hierarchy import complete
from h1224lib.plan.model import DIMENSIONS, KEYS
from h1224lib.progress.accumulation import CELL
from h1224lib.progress.exact import missing, read_decimals
from h1224lib.progress.frame import By, Frame

# What a user's own schedule is called in findings.
OWN = "own"
# Of a user's amounts, so fine a step is kept in sums.
FINE = "0.000001"
_SUFFIX = ".csv"


@dataclass(frozen=True, eq=False)
class Own:
    """A schedule that has no name of its own, as it was given.

    Attributes
    ----------
    given : Phasing, DataFrame or mapping
        What `expect` takes.
    name : str
        The stem of the file that it was read from; empty without one.
    """

    given: Any
    name: str = ""

    def equals(self, other: Own) -> bool:
        """Tell whether two expect the same, day by day and cell by cell."""
        mine, its = self.given, other.given
        if isinstance(mine, Mapping) and isinstance(its, Mapping):
            return _read_steps(mine) == _read_steps(its)
        tables = [own.complete() if hasattr(own, "complete") else own for own in (mine, its)]
        if not all(isinstance(table, pd.DataFrame) for table in tables):
            return False
        return type(mine) is type(its) and bool(tables[0].equals(tables[1]))


def keep_own(schedule: Any) -> Own | None:
    """Keep a schedule that is one's own; None of one that has a name in the library.

    Examples
    --------
    >>> keep_own("days") is None, keep_own({"2024-06-30": "2/5"}).name
    (True, '')
    """
    if is_file(schedule):
        return Own(read_own(schedule), Path(schedule).stem)
    return None if isinstance(schedule, str) else Own(schedule)


def is_file(schedule: Any) -> bool:
    """Tell whether a schedule is a file: a path, or a text that ends as a CSV file does.

    Examples
    --------
    >>> is_file("ours.csv"), is_file("days"), is_file(Path("ours.csv"))
    (True, False, True)
    """
    return isinstance(schedule, Path) or (
        isinstance(schedule, str) and schedule.lower().endswith(_SUFFIX)
    )


def read_own(schedule: Any) -> Any:
    """Read a schedule from its file; what is none is returned as it is.

    Parameters
    ----------
    schedule : Path or any other schedule
        A CSV file with `day` and `share`, or `measure`, the plan's dimensions and `scheduled`.

    Raises
    ------
    ScheduleError
        There is no such file, or it is no CSV file.
    """
    if not is_file(schedule):
        return schedule
    path = Path(schedule)
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ScheduleError("no_schedule_file", found=str(path)) from error
    except (OSError, ValueError) as error:
        raise ScheduleError("schedule_file_unreadable", found=str(path)) from error
    if {"day", "share"} <= set(table):
        return dict(zip(table["day"], table["share"], strict=True))
    return table


def by_amounts(table: pd.DataFrame, frame: Frame) -> By:
    """Read amounts by cell, those that are not named summed; they speak for one day."""
    given = table.rename(columns={"scheduled": "value"})
    known = {name: set(frame.plan.table(name).index) for name in CELL}
    if "value" not in given or "measure" not in given:
        raise ScheduleError("schedule_table_columns", found=[str(c) for c in table.columns])
    given = given.assign(**{d: "all" for d in DIMENSIONS if d not in given}, horizon=frame.horizon)
    if "horizon" in table:
        given = given[(table["horizon"] == frame.horizon).to_numpy()]
    for name in CELL:
        odd = sorted(set(given[name].astype(str)) - known[name])
        if odd:
            raise ScheduleError("schedule_table_code", column=name, found=odd[0])
    if given.duplicated(KEYS).any():
        raise ScheduleError("schedule_table_twice")
    fine = frame.plan.measures.assign(step=FINE)
    plan = dataclasses.replace(frame.plan, measures=fine)
    read = pd.to_numeric(given["value"], errors="coerce").astype("Float64")
    odd = given["value"].notna() & (read.isna() | (read < 0) | (read.abs() == float("inf")))
    if odd.any():
        raise ScheduleError("schedule_amount_unreadable", found=str(given["value"][odd].iloc[0]))
    given = given[[*KEYS, "value"]].assign(value=read)
    values = frame.align(complete(given.reset_index(drop=True), plan), "value")
    amounts = read_decimals(values)
    none = missing(len(frame.cells))
    return lambda day: amounts if day == frame.as_of else none


def by_shares(shares: Mapping[Any, Any], frame: Frame) -> By:
    """Read cumulative shares by day: each holds until the next."""
    last = frame.days[1]
    steps = _read_steps(shares)
    fractions = [share for _, share in steps]
    if not steps or fractions != sorted(fractions):
        raise ScheduleError("schedule_shares_fall", found=[str(f) for f in fractions])
    days = [day for day, _ in steps]

    def share(day: dt.date) -> Fraction:
        at = bisect_right(days, day) - 1
        if day >= last and last not in days:
            return max(Fraction(1), fractions[-1])
        return fractions[at] if at >= 0 else Fraction(0)

    return lambda day: frame.targets.times(share(day))


def _read_steps(shares: Mapping[Any, Any]) -> list[tuple[dt.date, Fraction]]:
    return sorted((_read_day(day), _read_share(share)) for day, share in shares.items())


def _read_day(day: Any) -> dt.date:
    try:
        return day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day))
    except ValueError as error:
        raise ScheduleError("schedule_share_unreadable", found=str(day)) from error


def _read_share(share: Any) -> Fraction:
    try:
        read = share if isinstance(share, Fraction) else Fraction(str(share))
    except (ValueError, ZeroDivisionError) as error:
        raise ScheduleError("schedule_share_unreadable", found=str(share)) from error
    if read < 0:
        raise ScheduleError("schedule_share_unreadable", found=str(share))
    return read
