"""Points: what else is published of an indicator, and what two figures of it may say together."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib.indicators.judging import choose_release, horizon_days
from h1224lib.plan.model import DIMENSIONS, Plan

# Growth of a level in money less growth as printed is a change of prices. Beyond these, in
# percent a year, base or boundary are more likely to have changed than prices: our reading.
PRICES_FALL, PRICES_RISE = -3.0, 10.0
POINT = ["measure", *DIMENSIONS, "period", "value", "unit", "use", "price_basis", "vintage"]
POINT += ["status", "comparable", "confidence", "source", "note"]
SERIES = ["measure", *DIMENSIONS, "from_year", "to_year", "from_value", "to_value"]
SERIES += ["nominal_pct", "growth_pct", "price_pct", "one_series", "from_vintage", "to_vintage"]


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
        money = "元" in plan.unit(row["measure"], "zh")
        basis = "current_prices" if money else "physical"
        if plan.measures.at[row["measure"], "kind"] not in ("level", "stock"):
            basis = ""
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


def find_growth(
    published: pd.DataFrame, plan: Plan, row: dict[str, Any], year: int
) -> float | None:
    """Return the growth that is printed beside a level for a whole year, in percent."""
    rows = _beside(plan, published, row)
    days = rows["last_day"].map(lambda d: d.year) == year
    whole = rows["first_day"].map(lambda d: (d.month, d.day)) == (1, 1)
    whole &= rows["last_day"].map(lambda d: (d.month, d.day)) == (12, 31)
    found = rows[days & whole]
    return None if found.empty else float(choose_release(found)["value"])


def find_reference(plan: Plan, published: pd.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    """Bring the figure of what a target follows, and compare where both are published.

    That figure is of a rate which the plan sets beside the indicator, not marked as of another
    definition, for the target's days. Not to fall behind it is read as met.
    """
    first, last = horizon_days(plan, row["horizon"])
    rows = _beside(plan, published, row)
    rows = rows[(rows["first_day"] == first) & (rows["last_day"] == last)]
    own = published[(published["measure"] == row["measure"]) & (published["comparable"] == "yes")]
    for name in DIMENSIONS:
        own = own[own[name] == row[name]]
    own = own[(own["first_day"] == first) & (own["last_day"] == last)]
    found: dict[str, Any] = {"treatment": "reference", "reached": "reference"}
    if len(rows):
        best = choose_release(rows)
        found |= {"refers_to": best["measure"], "reference_value": best["value"]}
        found |= {name: best[name] for name in ("vintage", "status", "confidence", "source")}
    if len(own):
        best = choose_release(own)
        found |= {"current_value": best["value"], "current_year": last.year}
        found |= {name: best[name] for name in ("vintage", "status", "confidence", "source")}
    if rows.empty or own.empty:
        return found | {"reason": "reference_alone" if len(rows) else "reference_missing"}
    gap = float(found["reference_value"]) - float(found["current_value"])
    behind = gap < 0 if plan.measures.at[row["measure"], "direction"] == "down" else gap > 0
    return found | {"gap": gap, "reason": "", "reached": "missed" if behind else "met"}


def check_series(plan: Plan, published: pd.DataFrame) -> pd.DataFrame:
    """Set growth of the level beside growth as printed, for years in a row of one cell.

    Parameters
    ----------
    plan : Plan
        Gives kinds, units and which growth stands beside which level.
    published : DataFrame
        As `read_published` returns it; all areas, comparable or context.
    """
    levels = [m for m in plan.measures.index if plan.measures.at[m, "kind"] in ("level", "stock")]
    money = [m for m in levels if "元" in plan.unit(m, "zh")]
    whole = published[published["period"].str.fullmatch("[0-9]{4}")]
    whole = whole[whole["measure"].isin(money) & ~whole["comparable"].str.startswith("no")]
    rows = []
    for keys, group in whole.groupby(["measure", *DIMENSIONS], sort=False):
        cell = dict(zip(["measure", *DIMENSIONS], keys, strict=True))
        years = {int(y): choose_release(part) for y, part in group.groupby("period")}
        for year in sorted(years):
            growth = find_growth(published, plan, cell, year)
            if year - 1 in years and growth is not None:
                rows.append(_pair(cell, years[year - 1], years[year], growth))
    return pd.DataFrame(rows, columns=SERIES)


def _pair(
    cell: dict[str, Any], before: dict[str, Any], after: dict[str, Any], growth: float
) -> dict[str, Any]:
    nominal = 100 * (float(after["value"]) / float(before["value"]) - 1)
    price = 100 * ((1 + nominal / 100) / (1 + growth / 100) - 1)
    return cell | {
        "from_year": int(before["period"]),
        "to_year": int(after["period"]),
        "from_value": before["value"],
        "to_value": after["value"],
        "nominal_pct": nominal,
        "growth_pct": growth,
        "price_pct": price,
        "one_series": PRICES_FALL <= price <= PRICES_RISE,
        "from_vintage": before["vintage"],
        "to_vintage": after["vintage"],
    }


def _beside(plan: Plan, published: pd.DataFrame, row: dict[str, Any]) -> pd.DataFrame:
    """Return the rates published beside a measure's cell, without other definitions."""
    measure = str(row["measure"])
    rates = plan.measures.loc[plan.measures["kind"] == "rate", "context_for"]
    names = [m for m, beside in rates.items() if measure in str(beside).split(";")]
    if not names and f"{measure}_growth" in rates.index:
        names = [f"{measure}_growth"]
    rows = published[published["measure"].isin(names) & published["value"].notna()]
    for name in DIMENSIONS:
        rows = rows[rows[name].isin([row[name], "all"] if name == "industry" else [row[name]])]
    return rows[~rows["comparable"].str.startswith("no")]
