"""Ranks of many readings: against one reading at a time, by plain counting."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from h1224lib.assessment.ranks import count_wins, rank_rows, spread_ranks

# Few different numbers, so that there are ties; one of them is nothing.
TABLES = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: arrays(float, shape, elements=st.sampled_from([0.0, 1.0, 1.5, 2.0, math.nan]))
)


def test_ties_share_the_best_place_and_rounding_makes_none():
    points = np.array([[0.1 + 0.2, 0.3, 0.2, np.nan]])
    assert rank_rows(points).tolist() == [[1, 1, 3, 0]]


def test_quantiles_are_ranks_that_occur():
    places = np.array([[rank] for rank in [1] * 19 + [5]])
    quantiles, counts = spread_ranks(places, (0.05, 0.5, 0.95, 1.0))
    assert quantiles[:, 0].tolist() == [1, 1, 1, 5]
    assert counts.tolist() == [20]
    empty, counts = spread_ranks(np.zeros((3, 1), dtype=np.int32), (0.5,))
    assert math.isnan(empty[0, 0])
    assert counts.tolist() == [0]


@given(TABLES)
def test_ranks_are_one_more_than_those_ahead(points):
    places = rank_rows(points)
    for own, ranks in zip(points, places, strict=True):
        ahead = [0 if math.isnan(p) else 1 + sum(other > p for other in own) for p in own]
        assert ranks.tolist() == ahead


@given(TABLES)
def test_wins_losses_and_ties_are_all_that_there_is(points):
    wins, both = count_wins(points)
    ties = np.zeros_like(wins)
    for own in points:
        ties += own[:, None] == own
    assert (wins + wins.T + ties == both).all()


def test_slices_change_nothing(monkeypatch):
    points = np.random.default_rng(5).integers(0, 4, (50, 7)).astype(float)
    whole = rank_rows(points)
    monkeypatch.setattr("h1224lib.assessment.ranks._AT_ONCE", 21)
    assert (rank_rows(points) == whole).all()
