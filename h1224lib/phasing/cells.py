"""What is phased: the cells of a measure, the horizons printed for each, and their sums."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import sparse

from h1224lib.errors import ScheduleError
from h1224lib.hierarchy import add_totals, meet
from h1224lib.phasing.codes import decode, encode, order_by_name, sizes_of
from h1224lib.phasing.paths import Printed, Span
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import step_of, to_steps


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one measure.

    Attributes
    ----------
    keys : DataFrame
        area, industry, project_type; sorted by code, so that the order in which a plan lists
        its areas changes no number.
    printed : list of mapping
        For each cell: span -> whole steps, or None for "-".
    figures : list of mapping
        For each cell: span -> figure_id, empty where it is a sum.
    spans : dict
        Horizon -> span.
    """

    keys: pd.DataFrame
    printed: list[Printed]
    figures: list[dict[Span, str]]
    spans: dict[str, Span]

    @property
    def months(self) -> Span:
        """The first and the last month that anything is printed for."""
        return min(s[0] for s in self.spans.values()), max(s[1] for s in self.spans.values())


def find_cells(plan: Plan, measure: str) -> Cells:
    """Find the finest cells of a measure that do not overlap, and what is printed for each.

    The leaves of the outermost horizons are the cells. What a shorter horizon prints finer is
    added up to them; what it prints coarser is not split.

    Raises
    ------
    ScheduleError
        A horizon is no row of whole months.
    """
    leaves = plan.targets[plan.targets["measure"] == measure]
    spans = {str(h): months_of(plan, str(h)) for h in leaves["horizon"].unique()}
    codes = _pick(leaves, spans, plan)
    # Areas last: measured to leave the linear program with few fractions.
    codes = codes[order_by_name(codes, plan, [*reversed(DIMENSIONS)])]
    printed: list[dict[Span, int | Fraction | None]] = [{} for _ in codes]
    figures: list[dict[Span, str]] = [{} for _ in codes]
    rows = _known(plan, measure, leaves, codes)
    sorted_ = np.argsort(codes)
    places = sorted_[np.searchsorted(codes, encode(rows, plan), sorter=sorted_)]
    steps = to_steps(rows["value"], step_of(plan.measures, measure)).to_numpy(object, na_value=None)
    # Lists of Python's own: columns of pandas are slow to go through one by one.
    listed = (places, rows["horizon"], steps, rows["figure_id"])
    for at, horizon, value, figure in zip(*(column.tolist() for column in listed), strict=True):
        if (span := spans[horizon]) not in printed[at]:
            printed[at][span] = value
            figures[at][span] = figure
    return Cells(decode(codes, plan), list(printed), figures, spans)


def _known(plan: Plan, measure: str, leaves: pd.DataFrame, codes: np.ndarray) -> pd.DataFrame:
    """Return what is printed for the cells and, after it, sums of what is printed finer."""
    cells = plan.cells[plan.cells["measure"] == measure]
    cells = cells[cells["horizon"].isin(leaves["horizon"].unique())]
    columns = [*DIMENSIONS, "horizon", "value", "figure_id"]
    rows = cells.loc[np.isin(encode(cells, plan), codes), columns]
    finer = leaves[~np.isin(encode(leaves, plan), codes)]
    if finer.empty:
        return rows
    sums = add_totals(finer, plan).assign(figure_id="")
    sums = sums.loc[np.isin(encode(sums, plan), codes), columns]
    return pd.concat([rows, sums], ignore_index=True)


def months_of(plan: Plan, horizon: str) -> Span:
    """Return the first and the last month of a horizon."""
    first, last = (
        dt.date.fromisoformat(str(plan.horizons.at[horizon, end]))
        for end in ("first_day", "last_day")
    )
    if first.day != 1 or (last + dt.timedelta(days=1)).day != 1:
        raise ScheduleError("horizon_not_months", found=horizon)
    return 12 * first.year + first.month - 1, 12 * last.year + last.month - 1


def _pick(leaves: pd.DataFrame, spans: dict[str, Span], plan: Plan) -> np.ndarray:
    """Take the leaves of the outermost horizons, then those of others that meet none of them."""
    outer = [h for h, s in spans.items() if not any(_inside(s, o) for o in spans.values())]
    codes = encode(leaves, plan)
    first = leaves["horizon"].isin(outer).to_numpy()
    others = ~np.isin(codes, codes[first])
    if others.any():
        same = leaves.assign(horizon=str(leaves["horizon"].iloc[0]))
        others[others] = ~meet(same[others], same[first], plan)
    return np.unique(codes[first | others])


def _inside(span: Span, other: Span) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def summing_rows(keys: pd.DataFrame, plan: Plan) -> tuple[sparse.csr_array, pd.DataFrame]:
    """Return which cells each sum adds up, at every level of every dimension.

    Parameters
    ----------
    keys : DataFrame
        area, industry, project_type of each cell.
    plan : Plan
        Gives the hierarchies.

    Returns
    -------
    sparse matrix, DataFrame
        0 and 1, sums x cells; area, industry, project_type of each sum. A sum of a single cell
        is that cell, and two sums of the same cells are one: neither is counted twice.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan("dazhou-2019")
    >>> rows, sums = summing_rows(plan.targets.query("horizon == '2019'")[list(DIMENSIONS)], plan)
    >>> rows.sum(axis=1).tolist(), sums.values.tolist()
    ([9.0], [['all', 'all', 'all']])
    """
    matrix, codes = lift_sums(keys, plan)
    order = order_by_name(codes, plan, DIMENSIONS)
    matrix, codes = sparse.csr_array(matrix[order]), codes[order]
    kept = _distinct(matrix)
    return sparse.csr_array(matrix[kept]), decode(codes[kept], plan)


def every_sum(keys: pd.DataFrame, plan: Plan) -> tuple[sparse.csr_array, pd.DataFrame]:
    """Return which cells each sum adds up, also where that is one cell or the same ones again.

    The cells themselves are no sums, but where another horizon prints finer cells below one.
    Parameters and results are those of `summing_rows`.
    """
    matrix, codes = lift_sums(keys, plan)
    return matrix, decode(codes, plan)


def lift_sums(keys: pd.DataFrame, plan: Plan) -> tuple[sparse.csr_array, np.ndarray]:
    """Return `every_sum` with the sums by number, as `encode` gives them."""
    sizes = sizes_of(plan)
    places = np.unravel_index(encode(keys, plan), sizes)
    ladders = [_ladder(p, plan, d) for p, d in zip(places, DIMENSIONS, strict=True)]
    lifted = [np.ravel_multi_index(codes, sizes) for codes in itertools.product(*ladders)]
    column = np.tile(np.arange(len(keys)), len(lifted))
    code, row = np.unique(np.concatenate(lifted), return_inverse=True)
    shape = (len(code), len(keys))
    matrix = sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)
    # A cell that a dimension cannot lift comes to the same sum again: it is in it once.
    matrix.sum_duplicates()
    matrix.data[:] = 1
    sums = np.flatnonzero(~np.isin(code, lifted[0]) | (np.diff(matrix.indptr) > 1))
    return sparse.csr_array(matrix[sums]), code[sums]


def _ladder(places: np.ndarray, plan: Plan, dimension: str) -> list[np.ndarray]:
    """Return the position of each code, of its parent, and so on up to the root."""
    table = plan.table(dimension)
    parent = table.index.get_indexer(table["parent"].to_numpy())
    parent = np.where(parent < 0, np.arange(len(table)), parent)
    ladder = [places]
    while (parent[ladder[-1]] != ladder[-1]).any():
        ladder.append(parent[ladder[-1]])
    return ladder


def _distinct(matrix: sparse.csr_array) -> np.ndarray:
    """Return the rows of more than one cell, the first of each kind."""
    matrix.sort_indices()
    seen: dict[bytes, int] = {}
    for row in np.flatnonzero(np.diff(matrix.indptr) > 1):
        cells = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        seen.setdefault(cells.tobytes(), int(row))
    return np.array(sorted(seen.values()), dtype=int)
