"""Location quotients as a map: where an industry weighs more, or less, than overall."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.allocation import default_horizon, location_quotients, main_measure, tell_quotients
from h1224lib.charts import grids, pages, theme
from h1224lib.plan.model import Plan

# Brown below 1, teal above it: told apart under every colour-vision deficiency.
LESS, SAME, MORE = "#a6611a", "#f5f5f5", "#018571"


def quotient_map(plan: Plan, lang: str = "zh", smallest: float = 10) -> Any:
    """Draw the location quotient of every industry in every area, those with small bases marked.

    Parameters
    ----------
    plan : Plan
        Gives the targets.
    lang : str
        ``zh`` or ``en``.
    smallest : float
        As in `location_quotients`.

    Returns
    -------
    altair.LayerChart
        Colours diverge around 1, on a scale of ratios: 2 and 1/2 are equally far from it.
    """
    cells = location_quotients(plan, smallest=smallest)
    finding = tell_quotients(plan, smallest)
    if cells.empty:
        return grids.nothing(finding, pages.cite(plan, lang), lang)
    measure = main_measure(plan)
    about = {"measure": measure, "horizon": default_horizon(plan, measure)}
    notes = [wording.say("chart.quotient_note", lang, smallest=smallest)]
    page = pages.of_plan(plan, finding, "chart.quotients", lang, notes, **about)
    placed, labels, bottom = grids.place_cells(_lay_out(cells, plan, lang), page.top)
    table = cells[["area", "industry", "value", "expected", "quotient", "reason"]]
    return page.finish(
        [*_fills(placed), *_values(placed), *labels], bottom, finding.say(lang), table
    )


def _lay_out(cells: pd.DataFrame, plan: Plan, lang: str) -> pd.DataFrame:
    placed = cells.reset_index(drop=True)
    for axis, dimension, name in (("x", "area", "column"), ("y", "industry", "row")):
        codes = [c for c in plan.table(dimension).index if c in set(cells[dimension])]
        placed[axis] = placed[dimension].map(codes.index)
        placed[name] = [plan.label(dimension, str(c), lang) for c in placed[dimension]]
    quotient = placed["quotient"].astype("float64")
    absent = {"dash": "-", "small_base": wording.say("chart.small_base", lang)}
    placed["shown"] = [
        absent.get(reason) or wording.number(value, 2)
        for reason, value in zip(placed["reason"], quotient, strict=True)
    ]
    # A quotient of 0 lies at the end of the scale, as 1/4 does.
    placed["ratio"] = [
        None if math.isnan(q) else max(min(math.log2(q), 2), -2) if q > 0 else -2 for q in quotient
    ]
    return placed


def _fills(placed: pd.DataFrame) -> list[alt.Chart]:
    place = theme.corners()
    ratio = alt.Color(
        "ratio:Q", scale=alt.Scale(domain=[-2, 0, 2], range=[LESS, SAME, MORE]), legend=None
    )
    known, unknown = placed[placed["ratio"].notna()], placed[placed["ratio"].isna()]
    tips = ["row:N", "column:N", "shown:N"]
    return [
        alt.Chart(known).mark_rect().encode(**place, color=ratio, tooltip=tips),
        alt.Chart(unknown).mark_rect(fill="white", stroke=theme.GRID).encode(**place, tooltip=tips),
    ]


def _values(placed: pd.DataFrame) -> list[alt.Chart]:
    known = placed["ratio"].notna()
    # From here on, white is read more easily than ink.
    dark = placed["ratio"].abs() > 1.87
    parts = ((known & ~dark, theme.INK), (known & dark, "white"), (~known, theme.SOFT))
    return [
        theme.label(placed[rows], "middle", "line", "shown", align="center", color=color)
        for rows, color in parts
        if rows.any()
    ]
