"""Assessment: weights and points against each other and against the targets."""

from __future__ import annotations

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure, share_targets
from h1224lib.findings import Finding, Label
from h1224lib.plan.model import Plan
from h1224lib.review.cells import (
    bottom_codes,
    list_cells,
    list_places,
    name_code,
    name_unit,
    number,
)

WHOLE_PCT = 100


def _weights(plan: Plan) -> pd.DataFrame:
    """Return the assessment's items that weigh an industry."""
    rows = plan.assessment
    return rows[(rows["industry"] != "") & rows["weight_pct"].notna()]


def find_points_and_weights(plan: Plan) -> list[Finding]:
    """Test that weights add up to 100 % and points to the item above them."""
    items = plan.assessment
    sums = []
    for parent, rows in items[items["parent"] != ""].groupby("parent", sort=False):
        above = items[items["item_id"] == parent].iloc[0]
        if rows["weight_pct"].notna().all():
            sums.append((above, "%", rows["weight_pct"].sum(), WHOLE_PCT, rows["place"]))
        elif rows["points"].notna().all() and pd.notna(above["points"]):
            sums.append((above, "", rows["points"].sum(), above["points"], rows["place"]))
    wrong = [s for s in sums if s[2] != s[3]]
    places = list_places(place for s in sums for place in s[4])
    if sums and not wrong:
        listed = [[Label(a["zh"], a["en"]), number(total), unit] for a, unit, total, _, _ in sums]
        numbers = {"rows": listed, "count": len(sums)}
        return [Finding("points_and_weights_hold", numbers=numbers, places=places)]
    return [
        Finding(
            "points_and_weights",
            numbers={
                "item": Label(above["zh"], above["en"]),
                "sum": number(total),
                "expected": number(expected),
                "unit": unit,
            },
            places=list_places(where),
        )
        for above, unit, total, expected, where in wrong
    ]


def find_weights_against_targets(plan: Plan) -> list[Finding]:
    """Set each industry's weight beside its share of the target over the longest horizon.

    `rows`: industry, weight (%), target, share (0 to 1), weight / share, highest ratio first.
    """
    weights = _weights(plan).set_index("industry")["weight_pct"]
    if weights.empty or "industry" not in plan.dimensions:
        return []
    shares = share_targets(plan, ["industry"]).dropna(subset=["share"])
    shares = shares[(shares["share"] > 0) & shares["industry"].isin(weights.index)]
    if shares.empty:
        return []
    shares = shares.assign(weight=shares["industry"].map(weights).astype(float))
    shares = shares.assign(ratio=shares["weight"] / WHOLE_PCT / shares["share"])
    shares = shares.sort_values("ratio", ascending=False, kind="stable")
    listed = [
        [name_code(plan, "industry", r["industry"]), r["weight"], number(r["value"]),
         float(r["share"]), float(r["ratio"])]
        for r in shares.to_dict("records")
    ]  # fmt: skip
    numbers = {
        "rows": listed,
        "spread": listed[0][4] / listed[-1][4],
        "horizon": name_code(plan, "horizon", default_horizon(plan, main_measure(plan))),
        "unit": name_unit(plan, main_measure(plan)),
    }
    places = list_places([*_weights(plan)["place"]])
    return [Finding("weights_against_targets", numbers=numbers, places=places)]


def find_weights_without_targets(plan: Plan) -> list[Finding]:
    """Find assessed areas without any target in industries that carry weight."""
    weighed = _weights(plan)
    areas = plan.areas
    if weighed.empty or "assessed" not in areas or not {"area", "industry"} <= set(plan.dimensions):
        return []
    weights = weighed.set_index("industry")["weight_pct"]
    measure = main_measure(plan)
    cells = list_cells(plan)
    cells = cells[(cells["measure"] == measure) & (cells["project_type"] == "all")]
    cells = cells[(cells["horizon"] == default_horizon(plan, measure)) & (cells["value"] > 0)]
    carried = set(zip(cells["area"], cells["industry"], strict=True))
    totals = cells[cells["industry"] == "all"].set_index("area")["value"]
    found = []
    for area in bottom_codes(plan, "area"):
        lacking = [i for i in weights.index if (area, i) not in carried]
        if areas.at[area, "assessed"] != "yes" or not lacking:
            continue
        numbers = {
            "area": name_code(plan, "area", area),
            "industries": [name_code(plan, "industry", i) for i in lacking],
            "count": len(lacking),
            "of": len(weights),
            "weight": number(weights[lacking].sum()),
            "target": number(totals.get(area, 0)),
            "unit": name_unit(plan, measure),
        }
        places = list_places(weighed["place"])
        found.append(Finding("weights_without_targets", numbers=numbers, places=places))
    return found
