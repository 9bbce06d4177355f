"""Heat maps: the target of every area in every industry, with its value printed."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.allocation import (
    default_horizon,
    first_horizon,
    main_measure,
    remaining_targets,
    tell_largest,
    tell_remaining,
)
from h1224lib.charts import grids, pages, theme
from h1224lib.hierarchy import complete_targets, inside
from h1224lib.plan.model import KEYS, Plan


def heat_map(
    plan: Plan, horizon: str | None = None, lang: str = "zh", measure: str | None = None
) -> Any:
    """Draw the targets by area and industry, totals apart, "-", 0 and not printed unlike.

    Parameters
    ----------
    plan : Plan
        Gives the targets, in the measure's unit.
    horizon : str, optional
        By default the longest.
    lang : str
        ``zh`` or ``en``.
    measure : str, optional
        By default the one that is split most finely.

    Returns
    -------
    altair.LayerChart
        One row an industry and the whole, one column an area and the whole; where the plan
        has no industries, one row an area and one column a horizon.
    """
    measure = measure or main_measure(plan)
    horizon = horizon or default_horizon(plan, measure)
    axes = ("industry", "area") if "industry" in plan.dimensions else ("area", "horizon")
    cells = _lay_out(plan, _cells_of(plan, measure), horizon, axes, lang)
    finding = tell_largest(plan, ["area", "industry"], measure, horizon)
    dashes = (cells["shown"] == "-").any()
    notes = [wording.say("chart.dash_note", lang)] if dashes else []
    split = [wording.say(f"dimension.{d}", lang) for d in axes]
    about: dict[str, Any] = {"measure": measure, "horizon": horizon, "dimensions": split}
    page = pages.of_plan(plan, finding, "chart.targets_by", lang, notes, **about)
    return _finish(page, cells, finding.say(lang), lang)


def remaining_map(plan: Plan, lang: str = "zh", measure: str | None = None) -> Any:
    """Draw what the first horizon leaves of the whole target, by area and industry.

    Parameters
    ----------
    plan : Plan
        Gives the targets, in the measure's unit.
    lang : str
        ``zh`` or ``en``.
    measure : str, optional
        By default the one that is split most finely.

    Returns
    -------
    altair.LayerChart
        Laid out as `heat_map`; an empty page where the plan has no two horizons to subtract.
    """
    measure = measure or main_measure(plan)
    horizon = default_horizon(plan, measure)
    early = first_horizon(plan, measure, horizon)
    finding = tell_remaining(plan, measure)
    if early is None or finding.kind == "remaining_none":
        return grids.nothing(finding, pages.cite(plan, lang), lang)
    axes = ("industry", "area") if "industry" in plan.dimensions else ("area", "horizon")
    levels = [[], ["area"], ["industry"], ["area", "industry"]]
    parts = [
        remaining_targets(plan, [d for d in by if d in plan.dimensions], measure) for by in levels
    ]
    left = pd.concat(parts).drop_duplicates(KEYS).rename(columns={"remaining": "value"})
    cells = _lay_out(plan, left, horizon, axes, lang)
    notes = [wording.say("chart.remaining_note", lang)] if (cells["shown"] == "-").any() else []
    about = {"measure": measure, "horizon": horizon}
    about["first_horizon"] = plan.label("horizon", early, lang)
    page = pages.of_plan(plan, finding, "chart.remaining", lang, notes, **about)
    return _finish(page, cells, finding.say(lang), lang)


def _finish(page: theme.Page, cells: pd.DataFrame, opening: str, lang: str) -> Any:
    placed, labels, bottom = grids.place_cells(cells, page.top)
    placed = _shade(placed)
    return page.finish(
        [*_fills(placed), *_values(placed), *labels],
        bottom,
        _describe(cells, opening, lang),
        cells[[*KEYS, "value", "shown"]],
    )


def _cells_of(plan: Plan, measure: str) -> pd.DataFrame:
    targets = complete_targets(plan)
    return targets[(targets["measure"] == measure) & (targets["project_type"] == "all")]


def _lay_out(
    plan: Plan, targets: pd.DataFrame, horizon: str, axes: tuple[str, str], lang: str
) -> pd.DataFrame:
    """List every cell, the whole first in both directions, then the plan's order."""
    measure = str(targets["measure"].iloc[0])
    if "horizon" not in axes:
        targets = targets[targets["horizon"] == horizon]
    values = {(r.area, r.industry, r.horizon): r.value for r in targets.itertuples(index=False)}
    rows = []
    for y, down in enumerate(_codes(plan, targets, axes[0])):
        for x, across in enumerate(_codes(plan, targets, axes[1])):
            cell = {"area": "all", "industry": "all", "horizon": horizon}
            cell |= {axes[0]: down, axes[1]: across}
            key = (cell["area"], cell["industry"], cell["horizon"])
            value = values.get(key)
            number = None if value is None or pd.isna(value) else float(value)
            rows.append(
                {
                    "measure": measure,
                    "project_type": "all",
                    **cell,
                    "value": number,
                    "shown": wording.number(number, missing="-") if key in values else "",
                    "whole": "all" in (down, across),
                    "x": x,
                    "y": y,
                    "row": plan.label(axes[0], down, lang),
                    "column": plan.label(axes[1], across, lang),
                }
            )
    return pd.DataFrame(rows)


def _codes(plan: Plan, targets: pd.DataFrame, dimension: str) -> list[str]:
    """List the codes of an axis; parts "of which" are no rows or columns of their own."""
    codes = [str(code) for code in plan.table(dimension).index]
    if dimension == "horizon":
        return [code for code in codes if code in set(targets["horizon"])]
    return [code for code in codes if code not in inside(plan, dimension)]


def _shade(placed: pd.DataFrame) -> pd.DataFrame:
    """Grade the numbers by size; totals are not graded."""
    most = placed[~placed["whole"]]["value"].max()
    most = 1.0 if pd.isna(most) or most <= 0 else float(most)
    shade = (placed["value"] / most).clip(lower=0)
    return placed.assign(shade=shade.where(~placed["whole"]))


def _fills(placed: pd.DataFrame) -> list[alt.Chart]:
    """Draw totals pale, numbers by size, and a dash as an empty frame; nothing for not printed."""
    place = theme.corners()
    shade = alt.Color("shade:Q", scale=alt.Scale(domain=[0, 1], range=theme.SEQUENCE), legend=None)
    kinds = {
        "whole": placed[placed["whole"] & (placed["shown"] != "")],
        "number": placed[placed["shade"].notna()],
        "dash": placed[~placed["whole"] & (placed["shown"] == "-")],
    }
    tips = ["row:N", "column:N", "shown:N"]
    return [
        alt.Chart(kinds["whole"]).mark_rect(fill=theme.PALE).encode(**place, tooltip=tips),
        alt.Chart(kinds["number"]).mark_rect().encode(**place, color=shade, tooltip=tips),
        alt.Chart(kinds["dash"]).mark_rect(fill="white", stroke=theme.GRID).encode(**place),
    ]


def _values(placed: pd.DataFrame) -> list[alt.Chart]:
    # From here on, white is read more easily than ink.
    dark = (placed["shade"] > 0.68).fillna(value=False)
    return [
        theme.label(placed[~dark], "middle", "line", "shown", align="center"),
        theme.label(placed[dark], "middle", "line", "shown", align="center", color="white"),
    ]


def _describe(cells: pd.DataFrame, opening: str, lang: str) -> str:
    """Say in words what the picture shows: the finding, then the largest cells."""
    leaves = cells[~cells["whole"] & cells["value"].notna()]
    top = leaves.sort_values("value", ascending=False, kind="stable").head(5)
    items = [
        f"{' '.join(filter(None, (r.row, r.column)))} {r.shown}"
        for r in top.itertuples(index=False)
    ]
    return wording.say("chart.largest_cells", lang, opening=opening, items=items)
