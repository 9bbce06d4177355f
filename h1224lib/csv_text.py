"""Tables as CSV text: exact numbers, and no formulas."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd


def exact(value: Any) -> str:
    """Write one cell for a machine: no rounding, no trailing zero, nothing for <NA>.

    Examples
    --------
    >>> exact(1000.0), exact(29.525), exact(pd.NA), exact(("i1", "i2")), exact(True)
    ('1000', '29.525', '', 'i1;i2', 'yes')
    """
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    if pd.isna(value):
        return ""
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if pd.api.types.is_float(value):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value)


def write_csv(frame: pd.DataFrame, guard: bool = False) -> str:
    r"""Write a table as CSV text with LF line ends, numbers exact.

    Parameters
    ----------
    frame : DataFrame
        Codes for machines, or the result of `word_table` for people.
    guard : bool
        Keep text that a spreadsheet would take for a formula from being one.

    Examples
    --------
    >>> write_csv(pd.DataFrame({"a": ["=1+1", "-"], "b": [-1.5, 2.0]}), guard=True)
    "a,b\n'=1+1,-1.5\n-,2\n"
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in (tuple(map(str, frame.columns)), *frame.itertuples(index=False, name=None)):
        writer.writerow(
            guard_text(value) if guard and isinstance(value, str) else exact(value) for value in row
        )
    return out.getvalue()


def guard_text(text: str) -> str:
    """Prefix text that a spreadsheet would run as a formula (OWASP, CSV injection).

    Examples
    --------
    >>> guard_text("@SUM(A1)"), guard_text("-"), guard_text("1.6")
    ("'@SUM(A1)", '-', '1.6')
    """
    # Spreadsheets set to Chinese or Japanese take full-width signs for the plain ones.
    risky = text.startswith(tuple("=+-@\t\r\n＝＋－＠")) and text != "-"
    return f"'{text}" if risky else text
