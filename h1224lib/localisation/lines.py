"""Slips between the cells of a line: numbers in each other's place, and runs that have slipped.

A printed dash compares as 0: whoever swaps a dash and a number swaps nothing for something.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

Numbers = Mapping[int, Fraction | None]

# A shorter run that holds its neighbour's numbers is a swap.
SHORTEST_RUN = 3


def find_swaps(
    printed: Numbers, meant: Numbers, lines: Sequence[Sequence[int]]
) -> Iterator[tuple[tuple[int, int], int | None]]:
    """Yield pairs whose numbers stand in each other's place, neighbours first.

    Parameters
    ----------
    printed, meant : mapping
        Cell -> number; a dash is None; what could be several numbers is not in `meant`.
    lines : sequence of sequence of int
        Cells in the order in which they stand in a row or column.

    Returns
    -------
    iterator of tuple
        The two cells, and the length of the longest line that joins them: 0 where none does,
        None where they are neighbours.

    Examples
    --------
    >>> printed, meant = {1: None, 2: Fraction(110)}, {1: Fraction(110), 2: Fraction(0)}
    >>> list(find_swaps(printed, meant, [[0, 1, 2]]))
    [((1, 2), None)]
    """
    far = []
    for a, b in itertools.combinations(printed, 2):
        if not (_holds(printed, meant, a, b) and _holds(printed, meant, b, a)):
            continue
        shared = [line for line in lines if a in line and b in line]
        if any(abs(line.index(a) - line.index(b)) == 1 for line in shared):
            yield (a, b), None
        else:
            far.append(((a, b), max((len(line) for line in shared), default=0)))
    yield from far


def find_shifts(
    printed: Numbers, meant: Numbers, lines: Sequence[Sequence[int]], others: Numbers
) -> Iterator[tuple[int, ...]]:
    """Yield runs along a line that each hold their neighbour's number, longest first.

    Parameters
    ----------
    printed, meant : mapping
        Cell -> number, of the cells that are wrong; a dash is None.
    lines : sequence of sequence of int
        Cells in the order in which they stand in a row or column.
    others : mapping
        Cell -> number, of the lines' other cells: one that stayed as it was, since its
        neighbour has the same number, does not break a run.

    Returns
    -------
    iterator of tuple of int
        The wrong cells of a run of at least three cells, of which at least two are wrong; what
        the end was filled with is nobody's number.

    Examples
    --------
    >>> numbers = [Fraction(n) for n in (9, 9, 27, 45)]
    >>> wrong = {0: numbers[0], 2: numbers[2], 3: numbers[3]}
    >>> meant = {0: Fraction(45), 2: Fraction(9), 3: Fraction(27)}
    >>> list(find_shifts(wrong, meant, [[0, 1, 2, 3]], {1: numbers[1]}))
    [(0, 2, 3)]
    """
    known = {**others, **printed}
    should = {**others, **meant}
    found = {
        tuple(sorted(c for c in run if c in printed))
        for line in lines
        if sum(c in printed for c in line) > 1
        for order in (list(line), list(line)[::-1])
        for run in _runs(order, known, should, printed)
    }
    yield from sorted((f for f in found if len(f) >= 2), key=lambda f: (-len(f), f))


def _runs(
    order: Sequence[int], known: Numbers, should: Numbers, printed: Numbers
) -> Iterator[list[int]]:
    """Yield the stretches whose numbers moved on by one, from the first wrong cell to the last."""
    run: list[int] = []
    for place, here in enumerate(order):
        run += [here] if here in known and (run or here in printed) else []
        after = order[place + 1] if place + 1 < len(order) else None
        if after is not None and after in known and _holds(known, should, after, here):
            continue
        while run and run[-1] not in printed:
            run.pop()
        if len(run) >= SHORTEST_RUN:
            yield run
        run = []


def _holds(printed: Numbers, meant: Numbers, here: int, there: int) -> bool:
    """Tell whether a cell holds the number that another was meant to hold."""
    return there in meant and (printed[here] or 0) == (meant[there] or 0)
