"""Allotments: which areas carry the same, the most, or what nobody assesses."""

from __future__ import annotations

import itertools
from typing import Any

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import children, inside
from h1224lib.plan.model import Plan
from h1224lib.review.cells import (
    bottom_codes,
    list_cells,
    list_places,
    name_code,
    name_unit,
    number,
)

HALF = 0.5
Vector = tuple[float | None, ...]


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
            "unit": name_unit(plan, main_measure(plan)),
        }
        places = list_places(rows["place"])
        found.append(Finding("targets_unassessed", numbers=numbers, places=places))
    return found


def find_even_allotments(plan: Plan) -> list[Finding]:
    """Find areas whose targets are the same in every cell of an industry.

    `repeated` lists the groups that are alike in two industries or more, most often first;
    `throughout` those alike in every cell of the plan.
    """
    if "area" not in plan.dimensions:
        return []
    vectors = _list_vectors(plan)
    groups = {i: _group(v) for i, v in vectors.items()}
    count = sum(len(g) for g in groups.values())
    if not count:
        return []
    numbers = {
        "count": count,
        "industries": len(vectors),
        "groups": [
            [name_code(plan, "industry", i), [_name(plan, g) for g in found]]
            for i, found in groups.items()
            if found
        ],
        "repeated": [[_name(plan, g), n] for g, n in _repeat(groups)],
        "throughout": [_name(plan, g) for g, n in _repeat(groups, 1) if n == len(vectors)],
    }
    rows = _main_cells(plan)
    carried = rows[rows["area"] != "all"]["place"]
    return [Finding("even_allotments", numbers=numbers, places=list_places(carried))]


def _name(plan: Plan, areas: tuple[str, ...]) -> list:
    return [name_code(plan, "area", area) for area in areas]


def _list_vectors(plan: Plan) -> dict[str, dict[str, Vector]]:
    """Return industry -> area -> its targets in every type and horizon, in a fixed order."""
    cells = _main_cells(plan)
    kept = cells[cells["project_type"].isin(bottom_codes(plan, "project_type"))]
    table = kept.pivot_table(
        index=["industry", "area"],
        columns=["project_type", "horizon"],
        values="value",
        aggfunc="first",
        observed=True,
    )
    areas = bottom_codes(plan, "area")
    found: dict[str, dict[str, Vector]] = {}
    for industry in bottom_codes(plan, "industry"):
        keys = [(industry, area) for area in areas if (industry, area) in table.index]
        rows = {area: tuple(number(v) for v in table.loc[(i, area)]) for i, area in keys}
        found[industry] = {a: v for a, v in rows.items() if any(n is not None and n for n in v)}
    return found


def _group(vectors: dict[str, Vector]) -> list[tuple[str, ...]]:
    by_value: dict[Vector, list[str]] = {}
    for area, vector in vectors.items():
        by_value.setdefault(vector, []).append(area)
    return [tuple(areas) for areas in by_value.values() if len(areas) > 1]


def _repeat(
    groups: dict[str, list[tuple[str, ...]]], least: int = 2
) -> list[tuple[tuple[str, ...], int]]:
    """Count in how many industries a group, or what two groups share, is alike."""
    every = [g for found in groups.values() for g in found]
    shared = {tuple(a for a in g if a in h) for g, h in itertools.product(every, every)}
    counts = {
        s: sum(any(set(s) <= set(g) for g in found) for found in groups.values())
        for s in shared
        if len(s) > 1
    }
    kept = {
        s: n
        for s, n in counts.items()
        if n >= least and not any(set(s) < set(t) and m == n for t, m in counts.items())
    }
    return sorted(kept.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))


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
            "split": bool((mine["industry"] != "all").any()),
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
