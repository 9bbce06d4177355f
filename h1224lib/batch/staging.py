"""Staging: what a job writes comes into the run folder only when it has ended, and then whole."""

from __future__ import annotations

import dataclasses
import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from h1224lib.batch.jobs import Job
from h1224lib.batch.result import JobResult
from h1224lib.batch.sockets import find_short_folder
from h1224lib.files import is_part, keep_entries, sha256, write_whole

# In the folder of outputs, since files can be moved only within a file system.
UNFINISHED = ".unfinished"
# The disk, the user's share of it, or a file has reached its limit.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ERROR_NUMBER = re.compile(r"OSError: \[Errno (\d+)\]")
# How the names of private folders begin.
PRIVATE = "h1224-"


def open_stage(job: Job, folder: Path) -> tuple[Job, Path]:
    """Make the folder that a job writes into, and return the job that does so.

    Parameters
    ----------
    job : Job
        Where its parameter `out` is its run folder, it becomes the stage.
    folder : Path
        The run folder, or where `job` has an edition, the folder of these.
    """
    stage = folder / UNFINISHED / job.edition / job.name
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    given = dict(job.parameters)
    if given.get("out") == str(folder / job.edition):
        given["out"] = str(stage)
    return dataclasses.replace(job, parameters=given), stage


def publish(result: JobResult, job: Job, stage: Path, folder: Path) -> JobResult:
    """Move what a job has written into its place, file by file, and onto the disk.

    Parameters
    ----------
    result : JobResult
        What became of the job; its files are in `stage`.
    job : Job
        The job, with the parameters that it has for others.
    stage, folder : Path
        Where its files are, and the run folder.

    Returns
    -------
    JobResult
        With the hash of every file that is there now.

    Raises
    ------
    OSError
        The folder cannot be written, or there was no room for what the job has to write.
    """
    _refuse_lack_of_room(result, folder)
    found = {p.relative_to(stage).as_posix(): p for p in sorted(stage.rglob("*")) if p.is_file()}
    # What a notebook has written beside what it has recorded comes after that.
    files = dict.fromkeys((*(f for f in result.files if f in found), *found))
    hashes = {file: sha256(found[file]) for file in files}
    for file in files:
        if file not in result.files:
            with found[file].open("r+b") as extra:
                os.fsync(extra.fileno())
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        found[file].replace(folder / file)
    _keep_all(files, folder)
    shutil.rmtree(stage, ignore_errors=True)
    return dataclasses.replace(result, job=job, files=tuple(files), hashes=hashes)


def _keep_all(files: Iterable[str], folder: Path) -> None:
    """Bring onto the disk that files are where they are, and the folders that they are in."""
    keep_entries({folder / above for file in files for above in PurePosixPath(file).parents})


def _refuse_lack_of_room(result: JobResult, folder: Path) -> None:
    """Do not take a full disk for a failing of the notebook that met it."""
    number = _ERROR_NUMBER.match(result.error)
    if number and int(number[1]) in NO_ROOM:
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(folder))


def copy_result(result: JobResult, source: Path, job: Job, folder: Path) -> JobResult:
    """Give a job the outputs of another that would be the same, byte by byte.

    Parameters
    ----------
    result : JobResult
        What became of the other.
    source, folder : Path
        The run folders of the other and of the job.
    job : Job
        The job.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    for file in result.files:
        write_whole(folder / file, (source / file).read_bytes())
    _keep_all(result.files, folder)
    return dataclasses.replace(result, job=job)


def close_stages(folder: Path) -> None:
    """Take away the stages of a run: those of jobs that have not ended."""
    shutil.rmtree(folder / UNFINISHED, ignore_errors=True)


def clear_outputs(out: Path, shelf: str) -> None:
    """Take away what a run that died has left unfinished in a folder of outputs.

    Parameters
    ----------
    out : Path
        The folder of outputs.
    shelf : str
        Where in it that run wrote.
    """
    folder = out / shelf
    if not shelf or not folder.resolve().is_relative_to(out.resolve()):
        return
    for stages in (folder, *folder.glob("*/")):
        close_stages(stages)
    for path in (*folder.parent.glob(".*"), *folder.rglob(".*")):
        if is_part(path.name):
            path.unlink(missing_ok=True)


def clear_private(folder: str) -> None:
    """Take away the private folder of a run that died on this machine: it may hold a ledger.

    Parameters
    ----------
    folder : str
        As that run has named it; one of another user or name is left alone.
    """
    path = Path(folder)
    if not folder or not path.name.startswith(PRIVATE) or not path.is_dir():
        return
    if sys.platform == "win32" or path.stat().st_uid == os.getuid():
        shutil.rmtree(path, ignore_errors=True)


def open_private() -> tempfile.TemporaryDirectory[str]:
    """Make a folder that only this user can read, for what is kept as long as a run lasts."""
    return tempfile.TemporaryDirectory(
        prefix=PRIVATE, dir=find_short_folder(), ignore_cleanup_errors=True
    )
