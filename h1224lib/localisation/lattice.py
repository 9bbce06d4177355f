"""Whole steps: can some multiples of steps satisfy rows that fractions satisfy?

Source: W. Pugh, The Omega test: a fast and practical integer programming algorithm (1991):
equalities by division with remainder, inequalities by projection where that is exact for whole
numbers (one side has coefficients of one), else number by number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from h1224lib.localisation.elimination import Row, combine, find_interval, project

# Whole numbers tried for one cell before the question is given up.
MOST_TRIED = 2000


class UndecidedError(Exception):
    """Too many whole numbers would have to be tried."""


def put_on_steps(row: Row, values: Mapping[int, int], steps: Mapping[int, int]) -> Row:
    """Write a row over changes as one over numbers of steps: change = step x number + remainder."""
    slack = row.slack
    terms = {}
    for cell, coefficient in row.terms.items():
        slack -= coefficient * (-values[cell] % steps[cell])
        terms[cell] = coefficient * steps[cell]
    return Row(terms, row.equal, slack)


def has_whole_solution(rows: Sequence[Row]) -> bool:
    """Tell whether whole numbers satisfy rows.

    Raises
    ------
    UndecidedError
        More than `MOST_TRIED` numbers would have to be tried for one cell.

    Examples
    --------
    >>> has_whole_solution([Row({0: 2, 1: 2}, True, 1)])
    False
    >>> has_whole_solution([Row({0: 2, 1: 3}, True, 1), Row({0: 1}, False, -7)])
    True
    """
    work = _solve_equalities(list(rows))
    return work is not None and _satisfy(work)


def _solve_equalities(work: list[Row]) -> list[Row] | None:
    """Substitute every equality away; None where one cannot hold in whole numbers."""
    fresh = max((c for row in work for c in row.terms), default=0) + 1
    while (equal := next((row for row in work if row.equal), None)) is not None:
        if not equal.terms:
            if equal.slack:
                return None
            work.remove(equal)
            continue
        divisor = math.gcd(*equal.terms.values())
        if equal.slack % divisor:
            return None
        cell = min(equal.terms, key=lambda c: abs(equal.terms[c]))
        least = equal.terms[cell]
        if abs(least) == divisor:
            # The others are multiples of it: the cell follows from them, and is whole.
            work = [
                combine(row, equal, cell) if cell in row.terms else row
                for row in work
                if row is not equal
            ]
            continue
        # Put cell = fresh - sum of quotients x other cells: what is left over is smaller.
        quotients = {c: v // least for c, v in equal.terms.items() if c != cell}
        work = [_change_variable(row, cell, fresh, quotients) for row in work]
        fresh += 1
    return work


def _change_variable(row: Row, cell: int, fresh: int, quotients: Mapping[int, int]) -> Row:
    if cell not in row.terms:
        return row
    terms = dict(row.terms)
    times = terms.pop(cell)
    for other, quotient in quotients.items():
        terms[other] = terms.get(other, 0) - times * quotient
    terms[fresh] = times
    return Row({c: v for c, v in terms.items() if v}, row.equal, row.slack)


def _tighten(row: Row) -> Row:
    """Divide an inequality by what its coefficients share, and round what is left down."""
    divisor = math.gcd(*row.terms.values()) or 1
    return Row({c: v // divisor for c, v in row.terms.items()}, False, row.slack // divisor)


def _satisfy(rows: Sequence[Row]) -> bool:
    """Tell whether whole numbers satisfy inequalities."""
    work = list(dict.fromkeys(_freeze(_tighten(row)) for row in rows))
    rows = [Row(dict(terms), False, slack) for terms, slack in work]
    if any(row.slack < 0 for row in rows if not row.terms):
        return False
    rows = [row for row in rows if row.terms]
    cells = sorted({c for row in rows for c in row.terms})
    if not cells:
        return True
    for cell in cells:
        above = [r for r in rows if r.terms.get(cell, 0) > 0]
        below = [r for r in rows if r.terms.get(cell, 0) < 0]
        if all(r.terms[cell] == 1 for r in above) or all(r.terms[cell] == -1 for r in below):
            rest = [r for r in rows if cell not in r.terms]
            return _satisfy(rest + [combine(a, b, cell) for a in above for b in below])
    return _try_numbers(rows, cells)


def _freeze(row: Row) -> tuple[tuple[tuple[int, int], ...], int]:
    return tuple(sorted(row.terms.items())), row.slack


def _try_numbers(rows: Sequence[Row], cells: Sequence[int]) -> bool:
    numbered = dict(enumerate(rows))
    ranges = {}
    for cell in cells:
        left, clash = project(numbered, [c for c in cells if c != cell])
        if clash is not None:
            return False
        ranges[cell] = find_interval(left, cell)
    cell = min(cells, key=lambda c: _width(*ranges[c]))
    low, high = ranges[cell]
    start = math.ceil(low) if low is not None else math.floor(high or 0)
    step = 1 if low is not None else -1
    for tried in range(MOST_TRIED):
        number = start + step * tried
        if (high is not None and number > high) or (low is not None and number < low):
            return False
        if _satisfy([_put(row, cell, number) for row in rows]):
            return True
    raise UndecidedError


def _put(row: Row, cell: int, number: int) -> Row:
    terms = {c: v for c, v in row.terms.items() if c != cell}
    return Row(terms, row.equal, row.slack - row.terms.get(cell, 0) * number)


def _width(low: Fraction | None, high: Fraction | None) -> float:
    return math.inf if low is None or high is None else float(high - low)
