"""The assessment: what each total is made of."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.assessment import Scores
from h1224lib.assessment.sheet import MISSING, NOT_APPLICABLE, ZERO_TARGET, Sheet
from h1224lib.assessment.telling import about_period, tell_ranking
from h1224lib.charts import fonts, theme
from h1224lib.charts import rows as rows_of
from h1224lib.findings import Finding
from h1224lib.synthetic import say_mark

ROW = 26.0
# Room for "106.45/90" in bold.
TOTALS = 60.0
# Between the lines of a hatch.
STRIPES = 6.0
# Widest name of an area.
NAMES = 92.0
# Room between the two lines on which heads stand in turn.
APART = 4.0
UNKNOWN = "?"
BOX = ("left", "right", "top", "bottom", "stop")


def score_components(scores: Scores, lang: str = "zh") -> Any:
    """Draw what each area's points are stacked from: a slot an industry, filled as far as got.

    Parameters
    ----------
    scores : Scores
        As `assess` returns it, in points.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        A row an area, the best first. Slots are as wide as their printed weight and outlined;
        the solid part is the share got, the number the points (of those available, where
        these are other than the weight says). Where nothing applies a slot is hatched and says
        so, above the points that stand in for it, if any.
    """
    sheet = scores.sheet
    finding = tell_ranking(scores)
    page = open_page(sheet, finding, "components", lang, rule=scores.rule.label.say(lang),
                     treatment=scores.treatment.label.say(lang))  # fmt: skip
    layers, bottom = _draw_components(scores, page.top, lang) if sheet.areas else ([], page.top)
    return page.finish(layers, bottom, finding.say(lang), scores.printed_components)


def open_page(sheet: Sheet, finding: Finding, name: str, lang: str, **named: Any) -> theme.Page:
    """Word the page of a figure of the assessment; without one, the page says so.

    Parameters
    ----------
    sheet : Sheet
        Gives period and sources.
    finding : Finding
        Its title is the figure's.
    name : str
        ``chart.<name>`` words the subtitle, ``chart.<name>_note`` the note.
    lang : str
        ``zh`` or ``en``.
    **named
        What these name besides the period.
    """
    about = about_period(sheet)
    told = {"period": about["period"].say(lang), "computed": about["computed"],
            "end": "" if about["finished"] else about["end"], **named}  # fmt: skip
    assessed = bool(sheet.areas)
    return theme.Page(
        title=finding.title(lang),
        subtitle=wording.say(f"chart.{name}", lang, **told) if assessed else finding.say(lang),
        source=theme.word_source(sheet.state.cite(lang), lang),
        notes=[*([wording.say(f"chart.{name}_note", lang, **told)] if assessed else []),
               *sheet.state.rules(lang)],
        mark=say_mark(lang) if sheet.state.synthetic else "",
    )  # fmt: skip


def name_rows(table: pd.DataFrame, sheet: Sheet, lang: str) -> pd.DataFrame:
    """Add each area's name, in two lines where it is long."""
    names = [sheet.plan.label("area", str(code), lang) for code in table["area"]]
    named = [fonts.balance_lines(name, NAMES - 8, theme.SMALL, bold=True) for name in names]
    return table.assign(name=named)


def _list_slots(scores: Scores, lang: str) -> pd.DataFrame:
    """Return the slots with their printed points: an industry each, daily work as one."""
    sheet = scores.sheet
    slots = [
        (industry, sheet.plan.label("industry", industry, lang), float(weight * sheet.items.points))
        for _, industry, weight in sheet.items.weighted
    ]
    if scores.table["daily"].notna().any():
        whole = sum(float(points) for _, points in sheet.items.daily)
        slots.append(("all", wording.say("column.daily", lang), whole))
    table = pd.DataFrame(slots, columns=["industry", "head", "printed"])
    scale = (theme.WIDTH - TOTALS - NAMES) / table["printed"].sum()
    ends = NAMES + table["printed"].cumsum() * scale
    return table.assign(left=ends - table["printed"] * scale, right=ends)


def _draw_components(scores: Scores, top: float, lang: str) -> tuple[list[Any], float]:
    """Lay heads and rows out in pixels."""
    slots = _list_slots(scores, lang)
    heads, start = _place_heads(slots, top)
    rows = name_rows(scores.printed, scores.sheet, lang).reset_index(drop=True)
    cells = _word_cells(scores, slots, rows, lang)
    # As high as the most lines that a cell has, and room around them.
    box = max(int(cells["text"].str.count("\n").max()) + 1, 1) * theme.LINE + 8
    step = max(box + 8, ROW)
    rows = rows.assign(
        line=[start + (i + 0.5) * step for i in range(len(rows))],
        edge=NAMES - 6,
        side=theme.WIDTH - TOTALS + 6,
        text=[_word_total(row, lang) for row in rows.to_dict("records")],
    )
    rows["middle"] = rows_of.centre(rows["line"], rows["name"])
    cells = _place_cells(cells.merge(rows[["area", "line"]], on="area"), box)
    leaders = (
        alt.Chart(heads)
        .mark_rule(color=theme.GRID)
        .encode(x=theme.across("x"), y=theme.down("foot"), y2="start")
    )
    texts = [
        theme.label(heads, "x", "y", "head", align="center", baseline="top"),
        theme.label(cells, "x", "middle", "text", align="center"),
        theme.label(rows, "edge", "middle", "name", align="right", fontWeight="bold"),
        theme.label(rows, "side", "line", "text", fontWeight="bold"),
    ]
    return [leaders, *_fill_slots(cells), *texts], start + step * len(rows)


def _fill_slots(cells: pd.DataFrame) -> list[Any]:
    """Draw the grounds, what was got of each, and the outlines above both."""
    ground = alt.Chart(cells).mark_rect().encode(**theme.corners(), fill=_colour("ground"))
    got = (
        alt.Chart(cells[cells["stop"] > cells["left"]])
        .mark_rect(fill=theme.DEPTHS[1])
        .encode(
            x=theme.across("left"),
            x2="stop",
            y=theme.down("top"),
            y2="bottom",
            tooltip=["head:N", "text:N"],
        )
    )
    stripes = (
        alt.Chart(_hatch(cells[cells["hatched"]]))
        .mark_rule(color=theme.GRID, strokeWidth=1)
        .encode(x=theme.across("x"), x2="x2", y=theme.down("y"), y2="y2")
    )
    edges = (
        alt.Chart(cells)
        .mark_rect(fillOpacity=0, stroke=theme.EDGE, strokeWidth=0.75)
        .encode(**theme.corners())
    )
    return [ground, got, stripes, edges]


def _hatch(cells: pd.DataFrame) -> pd.DataFrame:
    """Return lines from the lower left to the upper right, as far as each box reaches."""
    lines = []
    for box in cells.to_dict("records"):
        left, right, top, bottom = (float(box[n]) for n in ("left", "right", "top", "bottom"))
        high, wide = bottom - top, right - left
        at = STRIPES / 2
        while at < wide + high:
            # The line enters at the left edge or below, and leaves above or at the right edge.
            start, stop = max(at - high, 0.0), min(at, wide)
            lines.append((left + start, left + stop, top + at - start, top + at - stop))
            at += STRIPES
    return pd.DataFrame(lines, columns=["x", "x2", "y", "y2"], dtype="float64")


def _colour(field: str) -> alt.Fill:
    return alt.Fill(f"{field}:N", scale=None)


def _place_heads(slots: pd.DataFrame, top: float) -> tuple[pd.DataFrame, float]:
    """Write the heads on two lines in turn, so that each has room beside it."""
    centre = (slots["left"] + slots["right"]) / 2
    heads = slots.assign(x=centre, turn=[i % 2 for i in range(len(slots))])
    reach = centre.diff().fillna(60).clip(upper=60)
    after = reach.shift(-1).fillna(60)
    # A head on the lower line stands between the leaders of those beside it.
    between = 2 * pd.concat([reach, after], axis=1).min(axis=1)
    room = (reach + after).where(heads["turn"] == 0, between) - 8
    room = room.combine(_find_beside(heads), max)
    heads["head"] = [
        fonts.balance_lines(head, max(width, 40), theme.SMALL)
        for head, width in zip(heads["head"], room, strict=True)
    ]
    lines = heads["head"].str.count("\n") + 1
    upper = lines[heads["turn"] == 0].max() * theme.LINE
    lower = lines[heads["turn"] == 1].max() * theme.LINE if len(heads) > 1 else 0.0
    start = top + upper + lower + 2 * APART
    y = [top if turn == 0 else top + upper + APART for turn in heads["turn"]]
    heads = heads.assign(y=y, start=start, foot=pd.Series(y) + lines * theme.LINE)
    return heads, start


def _find_beside(heads: pd.DataFrame) -> pd.Series:
    """Return what heads of the upper line have beside those next to them, however wide these."""
    upper = heads[heads["turn"] == 0]
    half = pd.Series([fonts.width(head, theme.SMALL) / 2 + 4 for head in upper["head"]])
    half.index = upper.index
    before = (upper["x"] - (upper["x"] + half).shift()).fillna(upper["x"])
    after = ((upper["x"] - half).shift(-1) - upper["x"]).fillna(theme.WIDTH - upper["x"])
    sides = pd.concat([before, after], axis=1).min(axis=1)
    return (2 * sides).reindex(heads.index).fillna(0.0)


def _word_cells(scores: Scores, slots: pd.DataFrame, rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return a row for each area and slot: its points, whether it applies, and what is written."""
    parts = scores.printed_components.assign(
        missing=lambda own: own["unscored"] == MISSING,
        absent=lambda own: own["unscored"] == NOT_APPLICABLE,
        zero=lambda own: own["unscored"] == ZERO_TARGET,
    )
    sums = parts.groupby(["area", "industry"], sort=False).agg(
        available=("available", "sum"),
        got=("got", lambda got: got.sum(skipna=False)),
        missing=("missing", "any"),
        absent=("absent", "any"),
        zero=("zero", "any"),
    )
    cells = rows[["area"]].merge(slots, how="cross").join(sums, on=["area", "industry"])
    cells["room"] = cells["right"] - cells["left"] - 1
    # One way of writing for all: the shorter where the longer leaves a slot.
    for sign in ("chart.components_of", "chart.components_over"):
        words = [_word_cell(row, sign, lang) for row in cells.to_dict("records")]
        if all(_fits(text, room) for text, room in zip(words, cells["room"], strict=True)):
            break
    return cells.assign(text=words, hatched=cells["absent"] | cells["zero"])


def _place_cells(cells: pd.DataFrame, high: float) -> pd.DataFrame:
    """Return a box for each cell: how far it is filled, and its ground."""
    # Points that stand in for a result are none that was reached: nothing is filled.
    counts = (cells["available"] > 0) & ~cells["hatched"]
    share = (cells["got"] / cells["available"].where(counts)).astype("float64")
    width = cells["right"] - cells["left"]
    return cells.assign(
        middle=rows_of.centre(cells["line"], cells["text"]),
        x=(cells["left"] + cells["right"]) / 2,
        top=cells["line"] - high / 2,
        bottom=cells["line"] + high / 2,
        stop=cells["left"] + width * share.clip(0, 1).fillna(0.0),
        ground=["white" if not hatched else theme.PALE for hatched in cells["hatched"]],
    )[[*BOX, "ground", "hatched", "head", "x", "middle", "text"]]


def _fits(text: str, room: float) -> bool:
    return all(fonts.width(line, theme.SMALL) <= room for line in text.split("\n"))


def _word_cell(row: dict[str, Any], sign: str, lang: str) -> str:
    """Write a cell's points, and below them those available where the slot does not say it."""
    if row["missing"]:
        return UNKNOWN
    if row["absent"] or row["zero"]:
        why = wording.say(f"chart.components_{'zero' if row['zero'] else 'absent'}", lang)
        return why if pd.isna(row["got"]) else f"{why}\n{_write(row['got'])}"
    got = _write(row["got"])
    beyond = row["got"] > row["available"] + 0.005
    if abs(float(row["available"]) - row["printed"]) < 0.005 and not beyond:
        return got
    of = wording.number(round(float(row["available"]), 2))
    return f"{got}\n{wording.say(sign, lang, points=of)}"


def _write(points: float) -> str:
    return wording.number(float(points), 2)


def _word_total(row: dict[str, Any], lang: str) -> str:
    if pd.isna(row["points"]):
        missing = row["unranked"] == MISSING
        return wording.say(f"chart.components_{'missing' if missing else 'none'}", lang)
    return f"{_write(row['points'])}/{wording.number(round(float(row['available']), 2))}"
