"""One period under every schedule that a plan can give, and one area's part in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.findings import Finding
from h1224lib.gaps import Parts, attribute_gap
from h1224lib.labels import name_code, name_unit
from h1224lib.periods import span
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.progress import SCHEDULES, State, measure_progress, sum_up
from h1224lib.results import Given, gather_results
from h1224lib.synthetic import DATA_KIND

SAME = [*KEYS, "unit", "target", "actual", "completion"]
DIFFERENT = ["scheduled", "gap", "lead_pp"]


@dataclass(frozen=True, eq=False)
class Schedules:
    """The state of a plan under each schedule.

    Attributes
    ----------
    states : dict
        Schedule -> State; ``quarters`` is always there.
    missing : list of Finding
        Schedules that the plan cannot give, and why.
    """

    states: dict[str, State]
    missing: list[Finding]

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: the whole and its areas under each schedule."""
        told = [f for s in self.states.values() for f in s.findings if f not in self.basis]
        return [*told, *self.missing, *self.basis]

    @property
    def basis(self) -> tuple[Finding, ...]:
        """What the results rest on, the same under each schedule."""
        return self.states["quarters"].basis

    @property
    def table(self) -> pd.DataFrame:
        """The whole and each area: SAME, then scheduled, gap and lead_pp of each schedule.

        And data_kind, if any result is made up.

        Examples
        --------
        >>> from h1224lib import load_plan, read_actuals
        >>> plan = load_plan("dazhou-2019")
        >>> both = measure_schedules(plan, read_actuals(None, plan), "2019Q1")
        >>> both.table.loc[0, ["gap_quarters", "gap_printed"]].tolist()
        [29.525, -10.0]
        """
        whole = pd.DataFrame()
        for name, state in self.states.items():
            rows = state.table[state.table["measure"] == state.measure]
            for dimension in DIMENSIONS[1:]:
                rows = rows[rows[dimension] == "all"]
            rows = rows.reset_index(drop=True)
            whole = rows[SAME] if whole.empty else whole
            kind = rows.get(DATA_KIND)
            # Cells and their order are the plan's, whatever the schedule.
            whole = whole.assign(**{f"{column}_{name}": rows[column] for column in DIFFERENT})
        return whole if kind is None else whole.assign(**{DATA_KIND: kind})

    def part(self, area: str) -> pd.DataFrame:
        """Return the rows of `table` for one area."""
        return self.table[self.table["area"] == area]

    def tell(self, area: str) -> list[Finding]:
        """State where one area stands under each schedule, and what that rests on."""
        told = [sum_up(state, area) for state in self.states.values()]
        return [*told, *self.missing, *self.basis]

    def shares(self, area: str) -> list[Finding]:
        """State one area's share of the shortfall under each schedule, and who else has one."""
        return [
            tell_share(attribute_gap(state, by=["area"]), area) for state in self.states.values()
        ]


def measure_schedules(plan: Plan, results: Given, period: str) -> Schedules:
    """Measure progress at the end of a period under every schedule that the plan can give.

    Parameters
    ----------
    plan : Plan
        Gives the targets, in each measure's unit.
    results : DataFrame, Ledger or a sequence of them
        As `measure_progress` takes them.
    period : str
        Such as ``2019Q1``; its last day is the day that the states speak for.

    Returns
    -------
    Schedules
        `states`, `table`, `findings`.

    Raises
    ------
    UnknownNameError
        `period` is none.
    ScheduleError
        No target covers the period.
    ActualsError
        The plan counts no projects, or actuals give what a ledger counts already.

    Examples
    --------
    >>> from h1224lib import load_plan, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> both = measure_schedules(plan, read_actuals(None, plan), "2019Q1")
    >>> list(both.states), both.missing
    (['quarters', 'printed'], [])
    """
    day = span(period)[1]
    given = gather_results(results, plan, day)
    states = {}
    missing = []
    for schedule in SCHEDULES:
        try:
            states[schedule] = measure_progress(plan, given, day, schedule)
        except ScheduleError as error:
            if error.key != "no_printed_schedule":
                raise
            missing.append(Finding("schedule_not_printed", "note", {"period": period}))
    return Schedules(states, missing)


def tell_share(parts: Parts, area: str) -> Finding:
    """State an area's share of the shortfall, and which areas have the rest.

    Parameters
    ----------
    parts : Parts
        The gap by area, in the measure's unit.
    area : str
        A code of the plan.

    Returns
    -------
    Finding
        A surplus is no part of the shortfall, and does not make up for it.

    Examples
    --------
    >>> from h1224lib import load_plan, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), "2019-03-31", "printed")
    >>> tell_share(attribute_gap(state, by=["area"]), "tongchuan").say("en")
    'Under the printed plan for the period, Tongchuan District has 0.30 of the shortfall of 2.10 \
(CNY 100 million), 14.3 %, rank 2 of 2; the rest lies with Kaijiang County (1.80).'
    """
    plan = parts.state.plan
    rows = parts.table.dropna(subset=["gap"])
    own = rows[(rows["area"] == area) & ~rows["unallocated"]]
    behind = rows[(rows["gap"] > 0) & ~rows["unallocated"]].reset_index(drop=True)
    others = behind[behind["area"] != area].head(3)
    measure = str(parts.state.cell()["measure"])
    numbers: dict[str, Any] = {
        "area": name_code(plan, "area", area),
        "schedule": parts.state.schedule,
        "shortfall": float(behind["gap"].sum()),
        "behind": len(behind),
        "others": [name_code(plan, "area", str(code)) for code in others["area"]],
        "gaps": [float(gap) for gap in others["gap"]],
        "more": len(behind[behind["area"] != area]) - len(others),
        "unit": name_unit(plan, measure),
    }
    if own.empty:
        known = area in set(parts.table["area"])
        return Finding("share_no_data" if known else "share_of_none", "note", numbers)
    numbers["gap"] = float(own["gap"].iloc[0])
    if behind.empty:
        return Finding("share_nobody_behind", "note", numbers)
    if numbers["gap"] <= 0:
        return Finding("share_not_behind", "note", numbers)
    numbers["share"] = numbers["gap"] / numbers["shortfall"]
    numbers["rank"] = int(behind.index[behind["area"] == area][0]) + 1
    return Finding("share_of_shortfall", "warning", numbers)
