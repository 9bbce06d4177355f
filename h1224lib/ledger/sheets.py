"""Sheets of projects: a grid below its header as columns, its rows sorted, its words kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from h1224lib.findings import Problem
from h1224lib.ledger.columns import Column, make_column, show
from h1224lib.ledger.grids import Grid, letter
from h1224lib.ledger.headers import Head, find_head, find_next, years_of
from h1224lib.ledger.headings import Heading, Sections, nest_headings, read_heading
from h1224lib.ledger.marks import book_of, make_problem
from h1224lib.ledger.merges import tell_across
from h1224lib.ledger.names import Terms
from h1224lib.ledger.rows import sort_rows
from h1224lib.ledger.shown import part_of_date
from h1224lib.ledger.unseen import tell_hidden, tell_unheaded
from h1224lib.ledger.vocabulary import list_fields, narrow_text, pattern
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
    sections : Sections
        What headings say of its rows.
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
    starts_after : int
        Number of the last row of the table above it on the same sheet; 0 for the first.
    """

    name: str
    columns: dict[str, Column]
    rows: npt.NDArray[np.int32]
    titles: list[str]
    sections: Sections = field(default_factory=Sections)
    counts: Counter[str] = field(default_factory=Counter)
    header_row: int | None = None
    problems: list[Problem] = field(default_factory=list)
    text_only: bool = False
    from_1904: bool = False
    starts_after: int = 0

    @property
    def years(self) -> tuple[int, ...]:
        """The years that its titles and name say."""
        return years_of(self.titles)

    @property
    def further(self) -> list[Column]:
        """The columns that the ledger does not know, and passes through."""
        return [column for name, column in self.columns.items() if name not in list_fields()]


def read_sheets(grid: Grid, terms: Terms, file: str) -> list[Sheet]:
    """Read a grid as sheets of projects: one a table, none where there is no header."""
    sheets: list[Sheet] = []
    rest: Grid | None = grid
    while rest is not None:
        head = find_head(rest)
        if head is None:
            break
        start = find_next(rest, head)
        table = rest if start is None else dataclasses.replace(rest, rows=rest.rows[:start])
        above = _read_titles(rest, head, terms, sheets)
        own = " / ".join(head.titles[:-1])
        if sheets:  # what the first table's titles say holds for the others
            head.titles[:0] = sheets[0].titles[:-1]
        sheet = _read_table(table, head, above, terms, file)
        if sheets:
            place = book_of(file, grid.name)
            told = make_problem("ledger_other_header", place, sheet.header_row, "", own)
            sheet.problems.append(told)
        sheets.append(sheet)
        rest = None if start is None else dataclasses.replace(rest, first=start)
    return sheets


def _read_titles(grid: Grid, head: Head, terms: Terms, before: list[Sheet]) -> list[Heading]:
    """Return the headings that hold for a table: its titles, and those of the tables above."""
    again = {plain(title) for sheet in before for title in sheet.titles}
    titles = []
    for row in range(grid.first, head.top):
        said = {grid.text(row, c) for c in range(len(grid.rows[row]))} - {""}
        text = said.pop() if len(said) == 1 else ""
        if not text or plain(text) in again or pattern("remark").match(narrow_text(text)):
            continue
        heading = read_heading(text, terms, row + 1)
        # Above the first table, most titles are no headings.
        if heading.code or before:
            titles.append(heading)
    above = before[-1].sections.open if before else []
    return nest_headings(titles, above, grid.first + 1, 0).open


def _read_table(grid: Grid, head: Head, above: list[Heading], terms: Terms, file: str) -> Sheet:
    body = _fill_down(grid, head.bottom + 1)
    names, problems = _name_columns(grid, head, file)
    columns = [
        _make(grid, body, column, name, head.bottom + 1)
        for column, name in names.items()
        if column in head.texts or any(_filled(row, column) for row in body)
    ]
    told = {plain(text) for text in (*head.texts.values(), *head.titles[:-1])}
    told |= {plain(grid.text(r, c)) for r in range(head.top, head.bottom + 1) for c in names}
    sorting = sort_rows(columns, told - {""}, terms, head.bottom + 2, above)
    kept = sorting.projects
    around = {"title": head.top - grid.first, "header": head.bottom - head.top + 1}
    counts = Counter(around) + sorting.counts
    problems += tell_unheaded(columns, head, grid, kept, file)
    problems += tell_hidden(columns, head, grid, kept, file)
    problems += tell_across(grid, names, head.bottom + 1, kept, file)
    return Sheet(
        grid.name,
        {column.name: column.select(kept) for column in columns},
        (np.flatnonzero(kept) + head.bottom + 2).astype(np.int32),
        head.titles,
        sorting.sections.select(kept),
        counts,
        head.bottom + 1,
        problems,
        grid.text_only,
        grid.from_1904,
        grid.first,
    )


def read_columns(name: str, columns: Sequence[Column], terms: Terms, file: str) -> Sheet:
    """Take the columns of a Parquet file for a sheet without titles; rows are counted from 1."""
    names = Counter(column.name for column in columns)
    again = {name for name, count in names.items() if count > 1 and name in list_fields()}
    problems = [
        make_problem("ledger_column_twice", book_of(file, name), None, column.header,
                     column.header, means=list_fields()[column.name].label, cell="")
        for column in columns
        if column.name in again
    ]  # fmt: skip
    kept = [
        dataclasses.replace(column, name=column.header) if column.name in again else column
        for column in columns
    ]
    headers = {plain(column.header) for column in columns} | {c.header for c in columns}
    sorting = sort_rows(kept, headers - {""}, terms)
    projects = sorting.projects
    return Sheet(
        name,
        {c.name: c if projects.all() else c.select(projects) for c in kept},
        (np.flatnonzero(projects) + 1).astype(np.int32),
        [name],
        sorting.sections if projects.all() else sorting.sections.select(projects),
        sorting.counts,
        problems=problems,
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
    last = first + len(body)
    troubles, formats = (
        {r - first: k for (r, c), k in each.items() if c == column and first <= r < last}
        for each in (grid.troubles, grid.formats)
    )
    if name == "investment":
        for row in _merged_amounts(grid, body, column, first):
            cells[row] = ""
            troubles[row] = "ledger_merged"
    if name in list_fields() and list_fields()[name].kind == "date":
        for row, code in formats.items():
            cells[row] = _as_shown(cells[row], part_of_date(code))
    header = " ".join(show(grid.at(first - 1, column)).split())
    return make_column(name, header or name, letter(column), cells, troubles, formats)


def _as_shown(value: Any, part: str) -> Any:
    """Return a date as it is shown, where Excel has added a day that nobody typed: 2023年5月.

    Examples
    --------
    >>> _as_shown(dt.date(2023, 5, 1), "month"), _as_shown(dt.date(2023, 5, 6), "month")
    ('2023年5月', datetime.date(2023, 5, 6))
    """
    if isinstance(value, dt.date) and value.day == 1:
        if part == "month":
            return f"{value.year}年{value.month}月"
        if part == "year" and value.month == 1:
            return f"{value.year}年"
    return value


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
