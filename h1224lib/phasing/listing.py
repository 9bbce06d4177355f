"""The rows of a phased measure: what each cell has in each period, and where it comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from h1224lib.phasing.codes import encode
from h1224lib.phasing.counts import Phased
from h1224lib.phasing.ends import name_span
from h1224lib.phasing.paths import Path, Printed, Span
from h1224lib.phasing.tracing import find_alike
from h1224lib.plan.model import DIMENSIONS, Plan


def tabulate(phased: Phased, plan: Plan) -> pd.DataFrame:
    """Return a row for each phased cell and each period that something is printed for.

    Returns
    -------
    DataFrame
        area, industry, project_type, in the plan's order; period, steps (of the period), reached
        (cumulative), both <NA> where the plan prints "-"; exact (cumulative, in steps),
        figure_id, computed.
    """
    keys = phased.cells.keys.iloc[phased.kept]
    steps = np.diff(phased.rounded.steps, axis=1, prepend=0)
    dash, absent, source, own = _kinds(phased)
    order = np.argsort(encode(keys, plan))
    line, time = np.nonzero(~absent[order])
    place = order[line], time
    dashed = dash[place]
    return pd.DataFrame(
        {
            **{d: pd.array(keys[d].to_numpy(), dtype="str").take(place[0]) for d in DIMENSIONS},
            "period": name_periods(phased.spans, time),
            "steps": pd.arrays.IntegerArray(steps[place], dashed),
            "reached": pd.arrays.IntegerArray(phased.rounded.steps[place], dashed.copy()),
            "exact": pd.arrays.FloatingArray(
                phased.problem.values[place] / phased.problem.scale, dashed.copy()
            ),
            "figure_id": source[place],
            # Only what is printed for that very period, and is met.
            "computed": (own != steps)[place] & ~dashed,
        }
    )


def name_periods(spans: list[Span], times: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """Return the names of periods by their places: each is made once."""
    return pd.array([name_span(span) for span in spans], dtype="str").take(times)


def _kinds(phased: Phased) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Tell of each cell and period: a dash, nothing printed, which figure, its printed steps."""
    horizons = list(dict.fromkeys(phased.cells.spans.values()))
    first, alike = find_alike(phased.paths)
    # Cells of one path print the same, so that it is looked at once.
    kinds = [
        _kind(phased.cells.printed[phased.kept[row]], phased.paths[row], span, horizons)
        for row in first
        for span in phased.spans
    ]
    shape = (len(first), len(phased.spans), 4)
    table = np.array(kinds, dtype=np.int64).reshape(shape)[alike]
    dash, absent, own, column = (table[:, :, part] for part in range(4))
    cells = (phased.cells.figures[place] for place in phased.kept)
    # The last column is that of periods without a figure.
    figures = np.array(
        [[*(own.get(span, "") for span in horizons), ""] for own in cells], dtype=object
    ).reshape(len(phased.kept), len(horizons) + 1)
    return dash == 1, absent == 1, np.take_along_axis(figures, column, axis=1), own


def _kind(
    printed: Printed, path: Path, span: Span, horizons: list[Span]
) -> tuple[bool, bool, int, int]:
    """Tell of a period: a dash, nothing printed, its printed steps, the place of its horizon."""
    months = range(span[0], span[1] + 1)
    known = [month for month in months if month in path.months]
    dash = not known and any(month in path.dashes for month in months)
    value = printed.get(span)
    own = value if isinstance(value, int) else -1
    if known:
        return False, False, own, horizons.index(path.source[known[0]])
    if not dash:
        return False, True, own, -1
    around = [s for s, v in printed.items() if v is None and s[0] <= span[0] <= s[1]]
    return True, False, own, horizons.index(min(around, key=lambda s: s[1] - s[0]))
