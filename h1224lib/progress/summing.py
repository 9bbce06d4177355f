"""Summing: which results add up to which cell, found once for all spans of days."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.hierarchy import find_leaves, meet
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress.accumulation import CELL

Whole = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Summing:
    """How results sum to cells; a hole is no zero.

    Attributes
    ----------
    keys : array of int
        The cells that have a result or a sum of them, as `Codes.join` names them, in order.
    given : array of int
        The result that stands for a cell itself, -1 where it is a sum.
    cell, leaf : array of int
        Pairs: the cell, and a result that is a part of it.
    short : array of bool
        Cells that are sums and lack a part.
    """

    keys: Whole
    given: Whole
    cell: Whole
    leaf: Whole
    short: Marks

    def add_up(self, steps: Whole) -> Whole:
        """Return each cell's steps: its own result, else the sum of its parts."""
        totals = np.zeros(len(self.keys), dtype=np.int64)
        np.add.at(totals, self.cell, steps[self.leaf])
        own = self.given >= 0
        totals[own] = steps[self.given[own]]
        return totals


class Codes:
    """A plan's cells as single whole numbers, and what lies above them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.names = {name: plan.table(name).index for name in CELL}
        self.above = {d: _list_above(plan, d) for d in DIMENSIONS}

    def join(self, cells: pd.DataFrame) -> Whole:
        """Return one number a cell, in the order of the plan's tables."""
        return self._join([self._code(cells, name) for name in CELL])

    def split(self, keys: Whole) -> pd.DataFrame:
        """Return measure, area, industry and project_type of such numbers."""
        columns = {}
        for name in reversed(CELL):
            keys, codes = np.divmod(keys, len(self.names[name]))
            columns[name] = self.names[name].to_numpy(dtype=object)[codes]
        return pd.DataFrame({name: columns[name] for name in CELL}).astype(str)

    def lift(self, cells: pd.DataFrame) -> tuple[Whole, Whole]:
        """Return every cell at or above some, and for each the row that it is above; once each."""
        measure = self._code(cells, "measure")
        ladders = [self.above[d][self._code(cells, d)] for d in DIMENSIONS]
        rows = np.arange(len(cells))
        keys = [
            self._join(
                [measure, *(ladder[:, at] for ladder, at in zip(ladders, steps, strict=True))]
            )
            for steps in itertools.product(*(range(ladder.shape[1]) for ladder in ladders))
        ]
        pairs = np.unique(np.stack([np.concatenate(keys), np.tile(rows, len(keys))]), axis=1)
        return pairs[0], pairs[1]

    def _code(self, cells: pd.DataFrame, name: str) -> Whole:
        return self.names[name].get_indexer(cells[name].to_numpy()).astype(np.int64)

    def _join(self, codes: list[Whole]) -> Whole:
        key = codes[0]
        for name, code in zip(DIMENSIONS, codes[1:], strict=True):
            key = key * len(self.names[name]) + code
        return key


def _list_above(plan: Plan, dimension: str) -> Whole:
    """Return for each code itself and what is above it, the root repeated."""
    table = plan.table(dimension)
    place = {code: at for at, code in enumerate(table.index)}
    parents = np.array([place.get(p, at) for at, p in enumerate(table["parent"])], dtype=np.int64)
    ladder = [np.arange(len(parents))]
    while (parents[ladder[-1]] != ladder[-1]).any():
        ladder.append(parents[ladder[-1]])
    return np.stack(ladder, axis=1)


def find_sums(done: pd.DataFrame, wanted: pd.DataFrame, codes: Codes) -> Summing:
    """Find how results sum to every cell above them.

    Parameters
    ----------
    done : DataFrame
        measure, area, industry, project_type of the results, each cell once.
    wanted : DataFrame
        The same of the finest targets that must have a result.
    codes : Codes
        The plan's cells.

    Returns
    -------
    Summing
        As `fill_up` sums: a sum is short where one of its parts with a target lacks a result.
    """
    plan = codes.plan
    numbered = done[CELL].assign(horizon="", row=np.arange(len(done)))
    leaves = find_leaves(numbered, plan)
    needed = wanted[CELL].assign(horizon="")
    holes = needed[~meet(needed, leaves, plan)]
    own = codes.join(done)
    above, part = codes.lift(leaves)
    lacking, _ = codes.lift(holes)
    keys = np.unique(np.concatenate([own, above]))
    given = np.full(len(keys), -1, dtype=np.int64)
    given[np.searchsorted(keys, own)] = np.arange(len(done))
    short = np.isin(keys, lacking) & (given < 0)
    rows = leaves["row"].to_numpy(dtype=np.int64)[part]
    return Summing(keys, given, np.searchsorted(keys, above), rows, short)
