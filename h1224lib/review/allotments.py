"""Allotments: which areas carry the same, the most, or what nobody assesses."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import children, inside
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import Plan
from h1224lib.review.cells import bottom_codes, list_cells, list_places, number

HALF = 0.5
Vector = tuple[float | None, ...]
# Industry -> the groups of areas that are alike in it.
Groups = dict[str, list[tuple[str, ...]]]


def _main_cells(plan: Plan) -> pd.DataFrame:
    """Return the cells of the measure that is split most finely."""
    return list_cells(plan).query("measure == @main", local_dict={"main": main_measure(plan)})


def find_targets_unassessed(plan: Plan) -> list[Finding]:
    """Find targets of areas outside the assessment, where some areas are assessed."""
    areas = plan.areas
    if "assessed" not in areas or not (areas["assessed"] == "yes").any():
        return []
    outside = [
        a for a in bottom_codes(plan, "area") if areas.at[a, "assessed"] != "yes" and a != "all"
    ]
    cells = _main_cells(plan)
    cells = cells[(cells["project_type"] == "all")]
    found = []
    for area in outside:
        rows = cells[(cells["area"] == area) & (cells["value"] > 0)]
        totals = rows[rows["industry"] == "all"]
        if totals.empty:
            continue
        whole = default_horizon(plan, main_measure(plan))
        split = rows[(rows["industry"] != "all") & (rows["horizon"] == whole)]
        city = cells[(cells["area"] == "all") & (cells["industry"] == "all")].set_index("horizon")
        numbers: dict[str, Any] = {
            "area": name_code(plan, "area", area),
            "totals": [
                [
                    name_code(plan, "horizon", h),
                    number(v),
                    number(city.at[h, "value"]),
                    float(v / city.at[h, "value"]),
                ]
                for h, v in zip(totals["horizon"], totals["value"], strict=True)
            ],
            "industries": [
                [name_code(plan, "industry", i), number(v)]
                for i, v in zip(split["industry"], split["value"], strict=True)
            ],
            "whole": name_code(plan, "horizon", whole),
            "unit": name_unit(plan, main_measure(plan)),
        }
        places = list_places(rows["place"])
        found.append(Finding("targets_unassessed", numbers=numbers, places=places))
    return found


def find_even_allotments(plan: Plan) -> list[Finding]:
    """Find areas whose targets are the same in an industry, horizon by horizon, longest first.

    `repeated` lists the groups that are alike in half of the industries or more (two at least),
    most often first: areas, in how many industries they are alike in every type, in how many in
    their sums. `groups` has by industry all that are alike in every type.
    """
    if "area" not in plan.dimensions:
        return []
    cells = _main_cells(plan)
    found = [_tell_even(plan, cells, horizon) for horizon in _longest_first(plan, cells)]
    return [finding for finding in found if finding is not None]


def _longest_first(plan: Plan, cells: pd.DataFrame) -> list[str]:
    spans = plan.horizons.loc[list(cells["horizon"].unique())]
    days = pd.to_datetime(spans["last_day"]) - pd.to_datetime(spans["first_day"])
    return [str(horizon) for horizon in days.sort_values(ascending=False, kind="stable").index]


def _tell_even(plan: Plan, cells: pd.DataFrame, horizon: str) -> Finding | None:
    rows = cells[cells["horizon"] == horizon]
    typed = _group_alike(plan, rows, bottom_codes(plan, "project_type"))
    summed = _group_alike(plan, rows, ["all"])
    least = max(2, HALF * len(typed))
    repeated = [(g, n) for g, n in _repeat(typed, summed) if n[1] >= least]
    if not repeated and not any(typed.values()):
        return None
    numbers = {
        "horizon": name_code(plan, "horizon", horizon),
        "count": sum(len(groups) for groups in typed.values()),
        "industries": len(typed),
        "typed": "project_type" in plan.dimensions,
        "groups": [
            [name_code(plan, "industry", i), [_name(plan, g) for g in groups]]
            for i, groups in typed.items()
            if groups
        ],
        "repeated": [[_name(plan, areas), *counts] for areas, counts in repeated],
    }
    carried = rows[rows["area"] != "all"]["place"]
    return Finding("even_allotments", numbers=numbers, places=list_places(carried))


def _name(plan: Plan, areas: tuple[str, ...]) -> list:
    return [name_code(plan, "area", area) for area in areas]


def _group_alike(plan: Plan, rows: pd.DataFrame, types: list[str]) -> Groups:
    """Return industry -> groups of areas that have the same targets in each of these types."""
    table = rows[rows["project_type"].isin(types)].pivot_table(
        index=["industry", "area"],
        columns="project_type",
        values="value",
        aggfunc="first",
        observed=True,
    )
    areas = bottom_codes(plan, "area")
    found: Groups = {}
    for industry in bottom_codes(plan, "industry"):
        keys = [(industry, area) for area in areas if (industry, area) in table.index]
        vectors = {area: tuple(number(v) for v in table.loc[(i, area)]) for i, area in keys}
        found[industry] = _group({a: v for a, v in vectors.items() if any(v)})
    return found


def _group(vectors: dict[str, Vector]) -> list[tuple[str, ...]]:
    by_value: dict[Vector, list[str]] = {}
    for area, vector in vectors.items():
        by_value.setdefault(vector, []).append(area)
    return [tuple(areas) for areas in by_value.values() if len(areas) > 1]


def _repeat(typed: Groups, summed: Groups) -> list[tuple[tuple[str, ...], tuple[int, int]]]:
    """Count the industries in which a group, or what two groups share, is alike.

    Each has two counts: in every type, in the sums; a group is left out where a larger one has
    the same counts.
    """
    every = [g for groups in (typed, summed) for found in groups.values() for g in found]
    shared = {tuple(a for a in g if a in h) for g, h in itertools.product(every, every)}
    counts = {s: (_count(s, typed), _count(s, summed)) for s in shared if len(s) > 1}
    kept = {
        s: n
        for s, n in counts.items()
        if not any(set(s) < set(t) and m == n for t, m in counts.items())
    }
    return sorted(kept.items(), key=lambda item: (-item[1][0], -item[1][1], -len(item[0]), item[0]))


def _count(areas: tuple[str, ...], groups: Groups) -> int:
    return sum(any(set(areas) <= set(g) for g in found) for found in groups.values())


def find_parts_within(plan: Plan) -> list[Finding]:
    """Find areas inside another ("of which"): their share of it, and whether they are split."""
    cells = _main_cells(plan)
    within = children(plan, "area", "within")
    totals = cells[(cells["industry"] == "all") & (cells["project_type"] == "all")]
    values = totals.set_index(["area", "horizon"])["value"]
    found = []
    for whole, part in ((w, p) for w, parts in within.items() for p in parts):
        mine = cells[cells["area"] == part]
        horizons = [
            h for a, h in values.index if a == part and (whole, h) in values.index and a != whole
        ]
        if not horizons:
            continue
        numbers = {
            "part": name_code(plan, "area", part),
            "whole": name_code(plan, "area", whole),
            "totals": [
                [
                    name_code(plan, "horizon", h),
                    number(values[(part, h)]),
                    number(values[(whole, h)]),
                    float(values[(part, h)] / values[(whole, h)]),
                ]
                for h in horizons
            ],
            "split": "industry" not in plan.dimensions or bool((mine["industry"] != "all").any()),
            "unit": name_unit(plan, main_measure(plan)),
        }
        found.append(Finding("parts_within", numbers=numbers, places=list_places(mine["place"])))
    return found


def find_concentrated_targets(plan: Plan) -> list[Finding]:
    """Find industries of which one area carries half or more, over the longest horizon."""
    if not {"area", "industry"} <= set(plan.dimensions):
        return []
    cells = _main_cells(plan)
    horizon = default_horizon(plan, main_measure(plan))
    cells = cells[(cells["project_type"] == "all") & (cells["horizon"] == horizon)]
    cells = cells[~cells["area"].isin(inside(plan, "area"))]
    city = cells[cells["area"] == "all"].set_index("industry")["value"]
    rows = cells[cells["area"].isin(bottom_codes(plan, "area"))]
    rows = rows[rows["industry"].isin(bottom_codes(plan, "industry"))]
    rows = rows.assign(total=rows["industry"].map(city))
    rows = rows[(rows["value"] >= HALF * rows["total"]) & (rows["value"] > 0)]
    if rows.empty:
        return []
    listed = [
        [
            name_code(plan, "industry", r["industry"]),
            name_code(plan, "area", r["area"]),
            number(r["value"]),
            number(r["total"]),
            float(r["value"] / r["total"]),
        ]
        for r in rows.to_dict("records")
    ]
    numbers = {"rows": listed, "count": len(listed), "unit": name_unit(plan, main_measure(plan))}
    return [Finding("concentrated_targets", numbers=numbers, places=list_places(rows["place"]))]
