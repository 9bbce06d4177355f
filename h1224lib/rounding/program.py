"""The integer program behind controlled rounding: each cell down or up, so that sums fit too.

A number within less than one step of an exact value is that value rounded down or up, so one
binary variable a cell says it all. The distance of a cell, and of a sum, from its exact value is
then linear in those variables: f where it is rounded down, 1 - f where up. What is left is a
linear program with small whole coefficients, whose vertices are nearly whole: it is solved
first, and only the blocks in which fractions remain are solved again, as an integer program.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from h1224lib.rounding.problem import Problem, Rise, Rounded, find_violations

# Up to so many free variables the whole program is solved to its optimum.
SMALL = 3000
# A fixed amount of work, and not of time: the same table on a slow machine.
NODES = 20_000
NEAR = 1e-6


@dataclass(frozen=True, eq=False)
class Model:
    """The linear program in the free variables: 0 is down, 1 is up.

    Attributes
    ----------
    free : pair of arrays
        Cell and time of each variable.
    cost : array of float
        What rounding up adds to the deviation, in steps.
    rows, least, most
        Bounds on sums: the first rows are the sums that `places` names, then come the rises
        that are asked of sums; the others keep cells from falling, and to their own rises.
    places : array of int, rows x 2
        Sum and time of each of the first rows.
    when : array of int
        The time of each of these, then that at which each sum's rise ends.
    base : array of int, cells x times
        The table with every variable at 0.
    constant : float
        The deviation there.
    """

    free: tuple[np.ndarray, np.ndarray]
    cost: np.ndarray
    rows: sparse.csr_array
    least: np.ndarray
    most: np.ndarray
    places: np.ndarray
    when: np.ndarray
    base: np.ndarray
    constant: float

    def table(self, up: np.ndarray) -> np.ndarray:
        """Return the steps of every cell where `up` says which variables are 1."""
        steps = self.base.copy()
        steps[self.free] += np.rint(up).astype(np.int64)
        return steps


def build_model(problem: Problem) -> Model:
    """Write the linear program of a problem down, in its free variables alone."""
    low, high = problem.ends()
    cells, times = np.nonzero(high > low)
    number = np.full(low.shape, -1)
    number[cells, times] = np.arange(len(cells))
    exact = problem.exact_sums()
    scale = problem.scale
    bottom = exact // scale
    part = exact - bottom * scale
    base = problem.reach(low)
    # Down costs f and up 1 - f, in a cell as in a sum; a sum that is whole has no choice.
    slope = np.where(part > 0, scale - 2 * part, 0)
    own = problem.values - low * scale
    cost = (scale - 2 * own)[cells, times] + (problem.sums.T @ slope)[cells, times]
    # In floats, since a sum of numerators may not fit 64 bits.
    constant = np.abs(own / scale).sum() + (part / scale + slope / scale * (base - bottom)).sum()
    sums, least, most, places = _sum_rows(problem, number, bottom - base, part > 0)
    rising = _rising_rows(number, low, high)
    tied, limits, rises = _tied_rows(problem, number, low)
    of_sum = np.array([rise.place >= len(low) for rise in rises], dtype=bool)
    ends = [rise.after for rise in rises if rise.place >= len(low)]
    rows = sparse.vstack([sums, tied[of_sum], rising, tied[~of_sum]], format="csr")
    falls = rising.shape[0]
    return Model(
        (cells, times),
        cost / scale,
        sparse.csr_array(rows),
        np.concatenate([least, limits[of_sum, 0], np.full(falls, -1.0), limits[~of_sum, 0]]),
        np.concatenate([most, limits[of_sum, 1], np.zeros(falls), limits[~of_sum, 1]]),
        places,
        np.concatenate([places[:, 1], np.array(ends, dtype=int)]),
        low,
        float(constant),
    )


def _sum_rows(
    problem: Problem, number: np.ndarray, least: np.ndarray, open_: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray, np.ndarray]:
    """Return the sums that bind: those that some choice of their cells would break."""
    rows, columns, places = [], [], []
    found = 0
    entries = problem.sums.tocoo()
    for time in range(number.shape[1]):
        variable = number[entries.col, time]
        free = variable >= 0
        count = np.bincount(entries.row[free], minlength=len(least))
        binds = (least[:, time] > 0) | (least[:, time] + open_[:, time] < count)
        line = np.cumsum(binds) - 1 + found
        kept = free & binds[entries.row]
        rows.append(line[entries.row[kept]])
        columns.append(variable[kept])
        places.append(np.column_stack([np.flatnonzero(binds), np.full(binds.sum(), time)]))
        found += int(binds.sum())
    row, column = np.concatenate(rows), np.concatenate(columns)
    matrix = sparse.csr_array(
        (np.ones(len(row)), (row, column)), shape=(found, int(number.max(initial=-1)) + 1)
    )
    place = np.concatenate(places)
    low = least[place[:, 0], place[:, 1]].astype(float)
    return matrix, low, low + open_[place[:, 0], place[:, 1]], place


def _rising_rows(number: np.ndarray, low: np.ndarray, high: np.ndarray) -> sparse.csr_array:
    """Return a row for each free cell that could fall from one time to the next."""
    tied = (number[:, 1:] >= 0) & (number[:, :-1] >= 0) & (low[:, 1:] < high[:, :-1])
    before, after = number[:, :-1][tied], number[:, 1:][tied]
    line = np.arange(len(before))
    return sparse.csr_array(
        (
            np.repeat([1.0, -1.0], len(before)),
            (np.tile(line, 2), np.concatenate([before, after])),
        ),
        shape=(len(before), int(number.max(initial=-1)) + 1),
    )


def _tied_rows(
    problem: Problem, number: np.ndarray, low: np.ndarray
) -> tuple[sparse.csr_array, np.ndarray, list[Rise]]:
    """Return a row for each rise that some choice of its cells would miss."""
    asked = np.array(problem.rises, dtype=np.int64).reshape(len(problem.rises), 5)
    size = int(number.max(initial=-1)) + 1
    if not len(asked):
        return sparse.csr_array((0, size)), np.zeros((0, 2)), []
    limits = asked[:, 3:] - problem.risen(low)[:, None]
    entries = problem.members().tocoo()
    columns, lines, signs = [], [], []
    for time, sign in ((asked[:, 2], 1.0), (asked[:, 1], -1.0)):
        at = time[entries.row]
        column = np.where(at >= 0, number[entries.col, at], -1)
        columns.append(column[column >= 0])
        lines.append(entries.row[column >= 0])
        signs.append(np.full((column >= 0).sum(), sign))
    both = (np.concatenate(lines), np.concatenate(columns))
    matrix = sparse.csr_array((np.concatenate(signs), both), shape=(len(asked), size))
    reach = [np.asarray(matrix.minimum(0).sum(axis=1)), np.asarray(matrix.maximum(0).sum(axis=1))]
    binds = np.flatnonzero((limits[:, 0] > reach[0]) | (limits[:, 1] < reach[1]))
    return matrix[binds], limits[binds].astype(float), [problem.rises[int(at)] for at in binds]


def optimise(
    cost: np.ndarray,
    rows: Any,
    least: np.ndarray,
    most: np.ndarray,
    whole: Any = 0,
    upper: Any = 1,
    **options: Any,
) -> OptimizeResult:
    """Minimise a linear cost over 0..`upper`, single-threaded and without a time limit."""
    constraints = [LinearConstraint(rows, least, most)] if rows.shape[0] else []
    return milp(
        cost,
        integrality=np.broadcast_to(whole, len(cost)),
        bounds=Bounds(0, upper),
        constraints=constraints,
        options={"mip_rel_gap": 0, **options},
    )


def solve(problem: Problem) -> Rounded | None:
    """Return the table of least deviation with every sum within one step, or None.

    None is said only where the whole integer program has no solution, or found none within its
    fixed number of nodes.
    """
    model = build_model(problem)
    if not len(model.cost):
        return _judge(problem, model, np.zeros(0), model.constant)
    # Nearly nothing can be presolved here; looking for it takes longer than the simplex saves.
    relaxed = optimise(model.cost, model.rows, model.least, model.most, presolve=False)
    if relaxed.x is None:
        return None
    bound = relaxed.fun + model.constant
    fractional = np.abs(relaxed.x - np.rint(relaxed.x)) > NEAR
    if not fractional.any():
        return _judge(problem, model, _break_ties(problem, model, relaxed.x), bound)
    for chosen in _widen(problem, model, fractional):
        found = _complete(model, relaxed.x, chosen)
        if found.x is not None:
            up = np.rint(relaxed.x)
            up[chosen] = found.x
            if chosen.all():
                bound = max(bound, found.mip_dual_bound + model.constant)
            return _judge(problem, model, _break_ties(problem, model, up), bound)
    return None


def _break_ties(problem: Problem, model: Model, up: np.ndarray) -> np.ndarray:
    """Among the tables of a small program that deviate as little, take one by fixed weights.

    With random weights up to R the lightest of all sets of N is alone but with a probability of
    N / R at most (K. Mulmuley, U. Vazirani and V. Vazirani, Matching is as easy as matrix
    inversion, Combinatorica 7 (1987) 105-113), so the table no longer depends on the solver's
    way. Larger programs are left where the solver's fixed way leads.
    """
    if len(up) > SMALL:
        return up
    rows = sparse.vstack([model.rows, sparse.csr_array(model.cost[None, :])], format="csr")
    most = np.append(model.most, model.cost @ np.rint(up) + NEAR)
    found = optimise(
        weigh_ties(problem, model),
        rows,
        np.append(model.least, -np.inf),
        most,
        1,
        node_limit=NODES,
    )
    return found.x if found.success else up


def weigh_ties(problem: Problem, model: Model) -> np.ndarray:
    """Return the weights that decide between equal tables: as good as random, and for ever.

    They come from the names of cells and times, so that the order in which these are given does
    not matter; where there are no names, from their positions.
    """
    if not problem.cells:
        return np.random.RandomState(1224).randint(1, 2**20, len(model.cost)).astype(float)
    pairs = zip(*(places.tolist() for places in model.free), strict=True)
    named = (f"{problem.cells[cell]} {problem.times[time]}".encode() for cell, time in pairs)
    hashes = (hashlib.blake2b(name, digest_size=4).digest() for name in named)
    return np.array([1.0 + int.from_bytes(found, "big") % 2**20 for found in hashes])


def _widen(problem: Problem, model: Model, fractional: np.ndarray) -> list[np.ndarray]:
    """Return wider and wider sets of variables to solve as integers: their blocks, then all."""
    everything = np.ones(len(fractional), dtype=bool)
    if len(fractional) <= SMALL:
        return [everything]
    block = problem.blocks[model.free[0]]
    touched = np.unique(block[fractional])
    others = np.setdiff1d(np.unique(block), touched)
    more = others[:: max(1, len(others) // (3 * len(touched)))]
    return [np.isin(block, touched), np.isin(block, [*touched, *more]), everything]


def _complete(model: Model, relaxed: np.ndarray, chosen: np.ndarray) -> OptimizeResult:
    """Solve for the chosen variables as integers; the others are whole already, and stay."""
    settled = np.where(chosen, 0.0, np.rint(relaxed))
    done = model.rows @ settled
    some = model.rows[:, np.flatnonzero(chosen)]
    touched = np.flatnonzero(np.diff(some.indptr))
    return optimise(
        model.cost[chosen],
        some[touched],
        (model.least - done)[touched],
        (model.most - done)[touched],
        whole=1,
        node_limit=NODES,
    )


def _judge(problem: Problem, model: Model, up: np.ndarray, bound: float) -> Rounded | None:
    """Hold a table against the problem in whole numbers; the solver's word is not enough."""
    steps = model.table(up)
    if not problem.keeps(steps) or find_violations(problem, steps):
        return None
    deviation = problem.deviation(steps)
    return Rounded(steps, deviation, min(exact_bound(bound, problem.scale), deviation), [])


def exact_bound(bound: float, scale: int) -> Fraction:
    """Return the least multiple of 1/scale that a float bound, less its tolerance, allows."""
    slack = Fraction(bound) - Fraction(NEAR) * max(1, int(abs(bound)) // 1000)
    return Fraction(-((-slack * scale).__floor__()), scale)
