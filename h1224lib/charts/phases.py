"""Phases: the cumulative schedule of the whole plan in steps, under two ways of phasing."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, grids, pages, theme
from h1224lib.charts.scales import round_ticks
from h1224lib.phasing import Comparison

HEIGHT = 190.0
ROW = 15.0
SAMPLE = 20.0
# The second way is told from the first by its dashes, not by its colour alone.
LINES: dict[str, dict[str, Any]] = {
    "cumulative": {"color": "#0b4f7d", "strokeWidth": 1.8},
    "other": {"color": theme.EDGE, "strokeWidth": 1.4, "strokeDash": [4, 2.5]},
}


def phase_steps(compared: Comparison, lang: str = "zh") -> Any:
    """Draw what is due by the end of each quarter, in two ways, and what the plan itself prints.

    Parameters
    ----------
    compared : Comparison
        As `compare_phasings` returns it, in the measure's unit.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        A solid and a dashed staircase, their numbers below the quarters; dots where the plan
        prints the number itself. An empty page where no target accumulates.
    """
    plan = compared.first.plan
    [finding] = compared.findings
    if compared.table.empty:
        return grids.nothing(finding, pages.cite(plan, lang), lang)
    notes = [wording.say(f"chart.{note}", lang) for note in _notes(compared.table)]
    page = pages.of_plan(plan, finding, "chart.phases", lang, notes, compared.measure)
    names = [compared.way(phasing).say(lang) for phasing in (compared.first, compared.second)]
    names.append(wording.say("chart.phases_printed", lang))
    frame = _Frame(compared.table, names, page.top)
    layers = [*_grid(frame), *_stairs(frame), *_dots(frame), *_strip(frame), _mark(frame, lang)]
    items = [_describe(row, names) for row in compared.table.to_dict("records")]
    description = wording.say("chart.parts", lang, opening=finding.say(lang), items=items)
    return page.finish(layers, frame.end, description, compared.table)


def _notes(table: pd.DataFrame) -> list[str]:
    """Name what is to be said below: also that a line hides the other, where it does."""
    hidden = (table["difference"].astype("Float64") == 0).fillna(False).any()
    return ["phases_note", "phases_same"] if hidden else ["phases_note"]


class _Frame:
    """Where time and numbers lie on the page, in pixels."""

    def __init__(self, table: pd.DataFrame, names: list[str], top: float) -> None:
        self.table = table
        self.names = names
        self.left = min(max(fonts.width(n, theme.SMALL) for n in names) + SAMPLE + 12, 150.0)
        self.column = (theme.WIDTH - self.left - 8) / len(table)
        self.top = top + 24
        self.bottom = self.top + HEIGHT
        self.end = self.bottom + 28 + 3 * ROW
        numbers = table[["cumulative", "other", "issued"]].astype("Float64")
        most = float(numbers.max().max())
        self.ticks = round_ticks(most)
        self.peak = max(most, self.ticks[-1])
        whole = (numbers.fillna(0) == numbers.fillna(0).round()).all(axis=None)
        # One decimal is the finest step of a target that is drawn; a column of them lines up.
        self.digits = 0 if whole else 1

    def across(self, place: float) -> float:
        """Return the pixel column of a number of quarters from the start."""
        return self.left + place * self.column

    def down(self, value: float) -> float:
        """Return the pixel row of a number."""
        return self.bottom - HEIGHT * value / self.peak


def _grid(frame: _Frame) -> list[Any]:
    """Draw the levels with their numbers, and a line at each turn of the year."""
    levels = pd.DataFrame(
        [
            {"x": frame.left, "x2": theme.WIDTH - 8.0, "y": frame.down(tick), "text": text}
            for tick, text in ((t, wording.number(t)) for t in frame.ticks)
        ]
    ).assign(edge=frame.left - 5)
    ends = [(i, p) for i, p in enumerate(frame.table["period"], 1) if p.endswith("Q4")]
    turns = pd.DataFrame(
        [{"x": frame.across(i), "y": frame.top, "y2": frame.bottom + 24} for i, _ in ends]
    )
    rules = alt.Chart(levels).mark_rule(color=theme.GRID)
    drawn = [
        rules.encode(x=theme.across("x"), x2="x2", y=theme.down("y")),
        theme.label(levels, "edge", "y", "text", align="right", color=theme.SOFT),
    ]
    if len(turns):
        upright = alt.Chart(turns).mark_rule(color=theme.EVEN, strokeDash=[1, 2])
        drawn.append(upright.encode(x=theme.across("x"), y=theme.down("y"), y2="y2"))
    return drawn


def _stairs(frame: _Frame) -> list[Any]:
    """Draw both staircases, the dashed one below the solid one."""
    drawn = []
    for name in ("other", "cumulative"):
        known = [(i, float(v)) for i, v in enumerate(frame.table[name]) if pd.notna(v)]
        points = [(i + end, value) for i, value in known for end in (0, 1)]
        rows = pd.DataFrame(
            [
                {"x": frame.across(place), "y": frame.down(value), "order": order}
                for order, (place, value) in enumerate(points)
            ]
        )
        line = alt.Chart(rows).mark_line(**LINES[name], strokeJoin="miter")
        drawn.append(line.encode(x=theme.across("x"), y=theme.down("y"), order="order:Q"))
    return drawn


def _dots(frame: _Frame) -> list[Any]:
    """Draw the plan's own numbers at the end of their quarters."""
    issued = frame.table["issued"]
    rows = pd.DataFrame(
        [
            {"x": frame.across(i + 1), "y": frame.down(float(v))}
            for i, v in enumerate(issued)
            if pd.notna(v)
        ]
        + [{"x": 1 + SAMPLE / 2, "y": frame.bottom + 28 + 2.5 * ROW}]
    )
    dots = alt.Chart(rows).mark_circle(color=theme.INK, size=36, opacity=1)
    return [dots.encode(x=theme.across("x"), y=theme.down("y"))]


def _strip(frame: _Frame) -> list[Any]:
    """Write quarters and years below the staircases, then the numbers of each line."""
    drawn = [*_samples(frame), *_periods(frame)]
    for line, name in enumerate(("cumulative", "other", "issued")):
        values = frame.table[name]
        texts = [wording.number(v, frame.digits) if pd.notna(v) else "" for v in values]
        widest = max(fonts.width(text, theme.SMALL, bold=True) for text in texts) + 4
        every = math.ceil(widest / frame.column)
        rows = [
            {"x": frame.across(i + 1) - 3, "y": frame.bottom + 28 + (line + 0.5) * ROW, "text": t}
            for i, t in enumerate(texts)
            if t and (name == "issued" or (len(texts) - 1 - i) % every == 0)
        ]
        weight = "bold" if name == "issued" else "normal"
        if rows:
            drawn.append(
                theme.label(pd.DataFrame(rows), "x", "y", "text", align="right", fontWeight=weight)
            )
    return drawn


def _samples(frame: _Frame) -> list[Any]:
    """Name each line beside a piece of it."""
    rows = pd.DataFrame(
        [
            {"x": SAMPLE + 6, "y": frame.bottom + 28 + (line + 0.5) * ROW, "text": name}
            for line, name in enumerate(frame.names)
        ]
    )
    drawn = [theme.label(rows, "x", "y", "text")]
    for line, style in enumerate(LINES.values()):
        piece = rows.iloc[[line]].assign(start=1.0, stop=1.0 + SAMPLE)
        rule = alt.Chart(piece).mark_rule(**style)
        drawn.append(rule.encode(x=theme.across("start"), x2="stop", y=theme.down("y")))
    return drawn


def _periods(frame: _Frame) -> list[Any]:
    """Write each quarter below its step, and each year below its quarters."""
    rows: list[dict[str, Any]] = []
    years: dict[str, list[float]] = {}
    for i, period in enumerate(frame.table["period"]):
        year, _, quarter = period.partition("Q")
        rows.append({"x": frame.across(i + 0.5), "y": frame.bottom + 8, "text": f"Q{quarter}"})
        years.setdefault(year, []).append(i + 0.5)
    rows += [
        {"x": frame.across(sum(at) / len(at)), "y": frame.bottom + 19, "text": year}
        for year, at in years.items()
    ]
    return [theme.label(pd.DataFrame(rows), "x", "y", "text", align="center", color=theme.SOFT)]


def _mark(frame: _Frame, lang: str) -> Any:
    """Say inside the picture that it is computed, above whatever is drawn."""
    rows = pd.DataFrame(
        [
            {
                "x": frame.left,
                "y": frame.top - 12,
                "text": wording.say("chart.phases_mark", lang),
            }
        ]
    )
    return theme.label(rows, "x", "y", "text", size=10.0, fontWeight="bold", color=theme.SOFT)


def _describe(row: dict[str, Any], names: list[str]) -> str:
    values = [row[name] for name in ("cumulative", "other", "issued")]
    told = [f"{n} {wording.number(v)}" for n, v in zip(names, values, strict=True) if pd.notna(v)]
    return f"{row['period']}: {'; '.join(told)}"
