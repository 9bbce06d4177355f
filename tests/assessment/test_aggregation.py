"""Aggregations: on paper first, then what holds of every mean."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from h1224lib import aggregate, distance_to_target
from h1224lib.assessment.aggregation import METHODS
from h1224lib.errors import ComparisonError, UnknownNameError

POSITIVE = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("values", "weights", "method", "expected"),
    [
        ([1, 2, 3], None, "arithmetic", 2.0),
        ([1, 2, 3], [1, 1, 2], "arithmetic", 2.25),
        ([1, 2, 3], None, "geometric", 1.817121),
        ([1, 2, 3], [1, 1, 2], "geometric", 2.059767),
        ([1, 2, 3], [2, 1, 1], "harmonic", 1.411765),
        ([0, 2, 3], None, "geometric", 0.0),
        ([0, 2, 3], None, "harmonic", 0.0),
        # What has no weight counts for nothing, not even as a zero.
        ([0, 2, 8], [0, 1, 1], "geometric", 4.0),
        ([None, 2, 8], None, "geometric", 4.0),
        ([None, 80, 60], [2, 1, 1], "arithmetic", 70.0),
    ],
)
def test_means_on_paper(values, weights, method, expected):
    assert aggregate(values, weights, method) == pytest.approx(expected, abs=5e-7)


def test_a_coverage_that_is_not_reached_leaves_nothing():
    assert aggregate([1, None], [1, 1], coverage=0.5) == 1
    assert math.isnan(aggregate([1, None], [1, 1], coverage=0.51))
    assert math.isnan(aggregate([None, None], [1, 1]))
    # 0.1 + 0.2 + 0.3 is 0.6 and a little more in binary: not to be held against anybody.
    assert aggregate([1, 1, 1, None], [0.1, 0.2, 0.3, 0.4], coverage=0.6) == pytest.approx(1)


def test_rows_are_taken_one_by_one():
    rows = np.array([[1.0, 3.0], [np.nan, 5.0], [np.nan, np.nan]])
    assert aggregate(rows, [1, 1])[:2].tolist() == [2.0, 5.0]
    assert math.isnan(aggregate(rows, [1, 1])[2])


def test_distances_on_paper():
    assert distance_to_target([0, 5, 11], 10).tolist() == [0, 0.5, 1.1]
    assert distance_to_target([0, 5, 11], 10, capped=True).tolist() == [0, 0.5, 1]
    assert math.isnan(distance_to_target([None], 10, capped=True)[0])


@pytest.mark.parametrize(
    ("call", "error", "key"),
    [
        (lambda: aggregate([1], method="median"), UnknownNameError, "unknown_aggregation"),
        (lambda: aggregate([1], coverage=1.1), ComparisonError, "aggregation_coverage"),
        (lambda: aggregate([1, 2], [1]), ComparisonError, "aggregation_weights"),
        (lambda: aggregate([1, 2], [1, -1]), ComparisonError, "aggregation_weights"),
        (lambda: aggregate([-1], method="harmonic"), ComparisonError, "aggregation_negative"),
        (lambda: distance_to_target([1], 0), ComparisonError, "aggregation_target"),
    ],
)
def test_what_cannot_be_is_refused(call, error, key):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.key == key
    assert caught.value.say("zh") != caught.value.say("en")


@given(POSITIVE, st.data())
def test_means_lie_within_and_in_order(values, data):
    count = len(values)
    weights = data.draw(st.lists(st.floats(0.1, 10), min_size=count, max_size=count))
    arithmetic, geometric, harmonic = (aggregate(values, weights, method) for method in METHODS)
    slack = 1 + 1e-9
    assert min(values) / slack <= harmonic <= geometric * slack
    assert geometric <= arithmetic * slack <= max(values) * slack**2


@given(POSITIVE, st.floats(0.1, 10))
def test_a_common_factor_of_the_weights_changes_nothing(values, factor):
    for method in METHODS:
        once = aggregate(values, [1.0] * len(values), method)
        assert aggregate(values, [factor] * len(values), method) == pytest.approx(once)
