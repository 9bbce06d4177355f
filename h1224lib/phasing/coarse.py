"""Numbers printed coarser than the cells: each cell's share of what several have together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from h1224lib.phasing.cells import Cells, every_sum
from h1224lib.phasing.paths import Path, Printed, Span
from h1224lib.phasing.policies import Policy, Profile
from h1224lib.phasing.tracing import trace_cells
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.rounding.apportionment import apportion
from h1224lib.steps import step_of, to_steps

# Shares of a cell are whole ten-thousandths of a step, so that they have a common denominator.
FINE = 10**4


def share_margins(
    plan: Plan,
    cells: Cells,
    measure: str,
    policy: Policy,
    profiles: Mapping[tuple[str, str], Profile],
) -> Cells:
    """Give cells their shares of inner horizons that a plan prints only for several together.

    Such as 2023 for an area, and 2023-2025 for each of its cells. The shares are as the paths of
    the cells would have them, brought to the printed number in proportion; no cell gets more
    than its whole.

    Parameters
    ----------
    plan, cells, measure
        The plan, and the cells of one of its measures.
    policy, profiles
        As in `phase_counts`: they give the proportion.

    Returns
    -------
    Cells
        With fractions of steps for the shares. What cannot be shared is left out: the cells do
        not add up to it, and a finding says so.
    """
    margins = list(_find_margins(plan, cells, measure))
    if not margins:
        return cells
    kept, paths = trace_cells(plan, cells, policy, profiles)
    path_of = dict(zip(kept, paths, strict=True))
    printed = [dict(own) for own in cells.printed]
    figures = [dict(own) for own in cells.figures]
    for members, span, wanted, figure in margins:
        own = {place: printed[place].get(span) for place in members if place in path_of}
        rest = wanted - sum((Fraction(value or 0) for value in own.values()), Fraction(0))
        # A cell that prints the horizon, as "-" or a number, keeps it.
        places = [place for place in own if span not in printed[place]]
        most = {place: room for place in places if (room := _room(printed[place], span))}
        for place, share in _share(rest, most, path_of, span).items():
            printed[place][span], figures[place][span] = share, figure
    return replace(cells, printed=list(printed), figures=figures)


def _find_margins(
    plan: Plan, cells: Cells, measure: str
) -> Iterator[tuple[np.ndarray, Span, int, str]]:
    """Yield the leaves that are sums of cells: positions of these, span, steps, figure_id."""
    matrix, names = every_sum(cells.keys, plan)
    rows = {key: row for row, key in enumerate(names.itertuples(index=False, name=None))}
    own = set(cells.keys.itertuples(index=False, name=None))
    leaves = plan.targets[plan.targets["measure"] == measure].sort_values([*DIMENSIONS, "horizon"])
    steps = to_steps(leaves["value"], step_of(plan.measures, measure))
    for *key, horizon, value, figure in zip(
        *(leaves[d] for d in DIMENSIONS), leaves["horizon"], steps, leaves["figure_id"], strict=True
    ):
        row = rows.get(tuple(key))
        if row is not None and tuple(key) not in own and not pd.isna(value):
            members = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
            yield members, cells.spans[str(horizon)], int(value), str(figure)


def _room(printed: Printed, span: Span) -> Fraction | None:
    """Return the most that a span inside a printed one may have; None where there is no such."""
    outer = [s for s, v in printed.items() if v is not None and s[0] <= span[0] and span[1] <= s[1]]
    meeting = [s for s in printed if s not in outer and s[0] <= span[1] and span[0] <= s[1]]
    if not outer or meeting:
        return None
    around = min(outer, key=lambda s: s[1] - s[0])
    inner = [
        Fraction(value or 0)
        for s, value in printed.items()
        if s != around and around[0] <= s[0] and s[1] <= around[1]
    ]
    return max(Fraction(printed[around] or 0) - sum(inner, Fraction(0)), Fraction(0))


def _share(
    rest: Fraction, most: Mapping[int, Fraction], paths: Mapping[int, Path], span: Span
) -> dict[int, Fraction]:
    """Share a number in proportion to paths, to no more than each may have; {} where it cannot."""
    if not 0 <= rest <= sum(most.values()):
        return {}
    months = range(span[0], span[1] + 1)
    weights = {
        place: sum((paths[place].months.get(m, Fraction(0)) for m in months), Fraction(0))
        for place in most
    }
    full: dict[int, Fraction] = {}
    while True:
        left = rest - sum(full.values(), Fraction(0))
        free = {place: weight for place, weight in weights.items() if place not in full}
        if left and not any(free.values()):
            # Their paths give nothing here: by what they may have.
            free = {place: most[place] for place in free}
        whole = sum(free.values(), Fraction(0)) or Fraction(1)
        over = [place for place, weight in free.items() if weight * left / whole > most[place]]
        if not over:
            break
        full |= {place: most[place] for place in over}
    parts = apportion(int(left * FINE), list(free.values())) if free else []
    shares = {place: Fraction(part, FINE) for place, part in zip(free, parts, strict=True)}
    return full | shares
