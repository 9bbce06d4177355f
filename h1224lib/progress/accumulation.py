"""Accumulation: results of periods in a row added up, and summed to every cell without a hole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.hierarchy import add_totals, complete, find_leaves, meet
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.steps import from_steps, narrow, step_of, to_steps

CELL = ["measure", *DIMENSIONS]
Days = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Record:
    """The comparable results of each cell, ready to be added up over any span of days.

    Attributes
    ----------
    cells : DataFrame
        measure, area, industry, project_type, one row a cell.
    whose, first, last, steps : array of int
        For each result its cell, its first and last day (ordinals), its value in whole steps;
        by cell and first day, the longer before the shorter, the later vintage before the
        earlier.
    plan : Plan
        Gives the steps.
    """

    cells: pd.DataFrame
    whose: Days
    first: Days
    last: Days
    steps: Days
    plan: Plan

    def reach(self, first: dt.date, last: dt.date) -> pd.DataFrame:
        """Add up what each cell reached from a first to a last day, as `accumulate` does."""
        totals, done = self.add_up(first, last)
        return self.cells[done].assign(value=self._values(totals[done], done))

    def add_up(self, first: dt.date, last: dt.date) -> tuple[Days, Marks]:
        """Return each cell's sum in steps, and whether its results cover the days."""
        begin, end = first.toordinal(), last.toordinal()
        usable = (self.first >= begin) & (self.last <= end)
        # The first result of a cell and day is the one to take: a single number finds it.
        span = np.int64(end - begin + 2)
        keys = self.whose[usable] * span + (self.first[usable] - begin)
        keys, at = np.unique(keys, return_index=True)
        ends, steps = self.last[usable][at], self.steps[usable][at]
        totals = np.zeros(len(self.cells), dtype=np.int64)
        reached = np.full(len(self.cells), begin - 1, dtype=np.int64)
        going = np.arange(len(self.cells)) if len(keys) else np.arange(0)
        while len(going):
            wanted = going * span + (reached[going] + 1 - begin)
            place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            held = keys[place] == wanted
            going, place = going[held], place[held]
            totals[going] += steps[place]
            reached[going] = ends[place]
        return totals, reached == end

    def _values(self, totals: Days, done: Marks) -> pd.Series:
        """Turn steps into values of each cell's own measure."""
        measures = self.cells["measure"][done]
        values = pd.Series(np.nan, index=measures.index, dtype="Float64")
        counted = pd.Series(totals, index=measures.index)
        for measure in measures.unique():
            own = measures == measure
            step = step_of(self.plan.measures, str(measure))
            values[own] = from_steps(counted[own], step).astype("Float64")
        return narrow(values)


def record(actuals: pd.DataFrame, plan: Plan) -> Record:
    """Order the comparable actuals, so that spans of them can be added up.

    Parameters
    ----------
    actuals : DataFrame
        As `read_actuals` returns them.
    plan : Plan
        Gives the steps.
    """
    usable = actuals[(actuals["comparable"] == "yes") & actuals["value"].notna()]
    days = [_ordinals(usable[name]) for name in ("first_day", "last_day")]
    whose = usable.groupby(CELL, sort=False, observed=True).ngroup().to_numpy(dtype=np.int64)
    vintage = pd.factorize(usable["vintage"].astype(str), sort=True)[0]
    order = np.lexsort((-vintage, -days[1], days[0], whose))
    steps = np.zeros(len(usable), dtype=np.int64)
    for measure in usable["measure"].unique():
        own = (usable["measure"] == measure).to_numpy()
        step = step_of(plan.measures, str(measure))
        steps[own] = to_steps(usable.loc[own, "value"], step).to_numpy(dtype=np.int64)
    cells = usable[CELL].drop_duplicates().reset_index(drop=True)
    return Record(cells, whose[order], days[0][order], days[1][order], steps[order], plan)


def _ordinals(days: pd.Series) -> Days:
    codes, known = pd.factorize(days)
    return np.array([day.toordinal() for day in known], dtype=np.int64)[codes]


def accumulate(actuals: pd.DataFrame, plan: Plan, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Add up the comparable actuals of each cell from a first to a last day.

    Parameters
    ----------
    actuals : DataFrame
        As `read_actuals` returns them.
    plan : Plan
        Gives the steps.
    first, last : date
        The days.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, value; only cells whose periods cover the days
        without a hole. Where periods overlap, the longer is taken; of two vintages, the later.

    Examples
    --------
    >>> from h1224lib import load_plan, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> done = accumulate(read_actuals(None, plan), plan, dt.date(2019, 1, 1), dt.date(2019, 3, 31))
    >>> float(done.query("area == 'all'").value.item())
    120.5
    """
    return record(actuals, plan).reach(first, last)


def fill_up(done: pd.DataFrame, targets: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Sum results to every cell whose targets all have one; a hole is no zero.

    Parameters
    ----------
    done : DataFrame
        The plan's keys and `value`: results as they are given, each cell once.
    targets : DataFrame
        The plan's keys and `target` of the same horizon, every level.
    plan : Plan
        Gives the hierarchies.

    Returns
    -------
    DataFrame
        The keys and `value`: what is given, and sums; <NA> for a sum that lacks a part.
    """
    whole = complete(done, plan)
    wanted = find_leaves(targets[targets["target"] > 0], plan)
    holes = wanted[~meet(wanted, find_leaves(done, plan), plan)]
    if holes.empty:
        return whole
    short = add_totals(holes.assign(value=1.0), plan)[KEYS].assign(short=True)
    given = done[KEYS].assign(given=True)
    marked = whole.merge(short, on=KEYS, how="left").merge(given, on=KEYS, how="left")
    lacks = marked["short"].notna() & marked["given"].isna()
    return whole.assign(value=whole["value"].mask(lacks.to_numpy()))
