"""A planted misprint: a plan with one figure wrong on purpose, to show how it is found."""

from __future__ import annotations

import itertools

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.plan.model import KEYS, Plan
from h1224lib.steps import step_of


def plant_misprint(plan: Plan) -> Plan:
    """Return the plan with two digits of one target transposed.

    Parameters
    ----------
    plan : Plan
        Nothing in it is changed in place.

    Returns
    -------
    Plan
        The largest leaf of the main measure over the longest horizon that has two unlike digits
        side by side has them transposed; where there is none, the largest leaf is one step too
        high. The figure's place is ``replaced``, and `cite` says that one is not the document's.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> wrong = plant_misprint(load_plan()).cells
    >>> wrong.loc[wrong["place"] == "replaced", ["area", "industry", "printed"]].values.tolist()
    [['nantaihu', 'finance', '101']]
    """
    measure = main_measure(plan)
    leaves = plan.targets.query("measure == @measure").dropna(subset=["value"])
    leaves = leaves[leaves["horizon"] == default_horizon(plan, measure)]
    leaves = leaves.sort_values("value", ascending=False, kind="stable")
    for leaf in leaves.to_dict("records"):
        wrong = _transpose(f"{leaf['value']:g}" if leaf["value"] < 1e6 else str(leaf["value"]))
        if wrong is not None:
            return plan.replace({tuple(leaf[key] for key in KEYS): wrong})
    return plan.replace(_raise_largest(plan, leaves, measure))


def _transpose(printed: str) -> float | None:
    """Exchange the last two neighbouring digits that differ; None where none do."""
    for first, second in reversed(list(itertools.pairwise(range(len(printed))))):
        a, b = printed[first], printed[second]
        if a.isdigit() and b.isdigit() and a != b and not (first == 0 and b == "0"):
            wrong = printed[:first] + b + a + printed[second + 1 :]
            return float(wrong) if "." in wrong else int(wrong)
    return None


def _raise_largest(
    plan: Plan, leaves: pd.DataFrame, measure: str
) -> dict[tuple[str, ...], float | None]:
    if leaves.empty:
        return {}
    leaf = leaves.iloc[0]
    return {
        tuple(str(leaf[k]) for k in KEYS): float(leaf["value"] + step_of(plan.measures, measure))
    }
