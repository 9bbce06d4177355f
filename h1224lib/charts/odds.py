"""Odds: where each count may end, and how far such odds may be trusted."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import pages, theme
from h1224lib.charts import rows as lines
from h1224lib.hierarchy import inside
from h1224lib.odds import Odds
from h1224lib.odds.calibration import CUTS, RUNS, SEED
from h1224lib.odds.simulators import SIMULATORS
from h1224lib.odds.stored import read_calibration
from h1224lib.odds.telling import QUALIFIED, tell_areas, tell_even, tell_trust, tell_whole
from h1224lib.plan.model import Plan
from h1224lib.progress.ranks import find_ranked
from h1224lib.provenance import name_rules

ODDS = 74.0
# Beyond this share of the target, lines end at the edge.
FAR = 2.0
GAP, SIDES, PLOT = 28.0, (26.0, 12.0), 104.0
PANELS = 3  # a row


def odds_bars(odds: Odds, lang: str = "zh") -> Any:
    """Draw what each area has reached, where it may end, and the chance of reaching its target.

    Parameters
    ----------
    odds : Odds
        As `forecast` returns it; counts are drawn as shares of their target.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        The whole first, then the areas that are assessed from the least likely to the likeliest,
        then the others; solid what is reached, a line what is forecast. Areas without
        odds are named, with the reason.
    """
    state = odds.state
    finding = tell_whole(odds)
    rows = _rows(odds, lang)
    trust = [said.say(lang) for said in (*tell_even(odds), tell_trust())]
    drawn = rows["expected_share"].notna()
    about = {
        "odds": bool(drawn.any()),
        "ceiling": bool((rows["why"] == "ceiling").all()),
        "apart": bool((~find_ranked(rows, state.plan) & (rows["area"] != "all")).any()),
        "far": FAR if (rows[["actual_share", "high_share"]] > FAR).any(axis=None) else None,
    }
    notes = [wording.say("chart.odds_note", lang, **about), *(trust if about["odds"] else [])]
    page = pages.of_state(state, finding, "chart.odds", lang, notes, level=odds.level, **about)
    layers, bottom = _draw(rows, page.top, lang)
    told = " ".join(f.say(lang) for f in (finding, *tell_areas(odds)))
    shown = ["area", "target", "actual", "expected", "low", "high", "probability", "why"]
    return page.finish(layers, bottom, told, rows[shown].assign(**name_rules(state.table)))


def _rows(odds: Odds, lang: str) -> pd.DataFrame:
    """Return the whole and the areas, as shares of their targets and in words."""
    plan = odds.state.plan
    rows = odds.table[odds.table["measure"] == odds.state.measure]
    rows = rows[(rows["industry"] == "all") & (rows["project_type"] == "all")]
    whole = rows["area"] == "all"
    ranked = find_ranked(rows, plan)
    areas = rows[~whole & ranked].sort_values("probability", kind="stable", na_position="last")
    order = {code: at for at, code in enumerate(plan.areas.index)}
    apart = rows[~whole & ~ranked].sort_values("area", key=lambda codes: codes.map(order))
    rows = pd.concat([rows[whole], areas, apart]).reset_index(drop=True)
    names = _names(rows, set(apart["area"]), plan, lang)
    some = rows["target"].where(rows["target"] > 0)
    for name in ("actual", "expected", "low", "high"):
        rows[f"{name}_share"] = (rows[name] / some).astype("float64")
    text = [
        _word(row.why, row.probability, lang)
        for row in rows[["why", "probability"]].itertuples(index=False)
    ]
    return rows.assign(name=names, text=text)


def _names(rows: pd.DataFrame, apart: set[str], plan: Plan, lang: str) -> list[str]:
    """Name the areas; parts "of which" and those without a rank say so."""
    names = []
    within = inside(plan, "area")
    for code in rows["area"]:
        name = plan.label("area", code, lang)
        key = "odds_of_which" if code in within else "odds_unranked" if code in apart else ""
        names.append(wording.say(f"chart.{key}", lang, name=name) if key else name)
    return names


def _word(why: str, probability: Any, lang: str) -> str:
    """Word a chance, or why there is none; of what is reached for now, that it is kept."""
    if pd.isna(probability) or (why and why not in QUALIFIED):
        return wording.say("chart.odds_why", lang, why=why)
    said = wording.say("odds_likelihood", lang, p=float(probability))
    kept = why == "reached_so_far"
    return wording.say("chart.odds_kept", lang, likelihood=said) if kept else said


def _draw(rows: pd.DataFrame, top: float, lang: str) -> tuple[list[Any], float]:
    """Lay the rows out in pixels: names, solid bars, light lines, targets, chances."""
    left = lines.measure_names(rows["name"])
    most = min(max([1.1, *rows["high_share"].dropna(), *rows["actual_share"].dropna()]), FAR)
    scale = (theme.WIDTH - ODDS - left) / (most * 1.03)
    placed = lines.place(rows, top, left).assign(side=theme.WIDTH - ODDS + 8)
    for name in ("actual", "expected", "low", "high"):
        placed[f"{name}_x"] = left + placed[f"{name}_share"].clip(upper=most) * scale
    bottom = top + float(placed["step"].iloc[0]) * len(placed)
    coming = placed[placed["expected_share"].notna()]
    intervals = (
        alt.Chart(coming)
        .mark_rule(color=theme.INK, strokeWidth=2)
        .encode(x=theme.across("low_x"), x2="high_x", y=theme.down("line"))
    )
    points = (
        alt.Chart(coming)
        .mark_point(
            shape="diamond", size=46, filled=True, fill="white", stroke=theme.INK, opacity=1
        )
        .encode(x=theme.across("expected_x"), y=theme.down("line"), tooltip=["full:N", "text:N"])
    )
    halves = [i * 0.5 for i in range(int(most / 0.5) + 1)]
    texts = [lines.name_share(half, lang) for half in halves]
    reached = placed[placed["actual_share"].notna()]
    layers = [
        lines.bars(reached, "actual_x", fill=theme.EDGE, stroke=None),
        lines.upright([left + scale], top, bottom, color=theme.INK, strokeWidth=1.5),
        intervals,
        points,
        *lines.write(placed),
        lines.ticks([left + half * scale for half in halves], texts, bottom + 7),
    ]
    return layers, bottom + 14


def calibration_curve(lang: str = "zh") -> Any:
    """Draw predicted chances against how often they came true, one panel a simulator.

    Parameters
    ----------
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        From the stored table of `calibrate`: dots for single areas, diamonds for the whole; on
        the dashed line the two are equal. Below each panel, how often 80 % intervals held,
        at the worst quarter to forecast from and at the best.
    """
    table = read_calibration()
    trust = tell_trust()
    page = theme.Page(
        title=wording.say("chart.calibration_title", lang, **trust.worded(lang)),
        subtitle=wording.say("chart.calibration", lang, runs=RUNS, cuts=len(CUTS)),
        source=theme.word_source(wording.say("chart.calibration_source", lang, seed=SEED), lang),
        notes=[wording.say("chart.calibration_note", lang)],
    )
    panels = _panels(lang, page.top, table)
    points = _points(table, panels)
    layers = [*_frames(panels, lang), *_marks(points, lang)]
    shown = ["simulator", "level", "at", "predicted", "reliability", "cases"]
    return page.finish(layers, float(panels["foot"].max()) + 6, trust.say(lang), points[shown])


def _panels(lang: str, top: float, table: pd.DataFrame) -> pd.DataFrame:
    """Place a panel for each simulator, with its name and how often intervals held."""
    width = (theme.WIDTH - sum(SIDES) - GAP * (PANELS - 1)) / PANELS
    held = table[(table["quantity"] == "coverage_after") & (table["at"] == 0.8)]
    held = held.groupby(["simulator", "level"])["value"].agg(["min", "max"])
    rows = []
    for i, name in enumerate(SIMULATORS):
        left = SIDES[0] + (i % PANELS) * (width + GAP)
        start = top + (i // PANELS) * (PLOT + 44) + 12
        share = {
            f"{level}_{said}": float(held.loc[(name, level), end])
            for level in ("area", "city")
            for said, end in (("low", "min"), ("high", "max"))
        }
        rows.append(
            {
                "simulator": name,
                "left": left,
                "right": left + width,
                "top": start,
                "bottom": start + PLOT,
                "name": wording.say(f"odds_simulator.{name}", lang),
                "head": start - 7,
                "held": wording.say("chart.calibration_held", lang, **share),
                "foot": start + PLOT + 20,
            }
        )
    return pd.DataFrame(rows)


def _points(table: pd.DataFrame, panels: pd.DataFrame) -> pd.DataFrame:
    """Return each tenth's predicted chance and how often it came true, in pixels."""
    keys = ["simulator", "level", "at", "cases"]
    chosen = table[table["quantity"].isin(["predicted", "reliability"])]
    wide = chosen.pivot(index=keys, columns="quantity", values="value").reset_index()
    wide = wide.merge(panels, on="simulator")
    across = wide["left"] + wide["predicted"] * (wide["right"] - wide["left"])
    up = wide["bottom"] - wide["reliability"] * (wide["bottom"] - wide["top"])
    total = wide.groupby(["simulator", "level"])["cases"].transform("sum")
    return wide.assign(x=across, y=up, size=14 + 160 * wide["cases"] / total)


def _frames(panels: pd.DataFrame, lang: str) -> list[Any]:
    """Draw the panels' edges, the line on which all would lie, names and numbers."""
    edges = alt.Chart(panels).mark_rect(fill="white", stroke=theme.GRID).encode(**theme.corners())
    equal = (
        alt.Chart(panels)
        .mark_rule(color=theme.EDGE, strokeDash=[3, 3])
        .encode(x=theme.across("left"), x2="right", y=theme.down("bottom"), y2="top")
    )
    ticks = [
        {
            "x": p["left"] + s * (p["right"] - p["left"]),
            "y": p["bottom"] + 7,
            "text": lines.name_share(s, lang),
        }
        for p in panels.to_dict("records")
        for s in (0.0, 0.5, 1.0)
    ]
    sides = [
        {"x": p["left"] - 4, "y": p["bottom"] - s * PLOT, "text": lines.name_share(s, lang)}
        for p in panels[panels["left"] == panels["left"].min()].to_dict("records")
        for s in (0.0, 0.5, 1.0)
    ]
    soft = theme.SOFT
    return [
        edges,
        equal,
        theme.label(panels, "left", "head", "name", fontWeight="bold"),
        theme.label(panels, "left", "foot", "held"),
        theme.label(pd.DataFrame(ticks), "x", "y", "text", align="center", color=soft),
        theme.label(pd.DataFrame(sides), "x", "y", "text", align="right", color=soft),
    ]


def _marks(points: pd.DataFrame, lang: str) -> list[Any]:
    """Draw areas as dots, the whole as diamonds above them, larger where more frequent."""
    drawn = []
    for level, shape, colour in (
        ("area", "circle", theme.EDGE),
        ("city", "diamond", theme.INK),
    ):
        rows = points[points["level"] == level]
        mark = alt.Chart(rows).mark_point(
            shape=shape, filled=level == "area", color=colour, opacity=1
        )
        size = alt.Size("size:Q", scale=None)
        tooltip = [
            alt.Tooltip(
                f"{name}:Q", title=wording.say(f"chart.calibration_{name}", lang), format=form
            )
            for name, form in (("predicted", ".0%"), ("reliability", ".0%"), ("cases", "d"))
        ]
        drawn.append(
            mark.encode(x=theme.across("x"), y=theme.down("y"), size=size, tooltip=tooltip)
        )
    return drawn
