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
from h1224lib.ledger.shared_texts import guard_texts
from h1224lib.ledger.shown import format_of, is_telling

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_PROPERTIES = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']|\bht=[\"']0(?:\.0*)?[\"']")
_PREFIX = re.compile(rb"<(\w+:)?(?:worksheet|chartsheet|dialogsheet)\b")


@dataclass
class _Scan:
    """What the XML of one sheet tells beside its values."""

    cells: int = 0
    height: int = 0
    columns: set[bytes] = field(default_factory=set)
    troubles: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formats: dict[Place, str] = field(default_factory=dict)


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
    properties = _read_properties(package)
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
            scan = scans.get(sheet.name) or _Scan()
            hidden = sheet.visible != SheetVisibleEnum.Visible
            rows = _within(scan.troubles, rows)
            grid = Grid(sheet.name, rows, merged, scan.troubles, hidden, from_1904=from_1904,
                        hidden_rows=frozenset(scan.hidden_rows), formats=scan.formats,
                        hidden_columns=frozenset(scan.hidden_columns),
                        properties=properties)  # fmt: skip
            grids.append(grid)
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
    telling = _find_formats(package)
    total = 0
    for name, part in parts.items():
        scan = scans[name] = _Scan()
        part = package.find(part)
        if part not in package.entries:
            continue
        for piece, prefix in _rows_in_pieces(package.pieces(part)):
            _scan_piece(piece, prefix, scan)
            _scan_shown(piece, prefix, scan, telling)
            # Readers make room for every cell between the first and the last.
            span = scan.height * max(map(_number, scan.columns), default=1)
            limits.refuse_beyond("cells", total + max(scan.cells, span), package.file)
        total += max(scan.cells, scan.height * max(map(_number, scan.columns), default=1))
    guard_texts(package, list(parts.values()), sum(scan.cells for scan in scans.values()))
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


def _scan_shown(piece: bytes, prefix: bytes, scan: _Scan, telling: dict[bytes, str]) -> None:
    """Find what is not shown, or not as it is stored."""
    p = re.escape(prefix)
    for column in re.finditer(rb"<%scol\s([^>]*)>" % p, piece):
        ends = [re.search(rb"\b%s=[\"'](\d{1,5})" % end, column[1]) for end in (b"min", b"max")]
        hidden = _HIDDEN.search(column[1]) or re.search(rb"\bwidth=[\"']0[\"']", column[1])
        if hidden and ends[0] and ends[1]:
            scan.hidden_columns.update(range(int(ends[0][1]) - 1, min(int(ends[1][1]), 16384)))
    if _HIDDEN.search(piece):
        for row in re.finditer(rb"<%srow\s([^>]*)>" % p, piece):
            number = re.search(rb"(?:^|\s)r=[\"'](\d+)", row[1])
            if number and _HIDDEN.search(row[1]):
                scan.hidden_rows.add(int(number[1]) - 1)
    if telling:
        styles = b"|".join(telling)
        cells = rb"<%sc\s((?:[^>]*?\s)?s=[\"'](%s)[\"'](?:[^>]*[^>/])?)>" % (p, styles)
        for cell in re.finditer(cells, piece):
            place = _place(cell[1])
            if place:
                scan.formats[place] = telling[cell[2]]


def _find_formats(package: Package) -> dict[bytes, str]:
    """Return the number formats that may show something else than is stored, by style."""
    if "xl/styles.xml" not in package.entries:
        return {}
    try:
        styles = ElementTree.fromstring(package.read("xl/styles.xml"))
    except ElementTree.ParseError as error:
        raise LedgerError("ledger_damaged", file=package.file, reason=str(error)[:80]) from error
    spelt: dict[str, str] = {}
    found: dict[bytes, str] = {}
    for element in styles:
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmts":
            spelt = {e.get("numFmtId", ""): e.get("formatCode", "") for e in element}
        if tag == "cellXfs":
            for at, style in enumerate(element):
                number = style.get("numFmtId", "0")
                code = format_of(int(number), spelt.get(number)) if number.isdigit() else ""
                if code and is_telling(code):
                    found[str(at).encode()] = code
    return found


def _read_properties(package: Package) -> tuple[str, ...]:
    """Return the texts of a workbook's properties: title, subject, keywords and the like."""
    said: list[str] = []
    for name in _PROPERTIES:
        if name in package.entries:
            try:
                texts = ElementTree.fromstring(package.read(name)).itertext()
            except ElementTree.ParseError:
                continue  # readers pass over them, too
            said += [text.strip() for text in texts if text.strip()]
    return tuple(said)


def _note(attributes: bytes, kind: str, scan: _Scan) -> None:
    place = _place(attributes)
    if place:
        scan.troubles.setdefault(place, kind)


def _place(attributes: bytes) -> Place | None:
    found = re.search(rb"\br=[\"']([A-Za-z]{1,3})(\d{1,7})", attributes)
    return (int(found[2]) - 1, _number(found[1]) - 1) if found else None


def _number(letters: bytes) -> int:
    """Return a column's number from its letters, counted from 1."""
    number = 0
    for sign in letters.upper():
        number = 26 * number + sign - 64
    return number
