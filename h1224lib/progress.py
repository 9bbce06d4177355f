"""Progress: target, schedule and actual of every cell on one day, and what is between them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.errors import ScheduleError
from h1224lib.findings import Finding, Label
from h1224lib.hierarchy import (
    add_totals,
    children,
    complete,
    complete_targets,
    find_leaves,
    inside,
    meet,
)
from h1224lib.labels import name_code, name_unit
from h1224lib.periods import name_period, quarters_done
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.results import Given, gather_results
from h1224lib.steps import from_steps, narrow, step_of, to_steps
from h1224lib.synthetic import DATA_KIND, SYNTHETIC, say_mark

SCHEDULES = ("quarters", "printed")
CELL = ["measure", *DIMENSIONS]
_TOLD = ("actual", "target", "completion", "scheduled", "gap", "lead_pp")


@dataclass(frozen=True, eq=False)
class State:
    """The state of a plan on one day.

    Attributes
    ----------
    plan : Plan
        Whose targets these are.
    table : DataFrame
        One row a cell, totals included: measure, area, industry, project_type, horizon, unit,
        target, scheduled, actual (all three in `unit`), schedule and completion (shares of
        the target), gap (scheduled - actual, in `unit`: positive is behind), lead_pp
        (completion - schedule, percentage points: positive is ahead); and data_kind,
        ``synthetic`` in every row, if any result is made up.
    as_of : date
        The day that the state speaks for.
    schedule : str
        How much of a target is expected by then: ``quarters`` or ``printed``.
    basis : tuple of Finding
        What the results rest on: if they are made up, what a ledger counts and by which rule.
    synthetic : bool
        Whether any result is made up: every picture and table of it says so.
    findings : list of Finding
        What a reader should know; the first is about the whole.
    """

    plan: Plan
    table: pd.DataFrame
    as_of: dt.date
    schedule: str
    basis: tuple[Finding, ...] = ()
    synthetic: bool = False

    @property
    def period(self) -> str:
        """The period that ends with `as_of`."""
        return name_period(self.as_of)

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: about the whole, about areas, what it rests on."""
        return [sum_up(self), *name_behind(self), *self.basis]

    def mark(self, lang: str) -> str:
        """Return what pictures of made-up results say inside; nothing for real ones."""
        return say_mark(lang) if self.synthetic else ""

    def rules(self, lang: str) -> list[str]:
        """Word the rules by which ledgers were counted, for the foot of a picture."""
        return [f.say(lang) for f in self.basis if f.kind == "ledger_counting_rule"]

    @property
    def measure(self) -> str:
        """The measure that the plan is about; others are asked for by name."""
        return main_measure(self.plan)

    def cell(self, measure: str | None = None, **codes: str) -> pd.Series:
        """Return the row of one cell; dimensions that are not named are ``all``.

        Examples
        --------
        >>> from h1224lib import load_plan, measure_progress, read_actuals
        >>> plan = load_plan("dazhou-2019")
        >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
        >>> float(state.cell(area="kaijiang").gap)
        2.075
        """
        rows = self.table[self.table["measure"] == (measure or self.measure)]
        for dimension in DIMENSIONS:
            rows = rows[rows[dimension] == codes.get(dimension, "all")]
        return rows.iloc[0] if len(rows) else pd.Series(dtype=object)

    def level(self, by: list[str], measure: str | None = None) -> pd.DataFrame:
        """Return the cells of a measure that add up to the whole over the dimensions `by`.

        Parts "of which", intermediate levels and totals are left out.
        """
        rows = self.table[self.table["measure"] == (measure or self.measure)]
        for dimension in DIMENSIONS:
            if dimension in by:
                above = {"all", *children(self.plan, dimension), *inside(self.plan, dimension)}
                rows = rows[~rows[dimension].isin(above)]
            else:
                rows = rows[rows[dimension] == "all"]
        return rows


def measure_progress(
    plan: Plan,
    results: Given,
    as_of: str | dt.date,
    schedule: str = "quarters",
    horizon: str | None = None,
) -> State:
    """Set results against targets and against what a schedule expects by a day.

    Parameters
    ----------
    plan : Plan
        Gives the targets, in each measure's unit.
    results : DataFrame, Ledger or a sequence of them
        Actuals as `read_actuals` returns them; only rows marked comparable count. What is given
        for several periods in a row is added up; a cell counts only if its periods cover the
        horizon from its first day to `as_of` without a hole. A ledger is counted by its
        settings, and its credit shares exactly: `State.plan` has the finer step.
    as_of : date or ISO str
        The day that the analysis speaks for.
    schedule : str
        ``quarters``: the share of the horizon's quarters that have ended. ``printed``: what the
        plan itself prints for a horizon from the same first day to `as_of`.
    horizon : str, optional
        Whose targets; by default the longest that contains `as_of`.

    Returns
    -------
    State
        `table`, `findings`. Quotients are <NA> where the target is "-", 0 or not printed.

    Raises
    ------
    ScheduleError
        No target covers the day, or the plan prints no schedule for it.
    ActualsError
        The plan counts no projects, or actuals give what a ledger counts already.

    Examples
    --------
    >>> from h1224lib import load_plan, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> city = state.cell(area="all")
    >>> float(city.scheduled), float(city.gap), round(float(city.lead_pp), 2)
    (150.025, 29.525, -4.92)
    """
    day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    if schedule not in SCHEDULES:
        raise ScheduleError("unknown_schedule", found=schedule, known=list(SCHEDULES))
    given = gather_results(results, plan, day)
    plan, actuals = given.plan, given.actuals
    chosen = horizon or _longest(plan, day)
    targets = complete_targets(plan)
    accumulating = [m for m in plan.measures.index if plan.accumulates(str(m))]
    targets = targets[targets["measure"].isin(accumulating)]
    first = dt.date.fromisoformat(str(plan.horizons.at[chosen, "first_day"]))
    whole = targets[targets["horizon"] == chosen].rename(columns={"value": "target"})
    done = accumulate(actuals[actuals["measure"].isin(accumulating)], plan, first, day)
    done = fill_up(done.assign(horizon=chosen), whole, plan).rename(columns={"value": "actual"})
    table = whole[[*KEYS, "target"]].merge(done[[*KEYS, "actual"]], on=KEYS, how="outer")
    if schedule == "printed":
        part = targets[targets["horizon"] == _printed_horizon(plan, chosen, day)]
        part = part.rename(columns={"value": "part"})[[*CELL, "part"]]
        table = table.merge(part, on=CELL, how="left")
        share = Fraction(1)
    else:
        last = dt.date.fromisoformat(str(plan.horizons.at[chosen, "last_day"]))
        table["part"] = table["target"]
        share = quarters_done(first, last, day)
    measured = _measure(_order(table, plan), plan, share)
    if given.synthetic:
        measured[DATA_KIND] = SYNTHETIC
    return State(plan, measured, day, schedule, tuple(given.findings), given.synthetic)


def fill_up(done: pd.DataFrame, targets: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Sum results to every cell whose targets all have one; a hole is no zero.

    Parameters
    ----------
    done : DataFrame
        The plan's keys and `value`: results as they are given, each cell once.
    targets : DataFrame
        The plan's keys and `target` of the same horizon, every level.
    plan : Plan
        Gives the hierarchies.

    Returns
    -------
    DataFrame
        The keys and `value`: what is given, and sums; <NA> for a sum that lacks a part.
    """
    whole = complete(done, plan)
    wanted = find_leaves(targets[targets["target"] > 0], plan)
    holes = wanted[~meet(wanted, find_leaves(done, plan), plan)]
    if holes.empty:
        return whole
    short = add_totals(holes.assign(value=1.0), plan)[KEYS].assign(short=True)
    given = done[KEYS].assign(given=True)
    marked = whole.merge(short, on=KEYS, how="left").merge(given, on=KEYS, how="left")
    lacks = marked["short"].notna() & marked["given"].isna()
    return whole.assign(value=whole["value"].mask(lacks.to_numpy()))


def accumulate(actuals: pd.DataFrame, plan: Plan, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Add up the comparable actuals of each cell from a first to a last day.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, value; only cells whose periods cover the days
        without a hole. Where periods overlap, the longer is taken; of two vintages, the later.
    """
    usable = actuals[
        (actuals["comparable"] == "yes")
        & (actuals["first_day"] >= first)
        & (actuals["last_day"] <= last)
    ].sort_values(["first_day", "last_day", "vintage"], ascending=[True, False, False])
    rows = []
    for cell, group in usable.groupby(CELL, sort=False):
        measure = str(cell[0])
        step = step_of(plan.measures, measure)
        total, reached = 0, first - dt.timedelta(days=1)
        steps = to_steps(group["value"], step)
        for begin, end, value in zip(group["first_day"], group["last_day"], steps, strict=True):
            if begin == reached + dt.timedelta(days=1):
                total, reached = total + int(value), end
        if reached == last:
            value = from_steps(pd.Series([total], dtype="Int64"), step).iloc[0]
            rows.append((*cell, float(value)))
    frame = pd.DataFrame(rows, columns=[*CELL, "value"])
    return frame.assign(value=narrow(frame["value"]))


def _longest(plan: Plan, day: dt.date) -> str:
    accumulating = {m for m in plan.measures.index if plan.accumulates(str(m))}
    printed = plan.targets[plan.targets["measure"].isin(accumulating)]["horizon"].unique()
    spans = plan.horizons.loc[list(printed)]
    iso = day.isoformat()
    around = spans[(spans["first_day"] <= iso) & (spans["last_day"] >= iso)]
    if around.empty:
        raise ScheduleError("no_horizon", found=iso, known=[str(h) for h in spans.index])
    days = pd.to_datetime(around["last_day"]) - pd.to_datetime(around["first_day"])
    return str(days.idxmax())


def _printed_horizon(plan: Plan, horizon: str, day: dt.date) -> str:
    first = plan.horizons.at[horizon, "first_day"]
    same = plan.horizons[
        (plan.horizons["first_day"] == first) & (plan.horizons["last_day"] == day.isoformat())
    ]
    if same.empty:
        raise ScheduleError("no_printed_schedule", found=day.isoformat(), horizon=horizon)
    return str(same.index[0])


def _order(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Order cells as the plan's tables do, the whole before its parts."""
    ranks = {name: plan.table(name).index.get_indexer(table[name].to_numpy()) for name in CELL}
    order = pd.DataFrame(ranks).sort_values(CELL).index
    return table.iloc[order].reset_index(drop=True)


def _measure(table: pd.DataFrame, plan: Plan, share: Fraction) -> pd.DataFrame:
    """Add unit, schedule, scheduled, completion, gap, lead_pp; `share` scales `part`."""
    parts = []
    for measure, rows in table.groupby("measure", sort=False):
        step = step_of(plan.measures, str(measure))
        target, part, actual = (to_steps(rows[n], step) for n in ("target", "part", "actual"))
        top, bottom = share.numerator, share.denominator
        # One division of whole numbers each, so that 150.025 is not 150.02499999999998.
        divisor = bottom * step.denominator
        scheduled = (part * top * step.numerator).astype("Float64") / divisor
        gap = ((part * top - actual * bottom) * step.numerator).astype("Float64") / divisor
        some = target.where(target > 0).astype("Float64")
        lead = 100 * (actual * bottom - part * top).astype("Float64") / (some * bottom)
        values = {
            "unit": plan.measures.at[measure, "unit"],
            "schedule": (part * top).astype("Float64") / (some * bottom),
            "scheduled": scheduled,
            "completion": actual.astype("Float64") / some,
            "gap": gap,
            "lead_pp": lead,
        }
        parts.append(rows.assign(**values))
    if not parts:
        raise ScheduleError("nothing_to_measure", plan=plan.name)
    columns = [*KEYS, "unit", "target", "schedule", "scheduled", "actual"]
    return pd.concat(parts)[[*columns, "completion", "gap", "lead_pp"]]


def sum_up(state: State, area: str = "all") -> Finding:
    """State how far the whole, or one area, is, and whether that is ahead or behind."""
    cell = state.cell(area=area)
    if cell.empty or pd.isna(cell["target"]):
        return Finding("progress_no_target", "note", {"where": name_code(state.plan, "area", area)})
    numbers: dict[str, Any] = {
        "where": name_code(state.plan, "area", area),
        "measure": name_code(state.plan, "measure", str(cell["measure"])),
        "unit": name_unit(state.plan, str(cell["measure"])),
        **{name: _number(cell[name]) for name in _TOLD},
        "as_of": state.as_of.isoformat(),
        "schedule": state.schedule,
    }
    gap = numbers["gap"]
    if gap is None:
        missing = _name_missing(state) if area == "all" else []
        kind = "progress_incomplete" if missing else "progress_no_data"
        return Finding(kind, "note", {**numbers, "missing": missing})
    direction = "behind" if gap > 0 else "ahead" if gap < 0 else "even"
    return Finding(f"progress_{direction}", "warning" if gap > 0 else "note", numbers)


def _name_missing(state: State) -> list[Label]:
    """Name the areas without a result, where others have one."""
    areas = state.level(["area"])
    lacking = areas[areas["actual"].isna() & (areas["target"] > 0)]
    if len(lacking) == 0 or areas["actual"].notna().sum() == 0:
        return []
    return [name_code(state.plan, "area", code) for code in lacking["area"]]


def name_behind(state: State) -> list[Finding]:
    """Name the areas that are behind their schedule, the largest gap first."""
    areas = state.level(["area"])
    rows = areas.dropna(subset=["gap"])
    if len(rows) < 2:
        return []
    behind = rows[rows["gap"] > 0].sort_values("gap", ascending=False, kind="stable")
    measure = state.measure
    numbers = {
        "areas": [name_code(state.plan, "area", code) for code in behind["area"]],
        "gaps": [float(gap) for gap in behind["gap"]],
        "behind": len(behind),
        "of": len(rows),
        "unknown": int((areas["actual"].isna() & (areas["target"] > 0)).sum()),
        "unit": name_unit(state.plan, measure),
        "schedule": state.schedule,
    }
    if behind.empty:
        return [Finding("no_area_behind", "note", numbers)]
    kind = "every_area_behind" if len(behind) == len(rows) else "areas_behind"
    return [Finding(kind, "warning", numbers)]


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(str(value))
