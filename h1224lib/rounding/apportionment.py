"""Apportionment: a whole number of seats, projects or steps split in proportion to weights."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from h1224lib.errors import RoundingError

METHODS = ("largest_remainder", "sainte_lague", "jefferson", "huntington_hill")


def apportion(total: int, weights: Sequence[Any], method: str = "largest_remainder") -> list[Any]:
    """Split a whole number in proportion to weights.

    Parameters
    ----------
    total : int
        What is split, in whole steps.
    weights : sequence of number
        One a part. Zero gets nothing; missing (None, NaN, <NA>) stays None and gets nothing;
        negative is refused. Numbers are taken as they are written, and compared exactly.
    method : str
        ``largest_remainder`` (Hamilton), ``sainte_lague`` (Webster), ``jefferson`` (d'Hondt) or
        ``huntington_hill``, which gives one to every positive weight before any gets two. Equal
        claims: the part named earlier comes first.

    Returns
    -------
    list of int or None
        One a weight; they add up to `total`.

    Raises
    ------
    RoundingError
        A weight is negative, nothing has a weight, `total` is negative or not whole, or
        ``huntington_hill`` has fewer than one for each.

    Notes
    -----
    M. L. Balinski and H. P. Young, Fair Representation, 2nd ed., Brookings, 2001, appendix A;
    the exact comparison of claims is theirs too: w/d(k) for the k-th seat, with d(k) = k + 1/2,
    k + 1 or the root of k(k + 1).

    Examples
    --------
    >>> apportion(10, [6, 3, None, 1, 0])
    [6, 3, None, 1, 0]
    >>> [apportion(7, [53, 24, 23], method) for method in METHODS]
    [[4, 2, 1], [3, 2, 2], [4, 2, 1], [3, 2, 2]]
    """
    if method not in METHODS:
        raise RoundingError("unknown_method", found=method, known=list(METHODS))
    if not _is_whole(total) or total < 0:
        raise RoundingError("total_not_whole", found=str(total))
    exact = [as_fraction(weight) for weight in weights]
    positive = [i for i, weight in enumerate(exact) if weight]
    check_weights(exact, wanted=bool(total))
    shares = [exact[i] or Fraction(0) for i in positive]
    if method == "largest_remainder":
        parts = _by_remainder(int(total), shares)
    else:
        parts = _by_divisor(int(total), shares, method)
    result: list[Any] = [None if weight is None else 0 for weight in exact]
    for i, part in zip(positive, parts, strict=True):
        result[i] = part
    return result


def _is_whole(total: Any) -> bool:
    try:
        return not isinstance(total, bool) and bool(total == int(total))
    except (TypeError, ValueError, OverflowError):
        return False


def as_fraction(value: Any) -> Fraction | None:
    """Read a number as it is written: 0.1 is a tenth; None, NaN and <NA> are None.

    Examples
    --------
    >>> as_fraction(0.1), as_fraction("1/3"), as_fraction(float("nan"))
    (Fraction(1, 10), Fraction(1, 3), None)
    """
    if value is None or type(value).__name__ == "NAType":
        return None
    if isinstance(value, (Fraction, int)):
        return Fraction(value)
    if isinstance(value, float) and value != value:
        return None
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise RoundingError("not_a_number", found=str(value)) from None


def check_weights(weights: Iterable[Fraction | None], wanted: bool) -> None:
    """Refuse negative weights and, where something is `wanted` of them, weights of nothing."""
    known = [weight for weight in weights if weight is not None]
    negative = [weight for weight in known if weight < 0]
    if negative:
        raise RoundingError("negative_weight", found=float(negative[0]))
    if wanted and not any(known):
        raise RoundingError("no_weight")


def _by_remainder(total: int, weights: list[Fraction]) -> list[int]:
    whole = sum(weights)
    quotas = [total * weight / whole for weight in weights]
    parts = [math.floor(quota) for quota in quotas]
    # Sorting keeps the order of equal remainders: the earlier part comes first.
    order = sorted(range(len(parts)), key=lambda i: parts[i] - quotas[i])
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _by_divisor(total: int, weights: list[Fraction], method: str) -> list[int]:
    """Give each next seat to the largest claim.

    The parts at any divisor whose sum does not exceed the total are the first seats of that
    sequence, so the count starts there, and not at zero.
    """
    count, claim = _DIVISORS[method]
    if method == "huntington_hill" and 0 < total < len(weights):
        raise RoundingError("fewer_than_one_each", total=total, parts=len(weights))
    parts = [0] * len(weights)
    if total > len(weights):
        divisor = sum(weights, Fraction(0)) / (total - len(weights))
        parts = [count(weight / divisor) for weight in weights]
    heap = [(_first(claim(w, k)), i) for i, (w, k) in enumerate(zip(weights, parts, strict=True))]
    heapq.heapify(heap)
    for _ in range(total - sum(parts)):
        _, i = heap[0]
        parts[i] += 1
        heapq.heapreplace(heap, (_first(claim(weights[i], parts[i])), i))
    return parts


def _first(claim: Fraction | None) -> tuple[int, Fraction]:
    """Make the largest claim the smallest key; None is a claim above all others."""
    return (0, Fraction(0)) if claim is None else (1, -claim)


def _count_hill(quota: Fraction) -> int:
    """Count the k >= 0 with k(k + 1) <= quota squared."""
    return (math.isqrt(4 * math.floor(quota * quota) + 1) - 1) // 2 + 1


def _claim_hill(weight: Fraction, seats: int) -> Fraction | None:
    return weight * weight / (seats * (seats + 1)) if seats else None


_DIVISORS: dict[
    str, tuple[Callable[[Fraction], int], Callable[[Fraction, int], Fraction | None]]
] = {
    "sainte_lague": (
        lambda quota: math.floor(quota + Fraction(1, 2)),
        lambda weight, seats: weight / (2 * seats + 1),
    ),
    "jefferson": (math.floor, lambda weight, seats: weight / (seats + 1)),
    "huntington_hill": (_count_hill, _claim_hill),
}
