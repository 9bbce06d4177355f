"""Exact columns: fractions of whole numbers, one a cell, so that nothing is compared rounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.plan.model import Plan
from h1224lib.steps import step_of

Whole = npt.NDArray[np.object_]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Exact:
    """A column of fractions; Python's whole numbers, which know no largest one.

    Attributes
    ----------
    top, bottom : array of int
        Numerators, and denominators above zero.
    known : array of bool
        False where there is no number.
    """

    top: Whole
    bottom: Whole
    known: Marks

    def __add__(self, other: Exact) -> Exact:
        top = self.top * other.bottom + other.top * self.bottom
        return Exact(top, self.bottom * other.bottom, self.known & other.known)

    def __sub__(self, other: Exact) -> Exact:
        return self + other.times(Fraction(-1))

    def __truediv__(self, other: Exact) -> Exact:
        """Divide by what is above zero; elsewhere there is no quotient."""
        some = other.top > 0
        bottom = np.where(some, self.bottom * other.top, 1)
        return Exact(self.top * other.bottom, bottom, self.known & other.known & some.astype(bool))

    def times(self, share: Fraction) -> Exact:
        """Multiply by one fraction."""
        return Exact(self.top * share.numerator, self.bottom * share.denominator, self.known)

    def plus(self, share: Fraction) -> Exact:
        """Add one fraction."""
        top = self.top * share.denominator + share.numerator * self.bottom
        return Exact(top, self.bottom * share.denominator, self.known)

    def where(self, marks: Marks) -> Exact:
        """Keep the numbers that are marked."""
        return Exact(self.top, self.bottom, self.known & marks)

    def or_else(self, other: Exact) -> Exact:
        """Take another's numbers where there are none."""
        top = np.where(self.known, self.top, other.top)
        return Exact(top, np.where(self.known, self.bottom, other.bottom), self.known | other.known)

    def at_least_zero(self) -> Exact:
        """Keep what is above zero; the rest is zero."""
        return Exact(np.maximum(self.top, 0), self.bottom, self.known)

    def at_least(self, other: Exact, strictly: bool = False) -> Marks:
        """Mark numbers that are not below another's (`strictly`: above it); both known."""
        left, right = self.top * other.bottom, other.top * self.bottom
        held = (left > right) if strictly else (left >= right)
        return held.astype(bool) & self.known & other.known

    def round_half_up(self, digits: int) -> Exact:
        """Round to so many decimals, as offices do: what lies in the middle goes up."""
        scale = 10**digits
        top = (2 * self.top * scale + self.bottom) // (2 * self.bottom)
        return Exact(top, np.full(len(top), scale, dtype=object), self.known)

    def series(self) -> pd.Series:
        """Return the nearest floats, <NA> where there is no number."""
        values = np.where(self.known, self.top / self.bottom, np.nan).astype(np.float64)
        return pd.Series(values).astype("Float64")

    def fraction(self, row: int) -> Fraction:
        """Return one number."""
        return Fraction(int(self.top[row]), int(self.bottom[row]))


def read_exact(values: pd.Series, measures: pd.Series, plan: Plan) -> Exact:
    """Read values in their measures' units as exact numbers of whole steps.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> values, measures = pd.Series([0.1, None]), pd.Series(["investment", "investment"])
    >>> read = read_exact(values, measures, load_plan("dazhou-2019"))
    >>> read.fraction(0), read.known.tolist()
    (Fraction(1, 10), [True, False])
    """
    floats = values.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(floats)
    up, down = _list_steps(measures, plan)
    scaled = np.where(known, floats, 0) * down.astype(np.float64) / up.astype(np.float64)
    return Exact(objects(map(int, np.rint(scaled).tolist())) * up, down, known)


def of_steps(steps: Whole, known: Marks, measures: pd.Series, plan: Plan) -> Exact:
    """Take whole steps of each row's measure as exact numbers in its unit."""
    up, down = _list_steps(measures, plan)
    return Exact(steps * up, down, known)


def _list_steps(measures: pd.Series, plan: Plan) -> tuple[Whole, Whole]:
    """Return numerator and denominator of each row's step."""
    codes, names = pd.factorize(measures)
    steps = [step_of(plan.measures, str(name)) for name in names]
    ups, downs = objects(s.numerator for s in steps), objects(s.denominator for s in steps)
    return ups[codes], downs[codes]


def read_decimals(values: pd.Series) -> Exact:
    """Read values as the decimals that they are written as: 0.1 is a tenth.

    Examples
    --------
    >>> read_decimals(pd.Series([150.025])).fraction(0)
    Fraction(6001, 40)
    """
    floats = values.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(floats)
    parts = [Fraction(repr(v)) for v in np.where(known, floats, 0).tolist()]
    top = objects(part.numerator for part in parts)
    return Exact(top, objects(part.denominator for part in parts), known)


def missing(count: int) -> Exact:
    """Return a column without any number."""
    zeros = np.zeros(count, dtype=object)
    return Exact(zeros, zeros + 1, np.zeros(count, dtype=bool))


def objects(values: Iterable[int]) -> Whole:
    """Make a column of Python's whole numbers."""
    listed = list(values)
    column = np.empty(len(listed), dtype=object)
    column[:] = listed
    return column
