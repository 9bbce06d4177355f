"""Every smallest set is found: against brute force on small systems, and an integer program."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from h1224lib import Identity, locate_errors

NAMES = "abcdef"
FAR = 300


def is_feasible(values, identities, freed, whole, nonnegative):
    """Ask HiGHS whether changing only the freed names can make every identity hold."""
    names = list(values)
    if not identities:
        return all(values[n] >= 0 or n in freed for n in names) or not nonnegative
    matrix = np.array([[i.terms.get(n, 0) for n in names] for i in identities], dtype=float)
    rhs = np.array([i.rhs for i in identities], dtype=float)
    low = np.where([i.op == "<=" for i in identities], -np.inf, rhs)
    high = np.where([i.op == ">=" for i in identities], np.inf, rhs)
    # Far beyond anything these small numbers need; without ends HiGHS may never return.
    floor = 0 if nonnegative else -FAR
    lower = [floor if n in freed else values[n] for n in names]
    upper = [FAR if n in freed else values[n] for n in names]
    if nonnegative and any(values[n] < 0 for n in names if n not in freed):
        return False
    solved = milp(
        np.zeros(len(names)),
        constraints=LinearConstraint(matrix, low, high),
        bounds=Bounds(lower, upper),
        integrality=np.full(len(names), int(whole)),
    )
    return solved.status == 0


def search_by_force(values, identities, weights, fixed, whole, nonnegative):
    """Try every set of names, and keep the lightest that do."""
    free = [n for n in values if n not in fixed]
    sets = [
        frozenset(c) for size in range(len(free) + 1) for c in itertools.combinations(free, size)
    ]
    good = [s for s in sets if is_feasible(values, identities, s, whole, nonnegative)]
    if not good:
        return None
    least = min(sum(weights[n] for n in s) for s in good)
    return {s for s in good if sum(weights[n] for n in s) == least}


def multiply_out(found):
    sets = [[frozenset(e.cells) for e in part] for part in found.parts]
    return {frozenset().union(*choice) for choice in itertools.product(*sets)}


@st.composite
def systems(draw):
    names = NAMES[: draw(st.integers(2, 6))]
    values = {n: draw(st.integers(-3, 6)) for n in names}
    identities = []
    for _ in range(draw(st.integers(1, 5))):
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        terms = {n: draw(st.sampled_from([1, 1, 1, -1, -1, 2, -2])) for n in chosen}
        op = draw(st.sampled_from(["=", "=", "<=", ">="]))
        identities.append(Identity(terms, op, draw(st.sampled_from([0, 0, 0, 1, 4]))))
    weights = {n: draw(st.sampled_from([1, 1, 1, 2, 3])) for n in names}
    fixed = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    return values, identities, weights, fixed


@settings(max_examples=400, deadline=None)
@given(systems(), st.booleans(), st.booleans())
def test_every_lightest_set_is_found_and_no_other(system, whole, nonnegative):
    values, identities, weights, fixed = system
    found = locate_errors(
        values,
        identities,
        weights=weights,
        fixed=fixed,
        step=1 if whole else None,
        nonnegative=nonnegative,
    )
    expected = search_by_force(values, identities, weights, fixed, whole, nonnegative)
    assert found.complete
    if expected is None:
        assert found.contradictions
    else:
        assert not found.contradictions
        assert multiply_out(found) == expected


@settings(max_examples=100, deadline=None)
@given(systems())
def test_every_repair_makes_its_part_hold(system):
    values, identities, weights, fixed = system
    found = locate_errors(values, identities, weights=weights, fixed=fixed)
    if found.contradictions:
        return
    chosen = {name for part in found.parts for name in part[0].cells}
    assert is_feasible(values, identities, chosen, False, False)
    for part in found.parts:
        for name, repair in part[0].repair.items():
            if not isinstance(repair, tuple):
                held = {**values, name: repair}
                rest = chosen - {name}
                assert is_feasible(held, identities, rest, False, False)
                # No other number does: the repair is settled.
                assert not is_feasible({**held, name: repair + 1}, identities, rest, False, False)


def build_cube(areas, industries, types, seed):
    """Build a table with all its margins for two horizons, and every identity in it."""
    rng = np.random.default_rng(seed)
    cube = rng.integers(0, 13, (areas, industries, types, 2))
    cube[..., 1] += cube[..., 0]
    for axis in range(3):
        cube = np.concatenate([cube, cube.sum(axis, keepdims=True)], axis)
    values = {key: int(v) for key, v in np.ndenumerate(cube)}
    identities = []
    for axis in range(3):
        last = cube.shape[axis] - 1
        others = [range(n) if k != axis else [0] for k, n in enumerate(cube.shape)]
        for key in itertools.product(*others):
            line = [(*key[:axis], n, *key[axis + 1 :]) for n in range(last + 1)]
            identities.append(Identity({**dict.fromkeys(line[:-1], 1), line[-1]: -1}))
    for key in itertools.product(*(range(n) for n in cube.shape[:3])):
        identities.append(Identity({(*key, 0): 1, (*key, 1): -1}, "<="))
    return values, identities


def solve_program(values, identities, most, excluded=()):
    """Return a smallest set of cells to change, by a big-M program, if at most `most` do.

    No set that holds one of `excluded` is admitted.
    """
    names = list(values)
    position = {n: k for k, n in enumerate(names)}
    size = len(names)
    reach = 10_000
    matrix = np.zeros((len(identities), 2 * size))
    for k, identity in enumerate(identities):
        for name, coefficient in identity.terms.items():
            matrix[k, position[name]] = coefficient
    printed = matrix[:, :size] @ np.array([values[n] for n in names])
    left = np.array([i.rhs for i in identities]) - printed
    low = np.where([i.op == "<=" for i in identities], -np.inf, left)
    tie = np.hstack([np.eye(size), -reach * np.eye(size)])
    back = np.hstack([-np.eye(size), -reach * np.eye(size)])
    count = np.concatenate([np.zeros(size), np.ones(size)])

    def mark(chosen):
        return np.array([0] * size + [int(n in chosen) for n in names])

    solved = milp(
        count,
        constraints=[
            LinearConstraint(matrix, low, left),
            LinearConstraint(tie, -np.inf, 0),
            LinearConstraint(back, -np.inf, 0),
            LinearConstraint(count, 0, most),
            *(LinearConstraint(mark(names), 0, len(names) - 1) for names in excluded),
        ],
        bounds=Bounds(
            np.concatenate([np.full(size, -reach), np.zeros(size)]),
            np.concatenate([np.full(size, reach), np.ones(size)]),
        ),
        integrality=np.concatenate([np.zeros(size), np.ones(size)]),
    )
    if solved.status != 0:
        return None
    return frozenset(n for n, z in zip(values, solved.x[size:], strict=True) if z > 0.5)


def list_by_program(values, identities, most):
    """List every set of so many cells that mends everything, one program a set."""
    found = []
    while (cells := solve_program(values, identities, most, found)) is not None:
        found.append(cells)
    return set(found)


@pytest.mark.parametrize("seed", range(8))
def test_an_integer_program_finds_the_same_sets_and_none_smaller(seed):
    values, identities = build_cube(4, 3, 2, seed)
    rng = random.Random(seed)
    for name in rng.sample(list(values), 1 + seed % 4):
        values[name] += rng.choice([-9, 7, 10, 27])
    found = locate_errors(values, identities)
    size = sum(len(part[0].cells) for part in found.parts)
    assert found.complete and size > 0
    assert list_by_program(values, identities, most=size) == multiply_out(found)
    assert solve_program(values, identities, most=size - 1) is None


def test_an_integer_program_lists_the_same_many_sets_of_a_square():
    values = {(r, c): 10 + 3 * r + c for r in range(4) for c in range(4)}
    identities = [
        Identity(
            {**{(r, c): 1 for c in range(3)}, (r, 3): -1},
            "=",
            sum(values[r, c] for c in range(3)) - values[r, 3],
        )
        for r in range(4)
    ]
    identities += [
        Identity(
            {**{(r, c): 1 for r in range(3)}, (3, c): -1},
            "=",
            sum(values[r, c] for r in range(3)) - values[3, c],
        )
        for c in range(4)
    ]
    values[1, 0], values[1, 1] = values[1, 1] + 4, values[1, 0] - 4
    found = locate_errors(values, identities)
    assert found.complete and len(found) == 4
    assert list_by_program(values, identities, most=2) == multiply_out(found)


def test_the_misprints_planted_in_a_plan_of_432_cells_are_found():
    for seed in range(10):
        values, identities = build_cube(8, 7, 2, seed)
        assert (len(values), len(identities)) == (432, 246 + 216)
        assert not locate_errors(values, identities)
        (name,) = random.Random(seed).sample(list(values), 1)
        values[name] += 9
        found = locate_errors(values, identities)
        assert (name,) in {e.cells for e in found} and found.complete
