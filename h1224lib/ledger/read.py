"""Read a ledger: guard the file, find its sheets, clean their columns, judge all their rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from h1224lib.errors import LedgerError
from h1224lib.findings import Problem
from h1224lib.ledger.annotation import drop_annotation
from h1224lib.ledger.assembly import assemble
from h1224lib.ledger.biff import read_biff
from h1224lib.ledger.cleaning import clean_sheet
from h1224lib.ledger.delimited import read_delimited
from h1224lib.ledger.grids import Grid
from h1224lib.ledger.guards import Limits, read_limits, tell_format
from h1224lib.ledger.invented import find_sign
from h1224lib.ledger.marks import book_of, make_problem
from h1224lib.ledger.model import Ledger
from h1224lib.ledger.names import Terms, read_terms
from h1224lib.ledger.ooxml import read_ooxml
from h1224lib.ledger.settings import is_settings, read_settings
from h1224lib.ledger.sheets import Sheet, read_columns, read_sheets
from h1224lib.ledger.vocabulary import list_fields, word_set
from h1224lib.plan.model import Plan
from h1224lib.plan.spelling import plain
from h1224lib.synthetic import SYNTHETIC, is_synthetic

_FEWEST = 3  # columns of a ledger that a sheet named 说明 must have to be read as one


def read_ledger(path: str | Path, plan: Plan, limits: Limits | None = None) -> Ledger:
    r"""Read a ledger as an office keeps it, and say everything that is wrong with it.

    Parameters
    ----------
    path : str or Path
        .xlsx, .xls, .et, .csv or .parquet; what it is, its content tells.
    plan : Plan
        Areas, industries and types are read by its names and aliases alone.
    limits : Limits, optional
        How large the file may be; by default what ``h1224.toml`` beside the ledger says, or
        else what a city's ledger never reaches.

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
    SettingsError
        ``h1224.toml`` beside the ledger cannot be read.

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
    path = Path(path)
    limits = limits or read_limits(path.parent)
    kind = tell_format(path, limits)
    terms = read_terms(plan)
    grids: Sequence[Grid] = []
    if kind == "parquet":
        sheets, settings_sheets, problems, unread = _read_parquet(path, limits, terms)
    else:
        readers = {"ooxml": read_ooxml, "biff": read_biff, "text": read_delimited}
        grids = readers[kind](path, limits)
        sheets, settings_sheets, problems, unread = _sort_sheets(grids, terms, path.name)
    if not sheets or not any(sheet.columns for sheet in sheets):
        raise LedgerError("ledger_no_table", file=path.name)
    titles = [title for sheet in sheets for title in sheet.titles]
    settings, found = read_settings(settings_sheets, titles, terms, path.name)
    problems += found
    parts = [clean_sheet(sheet, settings, terms, path.name) for sheet in sheets]
    ledger = assemble(parts, settings, terms, path.name, problems)
    ledger.counts["other"] += unread
    ledger.counts["rows"] += unread
    properties = [said for grid in grids[:1] for said in grid.properties]
    return _mark_invented(ledger, properties, titles, settings_sheets)


def _mark_invented(
    ledger: Ledger, properties: list[str], titles: list[str], settings: Sequence[Grid]
) -> Ledger:
    """Mark the rows of a made-up ledger again whose own mark somebody has taken off."""
    if is_synthetic(ledger.projects):
        return ledger
    sign = find_sign(ledger.file, properties, titles, settings, ledger.projects)
    if not sign:
        return ledger
    told = make_problem("ledger_mark_missing", ledger.file, None, "", "", sign=sign)
    return dataclasses.replace(
        ledger,
        projects=ledger.projects.assign(**{SYNTHETIC: True}),
        sheet_problems=[*ledger.sheet_problems, told],
    )


def _read_parquet(
    path: Path, limits: Limits, terms: Terms
) -> tuple[list[Sheet], Sequence[Grid], list[Problem], int]:
    """Return the one sheet of a Parquet file, the settings among its metadata, and problems."""
    from h1224lib.ledger.parquet import read_parquet

    columns, said = read_parquet(path, limits)
    sheet = read_columns(path.stem, columns, terms, path.name)
    sheet.titles.extend(value for name, value in said.rows if name == "title")
    said = dataclasses.replace(said, rows=[row for row in said.rows if row[0] != "title"])
    if said.rows:
        return [sheet], [said], [], 0
    return [sheet], [], [make_problem("ledger_no_metadata", path.name, None, "", "")], 0


def _sort_sheets(
    grids: Sequence[Grid], terms: Terms, file: str
) -> tuple[list[Sheet], Sequence[Grid], list[Problem], int]:
    """Return the sheets of projects, the settings, problems, and the rows of what is neither."""
    sheets: list[Sheet] = []
    settings: list[Grid] = []
    problems = []
    unread = 0
    for grid in map(drop_annotation, grids):
        notes = plain(grid.name) in word_set("other_sheets")
        if is_settings(grid):
            settings.append(grid)
            continue
        found = read_sheets(grid, terms, file)
        place = book_of(file, grid.name)
        filled = sum(any(cell not in ("", None) for cell in row) for row in grid.rows)
        if notes and not any(map(_holds_projects, found)):
            continue
        sheets += found
        if notes:
            more = {"rows": sum(len(sheet.rows) for sheet in found)}
            problems.append(make_problem("ledger_notes_read", place, None, "", "", **more))
        elif filled and not found:
            unread += len(grid.rows)
            problems.append(make_problem("ledger_no_header", place, None, "", "", rows=filled))
    return sheets, settings, problems, unread


def _holds_projects(sheet: Sheet) -> bool:
    """Tell whether a sheet that is named as if it explained the others is a ledger itself."""
    known = sum(name in list_fields() for name in sheet.columns)
    return known >= _FEWEST and len(sheet.rows) > 0
