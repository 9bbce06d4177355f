"""Columns: the values under one header, each different value looked at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from h1224lib.ledger.marks import Mark, Positions
from h1224lib.ledger.vocabulary import Fault

BLANK = -1
Codes = npt.NDArray[np.int32]


class Texts(Sequence[str]):
    """Texts of which each row has its own: kept as Arrow does, a Python text only when asked for.

    Attributes
    ----------
    stored : Array of large_string
        The texts.
    """

    def __init__(self, stored: Any) -> None:
        self.stored = stored

    def __len__(self) -> int:
        return len(self.stored)

    def __getitem__(self, number: Any) -> Any:
        return self.stored[int(number)].as_py()


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a sheet below its header.

    Attributes
    ----------
    name : str
        The ledger's name of it; of a further column, its header.
    header, letter : str
        Its header as written, and where it stands; no letter in a Parquet file.
    codes : array of int
        For each row which of `values` it holds; -1 where it is blank.
    values : list
        Each different value once: str, int, float, bool, date, datetime, time.
    troubles : dict
        Row -> a rule, where the file holds no usable value.
    formats : dict
        Row -> the number format, where it may show something else than the value.
    """

    name: str
    header: str
    letter: str
    codes: Codes
    values: Sequence[Any]
    troubles: dict[int, str] = field(default_factory=dict)
    formats: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.codes)

    def select(self, kept: npt.NDArray[np.bool_]) -> Column:
        """Return the column of the rows that are kept."""
        moved = np.cumsum(kept) - 1
        troubles, formats = (
            {int(moved[row]): said for row, said in each.items() if kept[row]}
            for each in (self.troubles, self.formats)
        )
        codes = self.codes[kept]
        return dataclasses.replace(self, codes=codes, troubles=troubles, formats=formats)

    def at(self, row: int | np.integer[Any]) -> Any:
        """Return one row's value, ``""`` where it is blank."""
        code = self.codes[row]
        return self.values[code] if code != BLANK else ""

    @property
    def blank(self) -> npt.NDArray[np.bool_]:
        """Which rows are blank."""
        return self.codes == BLANK

    @functools.cached_property
    def _groups(self) -> tuple[Positions, Positions]:
        order = np.argsort(self.codes, kind="stable")
        return order, np.searchsorted(self.codes[order], np.arange(len(self.values) + 1))

    def rows_of(self, value: int) -> Positions:
        """Return the rows that hold one of `values`."""
        order, starts = self._groups
        return order[starts[value] : starts[value + 1]]

    def among(self, texts: Collection[str]) -> list[int]:
        """Return which of `values` are one of some texts."""
        if isinstance(self.values, Texts):
            stored = self.values.stored
            same = pc.is_in(stored, value_set=pa.array(list(texts), type=stored.type))
            return np.flatnonzero(same.to_numpy(zero_copy_only=False)).tolist()
        return [n for n, v in enumerate(self.values) if isinstance(v, str) and v in texts]

    def holding(self, words: str) -> list[int]:
        """Return which of `values` are texts that hold what a pattern describes."""
        if isinstance(self.values, Texts):
            held = pc.match_substring_regex(self.values.stored, words, ignore_case=True)
            return np.flatnonzero(pc.fill_null(held, False).to_numpy(zero_copy_only=False)).tolist()
        found = re.compile(words, re.IGNORECASE)
        return [n for n, v in enumerate(self.values) if isinstance(v, str) and found.search(v)]

    def spread(self, of_values: Sequence[Any], missing: Any, dtype: Any) -> npt.NDArray[Any]:
        """Return for each row what was found for its value, and `missing` where it is blank."""
        table = np.empty(len(self.values) + 1, dtype=dtype)
        for number, value in enumerate(of_values):
            table[number] = missing if value is None else value
        table[BLANK] = missing
        return table[self.codes]

    def mark(self, faults: Iterable[tuple[int, Fault]]) -> Iterator[Mark]:
        """Yield a mark for each value with a fault, on all its rows."""
        for number, fault in faults:
            at = self.rows_of(number)
            if len(at):
                yield Mark(fault.kind, self.name, at, show(self.values[number]), fault.numbers)


def make_column(
    name: str,
    header: str,
    letter: str,
    cells: Sequence[Any],
    troubles: dict[int, str],
    formats: dict[int, str] | None = None,
) -> Column:
    """Make a column of a sheet's cells; texts of blanks are blank.

    Examples
    --------
    >>> column = make_column("area", "区县", "C", ["德清", "", "德清", 1.0], {})
    >>> column.codes.tolist(), column.values
    ([0, -1, 0, 1], ['德清', 1.0])
    """
    array = np.empty(len(cells), dtype=object)
    array[:] = list(cells)
    # To a hash table, True is 1: shown as Excel shows it, it is neither lost nor a number.
    if bool in set(map(type, cells)):
        array[:] = [str(c).upper() if isinstance(c, bool) else c for c in cells]
    codes, values = pd.factorize(array)
    empty = [n for n, v in enumerate(values) if v is None or (isinstance(v, str) and not v.strip())]
    kept = without(codes, list(values), set(empty))
    return Column(name, header, letter, *kept, troubles, formats or {})


def without(codes: npt.NDArray[Any], values: list[Any], empty: set[int]) -> tuple[Codes, list[Any]]:
    """Renumber codes so that some of the values count as blank."""
    kept = [n for n in range(len(values)) if n not in empty]
    table = np.full(len(values) + 1, BLANK, dtype=np.int32)
    table[kept] = np.arange(len(kept))
    return table[codes], [values[n] for n in kept]


def show(value: Any) -> str:
    """Show a value as a sheet would: no ``.0``, days as ISO, 15 digits.

    Examples
    --------
    >>> show(5000.0), show(2023.1), show(dt.date(2023, 5, 6)), show("1/3")
    ('5000', '2023.1', '2023-05-06', '1/3')
    """
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def mark_troubles(column: Column, further: bool) -> Iterator[Mark]:
    """Yield a mark for each kind of cell that the file holds no usable value of."""
    for kind in sorted(set(column.troubles.values())):
        at = np.array(sorted(r for r, k in column.troubles.items() if k == kind), dtype=np.int64)
        yield Mark(f"{kind}_further" if further else kind, column.name, at)


def mark_blank(column: Column, nothing: Collection[int] = ()) -> Iterator[Mark]:
    """Yield a mark on the rows without a value, where one is needed and no trouble is said.

    Parameters
    ----------
    column : Column
        Its cells.
    nothing : collection of int
        Values that stand for nothing.
    """
    missing = column.blank | np.isin(column.codes, list(nothing))
    missing[list(column.troubles)] = False
    if missing.any():
        yield Mark("ledger_blank", column.name, np.flatnonzero(missing))


Reader = Callable[[Any], Any]


def read_values(column: Column, read: Reader) -> tuple[list[Any], list[tuple[int, Fault]]]:
    """Read each different value, and return what was read and the faults, by value.

    Parameters
    ----------
    column : Column
        Its values.
    read : callable
        Value -> what it means, None for nothing, or a Fault.
    """
    found: list[Any] = []
    faults = []
    for number, value in enumerate(column.values):
        meant = read(value)
        if isinstance(meant, Fault):
            faults.append((number, meant))
            meant = None
        found.append(meant)
    return found, faults
