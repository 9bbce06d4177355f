"""Funnels: how many projects reached each stage, and how many days lie between stages."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.charts import grids, pages, rows, theme
from h1224lib.composition import follow_stages
from h1224lib.findings import Finding
from h1224lib.ledger.vocabulary import list_fields
from h1224lib.progress import State
from h1224lib.provenance import name_rules

# Between two stages there is a line of text: what the step took, and who still waits.
STEP, HEAD, BETWEEN = 36.0, 16.0, 8.0
NUMBERS = 40.0
COLUMNS = ["project_type", "stage", "reached", "conversion", "pairs", "days_q1", "days_median",
           "days_q3", "waiting", "waiting_median"]  # fmt: skip


def stage_funnel(state: State, lang: str = "zh") -> Any:
    """Draw how many projects of each type reached each stage, with the days in between.

    Parameters
    ----------
    state : State
        Its first ledger is followed.
    lang : str
        ``zh`` or ``en``.

    Returns
    -------
    altair.LayerChart
        A block a type: a bar a stage, and between two bars the share that went on, the median
        days it took, and how many still wait. An empty page where no ledger is given.
    """
    source = theme.word_source(state.cite(lang), lang)
    if not state.counts:
        return grids.nothing(Finding("projects_no_ledger"), source, lang)
    found = follow_stages(state.counts[0])
    finding = _choose(found.findings)
    if found.table.empty:
        return grids.nothing(finding, source, lang)
    table = _word(found.table, state, lang)
    notes = [wording.say("chart.funnel_note", lang)]
    page = pages.of_state(state, finding, "chart.funnel", lang, notes)
    layers, bottom = _draw(table, page.top)
    told = " ".join(f.say(lang) for f in found.findings)
    data = table[COLUMNS].assign(**name_rules(state.table))
    return page.finish(layers, bottom, told, data)


def _choose(findings: list[Finding]) -> Finding:
    """Return what is said of the type with the most projects."""
    return max(findings, key=lambda f: f.numbers.get("first", 0))


def _word(table: pd.DataFrame, state: State, lang: str) -> pd.DataFrame:
    """Add the names of stages and types, and what is said of each step."""
    fields = list_fields()
    rows_ = table.reset_index(drop=True).assign(
        name=[wording.say("chart.funnel_stage", lang, stage=fields[str(s)].label.say(lang))
              for s in table["stage"]],
        head=[state.plan.label("project_type", str(t), lang) for t in table["project_type"]],
        text=[wording.number(n) for n in table["reached"]],
        colour=theme.DEPTHS[1],
    )  # fmt: skip
    said = []
    for row in rows_.to_dict("records"):
        numbers = {n: None if pd.isna(row[n]) else float(row[n]) for n in COLUMNS[2:]}
        first = numbers["conversion"] is None and numbers["waiting"] is None
        said.append("" if first else wording.say("chart.funnel_step", lang, **numbers))
    return rows_.assign(step_text=said)


def _draw(table: pd.DataFrame, top: float) -> tuple[list[Any], float]:
    """Lay out a block a type, one below the other, all bars on one scale."""
    left = rows.measure_names(table["name"])
    most = float(table["reached"].max())
    scale = (theme.WIDTH - NUMBERS - left) / (most or 1.0)
    layers: list[Any] = []
    for _, own in table.groupby("head", sort=False):
        head = pd.DataFrame({"x": [0.0], "y": [top + 6], "text": [own["head"].iloc[0]]})
        layers.append(theme.label(head, "x", "y", "text", fontWeight="bold"))
        # The first stage has no step before it.
        placed = rows.place(own, top + HEAD - BETWEEN, left, STEP)
        placed["end"] = left + placed["reached"].astype("float64") * scale
        placed["side"], placed["between"] = placed["end"] + 5, placed["line"] - STEP / 2
        layers += [
            rows.bars(placed, "end"),
            theme.label(placed, "edge", "name_line", "name", align="right"),
            theme.label(placed, "side", "line", "text", fontWeight="bold"),
            theme.label(placed, "start", "between", "step_text", color=theme.SOFT),
        ]
        top = float(placed["line"].iloc[-1]) + BETWEEN * 2
    return layers, top - BETWEEN
