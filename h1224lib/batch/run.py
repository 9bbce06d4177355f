"""A run: a plan, with or without a period, through the notebooks into a folder of outputs."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from h1224lib.batch.inputs import MAYBE_FILES, Inputs, Request, find_inputs
from h1224lib.batch.jobs import Job, check_declared, choose_notebooks, list_notebooks, plan_jobs
from h1224lib.batch.pool import run_jobs
from h1224lib.batch.progress import show_progress
from h1224lib.batch.result import JobResult
from h1224lib.errors import OutputError
from h1224lib.ledger.handover import FOLDER, keep_ledger
from h1224lib.plan import Plan, load_plan
from h1224lib.publish.manifest import (
    make_manifest,
    name_origin,
    read_manifest,
    write_manifest,
)
from h1224lib.publish.page import write_index, write_start
from h1224lib.resources import plan_names
from h1224lib.wording import LANGUAGES


@dataclass(frozen=True)
class Outcome:
    """What a run left: its results, its page, and the page over all runs."""

    results: list[JobResult]
    index: Path
    start: Path

    @property
    def failed(self) -> list[JobResult]:
        """The jobs that failed."""
        return [result for result in self.results if result.error]

    @property
    def severe(self) -> list[str]:
        """The notebooks that found errors in the data."""
        return list(dict.fromkeys(r.job.notebook.name for r in self.results if r.severe))


def run_notebooks(request: Request, lang: str, quiet: bool = False) -> Outcome:
    """Run the notebooks for a plan, and write what readers get.

    Parameters
    ----------
    request : Request
        What to run; all of it is checked before anything is written.
    lang : str
        Language of the progress messages.
    quiet : bool
        No progress messages.

    Returns
    -------
    Outcome
        Also where notebooks failed.

    Raises
    ------
    H1224Error
        Plan, period, results or notebooks cannot be read or do not fit, the results are made up
        and no demonstration was asked for, or the folder holds the outputs of another plan;
        nothing was written.
    OSError
        The folder cannot be written.
    """
    plan = load_plan(request.plan)
    inputs = find_inputs(request, plan)
    # Made-up results have a folder and a start page of their own.
    root = request.out / "demo" if request.demo else request.out
    folder = (root / _folder_name(plan) / (inputs.period or "plan")).resolve()
    _check_origin(plan, folder)
    every = _plan_all(request, inputs, plan, folder)
    chosen = choose_notebooks(dict.fromkeys(j.notebook.name for j in every), request.only)
    jobs = [j for j in every if j.notebook.name in chosen and j.lang in request.langs]
    check_declared(request.assessed, [job.notebook for job in jobs])
    folder.mkdir(parents=True, exist_ok=True)
    with _keep_ledger(inputs) as kept, show_progress(len(jobs), lang, quiet) as tell:
        jobs = [replace(job, environment=kept) for job in jobs]
        how = (request.engine, request.limit)
        results = run_jobs(jobs, folder, request.workers, tell, *how)
    manifest = make_manifest(
        folder, plan, inputs.period, inputs.described, results, [job.name for job in every]
    )
    write_manifest(folder, manifest)
    index = write_index(folder, manifest)
    return Outcome(results, index, write_start(folder.parents[1]))


@contextmanager
def _keep_ledger(inputs: Inputs) -> Iterator[dict[str, str]]:
    """Keep the ledger as it was read while kernels run; give what tells them where it is."""
    if inputs.ledger is None:
        yield {}
        return
    # Not among the outputs, which others may see, nor left behind when the run ends early.
    with tempfile.TemporaryDirectory(prefix="h1224-", ignore_cleanup_errors=True) as folder:
        try:
            keep_ledger(inputs.ledger, inputs.files["ledger"], Path(folder))
        except OSError:
            # No room for it: each kernel reads the file anew.
            folder = ""
        yield {FOLDER: folder}


def _plan_all(request: Request, inputs: Inputs, plan: Plan, folder: Path) -> list[Job]:
    """List every job of the plan and period, in both languages."""
    given: dict[str, Any] = {"plan": request.plan, "period": inputs.period, **request.assessed}
    given |= {"schedule": request.schedule, "lights": request.lights}
    given |= {name: str(path) for name, path in inputs.files.items()}
    typed = {name: value for name, value in given.items() if value is not None}
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
    return plan_jobs(list_notebooks(), plan, LANGUAGES, full, shown, inputs.synthetic)


def _folder_name(plan: Plan) -> str:
    """Make the name of a plan's own folder safe; a copy's datapackage.json names the original."""
    return re.sub(r"[^\w.-]+", "-", plan.folder.resolve().name).strip(".-") or "plan"


def _check_origin(plan: Plan, folder: Path) -> None:
    """Refuse to mix outputs with those of another folder's plan, whose folder is named alike."""
    origin = name_origin(plan, folder.parents[1])
    for path in folder.parent.glob("*/manifest.json"):
        earlier = read_manifest(path.parent)
        if earlier and earlier["plan"].get("origin", "") != origin:
            raise OutputError("outputs_of_another_plan", folder=folder.parent)
