"""Shift-share: an area's change as the city's growth, its industries' growth, and its own part.

E. S. Dunn, A statistical and analytical technique for regional analysis, Papers of the Regional
Science Association 6 (1960) 97-112; `homothetic` after J. M. Esteban-Marquillas, A
reinterpretation of shift-share analysis, Regional and Urban Economics 2 (1972) 249-255.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.errors import ComparisonError
from h1224lib.findings import Finding
from h1224lib.gaps.comparability import check_comparable
from h1224lib.gaps.counts import Cell, Counts, list_ceilings, read_counts, read_state, refuse_totals
from h1224lib.gaps.decomposition import add_all
from h1224lib.gaps.exactness import Exact, subtract, to_numbers
from h1224lib.gaps.statements import tell_shifts
from h1224lib.progress import State

SHARES = ("national", "industry_mix", "competitive")


@dataclass(frozen=True, eq=False)
class ShiftShare:
    """The change of each area, in parts that add up exactly.

    Attributes
    ----------
    table : DataFrame
        One row a cell, then each area (industry ``all``), then the city (``all``, ``all``),
        none of them twice: without industries the cells are the areas. Columns area, industry,
        before, after, change, national (what the city's growth would have made),
        industry_mix (what its industries grew beyond the city), competitive (what it grew beyond
        its industries in the city), all in the unit of the counts; with `homothetic`, allocation
        too. <NA> where a count is missing, and in sums over it.
    exact : DataFrame
        change and its parts as fractions, None where unknown: the parts sum to change.
    growth : Fraction
        The city's, over the cells that are known before and after; None from nothing.
    unknown : list of tuple of str
        Cells (area, industry) with a count missing: in no growth, before or after.
    state : State, optional
        Whose counts they are, for words.
    measure : str
        What is counted, if it is a state's.
    ceilings : list of tuple of str
        Cells (area, industry) of which less is better, before or after.
    kind : str
        ``counts``, or ``schedule`` where what was reached is set against what was scheduled.
    """

    table: pd.DataFrame
    exact: pd.DataFrame
    growth: Exact
    unknown: list[Cell]
    state: State | None = None
    measure: str = ""
    kind: str = "counts"
    ceilings: list[Cell] = dataclasses.field(default_factory=list)

    @property
    def parts(self) -> list[str]:
        """The columns that sum to the change."""
        return [name for name in self.exact if name != "change"]

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: who gained most of its own, and what is unknown."""
        return tell_shifts(self)


def shift_share(
    before: Counts | State,
    after: Counts | State | None = None,
    *,
    measure: str | None = None,
    column: str = "actual",
    homothetic: bool = False,
) -> ShiftShare:
    """Split each area's change into the city's growth, its industries' and its own.

    Parameters
    ----------
    before, after : DataFrame, Series, mapping or State
        Counts by area and industry: a DataFrame of areas x industries, a Series or mapping
        with keys (area, industry); or two states. A cell that is not named is 0, a missing
        number is unknown. One state alone: what was scheduled against what was reached.
    measure : str, optional
        Of states: by default what the plan is about.
    column : str
        Of two states: which column of their tables.
    homothetic : bool
        Split the competitive part by the industries that the area would have with the city's
        mix, and `allocation`, which is the rest. A cell without a count before has no growth:
        its competitive part is all allocation.

    Returns
    -------
    ShiftShare
        `table`, `exact`, `findings`. An industry that the city did not have before is all
        competitive.

    Raises
    ------
    ComparisonError
        The states differ in unit or measure, or counts name a cell twice, name a total beside
        its parts, or are no numbers or negative.

    Examples
    --------
    >>> before = {("east", "trade"): 40, ("east", "tours"): 10, ("west", "trade"): 50}
    >>> after = {("east", "trade"): 60, ("east", "tours"): 10, ("west", "trade"): 50}
    >>> shifts = shift_share(before, after)
    >>> east = shifts.table.query("area == 'east' and industry == 'all'").iloc[0]
    >>> [round(float(east[name]), 3) for name in ("change", *SHARES)]
    [20.0, 10.0, -1.111, 11.111]
    """
    if isinstance(before, State):
        return _shift_states(before, after, measure, column, homothetic)
    if after is None or isinstance(after, State):
        raise ComparisonError("not_alike", first=type(before).__name__, second=type(after).__name__)
    counts = [read_counts(side) for side in (before, after)]
    refuse_totals([*counts[0], *counts[1]])
    return _shift(counts[0], counts[1], homothetic)


def _shift_states(
    before: State, after: Any, measure: str | None, column: str, homothetic: bool
) -> ShiftShare:
    chosen = measure or before.measure
    if after is not None and not isinstance(after, State):
        raise ComparisonError("not_alike", first="State", second=type(after).__name__)
    other = before if after is None else after
    check_comparable(before, other, chosen)
    columns = (column, column) if after is not None else ("scheduled", "actual")
    sides = [read_state(s, chosen, c) for s, c in zip((before, other), columns, strict=True)]
    shifts = _shift(sides[0], sides[1], homothetic)
    kind = "schedule" if after is None else "counts"
    marked = {cell for s in (before, other) for cell in list_ceilings(s, chosen)}
    ceilings = [cell for cell in dict.fromkeys([*sides[0], *sides[1]]) if cell in marked]
    return dataclasses.replace(shifts, state=other, measure=chosen, kind=kind, ceilings=ceilings)


def _shift(before: dict[Cell, Exact], after: dict[Cell, Exact], homothetic: bool) -> ShiftShare:
    cells = list(dict.fromkeys([*before, *after]))
    zero = Fraction(0)
    pairs = {cell: (before.get(cell, zero), after.get(cell, zero)) for cell in cells}
    known = {cell: (x, y) for cell, (x, y) in pairs.items() if x is not None and y is not None}
    city = _City(known)
    rows = []
    for cell, (x, y) in pairs.items():
        parts: dict[str, Exact] = dict.fromkeys(_columns(homothetic))
        if x is not None and y is not None:
            parts |= _split(cell, x, y, city, homothetic)
        rows.append((*cell, x, y, subtract(y, x), *parts.values()))
    columns = ["area", "industry", "before", "after", "change", *_columns(homothetic)]
    exact = pd.DataFrame(rows, columns=columns, dtype=object)
    exact = pd.concat([exact, _total(exact)], ignore_index=True) if rows else exact
    numbers = {name: to_numbers(exact[name]) for name in columns[2:]}
    unknown = [cell for cell in cells if cell not in known]
    return ShiftShare(exact.assign(**numbers), exact[columns[4:]], city.growth, unknown)


def _columns(homothetic: bool) -> list[str]:
    return [*SHARES, "allocation"] if homothetic else [*SHARES]


class _City:
    """Sums over the cells that are known before and after."""

    def __init__(self, known: Mapping[Cell, tuple[Fraction, Fraction]]) -> None:
        self.before, self.after = _sum_pairs(list(known.values()))
        self.growth = self.after / self.before - 1 if self.before else None
        self.industries = _group(known, 1)
        self.areas = _group(known, 0)


def _group(
    known: Mapping[Cell, tuple[Fraction, Fraction]], by: int
) -> dict[str, tuple[Fraction, Fraction]]:
    groups: dict[str, list[tuple[Fraction, Fraction]]] = {}
    for cell, pair in known.items():
        groups.setdefault(cell[by], []).append(pair)
    return {code: _sum_pairs(pairs) for code, pairs in groups.items()}


def _sum_pairs(pairs: Sequence[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    return sum((x for x, _ in pairs), Fraction(0)), sum((y for _, y in pairs), Fraction(0))


def _split(
    cell: Cell, before: Fraction, after: Fraction, city: _City, homothetic: bool
) -> dict[str, Exact]:
    """Split one cell's change: what grows from nothing has no rate, and is its own part."""
    area, industry = cell
    first, last = city.industries[industry]
    growth = city.growth or Fraction(0)
    beyond = last / first - 1 - growth if first else Fraction(0)
    national, mix = before * growth, before * beyond
    own = after - before - national - mix
    if not homothetic:
        return {"national": national, "industry_mix": mix, "competitive": own}
    pure = Fraction(0)
    if before and city.before:
        pure = first * city.areas[area][0] / city.before * own / before
    return {
        "national": national, "industry_mix": mix, "competitive": pure, "allocation": own - pure,
    }  # fmt: skip


def _total(exact: pd.DataFrame) -> pd.DataFrame:
    """Sum the cells to areas and the city; unknown where a cell is. What is a cell is no sum."""
    columns = [name for name in exact if name not in ("area", "industry")]
    groups = [(area, rows) for area, rows in exact.groupby("area", sort=False)]
    cells = set(zip(exact["area"], exact["industry"], strict=True))
    sums = [
        {"area": area, "industry": "all", **{n: add_all(_known(rows[n])) for n in columns}}
        for area, rows in [*(g for g in groups if g[0] != "all"), ("all", exact)]
        if (area, "all") not in cells
    ]
    return pd.DataFrame(sums, columns=exact.columns, dtype=object)


def _known(values: pd.Series) -> list[Exact]:
    return [None if value is None else Fraction(value) for value in values]
