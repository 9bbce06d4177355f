"""Assessment: weights and points against each other and against the targets."""

from __future__ import annotations

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import Plan
from h1224lib.review.cells import bottom_codes, list_cells, list_places, number

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
    """Set each industry's weight beside its share of the assessed areas' targets.

    Over the longest horizon; where no area is assessed, or targets are not divided by area,
    beside its share of the whole, and `assessed` is False. `rows`: industry, weight (%), target,
    share (0 to 1), weight / share, highest ratio first; `target` is their sum, `whole` that of
    all areas.
    """
    weights = _weights(plan).set_index("industry")["weight_pct"]
    cells = _list_weighed(plan, list(weights.index))
    whole = cells[cells["area"] == "all"].groupby("industry", sort=False)["value"].sum()
    own = cells[cells["area"].isin(_assessed(plan))].groupby("industry", sort=False)["value"].sum()
    assessed = bool(len(own)) and set(whole.index) <= set(cells[cells["area"] != "all"]["industry"])
    targets = own if assessed else whole
    targets = targets[(targets > 0) & (targets.index.map(weights) > 0)]
    if targets.empty:
        return []
    shares = targets / targets.sum()
    ratios = (targets.index.map(weights) / WHOLE_PCT / shares).sort_values(ascending=False)
    rows = [
        [name_code(plan, "industry", str(i)), number(weights[i]), number(targets[i]),
         float(shares[i]), float(ratio)]
        for i, ratio in ratios.items()
    ]  # fmt: skip
    measure = main_measure(plan)
    numbers = {
        "rows": rows,
        "spread": float(ratios.iloc[0] / ratios.iloc[-1]),
        "assessed": assessed,
        "target": number(targets.sum()),
        "whole": number(whole.sum()),
        "horizon": name_code(plan, "horizon", default_horizon(plan, measure)),
        "unit": name_unit(plan, measure),
    }
    places = list_places([*_weights(plan)["place"]])
    return [Finding("weights_against_targets", numbers=numbers, places=places)]


def _list_weighed(plan: Plan, industries: list[str]) -> pd.DataFrame:
    """Return the targets of these industries over the longest horizon, all types together."""
    if plan.targets.empty:
        return list_cells(plan)
    measure = main_measure(plan)
    cells = list_cells(plan)
    cells = cells[(cells["measure"] == measure) & (cells["project_type"] == "all")]
    horizon = default_horizon(plan, measure)
    return cells[(cells["horizon"] == horizon) & cells["industry"].isin(industries)]


def _assessed(plan: Plan) -> list[str]:
    """Return the areas that are assessed, without those that lie in another of them."""
    areas = plan.areas
    marked = set(areas.index[areas["assessed"] == "yes"]) - {"all"}
    above = dict(areas["parent"])
    return [str(a) for a in areas.index if a in marked and not marked & set(_climb(above, a))]


def _climb(above: dict, area: str) -> list[str]:
    """Return what an area lies in, from the nearest to the whole."""
    found = []
    while area := above.get(area, ""):
        found.append(area)
    return found


def find_weights_without_targets(plan: Plan) -> list[Finding]:
    """Find assessed areas without a target in industries that carry weight.

    Where areas are not divided by industry at all, there is nothing to lack.
    """
    weighed = _weights(plan)
    areas = plan.areas
    if weighed.empty or "assessed" not in areas or not {"area", "industry"} <= set(plan.dimensions):
        return []
    weights = weighed.set_index("industry")["weight_pct"]
    measure = main_measure(plan)
    cells = list_cells(plan)
    cells = cells[(cells["measure"] == measure) & (cells["project_type"] == "all")]
    cells = cells[(cells["horizon"] == default_horizon(plan, measure)) & (cells["value"] > 0)]
    if cells[(cells["area"] != "all") & cells["industry"].isin(weights.index)].empty:
        return []
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
