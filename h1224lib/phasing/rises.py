"""Rises: printed horizons as what cells must rise by from one period's end to another's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from h1224lib.phasing.margins import Margin
from h1224lib.phasing.paths import Printed, Span
from h1224lib.rounding.problem import Rise

# More than any sum rises by.
NO_LIMIT = 2**53


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
    [Rise(place=0, before=0, after=1, least=2, most=2), Rise(place=0, before=1, after=2, least=1, \
most=8)]
    """
    found: list[Rise] = []
    for cell, horizons in enumerate(printed):
        known = {span: value for span, value in horizons.items() if isinstance(value, int)}
        if any(first > spans[0][0] for first, _ in known):
            found += _of_place(cell, known, spans, max(known.values()))
    return found


def find_sum_rises(
    margins: Sequence[Margin], kept: Sequence[int], rows: sparse.csr_array, spans: Sequence[Span]
) -> list[Rise]:
    """Find what sums of cells must rise by, so that the numbers printed for them are met.

    Parameters
    ----------
    margins : sequence of Margin
        The numbers.
    kept : sequence of int
        The cells that are phased, by their positions in the margins.
    rows : sparse matrix of 0 and 1, sums x cells
        Which phased cells each sum adds up.
    spans : sequence of (first, last month)
        The periods.

    Returns
    -------
    list of Rise
        Sums are counted after the cells; the sum of a single cell is that cell.
    """
    place = {cell: number for number, cell in enumerate(kept)}
    line = {
        np.sort(rows.indices[rows.indptr[row] : rows.indptr[row + 1]]).tobytes(): row
        for row in range(rows.shape[0] if margins else 0)
    }
    known: dict[tuple[int, bool], dict[Span, int]] = {}
    for margin in margins:
        members = np.sort([place[int(member)] for member in margin.members])
        own = members.astype(rows.indices.dtype).tobytes()
        where = int(members[0]) if len(members) == 1 else len(kept) + line[own]
        known.setdefault((where, margin.floor), {})[margin.span] = margin.steps
    found: list[Rise] = []
    for (where, floor), printed in known.items():
        rises = _of_place(where, printed, spans, NO_LIMIT)
        found += [rise._replace(most=NO_LIMIT) if floor else rise for rise in rises]
    return found


def _of_place(
    cell: int, known: dict[Span, int], spans: Sequence[Span], most: int
) -> Iterator[Rise]:
    starts = {first: place for place, (first, _) in enumerate(spans)}
    ends = {last: place for place, (_, last) in enumerate(spans)}
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
