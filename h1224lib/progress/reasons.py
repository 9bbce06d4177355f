"""Reasons: why a cell has no completion, and which actuals nobody planned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from h1224lib.plan.model import KEYS, Plan
from h1224lib.progress.ceilings import find_ceilings
from h1224lib.progress.exact import Exact, Marks

# Why there is no completion, the first reason that holds.
WHY = ("dash", "no_target", "zero", "small_base", "no_result", "ceiling")


def tell_why(
    cells: pd.DataFrame, targets: Exact, actuals: Exact, plan: Plan, small_base: float
) -> pd.Series:
    """Return why each cell has no completion, ``""`` where it has one.

    Parameters
    ----------
    cells : DataFrame
        The plan's keys, and `dashed`: whether the plan prints the cell, or cells that add up to
        it, without a number.
    targets, actuals : Exact
        In the measure's unit.
    plan : Plan
        Gives kinds of measures, and targets that follow another quantity.
    small_base : float
        A count's target below it is too small for a percentage.

    Returns
    -------
    Series of str
        One of `WHY`. ``dash``: the plan prints "-". ``no_target``: it prints nothing, or names
        another quantity to follow. ``ceiling``: less is better, and what is used up of it is no
        share reached.
    """
    follow = plan.cells[plan.cells["relation"] == "reference"]
    follows = pd.MultiIndex.from_frame(cells[KEYS]).isin(pd.MultiIndex.from_frame(follow[KEYS]))
    counts = cells["measure"].map(plan.measures["kind"]).eq("count").to_numpy()
    floats = (targets.top / targets.bottom).astype(np.float64)
    holds = {
        "dash": ~targets.known & cells["dashed"].to_numpy(dtype=bool) & ~follows,
        "no_target": ~targets.known,
        "zero": (targets.top == 0).astype(bool),
        "small_base": counts & (floats < small_base),
        "no_result": ~actuals.known,
        "ceiling": find_ceilings(cells, plan),
    }
    why = np.full(len(cells), "", dtype=object)
    for reason in reversed(WHY):
        why[holds[reason]] = reason
    return pd.Series(why).astype(str)


def find_unplanned(targets: Exact, actuals: Exact, levels: pd.Series) -> Marks:
    """Mark cells with an actual and without a target, where others of their level have one.

    A plan that gives headquarters for the whole city plans those of its areas, too: they are
    not unplanned, only not allotted.
    """
    planned = set(levels[targets.known])
    some = actuals.known & (actuals.top != 0).astype(bool)
    marks: Marks = some & ~targets.known & levels.isin(planned).to_numpy()
    return marks
