"""Tracking: each indicator of a plan with what can be said of it, and why not more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import target_measures
from h1224lib.indicators.judging import (
    choose_release,
    horizon_days,
    is_less_sure,
    judge_targets,
    list_comparable,
)
from h1224lib.indicators.points import check_series, find_growth, find_reference, list_points
from h1224lib.indicators.rating import compound, rate_indicators
from h1224lib.indicators.telling import tell_track
from h1224lib.plan.model import KEYS, Plan

TRACKED = [*KEYS, "kind", "unit", "relation", "target", "value_max", "printed", "treatment"]
TRACKED += ["reason", "reached", "direction", "base_year", "base_value", "current_year"]
TRACKED += ["current_value", "target_year", "observed_pct", "required_pct", "lead_pp"]
TRACKED += ["progress_value", "score", "band", "unapplied_ratio", "growth_pct", "price_basis"]
TRACKED += ["gap", "refers_to", "reference_value", "base_vintage", "vintage", "status"]
TRACKED += ["confidence", "source", "figure_id", "remark"]
NUMBERS = ["target", "value_max", "base_value", "current_value", "observed_pct", "required_pct"]
NUMBERS += ["lead_pp", "progress_value", "score", "unapplied_ratio", "growth_pct", "gap"]
NUMBERS += ["reference_value"]
WHOLE = ["direction", "base_year", "current_year", "target_year"]


@dataclass(frozen=True, eq=False)
class Track:
    """Every indicator of a plan, treated as its kind and its figures allow.

    Attributes
    ----------
    plan : Plan
        Whose indicators they are.
    base_year : int or None
        From which growth is computed; None where nothing was published before the plan.
    table : DataFrame
        One row a target: keys, kind, unit, relation, target, value_max, printed; treatment
        (at_end: met or missed alone; rated: by growth, on the way; as_rate; as_count; reference;
        lacking) and reason; reached; base and current year and value; observed_pct and required_pct
        (compound, a year, nominal where the unit is money) and lead_pp, the one less the other;
        progress_value, score, band (`status` of `rate_indicators`); unapplied_ratio (what the
        method would give at the target year, where it does not apply); growth_pct (as printed
        beside the level, for money usually real); price_basis; gap (target - actual, or the
        reference - actual); refers_to, reference_value; vintages, status, confidence, source,
        figure_id, remark.
    points : DataFrame
        One row a published figure of an indicator's own definition, and its use: base, current,
        part_year, other_year, other_area, not_comparable, other_release.
    series : DataFrame
        One row a pair of years in a row: growth of the level and growth as printed, in percent,
        the price change between them, and whether the two years look like one series.
    findings : list of Finding
        What was tracked and from which year; what was found; what is shown and not scored.
    """

    plan: Plan
    base_year: int | None
    table: pd.DataFrame
    points: pd.DataFrame
    series: pd.DataFrame
    findings: list[Finding]

    def select(self, counts: bool, last: bool) -> pd.DataFrame:
        """Return the rows of counts or of the others, of each cell's last horizon or before it."""
        table = self.table[self.table["kind"].isin(["count", "flow"]) == counts]
        ends = table["horizon"].map(lambda h: horizon_days(self.plan, h)[1])
        spans = ends.map(lambda d: d.toordinal()).rename("end")
        cell = [table[name] for name in KEYS if name != "horizon"]
        is_last = spans == spans.groupby(cell).transform("max") if len(table) else spans == 0
        return table[is_last == last].reset_index(drop=True)


def track_indicators(plan: Plan, published: pd.DataFrame, base_year: int | None = None) -> Track:
    """Follow every indicator from a declared base year towards its target.

    Parameters
    ----------
    plan : Plan
        Gives the targets; it prints no base year.
    published : DataFrame
        As `read_published` returns it, values in the measure's unit.
    base_year : int, optional
        By default the last full year before the plan of which a comparable figure is published.

    Returns
    -------
    Track
        `table`, `points`, `series`, `findings`; the base year is said in the first of these.

    Notes
    -----
    Growth is rated as `rate_indicators` does, and only of levels and stocks, between figures of
    whole years, before the target year.

    Examples
    --------
    >>> from h1224lib.indicators import read_published
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> track = track_indicators(plan, read_published(plan))
    >>> track.base_year, track.table["treatment"].value_counts().to_dict()["at_end"]
    (2020, 2)
    """
    cells = _list_cells(plan)
    judged = judge_targets(plan, published, cells)
    chosen = base_year if base_year is not None else _choose_base(plan, published, cells)
    rows = [_treat(plan, published, row, chosen) for row in judged.to_dict("records")]
    kinds = dict.fromkeys(NUMBERS, "Float64") | dict.fromkeys(WHOLE, "Int64")
    table = _rate(pd.DataFrame(rows, columns=TRACKED).astype(kinds))
    points = list_points(plan, published, table)
    series = check_series(plan, published)
    findings = tell_track(plan, table, points, series, (chosen, base_year is not None))
    return Track(plan, chosen, table, points, series, findings)


def _list_cells(plan: Plan) -> pd.DataFrame:
    """List what is an outcome: all but the measure that is split most finely, and its parts."""
    names = target_measures(plan)
    main = main_measure(plan)
    inside = plan.measures["parent"] == main
    counts = [
        m for m in names if plan.accumulates(m) and m != main and not inside.get(m, default=False)
    ]
    cells = plan.cells
    whole = (cells["area"] == "all") & (cells["project_type"] == "all")
    levels = [m for m in names if not plan.accumulates(m)]
    return cells[cells["measure"].isin(levels) | (cells["measure"].isin(counts) & whole)]


def _choose_base(plan: Plan, published: pd.DataFrame, cells: pd.DataFrame) -> int | None:
    """Return the last year before the plan of which a whole comparable figure is published."""
    start = pd.to_datetime(plan.horizons["first_day"]).min().year
    years = [
        year
        for cell in cells.to_dict("records")
        if _grows(plan, cell["measure"])
        for year in _whole_years(plan, published, cell)
        if year < start
    ]
    return max(years, default=None)


def _grows(plan: Plan, measure: str) -> bool:
    return plan.measures.at[measure, "kind"] in ("level", "stock")


def _whole_years(
    plan: Plan, published: pd.DataFrame, cell: dict[str, Any]
) -> dict[int, dict[str, Any]]:
    """Return the release that holds for each year that covers the same days as the target's."""
    first, last = horizon_days(plan, cell["horizon"])
    rows = list_comparable(published, cell)
    found: dict[int, dict[str, Any]] = {}
    if rows.empty:
        return found
    for ends, group in rows.groupby(["first_day", "last_day"], sort=True):
        start, end = ends
        later = end.year - last.year
        if (start.month, start.day, end.month, end.day) == (
            first.month,
            first.day,
            last.month,
            last.day,
        ) and start.year - first.year == later:
            found[int(end.year)] = choose_release(group)
    return found


def _treat(
    plan: Plan, published: pd.DataFrame, row: dict[str, Any], base_year: int | None
) -> dict[str, Any]:
    """Say how one target is treated, and bring the figures for that."""
    kind = plan.measures.at[row["measure"], "kind"]
    taken = dict.fromkeys(TRACKED) | {k: row[k] for k in TRACKED if k in row} | {"kind": kind}
    end = horizon_days(plan, row["horizon"])[1].year
    down = plan.measures.at[row["measure"], "direction"] == "down" or row["relation"] in ("<", "<=")
    taken |= {"current_value": row["actual"], "price_basis": "", "band": "", "target_year": end}
    taken |= {"direction": -1 if down else 1, "refers_to": "", "base_vintage": ""}
    if pd.notna(row["actual"]):
        taken["current_year"] = end
    if row["relation"] == "reference" or pd.isna(row["target"]):
        return taken | find_reference(plan, published, row)
    if kind in ("count", "flow"):
        return taken | {"treatment": "as_count"}
    if kind == "rate":
        return taken | {"treatment": "as_rate"}
    return taken | _follow(plan, published, row, base_year)


def _follow(
    plan: Plan, published: pd.DataFrame, row: dict[str, Any], base_year: int | None
) -> dict[str, Any]:
    """Bring base and current year of a level or stock; the target year itself is never rated."""
    end = horizon_days(plan, row["horizon"])[1].year
    years = _whole_years(plan, published, row)
    base = years.get(base_year) if base_year is not None and base_year < end else None
    after = [y for y in years if base_year is not None and base_year < y <= end]
    money = "元" in plan.unit(row["measure"], "zh")
    found: dict[str, Any] = {"price_basis": "current_prices" if money else "physical"}
    found |= {"treatment": "lacking", "reason": row["reason"]}
    if base is not None:
        found |= {"base_year": base_year, "base_value": base["value"]}
        found |= {"base_vintage": base["vintage"]}
    if pd.notna(row["actual"]):
        found |= {"treatment": "at_end", "growth_pct": find_growth(published, plan, row, end)}
    elif after:
        last = years[max(after)]
        found |= {"current_year": max(after), "current_value": last["value"]}
        found |= {name: last[name] for name in ("vintage", "status", "confidence", "source")}
        found |= {"growth_pct": find_growth(published, plan, row, max(after))}
        found |= {"treatment": "rated" if base is not None else "lacking", "reason": ""}
        found["reason"] = "" if base is not None else "no_base"
        if base is not None and is_less_sure(base["confidence"], last["confidence"]):
            found["confidence"] = base["confidence"]
    elif base is not None and row["reason"] == "no_data":
        found["reason"] = "other_year"
    return found


def _rate(table: pd.DataFrame) -> pd.DataFrame:
    """Rate what may be rated; at the target year show the rates and keep the ratio apart."""
    rows = table[table["treatment"].isin(["rated", "at_end"]) & table["base_value"].notna()]
    if rows.empty:
        return table
    lower_end = (rows["relation"] == "range") & (rows["direction"] < 0)
    asked = rows.assign(target=rows["value_max"].where(lower_end, rows["target"]))
    rated = rate_indicators(asked)
    asked = asked.astype(dict.fromkeys(["base_value", "current_value", "target"], "float64"))
    for name, value, year in (
        ("observed_pct", "current_value", "current_year"),
        ("required_pct", "target", "target_year"),
    ):
        years = (asked[year] - asked["base_year"]).astype("float64")
        table.loc[rows.index, name] = 100 * compound(asked["base_value"], asked[value], years)
    table["lead_pp"] = (table["observed_pct"] - table["required_pct"]) * table["direction"]
    apart = rows["treatment"] == "at_end"
    table.loc[rows.index[apart], "unapplied_ratio"] = rated["progress_value"][apart]
    for name, own in (("progress_value", "progress_value"), ("score", "score"), ("band", "status")):
        table.loc[rows.index[~apart], name] = rated[own][~apart]
    return table
