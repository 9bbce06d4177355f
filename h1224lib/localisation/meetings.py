"""Meetings: can one lightest explanation join groups of failing rows that share no cell?

A lightest explanation falls into pieces that share no row, and each piece mends the rows that it
touches. So it joins two groups only if one piece has cells in the failing rows of both. What
touching the failing rows of every group costs at least bounds what such a piece may hold. Where
these bounds leave no room for cells outside the failing rows, a joining piece holds two cells of
different groups that share a row: from each such pair the piece is grown, proof by proof, until
it mends its rows or weighs too much. Where they leave room, groups that a chain of that many
cells connects are taken to meet.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from h1224lib.localisation.feasibility import Feasibility
from h1224lib.localisation.system import System, Weight

# Failing rows of a group for which the least cost of touching them is computed exactly.
MOST_EXACT = 14
# Pieces grown before the question is given up.
MOST_PIECES = 2_000


class Cover:
    """What it costs at least to touch each failing row of a part."""

    def __init__(self, system: System, failing: Iterable[int], alone: Iterable[int]) -> None:
        self.edges = [system.candidates(system.rows[n].terms) for n in failing]
        self.edges += [system.candidates([c]) for c in alone]
        self.weight = system.weight
        self.patterns: dict[int, int] = {}
        for number, cells in enumerate(self.edges):
            for cell in cells:
                self.patterns[cell] = self.patterns.get(cell, 0) | 1 << number
        self.cheapest: dict[int, Weight] = {}
        for cell, pattern in self.patterns.items():
            weight = self.weight(cell)
            self.cheapest[pattern] = min(weight, self.cheapest.get(pattern, weight))
        self.known: dict[int, Weight] = {0: 0}

    def cost(self, rows: int) -> Weight:
        """Return a lower bound for touching the rows of a bit mask; exact for few rows."""
        if rows in self.known:
            return self.known[rows]
        if len(self.edges) > MOST_EXACT:
            self.known[rows] = self._bound(rows)
        else:
            first = rows & -rows
            self.known[rows] = min(
                weight + self.cost(rows & ~pattern)
                for pattern, weight in self.cheapest.items()
                if pattern & first
            )
        return self.known[rows]

    def _bound(self, rows: int) -> Weight:
        taken: set[int] = set()
        total: Weight = 0
        chosen = [e for n, e in enumerate(self.edges) if rows >> n & 1]
        for cells in sorted(chosen, key=len):
            if taken.isdisjoint(cells):
                taken |= cells
                total += min(self.weight(c) for c in cells)
        return total

    @property
    def whole(self) -> int:
        """All rows, as a bit mask."""
        return (1 << len(self.edges)) - 1

    def left(self, cells: Iterable[int]) -> int:
        """Return the rows that none of the cells touches, as a bit mask."""
        touched = 0
        for cell in cells:
            touched |= self.patterns.get(cell, 0)
        return self.whole & ~touched

    def possible(self, most: Weight) -> set[int]:
        """Return the cells of the failing rows that a choice of at most this weight may hold."""
        dear = {
            pattern: self.cost(self.whole & ~pattern) for pattern in set(self.patterns.values())
        }
        return {
            cell
            for cell, pattern in self.patterns.items()
            if self.weight(cell) + dear[pattern] <= most
        }


class Meeting:
    """The question whether groups of failing rows, each explained alone, can meet.

    Parameters
    ----------
    system : System
        Values and rows.
    covers : mapping
        Group -> what touching its failing rows costs.
    weights : mapping
        Group -> weight of its lightest explanations.

    Attributes
    ----------
    broken_off : bool
        The question was too large.
    """

    def __init__(
        self, system: System, covers: Mapping[int, Cover], weights: Mapping[int, Weight]
    ) -> None:
        self.system = system
        self.covers = covers
        self.total: Weight = sum(weights.values())
        least = {n: cover.cost(cover.whole) for n, cover in covers.items()}
        self.spare: Weight = self.total - sum(least.values())
        self.possible = {
            n: cover.possible(self.total - sum(least.values()) + least[n])
            for n, cover in covers.items()
        }
        self.home = {cell: n for n, cells in self.possible.items() for cell in cells}
        self.broken_off = False

    def find(self) -> tuple[int, int] | None:
        """Return two groups that may meet, or None."""
        lightest = min((w for w in self.system.weights if w is not None), default=1)
        if self.spare >= lightest:
            return self._find_chain(int(self.spare // lightest))
        feasibility = Feasibility(self.system)
        pieces = 0
        tried: set[frozenset[int]] = set()
        queue = [frozenset(pair) for pair in self._pairs()]
        while queue:
            piece = queue.pop()
            if piece in tried or self._is_too_heavy(piece):
                continue
            tried.add(piece)
            pieces += 1
            if pieces > MOST_PIECES:
                self.broken_off = True
                return None
            proof = feasibility.refute(piece)
            if proof is None:
                first, second = sorted({self.home[c] for c in piece})[:2]
                return first, second
            queue += [piece | {cell} for cell in proof[0] if cell in self.home]
        return None

    def _pairs(self) -> Iterable[tuple[int, int]]:
        """Yield cells of different groups that share a row."""
        meeting: dict[int, list[int]] = {}
        for cell in self.home:
            for row in self.system.touching[cell]:
                meeting.setdefault(row, []).append(cell)
        for cells in meeting.values():
            for first, second in itertools.combinations(cells, 2):
                if self.home[first] != self.home[second]:
                    yield first, second

    def _is_too_heavy(self, piece: frozenset[int]) -> bool:
        weight = sum(self.system.weight(c) for c in piece)
        rest = sum(cover.cost(cover.left(piece)) for cover in self.covers.values())
        return weight + rest > self.total

    def _find_chain(self, length: int) -> tuple[int, int] | None:
        """Return two groups whose cells a chain of at most that many others connects.

        The chain is met from both sides, so each side goes half of the way.
        """
        owner: dict[int, int] = {}
        for n, cells in self.possible.items():
            rows = touch(self.system, cells)
            for _ in range(-(-length // 2)):
                near = {
                    c
                    for row in rows
                    for c in self.system.rows[row].terms
                    if (weight := self.system.weights[c]) is not None and weight <= self.spare
                }
                rows |= touch(self.system, near)
            for row in rows:
                if owner.setdefault(row, n) != n:
                    return owner[row], n
        return None


def touch(system: System, cells: Iterable[int]) -> set[int]:
    """Return the rows that cells touch."""
    return {row for cell in cells for row in system.touching[cell]}
