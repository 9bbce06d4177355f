"""Held totals: printed totals that stay as they are while the targets below them are changed."""

from __future__ import annotations

import pandas as pd

from h1224lib.hierarchy import add_totals, find_leaves, target_measures
from h1224lib.plan.model import DIMENSIONS, KEYS, REPLACED, Plan


def list_held(a: Plan, b: Plan) -> pd.DataFrame:
    """List the printed totals that two versions of a plan share, though their parts differ.

    `Plan.replace` changes what is named, and nothing else: a total that the document prints
    holds, and what lies between it and its parts belongs to none of them.

    Parameters
    ----------
    a, b : Plan
        One with replaced figures and the plan that it was made from, in either order, or two
        made from the same.

    Returns
    -------
    DataFrame
        The plan's keys, printed and summed (what its parts add up to in the changed plan; in b,
        if both are changed), in the measure's unit, the widest totals first.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> cell = ("projects", "deqing", "software", "revenue", "2023-2025")
    >>> held = list_held(plan, plan.replace({cell: 50}))
    >>> len(held), held["area"].iloc[0], held[["printed", "summed"]].iloc[0].astype(int).tolist()
    (7, 'all', [1000, 1005])
    """
    if a.name != b.name or not any(_is_changed(plan) for plan in (a, b)):
        return pd.DataFrame(columns=[*KEYS, "printed", "summed"])
    first, second = (b, a) if _is_changed(a) and not _is_changed(b) else (a, b)
    known, changed = _set_against_sums(first), _set_against_sums(second)
    joined = known.merge(changed, on=KEYS, suffixes=("_before", ""))
    held = joined[
        (joined["printed_before"] == joined["printed"]).fillna(False)
        & (joined["summed_before"] != joined["summed"]).fillna(False)
    ]
    named = (held[list(DIMENSIONS)] != "all").sum(axis=1)
    order = named.sort_values(kind="stable").index
    return held.loc[order, [*KEYS, "printed", "summed"]].reset_index(drop=True)


def _is_changed(plan: Plan) -> bool:
    return bool((plan.figures["place"] == REPLACED).any())


def _set_against_sums(plan: Plan) -> pd.DataFrame:
    """Set each printed target beside the sum of the leaves below it; a leaf beside itself."""
    printed = plan.cells[plan.cells["measure"].isin(target_measures(plan))]
    summed = add_totals(find_leaves(printed, plan), plan)
    rows = printed[[*KEYS, "value"]].rename(columns={"value": "printed"})
    return rows.merge(summed.rename(columns={"value": "summed"}), on=KEYS)
