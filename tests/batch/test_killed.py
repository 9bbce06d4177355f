"""A run that ends early, by whatever means: the next one goes on, and ends with the same bytes."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from made_runs import (
    DRAWS,
    SHOWS,
    finish,
    read_journal_lines,
    read_state,
    start_run,
    write_notebook,
)

from h1224lib.batch.staging import UNFINISHED

if sys.platform != "win32":
    import resource

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")
PERIODS = ("2019Q1", "2019Q2")
OPTIONS = ("--plan", "dazhou-2019", "--periods", ":".join(PERIODS), "--quiet")
PERIOD = '\nperiod = "2019Q1"  # period'


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nb")
    for name in ("00_a", "01_b", "02_c"):
        about = {"needs": "period", "more": PERIOD} if name != "00_a" else {}
        write_notebook(folder, name, SHOWS.format(name=name, value=1), DRAWS, **about)
    return folder


@pytest.fixture(scope="module")
def undisturbed(
    notebooks: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], float]:
    """Return what a run leaves that nobody disturbs, and how long it takes."""
    out = tmp_path_factory.mktemp("undisturbed")
    start = time.monotonic()
    assert finish(start_run(notebooks, *OPTIONS, "--out", str(out))) == (0, "", "")
    return read_state(out), time.monotonic() - start


def list_ended(out: Path) -> list[str]:
    """Return the jobs that a journal says are done; its lines are whole, or the last is not."""
    found = []
    for period in PERIODS:
        with contextlib.suppress(ValueError):
            for line in read_journal_lines(out / "dazhou-2019" / period):
                found.append(f"{period}/{line['job']}")
    return found


def go_on(notebooks: Path, out: Path, undisturbed: dict[str, Any]) -> None:
    """Run again; all that had ended is taken over, and what is there then is what shall be."""
    before = list_ended(out)
    options = [option for option in OPTIONS if option != "--quiet"]
    code, said, _ = finish(start_run(notebooks, *options, "--out", str(out)))
    assert code == 0
    if before:
        assert f"{len(before)} of 12 notebooks up to date" in said
    assert sorted(list_ended(out)) == sorted(set(list_ended(out)))
    assert read_state(out) == undisturbed
    assert not any(path.name in (UNFINISHED, ".h1224.lock") for path in out.rglob("*"))


def kill_at(notebooks: Path, out: Path, moment: float) -> None:
    """Kill a run at a moment, and see that all that it has started ends."""
    run = start_run(notebooks, *OPTIONS, "--out", str(out), start_new_session=True)
    time.sleep(moment)
    with contextlib.suppress(psutil.NoSuchProcess):
        every = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.communicate(timeout=60)
    assert psutil.wait_procs(every, timeout=20)[1] == []


@pytest.mark.parametrize(
    ("seed", "times"),
    [*((n, 1) for n in range(3)), *(pytest.param(n, 2, marks=pytest.mark.slow) for n in range(20))],
)
def test_a_run_that_is_killed_at_any_moment_is_gone_on_with(
    tmp_path: Path,
    notebooks: Path,
    undisturbed: tuple[dict[str, Any], float],
    seed: int,
    times: int,
) -> None:
    state, seconds = undisturbed
    moments = random.Random(seed)
    # Where nothing has begun yet, there is little to break.
    for _ in range(times):
        kill_at(notebooks, tmp_path / "out", seconds * moments.uniform(0.35, 1))
    go_on(notebooks, tmp_path / "out", state)


def test_private_folders_of_a_killed_run_go_with_the_next(
    tmp_path: Path, notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Short, for the sake of sockets.
    with tempfile.TemporaryDirectory(prefix="t-") as short:
        monkeypatch.setenv("TMPDIR", short)
        run = start_run(notebooks, *OPTIONS, "--out", str(tmp_path / "out"))
        late = time.monotonic() + 60
        # The folder is there once the run holds its outputs, which the first stage tells.
        while time.monotonic() < late and not list((tmp_path / "out").rglob(UNFINISHED)):
            time.sleep(0.05)
        run.kill()
        run.communicate(timeout=60)
        assert list(Path(short).glob("h1224-*"))
        assert finish(start_run(notebooks, *OPTIONS, "--out", str(tmp_path / "out")))[0] == 0
        assert list(Path(short).glob("h1224-*")) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_told_to_end_does_so_cleanly(
    tmp_path: Path,
    notebooks: Path,
    undisturbed: tuple[dict[str, Any], float],
    number: signal.Signals,
    code: int,
) -> None:
    out = tmp_path / "out"
    options = [option for option in OPTIONS if option != "--quiet"]
    run = start_run(notebooks, *options, "--out", str(out), start_new_session=True)
    assert run.stderr is not None
    # A line a job: the first has ended.
    assert run.stderr.readline().startswith("[1/12] ")
    every = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(number)
    ended, said, complained = finish(run)
    assert (ended, said) == (code, "")
    assert "Traceback" not in complained
    assert psutil.wait_procs(every, timeout=20)[1] == []
    done = list_ended(out)
    assert 1 <= len(done) < 12
    assert not any(path.name in (UNFINISHED, ".h1224.lock") for path in out.rglob("*"))
    go_on(notebooks, out, undisturbed[0])


@contextlib.contextmanager
def give_little_room(folder: Path) -> Iterator[dict[str, Any]]:
    """Give a folder little room: a small file system, or where that cannot be, small files."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if os.geteuid() == 0 and shutil.which("mount"):
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    else:
        mounted = False
    if not mounted:
        limit = 40_000
        yield {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))}
        return
    try:
        yield {}
        # There is room again.
        grow = ["mount", "-o", "remount,size=100m", str(folder)]
        subprocess.run(grow, check=True)
        shutil.copytree(folder, folder.with_name("kept"))
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()
            folder.with_name("kept").rename(folder)


@pytest.mark.parametrize("small", ["system", "files"])
def test_a_full_disk_ends_a_run_and_loses_nothing(
    tmp_path: Path,
    notebooks: Path,
    undisturbed: tuple[dict[str, Any], float],
    monkeypatch: pytest.MonkeyPatch,
    small: str,
) -> None:
    if small == "files":
        monkeypatch.setattr(os, "geteuid", lambda: 1)
    out = tmp_path / "out"
    with give_little_room(out) as how:
        run = start_run(notebooks, *OPTIONS, "--out", str(out), **how)
        code, said, complained = finish(run)
    assert (code, said) == (2, "")
    [line] = complained.splitlines()
    assert line.startswith("no room left (")
    assert "notebooks that had finished are kept" in line
    assert len(list_ended(out)) < 12
    go_on(notebooks, out, undisturbed[0])
