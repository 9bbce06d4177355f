"""Earned schedule: the published case, every edge of a stepped plan, and its inverse."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from h1224lib.progress.earned import earn_cells, earn_schedule, rate_time
from h1224lib.progress.exact import Exact, objects

PLANS = st.lists(st.integers(0, 9), min_size=1, max_size=12).map(lambda s: list(accumulate(s)))


def column(values):
    fractions = [Fraction(value) for value in values]
    top, bottom = (objects(getattr(f, n) for f in fractions) for n in ("numerator", "denominator"))
    return Exact(top, bottom, np.ones(len(fractions), dtype=bool))


def test_eighteen_periods_earned_in_twenty():
    planned = [5 * period for period in range(1, 31)]
    assert earn_schedule(planned, 90, 20) == 18
    assert rate_time(earn_schedule(planned, 90, 20), 20) == (0.9, -2.0)


@pytest.mark.parametrize(
    ("earned", "elapsed", "time"),
    [
        (-1, 3, 1),  # as nothing
        (0, Fraction(1, 2), Fraction(1, 2)),  # nothing is planned for the first period: on time
        (0, 3, 1),  # and from then on something is
        (1, 3, Fraction(5, 4)),
        (4, 1, 2),  # level from the second period to the fourth: ahead of its begin
        (4, 3, 3),  # on time
        (4, 5, 4),  # behind its end
        (5, 1, Fraction(9, 2)),
        (6, 2, 5),  # the whole, first planned in the fifth, early
        (99, 2, 5),
        (6, 6, 6),  # and at the end
        (99, 6, 6),
    ],
)
def test_a_stepped_plan(earned, elapsed, time):
    assert earn_schedule([0, 4, 4, 4, 6, 6], earned, elapsed) == time


def test_within_a_period_the_plan_is_what_is_scheduled_by_then():
    # Nothing more is due until the quarter ends: 4 is on time all along, 3 is not.
    half = Fraction(5, 2)
    assert earn_schedule([2, 4, 6], 4, half, 4) == half
    assert earn_schedule([2, 4, 6], 3, half, 4) == Fraction(3, 2)
    # From 4 at 5/2 to 6 at 3, a quarter period for each: 5 is planned at 11/4.
    assert earn_schedule([2, 4, 6], 5, half, 4) == Fraction(11, 4)
    # On the line 5 is planned at 5/2.
    assert earn_schedule([2, 4, 6], 4, half) == 2


def test_a_plan_that_falls_is_none():
    for planned in ([], [2, 1], [-1, 2]):
        with pytest.raises(ValueError):
            earn_schedule(planned, 1, 1)
    with pytest.raises(ValueError):
        earn_schedule([2, 4], 1, Fraction(3, 2), 1)


def test_nothing_planned_and_nothing_done_is_neither_early_nor_late():
    planned = [column([0, 0, 0]), column([4, 4, 4])]
    found = earn_cells(planned, column([0, 1, 0]), Fraction(1), column([0, 0, 0]))
    assert found.known.tolist() == [False, True, False]
    assert found.fraction(1) == Fraction(5, 4)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.fractions(0, 1))
def test_what_is_planned_at_the_earned_time_is_what_was_earned(steps, share):
    planned = list(accumulate(steps))
    earned = share * planned[-1]
    time = earn_schedule(planned, earned, 1)
    at = int(time)
    below = planned[at - 1] if at else 0
    above = planned[min(at, len(planned) - 1)]
    assert below + (time - at) * (above - below) == earned


@given(PLANS, st.integers(0, 12))
def test_what_is_on_schedule_is_on_time(planned, passed):
    passed = min(passed, len(planned))
    assert earn_schedule(planned, [0, *planned][passed], passed) == passed


@given(PLANS, st.fractions(-1, 120, max_denominator=50), st.fractions(-1, 120, max_denominator=50))
def test_more_is_never_earlier_and_never_beyond_the_plan(planned, one, other):
    for passed in range(len(planned) + 1):
        low, high = (earn_schedule(planned, value, passed) for value in sorted([one, other]))
        assert 0 <= low <= high <= len(planned)


@given(
    PLANS.filter(lambda p: p[-1] > 0),
    st.lists(st.integers(-2, 120), min_size=1, max_size=5),
    st.fractions(0, 1, max_denominator=9),
    st.fractions(0, 1, max_denominator=9),
)
def test_cells_are_earned_as_one_is(planned, earned, share, part):
    count = len(earned)
    elapsed = share * len(planned)
    before, after = [0, *planned, planned[-1]][int(elapsed) :][:2]
    whole = elapsed.denominator == 1
    scheduled = Fraction(before) if whole else before + part * (after - before)
    columns = [column([p] * count) for p in planned]
    found = earn_cells(columns, column(earned), elapsed, column([scheduled] * count))
    for row, value in enumerate(earned):
        assert found.known[row] == (scheduled > 0 or value > 0)
        if found.known[row]:
            assert found.fraction(row) == earn_schedule(planned, value, elapsed, scheduled)
