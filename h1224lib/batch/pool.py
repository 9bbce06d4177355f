"""Many jobs at a time, a process each: one that dies or hangs takes no other with it."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from multiprocessing.connection import wait
from pathlib import Path

from h1224lib.batch.converters import Converter, open_converters
from h1224lib.batch.jobs import Job
from h1224lib.batch.journal import note_result
from h1224lib.batch.result import FAST, JobResult
from h1224lib.batch.server import start_server
from h1224lib.batch.staging import close_stages, open_private, open_stage, publish
from h1224lib.batch.worker import Worker

# One converter keeps up with two workers, about.
MOST_CONVERTERS = 2
# Seconds: without a limit, Windows does not let Ctrl-C through.
_LONGEST_WAIT = 0.5


def run_jobs(
    jobs: Sequence[Job],
    folder: Path,
    workers: int,
    tell: Callable[[JobResult], None],
    engine: str = FAST,
    limit: float | None = None,
    method: str = "",
    check: Callable[[], None] = lambda: None,
    private: Path | None = None,
    watch: Callable[[list[tuple[Job, int | None]]], None] = lambda running: None,
) -> list[JobResult]:
    """Run jobs, some at a time, and write a line of the journal for each that has ended.

    Parameters
    ----------
    jobs : sequence of Job
        What to run; a job that fails does not keep the others from running.
    folder : Path
        The run folder; of jobs that have an edition, the folder of these.
    workers : int
        How many run at a time.
    tell : callable
        Is given each result as it comes.
    engine : str
        ``fast``, or ``kernel``: the reference.
    limit : float, optional
        Seconds that one job may take.
    method : str
        How processes start, as `start_server` takes it.
    check : callable
        Is called before what a job has left is kept, and raises where it shall not be.
    private : Path, optional
        A short path to a folder that only this user can read; by default, one of its own.
    watch : callable
        Is given the jobs that run, and the cell that each is at, whenever something is heard.

    Returns
    -------
    list of JobResult
        In the order of `jobs`.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    results: dict[int, JobResult] = {}
    waiting = deque(enumerate(jobs))
    running: dict[int, Worker] = {}
    context = start_server(method)
    number = min(workers, len(jobs), MOST_CONVERTERS) if engine == FAST else 0
    with (
        nullcontext(str(private)) if private else open_private() as own,
        open_converters(number, Path(own)) as converters,
    ):
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    number, job = waiting.popleft()
                    place = Path(own) / f"job{number}"
                    address = _choose(converters, list(running.values()))
                    staged = open_stage(job, folder)
                    running[number] = Worker(*staged, place, engine, address, limit)
                    running[number].start(context)
                for number, result in _await(running, converters).items():
                    check()
                    worker = running.pop(number)
                    results[number] = _keep(result, jobs[number], worker, folder)
                    tell(results[number])
                watch([(jobs[number], worker.cell) for number, worker in running.items()])
        finally:
            for worker in running.values():
                worker.stop()
            close_stages(folder)
    return [results[number] for number in sorted(results)]


def _keep(result: JobResult, job: Job, worker: Worker, folder: Path) -> JobResult:
    """Keep what a job has left, and note that it has ended."""
    shutil.rmtree(worker.place, ignore_errors=True)
    kept = publish(result, job, worker.folder, folder / job.edition)
    note_result(kept, folder / job.edition)
    return kept


def _choose(converters: Sequence[Converter], running: Sequence[Worker]) -> str:
    """Return where the converter listens that has fewest to draw for; empty without converters."""
    addresses = [converter.ready() for converter in converters]
    used = [worker.converter for worker in running]
    return min(addresses, key=used.count, default="")


def _await(running: dict[int, Worker], converters: Sequence[Converter]) -> dict[int, JobResult]:
    """Wait until something is heard of a job; return the results of those that have ended."""
    heard = [sign for worker in running.values() for sign in worker.signs]
    left = min(worker.left for worker in running.values())
    wait(heard, timeout=max(0.0, min(left, _LONGEST_WAIT)))
    ended = {}
    for number, worker in running.items():
        late = worker.left <= 0
        result = worker.look()
        if result is not None:
            ended[number] = result
            if late:
                # It may be what the job has waited for.
                _renew(converters, worker.converter)
    return ended


def _renew(converters: Sequence[Converter], address: str) -> None:
    """End the converter of a job that took too long; others draw themselves until it is back."""
    for converter in converters:
        if converter.address == address:
            converter.stop()
