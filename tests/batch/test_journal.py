"""The journal: what is known of jobs that have ended, whatever has ended the run."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from h1224lib.batch.jobs import Job, Notebook
from h1224lib.batch.journal import (
    JOURNAL,
    clear_stale,
    is_unchanged,
    note_result,
    read_journal,
    recall,
)
from h1224lib.batch.result import JobResult
from h1224lib.files import sha256


def make_result(
    folder: Path, name: str, mark: str = "f", error: str = "", **files: str
) -> JobResult:
    """Make the result of a job that has left files, named by their stems."""
    notebook = Notebook(name, folder / f"{name}.ipynb", "plan", "", {"zh": "t", "en": "t"}, {})
    job = Job(notebook, "zh", fingerprint=mark)
    left = {f"tables/{stem}.csv": text for stem, text in (files or {name: "1"}).items()}
    for file, text in left.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")
    hashes = {file: sha256(folder / file) for file in left}
    cell = 3 if error else None
    return JobResult(job, 1.234, error, cell, tuple(left), bool(error), hashes)


def look(folder: Path, job: Job) -> JobResult | None:
    return recall(job, {line["job"]: line for line in read_journal(folder)}, folder)


def test_what_is_noted_is_recalled(tmp_path: Path) -> None:
    done = make_result(tmp_path, "a")
    failed = make_result(tmp_path, "b", error="ValueError: 德清")
    for result in (done, failed):
        note_result(result, tmp_path)
        assert look(tmp_path, result.job) == replace(result, seconds=1.23)
    assert look(tmp_path, make_result(tmp_path, "c").job) is None
    assert look(tmp_path / "elsewhere", done.job) is None


def test_the_last_line_of_a_job_holds(tmp_path: Path) -> None:
    first = make_result(tmp_path, "a", "old")
    note_result(first, tmp_path)
    again = make_result(tmp_path, "a", "new", a="2")
    note_result(again, tmp_path)
    assert look(tmp_path, first.job) is None
    assert look(tmp_path, again.job) == replace(again, seconds=1.23)


def test_an_output_must_be_what_it_was(tmp_path: Path) -> None:
    result = make_result(tmp_path, "a", a="12", b="34")
    note_result(result, tmp_path)
    path = tmp_path / "tables" / "b.csv"
    before = path.stat()
    # The same size and time do not suffice.
    path.write_text("35", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert look(tmp_path, result.job) is None
    path.write_text("34", encoding="utf-8")
    assert look(tmp_path, result.job) is not None
    path.unlink()
    assert look(tmp_path, result.job) is None


def test_half_a_line_is_mended_wherever_it_was_torn(tmp_path: Path) -> None:
    results = [make_result(tmp_path, name) for name in "abc"]
    for result in results[:2]:
        note_result(result, tmp_path)
    whole = (tmp_path / JOURNAL).read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole)):
        (tmp_path / JOURNAL).write_bytes(whole[:end])
        assert [line["job"] for line in read_journal(tmp_path)] == ["a.zh"]
        note_result(results[2], tmp_path)
        text = (tmp_path / JOURNAL).read_text(encoding="utf-8")
        assert [json.loads(line)["job"] for line in text.splitlines()] == ["a.zh", "c.zh"]


@pytest.mark.parametrize(
    "torn", [b"\0" * 500, b"\0" * 500 + b"\n", b'{"job": 1}\n', b"[]\n", b"\xff\xfe\n", b"5\n"]
)
def test_what_is_no_line_is_passed_over(tmp_path: Path, torn: bytes) -> None:
    result = make_result(tmp_path, "a")
    note_result(result, tmp_path)
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(torn)
    assert look(tmp_path, result.job) is not None
    note_result(make_result(tmp_path, "b"), tmp_path)
    assert [line["job"] for line in read_journal(tmp_path)] == ["a.zh", "b.zh"]


def test_a_journal_of_nothing_but_half_a_line(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_bytes(b'{"job": "a.z')
    note_result(make_result(tmp_path, "b"), tmp_path)
    assert [line["job"] for line in read_journal(tmp_path)] == ["b.zh"]


def test_a_line_of_an_earlier_release_is_none(tmp_path: Path) -> None:
    line = {"time": "2026-01-01", "job": "a.zh", "status": "done", "error": ""}
    (tmp_path / JOURNAL).write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert read_journal(tmp_path) == []


@pytest.mark.parametrize("file", ["../b.csv", "/etc/hostname", "tables/../../b.csv"])
def test_a_journal_names_nothing_outside_its_folder(tmp_path: Path, file: str) -> None:
    (tmp_path / "b.csv").write_text("1", encoding="utf-8")
    folder = tmp_path / "run"
    result = make_result(folder, "a")
    target = folder / file
    note_result(replace(result, hashes={file: sha256(target)}), folder)
    assert not is_unchanged(folder, file, sha256(target))
    assert look(folder, result.job) is None
    assert clear_stale(folder, set()) == []
    assert (tmp_path / "b.csv").exists()


def test_what_no_job_leaves_any_more_is_taken_away(tmp_path: Path) -> None:
    note_result(make_result(tmp_path, "a", x="1", y="2"), tmp_path)
    note_result(make_result(tmp_path, "b", z="3", w="4"), tmp_path)
    (tmp_path / "tables" / "mine.csv").write_text("5", encoding="utf-8")
    # The job leaves less than before; the other does not exist any more; one file was edited.
    note_result(make_result(tmp_path, "a", "new", x="6"), tmp_path)
    (tmp_path / "tables" / "w.csv").write_text("edited", encoding="utf-8")
    assert clear_stale(tmp_path, {"a.zh", "b.zh"}) == ["tables/y.csv"]
    assert clear_stale(tmp_path, {"a.zh"}) == ["tables/z.csv"]
    assert clear_stale(tmp_path, {"a.zh"}) == []
    left = sorted(path.name for path in (tmp_path / "tables").iterdir())
    assert left == ["mine.csv", "w.csv", "x.csv"]


def test_a_folder_goes_with_its_last_file(tmp_path: Path) -> None:
    note_result(make_result(tmp_path, "a", **{"old/deep/x": "1", "y": "2"}), tmp_path)
    note_result(make_result(tmp_path, "a", "new", y="2"), tmp_path)
    assert clear_stale(tmp_path, {"a.zh"}) == ["tables/old/deep/x.csv"]
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["y.csv"]
