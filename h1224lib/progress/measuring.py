"""Measuring: the state of a plan on one day, from results, a schedule and a rule of lights."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.findings import Finding
from h1224lib.hierarchy import complete_targets, find_leaves
from h1224lib.periods import ends_month, name_period, span
from h1224lib.plan.model import KEYS, Plan
from h1224lib.progress.accumulation import CELL, record
from h1224lib.progress.ceilings import find_ceilings, mirror, turn
from h1224lib.progress.changes import COLUMNS as CHANGES
from h1224lib.progress.changes import Reached, find_changes
from h1224lib.progress.earlier import MOVEMENTS, add_movements, count_previous, find_movements
from h1224lib.progress.earned import earn_cells
from h1224lib.progress.exact import Exact, read_exact
from h1224lib.progress.expected import (
    Frame,
    Schedule,
    elapse,
    expect,
    name_schedule,
    reports_months,
)
from h1224lib.progress.lights import Rule, light_up, read_rule
from h1224lib.progress.ranks import find_ranked, name_levels, rank_cells
from h1224lib.progress.reasons import find_unplanned, tell_why
from h1224lib.progress.state import State
from h1224lib.provenance import COUNTING_RULE, list_marks, name_rule
from h1224lib.results import Given, Results, gather_results
from h1224lib.steps import narrow
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
    schedule : str, Phasing, DataFrame or mapping, optional
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
    day = _read_day(as_of)
    reported = period or _name_reported(day)
    days = span(reported)
    if not days[0] <= day <= days[1]:
        raise ScheduleError("period_without_day", found=day.isoformat(), period=reported)
    chosen_horizon = find_horizon(plan, day) if horizon is None else _check(plan, horizon, day)
    given = gather_results(results, plan, day)
    said = _find_settings(given, schedule, lights)
    chosen, rule = schedule, read_rule(said["lights"] if lights is None else lights)
    if chosen is None:
        chosen = said["schedule"]
    name = name_schedule(chosen)
    cells = _Cells(plan, given, chosen_horizon, day, reports_months(reported, day))
    table = cells.measure(chosen, rule, days, small_base)
    before = count_previous(previous, given.counts, day, days[0])
    moved = find_movements(given.counts, before, cells.start)
    table = add_movements(table, moved)
    if given.synthetic:
        table[DATA_KIND] = SYNTHETIC
    if rule_said := name_rule(given.findings):
        table[COUNTING_RULE] = rule_said
    return State(
        given.plan,
        table[[*ORDER, *list_marks(table)]],
        day,
        name,
        (*given.findings, *said["findings"], *(moved.findings if moved else [])),
        given.synthetic,
        given.sources,
        period=reported,
        lights=rule.name,
        rule=rule,
        counts=given.counts,
        actuals=given.actuals,
        previous=before,
    )


class _Cells:
    """The cells of one horizon with their targets, and what they reached."""

    def __init__(
        self, plan: Plan, given: Results, horizon: str, day: dt.date, monthly: bool
    ) -> None:
        self.plan, self.day = given.plan, day
        whole, targets, wanted = _find_targets(plan, horizon)
        actuals = given.actuals
        own = actuals[actuals["measure"].isin(_list_accumulating(plan))]
        self.reached = Reached(record(own, given.plan), wanted, given.plan)
        self.start = dt.date.fromisoformat(str(plan.horizons.at[horizon, "first_day"]))
        done = self.reached.list_cells((self.start, day)).assign(horizon=horizon)
        table = targets.merge(done, on=KEYS, how="outer")
        if table.empty:
            raise ScheduleError("nothing_to_measure", plan=plan.name, horizon=horizon)
        self.table = _order(table.assign(dashed=table["dashed"].eq(True)), plan)
        measures = self.table["measure"]
        self.target = read_exact(self.table["target"], measures, given.plan)
        self.actual = self.reached.along((self.start, day), self.table)
        self.frame = Frame(plan, self.table, self.target, whole, horizon, day, monthly)

    def measure(
        self, schedule: Schedule, rule: Rule, period: tuple[dt.date, dt.date], small_base: float
    ) -> pd.DataFrame:
        """Return the columns of the state, but for movements and the mark of made-up data."""
        target, actual, plan = self.target, self.actual, self.plan
        by = expect(schedule, self.frame)
        scheduled = by(self.day)
        why = tell_why(self.table, target, actual, plan, small_base)
        # Of a ceiling a share is used up, not reached: it is compared, and no completion.
        ceilings = find_ceilings(self.table, plan)
        rated = (why == "").to_numpy()
        used, share = (actual / target).where(why.isin(["", "ceiling"])), scheduled / target
        # Ceilings are ranked among themselves: of them the least comes first.
        levels = 2 * name_levels(self.table, plan) + ceilings
        elapsed = elapse(self.frame)
        earned = earn_cells([by(end) for end in self.frame.ends], actual, elapsed, scheduled)
        earned = earned.where(rated)
        gap = turn(scheduled - actual, ceilings)
        against = by if rule.against == "schedule" else expect("quarters", self.frame)
        bound = against(self.day) / target
        numbers: dict[str, Exact] = {
            "schedule": share,
            "scheduled": scheduled,
            "completion": used.where(rated),
            "gap": gap,
            "lead_pp": turn(used - share, ceilings).times(Fraction(100)),
            "shortfall": gap.at_least_zero(),
            **self._change(period),
            "earned": earned,
            "spi_t": earned.times(1 / elapsed),
        }
        columns = {name: column.series() for name, column in numbers.items()}
        return self.table.assign(
            unit=self.table["measure"].map(plan.measures["unit"]),
            actual=narrow(actual.series()),
            why=why,
            rank=rank_cells(turn(used, ceilings), levels, find_ranked(self.table, plan)),
            light=light_up(mirror(used, bound, ceilings), bound, rule),
            unplanned=find_unplanned(target, actual, levels // 2),
            **columns,
        )

    def _change(self, period: tuple[dt.date, dt.date]) -> dict[str, Exact]:
        return find_changes(self.reached, self.table, self.start, period, self.day)


def _read_day(as_of: Any) -> dt.date:
    """Read the day that an analysis speaks for."""
    try:
        day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError as error:
        raise ScheduleError("not_a_day", found=as_of) from error
    if isinstance(day, dt.datetime):
        return day.date()
    if not isinstance(day, dt.date):
        raise ScheduleError("not_a_day", found=str(day))
    return day


def _name_reported(day: dt.date) -> str:
    """Name what a day reports: the quarter or month that it ends, else the quarter it is in."""
    if ends_month(day):
        return name_period(day)
    return f"{day.year:04d}Q{(day.month + 2) // 3}"


def _check(plan: Plan, horizon: str, day: dt.date) -> str:
    """Refuse a horizon that there is not, or that does not contain the day."""
    if horizon not in plan.horizons.index:
        known = [str(code) for code in plan.horizons.index]
        raise ScheduleError("unknown_horizon", found=horizon, known=known)
    first, last = (str(plan.horizons.at[horizon, name]) for name in ("first_day", "last_day"))
    if not first <= day.isoformat() <= last:
        raise ScheduleError(
            "horizon_without_day", horizon=horizon, found=day.isoformat(), first=first, last=last
        )
    return horizon


def find_horizon(plan: Plan, day: dt.date) -> str:
    """Return the longest horizon that contains a day, of those with targets that accumulate.

    Raises
    ------
    ScheduleError
        There is none.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> find_horizon(load_plan(), dt.date(2024, 6, 30))
    '2023-2025'
    """
    accumulating = {m for m in plan.measures.index if plan.accumulates(str(m))}
    printed = plan.targets[plan.targets["measure"].isin(accumulating)]["horizon"].unique()
    spans = plan.horizons.loc[list(printed)]
    iso = day.isoformat()
    around = spans[(spans["first_day"] <= iso) & (spans["last_day"] >= iso)]
    if around.empty:
        raise ScheduleError("no_horizon", found=iso, known=[str(h) for h in spans.index])
    days = pd.to_datetime(around["last_day"]) - pd.to_datetime(around["first_day"])
    return str(days.idxmax())


@functools.lru_cache(maxsize=8)
def _find_targets(plan: Plan, horizon: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return what a plan targets, once for every state of it: nothing of it is written to.

    Returns
    -------
    tuple of DataFrame
        Every level and horizon: keys and `value`; one horizon: keys, `target`, `dashed`; the
        finest targets above zero of it.
    """
    whole = complete_targets(plan)
    whole = whole[whole["measure"].isin(_list_accumulating(plan))]
    own = whole[whole["horizon"] == horizon].rename(columns={"value": "target"})
    targets = own[[*KEYS, "target"]].assign(dashed=True)
    return whole, targets, find_leaves(own[own["target"] > 0], plan)


def _list_accumulating(plan: Plan) -> list[str]:
    return [str(m) for m in plan.measures.index if plan.accumulates(str(m))]


def _order(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Order cells as the plan's tables do, the whole before its parts."""
    ranks = {name: plan.table(name).index.get_indexer(table[name].to_numpy()) for name in CELL}
    order = pd.DataFrame(ranks).sort_values(CELL).index
    return table.iloc[order].reset_index(drop=True)


def _find_settings(given: Results, schedule: Any, lights: Any) -> dict[str, Any]:
    """Find what the sheet of a ledger says of schedule and lights, where nobody else does."""
    meant: dict[str, Any] = {"schedule": "quarters", "lights": "points30", "findings": []}
    asked = {"schedule": schedule, "lights": lights}
    for count in given.counts:
        settings = count.ledger.settings
        names = [n for n in asked if asked[n] is None and settings.origins.get(n) == "sheet"]
        if names:
            said = {n: str(getattr(settings, n)) if n in names else "" for n in asked}
            meant |= {n: said[n] for n in names}
            numbers = {**said, "file": count.ledger.file}
            meant["findings"] = [Finding("progress_by_settings", "note", numbers)]
            break
    return meant
