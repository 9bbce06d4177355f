"""Allocation: who carries how much of a target."""

from __future__ import annotations

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.hierarchy import children, complete_targets, inside
from h1224lib.plan.model import DIMENSIONS, Plan


def default_horizon(plan: Plan, measure: str) -> str:
    """Return the longest horizon for which a measure has targets.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> default_horizon(load_plan(), "projects")
    '2023-2025'
    """
    used = plan.targets[plan.targets["measure"] == measure]["horizon"].unique()
    spans = plan.horizons.loc[list(used)]
    days = pd.to_datetime(spans["last_day"]) - pd.to_datetime(spans["first_day"])
    return str(days.idxmax())


def main_measure(plan: Plan) -> str:
    """Return the measure that the plan splits most finely: what it is about.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> main_measure(load_plan()), main_measure(load_plan("dazhou-2019"))
    ('projects', 'investment')
    """
    return str(plan.targets["measure"].value_counts().index[0])


def share_targets(
    plan: Plan, by: list[str], measure: str | None = None, horizon: str | None = None
) -> pd.DataFrame:
    """Return the targets of the cells that `by` names, and each one's share of the whole.

    Parameters
    ----------
    plan : Plan
        Gives the targets.
    by : list of str
        Dimensions to split by; the cells add up to the whole.
    measure, horizon : str, optional
        By default the measure that is split most finely, over its longest horizon.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, horizon, value (in `unit`; <NA> for "-"), unit,
        figure_id, share (of the whole, 0 to 1), in the plan's order.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> shares = share_targets(load_plan(), ["area"])
    >>> largest = shares.loc[shares["value"].idxmax()]
    >>> largest["area"], int(largest["value"]), float(largest["share"])
    ('nantaihu', 216, 0.216)
    """
    measure = measure or main_measure(plan)
    horizon = horizon or default_horizon(plan, measure)
    rows = complete_targets(plan)
    rows = rows[(rows["measure"] == measure) & (rows["horizon"] == horizon)]
    whole = _cells(rows, plan, [])["value"]
    cells = _cells(rows, plan, by)
    total = float(whole.iloc[0]) if len(whole) and pd.notna(whole.iloc[0]) else float("nan")
    return cells.assign(share=cells["value"].astype("Float64") / total).reset_index(drop=True)


def _cells(rows: pd.DataFrame, plan: Plan, by: list[str]) -> pd.DataFrame:
    for dimension in DIMENSIONS:
        if dimension in by and dimension in plan.dimensions:
            above = {"all", *children(plan, dimension), *inside(plan, dimension)}
            rows = rows[~rows[dimension].isin(above)]
        else:
            rows = rows[rows[dimension] == "all"]
    ranks = {d: plan.table(d).index.get_indexer(rows[d].to_numpy()) for d in DIMENSIONS}
    order = pd.DataFrame(ranks).sort_values(list(DIMENSIONS)).index
    return rows.iloc[order]


def tell_largest(
    plan: Plan, by: list[str], measure: str | None = None, horizon: str | None = None
) -> Finding:
    """State which cell carries most of the target, and how large its share is."""
    shares = share_targets(plan, by, measure, horizon)
    numbered = shares.dropna(subset=["share"]).sort_values("value", ascending=False, kind="stable")
    if numbered.empty:
        return Finding("allocation_none", "note", {"plan": _title(plan)})
    top = numbered.iloc[0]
    present = [d for d in by if d in plan.dimensions]
    names = [[plan.label(d, str(top[d]), lang) for d in present] for lang in ("zh", "en")]
    tied = numbered[numbered["value"] == top["value"]]
    numbers = {
        "where": Label("·".join(names[0]), ", ".join(names[1])),
        "value": float(top["value"]),
        "share": float(top["share"]),
        "cells": len(numbered),
        "tied": len(tied),
        "measure": _label(plan, "measure", str(top["measure"])),
        "horizon": _label(plan, "horizon", str(top["horizon"])),
        "unit": Label(plan.unit(str(top["measure"]), "zh"), plan.unit(str(top["measure"]), "en")),
    }
    return Finding("allocation_largest", "note", numbers, (str(top["figure_id"]),))


def _label(plan: Plan, dimension: str, code: str) -> Label:
    return Label(plan.label(dimension, code, "zh"), plan.label(dimension, code, "en"))


def _title(plan: Plan) -> Label:
    return Label(plan.title("zh"), plan.title("en"))
