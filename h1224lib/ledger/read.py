"""Read a ledger: guard the file, find its sheets, clean their columns, judge all their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from h1224lib.errors import LedgerError
from h1224lib.findings import Problem
from h1224lib.ledger.annotation import drop_annotation
from h1224lib.ledger.assembly import assemble
from h1224lib.ledger.biff import read_biff
from h1224lib.ledger.cleaning import clean_sheet
from h1224lib.ledger.columns import Column
from h1224lib.ledger.delimited import read_delimited
from h1224lib.ledger.grids import Grid
from h1224lib.ledger.guards import Limits, tell_format
from h1224lib.ledger.marks import book_of, make_problem
from h1224lib.ledger.model import Ledger
from h1224lib.ledger.names import Terms, read_terms
from h1224lib.ledger.ooxml import read_ooxml
from h1224lib.ledger.settings import is_settings, read_settings
from h1224lib.ledger.sheets import Sheet, read_sheet
from h1224lib.ledger.vocabulary import list_fields, word_set
from h1224lib.plan.model import Plan
from h1224lib.plan.spelling import plain


def read_ledger(path: str | Path, plan: Plan, limits: Limits | None = None) -> Ledger:
    r"""Read a ledger as an office keeps it, and say everything that is wrong with it.

    Parameters
    ----------
    path : str or Path
        .xlsx, .xls, .et, .csv or .parquet; what it is, its content tells.
    plan : Plan
        Areas, industries and types are read by its names and aliases alone.
    limits : Limits, optional
        How large the file may be; by default what a city's ledger never reaches.

    Returns
    -------
    Ledger
        `projects` (investment in 亿元), `problems`, `settings`, `counts`, `rejected`. A row with
        an error is rejected, one with a warning or a note is not; each row is in `counts`.

    Raises
    ------
    LedgerError
        There is no such file, it is no table in these formats, encrypted, damaged or beyond a
        limit, or no sheet has a header.

    Examples
    --------
    >>> import tempfile
    >>> from h1224lib import load_plan
    >>> text = "项目编号,项目名称,区县,行业,类别,总投资（万元）,签约日期"
    >>> text += "\n001,甲,德清,文旅,营收类,5000,2023年5月6日\n合计,,,,,5000,"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "台账.csv")
    ...     _ = path.write_text(text, encoding="gbk")
    ...     ledger = read_ledger(path, load_plan())
    >>> ledger.projects.loc[0, ["project_id", "area"]].tolist(), ledger.projects["investment"].sum()
    (['001', 'deqing'], np.float64(0.5))
    >>> {kind: count for kind, count in ledger.counts.items() if count}
    {'rows': 3, 'projects': 1, 'header': 1, 'total': 1}
    """
    path, limits = Path(path), limits or Limits()
    kind = tell_format(path, limits)
    terms = read_terms(plan)
    problems: list[Problem] = []
    unread, settings_sheet = 0, None
    if kind == "parquet":
        from h1224lib.ledger.parquet import read_parquet

        columns = read_parquet(path, limits)
        sheets = [_as_sheet(path, columns)]
    else:
        readers = {"ooxml": read_ooxml, "biff": read_biff, "text": read_delimited}
        grids = readers[kind](path, limits)
        sheets, settings_sheet, problems, unread = _sort_sheets(grids, terms, path.name)
    if not sheets or not any(sheet.columns for sheet in sheets):
        raise LedgerError("ledger_no_table", file=path.name)
    titles = [title for sheet in sheets for title in sheet.titles]
    settings, found = read_settings(settings_sheet, titles, terms, path.name)
    problems += found
    if settings.vintage is None:
        problems.append(make_problem("ledger_no_vintage", path.name, None, "", ""))
    parts = [clean_sheet(sheet, settings, terms, path.name) for sheet in sheets]
    ledger = assemble(parts, settings, terms, path.name, problems)
    ledger.counts["other"] += unread
    ledger.counts["rows"] += unread
    return ledger


def _sort_sheets(
    grids: Sequence[Grid], terms: Terms, file: str
) -> tuple[list[Sheet], Grid | None, list[Problem], int]:
    """Return the sheets of projects, the settings, problems, and the rows of what is neither."""
    sheets: list[Sheet] = []
    settings = None
    problems = []
    unread = 0
    for grid in map(drop_annotation, grids):
        if is_settings(grid):
            settings = grid
        elif plain(grid.name) not in word_set("other_sheets"):
            sheet = read_sheet(grid, terms, file)
            filled = sum(any(cell not in ("", None) for cell in row) for row in grid.rows)
            if sheet is not None:
                sheets.append(sheet)
            elif filled:
                unread += len(grid.rows)
                place = book_of(file, grid.name)
                more = {"rows": filled}
                problems.append(make_problem("ledger_no_header", place, None, "", "", **more))
    return sheets, settings, problems, unread


def _as_sheet(path: Path, columns: list[Column]) -> Sheet:
    """Take the columns of a Parquet file for a sheet without titles; rows are counted from 1."""
    names = Counter(column.name for column in columns)
    again = {name for name, count in names.items() if count > 1 and name in list_fields()}
    problems = [
        make_problem(
            "ledger_column_twice",
            book_of(path.name, path.stem),
            None,
            column.header,
            column.header,
            means=list_fields()[column.name].label,
            cell="",
        )
        for column in columns
        if column.name in again
    ]
    kept = {column.header if column.name in again else column.name: column for column in columns}
    count = len(columns[0]) if columns else 0
    filled = np.zeros(count, dtype=bool)
    for column in columns:
        filled |= ~column.blank
    return Sheet(
        path.stem,
        {
            name: column.select(filled) if not filled.all() else column
            for name, column in kept.items()
        },
        (np.flatnonzero(filled) + 1).astype(np.int32),
        [path.stem],
        counts=Counter({"blank": int(count - filled.sum())}),
        problems=problems,
    )
