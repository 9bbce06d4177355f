"""Inputs: which results a run is about, of which period, and whether they may be run so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.actuals import default_actuals
from h1224lib.errors import LedgerError
from h1224lib.periods import name_period, span
from h1224lib.plan import Plan
from h1224lib.publish.manifest import describe_file
from h1224lib.resources import data_folder
from h1224lib.results import gather_results, read_results
from h1224lib.schedules import measure_schedules
from h1224lib.synthetic import is_synthetic
from h1224lib.wording import LANGUAGES

if TYPE_CHECKING:
    from h1224lib.ledger.model import Ledger

# What the demonstration runs, made by tools/make_demo.py.
DEMO = {"ledger": "synthetic-ledger.xlsx", "actuals": "synthetic-actuals.csv"}


@dataclass(frozen=True)
class Request:
    """What the user asks for.

    Parameters
    ----------
    plan : str
        A shipped plan's name, or a plan folder.
    period : str, optional
        Such as ``2019Q1``; without it, only what the plan alone answers runs.
    actuals : str, optional
        A file of aggregated actuals; without it, the one that ships with the plan.
    langs : tuple of str
        Languages to run in.
    only : tuple of str
        Notebooks to run; none means all.
    workers : int
        How many run at a time.
    out : Path
        The folder of outputs.
    ledger : str, optional
        A ledger; without `period`, it is run for the period that its settings name.
    demo : bool
        Run made-up results, and only such: those that ship, or of `ledger` and `actuals`.
    """

    plan: str
    period: str | None = None
    actuals: str | None = None
    langs: tuple[str, ...] = LANGUAGES
    only: tuple[str, ...] = ()
    workers: int = 2
    out: Path = Path("outputs")
    ledger: str | None = None
    demo: bool = False


@dataclass(frozen=True)
class Inputs:
    """The results that a run is about.

    Parameters
    ----------
    period : str, optional
        What they are run for; None where the plan alone is.
    files : dict
        ``ledger`` and ``actuals`` -> the file that notebooks are given.
    described : dict
        ``ledger`` and ``actuals`` -> file, rows and sha256, None where there is none; also of
        what ships with the plan; and `synthetic`.
    synthetic : bool
        Whether any of them is made up.
    """

    period: str | None
    files: dict[str, Path]
    described: dict[str, Any]
    synthetic: bool = False


def find_inputs(request: Request, plan: Plan) -> Inputs:
    """Find, read and check what a run is about, before anything is written.

    Parameters
    ----------
    request : Request
        What the user asks for.
    plan : Plan
        Whose results these are.

    Returns
    -------
    Inputs
        The period is the request's, or the one that the ledger's settings name.

    Raises
    ------
    LedgerError
        The results are made up and no demonstration was asked for, or the other way round; a
        ledger names no period; a file cannot be read.
    ActualsError, ScheduleError, UnknownNameError
        The actuals or the period cannot be read, or do not fit the plan.
    """
    files = _name_files(request)
    if not request.period and not files:
        return Inputs(None, {}, {"actuals": None, "ledger": None, "synthetic": False})
    given = read_results(plan, files.get("ledger"), files.get("actuals"))
    _check_mark(given, files, request.demo)
    period = request.period or find_period(given)
    results = gather_results(given, plan, span(period)[1])
    measure_schedules(plan, results, period)
    frames = [part for part in given if isinstance(part, pd.DataFrame)]
    read = {"actuals": files.get("actuals") or (default_actuals(plan) if frames else None)}
    read["ledger"] = files.get("ledger")
    rows = {"actuals": sum(map(len, frames))}
    rows["ledger"] = sum(len(p.projects) for p in given if not isinstance(p, pd.DataFrame))
    described = {n: describe_file(path, rows[n]) if path else None for n, path in read.items()}
    return Inputs(period, files, {**described, "synthetic": results.synthetic}, results.synthetic)


def _name_files(request: Request) -> dict[str, Path]:
    """Name the files that were asked for; of a demonstration without any, those that ship."""
    typed = {"ledger": request.ledger, "actuals": request.actuals}
    files = {name: Path(path) for name, path in typed.items() if path}
    if request.demo and not files:
        return {name: data_folder() / "demo" / file for name, file in DEMO.items()}
    return files


def _check_mark(given: list[pd.DataFrame | Ledger], files: dict[str, Path], demo: bool) -> None:
    """Keep made-up results out of real runs, and real ones out of demonstrations."""
    for part in given:
        name = "actuals" if isinstance(part, pd.DataFrame) else "ledger"
        made = is_synthetic(part if isinstance(part, pd.DataFrame) else part.projects)
        if made != demo:
            key = "ledger_is_demonstration" if made else "demo_is_real"
            file = files[name].name if name in files else name
            raise LedgerError(key, file=file)


def find_period(given: list[pd.DataFrame | Ledger]) -> str:
    """Return the period that the settings of a ledger name, or that its own day is in.

    Raises
    ------
    LedgerError
        There is no ledger, or it names neither a period nor a day.
    """
    for part in given:
        if isinstance(part, pd.DataFrame):
            continue
        day = part.settings.as_of or part.settings.vintage
        if part.settings.period:
            return part.settings.period
        if day:
            return name_period(day)
    raise LedgerError("results_without_period")
