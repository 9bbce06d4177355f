"""The dirty demonstration ledger as .xls: xlwt is a developer's package, not the library's."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import xlwt

# The day from which Excel counts; its codes of errors, as BIFF stores them.
_EPOCH = dt.date(1899, 12, 30).toordinal()
_ERRORS = {"#REF!": 0x17, "#N/A": 0x2A}


def write_xls(book: openpyxl.Workbook) -> bytes:
    """Write a workbook as BIFF: equal cells give equal bytes.

    Parameters
    ----------
    book : openpyxl.Workbook
        Values, errors, dates, merged ranges, hidden sheets and formulas, which have no result.

    Raises
    ------
    KeyError
        A cell holds an error other than those that are planted.
    """
    made = xlwt.Workbook(encoding="utf-8")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for page in book.worksheets:
        sheet = made.add_sheet(page.title)
        sheet.visibility = 0 if page.sheet_state == "visible" else 1
        merged = {(r.min_row, r.min_col): r for r in page.merged_cells.ranges}
        for cell in (cell for row in page.iter_rows() for cell in row if cell.value is not None):
            at = merged.get((cell.row, cell.column))
            if cell.data_type == "f":
                # xlwt stores no result of a formula.
                sheet.write(cell.row - 1, cell.column - 1, xlwt.Formula(cell.value[1:]))
            elif cell.data_type == "e":
                sheet.row(cell.row - 1).set_cell_error(cell.column - 1, _ERRORS[cell.value])
            elif at:
                corners = (at.min_row - 1, at.max_row - 1, at.min_col - 1, at.max_col - 1)
                sheet.write_merge(*corners, cell.value)
            else:
                day = isinstance(cell.value, dt.date)
                said = cell.value.toordinal() - _EPOCH if day else cell.value
                sheet.write(cell.row - 1, cell.column - 1, said, *([style] if day else []))
    memory = io.BytesIO()
    made.save(memory)
    return memory.getvalue()
