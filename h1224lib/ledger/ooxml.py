"""Workbooks in OOXML (.xlsx, .et): values by calamine, and what calamine makes blanks of."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from h1224lib.errors import LedgerError
from h1224lib.ledger.grids import Grid, Place
from h1224lib.ledger.guards import Limits, Package

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_PREFIX = re.compile(rb"<(\w+:)?(?:worksheet|chartsheet|dialogsheet)\b")


@dataclass
class _Scan:
    """What the XML of one sheet tells beside its values."""

    cells: int = 0
    height: int = 0
    columns: set[bytes] = field(default_factory=set)
    troubles: dict[Place, str] = field(default_factory=dict)


def read_ooxml(path: Path, limits: Limits) -> list[Grid]:
    """Read the sheets of an OOXML workbook.

    Parameters
    ----------
    path : Path
        The workbook.
    limits : Limits
        All are judged before any cell becomes a value.

    Returns
    -------
    list of Grid
        In the order of the tabs; sheets of charts are none.

    Raises
    ------
    LedgerError
        It is encrypted or damaged, holds entities, or exceeds a limit.
    """
    package = Package(path, limits)
    parts, from_1904 = list_sheets(package)
    scans = _scan_sheets(package, parts, limits)
    package.check_all()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(package.raw))
        sheets = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
        grids = []
        for sheet in sheets:
            source = book.get_sheet_by_name(sheet.name)
            rows = source.to_python(skip_empty_area=False)
            merged = [(*first, *last) for first, last in source.merged_cell_ranges or []]
            _guard_merged(merged, rows, limits, path.name)
            troubles = scans[sheet.name].troubles if sheet.name in scans else {}
            hidden = sheet.visible != SheetVisibleEnum.Visible
            rows = _within(troubles, rows)
            grids.append(Grid(sheet.name, rows, merged, troubles, hidden, from_1904=from_1904))
    except LedgerError:
        raise
    except Exception as error:  # whatever a damaged file makes a parser raise
        raise LedgerError("ledger_damaged", file=path.name, reason=str(error)[:80]) from error
    return grids


def _within(troubles: dict[Place, str], rows: list[list[Any]]) -> list[list[Any]]:
    """Widen the rows to the troubles: at the edge, calamine leaves out what it holds for blank."""
    for row, column in troubles:
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
    return rows


def _guard_merged(
    merged: list[tuple[int, int, int, int]], rows: list[list[Any]], limits: Limits, file: str
) -> None:
    height, width = len(rows), len(rows[0]) if rows else 0
    size = sum(
        max(min(bottom, height - 1) - top + 1, 0) * max(min(right, width - 1) - left + 1, 0)
        for top, left, bottom, right in merged
    )
    limits.refuse_beyond("cells", size + len(merged), file)


# The XML of sheets


def _scan_sheets(package: Package, parts: dict[str, str], limits: Limits) -> dict[str, _Scan]:
    """Count the cells of every sheet, the room that they span, and find what has no value."""
    limits.refuse_beyond("sheets", len(parts), package.file)
    scans: dict[str, _Scan] = {}
    total = 0
    for name, part in parts.items():
        scan = scans[name] = _Scan()
        if part not in package.entries:
            continue
        for piece, prefix in _rows_in_pieces(package.pieces(part)):
            _scan_piece(piece, prefix, scan)
            # Readers make room for every cell between the first and the last.
            span = scan.height * max(map(_number, scan.columns), default=1)
            limits.refuse_beyond("cells", total + max(scan.cells, span), package.file)
        total += max(scan.cells, scan.height * max(map(_number, scan.columns), default=1))
    return scans


def list_sheets(package: Package) -> tuple[dict[str, str], bool]:
    """Return the part of each sheet by its name, and whether days are counted from 1904."""
    try:
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    except (ElementTree.ParseError, KeyError) as error:
        raise LedgerError("ledger_damaged", file=package.file, reason=str(error)[:80]) from error
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    sheets = {}
    from_1904 = False
    for element in book.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            from_1904 = element.get("date1904") in ("1", "true")
        if tag == "sheet":
            target = targets.get(element.get(_RELATION) or element.get(_STRICT), "")
            part = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
            sheets[element.get("name", "")] = part
    return sheets, from_1904


def _rows_in_pieces(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield a sheet in pieces that end between rows, and the prefix of its elements."""
    rest, prefix = b"", None
    for piece in pieces:
        rest += piece
        if prefix is None:
            found = _PREFIX.search(rest)
            prefix = (found[1] or b"") if found else None
        if prefix is not None:
            cut = rest.rfind(b"<" + prefix + b"row")
            if cut > 0:
                yield rest[:cut], prefix
                rest = rest[cut:]
    yield rest, prefix or b""


def _scan_piece(piece: bytes, prefix: bytes, scan: _Scan) -> None:
    p = re.escape(prefix)
    scan.cells += len(re.findall(rb"<%sc[\s/>]" % p, piece))
    rows = re.findall(rb"<%srow\s(?:[^>]*?\s)?r=[\"'](\d+)" % p, piece)
    unnumbered = len(re.findall(rb"<%srow[\s/>]" % p, piece)) - len(rows)
    scan.height = max(scan.height, max(map(int, rows), default=0)) + unnumbered
    scan.columns.update(re.findall(rb"<%sc\s(?:[^>]*?\s)?r=[\"']([A-Za-z]{1,3})" % p, piece))
    for cell in re.finditer(rb"<%sc\s([^>]*?\bt=[\"']e[\"'][^>]*)>" % p, piece):
        _note(cell[1], "ledger_error_cell", scan)
    if b"<" + prefix + b"f" in piece:
        formula = rb"<%sc\s([^>]*[^>/])>\s*<%sf[\s/>].*?</%sc>" % (p, p, p)
        for cell in re.finditer(formula, piece, re.DOTALL):
            # A formula whose result is an empty text is stored as t="str" with an empty value.
            stored = re.search(rb"<%sv>[^<]" % p, cell[0])
            empty = re.search(rb"\bt=[\"']str", cell[1]) and b"<" + prefix + b"v" in cell[0]
            if not stored and not empty:
                _note(cell[1], "ledger_formula_empty", scan)


def _note(attributes: bytes, kind: str, scan: _Scan) -> None:
    found = re.search(rb"\br=[\"']([A-Za-z]{1,3})(\d{1,7})", attributes)
    if found:
        scan.troubles.setdefault((int(found[2]) - 1, _number(found[1]) - 1), kind)


def _number(letters: bytes) -> int:
    """Return a column's number from its letters, counted from 1."""
    number = 0
    for sign in letters.upper():
        number = 26 * number + sign - 64
    return number
