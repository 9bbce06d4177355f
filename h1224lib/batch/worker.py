"""One job in a process of its own: what it does there, and what others see of it."""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from h1224lib.batch.converters import ask_converter
from h1224lib.batch.isolation import ONE_THREAD, begin, kill
from h1224lib.batch.jobs import Job
from h1224lib.batch.result import JobResult
from h1224lib.batch.server import launch
from h1224lib.charts.elsewhere import let_draw

_UTF8 = {"PYTHONUTF8": "1"}


@dataclass
class Worker:
    """A process that runs one job.

    Parameters
    ----------
    job : Job
        What it runs.
    folder : Path
        The run folder.
    place : Path
        A private folder of its own.
    engine : str
        ``fast`` or ``kernel``.
    converter : str
        Where figures are drawn; empty: in the process itself.
    limit : float, optional
        Seconds that it may take.
    """

    job: Job
    folder: Path
    place: Path
    engine: str
    converter: str = ""
    limit: float | None = None
    cell: int | None = None
    process: BaseProcess | None = None
    hears: Connection | None = None
    started: float = 0.0

    def start(self, context: BaseContext) -> None:
        """Start it."""
        self.place.mkdir()
        self.started = time.monotonic()
        self.hears, says = context.Pipe(duplex=False)
        given = (self.job, self.folder, self.place, self.engine, self.converter, says)
        with says:
            self.process = context.Process(  # type: ignore[attr-defined]
                target=_work, args=(dict(os.environ), *given), name=self.job.name
            )
            launch(self.process)

    @property
    def left(self) -> float:
        """Seconds that are left to it."""
        return float("inf") if self.limit is None else self.started + self.limit - time.monotonic()

    @property
    def signs(self) -> list[Connection | int]:
        """What `multiprocessing.connection.wait` waits for: word of it, or its end."""
        return [self.hears, self.process.sentinel] if self.hears and self.process else []

    def look(self) -> JobResult | None:
        """Return what has become of it; None while it runs.

        Raises
        ------
        OSError
            The run folder cannot be written.
        """
        assert self.process
        # What it said before it died counts.
        alive = self.process.is_alive()
        said = self._listen()
        if isinstance(said, OSError):
            raise said
        if isinstance(said, JobResult):
            self.stop()
            return said
        if isinstance(said, str):
            return self._fail(said)
        if not alive:
            self.process.join()
            return self._fail(f"DeadKernelError: Kernel died ({_word_end(self.process)})")
        if self.left <= 0:
            return self._fail(f"TimeoutError: {self.limit:g} s")
        return None

    def stop(self) -> None:
        """End it, whatever it does, and all that it has started."""
        if self.process is not None:
            kill(self.process)
        if self.hears is not None:
            self.hears.close()

    def _listen(self) -> JobResult | OSError | str | None:
        """Return how it says that it has ended; keep which cells it says that it begins."""
        assert self.hears
        try:
            while self.hears.poll():
                said: JobResult | OSError | str | int = self.hears.recv()
                if not isinstance(said, int):
                    return said
                self.cell = said
        except EOFError:
            pass
        return None

    def _fail(self, error: str) -> JobResult:
        # The run itself loads papermill and nbconvert for a job that has died, if at all.
        from h1224lib.batch.engine import keep_job

        self.stop()
        return keep_job(self.job, self.folder, self.place, error, self.cell, self.started)


def _word_end(process: BaseProcess) -> str:
    """Say how a process ended."""
    code = process.exitcode or 0
    try:
        return signal.Signals(-code).name if code < 0 else f"exit {code}"
    except ValueError:
        return f"signal {-code}"


def _work(
    environment: Mapping[str, str],
    job: Job,
    folder: Path,
    place: Path,
    engine: str,
    converter: str,
    says: Connection,
) -> None:
    """Be the process of a job."""
    from h1224lib.batch.engine import run_job

    begin()
    os.environ.clear()
    os.environ.update({**environment, **ONE_THREAD, **_UTF8})
    # What is left of temporary files goes with the job.
    own = place / "tmp"
    own.mkdir()
    os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(own)))
    tempfile.tempdir = None
    # Or each would draw the same numbers, those of the server.
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    let_draw(ask_converter(converter) if converter else None)
    try:
        says.send(run_job(job, folder, engine, place, says.send))
    except OSError as error:
        says.send(error)
    except Exception as error:
        says.send(f"{type(error).__name__}: {error}")
    # Threads that the notebook has left behind are not waited for.
    os._exit(0)
