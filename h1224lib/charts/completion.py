"""Bullets: completion of each area against what the schedule expects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, pages, rows, theme
from h1224lib.findings import Finding
from h1224lib.labels import name_code
from h1224lib.progress import State, name_behind, sum_up
from h1224lib.provenance import name_rules


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
    table = _list_areas(state, lang)
    finding = next(iter(order_behind(state, table)), sum_up(state))
    notes = [wording.say("chart.bullet_note", lang, ceilings=state.has_ceilings())]
    page = pages.of_state(state, finding, "chart.completion", lang, notes)
    told = [sum_up(state), *name_behind(state)]
    layers, bottom = _draw(table, page.top, lang)
    return page.finish(
        layers,
        bottom,
        " ".join(f.say(lang) for f in told),
        table[["area", "completion", "schedule", "lead_pp"]].assign(**name_rules(state.table)),
    )


def order_behind(state: State, table: pd.DataFrame) -> list[Finding]:
    """Name the areas behind in the order of the points that are drawn, the furthest first."""
    table = table.sort_values("lead_pp", kind="stable", na_position="last")
    drawn = [name_code(state.plan, "area", code) for code in table["area"]]
    return [
        replace(f, numbers=f.numbers | {"areas": sorted(f.numbers["areas"], key=drawn.index)})
        for f in name_behind(state)
    ]


def _list_areas(state: State, lang: str) -> pd.DataFrame:
    """Return the whole and the areas, with names and numbers in words."""
    areas = state.level(["area"]).sort_values("lead_pp", kind="stable", na_position="last")
    cells = pd.concat([state.level([]), areas[areas["area"] != "all"]]).reset_index(drop=True)
    numbers = {n: cells[n].astype("float64") for n in ("completion", "schedule", "lead_pp")}
    frame = pd.DataFrame({"area": cells["area"], **numbers})
    # Of a ceiling a share is used up, which a bar shows, though it is no completion.
    used = (cells["actual"] / cells["target"].where(cells["target"] > 0)).astype("float64")
    frame["share"] = frame["completion"].fillna(used.where(cells["why"] == "ceiling"))
    frame["name"] = [state.plan.label("area", code, lang) for code in cells["area"]]
    frame["colour"] = [theme.light(-lead) for lead in frame["lead_pp"]]
    frame["text"] = [
        _say_row(row.completion, row.lead_pp, why, lang)
        for row, why in zip(frame.itertuples(index=False), cells["why"], strict=True)
    ]
    return frame


def _say_row(completion: float, lead_pp: float, why: str, lang: str) -> str:
    """Say completion and lead, or why there is none; of a ceiling there is the lead alone."""
    if pd.isna(lead_pp):
        return wording.say(f"chart.unrated.{why or 'no_schedule'}", lang)
    if pd.isna(completion):
        return wording.number(lead_pp, 1, signed=True)
    return wording.say("chart.lead", lang, completion=completion, lead_pp=lead_pp)


def _draw(table: pd.DataFrame, top: float, lang: str) -> tuple[list[Any], float]:
    """Lay the rows out in pixels: names, bars from zero, schedule marks, numbers."""
    left = rows.measure_names(table["name"])
    most = max([0.01, *table["share"].dropna(), *table["schedule"].dropna()])
    room = max(fonts.width(text, theme.SMALL, bold=True) for text in table["text"]) + 12
    scale = (theme.WIDTH - room - left) / (most * 1.03)
    placed = rows.place(table, top, left).assign(side=theme.WIDTH - room + 10)
    placed["end"] = left + placed["share"].fillna(0) * scale
    placed["mark"] = left + placed["schedule"] * scale
    reach = min(9.0, float(placed["step"].iloc[0]) / 2 - 1)
    placed["mark_top"], placed["mark_bottom"] = placed["line"] - reach, placed["line"] + reach
    bottom = top + float(placed["step"].iloc[0]) * len(placed)
    marks = (
        alt.Chart(placed[placed["mark"].notna()])
        .mark_rule(color=theme.INK, strokeWidth=2.5)
        .encode(x=theme.across("mark"), y=theme.down("mark_top"), y2="mark_bottom")
    )
    layers = [
        *rows.scale_below(left, most, scale, (top, bottom), lang),
        rows.bars(placed[placed["share"].notna()], "end"),
        marks,
        *rows.write(placed),
    ]
    return layers, bottom + 14
