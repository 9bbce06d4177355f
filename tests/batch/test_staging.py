"""What a job writes comes into the run folder when it has ended, and whole."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest
from made_jobs import make_job, run_one

from h1224lib.batch.pool import run_jobs
from h1224lib.batch.result import FAST, JobResult
from h1224lib.batch.staging import (
    PRIVATE,
    UNFINISHED,
    clear_outputs,
    clear_private,
    copy_result,
    open_stage,
    publish,
)
from h1224lib.files import sha256

WRITES = """from pathlib import Path
folder = Path(out) / "tables"
folder.mkdir()
(folder / "mine.csv").write_text("德清")
{then}"""


@pytest.mark.parametrize("then", ["", "1 / 0", "import os; os._exit(3)"])
def test_files_that_a_notebook_writes_come_with_it(tmp_path: Path, then: str) -> None:
    run = tmp_path / "run"
    job = make_job(tmp_path / "nb", WRITES.format(then=then))
    job = replace(job, parameters={**job.parameters, "out": str(run)})
    result = run_one(job, run, FAST)
    assert bool(result.error) == bool(then)
    assert result.job == job
    assert result.files[2:] == ("tables/mine.csv",)
    assert result.hashes == {file: sha256(run / file) for file in result.files}
    assert not (run / UNFINISHED).exists()


def test_nothing_of_a_job_is_seen_before_it_has_ended(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    late = "import time\nwhile not Path({file!r}).exists(): time.sleep(0.05)"
    looks = make_job(tmp_path / "nb", WRITES.format(then=late.format(file=str(tmp_path / "go"))))
    looks = replace(looks, parameters={**looks.parameters, "out": str(run)})
    quick = make_job(tmp_path / "nb", "import time\ntime.sleep(1)")
    seen: list[list[str]] = []

    def tell(result: JobResult) -> None:
        seen.append(sorted(p.name for p in run.iterdir()))
        (tmp_path / "go").touch()

    run_jobs([looks, quick], run, 2, tell)
    assert seen == [
        [UNFINISHED, "journal.jsonl", "notebooks"],
        [UNFINISHED, "journal.jsonl", "notebooks", "tables"],
    ]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_no_failing_of_the_notebook(tmp_path: Path, number: int) -> None:
    job = make_job(tmp_path / "nb", "1")
    _, stage = open_stage(job, tmp_path)
    error = f"OSError: [Errno {number}] {os.strerror(number)}: 'x'"
    with pytest.raises(OSError, match=str(tmp_path)) as caught:
        publish(JobResult(job, 1, error, 3), job, stage, tmp_path)
    assert caught.value.errno == number
    other = JobResult(job, 1, f"OSError: [Errno {errno.EACCES}] no", 3)
    assert publish(other, job, stage, tmp_path).error == other.error


def test_a_copy_is_the_same_bytes(tmp_path: Path) -> None:
    job = make_job(tmp_path / "nb", "1")
    result = run_one(job, tmp_path / "a", FAST)
    twin = replace(job, edition="b")
    copied = copy_result(result, tmp_path / "a", twin, tmp_path / "b")
    assert copied == replace(result, job=twin)
    assert copied.hashes == {file: sha256(tmp_path / "b" / file) for file in copied.files}


def test_what_a_dead_run_left_goes_and_nothing_else(tmp_path: Path) -> None:
    part = f".{'0' * 16}.part"
    gone = [f"demo/p/{UNFINISHED}/2024Q2/x/y.csv", f"demo/p/2024Q2/{UNFINISHED}/z.csv"]
    gone += [f"demo/p/2024Q2/{part}", f"demo/p/2024Q2/figures/a/{part}", f"demo/{part}"]
    kept = ["demo/p/2024Q2/index.html", "demo/p/.mine.part", part, f"q/{UNFINISHED}/x", "../x"]
    out = tmp_path / "out"
    for name in (*gone, *kept):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).touch()
    clear_outputs(out, "demo/p")
    assert [name for name in gone if (out / name).exists()] == []
    assert [name for name in kept if not (out / name).exists()] == []
    (tmp_path / UNFINISHED).mkdir()
    for shelf in ("", "..", "../..", "/"):
        clear_outputs(out, shelf)
    assert (tmp_path / UNFINISHED).exists()


def test_the_private_folder_of_a_dead_run_goes_and_no_other(tmp_path: Path) -> None:
    own, other = tmp_path / f"{PRIVATE}abc", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
        (folder / "ledger").touch()
        clear_private(str(folder))
    clear_private("")
    clear_private(str(tmp_path / f"{PRIVATE}gone"))
    assert not own.exists()
    assert other.exists()
