"""Headers of a printed matrix: a row of areas and one of horizons, and what they head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from h1224lib.plan.book import Cell, Log, Place, Sheet
from h1224lib.plan.names import Names
from h1224lib.plan.spelling import plain

# Heads of a column that numbers the rows, and says nothing of them.
_NUMBERS = ("序号", "编号", "no", "no.")


@dataclass(frozen=True)
class Band:
    """A header of two levels and the rows below it, up to the next header: one printed part."""

    sheet: Sheet
    part: int
    top: int
    bottom: int
    last: int
    columns: dict[int, tuple[str, str]]  # column -> (area, horizon)
    first_column: int
    titles: tuple[Place, ...]

    @property
    def label_columns(self) -> list[int]:
        """The columns left of the numbers, but for one of running numbers."""
        return [
            column
            for column in range(1, self.first_column)
            if not any(
                plain(self.sheet.at(row, column).text) in _NUMBERS
                for row in range(self.top, self.bottom + 1)
            )
        ]


@dataclass(frozen=True)
class _Head:
    """Where a header stands, and which of its two rows is that of the areas."""

    top: int
    bottom: int
    areas: int
    horizons: int


def find_bands(sheet: Sheet, before: int, names: Names, log: Log) -> Iterator[Band]:
    """Yield the parts of a sheet, numbered on from `before`; headers that mean nothing are logged.

    A header is a row with two areas or more, or a row of words above two horizons or more; or a
    row of horizons above two areas or more.
    """
    heads: list[_Head] = []
    row = 1
    while row <= sheet.height:
        head = _find_head(sheet, row, names)
        if head:
            heads.append(head)
        row = (head.bottom if head else row) + 1
    above = heads[0].top if heads else sheet.height + 1
    astray = [place for place, cell in sheet.cells.items() if cell.value is not None]
    if astray and min(astray)[0] < above:
        log.note("matrix_no_header", sheet, min(astray), sheet.at(*min(astray)).text)
    for number, head in enumerate(heads):
        last = heads[number + 1].top - 1 if number + 1 < len(heads) else sheet.height
        columns, first = _read_header(sheet, head, last, names, log)
        titles = _titles(sheet, head.top, heads[number - 1].bottom if number else 0)
        part = before + number + 1
        yield Band(sheet, part, head.top, head.bottom, last, columns, first, titles)


def _find_head(sheet: Sheet, row: int, names: Names) -> _Head | None:
    """Return the header that a row begins, if it does."""
    areas = _meant(sheet, row, names, "area")
    horizons = _meant(sheet, row, names, "horizon")
    if len(set(horizons.values())) > 1 and not areas:
        bottom = _below(sheet, row, horizons)
        if len(set(_meant(sheet, bottom, names, "area").values())) > 1:
            return _Head(row, bottom, bottom, row)
    bottom = _below(sheet, row, areas)
    head = _Head(row, bottom, row, bottom)
    if len(set(areas.values())) > 1:
        return head
    headed = [
        column
        for column in _meant(sheet, bottom, names, "horizon")
        if is_words(sheet.at(row, column))
    ]
    return head if len(headed) > 1 and not horizons else None


def _below(sheet: Sheet, row: int, heads: dict[int, str]) -> int:
    """Return the row below a row of heads, which may be merged over two rows and more."""
    bottom = row + 1
    while heads and all(sheet.origin(bottom, column)[0] <= row for column in heads):
        bottom += 1
    return bottom


def _titles(sheet: Sheet, top: int, above: int) -> tuple[Place, ...]:
    """Return the words over a header: all above the first, and those right above a later one."""
    found: list[Place] = []
    for row in range(top - 1, above, -1):
        cells = sorted(place for place in sheet.cells if place[0] == row)
        if any(not is_words(sheet.at(*place)) for place in cells) or (above and not cells):
            break
        found += cells
    return tuple(found)


def _meant(sheet: Sheet, row: int, names: Names, dimension: str) -> dict[int, str]:
    """Return the codes that a row's cells mean, by column."""
    codes = {c: names.code(dimension, sheet.at(row, c).text) for c in range(1, sheet.width + 1)}
    return {column: code for column, code in codes.items() if code}


def is_words(cell: Cell) -> bool:
    """Tell whether a cell shows words: no number, no dash, nothing unreadable."""
    return bool(cell.text) and cell.value is None and not cell.trouble and not is_dash(cell)


def is_dash(cell: Cell) -> bool:
    """Tell whether a cell shows a dash, of whichever form, or a stroke for one."""
    return bool(cell.text) and plain(cell.text).strip("-") in ("", "/")


def _read_header(
    sheet: Sheet, head: _Head, last: int, names: Names, log: Log
) -> tuple[dict[int, tuple[str, str]], int]:
    """Return each column's area and horizon, and the first column that has either."""
    meant = {
        "area": _meant(sheet, head.areas, names, "area"),
        "horizon": _meant(sheet, head.horizons, names, "horizon"),
    }
    first = min((*meant["area"], *meant["horizon"]))
    outer, inner = ("area", "horizon") if head.areas == head.top else ("horizon", "area")
    meant[outer] = _spread(sheet, head.top, meant[outer], meant[inner])
    columns: dict[int, tuple[str, str]] = {}
    told = set()
    for column in range(first, sheet.width + 1):
        if all(column in known for known in meant.values()):
            key = (meant["area"][column], meant["horizon"][column])
            if key in columns.values():
                found = " ".join(sheet.at(row, column).text for row in (head.top, head.bottom))
                log.note("matrix_repeated_column", sheet, (head.bottom, column), found)
            else:
                columns[column] = key
            continue
        for dimension, row in (("area", head.areas), ("horizon", head.horizons)):
            origin = sheet.origin(row, column)
            missed = column not in meant[dimension] and origin not in told
            if missed and not _is_bare(sheet, column, head.top, last):
                told.add(origin)
                found, kind = sheet.at(*origin).text, f"matrix_unknown_{dimension}"
                log.note(kind, sheet, origin, found, known=names.known[dimension])
    return columns, first


def _spread(sheet: Sheet, top: int, outer: dict[int, str], inner: dict[int, str]) -> dict[int, str]:
    """Let each name of the upper row head the blank cells right of it, as merged cells would.

    Only where nothing else is possible: no name of that row is merged, each stands above the
    same names in the same order, more than one of them, and every column is headed below.
    """
    starts = sorted(outer)
    if any((top, column) in sheet.merged for column in starts):
        return outer
    groups: list[dict[int, str]] = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else sheet.width + 1
        blank = [c for c in range(start + 1, end) if not sheet.at(top, c).text and c in inner]
        groups.append({c: inner.get(c, "") for c in (start, *blank)})
    below = [tuple(group.values()) for group in groups]
    if len(set(below)) != 1 or len(set(below[0])) != len(below[0]):
        return outer
    return {c: outer[start] for start, group in zip(starts, groups, strict=True) for c in group}


def _is_bare(sheet: Sheet, column: int, top: int, last: int) -> bool:
    return not any((row, column) in sheet.cells for row in range(top, last + 1))
