"""Gamma-Poisson counts: the worked case, limits, sums, and what simulation says of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, nbinom, poisson

from h1224lib.odds import odds_at_pace, odds_of_count
from h1224lib.odds.counts import Outlook, count_needed, find_quantile
from h1224lib.odds.levels import weigh
from h1224lib.odds.prior import ASSUMED, fit_prior, fixed_prior
from h1224lib.odds.shock import QUARTER_SPREAD, estimate_variation, gamma_nodes, spread_ahead

JEFFREYS = fixed_prior(0.5, 0.0, "jeffreys")


def outlook(done, exposure, left, prior=JEFFREYS, spread=0.0, stay=1.0):
    done, exposure, left = (np.atleast_1d(np.array(x, dtype=float)) for x in (done, exposure, left))
    return Outlook(done, exposure, left, prior, spread, stay)


def test_the_worked_case():
    assert odds_of_count(18, 2, 22, 2) == pytest.approx(0.2891, abs=5e-5)
    assert odds_at_pace(18, 2, 22, 2) == pytest.approx(0.2009, abs=5e-5)
    odd = weigh(outlook(18, 2, 2), [0], 40, 18, 0.8)
    assert odd.probability == pytest.approx(0.2891, abs=5e-5)


def test_limits():
    assert odds_of_count(18, 2, 0, 2) == odds_of_count(18, 2, -3, 0) == 1
    assert odds_of_count(18, 2, 1, 0) == 0
    assert weigh(outlook(18, 2, 0), [0], 19, 18, 0.8).probability == 0
    assert weigh(outlook(18, 2, 0), [0], 18, 18, 0.8).probability == 1
    ended = weigh(outlook(18, 2, 0), [0], 19, 18, 0.8)
    assert (ended.low, ended.expected, ended.high) == (18, 18, 18)


@given(
    st.integers(0, 200), st.integers(1, 60), st.floats(0.1, 50), st.floats(0.1, 50),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_more_needed_is_less_likely_and_more_done_likelier(done, needed, exposure, left):
    odds = odds_of_count(done, exposure, needed, left)
    assert 0 <= odds <= 1
    assert odds_of_count(done, exposure, needed + 1, left) <= odds
    assert odds_of_count(done + 1, exposure, needed, left) >= odds
    assert odds_of_count(done, exposure, needed, left * 1.1) >= odds - 1e-12


@given(st.integers(0, 300), st.floats(0.5, 200), st.floats(0.1, 200))
@settings(max_examples=40, deadline=None)
def test_one_cell_is_scipys_negative_binomial(done, exposure, left):
    found = outlook(done, exposure, left).distribute([0])
    exact = nbinom.pmf(np.arange(len(found)), done + 0.5, exposure / (exposure + left))
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert np.abs(np.cumsum(found) - np.cumsum(exact)).max() < 1e-5


def test_a_city_of_independent_cells_is_their_convolution():
    cells = outlook([4, 9, 0], [3, 5, 2], [3, 4, 2.5])
    whole = cells.distribute([0, 1, 2])
    by_hand = np.ones(1)
    for i in range(3):
        by_hand = np.convolve(by_hand, cells.distribute([i]))
    size = min(len(whole), len(by_hand))
    assert np.abs(np.cumsum(whole)[:size] - np.cumsum(by_hand)[:size]).max() < 1e-6


@pytest.mark.parametrize(("spread", "scale"), [(0.1, 1), (0.3, 1), (0.15, 40)])
def test_sums_under_a_shock_agree_with_simulation(spread, scale):
    done, exposure, left = (
        np.array(x) * float(scale) for x in ([20, 8, 31], [25, 10, 25], [30, 10, 20])
    )
    prior = fit_prior(done, exposure)
    cells = outlook(done, exposure, left, prior, spread)
    drawing = np.random.default_rng(7)
    draws = 200_000
    node = drawing.choice(len(prior.weights), draws, p=prior.weights)
    shock = drawing.gamma(spread**-2, spread**2, draws)
    rates = [drawing.gamma(prior.shape[node] + d, 1 / (prior.rate[node] + e)) * t
             for d, e, t in zip(done, exposure, left, strict=True)]  # fmt: skip
    came = drawing.poisson(sum(rates) * shock)
    reached = np.cumsum(cells.distribute([0, 1, 2]))
    for share in (0.02, 0.1, 0.5, 0.9, 0.98):
        at = int(np.quantile(came, share))
        assert reached[at] == pytest.approx((came <= at).mean(), abs=0.005)
    assert cells.expect([0, 1, 2]) - done.sum() == pytest.approx(came.mean(), rel=0.005)


def test_more_nodes_change_nothing(monkeypatch):
    done = np.array([50.0, 62, 40, 71])
    cells = outlook(done, done * 0 + 60, done * 0 + 60, fit_prior(done, done * 0 + 60), 0.25)
    few = np.cumsum(cells.distribute([0, 1, 2, 3]))
    monkeypatch.setattr("h1224lib.odds.counts._count_nodes", lambda rates, spread: 500)
    many = np.cumsum(cells.distribute([0, 1, 2, 3]))
    assert np.abs(few - many).max() < 1e-6


def test_a_shock_widens_the_whole_more_than_a_part():
    done = np.full(8, 60.0)
    flat = fixed_prior(20.0, 20.0)

    def width(spread, chosen):
        found = outlook(done, done, done, flat, spread).distribute(chosen)
        return find_quantile(found, 0.9) - find_quantile(found, 0.1)

    assert width(0.2, range(8)) / width(0, range(8)) > 1.5 * width(0.2, [0]) / width(0, [0])


def test_withdrawals_thin_what_counts():
    found = outlook(20, 10, 0, stay=0.9).distribute([0])
    assert np.abs(found[:21] - binom.pmf(np.arange(21), 20, 0.9)).max() < 1e-12
    odd = weigh(outlook(20.5, 10, 0, stay=0.9), [0], 20.5, 20.5, 0.8)
    assert odd.probability == pytest.approx(0.9**20)


def test_shared_credit_counts_as_a_fraction_and_what_comes_as_whole():
    assert count_needed(40, 18.5) == 22
    assert count_needed(1.2, 0.9 + 0.3) == 0
    assert weigh(outlook(18.5, 2, 2), [0], 40, 18.5, 0.8).low % 1 == 0.5


def test_the_prior_learns_how_far_rates_lie_apart():
    exposure = np.full(400, 50.0)
    drawing = np.random.default_rng(3)
    rates = drawing.gamma(25, 1 / 25, 400) * 0.8
    prior = fit_prior(drawing.poisson(rates * exposure).astype(float), exposure)
    assert prior.kind == "shared"
    assert prior.mean == pytest.approx(0.8, rel=0.05)
    assert prior.spread == pytest.approx(0.2, rel=0.2)
    assert fit_prior(np.array([5.0, 3]), np.array([4.0, 4])).spread == ASSUMED
    assert fit_prior(np.zeros(5), np.full(5, 10.0)).mean < 0.1
    calm = fit_prior(np.full(6, 50.0), np.full(6, 50.0))
    assert 0.02 < calm.spread < 0.2


def test_a_cell_is_drawn_towards_the_others():
    done, exposure = np.array([2.0, 60, 55, 66, 58]), np.array([1.0, 60, 60, 60, 60])
    cells = outlook(done, exposure, exposure, fit_prior(done, exposure))
    expected = cells.expect([0]) - 2
    assert 1 < expected < 1.6


def test_shocks_are_estimated_with_a_floor_and_a_default():
    assert estimate_variation(np.array([5.0]), np.array([4.0])) == QUARTER_SPREAD
    calm = estimate_variation(np.full(40, 100.0), np.full(40, 100.0))
    assert calm < QUARTER_SPREAD / 2
    assert spread_ahead(0.0, 6, 6) == 0.05
    assert spread_ahead(3.0, 6, 6) == 0.5
    drawing = np.random.default_rng(5)
    counts = drawing.poisson(500 * drawing.gamma(1 / 0.09, 0.09, 300)).astype(float)
    assert estimate_variation(counts, np.full(300, 500.0)) == pytest.approx(0.3, abs=0.03)


@given(st.floats(0.0025, 0.25))
@settings(max_examples=20, deadline=None)
def test_nodes_have_the_gammas_moments(variance):
    at, weights = gamma_nodes(variance)
    assert weights.sum() == pytest.approx(1)
    assert weights @ at == pytest.approx(1)
    assert weights @ (at - 1) ** 2 == pytest.approx(variance)
    assert weights @ (at - 1) ** 3 == pytest.approx(2 * variance**2)


def test_without_doubt_it_is_a_poisson():
    sure = outlook(0, 0, 10, fixed_prior(1e9, 1e9))
    found = sure.distribute([0])
    assert np.abs(found - poisson.pmf(np.arange(len(found)), 10)).max() < 1e-6
