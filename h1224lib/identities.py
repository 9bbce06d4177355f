"""Identities: the relations that a plan's printed figures must satisfy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.hierarchy import children
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan

Cell = tuple[str, ...]
OPERATORS = ("=", "<=", ">=")
# A printed bound (">= 200") in a sum leaves the other side free in one direction.
LOWER = {">=", ">"}


@dataclass(frozen=True)
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
        Codes along that dimension which belong to the sum and are not printed.
    testable : bool
        False where bounds or ranges on both sides leave nothing to test.

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
    testable: bool = True

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
        keys = list(cells[KEYS].itertuples(index=False, name=None))
        self.ids: dict[Cell, str] = dict(zip(keys, cells["figure_id"], strict=True))
        self.relation: dict[str, str] = dict(
            zip(cells["figure_id"], cells["relation"], strict=True)
        )


def _swap(cell: Cell, position: int, code: str) -> Cell:
    return (*cell[:position], code, *cell[position + 1 :])


def _operator(parts: list[str], total: str) -> str | None:
    """Tell which way a sum is bound where bounds are among its printed numbers."""
    loose_parts = any(relation in LOWER for relation in parts)
    if {*parts, total} & {"~", "range", "<="}:
        return None
    if loose_parts and total in LOWER:
        return None
    return "<=" if loose_parts else ">=" if total in LOWER else "="


def _sums(plan: Plan, cells: _Cells) -> Iterator[Identity]:
    without = plan.without()
    addable = {m for m in plan.measures.index if plan.measures.at[m, "kind"] != "rate"}
    for position, dimension in enumerate(("measure", *DIMENSIONS)):
        members = children(plan, dimension)
        for cell, total in cells.ids.items():
            if cell[position] not in members or cell[0] not in addable:
                continue
            parts = {}
            missing = []
            for code in members[cell[position]]:
                part = _swap(cell, position, code)
                if part in cells.ids:
                    parts[code] = cells.ids[part]
                elif part[3] not in without.get(part[2], ()):
                    missing.append(code)
            if not parts:
                continue
            op = _operator([cells.relation[i] for i in parts.values()], cells.relation[total])
            terms = {**dict.fromkeys(parts.values(), 1), total: -1}
            yield Identity(terms, op or "=", 0, "sum", dimension, tuple(missing), op is not None)


def _parts_within(plan: Plan, cells: _Cells) -> Iterator[Identity]:
    for position, dimension in enumerate(("measure", *DIMENSIONS)):
        for whole, codes in children(plan, dimension, "within").items():
            for cell, part in cells.ids.items():
                if cell[position] not in codes:
                    continue
                total = cells.ids.get(_swap(cell, position, whole))
                if total and cells.relation[total] not in LOWER:
                    yield Identity({part: 1, total: -1}, "<=", 0, "part_within_whole", dimension)


def _horizons(plan: Plan, cells: _Cells) -> Iterator[Identity]:
    nested = _nest(plan.horizons)
    for cell, whole in cells.ids.items():
        shorter, tiles = nested.get(cell[4], ((), False))
        if not shorter or not plan.accumulates(cell[0]) or cells.relation[whole] in LOWER:
            continue
        parts = [cells.ids[p] for code in shorter if (p := (*cell[:4], code)) in cells.ids]
        missing = tuple(c for c in shorter if (*cell[:4], c) not in cells.ids)
        if not parts:
            continue
        exact = tiles and not missing and all(cells.relation[p] not in LOWER for p in parts)
        kind = "sum_over_time" if tiles else "year_within_cumulative"
        terms = {**dict.fromkeys(parts, 1), whole: -1}
        yield Identity(terms, "=" if exact else "<=", 0, kind, "horizon", missing if tiles else ())


def _nest(horizons: pd.DataFrame) -> dict[str, tuple[list[str], bool]]:
    """Return each horizon's direct parts, and whether these fill it to the day."""
    first = pd.to_datetime(horizons["first_day"])
    last = pd.to_datetime(horizons["last_day"])
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
        relations = (cells.relation[held], row.relation)
        if "reference" in relations or "range" in relations or "~" in relations:
            continue
        op = ">=" if row.relation in LOWER and relations[0] == "=" else "="
        yield Identity({held: 1, str(row.figure_id): -1}, op, 0, "restatement")
