"""Exactness: numbers of a table as the fractions that they stand for, so that parts add up."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.errors import ComparisonError

# Simplest first: a schedule of three years in days has denominators of about 1,000.
_DENOMINATORS = (1, 10, 100, 1_000, 10_000, 100_000)
Exact = Fraction | None


def read_exact(value: Any) -> Exact:
    """Read a number as the simplest fraction that is stored as this very number.

    Parameters
    ----------
    value : int, float, Decimal, Fraction or missing
        Floats stand for the fraction or decimal that they were computed from: 0.1 is 1/10.

    Returns
    -------
    Fraction or None
        None for what is missing.

    Raises
    ------
    ComparisonError
        It is no number, or infinite.

    Examples
    --------
    >>> read_exact(0.1), read_exact(150.025), read_exact(1 / 3), read_exact(None)
    (Fraction(1, 10), Fraction(6001, 40), Fraction(1, 3), None)
    """
    if value is None or value is pd.NA:
        return None
    if isinstance(value, bool) or not isinstance(value, (numbers.Real, Decimal)):
        raise ComparisonError("gap_not_number", found=str(value))
    if isinstance(value, (numbers.Rational, Decimal)):
        return _read_rational(value)
    stored = float(value)
    if math.isnan(stored):
        return None
    if math.isinf(stored):
        raise ComparisonError("gap_not_number", found=str(value))
    precise = Fraction(stored)
    if precise.denominator == 1:
        return precise
    # A decimal as it was typed is what its writer meant, however fine.
    simple = (precise.limit_denominator(most) for most in _DENOMINATORS)
    return next((f for f in simple if float(f) == stored), Fraction(str(stored)))


def _read_rational(value: numbers.Rational | Decimal) -> Exact:
    if isinstance(value, Decimal):
        if value.is_nan():
            return None
        if value.is_infinite():
            raise ComparisonError("gap_not_number", found=str(value))
        return Fraction(value)
    return Fraction(int(value.numerator), int(value.denominator))


def read_column(values: Iterable[Any]) -> list[Exact]:
    """Read a column, each number once.

    Examples
    --------
    >>> read_column(pd.Series([2, None], dtype="Int64"))
    [Fraction(2, 1), None]
    """
    known: dict[Any, Exact] = {}
    found: list[Exact] = []
    for value in values:
        if value is pd.NA or value is None:
            found.append(None)
            continue
        if value not in known:
            known[value] = read_exact(value)
        found.append(known[value])
    return found


def read_scheduled(rows: pd.DataFrame, targets: Sequence[Exact], step: Fraction) -> list[Exact]:
    """Read what a schedule expects of cells: whole steps, or a simple share of the target.

    Parameters
    ----------
    rows : DataFrame
        scheduled (in the measure's unit) and schedule (share of the target).
    targets : sequence of Fraction or None
        The rows' targets.
    step : Fraction
        The measure's.
    """
    shares = read_column(rows["schedule"])
    found: list[Exact] = []
    for value, share, target in zip(rows["scheduled"], shares, targets, strict=True):
        if pd.isna(value):
            found.append(None)
            continue
        stored = float(value)
        tried = [round(Fraction(stored) / step) * step]
        # A share is far easier to read than the product: at 1e9 few decimals are left.
        tried += [share * target] if share is not None and target is not None else []
        found.append(next((f for f in tried if float(f) == stored), read_exact(stored)))
    return found


def add_exactly(values: Iterable[Exact]) -> Exact:
    """Add up what is known; None where nothing is.

    Examples
    --------
    >>> add_exactly([Fraction(1, 3), None, Fraction(2, 3)]), add_exactly([None])
    (Fraction(1, 1), None)
    """
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if known else None


def subtract(value: Exact, other: Exact) -> Exact:
    """Return value - other; None where either is missing.

    Examples
    --------
    >>> subtract(Fraction(1), Fraction(1, 4)), subtract(Fraction(1), None)
    (Fraction(3, 4), None)
    """
    return None if value is None or other is None else value - other


def to_numbers(values: Iterable[Exact]) -> pd.Series:
    """Turn fractions into the nearest numbers, for a table; <NA> for None.

    Examples
    --------
    >>> to_numbers([Fraction(-57, 400), None]).tolist()
    [-0.1425, <NA>]
    """
    found = [pd.NA if value is None else float(value) for value in values]
    return pd.Series(found, dtype="Float64")
