"""How far a run is: a bar on a terminal, else a line a job."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from h1224lib import wording
from h1224lib.batch.result import JobResult

Tell = Callable[[JobResult], None]


@contextmanager
def show_progress(total: int, lang: str, quiet: bool) -> Iterator[Tell]:
    """Give what to call with each result; it shows on standard error how far the run is.

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
        yield lambda result: None
    elif sys.stderr.isatty():
        with _bar(total, lang) as tell:
            yield tell
    else:
        yield _lines(total, lang)


def _lines(total: int, lang: str) -> Tell:
    done = 0

    def tell(result: JobResult) -> None:
        nonlocal done
        done += 1
        click.echo(_word(result, done, total, lang), err=True)

    return tell


@contextmanager
def _bar(total: int, lang: str) -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=total)

        def tell(result: JobResult) -> None:
            progress.update(task, advance=1, description=result.job.title)

        yield tell


def _word(result: JobResult, done: int, total: int, lang: str) -> str:
    return wording.say(
        "job_ended",
        lang,
        done=done,
        total=total,
        name=result.job.place,
        status=result.status,
        seconds=result.seconds,
    )
