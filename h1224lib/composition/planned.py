"""Planned shares: what part of a plan's targets an area has, parts "of which" among them."""

from __future__ import annotations

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.composition.result import divide
from h1224lib.hierarchy import complete_targets
from h1224lib.plan.model import DIMENSIONS, Plan


def list_targets(plan: Plan) -> pd.Series:
    """List the target of each area over the longest horizon, in the main measure's unit.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> list_targets(load_plan())[["all", "futurecity"]].tolist()
    [1000.0, 160.0]
    """
    measure = main_measure(plan)
    rows = complete_targets(plan)
    rows = rows[(rows["measure"] == measure) & (rows["horizon"] == default_horizon(plan, measure))]
    for dimension in DIMENSIONS[1:]:
        rows = rows[rows[dimension] == "all"]
    return rows.set_index("area")["value"].astype("Float64").dropna()


def divide_targets(targets: pd.Series, part: str, whole: str) -> float | None:
    """Return the share that one area's target is of another's, or None where one has none.

    Examples
    --------
    >>> targets = pd.Series({"all": 40.0, "east": 10.0})
    >>> divide_targets(targets, "east", "all"), divide_targets(targets, "west", "all")
    (0.25, None)
    """
    if part not in targets or whole not in targets:
        return None
    return divide(float(targets[part]), float(targets[whole]))
