"""Fitting: positive numbers brought to sums in proportion, then to whole numbers that meet them."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

TOLERANCE = 1e-9
ROUNDS = 1000
NODES = 20_000


def fit(
    seed: np.ndarray, rows: sparse.csr_array, least: np.ndarray, most: np.ndarray
) -> np.ndarray:
    """Bring numbers to sums by iterative proportional fitting; a sum within its bounds stays.

    Parameters
    ----------
    seed : array of float
        Zero stays zero.
    rows : sparse matrix of 0 and 1
        Which numbers each sum adds up.
    least, most : array of float
        The bounds of the sums; some numbers meet them all.

    Returns
    -------
    array of float
        After a thousand rounds at most: where the limit has zeros that the seed has not, it is
        not reached but come near to, and `make_whole` goes the rest of the way.

    Notes
    -----
    W. E. Deming and F. F. Stephan, as in `rake`, whose sums must be margins of a table; for
    sums of any kind I. Csiszar, I-divergence geometry of probability distributions, Annals of
    Probability 3 (1975) 146-158.

    Examples
    --------
    >>> rows = sparse.csr_array(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]))
    >>> wanted = np.array([6.0, 8.0])
    >>> [round(x, 6) for x in fit(np.array([1.0, 1.0, 2.0]), rows, wanted, wanted).tolist()]
    [2.0, 4.0, 4.0]
    """
    values = seed.astype(float).copy()
    families = _families(rows)
    largest = max(float(np.max(least, initial=0)), 1.0)
    for _ in range(ROUNDS):
        for family in families:
            now = rows[family] @ values
            goal = np.clip(now, least[family], most[family])
            factor = np.divide(goal, now, out=np.ones_like(now), where=now > 0)
            picked = rows[family]
            values *= np.where(picked.sum(axis=0) > 0, picked.T @ factor, 1.0)
        now = rows @ values
        if (np.abs(now - np.clip(now, least, most)) <= TOLERANCE * largest).all():
            break
    return values


def _families(rows: sparse.csr_array) -> list[np.ndarray]:
    """Divide sums into families, in each of which no two share a number."""
    taken: list[np.ndarray] = []
    families: list[list[int]] = []
    for row in range(rows.shape[0]):
        own = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
        place = next((at for at, used in enumerate(taken) if not used[own].any()), len(taken))
        if place == len(taken):
            taken.append(np.zeros(rows.shape[1], dtype=bool))
            families.append([])
        taken[place][own] = True
        families[place].append(row)
    return [np.array(family) for family in families]


def make_whole(
    values: np.ndarray, rows: sparse.csr_array, least: np.ndarray, most: np.ndarray
) -> np.ndarray | None:
    """Return the nearest whole numbers from 0 on whose sums lie within their bounds.

    Parameters
    ----------
    values : array of float
        From 0 on.
    rows, least, most
        As in `fit`, with whole bounds.

    Returns
    -------
    array of int or None
        Of least total distance; None where none is found within a fixed number of nodes.

    Examples
    --------
    >>> rows = sparse.csr_array(np.ones((1, 3)))
    >>> make_whole(np.array([0.4, 0.3, 0.3]), rows, np.array([1.0]), np.array([1.0])).tolist()
    [1, 0, 0]
    """
    low = np.floor(values).astype(np.int64)
    done = rows @ low.astype(float)
    cost = np.concatenate([1 - 2 * (values - low), np.ones(2 * len(low))])
    # One up, further up, and down.
    upper = np.concatenate([np.ones(len(low)), np.full(len(low), np.inf), low.astype(float)])
    found = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, upper),
        constraints=[
            LinearConstraint(sparse.hstack([rows, rows, -rows]), least - done, most - done)
        ],
        options={"mip_rel_gap": 0, "node_limit": NODES},
    )
    if found.x is None:
        return None
    one, more, less = np.rint(found.x).astype(np.int64).reshape(3, -1)
    return np.asarray(low + one + more - less)
