"""Jobs on a real Dask cluster: each ends once in the outputs, also where a worker is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_jobs import make_job

from h1224lib.batch import cluster
from h1224lib.batch.cluster import run_on_cluster
from h1224lib.batch.pool import run_jobs
from h1224lib.errors import JobError

# Of the environment of a machine of its own: no nanny's settings, no proxy.
SETTINGS = {**os.environ, "PYTHONUTF8": "1", "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "10s"}
PATIENCE = 60.0


def start(*words: str, log: Path) -> subprocess.Popen[bytes]:
    """Start a part of Dask's command line."""
    with log.open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words], stdout=said, stderr=said, env=SETTINGS
        )


def end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler of its own; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    place = address.removeprefix("tcp://").split(":")
    words = ("scheduler", "--host", place[0], "--port", place[1], "--no-dashboard")
    process = start(*words, log=tmp_path / "scheduler.log")
    yield address
    end(process)


def start_worker(address: str, folder: Path, name: str, *words: str) -> subprocess.Popen[bytes]:
    own = ("--nthreads", "1", "--no-dashboard", "--name", name, "--local-directory", str(folder))
    return start("worker", address, *own, *words, log=folder / f"{name}.log")


def wait_for(path: Path, number: int) -> list[str]:
    """Wait for so many lines of a file."""
    late = time.monotonic() + PATIENCE
    while time.monotonic() < late:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if len(lines) >= number:
            return lines
        time.sleep(0.05)
    raise AssertionError(f"{path.name} has fewer than {number} lines")


def test_every_job_ends_once_where_a_worker_is_killed(scheduler: str, tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    code = (
        "import os, time\n"
        f"with open({str(seen)!r}, 'a') as f: f.write(f'{{os.getpid()}}\\n')\n"
        "time.sleep(0.4)\n"
        "1 + 1"
    )
    jobs = [make_job(tmp_path / "made", code, f"{i} * {i}") for i in range(10)]
    here, there = tmp_path / "here", tmp_path / "there"
    workers = [
        start_worker(scheduler, tmp_path, "kept"),
        start_worker(scheduler, tmp_path, "killed", "--no-nanny"),
    ]
    told: list[str] = []
    killed: list[int] = []

    def tell(result) -> None:
        told.append(result.job.name)
        if len(told) == 2:
            # Both are in the middle of a job.
            workers[1].send_signal(signal.SIGKILL)
            killed.append(workers[1].pid)

    try:
        wait_until_both(scheduler)
        results = run_on_cluster(scheduler, jobs, there, tell)
    finally:
        end(*workers)
    assert killed
    assert [r.job.name for r in results] == [job.name for job in jobs]
    assert [r.error for r in results] == [""] * len(jobs)
    assert Counter(told) == Counter(job.name for job in jobs)
    lines = (there / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert Counter(json.loads(line)["job"] for line in lines) == Counter(told)
    # One job at least was begun twice: the one that the killed worker was at.
    assert len(wait_for(seen, len(jobs))) > len(jobs)
    local = run_jobs(jobs, here, 2, lambda result: None)
    assert [r.hashes for r in results] == [r.hashes for r in local]
    files = {p.relative_to(here) for p in here.rglob("*") if p.is_file()}
    assert {p.relative_to(there) for p in there.rglob("*") if p.is_file()} == files


def wait_until_both(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)


def test_what_fails_on_a_cluster_fails_alone_with_its_cell(scheduler: str, tmp_path: Path) -> None:
    jobs = [
        make_job(tmp_path / "made", "1"),
        make_job(tmp_path / "made", "1", "raise KeyError('区县')"),
        make_job(tmp_path / "made", "import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"),
        make_job(tmp_path / "made", "import time", "time.sleep(60)"),
    ]
    worker = start_worker(scheduler, tmp_path, "only")
    try:
        results = run_on_cluster(scheduler, jobs, tmp_path / "out", lambda r: None, limit=6)
    finally:
        end(worker)
    assert [r.error.partition(":")[0] for r in results] == [
        "", "KeyError", "DeadKernelError", "TimeoutError",
    ]  # fmt: skip
    assert [r.cell for r in results] == [None, 4, 4, 4]
    assert all((tmp_path / "out" / "notebooks" / f"{j.name}.html").is_file() for j in jobs)


def test_a_scheduler_that_is_not_there_or_has_no_worker_is_named(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 3.0)
    with pytest.raises(JobError) as idle:
        run_on_cluster(scheduler, [], tmp_path, lambda result: None)
    assert "worker" in idle.value.say("en")[0]
    with pytest.raises(JobError) as lost:
        run_on_cluster("tcp://127.0.0.1:9", [], tmp_path, lambda result: None)
    assert "tcp://127.0.0.1:9" in lost.value.say("en")[0]


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(JobError) as refused:
        run_on_cluster("tcp://127.0.0.1:9", [], tmp_path, lambda result: None)
    assert "h1224[cluster]" in refused.value.say("zh")[0]


class Told:
    """A client whose one worker says what it is made to say."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def run(self, describe, path: str, on_error: str) -> dict[str, object]:
        given = describe(path)
        answer = self.answer
        return {"tcp://w:1": answer if isinstance(answer, Exception) else {**given, **answer}}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"sees": False}, "cluster_folder"),
        ({"versions": [("pandas", "0.1")]}, "cluster_versions"),
        ({"library": "another"}, "cluster_library"),
        (ModuleNotFoundError("No module named 'h1224lib'"), "cluster_without_library"),
        (RuntimeError("?"), "cluster_worker_failed"),
    ],
)
def test_a_worker_whose_results_would_differ_is_refused(
    answer: object, kind: str, tmp_path: Path
) -> None:
    with pytest.raises(JobError) as refused:
        cluster._check_workers(Told(answer), "tcp://s:1", tmp_path)
    assert refused.value.key == kind
    assert "tcp://w:1" in refused.value.say("zh")[0]
    assert list(tmp_path.iterdir()) == []


def test_a_worker_with_the_same_is_taken(tmp_path: Path) -> None:
    cluster._check_workers(Told({}), "tcp://s:1", tmp_path)
