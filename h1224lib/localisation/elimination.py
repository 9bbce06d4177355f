"""Exact elimination: can a few changes satisfy their rows, and if not, which rows say so?

Equalities by Gauss, inequalities by Fourier and Motzkin with Chernikov's rule, over integers.
Each row made remembers the printed rows that it was made of, so that a contradiction comes with
its proof (Farkas): a sum of printed rows in which the changed cells cancel and which yet fails.
Source: A. Schrijver, Theory of Linear and Integer Programming (1986), 12.2; S. N. Chernikov
(1960) for the rule that drops redundant rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

# Rows that one elimination may hold at once; beyond it the question is given up, not guessed.
MOST_ROWS = 5000


class Row(NamedTuple):
    """Coefficient x change, summed over cells, is `slack` (equal) or at most `slack`."""

    terms: Mapping[int, int]
    equal: bool
    slack: int


class Derived(NamedTuple):
    """A row made of others: `origin` has the number of each and how often it was taken."""

    row: Row
    origin: Mapping[int, int]


class TooManyRowsError(Exception):
    """An elimination grew beyond `MOST_ROWS`."""


def combine(first: Row, second: Row, cell: int) -> Row:
    """Cancel a cell between two rows; an inequality is only ever taken a positive number of times.

    Examples
    --------
    >>> combine(Row({0: 1, 1: 1}, True, 5), Row({0: 1, 2: 1}, True, 2), 0)
    Row(terms={1: 1, 2: -1}, equal=True, slack=3)
    """
    times, other = _multipliers(first, second, cell)
    terms = {c: times * v for c, v in first.terms.items()}
    for c, v in second.terms.items():
        terms[c] = terms.get(c, 0) + other * v
    slack = times * first.slack + other * second.slack
    terms = {c: v for c, v in terms.items() if v}
    divisor = math.gcd(slack, *terms.values())
    if divisor > 1:
        terms = {c: v // divisor for c, v in terms.items()}
        slack //= divisor
    return Row(terms, first.equal and second.equal, slack)


def _multipliers(first: Row, second: Row, cell: int) -> tuple[int, int]:
    """Return how often each row is taken; `second` is an equality or has the other sign."""
    a, b = first.terms[cell], second.terms[cell]
    if not second.equal:
        return abs(b), abs(a)
    return abs(b), -a if b > 0 else a


def project(
    rows: Mapping[int, Row], eliminated: Sequence[int]
) -> tuple[list[Derived], Derived | None]:
    """Eliminate cells from rows.

    Parameters
    ----------
    rows : mapping
        Number -> row, over the cells that may change.
    eliminated : sequence of int
        Cells to eliminate.

    Returns
    -------
    list of Derived, Derived or None
        What remains over the other cells; the first contradiction met, if any.

    Raises
    ------
    TooManyRowsError
        More than `MOST_ROWS` rows would be needed.

    Examples
    --------
    >>> _, clash = project({0: Row({0: 1}, True, 5), 1: Row({0: 1}, True, 2)}, [0])
    >>> clash.row.slack, sorted(clash.origin.items())
    (-3, [(0, -1), (1, 1)])
    """
    work = [Derived(row, {number: 1}) for number, row in rows.items()]
    pending = list(eliminated)
    while True:
        clash = next((d for d in work if not d.row.terms and _fails(d.row)), None)
        if clash is not None:
            return work, clash
        work = [d for d in work if d.row.terms]
        pivot = next(
            ((d, c) for d in work if d.row.equal for c in pending if c in d.row.terms), None
        )
        if pivot is None:
            break
        work = _substitute(work, *pivot)
        pending.remove(pivot[1])
    inequalities = {number for number, row in rows.items() if not row.equal}
    return _eliminate_inequalities(work, pending, inequalities)


def _fails(row: Row) -> bool:
    return row.slack != 0 if row.equal else row.slack < 0


def _substitute(work: list[Derived], pivot: Derived, cell: int) -> list[Derived]:
    made = []
    for derived in work:
        if derived is pivot:
            continue
        made.append(_merge(derived, pivot, cell) if cell in derived.row.terms else derived)
    return made


def _merge(first: Derived, second: Derived, cell: int) -> Derived:
    times, other = _multipliers(first.row, second.row, cell)
    origin = {n: times * m for n, m in first.origin.items()}
    for n, m in second.origin.items():
        origin[n] = origin.get(n, 0) + other * m
    origin = {n: m for n, m in origin.items() if m}
    terms = {c: times * v for c, v in first.row.terms.items()}
    for c, v in second.row.terms.items():
        terms[c] = terms.get(c, 0) + other * v
    terms = {c: v for c, v in terms.items() if v}
    slack = times * first.row.slack + other * second.row.slack
    divisor = math.gcd(slack, *terms.values(), *origin.values())
    if divisor > 1:
        terms = {c: v // divisor for c, v in terms.items()}
        origin = {n: m // divisor for n, m in origin.items()}
        slack //= divisor
    return Derived(Row(terms, first.row.equal and second.row.equal, slack), origin)


def _eliminate_inequalities(
    work: list[Derived], pending: Sequence[int], inequalities: set[int]
) -> tuple[list[Derived], Derived | None]:
    for done, cell in enumerate(pending, start=1):
        above = [d for d in work if d.row.terms.get(cell, 0) > 0]
        below = [d for d in work if d.row.terms.get(cell, 0) < 0]
        made = [d for d in work if cell not in d.row.terms]
        for first in above:
            for second in below:
                merged = _merge(first, second, cell)
                if not merged.row.terms and _fails(merged.row):
                    return made, merged
                # Chernikov: a row made of more inequalities than cells gone, plus one, is spare.
                if merged.row.terms and len(inequalities & merged.origin.keys()) <= done + 1:
                    made.append(merged)
                if len(made) > MOST_ROWS:
                    raise TooManyRowsError
        work = made
    return work, None


def find_interval(rows: Iterable[Derived], cell: int) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and largest change of the one cell that rows still speak of.

    Examples
    --------
    >>> find_interval([Derived(Row({3: -1}, False, 4), {})], 3)
    (Fraction(-4, 1), None)
    """
    low: Fraction | None = None
    high: Fraction | None = None
    for row, _ in rows:
        if cell not in row.terms:
            continue
        bound = Fraction(row.slack, row.terms[cell])
        if row.equal or row.terms[cell] > 0:
            high = bound if high is None else min(high, bound)
        if row.equal or row.terms[cell] < 0:
            low = bound if low is None else max(low, bound)
    return low, high
