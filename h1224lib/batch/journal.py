"""The journal of a run folder: a line for each job that has ended; it is what is known of them."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from h1224lib.batch.jobs import Job
from h1224lib.batch.result import JobResult
from h1224lib.files import keep_entries, sha256

JOURNAL = "journal.jsonl"


def note_result(result: JobResult, folder: Path) -> None:
    """Add a line to the journal, on the disk when this returns; half a line before it is mended.

    Parameters
    ----------
    result : JobResult
        Its files are in their places, and on the disk.
    folder : Path
        The run folder.

    Raises
    ------
    OSError
        The journal cannot be written; what it had is still there.
    """
    line = {
        "time": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "job": result.job.name,
        "status": result.status,
        "seconds": round(result.seconds, 2),
        "cell": result.cell,
        "error": result.error,
        "severe": result.severe,
        "fingerprint": result.job.fingerprint,
        "outputs": dict(result.hashes),
    }
    path = folder / JOURNAL
    new = not path.exists()
    with path.open("w+b" if new else "r+b") as file:
        _mend(file)
        file.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    if new:
        keep_entries([folder])


def _mend(file: Any) -> None:
    """Cut off a last line that a dying run or machine has left without its end."""
    end = file.seek(0, os.SEEK_END)
    if not end:
        return
    file.seek(end - 1)
    if file.read(1) != b"\n":
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)
    file.seek(0, os.SEEK_END)


def read_journal(folder: Path) -> list[dict[str, Any]]:
    """Read the lines of a journal; none where there is none, and none that cannot be read.

    Returns
    -------
    list of dict
        The oldest first.
    """
    try:
        lines = (folder / JOURNAL).read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    # What follows the last line's end is no line, or half of one.
    return [line for text in lines[:-1] if (line := _parse(text)) is not None]


def _parse(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    # Without a fingerprint, it is of an earlier release.
    fits = isinstance(line, dict) and {"job", "status", "fingerprint", "outputs"} <= set(line)
    return line if fits and isinstance(line["outputs"], dict) else None


def recall(job: Job, lines: Mapping[str, Mapping[str, Any]], folder: Path) -> JobResult | None:
    """Return what became of a job earlier, if it would become the same now and is still there.

    Parameters
    ----------
    job : Job
        With its fingerprint.
    lines : dict
        Name of a job -> the last line of the journal about it.
    folder : Path
        The run folder; each output must hash as it did.
    """
    line = lines.get(job.name)
    if line is None or not line["outputs"] or line["fingerprint"] != job.fingerprint:
        return None
    if not all(is_unchanged(folder, file, told) for file, told in line["outputs"].items()):
        return None
    told: dict[str, Any] = {name: line.get(name) for name in ("error", "cell", "severe")}
    files = tuple(line["outputs"])
    return JobResult(job, line.get("seconds", 0), files=files, hashes=line["outputs"], **told)


def is_unchanged(folder: Path, file: str, told: str) -> bool:
    """Tell whether a file of a run folder is there, and holds what the journal says."""
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts:
        return False
    whole = folder / path
    return whole.is_file() and sha256(whole) == told


def clear_stale(folder: Path, names: set[str]) -> list[str]:
    """Take away outputs that the jobs of a run folder do not leave any more.

    Parameters
    ----------
    folder : Path
        The run folder.
    names : set of str
        The jobs that belong into it, whether they have run now or not: what one of them has left
        last stays, and so does what somebody has changed since, or put there himself.

    Returns
    -------
    list of str
        What is gone.
    """
    lines = read_journal(folder)
    last = {line["job"]: line for line in lines}
    kept = {file for name in names & set(last) for file in last[name]["outputs"]}
    earlier = {file: told for line in lines for file, told in line["outputs"].items()}
    gone = [f for f in sorted(set(earlier) - kept) if is_unchanged(folder, f, earlier[f])]
    for file in gone:
        (folder / file).unlink()
        for above in PurePosixPath(file).parents[:-1]:
            # With the last file of it.
            with contextlib.suppress(OSError):
                (folder / above).rmdir()
    return gone
