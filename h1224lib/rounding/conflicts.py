"""Conflicts: rows that cannot all hold, and the cheapest rows to give up so that the rest can.

Which rows contradict one another is read off the multipliers of a linear program that breaks
rows by as little as possible; rows that share no variable with each other are conflicts of
their own. The rows to give up are the cheapest that hit every conflict, and are held against a
program again until nothing is left to contradict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse.csgraph import connected_components

NEAR = 1e-7


@dataclass(frozen=True, eq=False)
class System:
    """Rows between bounds, of variables from 0 on: ``least <= rows @ x <= most``.

    Attributes
    ----------
    rows, least, most
        The rows; those from `soft` on may not give way, and can hold by themselves.
    soft : int
        How many rows may give way: the first ones.
    upper : float
        The most of every variable.
    """

    rows: sparse.csr_array
    least: np.ndarray
    most: np.ndarray
    soft: int
    upper: float


def find_conflicts(system: System, given_up: np.ndarray) -> list[np.ndarray]:
    """Return sets of soft rows that cannot all hold, in the numbers of the program.

    Parameters
    ----------
    system : System
        What should hold.
    given_up : array of bool
        Which soft rows need not.

    Returns
    -------
    list of array of int
        No two of them share a row; empty where everything else can hold.
    """
    count, size = system.rows.shape
    held = np.ones(count, dtype=bool)
    held[: system.soft] = ~given_up
    places = np.flatnonzero(held)
    rows, least, most = system.rows[places], system.least[places], system.most[places]
    soft = int((places < system.soft).sum())
    if not soft:
        return []
    slack = sparse.eye_array(len(places), soft)
    wide = sparse.hstack([rows, -slack, slack], format="csr")
    above, below = np.isfinite(most), np.isfinite(least)
    found = linprog(
        np.concatenate([np.zeros(size), np.ones(2 * soft)]),
        A_ub=sparse.vstack([wide[above], -wide[below]], format="csr"),
        b_ub=np.concatenate([most[above], -least[below]]),
        bounds=[(0, system.upper)] * size + [(0, None)] * (2 * soft),
        method="highs",
    )
    if found.x is None:
        return []
    beyond = np.zeros(len(places))
    beyond[:soft] = found.x[size : size + soft] + found.x[size + soft :]
    price = np.zeros(len(places))
    price[above] = np.abs(found.ineqlin.marginals[: above.sum()])
    price[below] += np.abs(found.ineqlin.marginals[above.sum() :])
    part = _part(rows, price > NEAR)
    parts = np.unique(part[(beyond > NEAR) & (part >= 0)])
    return [places[:soft][part[:soft] == one] for one in parts]


def _part(rows: sparse.csr_array, chosen: np.ndarray) -> np.ndarray:
    """Return the part of each chosen row, in which rows share variables; -1 for the others."""
    picked = sparse.csr_array(rows[np.flatnonzero(chosen)])
    _, part = connected_components(abs(picked) @ abs(picked).T, directed=False)
    number = np.full(len(chosen), -1)
    number[chosen] = part
    return number


def give_up(system: System, prices: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the cheapest soft rows without which all others can hold.

    Parameters
    ----------
    system : System
        What should hold.
    prices : array of float
        What it costs to give each soft row up.

    Returns
    -------
    array of bool, list of array of int
        Which are given up; the conflicts that prove that nothing cheaper will do.

    Notes
    -----
    E. Moreno-Centeno and R. M. Karp, The implicit hitting set approach to solve combinatorial
    optimization problems, Operations Research 61 (2013) 453-468.

    Examples
    --------
    >>> rows = sparse.csr_array(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    >>> wanted = np.array([3.0, 1.0, 1.0])
    >>> give_up(System(rows, wanted, wanted, 3, np.inf), np.array([1.0, 2.0, 2.0]))[0].tolist()
    [True, False, False]
    """
    given_up = np.zeros(system.soft, dtype=bool)
    conflicts: list[np.ndarray] = []
    while new := find_conflicts(system, given_up):
        conflicts += new
        given_up = _hit(conflicts, prices)
    return given_up, conflicts


def _hit(conflicts: list[np.ndarray], prices: np.ndarray) -> np.ndarray:
    """Return the cheapest rows of which every conflict has one."""
    line = np.repeat(np.arange(len(conflicts)), [len(rows) for rows in conflicts])
    column = np.concatenate(conflicts)
    shape = (len(conflicts), len(prices))
    matrix = sparse.csr_array((np.ones(len(line)), (line, column)), shape=shape)
    found = milp(
        prices,
        integrality=np.ones(len(prices)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(matrix, 1, np.inf)],
        options={"mip_rel_gap": 0},
    )
    return np.asarray(found.x > 0.5)
