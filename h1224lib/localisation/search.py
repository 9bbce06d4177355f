"""The search: every smallest set of cells that meets each failing sum, and each proof on the way.

A set of cells can be right only if it has a cell of every failing row, and a cell of every proof
that a smaller choice cannot do. So: take the failing row or proof with the fewest cells left, try
each of its cells, and go on; what is chosen is checked exactly, and a failure gives a new proof.
What cannot stay within the weight allowed is cut off by the number of rows and proofs that share
no cell. The weight allowed grows until something fits. Source of the principle: I. P. Fellegi and
D. Holt, A systematic approach to automatic edit and imputation (1976); the growth of the family
of rows to hit: R. Chandrasekaran, R. Karp et al., implicit hitting sets (2011).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from h1224lib.localisation.feasibility import Feasibility
from h1224lib.localisation.system import Weight

# Choices tried before the enumeration is broken off and called incomplete.
MOST_CHOICES = 300_000
# Sets kept: a reader is not helped by more, and they take time to judge.
MOST_SETS = 30_000
# The same where the rows may have to be searched together with others.
MOST_BRIEFLY = 5000
# After this many it is asked whether changing everything would help at all.
UNSUSPECTED = 2000


class Edge(NamedTuple):
    """Cells of which one at least must change."""

    cells: frozenset[int]
    lightest: Weight


@dataclass
class Found:
    """What a search for one part found.

    Attributes
    ----------
    sets : list of frozenset of int
        Every lightest set; where `complete` is false, some of them or none.
    weight : number
        Their weight; where there are none, no set below it does.
    complete : bool
        Whether the search came to its end.
    refuted : int
        Sets of that weight that were tried in full and refuted.
    contradiction, stuck : tuple of int
        Rows that cannot hold together; fixed cells that may not be as they are.
    """

    sets: list[frozenset[int]] = field(default_factory=list)
    weight: Weight = 0
    complete: bool = True
    refuted: int = 0
    contradiction: tuple[int, ...] = ()
    stuck: tuple[int, ...] = ()


class BrokenOffError(Exception):
    """The search used up its choices."""


class Search:
    """A search for all lightest sets that mend some failing rows.

    Parameters
    ----------
    feasibility : Feasibility
        Of the system.
    failing : sequence of int
        Rows that must be mended.
    alone : iterable of int
        Cells whose printed value is wrong by itself: no multiple of its step, or below 0.
    briefly : bool
        Whether to break off soon: the rows may have to be searched together with others.
    """

    def __init__(
        self,
        feasibility: Feasibility,
        failing: Sequence[int],
        alone: Iterable[int] = (),
        briefly: bool = False,
    ) -> None:
        self.briefly = briefly
        self.feasibility = feasibility
        self.system = feasibility.system
        start = [self._choices_of(n) for n in failing]
        self.alone = list(alone)
        start += [self.system.candidates([cell]) for cell in self.alone]
        # Rows with the same cells ask for the same: one of them is enough to choose from.
        self.start = [self._edge(cells) for cells in dict.fromkeys(start)]
        self.failing = list(failing)
        self.lightest = min((w for w in self.system.weights if w is not None), default=1)
        self.choices = 0
        self.next: Weight | None = None

    def run(self) -> Found:
        """Find the least weight and every set that attains it."""
        found = Found()
        blocked = [n for n in self.failing if not self._choices_of(n)]
        stuck = [c for c in self.alone if self.system.weights[c] is None]
        if blocked or stuck:
            found.contradiction, found.stuck = tuple(blocked[:1]), tuple(stuck)
            return found
        least = self._bound(self.start)
        allowed: Weight | None = least
        try:
            while allowed is not None and not found.sets and not found.contradiction:
                if self.briefly and allowed > least + self.lightest:
                    raise BrokenOffError
                self.allowed, self.next = allowed, None
                found.weight = allowed
                self.found = found
                found.refuted = 0
                self._explore((), 0, self.start, set())
                allowed = self.next
        except BrokenOffError:
            # What was found at this weight is right: nothing lighter does. There may be more.
            found.complete = False
        if self.feasibility.undecided:
            found.complete = False
        return found

    def _choices_of(self, row: int) -> frozenset[int]:
        return self.system.candidates(self.system.rows[row].terms)

    def _edge(self, cells: frozenset[int]) -> Edge:
        return Edge(cells, min((self.system.weight(c) for c in cells), default=0))

    def _bound(self, edges: Sequence[Edge]) -> Weight:
        """Add up what edges without a common cell cost at least."""
        taken: set[int] = set()
        total: Weight = 0
        for edge in sorted(edges, key=lambda e: len(e.cells)):
            if taken.isdisjoint(edge.cells):
                taken |= edge.cells
                total += edge.lightest
        return total

    def _explore(
        self, chosen: tuple[int, ...], weight: Weight, edges: list[Edge], banned: set[int]
    ) -> None:
        if not edges:
            self._record(chosen)
            return
        least = weight + self._bound(edges)
        if least > self.allowed:
            self._postpone(least)
            return
        options = self._options(weight, edges, banned)
        tried = []
        for cell in options:
            heavier = weight + self.system.weight(cell)
            if heavier > self.allowed:
                self._postpone(heavier)
            else:
                self._choose((*chosen, cell), heavier, edges, banned)
                if self.found.contradiction:
                    return
            banned.add(cell)
            tried.append(cell)
        banned.difference_update(tried)

    def _options(self, weight: Weight, edges: list[Edge], banned: set[int]) -> list[int]:
        """Return the cells to try: those of the smallest edge, or of all where one must do."""
        smallest = min(edges, key=lambda e: len(e.cells))
        cells = smallest.cells
        if weight + 2 * self.lightest > self.allowed:
            cells = frozenset.intersection(*(e.cells for e in edges))
            if cells != smallest.cells:
                self._postpone(weight + 2 * self.lightest)
        return sorted(cells - banned)

    def _choose(
        self, chosen: tuple[int, ...], weight: Weight, edges: list[Edge], banned: set[int]
    ) -> None:
        self.choices += 1
        if self.choices > (MOST_BRIEFLY if self.briefly else MOST_CHOICES):
            raise BrokenOffError
        if self.choices == UNSUSPECTED:
            self.found.contradiction = self._contradict()
            if self.found.contradiction:
                return
        cell = chosen[-1]
        left = [e for e in edges if cell not in e.cells]
        proof = self.feasibility.refute(self.feasibility.piece(chosen, cell))
        if proof is not None:
            cells, rows = proof
            if not cells:
                self.found.contradiction = rows
                return
            if not left or weight == self.allowed:
                self.found.refuted += 1
            left.append(self._edge(cells))
        self._explore(chosen, weight, left, banned)

    def _record(self, chosen: tuple[int, ...]) -> None:
        # Nothing lighter can turn up here: the weight before would have let it through.
        if len(self.found.sets) == MOST_SETS:
            raise BrokenOffError
        self.found.sets.append(frozenset(chosen))

    def _contradict(self) -> tuple[int, ...]:
        """Return the rows that no change whatever can mend, if there are such."""
        return self.feasibility.find_contradiction(set().union(*(e.cells for e in self.start)))

    def _postpone(self, weight: Weight) -> None:
        self.next = weight if self.next is None else min(self.next, weight)
