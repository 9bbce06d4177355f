"""Measuring: the state of a plan on one day, from results, a schedule and a rule of lights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.plan.model import KEYS, Plan
from h1224lib.progress.asking import (
    choose_horizon,
    find_settings,
    read_day,
    read_period,
)
from h1224lib.progress.cells import Cells
from h1224lib.progress.changes import COLUMNS as CHANGES
from h1224lib.progress.earlier import MOVEMENTS, add_movements, count_previous, find_movements
from h1224lib.progress.expected import Schedule, name_schedule, reports_months
from h1224lib.progress.lights import read_rule
from h1224lib.progress.own import keep_own
from h1224lib.progress.state import State
from h1224lib.provenance import COUNTING_RULE, list_marks, name_rule
from h1224lib.results import Given, Results, gather_results
from h1224lib.synthetic import DATA_KIND, SYNTHETIC

if TYPE_CHECKING:
    from h1224lib.ledger.model import Ledger

ORDER = [
    *KEYS, "unit", "target", "schedule", "scheduled", "actual", "completion", "why", "gap",
    "lead_pp", "shortfall", "rank", "light", *CHANGES, *MOVEMENTS, "unplanned", "earned", "spi_t",
]  # fmt: skip
Lights = str | Path | Mapping[str, Any]


def measure_progress(
    plan: Plan,
    results: Given,
    as_of: str | dt.date,
    schedule: Schedule | None = None,
    horizon: str | None = None,
    *,
    period: str | None = None,
    lights: Lights | None = None,
    previous: Ledger | None = None,
    small_base: float = 5,
) -> State:
    """Set results against targets and against what a schedule expects by a day.

    Parameters
    ----------
    plan : Plan
        Gives the targets, in each measure's unit.
    results : DataFrame, Ledger or a sequence of frames and one ledger
        Actuals as `read_actuals` returns them; only rows marked comparable count. What is given
        for several periods in a row is added up; a cell counts only if its periods cover the
        horizon from its first day to `as_of` without a hole. A ledger is counted by its
        settings, and its credit shares exactly: `State.plan` has the finer step.
    as_of : date or ISO str
        The day that the analysis speaks for.
    schedule : str, Path, Phasing, DataFrame or mapping, optional
        ``quarters``, ``days``, ``printed``, ``phased``, or one's own, as `expect` takes them;
        by default what the ledger's sheet of settings says, else ``quarters``.
    horizon : str, optional
        Whose targets, which contains `as_of`; by default the longest that does.
    period : str, optional
        What "new" is about, such as ``2024Q2`` or ``2024-06``; by default the quarter or month
        that ends with `as_of`, else the quarter that it is in. A month's state counts in
        months, every other in quarters: schedules, earned schedule and periods left alike.
    lights : str, Path or mapping, optional
        A rule of lights, as `read_rule` takes it; by default what the sheet of settings says,
        else ``points30``.
    previous : Ledger, optional
        The ledger as it was before, counted on its own day: what entered, left or was corrected
        since.
    small_base : float
        A count's target below it is too small for a completion and a light.

    Returns
    -------
    State
        `table`, `findings`. Quotients are <NA> where `why` gives a reason.

    Raises
    ------
    ScheduleError
        `as_of` is no day, no target covers it, the plan prints no schedule for it, `period` or
        `horizon` is without it, or the schedule or the rule of lights is none.
    ActualsError
        The plan counts no projects, actuals give what a ledger counts already, there are two
        ledgers or none of the results is one; `previous` is no ledger, is later than the day,
        or has no ledger to be compared with.

    Examples
    --------
    >>> from h1224lib import load_plan, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> city = state.cell(area="all")
    >>> float(city.scheduled), float(city.gap), round(float(city.lead_pp), 2)
    (150.025, 29.525, -4.92)
    >>> city.light, round(float(city.earned), 4), int(state.cell(area="wanyuan")["rank"])
    ('yellow', 0.8032, 1)
    """
    day = read_day(as_of)
    reported, days = read_period(day, period)
    given = gather_results(results, plan, day)
    said = find_settings(given, schedule, lights)
    rule = read_rule(said["lights"] if lights is None else lights)
    chosen = said["schedule"] if schedule is None else schedule
    whose = choose_horizon(plan, horizon, day)
    cells = Cells(plan, given, whose, day, reports_months(reported, day))
    table = cells.measure(chosen, rule, days, small_base)
    before = count_previous(previous, given.counts, day, days[0])
    moved = find_movements(given.counts, before, cells.start)
    table = _mark(add_movements(table, moved), given)
    return State(
        given.plan,
        table[[*ORDER, *list_marks(table)]],
        day,
        name_schedule(chosen),
        (*given.findings, *said["findings"], *(moved.findings if moved else [])),
        given.synthetic,
        given.sources,
        period=reported,
        lights=rule.name,
        rule=rule,
        counts=given.counts,
        actuals=given.actuals,
        previous=before,
        small_base=small_base,
        own=keep_own(chosen),
    )


def _mark(table: pd.DataFrame, given: Results) -> pd.DataFrame:
    """Mark every row of made-up results, and say by which rule a ledger was counted."""
    if given.synthetic:
        table[DATA_KIND] = SYNTHETIC
    if rule := name_rule(given.findings):
        table[COUNTING_RULE] = rule
    return table
