"""Rows: which below a header are projects, and which are totals, headers, headings, remarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from h1224lib.ledger.columns import Column, show
from h1224lib.ledger.headers import is_numbering
from h1224lib.ledger.vocabulary import narrow_text, pattern
from h1224lib.plan.names import Names
from h1224lib.plan.spelling import plain

# What a row may be instead of a project.
NO_PROJECTS = ("title", "header", "blank", "total", "section", "remark")
_KEYS = ("project_id", "name", "area", "industry", "project_type")


@dataclass(frozen=True)
class Sorted:
    """The rows below a header.

    Attributes
    ----------
    projects : array of bool
        Which rows are projects, or ought to be.
    counts : Counter
        Kind -> rows that are none.
    sections : dict
        Dimension -> for each row the code of the heading above it, ``""`` without one.
    """

    projects: npt.NDArray[np.bool_]
    counts: Counter[str]
    sections: dict[str, npt.NDArray[np.object_]]


def sort_rows(columns: Sequence[Column], headers: set[str], names: Names) -> Sorted:
    """Tell projects from the other rows of a sheet.

    Parameters
    ----------
    columns : sequence of Column
        All columns of the sheet, below its header.
    headers : set of str
        Plain texts of its header and titles, which a printed sheet repeats on every page.
    names : Names
        The plan's, for headings such as 一、吴兴区.
    """
    count = len(columns[0]) if columns else 0
    filled = np.zeros(count, dtype=bool)
    for column in columns:
        filled |= _says_something(column)
    projects = filled.copy()
    counts = Counter({"blank": int(count - filled.sum())})
    headed: list[tuple[int, str, str]] = []
    for row in _suspects(columns, filled, headers):
        cells = [show(column.at(row)) for column in columns if column.codes[row] >= 0]
        kind, dimension, code = _judge(cells, headers, names)
        if kind:
            projects[row] = False
            counts[kind] += 1
        if kind == "section":
            headed.append((row, dimension, code))
    return Sorted(projects, counts, _spread(headed, count))


def _says_something(column: Column) -> npt.NDArray[np.bool_]:
    """Tell which rows a column fills; a running number alone fills none."""
    filled = ~column.blank
    if is_numbering(column.header):
        filled &= ~np.isin(column.codes, [n for n, v in enumerate(column.values) if _counts(v)])
    filled[list(column.troubles)] = True
    return filled


def _counts(value: object) -> bool:
    return not isinstance(value, str) or _is_number(value)


def _suspects(
    columns: Sequence[Column], filled: npt.NDArray[np.bool_], headers: set[str]
) -> list[int]:
    """Return the rows that lack what a project has, or that repeat the header."""
    suspect = np.zeros(len(filled), dtype=bool)
    keys = [column for column in columns if column.name in _KEYS]
    for column in keys:
        suspect |= column.blank
        again = [n for n, v in enumerate(column.values) if v == column.header]
        again += [n for n, v in enumerate(column.values) if isinstance(v, str) and v in headers]
        suspect |= np.isin(column.codes, again)
    if not any(column.name == "project_id" for column in keys):
        for column in keys:
            totals = [n for n, v in enumerate(column.values) if _is_total(str(v))]
            suspect |= np.isin(column.codes, totals)
    return [int(row) for row in np.flatnonzero(suspect & filled)]


def _judge(cells: list[str], headers: set[str], names: Names) -> tuple[str, str, str]:
    """Return what a row is instead of a project, and of a heading its dimension and code."""
    said = list(dict.fromkeys(cells))
    if all(plain(cell) in headers for cell in said):
        return "header", "", ""
    words = [cell for cell in said if not _is_number(cell)]
    # Where a total stands, nothing but its numbers and the part that it totals stands beside it.
    if any(_is_total(w) for w in words) and len(words) <= 3:
        return "total", "", ""
    if all(pattern("remark").match(narrow_text(cell)) for cell in said):
        return "remark", "", ""
    if len(said) == 1:
        for dimension in ("area", "industry", "project_type"):
            code = names.code(dimension, said[0])
            if code:
                return "section", dimension, code
    return "", "", ""


def _is_total(text: str) -> bool:
    return pattern("total").fullmatch(narrow_text(text)) is not None


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "", 1).lstrip("-").isdigit()


def _spread(headed: list[tuple[int, str, str]], count: int) -> dict[str, npt.NDArray[np.object_]]:
    """Let each heading stand for the rows below it, up to the next of its dimension."""
    sections: dict[str, npt.NDArray[np.object_]] = {}
    for row, dimension, code in headed:
        sections.setdefault(dimension, np.full(count, "", dtype=object))[row:] = code
    return sections
