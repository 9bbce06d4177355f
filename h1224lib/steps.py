"""Exact integers: a measure's values as whole numbers of its step.

Sums of decimals drift in binary (70911.7 + 64512.5), sums of steps do not. Values are exact
up to 2**53 steps, which is 9e15 projects or 9e14 亿元 with one decimal.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from h1224lib.plan import Plan

LARGEST = 2**53


def step_of(measures: pd.DataFrame, measure: str) -> Fraction:
    """Return the step of a measure as an exact fraction.

    Examples
    --------
    >>> step_of(pd.DataFrame({"step": ["0.1"]}, index=["investment"]), "investment")
    Fraction(1, 10)
    """
    return Fraction(str(measures.at[measure, "step"]))


def to_steps(values: pd.Series, step: Fraction) -> pd.Series:
    """Count values in whole steps; <NA> stays <NA>.

    Examples
    --------
    >>> to_steps(pd.Series([70911.7, 64512.5]), Fraction(1, 10)).tolist()
    [709117, 645125]
    """
    scaled = values.astype("Float64") * step.denominator / step.numerator
    filled = scaled.to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series(np.rint(filled), index=values.index, dtype="Float64").astype("Int64")


def from_steps(steps: pd.Series, step: Fraction) -> pd.Series:
    """Turn whole steps back into values: Int64 where the step is whole, else Float64.

    Examples
    --------
    >>> from_steps(pd.Series([1354242], dtype="Int64"), Fraction(1, 10)).tolist()
    [135424.2]
    """
    scaled = steps.astype("Int64") * step.numerator
    if step.denominator == 1:
        return scaled
    # One correctly rounded division gives the float nearest to the exact decimal.
    return scaled.astype("Float64") / step.denominator


def narrow(values: pd.Series) -> pd.Series:
    """Keep numbers as Int64 where all are whole, else as Float64.

    Examples
    --------
    >>> str(narrow(pd.Series([1.0, None])).dtype), str(narrow(pd.Series([1.5])).dtype)
    ('Int64', 'Float64')
    """
    floats = values.astype("Float64")
    present = floats.dropna()
    if (present == present.round()).all() and (present.abs() <= LARGEST).all():
        return floats.astype("Int64")
    return floats


def sum_exactly(frame: pd.DataFrame, plan: Plan, keys: list[str], column: str) -> pd.DataFrame:
    """Sum a column within groups, in whole steps of each measure.

    Parameters
    ----------
    frame : DataFrame
        Has `measure`, the keys, and the column in the measure's unit.
    plan : Plan
        Gives each measure's step.
    keys : list of str
        Columns to group by; `measure` is among them.
    column : str
        What to sum.

    Returns
    -------
    DataFrame
        The keys and the column; <NA> only where every summed value is <NA>.
    """
    parts = []
    for measure, rows in frame.groupby("measure", sort=False):
        step = step_of(plan.measures, str(measure))
        counted = rows.assign(**{column: to_steps(rows[column], step)})
        sums = counted.groupby(keys, sort=False, as_index=False)[column].sum(min_count=1)
        parts.append(sums.assign(**{column: from_steps(sums[column], step).astype("Float64")}))
    if not parts:
        return frame[[*keys, column]].copy()
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(**{column: narrow(whole[column])})
