"""Text files: their encoding found by their bytes, their delimiter by their first lines."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from h1224lib.errors import LedgerError
from h1224lib.ledger.grids import Grid
from h1224lib.ledger.guards import Limits

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<head", "<meta")
_LONGEST = 2**20  # characters of one cell


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
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        reason = f"{reader.line_num}: {error}"
        raise LedgerError("ledger_damaged", file=path.name, reason=reason) from error
    return [Grid(path.stem, rows, text_only=True)]


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
    """Return the separator that the first lines have most of."""
    head = text[:4000]
    return max(",\t;", key=head.count)
