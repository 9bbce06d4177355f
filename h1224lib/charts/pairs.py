"""Dumbbells: where each area stood in one period, and where it stands in a later one."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import fonts, grids, pages, rows, theme
from h1224lib.findings import Finding
from h1224lib.gaps import compare
from h1224lib.gaps.comparability import name_sides
from h1224lib.gaps.comparison import Comparison
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress import State
from h1224lib.provenance import name_rules

HEAD = 14.0
# What is drawn, the first of which both have any.
DRAWN = ("completion", "actual")


def dumbbells(before: State | None, after: State, lang: str = "zh") -> Any:
    """Draw each area's completion in two periods, with the way between them.

    Parameters
    ----------
    before, after : State
        Two states of one plan, in the measure's unit; None before the first period.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        The whole first, then the areas from the highest in the later period; hollow where they
        stood, solid where they stand, and both numbers beside. What was reached is drawn where
        there are no completions.
    """
    if before is None:
        finding = Finding("shift_one_period", "note", {"period": after.period})
        return grids.nothing(finding, theme.word_source(after.cite(lang), lang), lang)
    compared = compare(before, after)
    finding = compared.findings[0]
    table = _list_areas(compared, after, lang)
    first, second = (side.say(lang) for side in name_sides(before, after))
    drawn = str(table["quantity"].iloc[0]) if len(table) else DRAWN[0]
    about = {"first": first, "second": second, "drawn": drawn}
    notes = [wording.say("chart.dumbbell_note", lang, drawn=drawn)]
    page = pages.of_state(after, finding, "chart.dumbbell", lang, notes, **about)
    layers, bottom = _draw(table, (first, second), page.top, lang)
    told = [f"{r.name_} {r.text}" for r in table.rename(columns={"name": "name_"}).itertuples()]
    description = wording.say("chart.parts", lang, opening=finding.say(lang), items=told)
    columns = ["area", "quantity", "value_a", "value_b", "difference"]
    data = table[columns].assign(**name_rules(after.table))
    return page.finish(layers, bottom, description, data)


def _list_areas(compared: Comparison, after: State, lang: str) -> pd.DataFrame:
    """Return the whole and the areas with both values and what is written of them."""
    found = compared.table[compared.table["measure"] == after.measure]
    for dimension in DIMENSIONS[1:]:
        found = found[found[dimension] == "all"]
    finest = set(after.level(["area"])["area"])
    found = found[found["area"].isin({"all", *finest})]
    values = found[["value_a", "value_b"]].notna().all(axis=1)
    known = set(found.loc[values, "quantity"])
    drawn = next((q for q in DRAWN if q in known), DRAWN[0])
    table = found[found["quantity"] == drawn].reset_index(drop=True)
    order = table["value_b"].astype("float64").where(table["area"] != "all", float("inf"))
    order = order.sort_values(ascending=False, kind="stable", na_position="last")
    table = table.loc[order.index].reset_index(drop=True)
    for name in ("value_a", "value_b", "difference"):
        table[name] = table[name].astype("float64")
    table["name"] = [after.plan.label("area", str(code), lang) for code in table["area"]]
    # More of what has a ceiling is no lead.
    down = after.plan.measures.at[after.measure, "direction"] == "down"
    table["colour"] = [theme.EVEN if down else theme.light(-d) for d in table["difference"]]
    why = after.table[after.table["measure"] == after.measure]
    why = why[(why["industry"] == "all") & (why["project_type"] == "all")]
    table["why"] = table["area"].map(why.set_index("area")["why"]).fillna("")
    table["text"] = [_word(row, drawn, lang) for row in table.to_dict("records")]
    return table


def _word(row: dict[str, Any], drawn: str, lang: str) -> str:
    if pd.isna(row["value_a"]) and pd.isna(row["value_b"]):
        return wording.say(f"chart.unrated.{row['why'] or 'no_result'}", lang)
    return wording.say(f"chart.dumbbell_{drawn}", lang, **{
        name: None if pd.isna(row[name]) else float(row[name])
        for name in ("value_a", "value_b", "difference")
    })  # fmt: skip


def _draw(
    table: pd.DataFrame, sides: tuple[str, str], top: float, lang: str
) -> tuple[list[Any], float]:
    """Lay the rows out in pixels: names, ways, dots, numbers."""
    if table.empty:
        return [], top
    left = rows.measure_names(table["name"])
    room = max(fonts.width(text, theme.SMALL, bold=True) for text in table["text"]) + 14
    values = table[["value_a", "value_b"]]
    most = max(float(values.max().max()), 0.0) if values.notna().any(axis=None) else 0.0
    scale = (theme.WIDTH - room - left - 12) / (most or 1.0)
    placed = rows.place(table, top + HEAD, left).assign(side=theme.WIDTH - room + 12)
    for name in ("value_a", "value_b"):
        placed[name.replace("value", "x")] = left + 4 + placed[name] * scale
    bottom = top + HEAD + sum(placed["step"])
    share = table["quantity"].iloc[0] == "completion"
    span = (top + HEAD, bottom)
    behind = [rows.upright([left + 4], *span)]
    if share:
        behind = rows.scale_below(left + 4, most or 1.0, scale, span, lang)
    layers = [*behind, *_dots(placed), *_heads(placed, sides, top + HEAD), *rows.write(placed)]
    return layers, bottom + (14 if share else 0)


def _dots(placed: pd.DataFrame) -> list[Any]:
    both = placed[placed["x_a"].notna() & placed["x_b"].notna()]
    ways = alt.Chart(both).mark_rule(strokeWidth=3, opacity=0.55)
    ways = ways.encode(
        x=theme.across("x_a"), x2="x_b", y=theme.down("line"), color=_colour(),
    )  # fmt: skip
    tips = ["full:N", "text:N"]
    old = alt.Chart(placed[placed["x_a"].notna()]).mark_point(
        filled=True, fill="white", stroke=theme.EDGE, strokeWidth=1.4, size=50, opacity=1
    )
    new = alt.Chart(placed[placed["x_b"].notna()]).mark_circle(
        size=64, opacity=1, stroke=theme.EDGE, strokeWidth=0.5
    )
    return [
        ways,
        old.encode(x=theme.across("x_a"), y=theme.down("line"), tooltip=tips),
        new.encode(
            x=theme.across("x_b"),
            y=theme.down("line"),
            fill=alt.Fill("colour:N", scale=None),
            tooltip=tips,
        ),
    ]


def _colour() -> alt.Color:
    return alt.Color("colour:N", scale=None)


def _heads(placed: pd.DataFrame, sides: tuple[str, str], top: float) -> list[Any]:
    """Name the periods above the dots of the first row that has both, apart from one another."""
    both = placed[placed["x_a"].notna() & placed["x_b"].notna()].head(1)
    if both.empty or both.index[0] != 0:
        return []
    at = {"a": float(both["x_a"].iloc[0]), "b": float(both["x_b"].iloc[0])}
    order = sorted(at, key=lambda side: at[side])
    texts = dict(zip("ab", sides, strict=True))
    ends = {order[0]: "right", order[1]: "left"}
    middle = sum(at.values()) / 2
    shift = {order[0]: middle - 3 - at[order[0]], order[1]: middle + 3 - at[order[1]]}
    # Where dots lie side by side, each name runs away from the other.
    wide = sum(fonts.width(text, theme.SMALL) for text in sides) / 2 + 8
    if at[order[1]] - at[order[0]] > wide:
        ends, shift = dict.fromkeys(at, "center"), dict.fromkeys(at, 0.0)
    return [
        theme.label(
            pd.DataFrame({"x": [at[s] + shift[s]], "y": [top - 4], "text": [texts[s]]}),
            "x", "y", "text", align=ends[s], color=theme.SOFT,
        )
        for s in at
    ]  # fmt: skip
