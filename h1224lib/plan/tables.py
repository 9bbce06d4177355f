"""Read one table of a plan folder, and list whatever is wrong with it."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.findings import Problem, problem
from h1224lib.resources import PACKAGE
from h1224lib.wording import join

# A code names files, places and columns, so nothing that a path or a list could misread.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+~-]*")


@functools.cache
def plan_format() -> dict[str, dict[str, Any]]:
    """Return the plan format: table -> required, key, fields."""
    text = (PACKAGE / "plan" / "format.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def decode(path: Path) -> tuple[str, list[Problem]]:
    """Read a file as UTF-8, with or without a byte order mark."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        found = raw[error.start : error.start + 4].hex(" ")
        return "", [problem("not_utf8", path.name, row, found=found)]


def read_table(
    path: Path, fields: dict[str, dict[str, Any]], extra: set[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a CSV table as text, indexed by line number, with the problems of its shape.

    Parameters
    ----------
    path : Path
        The CSV file.
    fields : dict
        The format's fields of this table.
    extra : set of str
        Further columns that the plan's own description declares.

    Returns
    -------
    DataFrame, list of Problem
        The cells as text (empty where empty), and what is wrong with columns and rows.
    """
    text, problems = decode(path)
    if problems:
        return pd.DataFrame(), problems
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        return pd.DataFrame(), [problem("not_csv", path.name, reader.line_num, found=error)]
    problems = _check_header(path.name, header, fields, extra)
    if problems:
        return pd.DataFrame(), problems
    for line, row in rows:
        if len(row) != len(header):
            problems.append(
                problem("ragged_row", path.name, line, found=len(row), wanted=len(header))
            )
    kept = [(line, row) for line, row in rows if len(row) == len(header)]
    index = pd.Index([line for line, _ in kept], name="line")
    frame = pd.DataFrame([row for _, row in kept], columns=header, index=index, dtype=str)
    return frame, problems


def _check_header(
    file: str, header: list[str], fields: dict[str, dict[str, Any]], extra: set[str]
) -> list[Problem]:
    known = list(fields)
    problems = [
        problem("unknown_column", file, 1, name, found=name, known=join(known, "en"))
        for name in header
        if name not in fields and name not in extra
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
            bad = filled[~filled.isin(field["enum"])]
            choices = field["enum"]
            problems += [
                problem("not_listed", file, line, name, found, choices=choices)
                for line, found in bad.items()
            ]
        fits = _FITS.get(field["type"])
        if fits:
            distinct = {value: fits(value) for value in filled.unique()}
            problems += [
                problem(f"not_{field['type']}", file, line, name, found)
                for line, found in filled.items()
                if not distinct[found]
            ]
    return problems + _check_key(file, frame, spec["key"])


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
    """Tell whether a cell is a plain number: digits, sign, point, exponent, and nothing else."""
    try:
        return Decimal(text).is_finite() and "_" not in text and text == text.strip()
    except InvalidOperation:
        return False


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_FITS = {
    "number": is_number,
    "positive": lambda text: is_number(text) and Decimal(text) > 0,
    "date": _is_date,
    "code": lambda text: CODE.fullmatch(text) is not None,
}
