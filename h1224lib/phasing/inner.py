"""Parts "of which": phased like their whole, in no sum, and never above or ahead of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import sparse

from h1224lib.hierarchy import inside
from h1224lib.phasing.cells import Cells
from h1224lib.phasing.counts import Phased
from h1224lib.phasing.paths import Printed, Span
from h1224lib.phasing.policies import Profile
from h1224lib.phasing.tracing import accumulate, trace_cells
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.rounding.problem import Problem, Rounded
from h1224lib.steps import step_of, to_steps


def phase_parts(
    plan: Plan, phased: Phased, profiles: Mapping[tuple[str, str], Profile]
) -> Phased | None:
    """Phase what a plan prints for parts "of which", by the periods of the phased measure.

    A part is no cell of the table, so it is rounded after it: to the nearest step, down where
    two are as near, to no more than its whole has reached, and rising by no more than its whole
    does in any period. Where a number printed for the part leaves no such way, only what is
    reached is bounded.

    Parameters
    ----------
    plan : Plan
        Gives the parts, such as 未来城 within 南太湖新区.
    phased : Phased
        The measure, with its whole steps.
    profiles : mapping
        As in `phase_counts`.

    Returns
    -------
    Phased or None
        The parts as cells, with no sums; None where the measure prints none. Its violations are
        periods in which a part's exact value is a step or more above its whole.
    """
    cells = _find_parts(plan, phased)
    if not len(cells.keys):
        return None
    kept, paths = trace_cells(plan, cells, phased.policy, profiles)
    values, scale = accumulate(paths, phased.spans)
    problem = Problem(values, scale, sparse.csr_array((0, len(kept))), np.arange(len(kept)))
    nearest = -((scale - 2 * values) // (2 * scale))
    wholes = [_reach(plan, phased, cells.keys.iloc[place]) for place in kept]
    settled = [_find_settled(cells.printed[place], phased.spans) for place in kept]
    rows = [_follow(*row) for row in zip(nearest, wholes, settled, strict=True)]
    steps = np.array(rows, dtype=np.int64).reshape(values.shape)
    beyond = np.maximum(values // scale - steps, 0)
    broken = [(int(row), int(time), int(beyond[row, time])) for row, time in np.argwhere(beyond)]
    deviation = Fraction(int(np.abs(steps * scale - values).sum()), scale)
    return replace(
        phased,
        cells=cells,
        kept=kept,
        paths=paths,
        problem=problem,
        sums=phased.sums.iloc[:0],
        rounded=Rounded(steps, deviation, Fraction(0), broken),
    )


def _find_parts(plan: Plan, phased: Phased) -> Cells:
    """Find the parts of a measure, and what each prints for the horizons of its cells."""
    spans = phased.cells.spans
    rows = plan.cells[plan.cells["measure"] == phased.measure]
    rows = rows[rows["horizon"].isin(list(spans))]
    within = np.zeros(len(rows), dtype=bool)
    for dimension in DIMENSIONS:
        within |= rows[dimension].isin(inside(plan, dimension)).to_numpy()
    rows = rows[within]
    steps = to_steps(rows["value"], step_of(plan.measures, phased.measure))
    keys = rows[list(DIMENSIONS)].drop_duplicates().reset_index(drop=True)
    place = {key: i for i, key in enumerate(keys.itertuples(index=False, name=None))}
    printed: list[dict[Span, int | Fraction | None]] = [{} for _ in place]
    figures: list[dict[Span, str]] = [{} for _ in place]
    for *key, horizon, value, figure in zip(
        *(rows[d] for d in DIMENSIONS), rows["horizon"], steps, rows["figure_id"], strict=True
    ):
        at, span = place[tuple(key)], spans[str(horizon)]
        printed[at][span] = None if pd.isna(value) else int(value)
        figures[at][span] = str(figure)
    return Cells(keys, list(printed), figures, spans)


def _find_settled(printed: Printed, spans: Sequence[Span]) -> list[int]:
    """Return the periods at whose end a printed horizon begins or ends."""
    ends = {span[1]: time for time, span in enumerate(spans)}
    own = [end for first, last in printed for end in (first - 1, last) if last in ends]
    return sorted({ends[end] for end in own if end in ends})


def _follow(nearest: np.ndarray, whole: np.ndarray, settled: Sequence[int]) -> np.ndarray:
    """Return the steps of a part, near `nearest`, that rise by no more than its whole does.

    At settled ends they are the nearest. The way is bounded from behind first, so that going
    forwards, as near as can be, never leads where it cannot go on.
    """
    low, high = np.zeros_like(whole), whole.copy()
    low[settled] = nearest[settled]
    high[settled] = np.minimum(high, nearest)[settled]
    rises = np.diff(whole, prepend=0)
    for time in range(len(whole) - 2, -1, -1):
        low[time] = max(low[time], low[time + 1] - rises[time + 1])
        high[time] = min(high[time], high[time + 1])
    steps, now = np.zeros_like(whole), 0
    for time, wanted in enumerate(nearest):
        least, most = max(low[time], now), min(high[time], now + rises[time])
        if least > most:
            return np.minimum(nearest, whole)
        steps[time] = now = min(max(wanted, least), most)
    return steps


def _reach(plan: Plan, phased: Phased, part: pd.Series) -> np.ndarray:
    """Return what the whole of a part reaches at the end of each period, in steps."""
    whole = find_whole(plan, part)
    keys = phased.cells.keys.iloc[phased.kept]
    below = np.ones(len(keys), dtype=bool)
    for dimension in DIMENSIONS:
        table = plan.table(dimension)["parent"]
        below &= np.array([whole[dimension] in climb(table, c) for c in keys[dimension]])
    return np.asarray(phased.rounded.steps[below].sum(axis=0))


def find_whole(plan: Plan, part: pd.Series) -> dict[str, str]:
    """Return the keys of what a part lies within.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> part = pd.Series({"area": "futurecity", "industry": "all", "project_type": "all"})
    >>> find_whole(load_plan(), part)
    {'area': 'nantaihu', 'industry': 'all', 'project_type': 'all'}
    """
    whole = {}
    for dimension in DIMENSIONS:
        ladder = climb(plan.table(dimension)["parent"], str(part[dimension]))
        whole[dimension] = next(c for c in ladder if c not in inside(plan, dimension))
    return whole


def climb(parents: pd.Series, code: str) -> list[str]:
    """Return a code, its parent, and so on up to the root."""
    ladder = [code]
    while parents[ladder[-1]]:
        ladder.append(str(parents[ladder[-1]]))
    return ladder
