"""Gap bars: who is behind and who is ahead of the schedule, in the measure's own unit."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import pages, theme
from h1224lib.charts import rows as lines
from h1224lib.gaps import Parts, tell_parts
from h1224lib.hierarchy import children
from h1224lib.provenance import name_rules

ROW = 20.0
NUMBERS = 48.0
MOST_NAMES = 180.0


def gap_bars(parts: Parts, lang: str = "zh", highlight: str | None = None) -> Any:
    """Draw the parts of a gap from one zero line: behind to the right, ahead to the left.

    Parameters
    ----------
    parts : Parts
        As `attribute_gap` returns them, gaps in the measure's unit.
    lang : str
        ``zh`` or ``en``.
    highlight : str, optional
        Code of the part that the reader asks about; the others step back. Of a part inside
        another (未来城 in 南太湖新区), that other is marked, and a note says so.

    Returns
    -------
    altair.LayerChart
        One bar a part, the largest gap on top; parts without data are named, without a bar.
    """
    around = _find_around(parts, highlight)
    rows = _rows(parts, lang, around or highlight)
    finding = tell_parts(parts)
    notes = [
        wording.say("chart.gap_note", lang, ceilings=parts.state.has_ceilings(parts.measure)),
        *_name_highlight(parts, around or highlight, lang),
        *([_note_around(parts, str(highlight), around, lang)] if around else []),
    ]
    page = pages.of_state(parts.state, finding, "chart.gap", lang, notes)
    layers, bottom = _draw(rows, page.top)
    table = parts.table[[*parts.by, "target", "scheduled", "actual", "gap"]]
    table = table.assign(**name_rules(parts.table))
    return page.finish(layers, bottom, _describe(rows, finding.say(lang), lang), table)


def _find_around(parts: Parts, highlight: str | None) -> str | None:
    """Return the area that a part inside another lies in, if that has a bar and the part none."""
    if "area" not in parts.by or highlight in set(parts.table["area"]):
        return None
    within = children(parts.state.plan, "area", "within")
    return next((whole for whole, codes in within.items() if highlight in codes), None)


def _name_highlight(parts: Parts, highlight: str | None, lang: str) -> list[str]:
    """Say which bar stands out, and so that it is no finding; nothing where it has none."""
    table = parts.table
    by = next((d for d in parts.by if highlight in set(table[d])), None)
    if by is None or len(table) == 1 or not (table.loc[table[by] == highlight, "gap"] != 0).any():
        return []
    return [
        wording.say(
            "chart.gap_highlight", lang, part=parts.state.plan.label(by, str(highlight), lang)
        )
    ]


def _note_around(parts: Parts, highlight: str, around: str, lang: str) -> str:
    plan = parts.state.plan
    names = {n: plan.label("area", c, lang) for n, c in (("part", highlight), ("whole", around))}
    return wording.say("chart.gap_around", lang, **names)


def _rows(parts: Parts, lang: str, highlight: str | None) -> pd.DataFrame:
    plan = parts.state.plan
    counted = plan.measures.at[parts.measure or parts.state.measure, "kind"] == "count"
    digits = _find_digits(parts.table["gap"]) if counted else 2
    rows = []
    for part in parts.table.to_dict("records"):
        codes = [str(part[d]) for d in parts.by]
        names = [plan.label(d, str(part[d]), lang) for d in parts.by]
        gap = None if pd.isna(part["gap"]) else float(part["gap"])
        rows.append(
            {
                "name": wording.say("chart.rest", lang) if part["unallocated"] else " ".join(names),
                "gap": gap,
                "colour": theme.light(float("nan") if gap is None else gap),
                "strength": 1.0 if highlight is None or highlight in codes else 0.4,
                "weight": "bold" if highlight in codes else "normal",
                "text": wording.say(_name_none(part), lang)
                if gap is None
                else wording.number(gap, digits, signed=True),
            }
        )
    return pd.DataFrame(rows)


def _name_none(part: dict[Any, Any]) -> str:
    """Return why a part has no gap: no target, or no result."""
    return "chart.unrated.no_target" if pd.isna(part["target"]) else "chart.no_data"


def _find_digits(gaps: pd.Series) -> int:
    """Return how many decimals counts need, two at most: none but for shared credit and halves."""
    numbers = gaps.dropna().astype("float64")
    return next((d for d in (0, 1) if ((numbers - numbers.round(d)).abs() < 1e-9).all()), 2)


def _draw(rows: pd.DataFrame, top: float) -> tuple[list[Any], float]:
    """Lay the rows out in pixels: names, bars from the zero line, numbers at their ends."""
    left = lines.measure_names(rows["name"], MOST_NAMES)
    gaps = rows["gap"].astype("float64").fillna(0.0)
    low, high = min(0.0, gaps.min()), max(0.0, gaps.max())
    room = theme.WIDTH - left - NUMBERS - (NUMBERS if low < 0 else 0)
    scale = room / ((high - low) or 1.0)
    zero = left + (NUMBERS if low < 0 else 0) - low * scale
    placed = lines.place(rows, top, left, ROW).assign(zero=zero, end=zero + gaps * scale)
    placed["ahead"] = gaps < 0
    placed["at"] = placed["end"] + placed["ahead"].map({True: -5.0, False: 5.0})
    strength = alt.Opacity("strength:Q", scale=None)
    bars = lines.bars(placed[placed["gap"].notna()], "end", "zero").encode(opacity=strength)
    bottom = top + sum(placed["step"])
    texts = [
        theme.label(part, column, line, text, align=align, fontWeight=weight)
        for weight, whole in placed.groupby("weight", sort=False)
        for part, column, line, text, align in (
            (whole, "edge", "name_line", "name", "right"),
            (whole[~whole["ahead"]], "at", "line", "text", "left"),
            (whole[whole["ahead"]], "at", "line", "text", "right"),
        )
        if len(part)
    ]
    return [bars, lines.upright([zero], top, bottom, color=theme.INK), *texts], bottom


def _describe(rows: pd.DataFrame, opening: str, lang: str) -> str:
    items = [
        f"{row.name_} {row.text}" for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    return wording.say("chart.parts", lang, opening=opening, items=items)
