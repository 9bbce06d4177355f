"""Raking: a table brought to given totals, each part in proportion to what it was."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import index
from typing import Any

import numpy as np

from h1224lib.errors import RoundingError
from h1224lib.rounding.apportionment import as_fraction, check_weights

Axes = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Raked:
    """A raked table.

    Attributes
    ----------
    table : array of float
        NaN where the seed is missing.
    discrepancy : float
        The largest distance left between a sum of the table and its margin.
    rounds : int
        How many times every margin was met in turn.
    """

    table: np.ndarray
    discrepancy: float
    rounds: int


def rake_parts(parts: Sequence[Any], total: Any, fixed: Sequence[int] = ()) -> list[Any]:
    """Bring parts to a total in proportion to what they are; fixed parts keep their value.

    Parameters
    ----------
    parts : sequence of number
        Zero stays zero; missing stays None and adds nothing; negative is refused.
    total : number
        What they shall add up to.
    fixed : sequence of int
        Positions of the parts that keep their value.

    Returns
    -------
    list of number or None
        Whole numbers where exact, else the float nearest to the exact quotient.

    Raises
    ------
    RoundingError
        A part is negative or no number, a fixed position is not there, the fixed parts exceed
        the total, or nothing is left to carry the rest.

    Notes
    -----
    Proportional raking with alterability 0 or 1: E. B. Dagum and P. A. Cholette, Benchmarking,
    Temporal Distribution, and Reconciliation Methods for Time Series, Springer, 2006, ch. 11;
    as in Statistics Canada's G-Series.

    Examples
    --------
    >>> rake_parts([20, 5], 40)
    [32, 8]
    >>> rake_parts([20, 5, 10, None], 40, fixed=[2])
    [24, 6, 10, None]
    """
    exact = [as_fraction(part) for part in parts]
    whole = as_fraction(total)
    if whole is None:
        raise RoundingError("not_a_number", found=str(total))
    kept = set(read_axes(fixed, len(exact)))
    rest = whole - sum((exact[i] or Fraction(0) for i in kept), Fraction(0))
    free = [None if i in kept else part for i, part in enumerate(exact)]
    check_weights(exact, wanted=False)
    if rest < 0:
        raise RoundingError("fixed_exceed_total", total=float(whole), fixed=float(whole - rest))
    check_weights(free, wanted=bool(rest))
    share = rest / (sum((part or Fraction(0) for part in free), Fraction(0)) or 1)
    raked = [part if i in kept or part is None else part * share for i, part in enumerate(exact)]
    return [_plain(part) for part in raked]


def _plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def rake(
    seed: Any,
    margins: Mapping[int | Axes, Any],
    tolerance: float = 1e-9,
    most_rounds: int = 10_000,
) -> Raked:
    """Bring a table to margins by iterative proportional fitting.

    Parameters
    ----------
    seed : array
        The table in any number of axes. Zero stays zero; missing (NaN) stays missing and adds
        nothing; negative is refused.
    margins : mapping
        Axis, or tuple of axes that the sums keep -> the sums wanted, its axes in that order;
        ``()`` is the total.
    tolerance : float
        The largest discrepancy left, as a share of the largest margin.
    most_rounds : int
        After so many rounds without reaching the tolerance the margins are refused.

    Returns
    -------
    Raked
        `table`, `discrepancy`, `rounds`.

    Raises
    ------
    RoundingError
        A number is negative, infinite or none, an axis is not there, margins disagree or have
        the wrong shape, the zeros of the seed leave no table that meets them, or the rounds do
        not suffice.

    Notes
    -----
    W. E. Deming and F. F. Stephan, On a least squares adjustment of a sampled frequency table
    when the expected marginal totals are known, Annals of Mathematical Statistics 11 (1940)
    427-444. The limit keeps the seed's cross-product ratios.

    Examples
    --------
    >>> rake([[1, 1], [1, 1]], {0: [50, 50], 1: [30, 70]}).table.tolist()
    [[15.0, 35.0], [15.0, 35.0]]
    """
    given = _read_seed(seed)
    table = np.nan_to_num(given, nan=0.0)
    check_weights([Fraction(float(table.min(initial=0)))], wanted=False)
    wanted = _read_margins(margins, table, tolerance)
    _agree(wanted, table.ndim, tolerance)
    largest = max((float(np.max(sums, initial=0)) for sums in wanted.values()), default=0.0)
    halfway = left = np.inf
    for rounds in range(1, most_rounds + 1):
        for axes, sums in wanted.items():
            table = _fit(table, axes, sums)
        left = max((_off(table, axes, sums) for axes, sums in wanted.items()), default=0.0)
        if left <= tolerance * largest:
            return Raked(np.where(np.isnan(given), np.nan, table), left, rounds)
        if rounds == most_rounds // 2:
            halfway = left
    # Where zeros forbid the margins, nothing is gained any more; towards a limit that has more
    # zeros than the seed, twice the rounds leave about half of what was left.
    key = "margins_not_reached" if left < 0.9 * halfway else "margins_not_met"
    raise RoundingError(key, rounds=most_rounds, left=left)


def read_axes(kept: Any, count: int) -> Axes:
    """Read one axis or several, also counted from the end, as positions below `count`.

    Raises
    ------
    RoundingError
        One is not there, or is named twice.

    Examples
    --------
    >>> read_axes(-1, 3), read_axes((2, 0), 3)
    ((2,), (2, 0))
    """
    try:
        named = [index(axis) for axis in (kept if isinstance(kept, Iterable) else (kept,))]
        axes = tuple(range(count)[axis] for axis in named)
    except (TypeError, IndexError):
        axes = (-1,)
    if len(set(axes)) < len(axes) or -1 in axes:
        raise RoundingError("no_such_place", found=str(kept), most=count - 1)
    return axes


def _read_seed(seed: Any) -> np.ndarray:
    """Read a table of numbers; None and <NA> are missing like NaN."""
    try:
        given = np.array(seed, dtype=float)
    except (TypeError, ValueError):
        exact = np.array(seed, dtype=object)
        numbers = [np.nan if (f := as_fraction(v)) is None else float(f) for v in exact.ravel()]
        given = np.array(numbers, dtype=float).reshape(exact.shape)
    if np.isinf(given).any():
        raise RoundingError("not_a_number", found=str(given[np.isinf(given)][0]))
    return given


def _read_margins(
    margins: Mapping[int | Axes, Any], table: np.ndarray, tolerance: float
) -> dict[Axes, np.ndarray]:
    """Bring the axes of each margin into their order; the same axes twice must say the same."""
    found: dict[Axes, np.ndarray] = {}
    for kept, sums in margins.items():
        named = read_axes(kept, table.ndim)
        values = _read_seed(sums)
        shape = tuple(table.shape[axis] for axis in named)
        if values.shape != shape:
            raise RoundingError("margin_shape", found=list(values.shape), expected=list(shape))
        if not np.isfinite(values).all():
            raise RoundingError("not_a_number", found=str(sums))
        check_weights([Fraction(float(values.min(initial=0)))], wanted=False)
        axes, values = tuple(sorted(named)), values.transpose(np.argsort(named).astype(int))
        if axes in found:
            _compare(found[axes], values, tolerance)
        found[axes] = values
    return found


def _agree(wanted: dict[Axes, np.ndarray], dimensions: int, tolerance: float) -> None:
    """Refuse margins that give different sums over the axes that they share."""
    for (axes, sums), (others, other_sums) in itertools.combinations(wanted.items(), 2):
        shared = tuple(axis for axis in axes if axis in others)
        one, two = (_collapse(s, a, shared) for s, a in ((sums, axes), (other_sums, others)))
        _compare(one, two, tolerance)


def _compare(one: np.ndarray, two: np.ndarray, tolerance: float) -> None:
    off = np.abs(one - two)
    if np.max(off, initial=0) > tolerance * max(np.max(one, initial=0), 1e-300):
        worst = np.unravel_index(int(np.argmax(off)), off.shape)
        # Sums of decimals drift in binary; what is shown need not.
        first, second = (round(float(sums[worst]), 9) for sums in (one, two))
        raise RoundingError("margins_disagree", one=first, other=second)


def _collapse(sums: np.ndarray, axes: Axes, kept: Axes) -> np.ndarray:
    """Sum a margin over those of its axes that are not kept."""
    over = tuple(place for place, axis in enumerate(axes) if axis not in kept)
    return np.asarray(sums.sum(axis=over))


def _fit(table: np.ndarray, axes: Axes, sums: np.ndarray) -> np.ndarray:
    over = tuple(axis for axis in range(table.ndim) if axis not in axes)
    now = table.sum(axis=over, keepdims=True)
    goal = sums.reshape(now.shape)
    if ((now == 0) & (goal > 0)).any():
        raise RoundingError("zeros_carry_nothing", found=float(goal[(now == 0) & (goal > 0)][0]))
    return table * np.divide(goal, now, out=np.zeros_like(now), where=now > 0)


def _off(table: np.ndarray, axes: Axes, sums: np.ndarray) -> float:
    over = tuple(axis for axis in range(table.ndim) if axis not in axes)
    return float(np.max(np.abs(table.sum(axis=over) - sums), initial=0))
