"""One period under several schedules side by side, and one area's part in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib import wording
from h1224lib.errors import ScheduleError
from h1224lib.findings import Finding
from h1224lib.gaps import Parts, attribute_gap
from h1224lib.gaps.parts import is_ceiling
from h1224lib.hierarchy import children
from h1224lib.labels import name_code, name_unit
from h1224lib.periods import span
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.progress import State, measure_progress, sum_up
from h1224lib.progress.expected import Schedule, name_schedule
from h1224lib.progress.measuring import Lights
from h1224lib.progress.opening import open_states
from h1224lib.provenance import list_marks
from h1224lib.results import Given, Results, gather_results
from h1224lib.wording import LANGUAGES

if TYPE_CHECKING:
    from h1224lib.ledger.model import Ledger

SAME = [*KEYS, "unit", "target", "actual", "completion"]
DIFFERENT = ["scheduled", "gap", "lead_pp"]
# What is set side by side where nobody says what.
USUAL = ("quarters", "printed")


@dataclass(frozen=True, eq=False)
class Schedules:
    """The state of a plan under each schedule.

    Attributes
    ----------
    states : dict
        Schedule -> State.
    missing : list of Finding
        Schedules that the plan cannot give, and why.
    """

    states: dict[str, State]
    missing: list[Finding]

    @property
    def main(self) -> State:
        """The state that further questions are asked of: under the first schedule."""
        return next(iter(self.states.values()))

    def open(self, **codes: str) -> Finding:
        """Open a page: one sentence that is true of a cell under every schedule.

        Examples
        --------
        >>> from h1224lib import load_plan, read_actuals
        >>> plan = load_plan("dazhou-2019")
        >>> measure_schedules(plan, read_actuals(None, plan), "2019Q1").open().kind
        'opening_mixed'
        """
        return open_states(list(self.states.values()), **codes)

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: the whole and its areas under each schedule."""
        told = [f for s in self.states.values() for f in s.findings if f not in self.basis]
        return [*told, *self.missing, *self.basis]

    @property
    def basis(self) -> tuple[Finding, ...]:
        """What the results rest on, the same under each schedule."""
        return self.main.basis

    @property
    def table(self) -> pd.DataFrame:
        """The whole and each area: SAME, then scheduled, gap and lead_pp of each schedule.

        And note, where an area lies inside another and is part of its numbers; data_kind, if
        any result is made up; counting_rule, if a ledger was counted.

        Examples
        --------
        >>> from h1224lib import load_plan, read_actuals
        >>> plan = load_plan("dazhou-2019")
        >>> both = measure_schedules(plan, read_actuals(None, plan), "2019Q1")
        >>> both.table.loc[0, ["gap_quarters", "gap_printed"]].tolist()
        [29.525, -10.0]
        """
        whole, marks = pd.DataFrame(), {}
        for name, state in self.states.items():
            rows = state.table[state.table["measure"] == state.measure]
            for dimension in DIMENSIONS[1:]:
                rows = rows[rows[dimension] == "all"]
            rows = rows.reset_index(drop=True)
            whole = rows[SAME] if whole.empty else whole
            marks = list_marks(rows)
            # Cells and their order are the plan's, whatever the schedule.
            whole = whole.assign(**{f"{column}_{name}": rows[column] for column in DIFFERENT})
        return whole.assign(**_note_inside(whole, self.main.plan), **marks)

    def part(self, area: str) -> pd.DataFrame:
        """Return the rows of `table` for one area."""
        return self.table[self.table["area"] == area]

    def tell(self, area: str) -> list[Finding]:
        """State where one area stands under each schedule, and what that rests on."""
        told = [sum_up(state, area) for state in self.states.values()]
        # Landmarks are the whole's: no area has some of its own.
        basis = [f for f in self.basis if not f.kind.startswith("landmark")]
        return [*told, *self.missing, *basis]

    def shares(self, area: str) -> list[Finding]:
        """State one area's share of the shortfall under each schedule, and who else has one."""
        return [
            tell_share(attribute_gap(state, by=["area"]), area) for state in self.states.values()
        ]


def measure_schedules(
    plan: Plan,
    results: Given,
    period: str,
    schedules: Sequence[Schedule] | None = None,
    *,
    first: Schedule | None = None,
    lights: Lights | None = None,
    previous: Ledger | None = None,
) -> Schedules:
    """Measure progress at the end of a period under several schedules.

    Parameters
    ----------
    plan : Plan
        Gives the targets, in each measure's unit.
    results : DataFrame, Ledger or a sequence of frames and one ledger
        As `measure_progress` takes them.
    period : str
        Such as ``2019Q1``; its last day is the day that the states speak for.
    schedules : sequence, optional
        As `measure_progress` takes each; two or three of one's own are called ``own``, ``own2``
        and ``own3``. By default `USUAL`, and what the sheet of settings of a ledger names
        beside. A printed one that the plan does not give is left out, and a finding says so.
    first : str, Phasing, DataFrame or mapping, optional
        A schedule to put before the usual ones.
    lights, previous : optional
        As `measure_progress` takes them.

    Returns
    -------
    Schedules
        `states`, `table`, `findings`.

    Raises
    ------
    UnknownNameError
        `period` is none.
    ScheduleError
        No target covers the period, or more than three schedules are one's own.
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
    states: dict[str, State] = {}
    missing = []
    chosen = list(_name_usual(given) if schedules is None else schedules)
    if first is not None:
        same = name_schedule(first)
        chosen = [first, *(s for s in chosen if not (isinstance(s, str) and s == same))]
    for schedule in chosen:
        try:
            state = measure_progress(
                plan, given, day, schedule, period=period, lights=lights, previous=previous
            )
        except ScheduleError as error:
            if error.key != "no_printed_schedule":
                raise
            missing.append(Finding("schedule_not_printed", "note", {"period": period}))
        else:
            name = _name_apart(schedule, states)
            states[name] = dataclasses.replace(state, schedule=name)
    if not states:
        raise ScheduleError("no_printed_schedule", found=day.isoformat(), horizon=period, days=[])
    return Schedules(states, missing)


def _note_inside(rows: pd.DataFrame, plan: Plan) -> dict[str, list[str]]:
    """Say of areas inside another that it holds their numbers; nothing where there are none."""
    around = {c: w for w, codes in children(plan, "area", "within").items() for c in codes}
    if not set(around) & set(rows["area"]):
        return {}
    return {"note": [_remark(plan, around.get(str(code), "")) for code in rows["area"]]}


def _remark(plan: Plan, whole: str) -> str:
    if not whole:
        return ""
    said = [wording.say("inside_area", x, whole=plan.label("area", whole, x)) for x in LANGUAGES]
    return f"{said[0]} ({said[1]})"


def _name_apart(schedule: Schedule, states: dict[str, State]) -> str:
    """Name a schedule so that two of one's own stay apart: ``own``, ``own2``, ``own3``."""
    name = name_schedule(schedule)
    if isinstance(schedule, str):
        return name
    free = [named for named in (name, f"{name}2", f"{name}3") if named not in states]
    if not free:
        raise ScheduleError("too_many_schedules", schedule=name)
    return free[0]


def _name_usual(given: Results) -> list[str]:
    """Name the usual schedules, and those that the sheets of ledgers' settings name."""
    settings = [count.ledger.settings for count in given.counts]
    said = [s.schedule for s in settings if s.origins.get("schedule") == "sheet"]
    return list(dict.fromkeys([*USUAL, *said]))


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
        "schedule": parts.state.against,
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
    # Of a ceiling it is the excess that areas share.
    kind = "_ceiling" if is_ceiling(plan, parts.whole, parts.table) else ""
    if behind.empty:
        return Finding(f"share_nobody_behind{kind}", "note", numbers)
    if numbers["gap"] <= 0:
        return Finding(f"share_not_behind{kind}", "note", numbers)
    numbers["share"] = numbers["gap"] / numbers["shortfall"]
    numbers["rank"] = int(behind.index[behind["area"] == area][0]) + 1
    return Finding(f"share_of_shortfall{kind}", "warning", numbers)
