"""Points: what else is published of an indicator, and what two figures of it may say together."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib.indicators.references import find_growth
from h1224lib.indicators.releases import choose_release
from h1224lib.plan.model import DIMENSIONS, Plan

# Growth of a level at current prices less real growth as printed is a change of prices. Beyond
# these, in percent a year, base or boundary are more likely to have changed than prices; where
# both are on one basis they should agree, but for revisions of the year before: our reading.
LIMITS = {("current_prices", "constant_prices"): (-3.0, 10.0)}
LIMITS |= {(same, same): (-3.0, 3.0) for same in ("current_prices", "physical")}
POINT = ["measure", *DIMENSIONS, "period", "value", "unit", "use", "price_basis", "vintage"]
POINT += ["status", "comparable", "confidence", "source", "note"]
SERIES = ["measure", *DIMENSIONS, "from_year", "to_year", "from_value", "to_value"]
SERIES += ["level_pct", "growth_pct", "growth_basis", "apart_pct", "one_series"]
SERIES += ["from_vintage", "to_vintage"]


def list_points(plan: Plan, published: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """List every published figure of an indicator's own measure, with the use made of it.

    Parameters
    ----------
    plan : Plan
        Gives units and days.
    published : DataFrame
        As `read_published` returns it.
    table : DataFrame
        As `Track.table` is.
    """
    own = published[published["measure"].isin(set(table["measure"]))]
    rows = []
    for row in own.to_dict("records"):
        targets = table[table["measure"] == row["measure"]]
        basis = plan.measures.at[row["measure"], "price_basis"]
        use = _name_use(row, targets)
        if use == "other_year" and choose_release(_same_span(own, row))["source"] != row["source"]:
            use = "other_release"
        rows.append(row | {"use": use, "price_basis": basis})
    points = pd.DataFrame(rows, columns=[*POINT, "first_day"])
    order = points.sort_values(["measure", "area", "first_day"], kind="stable")
    return order[POINT].reset_index(drop=True)


def _same_span(own: pd.DataFrame, row: dict[str, Any]) -> pd.DataFrame:
    """Return the comparable releases of one cell and period."""
    same = own[(own["comparable"] == "yes") & own["value"].notna()]
    for name in ("measure", *DIMENSIONS, "first_day", "last_day"):
        same = same[same[name] == row[name]]
    return same


def _name_use(row: dict[str, Any], targets: pd.DataFrame) -> str:
    own = targets
    for name in DIMENSIONS:
        own = own[own[name] == row[name]]
    if own.empty:
        return "other_area"
    if row["comparable"] != "yes":
        return "not_comparable"
    first, last = row["first_day"], row["last_day"]
    if (first.month, first.day, last.month, last.day) != (1, 1, 12, 31) or first.year != last.year:
        return "part_year"
    year, value = last.year, row["value"]
    for use in ("current", "base"):
        of_year = own[own[f"{use}_year"] == year]
        if len(of_year):
            same = (of_year[f"{use}_value"] == value).any()
            return use if same else "other_release"
    return "other_year"


def check_series(plan: Plan, published: pd.DataFrame) -> pd.DataFrame:
    """Set growth of the level beside growth as printed, for years in a row of one cell.

    Parameters
    ----------
    plan : Plan
        Gives kinds, price bases and which rate is the growth of which level.
    published : DataFrame
        As `read_published` returns it; all areas, comparable or context.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type; from_year, to_year and their values; level_pct
        (growth of the level), growth_pct (as printed, on `growth_basis`), in percent; apart_pct
        ((1 + level) / (1 + printed) - 1: the change of prices where the printed one is real);
        one_series: whether that is within our limits; the vintages. Only levels and rates whose
        price bases the plan declares.
    """
    kinds, basis = plan.measures["kind"], plan.measures["price_basis"]
    levels = plan.measures.index[kinds.isin(["level", "stock"]) & (basis != "")]
    whole = published[published["period"].str.fullmatch("[0-9]{4}")]
    whole = whole[whole["measure"].isin(levels) & ~whole["comparable"].str.startswith("no")]
    rows = []
    for keys, group in whole.groupby(["measure", *DIMENSIONS], sort=False):
        cell = dict(zip(["measure", *DIMENSIONS], keys, strict=True))
        years = {int(y): choose_release(part) for y, part in group.groupby("period")}
        for year in sorted(years):
            if year - 1 not in years:
                continue
            growth = find_growth(plan, published, cell, year)
            limits = LIMITS.get((str(basis[keys[0]]), growth["growth_basis"]))
            if limits and growth["growth_pct"] > -100 and float(years[year - 1]["value"]) > 0:
                rows.append(cell | _pair(years[year - 1], years[year], growth, limits))
    return pd.DataFrame(rows, columns=SERIES)


def _pair(
    before: dict[str, Any],
    after: dict[str, Any],
    growth: dict[str, Any],
    limits: tuple[float, float],
) -> dict[str, Any]:
    level = 100 * (float(after["value"]) / float(before["value"]) - 1)
    apart = 100 * ((1 + level / 100) / (1 + growth["growth_pct"] / 100) - 1)
    return growth | {
        "from_year": int(before["period"]),
        "to_year": int(after["period"]),
        "from_value": before["value"],
        "to_value": after["value"],
        "level_pct": level,
        "apart_pct": apart,
        "one_series": limits[0] <= apart <= limits[1],
        "from_vintage": before["vintage"],
        "to_vintage": after["vintage"],
    }
