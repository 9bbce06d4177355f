"""Bullets: completion of each area against what the schedule expects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, theme
from h1224lib.findings import Finding
from h1224lib.labels import name_code
from h1224lib.progress import State, name_behind, sum_up
from h1224lib.provenance import name_rules

ROW = 22.0
VALUES = 92.0
TICKS = 4


def bullets(state: State, lang: str = "zh") -> Any:
    """Draw each area's completion as a bar, its schedule as a mark, and the lead in numbers.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it; completion and schedule are shares of the target.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        The whole first, then the areas from the furthest behind to the furthest ahead.
    """
    rows = _rows(state, lang)
    finding = next(iter(_order_behind(state, rows)), sum_up(state))
    measure = state.measure
    page = theme.Page(
        title=finding.title(lang),
        subtitle=wording.say(
            "chart.completion",
            lang,
            measure=state.plan.label("measure", measure, lang),
            horizon=state.plan.label("horizon", str(state.table["horizon"].iloc[0]), lang),
            as_of=state.as_of.isoformat(),
            schedule=state.schedule,
        ),
        source=theme.word_source(state.cite(lang), lang),
        notes=[wording.say("chart.bullet_note", lang), *state.rules(lang)],
        mark=state.mark(lang),
    )
    told = [sum_up(state), *name_behind(state)]
    layers, bottom = _draw(rows, page.top)
    return page.finish(
        layers,
        bottom,
        " ".join(f.say(lang) for f in told),
        rows[["area", "completion", "schedule", "lead_pp"]].assign(**name_rules(state.table)),
    )


def _order_behind(state: State, rows: pd.DataFrame) -> list[Finding]:
    """Name the areas behind in the order in which they are drawn, the furthest behind first."""
    drawn = [name_code(state.plan, "area", code) for code in rows["area"]]
    return [
        replace(f, numbers=f.numbers | {"areas": sorted(f.numbers["areas"], key=drawn.index)})
        for f in name_behind(state)
    ]


def _rows(state: State, lang: str) -> pd.DataFrame:
    """Return the whole and the areas, with names and numbers in words."""
    areas = state.level(["area"]).sort_values("lead_pp", kind="stable", na_position="last")
    rows = pd.concat([state.level([]), areas[areas["area"] != "all"]])
    rows = rows.reset_index(drop=True)
    numbers = {n: rows[n].astype("float64") for n in ("completion", "schedule", "lead_pp")}
    frame = pd.DataFrame({"area": rows["area"], **numbers})
    frame["name"] = [state.plan.label("area", code, lang) for code in rows["area"]]
    frame["colour"] = [theme.light(-lead) for lead in frame["lead_pp"]]
    frame["text"] = [
        _say_row(row.completion, row.lead_pp, why, lang)
        for row, why in zip(frame.itertuples(index=False), rows["why"], strict=True)
    ]
    return frame


def _say_row(completion: float, lead_pp: float, why: str, lang: str) -> str:
    """Say completion and lead, or why there is none; of a ceiling there is the lead alone."""
    if pd.isna(lead_pp):
        return wording.say(f"chart.unrated.{why or 'no_schedule'}", lang)
    if pd.isna(completion):
        return wording.number(lead_pp, 1, signed=True)
    return wording.say("chart.lead", lang, completion=completion, lead_pp=lead_pp)


def _draw(rows: pd.DataFrame, top: float) -> tuple[list[Any], float]:
    """Lay the rows out in pixels: names, bars from zero, schedule marks, numbers."""
    left = min(max(fonts.width(t, theme.SMALL, bold=True) for t in rows["name"]) + 8, 160)
    most = max([0.01, *rows["completion"].dropna(), *rows["schedule"].dropna()])
    scale = (theme.WIDTH - VALUES - left) / (most * 1.03)
    placed = rows.assign(
        line=[top + (i + 0.5) * ROW for i in range(len(rows))],
        edge=left - 6,
        start=left,
        end=left + rows["completion"].fillna(0) * scale,
        mark=left + rows["schedule"] * scale,
        side=theme.WIDTH - VALUES + 8,
    )
    placed["above"], placed["below"] = placed["line"] - 5.5, placed["line"] + 5.5
    placed["mark_top"], placed["mark_bottom"] = placed["line"] - 9, placed["line"] + 9
    bottom = top + ROW * len(rows)
    drawn = placed[placed["completion"].notna()]
    bars = (
        alt.Chart(drawn)
        .mark_rect(stroke=theme.EDGE, strokeWidth=0.5)
        .encode(
            x=theme.across("start"),
            x2="end",
            y=theme.down("above"),
            y2="below",
            fill=alt.Fill("colour:N", scale=None),
            tooltip=["name:N", "text:N"],
        )
    )
    marks = (
        alt.Chart(placed[placed["mark"].notna()])
        .mark_rule(color=theme.INK, strokeWidth=2.5)
        .encode(x=theme.across("mark"), y=theme.down("mark_top"), y2="mark_bottom")
    )
    names = [
        theme.label(part, column, "line", text, align=align, fontWeight=weight)
        for part, weight in ((placed.head(1), "bold"), (placed.tail(-1), "normal"))
        for column, text, align in (("edge", "name", "right"), ("side", "text", "left"))
        if len(part)
    ]
    return [*_axis(left, most, scale, top, bottom), bars, marks, *names], bottom + 14


def _axis(left: float, most: float, scale: float, top: float, bottom: float) -> list[Any]:
    """Draw light lines at round percentages, their labels below."""
    step = next(
        s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5) if most / s <= TICKS + 1
    )
    at = [i * step for i in range(int(most / step) + 1)]
    ticks = pd.DataFrame(
        {
            "x": [left + value * scale for value in at],
            "top": top,
            "bottom": bottom,
            "below": bottom + 7,
            "text": [f"{wording.number(round(100 * value))}%" for value in at],
        }
    )
    lines = (
        alt.Chart(ticks)
        .mark_rule(color=theme.GRID)
        .encode(x=theme.across("x"), y=theme.down("top"), y2="bottom")
    )
    return [lines, theme.label(ticks, "x", "below", "text", align="center", color=theme.SOFT)]
