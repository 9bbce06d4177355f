"""What is to be said of a comparison: the whole, the largest changes, what is in one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib import wording
from h1224lib.allocation import default_horizon, main_measure
from h1224lib.findings import Finding, Label
from h1224lib.gaps.bases import tell_bases
from h1224lib.gaps.cells import list_finest, name_cell
from h1224lib.gaps.comparability import name_sides, plan_of
from h1224lib.gaps.held import list_held
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress import State
from h1224lib.progress.ceilings import find_ceilings

if TYPE_CHECKING:
    from h1224lib.gaps.comparison import Comparison

SHOWN = 3
# What is named first where it changed: the largest changes are of this.
_MOVERS = {"periods": ("gap", "actual"), "scenarios": ("gap", "target"), "plans": ("target",)}


def tell_comparison(comparison: Comparison) -> list[Finding]:
    """State the whole, what changed most, ranks, lights, and what only one of the two has."""
    found = [*_tell_held(comparison), *tell_bases(comparison)]
    if comparison.changes.empty:
        numbers = _name(comparison) | {"known": _has_results(comparison)}
        return [Finding("comparison_same", "note", numbers), *_tell_lights(comparison), *found]
    told = [_tell_whole(comparison), *_tell_movers(comparison), *_tell_ranks(comparison)]
    return [*told, *_tell_lights(comparison), *_tell_one_sided(comparison), *found]


def _has_results(comparison: Comparison) -> bool:
    """Tell whether anything but targets is compared: of plans, targets are all that there is."""
    actual = comparison.quantity("actual")
    return comparison.kind == "plans" or bool(actual["value_a"].notna().any())


def _name(comparison: Comparison) -> dict[str, Any]:
    """Name the two sides and what they are about."""
    first, second = name_sides(comparison.a, comparison.b)
    plan = plan_of(comparison.b)
    measure = main_measure(plan)
    return {
        "a": first,
        "b": second,
        "measure": name_code(plan, "measure", measure),
        "unit": name_unit(plan, measure),
    }


def _about(comparison: Comparison) -> pd.DataFrame:
    """Return the rows of what the plans are about; of plans, over the longest horizon."""
    plan = plan_of(comparison.b)
    measure = main_measure(plan)
    rows = comparison.table[comparison.table["measure"] == measure]
    if "horizon" in rows:
        rows = rows[rows["horizon"] == default_horizon(plan, measure)]
    return rows


def _tell_whole(comparison: Comparison) -> Finding:
    """State the whole's values on both sides; <NA> as what is not known."""
    rows = _about(comparison)
    for dimension in DIMENSIONS:
        rows = rows[rows[dimension] == "all"]
    numbers = _name(comparison) | {"targets": _count_targets(comparison)}
    numbers["moved"] = "comparison_gap_ceiling" if _is_down(rows, comparison) else "comparison_gap"
    for name in ("target", "actual", "gap", "completion"):
        row = rows[rows["quantity"] == name]
        values = row[["value_a", "value_b", "difference"]]
        found = [None if pd.isna(v) else float(v) for v in values.iloc[0]] if len(row) else []
        numbers[name] = found or [None, None, None]
    return Finding(f"comparison_{comparison.kind}", "note", numbers)


def _is_down(rows: pd.DataFrame, comparison: Comparison) -> bool:
    """Tell whether less is better of every cell that is named."""
    plan = plan_of(comparison.b)
    horizon = "horizon" if "horizon" in rows else "horizon_b"
    cells = rows.assign(horizon=rows[horizon])
    return bool(len(rows) and find_ceilings(cells, plan).all())


def _count_targets(comparison: Comparison) -> int:
    rows = comparison.changes
    return int((rows["quantity"] == "target").sum())


def _tell_movers(comparison: Comparison) -> list[Finding]:
    """Name the cells that changed most, areas where areas changed."""
    for quantity in _MOVERS[comparison.kind]:
        rows = _about(comparison)
        rows = rows[(rows["quantity"] == quantity) & (rows["difference"].fillna(0) != 0)]
        rows = _choose(rows, comparison)
        if rows.empty:
            continue
        falling = rows[rows["difference"] < 0].sort_values("difference", kind="stable")
        rising = rows[rows["difference"] > 0]
        rising = rising.sort_values("difference", ascending=False, kind="stable")
        ceiling = quantity == "gap" and _is_down(rows, comparison)
        numbers = {**_name(comparison), "quantity": quantity, "ceiling": ceiling}
        for name, part in (("up", rising), ("down", falling)):
            numbers[name] = [_name_row(comparison, row) for row in _first(part)]
            numbers[f"{name}_by"] = [float(row["difference"]) for row in _first(part)]
            numbers[f"{name}_more"] = max(len(part) - SHOWN, 0)
        return [Finding("comparison_movers", "note", numbers)]
    return []


def _choose(rows: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """Return areas; where none of them is among the rows, those that name most dimensions."""
    plan = plan_of(comparison.b)
    areas = rows[rows["area"].isin(list_finest(plan, "area", "all") - {"all"})]
    for dimension in DIMENSIONS[1:]:
        areas = areas[areas[dimension] == "all"]
    if len(areas):
        return areas
    named = sum((rows[d] != "all").astype(int) for d in DIMENSIONS)
    return rows[named == named.max()] if len(rows) else rows


def _tell_ranks(comparison: Comparison) -> list[Finding]:
    """Name the areas that rose and that fell most in rank."""
    rows = _about(comparison)
    rows = rows[(rows["quantity"] == "rank") & (rows["difference"].fillna(0) != 0)]
    plan = plan_of(comparison.b)
    areas = rows[rows["area"].isin(list_finest(plan, "area", "all") - {"all"})]
    areas = areas[(areas["industry"] == "all") & (areas["project_type"] == "all")]
    if areas.empty:
        return []
    numbers: dict[str, Any] = {}
    for name, best in (("up", areas["difference"].min()), ("down", areas["difference"].max())):
        moved = areas[areas["difference"] == best]
        real = best < 0 if name == "up" else best > 0
        row = moved.iloc[0].to_dict()
        numbers[name] = _name_row(comparison, row) if real else None
        numbers[f"{name}_from"] = int(row["value_a"])
        numbers[f"{name}_to"] = int(row["value_b"])
    return [Finding("comparison_ranks", "note", numbers)]


def _tell_lights(comparison: Comparison) -> list[Finding]:
    """Name the areas whose light changed, from what to what, by one and the same rule."""
    a, b = comparison.a, comparison.b
    if isinstance(a, State) and isinstance(b, State) and a.rule != b.rule:
        return []
    lights = comparison.lights
    lights = lights[lights["changed"].astype(bool)]
    plan = plan_of(comparison.b)
    own = lights[lights["area"].isin(list_finest(plan, "area", "all") - {"all"})]
    own = own[(own["measure"] == main_measure(plan)) & (own["industry"] == "all")]
    own = own[own["project_type"] == "all"]
    if own.empty:
        return []
    rows = _first(own)
    numbers = {
        "areas": [_name_row(comparison, row) for row in rows],
        "before": [_name_light(comparison.a, str(row["light_a"])) for row in rows],
        "to": [_name_light(comparison.b, str(row["light_b"])) for row in rows],
        "count": len(own),
        "more": max(len(own) - SHOWN, 0),
    }
    return [Finding("comparison_lights", "note", numbers)]


def _name_light(side: State | Plan, code: str) -> Label:
    if code and isinstance(side, State):
        return side.rule.name_light(code)
    return Label(wording.say("light_none", "zh"), wording.say("light_none", "en"))


def _tell_one_sided(comparison: Comparison) -> list[Finding]:
    """Name cells that only one of the two has, and count them."""
    keys = ["measure", *DIMENSIONS, *(["horizon"] if "horizon" in comparison.table else [])]
    rows = comparison.table[comparison.table["found_in"] != "both"].drop_duplicates(keys)
    found = []
    sides = zip("ab", name_sides(comparison.a, comparison.b), strict=True)
    for side, label in sides:
        own = rows[rows["found_in"] == side]
        if len(own):
            plan = plan_of(comparison.a if side == "a" else comparison.b)
            named = [_name_cell(plan, row) for row in _first(own)]
            numbers = {"side": label, "count": len(own), "named": named}
            found.append(Finding("comparison_one_sided", "warning", numbers))
    return found


def _tell_held(comparison: Comparison) -> list[Finding]:
    """Name the printed totals that stayed where the targets below them were changed."""
    plan = plan_of(comparison.b)
    held = list_held(plan_of(comparison.a), plan)
    if held.empty:
        return []
    rows = _first(held)
    numbers = {
        "count": len(held),
        "named": [_name_cell(plan, row) for row in rows],
        "printed": [float(row["printed"]) for row in rows],
        "summed": [float(row["summed"]) for row in rows],
        "more": max(len(held) - SHOWN, 0),
    }
    return [Finding("comparison_held", "warning", numbers)]


def _name_row(comparison: Comparison, row: dict[Any, Any]) -> Label:
    return name_cell(plan_of(comparison.b), row, _named(row))


def _name_cell(plan: Plan, row: dict[Any, Any]) -> Label:
    """Name a cell with its measure: cells of any measure stand beside one another."""
    measure = name_code(plan, "measure", str(row["measure"]))
    cell = name_cell(plan, row, _named(row))
    return Label(f"{measure.zh}·{cell.zh}", f"{measure.en}, {cell.en}")


def _named(row: dict[Any, Any]) -> list[str]:
    return [d for d in DIMENSIONS if row[d] != "all"] or ["area"]


def _first(rows: pd.DataFrame) -> list[dict[Any, Any]]:
    return rows.head(SHOWN).to_dict("records")
