"""Annotation: a column of problems added to the XML of a sheet, all else left byte for byte."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string, get_column_letter

from h1224lib import wording
from h1224lib.ledger.grids import Grid

_PREFIX = re.compile(rb"<(\w+:)?worksheet\b")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_PLACE = re.compile(rb"\br=[\"']([A-Za-z]{1,3})\d+[\"']")
_HIGHEST = 60  # rows among which a header, and so the column's own, is looked for
# Signs that XML cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def find_annotation(grid: Grid) -> int | None:
    """Return the column, counted from 0, that a check of an earlier day has written; None for none.

    Examples
    --------
    >>> find_annotation(Grid("a", [["项目名称", "问题（h1224 check）"], ["甲", "差错：..."]]))
    1
    """
    for row in grid.rows[:_HIGHEST]:
        for column, value in enumerate(row):
            if isinstance(value, str) and is_annotation(value):
                return column
    return None


def is_annotation(header: str) -> bool:
    """Tell whether a header is that of the column which a check writes.

    Examples
    --------
    >>> is_annotation("Problems (h1224 check)"), is_annotation("问题")
    (True, False)
    """
    own = tuple(wording.say("copy_column", lang) for lang in wording.LANGUAGES)
    return header.startswith(own)


def drop_annotation(grid: Grid) -> Grid:
    """Return a sheet without the problems that an earlier check has written into a copy."""
    column = find_annotation(grid)
    if column is None:
        return grid
    rows = [[*row[:column], "", *row[column + 1 :]] if row[column:] else row for row in grid.rows]
    return dataclasses.replace(grid, rows=rows)


def annotate_sheet(sheet: bytes, notes: Mapping[int, str], column: int | None = None) -> bytes:
    r"""Add a column behind the last that holds anything, with a text in some rows.

    Parameters
    ----------
    sheet : bytes
        The XML of a worksheet, in UTF-8.
    notes : mapping
        Row, counted from 1 -> text. A row that the sheet does not have is left out.
    column : int, optional
        The column, counted from 0, whose cells the texts replace; without it, a new one.

    Returns
    -------
    bytes
        The same XML but for the new cells, in the rows that have a text.

    Examples
    --------
    >>> xml = b'<worksheet><row r="2"><c r="A2"><v>1</v></c></row></worksheet>'
    >>> annotate_sheet(xml, {2: "a < b"}).partition(b"</c>")[2].decode()
    '<c r="B2" t="inlineStr"><is><t xml:space="preserve">a &lt; b</t></is></c></row></worksheet>'
    """
    found = _PREFIX.search(sheet)
    p = (found[1] or b"") if found else b""
    quoted = re.escape(p)
    rows = re.compile(rb"<%srow\b([^>]*?)(?:/>|>(.*?)</%srow>)" % (quoted, quoted), re.DOTALL)
    cells = re.compile(rb"<%sc\b([^>]*?)(?:/>|>(.*?)</%sc>)" % (quoted, quoted), re.DOTALL)
    placed = (cell for row in rows.finditer(sheet) for cell in _place(cells, row[2] or b""))
    behind = 1 + max((at for at, cell in placed if cell[2]), default=0)
    place = behind if column is None else column + 1
    last = 0

    def add(row: re.Match[bytes]) -> bytes:
        nonlocal last
        numbered = _NUMBER.search(row[1])
        last = int(numbered[1]) if numbered else last + 1
        if last not in notes:
            stale = column is not None and any(
                at == place for at, _ in _place(cells, row[2] or b"")
            )
            return row[0].replace(row[2], _put(cells, row[2], place, b"")) if stale else row[0]
        text = escape(_ILLEGAL.sub("", notes[last])).encode("utf-8")
        name = f"{get_column_letter(place)}{last}".encode()
        own = b'<%sc r="%s" t="inlineStr"><%sis><%st xml:space="preserve">%s</%st></%sis></%sc>'
        content = _put(cells, row[2] or b"", place, own % (p, name, p, p, text, p, p, p))
        # The range of columns that a row announces is a hint, and would be wrong now.
        said = re.sub(rb"\s+spans=[\"'][^\"']*[\"']", b"", row[1])
        return b"<%srow%s>%s</%srow>" % (p, said.rstrip(), content, p)

    return rows.sub(add, sheet)


def _place(cells: re.Pattern[bytes], content: bytes) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Yield the cells of a row, each with the number of its column, counted from 1."""
    at = 0
    for cell in cells.finditer(content):
        named = _PLACE.search(cell[1])
        at = column_index_from_string(named[1].decode().upper()) if named else at + 1
        yield at, cell


def _put(cells: re.Pattern[bytes], content: bytes, column: int, own: bytes) -> bytes:
    """Put a cell in its place among those of a row; a blank one that stands there is replaced."""
    for at, cell in _place(cells, content):
        if at >= column:
            rest = content[cell.end() if at == column else cell.start() :]
            return content[: cell.start()] + own + rest
    return content + own
