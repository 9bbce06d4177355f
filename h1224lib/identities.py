"""Identities: the relations that a plan's printed figures must satisfy."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.hierarchy import children
from h1224lib.intervals import UP
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan

Cell = tuple[str, ...]
OPERATORS = ("=", "<=", ">=")


@dataclass(frozen=True, slots=True)
class Identity:
    """One linear relation between named numbers: the sum of coefficient x value, against `rhs`.

    Parameters
    ----------
    terms : mapping
        Name -> coefficient. In a plan the names are figure ids; the first term with a negative
        coefficient is the total, the whole or the later horizon.
    op : str
        ``=``, ``<=`` or ``>=``.
    rhs : number
        Right-hand side.
    kind : str
        ``sum``, ``sum_over_time``, ``year_within_cumulative``, ``part_within_whole``,
        ``restatement`` or ``relation`` (a relation of the user's own).
    along : str
        The dimension that is summed, where there is one.
    missing : tuple of str
        Codes along that dimension which belong to the sum and are not printed in full.
    within : bool
        The left side need not fill the right one: a part, or a year of several.

    Examples
    --------
    >>> Identity({"a": 1, "b": 1, "t": -1}, "=", 0).op
    '='
    """

    terms: Mapping[str, Any]
    op: str = "="
    rhs: Any = 0
    kind: str = "relation"
    along: str = ""
    missing: tuple[str, ...] = ()
    within: bool = False

    def __post_init__(self) -> None:
        if self.op not in OPERATORS:
            raise ValueError(f"op is {self.op!r}, expected one of {OPERATORS}")


@dataclass(frozen=True)
class Ratio:
    """A printed percentage, and the two printed amounts that it is the ratio of (figure ids)."""

    figure: str
    numerator: str
    denominator: str


def derive_identities(plan: Plan) -> list[Identity]:
    """Derive every linear relation between a plan's printed figures.

    Parameters
    ----------
    plan : Plan
        Its cells (the figure that holds for each), and the figures that restate them.

    Returns
    -------
    list of Identity
        Sums over each dimension and level, sums or bounds over horizons (only for what
        accumulates), parts within wholes, restatements; over figure ids, in the measure's unit.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> len([i for i in derive_identities(load_plan()) if i.kind == "part_within_whole"])
    4
    """
    cells = _Cells(plan)
    return [
        *_sums(plan, cells),
        *_parts_within(plan, cells),
        *_horizons(plan, cells),
        *_restatements(plan, cells),
    ]


def derive_ratios(plan: Plan) -> list[Ratio]:
    """Find the printed percentages whose numerator and denominator are printed too.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> len(derive_ratios(load_plan("dazhou-2019")))
    10
    """
    cells = _Cells(plan)
    found = []
    parts = plan.measures[plan.measures["numerator"] != ""]
    for cell, figure in cells.ids.items():
        if cell[0] in parts.index:
            ends = parts.loc[cell[0], ["numerator", "denominator"]]
            ids = [cells.ids.get((str(end), *cell[1:])) for end in ends]
            if ids[0] is not None and ids[1] is not None:
                found.append(Ratio(figure, ids[0], ids[1]))
    return found


class _Cells:
    """The printed cells by key, for look-ups that a frame would make slow."""

    def __init__(self, plan: Plan) -> None:
        cells = plan.cells
        # A target without a number ("keep pace with") takes part in no relation.
        cells = cells[cells["relation"] != "reference"]
        keys = list(zip(*(cells[key].tolist() for key in KEYS), strict=True))
        self.ids: dict[Cell, str] = dict(zip(keys, cells["figure_id"].tolist(), strict=True))
        self.relation: dict[str, str] = dict(
            zip(cells["figure_id"].tolist(), cells["relation"].tolist(), strict=True)
        )
        # A frame would be asked once a cell, which is slow for a nation's plan.
        self.kind: dict[str, str] = plan.measures["kind"].to_dict()


def _swap(cell: Cell, position: int, code: str) -> Cell:
    return (*cell[:position], code, *cell[position + 1 :])


def _operator(parts: list[str], total: str) -> str:
    """Tell which way a sum of printed numbers is bound where bounds are among them."""
    if any(relation in UP for relation in parts):
        return "<="
    return ">=" if total in UP else "="


def _sums(plan: Plan, cells: _Cells) -> Iterator[Identity]:
    cover = _Cover(plan, cells)
    seen = set()
    for position, dimension in enumerate(("measure", *DIMENSIONS)):
        members = children(plan, dimension)
        for cell, total in cells.ids.items():
            if cell[position] not in members or cells.kind[cell[0]] == "rate":
                continue
            parts: list[str] = []
            missing = []
            for code in members[cell[position]]:
                found, whole = cover.find(_swap(cell, position, code))
                parts += found
                missing += [] if whole else [code]
            # Where margins are not printed, two dimensions lead to the same cells.
            if not parts or (key := (total, frozenset(parts))) in seen:
                continue
            seen.add(key)
            op = _operator([cells.relation[i] for i in parts], cells.relation[total])
            terms = {**dict.fromkeys(parts, 1), total: -1}
            yield Identity(terms, op, 0, "sum", dimension, tuple(missing))


class _Cover:
    """The printed cells nearest below a cell that together make it up."""

    def __init__(self, plan: Plan, cells: _Cells) -> None:
        self.ids = cells.ids
        self.without = plan.without()
        self.members = [children(plan, d) for d in ("measure", *DIMENSIONS)]
        self.known: dict[Cell, tuple[list[str], bool]] = {}
        self.parents = [dict(plan.table(d)["parent"]) for d in DIMENSIONS]

    @functools.cached_property
    def promising(self) -> set[Cell]:
        """The cells above a printed one: below any other there is nothing to search."""
        found: set[Cell] = set()
        for cell in self.ids:
            chains = [_chain(code, p) for code, p in zip(cell[1:4], self.parents, strict=True)]
            for codes in itertools.product(*chains):
                found.add((cell[0], *codes, cell[4]))
        return found

    def find(self, cell: Cell) -> tuple[list[str], bool]:
        """Return figure ids that make up a cell as far as printed, and whether that is all."""
        if cell in self.ids:
            return [self.ids[cell]], True
        if cell[3] in self.without.get(cell[2], ()):
            return [], True
        if cell not in self.promising:
            return [], False
        if cell not in self.known:
            self.known[cell] = max(self._descend(cell), key=lambda f: (f[1], len(f[0])))
        return self.known[cell]

    def _descend(self, cell: Cell) -> Iterator[tuple[list[str], bool]]:
        yield [], False
        for position in (1, 2, 3):
            below = self.members[position].get(cell[position], [])
            found = [self.find(_swap(cell, position, code)) for code in below]
            if found:
                yield [i for ids, _ in found for i in ids], all(whole for _, whole in found)


def _chain(code: str, parents: dict[str, str]) -> list[str]:
    chain = [code]
    while parents.get(chain[-1]):
        chain.append(parents[chain[-1]])
    return chain


def _parts_within(plan: Plan, cells: _Cells) -> Iterator[Identity]:
    for position, dimension in enumerate(("measure", *DIMENSIONS)):
        for whole, codes in children(plan, dimension, "within").items():
            for cell, part in cells.ids.items():
                if cell[position] not in codes or cells.kind[cell[0]] == "rate":
                    continue
                total = cells.ids.get(_swap(cell, position, whole))
                if total:
                    terms = {part: 1, total: -1}
                    yield Identity(terms, "<=", 0, "part_within_whole", dimension, within=True)


def _horizons(plan: Plan, cells: _Cells) -> Iterator[Identity]:
    printed: dict[Cell, list[str]] = {}
    accumulating = {str(m): plan.accumulates(str(m)) for m in plan.measures.index}
    for cell in cells.ids:
        if accumulating[cell[0]]:
            printed.setdefault(cell[:4], []).append(cell[4])
    nests = {codes: _nest(plan.horizons, codes) for codes in {tuple(c) for c in printed.values()}}
    for cell, horizons in printed.items():
        for whole, (shorter, tiles) in nests[tuple(horizons)].items():
            parts = [cells.ids[(*cell, code)] for code in shorter]
            total = cells.ids[(*cell, whole)]
            terms = {**dict.fromkeys(parts, 1), total: -1}
            if tiles:
                op = _operator([cells.relation[p] for p in parts], cells.relation[total])
                yield Identity(terms, op, 0, "sum_over_time", "horizon")
            else:
                yield Identity(terms, "<=", 0, "year_within_cumulative", "horizon", within=True)


def _nest(horizons: pd.DataFrame, codes: tuple[str, ...]) -> dict[str, tuple[list[str], bool]]:
    """Return each horizon's direct parts among `codes`, and whether these fill it to the day."""
    chosen = horizons.loc[list(codes)]
    first = pd.to_datetime(chosen["first_day"])
    last = pd.to_datetime(chosen["last_day"])
    days = (last - first).dt.days + 1
    order = days.sort_values(kind="stable").index
    inner: dict[str, list[str]] = {}
    for i, code in enumerate(order):
        for longer in order[i + 1 :]:
            if first[longer] <= first[code] and last[code] <= last[longer]:
                inner.setdefault(str(longer), []).append(str(code))
                break
    return {
        whole: (sorted(parts, key=lambda p: first[p]), sum(days[p] for p in parts) == days[whole])
        for whole, parts in inner.items()
    }


def _restatements(plan: Plan, cells: _Cells) -> Iterator[Identity]:
    holding = plan.cells.set_index(KEYS)
    others = plan.figures[~plan.figures["figure_id"].isin(plan.cells["figure_id"])]
    for row in others.itertuples(index=False):
        key = tuple(getattr(row, name) for name in KEYS)
        held = cells.ids.get(key)
        # What an amendment replaced, or brings later, is no restatement.
        if held is None or row.effective != holding.at[key, "effective"]:
            continue
        if row.relation == "reference":
            continue
        loose = row.relation in UP and cells.relation[held] == "="
        terms = {held: 1, str(row.figure_id): -1}
        yield Identity(terms, ">=" if loose else "=", 0, "restatement")
