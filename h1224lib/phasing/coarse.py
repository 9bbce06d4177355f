"""Numbers printed coarser than the cells: each cell's share of what several have together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from h1224lib.phasing.cells import Cells
from h1224lib.phasing.margins import Margin, Room, find_margins, find_rooms, split_time
from h1224lib.phasing.paths import Path, Span
from h1224lib.phasing.policies import Policy, Profile
from h1224lib.phasing.tracing import trace_cells
from h1224lib.plan.model import Plan
from h1224lib.rounding.conflicts import System, give_up
from h1224lib.rounding.fitting import fit, make_whole

# Shares of a cell are whole parts of a step, so many to a step: halves to tenths are exact.
FINE = 10_080


@dataclass(frozen=True, eq=False)
class Shares:
    """What is open: how much of a room falls into each atom that a margin asks for.

    Attributes
    ----------
    atoms : list of (first, last month)
        Time, divided wherever a horizon begins or ends.
    rooms : dict
        Cell -> its rooms.
    number : dict
        (cell, atom) -> variable; only where a room has several atoms, and a margin takes one.
    seed : array of float
        What the paths give each variable, in steps.
    rows, least, most
        Sums of variables, and their bounds: the margins, then the rooms. A room with an atom
        that no margin takes need not be full.
    margins : list of Margin
        Those whose number the rooms leave open.
    """

    atoms: list[Span]
    rooms: dict[int, list[Room]]
    number: dict[tuple[int, int], int]
    seed: np.ndarray
    rows: sparse.csr_array
    least: np.ndarray
    most: np.ndarray
    margins: list[Margin]

    def system(self, rows: sparse.csr_array) -> System:
        """Return what should hold: margins may give way, rooms not."""
        return System(rows, self.least, self.most, len(self.margins), np.inf)


def share_margins(
    plan: Plan,
    cells: Cells,
    measure: str,
    policy: Policy,
    profiles: Mapping[tuple[str, str], Profile],
) -> tuple[Cells, list[Margin]]:
    """Give cells their shares of horizons that a plan prints for several together.

    Such as 2023 for an area, and 2023-2025 for each of its cells. The paths of the cells are
    brought to all printed numbers together, by iterative proportional fitting; what a cell
    prints itself stays. Where not all can be met, the fewest are given up, and of as few the
    coarsest.

    Parameters
    ----------
    plan, cells, measure
        The plan, and the cells of one of its measures.
    policy, profiles
        As in `phase_counts`: they give the proportion.

    Returns
    -------
    Cells, list of Margin
        With fractions of steps for the shares; the margins that are met so. The cells do not
        add up to one that is not, and a finding says so.
    """
    found = list(find_margins(plan, cells, measure))
    if not found:
        return cells, []
    kept, paths = trace_cells(plan, cells, policy, profiles)
    path_of = dict(zip(kept, paths, strict=True))
    shares = _pose(cells, found, path_of)
    given_up, widened = _choose(shares)
    margins = [m for m, gone in zip(shares.margins, given_up, strict=True) if not gone]
    shares = _pose(cells, margins, path_of)
    if not shares.margins:
        return cells, []
    seed = np.maximum(shares.seed, _small(shares)) if widened else shares.seed
    fitted = fit(seed, shares.rows, shares.least, shares.most)
    parts = make_whole(fitted * FINE, shares.rows, shares.least * FINE, shares.most * FINE)
    if parts is None:
        return cells, []
    return _print(cells, shares, parts), shares.margins


def _pose(cells: Cells, found: Sequence[Margin], paths: Mapping[int, Path]) -> Shares:
    """Write down what is open. A margin with a cell that is not phased is not to be met."""
    found = [margin for margin in found if all(int(m) in paths for m in margin.members)]
    atoms = split_time(list(cells.spans.values()))
    members = sorted({int(place) for margin in found for place in margin.members})
    rooms = {place: find_rooms(cells.printed[place], atoms) for place in members}
    margins = [m for m in found if any(_cuts(rooms[int(p)], m.span, atoms) for p in m.members)]
    asked = {
        (int(place), atom)
        for margin in margins
        for atom in _inside(margin.span, atoms)
        for place in margin.members
    }
    open_ = [(place, room) for place in members for room in rooms[place] if len(room.atoms) > 1]
    pairs = [(place, a) for place, room in open_ for a in room.atoms if (place, a) in asked]
    number = {pair: variable for variable, pair in enumerate(pairs)}
    lines = [_line(margin, rooms, number, atoms) for margin in margins]
    lines += [_fill(place, room, number) for place, room in open_]
    row = np.repeat(np.arange(len(lines)), [len(columns) for columns, *_ in lines])
    column = np.array([c for columns, *_ in lines for c in columns], dtype=int)
    matrix = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(lines), len(pairs)))
    return Shares(
        atoms,
        rooms,
        number,
        np.array([_fall(paths[place], atoms[atom]) for place, atom in pairs]),
        matrix,
        np.array([float(least) for _, least, _ in lines]),
        np.array([float(most) for *_, most in lines]),
        margins,
    )


def _inside(span: Span, atoms: Sequence[Span]) -> set[int]:
    return {at for at, (first, last) in enumerate(atoms) if span[0] <= first and last <= span[1]}


def _cuts(rooms: Sequence[Room], span: Span, atoms: Sequence[Span]) -> bool:
    """Say whether a span takes some atoms of a room and leaves others."""
    own = _inside(span, atoms)
    return any(0 < len(own.intersection(room.atoms)) < len(room.atoms) for room in rooms)


def _line(
    margin: Margin,
    rooms: Mapping[int, Sequence[Room]],
    number: Mapping[tuple[int, int], int],
    atoms: Sequence[Span],
) -> tuple[list[int], float, float]:
    """Return the variables of a margin, and the bounds of what is left of it for them."""
    own = _inside(margin.span, atoms)
    columns, rest = [], Fraction(margin.steps)
    for place in map(int, margin.members):
        columns += [number[place, atom] for atom in sorted(own) if (place, atom) in number]
        rest -= _settled(rooms[place], own)
    return columns, float(rest), np.inf if margin.floor else float(rest)


def _fill(
    place: int, room: Room, number: Mapping[tuple[int, int], int]
) -> tuple[list[int], float, float]:
    """Return the variables of a room, and the bounds of what it has for them."""
    columns = [number[place, atom] for atom in room.atoms if (place, atom) in number]
    full = float(room.rest)
    return columns, full if len(columns) == len(room.atoms) else 0.0, full


def _settled(rooms: Sequence[Room], own: set[int]) -> Fraction:
    """Return what falls into some atoms in any case."""
    alone = (room.rest for room in rooms if len(room.atoms) == 1 and room.atoms[0] in own)
    return sum(alone, Fraction(0))


def _fall(path: Path, atom: Span) -> float:
    months = range(atom[0], atom[1] + 1)
    return float(sum((path.months.get(month, Fraction(0)) for month in months), Fraction(0)))


def _choose(shares: Shares) -> tuple[np.ndarray, bool]:
    """Return the margins to give up, and whether what the paths leave at nothing must give.

    It stays nothing, unless more margins can be met where it does not.
    """
    size = np.array([-len(margin.members) for margin in shares.margins])
    rank = np.empty(len(size))
    rank[np.argsort(size, kind="stable")] = np.arange(len(size))
    # Fewer always cost less; of as few, the coarsest.
    prices = 1 + rank / (len(size) * (len(size) + 1) or 1)
    positive = sparse.diags_array((shares.seed > 0).astype(float))
    strict, _ = give_up(shares.system(sparse.csr_array(shares.rows @ positive)), prices)
    if not strict.any():
        return strict, False
    wide, _ = give_up(shares.system(shares.rows), prices)
    widened = bool(prices[wide].sum() < prices[strict].sum())
    return wide if widened else strict, widened


def _small(shares: Shares) -> np.ndarray:
    """Return a thousandth of its room for each variable."""
    rooms = slice(len(shares.margins), None)
    return np.asarray(shares.rows[rooms].T @ shares.most[rooms]) / 1000


def _print(cells: Cells, shares: Shares, parts: np.ndarray) -> Cells:
    """Enter each cell's share of the margins beside what it prints."""
    printed = [dict(own) for own in cells.printed]
    figures = [dict(own) for own in cells.figures]
    for margin in shares.margins:
        own = _inside(margin.span, shares.atoms)
        for place in map(int, margin.members):
            if not _cuts(shares.rooms[place], margin.span, shares.atoms):
                continue
            open_ = [shares.number[place, a] for a in own if (place, a) in shares.number]
            share = Fraction(int(parts[open_].sum()), FINE) + _settled(shares.rooms[place], own)
            if margin.span not in printed[place]:
                printed[place][margin.span] = share
                figures[place][margin.span] = margin.figure
    return replace(cells, printed=list(printed), figures=figures)
