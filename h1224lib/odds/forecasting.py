"""The forecast: the odds of meeting each target, by area, by industry and for the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.findings import Finding
from h1224lib.hierarchy import inside
from h1224lib.odds.counts import Outlook
from h1224lib.odds.exposure import read_numbers
from h1224lib.odds.levels import Asked, Odd, choose_prior, weigh
from h1224lib.odds.past import Past, Setting, look_back
from h1224lib.odds.rows import list_others, tabulate
from h1224lib.odds.telling import tell
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress import State
from h1224lib.provenance import list_marks
from h1224lib.results import Given

MODEL = ["measure", "by", "cells", "prior", "mean", "spread", "shock"]
# Why a cell has no odds to be worked out.
WHYS = ("not_a_count", "no_target", "dash", "zero", "no_data", "too_early", "ceiling", "reached",
        "reached_so_far", "over", "late")  # fmt: skip
# What has odds all the same.
_RATED = ("", "reached", "reached_so_far", "over", "late")


@dataclass(frozen=True, eq=False)
class Odds:
    """The odds of a plan's targets on one day.

    Attributes
    ----------
    state : State
        What was reached by then.
    table : DataFrame
        One row a cell, the whole first: measure, area, industry, project_type, horizon, unit;
        target, actual, needed, expected, low, high (the final count: its mean, and the interval
        that holds it with probability `level`), all in `unit`; exposure_done and exposure_left
        (target x phased time, in `unit`); pace_so_far and pace_needed (`unit` a quarter, <NA>
        where no whole quarter has gone by, or none is left); days_left (of the horizon);
        probability of reaching the target; why: ``reached`` (for good), ``reached_so_far``
        (withdrawals may take it back), ``over`` (the time, short of the target), ``late`` (over,
        but reports are still due), or why there are no odds: ``not_a_count``, ``no_target``,
        ``dash``, ``zero``, ``no_data``, ``too_early`` (in the first three months), ``ceiling``
        (less is better, so that nothing is to be reached); else ``""``;
        and data_kind, ``synthetic`` in every row, if any result is made up; counting_rule, if a
        ledger was counted.
    model : DataFrame
        One row a measure and level: measure, by, cells, prior (its kind), mean (the common rate,
        1 is on target), spread (how far the cells' rates lie apart), shock (standard deviation).
    setting : Setting
        Season, lag, withdrawals and quarters that were used.
    level : float
        The probability that an interval holds.
    findings : list of Finding
        What a reader should know, in modest words; the first is about the whole.
    """

    state: State
    table: pd.DataFrame
    model: pd.DataFrame
    setting: Setting
    level: float
    findings: list[Finding] = field(default_factory=list)

    def cell(self, measure: str | None = None, **codes: str) -> pd.Series:
        """Return the row of one cell; dimensions that are not named are ``all``."""
        rows = self.table[self.table["measure"] == (measure or self.state.measure)]
        for dimension in DIMENSIONS:
            rows = rows[rows[dimension] == codes.get(dimension, "all")]
        return rows.iloc[0] if len(rows) else pd.Series(dtype=object)


def forecast(
    state: State,
    ledger: Given | None = None,
    *,
    by: Sequence[Sequence[str]] | None = None,
    prior: Asked = "shared",
    shock: float | str | None = "estimate",
    seasonality: str | Sequence[float] | None = None,
    lag: Sequence[float] | State | None = None,
    withdrawals: bool | float = False,
    level: float = 0.8,
) -> Odds:
    """Give the odds of meeting each target that is a count, if the pace goes on as modelled.

    A cell's count over an exposure e (target x phased time) is Poisson with mean `rate * e`; the
    rates of the cells of one level share a gamma prior, learned from all of them; what is to
    come is multiplied by one gamma shock common to all. Sums over cells are convolutions given
    the shock: nothing is drawn at random.

    Parameters
    ----------
    state : State
        Gives targets, actuals and what the schedule puts before its day, in the measure's unit.
    ledger : Ledger, DataFrame or a sequence of them, optional
        What the state was measured from, for past quarters and withdrawals; by default what the
        state keeps.
    by : sequence of lists of str, optional
        Levels below the whole; by default areas, then industries. The whole is the sum of the
        first level's cells.
    prior : ``shared``, ``jeffreys`` or (shape, rate)
        What cells share: `fit_prior`; or nothing, each with Gamma(1/2, 0); or this.
    shock : float, ``estimate`` or None
        Standard deviation of the common shock, up to 0.5; estimated from past quarters; none.
    seasonality : None, ``estimate``, ``15/25/30/30`` or four numbers
        The share of each quarter in a year; None: as the schedule has it, which in ``days`` and
        ``quarters`` is evenly.
    lag : sequence of float, or State, optional
        How complete the last month is, the month before it ...; or a state measured earlier,
        against which that is estimated.
    withdrawals : bool or float
        Let counted projects leave: at the ledger's own rate, or at this rate a quarter.
    level : float
        The probability that an interval holds.

    Returns
    -------
    Odds
        `table`, `model`, `findings`.

    Raises
    ------
    ScheduleError
        Season, lag, withdrawals, shock, prior or level are none, or a season is given where the
        schedule has steps of its own already.

    Notes
    -----
    A. Gelman et al., Bayesian Data Analysis, 3rd ed., 2013, ch. 2 and 5. Shared credit: a
    fraction counts as such in what was reached; what is to come is counted in whole projects.
    Amounts, levels, rates and ceilings get no odds. `docs/methods.md` says where the odds are too
    sure.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), "2019-03-31")
    >>> forecast(state).cell().why
    'not_a_count'
    """
    share = read_numbers([level])
    if share is None or not 0 < share[0] < 1:
        raise ScheduleError("odds_bad_level", found=str(level))
    past = look_back(state, ledger, seasonality, lag, withdrawals, shock)
    levels = [list(dimensions) for dimensions in by or (["area"], ["industry"])]
    tables, models = [], []
    for measure in state.table["measure"].unique():
        made, told = _forecast_measure(str(measure), past, levels, prior, share[0])
        tables.append(made)
        models += told
    table = pd.concat([*tables, list_others(state)], ignore_index=True)
    table = table.assign(**list_marks(state.table))
    odds = Odds(state, table, pd.DataFrame(models, columns=MODEL), past.setting, share[0])
    return Odds(state, table, odds.model, past.setting, share[0], tell(odds))


def _forecast_measure(
    measure: str, past: Past, levels: list[list[str]], prior: Asked, level: float
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Return the rows of one measure, the whole first, and the models behind them."""
    state = past.narrow(measure)
    whole = state.level([], measure)
    if state.plan.measures.at[measure, "kind"] != "count":
        return tabulate(whole.assign(why="not_a_count"), past, {}), []
    taken = [(by, rows) for by in levels if len(rows := _take_level(state, by, measure))]
    table = state.table
    if past.is_early or not ((table["target"] > 0) & table["actual"].notna()).any():
        rows = pd.concat([whole, *(rows for _, rows in taken)])
        return tabulate(rows.assign(why=past.explain(rows)), past, {}), []
    spread = past.spread(measure, whole)
    parts: list[pd.DataFrame] = []
    models: list[dict[str, object]] = []
    for by, rows in taken:
        made, outlook, summed = _forecast_level(rows, past, prior, spread, level, set(by))
        if summed and not models:
            parts.insert(0, _forecast_whole(whole, outlook, summed, past, level))
        parts.append(made)
        models += [_describe(measure, by, outlook, len(summed))] if summed else []
    if not models:
        made, outlook, summed = _forecast_level(whole, past, prior, spread, level, set())
        parts.insert(0, made)
        models += [_describe(measure, [], outlook, len(summed))] if summed else []
    return pd.concat(parts), models


def _take_level(state: State, by: list[str], measure: str) -> pd.DataFrame:
    """Return the cells of a level, then the parts "of which" beside them."""
    cells = state.level(by, measure)
    if not any(inside(state.plan, dimension) for dimension in by):
        return cells
    rows = state.table[state.table["measure"] == measure]
    marks = pd.Series(False, index=rows.index)
    for dimension in DIMENSIONS:
        within = inside(state.plan, dimension) if dimension in by else set()
        marks |= rows[dimension].isin(within)
        wanted = rows[dimension] != "all" if dimension in by else rows[dimension] == "all"
        rows, marks = rows[wanted], marks[wanted]
    return pd.concat([cells, rows[marks]])


def _forecast_level(
    rows: pd.DataFrame, past: Past, prior: Asked, spread: float, level: float, by: set[str]
) -> tuple[pd.DataFrame, Outlook, list[int]]:
    """Return a level's rows with their odds, its outlook, and the cells that are in sums."""
    rows = rows.assign(why=past.explain(rows)).reset_index(drop=True)
    usable = rows["why"].isin(_RATED) & (rows["target"].fillna(0) > 0)
    behind, ahead = past.expose(rows)
    done = rows["actual"].astype("float64").where(usable, 0.0).to_numpy()
    behind, ahead = (np.where(usable, share, 0.0) for share in (behind, ahead))
    within = rows[list(by)].isin(set().union(*(inside(past.state.plan, d) for d in by)))
    summed = np.flatnonzero(usable & ~within.any(axis=1))
    learned = choose_prior(prior, done[summed], behind[summed])
    outlook = Outlook(done, behind, ahead, learned, spread, past.stay)
    found = {
        i: weigh(outlook, [i], float(rows.at[i, "target"]), float(rows.at[i, "actual"]), level)
        for i in map(int, np.flatnonzero(usable))
        if past.can_tell(outlook, i)
    }
    rows["why"] = [
        "no_data" if usable[i] and i not in found else why for i, why in enumerate(rows["why"])
    ]
    return tabulate(rows, past, found), outlook, [int(i) for i in summed]


def _forecast_whole(
    whole: pd.DataFrame,
    outlook: Outlook,
    summed: list[int],
    past: Past,
    level: float,
) -> pd.DataFrame:
    """Return the whole's row: the sum of a level's cells, and of what none of them carries."""
    whole = whole.assign(why=past.explain(whole)).reset_index(drop=True)
    found: dict[int, Odd] = {}
    if len(whole) and whole.at[0, "why"] in _RATED and whole.at[0, "target"] > 0:
        behind, ahead = past.expose(whole)
        rest = [
            float(whole.at[0, "actual"]) - outlook.done[summed].sum(),
            float(behind[0]) - outlook.exposure[summed].sum(),
            float(ahead[0]) - outlook.left[summed].sum(),
        ]
        if rest[0] >= 0 and rest[1] >= 0 and rest[2] > 1e-6 * float(ahead[0]):
            outlook = Outlook(
                np.append(outlook.done, rest[0]),
                np.append(outlook.exposure, rest[1]),
                np.append(outlook.left, rest[2]),
                outlook.prior,
                outlook.spread,
                outlook.stay,
            )
            summed = [*summed, len(outlook.done) - 1]
        target, actual = float(whole.at[0, "target"]), float(whole.at[0, "actual"])
        if summed:
            found[0] = weigh(outlook, summed, target, actual, level)
    return tabulate(whole, past, found)


def _describe(measure: str, by: list[str], outlook: Outlook, cells: int) -> dict[str, object]:
    prior = outlook.prior
    return {
        "measure": measure,
        "by": "+".join(by) or "all",
        "cells": cells,
        "prior": prior.kind,
        "mean": prior.mean,
        "spread": prior.spread,
        "shock": outlook.spread,
    }
