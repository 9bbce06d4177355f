"""Mosaics: two splits of one target at once, as widths and as heights."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.allocation import default_horizon, main_measure, share_targets, tell_largest
from h1224lib.charts import fonts, grids, pages, theme
from h1224lib.plan.model import Plan

HEIGHT = 330.0
UNSPLIT = 90.0
MOST_NAMED = 12
# Light fills that stay apart under colour-vision deficiencies (Paul Tol, "light").
FILLS = ["#77AADD", "#EE8866", "#EEDD88", "#FFAABB", "#99DDFF", "#44BB99", "#BBCC33", "#DDDDDD"]


def marimekko(plan: Plan, lang: str = "zh", measure: str | None = None) -> Any:
    """Draw each area as wide as its share of the target, split by industry from top to bottom.

    Parameters
    ----------
    plan : Plan
        Gives the targets over the longest horizon, in the measure's unit.
    lang : str
        ``zh`` or ``en``.
    measure : str, optional
        By default the one that is split most finely.

    Returns
    -------
    altair.LayerChart
        Boxes are in proportion to their targets; what is too thin for its number is named
        below. Where no target of an area is printed by industry, areas are split by type, or
        not at all.
    """
    measure = measure or main_measure(plan)
    horizon = default_horizon(plan, measure)
    finding = tell_largest(plan, ["area"], measure, horizon)
    split = _choose_split(plan, measure, horizon)
    if "area" not in plan.dimensions or finding.kind == "allocation_none":
        return grids.nothing(finding, pages.cite(plan, lang), lang)
    boxes, columns, left = _lay_out(plan, measure, horizon, split, lang)
    dimension = wording.say(f"dimension.{split[0] if split else 'area'}", lang)
    about = {"measure": measure, "horizon": horizon, "dimension": dimension}
    key = "chart.mosaic" if split else "chart.mosaic_plain"
    explained = [wording.say("chart.mosaic_note", lang)] if split else []
    notes = [*explained, *_name_thin(boxes, columns, lang)]
    page = pages.of_plan(plan, finding, key, lang, notes, **about)
    layers, bottom = _draw(boxes, columns, left, page.top)
    table = boxes[["area", *split, "value", "share"]]
    items = [f"{r.name} {wording.number(r.value)}" for r in _rows(columns)]
    description = wording.say("chart.parts", lang, opening=finding.say(lang), items=items)
    return page.finish(layers, bottom, description, table)


def _choose_split(plan: Plan, measure: str, horizon: str) -> list[str]:
    """Return the first dimension by which areas' targets are printed, or none."""
    for dimension in ("industry", "project_type"):
        if dimension in plan.dimensions:
            cells = share_targets(plan, ["area", dimension], measure, horizon)
            if (cells["value"].fillna(0) > 0).any():
                return [dimension]
    return []


def _lay_out(
    plan: Plan, measure: str, horizon: str, split: list[str], lang: str
) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Give every area its width and every part of it its height, in pixels."""
    areas = share_targets(plan, ["area"], measure, horizon)
    areas = areas[areas["value"].fillna(0) > 0]
    cells = share_targets(plan, ["area", *split], measure, horizon)
    cells = cells[cells["value"].fillna(0) > 0]
    codes = [str(c) for c in plan.table(split[0]).index] if split else ["all"]
    labels = {c: plan.label(split[0], c, lang) if split else "" for c in codes}
    present = set(cells[split[0]]) if split else set()
    left = max((fonts.width(labels[c], theme.SMALL) for c in present), default=0.0)
    left = min(left + 8, 96.0) if split else 0.0
    room = theme.WIDTH - left
    boxes: list[dict[str, Any]] = []
    columns: list[dict[str, Any]] = []
    start = left
    tall = HEIGHT if split else UNSPLIT
    for area in areas.to_dict("records"):
        width = room * float(area["share"])
        name = plan.label("area", str(area["area"]), lang)
        marks = sum(bool(c["mark"]) for c in columns)
        columns.append(_column(name, float(area["value"]), start, width, _letter(marks)))
        top = 0.0
        for cell in cells[cells["area"] == area["area"]].to_dict("records"):
            height = tall * float(cell["value"]) / float(area["value"])
            code = str(cell[split[0]]) if split else "all"
            boxes.append(
                _box(cell, (start, width), (top, height))
                | {"part": labels[code], "name": name}
                | {"colour": FILLS[codes.index(code) % len(FILLS)] if split else FILLS[0]}
            )
            top += height
        start += width
    return pd.DataFrame(boxes), pd.DataFrame(columns), left


def _letter(position: int) -> str:
    """Return a, b ... z, aa, ab ... for positions from 0.

    Examples
    --------
    >>> _letter(0), _letter(25), _letter(26), _letter(53)
    ('a', 'z', 'aa', 'bb')
    """
    before, at = divmod(position, 26)
    return (_letter(before - 1) if before else "") + chr(97 + at)


def _column(name: str, value: float, start: float, width: float, mark: str) -> dict[str, Any]:
    """Head a column by its name, or by a mark that the note explains."""
    text = fonts.balance_lines(name, max(width - 2, 1), theme.SMALL)
    text += f"\n{wording.number(value)}"
    fits = all(fonts.width(t, theme.SMALL) <= width - 1 for t in text.split("\n"))
    middle = start + width / 2
    head = text if fits else mark
    return {
        "name": name,
        "value": value,
        "middle": middle,
        "head": head,
        "mark": "" if fits else mark,
    }


def _box(
    cell: dict[str, Any], across: tuple[float, float], down: tuple[float, float]
) -> dict[str, Any]:
    (start, width), (top, height) = across, down
    text = wording.number(cell["value"])
    fits = height >= theme.LINE and fonts.width(text, theme.SMALL) <= width - 2
    return cell | {
        "value": float(cell["value"]),
        "left": start + min(0.5, width / 4),
        "right": start + width - min(0.5, width / 4),
        "top": top + min(0.5, height / 4),
        "bottom": top + height - min(0.5, height / 4),
        "middle": start + width / 2,
        "line": top + height / 2,
        "text": text if fits else "",
    }


def _draw(
    boxes: pd.DataFrame, columns: pd.DataFrame, left: float, top: float
) -> tuple[list[Any], float]:
    lines = max(text.count("\n") + 1 if text else 0 for text in columns["head"])
    start = top + lines * theme.LINE + 2
    placed = boxes.assign(**{n: boxes[n] + start for n in ("top", "bottom", "line")})
    heads = columns.assign(
        line=[start - 6 - text.count("\n") * theme.LINE for text in columns["head"]]
    )
    first = placed[placed["name"] == columns["name"].iloc[0]].assign(edge=left - 5)
    first["text"] = [fonts.balance_lines(t, max(left - 5, 1), theme.SMALL) for t in first["part"]]
    first["line"] -= first["text"].str.count("\n") * theme.LINE / 2
    fills = theme.boxes(
        placed, ["name:N", "part:N", "value:Q", alt.Tooltip("share:Q", format=".1%")]
    )
    layers = [
        fills,
        # Without a split, the number stands above already.
        theme.label(placed[placed["part"] != ""], "middle", "line", "text", align="center"),
        theme.label(heads, "middle", "line", "head", align="center"),
    ]
    if left:
        layers.append(theme.label(first, "edge", "line", "text", align="right"))
    return layers, float(placed["bottom"].max())


def _name_thin(boxes: pd.DataFrame, columns: pd.DataFrame, lang: str) -> list[str]:
    """Name what is too thin for a label; the parts of an area that has none are its own."""
    narrow = columns[columns["mark"] != ""]
    marks = [(r.mark, r.name, r.value) for r in _rows(narrow)]
    notes = [wording.say("chart.narrow", lang, items=marks)] if marks else []
    thin = boxes[(boxes["text"] == "") & (boxes["part"] != "")]
    items = [f"{r.name} {r.part} {wording.number(r.value)}" for r in _rows(thin)]
    if len(items) > MOST_NAMED:
        return [*notes, wording.say("chart.thin_many", lang, count=len(items))]
    return [*notes, *([wording.say("chart.thin", lang, items=items)] if items else [])]


def _rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples(index=False))
