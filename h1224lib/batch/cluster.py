"""Jobs on the machines of a Dask cluster, which see the folder of outputs under the same path."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import multiprocessing
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from h1224lib.batch.converters import Converter, open_converters
from h1224lib.batch.fingerprint import Sources, hash_library, name_versions
from h1224lib.batch.jobs import Job
from h1224lib.batch.journal import note_result
from h1224lib.batch.result import FAST, JobResult
from h1224lib.batch.server import start_server
from h1224lib.batch.staging import close_stages, open_private, open_stage, publish
from h1224lib.batch.worker import Worker
from h1224lib.errors import JobError
from h1224lib.resources import notebooks_folder

# Seconds: to reach a scheduler, and until it has a worker.
PATIENCE = 15.0
_starting = threading.Lock()


def run_on_cluster(
    scheduler: str,
    jobs: Sequence[Job],
    folder: Path,
    tell: Callable[[JobResult], None],
    engine: str = FAST,
    limit: float | None = None,
    check: Callable[[], None] = lambda: None,
) -> list[JobResult]:
    """Run jobs on a Dask cluster; keep what they leave, and note it, as `run_jobs` does.

    A job of a worker that dies runs again on another: each has a stage of its own, and only one
    of them is kept.

    Parameters
    ----------
    scheduler : str
        Its address, such as ``tcp://10.0.0.1:8786``.
    jobs, folder, tell, engine, limit, check
        As `run_jobs` takes them; the folder is one that every worker sees.

    Returns
    -------
    list of JobResult
        In the order of `jobs`.

    Raises
    ------
    JobError
        `distributed` is not installed, the scheduler or its workers cannot be reached, or a
        worker has another library, other versions, or does not see the folder.
    OSError
        The folder cannot be written.
    """
    results: dict[int, JobResult] = {}
    with _connect(scheduler) as client:
        _check_workers(client, scheduler, folder)
        from distributed import as_completed

        staged = [open_stage(job, folder) for job in jobs]
        asked = {
            client.submit(_work, *_send(job), stage, engine, limit, pure=False, retries=1): number
            for number, (job, stage) in enumerate(staged)
        }
        try:
            for future in as_completed(asked, loop=client.loop):
                check()
                number = asked[future]
                result, stage = _receive(future, *staged[number])
                kept = publish(result, jobs[number], stage, folder / jobs[number].edition)
                note_result(kept, folder / jobs[number].edition)
                results[number] = kept
                tell(kept)
        finally:
            client.cancel(list(asked), force=True)
            close_stages(folder)
    return [results[number] for number in sorted(results)]


@contextlib.contextmanager
def _connect(scheduler: str) -> Iterator[Any]:
    """Give a client of a scheduler that has a worker."""
    try:
        from distributed import Client
    except ImportError as error:
        raise JobError("cluster_not_installed") from error
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise JobError("cluster_unreachable", scheduler=scheduler, seconds=PATIENCE) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise JobError("cluster_idle", scheduler=scheduler, seconds=PATIENCE) from error
        yield client


def _check_workers(client: Any, scheduler: str, folder: Path) -> None:
    """Refuse workers whose results would be others, or would be written elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    sign = folder / f".{uuid.uuid4().hex}"
    sign.touch()
    try:
        found = client.run(_describe, str(sign), on_error="return")
    finally:
        sign.unlink()
    own = _describe(str(folder))
    for worker, told in sorted(found.items()):
        if isinstance(told, BaseException):
            lacks = isinstance(told, ImportError)
            reason = f"{type(told).__name__}: {told}"
            kind = "cluster_without_library" if lacks else "cluster_worker_failed"
            raise JobError(kind, worker=worker, reason=reason)
        if not told["sees"]:
            raise JobError("cluster_folder", worker=worker, folder=folder)
        others = [f"{n} {v}" for n, v in told["versions"] if (n, v) not in own["versions"]]
        if others:
            raise JobError("cluster_versions", worker=worker, found=others)
        if told["library"] != own["library"]:
            raise JobError("cluster_library", worker=worker)


def _describe(path: str) -> dict[str, Any]:
    """Tell what a worker would run jobs with, and whether it sees a file."""
    versions = [tuple(pair) for pair in name_versions()]
    seen = Path(path).exists()
    return {"sees": seen, "library": hash_library(Sources()), "versions": versions}


def _send(job: Job) -> tuple[Job, bool]:
    """Return a job, and whether its notebook is one that each worker has itself."""
    return job, job.notebook.path.parent.resolve() == notebooks_folder().resolve()


def _work(
    job: Job, shipped: bool, stage: Path, engine: str, limit: float | None
) -> tuple[JobResult, str]:
    """Run a job on a worker, in a process of its own; return also where its files are."""
    if shipped:
        path = notebooks_folder() / f"{job.notebook.name}.ipynb"
        job = dataclasses.replace(job, notebook=dataclasses.replace(job.notebook, path=path))
    # Another worker, taken for dead, may still write into its own.
    job, place = _open_attempt(job, stage)
    with _starting:
        converter, private = _prepare()
        worker = Worker(
            job, place, private / uuid.uuid4().hex, engine, converter.ready(), limit
        )  # fmt: skip
        worker.start(start_server())
    try:
        while (result := worker.look()) is None:
            wait(worker.signs, timeout=min(worker.left, 0.5))
        return result, str(place)
    finally:
        worker.stop()


def _open_attempt(job: Job, stage: Path) -> tuple[Job, Path]:
    """Make a folder in the stage of a job for one attempt at it, and return the job for that."""
    place = stage / uuid.uuid4().hex
    place.mkdir(parents=True)
    given = dict(job.parameters)
    if given.get("out") == str(stage):
        given["out"] = str(place)
    return dataclasses.replace(job, parameters=given), place


@functools.cache
def _prepare() -> tuple[Converter, Path]:
    """Begin what the jobs of a worker share, once: a folder, and what draws their figures."""
    # A worker with a nanny is a daemon, which `multiprocessing` does not let have children; these
    # end with it by themselves (h1224lib.batch.isolation).
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    stack = contextlib.ExitStack()
    private = Path(stack.enter_context(open_private()))
    converter = stack.enter_context(open_converters(1, private))[0]
    atexit.register(stack.close)
    return converter, private


def _receive(future: Any, job: Job, stage: Path) -> tuple[JobResult, Path]:
    """Return what became of a job, and where its files are; a failed one where workers died."""
    error = future.exception()
    if error is None:
        result, place = future.result()
        return result, Path(place)
    if isinstance(error, OSError):
        raise error
    from h1224lib.batch.engine import keep_job

    job, place = _open_attempt(job, stage)
    with open_private() as own:
        said = f"{type(error).__name__}: {error}"
        return keep_job(job, place, Path(own), said, None, time.monotonic()), place
