"""Rises: printed horizons as what cells must rise by from one period's end to another's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from h1224lib.phasing.paths import Printed, Span
from h1224lib.rounding.problem import Rise


def find_rises(printed: Sequence[Printed], spans: Sequence[Span]) -> list[Rise]:
    """Find what each cell must rise by, so that its printed horizons are met.

    A horizon from the first day on needs none: its end is a whole number. One whose days are
    not those of periods bounds the periods around it from below, those inside it from above.

    Parameters
    ----------
    printed : sequence of mapping
        For each cell: span -> whole steps, or None for "-"; a fraction is not printed, and
        binds nothing.
    spans : sequence of (first, last month)
        The periods, one after the other.

    Returns
    -------
    list of Rise
        Cells and periods by their positions.

    Examples
    --------
    >>> find_rises([{(0, 11): 8, (3, 5): 2, (7, 7): 1}], [(0, 2), (3, 5), (6, 8), (9, 11)])
    [Rise(cell=0, before=0, after=1, least=2, most=2), Rise(cell=0, before=1, after=2, least=1, \
most=8)]
    """
    found: list[Rise] = []
    for cell, horizons in enumerate(printed):
        known = {span: value for span, value in horizons.items() if isinstance(value, int)}
        if any(first > spans[0][0] for first, _ in known):
            found += _of_cell(cell, known, spans)
    return found


def _of_cell(cell: int, known: dict[Span, int], spans: Sequence[Span]) -> Iterator[Rise]:
    starts = {first: place for place, (first, _) in enumerate(spans)}
    ends = {last: place for place, (_, last) in enumerate(spans)}
    most = max(known.values())
    within: dict[int, dict[Span, int]] = {}
    for (first, last), value in known.items():
        if first in starts and last in ends:
            if starts[first]:
                yield Rise(cell, starts[first] - 1, ends[last], value, value)
            continue
        begin = max(place for start, place in starts.items() if start <= first)
        end = min(place for stop, place in ends.items() if stop >= last)
        if begin == end:
            within.setdefault(begin, {})[first, last] = value
        elif begin:
            yield Rise(cell, begin - 1, end, value, most)
        inner = [p for p, (start, stop) in enumerate(spans) if first <= start and stop <= last]
        if inner and inner[0]:
            yield Rise(cell, inner[0] - 1, inner[-1], 0, value)
    for place, parts in within.items():
        if place:
            yield Rise(cell, place - 1, place, _add_outermost(parts), most)


def _add_outermost(parts: dict[Span, int]) -> int:
    """Add up the spans that lie in no other."""
    return sum(
        value
        for span, value in parts.items()
        if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in parts)
    )
