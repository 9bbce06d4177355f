"""Concentration: how evenly areas share projects and investment, beside the plan's targets."""

from __future__ import annotations

import pandas as pd

from h1224lib.composition.planned import list_targets
from h1224lib.composition.result import (
    Composition,
    add_amounts,
    add_credit,
    as_floats,
    list_codes,
    mark,
)
from h1224lib.findings import Finding
from h1224lib.labels import name_code
from h1224lib.ledger.count import Count
from h1224lib.plan.model import Plan


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
    >>> import h1224lib as h
    >>> from h1224lib.resources import demo_file
    >>> ledger = h.read_ledger(demo_file("ledger"), h.load_plan())
    >>> table = measure_concentration(h.count_ledger(ledger)).table
    >>> table["quantity"].tolist(), round(float(table["herfindahl"].iloc[2]), 4)
    (['projects', 'investment', 'targets'], 0.1525)
    """
    plan, rows = count.ledger.plan, count.counted
    areas = list_codes(plan, "area")
    targets = list_targets(plan)
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
