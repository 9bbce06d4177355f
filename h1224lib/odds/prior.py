"""The prior that cells share: how far their rates lie apart, learned from all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import gammaln

# With fewer cells nothing can be learned of how far rates lie apart; then this is assumed.
FEWEST = 3
ASSUMED = 0.3
SMALLEST, LARGEST = 0.02, 2.0
_GRID, _FINE, _NODES, _HALVINGS = 41, 21, 5, 50


@dataclass(frozen=True, eq=False)
class Prior:
    """A gamma prior of the cells' rates, with what is unknown of its mean.

    Attributes
    ----------
    shape, rate, weights : array
        One gamma distribution a node of the mean, and each node's posterior weight.
    mean, spread : float
        The common rate (1 is exactly on target), and how far cells lie apart (the rates'
        standard deviation over their mean); <NaN> where they share nothing.
    kind : str
        ``shared``, ``assumed`` (too few cells to learn `spread` from), ``jeffreys`` or ``given``.
    """

    shape: np.ndarray
    rate: np.ndarray
    weights: np.ndarray
    mean: float
    spread: float
    kind: str


def fixed_prior(shape: float, rate: float, kind: str = "given") -> Prior:
    """Return a gamma prior that is the same for each cell whatever the others do."""
    mean = shape / rate if rate > 0 else float("nan")
    spread = 1 / np.sqrt(shape) if rate > 0 else float("nan")
    return Prior(np.array([shape]), np.array([rate]), np.ones(1), mean, float(spread), kind)


def fit_prior(done: np.ndarray, exposure: np.ndarray) -> Prior:
    """Learn the gamma prior of the cells' rates from their counts: empirical Bayes.

    Each count is negative binomial given the prior's mean and spread. The spread is where that
    likelihood, times the spread, is largest, the mean at its best for each spread: the factor
    keeps it off zero, where few cells put it by chance. The mean is then
    not fixed but weighed over five nodes by its likelihood, since an error in it is common to
    all cells and would not average out in their sum.

    Parameters
    ----------
    done : array
        The count of each cell, fractions of credit included.
    exposure : array
        Target x phased time of each cell; cells without any are left out.

    Returns
    -------
    Prior
        Of `kind` ``assumed`` with fewer than three cells: the spread is then 0.3.

    Notes
    -----
    H. Robbins, An empirical Bayes approach to statistics, Proc. Third Berkeley Symposium 1 (1956)
    157-163. C. N. Morris, Parametric empirical Bayes inference, JASA 78 (1983) 47-55. The factor:
    Y. Chung et al., A nondegenerate penalized likelihood estimator for variance parameters in
    multilevel models, Psychometrika 78 (2013) 685-709. The mean has Jeffreys' prior.

    Examples
    --------
    >>> near = fit_prior(np.array([50.0, 48, 52, 51]), np.full(4, 50.0))
    >>> apart = fit_prior(np.array([20.0, 80, 35, 66]), np.full(4, 50.0))
    >>> round(near.spread, 2), round(apart.spread, 2)
    (0.08, 0.57)
    """
    used = exposure > 0
    done, exposure = done[used], exposure[used]
    if not used.any():
        return fixed_prior(0.5, 0.0, "jeffreys")
    kind = "shared" if len(done) >= FEWEST else "assumed"
    spread = _find_spread(done, exposure) if kind == "shared" else ASSUMED
    spreads = np.array([spread])
    mean = float(_best_means(done, exposure, spreads)[0])
    shift, hermite = hermegauss(_NODES)
    width = 1 / np.sqrt(_information(done, exposure, mean, spread))
    means = mean * np.exp(width * shift)
    spreads = np.full(_NODES, spread)
    logs = _log_likelihood(done, exposure, means, spreads) + 0.5 * shift**2
    weights = hermite * np.exp(logs - logs.max())
    shape = np.full(_NODES, spread**-2)
    return Prior(shape, shape / means, weights / weights.sum(), mean, spread, kind)


def _find_spread(done: np.ndarray, exposure: np.ndarray) -> float:
    """Search the spread on a grid, then on a finer one beside the best: always the same answer."""
    grid = np.geomspace(SMALLEST, LARGEST, _GRID)
    for _ in range(2):
        means = _best_means(done, exposure, grid)
        best = int(np.argmax(_log_likelihood(done, exposure, means, grid) + np.log(grid)))
        spread = float(grid[best])
        grid = np.geomspace(grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)], _FINE)
    return spread


def _best_means(done: np.ndarray, exposure: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Return the best common mean for each spread: its score falls, so that halving finds it."""
    rates = (done + 0.5) / exposure
    low = np.full(len(spreads), np.log(rates.min()) - 1 - np.log(len(done) + 1))
    high = np.full(len(spreads), np.log(rates.max()) + 1)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fitted = np.exp(middle)[:, None] * exposure
        score = ((done - fitted) / (1 + fitted * spreads[:, None] ** 2)).sum(axis=1) + 0.5
        low, high = np.where(score > 0, middle, low), np.where(score > 0, high, middle)
    return np.exp((low + high) / 2)


def _information(done: np.ndarray, exposure: np.ndarray, mean: float, spread: float) -> float:
    """Return how sharply the likelihood falls beside the best mean, in its logarithm."""
    fitted = mean * exposure
    return float((fitted * (1 + done * spread**2) / (1 + fitted * spread**2) ** 2).sum())


def _log_likelihood(
    done: np.ndarray, exposure: np.ndarray, means: np.ndarray, spreads: np.ndarray
) -> np.ndarray:
    """Return the negative binomial log-likelihood of each pair of mean and spread."""
    shape = spreads[:, None] ** -2
    fitted = means[:, None] * exposure
    terms = gammaln(shape + done) - gammaln(shape) - shape * np.log1p(fitted / shape)
    terms += done * (np.log(fitted) - np.log(shape + fitted))
    return np.asarray(terms.sum(axis=1) + 0.5 * np.log(means))
