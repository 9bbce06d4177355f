"""Enterprises: new above-scale ones against the projects that are to be attracted."""

from __future__ import annotations

from typing import Any

from h1224lib.allocation import main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import inside
from h1224lib.labels import name_code
from h1224lib.plan.model import Plan
from h1224lib.review.cells import (
    bottom_codes,
    find_counting,
    list_cells,
    list_places,
    name_cell,
    number,
)

CELL = ["area", "industry", "horizon"]
# A cell, its largest type, the projects of that type and of all types.
Beyond = tuple[dict[str, Any], str, float, float]


def find_enterprises_beyond_projects(plan: Plan) -> list[Finding]:
    """Find cells with more new above-scale enterprises than projects of the largest type.

    Not all of them need be newly attracted: small ones that are there may grow. `rows`: cell,
    enterprises, largest type, its projects, projects of all types, enterprises / all projects.
    """
    return [
        _tell(plan, measure, found)
        for measure in find_counting(plan, "above_scale")
        if (found := _list_beyond(plan, measure))
    ]


def _tell(plan: Plan, measure: str, found: list[Beyond]) -> Finding:
    rows = [
        [name_cell(plan, cell, "horizon"), number(cell["value"]),
         name_code(plan, "project_type", code), number(most), number(total),
         float(cell["value"] / total)]
        for cell, code, most, total in found
    ]  # fmt: skip
    numbers = {
        "rows": rows,
        "count": len(rows),
        "measure": name_code(plan, "measure", measure),
        "typed": "project_type" in plan.dimensions,
    }
    places = list_places(cell["place"] for cell, *_ in found)
    return Finding("enterprises_beyond_projects", numbers=numbers, places=places)


def _list_beyond(plan: Plan, enterprises: str) -> list[Beyond]:
    """Return the cells, each with the largest type, its projects and those of all types."""
    measure = main_measure(plan)
    if measure == enterprises or plan.measures.at[measure, "kind"] != "count":
        return []
    cells = list_cells(plan)
    cells = cells[cells["value"].notna() & ~cells["area"].isin(inside(plan, "area"))]
    promised = cells[(cells["measure"] == enterprises) & (cells["project_type"] == "all")]
    projects = cells[cells["measure"] == measure].set_index(CELL).sort_index()
    found = []
    for cell in promised.to_dict("records"):
        key = tuple(cell[k] for k in CELL)
        if key not in projects.index:
            continue
        counts = projects.loc[[key]].set_index("project_type")["value"]
        largest = counts.reindex(bottom_codes(plan, "project_type")).astype("Float64").fillna(0)
        if "all" in counts and 0 < largest.max() < cell["value"]:
            found.append((cell, str(largest.idxmax()), largest.max(), counts["all"]))
    return found
