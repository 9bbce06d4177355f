"""Allocation: who carries how much of a target."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.hierarchy import children, complete_targets, inside
from h1224lib.labels import name_code, name_title, name_unit
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import from_steps, narrow, step_of, to_steps


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
    counts = plan.targets["measure"].value_counts()
    # Growth printed for every area is no split: rates have no parts that add up.
    rate = plan.measures.loc[list(counts.index), "kind"] == "rate"
    return str((counts if rate.all() else counts[~rate]).index[0])


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
        return Finding("allocation_none", "note", {"plan": name_title(plan)})
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
        "measure": name_code(plan, "measure", str(top["measure"])),
        "horizon": name_code(plan, "horizon", str(top["horizon"])),
        "unit": name_unit(plan, str(top["measure"])),
    }
    return Finding("allocation_largest", "note", numbers, (str(top["figure_id"]),))


def location_quotients(
    plan: Plan, measure: str | None = None, horizon: str | None = None, smallest: float = 10
) -> pd.DataFrame:
    """Compare each industry's share of an area's target with its share of the whole.

    A quotient of 2 means that the area carries twice what it would at the whole's own shares
    (Isard 1960). Where that expected number is small, one project more or less moves the
    quotient a lot, and it is suppressed.

    Parameters
    ----------
    plan : Plan
        Gives the targets.
    measure, horizon : str, optional
        By default the measure that is split most finely, over its longest horizon.
    smallest : float
        Quotients of cells expected to carry less than this, in the measure's unit, are
        suppressed: at 10, one unit more or less moves those that are left by 0.1 at most.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, horizon, value (in `unit`), unit, expected,
        quotient (<NA> where suppressed), reason (dash, small_base; empty where there is a
        quotient). No rows where the plan has no industries.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> cells = location_quotients(load_plan())
    >>> top = cells.loc[cells["quotient"].idxmax()]
    >>> top["area"], top["industry"], round(float(top["quotient"]), 2)
    ('municipal', 'commerce', 3.15)
    """
    cells = share_targets(plan, ["area", "industry"], measure, horizon)
    if not {"area", "industry"} <= set(plan.dimensions):
        cells = cells.iloc[:0]
    areas = share_targets(plan, ["area"], measure, horizon).set_index("area")["value"]
    industries = share_targets(plan, ["industry"], measure, horizon).set_index("industry")["share"]
    values = cells["value"].astype("Float64")
    expected = cells["area"].map(areas).astype("Float64") * cells["industry"].map(industries)
    reason = pd.Series("", index=cells.index, dtype=object)
    reason[(expected.fillna(0) < smallest).to_numpy()] = "small_base"
    reason[values.isna().to_numpy()] = "dash"
    quotient = (values / expected).where(reason == "")
    columns = cells.drop(columns=["share", "figure_id"])
    return columns.assign(expected=expected, quotient=quotient, reason=reason)


def first_horizon(plan: Plan, measure: str, whole: str) -> str | None:
    """Return the shorter horizon that begins with a longer one and has targets too.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> first_horizon(load_plan(), "projects", "2023-2025")
    '2023'
    """
    used = plan.targets[plan.targets["measure"] == measure]["horizon"].unique()
    spans = plan.horizons.loc[[h for h in used if h != whole]]
    spans = spans[spans["first_day"] == plan.horizons.at[whole, "first_day"]]
    return str(spans["last_day"].idxmax()) if len(spans) else None


def remaining_targets(plan: Plan, by: list[str], measure: str | None = None) -> pd.DataFrame:
    """Return what the first horizon leaves of the whole target, by cell, exactly.

    A dash in the first horizon leaves the whole; a dash in the whole leaves nothing to state.

    Parameters
    ----------
    plan : Plan
        Gives the targets.
    by : list of str
        Dimensions to split by.
    measure : str, optional
        By default the one that is split most finely; it must accumulate.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, horizon (the whole), unit, whole, first (<NA> for
        "-"), remaining (in `unit`). No rows where no horizon begins with the longest one.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> row = remaining_targets(load_plan(), []).iloc[0]
    >>> int(row["whole"]), int(row["first"]), int(row["remaining"])
    (1000, 303, 697)
    """
    measure = measure or main_measure(plan)
    horizon = default_horizon(plan, measure)
    early = first_horizon(plan, measure, horizon) if plan.accumulates(measure) else None
    cells = share_targets(plan, by, measure, horizon).rename(columns={"value": "whole"})
    cells = cells.drop(columns=["share", "figure_id"])
    if early is None:
        return cells.iloc[:0].assign(first=None, remaining=None)
    early_rows = share_targets(plan, by, measure, early).set_index(list(DIMENSIONS))["value"]
    at = pd.MultiIndex.from_frame(cells[list(DIMENSIONS)])
    cells["first"] = early_rows.reindex(at).astype("Float64").array
    cells["remaining"] = _leave(cells, step_of(plan.measures, measure))
    return cells.assign(**{n: narrow(cells[n]) for n in ("whole", "first", "remaining")})


def _leave(cells: pd.DataFrame, step: Fraction) -> pd.Series:
    """Return what the first target leaves of the whole, exactly; a dash takes nothing from it."""
    left = to_steps(cells["whole"], step) - to_steps(cells["first"], step).fillna(0)
    return from_steps(left, step)


def tell_quotients(plan: Plan, smallest: float = 10) -> Finding:
    """State where an industry weighs most beyond its share of the whole."""
    cells = location_quotients(plan, smallest=smallest)
    known = cells[cells["quotient"].notna()]
    if known.empty:
        return Finding("quotients_none", "note", {"plan": name_title(plan)})
    top = known.loc[known["quotient"].idxmax()]
    low = known.loc[known["quotient"].idxmin()]
    numbers = {
        "area": name_code(plan, "area", str(top["area"])),
        "industry": name_code(plan, "industry", str(top["industry"])),
        "quotient": float(top["quotient"]),
        "low_area": name_code(plan, "area", str(low["area"])),
        "low_industry": name_code(plan, "industry", str(low["industry"])),
        "low": float(low["quotient"]),
        "small": int((cells["reason"] == "small_base").sum()),
        "smallest": smallest,
    }
    return Finding("quotients_largest", "note", numbers)


def tell_remaining(plan: Plan, measure: str | None = None) -> Finding:
    """State what the first horizon leaves, and the pace that this asks for."""
    measure = measure or main_measure(plan)
    whole = remaining_targets(plan, [], measure)
    if whole.empty or whole["remaining"].isna().any() or whole["first"].isna().any():
        return Finding("remaining_none", "note", {"plan": name_title(plan)})
    row = whole.iloc[0]
    early = str(first_horizon(plan, measure, str(row["horizon"])))
    days = pd.to_datetime(plan.horizons["last_day"]) - pd.to_datetime(plan.horizons["first_day"])
    spans = {h: int(days[h].days) + 1 for h in (early, str(row["horizon"]))}
    left, done = float(row["remaining"]), float(row["first"])
    cells = remaining_targets(plan, list(plan.dimensions), measure)
    later = cells["first"].isna() & cells["whole"].notna()
    numbers = {
        "measure": name_code(plan, "measure", measure),
        "horizon": name_code(plan, "horizon", str(row["horizon"])),
        "first_horizon": name_code(plan, "horizon", early),
        "unit": name_unit(plan, measure),
        "whole": float(row["whole"]),
        "first": done,
        "remaining": left,
        "share": left / float(row["whole"]),
        "pace": (left / (spans[str(row["horizon"])] - spans[early])) / (done / spans[early]),
        "later": int(later.sum()),
    }
    return Finding("remaining_target", "note", numbers)
