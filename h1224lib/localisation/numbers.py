"""Exact numbers: what a user gives becomes a fraction, what comes back is as plain as it can be."""

from __future__ import annotations

import math
import numbers
from fractions import Fraction
from typing import Any

import pandas as pd

Number = int | float | Fraction
DASHES = ("-", "－", "—", "–")


def read_number(value: Any) -> Fraction | int | None:
    """Return a number exactly; a printed dash, None or <NA> is None.

    A float is read as the decimal that it prints as: 70911.7 is seven hundred and nine thousand
    one hundred and seventeen tenths, not the nearest binary number.

    Raises
    ------
    ValueError
        The value is no finite number.

    Examples
    --------
    >>> read_number(70911.7), read_number("-"), read_number(54)
    (Fraction(709117, 10), None, 54)
    """
    if type(value) is int:
        return value
    if value is None or value is pd.NA or (type(value) is str and value in DASHES):
        return None
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real) and math.isnan(value):
        return None
    exact = value if isinstance(value, Fraction) else Fraction(str(value))
    return exact.numerator if exact.denominator == 1 else exact


def tell_number(value: Fraction | int) -> Number:
    """Return an exact number as int where whole, as float where that prints exactly, else as is.

    Examples
    --------
    >>> tell_number(Fraction(95)), tell_number(Fraction(709117, 10)), tell_number(Fraction(1, 3))
    (95, 70911.7, Fraction(1, 3))
    """
    exact = Fraction(value)
    if exact.denominator == 1:
        return exact.numerator
    near = float(exact)
    return near if Fraction(str(near)) == exact else exact
