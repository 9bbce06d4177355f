"""One notebook, run by one of papermill's engines, into a run folder."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError

from h1224lib.batch.cleaning import clean
from h1224lib.batch.jobs import Job
from h1224lib.batch.kernels import ThisPython
from h1224lib.batch.prose import keep_language
from h1224lib.batch.render import render_failure, render_notebook
from h1224lib.batch.result import FAST, KERNEL, JobResult
from h1224lib.files import write_whole
from h1224lib.publish.manifest import read_entries

# Of the folder that a job has while it runs: what papermill saves, and where cells work.
EXECUTED, WORK = "executed.ipynb", "work"


def run_job(
    job: Job,
    folder: Path,
    engine: str = FAST,
    place: Path | None = None,
    tell: Callable[[int], None] | None = None,
) -> JobResult:
    """Run one notebook, and keep it executed beside its page; a failing one with its error.

    Parameters
    ----------
    job : Job
        The notebook, its language and parameters.
    folder : Path
        The run folder; notebook and page go to its ``notebooks``.
    engine : str
        ``fast``: the cells run in this process, which is to run no other notebook; ``kernel``:
        in a Jupyter kernel.
    place : Path, optional
        A private folder for what is kept only while it runs; by default, one of its own.
    tell : callable, optional
        Is given the number of each cell before it runs.

    Returns
    -------
    JobResult
        Also where the notebook fails: the others go on.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="h1224-", ignore_cleanup_errors=True) as own:
        place = place or Path(own)
        # Cells work in a folder of their own, so that nothing stray is left in the user's.
        (place / WORK).mkdir()
        content = keep_language(nbformat.read(job.notebook.path, as_version=4), job.lang)
        error, cell = _execute(content, place, job, engine, tell)
        return keep_job(job, folder, place, error, cell, start)


def keep_job(
    job: Job, folder: Path, place: Path, error: str, cell: int | None, start: float
) -> JobResult:
    """Keep what has been executed of a notebook, and its page.

    Parameters
    ----------
    job : Job
        The notebook, its language and parameters.
    folder : Path
        The run folder.
    place : Path
        Where it ran; where nothing is there that can be read, it is kept as it was.
    error, cell : str, int
        What ended it early, and where.
    start : float
        When it began, on the monotonic clock.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    content = _read_executed(job, place)
    clean(content, job)
    page = folder / "notebooks" / f"{job.name}.html"
    notebook = write_whole(page.with_suffix(".ipynb"), nbformat.writes(content) + "\n")
    text, error = _render(content, job, error, cell)
    write_whole(page, text)
    own = [path.relative_to(folder).as_posix() for path in (notebook, page)]
    entries = read_entries(content)
    kept = [f for entry in entries for f in entry.get("files", {}).values()]
    severe = any(f["severity"] == "error" for e in entries for f in e.get("findings", []))
    return JobResult(job, time.monotonic() - start, error, cell, (*own, *kept), severe)


def _execute(
    content: nbformat.NotebookNode,
    place: Path,
    job: Job,
    engine: str,
    tell: Callable[[int], None] | None,
) -> tuple[str, int | None]:
    """Run the cells; return what ended them early and where, if anything did."""
    begun: list[int] = []

    def begin(**_: Any) -> None:
        begun.append(len(begun) + 1)
        if tell:
            tell(begun[-1])

    try:
        papermill.execute_notebook(
            content,
            place / EXECUTED,
            dict(job.parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            autosave_cell_every=0,
            on_cell_execute=begin,
            **_ENGINES[engine](job, place),
        )
    except papermill.PapermillExecutionError as error:
        return f"{error.ename}: {error.evalue}", error.exec_count
    except (DeadKernelError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}", begun[-1] if begun else None
    finally:
        _close_loop()
    return "", None


def _close_loop() -> None:
    """Close the loop that the client of a kernel opens for the thread, and leaves open."""
    loop = ensure_event_loop()
    if not loop.is_running():
        loop.close()


def _choose_kernel(job: Job, place: Path) -> dict[str, Any]:
    """Return what papermill takes to run cells in a Jupyter kernel."""
    return {
        # For the client; papermill's own `cwd` would change this process's folder.
        "resources": {"metadata": {"path": str(place / WORK)}},
        "kernel_manager_class": ThisPython.within(job.environment, place),
        "extra_arguments": [
            f"--ipython-dir={place}",
            "--HistoryManager.enabled=False",
            "--log-level=CRITICAL",
        ],
        # All that its cells do is done: no need to ask it to end, and to wait for it.
        "shutdown_kernel": "immediate",
        "record_timing": False,
    }


def _choose_fast(job: Job, place: Path) -> dict[str, Any]:
    """Return what papermill takes to run cells in this process, made ready for them."""
    os.environ.update(job.environment)
    return {"engine_name": FAST, "cwd": str(place / WORK)}


_ENGINES = {FAST: _choose_fast, KERNEL: _choose_kernel}


def _read_executed(job: Job, place: Path) -> nbformat.NotebookNode:
    """Read what papermill has saved last; if it was killed while it did, the notebook itself."""
    try:
        return nbformat.read(place / EXECUTED, as_version=4)
    except (OSError, ValueError):
        return keep_language(nbformat.read(job.notebook.path, as_version=4), job.lang)


def _render(
    content: nbformat.NotebookNode, job: Job, error: str, cell: int | None
) -> tuple[str, str]:
    """Return the page and the job's error: also that it could not be shown, whatever the cause."""
    try:
        return render_notebook(content, job, error, cell), error
    except Exception as broken:
        # The first line: those after it list the folders of one machine.
        message, _, _ = str(broken).partition("\n")
        error = error or f"{type(broken).__name__}: {message}"
        return render_failure(job, error, cell), error
