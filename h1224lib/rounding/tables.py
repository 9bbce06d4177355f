"""Controlled rounding: a table and its sums, each within less than one step of what it was."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from scipy import sparse

from h1224lib.errors import RoundingError
from h1224lib.findings import Finding
from h1224lib.rounding.apportionment import as_fraction
from h1224lib.rounding.problem import LARGEST, Problem
from h1224lib.rounding.program import solve
from h1224lib.rounding.raking import read_axes
from h1224lib.rounding.violations import least_violations

# Digits of numbers that are too long to be taken as they are written.
FINEST = 9


@dataclass(frozen=True)
class Violation:
    """A sum that lies a step or more from its exact value.

    Attributes
    ----------
    axes : tuple of int
        The axes that the sum keeps.
    place : tuple of int
        Where along them.
    exact : Fraction
        What the sum was.
    value : int
        What it became.
    """

    axes: tuple[int, ...]
    place: tuple[int, ...]
    exact: Fraction
    value: int


@dataclass(frozen=True, eq=False)
class Controlled:
    """A table rounded so that its sums are rounded too.

    Attributes
    ----------
    table : array of int
        None where the number was missing.
    deviation, bound : Fraction
        Total distance of cells and sums from what they were; the least that any such table has.
    violations : list of Violation
        Sums that no table keeps within one step; empty where there is one.
    proven : bool
        Whether fewer or smaller violations have been excluded.
    fineness : Fraction or None
        To what the numbers were rounded first, since they have more digits than exact whole
        numbers hold; None where they are taken as they are written.
    findings : list of Finding
        Both, in words.
    """

    table: np.ndarray
    deviation: Fraction
    bound: Fraction
    violations: list[Violation]
    proven: bool
    fineness: Fraction | None = None

    @property
    def findings(self) -> list[Finding]:
        """State what a reader should know: numbers rounded beforehand, sums that give way."""
        found = []
        if self.fineness is not None:
            found.append(Finding("rounded_beforehand", "note", {"digits": _digits(self.fineness)}))
        if self.violations:
            numbers = {"sums": len(self.violations), "proven": self.proven}
            found.append(Finding("rounding_violated", "warning", numbers))
        return found


def _digits(fineness: Fraction) -> int:
    """Return how many decimals are left: 9 for a billionth."""
    return len(str(fineness.denominator)) - 1


def round_controlled(table: Any, sums: Iterable[tuple[int, ...]] | None = None) -> Controlled:
    """Round a table down or up in every cell so that its sums are rounded down or up as well.

    Parameters
    ----------
    table : array of number
        In steps, with any number of axes. A whole number stays, zero among them; missing (None,
        NaN, <NA>) stays missing and adds nothing; negative numbers are rounded like others.
        Decimals are taken as they are written, or to a billionth where they are too long; where
        even that is too fine, to the next power of ten.
    sums : iterable of tuple of int, optional
        The axes that each family of sums keeps: ``(0,)`` the sums of rows, ``()`` the total. By
        default every one.

    Returns
    -------
    Controlled
        The table of least total deviation; where none keeps every sum within one step, the one
        that breaks the fewest sums, by the least.

    Raises
    ------
    RoundingError
        Something in the table is no number, there is no table, or an axis is not there.

    Notes
    -----
    B. D. Causey, L. H. Cox and L. R. Ernst, Applications of transportation theory to statistical
    problems, Journal of the American Statistical Association 80 (1985) 903-909: a table with two
    axes always has one; one with three need not.

    Examples
    --------
    >>> rounded = round_controlled([["1/2", "1/2"], ["1/2", "1/2"]])
    >>> rounded.table.sum(axis=0).tolist(), rounded.table.sum(axis=1).tolist()
    ([1, 1], [1, 1])
    """
    given = np.array(table, dtype=object)
    if not given.ndim:
        raise RoundingError("no_table", found=str(table))
    written = [as_fraction(value) for value in given.ravel()]
    families = list(_every(given.ndim) if sums is None else sums)
    families = [read_axes(kept, given.ndim) for kept in families]
    exact, fineness = _coarsen(written)
    scale = lcm(*(value.denominator for value in exact if value is not None), 1)
    values = [0 if value is None else int(value * scale) for value in exact]
    matrix, places = _sum_matrix(given.shape, families)
    blocks = np.indices(given.shape)[int(np.argmax(given.shape))].ravel()
    problem = Problem(np.array(values, dtype=np.int64)[:, None], scale, matrix, blocks)
    rounded = solve(problem) or least_violations(problem)
    steps = rounded.steps[:, 0].reshape(given.shape)
    missing = np.array([value is None for value in exact]).reshape(given.shape)
    if missing.any():
        steps = np.where(missing, np.array(None), steps.astype(object))
    numerators = problem.exact_sums()[:, 0]
    got = np.asarray(problem.sums.astype(np.int64) @ rounded.steps)[:, 0]
    found = [
        Violation(*places[row], Fraction(int(numerators[row]), scale), int(got[row]))
        for row, _, _ in rounded.violations
    ]
    return Controlled(steps, rounded.deviation, rounded.bound, found, rounded.proven, fineness)


def _coarsen(
    written: list[Fraction | None],
) -> tuple[list[Fraction | None], Fraction | None]:
    """Round numbers to the finest power of ten, from a billionth on, that stays exact."""
    known = [value for value in written if value is not None]
    size = sum(abs(value) for value in known) + len(known) + 1
    if lcm(*(value.denominator for value in known), 1) * size < LARGEST:
        return written, None
    for digits in range(FINEST, -1, -1):
        if 10**digits * size < LARGEST:
            return [v if v is None else round(v, digits) for v in written], Fraction(1, 10**digits)
    raise RoundingError("shares_too_fine", found=1)


def _every(axes: int) -> list[tuple[int, ...]]:
    return [kept for size in range(axes) for kept in itertools.combinations(range(axes), size)]


def _sum_matrix(
    shape: tuple[int, ...], families: list[tuple[int, ...]]
) -> tuple[sparse.csr_array, list[tuple[tuple[int, ...], tuple[int, ...]]]]:
    """Return the summing rows, and for each the axes it keeps and its place along them."""
    index = np.indices(shape).reshape(len(shape), -1)
    count = index.shape[1] if shape else 1
    rows: list[np.ndarray] = []
    places: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for kept in families:
        sizes = tuple(shape[axis] for axis in kept)
        line = np.ravel_multi_index([index[a] for a in kept], sizes) if kept else np.zeros(count)
        rows.append(line.astype(int) + len(places))
        places += [(tuple(kept), place) for place in np.ndindex(*sizes)]
    column = np.tile(np.arange(count), len(families))
    row = np.concatenate(rows) if rows else np.zeros(0, dtype=int)
    matrix = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(places), count))
    return matrix, places
