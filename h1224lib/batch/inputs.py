"""Inputs: which results a run is about, of which period, and whether they may be run so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.actuals import default_actuals
from h1224lib.batch.result import FAST
from h1224lib.errors import LedgerError
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
# What may be asked for of the assessment.
ASSESSED = ("year", "rule", "not_applicable", "daily", "daily_rule", "marks")
# What names a file, or something that ships.
MAYBE_FILES = ("lights", "rule", "daily", "daily_rule", "marks")
_DAYS, _AMOUNTS = ("period", "as_of", "vintage"), ("investment_unit",)


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
        Run made-up results, and only such: those that ship, or of `ledger`, `actuals` and
        `landmarks`.
    landmarks : str, optional
        A file of the status of landmarks; without it, the one that ships with the plan.
    previous : str, optional
        The ledger as it was before, with which it is compared.
    schedule, lights : str, optional
        The schedule that comes first, and the rule of lights, as `measure_schedules` takes them;
        without them, what the ledger says.
    year : int, optional
        The year assessed.
    rule, not_applicable, daily, daily_rule, marks : str, optional
        How it is assessed, as `assess` takes them; without them, what the notebook says.
    engine : str
        ``fast``, or ``kernel``: each notebook in a Jupyter kernel, for comparison.
    limit : float, optional
        Seconds that one notebook may take.
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
    landmarks: str | None = None
    previous: str | None = None
    schedule: str | None = None
    lights: str | None = None
    year: int | None = None
    rule: str | None = None
    not_applicable: str | None = None
    daily: str | None = None
    daily_rule: str | None = None
    marks: str | None = None
    engine: str = FAST
    limit: float | None = None

    @property
    def assessed(self) -> dict[str, Any]:
        """What was asked for of the assessment, by the names that notebooks have for it."""
        named = {name: getattr(self, name) for name in ASSESSED}
        return {name: value for name, value in named.items() if value is not None}


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
        ledger names no period, or says how to count in words that cannot be read; a file cannot
        be read.
    ActualsError, ScheduleError, UnknownNameError
        The actuals or the period cannot be read, or do not fit the plan.
    """
    files = _name_files(request)
    if not request.period and not files:
        nothing = dict.fromkeys(("actuals", "ledger", "landmarks", "previous", "counting_rule"))
        return Inputs(None, {}, {**nothing, "synthetic": False})
    given = read_results(plan, *map(files.get, ("ledger", "actuals", "landmarks")))
    before = read_results(plan, files["previous"])[:1] if "previous" in files else []
    _check_mark([*given, *before], files, request.demo)
    check_settings(given, request.period)
    period = request.period or find_period(given)
    results = gather_results(given, plan, span(period)[1])
    earlier = next((part for part in before if not isinstance(part, pd.DataFrame)), None)
    choices: dict[str, Any] = {"first": request.schedule, "lights": request.lights}
    measured = measure_schedules(plan, results, period, previous=earlier, **choices)
    check_assessment(request, plan, measured.states["quarters"])
    tables = [part for part in given if isinstance(part, pd.DataFrame)]
    frames, status = ([t for t in tables if ("landmark" in t) == own] for own in (False, True))
    read = {"actuals": files.get("actuals") or (default_actuals(plan) if frames else None)}
    read["ledger"] = files.get("ledger")
    read["landmarks"] = files.get("landmarks") or (default_landmarks(plan) if status else None)
    ledger = next((part for part in given if not isinstance(part, pd.DataFrame)), None)
    rows = {"actuals": sum(map(len, frames)), "ledger": len(ledger.projects) if ledger else 0}
    rows["landmarks"] = sum(map(len, status))
    read["previous"] = files.get("previous")
    rows["previous"] = len(earlier.projects) if earlier else 0
    described: dict[str, Any] = {
        n: describe_file(path, rows[n]) if path else None for n, path in read.items()
    }
    rule = name_rule(results.findings)
    told = {lang: word_rule(rule, lang) for lang in LANGUAGES} if rule else None
    described |= {"synthetic": results.synthetic, "counting_rule": told}
    described |= {"schedule": request.schedule, "lights": request.lights}
    asked = request.assessed.items()
    described["assessment"] = {name: _describe(name, value) for name, value in asked} or None
    return Inputs(period, files, described, results.synthetic, ledger)


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
