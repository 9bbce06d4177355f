"""Unseen: what counts although the sheet does not show or head it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from h1224lib.findings import Problem
from h1224lib.ledger.columns import Column, show
from h1224lib.ledger.grids import Grid, letter
from h1224lib.ledger.headers import Head
from h1224lib.ledger.marks import book_of, make_problem
from h1224lib.ledger.vocabulary import list_fields


def tell_hidden(
    columns: list[Column], head: Head, grid: Grid, kept: npt.NDArray[np.bool_], file: str
) -> Iterator[Problem]:
    """Yield what counts although nobody sees it: the sheet, rows of projects, columns."""
    place = book_of(file, grid.name)
    if grid.hidden and not grid.first:
        yield make_problem("ledger_hidden_sheet", place, None, "", grid.name)
    first = head.bottom + 1
    below = sorted(r for r in grid.hidden_rows if first <= r < first + len(kept))
    rows = [row + 1 for row in below if kept[row - first]]
    if rows:
        more = {"rows": list_ranges(rows), "count": len(rows)}
        yield make_problem("ledger_hidden_rows", place, rows[0], "", more["rows"], **more)
    unseen = {letter(column) for column in grid.hidden_columns if column < grid.width}
    for column in columns:
        if column.letter in unseen and (~column.blank & kept).any():
            known = list_fields().get(column.name)
            more = {"letter": column.letter, "used": known is not None}
            header = column.header
            yield make_problem("ledger_hidden_column", place, first, header, header, **more)


def list_ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers with runs drawn together.

    Examples
    --------
    >>> list_ranges([5, 6, 7, 12])
    '5-7, 12'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def tell_unheaded(
    columns: list[Column], head: Head, grid: Grid, kept: npt.NDArray[np.bool_], file: str
) -> Iterator[Problem]:
    """Yield each column that is filled and has no header."""
    headed = {letter(column) for column in head.texts}
    for column in columns:
        at = np.flatnonzero(~column.blank & kept)
        if column.letter not in headed and len(at):
            row = int(at[0]) + head.bottom + 2
            found = show(column.at(int(at[0])))
            more = {"letter": column.letter, "rows": len(at)}
            place = book_of(file, grid.name)
            yield make_problem("ledger_unheaded_column", place, row, column.letter, found, **more)
