"""Which sets of changed cells can make the rows they touch hold, and what a failure proves."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from h1224lib.localisation.elimination import (
    Row,
    TooManyRowsError,
    find_interval,
    project,
)
from h1224lib.localisation.lattice import UndecidedError, has_whole_solution, put_on_steps
from h1224lib.localisation.system import System

# Cells that are asked about at once.
MOST_AT_ONCE = 4000


class Feasibility:
    """Answers, for one system, whether freeing some cells is enough.

    Parameters
    ----------
    system : System
        Values and rows.
    still : iterable of int
        Failing rows of other parts: here they may not move, neither mended nor made worse.

    Attributes
    ----------
    undecided : bool
        A question was too large to answer exactly; the enumeration is then not complete.
    """

    def __init__(self, system: System, still: Iterable[int] = ()) -> None:
        self.system = system
        self.undecided = False
        self.still = frozenset(still)
        self.known: dict[frozenset[int], tuple[frozenset[int], tuple[int, ...]] | None] = {}

    def piece(self, freed: Iterable[int], start: int) -> frozenset[int]:
        """Return the freed cells that share rows with `start`, directly or through others."""
        left = set(freed) - {start}
        found = {start}
        queue = [start]
        while queue and left:
            rows = self.system.touching[queue.pop()]
            near = {c for c in left if any(c in self.system.rows[n].terms for n in rows)}
            left -= near
            found |= near
            queue += near
        return frozenset(found)

    def refute(self, piece: frozenset[int]) -> tuple[frozenset[int], tuple[int, ...]] | None:
        """Return None if the piece can mend every row that it touches, else what proves not.

        The proof is the cells of which at least one more would have to change, and the numbers
        of the rows that it rests on.
        """
        if piece not in self.known:
            self.known[piece] = self._examine(piece)
        return self.known[piece]

    def rows_of(self, piece: Iterable[int]) -> dict[int, Row]:
        """Return the rows that a piece touches, over its cells alone; below 0 its own bounds."""
        piece = set(piece)
        found = {}
        for number in sorted({n for cell in piece for n in self.system.touching[cell]}):
            row = self.system.rows[number]
            terms = (
                {c: row.terms[c] for c in piece if c in row.terms}
                if len(piece) < len(row.terms)
                else {c: v for c, v in row.terms.items() if c in piece}
            )
            found[number] = Row(terms, row.equal, 0 if number in self.still else row.slack)
        for cell in piece & self.system.nonnegative:
            found[-1 - cell] = Row({cell: -1}, False, self.system.values[cell])
        return found

    def _examine(self, piece: frozenset[int]) -> tuple[frozenset[int], tuple[int, ...]] | None:
        rows = self.rows_of(piece)
        try:
            _, clash = project(rows, sorted(piece))
        except TooManyRowsError:
            self.undecided = True
            return None
        if clash is not None:
            origin = {n: times for n, times in clash.origin.items() if n >= 0}
            return self._prove(piece, origin), tuple(sorted(origin))
        if any(self.system.steps[c] is not None for c in piece) and not self._fits_steps(
            rows, sorted(piece)
        ):
            # Fractions would do, whole steps do not: some other cell of these rows must change.
            touched = [n for n in rows if n >= 0]
            others = {c for n in touched for c in self.system.rows[n].terms} - piece
            return self.system.candidates(others), tuple(touched)
        return None

    def find_contradiction(self, cells: Iterable[int]) -> tuple[int, ...]:
        """Return equalities that fail even if all cells connected with these change, if any do."""
        reached = set(cells)
        queue = list(reached)
        rows: dict[int, Row] = {}
        while queue:
            for number in self.system.touching[queue.pop()]:
                row = self.system.rows[number]
                if number in rows or not row.equal:
                    continue
                free = self.system.candidates(row.terms)
                slack = 0 if number in self.still else row.slack
                rows[number] = Row({c: row.terms[c] for c in free}, True, slack)
                queue += free - reached
                reached |= free
            if len(reached) > MOST_AT_ONCE:
                return ()
        _, clash = project(rows, sorted(reached))
        return tuple(sorted(clash.origin)) if clash is not None else ()

    def _prove(self, piece: frozenset[int], origin: dict[int, int]) -> frozenset[int]:
        total: dict[int, int] = {}
        for number, times in origin.items():
            for cell, value in self.system.rows[number].terms.items():
                total[cell] = total.get(cell, 0) + times * value
        return self.system.candidates(c for c, v in total.items() if v and c not in piece)

    def intervals(self, piece: Iterable[int]) -> dict[int, tuple[Fraction | None, Fraction | None]]:
        """Return for each cell of a feasible piece how far its printed value may change."""
        rows = self.rows_of(piece)
        found = {}
        for cell in piece:
            left, _ = project(rows, [c for c in piece if c != cell])
            found[cell] = find_interval(left, cell)
        return found

    def admits(self, piece: Iterable[int], changes: dict[int, int]) -> bool:
        """Tell whether a piece can mend its rows with these changes among them."""
        rows = {n: _put(row, changes) for n, row in self.rows_of(piece).items()}
        rest = [c for c in piece if c not in changes]
        _, clash = project(rows, rest)
        return clash is None and (
            not any(self.system.steps[c] is not None for c in rest) or self._fits_steps(rows, rest)
        )

    def _fits_steps(self, rows: dict[int, Row], cells: Iterable[int]) -> bool:
        """Tell whether some changes bring every cell onto its step and satisfy the rows."""
        steps = {c: s for c in cells if (s := self.system.steps[c]) is not None}
        # Cells without a step take what is left over.
        left, clash = project(rows, [c for c in cells if c not in steps])
        if clash is not None:
            return False
        values = {c: self.system.values[c] for c in steps}
        try:
            return has_whole_solution([put_on_steps(d.row, values, steps) for d in left])
        except (UndecidedError, TooManyRowsError):
            self.undecided = True
            return True


def _put(row: Row, changes: dict[int, int]) -> Row:
    terms = {c: v for c, v in row.terms.items() if c not in changes}
    slack = row.slack - sum(v * changes[c] for c, v in row.terms.items() if c in changes)
    return Row(terms, row.equal, slack)
