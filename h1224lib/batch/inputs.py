"""Inputs: which results a run is about, of which period, and whether they may be run so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.actuals import default_actuals
from h1224lib.batch.request import MAYBE_FILES, Request
from h1224lib.errors import ComparisonError, H1224Error, LedgerError, PeriodsError
from h1224lib.files import sha256
from h1224lib.landmark_status import default_landmarks
from h1224lib.periods import name_period, span
from h1224lib.plan import Plan
from h1224lib.provenance import name_rule, word_rule
from h1224lib.publish.manifest import describe_file
from h1224lib.resources import DEMO, demo_file
from h1224lib.results import gather_results, read_results
from h1224lib.schedules import measure_schedules
from h1224lib.synthetic import is_synthetic
from h1224lib.wording import LANGUAGES

if TYPE_CHECKING:
    from h1224lib.ledger.model import Ledger
    from h1224lib.progress import State

# Settings that an analysis of a named period can do without, and those about amounts alone.
_DAYS, _AMOUNTS = ("period", "as_of", "vintage"), ("investment_unit",)


@dataclass(frozen=True)
class Inputs:
    """The results that a run is about.

    Parameters
    ----------
    period : str, optional
        What they are run for; None where the plan alone is.
    files : dict
        ``ledger``, ``actuals``, ``landmarks``, ``previous`` -> the file that notebooks are given.
    described : dict
        ``ledger``, ``actuals``, ``landmarks``, ``previous`` -> file, rows and sha256, None where
        there is none; also of what ships with the plan; `synthetic`; `counting_rule`, worded in
        each language, None without a ledger; `assessment`, what was asked for of it.
    synthetic : bool
        Whether any of them is made up.
    ledger : Ledger, optional
        The ledger as it was read.
    """

    period: str | None
    files: dict[str, Path]
    described: dict[str, Any]
    synthetic: bool = False
    ledger: Ledger | None = None


@dataclass(frozen=True)
class _Read:
    """The results of a request, read once for all of its periods.

    Parameters
    ----------
    files : dict
        Name -> the file that was asked for.
    given : list of DataFrame or Ledger
        As `read_results` returns them.
    before : Ledger, optional
        The ledger as it was before.
    """

    files: dict[str, Path]
    given: list[pd.DataFrame | Ledger]
    before: Ledger | None


def find_inputs(request: Request, plan: Plan) -> Inputs:
    """Find, read and check what a run of one period is about, as `find_each` does."""
    return find_each(request, plan)[0]


def find_each(request: Request, plan: Plan) -> list[Inputs]:
    """Find, read and check what a run is about, before anything is written.

    Parameters
    ----------
    request : Request
        What the user asks for.
    plan : Plan
        Whose results these are.

    Returns
    -------
    list of Inputs
        One for each of the request's periods; else for its period, or the one that the ledger's
        settings name.

    Raises
    ------
    LedgerError
        The results are made up and no demonstration was asked for, or the other way round; a
        ledger names no period, or says how to count in words that cannot be read; a file cannot
        be read.
    ActualsError, ScheduleError, UnknownNameError
        The actuals or the period cannot be read, or do not fit the plan.
    PeriodsError
        Some of several periods cannot be run.
    """
    files = _name_files(request)
    periods = request.periods or (request.period,)
    if periods == (None,) and not files:
        nothing = dict.fromkeys(("actuals", "ledger", "landmarks", "previous", "counting_rule"))
        return [Inputs(None, {}, {**nothing, "synthetic": False})]
    given = read_results(plan, *map(files.get, ("ledger", "actuals", "landmarks")))
    before = read_results(plan, files["previous"])[:1] if "previous" in files else []
    _check_mark([*given, *before], files, request.demo)
    check_settings(given, periods[0])
    earlier = next((part for part in before if not isinstance(part, pd.DataFrame)), None)
    read = _Read(files, given, earlier)
    found, refused = [], {}
    for period in periods:
        try:
            found.append(_measure(request, plan, read, period or find_period(given)))
        except H1224Error as error:
            if not request.periods:
                raise
            refused[str(period)] = error
    if refused:
        raise PeriodsError(refused, len(periods))
    return found


def _measure(request: Request, plan: Plan, read: _Read, period: str) -> Inputs:
    """Check that a period can be measured and assessed, and describe what that is done with."""
    results = gather_results(read.given, plan, span(period)[1])
    choices: dict[str, Any] = {"first": request.schedule, "lights": request.lights}
    try:
        measured = measure_schedules(plan, results, period, previous=read.before, **choices)
    except ComparisonError as error:
        ships = "previous" in read.files and not request.previous
        if error.key != "ledger_before_is_later" or not ships:
            raise
        # To a demonstration of an earlier time, the ledger that ships is none before.
        others = {name: path for name, path in read.files.items() if name != "previous"}
        return _measure(request, plan, _Read(others, read.given, None), period)
    check_assessment(request, plan, measured.states["quarters"])
    described = _describe_all(request, plan, read)
    rule = name_rule(results.findings)
    told = {lang: word_rule(rule, lang) for lang in LANGUAGES} if rule else None
    described |= {"synthetic": results.synthetic, "counting_rule": told}
    ledger = next((part for part in read.given if not isinstance(part, pd.DataFrame)), None)
    return Inputs(period, read.files, described, results.synthetic, ledger)


def _describe_all(request: Request, plan: Plan, read: _Read) -> dict[str, Any]:
    """Describe each file, also of what ships, and what else was asked for."""
    tables = [part for part in read.given if isinstance(part, pd.DataFrame)]
    ledgers = [part for part in read.given if not isinstance(part, pd.DataFrame)]
    frames, status = ([t for t in tables if ("landmark" in t) == own] for own in (False, True))
    paths = {name: read.files.get(name) for name in ("actuals", "ledger", "landmarks", "previous")}
    paths["actuals"] = paths["actuals"] or (default_actuals(plan) if frames else None)
    paths["landmarks"] = paths["landmarks"] or (default_landmarks(plan) if status else None)
    rows = {"actuals": sum(map(len, frames)), "landmarks": sum(map(len, status))}
    rows["ledger"] = sum(len(ledger.projects) for ledger in ledgers)
    rows["previous"] = len(read.before.projects) if read.before else 0
    described: dict[str, Any] = {
        name: describe_file(path, rows[name]) if path else None for name, path in paths.items()
    }
    described |= {"schedule": request.schedule, "lights": request.lights}
    asked = request.assessed.items()
    described["assessment"] = {name: _describe(name, value) for name, value in asked} or None
    return described


def check_assessment(request: Request, plan: Plan, state: State) -> None:
    """Refuse what the assessment cannot be made with: a year, rule, treatment or file.

    Parameters
    ----------
    request : Request
        What the user asks for; nothing is refused of what is not asked for.
    plan : Plan
        One without an assessment is assessed in no way.
    state : State
        Gives the results.

    Raises
    ------
    ScheduleError, UnknownNameError, ActualsError
        As `assess` raises them.
    """
    if request.assessed and not plan.assessment.empty:
        from h1224lib.assessment import assess

        assess(plan, state, **request.assessed)


def _describe(name: str, value: Any) -> Any:
    """Describe what was asked for: a file by its name and hash, anything else as it is."""
    if name not in MAYBE_FILES or not Path(value).is_file():
        return value
    return {"file": Path(value).name, "sha256": sha256(Path(value))}


def _name_files(request: Request) -> dict[str, Path]:
    """Name the files that were asked for; of a demonstration without any, those that ship."""
    names = ("ledger", "actuals", "landmarks", "previous")
    typed = {name: getattr(request, name) for name in names}
    files = {name: Path(path) for name, path in typed.items() if path}
    if request.demo and not files:
        return {name: demo_file(name) for name in DEMO}
    return files


def _check_mark(given: list[pd.DataFrame | Ledger], files: dict[str, Path], demo: bool) -> None:
    """Keep made-up results out of real runs, and real ones out of demonstrations."""
    for part in given:
        name = "ledger"
        if isinstance(part, pd.DataFrame):
            name = "landmarks" if "landmark" in part else "actuals"
        made = is_synthetic(part if isinstance(part, pd.DataFrame) else part.projects)
        if made != demo:
            key = "ledger_is_demonstration" if made else "demo_is_real"
            file = files[name].name if name in files else name
            raise LedgerError(key, file=file)


def check_settings(given: list[pd.DataFrame | Ledger], period: str | None) -> None:
    """Refuse a ledger whose settings of the analysis cannot be read: no default stands in for them.

    Parameters
    ----------
    given : list of DataFrame or Ledger
        As `read_results` returns them.
    period : str, optional
        The period that is asked for: what the settings say of days is not needed then.

    Raises
    ------
    LedgerError
        A setting that the analysis needs cannot be read, or stands there twice.
    """
    from h1224lib.ledger.settings import name_setting

    spared = (*_DAYS, *_AMOUNTS) if period else _AMOUNTS
    for part in given:
        if isinstance(part, pd.DataFrame):
            continue
        unread = [
            (problem, name)
            for problem in part.sheet_problems
            if problem.severity == "error"
            and "setting" in problem.numbers
            and (name := name_setting(str(problem.numbers["setting"]))) not in spared
        ]
        if unread:
            days = {name for _, name in unread} <= set(_DAYS)
            raise LedgerError(
                "ledger_settings_refused", [told for told, _ in unread], file=part.file, days=days
            )


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
