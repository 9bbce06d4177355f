"""Sheets of projects: a grid below its header as columns, its rows sorted, its words kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from h1224lib.findings import Problem
from h1224lib.ledger.columns import Column, make_column, show
from h1224lib.ledger.grids import Grid, letter
from h1224lib.ledger.headers import Head, find_head, years_of
from h1224lib.ledger.marks import book_of, make_problem
from h1224lib.ledger.names import Terms
from h1224lib.ledger.rows import sort_rows
from h1224lib.ledger.vocabulary import list_fields
from h1224lib.plan.spelling import plain

# Columns that `.projects` has besides, which a header must not take.
_TAKEN = ("sheet", "row", "day_unknown", "credit_share")


@dataclass(frozen=True, eq=False)
class Sheet:
    """The projects of one sheet, before any of their cells is judged.

    Attributes
    ----------
    name : str
        The sheet's.
    columns : dict
        Name -> Column, of the rows that are projects or ought to be.
    rows : array of int
        Their numbers in the sheet, counted from 1.
    titles : list of str
        What stands above the header, and the sheet's name.
    sections : dict
        Dimension -> for each row the code that a heading above it names.
    counts : Counter
        Rows that are no projects, by kind.
    header_row : int or None
        Number of the header's last row, counted from 1; a Parquet file has none.
    problems : list of Problem
        Of the sheet as a whole.
    text_only : bool
        Every value is a text of a file that knows no types.
    from_1904 : bool
        Serial numbers of days are counted from 1904.
    """

    name: str
    columns: dict[str, Column]
    rows: npt.NDArray[np.int32]
    titles: list[str]
    sections: dict[str, npt.NDArray[np.object_]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    header_row: int | None = None
    problems: list[Problem] = field(default_factory=list)
    text_only: bool = False
    from_1904: bool = False

    @property
    def years(self) -> tuple[int, ...]:
        """The years that its titles and name say."""
        return years_of(self.titles)

    @property
    def further(self) -> list[Column]:
        """The columns that the ledger does not know, and passes through."""
        return [column for name, column in self.columns.items() if name not in list_fields()]


def read_sheet(grid: Grid, terms: Terms, file: str) -> Sheet | None:
    """Read a grid as a sheet of projects; None where it has no header."""
    head = find_head(grid)
    if head is None:
        return None
    body = _fill_down(grid, head.bottom + 1)
    names, problems = _name_columns(grid, head, file)
    columns = [
        _make(grid, body, column, name, head.bottom + 1)
        for column, name in names.items()
        if column in head.texts or any(_filled(row, column) for row in body)
    ]
    told = {plain(text) for text in (*head.texts.values(), *head.titles[:-1])}
    told |= {plain(grid.text(r, c)) for r in range(head.top, head.bottom + 1) for c in names}
    sorting = sort_rows(columns, told - {""}, terms.names)
    kept = sorting.projects
    counts = Counter({"title": head.top, "header": head.bottom - head.top + 1}) + sorting.counts
    problems += _tell_unheaded(columns, head, grid, kept, file)
    if grid.hidden:
        place = book_of(file, grid.name)
        problems.append(make_problem("ledger_hidden_sheet", place, None, "", grid.name))
    return Sheet(
        grid.name,
        {column.name: column.select(kept) for column in columns},
        (np.flatnonzero(kept) + head.bottom + 2).astype(np.int32),
        head.titles,
        {dimension: codes[kept] for dimension, codes in sorting.sections.items()},
        counts,
        head.bottom + 1,
        problems,
        grid.text_only,
        grid.from_1904,
    )


def _filled(row: list[Any], column: int) -> bool:
    return column < len(row) and row[column] not in ("", None)


def _fill_down(grid: Grid, first: int) -> list[list[Any]]:
    """Return the rows from `first` on, with what cells merged over several rows show in each."""
    rows = [list(row) for row in grid.rows[first:]] if grid.merged else grid.rows[first:]
    for (row, column), (top, left) in grid.origins.items():
        # Across, a cell heads a section or a total; only down does it stand for each row.
        if row >= first and left == column and top >= first:
            cells = rows[row - first]
            cells += [""] * (column + 1 - len(cells))
            cells[column] = grid.at(top, left)
    return rows


def _make(grid: Grid, body: list[list[Any]], column: int, name: str, first: int) -> Column:
    cells = [row[column] if column < len(row) else "" for row in body]
    troubles = {r - first: k for (r, c), k in grid.troubles.items() if c == column and r >= first}
    if name == "investment":
        for row in _merged_amounts(grid, body, column, first):
            cells[row] = ""
            troubles[row] = "ledger_merged"
    header = " ".join(show(grid.at(first - 1, column)).split())
    return make_column(name, header or name, letter(column), cells, troubles)


def _merged_amounts(grid: Grid, body: list[list[Any]], column: int, first: int) -> set[int]:
    """Return the rows over which an amount is merged that are not one project's."""
    found: set[int] = set()
    head = find_head(grid)
    keys = [c for c, n in head.meant.items() if n in ("project_id", "name")] if head else []
    for top, left, bottom, right in grid.merged:
        if left <= column <= right and first <= top < bottom:
            rows = range(top - first, min(bottom - first, len(body) - 1) + 1)
            named = [{str(body[r][c]) if c < len(body[r]) else "" for r in rows} for c in keys]
            if all(len(names) > 1 for names in named):
                found.update(rows)
    return found


def _name_columns(grid: Grid, head: Head, file: str) -> tuple[dict[int, str], list[Problem]]:
    """Name every column: as the ledger does, or by its own header, each name once."""
    place = book_of(file, grid.name)
    problems = []
    names: dict[int, str] = dict(head.meant)
    used = {*head.meant.values(), *_TAKEN, *list_fields()}
    for column in range(grid.width):
        if column in names:
            continue
        header = head.texts.get(column) or f"[{letter(column)}]"
        name, number = header, 1
        while name in used:
            number += 1
            name = f"{header} ({number})"
        used.add(name)
        names[column] = name
        if number > 1:
            more: dict[str, Any] = {"name": name}
            found = make_problem(
                "ledger_header_renamed", place, head.bottom + 1, header, header, **more
            )
            problems.append(found)
    for column, name in head.twice:
        said = head.texts[column]
        more = {"means": list_fields()[name].label, "cell": f"{letter(column)}{head.bottom + 1}"}
        problems.append(
            make_problem("ledger_column_twice", place, head.bottom + 1, said, said, **more)
        )
    return dict(sorted(names.items())), problems


def _tell_unheaded(
    columns: list[Column], head: Head, grid: Grid, kept: npt.NDArray[np.bool_], file: str
) -> Iterator[Problem]:
    headed = {letter(column) for column in head.texts}
    for column in columns:
        at = np.flatnonzero(~column.blank & kept)
        if column.letter not in headed and len(at):
            row = int(at[0]) + head.bottom + 2
            found = show(column.at(int(at[0])))
            more = {"letter": column.letter, "rows": len(at)}
            place = book_of(file, grid.name)
            yield make_problem("ledger_unheaded_column", place, row, column.letter, found, **more)
