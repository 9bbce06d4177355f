"""Tiles: the targets that a plan puts first, each with what can be compared with it."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, theme
from h1224lib.charts.indicators import published_by
from h1224lib.indicators import judge_headline
from h1224lib.plan.model import Plan
from h1224lib.verdicts import show_target, tell_headline

GAP = 8.0
HEIGHT = 104.0
BIG = 22.0
MOST = 4  # a row


def scoreboard(plan: Plan, published: pd.DataFrame, lang: str = "zh") -> Any:
    """Draw a tile for each headline target: target, what was published, and the horizon.

    Parameters
    ----------
    plan : Plan
        Its description lists the headline measures; without that, its main one is drawn.
    published : DataFrame
        As `read_published` returns it.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        A tile says "no data" where nothing comparable was published for its whole horizon.
    """
    table = judge_headline(plan, published)
    finding = tell_headline(plan, table)
    note = plan.package.get("headline_note_en" if lang == "en" else "headline_note")
    page = theme.Page(
        title=finding.title(lang),
        subtitle=wording.say("chart.scoreboard", lang),
        source=wording.say("chart.source", lang, source=plan.cite(lang)),
        notes=[*([str(note)] if note else []), *_doubts(table, lang), *published_by(table, lang)],
    )
    rows, bottom = _lay_out(table, plan, lang, page.top)
    shown = ["measure", "horizon", "relation", "target", "actual", "unit", "reached", "reason"]
    return page.finish(_draw(rows), bottom, finding.say(lang), table[shown])


def _lay_out(table: pd.DataFrame, plan: Plan, lang: str, top: float) -> tuple[pd.DataFrame, float]:
    """Place up to four tiles a row, and their texts."""
    across = min(len(table), MOST)
    width = (theme.WIDTH - GAP * (MOST - 1)) / MOST
    rows = []
    for i, row in enumerate(table.to_dict("records")):
        left = (i % across) * (width + GAP)
        start = top + (i // across) * (HEIGHT + GAP)
        name = fonts.balance_lines(
            plan.label("measure", row["measure"], lang), width - 10, theme.SMALL
        )
        horizon = plan.label("horizon", row["horizon"], lang)
        judged = pd.notna(row["actual"])
        actual = wording.say(f"why.{row['reason']}", lang) if row["reason"] else ""
        if judged:
            numbers = {"actual": float(row["actual"]), "period": row["period"]}
            actual = wording.say("chart.tile_actual", lang, **numbers)
        rows.append(
            {
                "left": left + 0.5,
                "right": left + width - 0.5,
                "top": start + 0.5,
                "bottom": start + HEIGHT - 0.5,
                "at": left + 6,
                "name": name,
                "name_line": start + 10,
                "big": show_target(row, "-"),
                "big_line": start + 48,
                "unit": f"{plan.unit(row['measure'], lang)} · {horizon}",
                "unit_line": start + 68,
                "actual": actual,
                "actual_line": start + 82,
                "state": _state(row, lang) if judged else "",
                "state_line": start + 94,
                "colour": {"met": theme.AHEAD, "missed": theme.BEHIND}.get(
                    row["reached"], theme.EVEN
                ),
                "strip": start + 3.5,
            }
        )
    placed = pd.DataFrame(rows)
    return placed, float(placed["bottom"].max())


def _doubts(table: pd.DataFrame, lang: str) -> list[str]:
    unsure = table["actual"].notna() & (table["confidence"] != "high")
    return [wording.say("chart.indicator_unsure", lang)] if unsure.any() else []


def _state(row: dict[str, Any], lang: str) -> str:
    text = wording.say("chart.tile_state", lang, reached=row["reached"], status=row["status"])
    return text if row["confidence"] == "high" else f"{text}*"


def _draw(rows: pd.DataFrame) -> list[Any]:
    place = {"x": theme.across("left"), "x2": "right", "y": theme.down("top")}
    return [
        alt.Chart(rows).mark_rect(fill=theme.PALE).encode(**place, y2="bottom"),
        alt.Chart(rows)
        .mark_rect()
        .encode(**place, y2="strip", fill=alt.Fill("colour:N", scale=None)),
        theme.label(rows, "at", "name_line", "name", baseline="top"),
        theme.label(rows, "at", "big_line", "big", size=BIG, fontWeight="bold"),
        theme.label(rows, "at", "unit_line", "unit", color=theme.SOFT),
        theme.label(rows, "at", "actual_line", "actual"),
        theme.label(rows, "at", "state_line", "state", fontWeight="bold"),
    ]
