"""Many jobs at a time: threads that wait for kernels, a process each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from h1224lib.batch.engine import JobResult, run_job, stop_kernels
from h1224lib.batch.jobs import Job

JOURNAL = "journal.jsonl"


def run_jobs(
    jobs: Sequence[Job],
    folder: Path,
    workers: int,
    tell: Callable[[JobResult], None],
) -> list[JobResult]:
    """Run jobs, some at a time, and write a line of the journal for each that has ended.

    Parameters
    ----------
    jobs : sequence of Job
        What to run; a job that fails does not keep the others from running.
    folder : Path
        The run folder.
    workers : int
        How many kernels run at a time.
    tell : callable
        Is given each result as it comes, in this thread.

    Returns
    -------
    list of JobResult
        In the order of `jobs`.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    # Threads do, since each only waits for a kernel, and the ports of kernels that start at the
    # same time are kept apart within one process only.
    pool = ThreadPoolExecutor(max_workers=workers)
    waiting: dict[Future[JobResult], int] = {}
    results: dict[int, JobResult] = {}
    try:
        for number, job in enumerate(jobs):
            waiting[pool.submit(run_job, job, folder)] = number
        while waiting:
            # With a time limit, since without one Windows does not let Ctrl-C through.
            done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                result = future.result()
                results[waiting.pop(future)] = result
                _note(result, folder)
                tell(result)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        # A cancelled job that no thread takes up never counts as done.
        begun = [future for future in waiting if not future.cancelled()]
        # A thread may be about to start one more kernel: until all are idle.
        while wait(begun, timeout=0.1).not_done:
            stop_kernels()
        raise
    finally:
        pool.shutdown()
    return [results[number] for number in sorted(results)]


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
