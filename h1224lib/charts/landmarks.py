"""Landmarks: a checklist of a plan's named results, and how far each is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, grids, pages, theme
from h1224lib.landmark_status import (
    STATUSES,
    is_invented,
    latest_status,
    tell_status,
)
from h1224lib.plan.model import Plan
from h1224lib.synthetic import say_mark

STEP, BREAK = 14.0, 6.0
# Where marks, names, what is asked for, horizons and statuses begin.
MARK, NAME, ASKED, HORIZON, STATUS = 72.0, 82.0, 250.0, 290.0, 346.0
UNKNOWN = "unknown"
# A shape for each status, so that none is told by its colour alone.
LOOKS: dict[str, dict[str, Any]] = {
    "reached": {"shape": "circle", "fill": theme.AHEAD, "stroke": theme.AHEAD},
    "under_way": {"shape": "triangle-right", "fill": theme.EVEN, "stroke": theme.EDGE},
    "not_started": {"shape": "circle", "fill": "white", "stroke": theme.EDGE},
    "dropped": {"shape": "cross", "fill": theme.BEHIND, "stroke": theme.BEHIND},
    UNKNOWN: {"shape": "stroke", "fill": "white", "stroke": theme.EVEN},
}


def landmark_checklist(
    plan: Plan, status: pd.DataFrame | None, as_of: str | dt.date, lang: str = "zh"
) -> Any:
    """Draw a line for each landmark: its status, what is asked for, by when, since when.

    Parameters
    ----------
    plan : Plan
        Gives the landmarks.
    status : DataFrame, optional
        As `read_landmark_status` returns it; without it, no status is known.
    as_of : date or ISO str
        Later rows of it are not looked at.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        Landmarks by industry, in the plan's order; an empty page where the plan names none.
    """
    day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    finding = tell_status(plan, status, day)
    if plan.landmarks.empty:
        return grids.nothing(finding, pages.cite(plan, lang), lang)
    known = status if status is not None else _no_status()
    table = _word(latest_status(known, plan, day), plan, lang)
    notes = [wording.say("chart.landmarks_note", lang)]
    page = theme.Page(
        title=finding.title(lang),
        subtitle=wording.say("chart.landmarks", lang, as_of=day.isoformat()),
        source=pages.cite(plan, lang),
        notes=notes,
        mark=say_mark(lang) if is_invented(known) else "",
    )
    layers, bottom = _draw(table, page.top)
    items = [f"{row['label']} {row['told']}" for row in table.to_dict("records")]
    description = wording.say("chart.parts", lang, opening=finding.say(lang), items=items)
    columns = ["landmark", "industry", "horizon", "minimum", "status", "date", "value"]
    return page.finish(layers, bottom, description, table[columns])


def _no_status() -> pd.DataFrame:
    return pd.DataFrame(columns=["landmark", "status", "date", "value", "evidence", "note"])


def _word(table: pd.DataFrame, plan: Plan, lang: str) -> pd.DataFrame:
    """Add names, what is asked for, and the status in words."""
    listed = plan.landmarks.set_index("landmark_id").loc[list(table["landmark"])]
    status = [s if isinstance(s, str) and s in STATUSES else UNKNOWN for s in table["status"]]
    words = [wording.say(f"chart.landmark.{s}", lang) for s in status]
    days = [None if pd.isna(d) else str(d) for d in table["date"]]
    asked = [_ask(row, plan, lang) for row in listed.to_dict("records")]
    return table.assign(
        status=status,
        label=list(listed[lang]),
        asked=asked,
        date=days,
        told=[f"{w} {d or ''}".strip() for w, d in zip(words, days, strict=True)],
        group=[plan.label("industry", str(i), lang) for i in table["industry"]],
        due=[plan.label("horizon", str(h), lang) for h in table["horizon"]],
    )


def _ask(row: dict[str, Any], plan: Plan, lang: str) -> str:
    """Word the number that a landmark asks for with its unit; in English, pieces need none."""
    if pd.isna(row["minimum"]):
        return ""
    text = wording.number(float(row["minimum"]))
    if not pd.isna(row["maximum"]):
        text += f"–{wording.number(float(row['maximum']))}"
    unit, measure = row["unit"], row["measure"]
    if lang == "en":
        amount = measure in plan.measures.index and plan.measures.at[measure, "kind"] != "count"
        unit = f"({plan.unit(measure, lang)})" if amount else ""
    return f"{text} {unit}" if isinstance(unit, str) and unit else text


def _draw(table: pd.DataFrame, top: float) -> tuple[list[Any], float]:
    """Lay out a line a landmark, those of an industry together."""
    label = [fonts.balance_lines(t, ASKED - NAME - 4, theme.SMALL) for t in table["label"]]
    group = [fonts.balance_lines(t, MARK - 14, theme.SMALL, bold=True) for t in table["group"]]
    due = [fonts.balance_lines(t, STATUS - HORIZON - 4, theme.SMALL) for t in table["due"]]
    placed = table.assign(label=label, group=group, due=due)
    first = placed["group"] != placed["group"].shift()
    lines = placed[["label", "due"]].apply(lambda c: c.str.count("\n")).max(axis=1) + 1
    step = lines.sub(1).mul(theme.LINE).add(STEP)
    # A name of an industry in two lines needs as much height as its landmarks take.
    start = top + (first.cumsum() - 1) * BREAK + step.cumsum() - step
    last = ~first.shift(-1, fill_value=True).astype(bool)
    high = placed["group"].str.count("\n").mul(theme.LINE).add(STEP)
    alone = first & ~last
    push = (high - step).where(alone, 0.0).clip(lower=0)
    start = start + push.cumsum() - push
    placed = placed.assign(line=start + STEP / 2, mark=MARK, name=NAME, asked_x=HORIZON - 10)
    placed = placed.assign(due_x=HORIZON, told_x=STATUS, side=0.0)
    bottom = float((start + step + push).iloc[-1])
    heads = placed[first]
    rules = heads.assign(y=heads["line"] - STEP / 2 - BREAK / 2, x=0.0, x2=float(theme.WIDTH))
    between = alt.Chart(rules).mark_rule(color=theme.GRID)
    return [
        between.encode(x=theme.across("x"), x2="x2", y=theme.down("y")),
        theme.label(heads, "side", "line", "group", fontWeight="bold"),
        *_marks(placed),
        theme.label(placed, "name", "line", "label"),
        theme.label(placed, "asked_x", "line", "asked", align="right"),
        theme.label(placed, "due_x", "line", "due", color=theme.SOFT),
        theme.label(placed, "told_x", "line", "told"),
    ], bottom  # fmt: skip


def _marks(placed: pd.DataFrame) -> list[Any]:
    drawn = []
    for status, look in LOOKS.items():
        own = placed[placed["status"] == status]
        if own.empty:
            continue
        mark = alt.Chart(own).mark_point(
            filled=True, size=46, strokeWidth=1.2, opacity=1, **look
        )  # fmt: skip
        tips = ["label:N", "told:N"]
        drawn.append(mark.encode(x=theme.across("mark"), y=theme.down("line"), tooltip=tips))
    return drawn
