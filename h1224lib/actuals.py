"""Aggregated actuals: published results that no ledger holds, one schema for all."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.errors import ActualsError, UnknownNameError
from h1224lib.findings import Problem, problem
from h1224lib.periods import span
from h1224lib.plan.checks import check_amount
from h1224lib.plan.model import DIMENSIONS, TABLES, Plan
from h1224lib.plan.tables import check_cells, drop_lost, read_table
from h1224lib.resources import PACKAGE, data_folder
from h1224lib.steps import narrow


def default_actuals(plan: Plan) -> Path | None:
    """Return the shipped file of a plan's actuals, where there is one.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> default_actuals(load_plan("dazhou-2019")).name
    'dazhou-2019.csv'
    """
    path = data_folder() / "actuals" / f"{plan.name}.csv"
    return path if path.is_file() else None


def read_actuals(path: str | Path | None, plan: Plan) -> pd.DataFrame:
    """Read aggregated actuals, and refuse them whole if anything in them is wrong.

    Parameters
    ----------
    path : str or Path, optional
        A CSV file of the actuals format; without it, the file that ships with the plan.
    plan : Plan
        Whose codes the file uses.

    Returns
    -------
    DataFrame
        measure, area, industry, project_type, period, value (in `unit`), unit, status,
        comparable, confidence, vintage, source, note; first_day and last_day of the period.

    Raises
    ------
    ActualsError
        The file is not there, or has problems; the error carries all of them.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> float(read_actuals(None, load_plan("dazhou-2019")).query("area == 'all'").value.item())
    120.5
    """
    file = default_actuals(plan) if path is None else Path(path)
    if file is None or not file.is_file():
        raise ActualsError("no_actuals", found=str(path or ""), plan=plan.name)
    spec = _actuals_format()
    frame, problems = read_table(file, spec["fields"], None)
    frame = frame.assign(**{d: "all" for d in DIMENSIONS if d not in frame})
    problems += check_cells(file.name, frame, spec) + _check(file.name, frame, plan)
    problems = drop_lost(problems)
    if problems:
        raise ActualsError("actuals_have_problems", problems, file=file.name, count=len(problems))
    return _type(frame.reset_index(drop=True), spec)


def list_sites(sources: pd.Series) -> list[str]:
    """List each source once: of an address, the site; what else is said, as it is said.

    Examples
    --------
    >>> list_sites(pd.Series(["http://tjj.example.org/a.html", "年报", "", "年报"]))
    ['tjj.example.org', '年报']
    """
    said = map(str, sources.unique())
    return sorted({text.split("/")[2] if "://" in text else text for text in said} - {""})


@functools.cache
def _actuals_format() -> dict[str, Any]:
    return dict(json.loads((PACKAGE / "actuals_format.json").read_text(encoding="utf-8")))


def _check(file: str, frame: pd.DataFrame, plan: Plan) -> list[Problem]:
    problems = []
    for name in ("measure", *DIMENSIONS):
        known = {"", *plan.table(name).index}  # that a cell is empty is said
        column = frame[name] if name in frame else pd.Series(dtype=str)
        for line, found in column[~column.isin(known)].items():
            table = TABLES[name]
            problems.append(problem("unknown_code", file, line, name, found, table=table))
    measures = plan.measures.to_dict("index")
    for line, row in zip(frame.index, frame.to_dict("records"), strict=True):
        problems += _check_row(file, line, row, measures.get(row.get("measure"), {}))
    return problems


def _check_row(file: str, line: Any, row: dict[Any, Any], measure: dict[Any, Any]) -> list[Problem]:
    problems = check_amount(file, line, "value", row.get("value", ""), measure)
    unit = measure.get("unit")
    if unit and row.get("unit", "") not in ("", unit):
        problems.append(problem("other_unit", file, line, "unit", row["unit"], unit=unit))
    try:
        if row.get("period"):
            span(row["period"])
    except UnknownNameError:
        problems.append(problem("not_period", file, line, "period", row["period"]))
    return problems


def _type(frame: pd.DataFrame, spec: dict[str, Any]) -> pd.DataFrame:
    for name in spec["fields"]:
        if name not in frame:
            frame[name] = ""
    days = [span(period) for period in frame["period"]]
    return frame[list(spec["fields"])].assign(
        value=narrow(pd.to_numeric(frame["value"])),
        first_day=[first for first, _ in days],
        last_day=[last for _, last in days],
    )
