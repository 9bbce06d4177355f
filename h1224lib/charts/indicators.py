"""Indicator bars: what was published against its target, and why the rest has no bar."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.actuals import list_sites
from h1224lib.charts import fonts, grids, theme
from h1224lib.indicators import Indicators
from h1224lib.plan.model import Plan
from h1224lib.verdicts import show_target, tell_judged

ROW = 18.0
NAMES = 150.0


def indicator_bars(indicators: Indicators, lang: str = "zh", horizon: str | None = None) -> Any:
    """Draw each indicator's published figure against its target; name the others with the reason.

    Parameters
    ----------
    indicators : Indicators
        As `judge_indicators` returns them, values in each measure's unit.
    lang : str
        ``zh`` or ``en``.
    horizon : str, optional
        By default the last one that has targets.

    Returns
    -------
    altair.LayerChart
        A bar's length is actual / target; targets that are rates have no such ratio and no bar.
    """
    plan = indicators.plan
    finding = tell_judged(plan, indicators.table)
    source = wording.say("chart.source", lang, source=plan.cite(lang))
    if indicators.table.empty:
        return grids.nothing(finding, source, lang)
    used = set(indicators.table["horizon"])
    last = plan.horizons.loc[[h for h in plan.horizons.index if h in used], "last_day"].idxmax()
    horizon = horizon or str(last)
    table = indicators.table[indicators.table["horizon"] == horizon].reset_index(drop=True)
    finding = tell_judged(plan, table)
    rows = _rows(table, plan, lang)
    notes = [wording.say("chart.indicator_note", lang)]
    if (rows["sure"] == "*").any():
        notes.append(wording.say("chart.indicator_unsure", lang))
    page = theme.Page(
        title=finding.title(lang),
        subtitle=wording.say(
            "chart.indicators", lang, horizon=plan.label("horizon", horizon, lang)
        ),
        source=source,
        notes=[*notes, *published_by(table, lang)],
    )
    layers, bottom = _draw(rows, page.top)
    shown = ["measure", "area", "industry", "horizon", "target", "actual", "unit", "share"]
    # A reason or a verdict may break its line in the drawing, not in a description.
    comma = "，" if lang == "zh" else ", "
    items = [f"{r.label} {r.text}".replace("\n", comma) for r in rows.itertuples(index=False)]
    description = wording.say("chart.parts", lang, opening=finding.say(lang), items=items)
    return page.finish(
        layers, bottom, description, table[[*shown, "reached", "reason", "reference_value"]]
    )


def published_by(table: pd.DataFrame, lang: str) -> list[str]:
    """Name the sites that published what is drawn, as a note; none where nothing is."""
    sites = list_sites(table.loc[table["actual"].notna(), "source"])
    return [wording.say("chart.published_source", lang, items=sites)] if sites else []


def _rows(table: pd.DataFrame, plan: Plan, lang: str) -> pd.DataFrame:
    """Word every target: its name, its bar's length, and its numbers or the reason."""
    rows = []
    for row in table.to_dict("records"):
        label = plan.label("measure", row["measure"], lang)
        if row["area"] != "all":
            label = f"{plan.label('area', row['area'], lang)} {label}"
        share = None if pd.isna(row["share"]) else float(row["share"])
        text = wording.say(f"why.{row['reason']}", lang) if row["reason"] else ""
        if row["reason"] == "reference_alone":
            text = wording.say(
                "chart.followed",
                lang,
                followed=float(row["reference_value"]),
                unit=plan.unit(row["measure"], lang),
            )
        sure = ""
        if pd.notna(row["actual"]):
            sure = "" if row["confidence"] == "high" else "*"
            text = wording.say(
                "chart.of_target",
                lang,
                actual=float(row["actual"]),
                target=show_target(row, "-"),
                unit=plan.unit(row["measure"], lang),
                share=share,
                reached=row["reached"],
                status=row["status"],
            )
        rows.append({"label": label, "share": share, "text": text + sure, "sure": sure, **row})
    found = pd.DataFrame(rows)
    return found.assign(share=found["share"].astype("float64"))


def _draw(rows: pd.DataFrame, top: float) -> tuple[list[Any], float]:
    """Lay out those with a bar first, then the others with their reasons."""
    rows = rows.sort_values("actual", key=lambda a: a.isna(), kind="stable", ignore_index=True)
    tops: list[float] = []
    heights: list[float] = []
    texts = [fonts.balance_lines(t, NAMES - 6, theme.SMALL) for t in rows["label"]]
    for text, beside in zip(texts, rows["text"], strict=True):
        lines = max(text.count("\n"), beside.count("\n")) + 1
        tops.append(top + sum(heights))
        heights.append(max(ROW, lines * theme.LINE + 5))
    placed = rows.assign(name=texts, edge=NAMES - 6, start=NAMES)
    placed["line"] = [t + h / 2 for t, h in zip(tops, heights, strict=True)]
    for name in ("name", "text"):
        more = placed[name].str.count("\n")
        placed[f"{name}_line"] = placed["line"] - more * theme.LINE / 2
    barred = placed.loc[placed["share"].notna(), "text"]
    wide = [fonts.width(t, theme.SMALL) for text in barred for t in text.split("\n")]
    most = max(1.0, float(placed["share"].max())) if placed["share"].notna().any() else 1.0
    scale = (theme.WIDTH - NAMES - max(wide, default=0.0) - 12) / most
    placed["goal"], placed["end"] = NAMES + scale, NAMES + placed["share"] * scale
    placed["at"] = [NAMES + most * scale + 6 if bar else NAMES for bar in placed["share"].notna()]
    for name, half in (("outer", 6.5), ("inner", 4.0)):
        placed[f"{name}_top"], placed[f"{name}_end"] = placed["line"] - half, placed["line"] + half
    placed["colour"] = placed["reached"].map({"met": theme.AHEAD, "missed": theme.BEHIND})
    judged, others = placed[placed["actual"].notna()], placed[placed["actual"].isna()]
    layers = [theme.label(placed, "edge", "name_line", "name", align="right")]
    layers += [
        theme.label(part, "at", "text_line", "text", color=color)
        for part, color in ((judged, theme.INK), (others, theme.SOFT))
        if len(part)
    ]
    return [*_bars(placed[placed["share"].notna()]), *layers], top + sum(heights)


def _bars(bars: pd.DataFrame) -> list[alt.Chart]:
    """Draw the actual solid and the target as an outline over it."""
    if bars.empty:
        return []
    return [
        alt.Chart(bars)
        .mark_rect()
        .encode(
            x=theme.across("start"),
            x2="end",
            y=theme.down("inner_top"),
            y2="inner_end",
            fill=alt.Fill("colour:N", scale=None),
            tooltip=["label:N", "text:N"],
        ),
        alt.Chart(bars)
        .mark_rect(fill=None, stroke=theme.INK, strokeWidth=1)
        .encode(x=theme.across("start"), x2="goal", y=theme.down("outer_top"), y2="outer_end"),
    ]
