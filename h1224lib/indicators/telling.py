"""Telling: what following the indicators says, as findings."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.plan.model import Plan
from h1224lib.verdicts import name_measures, plan_title, show_target
from h1224lib.wording import say

GROWTH = ["base_year", "base_value", "current_year", "current_value", "target_year"]
GROWTH += ["observed_pct", "required_pct", "lead_pp", "progress_value"]
TREATMENTS = ("at_end", "rated", "as_rate", "as_count", "reference", "lacking")


def tell_track(
    plan: Plan,
    table: pd.DataFrame,
    points: pd.DataFrame,
    series: pd.DataFrame,
    base: tuple[int | None, bool],
) -> list[Finding]:
    """State the base year, each indicator that growth can be shown for, and what is only shown.

    Parameters
    ----------
    plan : Plan
        Gives the names.
    table, points, series : DataFrame
        As `Track` has them.
    base : tuple of int or None, and bool
        The base year, and whether it was given.
    """
    if table.empty:
        return [Finding("indicators_none", "note", {"plan": plan_title(plan)})]
    found = [tell_treatments(table), _tell_base(table, *base)]
    followed = table[table["observed_pct"].notna()]
    found += [_tell_growth(plan, row) for row in followed.to_dict("records")]
    found += _tell_prices(plan, followed)
    found += _tell_rates(plan, table) + _tell_counts(plan, table)
    found += _tell_lacking(plan, table[table["treatment"] == "lacking"])
    return found + _tell_part_years(points) + _tell_breaks(plan, series)


def tell_treatments(table: pd.DataFrame) -> Finding:
    """State how many targets there are, and how each kind of them is treated."""
    counts = table["treatment"].value_counts()
    numbers: dict[str, Any] = {name: int(counts.get(name, 0)) for name in TREATMENTS}
    ends = table.loc[table["treatment"] == "at_end", "reached"].value_counts()
    numbers |= {name: int(ends.get(name, 0)) for name in ("met", "missed")}
    numbers |= {"targets": len(table), "indicators": table["measure"].nunique()}
    return Finding("track_opening", "note", numbers)


def tell_paths(table: pd.DataFrame) -> Finding:
    """State how many targets have a path that can be drawn, and how they stand."""
    rows = table[table["observed_pct"].notna()]
    if rows.empty:
        return Finding("no_track_paths", "note", {})
    numbers = {name: int((rows["reached"] == name).sum()) for name in ("met", "missed")}
    numbers |= {"count": len(rows), "rated": int((rows["treatment"] == "rated").sum())}
    return Finding("track_paths", "note", numbers)


def _tell_base(table: pd.DataFrame, year: int | None, given: bool) -> Finding:
    if year is None:
        return Finding("track_no_base", "note", {})
    used = table.loc[table["base_value"].notna(), "measure"].nunique()
    return Finding("track_base", "note", {"year": year, "given": given, "used": used})


def _tell_growth(plan: Plan, row: dict[str, Any]) -> Finding:
    numbers = {
        "measure": _name(plan, row["measure"]),
        "target": show_target(row, missing=""),
        "unit": Label(plan.unit(row["measure"], "zh"), plan.unit(row["measure"], "en")),
        "reached": row["reached"],
        "band": row["band"],
        "score": _number(row["score"]),
        "ratio": _number(row["unapplied_ratio"]),
        "confidence": row["confidence"],
    }
    numbers |= {name: _number(row[name]) for name in GROWTH}
    key = "track_at_end" if row["treatment"] == "at_end" else "track_rated"
    behind = row["reached"] == "missed" or row["band"] == "deterioration"
    places = (str(row["figure_id"]), str(row["source"]))
    return Finding(key, "warning" if behind else "note", numbers, places)


def _tell_prices(plan: Plan, followed: pd.DataFrame) -> list[Finding]:
    """Set growth as printed beside the compound rate; say how old both ends are."""
    if followed.empty:
        return []
    items = []
    for row in followed.to_dict("records"):
        texts = [
            say(
                "track_price_item",
                lang,
                measure=plan.label("measure", row["measure"], lang),
                **{k: _number(row[k]) for k in ("observed_pct", "growth_pct", "current_year")},
                basis=row["price_basis"] or "unknown",
                growth_basis=row["growth_basis"] or "unknown",
                base_vintage=row["base_vintage"],
                vintage=row["vintage"],
            )
            for lang in ("zh", "en")
        ]
        items.append(Label(*texts))
    return [Finding("track_prices", "note", {"items": items})]


def _tell_rates(plan: Plan, table: pd.DataFrame) -> list[Finding]:
    rows = table[table["treatment"] == "as_rate"]
    if rows.empty:
        return []
    known = rows[rows["current_value"].notna()]
    items = [
        Label(*[_word_rate(plan, row, lang) for lang in ("zh", "en")])
        for row in known.to_dict("records")
    ]
    numbers = {"count": len(rows), "known": len(known), "items": items}
    return [Finding("track_rates", "note", numbers, tuple(map(str, rows["figure_id"])))]


def _word_rate(plan: Plan, row: dict[str, Any], lang: str) -> str:
    return say(
        "track_rate_item",
        lang,
        measure=plan.label("measure", row["measure"], lang),
        year=_number(row["target_year"]),
        value=_number(row["current_value"]),
        target=show_target(row, missing=""),
        gap=_number(row["gap"]),
        reached=row["reached"],
    )


def _tell_counts(plan: Plan, table: pd.DataFrame) -> list[Finding]:
    """State what counts came to, and for which of them the horizon still runs."""
    rows = table[table["treatment"] == "as_count"]
    if rows.empty:
        return []
    judged = rows[rows["reached"].isin(["met", "missed"])]
    going = rows[rows["reason"] == "under_way"]
    partial = rows[rows["reason"] == "parts_alone"]
    missed = judged[judged["reached"] == "missed"].to_dict("records")
    lacking = rows[~rows.index.isin([*judged.index, *going.index, *partial.index])]
    numbers: dict[str, Any] = {
        "count": len(rows),
        "judged": len(judged),
        "met": int((judged["reached"] == "met").sum()),
        "going": len(going),
        "items": [_word_count(plan, row) for row in missed],
        "partial": [_word_count(plan, row) for row in partial.to_dict("records")],
        "lacking": name_measures(plan, lacking),
        "counted": bool((rows["reason"] == "not_counted").any()),
    }
    places = tuple(map(str, rows["figure_id"]))
    severity = "warning" if numbers["met"] < numbers["judged"] else "note"
    return [Finding("track_counts", severity, numbers, places)]


def _word_count(plan: Plan, row: dict[str, Any]) -> Label:
    texts = [
        say(
            "track_count_item",
            lang,
            measure=plan.label("measure", row["measure"], lang),
            place="" if row["industry"] == "all" else plan.label("industry", row["industry"], lang),
            horizon=plan.label("horizon", row["horizon"], lang),
            value=_number(row["current_value"]),
            target=show_target(row, missing=""),
        )
        for lang in ("zh", "en")
    ]
    return Label(*texts)


def _tell_lacking(plan: Plan, rows: pd.DataFrame) -> list[Finding]:
    """Name what cannot be rated, by reason; what has no figure at all is only counted."""
    found = []
    bare = rows["reason"].isin(["no_data", "related_only"])
    for reason, group in rows[~bare].groupby("reason"):
        numbers = {"items": name_measures(plan, group), "reason": str(reason)}
        places = tuple(map(str, group["figure_id"]))
        found.append(Finding("track_lacking", "note", numbers, places))
    if bare.any():
        counts = rows.loc[bare, "reason"].value_counts()
        held = {name: int(counts.get(name, 0)) for name in ("no_data", "related_only")}
        places = tuple(map(str, rows.loc[bare, "figure_id"]))
        found.append(Finding("track_bare", "note", held, places))
    return found


def _tell_part_years(points: pd.DataFrame) -> list[Finding]:
    part = points[points["use"] == "part_year"]
    if part.empty:
        return []
    periods = sorted(set(part["period"]))
    return [Finding("track_part_years", "note", {"count": len(part), "periods": periods})]


def _tell_breaks(plan: Plan, series: pd.DataFrame) -> list[Finding]:
    """Name the years in a row that do not look like one series; say how many were looked at."""
    if series.empty:
        return [Finding("track_breaks_unchecked", "note", {})]
    items = []
    for row in series[~series["one_series"].astype(bool)].to_dict("records"):
        texts = [
            say(
                "track_break_item",
                lang,
                measure=plan.label("measure", row["measure"], lang),
                area=plan.label("area", row["area"], lang),
                **{k: row[k] for k in ("from_year", "to_year")},
                **{k: float(row[k]) for k in ("level_pct", "growth_pct", "apart_pct")},
                basis=row["growth_basis"],
            )
            for lang in ("zh", "en")
        ]
        items.append(Label(*texts))
    numbers = {"count": len(items), "pairs": len(series), "items": items}
    return [Finding("track_breaks", "warning" if items else "note", numbers)]


def _name(plan: Plan, measure: str) -> Label:
    return Label(plan.label("measure", measure, "zh"), plan.label("measure", measure, "en"))


def _number(value: Any) -> Any:
    """Return a plain number, whole where it is; None for what is missing."""
    if value is None or pd.isna(value):
        return None
    return int(value) if float(value).is_integer() else float(value)
