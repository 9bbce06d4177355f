"""Ranks of many readings at once: places, their spread, and who beats whom."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]
# Points closer than this differ by rounding alone.
DIGITS = 9
# Numbers held at a time: wide tables are taken in slices of rows.
_AT_ONCE = 4_000_000


def rank_rows(points: Points) -> Places:
    """Rank each row, the most points first; ties share the best place, 0 without points.

    Parameters
    ----------
    points : array
        A row a reading, a column an area; NaN for who is not ranked.

    Examples
    --------
    >>> rank_rows(np.array([[70.0, 90.0, 90.0, np.nan], [1.0, 0.5, 0.0, 2.0]])).tolist()
    [[3, 1, 1, 0], [2, 3, 4, 1]]
    """
    places = np.empty(points.shape, dtype=np.int32)
    rows = max(1, _AT_ONCE // max(points.shape[1], 1))
    for start in range(0, len(points), rows):
        places[start : start + rows] = _rank_slice(points[start : start + rows])
    return places


def _rank_slice(points: Points) -> Places:
    # NaN sorts last, and so behind every number.
    keys = -np.round(points, DIGITS)
    order = np.argsort(keys, axis=1, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=1)
    steps = np.arange(points.shape[1], dtype=np.int32)
    first = np.ones(points.shape, dtype=bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    best = np.maximum.accumulate(np.where(first, steps, 0), axis=1) + 1
    best[np.isnan(ordered)] = 0
    places = np.empty(points.shape, dtype=np.int32)
    np.put_along_axis(places, order, best.astype(np.int32), axis=1)
    return places


def spread_ranks(places: Places, shares: tuple[float, ...]) -> tuple[Points, Places]:
    """Return quantiles of each column's ranks, and how many readings rank it.

    Parameters
    ----------
    places : array
        As `rank_rows` returns it; 0 is left out.
    shares : tuple of float
        Which quantiles, such as 0.5: the smallest rank that so many readings do not exceed, so
        that each is a rank that occurs.

    Returns
    -------
    array, array
        A row a quantile (NaN where no reading ranks the column); readings by column.

    Examples
    --------
    >>> quantiles, counts = spread_ranks(np.array([[1], [1], [2], [0]]), (0.5, 0.95))
    >>> quantiles.tolist(), counts.tolist()
    ([[1.0], [2.0]], [3])
    """
    ordered = np.sort(places, axis=0)
    unranked = (places == 0).sum(axis=0)
    counts = len(places) - unranked
    found = np.full((len(shares), places.shape[1]), np.nan)
    some = np.flatnonzero(counts)
    for at, share in enumerate(shares):
        # A product that rounding has put just above a whole number is that number.
        step = np.maximum(np.ceil(share * counts[some] - 1e-9), 1).astype(np.int64)
        found[at, some] = ordered[unranked[some] + step - 1, some]
    return found, counts.astype(np.int32)


def count_wins(points: Points) -> tuple[Places, Places]:
    """Count in how many readings each area beats each other, and in how many both are ranked.

    Examples
    --------
    >>> wins, both = count_wins(np.array([[2.0, 1.0], [1.0, 1.0], [np.nan, 1.0]]))
    >>> wins.tolist(), both.tolist()
    ([[0, 1], [0, 0]], [[2, 2], [2, 3]])
    """
    areas = points.shape[1]
    rounded = np.round(points, DIGITS).T.copy()
    known = ~np.isnan(rounded)
    wins = np.zeros((areas, areas), dtype=np.int32)
    both = np.zeros((areas, areas), dtype=np.int32)
    for at in range(areas):
        # A comparison with NaN is never true.
        wins[at] = (rounded[at] > rounded).sum(axis=1)
        both[at] = (known[at] & known).sum(axis=1)
    return wins, both
