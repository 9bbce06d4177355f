"""Tile maps: a tile an area, roughly where it lies; a schematic that shows no boundary."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, pages, theme
from h1224lib.charts.completion import order_behind
from h1224lib.hierarchy import inside
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress import State, name_behind, sum_up
from h1224lib.provenance import name_rules

GAP = 6.0
WIDEST, LOWEST = 106.0, 52.0
# Tiles in a row, where the plan does not say where they stand: of few areas, and of many.
FEW, MANY = (4, 16), 6
# Kinds of area that are no administrative ones.
ZONES = {"functional_zone", "platform", "zone"}
# Kinds that lie nowhere in particular.
NOWHERE = {"municipal_groups", "city_level"}
KEY = 16.0


def tile_map(state: State, lang: str = "zh") -> Any:
    """Draw a tile for each area with its completion and lead; zones that are no districts dashed.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it; leads in percentage points. Its plan's areas say where
        tiles stand (`tile_column`, `tile_row`); without that they stand in the plan's order.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        A schematic without any boundary: places are rough, and sizes mean nothing.
    """
    table = _list_areas(state, lang)
    finding = next(iter(order_behind(state, table)), sum_up(state))
    spots, laid = _find_spots(state, list(table["area"]))
    zones = bool(table["zone"].any())
    apart = list(table.loc[table["nowhere"], "label"])
    notes = [wording.say("chart.tiles_note", lang, laid=laid, zones=zones, apart=apart,
                        ceilings=state.has_ceilings())]  # fmt: skip
    page = pages.of_state(state, finding, "chart.tiles", lang, notes)
    layers, bottom = _draw(table, spots, page.top, lang) if len(table) else ([], page.top)
    items = [f"{row['label']} {row['text']}".strip() for row in table.to_dict("records")]
    opening = " ".join(f.say(lang) for f in (sum_up(state), *name_behind(state)))
    description = wording.say("chart.parts", lang, opening=opening, items=items)
    data = table[["area", "completion", "schedule", "lead_pp"]].assign(**name_rules(state.table))
    return page.finish(layers, bottom, description, data)


def _list_areas(state: State, lang: str) -> pd.DataFrame:
    """Return the areas and parts "of which", with what is written in their tiles."""
    plan = state.plan
    found = state.table[state.table["measure"] == state.measure]
    for dimension in DIMENSIONS[1:]:
        found = found[found[dimension] == "all"]
    finest = set(state.level(["area"])["area"]) | inside(plan, "area")
    found = found[found["area"].isin(finest - {"all"})].reset_index(drop=True)
    table = found[["area"]].copy()
    for name in ("completion", "schedule", "lead_pp", "gap"):
        table[name] = found[name].astype("float64")
    kinds = plan.areas["kind"] if "kind" in plan.areas else pd.Series(dtype=object)
    table["zone"] = [kinds.get(code) in ZONES for code in table["area"]]
    table["nowhere"] = [kinds.get(code) in NOWHERE for code in table["area"]]
    table["label"] = [plan.label("area", str(code), lang) for code in table["area"]]
    table["colour"] = ["white" if pd.isna(gap) else theme.light(gap) for gap in table["gap"]]
    table["text"] = [
        _word(row, str(why), lang)
        for row, why in zip(table.to_dict("records"), found["why"], strict=True)
    ]
    return table


def _word(row: dict[str, Any], why: str, lang: str) -> str:
    """Write completion over lead, or why there is none; of a small target the gap's side alone."""
    if pd.isna(row["lead_pp"]) or pd.isna(row["completion"]):
        if pd.isna(row["lead_pp"]):
            return wording.say(f"chart.unrated.{why or 'no_schedule'}", lang)
        return wording.number(row["lead_pp"], 1, signed=True)
    return wording.say(
        "chart.tile", lang, completion=row["completion"], lead_pp=row["lead_pp"]
    )  # fmt: skip


def _find_spots(state: State, codes: list[str]) -> tuple[dict[str, tuple[int, int]], bool]:
    """Return column and row of each tile, and whether the plan says where they stand."""
    areas = state.plan.areas
    spots: dict[str, tuple[int, int]] = {}
    if {"tile_column", "tile_row"} <= set(areas):
        for code in codes:
            column, row = areas.loc[code, ["tile_column", "tile_row"]]
            spot = (column, row)
            if not (pd.isna(column) or pd.isna(row)) and spot not in spots.values():
                spots[code] = (int(column), int(row))
    laid = bool(spots)
    left = [code for code in codes if code not in spots]
    most = max((column for column, _ in spots.values()), default=0) + 1
    across = most if laid else FEW[0] if len(left) <= FEW[1] else MANY
    below = max((row for _, row in spots.values()), default=-1) + 1
    for at, code in enumerate(left):
        spots[code] = (at % across, below + at // across)
    return spots, laid


def _draw(
    table: pd.DataFrame, spots: dict[str, tuple[int, int]], top: float, lang: str
) -> tuple[list[Any], float]:
    """Lay the tiles out in pixels, and a key below them."""
    across = max(column for column, _ in spots.values()) + 1
    width = min((theme.WIDTH + GAP) / across - GAP, WIDEST)
    names = [fonts.balance_lines(t, width - 8, theme.SMALL, bold=True) for t in table["label"]]
    texts = [fonts.balance_lines(t, width - 8, theme.SMALL) for t in table["text"]]
    lines = [n.count("\n") + t.count("\n") + 2 for n, t in zip(names, texts, strict=True)]
    height = max(LOWEST, max(lines) * theme.LINE + 14)
    placed = table.assign(name=names, text=texts, full=table["label"])
    spot = [spots[code] for code in table["area"]]
    placed["left"] = [x * (width + GAP) + 0.5 for x, _ in spot]
    placed["right"] = placed["left"] + width - 1
    placed["top"] = [top + y * (height + GAP) for _, y in spot]
    placed["bottom"] = placed["top"] + height
    placed["middle"] = placed["left"] + (width - 1) / 2
    block = [count * theme.LINE for count in lines]
    placed["name_line"] = placed["top"] + (height - pd.Series(block)) / 2 + theme.LINE / 2
    placed["line"] = placed["name_line"] + ((pd.Series(names).str.count("\n") + 1) * theme.LINE + 1)
    bottom = float(placed["bottom"].max())
    key, end = _draw_key(bottom + 8, bool(table["zone"].any()), lang)
    return [*_tiles(placed), *_texts(placed), *key], end


def _tiles(placed: pd.DataFrame) -> list[Any]:
    tips = [alt.Tooltip("full:N", title=" "), alt.Tooltip("text:N", title=" ")]
    edges = alt.Chart(placed).mark_rect(stroke=theme.EDGE, strokeWidth=0.75)
    tiles = edges.encode(
        **theme.corners(), fill=alt.Fill("colour:N", scale=None), tooltip=tips
    )  # fmt: skip
    zones = placed[placed["zone"]]
    if zones.empty:
        return [tiles]
    within = zones.assign(**{n: zones[n] + 3 for n in ("left", "top")})
    within = within.assign(**{n: zones[n] - 3 for n in ("right", "bottom")})
    drawn = []
    for part, colour in _split_by_ink(within):
        dashed = alt.Chart(part).mark_rect(
            fillOpacity=0, stroke=colour, strokeWidth=1.3, strokeDash=[4, 3]
        )
        drawn.append(dashed.encode(**theme.corners()))
    return [tiles, *drawn]


def _split_by_ink(placed: pd.DataFrame) -> list[tuple[pd.DataFrame, str]]:
    """Split tiles by the ink that can be read on them."""
    dark = placed["colour"] == theme.AHEAD
    return [(p, c) for p, c in ((placed[~dark], theme.INK), (placed[dark], "white")) if len(p)]


def _texts(placed: pd.DataFrame) -> list[Any]:
    return [
        theme.label(
            part, "middle", line, text, align="center", color=colour, fontWeight=weight
        )
        for part, colour in _split_by_ink(placed)
        for line, text, weight in (("name_line", "name", "bold"), ("line", "text", "normal"))
    ]  # fmt: skip


def _draw_key(top: float, zones: bool, lang: str) -> tuple[list[Any], float]:
    """Draw a small tile and its word for behind, even, ahead, and for zones."""
    looks = {"behind": theme.BEHIND, "even": theme.EVEN, "ahead": theme.AHEAD, "none": "white"}
    names = [*looks, *(["zone"] if zones else [])]
    found: list[dict[str, Any]] = []
    x = 0.5
    for name in names:
        text = wording.say(f"chart.tile_key.{name}", lang)
        found.append({"left": x, "name": name, "text": text, "colour": looks.get(name, "white")})
        x += 14 + fonts.width(text, theme.SMALL) + 14
    key = pd.DataFrame(found).assign(top=top, bottom=top + 9, line=top + 4.5)
    key = key.assign(right=key["left"] + 12, at=key["left"] + 16)
    plain, dashed = key[key["name"] != "zone"], key[key["name"] == "zone"]
    boxes = alt.Chart(plain).mark_rect(stroke=theme.EDGE, strokeWidth=0.75)
    dots = alt.Chart(dashed).mark_rect(fillOpacity=0, stroke=theme.INK, strokeDash=[3, 2])
    layers = [
        boxes.encode(**theme.corners(), fill=alt.Fill("colour:N", scale=None)),
        dots.encode(**theme.corners()),
        theme.label(key, "at", "line", "text"),
    ]
    return layers, top + math.ceil(KEY / 2) + 4
