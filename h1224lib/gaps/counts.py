"""Counts by area and industry, from tables, mappings or states, as fractions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import pandas as pd

from h1224lib.errors import ComparisonError
from h1224lib.gaps.cells import list_parts
from h1224lib.gaps.exactness import Exact, read_column
from h1224lib.progress import State
from h1224lib.progress.ceilings import find_ceilings

Counts: TypeAlias = "pd.DataFrame | pd.Series | Mapping[tuple[str, str], Any]"
Cell = tuple[str, str]


def read_state(state: State, measure: str, column: str) -> dict[Cell, Exact]:
    """Read a column by area and industry; "-" without a result is no cell, and no hole."""
    if column not in state.table:
        raise ComparisonError("no_such_column", found=column, known=list(state.table.columns))
    rows = list_parts(state, ("area", "industry"), measure, {})
    planned = rows["target"].notna()
    values = rows[column].fillna(0) if column == "scheduled" else rows[column]
    kept = planned | rows[column].notna()
    rows, values = rows[kept], values[kept]
    keys = rows[["area", "industry"]].itertuples(index=False, name=None)
    return dict(zip(keys, read_column(values), strict=True))


def list_ceilings(state: State, measure: str) -> list[Cell]:
    """List the cells of area and industry with a target of which less is better."""
    rows = list_parts(state, ("area", "industry"), measure, {})
    rows = rows[find_ceilings(rows, state.plan) & rows["target"].notna().to_numpy()]
    return list(rows[["area", "industry"]].itertuples(index=False, name=None))


def read_counts(counts: Counts) -> dict[Cell, Exact]:
    """Read counts by (area, industry).

    Raises
    ------
    ComparisonError
        A key is no pair or stands there twice, or a count is no number or negative.

    Examples
    --------
    >>> read_counts({("east", "trade"): 0.5})
    {('east', 'trade'): Fraction(1, 2)}
    """
    if isinstance(counts, pd.DataFrame):
        if not (counts.index.is_unique and counts.columns.is_unique):
            raise ComparisonError("cell_twice", found=str(_find_twice(counts)))
        items = [
            ((str(area), str(industry)), value)
            for industry in counts.columns
            for area, value in counts[industry].items()
        ]
    else:
        items = [(_read_cell(key), value) for key, value in counts.items()]
    found = dict(zip((key for key, _ in items), read_column(v for _, v in items), strict=True))
    if len(found) < len(items):
        keys = [key for key, _ in items]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ComparisonError("cell_twice", found="·".join(twice))
    for cell, count in found.items():
        if count is not None and count < 0:
            raise ComparisonError("count_negative", cell="·".join(cell), found=float(count))
    return found


def refuse_totals(cells: Iterable[Cell]) -> None:
    """Refuse ``all`` beside the parts of which it is the sum: it would count twice.

    Raises
    ------
    ComparisonError
        It does.

    Examples
    --------
    >>> refuse_totals([("east", "all"), ("west", "all")])
    """
    for axis, codes in enumerate(zip(*cells, strict=True)):
        parts = [code for code in codes if code != "all"]
        if parts and len(parts) < len(codes):
            dimension = ("area", "industry")[axis]
            raise ComparisonError("total_among_parts", dimension=dimension, part=parts[0])


def _find_twice(counts: pd.DataFrame) -> Any:
    for axis in (counts.index, counts.columns):
        if not axis.is_unique:
            return axis[axis.duplicated()][0]
    raise KeyError


def _read_cell(key: Any) -> Cell:
    if not isinstance(key, tuple) or len(key) != 2:
        raise ComparisonError("no_pair", found=str(key))
    return str(key[0]), str(key[1])
