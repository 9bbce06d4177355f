"""Concentration: what share of projects lies in a platform, and how evenly areas share them."""

from __future__ import annotations

import pandas as pd

from h1224lib.allocation import default_horizon, main_measure
from h1224lib.composition.result import (
    Composition,
    add_amounts,
    add_credit,
    as_floats,
    divide,
    list_codes,
    mark,
)
from h1224lib.findings import Finding
from h1224lib.hierarchy import complete_targets, inside
from h1224lib.labels import name_code
from h1224lib.ledger.count import Count
from h1224lib.plan.model import DIMENSIONS, Plan


def measure_platforms(count: Count) -> Composition:
    """Set the share of projects that lie in a platform against the plan's own share.

    Parameters
    ----------
    count : Count
        The projects that count, on the count's day and by its rule.

    Returns
    -------
    Composition
        `table`: one row an area that lies inside another (an "of which", such as 未来城):
        platform, parent, projects (number), share (of all that count), planned_share (its target
        over the whole's, longest horizon), lead_pp (share - planned_share, percentage points),
        parent_share (of its parent's projects), planned_parent_share, investment (亿元),
        investment_share (of the known sum), unknown (its projects without an amount), unnamed
        (projects of its parent whose platform cell says nothing: they are taken to lie outside).

    Examples
    --------
    >>> from h1224lib import load_plan, read_ledger
    >>> from h1224lib.ledger.count import count_ledger
    >>> from h1224lib.resources import data_folder
    >>> path = data_folder() / "demo" / "synthetic-ledger.xlsx"
    >>> row = measure_platforms(count_ledger(read_ledger(path, load_plan()))).table.iloc[0]
    >>> row["platform"], float(row["planned_share"])
    ('futurecity', 0.16)
    """
    plan, rows = count.ledger.plan, count.counted
    targets = _list_targets(plan)
    total, amount = add_credit(rows), add_amounts(rows)
    lines = []
    for code in (c for c in plan.areas.index if c in inside(plan, "area")):
        parent = str(plan.areas.at[code, "parent"])
        own, around = rows[rows["platform"] == code], rows[rows["area"] == parent]
        share, planned = divide(add_credit(own), total), _ratio(targets, str(code), "all")
        both = share is not None and planned is not None
        line = {
            "platform": code,
            "parent": parent,
            "projects": add_credit(own),
            "share": share,
            "planned_share": planned,
            "lead_pp": 100 * (share - planned) if both else None,  # type: ignore[operator]
            "parent_share": divide(add_credit(own), add_credit(around)),
            "planned_parent_share": _ratio(targets, str(code), parent),
            "investment": add_amounts(own),
            "investment_share": divide(add_amounts(own), amount),
            "unknown": add_credit(own[own["investment"].isna()]),
            "unnamed": add_credit(around[around["platform"].isna()]),
        }
        lines.append(line)
    columns = [
        "platform", "parent", "projects", "share", "planned_share", "lead_pp", "parent_share",
        "planned_parent_share", "investment", "investment_share", "unknown", "unnamed",
    ]  # fmt: skip
    table = as_floats(pd.DataFrame(lines, columns=columns), columns[2:])
    told = [_tell_platform(plan, row, rows) for _, row in table.iterrows()]
    return Composition(mark(table, count), told or [Finding("platforms_none", "note")])


def _list_targets(plan: Plan) -> pd.Series:
    """Return the target of each area over the longest horizon, parts "of which" among them."""
    measure = main_measure(plan)
    rows = complete_targets(plan)
    rows = rows[(rows["measure"] == measure) & (rows["horizon"] == default_horizon(plan, measure))]
    for dimension in DIMENSIONS[1:]:
        rows = rows[rows[dimension] == "all"]
    return rows.set_index("area")["value"].astype("Float64").dropna()


def _ratio(targets: pd.Series, part: str, whole: str) -> float | None:
    if part not in targets or whole not in targets:
        return None
    return divide(float(targets[part]), float(targets[whole]))


def _tell_platform(plan: Plan, row: pd.Series, rows: pd.DataFrame) -> Finding:
    numbers = {
        "platform": name_code(plan, "area", str(row["platform"])),
        "parent": name_code(plan, "area", str(row["parent"])),
        **{
            name: None if pd.isna(row[name]) else float(row[name])
            for name in ("projects", "share", "planned_share", "lead_pp", "investment_share")
        },
    }
    if rows["platform"].isna().all():
        return Finding("platform_unknown", "note", numbers)
    if numbers["share"] is None:
        return Finding("platform_no_projects", "note", numbers)
    return Finding("platform", "note", numbers)


def measure_concentration(count: Count) -> Composition:
    """Measure how unevenly areas share projects and investment, beside the plan's own targets.

    The index of Herfindahl is the sum of squared shares: 1 where one area has everything, 1 / n
    where n areas have the same. Its reciprocal is the number of equal areas that would give the
    same index (Adelman 1969).

    Parameters
    ----------
    count : Count
        The projects that count, on the count's day and by its rule.

    Returns
    -------
    Composition
        `table`: one row for each of projects, investment and targets: quantity, areas (how many
        the plan has), herfindahl (0 to 1), equal_areas (1 / herfindahl), normalised ((herfindahl
        - 1 / n) / (1 - 1 / n): 0 to 1), largest (the area with the largest share), largest_share;
        <NA> where the quantity sums to nothing.

    Examples
    --------
    >>> from h1224lib import load_plan, read_ledger
    >>> from h1224lib.ledger.count import count_ledger
    >>> from h1224lib.resources import data_folder
    >>> path = data_folder() / "demo" / "synthetic-ledger.xlsx"
    >>> table = measure_concentration(count_ledger(read_ledger(path, load_plan()))).table
    >>> table["quantity"].tolist(), round(float(table["herfindahl"].iloc[2]), 4)
    (['projects', 'investment', 'targets'], 0.1525)
    """
    plan, rows = count.ledger.plan, count.counted
    areas = list_codes(plan, "area")
    targets = _list_targets(plan)
    values = {
        "projects": [add_credit(rows[rows["area"] == area]) for area in areas],
        "investment": [add_amounts(rows[rows["area"] == area]) for area in areas],
        "targets": [float(targets.get(area, 0.0)) for area in areas],
    }
    lines = [{"quantity": name, **_concentrate(areas, own)} for name, own in values.items()]
    table = pd.DataFrame(lines)
    table = as_floats(table, ["herfindahl", "equal_areas", "normalised", "largest_share"])
    return Composition(mark(table, count), _tell_concentration(plan, table))


def _concentrate(areas: list[str], values: list[float]) -> dict[str, object]:
    total = sum(values)
    if not total:
        none = dict.fromkeys(("herfindahl", "equal_areas", "normalised"))
        return {"areas": len(areas), **none, "largest": "", "largest_share": None}
    shares = [value / total for value in values]
    index, even = sum(share * share for share in shares), 1 / len(areas)
    return {
        "areas": len(areas),
        "herfindahl": index,
        "equal_areas": 1 / index,
        "normalised": (index - even) / (1 - even) if len(areas) > 1 else None,
        "largest": areas[shares.index(max(shares))],
        "largest_share": max(shares),
    }


def _tell_concentration(plan: Plan, table: pd.DataFrame) -> list[Finding]:
    by = table.set_index("quantity")
    if pd.isna(by.at["projects", "herfindahl"]) or by.at["projects", "areas"] < 2:
        return [Finding("concentration_none", "note")]
    row = by.loc["projects"]
    planned = by.at["targets", "herfindahl"]
    numbers = {
        "areas": int(row["areas"]),
        "herfindahl": float(row["herfindahl"]),
        "equal_areas": float(row["equal_areas"]),
        "planned": None if pd.isna(planned) else float(planned),
        "largest": name_code(plan, "area", str(row["largest"])),
        "share": float(row["largest_share"]),
    }
    return [Finding("concentration", "note", numbers)]
