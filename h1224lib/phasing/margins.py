"""Margins: what a plan prints for several cells together, where the cells leave it open."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from h1224lib.phasing.cells import Cells, lift_sums
from h1224lib.phasing.codes import encode
from h1224lib.phasing.paths import Printed, Span
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import step_of, to_steps


class Margin(NamedTuple):
    """A number printed for several cells together.

    Attributes
    ----------
    members : array of int
        Positions of the cells.
    span : (first, last month)
        For when.
    steps : int
        How much, in steps.
    figure : str
        Which figure prints it.
    floor : bool
        Whether more will do: "or more", where the plan prints the parts too.
    """

    members: np.ndarray
    span: Span
    steps: int
    figure: str
    floor: bool


class Room(NamedTuple):
    """Atoms of time among which a cell's printed horizons leave it open how to share.

    Attributes
    ----------
    atoms : tuple of int
        Which; a single one is not open.
    rest : Fraction
        What they have together, in steps.
    """

    atoms: tuple[int, ...]
    rest: Fraction


def find_margins(plan: Plan, cells: Cells, measure: str) -> Iterator[Margin]:
    """Yield what is printed for sums of cells and not also for every one of the cells."""
    has = {span: np.array([span in p for p in cells.printed]) for span in cells.spans.values()}
    if all(own.all() for own in has.values()):
        return
    matrix, sums = lift_sums(cells.keys, plan)
    printed = _targets(plan, measure, cells)
    codes = encode(printed, plan)
    among = np.isin(codes, np.setdiff1d(sums, encode(cells.keys, plan)))
    printed, rows = printed[among], np.searchsorted(sums, codes[among])
    steps = to_steps(printed["value"], step_of(plan.measures, measure))
    for row, horizon, value, figure, floor in zip(
        rows, printed["horizon"], steps, printed["figure_id"], printed["floor"], strict=True
    ):
        members, span = matrix.indices[slice(*matrix.indptr[row : row + 2])], cells.spans[horizon]
        if not has[span][members].all():
            yield Margin(np.sort(members), span, int(value), str(figure), bool(floor))


def _targets(plan: Plan, measure: str, cells: Cells) -> pd.DataFrame:
    """Return the numbers that are to be met, sorted; "or more" is a floor beside its parts."""
    printed = plan.cells[(plan.cells["measure"] == measure) & plan.cells["value"].notna()]
    printed = printed[printed["horizon"].isin(list(cells.spans))]
    leaf = printed["figure_id"].isin(plan.targets["figure_id"])
    printed = printed.assign(floor=(printed["relation"] == ">=") & ~leaf)
    kept = leaf | printed["relation"].isin(["=", ">="])
    return printed[kept].sort_values([*DIMENSIONS, "horizon"])


def split_time(spans: Sequence[Span]) -> list[Span]:
    """Return the atoms into which the ends of all spans divide time.

    Examples
    --------
    >>> split_time([(0, 11), (3, 5)])
    [(0, 2), (3, 5), (6, 11)]
    """
    cuts = sorted({first for first, _ in spans} | {last + 1 for _, last in spans})
    return [(start, stop - 1) for start, stop in itertools.pairwise(cuts)]


def find_rooms(printed: Printed, atoms: Sequence[Span]) -> list[Room]:
    """Return the rooms that a cell's printed horizons make of the atoms they cover.

    Examples
    --------
    >>> find_rooms({(0, 11): 8, (3, 5): 2}, [(0, 2), (3, 5), (6, 11)])
    [Room(atoms=(0, 2), rest=Fraction(6, 1)), Room(atoms=(1,), rest=Fraction(2, 1))]
    """
    among: dict[Span, list[int]] = {}
    for place, (first, last) in enumerate(atoms):
        around = [span for span in printed if span[0] <= first and last <= span[1]]
        if around:
            among.setdefault(min(around, key=lambda s: s[1] - s[0]), []).append(place)
    return [
        Room(tuple(places), _rest(printed, span))
        for span, places in among.items()
        if printed[span] is not None
    ]


def _rest(printed: Mapping[Span, int | Fraction | None], span: Span) -> Fraction:
    """Return what a span prints beyond the outermost spans inside it."""
    inner = [s for s in printed if s != span and span[0] <= s[0] and s[1] <= span[1]]
    outermost = [
        s for s in inner if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in inner)
    ]
    taken = sum((Fraction(printed[s] or 0) for s in outermost), Fraction(0))
    return Fraction(printed[span] or 0) - taken
