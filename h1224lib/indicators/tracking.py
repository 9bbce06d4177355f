"""Tracking: each indicator of a plan with what can be said of it, and why not more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import target_measures
from h1224lib.indicators.counts import add_up_counts
from h1224lib.indicators.judging import judge_targets, set_against
from h1224lib.indicators.points import check_series, list_points
from h1224lib.indicators.rating import compound, rate_indicators
from h1224lib.indicators.references import find_growth
from h1224lib.indicators.releases import (
    choose_release,
    horizon_days,
    is_less_sure,
    list_comparable,
    of_days,
)
from h1224lib.indicators.telling import tell_track
from h1224lib.plan.model import KEYS, Plan
from h1224lib.results import Results

TRACKED = [*KEYS, "kind", "unit", "relation", "target", "value_max", "printed", "treatment"]
TRACKED += ["reason", "reached", "direction", "base_year", "base_value", "current_year"]
TRACKED += ["current_value", "until", "target_year", "observed_pct", "required_pct", "lead_pp"]
TRACKED += ["progress_value", "score", "band", "unapplied_ratio", "price_basis", "growth_pct"]
TRACKED += ["growth_basis", "gap", "refers_to", "reference_value", "reference_vintage"]
TRACKED += ["base_vintage", "vintage", "status", "confidence", "sources", "differing", "source"]
TRACKED += ["figure_id", "remark"]
NUMBERS = ["target", "value_max", "base_value", "current_value", "observed_pct", "required_pct"]
NUMBERS += ["lead_pp", "progress_value", "score", "unapplied_ratio", "growth_pct", "gap"]
NUMBERS += ["reference_value"]
WHOLE = ["direction", "base_year", "current_year", "target_year", "sources", "differing"]


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
        lacking) and reason; reached; base and current year and value; until (the last day of a
        count that is added up); observed_pct and required_pct (compound, a year, on the level's
        price_basis) and lead_pp, the one less the other; progress_value, score, band (`status`
        of `rate_indicators`); unapplied_ratio (what the method would give at the target year,
        where it does not apply); growth_pct (as printed beside the level) and growth_basis; gap
        (target - actual, or what is followed - actual); refers_to, reference_value,
        reference_vintage; vintages, status, confidence, sources, differing, source, figure_id,
        remark. A price basis is the measure's own attribute; empty where the plan has none.
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


def track_indicators(
    plan: Plan,
    published: pd.DataFrame,
    base_year: int | None = None,
    results: Results | None = None,
) -> Track:
    """Follow every indicator from a declared base year towards its target.

    Parameters
    ----------
    plan : Plan
        Gives the targets; it prints no base year.
    published : DataFrame
        As `read_published` returns it, values in the measure's unit.
    base_year : int, optional
        By default the full year before the plan of which most indicators have a comparable
        figure; of several, the last.
    results : Results, optional
        A ledger and the status of landmarks, counted up to a day (`gather_results`): counts are
        taken from them. Without it, from what is published, its parts added up.

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
    counts = [c for c in judged["measure"].unique() if plan.accumulates(c)]
    added = add_up_counts(plan, published, cells[cells["measure"].isin(counts)], results)
    parts = {tuple(row[k] for k in KEYS): row for row in added.to_dict("records")}
    rows = []
    for row in judged.to_dict("records"):
        taken = _treat(plan, published, row, chosen)
        if taken["treatment"] == "as_count" and pd.isna(row["actual"]):
            known = parts.get(tuple(row[k] for k in KEYS))
            taken |= _count(plan, row, known, results is not None)
        rows.append(taken)
    kinds = dict.fromkeys(NUMBERS, "Float64") | dict.fromkeys(WHOLE, "Int64")
    table = _rate(pd.DataFrame(rows, columns=TRACKED).astype(kinds))
    points = list_points(plan, published, table)
    series = check_series(plan, published)
    findings = tell_track(plan, table, points, series, (chosen, base_year is not None))
    if results is not None and results.synthetic:
        findings = [*(f for f in results.findings if f.kind.endswith("synthetic")), *findings]
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
    """Return the year before the plan with comparable figures of most indicators, or none."""
    start = pd.to_datetime(plan.horizons["first_day"]).min().year
    years = {
        (year, cell["measure"])
        for cell in cells.to_dict("records")
        if _grows(plan, cell["measure"])
        for year in _whole_years(plan, published, cell)
        if year < start
    }
    held = Counter(year for year, _ in years)
    return max(held, key=lambda year: (held[year], year), default=None)


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
    taken |= {"current_value": row["actual"], "band": "", "target_year": end, "until": ""}
    taken |= {"direction": -1 if down else 1, "base_vintage": "", "growth_basis": ""}
    taken["price_basis"] = plan.measures.at[row["measure"], "price_basis"]
    if pd.notna(row["actual"]):
        taken["current_year"] = end
    if row["relation"] == "reference" or pd.isna(row["target"]):
        return taken | {"treatment": "reference"} | _find_own(plan, published, row)
    if kind in ("count", "flow"):
        return taken | {"treatment": "as_count"}
    if kind == "rate":
        return taken | {"treatment": "as_rate"}
    return taken | _follow(plan, published, row, base_year)


def _find_own(plan: Plan, published: pd.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    """Bring the figure of a target that follows another, also where that has none."""
    days = horizon_days(plan, row["horizon"])
    own = of_days(list_comparable(published, row), *days)
    if own.empty or pd.notna(row["actual"]):
        return {}
    best = choose_release(own)
    found = {name: best[name] for name in ("vintage", "status", "confidence", "source")}
    return found | {"current_value": best["value"], "current_year": days[1].year}


def _count(
    plan: Plan, row: dict[str, Any], known: dict[str, Any] | None, counted: bool
) -> dict[str, Any]:
    """Set what a count adds up to against its target, if its whole horizon is counted."""
    if known is None:
        # With a ledger, that it holds no such thing is the reason.
        lost = counted and row["reason"] == "no_data"
        return {"reason": "not_counted" if lost else row["reason"]}
    down = plan.measures.at[row["measure"], "direction"] == "down"
    against = set_against(row | {"value": row["target"]}, known["value"], False, down)
    found = {name: known[name] for name in ("vintage", "status", "confidence", "source")}
    found |= {"sources": known["sources"], "differing": 0, "until": known["until"].isoformat()}
    found |= {"current_value": against["actual"], "gap": against["gap"]}
    if not known["whole"]:
        return found | {"reached": "not_judged", "reason": "under_way"}
    found["current_year"] = known["until"].year
    if known["partial"] and against["reached"] == "missed":
        return found | {"reached": "not_judged", "reason": "parts_alone"}
    return found | {"reached": against["reached"], "reason": ""}


def _follow(
    plan: Plan, published: pd.DataFrame, row: dict[str, Any], base_year: int | None
) -> dict[str, Any]:
    """Bring base and current year of a level or stock; the target year itself is never rated."""
    end = horizon_days(plan, row["horizon"])[1].year
    years = _whole_years(plan, published, row)
    base = years.get(base_year) if base_year is not None and base_year < end else None
    after = [y for y in years if base_year is not None and base_year < y <= end]
    found: dict[str, Any] = {"treatment": "lacking", "reason": row["reason"]}
    if base is not None:
        found |= {"base_year": base_year, "base_value": base["value"]}
        found |= {"base_vintage": base["vintage"]}
    if pd.notna(row["actual"]):
        found |= {"treatment": "at_end", **find_growth(plan, published, row, end)}
    elif after:
        last = years[max(after)]
        found |= {"current_year": max(after), "current_value": last["value"]}
        found |= {name: last[name] for name in ("vintage", "status", "confidence", "source")}
        found |= find_growth(plan, published, row, max(after))
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
