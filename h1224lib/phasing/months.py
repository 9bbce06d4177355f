"""Months: from one whole quarter's end to the next, beside the same exact path."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from h1224lib.phasing.counts import Phased, round_problem
from h1224lib.phasing.ends import name_span, tile
from h1224lib.phasing.rises import find_rises, find_sum_rises
from h1224lib.phasing.tracing import accumulate
from h1224lib.rounding.problem import Problem, Rise, Rounded


def split_quarters(phased: Phased) -> Phased:
    """Go on from whole quarters, which stay as they are, to months.

    A month's cumulative value lies within one step of its exact value, as a quarter's does: a
    quarter's end is one of the two whole numbers beside its exact value, so those beside a
    month's never leave the way between two quarters' ends altogether.

    Parameters
    ----------
    phased : Phased
        A measure in whole quarters.

    Returns
    -------
    Phased
        The same by month.
    """
    spans = tile(phased.cells.months, 1)
    values, scale = accumulate(phased.paths, spans)
    printed = [phased.cells.printed[place] for place in phased.kept]
    low, high = values // scale, -(-values // scale)
    low[:, 2::3] = high[:, 2::3] = phased.rounded.steps
    rises = find_rises(printed, spans)
    rises = _narrow(low, high, rises)
    of_sums = find_sum_rises(phased.margins, phased.kept, phased.problem.sums, spans)
    rises += _settle(of_sums, phased.problem, phased.rounded.steps)
    problem = replace(
        phased.problem,
        values=values,
        scale=scale,
        low=low,
        high=high,
        rises=rises,
        times=[name_span(span) for span in spans],
    )
    return replace(phased, spans=spans, problem=problem, rounded=_round_apart(problem))


def _narrow(low: np.ndarray, high: np.ndarray, rises: list[Rise]) -> list[Rise]:
    """Narrow the ends, in place, to what never falling and the rises leave of them.

    Returns the rises that still leave a choice.
    """
    np.maximum.accumulate(low, axis=1, out=low)
    high[:, ::-1] = np.minimum.accumulate(high[:, ::-1], axis=1)
    for cell in {rise.place for rise in rises}:
        own = [rise for rise in rises if rise.place == cell]
        # Each round settles one month at least, or is the last.
        for _ in range(low.shape[1]):
            for _, before, after, value, _ in own:
                low[cell, after] = max(low[cell, after], low[cell, before] + value)
                low[cell, before] = max(low[cell, before], low[cell, after] - value)
                high[cell, after] = min(high[cell, after], high[cell, before] + value)
                high[cell, before] = min(high[cell, before], high[cell, after] - value)
            low[cell] = np.maximum.accumulate(low[cell])
            high[cell] = np.minimum.accumulate(high[cell, ::-1])[::-1]
    ends = [(low[r.place, [r.before, r.after]], high[r.place, [r.before, r.after]]) for r in rises]
    return [rise for rise, (least, most) in zip(rises, ends, strict=True) if (least < most).any()]


def _settle(rises: list[Rise], quarters: Problem, steps: np.ndarray) -> list[Rise]:
    """Count rises of sums from what is settled, the quarters' ends; those between two are met."""
    reached = np.vstack([steps, quarters.reach(steps)])
    found = []
    for rise in rises:
        before, after = rise.before, rise.after
        begun = 0 if before < 0 else int(reached[rise.place, before // 3])
        ended = int(reached[rise.place, after // 3])
        if before % 3 != 2 and after % 3 != 2:
            found.append(rise)
        elif after % 3 != 2:
            least, most = begun + rise.least, begun + rise.most
            found.append(Rise(rise.place, -1, after, least, most))
        elif before % 3 != 2:
            least, most = ended - rise.most, ended - rise.least
            found.append(Rise(rise.place, -1, before, least, most))
    return found


def _round_apart(problem: Problem) -> Rounded:
    """Round the months of each quarter by themselves: its ends are settled.

    Quarters that a printed horizon runs across, from month to month, are rounded together.
    """
    times = problem.values.shape[1]
    across = {
        cut
        for rise in problem.rises
        for cut in range(3, times, 3)
        if 0 <= rise.before < cut - 1 < rise.after
    }
    cuts = [cut for cut in range(0, times + 1, 3) if cut not in across]
    starts = cuts[:-1]
    parts = [round_problem(problem.cut(*ends)) for ends in zip(starts, cuts[1:], strict=True)]
    return Rounded(
        np.hstack([part.steps for part in parts]),
        sum((part.deviation for part in parts), Fraction(0)),
        sum((part.bound for part in parts), Fraction(0)),
        [
            (row, start + time, beyond)
            for start, part in zip(starts, parts, strict=True)
            for row, time, beyond in part.violations
        ],
        all(part.proven for part in parts),
    )
