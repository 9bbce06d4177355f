"""The engine: one notebook, in a kernel of its own, into a run folder."""

from __future__ import annotations

import sys
import tempfile
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import nbformat
import papermill
import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from papermill.translators import PythonTranslator

from h1224lib.batch.jobs import Job
from h1224lib.batch.prose import keep_language
from h1224lib.batch.render import render_failure, render_notebook
from h1224lib.files import write_whole
from h1224lib.publish.manifest import read_entries

# Written by papermill and nbclient: times, paths and the environment of one machine.
_MACHINE = ("papermill", "execution", "widgets")
_INJECTED = "injected-parameters"
_ERROR_MARK = "papermill-error-cell-tag"


@dataclass(frozen=True)
class JobResult:
    """What became of a job.

    Parameters
    ----------
    job : Job
        What ran.
    seconds : float
        How long it took.
    error : str
        Name and message of the error that ended it; empty where it was done.
    cell : int, optional
        The number of the failing cell, as Jupyter shows it in brackets.
    files : tuple of str
        What it left, relative to the run folder; notebook and page first.
    severe : bool
        Whether a finding that it told is an error in the data.
    """

    job: Job
    seconds: float
    error: str = ""
    cell: int | None = None
    files: tuple[str, ...] = ()
    severe: bool = False

    @property
    def status(self) -> str:
        """``done`` or ``failed``."""
        return "failed" if self.error else "done"


class ThisPython(AsyncKernelManager):
    """Starts this very Python as the kernel, whatever kernels are installed or none."""

    running: ClassVar[weakref.WeakSet[ThisPython]] = weakref.WeakSet()
    environment: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Other users of the machine shall not read what passes between here and the kernel.
        if zmq.has("curve"):
            self.transport_encryption = "auto"
        self.running.add(self)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The command that starts the kernel; text is UTF-8 in it whatever the locale says."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3 (ipykernel)",
            language="python",
            metadata={"supported_encryption": "curve"},
            env={"PYTHONUTF8": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1", **self.environment},
        )

    @classmethod
    def within(cls, environment: Mapping[str, str]) -> type[ThisPython]:
        """Return the same for kernels that find further variables in their environment."""
        # Papermill takes a class, and makes the manager itself.
        return type(cls.__name__, (cls,), {"environment": dict(environment)})


def stop_kernels() -> None:
    """Kill every kernel that runs; the jobs that wait for them fail."""
    for manager in list(ThisPython.running):
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()


def run_job(job: Job, folder: Path) -> JobResult:
    """Run one notebook, and keep it executed beside its page; a failing one with its error.

    Parameters
    ----------
    job : Job
        The notebook, its language and parameters.
    folder : Path
        The run folder; notebook and page go to its ``notebooks``.

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
    content = keep_language(nbformat.read(job.notebook.path, as_version=4), job.lang)
    # The kernel works in a folder of its own, so that nothing stray is left in the user's.
    with tempfile.TemporaryDirectory(prefix="h1224-", ignore_cleanup_errors=True) as scratch:
        output = Path(scratch) / "executed.ipynb"
        error, cell = _execute(content, output, job)
        if output.exists():
            content = nbformat.read(output, as_version=4)
    _clean(content, job)
    page = folder / "notebooks" / f"{job.name}.html"
    notebook = write_whole(page.with_suffix(".ipynb"), nbformat.writes(content) + "\n")
    text, error = _render(content, job, error, cell)
    write_whole(page, text)
    own = [path.relative_to(folder).as_posix() for path in (notebook, page)]
    entries = read_entries(content)
    kept = [f for entry in entries for f in entry.get("files", {}).values()]
    severe = any(f["severity"] == "error" for e in entries for f in e.get("findings", []))
    return JobResult(job, time.monotonic() - start, error, cell, (*own, *kept), severe)


def _execute(content: nbformat.NotebookNode, output: Path, job: Job) -> tuple[str, int | None]:
    """Run the cells; return what ended them early and where, if anything did."""
    try:
        papermill.execute_notebook(
            content,
            output,
            dict(job.parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            autosave_cell_every=0,
            # For the client; papermill's own `cwd` would change this process's folder.
            resources={"metadata": {"path": str(output.parent)}},
            kernel_manager_class=ThisPython.within(job.environment),
            extra_arguments=[
                f"--ipython-dir={output.parent}",
                "--HistoryManager.enabled=False",
                "--log-level=CRITICAL",
            ],
            # All that its cells do is done: no need to ask it to end, and to wait for it.
            shutdown_kernel="immediate",
            record_timing=False,
        )
    except papermill.PapermillExecutionError as error:
        return f"{error.ename}: {error.evalue}", error.exec_count
    except (DeadKernelError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}", None
    finally:
        # The client opens one for the thread, and leaves it open.
        loop = ensure_event_loop()
        if not loop.is_running():
            loop.close()
    return "", None


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


def _clean(content: nbformat.NotebookNode, job: Job) -> None:
    """Take out what differs from run to run and machine to machine, in place."""
    for node in (content, *content.cells):
        for name in _MACHINE:
            node.metadata.pop(name, None)
    # The error is in the outputs, and the page words it.
    content.cells = [c for c in content.cells if _ERROR_MARK not in c.metadata.get("tags", [])]
    for cell in content.cells:
        if _INJECTED in cell.metadata.get("tags", []):
            # Papermill gives the cell that it adds a random id.
            cell.id = _INJECTED
            cell.source = PythonTranslator.codify(dict(job.shown), "Parameters")
    content.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    content.metadata.get("language_info", {}).pop("version", None)
