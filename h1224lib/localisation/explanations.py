"""Explanations: the smallest sets of figures whose change makes every identity hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from h1224lib.identities import Identity
from h1224lib.localisation.misprints import Misprint, read_model
from h1224lib.localisation.numbers import Number, tell_number
from h1224lib.localisation.parts import Part, split_parts
from h1224lib.localisation.repairs import Range, find_repair, judge, propose
from h1224lib.localisation.system import System, build_system


class Contradiction(NamedTuple):
    """Identities, by position, that cannot hold together, and the fixed figures in them.

    No identity at all: the figures themselves may not be as they are (below 0, off their step).
    """

    identities: tuple[int, ...]
    figures: tuple[str, ...]


class Unexplained(NamedTuple):
    """Failing identities, by position, and the weight below which no set of figures mends them."""

    identities: tuple[int, ...]
    at_least: Number


@dataclass(frozen=True)
class Proof:
    """Why no smaller set does.

    Attributes
    ----------
    kind : str
        ``apart``: failing identities that share no figure need one each; ``search``: every
        smaller set was tried.
    identities : tuple of int
        The identities that share no figure, by position; empty for ``search``.
    refuted : int
        Sets that were tried in full and refuted.
    """

    kind: str
    identities: tuple[int, ...]
    refuted: int


@dataclass(frozen=True)
class Explanation:
    """One smallest set of figures whose change makes every identity of its part hold.

    Attributes
    ----------
    cells : tuple of str
        Names of the figures, in the order of the values given.
    repair : dict
        Name -> the number that it must be, or the `Range` that it may lie in.
    proposed : dict
        Name -> the number that was most probably meant; where `repair` is a `Range`, the one
        that a single slip explains, if there is one.
    weight : number
        Sum of the weights of the cells.
    part : int
        Which independent part of the failing identities it explains, from 0.
    mends : tuple of int
        The failing identities of that part, by position in the list given.
    misprints : tuple of Misprint
        How the figures were most probably misprinted.
    likelihood : float
        What the misprint model makes of the whole set: only comparisons within a part mean
        anything.
    rank : int
        Place within its part, from 1; explanations that the model cannot part share it.
    tied : bool
        Whether others share its rank.
    why : Proof
        Why no smaller set does.
    """

    cells: tuple[str, ...]
    repair: dict[str, Number | Range]
    proposed: dict[str, Number]
    weight: Number
    part: int
    mends: tuple[int, ...]
    misprints: tuple[Misprint, ...]
    likelihood: float
    rank: int
    tied: bool
    why: Proof


class Explanations(list[Explanation]):
    """Explanations part by part, best first within each.

    Attributes
    ----------
    complete : bool
        Whether every smallest set is among them, and nothing smaller exists.
    contradictions : list of Contradiction
        What no change of the figures that are allowed to change can mend.
    unexplained : list of Unexplained
        Failing identities for which no explanation was found before the search was broken off.
    unprinted : tuple of str
        Names that identities use and that have no value: never candidates.
    """

    def __init__(
        self,
        items: Iterable[Explanation] = (),
        complete: bool = True,
        contradictions: Sequence[Contradiction] = (),
        unexplained: Sequence[Unexplained] = (),
        unprinted: Sequence[str] = (),
    ) -> None:
        super().__init__(items)
        self.complete = complete
        self.contradictions = list(contradictions)
        self.unexplained = list(unexplained)
        self.unprinted = tuple(unprinted)

    @property
    def parts(self) -> list[list[Explanation]]:
        """The explanations of each independent part: one of each part mends everything."""
        numbers = sorted({e.part for e in self})
        return [[e for e in self if e.part == number] for number in numbers]


def locate_errors(
    values: Mapping[str, Any],
    identities: Sequence[Identity],
    weights: Mapping[str, Any] | None = None,
    fixed: Iterable[str] = (),
    step: Any = None,
    nonnegative: bool | Iterable[str] = False,
) -> Explanations:
    """Find every smallest set of figures whose change can make all identities hold.

    Parameters
    ----------
    values : mapping
        Name -> printed number; "-", None or <NA> where a dash is printed: it counts as 0 and may
        be what is wrong. A name that identities use and that is not here was never printed: it
        may be anything, and is never named.
    identities : sequence of Identity
        Linear relations between names.
    weights : mapping, optional
        Name -> how much it takes to doubt that figure, above 0; 1 where not given.
    fixed : iterable of str, optional
        Names that must not change.
    step : number or mapping, optional
        Figures are whole multiples of it; otherwise they may be any fraction.
    nonnegative : bool or iterable of str, optional
        Figures that must not be below 0.

    Notes
    -----
    Where steps bind several figures of a set, a range is that of each figure over fractions of
    the others, its ends moved to the figure's own steps.

    Returns
    -------
    Explanations
        Sets of least weight, all of them (Fellegi and Holt 1976), by independent parts, ranked
        by how numbers come to be misprinted; `complete` says whether that is proven.

    Raises
    ------
    UnknownNameError
        `weights`, `fixed`, `step` or `nonnegative` speak of a name that has no value.
    ValueError
        Something is no number, or a weight or step is not above 0.

    Examples
    --------
    >>> parts = Identity({"a": 1, "b": 1, "total": -1}, "=", 0)
    >>> share = Identity({"a": 2, "total": -1}, "=", 0)
    >>> found = locate_errors({"a": 54, "b": 45, "total": 90}, [parts, share])
    >>> found[0].cells, found[0].repair, found[0].misprints[0].kind
    (('a',), {'a': 45}, 'digits_transposed')
    """
    identities = list(identities)
    system = build_system(values, identities, weights or {}, fixed, step, nonnegative)
    parts = split_parts(system)
    found = []
    solved = 0
    for part in parts:
        if part.found.sets:
            found += _explain(system, part, solved, identities)
            solved += 1
    return Explanations(
        found,
        complete=not system.undecided and all(part.found.complete for part in parts),
        unexplained=[
            Unexplained(_list_identities(system, part), tell_number(part.found.weight))
            for part in parts
            if not (part.found.sets or part.found.contradiction or part.found.stuck)
        ],
        contradictions=[
            _tell_contradiction(system, part)
            for part in parts
            if part.found.contradiction or part.found.stuck
        ],
        unprinted=system.unprinted,
    )


def _tell_contradiction(system: System, part: Part) -> Contradiction:
    rows = part.found.contradiction
    fixed = {c for n in rows for c in system.rows[n].terms if system.weights[c] is None}
    return Contradiction(
        tuple(dict.fromkeys(s for n in rows for s in system.sources[n])),
        tuple(system.names[c] for c in sorted(fixed | set(part.found.stuck))),
    )


def _explain(
    system: System, part: Part, number: int, identities: Sequence[Identity]
) -> list[Explanation]:
    """Put the sets of a part into words' raw material, best first."""
    mends = _list_identities(system, part)
    proof = _prove(system, part)
    made = []
    for cells in sorted(part.found.sets, key=sorted):
        repair = find_repair(system, part, cells)
        proposed = propose(system, part, cells, repair)
        slips, likelihood = judge(system, part, cells, proposed, identities)
        made.append((cells, repair, proposed, slips, likelihood))
    made.sort(key=lambda m: -m[4])
    ranks = _rank([m[4] for m in made])
    shared = Counter(ranks)
    return [
        Explanation(
            cells=tuple(system.names[c] for c in sorted(cells)),
            repair={system.names[c]: repair[c] for c in sorted(cells)},
            proposed={system.names[c]: tell_number(proposed[c]) for c in sorted(proposed)},
            weight=tell_number(part.found.weight),
            part=number,
            mends=mends,
            misprints=tuple(_name(system, slip) for slip in slips),
            likelihood=float(likelihood),
            rank=rank,
            tied=shared[rank] > 1,
            why=proof,
        )
        for (cells, repair, proposed, slips, likelihood), rank in zip(made, ranks, strict=True)
    ]


def _rank(likelihoods: Sequence[Fraction]) -> list[int]:
    """Rank what is sorted, the likeliest first; what is not clearly less likely shares a rank."""
    alike = read_model().alike
    ranks: list[int] = []
    first = 0
    for place, likelihood in enumerate(likelihoods):
        if likelihoods[first] > alike * likelihood:
            first = place
        ranks.append(first + 1)
    return ranks


def _list_identities(system: System, part: Part) -> tuple[int, ...]:
    return tuple(sorted({s for n in part.rows for s in system.sources[n]}))


def _prove(system: System, part: Part) -> Proof:
    """Find failing rows that share no cell and cost as much as the part, if there are such."""
    taken: set[int] = set()
    total: Fraction | int = 0
    chosen: list[int] = []
    for row in sorted(part.rows, key=lambda n: len(system.rows[n].terms)):
        cells = system.candidates(system.rows[row].terms)
        if taken.isdisjoint(cells):
            taken |= cells
            total += min(w for c in cells if (w := system.weights[c]) is not None)
            chosen.append(row)
    if total == part.found.weight:
        named = tuple(sorted({s for n in chosen for s in system.sources[n]}))
        return Proof("apart", named, part.found.refuted)
    return Proof("search", (), part.found.refuted)


def _name(system: System, slip: Misprint) -> Misprint:
    return Misprint(slip.kind, tuple(system.names[c] for c in slip.cells), slip.likelihood)
