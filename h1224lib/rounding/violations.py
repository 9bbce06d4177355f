"""Where no table keeps every sum within one step: the fewest, then the smallest violations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from h1224lib.rounding.conflicts import System, give_up
from h1224lib.rounding.problem import Problem, Rounded, find_violations
from h1224lib.rounding.program import (
    NEAR,
    NODES,
    SMALL,
    Model,
    build_model,
    exact_bound,
    optimise,
    solve,
    weigh_ties,
)


@dataclass(frozen=True, eq=False)
class Soft:
    """The integer program in which sums may leave their bounds, at a price.

    Its variables are the cells; then for each sum that binds, and each rise asked of a sum:
    steps over, steps under, whether either, and whether it is rounded up.
    ``sum = down + up + over - under``.

    Attributes
    ----------
    rows, least, most
        What must hold.
    upper : array of float
        The largest value of each variable.
    cells : int
        How many there are.
    weight : array of float
        What it counts to break each sum, and each rise asked of one.
    deviation : array of float
        What each variable adds to the total deviation.
    constant : float
        The deviation with every variable at 0.
    """

    rows: sparse.csr_array
    least: np.ndarray
    most: np.ndarray
    upper: np.ndarray
    cells: int
    weight: np.ndarray
    deviation: np.ndarray
    constant: float

    def price(
        self, cell: np.ndarray | float = 0, beyond: float = 0, broken: float = 0
    ) -> np.ndarray:
        """Return a goal that counts steps beyond, or sums broken, or weighs cells.

        A printed number counts for more than all sums together: they give way before it.
        """
        each = np.concatenate([beyond * self.weight, beyond * self.weight, broken * self.weight])
        return np.concatenate([np.broadcast_to(cell, self.cells), each, np.zeros(len(self.weight))])

    def limit(self, row: np.ndarray, most: float) -> Soft:
        """Add a row that must not exceed a number."""
        rows = sparse.vstack([self.rows, sparse.csr_array(row[None, :])], format="csr")
        return replace(
            self,
            rows=sparse.csr_array(rows),
            least=np.append(self.least, -np.inf),
            most=np.append(self.most, most),
        )


def least_violations(problem: Problem) -> Rounded:
    """Return the table that breaks the fewest sums, then by least, then of least deviation.

    Cells stay within one step, never fall, and rise by what is printed; only sums give way, a
    number printed for one last. Sums that contradict one another even in fractions are looked
    for first, then each time by itself: no table can break fewer sums than either makes
    necessary, so a table that breaks as few is the best, and is looked for before any other.

    Parameters
    ----------
    problem : Problem
        One without a solution.

    Returns
    -------
    Rounded
        `violations` lists what gives way; `proven` says whether the search was completed.
    """
    model = build_model(problem)
    soft = soften(problem, model)
    near = _limit_conflicts(soft, model)
    if near is not None:
        found = _descend(problem, model, near, [near.price(beyond=1), near.deviation])
        if found is not None:
            return found
    times = problem.values.shape[1]
    if times > 1:
        alone = [_search_alone(problem, time) for time in range(times)]
        bounded = soft
        for time, one in enumerate(alone):
            bounded = _limit_time(bounded, model, time, one)
        found = _descend(problem, model, bounded, [bounded.deviation])
        if found is not None:
            return replace(found, proven=found.proven and all(one.proven for one in alone))
    goals = [soft.price(broken=1), soft.price(beyond=1), soft.deviation]
    return _descend(problem, model, soft, goals) or _all_down(problem, model)


def _limit_conflicts(soft: Soft, model: Model) -> Soft | None:
    """Let only sums give way that conflict even in fractions, and no more than they must.

    A table that breaks as few as the conflicts make necessary breaks none outside of them: it
    would not hit them all. None where fractions conflict nowhere.
    """
    system = System(model.rows, model.least, model.most, len(soft.weight), 1.0)
    given_up, conflicts = give_up(system, soft.weight)
    if not conflicts:
        return None
    open_ = np.isin(np.arange(len(soft.weight)), np.concatenate(conflicts))
    free = np.concatenate([np.ones(soft.cells), np.tile(open_, 3), np.ones(len(open_))])
    limited = replace(soft, upper=soft.upper * free)
    return limited.limit(soft.price(broken=1), float(soft.weight[given_up].sum()))


def _search_alone(problem: Problem, time: int) -> Rounded:
    one = problem.cut(time, time + 1)
    return solve(one) or least_violations(one)


def _limit_time(soft: Soft, model: Model, time: int, alone: Rounded) -> Soft:
    """Allow a time no more sums broken, and no more steps beyond, than it has alone."""
    at = np.concatenate([np.zeros(soft.cells), np.tile(model.when == time, 4)])
    beyond = sum(abs(steps) for _, _, steps in alone.violations)
    soft = soft.limit(soft.price(broken=1) * at, len(alone.violations))
    return soft.limit(soft.price(beyond=1) * at, beyond)


def _descend(problem: Problem, model: Model, soft: Soft, goals: list[np.ndarray]) -> Rounded | None:
    """Meet one goal after the other, the last of them the deviation; then break ties."""
    best, proven, bound = None, True, 0.0
    if soft.cells <= SMALL:
        goals = [*goals, soft.price(cell=weigh_ties(problem, model))]
    for goal in goals:
        found = optimise(goal, soft.rows, soft.least, soft.most, 1, soft.upper, node_limit=NODES)
        if found.x is None:
            break
        proven &= bool(found.success)
        best = found.x[: soft.cells]
        if goal is soft.deviation:
            bound = found.mip_dual_bound
        soft = soft.limit(goal, goal @ np.rint(found.x) + NEAR)
    if best is None:
        return None
    steps = model.table(best)
    deviation = problem.deviation(steps)
    least = min(exact_bound(bound + soft.constant, problem.scale), deviation)
    return Rounded(steps, deviation, least, find_violations(problem, steps), proven)


def _all_down(problem: Problem, model: Model) -> Rounded:
    """Round every cell down: a table that never falls, whatever the search has found."""
    deviation = problem.deviation(model.base)
    return Rounded(
        model.base, deviation, Fraction(0), find_violations(problem, model.base), proven=False
    )


def soften(problem: Problem, model: Model) -> Soft:
    """Let each sum leave its bounds; cells that must not fall still do not."""
    sums = len(model.when)
    kept, hard = model.rows[:sums], model.rows[sums:]
    one = sparse.eye_array(sums)
    # No sum can be farther above its bounds than all up brings it, or below than all down.
    over = kept.maximum(0).sum(axis=1) - model.most[:sums]
    under = model.least[:sums] - kept.minimum(0).sum(axis=1)
    most_beyond = np.maximum(np.maximum(over, under), 1.0)
    rows = sparse.block_array(
        [
            [kept, -one, one, None, -one],
            [None, one, one, -sparse.diags_array(most_beyond), None],
            [hard, None, None, None, None],
        ],
        format="csr",
    )
    down = model.least[:sums]
    cells = len(model.cost)
    deviation, constant = _price_deviation(problem, model)
    return Soft(
        sparse.csr_array(rows),
        np.concatenate([down, np.full(sums, -np.inf), model.least[sums:]]),
        np.concatenate([down, np.zeros(sums), model.most[sums:]]),
        np.concatenate(
            [np.ones(cells), most_beyond, most_beyond, np.ones(sums), model.most[:sums] - down]
        ),
        cells,
        np.where(np.arange(sums) < len(model.places), 1.0, len(model.places) + 1.0),
        deviation,
        constant,
    )


def _price_deviation(problem: Problem, model: Model) -> tuple[np.ndarray, float]:
    """Return what each variable adds to the deviation, and the deviation where all are 0.

    A sum that binds nothing stays linear in its cells, as in the program without violations;
    one that binds costs f where down, 1 - f where up, and a step for each step beyond.
    """
    scale = problem.scale
    exact = problem.exact_sums()
    part = exact % scale
    slope = np.where(part > 0, scale - 2 * part, 0)
    own = problem.values - model.base * scale
    base = problem.reach(model.base)
    at = (model.places[:, 0], model.places[:, 1])
    loose = np.ones(part.shape, dtype=bool)
    loose[at] = False
    cell = (scale - 2 * own)[model.free] + (problem.sums.T @ (slope * loose))[model.free]
    constant = np.abs(own / scale).sum() + (part / scale).sum()
    constant += (slope / scale * (base - exact // scale))[loose].sum()
    # A rise of a sum has no distance of its own.
    own_price, none = np.ones(len(at[0])), np.zeros(len(model.when) - len(at[0]))
    beyond = np.concatenate([own_price, none])
    up = np.concatenate([slope[at] / scale, none])
    price = np.concatenate([cell / scale, beyond, beyond, np.zeros(len(beyond)), up])
    return price, float(constant)
