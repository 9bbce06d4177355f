"""A printed matrix becomes figures: areas across with their horizons, industries and types down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.errors import BookError
from h1224lib.findings import Problem
from h1224lib.plan.book import Cell, Log, Place, address, read_book
from h1224lib.plan.checks import check_amount
from h1224lib.plan.headers import Band, find_bands, is_dash
from h1224lib.plan.model import KEYS
from h1224lib.plan.names import Names, read_names
from h1224lib.plan.rows import Key, Reading, read_rows
from h1224lib.plan.tables import CODE, plan_format
from h1224lib.steps import LARGEST, narrow


@dataclass(frozen=True)
class Matrix:
    """What a workbook gave: `figures` with the format's columns, and the `problems` of the rest."""

    figures: pd.DataFrame
    problems: list[Problem]
    parts: int


@dataclass
class _Reading(Reading):
    """What has been read so far."""

    place: str = "table"
    rows: list[dict[str, Any]] = field(default_factory=list)
    read: dict[tuple[str, ...], tuple[int, str]] = field(default_factory=dict)


def import_matrix(book: str | Path, plan: str | Path, measure: str, place: str = "table") -> Matrix:
    """Read the printed matrices of a workbook into figures of a plan.

    Parameters
    ----------
    book : str or Path
        An .xlsx workbook. Each header row of areas, with a row of horizons below or above it,
        begins a part; industries and project types stand to the left, in every row or merged
        over them. Parts are numbered through the book.
    plan : str or Path
        The plan whose codes, names and aliases the headers are read against. Its figures are
        not looked at.
    measure : str
        What the matrix counts.
    place : str
        First word of the places: ``annex2`` gives ``annex2/1/software/revenue``.

    Returns
    -------
    Matrix
        `figures`: one row for each number or dash, in reading order, `relation` ``=``; `value` in
        the measure's unit, <NA> where ``-`` is printed. Blank cells and rows of text have no row.
        What else could not be read is among the `problems`, and nowhere in the figures.

    Raises
    ------
    BookError
        The workbook cannot be read or holds no matrix, or `place` is no code.
    UnknownNameError, PlanError
        There is no such plan or measure, or its tables have problems.
    """
    if not CODE.fullmatch(place):
        raise BookError("matrix_bad_place", found=place)
    reading = _Reading(Log(Path(book).name), read_names(plan, measure), place=place)
    bands = 0
    for sheet in read_book(Path(book)):
        if sheet.hidden:
            if sheet.cells:
                reading.log.note("matrix_hidden_sheet", sheet, min(sheet.cells), sheet.name)
            continue
        for band in find_bands(sheet, bands, reading.names, reading.log):
            bands += 1
            for row, columns, key in read_rows(band, reading):
                for column in columns:
                    _read_figure(band, (row, column), key, reading)
    if not bands:
        raise BookError("book_no_matrix", file=reading.log.file)
    figures = pd.DataFrame(reading.rows, columns=list(plan_format()["figures"]["fields"]))
    for end in ("value", "value_max"):
        figures[end] = narrow(pd.to_numeric(figures[end]))
    return Matrix(figures, reading.log.problems, bands)


# Cells


def _read_figure(band: Band, at: Place, key: Key, reading: _Reading) -> None:
    sheet, names = band.sheet, reading.names
    cell = sheet.at(*at)
    if at in sheet.merged:
        if sheet.origin(*at) == at:
            reading.log.note("matrix_merged", sheet, at, cell.text)
        return
    if at[1] in sheet.hidden_columns:
        reading.log.note("matrix_hidden", sheet, at, cell.text)
        return
    trouble = cell.trouble or _refuse(cell, names)
    if trouble:
        values = {"step": names.counted["step"], "most": LARGEST}
        reading.log.note(trouble, sheet, at, cell.text, **values)
        return
    area, horizon = band.columns[at[1]]
    code = (names.measure, area, *key, horizon)
    part, before = reading.read.get(code, (0, ""))
    if part == band.part:
        reading.log.note("matrix_repeated_cell", sheet, at, cell.text, before=before)
        return
    reading.rows.append(_figure(code, cell, band.part, bool(part), reading))
    reading.read[code] = (band.part, f"{sheet.name}!{address(at)}")


def _refuse(cell: Cell, names: Names) -> str:
    """Return the kind of problem that a cell's text or number is, or nothing."""
    if is_dash(cell):
        return ""
    if cell.value is None:
        return "matrix_unreadable"
    if abs(cell.value) > LARGEST:
        return "too_large"
    found = check_amount("", None, "value", f"{cell.value:f}", names.counted)
    return found[0].kind if found else ""


def _figure(
    code: tuple[str, ...], cell: Cell, part: int, again: bool, reading: _Reading
) -> dict[str, Any]:
    measure, area, industry, project_type, horizon = code
    # A number printed once more in a later part is a figure of its own.
    head = [reading.place, str(part)] if again else [reading.place]
    dash = cell.value is None
    return {
        **dict.fromkeys(plan_format()["figures"]["fields"], ""),
        **dict(zip(KEYS, code, strict=True)),
        "figure_id": ".".join([*head, measure, area, industry, project_type, horizon]),
        "relation": "=",
        "value": None if dash else float(cell.value or 0),
        "value_max": None,
        "unit": reading.names.counted["unit"],
        "printed": "-" if dash else cell.text,
        "place": f"{reading.place}/{part}/{industry}/{project_type}",
    }
