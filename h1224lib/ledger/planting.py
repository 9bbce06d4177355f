"""Planting: a ledger with every kind of problem put into it on purpose, and the list of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from h1224lib.ledger.vocabulary import list_fields, read_words

FORMS = ("xlsx", "xls", "csv")
COLUMNS = ["kind", "sheet", "row", "column"]
# Faults stand this many rows apart, so that they are seen among sound rows.
_APART = 2


@dataclass
class Field:
    """The sheet of projects that faults are planted in.

    Attributes
    ----------
    page : openpyxl worksheet
        Filled by `write_template`.
    projects : DataFrame
        What it was filled with, row by row, in the ledger's columns and the plan's codes.
    first : int
        The sheet's row of the first project, counted from 1.
    columns : dict
        Column -> its number in the sheet, counted from 1.
    used : set of int
        Projects, counted from 0, that are part of a fault.
    told : list of tuple
        kind, sheet, row, column of each fault planted.
    """

    page: Any
    projects: pd.DataFrame
    first: int
    columns: dict[str, int]
    used: set[int] = field(default_factory=set)
    told: list[tuple[str, str, int, str]] = field(default_factory=list)

    def header(self, name: str) -> str:
        """Return the header of a column as the sheet writes it."""
        return str(self.page.cell(self.first - 1, self.columns[name]).value)

    def put(self, at: int, name: str, value: Any) -> None:
        """Put a value into a project's cell; a column that is not there yet is added."""
        if name not in self.columns:
            self.columns[name] = max(self.columns.values()) + 1
            self.page.cell(self.first - 1, self.columns[name], name)
        cell = self.page.cell(self.first + at, self.columns[name])
        if isinstance(value, str) and value.startswith("@"):
            value = self.page.cell(cell.row + 1, self.columns[value[1:]]).value
        cell.value = None if value == "" else value
        if not isinstance(value, dt.date):
            cell.number_format = "General"


def plant_faults(
    book: openpyxl.Workbook, projects: pd.DataFrame, header: int, form: str = "xlsx"
) -> tuple[openpyxl.Workbook, pd.DataFrame]:
    """Plant every fault of ``planting.toml`` that a format can hold in a filled template.

    Parameters
    ----------
    book : openpyxl.Workbook
        As `write_template` wrote it in Chinese: the ledger first, then its settings. It is changed.
    projects : DataFrame
        What it was filled with.
    header : int
        The row of its header, counted from 1.
    form : str
        ``xlsx``, ``xls`` or ``csv``: what the book is going to be written as. Of a text file, the
        first sheet is all that there is.

    Returns
    -------
    Workbook, DataFrame
        The book, and where each fault is: kind, sheet, row (0 for a sheet as a whole), column
        (its header, or its letter where it has none).

    Raises
    ------
    LookupError
        No project is left that a fault could be planted on.
    """
    page = book.worksheets[0]
    named = {str(cell.value): cell.column for cell in page[header] if cell.value}
    labels = {name: f.label.zh for name, f in list_fields().items()}
    columns = {
        n: at for n, zh in labels.items() for h, at in named.items() if h.split("（")[0] == zh
    }
    columns |= {h: at for h, at in named.items() if at not in columns.values()}
    ground = Field(page, projects, header + 1, columns)
    planting = read_words("planting")
    for fault in planting["fault"]:
        if form in fault.get("forms", FORMS):
            _plant(ground, fault)
    further = [name for name in ground.columns if name not in list_fields()]
    if further:
        ground.told.append(("ledger_passed_through", page.title, header, ""))
    total = page.max_row + 1
    page.cell(total, 1, "合计")
    told = ground.told
    if form == "csv":
        told.append(("ledger_no_vintage", "", 0, ""))
    else:
        told += _add_settings(book.worksheets[1], planting["setting"])
        for sheet in planting["sheet"]:
            told += _add_sheet(book, sheet)
    return book, pd.DataFrame(sorted(told, key=lambda f: (f[1], f[2])), columns=COLUMNS)


def _plant(ground: Field, fault: Mapping[str, Any]) -> None:
    """Plant one fault on the first project that suits it, and note where it will be told."""
    at = _find(ground, fault)
    page = ground.page
    rows = {"this": ground.first + at, "next": ground.first + at + 1}
    cells = fault.get("cells", {})
    for name, value in cells.items():
        ground.put(at, name, value)
        if fault.get("also_next"):
            ground.put(at + 1, name, value)
    told = fault.get("told", ["this"])
    if "copy" in told:
        rows["copy"] = ground.first + len(ground.projects)
        for column in range(1, page.max_column + 1):
            page.cell(rows["copy"], column, page.cell(rows["this"], column).value)
    header = ground.header(fault.get("column") or next(iter(cells)))
    ground.told += [(fault["kind"], page.title, rows[where], header) for where in told]
    for further in fault.get("then", ()):
        where = (page.title, rows[further["told"]], ground.header(further["column"]))
        ground.told.append((further["kind"], *where))


def _find(ground: Field, fault: Mapping[str, Any]) -> int:
    """Return the first project that a fault can be planted on, and mark it and the next as used."""
    rows = ground.projects
    for at in range(len(rows) - 1):
        near = range(at - _APART, at + _APART + 1)
        row = rows.iloc[at]
        pair = rows["project_id"].iloc[at + 1] == row["project_id"]
        shares = [rows["credit_share"].iloc[at + step] for step in (0, 1)]
        suits = (
            not ground.used.intersection(near)
            and (pair if fault.get("shared") else pd.isna(shares).all())
            and all(row[name] == value for name, value in fault.get("needs", {}).items())
            and all(pd.notna(row[name]) for name in fault.get("filled", ()))
            and all(pd.isna(row[name]) for name in fault.get("empty", ()))
        )
        if suits:
            ground.used |= {at, at + 1}
            return at
    raise LookupError(fault["kind"])


def _add_settings(page: Any, faults: list[dict[str, str]]) -> Iterator[tuple[str, str, int, str]]:
    for fault in faults:
        row = page.max_row + 1
        page.cell(row, 1, fault["name"])
        page.cell(row, 2, fault["value"])
        yield fault["kind"], page.title, row, fault["name"]


def _add_sheet(book: Any, sheet: Mapping[str, Any]) -> Iterator[tuple[str, str, int, str]]:
    """Add a sheet with faults of its own."""
    page = book.create_sheet(sheet["name"])
    for cells in sheet["rows"]:
        page.append([None if value == "" else value for value in cells])
    for cells in sheet.get("merged", ()):
        page.merge_cells(cells)
    if sheet.get("hidden"):
        page.sheet_state = "hidden"
    for kind, row, column in sheet["faults"]:
        yield kind, sheet["name"], row, column


def read_planted(path: str | Path) -> pd.DataFrame:
    """Read the list of planted faults: kind, sheet, row, column."""
    return pd.read_csv(path, dtype={"row": int}, keep_default_na=False, encoding="utf-8")
