"""Headers: the rows of a sheet that name its columns, below titles, merged or of two levels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from h1224lib.ledger.grids import Grid
from h1224lib.ledger.units import names_unit, strip_unit
from h1224lib.ledger.vocabulary import index_headers, pattern, word_set
from h1224lib.plan.spelling import plain, spellings

_HIGHEST = 50  # rows in which a header may begin
_DEEPEST = 3  # rows that one may take
_FEWEST = 3  # columns that another header below must name
# A cell that no header has, and nearly every project: a number, a date, an amount.
_VALUE = re.compile(r"[\d.,:/年月日\s-]+|.{41,}", re.DOTALL)
_BRACKETS = re.compile(r"\(([^()]*)\)$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True)
class Head:
    """The header of one sheet.

    Attributes
    ----------
    top, bottom : int
        Its first and last row, counted from 0.
    texts : dict
        Column, counted from 0 -> its header as written; upper and lower text joined.
    meant : dict
        Column -> the ledger's name of it.
    twice : list of tuple
        (column, name) of columns that mean what another means; none of them is in `meant`.
    titles : list of str
        What stands above, and the sheet's name last.
    """

    top: int
    bottom: int
    texts: dict[int, str]
    meant: dict[int, str]
    twice: list[tuple[int, str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


def find_head(grid: Grid) -> Head | None:
    """Find the header of a sheet: the first rows that name the project and another column.

    Examples
    --------
    >>> head = find_head(Grid("a", [["2023年台账", ""], ["项目名称", "总投资（万元）"], ["甲", 5]]))
    >>> head.top, head.meant, head.titles
    (1, {0: 'name', 1: 'investment'}, ['2023年台账', 'a'])
    """
    for top in range(grid.first, min(len(grid.rows), grid.first + _HIGHEST)):
        head = _read_head(grid, top, top)
        for bottom in range(top + 1, top + _DEEPEST):
            deeper = _read_head(grid, top, bottom)
            if _says_more(grid, deeper, head):
                head = deeper
        names = {*head.meant.values(), *(name for _, name in head.twice)}
        if len(names) > 1 and names & {"project_id", "name"} and _begins(grid, head):
            return _reach_down(grid, head)
    return None


def find_next(grid: Grid, head: Head) -> int | None:
    """Find where another table begins below: a header that places or names columns otherwise.

    Returns
    -------
    int or None
        Its first row, counted from 0, its titles with it.

    Examples
    --------
    >>> rows = [["项目编号", "项目名称", "签约"], ["1", "甲", ""], ["项目编号", "签约", "项目名称"]]
    >>> grid = Grid("a", rows)
    >>> find_next(grid, find_head(grid))
    2
    """
    for row in range(head.bottom + 1, len(grid.rows)):
        meant = _meant_in(grid.rows[row])
        if len(meant) < _FEWEST or not {"project_id", "name"} & set(meant.values()):
            continue
        twice = {column for column, _ in head.twice}
        elsewhere = any(head.meant.get(c) != name for c, name in meant.items() if c not in twice)
        if elsewhere or _renames(grid, row, head):
            while row - 1 > head.bottom and _is_title(grid.rows[row - 1]):
                row -= 1
            return row
    return None


def _renames(grid: Grid, row: int, head: Head) -> bool:
    """Tell whether a header that places columns alike heads one otherwise: another unit."""
    for column in range(len(grid.rows[row])):
        lines = {plain(grid.text(at, column)) for at in range(head.top, head.bottom + 1)}
        text = plain(grid.text(row, column))
        if text and text != plain(head.texts.get(column, "")) and text not in lines:
            return True
    return False


def _meant_in(cells: Sequence[object]) -> dict[int, str]:
    """Return the columns that the texts of a row mean, if it could be a header."""
    if any(
        cell is not None and (not isinstance(cell, str) or _VALUE.fullmatch(cell)) for cell in cells
    ):
        return {}
    texts = {c: cell for c, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()}
    return {c: name for c, text in texts.items() if (name := mean_header(text))}


def _is_title(cells: Sequence[object]) -> bool:
    return sum(cell not in ("", None) for cell in cells) <= 1


def _says_more(grid: Grid, deeper: Head, head: Head) -> bool:
    """Tell whether a header with one more row heads more columns, or the same ones more fully."""
    more = len(deeper.meant) + len(deeper.twice) - len(head.meant) - len(head.twice)
    # A project's cells below a header would leave it without meaning.
    below = any(grid.text(deeper.bottom, column) for column in deeper.meant)
    return more > 0 or (more == 0 and below)


def _begins(grid: Grid, head: Head) -> bool:
    """Tell whether the first row of a header is part of it, and no line of titles above it."""
    filled = {grid.origin(head.top, c) for c in head.texts if grid.text(head.top, c)}
    if head.bottom == head.top or len(filled) < 2:
        return len(filled) > 1
    names_itself = any(mean_header(grid.text(head.top, column)) for column in head.texts)
    needed_above = any(not mean_header(grid.text(head.bottom, column)) for column in head.meant)
    return names_itself or needed_above


def _reach_down(grid: Grid, head: Head) -> Head:
    """Let a header reach to where its merged cells do."""
    bottom = head.bottom
    for top, left, last, _ in grid.merged:
        if head.top <= top <= head.bottom and left in head.texts:
            bottom = max(bottom, last)
    return head if bottom == head.bottom else _read_head(grid, head.top, bottom)


def _read_head(grid: Grid, top: int, bottom: int) -> Head:
    texts, meant = {}, {}
    for column in range(grid.width):
        parts: list[str] = []
        for row in range(top, bottom + 1):
            text = " ".join(grid.text(row, column).split())
            if text and text not in parts:
                parts.append(text)
        if parts:
            texts[column] = " ".join(parts)
            name = _mean(parts)
            if name:
                meant[column] = name
    named = list(meant.values())
    twice = [(column, name) for column, name in meant.items() if named.count(name) > 1]
    once = {column: name for column, name in meant.items() if named.count(name) == 1}
    above = [
        grid.rows[row][column].strip()
        for row in range(grid.first, top)
        for column in range(len(grid.rows[row]))
        if grid.text(row, column)
    ]
    return Head(top, bottom, texts, once, twice, [*above, grid.name])


def _mean(parts: list[str]) -> str | None:
    """Return which column a header means: by its lowest text, or by all of them together."""
    return mean_header(parts[-1]) or (mean_header("".join(parts)) if len(parts) > 1 else None)


def mean_header(text: str) -> str | None:
    r"""Return which column of the ledger a header's text means, if any.

    Examples
    --------
    >>> mean_header("*项目名称（必填）"), mean_header("总投资\n(亿元)"), mean_header("备注")
    ('name', 'investment', None)
    >>> mean_header("总投资（万美元）")
    'investment'
    """
    index = index_headers()
    bare = text.strip().strip("*＊").strip()
    forms = list(spellings(bare))
    hint = _BRACKETS.search(plain(bare))
    # A unit that cannot be read is a problem, not another column.
    if hint and (pattern("header_hint").fullmatch(hint[1]) or names_unit(hint[0])):
        forms.append(plain(bare)[: hint.start()])
    forms.append(strip_unit(plain(bare)))
    return next((index[form] for form in forms if form in index), None)


def is_numbering(text: str) -> bool:
    """Tell whether a header numbers the rows and says nothing of them."""
    return plain(text) in word_set("numbering")


def years_of(titles: list[str]) -> tuple[int, ...]:
    """Return the years that titles and the sheet's name say, each once.

    Examples
    --------
    >>> years_of(["2023年招商台账", "2023"]), years_of(["2023—2025年"])
    ((2023,), (2023, 2025))
    """
    found = (int(year) for title in titles for year in _YEAR.findall(title))
    return tuple(dict.fromkeys(found))
