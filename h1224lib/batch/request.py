"""Requests: what a user asks a run for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from h1224lib.batch.result import FAST
from h1224lib.wording import LANGUAGES

# What may be asked for of the assessment.
ASSESSED = ("year", "rule", "not_applicable", "daily", "daily_rule", "marks")
# What names a file, or something that ships.
MAYBE_FILES = ("lights", "rule", "daily", "daily_rule", "marks")


@dataclass(frozen=True)
class Request:
    """What the user asks for.

    Parameters
    ----------
    plan : str
        A shipped plan's name, or a plan folder.
    period : str, optional
        Such as ``2019Q1``; without it, only what the plan alone answers runs.
    periods : tuple of str
        Several periods, instead of one, each of which gets a run folder.
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
    force : bool
        Run what is up to date, too.
    scheduler : str, optional
        The address of a Dask cluster that runs the jobs instead of this machine.
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
    periods: tuple[str, ...] = ()
    force: bool = False
    scheduler: str | None = None

    @property
    def assessed(self) -> dict[str, Any]:
        """What was asked for of the assessment, by the names that notebooks have for it."""
        named = {name: getattr(self, name) for name in ASSESSED}
        return {name: value for name, value in named.items() if value is not None}
