"""Fingerprints: what a job depends on, as one hash; and whether that changes while it runs."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from h1224lib.batch.jobs import Job
from h1224lib.files import sha256
from h1224lib.resources import PACKAGE, data_folder
from h1224lib.settings import LIMIT, load_settings

# Raised where the same inputs are to be run again though nothing that is hashed has changed.
FORMAT = 1
# Of what is installed, all that can change an output; tests/batch holds it against pyproject.toml.
PACKAGES = (
    *("altair", "fonttools", "ipykernel", "ipython", "jinja2", "nbclient", "nbconvert", "nbformat"),
    *("numpy", "openpyxl", "pandas", "papermill", "pyarrow", "pygments", "python-calamine"),
    *("rapidfuzz", "scipy", "vl-convert-python", "xlrd"),
)
_SKIPPED = {"__pycache__", ".ipynb_checkpoints"}


class Sources:
    """The files that a run depends on, as they are when it begins.

    A file is looked at before it is read, so that a change in between is seen too.
    """

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[int, int] | None] = {}
        self._hashes: dict[Path, str] = {}

    def hash(self, path: Path) -> str:
        """Return the hash of a file, read once; empty where there is none."""
        if path not in self._hashes:
            self._seen[path] = _stamp(path)
            self._hashes[path] = sha256(path) if path.is_file() else ""
        return self._hashes[path]

    def hash_all(self, folder: Path, files: Iterable[Path]) -> str:
        """Return one hash of files of a folder, with their names in it."""
        names = {path.relative_to(folder).as_posix(): self.hash(path) for path in files}
        return digest(names)

    def find_changed(self) -> list[Path]:
        """Return the files that are not what they were."""
        return [path for path, seen in self._seen.items() if _stamp(path) != seen]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def list_files(folder: Path) -> list[Path]:
    """List the files of a folder and those below it, without what Python and Jupyter keep there."""
    found = sorted(folder.rglob("*"))
    return [path for path in found if path.is_file() and not _SKIPPED & {*path.parts}]


def hash_library(sources: Sources) -> str:
    """Return one hash of this library: code, sentences, fonts, templates, and the data that ships.

    Notebooks are left out: each is part of its own jobs.
    """
    data = data_folder()
    inside = [PACKAGE / "data", PACKAGE / "notebooks"]
    own = [p for p in list_files(PACKAGE) if not any(p.is_relative_to(f) for f in inside)]
    return digest([sources.hash_all(PACKAGE, own), sources.hash_all(data, list_files(data))])


@functools.cache
def name_versions() -> tuple[tuple[str, str], ...]:
    """Return the versions of Python and of the packages that outputs are made with."""
    return (
        ("python", platform.python_version()),
        *((name, version(name)) for name in PACKAGES),
    )


def mark_job(
    job: Job, sources: Sources, common: Mapping[str, Any], files: Mapping[str, Path]
) -> str:
    """Return the fingerprint of a job: the same, if its outputs would be the same.

    Parameters
    ----------
    job : Job
        Notebook, language, subject, and the parameters as its notebook shows them, without a
        machine's paths.
    sources : Sources
        Hashes files, and remembers them.
    common : dict
        What holds for every job of a run: library, versions, plan, engine.
    files : dict
        Parameter -> the file that it names, for whichever notebook declares it.

    Returns
    -------
    str
        SHA-256, in hexadecimal.
    """
    read = {name: path for name, path in files.items() if name in job.parameters}
    return digest(
        {
            **common,
            "format": FORMAT,
            "notebook": [job.notebook.name, sources.hash(job.notebook.path)],
            "job": [job.lang, job.subject, job.label, job.where],
            "parameters": dict(job.shown),
            "files": {name: sources.hash(path) for name, path in read.items()},
            "limits": {name: _read_limits(path.parent) for name, path in read.items()},
        }
    )


def _read_limits(folder: Path) -> dict[str, Any]:
    """Return the limits of ledgers that stand beside one."""
    return {n: v for n, v in load_settings(folder).items() if n.startswith(LIMIT)}


def digest(content: Any) -> str:
    """Return the hash of plain data.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(content, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
