"""A printed matrix becomes figures: areas across with their horizons, industries and types down."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.errors import BookError
from h1224lib.findings import Problem
from h1224lib.plan.book import Cell, Log, Place, address, read_book
from h1224lib.plan.headers import Band, find_bands, is_dash, is_words
from h1224lib.plan.model import KEYS
from h1224lib.plan.names import Names, plain, read_names
from h1224lib.plan.tables import CODE, plan_format
from h1224lib.steps import LARGEST, narrow


@dataclass(frozen=True)
class Matrix:
    """What a workbook gave: `figures` with the format's columns, and the `problems` of the rest."""

    figures: pd.DataFrame
    problems: list[Problem]
    parts: int


@dataclass
class _Reading:
    """What has been read so far."""

    log: Log
    names: Names
    place: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    read: dict[tuple[str, ...], tuple[int, str]] = field(default_factory=dict)
    industry_seen: bool = False


def import_matrix(book: str | Path, plan: str | Path, measure: str, place: str = "table") -> Matrix:
    """Read the printed matrices of a workbook into figures of a plan.

    Parameters
    ----------
    book : str or Path
        An .xlsx workbook. Each header row of areas, with a row of horizons below it, begins a
        part; industries and project types stand to the left. Parts are numbered through the book.
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
    reading = _Reading(Log(Path(book).name), read_names(plan, measure), place)
    bands = 0
    for sheet in read_book(Path(book)):
        if sheet.hidden:
            if sheet.cells:
                reading.log.note("matrix_hidden_sheet", sheet, min(sheet.cells), sheet.name)
            continue
        for band in find_bands(sheet, bands, reading.names, reading.log):
            bands += 1
            _read_band(band, reading)
    if not bands:
        raise BookError("book_no_matrix", file=reading.log.file)
    figures = pd.DataFrame(reading.rows, columns=list(plan_format()["figures"]["fields"]))
    for column in ("value", "value_max"):
        figures[column] = narrow(pd.to_numeric(figures[column]))
    return Matrix(figures, reading.log.problems, bands)


# Rows


def _read_band(band: Band, reading: _Reading) -> None:
    for row in range(band.bottom + 1, band.last + 1):
        filled = _filled(band, row)
        labels = _labels(band, row)
        values = [c for c in filled if not is_words(band.sheet.at(row, c))]
        if not filled or (not values and _is_remark(band, row, labels, filled, reading.names)):
            continue
        cells = [c for c in filled if c in band.columns]
        key = _read_labels(band, row, labels, reading) if cells else None
        if key is None:
            continue
        if row in band.sheet.hidden_rows:
            reading.log.note("matrix_hidden", band.sheet, (row, band.first_column))
            continue
        for column in cells:
            _read_figure(band, (row, column), key, reading)


def _filled(band: Band, row: int) -> list[int]:
    """Return the columns right of the labels that show something of their own in a row."""
    columns = range(band.first_column, band.sheet.width + 1)
    return [
        c
        for c in columns
        if band.sheet.origin(row, c)[1] >= band.first_column and _shows(band.sheet.at(row, c))
    ]


def _shows(cell: Cell) -> bool:
    return bool(cell.text or cell.trouble)


def _labels(band: Band, row: int) -> list[Place]:
    """Return the cells left of the numbers that a row stands under, each once."""
    origins = [band.sheet.origin(row, column) for column in range(1, band.first_column)]
    return list(dict.fromkeys(o for o in origins if _shows(band.sheet.at(*o))))


def _is_remark(band: Band, row: int, labels: list[Place], filled: list[int], names: Names) -> bool:
    """Tell a title or remark, one text in a row, from a row whose numbers cannot be read."""
    texts = {*labels, *(band.sheet.origin(row, c) for c in filled)}
    return len(texts) == 1 and not any(_codes(band.sheet.at(*label), names) for label in labels)


def _codes(cell: Cell, names: Names) -> dict[str, str]:
    text = plain(cell.text)
    found = {d: names.codes[d].get(text) for d in ("industry", "project_type")}
    meant = {dimension: code for dimension, code in found.items() if code}
    return meant or ({"measure": names.measure} if text in names.called else {})


def _read_labels(
    band: Band, row: int, labels: list[Place], reading: _Reading
) -> tuple[str, str] | None:
    """Return the industry and project type of a row, or None with the reason noted."""
    meant: dict[str, set[str]] = {"industry": set(), "project_type": set(), "measure": set()}
    if not labels:
        reading.log.note("matrix_no_label", band.sheet, (row, 1))
        return None
    for label in labels:
        cell = band.sheet.at(*label)
        codes = {} if cell.trouble else _codes(cell, reading.names)
        if not codes:
            known = [n for d in ("industry", "project_type") for n in reading.names.known[d]]
            reading.log.note(
                "matrix_unknown_label", band.sheet, (row, label[1]), cell.text, known=known
            )
            return None
        for dimension, code in codes.items():
            meant[dimension].add(code)
    found = " ".join(band.sheet.at(*label).text for label in labels)
    narrowed = {d: codes - {"all"} or codes for d, codes in meant.items()}
    if any(len(codes) > 1 for codes in narrowed.values()):
        reading.log.note("matrix_two_labels", band.sheet, (row, labels[0][1]), found)
        return None
    # Before the first industry, a row without one is a total. After it, it may as well continue
    # the industry above, across a page break too: then the row has to say which.
    if not narrowed["industry"] and reading.industry_seen:
        reading.log.note("matrix_no_industry", band.sheet, (row, labels[0][1]), found)
        return None
    industry = next(iter(narrowed["industry"]), "all")
    reading.industry_seen |= industry != "all"
    return industry, next(iter(narrowed["project_type"]), "all")


# Cells


def _read_figure(band: Band, at: Place, key: tuple[str, str], reading: _Reading) -> None:
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
        values = {"step": names.step, "most": LARGEST}
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
    steps = cell.value / Decimal(names.step)
    if abs(steps) > LARGEST:
        return "too_large"
    return "" if steps == steps.to_integral_value() else "off_step"


def _figure(
    code: tuple[str, ...], cell: Cell, part: int, again: bool, reading: _Reading
) -> dict[str, Any]:
    measure, area, industry, project_type, horizon = code
    # A number printed once more in a later part is a figure of its own.
    head = [reading.place, str(part)] if again else [reading.place]
    dash = cell.value is None
    return {
        **dict(zip(KEYS, code, strict=True)),
        "figure_id": ".".join([*head, measure, area, industry, project_type, horizon]),
        "relation": "=",
        "value": None if dash else float(cell.value or 0),
        "unit": reading.names.unit,
        "printed": "-" if dash else cell.text,
        "place": f"{reading.place}/{part}/{industry}/{project_type}",
        "effective": "",
        "note": "",
    }
