"""The rows of a phased measure: what each cell has in each period, and where it comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from h1224lib.phasing.counts import Phased
from h1224lib.plan.model import DIMENSIONS


def tabulate(phased: Phased) -> pd.DataFrame:
    """Return a row for each phased cell and each period that something is printed for.

    Returns
    -------
    DataFrame
        area, industry, project_type, period (place in `spans`), steps (of the period), reached
        (cumulative), both <NA> where the plan prints "-"; exact (cumulative, in steps),
        figure_id, computed.
    """
    keys = phased.cells.keys.iloc[phased.kept].reset_index(drop=True)
    count, times = phased.rounded.steps.shape
    steps = np.diff(phased.rounded.steps, axis=1, prepend=0)
    table = keys.loc[keys.index.repeat(times), list(DIMENSIONS)].reset_index(drop=True)
    table["period"] = np.tile(np.arange(times), count)
    dash, absent, source, own = _kinds(phased)
    for name, numbers in (("steps", steps), ("reached", phased.rounded.steps)):
        table[name] = pd.array(numbers.ravel(), dtype="Int64")
        table.loc[dash.ravel(), name] = pd.NA
    exact = pd.array(phased.problem.values.ravel() / phased.problem.scale, dtype="Float64")
    table["exact"] = exact
    table.loc[dash.ravel(), "exact"] = pd.NA
    table["figure_id"] = source.ravel()
    # Only what is printed for that very period, and is met.
    table["computed"] = (own != steps).ravel() & ~dash.ravel()
    return table[~absent.ravel()].reset_index(drop=True)


def _kinds(phased: Phased) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Tell of each cell and period: a dash, nothing printed, which figure, its printed steps."""
    shape = (len(phased.kept), len(phased.spans))
    dash, absent = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    source, own = np.full(shape, "", dtype=object), np.full(shape, -1, dtype=np.int64)
    for row, (place, path) in enumerate(zip(phased.kept, phased.paths, strict=True)):
        printed, figures = phased.cells.printed[place], phased.cells.figures[place]
        for time, span in enumerate(phased.spans):
            months = range(span[0], span[1] + 1)
            known = [month for month in months if month in path.months]
            dash[row, time] = not known and any(month in path.dashes for month in months)
            absent[row, time] = not known and not dash[row, time]
            value = printed.get(span)
            own[row, time] = value if isinstance(value, int) else -1
            if known:
                source[row, time] = figures[path.source[known[0]]]
            elif dash[row, time]:
                around = [s for s, v in printed.items() if v is None and s[0] <= span[0] <= s[1]]
                source[row, time] = figures[min(around, key=lambda s: s[1] - s[0])]
    return dash, absent, source, own
