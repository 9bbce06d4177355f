"""Editions: the run folders of a run, one a period, and the jobs that belong into each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from h1224lib.batch.fingerprint import Sources, hash_library, mark_job, name_versions
from h1224lib.batch.inputs import Inputs, find_each
from h1224lib.batch.jobs import Job, Notebook, list_notebooks, plan_jobs
from h1224lib.batch.request import MAYBE_FILES, Request
from h1224lib.plan import Plan
from h1224lib.publish.manifest import list_tables
from h1224lib.resources import plan_names
from h1224lib.wording import LANGUAGES

# The run folder of a plan alone.
ALONE = "plan"


@dataclass(frozen=True)
class Edition:
    """What a plan says of one period, in a folder of its own.

    Parameters
    ----------
    folder : Path
        The run folder.
    inputs : Inputs
        Period and results.
    jobs : list of Job
        All that belong into it, in both languages, whether they are to run now or not.
    """

    folder: Path
    inputs: Inputs
    jobs: list[Job]


def plan_editions(
    request: Request,
    plan: Plan,
    shelf: Path,
    sources: Sources,
    notebooks: Sequence[Notebook] | None = None,
) -> list[Edition]:
    """Plan the run folders of a request and their jobs, checked, each job with its fingerprint.

    Parameters
    ----------
    request : Request
        What the user asks for.
    plan : Plan
        What runs.
    shelf : Path
        The folder of the plan's run folders.
    sources : Sources
        Hashes what the jobs depend on.
    notebooks : sequence of Notebook, optional
        By default those that ship.

    Raises
    ------
    H1224Error
        The results cannot be read or do not fit, or a parameter does not fit its notebook.
    """
    notebooks = list_notebooks() if notebooks is None else notebooks
    several = len(request.periods) > 1
    # Before anything else is read: a file that changes from now on is noticed.
    common: dict[str, Any] = {"library": hash_library(sources), "engine": request.engine}
    common |= {"versions": name_versions()}
    common |= {"plan": sources.hash_all(plan.folder, list_tables(plan))}
    editions = []
    for inputs in find_each(request, plan):
        folder = shelf / (inputs.period or ALONE)
        given, shown = _give(request, inputs, plan, folder)
        files = _name_files(given)
        own = {**common, "synthetic": inputs.synthetic}
        jobs = [
            dataclasses.replace(
                job,
                edition=folder.name if several else "",
                fingerprint=mark_job(job, sources, own, files),
            )
            for job in plan_jobs(notebooks, plan, LANGUAGES, given, shown, inputs.synthetic)
        ]
        editions.append(Edition(folder, inputs, jobs))
    return editions


def _give(
    request: Request, inputs: Inputs, plan: Plan, folder: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what notebooks are given, and the same as they show it."""
    asked: dict[str, Any] = {"plan": request.plan, "period": inputs.period, **request.assessed}
    asked |= {"schedule": request.schedule, "lights": request.lights}
    asked |= {name: str(path) for name, path in inputs.files.items()}
    typed = {name: value for name, value in asked.items() if value is not None}
    # Kernels work in folders of their own, so that a path must be absolute to them.
    full = dict(typed, out=str(folder))
    if request.plan not in plan_names():
        full["plan"] = str(plan.folder.resolve())
    full |= {name: str(path.resolve()) for name, path in inputs.files.items()}
    also = [name for name in MAYBE_FILES if name in typed and Path(typed[name]).is_file()]
    full |= {name: str(Path(typed[name]).resolve()) for name in also}
    # What readers see says where a file is only as far as the user said it relative to a folder;
    # from where an executed notebook lies, the run folder is one up.
    shown = {n: Path(v).name if Path(str(v)).is_absolute() else v for n, v in typed.items()}
    shown["out"] = ".."
    return full, shown


def _name_files(given: dict[str, Any]) -> dict[str, Path]:
    """Return the parameters that name a file."""
    named = {n: Path(str(v)) for n, v in given.items() if n not in ("plan", "out")}
    return {name: path for name, path in named.items() if path.is_absolute() and path.is_file()}
