"""Many jobs at a time, and how they end early: with jobs that run and jobs that wait."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from h1224lib.batch import pool
from h1224lib.batch.engine import JobResult
from h1224lib.batch.jobs import Job, Notebook


def make_jobs(number: int) -> list[Job]:
    titles = {"zh": "题", "en": "Title"}
    names = [f"{n:02}_test" for n in range(number)]
    return [Job(Notebook(n, Path(n), "plan", "", titles, {}), "zh") for n in names]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_run_that_ends_early_does_not_wait_for_jobs_that_never_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    killed = threading.Event()
    begun: list[str] = []
    caught: list[BaseException] = []

    def run_job(job: Job, folder: Path) -> JobResult:
        begun.append(job.name)
        if job.name.startswith("00"):
            if isinstance(error, OSError):
                raise error
            return JobResult(job, 0.0)
        killed.wait(60)
        return JobResult(job, 0.0, "killed")

    def interrupt(result: JobResult) -> None:
        raise error

    def run() -> None:
        try:
            pool.run_jobs(make_jobs(8), tmp_path, 2, interrupt)
        except BaseException as left:
            caught.append(left)

    monkeypatch.setattr(pool, "run_job", run_job)
    monkeypatch.setattr(pool, "stop_kernels", killed.set)
    # In a thread, so that a run that never ends fails this test and keeps no others waiting.
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    assert caught == [error]
    # The two of the start, and the one that the first made room for.
    assert len(begun) <= 3
