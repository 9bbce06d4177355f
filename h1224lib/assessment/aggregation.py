"""Aggregation: several values as one, by a weighted mean that says what it does without some."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.errors import ComparisonError, UnknownNameError

METHODS = ("arithmetic", "geometric", "harmonic")
Numbers = npt.NDArray[np.float64]


def aggregate(
    values: Sequence[float] | Numbers,
    weights: Sequence[float] | Numbers | None = None,
    method: str = "arithmetic",
    coverage: float = 0.0,
) -> float | Numbers:
    """Take the weighted mean of values, one row after another where there are several.

    Parameters
    ----------
    values : sequence of float, or array of rows
        In any common unit; NaN, None or <NA> is missing. The geometric and the harmonic
        mean take none below 0, and are 0 where a value with a weight is 0.
    weights : sequence of float, optional
        One a column, not negative; by default all the same.
    method : str
        ``arithmetic``, ``geometric`` or ``harmonic``.
    coverage : float
        The share of the weights (0 to 1) that must have a value: below it, NaN. The weights of
        missing values go to the others in proportion.

    Returns
    -------
    float or array
        One number a row, in the unit of the values; NaN where nothing with a weight is known.

    Raises
    ------
    UnknownNameError
        There is no such method.
    ComparisonError
        Weights that do not fit the values, are negative or no number; `coverage` is no share; a
        value is negative where none can be, or no number; there are none.

    Notes
    -----
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 7: the arithmetic mean
    lets a surplus make up for a shortfall in full, the geometric in part, the harmonic least.

    Examples
    --------
    >>> round(aggregate([1, 2, 3], method="geometric"), 6)
    1.817121
    >>> round(aggregate([1, 2, 3], [1, 1, 2], "geometric"), 6)
    2.059767
    >>> round(aggregate([1, 2, 3], [2, 1, 1], "harmonic"), 6)
    1.411765
    >>> aggregate([80, None, 60], [1, 2, 1]), aggregate([80, None, 60], [1, 2, 1], coverage=0.6)
    (70.0, nan)
    """
    if method not in METHODS:
        raise UnknownNameError("unknown_aggregation", found=method, known=list(METHODS))
    if not 0 <= coverage <= 1:
        raise ComparisonError("aggregation_coverage", found=str(coverage))
    rows = _read_numbers(values, "aggregation_values")
    if np.ndim(values) not in (1, 2) or not rows.shape[-1]:
        raise ComparisonError("aggregation_values", found=str(values))
    own = _read_weights(weights, rows.shape[-1])
    known = ~np.isnan(rows)
    if method != "arithmetic" and (rows[known] < 0).any():
        raise ComparisonError("aggregation_negative", found=str(rows[known].min()), method=method)
    held = known * own
    total = held.sum(axis=-1)
    # A share that falls short by rounding alone is not short.
    enough = (total > 0) & (total >= coverage * own.sum() * (1 - 1e-12))
    mean = _average(np.where(known, rows, 1.0), held, np.where(total > 0, total, 1.0), method)
    result = np.where(enough, mean, np.nan)
    return float(result) if rows.ndim == 1 else result


def _read_weights(weights: Sequence[float] | Numbers | None, count: int) -> Numbers:
    own = np.ones(count)
    if weights is not None:
        own = _read_numbers(weights, "aggregation_weights", count=count)
    if own.shape != (count,) or not count or not np.isfinite(own).all() or (own < 0).any():
        raise ComparisonError("aggregation_weights", found=str(weights), count=count)
    return own


def _read_numbers(values: Any, kind: str, **numbers: Any) -> Numbers:
    """Return numbers, missing ones as NaN."""
    try:
        given = pd.DataFrame(values) if np.ndim(values) == 2 else pd.Series(values)
        return np.asarray(given.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError) as error:
        raise ComparisonError(kind, found=str(values), **numbers) from error


def _average(rows: Numbers, held: Numbers, total: Numbers, method: str) -> Numbers:
    """Return the means of rows in which what is missing has a weight of 0."""
    if method == "arithmetic":
        return np.asarray((rows * held).sum(axis=-1) / total)
    zero = ((rows == 0) & (held > 0)).any(axis=-1)
    some = np.where(rows == 0, 1.0, rows)
    if method == "geometric":
        mean = np.exp((np.log(some) * held).sum(axis=-1) / total)
    else:
        parts = (held / some).sum(axis=-1)
        mean = total / np.where(parts > 0, parts, 1.0)
    return np.where(zero, 0.0, mean)


def distance_to_target(
    values: Sequence[float] | Numbers, target: float | Sequence[float], capped: bool = False
) -> Numbers:
    """Return values as shares of their targets.

    Parameters
    ----------
    values : sequence of float
        In the target's unit; NaN or None is missing and stays so.
    target : float or sequence of float
        Above 0.
    capped : bool
        Count what lies beyond the target as 1, and below 0 as 0.

    Raises
    ------
    ComparisonError
        A target is not above 0.

    Examples
    --------
    >>> distance_to_target([0, 5, 11], 10).tolist()
    [0.0, 0.5, 1.1]
    >>> distance_to_target([0, 5, 11], 10, capped=True).tolist()
    [0.0, 0.5, 1.0]
    """
    goals = np.asarray(_read_numbers(target, "aggregation_target"))
    if not (goals > 0).all():
        raise ComparisonError("aggregation_target", found=str(target))
    shares = _read_numbers(values, "aggregation_values") / goals
    return np.clip(shares, 0.0, 1.0) if capped else shares
