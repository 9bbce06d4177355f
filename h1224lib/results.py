"""Results: what progress is measured from, be it a ledger, aggregated actuals, or both."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from h1224lib import wording
from h1224lib.actuals import default_actuals, list_sites, read_actuals
from h1224lib.errors import ActualsError
from h1224lib.findings import Finding, Label
from h1224lib.landmark_status import (
    count_landmarks,
    default_landmarks,
    find_landmark_horizon,
    is_invented,
    read_landmark_status,
    tell_landmarks,
)
from h1224lib.monthly import COLUMNS
from h1224lib.plan.model import Plan
from h1224lib.synthetic import SYNTHETIC, is_synthetic, says_synthetic

if TYPE_CHECKING:
    from h1224lib.ledger.count import Count
    from h1224lib.ledger.model import Ledger

# What a source line has room for: sources of results, and signs of a file's name.
_MOST_SOURCES = 3
_LONGEST = 48


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
    sources : tuple of Finding
        Where it is from: each ledger and each file of actuals, with the measures that it gives.
    counts : tuple of Count
        Each ledger counted.
    """

    plan: Plan
    actuals: pd.DataFrame
    findings: list[Finding]
    synthetic: bool
    sources: tuple[Finding, ...] = ()
    counts: tuple[Count, ...] = ()


# One ledger at most: two may have the same project, and nothing tells which row holds.
Given: TypeAlias = "pd.DataFrame | Ledger | Results | Sequence[pd.DataFrame | Ledger]"


def read_results(
    plan: Plan,
    ledger: str | Path | None = None,
    actuals: str | Path | None = None,
    landmarks: str | Path | None = None,
) -> list[pd.DataFrame | Ledger]:
    """Read a ledger, aggregated actuals, or both, and the status of landmarks.

    Parameters
    ----------
    plan : Plan
        Whose codes and names they use.
    ledger : str or Path, optional
        A ledger, as `read_ledger` takes it.
    actuals : str or Path, optional
        A file of aggregated actuals; without it, what ships with the plan, if anything does and
        the ledger is not made up.
    landmarks : str or Path, optional
        A file of the status of landmarks, as `read_landmark_status` takes it; without it, what
        ships with the plan, if anything does and neither of the others is made up.

    Returns
    -------
    list
        For `measure_progress` or `measure_schedules`: the ledger, actuals, the status of
        landmarks, as far as there are any.

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
    given: list[pd.DataFrame | Ledger] = []
    made = False
    if ledger is not None:
        read = _read_once(Path(ledger), plan)
        given, made = [read], bool(is_synthetic(read.projects))
    if actuals is not None or not given or (not made and default_actuals(plan) is not None):
        frame = read_actuals(actuals, plan)
        given, made = [*given, frame], made or is_synthetic(frame)
    if landmarks is not None or (not made and default_landmarks(plan) is not None):
        status = read_landmark_status(landmarks, plan)
        given.append(status.assign(**{SYNTHETIC: True}) if is_invented(status) else status)
    return given


def _read_once(path: Path, plan: Plan) -> Ledger:
    """Read a ledger, unless the run that this is part of has read it already."""
    # Only here: the readers of workbooks take time to load.
    from h1224lib.ledger.handover import recall_ledger
    from h1224lib.ledger.read import read_ledger

    recalled = recall_ledger(path, plan)
    return read_ledger(path, plan) if recalled is None else recalled


def gather_results(given: Given, plan: Plan, as_of: str | dt.date) -> Results:
    """Bring ledgers and actuals together: each ledger counted by its own settings.

    Parameters
    ----------
    given : DataFrame, Ledger, Results or a sequence of the first two
        Aggregated actuals as `read_actuals` returns them, ledgers as `read_ledger` does, the
        status of landmarks as `read_landmark_status` does: those reached are counted. One
        ledger at most.
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
        The plan counts no projects, or actuals give what a ledger or the status of landmarks
        counts already; there are several ledgers, nothing, or what are no results.
    """
    if isinstance(given, Results):
        return given
    parts = _list_parts(given)
    frames, statuses = _sort_frames(parts)
    findings: list[Finding] = []
    made = any(map(is_synthetic, frames)) or any(map(is_invented, statuses))
    counts, counted, sources = [], [], []
    for ledger in (part for part in parts if not isinstance(part, pd.DataFrame)):
        from h1224lib.ledger.count import count_ledger

        count = count_ledger(ledger, as_of)
        plan = _take_steps(plan, count.plan)
        counts.append(count)
        counted.append(count.actuals)
        sources.append(_name_ledger(count))
        made |= count.synthetic
        findings += [*count.findings, *(f for f in ledger.findings[:2] if f.severity != "note")]
    if made and not any(finding.kind == "ledger_synthetic" for finding in findings):
        findings.insert(0, Finding("actuals_synthetic", "warning"))
    for status in statuses:
        frame, told = _count_status(status, plan, as_of)
        counted.append(frame)
        sources.append(_name_landmarks(status, frame))
        findings += told
    _refuse_twice(counted, frames)
    whole = [frame for frame in [*counted, *frames] if len(frame)] or [*counted, *frames]
    sources += [_name_actuals(frame) for frame in frames]
    actuals = pd.concat(whole, ignore_index=True)
    return Results(plan, actuals, findings, made, tuple(sources), tuple(counts))


def _list_parts(given: Any) -> list[pd.DataFrame | Ledger]:
    """Refuse what are no results, and a second ledger: the same project may stand in both."""
    from h1224lib.ledger.model import Ledger

    several = isinstance(given, Sequence) and not isinstance(given, str)
    parts = list(given) if several else [given]
    if not parts:
        raise ActualsError("no_results_given")
    ledgers = [part for part in parts if not isinstance(part, pd.DataFrame)]
    for part in ledgers:
        if not isinstance(part, Ledger):
            raise ActualsError("not_results", found=type(part).__name__)
    if len(ledgers) > 1:
        raise ActualsError("several_ledgers", files=[ledger.file for ledger in ledgers])
    return parts


def _sort_frames(
    parts: list[pd.DataFrame | Ledger],
) -> tuple[list[pd.DataFrame], list[pd.DataFrame]]:
    """Tell aggregated actuals from the status of landmarks."""
    frames = [part for part in parts if isinstance(part, pd.DataFrame)]
    statuses = [frame for frame in frames if "landmark" in frame]
    return [frame for frame in frames if "landmark" not in frame], statuses


def _count_status(
    status: pd.DataFrame, plan: Plan, as_of: str | dt.date
) -> tuple[pd.DataFrame, list[Finding]]:
    """Count the landmarks reached, within the longest horizon that asks for them on the day."""
    day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    horizon = find_landmark_horizon(plan, day)
    if horizon is None:
        return pd.DataFrame(columns=COLUMNS), []
    told = tell_landmarks(status, plan, day, horizon)
    return count_landmarks(status, plan, day, horizon), [told]


def _name_landmarks(status: pd.DataFrame, frame: pd.DataFrame) -> Finding:
    """Name the status of landmarks as a source."""
    numbers = {"synthetic": is_invented(status), "measures": list(frame["measure"].unique())}
    return Finding("source_landmarks", "note", numbers)


def _name_ledger(count: Count) -> Finding:
    """Name a ledger as a source: its file and the day of which it speaks."""
    name, vintage = count.ledger.file, count.ledger.settings.vintage
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 2 :]}"
    numbers = {
        "file": name,
        "vintage": "" if vintage is None else vintage.isoformat(),
        "synthetic": count.synthetic,
        "measures": list(count.actuals["measure"].unique()),
    }
    return Finding("source_ledger", "note", numbers)


def _name_actuals(frame: pd.DataFrame) -> Finding:
    """Name where published results are from: their sites, or what else their file says."""
    usable = frame[frame["comparable"] == "yes"]
    said = usable["source"].astype(str)
    made = says_synthetic(said)
    mark = [Label(*(wording.say("template.is_synthetic", x) for x in wording.LANGUAGES))]
    items = [*(mark if made.any() else []), *list_sites(said[~made])]
    numbers = {
        "items": items[:_MOST_SOURCES],
        "more": max(len(items) - _MOST_SOURCES, 0),
        "measures": list(usable["measure"].unique()),
    }
    return Finding("source_actuals", "note", numbers)


def _take_steps(plan: Plan, counted: Plan) -> Plan:
    """Take over the steps of a ledger's own plan, which may differ in its targets."""
    steps = counted.measures["step"].reindex(plan.measures.index)
    steps = steps.where(steps.notna(), plan.measures["step"])
    if steps.equals(plan.measures["step"]):
        return plan
    return dataclasses.replace(plan, measures=plan.measures.assign(step=steps))


def _refuse_twice(counted: list[pd.DataFrame], frames: list[pd.DataFrame]) -> None:
    """Refuse actuals of what is counted: neither may silently go first."""
    usable = [frame.loc[frame["comparable"] == "yes", "measure"] for frame in frames]
    seen: set[Any] = set()
    for measures in [*(frame["measure"] for frame in counted), *usable]:
        again = seen & set(measures)
        if again and counted:
            raise ActualsError("measured_twice", measures=sorted(again))
        seen |= set(measures)
