"""The failing sums as exact rows over integers: what a set of changes would have to satisfy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from h1224lib.errors import UnknownNameError
from h1224lib.identities import Identity
from h1224lib.localisation.elimination import MOST_ROWS, Row, combine
from h1224lib.localisation.numbers import read_number

Weight = Fraction | int


@dataclass
class System:
    """Values, and the rows that changes of them must satisfy.

    Parameters
    ----------
    names : list of str
        Name of each cell; rows speak of cells by position.
    values : list of int
        Printed values times `scale`; a dash counts as 0.
    scale : int
        What makes every number whole.
    rows : list of Row
        Over changes of the values: coefficients, ``=`` or ``<=``, what is still missing.
    weights : list
        Weight of each cell; None where it must not change.
    undecided : bool
        A cell never printed had too many bounds to be told of exactly: the rows say less.
    steps : list of int or None
        A cell's value is a multiple of it, where one is declared.
    sources : list of tuple of int
        For each row the identities that it was made of.
    nonnegative : frozenset of int
        Cells that must not be below 0.
    dashes : frozenset of int
        Cells where a dash is printed.
    unprinted : tuple of str
        Names that identities use and that have no value.
    """

    names: list[str]
    values: list[int]
    scale: int
    rows: list[Row]
    weights: list[Weight | None]
    steps: list[int | None]
    sources: list[tuple[int, ...]]
    nonnegative: frozenset[int]
    dashes: frozenset[int]
    unprinted: tuple[str, ...]
    undecided: bool

    def __post_init__(self) -> None:
        self.touching: list[list[int]] = [[] for _ in self.names]
        for number, row in enumerate(self.rows):
            for cell in row.terms:
                self.touching[cell].append(number)

    def is_violated(self, number: int) -> bool:
        """Tell whether a row does not hold as printed."""
        row = self.rows[number]
        return row.slack != 0 if row.equal else row.slack < 0

    def is_wrong_alone(self, cell: int) -> bool:
        """Tell whether a printed value is no multiple of its step, or below 0 where it may not."""
        step = self.steps[cell]
        off = step is not None and self.values[cell] % step != 0
        return off or (cell in self.nonnegative and self.values[cell] < 0)

    def weight(self, cell: int) -> Weight:
        """Return the weight of a cell that may change."""
        weight = self.weights[cell]
        if weight is None:
            raise ValueError(f"{self.names[cell]!r} must not change")
        return weight

    def candidates(self, cells: Iterable[int]) -> frozenset[int]:
        """Return those cells that may change."""
        return frozenset(c for c in cells if self.weights[c] is not None)


def build_system(
    values: Mapping[str, Any],
    identities: Sequence[Identity],
    weights: Mapping[str, Any],
    fixed: Iterable[str],
    step: Any,
    nonnegative: bool | Iterable[str],
) -> System:
    """Put values and identities into exact integers.

    Raises
    ------
    UnknownNameError
        A weight, fixed or nonnegative name or step speaks of a name without a value.
    ValueError
        A number is none, or a weight or step is not above zero.
    """
    # Most values are whole: the shortest way for them, since a nation's plan has many.
    exact = {n: v if type(v) is int else read_number(v) for n, v in values.items()}
    wished = None if isinstance(nonnegative, bool) else _list_names(nonnegative)
    fixed = set(_list_names(fixed))
    steps = step if isinstance(step, Mapping) else dict.fromkeys(exact, step)
    _refuse_strangers(exact, [*weights, *fixed, *steps, *(wished or [])])
    unprinted = tuple(dict.fromkeys(n for i in identities for n in i.terms if n not in exact))
    names = [*exact, *unprinted]
    position = {name: cell for cell, name in enumerate(names)}
    scale = _scale(exact.values(), identities, steps.values())
    scaled = [int((value or 0) * scale) for value in exact.values()] + [0] * len(unprinted)
    rows = [_read_row(i, position, scaled, scale) for i in identities]
    sources: list[tuple[int, ...]] = [(number,) for number in range(len(rows))]
    kept = exact if nonnegative is True else (wished or [])
    undecided = False
    for name in unprinted:
        if nonnegative is True:
            rows.append(Row({position[name]: -1}, False, 0))
            sources.append(())
        rows, sources, whole = _project_out(position[name], rows, sources)
        undecided = undecided or not whole
    return System(
        names=list(exact),
        values=scaled[: len(exact)],
        scale=scale,
        rows=rows,
        weights=_read_weights(exact, weights, fixed),
        steps=_read_steps(exact, steps, scale),
        sources=sources,
        nonnegative=frozenset(position[name] for name in kept),
        dashes=frozenset(position[name] for name, value in exact.items() if value is None),
        unprinted=unprinted,
        undecided=undecided,
    )


def _list_names(names: Iterable[str] | str | None) -> list[str]:
    """Take a single name as one name, not as its letters."""
    return [names] if isinstance(names, str) else list(names or ())


def _refuse_strangers(exact: Mapping[str, Any], asked: Iterable[str]) -> None:
    for name in asked:
        if name not in exact:
            raise UnknownNameError("unknown_value_name", found=name, known=len(exact))


def _scale(
    values: Iterable[Fraction | int | None],
    identities: Sequence[Identity],
    steps: Iterable[Any],
) -> int:
    """Find the number that makes every value, right-hand side and step whole."""
    scale = 1
    for number in values:
        if type(number) is Fraction:
            scale = math.lcm(scale, number.denominator)
    for given in {*(i.rhs for i in identities if type(i.rhs) is not int), *steps}:
        exact = read_number(given)
        if exact is not None:
            scale = math.lcm(scale, exact.denominator)
    return scale


def _read_row(
    identity: Identity, position: Mapping[str, int], values: list[int], scale: int
) -> Row:
    terms = {position[name]: c for name, c in identity.terms.items()}
    factor = 1
    if any(type(c) is not int for c in terms.values()):
        exact = {cell: Fraction(_read_plain(c, identity)) for cell, c in terms.items()}
        factor = math.lcm(*(c.denominator for c in exact.values()))
        terms = {cell: int(c * factor) for cell, c in exact.items()}
    terms = {cell: c for cell, c in terms.items() if c}
    rhs = int(_read_plain(identity.rhs, identity) * scale * factor)
    slack = rhs - sum(c * values[cell] for cell, c in terms.items())
    if identity.op == ">=":
        terms, slack = {cell: -c for cell, c in terms.items()}, -slack
    return Row(terms, identity.op == "=", slack)


def _read_plain(value: Any, identity: Identity) -> Fraction | int:
    number = None if isinstance(value, bool) else read_number(value)
    if number is None:
        raise ValueError(f"{value!r} is no number, in {identity}")
    return number


def _read_weights(
    exact: Mapping[str, Any], weights: Mapping[str, Any], fixed: set[str]
) -> list[Weight | None]:
    if not weights and not fixed:
        return [1] * len(exact)
    found: list[Weight | None] = []
    for name in exact:
        weight = weights.get(name, 1)
        if name in fixed or weight == math.inf:
            found.append(None)
            continue
        number = read_number(weight)
        if number is None or number <= 0:
            raise ValueError(f"the weight of {name!r} is {weight!r}, expected a number above 0")
        found.append(number)
    return found


def _read_steps(exact: Mapping[str, Any], steps: Mapping[str, Any], scale: int) -> list[int | None]:
    known: dict[Any, int | None] = {None: None}
    for step in {*steps.values()} - {None}:
        number = read_number(step)
        if number is None or number <= 0:
            raise ValueError(f"the step is {step!r}, expected a number above 0")
        known[step] = int(number * scale)
    return [known[steps.get(name)] for name in exact]


def _project_out(
    cell: int, rows: list[Row], sources: list[tuple[int, ...]]
) -> tuple[list[Row], list[tuple[int, ...]], bool]:
    """Remove a cell that was never printed: it may be whatever its identities ask for.

    The last of the three says whether the rows still say as much as before.
    """
    involved = [n for n, row in enumerate(rows) if cell in row.terms]
    kept = [n for n in range(len(rows)) if n not in set(involved)]
    made = {_freeze(rows[n]): sources[n] for n in kept}
    pairs = _pair(cell, involved, rows)
    whole = len(pairs) <= MOST_ROWS
    for first, second in pairs if whole else []:
        row = _freeze(combine(rows[first], rows[second], cell))
        made.setdefault(row, tuple(dict.fromkeys(sources[first] + sources[second])))
    thawed = [Row(dict(terms), equal, slack) for terms, equal, slack in made]
    return thawed, list(made.values()), whole


def _pair(cell: int, involved: list[int], rows: list[Row]) -> list[tuple[int, int]]:
    """List the rows to combine: each with one equality, or each upper bound with each lower."""
    pivot = next((n for n in involved if rows[n].equal), None)
    if pivot is not None:
        return [(n, pivot) for n in involved if n != pivot]
    above = [n for n in involved if rows[n].terms[cell] > 0]
    return [(n, m) for n in above for m in involved if rows[m].terms[cell] < 0]


def _freeze(row: Row) -> tuple[tuple[tuple[int, int], ...], bool, int]:
    return tuple(row.terms.items()), row.equal, row.slack
