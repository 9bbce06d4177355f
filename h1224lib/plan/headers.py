"""Headers of a printed matrix: a row of areas, a row of horizons below it, and what they head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from h1224lib.plan.book import Cell, Log, Sheet
from h1224lib.plan.names import Names, plain


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


def find_bands(sheet: Sheet, before: int, names: Names, log: Log) -> Iterator[Band]:
    """Yield the parts of a sheet, numbered on from `before`; headers that mean nothing are logged.

    A header is a row with two areas or more, or a row of words above two horizons or more.
    """
    heads = []
    row = 1
    while row <= sheet.height:
        bottom = _below(sheet, row, names)
        if bottom:
            heads.append((row, bottom))
        row = (bottom or row) + 1
    above = heads[0][0] if heads else sheet.height + 1
    astray = [place for place, cell in sheet.cells.items() if cell.value is not None]
    if astray and min(astray)[0] < above:
        log.note("matrix_no_header", sheet, min(astray), sheet.at(*min(astray)).text)
    for number, (top, bottom) in enumerate(heads):
        last = heads[number + 1][0] - 1 if number + 1 < len(heads) else sheet.height
        columns, first = _read_header(sheet, top, bottom, last, names, log)
        yield Band(sheet, before + number + 1, top, bottom, last, columns, first)


def _below(sheet: Sheet, row: int, names: Names) -> int | None:
    """Return the row of the horizons, where a row is one of areas; else None."""
    areas = _meant(sheet, row, names, "area")
    bottom = row + 1
    # Names of areas may be merged over two rows and more.
    while areas and all(sheet.origin(bottom, column)[0] <= row for column in areas):
        bottom += 1
    horizons = _meant(sheet, bottom, names, "horizon")
    if len(set(areas.values())) > 1:
        return bottom
    headed = [c for c in horizons if is_words(sheet.at(row, c))]
    return bottom if len(headed) > 1 and not _meant(sheet, row, names, "horizon") else None


def _meant(sheet: Sheet, row: int, names: Names, dimension: str) -> dict[int, str]:
    """Return the codes that a row's cells mean, by column."""
    codes = names.codes[dimension]
    texts = {c: plain(sheet.at(row, c).text) for c in range(1, sheet.width + 1)}
    return {column: codes[text] for column, text in texts.items() if text in codes}


def is_words(cell: Cell) -> bool:
    """Tell whether a cell shows words: no number, no dash, nothing unreadable."""
    return bool(cell.text) and cell.value is None and not cell.trouble and not is_dash(cell)


def is_dash(cell: Cell) -> bool:
    """Tell whether a cell shows a dash, of whichever form."""
    return bool(cell.text) and not plain(cell.text).strip("-")


def _read_header(
    sheet: Sheet, top: int, bottom: int, last: int, names: Names, log: Log
) -> tuple[dict[int, tuple[str, str]], int]:
    """Return each column's area and horizon, and the first column that has either."""
    areas = _meant(sheet, top, names, "area")
    horizons = _meant(sheet, bottom, names, "horizon")
    first = min((*areas, *horizons))
    columns: dict[int, tuple[str, str]] = {}
    told = set()
    for column in range(first, sheet.width + 1):
        if column in areas and column in horizons:
            key = (areas[column], horizons[column])
            if key in columns.values():
                found = " ".join(sheet.at(row, column).text for row in (top, bottom))
                log.note("matrix_repeated_column", sheet, (bottom, column), found)
            else:
                columns[column] = key
            continue
        for dimension, row, known in (("area", top, areas), ("horizon", bottom, horizons)):
            origin = sheet.origin(row, column)
            if column in known or origin in told or _is_bare(sheet, column, top, last):
                continue
            told.add(origin)
            found, kind = sheet.at(*origin).text, f"matrix_unknown_{dimension}"
            log.note(kind, sheet, origin, found, known=names.known[dimension])
    return columns, first


def _is_bare(sheet: Sheet, column: int, top: int, last: int) -> bool:
    return not any((row, column) in sheet.cells for row in range(top, last + 1))
