"""Ends: the quarters or months into which the time of a plan falls."""

from __future__ import annotations

from h1224lib.errors import ScheduleError
from h1224lib.phasing.paths import Span

SIZES = {"quarter": 3, "month": 1}
_LETTERS = {3: "Q", 6: "H"}


def tile(months: Span, size: int) -> list[Span]:
    """Return the periods of so many months from the first month to the last.

    Raises
    ------
    ScheduleError
        The months do not begin and end with a period.

    Examples
    --------
    >>> tile((24288, 24293), 3)
    [(24288, 24290), (24291, 24293)]
    """
    first, last = months
    if first % size or (last + 1) % size:
        raise ScheduleError("horizon_not_quarters", found=name_span(months))
    return [(start, start + size - 1) for start in range(first, last + 1, size)]


def name_span(span: Span) -> str:
    """Name a row of months as a period.

    Examples
    --------
    >>> [name_span(span) for span in ((24291, 24293), (24288, 24299), (24292, 24292))]
    ['2024Q2', '2024', '2024-05']
    """
    year, month = divmod(span[0], 12)
    size = span[1] - span[0] + 1
    if size == 12 and month == 0:
        return f"{year:04d}"
    if size in _LETTERS and month % size == 0:
        return f"{year:04d}{_LETTERS[size]}{month // size + 1}"
    if size == 1:
        return f"{year:04d}-{month + 1:02d}"
    return f"{year:04d}-{month + 1:02d}/{span[1] // 12:04d}-{span[1] % 12 + 1:02d}"
