"""Shared texts of a workbook: stored once, copied for every cell that shows them."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from h1224lib.ledger.guards import Package

_PART = "xl/sharedStrings.xml"
_END = re.compile(rb"<(?:\w+:)?si\s*/>|</(?:\w+:)?si\s*>")
_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\bt\s*=\s*[\"']s[\"'][^>]*>(?:(?!</(?:\w+:)?c\s*>).)*?"
    rb"<(?:\w+:)?v[^>]*>\s*(\d+)",
    re.DOTALL,
)
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")


def guard_texts(package: Package, parts: Sequence[str], cells: int) -> None:
    """Refuse a workbook of which the cells together show more text than it may unpack to.

    Parameters
    ----------
    package : Package
        The workbook.
    parts : sequence of str
        Its sheets.
    cells : int
        How many cells they have. Only where each of them could show the longest text, and that
        would be too much, are the texts counted that they do show.

    Raises
    ------
    LedgerError
        They show more than the limit `unpacked`.
    """
    name = package.find(_PART)
    if name not in package.entries:
        return
    lengths = _measure(package.read(name))
    most = package.limits.unpacked - package.unpacked
    if max(lengths, default=0) * cells <= most:
        return
    shown = 0
    for part in map(package.find, parts):
        for piece in _pieces(package, part) if part in package.entries else ():
            counted = Counter(_CELL.findall(piece))
            shown += sum(
                lengths[int(at)] * count for at, count in counted.items() if int(at) < len(lengths)
            )
            package.limits.refuse_beyond("unpacked", package.unpacked + shown, package.file)


def _measure(raw: bytes) -> list[int]:
    """Return how many bytes each text takes, its markup with it."""
    ends = [0, *(found.end() for found in _END.finditer(raw))]
    return [end - start for start, end in itertools.pairwise(ends)]


def _pieces(package: Package, part: str) -> Iterator[bytes]:
    """Yield a sheet in pieces that end between rows."""
    rest = b""
    for piece in package.pieces(part):
        rest += piece
        *_, last = [0, *(found.start() for found in _ROW.finditer(rest))]
        yield rest[:last]
        rest = rest[last:]
    yield rest
