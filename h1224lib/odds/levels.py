"""The cells of a level, and their odds: numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from h1224lib.errors import ScheduleError
from h1224lib.odds.counts import Outlook, count_needed, find_quantile
from h1224lib.odds.exposure import read_numbers
from h1224lib.odds.prior import Prior, fit_prior, fixed_prior

Asked = str | tuple[float, float]
JEFFREYS = (0.5, 0.0)


@dataclass(frozen=True)
class Odd:
    """What the model says of one count's end: expected, an interval, the odds of its target."""

    expected: float
    low: float
    high: float
    probability: float


def choose_prior(asked: Asked, done: np.ndarray, exposure: np.ndarray) -> Prior:
    """Return the prior asked for: ``shared``, ``jeffreys``, or a shape and a rate.

    Raises
    ------
    ScheduleError
        It is none of these.
    """
    if asked == "shared":
        return fit_prior(done, exposure)
    if asked == "jeffreys":
        return fixed_prior(*JEFFREYS, "jeffreys")
    numbers = None if isinstance(asked, str) else read_numbers(asked)
    if numbers is None or len(numbers) != 2 or numbers[0] <= 0 or numbers[1] < 0:
        raise ScheduleError("odds_bad_prior", found=str(asked))
    shape, rate = numbers
    return fixed_prior(shape, rate)


def weigh(
    outlook: Outlook, cells: Sequence[int], target: float, actual: float, level: float
) -> Odd:
    """Return the odds that some cells together end at or above a target.

    Parameters
    ----------
    outlook : Outlook
        Of all the cells of a level.
    cells : sequence of int
        Which of them.
    target, actual : float
        Of these cells together, in the measure's unit.
    level : float
        The probability that the interval holds, such as 0.8: a tenth lies beyond either end.

    Examples
    --------
    >>> one = Outlook(np.array([18.0]), np.array([2.0]), np.array([2.0]), fixed_prior(0.5, 0.0))
    >>> odd = weigh(one, [0], target=40, actual=18, level=0.8)
    >>> round(odd.probability, 4), odd.expected, odd.low, odd.high
    (0.2891, 36.5, 29.0, 45.0)
    """
    base = actual - float(outlook.done[list(cells)].sum()) + outlook.base(cells)
    distribution = outlook.distribute(cells)
    needed = count_needed(target, base)
    missed = float(distribution[:needed].sum())
    tail = (1 - level) / 2
    low, high = (find_quantile(distribution, share) for share in (tail, 1 - tail))
    expected = outlook.expect(cells) + actual - float(outlook.done[list(cells)].sum())
    probability = 1.0 if needed == 0 else min(max(1 - missed, 0.0), 1.0)
    if outlook.stay == 1 and not outlook.left[list(cells)].any():
        probability = float(needed == 0)
    return Odd(expected, base + low, base + high, probability)
