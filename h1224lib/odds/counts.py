"""Counts to come: gamma-Poisson predictive distributions, alone and summed over cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import nbinom, poisson

from h1224lib.odds.prior import Prior
from h1224lib.odds.shock import MOST_NODES, gamma_nodes

# A frequency is left out once the characteristic function has fallen below this, for good.
_SILENT = 1e-6
_BLOCK = 32
# How many numbers are at hand at once: what fits into a processor's own memory.
_AT_ONCE = 2**16
# Nodes with less weight than this do not decide how far a distribution reaches.
_LIGHT = 1e-10
_WIDEST = 2**24


@dataclass(frozen=True, eq=False)
class Outlook:
    """What cells of one level may still bring: gamma-Poisson counts under a common shock.

    Attributes
    ----------
    done, exposure, left : array
        Of each cell: the count so far; the exposures (target x phased time) behind it and ahead.
    prior : Prior
        What the cells' rates share.
    spread : float
        Standard deviation of the common shock on all that is to come (its mean is 1).
    stay : float
        The share of what counts now that still counts at the end; 1 without withdrawals.
    """

    done: np.ndarray
    exposure: np.ndarray
    left: np.ndarray
    prior: Prior
    spread: float = 0.0
    stay: float = 1.0

    def expect(self, cells: Sequence[int]) -> float:
        """Return the expected final count of some cells together."""
        chosen = list(cells)
        rates = [self._rates(chosen, k) for k in range(len(self.prior.weights))]
        coming = [float((shape * scale).sum()) for shape, scale in rates]
        return self.stay * float(self.done[chosen].sum()) + float(self.prior.weights @ coming)

    def distribute(self, cells: Sequence[int]) -> np.ndarray:
        """Return the distribution of what some cells together add to their count so far.

        With withdrawals, it is that of the final count instead. Given the prior's mean and the
        shock, the cells are independent and their sum's generating function is the product of
        theirs: the sum is exact up to the quadrature over those two, without simulation.

        Returns
        -------
        array
            Probability of 0, 1, 2 ...

        Examples
        --------
        >>> from h1224lib.odds.prior import fixed_prior
        >>> two = Outlook(np.array([4.0, 6.0]), np.ones(2), np.ones(2), fixed_prior(0.5, 0.0))
        >>> both = two.distribute([0, 1])
        >>> round(float(both.sum()), 9), round(float(both @ np.arange(len(both))), 6)
        (1.0, 11.0)
        """
        chosen = list(cells)
        middle = [self._rates(chosen, k) for k in range(len(self.prior.weights))]
        shocks, shock_weights = gamma_nodes(self.spread**2, _count_nodes(middle, self.spread))
        shape = np.repeat([shapes for shapes, _ in middle], len(shocks), axis=0)
        scale = np.concatenate([np.outer(shocks, scales) for _, scales in middle])
        weights = np.outer(self.prior.weights, shock_weights).ravel()
        stock = _stock(self.done[chosen], self.stay)
        size = _reach(shape, scale, weights, stock)
        return _invert(shape, scale, weights, size, stock, self.stay)

    def base(self, cells: Sequence[int]) -> float:
        """Return what stands before `distribute`: the count so far that cannot be lost."""
        done = self.done[list(cells)]
        return float(done.sum()) - _stock(done, self.stay)

    def _rates(self, chosen: list[int], node: int) -> tuple[np.ndarray, np.ndarray]:
        """Return shape and scale of the cells' expected future counts at a node of the prior."""
        shape = self.prior.shape[node] + self.done[chosen]
        return shape, self.left[chosen] / (self.prior.rate[node] + self.exposure[chosen])


def _stock(done: np.ndarray, stay: float) -> int:
    """Return how many counted projects may still leave: whole ones."""
    return int(np.floor(done.sum())) if stay < 1 else 0


def _count_nodes(rates: list[tuple[np.ndarray, np.ndarray]], spread: float) -> int:
    """Return how many nodes the shock takes: more, the more it outweighs chance.

    Up to the frequency at which chance, or the shock itself, has silenced the sum, the nodes
    must follow the shock's waves; as many nodes as the square of the waves do.
    """
    if spread <= 0:
        return 1
    shape, scale = rates[len(rates) // 2]
    alone = math.sqrt(float((shape * scale * (1 + scale)).sum()))
    by_chance = spread * float((shape * scale).sum()) * min(math.pi, 6.5 / max(alone, 1e-9))
    by_itself = math.sqrt(_SILENT ** (-2 * min(spread, 1.0) ** 2) - 1) / spread
    return int(min(min(by_chance, by_itself) ** 2 + 16, MOST_NODES))


def _reach(shape: np.ndarray, scale: np.ndarray, weights: np.ndarray, stock: int) -> int:
    """Return a power of two that the sum exceeds with no more than a negligible probability."""
    mean = (shape * scale).sum(axis=1)
    alone = np.sqrt((shape * scale * (1 + scale)).sum(axis=1))
    widest = scale.max(axis=1, initial=0.0)
    far = (mean + 9 * alone + 30 * widest)[weights > _LIGHT].max()
    return 2 ** math.ceil(math.log2(min(stock + far + 40, _WIDEST)))


def _invert(
    shape: np.ndarray, scale: np.ndarray, weights: np.ndarray, size: int, stock: int, stay: float
) -> np.ndarray:
    """Invert the characteristic function of a mixture of sums of negative binomials."""
    half = size // 2 + 1
    values = np.zeros(half, dtype=complex)
    for start in range(0, half, _BLOCK):
        places = np.arange(start, min(start + _BLOCK, half))
        z = np.exp(-2j * np.pi * places / size)
        block = _transform(shape, scale, weights, z) * (1 - stay + stay * z) ** stock
        silent = np.flatnonzero(np.abs(block) < _SILENT)
        # Beyond the first silent frequency the quadrature only repeats itself.
        if len(silent):
            values[places[: silent[0]]] = block[: silent[0]]
            break
        values[places] = block
    found = np.fft.irfft(values, size).clip(0)
    total: float = found.sum()
    return found / total


def _transform(
    shape: np.ndarray, scale: np.ndarray, weights: np.ndarray, z: np.ndarray
) -> np.ndarray:
    """Return the generating function at z: over cells a product, over nodes a mean."""
    step = max(_AT_ONCE // (shape.shape[1] * len(z)), 1)
    total = np.zeros(len(z), dtype=complex)
    for first in range(0, len(weights), step):
        part = slice(first, first + step)
        # (1 + scale (1 - z)) ** -shape, its absolute value and its angle apart: half the time.
        real = 1 + scale[part, :, None] * (1 - z.real)
        turn = -scale[part, :, None] * z.imag
        power = 0.5 * np.log(real**2 + turn**2)
        size = np.einsum("kc,kcf->kf", shape[part], power)
        angle = np.einsum("kc,kcf->kf", shape[part], np.arctan2(turn, real))
        total += weights[part] @ np.exp(-size - 1j * angle)
    return total


def count_needed(target: float, base: float) -> int:
    """Return how many whole projects lift a count to a target; a part of one does not do.

    Examples
    --------
    >>> count_needed(40, 18), count_needed(40, 18.5), count_needed(40, 41)
    (22, 22, 0)
    """
    # Credit comes in fractions with denominators up to 10,000: what is nearer to zero is binary.
    return max(math.ceil(target - base - 1e-6), 0)


def find_quantile(distribution: np.ndarray, share: float) -> int:
    """Return the smallest count that is not exceeded with at least this probability.

    Examples
    --------
    >>> find_quantile(np.array([0.2, 0.5, 0.3]), 0.5)
    1
    """
    reached = np.cumsum(distribution)
    return min(int(np.searchsorted(reached, share - 1e-12)), len(distribution) - 1)


def odds_of_count(
    done: float, exposure: float, needed: int, left: float, prior: tuple[float, float] = (0.5, 0.0)
) -> float:
    """Return the probability that one cell brings at least what is needed.

    Parameters
    ----------
    done : float
        The count so far, over `exposure`.
    exposure, left : float
        Time, or target x phased time, gone by and still to come, in the same unit.
    needed : int
        How many more.
    prior : (float, float)
        Shape and rate of the rate's gamma prior; by default that of Jeffreys (1946).

    Returns
    -------
    float
        Of a negative binomial; nothing needed is certain, nothing left impossible.

    Notes
    -----
    A. Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, section 2.6: a Poisson count with a
    gamma prior. H. Jeffreys, An invariant form for the prior probability in estimation
    problems, Proc. R. Soc. A 186 (1946) 453-461.

    Examples
    --------
    18 in two quarters, 22 more in two; with the rate taken for known, the odds are too sure:

    >>> round(odds_of_count(18, 2, 22, 2), 4), round(odds_at_pace(18, 2, 22, 2), 4)
    (0.2891, 0.2009)
    """
    if needed <= 0 or left <= 0:
        return float(needed <= 0)
    shape, rate = prior[0] + done, prior[1] + exposure
    return float(nbinom.sf(needed - 1, shape, rate / (rate + left)))


def odds_at_pace(done: float, exposure: float, needed: int, left: float) -> float:
    """Return the same if the pace so far were known to be the true one: for comparison only."""
    if needed <= 0 or left <= 0:
        return float(needed <= 0)
    return float(poisson.sf(needed - 1, done / exposure * left))
