"""Crossings: the printed table, the sums in it that fail, and the cell where they cross."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, grids, theme
from h1224lib.hierarchy import inside
from h1224lib.labels import name_code, name_unit
from h1224lib.localisation import Suspects
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.reconciliation import Report

# Room below the table for what a sum is off by.
BELOW = 16.0


def failing_sums(report: Report, suspects: Suspects, lang: str = "zh") -> Any:
    """Draw the table that holds the likeliest misprint, with the sums that fail in it.

    Parameters
    ----------
    report : Report
        What `reconcile` found.
    suspects : Suspects
        What `explain_plan` found for the same plan.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        Printed numbers by industry and area (by area and horizon where the plan has no
        industries), failing rows and columns shaded with what they are off by, suspected cells
        framed; a page that says so where nothing fails.
    """
    plan = report.plan
    source = wording.say("chart.source", lang, source=plan.cite(lang))
    if not len(suspects.explanations):
        return grids.nothing(report.findings[0], source, lang)
    best = suspects.table[(suspects.table["part"] == 1) & (suspects.table["rank"] == 1)]
    best = best.drop_duplicates("figure_id")
    slice_ = best.iloc[0]
    axes = ("industry", "area") if "industry" in plan.dimensions else ("area", "horizon")
    cells = _lay_out(plan, slice_, axes, lang)
    lines, elsewhere = _find_lines(report, cells, axes)
    finding = suspects.findings[1]
    page = theme.Page(
        title=finding.title(lang),
        subtitle=_name_slice(plan, slice_, axes, lang),
        source=source,
        notes=_notes(elsewhere, suspects, lang),
    )
    return _draw(page, cells, lines, best, finding.say(lang), lang)


def _name_slice(plan: Plan, slice_: pd.Series, axes: tuple[str, str], lang: str) -> str:
    named = [
        d for d in (*DIMENSIONS, "horizon") if d not in axes and d in (*plan.dimensions, "horizon")
    ]
    parts = [name_code(plan, d, str(slice_[d])).say(lang) for d in ("measure", *named)]
    unit = name_unit(plan, str(slice_["measure"])).say(lang)
    return wording.say("chart.printed_table", lang, parts=parts, unit=unit)


def _notes(elsewhere: int, suspects: Suspects, lang: str) -> list[str]:
    notes = [wording.say("chart.crossing_note", lang)]
    if elsewhere:
        notes.append(wording.say("chart.fails_elsewhere", lang, count=elsewhere))
    parts = len(suspects.explanations.parts)
    if parts > 1:
        notes.append(wording.say("chart.other_parts", lang, count=parts - 1))
    return notes


def _lay_out(plan: Plan, slice_: pd.Series, axes: tuple[str, str], lang: str) -> pd.DataFrame:
    """List the printed cells of the table that a figure stands in, the whole last."""
    others = [key for key in KEYS if key not in axes]
    printed = plan.cells
    for key in others:
        printed = printed[printed[key] == slice_[key]]
    found = {(getattr(r, axes[0]), getattr(r, axes[1])): r for r in printed.itertuples(index=False)}
    down, across = (_codes(plan, printed, axis) for axis in axes)
    rows = []
    for y, row in enumerate(down):
        for x, column in enumerate(across):
            figure = found.get((row, column))
            rows.append(
                {
                    axes[0]: row,
                    axes[1]: column,
                    "x": x,
                    "y": y,
                    "row": plan.label(axes[0], row, lang),
                    "column": plan.label(axes[1], column, lang),
                    "shown": "" if figure is None else _show(figure),
                    "value": None if figure is None or pd.isna(figure.value) else figure.value,
                    "whole": "all" in (row, column),
                    "figure_id": "" if figure is None else figure.figure_id,
                }
            )
    return pd.DataFrame(rows)


def _show(figure: Any) -> str:
    return "-" if pd.isna(figure.value) else wording.number(float(figure.value))


def _codes(plan: Plan, printed: pd.DataFrame, dimension: str) -> list[str]:
    used = set(printed[dimension])
    codes = [str(c) for c in plan.table(dimension).index if c in used]
    codes = (
        [c for c in codes if c not in inside(plan, dimension)] if dimension != "horizon" else codes
    )
    return [c for c in codes if c != "all"] + [c for c in codes if c == "all"]


def _find_lines(
    report: Report, cells: pd.DataFrame, axes: tuple[str, str]
) -> tuple[pd.DataFrame, int]:
    """Return the failing sums that run along a row or column of the table, and how many do not."""
    failing = report.checks[report.checks["status"] == "fails"]
    place = {name: n for n, name in enumerate(cells["figure_id"]) if name}
    rows = []
    elsewhere = 0
    for check in failing.itertuples(index=False):
        spots = [place[name] for name in check.figures if name in place]
        if len(spots) < len(check.figures) or check.along not in axes:
            elsewhere += 1
            continue
        whole = cells.iloc[spots[-1]]
        rows.append(
            {
                "across": check.along == axes[1],
                "x": int(whole["x"]),
                "y": int(whole["y"]),
                "off": wording.number(check.residual, signed=True),
                "residual": float(check.residual),
            }
        )
    return pd.DataFrame(rows, columns=["across", "x", "y", "off", "residual"]), elsewhere


def _draw(
    page: theme.Page,
    cells: pd.DataFrame,
    lines: pd.DataFrame,
    best: pd.DataFrame,
    opening: str,
    lang: str,
) -> Any:
    beside = [fonts.width(off, theme.SMALL, bold=True) + 8 for off in _beside(lines)["off"]]
    placed, names, bottom = grids.place_cells(cells, page.top, max(beside, default=0.0))
    marked = placed.merge(best[["figure_id", "low", "high", "proposed"]], on="figure_id")
    fits = [_fit(row) for row in marked.itertuples(index=False)]
    marked = marked.assign(fits=fits, under=marked["line"] + 5.5, over=marked["line"] - 4.5)
    plain = placed[~placed["figure_id"].isin(marked["figure_id"])]
    layers = [
        _fill(placed[placed["whole"] & (placed["shown"] != "")], theme.PALE),
        *_shade_lines(placed, lines),
        theme.label(plain, "middle", "line", "shown", align="center"),
        _frame(marked),
        theme.label(marked, "middle", "over", "shown", align="center", color=theme.BEHIND),
        theme.label(marked, "middle", "under", "fits", align="center", fontWeight="bold"),
        *names,
        *_write_offs(placed, lines),
    ]
    keys = [c for c in cells.columns if c in KEYS]
    table = cells.merge(best[["figure_id", "low", "high", "proposed"]], how="left", on="figure_id")
    return page.finish(
        layers,
        bottom + BELOW,
        opening + _describe(lines, placed, lang),
        table[[*keys, "value", "shown", "low", "high", "proposed"]],
    )


def _beside(lines: pd.DataFrame) -> pd.DataFrame:
    return lines[lines["across"].astype(bool)]


def _fit(row: Any) -> str:
    """Write what fits: the number, or the range."""
    if pd.notna(row.low) and row.low == row.high:
        return "→ " + wording.number(row.low)
    low, high = ("" if pd.isna(end) else wording.number(end) for end in (row.low, row.high))
    return f"≥ {low}" if not high else f"≤ {high}" if not low else f"{low}–{high}"


def _fill(data: pd.DataFrame, colour: str, opacity: float = 1.0) -> alt.Chart:
    return alt.Chart(data).mark_rect(fill=colour, opacity=opacity).encode(**_corners())


def _frame(data: pd.DataFrame) -> alt.Chart:
    drawn = alt.Chart(data).mark_rect(fill="white", stroke=theme.BEHIND, strokeWidth=1.6)
    return drawn.encode(**_corners(), tooltip=["row:N", "column:N", "shown:N", "fits:N"])


def _corners() -> dict[str, Any]:
    return {
        "x": theme.across("left"),
        "x2": "right",
        "y": theme.down("top"),
        "y2": "bottom",
    }


def _shade_lines(placed: pd.DataFrame, lines: pd.DataFrame) -> list[alt.Chart]:
    """Shade each row and column whose sum fails."""
    shaded = []
    for line in lines.itertuples(index=False):
        axis, spot = ("y", line.y) if line.across else ("x", line.x)
        shaded.append(_fill(placed[placed[axis] == spot], theme.BEHIND, 0.18))
    return shaded


def _write_offs(placed: pd.DataFrame, lines: pd.DataFrame) -> list[alt.Chart]:
    """Write beside each failing row and below each failing column what the sum is off by."""
    rows = []
    for line in lines.itertuples(index=False):
        last = placed[(placed["x"] == line.x) & (placed["y"] == line.y)].iloc[0]
        if line.across:
            right = placed["right"].max() + 5
            rows.append({"px": right, "py": last["line"], "off": line.off, "align": "left"})
        else:
            low = placed["bottom"].max() + 8
            rows.append({"px": last["middle"], "py": low, "off": line.off, "align": "center"})
    data = pd.DataFrame(rows, columns=["px", "py", "off", "align"])
    return [
        theme.label(
            data[data["align"] == align], "px", "py", "off", align=align,
            color=theme.BEHIND, fontWeight="bold",
        )
        for align in ("left", "center")
        if (data["align"] == align).any()
    ]  # fmt: skip


def _describe(lines: pd.DataFrame, placed: pd.DataFrame, lang: str) -> str:
    names: Sequence[str] = [
        str(placed[placed["y"] == line.y]["row"].iloc[0])
        if line.across
        else str(placed[placed["x"] == line.x]["column"].iloc[0])
        for line in lines.itertuples(index=False)
    ]
    items = [f"{name} {off}" for name, off in zip(names, lines["off"], strict=True)]
    return wording.say("chart.failing_lines", lang, items=items)
