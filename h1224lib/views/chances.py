"""Chances: the odds of a page's cells, and how far they may be trusted."""

from __future__ import annotations

import pandas as pd

from h1224lib import wording
from h1224lib.findings import Finding
from h1224lib.hierarchy import inside
from h1224lib.odds import Odds
from h1224lib.odds.stored import read_calibration
from h1224lib.odds.telling import round_chance, round_likelihood, sort_cells, tell_trust
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress.ranks import find_ranked
from h1224lib.provenance import list_marks
from h1224lib.views.view import View, tell_lacking

_CHANCE = ["probability", "likelihood", "note"]
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
        unit), pace_so_far and pace_needed (a quarter; with less than a quarter left, needed and
        days_left instead), probability (in whole percent; below 1 and above 99 % as 0 and 1),
        likelihood (in steps of 5 %, which pages word), note (why a cell is not ranked; these
        come last); without rows where there are no odds. `odds` has the numbers themselves.
    """
    state = odds.state
    rows = odds.table[(odds.table["measure"] == state.measure) & odds.table["probability"].notna()]
    if by is None:
        table = rows[(rows[list(DIMENSIONS)] != "all").sum(axis=1) <= 1]
        return View(_keep(odds, table, by), odds.findings)
    lacking = tell_lacking(state.plan, [by, *within])
    for dimension in DIMENSIONS:
        part = rows[dimension] != "all"
        rows = rows[part if dimension == by else rows[dimension] == within.get(dimension, "all")]
    if lacking:
        return View(findings=lacking)
    if rows.empty:
        return View.without_rows("chances_none")
    return View(_keep(odds, rows, by), [_tell(odds, by, rows)])


def _keep(odds: Odds, rows: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Lay cells out: the whole, areas, industries, the least likely first; the unranked last."""
    ranked, notes = _find_ranked(odds, rows, by), _note(odds, rows, by)
    parts = rows[list(DIMENSIONS)] != "all"
    keys = pd.DataFrame({"level": parts @ [1, 2, 4], "apart": ~ranked, "odds": rows["probability"]})
    rows = rows.assign(
        likelihood=rows["probability"].map(round_likelihood),
        probability=rows["probability"].map(round_chance),
        note=notes,
    )
    rows = rows.loc[keys.sort_values(["level", "apart", "odds"], kind="stable").index]
    # Near the end there is no whole quarter left to set a pace for: so many, in so many days.
    paces = ["pace_needed"] if rows["pace_needed"].notna().any() else ["needed", "days_left"]
    shown = ["target", "actual", "pace_so_far", *paces, "low", "high", *_CHANCE]
    columns = ["measure", *DIMENSIONS, "horizon", "unit", *shown, *list_marks(rows)]
    return rows[columns].rename(columns=_ENDS).reset_index(drop=True)


def _find_ranked(odds: Odds, rows: pd.DataFrame, by: str | None) -> pd.Series:
    """Mark the cells that stand beside one another in a ranking of the dimension listed."""
    # Under one area, its industries are not ranked as areas are.
    cells = rows if by in (None, "area") else rows.assign(area="all")
    return pd.Series(find_ranked(cells, odds.state.plan), index=rows.index)


def _note(odds: Odds, rows: pd.DataFrame, by: str | None) -> list[str]:
    """Say beside each cell that is not ranked why it is not."""
    plan = odds.state.plan
    within = rows[[by] if by else list(DIMENSIONS)]
    within = within.apply(lambda codes: codes.isin(inside(plan, str(codes.name)))).any(axis=1)
    keys = ["of_which" if w else "" if r else "unranked"
            for w, r in zip(within, _find_ranked(odds, rows, by), strict=True)]  # fmt: skip
    return [_remark(f"chances_{key}") if key else "" for key in keys]


def _remark(key: str) -> str:
    return f"{wording.say(key, 'zh')} ({wording.say(key, 'en')})"


def _tell(odds: Odds, by: str, rows: pd.DataFrame) -> Finding:
    """Sort the cells by their odds, those that are not ranked apart."""
    ranked = _find_ranked(odds, rows, by)
    return sort_cells(odds, rows[ranked], rows[~ranked], by)


def list_worst_coverage(odds: Odds) -> View:
    """List how seldom 80 % intervals held in simulations, at the worst quarter to forecast from.

    Parameters
    ----------
    odds : Odds
        Whether it has odds of what its plan is about.

    Returns
    -------
    View
        `table`: simulator, level (single areas or the whole), worst_coverage (a share, of the
        forecasts after the quarter in which it was smallest), cut (that quarter), cases (of
        these forecasts); without rows where there are no odds.
    """
    rows = odds.table[odds.table["measure"] == odds.state.measure]
    if rows["probability"].isna().all():
        return View()
    table = read_calibration()
    held = table[(table["quantity"] == "coverage") & (table["at"] == 0.8)]
    held = held.rename(columns={"value": "worst_coverage"})
    kept = held[["simulator", "level", "worst_coverage", "cut", "cases"]].reset_index(drop=True)
    return View(kept, [tell_trust()])
