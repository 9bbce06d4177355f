"""Many jobs at a time, a process each: one that dies or hangs takes no other with it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from pathlib import Path

from h1224lib.batch.converters import Converter, open_converters
from h1224lib.batch.jobs import Job
from h1224lib.batch.result import FAST, JobResult
from h1224lib.batch.server import start_server
from h1224lib.batch.sockets import find_short_folder
from h1224lib.batch.worker import Worker

JOURNAL = "journal.jsonl"
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
) -> list[JobResult]:
    """Run jobs, some at a time, and write a line of the journal for each that has ended.

    Parameters
    ----------
    jobs : sequence of Job
        What to run; a job that fails does not keep the others from running.
    folder : Path
        The run folder.
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
        tempfile.TemporaryDirectory(
            prefix="h1224-", dir=find_short_folder(), ignore_cleanup_errors=True
        ) as private,
        open_converters(number, Path(private)) as converters,
    ):
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    number, job = waiting.popleft()
                    place = Path(private) / f"job{number}"
                    address = _choose(converters, list(running.values()))
                    running[number] = Worker(job, folder, place, engine, address, limit)
                    running[number].start(context)
                for number, result in _await(running, converters).items():
                    shutil.rmtree(running.pop(number).place, ignore_errors=True)
                    results[number] = result
                    _note(result, folder)
                    tell(result)
        finally:
            for worker in running.values():
                worker.stop()
    return [results[number] for number in sorted(results)]


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


def _note(result: JobResult, folder: Path) -> None:
    """Add a line to the journal: one write, so that lines of two runs do not mix."""
    line = {
        "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "job": result.job.name,
        "status": result.status,
        "seconds": round(result.seconds, 2),
        "cell": result.cell,
        "error": result.error,
    }
    with (folder / JOURNAL).open("ab") as file:
        file.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8"))
