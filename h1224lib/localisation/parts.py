"""Independent parts: failing sums whose explanations have nothing to do with each other.

Failing rows that share a cell belong together. Groups that share none are searched apart, and
stay apart if no lightest explanation of all can join them (`meetings`). Groups that one may join
are searched together; if what is found are all combinations of smaller sets after all, these are
given apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from h1224lib.localisation.feasibility import Feasibility
from h1224lib.localisation.meetings import Cover, Meeting, touch
from h1224lib.localisation.search import Found, Search
from h1224lib.localisation.system import System

# Pairs of sets that are tried together; more are searched together.
MOST_PAIRS = 200


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
    undecided: list[bool] = []
    while (joined := _find_joined(system, parts, undecided)) is not None:
        first, second = joined
        rows, cells = parts[first].rows, parts[first].alone
        if first == second:
            parts[first] = _search(system, rows, cells, failing, briefly=False)
            continue
        rows = tuple(sorted(rows + parts[second].rows))
        cells = tuple(sorted(cells + parts[second].alone))
        parts[first] = _search(system, rows, cells, failing)
        del parts[second]
    if undecided and undecided[-1]:
        for part in parts:
            part.found.complete = False
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


def _find_joined(
    system: System, parts: Sequence[Part], undecided: list[bool]
) -> tuple[int, int] | None:
    """Return two parts that one lightest explanation may join, or None.

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
    solved = {
        n: Cover(system, part.rows, part.alone) for n, part in enumerate(parts) if part.found.sets
    }
    if len(solved) < 2:
        return None
    weights = {n: parts[n].found.weight for n in solved}
    meeting = Meeting(system, solved, weights)
    joined = meeting.find()
    undecided.append(meeting.broken_off)
    return joined or _find_clash(system, parts)


def _find_clash(system: System, parts: Sequence[Part]) -> tuple[int, int] | None:
    """Return two parts whose repairs may break a bound together that each keeps by itself.

    An equality that holds is kept by each part, so by both.
    """
    touching: dict[int, dict[int, list[frozenset[int]]]] = {}
    for n, part in enumerate(parts):
        for cells in part.found.sets:
            for row in touch(system, cells):
                if not system.rows[row].equal:
                    touching.setdefault(row, {}).setdefault(n, []).append(cells)
    feasibility = Feasibility(system)
    for sets in touching.values():
        for first, second in itertools.combinations(sets, 2):
            pairs = list(itertools.islice(itertools.product(sets[first], sets[second]), MOST_PAIRS))
            full = len(pairs) == MOST_PAIRS or len(sets) > 2
            if full or any(_clash(feasibility, a | b) for a, b in pairs):
                return first, second
    return None


def _clash(feasibility: Feasibility, cells: frozenset[int]) -> bool:
    return any(feasibility.refute(feasibility.piece(cells, cell)) is not None for cell in cells)


def _find_neighbour(system: System, parts: Sequence[Part], n: int) -> tuple[int, int]:
    """Return a part and the first other one that a row connects with it, or itself twice."""
    touched = [
        touch(system, Cover(system, part.rows, part.alone).patterns) for part in (parts[n], *parts)
    ]
    for m, rows in enumerate(touched[1:]):
        if m != n and touched[0] & rows:
            return min(n, m), max(n, m)
    return n, n


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
