"""Rankings: each area's rank over the readings of the rules, and apart from them over weights."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.assessment import Variation
from h1224lib.assessment.telling_readings import tell_ranges
from h1224lib.charts import fonts, rows, theme
from h1224lib.charts.assessment import NAMES, name_rows, open_page

STEP, COLUMN = 28.0, 44.0
# Half of a bar that is one rank long.
HALF = 5.0
# Below the middle of a row: what other weights would do.
BELOW = 10.0
KEY = ("extremes", "range", "median", "nominal", "weights")
GLYPH, GAP = 16.0, 9.0


def rank_ranges(variation: Variation, lang: str = "zh") -> Any:
    """Draw each area's rank, its range over readings of the rules, and over other weights.

    Parameters
    ----------
    variation : Variation
        As `vary` returns it; ranks, 1 is the best.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        A row an area, in the order of the nominal ranks. Over the rules: a line from the best to
        the worst rank, a bar from 5 % to 95 %, a stroke at the median, a diamond at the nominal
        rank. Below it, over weights drawn at random: a line from 5 % to 95 %.
    """
    readings = variation.rules.readings[["rule", "not_applicable"]].drop_duplicates()
    page = open_page(
        variation.sheet,
        tell_ranges(variation),
        "ranges",
        lang,
        readings=len(readings),
        rule=variation.rule.label.say(lang),
        treatment=variation.treatment.label.say(lang),
        spread=variation.spread,
    )
    table = variation.table
    layers: list[Any] = []
    bottom = page.top
    if len(table):
        layers, bottom = _draw_rows(name_rows(table, variation.sheet, lang), page.top, lang)
    told = " ".join(f.say(lang) for f in variation.findings[:3])
    return page.finish(layers, bottom, told, table)


def _draw_rows(table: pd.DataFrame, top: float, lang: str) -> tuple[list[Any], float]:
    """Lay the rows out in pixels: the key, names, ranges, ranks in figures."""
    left, right = NAMES + 14, theme.WIDTH - 2 * COLUMN - 22
    step = (right - left) / max(len(table) - 1, 1)
    start = top + 16 + 2 * theme.LINE
    placed = rows.place(table, start, NAMES, STEP)
    for name in ("nominal", "median", "best", "worst", "rank_low", "rank_high",
                 "rank_low_weights", "rank_high_weights"):  # fmt: skip
        placed[name + "_x"] = left + (placed[name].astype("float64") - 1) * step
    bottom = start + len(placed) * float(placed["step"].iloc[0])
    ranks = range(1, len(table) + 1, max(1, len(table) // 20))
    at = [left + (rank - 1) * step for rank in ranks]
    texts = [
        rows.ticks(at, [str(rank) for rank in ranks], bottom + 6),
        theme.label(placed, "edge", "name_line", "name", align="right", fontWeight="bold"),
        *_write_ranks(placed, start, lang),
    ]
    grid = rows.upright(at, start, bottom)
    return [grid, *_draw_key(top + 6, lang), *_draw_ranges(placed), *texts], bottom + 14


def _draw_ranges(placed: pd.DataFrame) -> list[alt.Chart]:
    """Draw the line, bar, stroke and diamond of each row, and the line of other weights."""
    ranked = placed[placed["rank_low"].notna()]
    spans = ranked.assign(
        from_x=ranked["rank_low_x"] - HALF, to_x=ranked["rank_high_x"] + HALF,
        high=ranked["line"] - HALF, low=ranked["line"] + HALF,
    )  # fmt: skip
    weighed = placed[placed["rank_low_weights"].notna()]
    other = weighed.assign(
        from_x=weighed["rank_low_weights_x"] - HALF, to_x=weighed["rank_high_weights_x"] + HALF,
        line=weighed["line"] + BELOW,
    )  # fmt: skip
    named = placed[placed["nominal"].notna()]
    return [
        _draw_line(spans, "best_x", "worst_x"),
        *_draw_ends(spans),
        _draw_bar(spans),
        _draw_median(ranked.assign(high=ranked["line"] - 9, low=ranked["line"] + 8.5)),
        _draw_line(other, "from_x", "to_x", color=theme.AHEAD, strokeWidth=2),
        _draw_nominal(named, "nominal_x"),
    ]


def _draw_line(data: pd.DataFrame, start: str, stop: str, **mark: Any) -> alt.Chart:
    look = {"color": theme.EDGE, "strokeWidth": 1.25, **mark}
    drawn = alt.Chart(data).mark_rule(**look)
    return drawn.encode(x=theme.across(start), x2=stop, y=theme.down("line"))


def _draw_ends(spans: pd.DataFrame) -> list[alt.Chart]:
    """Close the line from the best to the worst rank at both ends."""
    ends = spans.assign(high=spans["line"] - 3, low=spans["line"] + 3)
    look: dict[str, Any] = {"color": theme.EDGE, "strokeWidth": 1.25}
    return [
        alt.Chart(ends)
        .mark_rule(**look)
        .encode(x=theme.across(end), y=theme.down("high"), y2="low")
        for end in ("best_x", "worst_x")
    ]


def _draw_bar(spans: pd.DataFrame) -> alt.Chart:
    drawn = alt.Chart(spans).mark_rect(fill=theme.EVEN, stroke=theme.EDGE, strokeWidth=0.5)
    return drawn.encode(x=theme.across("from_x"), x2="to_x", y=theme.down("high"), y2="low")


def _draw_median(data: pd.DataFrame) -> alt.Chart:
    drawn = alt.Chart(data).mark_rule(color=theme.INK, strokeWidth=2)
    return drawn.encode(x=theme.across("median_x"), y=theme.down("high"), y2="low")


def _draw_nominal(data: pd.DataFrame, x: str) -> alt.Chart:
    drawn = alt.Chart(data).mark_point(
        shape="diamond", size=46, filled=True, fill="white", stroke=theme.INK, opacity=1
    )
    return drawn.encode(x=theme.across(x), y=theme.down("line"))


def _write_ranks(placed: pd.DataFrame, start: float, lang: str) -> list[alt.Chart]:
    """Write both ranges in figures on the right, with a head above each."""
    side = theme.WIDTH - 2 * COLUMN
    columns = (("range", "rank_low", "rank_high"), ("extremes", "best", "worst"))
    drawn = []
    for at, (name, low, high) in enumerate(columns):
        centre = side + (at + 0.5) * COLUMN
        texts = [
            _word_range(a, b, lang) if at == 0 or pd.notna(a) else ""
            for a, b in zip(placed[low], placed[high], strict=True)
        ]
        told = placed.assign(x=centre, text=texts)
        head = fonts.balance_lines(
            wording.say(f"chart.ranges_{name}", lang), COLUMN - 2, theme.SMALL
        )
        lines = head.count("\n")
        heads = pd.DataFrame([{"x": centre, "y": start - 6 - lines * theme.LINE, "text": head}])
        drawn += [
            theme.label(heads, "x", "y", "text", align="center", color=theme.SOFT),
            theme.label(told, "x", "line", "text", align="center"),
        ]
    return drawn


def _word_range(low: Any, high: Any, lang: str) -> str:
    if pd.isna(low):
        return wording.say("chart.ranges_none", lang)
    return str(low) if low == high else f"{low}–{high}"


def _draw_key(line: float, lang: str) -> list[alt.Chart]:
    """Draw what each sign means, above the rows."""
    words = [wording.say(f"chart.ranges_{name}", lang) for name in KEY]
    left, signs = 1.0, []
    for name, word in zip(KEY, words, strict=True):
        signs.append({"name": name, "x": left, "to": left + GLYPH, "middle": left + GLYPH / 2,
                      "word_x": left + GLYPH + 4, "line": line, "high": line - HALF,
                      "low": line + HALF, "text": word})  # fmt: skip
        left += GLYPH + 4 + fonts.width(word, theme.SMALL) + GAP
    key = pd.DataFrame(signs)
    key["best_x"], key["from_x"] = key["x"], key["x"]
    key["worst_x"], key["to_x"], key["median_x"] = key["to"], key["to"], key["middle"]
    of = {name: key[key["name"] == name] for name in KEY}
    return [
        _draw_line(of["extremes"], "best_x", "worst_x"),
        *_draw_ends(of["extremes"]),
        _draw_bar(of["range"]),
        _draw_median(of["median"]),
        _draw_nominal(of["nominal"], "middle"),
        _draw_line(of["weights"], "x", "to", color=theme.AHEAD, strokeWidth=2),
        theme.label(key, "word_x", "line", "text"),
    ]
