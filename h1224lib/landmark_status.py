"""Landmarks on the way: which of a plan's named results are reached, and what shows it."""

from __future__ import annotations

import datetime as dt
import functools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib import wording
from h1224lib.errors import ActualsError, ScheduleError
from h1224lib.findings import Finding, Problem, problem
from h1224lib.labels import name_code
from h1224lib.monthly import fill_months, list_months
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.plan.tables import check_cells, drop_lost, is_number, read_table
from h1224lib.resources import PACKAGE, data_folder
from h1224lib.synthetic import is_synthetic, says_synthetic

STATUSES = ("reached", "under_way", "not_started", "dropped")


def default_landmarks(plan: Plan) -> Path | None:
    """Return the shipped file of the status of a plan's landmarks, where there is one.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> default_landmarks(load_plan("dazhou-2019")) is None
    True
    """
    path = data_folder() / "actuals" / f"{plan.name}-landmark-status.csv"
    return path if path.is_file() else None


def is_invented(status: pd.DataFrame) -> bool:
    """Tell whether any status is made up: its evidence, or a column of its own, says so."""
    return bool(says_synthetic(status["evidence"].astype(str)).any()) or is_synthetic(status)


def read_landmark_status(path: str | Path | None, plan: Plan) -> pd.DataFrame:
    """Read how far landmarks are, and refuse the file whole if anything in it is wrong.

    Parameters
    ----------
    path : str or Path, optional
        A CSV file: landmark, status, date, evidence; value (how much of the landmark's number is
        reached) and note as one likes. A landmark may have a row for each date. Without it, the
        file that ships with the plan.
    plan : Plan
        Whose landmarks these are.

    Returns
    -------
    DataFrame
        landmark (a landmark_id of the plan), status (`STATUSES`), date, value (in the landmark's
        unit, <NA> where it is blank), evidence, note.

    Raises
    ------
    ActualsError
        The file is not there, or has problems: a landmark that the plan has not, a status that
        is none, a landmark reached without evidence; the error carries all of them.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> from h1224lib.resources import data_folder
    >>> path = data_folder() / "demo" / "synthetic-landmark-status.csv"
    >>> "reached" in set(read_landmark_status(path, load_plan())["status"])
    True
    """
    file = default_landmarks(plan) if path is None else Path(path)
    if file is None or not file.is_file():
        raise ActualsError("no_landmark_status", found=str(path or plan.name))
    spec = _format()
    frame, problems = read_table(file, spec["fields"], None)
    problems += check_cells(file.name, frame, spec)
    if not any(p.kind == "missing_column" for p in problems):
        problems += _check(file.name, frame, plan)
    problems = drop_lost(problems)
    if problems:
        told = {"file": file.name, "count": len(problems)}
        raise ActualsError("landmark_status_has_problems", problems, **told)
    for name in spec["fields"]:
        if name not in frame:
            frame[name] = ""
    return (
        frame[list(spec["fields"])]
        .reset_index(drop=True)
        .assign(
            date=[dt.date.fromisoformat(day) for day in frame["date"]],
            value=pd.to_numeric(frame["value"].replace("", None)).astype("Float64").to_numpy(),
        )
    )


@functools.cache
def _format() -> dict[str, Any]:
    text = (PACKAGE / "landmark_status_format.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _check(file: str, frame: pd.DataFrame, plan: Plan) -> list[Problem]:
    known = _list_landmarks(plan)
    problems = []
    for line, row in zip(frame.index, frame.to_dict("records"), strict=True):
        code, value = row["landmark"], row.get("value", "")
        if code and code not in known:
            problems.append(
                problem("unknown_code", file, line, "landmark", code, table="landmarks")
            )
        reached = row["status"] == "reached"
        if reached and not row.get("evidence"):
            problems.append(problem("landmark_no_evidence", file, line, "evidence"))
        minimum = known.get(code)
        if value and is_number(value) and Decimal(value) < 0:
            problems.append(problem("landmark_value", file, line, "value", value))
        elif reached and minimum and value and is_number(value) and Decimal(value) < minimum:
            told = {"minimum": float(minimum)}
            problems.append(problem("landmark_short", file, line, "value", value, **told))
    return problems


def _list_landmarks(plan: Plan) -> dict[str, Decimal | None]:
    """Return each landmark's smallest number, None where the plan prints none."""
    if plan.landmarks.empty:
        return {}
    pairs = zip(plan.landmarks["landmark_id"], plan.landmarks["minimum"], strict=True)
    return {str(code): None if pd.isna(low) else Decimal(str(low)) for code, low in pairs}


def latest_status(status: pd.DataFrame, plan: Plan, as_of: str | dt.date) -> pd.DataFrame:
    """Return where each landmark of the plan stands on a day.

    Parameters
    ----------
    status : DataFrame
        As `read_landmark_status` returns it.
    plan : Plan
        Gives the landmarks, all of which are in the result.
    as_of : date or ISO str
        Later rows are not looked at; of earlier ones, the last holds.

    Returns
    -------
    DataFrame
        One row a landmark, in the plan's order: landmark, industry, horizon, minimum, status,
        date, value, evidence; status is <NA> where nothing is recorded.
    """
    known = status[status["date"] <= _day(as_of)].sort_values("date", kind="stable")
    last = known.drop_duplicates("landmark", keep="last")
    listed = plan.landmarks.rename(columns={"landmark_id": "landmark"})
    kept = listed[["landmark", "industry", "horizon", "minimum"]]
    columns = ["landmark", "status", "date", "value", "evidence"]
    return kept.merge(last[columns], on="landmark", how="left")


def tell_landmarks(status: pd.DataFrame, plan: Plan, as_of: str | dt.date, horizon: str) -> Finding:
    """State how many landmarks within a horizon are reached, each counted once."""
    rows = _of_list(latest_status(status, plan, as_of), plan, horizon)
    numbers = {name: int((rows["status"] == name).sum()) for name in STATUSES}
    told: dict[str, Any] = {
        "as_of": _day(as_of).isoformat(),
        "horizon": name_code(plan, "horizon", horizon),
        "listed": len(rows),
        "unknown": int(rows["status"].isna().sum()),
    }
    return Finding("landmarks_reached", "note", {**told, **numbers})


def tell_status(plan: Plan, status: pd.DataFrame | None, as_of: str | dt.date) -> Finding:
    """State how many landmarks are reached, or that none is named, or none recorded.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> tell_status(load_plan("dazhou-2019"), None, "2019-03-31").kind
    'landmarks_unlisted'
    """
    if plan.landmarks.empty:
        return Finding("landmarks_unlisted")
    horizon = find_landmark_horizon(plan, _day(as_of))
    if status is None or status.empty or horizon is None:
        return Finding("landmarks_unrecorded", numbers={"listed": len(plan.landmarks)})
    return tell_landmarks(status, plan, as_of, horizon)


def find_landmark_horizon(plan: Plan, day: dt.date) -> str | None:
    """Return the longest horizon around a day for which the plan asks for landmarks, if any.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> find_landmark_horizon(load_plan(), dt.date(2024, 6, 30))
    '2023-2025'
    """
    measures = plan.measures.index[plan.measures["counts"] == "landmarks"]
    asked = plan.cells.loc[plan.cells["measure"].isin(measures), "horizon"].unique()
    spans = plan.horizons.loc[list(asked)]
    iso = day.isoformat()
    around = spans[(spans["first_day"] <= iso) & (spans["last_day"] >= iso)]
    if around.empty:
        return None
    days = pd.to_datetime(around["last_day"]) - pd.to_datetime(around["first_day"])
    return str(days.idxmax())


def count_landmarks(
    status: pd.DataFrame, plan: Plan, as_of: str | dt.date, horizon: str
) -> pd.DataFrame:
    """Count the landmarks reached in each month, as aggregated actuals.

    Each landmark of the horizon, or of a shorter one within it, counts once, whatever number the
    plan asks for, in the month of the row that says so; one that is no longer reached on `as_of`
    does not count. What a plan announces can be counted in other ways: `find_landmark_count`
    has them.

    Parameters
    ----------
    status : DataFrame
        As `read_landmark_status` returns it.
    plan : Plan
        Has a measure that counts landmarks.
    as_of : date or ISO str
        The day that the count speaks for; the last of a month.
    horizon : str
        Whose landmarks, and from whose first day.

    Returns
    -------
    DataFrame
        The columns of `read_actuals`, a row a month; none where the plan has no such measure.

    Raises
    ------
    ScheduleError
        The horizon does not contain the day.
    """
    day = _day(as_of)
    first, last = (str(plan.horizons.at[horizon, f"{end}_day"]) for end in ("first", "last"))
    if not first <= day.isoformat() <= last:
        raise ScheduleError("no_horizon", found=day.isoformat(), known=[horizon])
    rows = _of_list(latest_status(status, plan, day), plan, horizon)
    reached = rows[rows["status"] == "reached"]
    months = list_months(dt.date.fromisoformat(first), day)
    found = pd.Series([on.isoformat()[:7] for on in reached["date"]], dtype=str).value_counts()
    measures = [str(m) for m in plan.measures.index[plan.measures["counts"] == "landmarks"]]
    cells = pd.DataFrame(
        {
            "measure": measures,
            **dict.fromkeys(DIMENSIONS, "all"),
            "unit": [plan.measures.at[m, "unit"] for m in measures],
            **{name: int(found.get(name, 0)) for name, _, _ in months},
        }
    )
    evidence = reached["evidence"].astype(str)
    made = evidence.str.startswith(wording.say("template.is_synthetic", "en")).any()
    source = "synthetic data: landmark status" if made else "landmark status"
    return fill_months(cells, months, vintage=day.isoformat(), source=source)


def _of_list(rows: pd.DataFrame, plan: Plan, horizon: str) -> pd.DataFrame:
    """Keep the landmarks whose own horizon lies within another: shorter ones are on its way."""
    first, last = plan.horizons["first_day"], plan.horizons["last_day"]
    own = rows["horizon"]
    return rows[(own.map(first) >= first[horizon]) & (own.map(last) <= last[horizon])]


def _day(as_of: str | dt.date) -> dt.date:
    return dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
