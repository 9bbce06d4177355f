"""References: rates that a plan sets beside an indicator, to follow or as growth of a level."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from h1224lib.indicators.releases import (
    choose_release,
    count_sources,
    find_least,
    horizon_days,
    of_days,
)
from h1224lib.plan.model import DIMENSIONS, Plan

NOTHING = {"refers_to": "", "reference_value": None, "reference_vintage": ""}


def compare_reference(
    plan: Plan, published: pd.DataFrame, cell: dict[str, Any], own: pd.DataFrame
) -> dict[str, Any]:
    """Compare a target that follows another quantity with it, where both are published.

    What it follows is declared by the plan (`refers_to` of the measure). Not to fall behind it
    is read as met.

    Parameters
    ----------
    plan : Plan
        Gives what is followed.
    published : DataFrame
        As `read_published` returns it.
    cell : dict
        The target's keys.
    own : DataFrame
        What is published of the target itself, for its whole horizon.

    Returns
    -------
    dict
        reached (met, missed, reference) and reason (reference: the plan does not declare what is
        followed; reference_missing, reference_alone: no figure of that, or only of that);
        refers_to, reference_value, reference_vintage; actual and gap (followed - own) where both
        are published, and of the two the lesser status and confidence.
    """
    measure = str(plan.measures.at[cell["measure"], "refers_to"])
    found: dict[str, Any] = NOTHING | {"reached": "reference", "refers_to": measure}
    if not measure:
        return found | {"reason": "reference"}
    days = horizon_days(plan, cell["horizon"])
    rows = of_days(_list_beside(published, [measure], cell), *days)
    if rows.empty:
        return found | {"reason": "reference_missing"}
    other = choose_release(rows)
    found |= {"reference_value": other["value"], "reference_vintage": other["vintage"]}
    if own.empty:
        return found | {"reason": "reference_alone"}
    best = choose_release(own)
    gap = round(float(other["value"]) - float(best["value"]), 9)
    behind = gap < 0 if plan.measures.at[cell["measure"], "direction"] == "down" else gap > 0
    found |= {name: best[name] for name in ("period", "vintage", "source", "comparable", "note")}
    found |= find_least(pd.DataFrame([best, other]))
    found |= {"actual": float(best["value"]), "gap": gap, **count_sources(own, best)}
    return found | {"reason": "", "reached": "missed" if behind else "met"}


def find_growth(
    plan: Plan, published: pd.DataFrame, cell: dict[str, Any], year: int
) -> dict[str, Any]:
    """Return the growth that is printed beside a level for a whole year, and its price basis.

    Returns
    -------
    dict
        growth_pct (None where there is none) and growth_basis; which rate is the growth of which
        level is declared by the plan (`growth_of`).
    """
    names = plan.measures.index[plan.measures["growth_of"] == cell["measure"]]
    rows = _list_beside(published, list(names), cell)
    rows = of_days(rows, dt.date(year, 1, 1), dt.date(year, 12, 31))
    if rows.empty:
        return {"growth_pct": None, "growth_basis": ""}
    best = choose_release(rows)
    basis = str(plan.measures.at[best["measure"], "price_basis"])
    return {"growth_pct": float(best["value"]), "growth_basis": basis}


def _list_beside(
    published: pd.DataFrame, measures: list[str], cell: dict[str, Any]
) -> pd.DataFrame:
    """List the rates published beside a cell, without those of another definition."""
    rows = published[published["measure"].isin(measures) & published["value"].notna()]
    for name in DIMENSIONS:
        # What an industry follows may be published of the whole economy alone.
        wanted = [cell[name], "all"] if name == "industry" else [cell[name]]
        rows = rows[rows[name].isin(wanted)]
    return rows[~rows["comparable"].str.startswith("no")]
