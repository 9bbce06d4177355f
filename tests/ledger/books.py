"""Small ledgers as workbooks, written cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

HEADERS = ["项目编号", "项目名称", "区县", "行业", "类别", "总投资（亿元）", "签约日期"]
TITLE = "2024年服务业招商项目台账（截至2024年6月30日）"
GOOD = ["HZ001", "虚构云仓", "德清县", "物流业", "固投类", 3.2, dt.date(2024, 3, 1)]

Rows = Sequence[Sequence[Any]]


class Formula(str):
    """A formula; its stored result is what `result` says."""

    result: Any = ""


def write_book(
    path: Path, sheets: dict[str, Rows], merged: dict[str, list[str]] | None = None
) -> Path:
    """Write sheets of rows; a merged range shows what its first cell holds."""
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for area in (merged or {}).get(name, []):
            sheet.merge_range(area, "")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                _write(sheet, r, c, value, day)
    book.close()
    return path


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, Formula):
        sheet.write_formula(row, column, str(value), None, value.result)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value not in ("", None):
        sheet.write_string(row, column, value)


def rows_of(*rows: Sequence[Any], headers: Sequence[str] = HEADERS, title: str = TITLE) -> Rows:
    """Return a title, a header and rows."""
    return [[title], list(headers), *rows]


def varied(**changes: Any) -> list[Any]:
    """Return the good row with some cells changed, by the number of the column: c2="湖州"."""
    row = list(GOOD)
    for column, value in changes.items():
        row[int(column[1:])] = value
    return row
