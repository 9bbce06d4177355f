"""The ledger counted: its projects as aggregated actuals, by the counting rule of its settings."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.errors import ActualsError
from h1224lib.findings import Finding
from h1224lib.hierarchy import children, inside
from h1224lib.ledger.model import Ledger
from h1224lib.ledger.stages import ladders
from h1224lib.ledger.vocabulary import list_fields
from h1224lib.monthly import COLUMNS, fill_months, list_months
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.synthetic import is_synthetic

# Why a project does not count, the first reason that holds.
REASONS = ("not_reached", "outside", "withdrawn", "not_recognised")
# Flags of the ledger that count for the plan's measure of the same code.
FLAGS = ("headquarters",)
_FINEST = 10_000


@dataclass(frozen=True, eq=False)
class Count:
    """What a ledger comes to on a day.

    Attributes
    ----------
    ledger : Ledger
        What was counted.
    as_of : date
        The day that the count speaks for.
    rows : DataFrame
        `ledger.credited`, one row a project and area, with `counted_on` (the day from which it
        counts, <NaT> where it does not yet) and `left_out` (why it does not count on `as_of`:
        one of `REASONS`, or ``""``).
    """

    ledger: Ledger
    as_of: dt.date
    rows: pd.DataFrame

    @property
    def counted(self) -> pd.DataFrame:
        """The rows that count."""
        return self.rows[self.rows["left_out"] == ""]

    @functools.cached_property
    def step(self) -> Fraction:
        """The step in which the count is exact: 1, or finer where areas share a project."""
        shares = self.counted["credit_share"].unique()
        parts = [Fraction(float(s)).limit_denominator(_FINEST).denominator for s in shares]
        return Fraction(1, math.lcm(*parts) if parts else 1)

    @property
    def plan(self) -> Plan:
        """The plan, what is counted in a step fine enough for shared credit: progress is exact."""
        plan = self.ledger.plan
        if self.step == 1:
            return plan
        counted = list_counted(plan)
        steps = plan.measures["step"].mask(plan.measures.index.isin(counted), str(self.step))
        return dataclasses.replace(plan, measures=plan.measures.assign(step=steps))

    @functools.cached_property
    def actuals(self) -> pd.DataFrame:
        """The count by cell and month, in the columns of `read_actuals`; a month without is 0."""
        plan = self.ledger.plan
        months = list_months(_first_day(plan), self.as_of)
        parts = [_count_measure(self, measure, [name for name, _, _ in months])
                 for measure in list_counted(plan) if self._knows(measure)]  # fmt: skip
        made = bool(is_synthetic(self.ledger.projects))
        source = f"{'synthetic data: ' if made else ''}{self.ledger.file}"
        vintage = (self.ledger.settings.vintage or self.as_of).isoformat()
        if not months:
            return pd.DataFrame(columns=COLUMNS)
        return fill_months(pd.concat(parts), months, vintage=vintage, source=source)

    def _knows(self, measure: str) -> bool:
        """Tell whether the ledger says anything of a measure: a column left out is no zero."""
        return measure not in FLAGS or bool(self.rows[measure].notna().any())

    @property
    def findings(self) -> list[Finding]:
        """How many projects count and why the others do not, by which rule, and if made up."""
        once = self.rows.drop_duplicates(["sheet", "row"])
        reasons = once["left_out"].value_counts()
        numbers = {
            "as_of": self.as_of.isoformat(),
            "file": self.ledger.file,
            "projects": len(once),
            "counted": int(reasons.get("", 0)),
            **{reason: int(reasons.get(reason, 0)) for reason in REASONS},
        }
        told = [Finding("ledger_counted", "note", numbers), self.ledger.settings.finding]
        vintage = self.ledger.settings.vintage
        if vintage is not None and vintage < self.as_of:
            dates = {"vintage": vintage.isoformat(), "as_of": self.as_of.isoformat()}
            told.insert(0, Finding("ledger_ends_early", "warning", {**numbers, **dates}))
        if is_synthetic(self.ledger.projects):
            warned = {"file": self.ledger.file}
            told.insert(0, Finding("ledger_synthetic", "warning", warned))
        return told


def count_ledger(ledger: Ledger, as_of: str | dt.date | None = None) -> Count:
    """Count a ledger's projects by cell and month, as its settings say.

    A project counts from the first day on which it is at the counting stage of its type or
    beyond. On `as_of` it does not if it was withdrawn by then, or is not recognised, unless the
    settings count it. Without a day of withdrawal it counts. Above-scale enterprises are not
    counted: the plan's are those of the whole city, and not only of projects attracted.

    Parameters
    ----------
    ledger : Ledger
        As `read_ledger` returns it.
    as_of : date or ISO str, optional
        The day; by default that of the ledger's settings.

    Returns
    -------
    Count
        `actuals` for `measure_progress`, with `plan`; `rows` behind them; `findings`.

    Raises
    ------
    ActualsError
        The plan counts no projects, or neither argument nor settings give a day.
    """
    day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    day = day or ledger.settings.as_of
    if day is None:
        raise ActualsError("ledger_no_day")
    list_counted(ledger.plan)  # refuses a plan that counts no projects
    rows = ledger.credited
    for dimension in DIMENSIONS:
        if dimension not in rows or rows[dimension].isna().all():
            rows[dimension] = "all"
        rows[dimension] = rows[dimension].astype(str)
    rows["counted_on"] = find_days(rows, ledger.settings.counting_stage)
    return Count(ledger, day, rows.assign(left_out=_leave_out(rows, ledger, day)))


def list_counted(plan: Plan) -> list[str]:
    """Return the measures that a ledger is counted into: projects, and its flags' measures.

    Raises
    ------
    ActualsError
        The plan's main measure is no count.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> list_counted(load_plan())
    ['projects', 'headquarters']
    """
    measure = main_measure(plan)
    if plan.measures.at[measure, "kind"] != "count":
        raise ActualsError("ledger_counts_nothing", plan=plan.name, measure=measure)
    kinds = plan.measures["kind"]
    return [measure, *(f for f in FLAGS if f != measure and kinds.get(f) == "count")]


def find_days(rows: pd.DataFrame, stages: dict[str, str]) -> pd.Series:
    """Return the first day on which each project is at its type's counting stage or beyond.

    Parameters
    ----------
    rows : DataFrame
        project_type and a column of days for each stage.
    stages : dict
        Project type -> counting stage.

    Returns
    -------
    Series of datetime
        <NaT> where it has not got so far.

    Examples
    --------
    >>> rows = pd.DataFrame({"project_type": ["revenue"], "signed": [pd.Timestamp("2023-05-01")],
    ...     "registered": [pd.NaT], "operating": [pd.Timestamp("2023-08-01")],
    ...     "above_scale": [pd.NaT]})
    >>> find_days(rows, {"revenue": "registered"}).dt.strftime("%Y-%m-%d").tolist()
    ['2023-08-01']
    """
    days = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
    for kind in rows["project_type"].unique():
        stage = stages.get(kind, next(iter(stages.values())))
        # A type without a ladder of its own is on each of them.
        own = [ladders()[kind]] if kind in ladders() else list(ladders().values())
        beyond = {s for ladder in own if stage in ladder for s in ladder[ladder.index(stage) :]}
        mine = rows["project_type"] == kind
        days[mine] = rows.loc[mine, sorted(beyond, key=list(list_fields()).index)].min(axis=1)
    return days


def _leave_out(rows: pd.DataFrame, ledger: Ledger, day: dt.date) -> pd.Series:
    """Return for each row why it does not count, ``""`` where it does."""
    last = pd.Timestamp(day)
    settings = ledger.settings
    left = pd.Series("", index=rows.index)
    holds = {
        "not_reached": ~(rows["counted_on"] <= last),
        "outside": rows["counted_on"] < pd.Timestamp(_first_day(ledger.plan)),
        "withdrawn": (rows["withdrawn"] <= last) & (not settings.count_withdrawn),
        "not_recognised": (rows["recognition"] != "recognised") & settings.recognised_only,
    }
    for reason in reversed(REASONS):
        left = left.mask(holds[reason].astype(bool), reason)
    return left


def _first_day(plan: Plan) -> dt.date:
    """Return the day from which the plan counts: the first of any of its targets."""
    of_main = plan.targets["measure"] == main_measure(plan)
    horizons = plan.targets.loc[of_main, "horizon"].unique()
    return dt.date.fromisoformat(str(plan.horizons.loc[horizons, "first_day"].min()))


def _count_measure(count: Count, measure: str, months: list[str]) -> pd.DataFrame:
    """Return a row a cell and a column a month: leaves first, then cells above and beside them."""
    plan = count.ledger.plan
    rows = count.counted
    if measure in FLAGS:
        rows = rows[rows[measure].fillna(False).astype(bool)]
    whole = count.step.denominator
    parts = (rows["credit_share"] * whole).round().astype(np.int64)
    month = rows["counted_on"].dt.strftime("%Y-%m")
    targets = plan.targets[plan.targets["measure"] == measure]
    printed = targets[list(DIMENSIONS)].drop_duplicates()
    found = parts.groupby([rows[d] for d in DIMENSIONS] + [month.rename("month")]).sum()
    table = found.unstack("month", fill_value=0)
    blank = pd.MultiIndex.from_frame(printed[~_is_above(printed, plan)])
    table = table.reindex(table.index.union(blank, sort=False), fill_value=0)
    above = [*printed[_is_above(printed, plan)].itertuples(index=False, name=None)]
    for cell in [*above, *_list_platforms(plan, measure)]:
        within = _lies_in(rows, cell, plan)
        table.loc[cell, :] = parts[within].groupby(month[within]).sum()
    table = table.reindex(columns=months).fillna(0) / whole
    table.index.names = list(DIMENSIONS)
    unit = str(plan.measures.at[measure, "unit"])
    return table.reset_index().assign(measure=measure, unit=unit)


def _is_above(cells: pd.DataFrame, plan: Plan) -> pd.Series:
    """Mark cells that are no leaves of the ledger: it names every dimension that the plan has."""
    marks = pd.Series(False, index=cells.index)
    for dimension in plan.dimensions:
        marks |= cells[dimension].isin({"all", *children(plan, dimension)})
    return marks


def _list_platforms(plan: Plan, measure: str) -> list[tuple[str, str, str]]:
    """List the cells of areas inside another: those printed, for the ledger names the area."""
    cells = plan.cells[plan.cells["measure"] == measure]
    cells = cells[cells["area"].isin(inside(plan, "area"))]
    return list(dict.fromkeys(cells[list(DIMENSIONS)].itertuples(index=False, name=None)))


def _lies_in(rows: pd.DataFrame, cell: tuple[str, str, str], plan: Plan) -> pd.Series:
    """Mark the rows that lie in a cell, at any level."""
    marks = pd.Series(True, index=rows.index)
    for dimension, code in zip(DIMENSIONS, cell, strict=True):
        if code == "all":
            continue
        if code in inside(plan, dimension):
            marks &= (rows["platform"] == code).fillna(False).astype(bool)
        else:
            marks &= rows[dimension].isin(_list_below(plan, dimension, code))
    return marks


def _list_below(plan: Plan, dimension: str, code: str) -> set[str]:
    below = children(plan, dimension).get(code, [])
    return {code}.union(*(_list_below(plan, dimension, part) for part in below))
