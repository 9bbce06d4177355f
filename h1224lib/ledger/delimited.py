"""Text files: their encoding found by their bytes, their delimiter by their first lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from h1224lib.errors import LedgerError
from h1224lib.ledger.grids import Grid
from h1224lib.ledger.guards import Limits
from h1224lib.ledger.headers import mean_header

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<head", "<meta")
_LONGEST = 2**20  # characters of one cell
_BEGINNING, _HIGHEST = 20_000, 50  # characters and lines in which the header is looked for
_QUOTED = re.compile(r'"[^"]*"')


def read_delimited(path: Path, limits: Limits) -> list[Grid]:
    """Read a CSV or tab-separated file.

    Parameters
    ----------
    path : Path
        UTF-8 with or without a byte order mark, UTF-16, GBK or GB18030; separated by commas,
        tabs or semicolons.
    limits : Limits
        Of rows, and of the file's size.

    Returns
    -------
    list of Grid
        One, named after the file; every value is text.

    Raises
    ------
    LedgerError
        It is a web page or XML, no text in these encodings, badly quoted, or beyond a limit.
    """
    text = decode_text(path.read_bytes(), path.name)
    if text.lstrip()[:20].lower().startswith(_MARKUP):
        raise LedgerError("ledger_other_format", file=path.name, found="markup")
    limits.refuse_beyond("rows", text.count("\n"), path.name)
    delimiter = _delimiter(text)
    _guard_cells(text, delimiter, limits, path.name)
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [[_bare(cell) for cell in row] for row in reader]
    except csv.Error as error:
        reason = f"{reader.line_num}: {error}"
        raise LedgerError("ledger_damaged", file=path.name, reason=reason) from error
    limits.refuse_beyond("columns", max(map(len, rows), default=0), path.name)
    return [Grid(path.stem, rows, text_only=True)]


def _guard_cells(text: str, delimiter: str, limits: Limits, file: str) -> None:
    """Count the cells before any is made; commas inside quotes only where it matters."""
    cells = text.count(delimiter) + text.count("\n") + 1
    if cells > limits.cells and '"' in text:
        cells = _QUOTED.sub("", text).count(delimiter) + text.count("\n") + 1
    limits.refuse_beyond("cells", cells, file)


def _bare(cell: str) -> str:
    """Take off what keeps Excel from turning a text into a number: ="00123"."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell


def decode_text(raw: bytes, file: str) -> str:
    """Decode bytes by their mark, or as UTF-8, or else as GB18030, which GBK is part of.

    Raises
    ------
    LedgerError
        They are none of these.

    Examples
    --------
    >>> decode_text("区县".encode("gbk"), "a.csv"), decode_text("区县".encode("utf-16"), "a.csv")
    ('区县', '区县')
    """
    encodings = [encoding for mark, encoding in _MARKS if raw.startswith(mark)]
    if not encodings and b"\0" in raw[:1000]:
        # Without a mark, the NULs beside ASCII signs tell which byte comes first.
        even = raw[:1000:2].count(0) > raw[1:1000:2].count(0)
        encodings = ["utf-16-be" if even else "utf-16-le"]
    for encoding in encodings or ["utf-8", "gb18030"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            at = raw[: error.start].count(b"\n") + 1
        else:
            if "\0" not in text:
                return text
            at = text[: text.index("\0")].count("\n") + 1
    raise LedgerError("ledger_encoding", file=file, line=at)


def _delimiter(text: str) -> str:
    r"""Return the separator by which a line names most columns, or else that the first lines have.

    Examples
    --------
    >>> _delimiter("项目编号\t项目名称\t备注\n1\t甲\ta,b,c,d,e")
    '\t'
    """
    head = text[:_BEGINNING]
    lines = head.splitlines()[:_HIGHEST]

    def named(separator: str) -> int:
        return max((sum(map(_names_column, ln.split(separator))) for ln in lines), default=0)

    return max(",\t;", key=lambda separator: (named(separator), head.count(separator)))


def _names_column(cell: str) -> bool:
    return mean_header(cell.strip().strip('"')) is not None
