"""Crossings: the printed table, the sums in it that fail, and the cell where they cross."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, grids, theme
from h1224lib.charts.printed_tables import find_lines, lay_out
from h1224lib.labels import name_code, name_place, name_unit
from h1224lib.localisation import Suspects
from h1224lib.localisation.sentences import ENDS
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.reconciliation import Report

# Room below the table for what a sum is off by.
BELOW = 16.0
# Notes about single cells; the table beside the figure has them all.
MOST_NOTES = 3


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
        framed, with what was probably meant or what another place prints; a page that says so
        where nothing fails or nothing is suspected.
    """
    plan = report.plan
    source = wording.say("chart.source", lang, source=plan.cite(lang))
    if not len(suspects.explanations):
        return grids.nothing(report.findings[0], source, lang)
    axes = ("industry", "area") if "industry" in plan.dimensions else ("area", "horizon")
    best = suspects.table[suspects.table["rank"] == 1].drop_duplicates("figure_id")
    others = [key for key in KEYS if key not in axes]
    here = (best[others] == best.iloc[0][others]).all(axis=1)
    cells = lay_out(plan, best[here], axes, lang)
    lines = find_lines(report, cells, axes)
    marked = _mark(cells, best[here], axes)
    finding = suspects.findings[1]
    page = theme.Page(
        title=finding.title(lang),
        subtitle=_name_slice(plan, best.iloc[0], axes, lang),
        source=source,
        notes=[
            *_explain_marks(marked, lines, bool(cells["relation"].isin(list(ENDS)).any()), lang),
            *_tell_elsewhere(report, suspects, best, here, lines, lang),
        ],
    )
    return _draw(page, cells, lines, marked, finding.say(lang), lang)


def _mark(cells: pd.DataFrame, suspects: pd.DataFrame, axes: tuple[str, str]) -> pd.DataFrame:
    """Give suspected cells what fits there, or what another place, suspected, prints of them."""
    columns = [*axes, "part", "figure_id", "printed", "place", "low", "high", "proposed"]
    renamed = {name: f"suspect_{name}" for name in ("figure_id", "printed", "place")}
    marked = cells.merge(suspects[columns].rename(columns=renamed), on=list(axes))
    marked["own"] = marked["figure_id"] == marked["suspect_figure_id"]
    marked = marked.sort_values("own", ascending=False, kind="stable").drop_duplicates(list(axes))
    return marked.assign(fits=[_fit(row) for row in marked.itertuples(index=False)])


def _fit(row: Any) -> str:
    """Write what was probably meant, or the range of what fits, or what another place prints."""
    if not row.own:
        return f"≠ {row.suspect_printed}"
    meant = row.low if pd.notna(row.low) and row.low == row.high else row.proposed
    if pd.notna(meant):
        return "→ " + wording.number(meant)
    low, high = ("" if pd.isna(end) else wording.number(end) for end in (row.low, row.high))
    if not low and not high:
        return "?"
    return f"≥ {low}" if not high else f"≤ {high}" if not low else f"{low}–{high}"


def _explain_marks(marked: pd.DataFrame, lines: pd.DataFrame, ends: bool, lang: str) -> list[str]:
    """Say what shading and frames mean, what ranges fit, and what other places print."""
    notes = [wording.say("chart.crossing_note", lang, ends=ends)] if len(lines) else []
    kinds = {"fits": bool(marked["own"].any()), "otherwise": not marked["own"].all()}
    notes.append(wording.say("chart.frame_note", lang, **kinds))
    about = []
    for cell in marked.itertuples(index=False):
        facts: dict[str, Any] = {"row": cell.row, "column": cell.column}
        if not cell.own:
            places = [name_place(str(p)).say(lang) for p in (cell.suspect_place, cell.place)]
            facts |= {"place": places[0], "printed": cell.suspect_printed}
            facts |= {"other_place": places[1], "other": cell.printed}
            about.append(wording.say("chart.printed_otherwise", lang, **facts))
        elif cell.low != cell.high and (pd.notna(cell.proposed) or cell.relation in ENDS):
            low, high = (None if pd.isna(end) else end for end in (cell.low, cell.high))
            facts |= {"low": low, "high": high, "end": ENDS.get(cell.relation, ""), "unit": ""}
            about.append(wording.say("chart.range_note", lang, **facts))
    return notes + about[:MOST_NOTES]


def _tell_elsewhere(
    report: Report,
    suspects: Suspects,
    best: pd.DataFrame,
    here: pd.Series,
    lines: pd.DataFrame,
    lang: str,
) -> list[str]:
    """Say how much of the parts that are drawn, and how many parts, lie outside the table."""
    drawn = set(best[here]["part"])
    mended = {n for e in suspects.explanations if e.part + 1 in drawn for n in e.mends}
    shown = set(best[here]["figure_id"])
    # What two places print of a framed cell stands in a note of its own.
    noted = {
        n
        for n in mended
        if report.checks.at[n, "kind"] == "restatement"
        and shown & set(report.checks.at[n, "figures"])
    }
    counts = {
        "suspects_elsewhere": int((best["part"].isin(drawn) & ~here).sum()),
        "fails_elsewhere": len(mended - noted - set(lines["position"])),
        "other_parts": len(suspects.explanations.parts) - len(drawn),
    }
    return [
        wording.say(f"chart.{key}", lang, count=count, parts=len(drawn))
        for key, count in counts.items()
        if count
    ]


def _name_slice(plan: Plan, slice_: pd.Series, axes: tuple[str, str], lang: str) -> str:
    named = [
        d for d in (*DIMENSIONS, "horizon") if d not in axes and d in (*plan.dimensions, "horizon")
    ]
    parts = [name_code(plan, d, str(slice_[d])).say(lang) for d in ("measure", *named)]
    unit = name_unit(plan, str(slice_["measure"])).say(lang)
    return wording.say("chart.printed_table", lang, parts=parts, unit=unit)


def _draw(
    page: theme.Page,
    cells: pd.DataFrame,
    lines: pd.DataFrame,
    marked: pd.DataFrame,
    opening: str,
    lang: str,
) -> Any:
    beside = lines[lines["across"].astype(bool)]["off"]
    margin = max((fonts.width(off, theme.SMALL, bold=True) + 8 for off in beside), default=0.0)
    placed, names, bottom = grids.place_cells(cells, page.top, margin)
    framed = placed.merge(marked[["x", "y", "own", "fits"]], on=["x", "y"])
    framed = framed.assign(under=framed["line"] + 5.5, over=framed["line"] - 4.5)
    shaded = placed["y"].isin(lines[lines["across"].astype(bool)]["y"])
    shaded |= placed["x"].isin(lines[~lines["across"].astype(bool)]["x"])
    plain = placed[~placed.set_index(["x", "y"]).index.isin(framed.set_index(["x", "y"]).index)]
    layers = [
        _fill(placed[placed["whole"] & (placed["shown"] != "") & ~shaded], theme.PALE),
        _fill(placed[shaded], theme.BEHIND, 0.18),
        theme.label(plain, "middle", "line", "shown", align="center"),
        _frame(framed),
        *(
            theme.label(
                framed[framed["own"] == own], "middle", "over", "shown", color=c, align="center"
            )
            for own, c in ((True, theme.BEHIND), (False, theme.INK))
        ),
        theme.label(framed, "middle", "under", "fits", align="center", fontWeight="bold"),
        *names,
        *_write_offs(placed, lines),
    ]
    fitting = marked[["x", "y", "low", "high", "proposed", "suspect_printed", "suspect_place"]]
    table = cells.merge(fitting, how="left", on=["x", "y"])
    keys = [c for c in cells.columns if c in KEYS]
    return page.finish(
        layers,
        bottom + (BELOW if len(lines) else 0.0),
        _describe(opening, lines, placed, lang),
        table[[*keys, "value", "shown", *fitting.columns[2:]]],
    )


def _fill(data: pd.DataFrame, colour: str, opacity: float = 1.0) -> alt.Chart:
    return alt.Chart(data).mark_rect(fill=colour, opacity=opacity).encode(**theme.corners())


def _frame(data: pd.DataFrame) -> alt.Chart:
    drawn = alt.Chart(data).mark_rect(fill="white", stroke=theme.BEHIND, strokeWidth=1.6)
    return drawn.encode(**theme.corners(), tooltip=["row:N", "column:N", "shown:N", "fits:N"])


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


def _describe(opening: str, lines: pd.DataFrame, placed: pd.DataFrame, lang: str) -> str:
    """Write the alternative text: what is suspected, and which sums of the table fail."""
    names = [
        placed[placed["y"] == line.y]["row"].iloc[0]
        if line.across
        else placed[placed["x"] == line.x]["column"].iloc[0]
        for line in lines.itertuples(index=False)
    ]
    items = [f"{name} {off}" for name, off in zip(names, lines["off"], strict=True)]
    return wording.say("chart.crossing_description", lang, opening=opening, items=items)
