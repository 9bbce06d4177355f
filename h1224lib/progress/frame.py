"""The frame of a schedule: cells, targets and the horizon that it divides into periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from h1224lib.periods import days_done, list_ends
from h1224lib.plan.model import Plan
from h1224lib.progress.accumulation import CELL
from h1224lib.progress.exact import Exact

By = Callable[[dt.date], Exact]


@dataclass(frozen=True, eq=False)
class Frame:
    """What a schedule is set up for.

    Attributes
    ----------
    plan : Plan
        Gives the targets; its counts in whole projects, however finely a ledger counts.
    cells : DataFrame
        The plan's keys, one row a cell.
    targets : Exact
        The target of each cell.
    whole : DataFrame
        Targets of every level and horizon: the plan's keys and `value`.
    horizon : str
        Whose targets these are.
    as_of : date
        The day that the state speaks for.
    monthly : bool
        Whether the state reports a month.
    """

    plan: Plan
    cells: pd.DataFrame
    targets: Exact
    whole: pd.DataFrame
    horizon: str
    as_of: dt.date
    monthly: bool

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of the horizon."""
        row = self.plan.horizons.loc[self.horizon]
        return dt.date.fromisoformat(row["first_day"]), dt.date.fromisoformat(row["last_day"])

    @property
    def ends(self) -> list[dt.date]:
        """The days on which the horizon's periods end: months in a month's state, else quarters."""
        return list_ends(*self.days, 1 if self.monthly else 3)

    def align(self, table: pd.DataFrame, column: str) -> pd.Series:
        """Return a column of another table in the order of the cells, <NA> where it has none."""
        values = table.drop_duplicates(CELL).set_index(CELL)[column]
        return values.reindex(pd.MultiIndex.from_frame(self.cells[CELL])).reset_index(drop=True)


def elapse(frame: Frame) -> Fraction:
    """Count the periods that have passed by the day; of one that is running, its days' share."""
    begin = frame.days[0]
    passed = Fraction(0)
    for end in frame.ends:
        passed += days_done(begin, end, frame.as_of)
        begin = end + dt.timedelta(days=1)
    return passed
