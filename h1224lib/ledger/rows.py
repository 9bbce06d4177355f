"""Rows: which below a header are projects, and which are totals, headers, headings, remarks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from h1224lib.ledger.columns import Column, show
from h1224lib.ledger.headers import is_numbering
from h1224lib.ledger.headings import Heading, Sections, nest_headings, read_heading
from h1224lib.ledger.names import Terms
from h1224lib.ledger.vocabulary import narrow_text, pattern
from h1224lib.plan.spelling import is_of_which, plain

# What a row may be instead of a project.
NO_PROJECTS = ("title", "header", "blank", "total", "section", "remark")
_TOTALS = "计|汇总|total"  # what no total is without
# What numbers a heading from a cell of its own.
_ORDINAL = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.]?")
_NUMBERED = (0, 1)  # ranks that no project's name or identifier begins with
_LETTERS = "甲乙丙丁戊己庚辛壬癸"  # what numbers the columns of words
_FEWEST = 3  # columns that a row of their numbers has
_IDENTITY = ("project_id", "area", "industry", "project_type")
_KEYS = ("project_id", "name", "area", "industry", "project_type")

Cells = dict[Column, str]


@dataclass(frozen=True)
class Sorted:
    """The rows below a header.

    Attributes
    ----------
    projects : array of bool
        Which rows are projects, or ought to be.
    counts : Counter
        Kind -> rows that are none.
    sections : Sections
        What the headings among them say.
    """

    projects: npt.NDArray[np.bool_]
    counts: Counter[str]
    sections: Sections


@dataclass
class _Seen:
    """What has been seen so far, from the first row down.

    Attributes
    ----------
    kinds : dict
        Row -> what it is instead of a project.
    headings : dict
        Row -> the heading.
    doubtful : dict
        Row -> a text on its own, with its column: a heading where others stand there too.
    columns : set of Column
        Where headings stand.
    """

    kinds: dict[int, str] = field(default_factory=dict)
    headings: dict[int, Heading] = field(default_factory=dict)
    doubtful: dict[int, tuple[Heading, Column]] = field(default_factory=dict)
    columns: set[Column] = field(default_factory=set)


def sort_rows(
    columns: Sequence[Column],
    headers: set[str],
    terms: Terms,
    first: int = 1,
    above: Sequence[Heading] = (),
) -> Sorted:
    """Tell projects from the other rows of a sheet.

    Parameters
    ----------
    columns : sequence of Column
        All columns of the sheet, below its header.
    headers : set of str
        Plain texts of its header and titles, which a printed sheet repeats on every page.
    terms : Terms
        The plan's, for headings such as 一、吴兴区.
    first : int
        Number of the first row, counted from 1.
    above : sequence of Heading
        Those above the header that still hold.
    """
    count = len(columns[0]) if columns else 0
    filled = np.zeros(count, dtype=bool)
    for column in columns:
        filled |= _says_something(column)
    seen = _look(columns, headers, filled, terms, first)
    projects = filled.copy()
    projects[list(seen.kinds)] = False
    counts = Counter({"blank": int(count - filled.sum())}) + Counter(seen.kinds.values())
    headings = [seen.headings[row] for row in sorted(seen.headings)]
    return Sorted(projects, counts, nest_headings(headings, above, first, count))


def _look(
    columns: Sequence[Column],
    headers: set[str],
    filled: npt.NDArray[np.bool_],
    terms: Terms,
    first: int,
) -> _Seen:
    """Look at each row that may be no project."""
    seen = _Seen()
    for row in _suspects(columns, filled, headers):
        cells = {column: show(column.at(row)) for column in columns if column.codes[row] >= 0}
        kind = _judge(cells, row, headers, filled, seen)
        lost = any(row in c.troubles for c in columns if c.name in ("project_id", "name"))
        if kind and (kind == "total" or not lost):
            seen.kinds[row] = kind
        elif cells and not lost:
            _judge_heading(cells, columns, row, first, terms, seen)
    # Where headings stand, a text on its own is one too, though it names nothing that is known.
    for row, (heading, column) in seen.doubtful.items():
        if column in seen.columns:
            seen.headings[row] = heading
    seen.kinds |= dict.fromkeys(seen.headings, "section")
    return seen


def _says_something(column: Column) -> npt.NDArray[np.bool_]:
    """Tell which rows a column fills; a running number alone fills none, whatever computes it."""
    filled = ~column.blank
    if is_numbering(column.header):
        filled &= ~np.isin(column.codes, [n for n, v in enumerate(column.values) if _counts(v)])
    else:
        filled[list(column.troubles)] = True
    return filled


def _counts(value: object) -> bool:
    return not isinstance(value, str) or _is_number(value)


def _suspects(
    columns: Sequence[Column], filled: npt.NDArray[np.bool_], headers: set[str]
) -> list[int]:
    """Return the rows that lack what a project has, that repeat the header, or follow one."""
    suspect = np.zeros(len(filled), dtype=bool)
    repeats = np.zeros(len(filled), dtype=bool)
    keys = [column for column in columns if column.name in _KEYS]
    for column in keys:
        suspect |= column.blank
        again = column.among({column.header, *headers})
        if again:
            repeats |= np.isin(column.codes, again)
        totals = [n for n in column.holding(_TOTALS) if _is_total(column.values[n])]
        if totals:
            suspect |= np.isin(column.codes, totals)
    suspect |= repeats
    suspect[1:] |= repeats[:-1]
    suspect[:1] = True
    return [int(row) for row in np.flatnonzero(suspect & filled)]


def _judge(
    cells: Cells, row: int, headers: set[str], filled: npt.NDArray[np.bool_], seen: _Seen
) -> str:
    """Return what a row is instead of a project or a heading, ``""`` for neither."""
    said = list(dict.fromkeys(cells.values()))
    if said and all(plain(cell) in headers for cell in said):
        return "header"
    if (row == 0 or seen.kinds.get(row - 1) == "header") and _numbers_columns(cells):
        return "header"
    words = [cell for cell in said if not _is_number(cell)]
    if _adds_up(cells, words):
        return "total"
    # Below a total, the parts of it: 其中：吴兴区.
    if words and is_of_which(words[0]) and all(map(_is_part, words[1:])):
        above = next(reversed(seen.kinds), 0)
        if seen.kinds.get(above) == "total" and not filled[above + 1 : row].any():
            return "total"
    if said and all(pattern("remark").match(narrow_text(cell)) for cell in said):
        return "remark"
    return ""


def _adds_up(cells: Cells, words: list[str]) -> bool:
    """Tell a total: its numbers and what it totals stand beside it, and no project is named."""
    if not any(map(_is_total, words)):
        return False
    if len(words) <= 3:
        return True
    parts = all(_is_part(word) for word in words if not _is_total(word))
    return _is_total(words[0]) and (parts or not any(c.name in _IDENTITY for c in cells))


def _is_part(text: str) -> bool:
    """Tell whether a cell beside a total says a part of it, or remarks on it: 其中固投类0个."""
    said = narrow_text(text)
    return any(pattern(name).fullmatch(said) is not None for name in ("part", "remark"))


def _numbers_columns(cells: Cells) -> bool:
    """Tell a row that numbers the columns below their header: 甲 乙 1 2 3."""
    said = [narrow_text(text).strip("()") for text in cells.values()]
    said = [text for text in said if text != "栏次"]
    letters = [text for text in said if text and text in _LETTERS]
    numbers = said[len(letters) :]
    first = int(numbers[0]) if numbers and numbers[0] in ("0", "1") else 1
    counted = [str(n) for n in range(first, first + len(numbers))]
    return len(said) >= _FEWEST and [*letters, *numbers] == [*_LETTERS[: len(letters)], *counted]


def _judge_heading(
    cells: Cells, columns: Sequence[Column], row: int, first: int, terms: Terms, seen: _Seen
) -> None:
    """Note a heading, in place: one text, with nothing but its numbers beside it."""
    worded = {c: s for c, s in cells.items() if not _is_number(s) and not _is_count(s)}
    ordinals = [c for c, s in worded.items() if is_numbering(c.header) and _ORDINAL.fullmatch(s)]
    ordinal = worded.pop(ordinals[0]) if ordinals and len(worded) > 1 else ""  # 一 | 吴兴区 | 12000
    words = list(dict.fromkeys(worded.values()))
    if len(words) != 1:
        return
    column = next(iter(worded))
    heading = read_heading(words[0], terms, first + row, ordinal)
    # In its own column, or beside an identifier, it is what is left of a project.
    own = any(c.name == heading.dimension for c in worded)
    numbered = any(c.name == "project_id" and c not in worded for c in cells)
    alone = len(cells) == 1
    if heading.dimension:
        clear = alone or not (own or numbered)
    else:
        told = heading.rank in _NUMBERED or pattern("heading_count").search(narrow_text(words[0]))
        outside = is_numbering(column.header) and (alone or bool(told))
        clear = not numbered and (outside or (column is columns[0] and bool(told)))
    if clear:
        seen.headings[row] = heading
        seen.columns.add(column)
    elif alone and not re.search(r"\d", words[0]):
        seen.doubtful[row] = heading, column


def _is_total(text: str) -> bool:
    return pattern("total").fullmatch(narrow_text(text)) is not None


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "", 1).lstrip("-").isdigit()


def _is_count(text: str) -> bool:
    return pattern("count").fullmatch(narrow_text(text)) is not None
