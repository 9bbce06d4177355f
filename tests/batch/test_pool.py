"""Many jobs at a time, and how they end early: no process of theirs is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from made_jobs import make_job

from h1224lib.batch.jobs import Job
from h1224lib.batch.pool import run_jobs
from h1224lib.batch.result import FAST, KERNEL, JobResult

# A cell that starts another process, says which two there are, and never ends.
HANGS = """import os, subprocess, time
child = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL)
with open({file!r}, "w") as file:
    file.write(f"{{os.getpid()}} {{child.pid}}")
os.rename({file!r}, {file!r} + ".done")
time.sleep(600)"""


def make_hanging(folder: Path) -> tuple[Job, Path]:
    """Make a job that never ends, and name the file that says what its processes are."""
    folder.mkdir(exist_ok=True)
    file = folder / f"processes{len(list(folder.iterdir()))}"
    return make_job(folder / "nb", HANGS.format(file=str(file))), Path(f"{file}.done")


def wait_for(file: Path) -> list[psutil.Process]:
    """Wait for a hanging job, and return its processes."""
    for _ in range(600):
        if file.exists():
            return [psutil.Process(int(p)) for p in file.read_text(encoding="utf-8").split()]
        time.sleep(0.1)
    raise AssertionError(f"{file} is not there")


def find_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that are still there after a little while."""
    return psutil.wait_procs(processes, timeout=10)[1]


@pytest.mark.parametrize("engine", [FAST, KERNEL])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_run_that_ends_early_leaves_nothing_behind(
    tmp_path: Path, error: BaseException, engine: str
) -> None:
    hanging, file = make_hanging(tmp_path / "1")
    quick = make_job(tmp_path / "nb", "1")
    never, other = make_hanging(tmp_path / "2")
    started: list[psutil.Process] = []

    def interrupt(result: JobResult) -> None:
        started.extend(wait_for(file))
        raise error

    with pytest.raises(type(error)) as caught:
        run_jobs([hanging, quick, never, never], tmp_path, 2, interrupt, engine)
    assert caught.value is error
    assert find_alive(started) == []
    assert not other.exists()


def test_a_job_that_takes_too_long_fails_alone(tmp_path: Path) -> None:
    hanging, file = make_hanging(tmp_path / "1")
    works = make_job(tmp_path / "nb", "print('works')")
    start = time.monotonic()
    results = run_jobs([hanging, works], tmp_path, 2, lambda result: None, limit=20)
    assert time.monotonic() - start < 60
    assert [(r.error, r.cell) for r in results] == [("TimeoutError: 20 s", 3), ("", None)]
    left = [int(number) for number in file.read_text(encoding="utf-8").split()]
    assert find_alive([psutil.Process(n) for n in left if psutil.pid_exists(n)]) == []


def test_a_killed_job_is_noticed_at_once(tmp_path: Path) -> None:
    kills = make_job(tmp_path / "nb", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    [result] = run_jobs([kills], tmp_path, 1, lambda result: None)
    assert (result.error, result.cell) == ("DeadKernelError: Kernel died (SIGKILL)", 3)


RUN = """import sys
from pathlib import Path
from h1224lib.batch.pool import run_jobs
from test_pool import make_hanging
folder = Path(sys.argv[1])
import signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
run_jobs([make_hanging(folder / "1")[0]], folder, 1, print)"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells a process of this")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, -2)]
)
def test_no_process_outlives_a_run_that_is_killed(tmp_path: Path, number: int, code: int) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN, encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stderr=subprocess.PIPE,
    )
    with run:
        started = wait_for(tmp_path / "1" / "processes0.done")
        # The server of forks, the converter, the job, and what its notebook has started.
        every = [*started, *psutil.Process(run.pid).children(recursive=True)]
        assert len(set(every)) >= 5
        run.send_signal(number)
        assert run.wait(30) == code
        assert find_alive(every) == []


def test_notebooks_do_not_draw_the_same_random_numbers(tmp_path: Path) -> None:
    code = "import random\nimport numpy\nprint(random.random(), numpy.random.random())"
    jobs = [make_job(tmp_path / "nb", code) for _ in range(2)]
    first, second = run_jobs(jobs, tmp_path, 2, lambda result: None)
    texts = [(tmp_path / r.files[0]).read_text(encoding="utf-8") for r in (first, second)]
    assert texts[0] != texts[1]


def test_where_there_is_no_fork_processes_are_spawned(tmp_path: Path) -> None:
    job = make_job(tmp_path / "nb", "print('spawned')")
    [result] = run_jobs([job], tmp_path, 1, lambda result: None, method="spawn")
    assert "spawned" in (tmp_path / result.files[0]).read_text(encoding="utf-8")
