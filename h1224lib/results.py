"""Results: what progress is measured from, be it a ledger, aggregated actuals, or both."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from h1224lib.actuals import default_actuals, read_actuals
from h1224lib.errors import ActualsError
from h1224lib.findings import Finding
from h1224lib.plan.model import Plan
from h1224lib.synthetic import is_synthetic

if TYPE_CHECKING:
    from h1224lib.ledger.model import Ledger


@dataclass(frozen=True, eq=False)
class Results:
    """What was reached up to a day, ready to be set against targets.

    Attributes
    ----------
    plan : Plan
        The plan, its counts in a step fine enough for credit that areas share.
    actuals : DataFrame
        In the columns of `read_actuals`, whatever it was counted from.
    findings : list of Finding
        If any of it is made up, what became of a ledger's rows, and by which rule they count.
    synthetic : bool
        Whether any of it is made up.
    """

    plan: Plan
    actuals: pd.DataFrame
    findings: list[Finding]
    synthetic: bool


Given: TypeAlias = "pd.DataFrame | Ledger | Results | Sequence[pd.DataFrame | Ledger]"


def read_results(
    plan: Plan, ledger: str | Path | None = None, actuals: str | Path | None = None
) -> list[pd.DataFrame | Ledger]:
    """Read a ledger, aggregated actuals, or both.

    Parameters
    ----------
    plan : Plan
        Whose codes and names they use.
    ledger : str or Path, optional
        A ledger, as `read_ledger` takes it.
    actuals : str or Path, optional
        A file of aggregated actuals; without it, what ships with the plan, if anything does and
        the ledger is not made up.

    Returns
    -------
    list
        For `measure_progress` or `measure_schedules`.

    Raises
    ------
    LedgerError, ActualsError
        A file is not there or cannot be read; neither is named, and none ships with the plan.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> [len(frame) for frame in read_results(load_plan("dazhou-2019"))]
    [10]
    """
    if ledger is None:
        return [read_actuals(actuals, plan)]
    # Only here: the readers of workbooks take time to load.
    from h1224lib.ledger.read import read_ledger

    read = read_ledger(ledger, plan)
    if actuals is None and (is_synthetic(read.projects) or default_actuals(plan) is None):
        return [read]
    return [read, read_actuals(actuals, plan)]


def gather_results(given: Given, plan: Plan, as_of: str | dt.date) -> Results:
    """Bring ledgers and actuals together: each ledger counted by its own settings.

    Parameters
    ----------
    given : DataFrame, Ledger, Results or a sequence of the first two
        Aggregated actuals as `read_actuals` returns them, ledgers as `read_ledger` does.
    plan : Plan
        Gives the targets.
    as_of : date or ISO str
        The day that the analysis speaks for.

    Returns
    -------
    Results
        With the plan, actuals and findings to go on with.

    Raises
    ------
    ActualsError
        The plan counts no projects, or actuals give what a ledger counts already.
    """
    if isinstance(given, Results):
        return given
    parts = list(given) if isinstance(given, Sequence) else [given]
    frames = [part for part in parts if isinstance(part, pd.DataFrame)]
    findings: list[Finding] = []
    made = any(map(is_synthetic, frames))
    counted = []
    for ledger in (part for part in parts if not isinstance(part, pd.DataFrame)):
        from h1224lib.ledger.count import count_ledger

        count = count_ledger(ledger, as_of)
        plan = _take_steps(plan, count.plan)
        counted.append(count.actuals)
        made |= is_synthetic(ledger.projects)
        findings += [*count.findings, *(f for f in ledger.findings[:2] if f.severity != "note")]
    if made and not any(finding.kind == "ledger_synthetic" for finding in findings):
        findings.insert(0, Finding("actuals_synthetic", "warning"))
    _refuse_twice(counted, frames)
    whole = [frame for frame in [*counted, *frames] if len(frame)] or [*counted, *frames]
    return Results(plan, pd.concat(whole, ignore_index=True), findings, made)


def _take_steps(plan: Plan, counted: Plan) -> Plan:
    """Take over the steps of a ledger's own plan, which may differ in its targets."""
    steps = counted.measures["step"].reindex(plan.measures.index)
    steps = steps.where(steps.notna(), plan.measures["step"])
    if steps.equals(plan.measures["step"]):
        return plan
    return dataclasses.replace(plan, measures=plan.measures.assign(step=steps))


def _refuse_twice(counted: list[pd.DataFrame], frames: list[pd.DataFrame]) -> None:
    """Refuse actuals of what a ledger counts: neither may silently go first."""
    usable = [frame.loc[frame["comparable"] == "yes", "measure"] for frame in frames]
    seen: set[Any] = set()
    for measures in [*(frame["measure"] for frame in counted), *usable]:
        again = seen & set(measures)
        if again and counted:
            raise ActualsError("measured_twice", measures=sorted(again))
        seen |= set(measures)
