"""The common shock: what lifts or lowers all cells together, estimated from past quarters."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh_tridiagonal

# Assumed, not measured: how much a quarter of the whole varies beyond chance and schedule
# (standard deviation, its mean being 1), and how many quarters of data that is worth.
QUARTER_SPREAD = 0.2
WORTH = 4
# Shocks of successive quarters are not independent: what is to come varies as if they were half
# as many. Assumed, after a correlation of a third between neighbours: (1 + 1/3) / (1 - 1/3).
LASTING = 2
# However calm the past was: the shock on what is to come is never taken for smaller,
# and however wild, never for larger: the quadrature is made for that.
LEAST, MOST = 0.05, 0.5
MOST_NODES = 600
# Nodes far out that weigh less than this would only take time.
_NOTHING = 1e-11


def gamma_nodes(variance: float, nodes: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights of a gamma distribution with mean 1.

    Gauss quadrature for generalised Laguerre polynomials (G. H. Golub and J. H. Welsch,
    Calculation of Gauss quadrature rules, Mathematics of Computation 23 (1969) 221-230), its
    weights normalised, so that large shapes do not overflow.

    Examples
    --------
    >>> at, weights = gamma_nodes(0.04)
    >>> round(float(weights @ at), 9), round(float(weights @ (at - 1) ** 2), 9)
    (1.0, 0.04)
    """
    if variance <= 0:
        return np.ones(1), np.ones(1)
    shape = 1 / variance
    k = np.arange(nodes)
    found, vectors = eigh_tridiagonal(
        2 * k + shape, np.sqrt(k[1:] * (k[1:] + shape - 1)), lapack_driver="stev"
    )
    weights = vectors[0] ** 2
    kept = weights > _NOTHING
    return found[kept] / shape, weights[kept] / weights[kept].sum()


def estimate_variation(counts: np.ndarray, exposure: np.ndarray) -> float:
    """Return the standard deviation of a quarter's common shock, shrunk to what is assumed.

    Parameters
    ----------
    counts, exposure : array
        The whole's count and exposure in each past quarter.

    Returns
    -------
    float
        The variance between quarters beyond Poisson's (method of moments), averaged with the
        assumed one by degrees of freedom; `QUARTER_SPREAD` where there are fewer than two.

    Examples
    --------
    >>> calm = estimate_variation(np.array([100.0, 101, 99, 100]), np.full(4, 100.0))
    >>> wild = estimate_variation(np.array([50.0, 150, 40, 160]), np.full(4, 100.0))
    >>> round(calm, 3), round(wild, 3)
    (0.151, 0.438)
    """
    used = exposure > 0
    counts, exposure = counts[used], exposure[used]
    freedom = len(counts) - 1
    if freedom < 1 or counts.sum() <= 0:
        return QUARTER_SPREAD
    fitted = counts.sum() / exposure.sum() * exposure
    beyond = ((counts - fitted) ** 2 - fitted).sum() * len(counts) / freedom
    moment = max(float(beyond / (fitted**2).sum()), 0.0)
    shrunk = (freedom * moment + WORTH * QUARTER_SPREAD**2) / (freedom + WORTH)
    return float(np.sqrt(shrunk))


def spread_ahead(quarter: float, done: float, left: float) -> float:
    """Return the standard deviation of the shock on all that is to come.

    Shocks of single quarters average out over those ahead; those behind have moved the pace that
    is carried forward. Where they last for long, this is too small.

    Parameters
    ----------
    quarter : float
        Standard deviation of one quarter's shock.
    done, left : float
        Quarters gone by and ahead.

    Examples
    --------
    >>> round(spread_ahead(0.2, 6, 6), 4), round(spread_ahead(0.2, 11, 1), 4)
    (0.1633, 0.2174)
    """

    def share(quarters: float) -> float:
        return min(LASTING / max(quarters, 1.0), 1.0)

    variance = quarter**2 * (share(left) + share(done))
    return float(np.sqrt(min(max(variance, LEAST**2), MOST**2)))
