"""Matrices: which kinds of investor came for which directions, and where nobody did (招商图谱)."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from h1224lib import wording
from h1224lib.charts import grids, pages, rows, theme
from h1224lib.composition import match_investors
from h1224lib.findings import Finding
from h1224lib.labels import name_code
from h1224lib.progress import State
from h1224lib.provenance import name_rules

ROW = 20
LABELS = 150.0


def investor_matrix(state: State, lang: str = "zh", industry: str = "all") -> Any:
    """Draw the projects that count by direction and kind of investor, empty cells hollow.

    Parameters
    ----------
    state : State
        Its first ledger is counted.
    lang : str
        ``zh`` or ``en``.
    industry : str
        Whose directions; of ``all``, a row an industry instead.

    Returns
    -------
    altair.LayerChart
        A cell without a project is hollow and empty: nobody came. An empty page where no ledger
        is given, or names no kind of investor.
    """
    source = theme.word_source(state.cite(lang), lang)
    if not state.counts:
        return grids.nothing(Finding("projects_no_ledger"), source, lang)
    found = match_investors(state.counts[0])
    if not (found.table.loc[found.table["investor_kind"] != "", "projects"] > 0).any():
        return grids.nothing(found.findings[-1], source, lang)
    cells = _cross(found.table, state, lang, industry)
    if cells.empty:
        named = {"industry": name_code(state.plan, "industry", industry)}
        return grids.nothing(Finding("card_no_directions", numbers=named), source, lang)
    named_cells = cells[(cells["direction"] != "") & (cells["investor_kind"] != "")]
    numbers = {"cells": len(named_cells), "empty": int((named_cells["projects"] == 0).sum())}
    finding = Finding("investors_cells" if industry != "all" else "investors_industries",
                      "note", numbers)  # fmt: skip
    about = {"industry": state.plan.label("industry", industry, lang), "split": industry != "all"}
    if industry == "all":
        about["industry"] = ""
    shared = bool((cells["projects"] % 1 > 0).any())
    notes = [wording.say("chart.matrix_note", lang, shared=shared)]
    page = pages.of_state(state, finding, "chart.matrix", lang, notes, **about)
    labels = rows.measure_names(cells["row"], LABELS) + 6
    placed, names, bottom = grids.place_cells(cells, page.top, row=ROW, most=labels)
    top = cells[cells["projects"] > 0].sort_values("projects", ascending=False, kind="stable")
    items = [f"{r.row} {r.column} {r.shown}" for r in top.head(5).itertuples(index=False)]
    described = wording.say("chart.largest_cells", lang, opening=finding.say(lang), items=items)
    columns = ["industry", "direction", "investor_kind", "projects"]
    data = cells[columns].assign(**name_rules(state.table))
    return page.finish([*_draw(placed), *names], bottom, described, data)


def _cross(table: pd.DataFrame, state: State, lang: str, industry: str) -> pd.DataFrame:
    """Return a cell for each row and kind; kinds and rows that nobody is left in are dropped."""
    table = table.astype({"projects": "float64"})
    if industry == "all":
        keys = ["industry", "investor_kind", f"kind_{lang}"]
        table = table.groupby(keys, sort=False, as_index=False)["projects"].sum()
        table["direction"] = table["industry"]
        table["row"] = [state.plan.label("industry", str(i), lang) for i in table["industry"]]
    else:
        table = table[table["industry"] == industry].assign(row=lambda t: t[f"direction_{lang}"])
    # That nobody is left unnamed is no news.
    for name in ("direction", "investor_kind"):
        used = table.groupby(name)["projects"].transform("sum") > 0
        table = table[used | (table[name] != "")]
    lines = {code: at for at, code in enumerate(dict.fromkeys(table["direction"]))}
    columns = {code: at for at, code in enumerate(dict.fromkeys(table["investor_kind"]))}
    return table.assign(
        x=table["investor_kind"].map(columns),
        y=table["direction"].map(lines),
        column=table[f"kind_{lang}"].str[:1].str.upper() + table[f"kind_{lang}"].str[1:],
        shown=[wording.number(round(n, 2)) if n else "" for n in table["projects"]],
    ).reset_index(drop=True)


def _draw(placed: pd.DataFrame) -> list[Any]:
    """Fill cells by their number of projects; what nobody came for stays hollow."""
    most = float(placed["projects"].max()) or 1.0
    placed = placed.assign(shade=placed["projects"] / most)
    some, none = placed[placed["projects"] > 0], placed[placed["projects"] == 0]
    shade = alt.Color("shade:Q", scale=alt.Scale(domain=[0, 1], range=theme.SEQUENCE), legend=None)
    tips = ["row:N", "column:N", "shown:N"]
    layers = [
        alt.Chart(none)
        .mark_rect(fill="white", stroke=theme.BEHIND, strokeWidth=0.8)
        .encode(**theme.corners(), tooltip=tips),
        alt.Chart(some).mark_rect().encode(**theme.corners(), color=shade, tooltip=tips),
    ]
    for part, colour in (
        (some[some["shade"] <= 0.5], theme.INK),
        (some[some["shade"] > 0.5], "white"),
    ):
        layers.append(theme.label(part, "middle", "line", "shown", align="center", color=colour))
    return layers
