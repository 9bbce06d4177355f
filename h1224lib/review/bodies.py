"""Bodies: who carries targets without being among those who are to bring them about."""

from __future__ import annotations

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import Plan
from h1224lib.review.cells import list_cells, list_places, number

# What a plan's mechanism consists of: who leads, who is in charge, who governs an area.
MECHANISM = ("lead", "department", "area")


def find_carriers_outside(plan: Plan) -> list[Finding]:
    """Find areas whose targets are carried by groups alone, beside lead, departments and areas.

    `mechanism` counts the lead offices, departments and areas, in this order; `shared` has the
    readings of the constraints that say how an area's carriers share its targets.
    """
    bodies = plan.bodies
    counts = [int((bodies["kind"] == kind).sum()) for kind in MECHANISM]
    if not all(counts):
        return []
    governed = set(bodies[bodies["kind"] == "area"]["area"])
    groups = bodies[(bodies["kind"] == "group") & ~bodies["area"].isin({"", *governed})]
    measure = main_measure(plan)
    cells = list_cells(plan).query(
        "measure == @measure and horizon == @horizon and industry == 'all' and value > 0 "
        "and project_type == 'all'",
        local_dict={"measure": measure, "horizon": default_horizon(plan, measure)},
    )
    carried = cells.set_index("area")["value"]
    found = []
    for area, rows in groups.groupby("area", sort=False):
        if area not in carried.index:
            continue
        numbers = {
            "area": name_code(plan, "area", str(area)),
            "carriers": [Label(z, e) for z, e in zip(rows["zh"], rows["en"], strict=True)],
            "count": len(rows),
            "shared": _read_shared(plan, str(area), list(rows["body_id"])),
            "mechanism": counts,
            "total": sum(counts),
            "inferred": bool((bodies[bodies["kind"].isin(MECHANISM)]["inferred"] == "yes").any()),
            "target": number(carried[area]),
            "horizon": name_code(plan, "horizon", default_horizon(plan, measure)),
            "unit": name_unit(plan, measure),
        }
        places = list_places(place for text in rows["place"] for place in text.split(";"))
        found.append(Finding("carriers_outside", numbers=numbers, places=places))
    return found


def _read_shared(plan: Plan, area: str, carriers: list[str]) -> list[Label]:
    """Return the readings of the constraints that concern an area and one of its carriers."""
    notes = plan.notes[plan.notes["kind"] == "constraint"]
    wanted = {f"bodies:{carrier}" for carrier in carriers}
    return [
        Label(note["reading_zh"], note["reading_en"])
        for note in notes.to_dict("records")
        if f"areas:{area}" in (concerns := note["concerns"].split(";")) and wanted & {*concerns}
    ]
