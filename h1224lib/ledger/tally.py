"""Tally: projects summed by cell and month, from codes and days alone, however many there are."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.hierarchy import children, inside
from h1224lib.ledger.model import Ledger
from h1224lib.plan.model import DIMENSIONS, Plan

Whole = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Credits: TypeAlias = tuple[Whole, pd.Series, npt.NDArray[np.float64]]
PLATFORM = "platform"


def spread_credit(ledger: Ledger) -> Credits:
    """Return which project each credit is of, its area, and its share; as `Ledger.credited`.

    Returns
    -------
    tuple
        Positions in ``ledger.projects``, areas (category) and shares of 1, one a credit.
    """
    projects, credits = ledger.projects, ledger.credits
    everyone = np.arange(len(projects))
    ids = credits["project_id"]
    # The few that areas share are looked for among the many, and not the other way round.
    shared = np.zeros(len(projects), dtype=bool)
    if len(ids):
        shared = projects["project_id"].isin(ids).to_numpy(dtype=bool)
    if not shared.any():
        return everyone, projects["area"], np.ones(len(projects))
    theirs, alone = everyone[shared], everyone[~shared]
    place = pd.Index(projects["project_id"].iloc[theirs]).get_indexer(ids)
    known = place >= 0
    parts = credits["area"][known].astype(projects["area"].dtype)
    areas = pd.concat([projects["area"].iloc[alone], parts], ignore_index=True)
    shares = credits["credit_share"].to_numpy(dtype=np.float64)[known]
    at = np.concatenate([alone, theirs[place[known]]])
    return at, areas, np.concatenate([np.ones(len(alone)), shares])


def tally_cells(
    ledger: Ledger,
    credits: Credits,
    counts: Marks,
    days: npt.NDArray[np.datetime64],
    step: Fraction,
    flags: list[str],
) -> pd.DataFrame:
    """Sum the credit of projects that count, by everything that a cell is made of.

    Parameters
    ----------
    ledger : Ledger
        Its projects.
    credits : tuple
        As `spread_credit` returns them.
    counts : array of bool
        Which projects count.
    days : array of datetime64
        From which day each counts.
    step : Fraction
        In which shares are whole numbers.
    flags : list of str
        Columns that mark projects.

    Returns
    -------
    DataFrame
        area, industry, project_type, platform, the flags, month (as 2024-05), parts (in steps).
    """
    at, areas, shares = credits
    kept = np.flatnonzero(counts[at])
    at = at[kept]
    names = [n for n in (*DIMENSIONS[1:], PLATFORM, *flags) if n in ledger.projects]
    keys = np.zeros(len(at), dtype=np.int64)
    listed = {}
    for name in ["area", *names]:
        column = areas if name == "area" else ledger.projects[name]
        codes, listed[name] = _encode(column, name)
        keys *= len(listed[name]) + 1
        # Nothing has the code 0.
        keys += codes[kept if name == "area" else at] + 1
    months, listed["month"] = _encode_months(days[at])
    keys *= len(listed["month"]) + 1
    keys += months + 1
    groups, keys = pd.factorize(keys)
    parts = np.bincount(groups, np.rint(shares[kept] * step.denominator), minlength=len(keys))
    table = {}
    for name, known in reversed(listed.items()):
        keys, codes = np.divmod(keys, len(known) + 1)
        table[name] = pd.Series(known.insert(0, None).take(codes))
    frame = pd.DataFrame({name: table[name] for name in listed})
    return frame.assign(parts=parts.astype(np.int64))


def _encode_months(days: npt.NDArray[np.datetime64]) -> tuple[Whole, pd.Index]:
    """Return the place of each day's month, and the months, as 2024-05."""
    months = days.astype("datetime64[M]").astype(np.int64)
    first = months.min(initial=months[0] if len(months) else 0)
    last = months.max(initial=first)
    named = np.arange(first, last + 1).astype("datetime64[M]").astype(str)
    return months - first, pd.Index(named)


def _encode(column: pd.Series, name: str) -> tuple[Whole, pd.Index]:
    """Return the codes of a column, -1 for nothing, and what they stand for."""
    if name in DIMENSIONS and column.isna().all():
        return np.zeros(len(column), dtype=np.int64), pd.Index(["all"])
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(dtype=np.int64), column.cat.categories.astype(str)
    codes, names = pd.factorize(column)
    return codes.astype(np.int64), pd.Index(names)


class Places:
    """Where cells of a plan lie: which codes are below which."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.parts = {d: children(plan, d) for d in DIMENSIONS}
        self.inner = {d: inside(plan, d) for d in DIMENSIONS}
        self._below = functools.cache(self._list_below)

    def is_above(self, cells: pd.DataFrame) -> Marks:
        """Mark cells that are no leaves of a ledger: it names every dimension of the plan."""
        marks = np.zeros(len(cells), dtype=bool)
        for dimension in self.plan.dimensions:
            marks |= cells[dimension].isin({"all", *self.parts[dimension]}).to_numpy()
        return marks

    def lies_in(self, rows: pd.DataFrame, cell: tuple[str, ...]) -> Marks:
        """Mark the rows that lie in a cell, at any level."""
        marks = np.ones(len(rows), dtype=bool)
        for dimension, code in zip(DIMENSIONS, cell, strict=True):
            if code == "all":
                continue
            if code in self.inner[dimension]:
                platform = rows.get(PLATFORM, pd.Series("", index=rows.index))
                marks &= platform.eq(code).fillna(False).to_numpy(dtype=bool)
            else:
                marks &= rows[dimension].isin(self._below(dimension, code)).to_numpy()
        return marks

    def _list_below(self, dimension: str, code: str) -> frozenset[str]:
        parts = self.parts[dimension].get(code, [])
        return frozenset({code}).union(*(self._list_below(dimension, part) for part in parts))
