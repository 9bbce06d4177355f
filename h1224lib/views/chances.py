"""Chances: the odds of a page's cells, and how far they may be trusted."""

from __future__ import annotations

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.hierarchy import inside
from h1224lib.labels import name_code
from h1224lib.odds import Odds
from h1224lib.odds.stored import read_calibration
from h1224lib.odds.telling import LIKELY, UNLIKELY, tell_trust
from h1224lib.plan.model import DIMENSIONS
from h1224lib.provenance import list_marks
from h1224lib.views.view import View, tell_lacking

_SHOWN = ["target", "actual", "pace_so_far", "pace_needed", "low", "high", "probability",
          "likelihood"]  # fmt: skip
# The ends of an interval, not those of a range of figures.
_ENDS = {"low": "interval_low", "high": "interval_high"}


def list_chances(odds: Odds, by: str | None = None, **within: str) -> View:
    """List the cells of which there are odds, the least likely first.

    Parameters
    ----------
    odds : Odds
        Of what its plan is about.
    by : str, optional
        The dimension whose cells are listed; by default areas and industries under the whole.
    **within
        Dimension -> code of which they are the cells.

    Returns
    -------
    View
        `table`: the dimensions, target, actual, interval_low, interval_high (in the measure's
        unit), pace_so_far and pace_needed (a quarter), probability, likelihood (the same, which
        pages word); without rows where there are no odds.
    """
    state = odds.state
    rows = odds.table[(odds.table["measure"] == state.measure) & odds.table["probability"].notna()]
    if by is None:
        table = _keep(rows[(rows[list(DIMENSIONS)] != "all").sum(axis=1) <= 1])
        return View(table, odds.findings)
    lacking = tell_lacking(state.plan, [by, *within])
    for dimension in DIMENSIONS:
        part = rows[dimension] != "all"
        rows = rows[part if dimension == by else rows[dimension] == within.get(dimension, "all")]
    if lacking or rows.empty:
        return View(findings=lacking or [Finding("chances_none", "note")])
    return View(_keep(rows), [_tell(odds, by, rows)])


def _keep(rows: pd.DataFrame) -> pd.DataFrame:
    # The whole, then areas, then industries, the least likely first.
    parts = rows[list(DIMENSIONS)] != "all"
    keys = pd.DataFrame({"level": parts @ [1, 2, 4], "odds": rows["probability"]})
    rows = rows.loc[keys.sort_values(["level", "odds"], kind="stable").index]
    rows = rows.assign(likelihood=rows["probability"])
    columns = ["measure", *DIMENSIONS, "horizon", "unit", *_SHOWN, *list_marks(rows)]
    return rows[columns].rename(columns=_ENDS).reset_index(drop=True)


def _tell(odds: Odds, by: str, rows: pd.DataFrame) -> Finding:
    """Sort the cells by their odds, in the words that areas have."""
    plan = odds.state.plan
    own = rows[~rows[by].isin(inside(plan, by))]
    p, reached = own["probability"].astype("float64"), own["why"] == "reached"
    groups = {
        "reached": reached,
        "likely": ~reached & (p >= LIKELY),
        "open": ~reached & (p > UNLIKELY) & (p < LIKELY),
        "unlikely": ~reached & (p <= UNLIKELY),
    }
    named = {n: [name_code(plan, by, str(c)) for c in own.loc[m, by]] for n, m in groups.items()}
    return Finding("odds_areas", "note", {**named, "of": len(own), "unknown": 0})


def list_trust(odds: Odds) -> View:
    """List how often 80 % intervals held in simulations, where there are odds at all.

    Parameters
    ----------
    odds : Odds
        Whether it has odds of what its plan is about.

    Returns
    -------
    View
        `table`: simulator, level (single areas or the whole), coverage (a share), cases.
    """
    rows = odds.table[odds.table["measure"] == odds.state.measure]
    if rows["probability"].isna().all():
        return View(findings=[Finding("chances_none", "note")])
    table = read_calibration()
    held = table[(table["quantity"] == "coverage") & (table["at"] == 0.8)]
    held = held.rename(columns={"value": "coverage"})
    kept = held[["simulator", "level", "coverage", "cases"]].reset_index(drop=True)
    return View(kept, [tell_trust()])
