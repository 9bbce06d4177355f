"""Copies of a ledger with a column of problems: the original is only read.

Of an OOXML workbook, each part stays as it is, byte for byte, but for the sheets with problems, and
those but for the cells of the new column. A workbook of another format cannot be added to; its
values, and those of a text file, are written into a new workbook. A Parquet file gets one column
more, its others as they are stored.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from h1224lib import wording
from h1224lib.errors import OutputError
from h1224lib.files import write_whole
from h1224lib.findings import SEVERITIES, Problem
from h1224lib.ledger.annotation import (
    annotate_sheet,
    drop_annotation,
    find_annotation,
    is_annotation,
)
from h1224lib.ledger.biff import read_biff
from h1224lib.ledger.delimited import read_delimited
from h1224lib.ledger.grids import Grid
from h1224lib.ledger.guards import Limits, Package, tell_format
from h1224lib.ledger.headers import find_head
from h1224lib.ledger.model import Ledger
from h1224lib.ledger.ooxml import list_sheets, read_ooxml
from h1224lib.ledger.told import sheet_of, word_problem

_READERS = {"ooxml": read_ooxml, "biff": read_biff, "text": read_delimited}
# Excel's own limit of one cell.
_LONGEST = 32_767
Notes = Mapping[int, str]  # row, counted from 1 -> what the new column says there


def check_place(out: Path, ledger: Path | None = None, limits: Limits | None = None) -> None:
    """Refuse a place where no new workbook, or no copy of a ledger's file, can be written.

    Raises
    ------
    OutputError
        Something stands there already, or its name does not end in ``.xlsx``, of a copy of a
        Parquet file in ``.parquet``.
    LedgerError
        The file to copy is no ledger.
    """
    columnar = ledger is not None and tell_format(ledger, limits or Limits()) == "parquet"
    suffix = ".parquet" if columnar else ".xlsx"
    if out.suffix.lower() != suffix:
        raise OutputError("out_no_workbook", file=out, suffix=suffix)
    if out.exists():
        raise OutputError("out_exists", file=out)


def write_copy(
    path: Path, ledger: Ledger, out: Path, lang: str, limits: Limits | None = None
) -> Path:
    """Write a copy of a ledger's file whose last column says what is wrong with each row.

    Parameters
    ----------
    path : Path
        The file that was read; it is not written to.
    ledger : Ledger
        As `read_ledger` returned it.
    out : Path
        The workbook to write, ending in ``.xlsx``; of a Parquet file, in ``.parquet``.
    lang : str
        Language of the problems.
    limits : Limits, optional
        As for reading.

    Returns
    -------
    Path
        The same place.

    Raises
    ------
    OutputError
        Something stands at `out`, or its name has another ending.
    LedgerError
        The file is no ledger any more.
    """
    limits = limits or Limits()
    check_place(out, path, limits)
    kind = tell_format(path, limits)
    if kind == "parquet":
        return write_whole(out, _annotate_columns(path, ledger, lang))
    read = _READERS[kind](path, limits)
    grids = [drop_annotation(grid) for grid in read]
    notes = {grid.name: _list_notes(grid, ledger, lang) for grid in grids}
    if kind == "ooxml":
        earlier = {grid.name: find_annotation(grid) for grid in read}
        return write_whole(out, _annotate_book(Package(path, limits), notes, earlier))
    return write_whole(out, _write_book(grids, notes))


def _list_notes(grid: Grid, ledger: Ledger, lang: str) -> dict[int, str]:
    """Return what the new column says in each row of a sheet; nothing where it has no problem."""
    head = find_head(grid)
    top = 1 if head is None else head.bottom + 1
    told = _sort_problems(grid.name, ledger, top)
    if not told:
        return {}
    told.setdefault(top, [])
    title = wording.say("copy_column", lang)
    return {
        row: "\n".join([*([title] if row == top else []), *_word(problems, lang)])[:_LONGEST]
        for row, problems in told.items()
    }


def _sort_problems(sheet: str, ledger: Ledger, top: int) -> dict[int, list[Problem]]:
    """Sort the problems of a sheet by row; what has none is said in the row `top`."""
    told: dict[int, list[Problem]] = defaultdict(list)
    # A file as a whole has no row: what is wrong with it is said on its first sheet of projects.
    first = ledger.origins.sheets[:1] == [sheet]
    for problem in ledger.problems:
        own = sheet_of(problem)
        if own == sheet or (not own and first):
            told[problem.row or top].append(problem)
    return told


def _word(problems: list[Problem], lang: str) -> list[str]:
    """Word problems, the gravest first."""
    ordered = sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))
    lines = []
    for problem in ordered:
        parts = [problem.column, word_problem(problem, lang)]
        parts += [problem.expected(lang), problem.remedy(lang)]
        text = wording.say("problem.line", lang, parts=[part for part in parts if part])
        lines.append(wording.say(f"marked.{problem.severity}", lang, text=text))
    return lines


def _annotate_book(
    package: Package, notes: Mapping[str, Notes], earlier: Mapping[str, int | None]
) -> bytes:
    """Return the workbook with the cells of the new column put into its sheets."""
    parts, _ = list_sheets(package)
    changed = {
        parts[name]: annotate_sheet(package.read(parts[name]), said, earlier[name])
        for name, said in notes.items()
        if said or earlier[name] is not None
    }
    memory = io.BytesIO()
    with ZipFile(io.BytesIO(package.raw)) as old, ZipFile(memory, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = changed.get(entry.filename)
            new.writestr(entry, old.read(entry) if content is None else content)
    return memory.getvalue()


def _annotate_columns(path: Path, ledger: Ledger, lang: str) -> bytes:
    """Return a Parquet file with one column more, blank in the rows without a problem."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    table = table.select([name for name in table.column_names if not is_annotation(name)])
    said: list[str | None] = [None] * len(table)
    for row, problems in _sort_problems(path.stem, ledger, top=1).items():
        if said:
            said[row - 1] = "\n".join(_word(problems, lang))
    column = pa.array(said, pa.string())
    memory = io.BytesIO()
    pq.write_table(table.append_column(wording.say("copy_column", lang), column), memory)
    return memory.getvalue()


def _write_book(grids: list[Grid], notes: Mapping[str, Notes]) -> bytes:
    """Write the values of sheets into a new workbook, what is wrong beside them."""
    import xlsxwriter

    memory = io.BytesIO()
    # Text stays text: nothing becomes a formula, an address or a number.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, options)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for grid in grids:
        page = book.add_worksheet(grid.name[:31])
        for row, cells in enumerate(grid.rows):
            for column, value in enumerate(cells):
                if isinstance(value, dt.datetime):
                    page.write_datetime(row, column, value, moment)
                elif isinstance(value, (dt.date, dt.time)):
                    page.write_datetime(row, column, value, day)
                elif value not in ("", None):
                    _write_plain(page, row, column, value)
        for line, text in notes[grid.name].items():
            page.write_string(line - 1, grid.width, text)
        if grid.hidden:
            page.hide()
    book.close()
    return memory.getvalue()


def _write_plain(page: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, str(value)[:_LONGEST])
