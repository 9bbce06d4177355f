"""Effects: what a difference is made of, one panel a factor, all on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, grids, pages, rows, theme
from h1224lib.gaps import CompletionSplit, ShiftShare
from h1224lib.gaps.completion import EFFECTS
from h1224lib.plan.model import DIMENSIONS
from h1224lib.provenance import name_rules

STEP = 19.0
MOST_NAMES = 120.0
GAP = 8.0


def effect_bars(split: CompletionSplit, lang: str = "zh") -> Any:
    """Draw how far mix and rates make the difference between two completions, cell by cell.

    Parameters
    ----------
    split : CompletionSplit
        As `decompose_completion` returns it; effects are drawn in percentage points.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        The whole first, then the cells, the largest effect first; in each panel a factor, in
        the last their sum. A page that says so where there is no difference to split.
    """
    finding = split.findings[0]
    if split.difference is None:
        source = theme.word_source(split.b.cite(lang), lang)
        return grids.nothing(finding, source, lang)
    unplanned = (split.table["unplanned"].fillna(0) != 0).any()
    parts = [name for name in EFFECTS if name != "unplanned" or unplanned]
    sums = {name: float(value or 0) for name, value in split.effects.items()}
    whole = {**sums, "effect": float(split.difference), "name": _say("whole", lang)}
    table = split.table.assign(name=_name_cells(split, lang))
    table = pd.concat([pd.DataFrame([whole]), table], ignore_index=True)
    columns = [*parts, "effect"]
    table[columns] = 100 * table[columns].astype("float64")
    first, second = (name.say(lang) for name in split.names)
    notes = [wording.say("chart.effects_note", lang, unplanned=bool(unplanned))]
    named = {"measure": split.b.plan.label("measure", split.measure, lang)}
    page = pages.of_state(
        split.b, finding, "chart.effects", lang, notes, **named, first=first, second=second
    )
    data = split.table.assign(**name_rules(split.b.table))
    return _finish(page, table, columns, 1, finding.say(lang), data, lang)


def shift_bars(shifts: ShiftShare, lang: str = "zh") -> Any:
    """Draw what each area's change is made of: the city's growth, its industries', its own.

    Parameters
    ----------
    shifts : ShiftShare
        As `shift_share` returns it for states, in the measure's unit.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        The whole first, then the areas from the largest own part; in each panel a part, in the
        last the change. Areas with a count missing are named, without bars.
    """
    if shifts.state is None:
        raise TypeError("shift_bars draws shifts between states: counts alone name no plan")
    state, finding = shifts.state, shifts.findings[0]
    table = shifts.table[shifts.table["industry"] == "all"]
    if shifts.growth is None or table.empty:
        return grids.nothing(finding, theme.word_source(state.cite(lang), lang), lang)
    columns = [*shifts.parts, "change"]
    table = table.astype(dict.fromkeys(columns, "float64"))
    areas = table[table["area"] != "all"].sort_values(
        "competitive", ascending=False, kind="stable", na_position="last"
    )
    table = pd.concat([table[table["area"] == "all"], areas], ignore_index=True)
    table["name"] = [state.plan.label("area", str(code), lang) for code in table["area"]]
    notes = [wording.say("chart.shifts_note", lang)]
    key = f"chart.shifts_{shifts.kind}"
    page = pages.of_state(state, finding, key, lang, notes)
    data = shifts.table.assign(**name_rules(state.table))
    counted = state.plan.measures.at[shifts.measure or state.measure, "kind"] == "count"
    digits = 1 if counted else 2
    # The whole's bars would make the areas' too short to be seen.
    bare = len(areas) > 1
    return _finish(page, table, columns, digits, finding.say(lang), data, lang, bare)


def _say(name: str, lang: str) -> str:
    return wording.say(f"chart.effect.{name}", lang)


def _name_cells(split: CompletionSplit, lang: str) -> list[str]:
    """Name the cells of a split by the dimensions that it has."""
    plan = split.b.plan
    by = [d for d in DIMENSIONS if d in split.table and d in plan.dimensions]
    return [
        wording.say("chart.rest", lang)
        if row["unallocated"]
        else " ".join(plan.label(d, str(row[d]), lang) for d in by) or split.names[1].say(lang)
        for row in split.table.to_dict("records")
    ]


def _finish(
    page: theme.Page,
    table: pd.DataFrame,
    columns: Sequence[str],
    digits: int,
    opening: str,
    data: pd.DataFrame,
    lang: str,
    bare: bool = False,
) -> Any:
    """Write the numbers, draw the panels, and finish the page; bare: the first row has no bars."""
    for name in columns:
        table[f"{name}_text"] = [
            wording.say("chart.no_data", lang)
            if pd.isna(value)
            else wording.number(value, digits, signed=True)
            for value in table[name]
        ]
    layers, bottom = _draw(table, columns, page.top, lang, bare)
    last = columns[-1]
    told = [f"{row['name']} {row[f'{last}_text']}" for row in table.to_dict("records")]
    description = wording.say("chart.parts", lang, opening=opening, items=told)
    return page.finish(layers, bottom, description, data)


def _draw(
    table: pd.DataFrame, columns: Sequence[str], top: float, lang: str, bare: bool
) -> tuple[list[Any], float]:
    """Lay out a panel a column beside the names, all on one scale."""
    left = rows.measure_names(table["name"], MOST_NAMES)
    width = (theme.WIDTH - left - GAP * (len(columns) - 1)) / len(columns)
    heads = [
        fonts.balance_lines(_say(name, lang), width, theme.SMALL, bold=True) for name in columns
    ]
    lines = max(head.count("\n") + 1 for head in heads)
    start = top + lines * theme.LINE + 6
    placed = rows.place(table, start, left, STEP)
    bottom = start + sum(placed["step"])
    layers: list[Any] = []
    values = table[list(columns)].iloc[1:] if bare else table[list(columns)]
    for at, (name, head) in enumerate(zip(columns, heads, strict=True)):
        box = (left + at * (width + GAP), width)
        layers += _draw_panel(placed, values, name, box, (start, bottom))
        x = pd.DataFrame({"x": [box[0] + width / 2], "text": [head]})
        x["y"] = start - 10 - head.count("\n") * theme.LINE
        layers.append(theme.label(x, "x", "y", "text", align="center", fontWeight="bold"))
    names = rows.write(placed.assign(side=left, nothing=""), text="nothing")
    return [*layers, *names], bottom


def _draw_panel(
    placed: pd.DataFrame,
    values: pd.DataFrame,
    name: str,
    box: tuple[float, float],
    span: tuple[float, float],
) -> list[Any]:
    """Draw one column of bars from its zero line, numbers at their ends."""
    texts = placed[f"{name}_text"]
    room = max(fonts.width(text, theme.SMALL, bold=True) for text in texts) + 6
    low, high = min(0.0, float(values.min().min())), max(0.0, float(values.max().max()))
    # Zeros and holes are written on the right of the line.
    sides = (room if low < 0 else 2.0), (2.0 if (values < 0).all(axis=None) else room)
    scale = (box[1] - sum(sides)) / ((high - low) or 1.0)
    zero = box[0] + sides[0] - low * scale
    lengths = placed[name].where(placed.index.isin(values.index), 0.0).fillna(0.0) * scale
    own = placed.assign(zero=zero, value=placed[name], text=texts, end=zero + lengths)
    own["colour"] = [theme.light(-value) for value in own["value"]]
    falls = (own["value"] < 0).to_numpy()
    own["at"] = own["end"] + [-4.0 if fall else 4.0 for fall in falls]
    bold = ["bold" if i == 0 else "normal" for i in range(len(own))]
    groups = own.assign(weight=bold, align=["right" if fall else "left" for fall in falls])
    labels = [
        theme.label(part, "at", "line", "text", align=str(align), fontWeight=weight)
        for (weight, align), part in groups.groupby(["weight", "align"], sort=False)
    ]
    drawn = own["value"].notna() & own.index.isin(values.index)
    bars = rows.bars(own[drawn], "end", "zero")
    return [bars, rows.upright([zero], *span, color=theme.INK), *labels]
