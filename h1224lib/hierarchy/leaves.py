"""Leaves: the finest cells that do not overlap, and which cells meet."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from h1224lib.hierarchy.lifting import Codes, encode, lift
from h1224lib.hierarchy.tree import inside
from h1224lib.plan.model import DIMENSIONS, Plan


def find_leaves(cells: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the finest cells that do not overlap, so that nothing is counted twice.

    Where only margins are given (areas and, apart from them, industries), cells of both would
    count twice: those that name more dimensions, then areas, are kept. Parts "of which" are
    no leaves.

    Parameters
    ----------
    cells : DataFrame
        The plan's keys and further columns, each cell once.
    plan : Plan
        Gives the hierarchies.

    Returns
    -------
    DataFrame
        Some of the rows, in their order.
    """
    for dimension in plan.dimensions:
        cells = cells[~cells[dimension].isin(inside(plan, dimension))]
    kept = [
        group[_choose(encode(group, plan), plan)]
        for _, group in cells.groupby(["measure", "horizon"], sort=False)
    ]
    return pd.concat(kept).sort_index() if kept else cells


def meet(cells: pd.DataFrame, others: pd.DataFrame, plan: Plan) -> np.ndarray:
    """Mark the cells that another cell of the same measure and horizon covers, or lies in.

    Parameters
    ----------
    cells, others : DataFrame
        The plan's keys.
    plan : Plan
        Gives the hierarchies.

    Returns
    -------
    array of bool
        One a cell, in their order.
    """
    marks = pd.Series(False, index=range(len(cells)))
    place = pd.Series(range(len(cells)), index=cells.index)
    groups = dict(list(others.groupby(["measure", "horizon"])))
    for key, group in cells.groupby(["measure", "horizon"]):
        if key in groups:
            mine, theirs = encode(group, plan), encode(groups[key], plan)
            above = _covers(mine, theirs, plan, frozenset(DIMENSIONS))
            below = _covers(mine, theirs, plan, frozenset())
            marks.iloc[place[group.index].to_numpy()] = above | below
    return marks.to_numpy()


def _choose(codes: Codes, plan: Plan) -> np.ndarray:
    """Mark the disjoint leaves among the cells of one measure and horizon."""
    leaf = ~_covers(codes, codes, plan, frozenset())
    named = {d: codes[d] != _root(plan, d) for d in DIMENSIONS}
    count = sum(n.astype(int) for n in named.values())
    # More dimensions named first; among equals, the earlier dimension of DIMENSIONS first.
    rank = -8 * count - sum(named[d] * 2 ** (2 - i) for i, d in enumerate(DIMENSIONS))
    kept = np.zeros(len(leaf), dtype=bool)
    for level in np.unique(rank[leaf]):
        group = leaf & (rank == level)
        if kept.any():
            chosen = {d: c[kept] for d, c in codes.items()}
            clash = np.zeros(len(leaf), dtype=bool)
            for lower in _subsets(DIMENSIONS):
                clash |= _covers(codes, chosen, plan, lower)
            group &= ~clash
        kept |= group
    return kept


def _root(plan: Plan, dimension: str) -> int:
    return int(plan.table(dimension).index.get_loc("all"))


def _covers(cells: Codes, others: Codes, plan: Plan, lower: frozenset[str]) -> np.ndarray:
    """Mark cells that another cell meets: below it in `lower`, at or above it elsewhere."""
    above = tuple(d for d in DIMENSIONS if d not in lower)
    reached = np.unique(
        np.concatenate(
            [_key(lifted, plan, cells is others) for lifted in lift(others, plan, above)]
        )
    )
    hit = np.zeros(len(cells["area"]), dtype=bool)
    for lifted in lift(cells, plan, tuple(lower)):
        hit |= np.isin(_key(lifted, plan, False), reached)
    return hit


def _key(codes: Codes, plan: Plan, strict: bool) -> np.ndarray:
    """Join the codes of a cell into one integer; `strict` leaves out cells lifted nowhere."""
    key = np.zeros(len(codes["area"]), dtype=np.int64)
    for dimension in DIMENSIONS:
        key = key * len(plan.table(dimension)) + codes[dimension]
    return key[codes["moved"]] if strict else key


def _subsets(items: tuple[str, ...]) -> list[frozenset[str]]:
    return [
        frozenset(chosen)
        for size in range(len(items) + 1)
        for chosen in itertools.combinations(items, size)
    ]
