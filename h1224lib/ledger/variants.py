"""Variants: the dirty demonstration ledger as text, with the faults that text can hold."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import openpyxl


def write_gbk(book: openpyxl.Workbook) -> bytes:
    r"""Write a workbook's first sheet as text in GBK, with the line ends of Windows.

    Examples
    --------
    >>> book = openpyxl.Workbook()
    >>> book.active.append(["区县", dt.datetime(2024, 5, 6), 1.0])
    >>> write_gbk(book).decode("gbk")
    '区县,2024-05-06,1\r\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_text(cell) for cell in row] for row in book.worksheets[0].values)
    return out.getvalue().encode("gbk")


def _text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
