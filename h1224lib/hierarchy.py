"""Hierarchies: who adds up to whom, the leaves, and every total above them.

A code that is a ``member`` adds up to its parent; one that lies ``within`` its parent does not
(an "of which", such as 未来城 in 南太湖新区), and is never summed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from h1224lib.errors import UnknownDimensionError
from h1224lib.plan.model import DIMENSIONS, KEYS, TARGET_COLUMNS, Plan
from h1224lib.steps import narrow, sum_exactly

Codes = dict[str, np.ndarray]


def children(plan: Plan, dimension: str, part: str = "member") -> dict[str, list[str]]:
    """Return each code's children that are `part` of it, in the plan's order.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> children(load_plan(), "area", "within")
    {'nantaihu': ['futurecity']}
    """
    table = plan.table(dimension)
    found: dict[str, list[str]] = {}
    for code, parent, kind in zip(table.index, table["parent"], table["part"], strict=True):
        if parent and kind == part:
            found.setdefault(parent, []).append(str(code))
    return found


def inside(plan: Plan, dimension: str) -> set[str]:
    """Return the codes that lie within another, or below one that does: never summed."""
    table = plan.table(dimension)
    parents = dict(zip(table.index, table["parent"], strict=True))
    parts = dict(zip(table.index, table["part"], strict=True))
    found = set()
    for start in table.index:
        code = start
        while code:
            if parts[code] == "within":
                found.add(str(start))
                break
            code = parents[code]
    return found


def roll_up(values: pd.DataFrame, plan: Plan, by: list[str]) -> pd.DataFrame:
    """Sum leaf values over every dimension that `by` does not name.

    Parameters
    ----------
    values : DataFrame
        Leaves: the plan's keys and `value`, in the measure's unit; <NA> where the plan prints "-".
    plan : Plan
        Gives the dimensions and each measure's step; sums are exact in whole steps.
    by : list of str
        Dimensions to keep; in the others the result says "all". Measure and horizon are kept.

    Returns
    -------
    DataFrame
        One row a combination, `value` in the measure's unit; <NA> only where every leaf is <NA>.
        Rates are not summed: they appear where they are given for the whole.

    Raises
    ------
    UnknownDimensionError
        `by` names a dimension that there is not.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> areas = roll_up(plan.targets, plan, by=["area"])
    >>> int(areas.query("area == 'deqing' and horizon == '2023'").value.item())
    54
    """
    for dimension in by:
        if dimension not in DIMENSIONS:
            raise UnknownDimensionError(
                "unknown_dimension", found=dimension, known=list(DIMENSIONS)
            )
    kept = values[[*KEYS, "value"]].copy()
    fixed = _is_rate(kept["measure"], plan)
    for dimension in DIMENSIONS:
        if dimension not in by:
            # A rate is no sum of rates: it is kept only where it speaks for the whole.
            kept = kept[~fixed | (kept[dimension] == "all")]
            fixed = fixed.loc[kept.index]
            kept[dimension] = "all"
    return sum_exactly(kept, plan, KEYS, "value")


def add_totals(values: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Sum leaf values to every cell above them, in every dimension and at every level.

    Parameters
    ----------
    values : DataFrame
        Leaves: the plan's keys and `value` in the measure's unit.
    plan : Plan
        Gives the hierarchies and steps.

    Returns
    -------
    DataFrame
        One row a cell, leaves included; `value` is <NA> only where every leaf is <NA>. Rates
        are not summed.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> cube = add_totals(plan.targets, plan)
    >>> city = cube.query("measure == 'projects' and area == 'all' and horizon == '2023'")
    >>> [int(value) for value in city.query("industry == 'software'").value]
    [1, 30, 31]
    """
    leaves = values[[*KEYS, "value"]].reset_index(drop=True)
    codes = _encode(leaves, plan)
    rate = _is_rate(leaves["measure"], plan).to_numpy()
    rows = []
    for lifted in _lift(codes, plan, DIMENSIONS):
        reached = pd.DataFrame(lifted).assign(row=np.arange(len(leaves)))
        rows.append(reached[~(reached["moved"] & rate)])
    summing = pd.concat(rows, ignore_index=True).drop_duplicates()
    for dimension in DIMENSIONS:
        names = plan.table(dimension).index.to_numpy(dtype=object)
        summing[dimension] = names[summing[dimension].to_numpy()]
    for name in ("measure", "horizon", "value"):
        summing[name] = leaves[name].take(summing["row"]).array
    return sum_exactly(summing, plan, KEYS, "value")


def _is_rate(measures: pd.Series, plan: Plan) -> pd.Series:
    return measures.map(plan.measures["kind"]) == "rate"


def complete_targets(plan: Plan) -> pd.DataFrame:
    """Return the target of every cell: the printed figure where there is one, else the sum.

    Returns
    -------
    DataFrame
        The columns of ``plan.targets``; `figure_id` is empty where the target is a sum of
        leaves. Parts "of which" stand among the rows, and are in no sum.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> table = complete_targets(load_plan())
    >>> int(table.query("area == 'futurecity' and horizon == '2023'").value.item())
    45
    """
    printed = plan.cells[plan.cells["measure"].isin(target_measures(plan))]
    whole = complete(printed, plan)
    whole["unit"] = whole["measure"].map(plan.measures["unit"])
    known = printed.set_index(KEYS)["figure_id"]
    keys = pd.MultiIndex.from_frame(whole[KEYS])
    whole["figure_id"] = known.reindex(keys).fillna("").to_numpy()
    return whole[TARGET_COLUMNS]


def complete(printed: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Keep the values that are printed, and sum leaves to every cell that is not.

    Parameters
    ----------
    printed : DataFrame
        The plan's keys and `value` in the measure's unit, at any levels, each cell once.
    plan : Plan
        Gives the hierarchies and steps.

    Returns
    -------
    DataFrame
        The keys and `value`, the printed cells first.
    """
    summed = add_totals(find_leaves(printed, plan), plan)
    both = pd.concat([printed[[*KEYS, "value"]], summed], ignore_index=True)
    whole = both.drop_duplicates(KEYS).reset_index(drop=True)
    return whole.assign(value=narrow(whole["value"]))


def target_measures(plan: Plan) -> list[str]:
    """Return the measures that carry targets, not results."""
    return [str(m) for m in plan.measures.index[plan.measures["role"] == "target"]]


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
        group[_choose(_encode(group, plan), plan)]
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
            mine, theirs = _encode(group, plan), _encode(groups[key], plan)
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


def _covers(cells: Codes, others: Codes, plan: Plan, lower: frozenset[str]) -> np.ndarray:
    """Mark cells that another cell meets: below it in `lower`, at or above it elsewhere."""
    above = tuple(d for d in DIMENSIONS if d not in lower)
    reached = np.unique(
        np.concatenate(
            [_key(lifted, plan, cells is others) for lifted in _lift(others, plan, above)]
        )
    )
    hit = np.zeros(len(cells["area"]), dtype=bool)
    for lifted in _lift(cells, plan, tuple(lower)):
        hit |= np.isin(_key(lifted, plan, False), reached)
    return hit


def _key(codes: Codes, plan: Plan, strict: bool) -> np.ndarray:
    """Join the codes of a cell into one integer; `strict` leaves out cells lifted nowhere."""
    key = np.zeros(len(codes["area"]), dtype=np.int64)
    for dimension in DIMENSIONS:
        key = key * len(plan.table(dimension)) + codes[dimension]
    return key[codes["moved"]] if strict else key


def _lift(codes: Codes, plan: Plan, over: tuple[str, ...]) -> Iterator[Codes]:
    """Yield the cells lifted by every combination of levels in the dimensions `over`."""
    ladders = []
    for dimension in DIMENSIONS:
        parents = _parents(plan, dimension)
        ladder = [codes[dimension]]
        while dimension in over and (parents[ladder[-1]] != ladder[-1]).any():
            ladder.append(parents[ladder[-1]])
        ladders.append(ladder)
    for lifted in itertools.product(*ladders):
        cell = dict(zip(DIMENSIONS, lifted, strict=True))
        moved = np.zeros(len(lifted[0]), dtype=bool)
        for dimension in DIMENSIONS:
            moved |= cell[dimension] != codes[dimension]
        yield {**cell, "moved": moved}


def _parents(plan: Plan, dimension: str) -> np.ndarray:
    """Return each code's parent as a position; the root is its own."""
    table = plan.table(dimension)
    position = {code: i for i, code in enumerate(table.index)}
    return np.array(
        [position.get(parent, i) for i, parent in enumerate(table["parent"])], dtype=np.int64
    )


def _root(plan: Plan, dimension: str) -> int:
    return int(plan.table(dimension).index.get_loc("all"))


def _encode(cells: pd.DataFrame, plan: Plan) -> Codes:
    return {
        d: plan.table(d).index.get_indexer(cells[d].to_numpy()).astype(np.int64) for d in DIMENSIONS
    }


def _subsets(items: tuple[str, ...]) -> list[frozenset[str]]:
    return [
        frozenset(chosen)
        for size in range(len(items) + 1)
        for chosen in itertools.combinations(items, size)
    ]
