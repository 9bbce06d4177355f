"""The integer program: what it says, what it keeps, and that its way does not matter."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from h1224lib.errors import RoundingError
from h1224lib.phasing.counts import pose
from h1224lib.phasing.policies import read_policy, read_profiles
from h1224lib.plan import load_plan
from h1224lib.rounding import program
from h1224lib.rounding.conflicts import System, give_up
from h1224lib.rounding.problem import Problem, Rise, find_violations
from h1224lib.rounding.program import exact_bound, solve
from h1224lib.rounding.violations import least_violations


def state(values, scale=4, rows=None):
    values = np.array(values, dtype=np.int64)
    rows = np.ones((1, len(values))) if rows is None else np.array(rows, dtype=float)
    return Problem(values, scale, sparse.csr_array(rows), np.arange(len(values)))


@pytest.fixture(scope="module")
def huzhou():
    plan = load_plan("huzhou-1224")
    return pose(plan, "projects", read_policy("even"), read_profiles("even", plan)).problem


def test_two_cells_of_a_quarter_each_time_on_paper():
    # 1/4, 2/4, 3/4, 1 twice; their sum 2/4, 1, 6/4, 2. At the second time one of them is up, at
    # the fourth both: the least is 2/4 + 2/4 (first), 1/2 + 1/2 (second), then 1/4 + 3/4 + 1/2
    # or 1/4 + 1/4 + 1/2 (third): both up.
    found = solve(state([[1, 2, 3, 4], [1, 2, 3, 4]]))
    assert found.steps[:, 3].tolist() == [1, 1]
    assert found.steps[:, 1].sum() == 1
    assert found.steps[:, 2].tolist() == [1, 1]
    assert found.deviation == found.bound == Fraction(1) + Fraction(1) + Fraction(1)


def test_a_cell_that_was_up_does_not_fall():
    # One cell at 3/4 and at 3/4 again stays where it is, whatever its neighbour does.
    found = solve(state([[3, 3, 3], [1, 2, 3]]))
    assert (np.diff(found.steps, axis=1) >= 0).all()


def test_numbers_beyond_exact_integers_are_refused():
    with pytest.raises(RoundingError) as refused:
        state([[2**61], [2**61]])
    assert refused.value.key == "shares_too_fine"


def test_a_float_bound_becomes_the_next_possible_deviation():
    assert exact_bound(2.1, 4) == Fraction(9, 4)
    # Two and a quarter, but for the solver's tolerance.
    assert exact_bound(2.25 + 1e-9, 4) == Fraction(9, 4)


def test_a_larger_program_is_mended_in_its_blocks_alone(huzhou, monkeypatch):
    best = solve(huzhou)
    monkeypatch.setattr(program, "SMALL", 10)
    found = solve(huzhou)
    assert best.gap == 0
    assert find_violations(huzhou, found.steps) == []
    assert best.deviation <= found.deviation <= best.deviation * Fraction(101, 100)
    assert found.bound <= best.deviation
    assert found.gap < 0.01


def test_the_table_is_the_same_whichever_way_the_solver_goes(huzhou, monkeypatch):
    first = solve(huzhou)
    plain = program.optimise

    def shuffle(cost, rows, least, most, whole=0, upper=1, **options):
        order = np.random.RandomState(7).permutation(len(cost))
        options["presolve"] = True
        found = plain(cost[order], rows[:, order], least, most, whole, upper, **options)
        if found.x is not None:
            back = np.empty(len(cost))
            back[order] = found.x
            found.x = back
        return found

    monkeypatch.setattr(program, "optimise", shuffle)
    again = solve(huzhou)
    assert (again.steps == first.steps).all()


def test_fewest_violations_keep_cells_within_a_step_and_rising():
    # Three sums of two halves each must be 1, and three cells cannot do that.
    rows = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    problem = state([[1, 2, 3]] * 3, scale=2, rows=rows)
    assert solve(problem) is None
    found = least_violations(problem)
    # One sum gives way at the first time and one at the third; the second is whole.
    given_way = sorted((time, abs(beyond)) for _, time, beyond in found.violations)
    assert given_way == [(0, 1), (2, 1)]
    assert found.proven
    assert (np.diff(found.steps, axis=1) >= 0).all()
    assert (np.abs(2 * found.steps - problem.values) < 2).all()
    # 6 cells at a half each, and the two sums that give way by one each.
    assert found.deviation == found.bound == 5


@settings(max_examples=30)
@given(st.data())
def test_random_programs_hold_what_they_promise(data):
    cells, times = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 5))
    rises = data.draw(
        st.lists(
            st.lists(st.integers(0, 9), min_size=times, max_size=times),
            min_size=cells,
            max_size=cells,
        )
    )
    rows = data.draw(
        st.lists(
            st.lists(st.integers(0, 1), min_size=cells, max_size=cells), min_size=1, max_size=5
        )
    )
    problem = state(np.cumsum(rises, axis=1), scale=6, rows=rows)
    found = solve(problem) or least_violations(problem)
    assert (np.abs(found.steps * 6 - problem.values) < 6).all()
    assert (np.diff(found.steps, axis=1) >= 0).all()
    assert found.bound <= found.deviation == problem.deviation(found.steps)
    assert found.violations == find_violations(problem, found.steps)
    assert found.gap < 1e-6


# -- against every table there is --------------------------------------------------------------


def every_best(problem):
    """Return fewest violations, smallest, least deviation: over all tables, time by time."""
    low, high = problem.ends()
    exact = problem.exact_sums()
    sums = problem.sums.astype(np.int64).toarray()
    scale = problem.scale
    before = None
    for time in range(problem.values.shape[1]):
        found = []
        values, goal = problem.values[:, time], exact[:, time]
        for ends in itertools.product(*map(range, low[:, time], high[:, time] + 1)):
            steps = np.array(ends)
            reached = sums @ steps
            beyond = np.maximum(reached - -(-goal // scale), 0)
            beyond += np.maximum(goal // scale - reached, 0)
            deviation = np.abs(steps * scale - values).sum() + np.abs(reached * scale - goal).sum()
            cost = (int((beyond > 0).sum()), int(beyond.sum()), int(deviation))
            if before is None:
                found.append((steps, cost))
                continue
            reachable = [earlier for start, earlier in before if (start <= steps).all()]
            if reachable:
                found.append((steps, tuple(map(sum, zip(min(reachable), cost, strict=True)))))
        before = found
    return min(cost for _, cost in before)


def small_cube(seed):
    """Draw a small table over a few times, and all of its margins."""
    draw = np.random.default_rng(seed)
    shape = [(2, 2, 2), (3, 2, 1), (2, 3, 1)][seed % 3]
    index = np.indices(shape).reshape(3, -1)
    rows = set()
    for kept in ([], [0], [1], [2], [0, 1], [0, 2], [1, 2]):
        keys = [tuple(place) for place in index[kept].T] if kept else [()] * index.shape[1]
        rows |= {tuple(int(own == key) for own in keys) for key in keys}
    rows = sorted(row for row in rows if sum(row) > 1)
    scale = int(draw.choice([2, 3, 4, 8, 12]))
    falls = draw.integers(0, int(scale * draw.choice([0.5, 1, 2])) + 1, size=(index.shape[1], 3))
    falls[draw.random(falls.shape) < 0.25] = 0
    return state(np.cumsum(falls, axis=1), scale, rows)


@pytest.mark.parametrize("seed", range(24))
def test_fewest_then_smallest_then_least_of_all_tables(seed):
    problem = small_cube(seed)
    found = solve(problem) or least_violations(problem)
    beyond = sum(abs(steps) for *_, steps in found.violations)
    got = (len(found.violations), beyond, int(found.deviation * problem.scale))
    assert got == every_best(problem)
    assert problem.keeps(found.steps) and found.bound <= found.deviation


def test_a_rise_in_the_middle_is_kept_on_paper():
    # 1/4, 2/4, 6/4, 2: from the first to the third time it rises by 5/4, to the second by 1/4;
    # where 1 is printed from the second to the third time, both go up or both go down.
    problem = state([[1, 2, 6, 8]])
    tied = dataclasses.replace(problem, rises=[Rise(0, 1, 2, 1, 1)])
    steps = solve(tied).steps[0]
    assert steps[2] - steps[1] == 1 and steps[3] == 2
    assert not tied.keeps(np.array([[0, 0, 2, 2]])) and problem.keeps(np.array([[0, 0, 2, 2]]))


def test_sums_of_long_numerators_do_not_wrap():
    scale = 2**52
    values = np.full((500, 1), scale // 2 - 1, dtype=np.int64)
    problem = Problem(values, scale, sparse.csr_array(np.ones((1, 500))), np.arange(500))
    steps = np.zeros((500, 1), dtype=np.int64)
    # 500 cells and their sum, each as far from 0 as it is.
    assert problem.deviation(steps) == Fraction(1000 * (scale // 2 - 1), scale)
    with pytest.raises(RoundingError):
        Problem(values, 2**60, problem.sums, problem.blocks)


def test_values_that_fall_are_no_problem_to_pose():
    with pytest.raises(ValueError, match="fall"):
        state([[2, 1]])


# -- conflicts ---------------------------------------------------------------------------------


def test_the_cheapest_rows_that_hit_every_conflict_are_given_up():
    # x = 1 and x = 2; y = 1, y = 2 and y = 3: one of the first, two of the second.
    rows = sparse.csr_array(np.array([[1.0, 0], [1, 0], [0, 1], [0, 1], [0, 1]]))
    wanted = np.array([1.0, 2, 1, 2, 3])
    system = System(rows, wanted, wanted, 5, np.inf)
    given_up, conflicts = give_up(system, np.array([1.0, 1.5, 3, 1, 1]))
    assert given_up.tolist() == [True, False, False, True, True]
    assert all(set(c) <= {0, 1} or set(c) <= {2, 3, 4} for c in conflicts)


def test_a_row_that_holds_by_itself_is_kept_against_what_may_not_give_way():
    # x + y = 3 where each is at most 1 and both together 2 at most.
    rows = sparse.csr_array(np.array([[1.0, 1], [1, 0], [1, 1]]))
    least, most = np.array([3.0, 1, 0]), np.array([3.0, 1, 2])
    given_up, _ = give_up(System(rows, least, most, 2, 1.0), np.ones(2))
    assert given_up.tolist() == [True, False]


def test_sums_of_settled_cells_give_way_as_few_and_as_little_as_can_be():
    # Three ones of which the first is held at 0 and the last at 1: what should be 2, 2 and 3.
    rows = sparse.csr_array(np.array([[1.0, 1, 0], [0, 1, 1], [1, 1, 1]]))
    ends = {"low": np.array([[0], [0], [1]]), "high": np.array([[0], [1], [1]])}
    problem = Problem(np.full((3, 1), 2), 2, rows, np.arange(3), **ends)
    found = least_violations(problem)
    # The middle one up leaves the first a step short, and the last; down, all three.
    assert found.violations == [(0, 0, -1), (2, 0, -1)] and found.proven
    assert found.steps.ravel().tolist() == [0, 1, 1]
