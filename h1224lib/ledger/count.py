"""The ledger counted: its projects as aggregated actuals, by the counting rule of its settings."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.errors import ActualsError
from h1224lib.findings import Finding
from h1224lib.hierarchy import inside
from h1224lib.ledger.model import Ledger
from h1224lib.ledger.stages import ladders
from h1224lib.ledger.tally import Credits, Places, spread_credit, tally_cells
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
    days : array of datetime64
        For each of `ledger.projects` the day from which it counts, NaT where it does not yet.
    reasons : array of int
        For each of them why it does not count on `as_of`: a place in `REASONS`, -1 if it counts.
    """

    ledger: Ledger
    as_of: dt.date
    days: npt.NDArray[np.datetime64]
    reasons: npt.NDArray[np.int8]

    @functools.cached_property
    def credits(self) -> Credits:
        """Which area is credited with which project, as `spread_credit` returns it."""
        return spread_credit(self.ledger)

    @functools.cached_property
    def rows(self) -> pd.DataFrame:
        """`ledger.credited`, one row a project and area, and why it counts or not.

        With `counted_on`, the day from which it counts (<NaT> where it does not yet), and
        `left_out`, why it does not on `as_of`: one of `REASONS`, or ``""``.
        """
        at, areas, shares = self.credits
        rows = self.ledger.projects.iloc[at].reset_index(drop=True)
        rows["area"] = areas.to_numpy()
        for dimension in DIMENSIONS:
            if dimension not in rows or rows[dimension].isna().all():
                rows[dimension] = "all"
            rows[dimension] = rows[dimension].astype(str)
        texts = pd.Series([*REASONS, ""], dtype=str)
        left_out = texts.take(self.reasons[at]).reset_index(drop=True)
        return rows.assign(credit_share=shares, counted_on=self.days[at], left_out=left_out)

    @functools.cached_property
    def counted(self) -> pd.DataFrame:
        """The rows that count."""
        return self.rows[self.rows["left_out"] == ""]

    @functools.cached_property
    def step(self) -> Fraction:
        """The step in which the count is exact: 1, or finer where areas share a project."""
        at, _, shares = self.credits
        some = np.unique(shares[self.reasons[at] < 0])
        parts = [Fraction(float(s)).limit_denominator(_FINEST).denominator for s in some]
        return Fraction(1, math.lcm(*parts) if parts else 1)

    @functools.cached_property
    def synthetic(self) -> bool:
        """Whether any of its projects is made up."""
        return is_synthetic(self.ledger.projects)

    @functools.cached_property
    def tally(self) -> pd.DataFrame:
        """What counts, by cell, platform, flags and month: as `tally_cells` returns it."""
        flags = [flag for flag in FLAGS if flag in self.ledger.projects]
        return tally_cells(self.ledger, self.credits, self.reasons < 0, self.days, self.step, flags)

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
        named = [name for name, _, _ in months]
        places = Places(plan)
        known = [measure for measure in list_counted(plan) if self._knows(measure)]
        parts = [_count_measure(self, measure, named, places) for measure in known]
        source = f"{'synthetic data: ' if self.synthetic else ''}{self.ledger.file}"
        vintage = (self.ledger.settings.vintage or self.as_of).isoformat()
        if not months:
            return pd.DataFrame(columns=COLUMNS)
        return fill_months(pd.concat(parts), months, vintage=vintage, source=source)

    def _knows(self, measure: str) -> bool:
        """Tell whether the ledger says anything of a measure: a column left out is no zero."""
        return measure not in FLAGS or bool(self.ledger.projects[measure].notna().any())

    @property
    def findings(self) -> list[Finding]:
        """How many projects count and why the others do not, by which rule, and if made up."""
        times = np.bincount(self.reasons + 1, minlength=len(REASONS) + 1)
        numbers = {
            "as_of": self.as_of.isoformat(),
            "file": self.ledger.file,
            "projects": len(self.reasons),
            "counted": int(times[0]),
            **{reason: int(times[1 + place]) for place, reason in enumerate(REASONS)},
        }
        told = [Finding("ledger_counted", "note", numbers), self.ledger.settings.finding]
        vintage = self.ledger.settings.vintage
        if vintage is not None and vintage < self.as_of:
            dates = {"vintage": vintage.isoformat(), "as_of": self.as_of.isoformat()}
            told.insert(0, Finding("ledger_ends_early", "warning", {**numbers, **dates}))
        if self.synthetic:
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
    projects = ledger.projects
    if "project_type" not in projects:
        projects = projects.assign(project_type="all")
    days = find_days(projects, ledger.settings.counting_stage, ladders(ledger.plan)).to_numpy()
    return Count(ledger, day, days, _leave_out(projects, days, ledger, day))


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


def find_days(
    rows: pd.DataFrame, stages: dict[str, str], listed: dict[str, list[str]] | None = None
) -> pd.Series:
    """Return the first day on which each project is at its type's counting stage or beyond.

    Parameters
    ----------
    rows : DataFrame
        project_type and a column of days for each stage.
    stages : dict
        Project type -> counting stage.
    listed : dict, optional
        Project type -> its stages, as `ladders` returns them; by default those that are known.

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
    days = np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[s]")
    listed = ladders() if listed is None else listed
    # A project of no type is on every ladder, as one whose type has none.
    kinds = rows["project_type"].astype("category")
    codes = kinds.cat.codes.to_numpy()
    for code, kind in [(-1, "all"), *enumerate(kinds.cat.categories)]:
        mine = np.flatnonzero(codes == code)
        if not len(mine):
            continue
        stage = stages.get(str(kind), next(iter(stages.values())))
        own = [listed[str(kind)]] if str(kind) in listed else list(ladders().values())
        beyond = {s for ladder in own if stage in ladder for s in ladder[ladder.index(stage) :]}
        reached = [rows[name].to_numpy().astype("datetime64[s]")[mine] for name in sorted(beyond)]
        days[mine] = functools.reduce(np.fmin, reached, days[mine])
    return pd.Series(days, index=rows.index)


def _leave_out(
    projects: pd.DataFrame, days: npt.NDArray[np.datetime64], ledger: Ledger, day: dt.date
) -> npt.NDArray[np.int8]:
    """Return for each project the first of `REASONS` that holds, -1 where it counts."""
    last = np.datetime64(day.isoformat(), "s")
    first = np.datetime64(_first_day(ledger.plan).isoformat(), "s")
    settings = ledger.settings
    left = np.full(len(projects), -1, dtype=np.int8)
    if settings.recognised_only:
        told = (projects["recognition"] != "recognised").to_numpy(dtype=bool)
        left[told] = REASONS.index("not_recognised")
    if not settings.count_withdrawn:
        gone = projects["withdrawn"].to_numpy().astype("datetime64[s]") <= last
        left[gone] = REASONS.index("withdrawn")
    left[days < first] = REASONS.index("outside")
    left[~(days <= last)] = REASONS.index("not_reached")
    return left


def _first_day(plan: Plan) -> dt.date:
    """Return the day from which the plan counts: the first of any of its targets."""
    of_main = plan.targets["measure"] == main_measure(plan)
    horizons = plan.targets.loc[of_main, "horizon"].unique()
    return dt.date.fromisoformat(str(plan.horizons.loc[horizons, "first_day"].min()))


def _count_measure(count: Count, measure: str, months: list[str], places: Places) -> pd.DataFrame:
    """Return a row a cell and a column a month: leaves first, then cells above and beside them."""
    plan, rows = count.ledger.plan, count.tally
    if measure in FLAGS:
        rows = rows[rows[measure].fillna(False).astype(bool)]
    rows = rows[rows["month"].isin(months)]
    targets = plan.targets[plan.targets["measure"] == measure]
    printed = targets[list(DIMENSIONS)].drop_duplicates()
    higher = places.is_above(printed)
    own = rows[list(DIMENSIONS)].dropna()
    leaves = pd.concat([own, printed[~higher]]).drop_duplicates().reset_index(drop=True)
    beyond = [*printed[higher].itertuples(index=False, name=None), *_list_platforms(plan, measure)]
    at = pd.Index(months).get_indexer(rows["month"])
    parts = rows["parts"].to_numpy()
    table = np.zeros((len(leaves) + len(beyond), len(months)), dtype=np.int64)
    leaf = pd.MultiIndex.from_frame(leaves).get_indexer(pd.MultiIndex.from_frame(own))
    whole = rows[list(DIMENSIONS)].notna().all(axis=1).to_numpy()
    np.add.at(table, (leaf, at[whole]), parts[whole])
    for place, cell in enumerate(beyond, len(leaves)):
        within = places.lies_in(rows, cell)
        np.add.at(table[place], at[within], parts[within])
    cells = pd.concat([leaves, pd.DataFrame(beyond, columns=list(DIMENSIONS))], ignore_index=True)
    values = pd.DataFrame(table / count.step.denominator, columns=months)
    unit = str(plan.measures.at[measure, "unit"])
    return pd.concat([cells, values], axis=1).assign(measure=measure, unit=unit)


def _list_platforms(plan: Plan, measure: str) -> list[tuple[str, str, str]]:
    """List the cells of areas inside another: those printed, for the ledger names the area."""
    cells = plan.cells[plan.cells["measure"] == measure]
    cells = cells[cells["area"].isin(inside(plan, "area"))]
    return list(dict.fromkeys(cells[list(DIMENSIONS)].itertuples(index=False, name=None)))
