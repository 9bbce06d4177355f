"""PDF files with their objects in one order, which the converter leaves to chance."""

from __future__ import annotations

import itertools
import re

_REFERENCE = re.compile(rb"(\d+) 0 R")
# Two or more entries of a resource dictionary, such as "/fo0 1 0 R", one a line.
_NAMES = re.compile(rb"(?: */[a-z]+\d+ \d+ 0 R\n){2,}")


def order_objects(pdf: bytes) -> bytes:
    """Put a PDF's objects in the order in which they are reached, and number them so.

    Parameters
    ----------
    pdf : bytes
        As the converter makes it: plain objects, one cross-reference table.

    Returns
    -------
    bytes
        The same document; the same drawing gives the same bytes.

    Raises
    ------
    ValueError
        The file has no plain table of its objects.
    """
    end = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf)
    if end is None or not pdf[int(end[1]) :].startswith(b"xref"):
        raise ValueError("the converter's PDF has no plain cross-reference table")
    table = pdf[int(end[1]) : end.start()]
    offsets = [int(offset) for offset in re.findall(rb"(\d{10}) \d{5} n", table)]
    ends = dict(itertools.pairwise([*sorted(offsets), int(end[1])]))
    bodies = {
        number: _NAMES.sub(_sort_lines, pdf[offset : ends[offset]])
        for number, offset in enumerate(offsets, start=1)
    }
    trailer = table[table.index(b"trailer") :]
    order = _reach(bodies, trailer)
    header = pdf[: min(offsets)]
    return _write(header, [_renumber(bodies[n], order) for n in order], _renumber(trailer, order))


def _reach(bodies: dict[int, bytes], trailer: bytes) -> dict[int, int]:
    """Return old number -> new number, following references from the trailer, breadth first."""
    order: dict[int, int] = {}
    waiting = [trailer]
    while waiting:
        for found in _REFERENCE.findall(_head(waiting.pop(0))):
            number = int(found)
            if number not in order:
                order[number] = len(order) + 1
                waiting.append(bodies[number])
    return order


def _renumber(body: bytes, order: dict[int, int]) -> bytes:
    head = _head(body)
    numbered = _REFERENCE.sub(lambda m: b"%d 0 R" % order[int(m[1])], head)
    numbered = re.sub(rb"^\d+(?= 0 obj)", lambda m: b"%d" % order[int(m[0])], numbered)
    return numbered + body[len(head) :]


def _head(body: bytes) -> bytes:
    """Return an object's dictionary, without the stream's bytes, which hold no references."""
    return body.partition(b"stream\n")[0]


def _write(header: bytes, bodies: list[bytes], trailer: bytes) -> bytes:
    out = bytearray(header)
    table = [b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(bodies) + 1)]
    for body in bodies:
        table.append(b"%010d 00000 n\r\n" % len(out))
        out += body
    start = len(out)
    size = re.sub(rb"/Size \d+", b"/Size %d" % (len(bodies) + 1), trailer)
    return bytes(out) + b"".join(table) + size + b"startxref\n%d\n%%%%EOF\n" % start


def _sort_lines(block: re.Match[bytes]) -> bytes:
    return b"".join(sorted(block[0].splitlines(keepends=True)))
