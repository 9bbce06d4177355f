"""Independent parts: failing sums whose explanations have nothing to do with each other.

Failing rows that share a cell belong together. Groups that share none are searched apart, and
stay apart if no lightest explanation of all can join them. To show that, each group is given a
bound (what touching its failing rows costs at least); from these follow the cells that any
lightest explanation may hold in a group, and how many cells it may hold outside of all groups.
Two groups whose cells no such chain connects through common rows cannot meet in a lightest
explanation. Groups that can are searched together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from h1224lib.localisation.feasibility import Feasibility
from h1224lib.localisation.search import Found, Search
from h1224lib.localisation.system import System, Weight

# Failing rows of a group for which the least cost of touching them is computed exactly.
MOST_EXACT = 14


@dataclass
class Part:
    """Failing rows that are explained together, and what was found."""

    rows: tuple[int, ...]
    alone: tuple[int, ...]
    found: Found
    feasibility: Feasibility
    briefly: bool


def split_parts(system: System) -> list[Part]:
    """Search each independent part of a system for its lightest explanations.

    Parameters
    ----------
    system : System
        Values and rows.

    Returns
    -------
    list of Part
        In the order of their first failing rows; a part whose explanations turn out to be all
        combinations of smaller ones is split into these.
    """
    failing = [n for n in range(len(system.rows)) if system.is_violated(n)]
    alone = [c for c in range(len(system.names)) if system.is_wrong_alone(c)]
    parts = [
        _search(system, rows, cells, failing) for rows, cells in _group(system, failing, alone)
    ]
    while (joined := _find_joined(system, parts)) is not None:
        first, second = joined
        rows, cells = parts[first].rows, parts[first].alone
        if first == second:
            parts[first] = _search(system, rows, cells, failing, briefly=False)
            continue
        rows = tuple(sorted(rows + parts[second].rows))
        cells = tuple(sorted(cells + parts[second].alone))
        parts[first] = _search(system, rows, cells, failing)
        del parts[second]
    return [piece for part in parts for piece in _factor(system, part)]


def _search(
    system: System,
    rows: Sequence[int],
    alone: Sequence[int],
    failing: Iterable[int],
    briefly: bool = True,
) -> Part:
    still = set(failing) - set(rows)
    feasibility = Feasibility(system, still)
    briefly = briefly and bool(still)
    found = Search(feasibility, rows, alone, briefly).run()
    return Part(tuple(rows), tuple(alone), found, feasibility, briefly)


def _group(
    system: System, failing: Sequence[int], alone: Sequence[int]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Put failing rows that share a cell that may change into one group."""
    items = [(n, system.candidates(system.rows[n].terms)) for n in failing]
    leader = list(range(len(items) + len(alone)))

    def lead(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    owner: dict[int, int] = {}
    for i, (_, cells) in enumerate(items):
        for cell in cells:
            leader[lead(i)] = lead(owner.setdefault(cell, i))
    for i, cell in enumerate(alone, start=len(items)):
        leader[lead(i)] = lead(owner.setdefault(cell, i))
    groups: dict[int, tuple[list[int], list[int]]] = {}
    for i, (number, _) in enumerate(items):
        groups.setdefault(lead(i), ([], []))[0].append(number)
    for i, cell in enumerate(alone, start=len(items)):
        groups.setdefault(lead(i), ([], []))[1].append(cell)
    return [(tuple(rows), tuple(cells)) for rows, cells in groups.values()]


class _Cover:
    """What it costs at least to touch each failing row of a part."""

    def __init__(self, system: System, part: Part) -> None:
        self.edges = [system.candidates(system.rows[n].terms) for n in part.rows]
        self.edges += [system.candidates([c]) for c in part.alone]
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
        return (1 << len(self.edges)) - 1

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


def _find_joined(system: System, parts: Sequence[Part]) -> tuple[int, int] | None:
    """Return two parts that one lightest explanation might join, or None.

    A part and itself: it has no neighbour, and is to be searched to the end.
    """
    for n, part in enumerate(parts):
        # A part may fail only because the failing rows of another were held still.
        held = part.feasibility.still.intersection(part.found.contradiction)
        for m, other in enumerate(parts):
            if held.intersection(other.rows):
                return min(n, m), max(n, m)
        if not part.found.complete and part.briefly:
            return _find_neighbour(system, parts, n)
    solved = [n for n, part in enumerate(parts) if part.found.sets]
    covers = {n: _Cover(system, parts[n]) for n in solved}
    spare = {n: parts[n].found.weight - covers[n].cost(covers[n].whole) for n in solved}
    total: Weight = sum(spare.values())
    reached = {
        n: _reach(system, covers[n].possible(parts[n].found.weight + total - spare[n]), total)
        for n in (solved if len(solved) > 1 else [])
    }
    return _find_meeting(reached)


def _find_neighbour(system: System, parts: Sequence[Part], n: int) -> tuple[int, int]:
    """Return a part and the first other one that a row connects with it, or itself twice."""
    reached = _reach(system, set(_Cover(system, parts[n]).patterns), 0)
    for m, other in enumerate(parts):
        if m != n and reached & _reach(system, set(_Cover(system, other).patterns), 0):
            return min(n, m), max(n, m)
    return n, n


def _find_meeting(reached: dict[int, set[int]]) -> tuple[int, int] | None:
    owner: dict[int, int] = {}
    for n, rows in reached.items():
        for row in rows:
            if owner.setdefault(row, n) != n:
                return owner[row], n
    return None


def _reach(system: System, cells: set[int], spare: Weight) -> set[int]:
    """Return the rows that cells touch, themselves or through cells outside every part.

    A chain between two parts is met from both sides, so each side goes half of the way.
    """
    rows = {n for c in cells for n in system.touching[c]}
    lightest = min((w for w in system.weights if w is not None), default=1)
    for _ in range(-(-int(spare // lightest) // 2)):
        near = {
            c
            for n in rows
            for c in system.rows[n].terms
            if (weight := system.weights[c]) is not None and weight <= spare
        }
        rows |= {n for c in near for n in system.touching[c]}
    return rows


def _factor(system: System, part: Part) -> list[Part]:
    """Split a part whose sets are all combinations of smaller ones that have no row in common."""
    sets = part.found.sets
    if not sets or not part.found.complete:
        return [part]
    groups = _group(system, part.rows, part.alone)
    if len(groups) < 2:
        return [part]
    homes = _assign(system, sets, groups)
    if homes is None:
        return [part]
    pieces = [
        list(dict.fromkeys(frozenset(c for c in s if homes[c] == n) for s in sets))
        for n in range(len(groups))
    ]
    if len(sets) != _product(len(p) for p in pieces) or _touch(system, pieces):
        return [part]
    made = []
    for (rows, alone), own in zip(groups, pieces, strict=True):
        weight = sum(system.weight(c) for c in own[0])
        found = Found(own, weight, True, part.found.refuted)
        made.append(Part(rows, alone, found, part.feasibility, part.briefly))
    return made


def _touch(system: System, pieces: Sequence[Sequence[frozenset[int]]]) -> bool:
    """Tell whether a row joins cells of different pieces, whose repairs then hang together."""
    touched: set[int] = set()
    for piece in pieces:
        rows = {n for cells in piece for c in cells for n in system.touching[c]}
        if touched & rows:
            return True
        touched |= rows
    return False


def _assign(
    system: System,
    sets: Sequence[frozenset[int]],
    groups: Sequence[tuple[tuple[int, ...], tuple[int, ...]]],
) -> dict[int, int] | None:
    """Give each cell of the sets to the group whose failing rows it touches; None if there is"""
    homes = {}
    for n, (rows, alone) in enumerate(groups):
        for cell in itertools.chain(*(system.rows[r].terms for r in rows), alone):
            homes[cell] = n
    cells = set().union(*sets)
    return homes if cells <= homes.keys() else None


def _product(numbers: Iterable[int]) -> int:
    total = 1
    for number in numbers:
        total *= number
    return total
