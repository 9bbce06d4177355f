"""The sheet: what is assessed, of whom, with which weights, and what was reached of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.assessment.items import Items, list_assessed, read_items
from h1224lib.assessment.submissions import HandedIn
from h1224lib.errors import ScheduleError
from h1224lib.gaps.exactness import read_exact
from h1224lib.hierarchy import complete_targets
from h1224lib.periods import span
from h1224lib.phasing import phase_targets
from h1224lib.plan.model import Plan
from h1224lib.progress import State, measure_progress

# Why an area has no score in an industry.
NOT_APPLICABLE, ZERO_TARGET, MISSING = "not_applicable", "zero_target", "missing"
Matrix = tuple[tuple[Fraction | None, ...], ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """The numbers of one assessment, before any rule of scores.

    Attributes
    ----------
    plan : Plan
        Gives items and names.
    items : Items
        What is assessed.
    state : State
        What the actuals are from.
    period : str
        What is assessed: a year, or another period.
    end : date
        Up to when results count: the period's last day, or the state's where that is earlier.
    finished : bool
        Whether the period is over.
    computed : bool
        Whether the targets are phased, since the plan prints none for the period.
    areas : tuple of str
        Whom it assesses.
    targets, actuals : tuple of rows of Fraction or None
        A row an area, a column an industry, in the measure's unit. A target is above 0; None
        says that there is none to reach, or that no result is known.
    why : tuple of rows of str
        ``not_applicable`` (no target: a dash, or none printed), ``zero_target``, ``missing`` (a
        target and no comparable result), else ``""``.
    handed_in : HandedIn
        Departments' marks and daily work.
    """

    plan: Plan
    items: Items
    state: State
    period: str
    end: dt.date
    finished: bool
    computed: bool
    areas: tuple[str, ...]
    targets: Matrix
    actuals: Matrix
    why: tuple[tuple[str, ...], ...]
    handed_in: HandedIn = field(default_factory=HandedIn)


def fill_sheet(
    plan: Plan,
    state: State,
    period: str,
    policy: object = "even",
    profile: object = "even",
    handed_in: HandedIn | None = None,
) -> Sheet:
    """Fill in targets and actuals of every assessed area and industry.

    Parameters
    ----------
    plan : Plan
        Gives items, areas and, where the period is none that it prints, the targets to phase.
    state : State
        Gives the results; measured anew for another day or horizon than its own.
    period : str
        A horizon that the plan prints, a year ``2024``, half-year, quarter or month.
    policy, profile
        How targets that are not printed are phased, as `phase_targets` takes them.
    handed_in : HandedIn, optional
        As `read_submissions` returns it.

    Raises
    ------
    ScheduleError
        The period begins after the state's day, or the plan has no targets in it.
    UnknownNameError
        It is no period.
    """
    items, given = read_items(plan), handed_in or HandedIn()
    if not items.part:
        return Sheet(plan, items, state, period, state.as_of, True, False, (), (), (), (), given)
    first, last, horizon = _find_span(plan, period)
    if state.as_of < first:
        as_of = state.as_of.isoformat()
        raise ScheduleError("assessment_not_begun", period=period, as_of=as_of)
    end = min(last, state.as_of)
    if horizon:
        own, reached = _measure(state, end, horizon), "actual"
        wanted = _find_printed(plan, horizon)
    else:
        own, reached = _measure(state, end, None, period), "new"
        wanted = _phase(plan, first, last, period, policy, profile)
    done = own.level(["area", "industry"]).rename(columns={reached: "value"}, errors="raise")
    areas = tuple(list_assessed(plan))
    cells = _arrange(wanted, done, areas, items.industries)
    finished, computed = end == last, not horizon
    return Sheet(plan, items, own, period, end, finished, computed, areas, *cells, given)


def _find_span(plan: Plan, period: str) -> tuple[dt.date, dt.date, str]:
    """Return the days of a period, and the horizon that prints targets for just these."""
    used = plan.targets[plan.targets["measure"] == main_measure(plan)]["horizon"].unique()
    days = {
        str(code): (dt.date.fromisoformat(str(row["first_day"])),
                    dt.date.fromisoformat(str(row["last_day"])))
        for code, row in plan.horizons.loc[list(used)].iterrows()
    }  # fmt: skip
    first, last = days[period] if period in days else span(period)
    printed = next((code for code, own in days.items() if own == (first, last)), "")
    if not any(begin <= first and last <= end for begin, end in days.values()):
        raise ScheduleError("assessment_no_target", period=period, known=list(days))
    return first, last, printed


def _measure(state: State, day: dt.date, horizon: str | None, period: str | None = None) -> State:
    """Return the state of a day; a ledger is counted anew, as it stood then."""
    if horizon and state.as_of == day and set(state.table["horizon"]) == {horizon}:
        return state
    given = [count.ledger for count in state.counts] or state.actuals
    return measure_progress(state.plan, given, day, horizon=horizon, period=period)


def _find_printed(plan: Plan, horizon: str) -> pd.DataFrame:
    """Return the printed target of each area and industry; <NA> for a dash."""
    rows = complete_targets(plan)
    rows = rows[(rows["measure"] == main_measure(plan)) & (rows["horizon"] == horizon)]
    return rows[rows["project_type"] == "all"]


def _phase(
    plan: Plan, first: dt.date, last: dt.date, period: str, policy: object, profile: object
) -> pd.DataFrame:
    """Return the phased target of each area and industry in a span; <NA> for a dash."""
    months = last.month - first.month + 1 + 12 * (last.year - first.year)
    size = "month" if months % 3 or (first.month - 1) % 3 else "quarter"
    phased = phase_targets(plan, policy, profile, size, [main_measure(plan)]).complete()
    rows = phased[phased["project_type"] == "all"]
    days = {name: span(name) for name in rows["period"].unique()}
    within = [first <= days[p][0] and days[p][1] <= last for p in rows["period"]]
    sums = rows[within].groupby(["area", "industry"], sort=False)["value"]
    targets = sums.sum(min_count=1).reset_index()
    if targets.empty:
        raise ScheduleError("assessment_no_target", period=period, known=list(plan.horizons.index))
    return targets


def _arrange(
    wanted: pd.DataFrame, done: pd.DataFrame, areas: tuple[str, ...], industries: list[str]
) -> tuple[Matrix, Matrix, tuple[tuple[str, ...], ...]]:
    """Set targets and results out as matrices, with the reason of each cell without a score."""
    goals, results = _read_cells(wanted), _read_cells(done)
    keys = [[(area, industry) for industry in industries] for area in areas]
    printed = [[goals.get(key) for key in row] for row in keys]
    actuals = tuple(tuple(results.get(key) for key in row) for row in keys)
    targets = tuple(tuple(goal if goal and goal > 0 else None for goal in row) for row in printed)
    why = tuple(tuple(map(_tell_why, row, own)) for row, own in zip(printed, actuals, strict=True))
    return targets, actuals, why


def _read_cells(cells: pd.DataFrame) -> dict[tuple[str, str], Fraction | None]:
    """Return each area's and industry's value, exactly."""
    columns = (cells[name] for name in ("area", "industry", "value"))
    return {(str(a), str(i)): read_exact(value) for a, i, value in zip(*columns, strict=True)}


def _tell_why(target: Fraction | None, actual: Fraction | None) -> str:
    if target is None:
        return NOT_APPLICABLE
    if target <= 0:
        return ZERO_TARGET
    return MISSING if actual is None else ""
