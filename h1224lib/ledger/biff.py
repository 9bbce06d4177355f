"""Workbooks in BIFF (.xls, .et): every cell with its type, by xlrd."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from h1224lib.errors import LedgerError
from h1224lib.ledger.grids import Grid, Place
from h1224lib.ledger.guards import Limits


def read_biff(path: Path, limits: Limits) -> list[Grid]:
    """Read the sheets of a BIFF workbook.

    Parameters
    ----------
    path : Path
        The workbook, of Excel 5 or later or of WPS.
    limits : Limits
        Sheets are counted before they are read, cells sheet by sheet.

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
        total = 0
        for number in range(book.nsheets):
            sheet = book.sheet_by_index(number)
            total += sum(sheet.row_len(row) for row in range(sheet.nrows)) + sheet.nrows
            limits.refuse_beyond("cells", total, path.name)
            grids.append(_read_sheet(sheet, book.datemode))
            book.unload_sheet(number)
    except LedgerError:
        raise
    except Exception as error:  # whatever a damaged file makes a parser raise
        sealed = "encrypted" in str(error).lower()
        key = "ledger_encrypted" if sealed else "ledger_damaged"
        raise LedgerError(key, file=path.name, reason=str(error)[:80]) from error
    return grids


def _read_sheet(sheet: Any, datemode: int) -> Grid:
    troubles: dict[Place, str] = {}
    rows = []
    for row in range(sheet.nrows):
        types, values = sheet.row_types(row), sheet.row_values(row)
        cells = [_value(t, v, datemode) for t, v in zip(types, values, strict=True)]
        for column, kind in enumerate(types):
            if kind == 5:  # XL_CELL_ERROR
                troubles[row, column] = "ledger_error_cell"
        rows.append(cells)
    # xlrd counts the ends of a range as Python does.
    merged = [(top, left, last - 1, end - 1) for top, last, left, end in sheet.merged_cells]
    return Grid(sheet.name, rows, merged, troubles, sheet.visibility != 0, from_1904=bool(datemode))


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
