"""Verdicts: what indicators set against their targets say, as findings."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.plan.model import Plan
from h1224lib.wording import number, say

SIGNS = {">=": "≥ ", ">": "> ", "<=": "≤ ", "<": "< ", "~": "≈ "}
# Reasons why a target with a number is not judged, from the nearest miss to nothing at all.
REASONS = ("part_year", "other_year", "related_only", "no_data")


def tell_indicators(plan: Plan, table: pd.DataFrame, context: pd.DataFrame) -> list[Finding]:
    """State how many targets can be judged, each that can, and the others by reason.

    Parameters
    ----------
    plan : Plan
        Gives the names.
    table, context : DataFrame
        As `Indicators` has them.
    """
    if table.empty:
        return [Finding("indicators_none", "note", {"plan": plan_title(plan)})]
    judged = table[table["actual"].notna()]
    found = [tell_judged(plan, table)]
    found += [tell_target(plan, row) for row in judged.to_dict("records")]
    for reason in REASONS:
        rows = table[table["reason"] == reason]
        if len(rows):
            numbers = {"items": name_measures(plan, rows), "count": len(rows), "reason": reason}
            found.append(Finding("indicators_not_judged", "note", numbers, _places(rows)))
    rows = table[table["reached"] == "reference"]
    if len(rows):
        groups = rows.groupby(["reason", "remark"], sort=False)
        told = [_refer(plan, str(remark), group) for (_, remark), group in groups]
        numbers = {"items": told, "count": len(rows)}
        found.append(Finding("indicators_reference", "note", numbers, _places(rows)))
    return found + _tell_unsure(plan, table, context)


def tell_judged(plan: Plan, table: pd.DataFrame) -> Finding:
    """State how many targets can be judged, and how many of them are met."""
    if table.empty:
        return Finding("indicators_none", "note", {"plan": plan_title(plan)})
    counts = table["reached"].value_counts()
    numbers = {name: int(counts.get(name, 0)) for name in ("met", "missed")}
    years = [str(h) for h in plan.horizons.index if h in set(table["horizon"])]
    numbers |= {"targets": len(table), "judged": sum(numbers.values())}
    horizons = [_label(plan, "horizon", year) for year in years]
    return Finding("indicators_judged", "note", {**numbers, "horizons": horizons})


def tell_target(plan: Plan, row: dict[str, Any]) -> Finding:
    """State whether one target is reached, and how sure the figure is."""
    target = show_target(row, missing="")
    numbers = {
        "measure": _label(plan, "measure", row["measure"]),
        "where": _where(plan, row),
        "horizon": _label(plan, "horizon", row["horizon"]),
        "target": target,
        "actual": float(row["actual"]),
        "period": row["period"],
        "gap": float(row["gap"]),
        "share": None if pd.isna(row["share"]) else float(row["share"]),
        "unit": Label(plan.unit(row["measure"], "zh"), plan.unit(row["measure"], "en")),
        "status": row["status"],
        "sources": int(row["sources"]),
        "differing": int(row["differing"]),
        "rate": plan.measures.at[row["measure"], "kind"] == "rate",
        "vintage": row["vintage"] or "",
        "confidence": row["confidence"],
    }
    places = (str(row["figure_id"]), str(row["source"]))
    severity = "note" if row["reached"] == "met" else "warning"
    if pd.notna(row["reference_value"]):
        numbers |= {
            "other": _label(plan, "measure", row["refers_to"]),
            "reference": float(row["reference_value"]),
            "reached": row["reached"],
        }
        return Finding("indicator_follows", severity, numbers, places)
    return Finding(f"indicator_{row['reached']}", severity, numbers, places)


def show_target(row: dict[str, Any], missing: str) -> str:
    """Write a target with its relation, such as ``≥ 2100``, or the figure that it follows.

    Examples
    --------
    >>> show_target({"relation": ">=", "target": 2100.0, "value_max": None}, "-")
    '≥ 2100'
    """
    if pd.isna(row["target"]):
        followed = row.get("reference_value")
        return missing if followed is None or pd.isna(followed) else number(followed)
    if row["relation"] == "range":
        return f"{number(row['target'])}–{number(row['value_max'])}"
    return SIGNS.get(row["relation"], "") + number(row["target"])


def in_language(note: str) -> Label:
    """Split a remark written ``中文 (English)；中文 (English)`` into its two languages.

    Examples
    --------
    >>> in_language("市区口径 (city only)；初步数 (preliminary)").say("en")
    'city only; preliminary'
    """
    chinese, english = [], []
    for part in filter(None, note.split("；")):
        found = re.fullmatch(r"(.*?)\s*\(([^\u2e80-\u9fff]+)\)", part)
        chinese.append(found[1] if found else part)
        english += [found[2]] if found else []
    return Label("；".join(chinese), "; ".join(english) or note)


def tell_headline(plan: Plan, rows: pd.DataFrame) -> Finding:
    """State the plan's headline targets and what can be compared with them."""
    items = []
    for row in rows.to_dict("records"):
        actual = None if pd.isna(row["actual"]) else float(row["actual"])
        texts = [
            say(
                "headline_item",
                lang,
                measure=plan.label("measure", row["measure"], lang),
                horizon=plan.label("horizon", row["horizon"], lang),
                target=show_target(row, "-"),
                unit=plan.unit(row["measure"], lang),
                actual=actual,
                reached=row["reached"],
                reason=row["reason"],
            )
            for lang in ("zh", "en")
        ]
        items.append(Label(*texts))
    judged, met = rows["actual"].notna().sum(), (rows["reached"] == "met").sum()
    numbers = {"count": len(rows), "judged": int(judged), "met": int(met), "items": items}
    return Finding("headline", "note", numbers, tuple(map(str, rows["figure_id"])))


def plan_title(plan: Plan) -> Label:
    """Return a plan's title in both languages."""
    return Label(plan.title("zh"), plan.title("en"))


def _tell_unsure(plan: Plan, table: pd.DataFrame, context: pd.DataFrame) -> list[Finding]:
    """Name the figures that stay out of circulars, of the indicators that there are."""
    columns = ["measure", "area", "industry", "period", "confidence"]
    both = pd.concat([table[table["actual"].notna()][columns], context[columns]])
    rows = both[both["confidence"] != "high"].drop_duplicates()
    if rows.empty:
        return []
    names = []
    for row in rows.to_dict("records"):
        area = "" if row["area"] == "all" else row["area"]
        place = _label(plan, "area", area) if area else Label("", "")
        name = _label(plan, "measure", row["measure"])
        names.append(
            Label(
                f"{place.zh}{name.zh}（{row['period']}）",
                f"{' '.join(filter(None, (place.en, name.en)))} ({row['period']})",
            )
        )
    return [Finding("indicators_unsure", "note", {"items": names, "count": len(names)})]


def name_measures(plan: Plan, rows: pd.DataFrame) -> list[Label]:
    """Name each measure once, with the horizons that are meant."""
    horizons = rows.groupby("measure", sort=False)["horizon"].unique()
    every = {}
    for measure, codes in horizons.items():
        name = _label(plan, "measure", str(measure))
        years = [str(h) for h in plan.horizons.index if h in set(codes)]
        every[str(measure)] = Label(
            f"{name.zh}（{'、'.join(years)}）", f"{name.en} ({', '.join(years)})"
        )
    return list(every.values())


def _refer(plan: Plan, remark: str, rows: pd.DataFrame) -> Label:
    """Say which measures follow another quantity, which, and which figure lacks."""
    first, names = rows.iloc[0], name_measures(plan, rows)
    followed = None if pd.isna(first["reference_value"]) else float(first["reference_value"])
    texts = [
        say(
            "indicators_reference_item",
            lang,
            items=[name.say(lang) for name in names],
            remark=in_language(remark).say(lang),
            reason=first["reason"],
            other=plan.label("measure", first["refers_to"], lang) if first["refers_to"] else "",
            followed=followed,
            unit=plan.unit(first["measure"], lang),
        )
        for lang in ("zh", "en")
    ]
    return Label(*texts)


def _places(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(map(str, rows["figure_id"]))


def _where(plan: Plan, row: dict[str, Any]) -> Label:
    return _label(plan, "area", row["area"])


def _label(plan: Plan, dimension: str, code: str) -> Label:
    return Label(plan.label(dimension, code, "zh"), plan.label(dimension, code, "en"))
