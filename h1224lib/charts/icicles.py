"""Icicles: how one number becomes many, laid out before drawing so that heights are true."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.allocation import default_horizon, main_measure, share_targets, tell_largest
from h1224lib.charts import fonts, pages, theme
from h1224lib.plan.model import Plan

HEIGHT = 520
MOST_NAMED = 6
LOWEST_LABELLED = 10.0  # px: below this a line of the smallest text no longer fits


def icicle(
    plan: Plan,
    horizon: str | None = None,
    lang: str = "zh",
    by: tuple[str, ...] = ("industry", "project_type"),
    measure: str | None = None,
) -> Any:
    """Draw how the whole splits into parts, and these into theirs, from left to right.

    Parameters
    ----------
    plan : Plan
        Gives the targets, in the measure's unit.
    horizon : str, optional
        By default the longest.
    lang : str
        ``zh`` or ``en``.
    by : tuple of str
        The dimensions in the order of splitting; those that the plan lacks are left out, and
        areas stand in where it has none of them.
    measure : str, optional
        By default the one that is split most finely.

    Returns
    -------
    altair.Chart
        A rectangle's height is its share of the whole.
    """
    measure = measure or main_measure(plan)
    horizon = horizon or default_horizon(plan, measure)
    levels = tuple(d for d in by if d in plan.dimensions) or ("area",)
    boxes = _lay_out(plan, measure, horizon, levels, lang)
    finding = tell_largest(plan, [levels[0]], measure, horizon)
    split = [wording.say(f"dimension.{d}", lang) for d in levels]
    about: dict[str, Any] = {"measure": measure, "horizon": horizon, "dimensions": split}
    notes = _name_thin(boxes, lang)
    page = pages.of_plan(plan, finding, "chart.targets_by", lang, notes, **about)
    table = boxes[["label", "depth", "value", "share"]]
    description = _describe(boxes, finding.say(lang), lang)
    return page.finish(_draw(boxes, page.top), page.top + HEIGHT, description, table)


def _lay_out(
    plan: Plan, measure: str, horizon: str, levels: tuple[str, ...], lang: str
) -> pd.DataFrame:
    """Place a box for the whole and for every part that has a number above zero."""
    width = theme.WIDTH / (len(levels) + 1)
    whole = share_targets(plan, [], measure, horizon)
    total = float(whole["value"].iloc[0])
    rows = [_box(plan.label("area", "all", lang), total, total, 0.0, 0, width)]
    tops: dict[tuple[str, ...], float] = {(): 0.0}
    for depth in range(1, len(levels) + 1):
        named = levels[:depth]
        cells = share_targets(plan, list(named), measure, horizon)
        reached: dict[tuple[str, ...], float] = {}
        for cell in cells[cells["value"].fillna(0) > 0].to_dict("records"):
            path = tuple(str(cell[d]) for d in named)
            top = reached.setdefault(path[:-1], tops[path[:-1]])
            label = plan.label(named[-1], path[-1], lang)
            names = [plan.label(d, code, lang) for d, code in zip(named, path, strict=True)]
            box = _box(label, float(cell["value"]), total, top, depth, width)
            rows.append({**box, "path": " ".join(names)})
            tops[path] = top
            reached[path[:-1]] = top + HEIGHT * float(cell["value"]) / total
    return pd.DataFrame(rows)


def _box(
    label: str, value: float, total: float, top: float, depth: int, width: float
) -> dict[str, Any]:
    height = HEIGHT * value / total
    text = f"{label} {wording.number(value)}"
    inner = width - 12
    fits = height >= LOWEST_LABELLED and fonts.width(text, theme.SMALL) <= inner
    lines = text
    if not fits and height >= 2 * theme.LINE + 4:
        lines, fits = fonts.balance_lines(text, inner, theme.SMALL), True
    return {
        "label": label,
        "value": value,
        "share": value / total,
        "depth": depth,
        "left": depth * width + 0.5,
        "right": (depth + 1) * width - 0.5,
        "top": top + 0.5 if height > 2 else top,
        "bottom": top + max(height - 0.5, 0.5),
        "at": depth * width + 6,
        "line": top + height / 2 - (lines.count("\n")) * theme.LINE / 2,
        "text": lines if fits else "",
    }


def _draw(boxes: pd.DataFrame, top: float) -> list[Any]:
    placed = boxes.assign(
        **{name: boxes[name] + top for name in ("top", "bottom", "line")},
        colour=[theme.DEPTHS[min(d, len(theme.DEPTHS) - 1)] for d in boxes["depth"]],
    )
    fills = theme.boxes(placed, ["label:N", "value:Q", alt.Tooltip("share:Q", format=".1%")])
    whole, parts = placed[placed["depth"] == 0], placed[placed["depth"] > 0]
    return [
        fills,
        theme.label(whole, "at", "line", "text", color="white"),
        theme.label(parts, "at", "line", "text"),
    ]


def _name_thin(boxes: pd.DataFrame, lang: str) -> list[str]:
    """Name the parts too thin for a label in the drawing, so that none goes unsaid."""
    thin = boxes[boxes["text"] == ""]
    if thin.empty:
        return []
    items = [f"{r.path} {wording.number(r.value)}" for r in thin.itertuples(index=False)]
    if len(items) > MOST_NAMED:
        return [wording.say("chart.thin_many", lang, count=len(items))]
    return [wording.say("chart.thin", lang, items=items)]


def _describe(boxes: pd.DataFrame, opening: str, lang: str) -> str:
    first = boxes[boxes["depth"] == 1]
    items = [f"{r.label} {wording.number(r.value)}" for r in first.itertuples(index=False)]
    return wording.say("chart.parts", lang, opening=opening, items=items)
