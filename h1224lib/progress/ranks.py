"""Ranks: levels of cells, who is ranked, and the order of exact completions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd

from h1224lib.hierarchy import inside
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress.exact import Exact, Marks


def name_levels(cells: pd.DataFrame, plan: Plan) -> pd.Series:
    """Return a number for the level of each cell: its measure, and its depth in each dimension.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> cells = pd.DataFrame({"measure": "projects", "area": ["all", "deqing", "wuxing"],
    ...     "industry": "all", "project_type": "all"})
    >>> name_levels(cells, load_plan()).tolist()
    [0, 1, 1]
    """
    depths = {d: cells[d].map(_depths(plan, d)) for d in DIMENSIONS}
    keys = pd.DataFrame({"measure": cells["measure"], **depths})
    return keys.groupby(["measure", *DIMENSIONS], sort=False).ngroup()


def _depths(plan: Plan, dimension: str) -> dict[str, int]:
    parents = plan.table(dimension)["parent"].to_dict()

    def depth(code: str) -> int:
        return 1 + depth(parents[code]) if parents.get(code) else 0

    return {str(code): depth(str(code)) for code in parents}


def find_ranked(cells: pd.DataFrame, plan: Plan) -> Marks:
    """Mark the cells that can have a rank: no parts "of which", no area that is not assessed.

    In a plan that assesses no area, all are ranked.
    """
    marks = np.ones(len(cells), dtype=bool)
    for dimension in DIMENSIONS:
        marks &= ~cells[dimension].isin(inside(plan, dimension)).to_numpy()
    assessed = plan.areas["assessed"] == "yes"
    if assessed.any():
        marks &= cells["area"].isin({"all", *plan.areas.index[assessed]}).to_numpy()
    return marks


def rank_cells(completion: Exact, levels: pd.Series, ranked: Marks) -> pd.Series:
    """Rank completions within their levels, the largest first; ties share the best place.

    Parameters
    ----------
    completion : Exact
        Shares of the target.
    levels : Series of int
        As `name_levels` returns them.
    ranked : array of bool
        As `find_ranked` returns them.

    Returns
    -------
    Series of Int64
        <NA> without a completion, for what is not ranked, and where there is nobody else.
    """
    marks = ranked & completion.known
    some = np.flatnonzero(marks)
    order = pd.Series(_order_exactly(completion, some), index=some, dtype="Int64")
    by = order.groupby(levels.to_numpy()[some])
    ranks = by.rank(method="min", ascending=False).astype("Int64")
    sizes = by.transform("size")
    return ranks.where(sizes > 1).reindex(range(len(marks)))


def _order_exactly(numbers: Exact, rows: np.ndarray) -> np.ndarray:
    """Return whole numbers in the order of the fractions, equal where these are equal.

    The nearest float never turns two fractions round: only those with the same one are compared
    as fractions.
    """
    floats = (numbers.top[rows] / numbers.bottom[rows]).astype(np.float64)
    by_float = np.argsort(floats, kind="stable")
    groups = np.flatnonzero(np.diff(floats[by_float])) + 1
    places = np.zeros(len(rows), dtype=np.int64)
    place = 0
    for group in np.split(by_float, groups):
        values: dict[Fraction, list[int]] = {}
        for at in group:
            values.setdefault(numbers.fraction(rows[at]), []).append(at)
        for value in sorted(values):
            places[values[value]] = place
            place += 1
    return places
