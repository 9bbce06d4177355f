"""Totals: leaves summed over dimensions, and to every cell above them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from h1224lib.errors import UnknownDimensionError
from h1224lib.hierarchy.leaves import find_leaves
from h1224lib.hierarchy.lifting import encode, lift
from h1224lib.plan.model import DIMENSIONS, KEYS, TARGET_COLUMNS, Plan
from h1224lib.steps import narrow, sum_exactly


def roll_up(values: pd.DataFrame, plan: Plan, by: list[str]) -> pd.DataFrame:
    """Sum leaf values over every dimension that `by` does not name.

    Parameters
    ----------
    values : DataFrame
        Leaves: the plan's keys and `value`, in the measure's unit; <NA> where the plan prints "-".
    plan : Plan
        Gives the dimensions and each measure's step; sums are exact in whole steps.
    by : list of str
        Dimensions to keep; in the others the result says "all". Measure and horizon are kept.

    Returns
    -------
    DataFrame
        One row a combination, `value` in the measure's unit; <NA> only where every leaf is <NA>.
        Rates are not summed: they appear where they are given for the whole.

    Raises
    ------
    UnknownDimensionError
        `by` names a dimension that there is not.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> areas = roll_up(plan.targets, plan, by=["area"])
    >>> int(areas.query("area == 'deqing' and horizon == '2023'").value.item())
    54
    """
    for dimension in by:
        if dimension not in DIMENSIONS:
            raise UnknownDimensionError(
                "unknown_dimension", found=dimension, known=list(DIMENSIONS)
            )
    kept = values[[*KEYS, "value"]].copy()
    fixed = _is_rate(kept["measure"], plan)
    for dimension in DIMENSIONS:
        if dimension not in by:
            # A rate is no sum of rates: it is kept only where it speaks for the whole.
            kept = kept[~fixed | (kept[dimension] == "all")]
            fixed = fixed.loc[kept.index]
            kept[dimension] = "all"
    return sum_exactly(kept, plan, KEYS, "value")


def add_totals(values: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Sum leaf values to every cell above them, in every dimension and at every level.

    Parameters
    ----------
    values : DataFrame
        Leaves: the plan's keys and `value` in the measure's unit.
    plan : Plan
        Gives the hierarchies and steps.

    Returns
    -------
    DataFrame
        One row a cell, leaves included; `value` is <NA> only where every leaf is <NA>. Rates
        are not summed.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> cube = add_totals(plan.targets, plan)
    >>> city = cube.query("measure == 'projects' and area == 'all' and horizon == '2023'")
    >>> [int(value) for value in city.query("industry == 'software'").value]
    [1, 30, 31]
    """
    leaves = values[[*KEYS, "value"]].reset_index(drop=True)
    codes = encode(leaves, plan)
    rate = _is_rate(leaves["measure"], plan).to_numpy()
    rows = []
    for lifted in lift(codes, plan, DIMENSIONS):
        reached = pd.DataFrame(lifted).assign(row=np.arange(len(leaves)))
        rows.append(reached[~(reached["moved"] & rate)])
    summing = pd.concat(rows, ignore_index=True).drop_duplicates()
    for dimension in DIMENSIONS:
        names = plan.table(dimension).index.to_numpy(dtype=object)
        summing[dimension] = names[summing[dimension].to_numpy()]
    for name in ("measure", "horizon", "value"):
        summing[name] = leaves[name].take(summing["row"]).array
    return sum_exactly(summing, plan, KEYS, "value")


def _is_rate(measures: pd.Series, plan: Plan) -> pd.Series:
    return measures.map(plan.measures["kind"]) == "rate"


def complete_targets(plan: Plan) -> pd.DataFrame:
    """Return the target of every cell: the printed figure where there is one, else the sum.

    Returns
    -------
    DataFrame
        The columns of ``plan.targets``; `figure_id` is empty where the target is a sum of
        leaves. Parts "of which" stand among the rows, and are in no sum.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> table = complete_targets(load_plan())
    >>> int(table.query("area == 'futurecity' and horizon == '2023'").value.item())
    45
    """
    printed = plan.cells[plan.cells["measure"].isin(target_measures(plan))]
    whole = complete(printed, plan)
    whole["unit"] = whole["measure"].map(plan.measures["unit"])
    known = printed.set_index(KEYS)["figure_id"]
    keys = pd.MultiIndex.from_frame(whole[KEYS])
    whole["figure_id"] = known.reindex(keys).fillna("").to_numpy()
    return whole[TARGET_COLUMNS]


def complete(printed: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Keep the values that are printed, and sum leaves to every cell that is not.

    Parameters
    ----------
    printed : DataFrame
        The plan's keys and `value` in the measure's unit, at any levels, each cell once.
    plan : Plan
        Gives the hierarchies and steps.

    Returns
    -------
    DataFrame
        The keys and `value`, the printed cells first.
    """
    summed = add_totals(find_leaves(printed, plan), plan)
    both = pd.concat([printed[[*KEYS, "value"]], summed], ignore_index=True)
    whole = both.drop_duplicates(KEYS).reset_index(drop=True)
    return whole.assign(value=narrow(whole["value"]))


def target_measures(plan: Plan) -> list[str]:
    """Return the measures that carry targets, not results."""
    return [str(m) for m in plan.measures.index[plan.measures["role"] == "target"]]
