"""Workbooks in BIFF (.xls, .et): every cell with its type, by xlrd."""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from h1224lib.errors import LedgerError
from h1224lib.ledger.grids import Grid, Place
from h1224lib.ledger.guards import Limits
from h1224lib.ledger.shown import format_of, is_telling

_EMPTY = "ledger_formula_empty"
# Records of the stream: a formula, as Excel 5 and later or Excel 3 and 4 number them; the ends of
# a sheet's part.
_FORMULA, _BEGIN, _END = (0x0006, 0x0206, 0x0406), 0x0809, 0x000A
_NO_TEXT = b"\x17\x00"  # among what a formula is made of: the text ""


def read_biff(path: Path, limits: Limits) -> list[Grid]:
    """Read the sheets of a BIFF workbook.

    Parameters
    ----------
    path : Path
        The workbook, of Excel 5 or later or of WPS.
    limits : Limits
        Sheets are counted before they are read, cells and what they show sheet by sheet.

    Returns
    -------
    list of Grid
        In the order of the tabs.

    Raises
    ------
    LedgerError
        It is encrypted or damaged, or exceeds a limit.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(
            file_contents=path.read_bytes(),
            formatting_info=True,  # merged ranges come with it
            ragged_rows=True,
            on_demand=True,
            logfile=io.StringIO(),
        )
        limits.refuse_beyond("sheets", book.nsheets, path.name)
        grids = []
        telling = _find_formats(book)
        total = shown = 0
        for number in range(book.nsheets):
            sheet = book.sheet_by_index(number)
            total += sum(sheet.row_len(row) for row in range(sheet.nrows)) + sheet.nrows
            limits.refuse_beyond("cells", total, path.name)
            grids.append(_read_sheet(sheet, book.datemode, telling))
            # A text that is stored once stands in many cells.
            shown += sum(len(cell) for row in grids[-1].rows for cell in row if type(cell) is str)
            limits.refuse_beyond("unpacked", shown, path.name)
            book.unload_sheet(number)
        _tell_uncalculated(book, grids)
    except LedgerError:
        raise
    except Exception as error:  # whatever a damaged file makes a parser raise
        sealed = "encrypted" in str(error).lower()
        key = "ledger_encrypted" if sealed else "ledger_damaged"
        raise LedgerError(key, file=path.name, reason=str(error)[:80]) from error
    return grids


def _find_formats(book: Any) -> dict[int, str]:
    """Return the number formats that may show something else than is stored, by style."""
    codes = {
        at: format_of(
            style.format_key, getattr(book.format_map.get(style.format_key), "format_str", None)
        )
        for at, style in enumerate(book.xf_list)
    }
    return {at: code for at, code in codes.items() if code and is_telling(code)}


def _read_sheet(sheet: Any, datemode: int, telling: dict[int, str]) -> Grid:
    troubles: dict[Place, str] = {}
    formats: dict[Place, str] = {}
    rows = []
    for row in range(sheet.nrows):
        types, values = sheet.row_types(row), sheet.row_values(row)
        cells = [_value(t, v, datemode) for t, v in zip(types, values, strict=True)]
        for column, kind in enumerate(types):
            if kind == 5:  # XL_CELL_ERROR
                troubles[row, column] = "ledger_error_cell"
            if kind == 1 and values[column] == "":  # a text without any: of a formula
                troubles[row, column] = _EMPTY
            if telling and kind in (2, 3) and sheet.cell_xf_index(row, column) in telling:
                formats[row, column] = telling[sheet.cell_xf_index(row, column)]
        rows.append(cells)
    # xlrd counts the ends of a range as Python does.
    merged = [(top, left, last - 1, end - 1) for top, last, left, end in sheet.merged_cells]
    return Grid(sheet.name, rows, merged, troubles, sheet.visibility != 0,
                from_1904=bool(datemode), formats=formats,
                hidden_rows=frozenset(r for r, info in sheet.rowinfo_map.items() if info.hidden),
                hidden_columns=frozenset(c for c, i in sheet.colinfo_map.items() if i.hidden)
                )  # fmt: skip


def _tell_uncalculated(book: Any, grids: list[Grid]) -> None:
    """Keep the troubles of formulas without a text only where nobody calculated the book.

    BIFF stores one result for a formula that was never calculated and for one that gave ``""``.
    Where no formula of the book has another, and one of them cannot give ``""`` of itself, a
    program wrote them all and calculated none.
    """
    if not any(_EMPTY in grid.troubles.values() for grid in grids):
        return
    places: list[set[Place]] = []
    other = impossible = False
    for start, grid in zip(book._sh_abs_posn, grids, strict=True):
        found = set()
        for place, tokens in _list_formulas(book.mem, start):
            found.add(place)
            if grid.troubles.get(place) != _EMPTY:
                other = True
            elif _NO_TEXT not in tokens:
                impossible = True
        places.append(found)
    lost = impossible and not other
    for grid, found in zip(grids, places, strict=True):
        for place in [p for p, kind in grid.troubles.items() if kind == _EMPTY]:
            if not lost or place not in found:
                del grid.troubles[place]


def _list_formulas(stream: bytes, at: int) -> Iterator[tuple[Place, bytes]]:
    """Yield where the formulas of one sheet stand, and what they are made of."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if kind in _FORMULA and depth == 1:  # deeper are charts
            yield struct.unpack_from("<HH", stream, at), stream[at + 20 : at + size]
        at += size


def _value(kind: int, value: Any, datemode: int) -> Any:
    """Return a cell's value: text 1, number 2, date 3, truth 4; blank, empty and errors are none.

    Examples
    --------
    >>> _value(3, 45052.0, 0), _value(2, 2023.1, 0), _value(4, 1, 0)
    (datetime.date(2023, 5, 6), 2023.1, True)
    """
    if kind == 3:
        epoch = dt.datetime(1904, 1, 1) if datemode else dt.datetime(1899, 12, 30)
        try:
            moment = epoch + dt.timedelta(days=value)
        except OverflowError:
            return value
        return moment.date() if value == int(value) else moment
    if kind == 4:
        return bool(value)
    return value if kind in (1, 2) else ""
