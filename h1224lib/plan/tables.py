"""Read one table of a plan folder, and list whatever is wrong with it."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.findings import Problem, problem
from h1224lib.resources import PACKAGE
from h1224lib.steps import LARGEST
from h1224lib.wording import join

# A code names files, places and columns, so nothing that a path or a list could misread.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+~-]*")
# ASCII alone, its length bounded, no exponent: Decimal reads １２ and 1e1000000, people do not.
_NUMBER = re.compile(r"[+-]?(?=.{1,400}$)(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SMALLEST = 10**15  # steps in a unit


@functools.cache
def plan_format() -> dict[str, dict[str, Any]]:
    """Return the plan format: table -> required, key, fields."""
    text = (PACKAGE / "plan" / "format.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def decode(path: Path) -> tuple[str, list[Problem]]:
    """Read a file as UTF-8, with or without a byte order mark.

    Where it is not UTF-8, the first such row is a problem, and U+FFFD stands for what is lost.
    """
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        found = error.object[error.start : error.start + 4].hex(" ")
        # UTF-16 has a NUL beside each ASCII sign: nothing of it can be read.
        text = "" if b"\0" in raw else raw.decode("utf-8-sig", errors="replace")
        return text, [problem("not_utf8", path.name, row, found=found)]


def drop_lost(problems: list[Problem]) -> list[Problem]:
    """Drop what follows from a file that is not UTF-8: it is one problem, not one a cell."""
    if all(p.kind != "not_utf8" for p in problems):
        return problems
    return [p for p in problems if "\ufffd" not in str(p.numbers)]


def read_table(
    path: Path, fields: dict[str, dict[str, Any]], extra: set[str] | None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a CSV table as text, indexed by line number, with the problems of its shape.

    Parameters
    ----------
    path : Path
        The CSV file.
    fields : dict
        The format's fields of this table.
    extra : set of str, optional
        Further columns that the plan's own description declares; None where none can be.

    Returns
    -------
    DataFrame, list of Problem
        The cells as text (empty where empty), and what is wrong with columns and rows.
    """
    text, problems = decode(path)
    if problems and not text:
        return pd.DataFrame(), problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        problems.append(problem("not_csv", path.name, reader.line_num, found=error))
        return pd.DataFrame(), problems
    problems += _check_header(path.name, header, fields, extra)
    for line, row in rows:
        if len(row) != len(header):
            problems.append(
                problem("ragged_row", path.name, line, found=len(row), wanted=len(header))
            )
    kept = [(line, row) for line, row in rows if len(row) == len(header)]
    index = pd.Index([line for line, _ in kept], name="line")
    frame = pd.DataFrame([row for _, row in kept], columns=header, index=index, dtype=str)
    return frame.loc[:, ~frame.columns.duplicated()], problems


def _check_header(
    file: str, header: list[str], fields: dict[str, dict[str, Any]], extra: set[str] | None
) -> list[Problem]:
    known = join(list(fields), "en")
    unknown = [name for name in dict.fromkeys(header) if name not in {*fields, *(extra or ())}]
    problems = [
        problem("undeclarable_column", file, 1, name, found=name, known=known)
        if extra is None
        else problem("unknown_column", file, 1, name, found=name, known=known)
        for name in unknown
    ]
    problems += [
        problem("repeated_column", file, 1, name, found=name)
        for name in sorted({n for n in header if header.count(n) > 1})
    ]
    needed = [n for n, f in fields.items() if f.get("required") and not f.get("optional_column")]
    problems += [
        problem("missing_column", file, 1, name, known=join(header, "en"))
        for name in needed
        if name not in header
    ]
    return problems


def check_cells(file: str, frame: pd.DataFrame, spec: dict[str, Any]) -> list[Problem]:
    """List the cells of a table that break the format: empty, ill-typed, unlisted, repeated."""
    problems: list[Problem] = []
    for name, field in spec["fields"].items():
        if name not in frame:
            continue
        column = frame[name]
        if field.get("required"):
            for line in column.index[column == ""]:
                problems.append(problem("empty_cell", file, line, name))
        filled = column[column != ""]
        if "enum" in field:
            choices = field["enum"]
            # Of a list, every item is among them.
            items = filled.str.split(";") if field.get("list") else filled.map(lambda cell: [cell])
            bad = filled[[not set(cell) <= set(choices) for cell in items]]
            problems += [
                problem("not_listed", file, line, name, found, choices=choices)
                for line, found in bad.items()
            ]
        problems += _check_type(file, name, field["type"], filled)
    return problems + _check_key(file, frame, spec["key"])


def _check_type(file: str, name: str, kind: str, filled: pd.Series) -> list[Problem]:
    fits = _FITS.get(kind)
    if not fits:
        return []
    bad = {text for text in filled.unique() if not fits(text)}
    problems = [
        problem(f"not_{kind}", file, line, name, found)
        for line, found in filled.items()
        if found in bad
    ]
    if kind == "number":
        problems += [
            problem("too_large", file, line, name, found, most=LARGEST)
            for line, found in filled.items()
            if found not in bad and abs(Decimal(found)) > LARGEST
        ]
    return problems


def _check_key(file: str, frame: pd.DataFrame, key: list[str]) -> list[Problem]:
    if any(name not in frame for name in key):
        return []
    problems = []
    first: dict[tuple[str, ...], int] = {}
    repeated = frame[frame.duplicated(key, keep=False)]
    for line, row in zip(repeated.index, repeated[key].itertuples(index=False), strict=True):
        if tuple(row) in first:
            found = ", ".join(row)
            before = first[tuple(row)]
            problems.append(problem("repeated_key", file, line, key[0], found, before=before))
        else:
            first[tuple(row)] = line
    return problems


def is_number(text: str) -> bool:
    """Tell whether a cell is a plain number: digits, sign, point, and nothing else."""
    return _NUMBER.fullmatch(text) is not None


def is_step(text: str) -> bool:
    """Tell whether a cell is a number above 0 in whose multiples values can be counted."""
    if not is_number(text) or Decimal(text) <= 0:
        return False
    step = Fraction(Decimal(text))
    return step.numerator <= LARGEST and step.denominator <= _SMALLEST


def is_date(text: str) -> bool:
    """Tell whether a cell is a day of the calendar, as 2023-12-31."""
    if not _DATE.fullmatch(text):
        return False
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_FITS = {
    "number": is_number,
    "positive": is_step,
    "date": is_date,
    "code": lambda text: CODE.fullmatch(text) is not None,
}
