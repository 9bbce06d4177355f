"""Decomposition: how much of the difference between two rates each of their factors makes.

A rate is a product of factors, or the sum of such products over cells. P. Das Gupta,
Standardization and Decomposition of Rates: A User's Manual (US Bureau of the Census, P23-186,
1993), averages each factor's effect over all standards that the others can give; that is the
value of L. S. Shapley (A value for n-person games, 1953), and with two factors, mix and rate, the
split of E. M. Kitagawa (1955).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import pandas as pd

from h1224lib.errors import ComparisonError
from h1224lib.gaps.exactness import Exact, read_column, read_exact, subtract, to_numbers

Factors: TypeAlias = "Mapping[str, Any] | Sequence[Any] | pd.Series | pd.DataFrame"
_Cells: TypeAlias = "dict[Hashable, Exact]"
# The single cell of a rate that is one product.
WHOLE = "all"


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The difference between two rates, split among their factors; the parts add up exactly.

    Attributes
    ----------
    table : DataFrame
        One row a cell and factor: cell (``all`` where the rate is one product), factor, value_a,
        value_b, effect (in the rate's unit; positive raises the rate from a to b; <NA> where a
        factor is unknown).
    exact : tuple of Fraction
        The effect of each row, None where unknown: they sum to `difference`.
    value_a, value_b : Fraction
        The two rates; None where a factor is unknown.
    """

    table: pd.DataFrame
    exact: tuple[Exact, ...]
    value_a: Exact
    value_b: Exact

    @property
    def difference(self) -> Exact:
        """The rate of b less that of a; None where either is unknown."""
        return subtract(self.value_b, self.value_a)

    @property
    def effects(self) -> dict[str, Exact]:
        """Each factor's effect over all cells; None where it is unknown in one."""
        found: dict[str, list[Exact]] = {}
        for factor, effect in zip(self.table["factor"], self.exact, strict=True):
            found.setdefault(str(factor), []).append(effect)
        return {factor: add_all(effects) for factor, effects in found.items()}


def decompose_rate(a: Factors, b: Factors) -> Decomposition:
    """Split the difference between two rates among the factors whose product they are.

    Parameters
    ----------
    a, b : mapping, sequence, Series or DataFrame
        The factors of each rate, such as of two periods or two areas. In a mapping or Series,
        factor -> number; in a sequence they are named P1, P2 ...; in a DataFrame a column is a
        factor and a row a cell, and the rate is the sum over cells of the products. A factor of
        a mapping may be cell -> number too; a single number then holds for every cell.
        Numbers may be fractions; a decimal stands for itself, so that 0.1 is 1/10. Missing ones
        leave effects unknown, except beside a factor 0 of the same rate: what is multiplied by
        nothing is taken to be as in the other rate.

    Returns
    -------
    Decomposition
        `table`, `effects`, `difference`; of b less a.

    Raises
    ------
    ComparisonError
        The two have different factors or cells, no factor, or what is no number.

    Notes
    -----
    With k factors the effect of P is (P_b - P_a) times the mean, over the orders in which the
    factors may change, of the product of the others.

    Examples
    --------
    >>> split = decompose_rate([0.6, 0.5], [0.3, 0.45])
    >>> split.table["effect"].tolist(), float(split.difference)
    ([-0.1425, -0.0225], -0.165)
    """
    first, second = _read_factors(a), _read_factors(b)
    if list(first) != list(second) and set(first) != set(second):
        found = [list(map(str, names)) for names in (first, second)]
        raise ComparisonError("other_factors", first=found[0], second=found[1])
    if not first:
        raise ComparisonError("no_factors")
    cells = _list_cells(first, second)
    rows: list[dict[str, Any]] = []
    effects: list[Exact] = []
    products: list[tuple[Exact, Exact]] = []
    for cell in cells:
        ours = [_pick(first[name], cell) for name in first]
        theirs = [_pick(second[name], cell) for name in first]
        products.append((multiply(ours), multiply(theirs)))
        for name, x, y, effect in zip(
            first, ours, theirs, split_product(ours, theirs), strict=True
        ):
            rows.append({"cell": cell, "factor": name, "value_a": x, "value_b": y})
            effects.append(effect)
    table = pd.DataFrame(rows, columns=["cell", "factor", "value_a", "value_b"])
    values = {name: to_numbers(table[name]) for name in ("value_a", "value_b")}
    table = table.assign(**values, effect=to_numbers(effects))
    sums = [add_all(list(side)) for side in zip(*products, strict=True)]
    return Decomposition(table, tuple(effects), sums[0], sums[1])


def split_product(a: Sequence[Exact], b: Sequence[Exact]) -> list[Exact]:
    """Return the effect of each factor on the difference between two products.

    Parameters
    ----------
    a, b : sequence of Fraction or None
        The factors, in the same order.

    Returns
    -------
    list of Fraction or None
        They sum to the product of b less that of a; all None where a factor is unknown.

    Examples
    --------
    >>> split_product([Fraction(2), Fraction(3)], [Fraction(4), Fraction(5)])
    [Fraction(8, 1), Fraction(6, 1)]
    """
    ours, theirs = _fill_beside_zero(a, b), _fill_beside_zero(b, a)
    pairs = list(zip(ours, theirs, strict=True))
    known = [(x, y) for x, y in pairs if x is not None and y is not None]
    if len(known) < len(pairs):
        return [None] * len(pairs)
    return [
        (y - x) * _average([pair for j, pair in enumerate(known) if j != i])
        for i, (x, y) in enumerate(known)
    ]


def _average(others: list[tuple[Fraction, Fraction]]) -> Fraction:
    """Average the product of the other factors over the orders in which all may change.

    The coefficient of t**n in the product of (a + b t) sums the products in which n of them have
    changed already; each such set comes first in n! (k - 1 - n)! of k! orders.
    """
    sums = [Fraction(1)]
    for x, y in others:
        sums = [
            (sums[n] * x if n < len(sums) else Fraction(0))
            + (sums[n - 1] * y if n else Fraction(0))
            for n in range(len(sums) + 1)
        ]
    k = len(others) + 1
    weights = [
        Fraction(math.factorial(n) * math.factorial(k - 1 - n), math.factorial(k)) for n in range(k)
    ]
    return sum((w * s for w, s in zip(weights, sums, strict=True)), Fraction(0))


def _fill_beside_zero(own: Sequence[Exact], other: Sequence[Exact]) -> list[Exact]:
    """Take unknown factors beside a factor 0 from the other side: there they change nothing."""
    if 0 not in own:
        return list(own)
    return [y if x is None else x for x, y in zip(own, other, strict=True)]


def multiply(factors: Sequence[Exact]) -> Exact:
    """Multiply factors; 0 where one is 0, None where one is unknown.

    Examples
    --------
    >>> multiply([Fraction(0), None]), multiply([Fraction(2), None])
    (Fraction(0, 1), None)
    """
    if 0 in factors:
        return Fraction(0)
    known = [factor for factor in factors if factor is not None]
    return math.prod(known, start=Fraction(1)) if len(known) == len(factors) else None


def add_all(values: Sequence[Exact]) -> Exact:
    """Add up; None where one is unknown: a hole is no zero.

    Examples
    --------
    >>> add_all([Fraction(1), Fraction(2)]), add_all([Fraction(1), None])
    (Fraction(3, 1), None)
    """
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) if len(known) == len(values) else None


def _read_factors(given: Factors) -> dict[str, _Cells | Exact]:
    """Return factor -> number, or factor -> cell -> number."""
    if isinstance(given, (str, bytes)):
        raise ComparisonError("gap_not_number", found=str(given))
    if isinstance(given, pd.DataFrame):
        return {str(name): _read_cells(given[name]) for name in given}
    if isinstance(given, (Mapping, pd.Series)):
        _refuse_twice(given)
        named = {str(name): value for name, value in given.items()}
    else:
        named = {f"P{i}": value for i, value in enumerate(given, 1)}
    return {
        name: _read_cells(value) if isinstance(value, (Mapping, pd.Series)) else read_exact(value)
        for name, value in named.items()
    }


def _read_cells(values: Mapping[Any, Any] | pd.Series) -> _Cells:
    _refuse_twice(values)
    found = read_column(value for _, value in values.items())
    return dict(zip(values.keys(), found, strict=True))


def _refuse_twice(values: Mapping[Any, Any] | pd.Series) -> None:
    if isinstance(values, pd.Series) and not values.index.is_unique:
        twice = values.index[values.index.duplicated()][0]
        raise ComparisonError("cell_twice", found=str(twice))


def _list_cells(*sides: Mapping[str, _Cells | Exact]) -> list[Hashable]:
    """List the cells, which every factor of either rate must have."""
    split = [cells for side in sides for cells in side.values() if isinstance(cells, dict)]
    if not split:
        return [WHOLE]
    for cells in split[1:]:
        other = cells.keys() ^ split[0].keys()
        if other:
            raise ComparisonError("other_cells", found=sorted(map(str, other)))
    return list(split[0])


def _pick(values: _Cells | Exact, cell: Hashable) -> Exact:
    return values[cell] if isinstance(values, dict) else values
