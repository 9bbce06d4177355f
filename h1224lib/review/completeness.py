"""Completeness: targets that stop short of their total, of a stage, of a number or of an area."""

from __future__ import annotations

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import target_measures
from h1224lib.identities import Identity, derive_identities
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.review.cells import LOWER, list_cells, list_nested, list_places, name_cell, number


def find_parts_short_of_total(plan: Plan) -> list[Finding]:
    """Find totals that exceed their printed parts, where some parts are not printed.

    `bound` says how the rest is known: ``exact`` (all printed exactly), ``at_least`` (only the
    total is a lower bound) or ``minima`` (parts are lower bounds too: both minima are compared).
    """
    figures = plan.figures.set_index("figure_id")
    identities = [i for i in derive_identities(plan) if i.kind == "sum" and i.missing]
    return [f for i in identities if (f := _tell_short(plan, i, figures)) is not None]


def _tell_short(plan: Plan, identity: Identity, figures: pd.DataFrame) -> Finding | None:
    *parts, total = [figures.loc[name] for name in identity.terms]
    values = [part["value"] for part in parts if pd.notna(part["value"])]
    if pd.isna(total["value"]) or not values or sum(values) >= total["value"]:
        return None
    loose = any(part["relation"] != "=" for part in parts)
    bound = "minima" if loose else "at_least" if total["relation"] in LOWER else "exact"
    along = identity.along
    numbers = {
        "cell": name_cell(plan, total, "measure", *plan.dimensions, "horizon"),
        "along": along,
        "where": name_cell(plan, total, "measure", "horizon"),
        "total": number(total["value"]),
        "total_bound": total["relation"] in LOWER,
        "parts": [[name_code(plan, along, p[along]), number(p["value"])] for p in parts],
        "sum": number(sum(values)),
        "rest": number(total["value"] - sum(values)),
        "bound": bound,
        "missing": [name_code(plan, along, code) for code in identity.missing],
        "unit": name_unit(plan, total["measure"]),
    }
    return Finding(
        "parts_short_of_total",
        numbers=numbers,
        places=list_places([total["place"], *(part["place"] for part in parts)]),
    )


def find_dash_under_target(plan: Plan) -> list[Finding]:
    """Find leaves that print "-" for the opening horizon and a number for the whole one."""
    leaves = plan.targets.merge(plan.cells[["figure_id", "printed", "place"]], on="figure_id")
    found = []
    for first, whole in list_nested(plan):
        both = _join(leaves, first, whole)
        both = both[(both["printed_first"] == "-") & (both["value_whole"] > 0)]
        for measure, rows in both.groupby("measure", sort=False):
            numbers = {
                "measure": name_code(plan, "measure", str(measure)),
                "first": name_code(plan, "horizon", first),
                "whole": name_code(plan, "horizon", whole),
                "cells": [
                    [name_cell(plan, row), number(row["value_whole"])]
                    for row in rows.to_dict("records")
                ],
                "count": len(rows),
                "value": number(rows["value_whole"].sum()),
                "unit": name_unit(plan, str(measure)),
            }
            places = list_places(rows["place_first"])
            found.append(Finding("dash_under_target", numbers=numbers, places=places))
    return found


def _join(rows: pd.DataFrame, first: str, whole: str) -> pd.DataFrame:
    keys = [k for k in KEYS if k != "horizon"]
    sides = [rows[rows["horizon"] == h].drop(columns="horizon") for h in (first, whole)]
    return sides[0].merge(sides[1], on=keys, suffixes=("_first", "_whole"))


def find_target_without_stage(plan: Plan) -> list[Finding]:
    """Find counts printed for the whole horizon and not for its opening one, or the reverse."""
    cells = list_cells(plan)
    cells = cells[cells["measure"].map(plan.accumulates).astype(bool) & cells["value"].notna()]
    keys = [k for k in KEYS if k != "horizon"]
    found = []
    for first, whole in list_nested(plan):
        sides = [cells[cells["horizon"] == h] for h in (first, whole)]
        printed = [set(s[keys].itertuples(index=False, name=None)) for s in sides]
        late = _lacking(sides[1], printed[0], plan, first)
        early = _lacking(sides[0], printed[1], plan, whole)
        if not (late or early) or not all(printed):
            continue
        numbers = {
            "first": name_code(plan, "horizon", first),
            "whole": name_code(plan, "horizon", whole),
            "late": [name for name, _ in late],
            "early": [name for name, _ in early],
        }
        places = list_places(place for _, place in [*late, *early])
        found.append(Finding("target_without_stage", numbers=numbers, places=places))
    return found


def _lacking(rows: pd.DataFrame, others: set, plan: Plan, other: str) -> list[tuple]:
    """Name the rows without a partner; where "-" is printed, another rule speaks of it."""
    keys = [k for k in KEYS if k != "horizon"]
    dashes = plan.cells[(plan.cells["horizon"] == other) & plan.cells["value"].isna()]
    known = others | set(dashes[keys].itertuples(index=False, name=None))
    lacking = [r for r in rows.to_dict("records") if tuple(r[k] for k in keys) not in known]
    return [(name_cell(plan, r, "measure"), r["place"]) for r in lacking]


def find_targets_without_number(plan: Plan) -> list[Finding]:
    """Find targets that follow another quantity, and whether an earlier horizon has a number."""
    cells = plan.cells
    rows = cells[cells["relation"] == "reference"]
    if rows.empty:
        return []
    dims = ["measure", *DIMENSIONS]
    numbered = set(cells[cells["value"].notna()][dims].itertuples(index=False, name=None))
    named = [tuple(r[d] for d in dims) in numbered for r in rows.to_dict("records")]
    numbers = {
        "measures": [name_code(plan, "measure", str(m)) for m in rows["measure"]],
        "horizons": [name_code(plan, "horizon", h) for h in dict.fromkeys(rows["horizon"])],
        "count": len(rows),
        "numbered": sum(named),
    }
    places = list_places(rows["place"])
    return [Finding("targets_without_number", numbers=numbers, places=places)]


def find_years_without_target(plan: Plan) -> list[Finding]:
    """Find the calendar years of the longest horizon in which no printed horizon begins or ends."""
    if plan.targets.empty:
        return []
    measure = main_measure(plan)
    whole = default_horizon(plan, measure)
    totals = _list_totals(plan, measure)
    others = plan.horizons.loc[[h for h in totals.index if h != whole]]
    span = plan.horizons.loc[whole]
    years = range(int(span["first_day"][:4]), int(span["last_day"][:4]) + 1)
    touched = {int(d[:4]) for d in [*others["first_day"], *others["last_day"]]}
    open_years = [year for year in years if year not in touched]
    if not open_years or not touched or whole not in totals.index:
        return []
    earlier = totals["value"].drop(whole)
    numbers = {
        "years": [str(year) for year in open_years],
        "measure": name_code(plan, "measure", measure),
        "left": number(totals.at[whole, "value"] - earlier.max()),
        "total": number(totals.at[whole, "value"]),
        "unit": name_unit(plan, measure),
    }
    places = list_places(filter(None, totals.loc[[whole, earlier.idxmax()], "place"]))
    return [Finding("years_without_target", numbers=numbers, places=places)]


def _list_totals(plan: Plan, measure: str) -> pd.DataFrame:
    """Return a measure's total by horizon: the printed one, or else the sum of its leaves."""
    cells = list_cells(plan)
    rows = cells[(cells["measure"] == measure) & cells["value"].notna()]
    for dimension in DIMENSIONS:
        rows = rows[rows[dimension] == "all"]
    return rows.set_index("horizon")[["value", "place"]]


def find_undivided_targets(plan: Plan) -> list[Finding]:
    """Find the measures whose targets are printed for the whole only, and for no area."""
    if "area" not in plan.dimensions:
        return []
    cells = plan.cells[plan.cells["measure"].isin(target_measures(plan))]
    split = set(cells[cells["area"] != "all"]["measure"])
    every = list(dict.fromkeys(cells["measure"]))
    whole = [m for m in every if m not in split]
    if not whole or not split:
        return []
    numbers = {
        "count": len(whole),
        "measures": len(every),
        "divided": [name_code(plan, "measure", m) for m in every if m in split],
        "undivided": [name_code(plan, "measure", m) for m in whole],
    }
    places = list_places(cells[cells["measure"].isin(whole)]["place"])
    return [Finding("undivided_targets", numbers=numbers, places=places)]
