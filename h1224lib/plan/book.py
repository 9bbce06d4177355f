"""Workbooks as people keep them: guarded, then read cell by cell, with what each cell shows."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from h1224lib.errors import BookError
from h1224lib.findings import Problem, problem

# Far beyond any printed table, and read within seconds.
MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 50 * 2**20
MOST_CELLS = 200_000

# Formats under which a number is printed digit by digit, once padding and colours are taken off.
_PADDING = re.compile(r"_.|\*.|\[[A-Za-z]+\d*\]|\\(?=[ \-()])|[ ()]")
_PLAIN = re.compile(r"General|@|(?:(?P<comma>#,##)|#)?0(?:\.(?P<decimals>0+))?")
Place = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """What one cell shows.

    Parameters
    ----------
    text : str
        The characters shown, as far as the file tells them.
    value : Decimal, optional
        The number, where the cell is a number or a text of nothing but digits.
    trouble : str
        Why it cannot be read: ``""``, or a kind of problem.
    """

    text: str
    value: Decimal | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its cells by row and column from 1, merged ranges, and what it hides."""

    name: str
    cells: dict[Place, Cell]
    merged: dict[Place, Place] = field(default_factory=dict)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def origin(self, row: int, column: int) -> Place:
        """Return the cell that a cell shows: the first of its merged range, or itself."""
        return self.merged.get((row, column), (row, column))

    def at(self, row: int, column: int) -> Cell:
        """Return what is shown at a place."""
        return self.cells.get(self.origin(row, column), Cell(""))

    @functools.cached_property
    def height(self) -> int:
        """The last row that shows anything."""
        return max((row for row, _ in self.cells), default=0)

    @functools.cached_property
    def width(self) -> int:
        """The last column that shows anything, or that a merged range reaches."""
        return max((column for _, column in (*self.cells, *self.merged)), default=0)


@dataclass
class Log:
    """The problems of one workbook, in the order in which they are met."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, kind: str, sheet: Sheet, place: Place, found: str = "", **more: Any) -> None:
        """Add a problem at a cell."""
        cell = address(place)
        file = f"[{self.file}]{sheet.name}"
        column = cell.rstrip("0123456789")
        found = " ".join(found.split())
        self.problems.append(problem(kind, file, place[0], column, found, cell=cell, **more))


def address(place: Place) -> str:
    """Name a cell as workbooks do.

    Examples
    --------
    >>> address((7, 4))
    'D7'
    """
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(place[1])}{place[0]}"


def read_book(path: Path) -> list[Sheet]:
    """Read the sheets of an .xlsx workbook.

    Raises
    ------
    BookError
        It is not there, no .xlsx, encrypted, damaged, or beyond the limits of size and cells.
    """
    _guard(path)
    shown, formulas = (_open(path, stored) for stored in (True, False))
    sheets = []
    for sheet, source in zip(shown.worksheets, formulas.worksheets, strict=True):
        if sheet.max_row * sheet.max_column > MOST_CELLS:
            raise BookError("book_too_many_cells", file=path.name, most=MOST_CELLS)
        cells = {}
        for row in sheet.iter_rows():
            for cell in row:
                other = source.cell(cell.row, cell.column)
                if cell.value is not None or other.value is not None:
                    cells[cell.row, cell.column] = _read_cell(cell, other)
        sheets.append(_make_sheet(sheet, {p: c for p, c in cells.items() if c.text or c.trouble}))
    return sheets


def _guard(path: Path) -> None:
    """Refuse what is no workbook or too large for one, before anything of it is parsed."""
    name = path.name
    if not path.is_file():
        raise BookError("book_missing", file=str(path))
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise BookError("book_too_large", file=name, found=_mb(size), most=_mb(MOST_BYTES))
    raw = path.read_bytes()
    # An encrypted workbook is an OLE file around the encrypted one; so is an .xls.
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        sealed = "EncryptedPackage".encode("utf-16-le") in raw
        raise BookError("book_encrypted" if sealed else "book_no_xlsx", file=name)
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise BookError("book_encrypted", file=name)
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MOST_UNPACKED:
                sizes = (_mb(unpacked), _mb(MOST_UNPACKED))
                raise BookError("book_unpacks_too_large", file=name, found=sizes[0], most=sizes[1])
            if "xl/workbook.xml" not in package.namelist():
                raise BookError("book_no_xlsx", file=name)
            _guard_cells(package, name)
    except (zipfile.BadZipFile, ElementTree.ParseError, NotImplementedError) as error:
        raise BookError("book_no_xlsx", file=name) from error


def _guard_cells(package: zipfile.ZipFile, name: str) -> None:
    """Count cells, those of merged ranges with them: openpyxl makes an object of each."""
    count = 0
    for part in package.namelist():
        if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
            continue
        with package.open(part) as file:
            for event, element in ElementTree.iterparse(file, events=("start", "end")):
                tag = element.tag.rpartition("}")[2]
                if event == "end":
                    element.clear()
                elif tag == "c":
                    count += 1
                elif tag == "mergeCell":
                    count += _size(element.get("ref", ""))
                if count > MOST_CELLS:
                    raise BookError("book_too_many_cells", file=name, most=MOST_CELLS)


def _size(ref: str) -> int:
    from openpyxl.utils.cell import range_boundaries

    left, top, right, bottom = range_boundaries(ref)
    # Whole rows and whole columns have no bounds.
    return MOST_CELLS + 1 if None in (left, top) else (right - left + 1) * (bottom - top + 1)


def _mb(size: int) -> str:
    return f"{size / 2**20:.0f}"


def _open(path: Path, stored: bool) -> Any:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # Of drawings, extensions and styles that it leaves out: none bears on the numbers.
            warnings.simplefilter("ignore")
            return load_workbook(path, data_only=stored)
    except Exception as error:  # whatever a damaged file makes a parser raise
        raise BookError("book_damaged", file=path.name, reason=str(error)[:80]) from error


def _make_sheet(sheet: Any, cells: dict[Place, Cell]) -> Sheet:
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    columns = {
        number
        for entry in sheet.column_dimensions.values()
        if entry.hidden
        for number in range(entry.min or 0, min(entry.max or 0, sheet.max_column) + 1)
    }
    rows = {number for number, entry in sheet.row_dimensions.items() if entry.hidden}
    hidden = sheet.sheet_state != "visible"
    return Sheet(sheet.title, cells, merged, hidden, frozenset(rows), frozenset(columns))


def _read_cell(cell: Any, source: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell(str(source.value), trouble="matrix_no_result")
    if cell.data_type == "e":
        return Cell(str(value), trouble="matrix_error")
    if isinstance(value, bool | dt.date | dt.time | dt.timedelta):
        return Cell(str(value), trouble="matrix_unreadable")
    if isinstance(value, int | float):
        return _read_number(Decimal(format(value, ".15g")), str(cell.number_format))
    # Digits kept as text are digits, of full width too.
    text = unicodedata.normalize("NFKC", str(value)).strip()
    digits = re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?", text, re.ASCII)
    if digits:
        return Cell(text, Decimal(text.replace(",", "")))
    return Cell(str(value).strip())


def _read_number(value: Decimal, number_format: str) -> Cell:
    """Read a number as it is shown; where that is not what is stored, say so and read neither."""
    sections = number_format.split(";")
    chosen = 0 if value > 0 else 1 if value < 0 else 2
    section = sections[chosen] if chosen < len(sections) else sections[0]
    plain = _PLAIN.fullmatch(_PADDING.sub("", section).lstrip("-"))
    if not plain:
        return Cell(f"{value:f}", trouble="matrix_format")
    comma = "," if plain["comma"] else ""
    if _PADDING.sub("", section) in ("General", "@"):
        return Cell(f"{value:f}", value)
    text = format(value, f"{comma}.{len(plain['decimals'] or '')}f")
    if Decimal(text.replace(",", "")) != value:
        return Cell(f"{value:f}", trouble="matrix_format")
    return Cell(text, value)
