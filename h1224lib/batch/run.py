"""A run: a plan, with or without periods, through the notebooks into a folder of outputs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from h1224lib.batch.cluster import run_on_cluster
from h1224lib.batch.editions import Edition, plan_editions
from h1224lib.batch.fingerprint import Sources
from h1224lib.batch.inputs import Inputs
from h1224lib.batch.jobs import check_declared, choose_notebooks, list_notebooks
from h1224lib.batch.journal import clear_stale
from h1224lib.batch.lock import hold_folder
from h1224lib.batch.pool import run_jobs
from h1224lib.batch.progress import Shown, show_progress
from h1224lib.batch.request import Request
from h1224lib.batch.result import JobResult
from h1224lib.batch.staging import NO_ROOM, clear_outputs, clear_private, open_private
from h1224lib.batch.standing import Standing
from h1224lib.errors import JobError, OutputError
from h1224lib.ledger.handover import FOLDER, keep_ledger
from h1224lib.plan import Plan, load_plan
from h1224lib.publish.manifest import make_manifest, name_origin, read_manifest, write_manifest
from h1224lib.publish.page import write_index, write_start
from h1224lib.resources import PACKAGE

__all__ = ["Outcome", "Request", "run_notebooks"]


@dataclass(frozen=True)
class Outcome:
    """What a run left: its results, the page of each run folder, and the page over all runs.

    Parameters
    ----------
    results : list of JobResult
        Of the jobs that were asked for, also of those that were up to date.
    indexes : list of Path
        One for each period.
    start : Path
        The page over all runs.
    taken : int
        How many of the results were up to date, and not run again.
    """

    results: list[JobResult]
    indexes: list[Path]
    start: Path
    taken: int = 0

    @property
    def index(self) -> Path:
        """The page of the last period."""
        return self.indexes[-1]

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
        What to run; all of it is checked before anything is written. What is up to date is not
        run again.
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
        Plan, periods, results or notebooks cannot be read or do not fit, the results are made up
        and no demonstration was asked for, another run holds the folder, or the folder holds the
        outputs of another plan: nothing was written. Or there is no room left, or what the run
        depends on has changed meanwhile: the jobs that have ended before are kept.
    OSError
        The folder cannot be written.
    """
    plan, sources = load_plan(request.plan), Sources()
    # Made-up results have a folder and a start page of their own.
    root = request.out / "demo" if request.demo else request.out
    shelf = (root / _folder_name(plan)).resolve()
    editions = plan_editions(request, plan, shelf, sources, list_notebooks())
    every = dict.fromkeys(job.notebook.name for edition in editions for job in edition.jobs)
    chosen = choose_notebooks(every, request.only)
    asked = {
        job.place: job
        for edition in editions
        for job in edition.jobs
        if job.notebook.name in chosen and job.lang in request.langs
    }
    check_declared(request.assessed, [job.notebook for job in asked.values()])
    about = {"plan": plan.name, "periods": [edition.folder.name for edition in editions]}
    about["shelf"] = shelf.relative_to(request.out.resolve()).as_posix()
    with (
        open_private() as private,
        hold_folder(request.out, {**about, "private": private}) as dead,
        _refuse_lack_of_room(request.out),
    ):
        if dead is not None:
            clear_private(str(dead.get("private", "")))
            clear_outputs(request.out, str(dead.get("shelf", "")))
        _check_origin(plan, shelf)
        standing = Standing(editions, asked, request.force)
        with show_progress(len(asked) - standing.taken, lang, quiet) as shown:
            _run_all(request, editions, standing, sources, Path(private), shown)
        indexes = [_publish(plan, edition, standing) for edition in editions]
        results = [standing.results[place] for place in asked]
        return Outcome(results, indexes, write_start(shelf.parent), standing.taken)


def _run_all(
    request: Request,
    editions: list[Edition],
    standing: Standing,
    sources: Sources,
    private: Path,
    shown: Shown,
) -> None:
    """Run what is to run, and copy what would be the same in several run folders."""
    folder = editions[0].folder if len(editions) == 1 else editions[0].folder.parent

    def end(result: JobResult) -> None:
        standing.results[result.job.place] = result
        shown.tell(result)
        for copied in standing.copy(result, folder):
            shown.tell(copied)

    def check() -> None:
        changed = sources.find_changed()
        if changed:
            raise JobError("changed_meanwhile", names=_name_changed(changed))

    for known in standing.list_known():
        for copied in standing.copy(known, folder):
            shown.tell(copied)
    if standing.first:
        how = (request.engine, request.limit)
        if request.scheduler:
            # Other machines do not see what is kept here, and read the ledger anew.
            run_on_cluster(request.scheduler, standing.first, folder, end, *how, check=check)
            return
        kept = _keep_ledger(editions[0].inputs, private / "ledger")
        jobs = [replace(job, environment=kept) for job in standing.first]
        run_jobs(
            jobs,
            folder,
            request.workers,
            end,
            *how,
            check=check,
            private=private,
            watch=shown.watch,
        )


def _name_changed(paths: list[Path]) -> list[str]:
    """Name a few files, those of the library by their place in it."""
    own, most = PACKAGE.parent, 3
    names = [
        path.relative_to(own).as_posix() if path.is_relative_to(PACKAGE) else path.name
        for path in paths
    ]
    return names[:most] + (["..."] if len(names) > most else [])


def _keep_ledger(inputs: Inputs, folder: Path) -> dict[str, str]:
    """Keep the ledger as it was read while kernels run; return what tells them where it is."""
    if inputs.ledger is None:
        return {}
    try:
        folder.mkdir()
        keep_ledger(inputs.ledger, inputs.files["ledger"], folder)
    except OSError:
        # No room for it: each kernel reads the file anew.
        return {FOLDER: ""}
    return {FOLDER: str(folder)}


def _publish(plan: Plan, edition: Edition, standing: Standing) -> Path:
    """Write manifest and page of a run folder, and take away what no job of it leaves any more."""
    places = [job.place for job in edition.jobs]
    results = [standing.results[place] for place in places if place in standing.results]
    inputs, folder = edition.inputs, edition.folder
    manifest = make_manifest(folder, plan, inputs.period, inputs.described, results)
    write_manifest(folder, manifest)
    index = write_index(folder, manifest)
    clear_stale(folder, {job.name for job in edition.jobs})
    return index


@contextlib.contextmanager
def _refuse_lack_of_room(out: Path) -> Iterator[None]:
    """Word the error of a full disk, which no notebook is to blame for."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        where = error.filename or out
        raise OutputError("no_room", folder=where, reason=error.strerror) from error


def _check_origin(plan: Plan, shelf: Path) -> None:
    """Refuse to mix outputs with those of another folder's plan, whose folder is named alike."""
    origin = name_origin(plan, shelf.parent)
    for path in shelf.glob("*/manifest.json"):
        earlier = read_manifest(path.parent)
        if earlier and earlier["plan"].get("origin", "") != origin:
            raise OutputError("outputs_of_another_plan", folder=shelf)


def _folder_name(plan: Plan) -> str:
    """Make the name of a plan's own folder safe; a copy's datapackage.json names the original."""
    return re.sub(r"[^\w.-]+", "-", plan.folder.resolve().name).strip(".-") or "plan"
