"""How far a run is: a bar on a terminal, else a line a job."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

from h1224lib import wording
from h1224lib.batch.jobs import Job
from h1224lib.batch.result import JobResult

Tell = Callable[[JobResult], None]
# Jobs that run, and the cell that each is at.
Running = Sequence[tuple[Job, "int | None"]]


class Shown:
    """Shows nothing, whatever it is told."""

    def tell(self, result: JobResult) -> None:
        """Hear that a job has ended."""

    def watch(self, running: Running) -> None:
        """Hear which jobs run, and how far each is."""


@contextmanager
def show_progress(total: int, lang: str, quiet: bool) -> Iterator[Shown]:
    """Give what to tell of jobs; it shows on standard error how far the run is.

    Parameters
    ----------
    total : int
        How many jobs there are.
    lang : str
        ``zh`` or ``en``.
    quiet : bool
        Show nothing.
    """
    if quiet:
        yield Shown()
    elif sys.stderr.isatty():
        with Bar(total, lang) as bar:
            yield bar
    else:
        yield Lines(total, lang)


class Lines(Shown):
    """A line a job, for logs."""

    def __init__(self, total: int, lang: str) -> None:
        self.total, self.lang, self.done = total, lang, 0

    def tell(self, result: JobResult) -> None:
        """Write the line of a job that has ended."""
        self.done += 1
        said = {"done": self.done, "total": self.total, "name": result.job.place}
        said |= {"status": result.status, "seconds": result.seconds}
        click.echo(wording.say("job_ended", self.lang, **said), err=True)


class Bar(Shown):
    """A bar over jobs: how many have ended, the time left, and where each of the others is."""

    def __init__(self, total: int, lang: str) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.table import Column

        # What does not fit a narrow terminal is cut short, and never takes a second line.
        rest = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        self.lang, self.total, self.failed = lang, total, 0
        self.progress = Progress(
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.description}", markup=False, table_column=rest),
            console=Console(stderr=True),
            expand=True,
        )
        self.task = self.progress.add_task("", total=total)

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def tell(self, result: JobResult) -> None:
        """Move on by a job; name one that has failed above the bar, since that is worth knowing."""
        if result.error:
            text = wording.say("job_failed", self.lang, name=result.job.place, error=result.error)
            self.progress.console.print(text, markup=False, highlight=False)
        self.progress.advance(self.task)

    def watch(self, running: Running) -> None:
        """Say which jobs run, and the cell that each is at."""
        said = [
            wording.say("job_runs", self.lang, title=job.title, cell=cell) for job, cell in running
        ]
        self.progress.update(self.task, description=" | ".join(said))
