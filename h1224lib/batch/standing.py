"""What is known of the jobs of a run: which are up to date, which are to run, which are alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from h1224lib.batch.editions import Edition
from h1224lib.batch.jobs import Job
from h1224lib.batch.journal import note_result, read_journal, recall
from h1224lib.batch.result import JobResult
from h1224lib.batch.staging import copy_result


class Standing:
    """What is known of the jobs of a run: those that are up to date, and those that are to run.

    Parameters
    ----------
    editions : list of Edition
        Their journals are read.
    asked : dict
        Place -> the job that is asked for.
    force : bool
        None of these is taken for up to date.

    Attributes
    ----------
    results : dict
        Place -> what became of a job, now or earlier.
    first : list of Job
        Those to run.
    taken : int
        How many of those asked for are up to date.
    """

    def __init__(self, editions: list[Edition], asked: dict[str, Job], force: bool) -> None:
        self.results: dict[str, JobResult] = {}
        for edition in editions:
            lines = {line["job"]: line for line in read_journal(edition.folder)}
            for job in edition.jobs:
                known = recall(job, lines, edition.folder)
                # A job that is not asked for now stays what it was, also failed.
                if known and not (job.place in asked and (force or known.error)):
                    self.results[job.place] = known
        todo = [job for place, job in asked.items() if place not in self.results]
        self.taken = len(asked) - len(todo)
        done = [] if force else [r for r in self.results.values() if not r.error]
        self._known = {result.job.fingerprint: result for result in done}
        self._waiting: dict[str, list[Job]] = {}
        first: dict[str, Job] = {}
        for job in todo:
            there = job.fingerprint in self._known
            if there or first.setdefault(job.fingerprint, job) is not job:
                self._waiting.setdefault(job.fingerprint, []).append(job)
        # Of those that are alike in several run folders, one.
        self.first = list(first.values())

    def list_known(self) -> list[JobResult]:
        """List the results that are there and that other jobs wait for."""
        return [r for mark, r in self._known.items() if mark in self._waiting]

    def copy(self, result: JobResult, folder: Path) -> Iterator[JobResult]:
        """Give what a job has left to those that wait for it.

        Parameters
        ----------
        result : JobResult
            What became of it, done or failed.
        folder : Path
            The folder of the run folders.
        """
        for job in self._waiting.pop(result.job.fingerprint, ()):
            home = folder / job.edition
            copied = copy_result(result, folder / result.job.edition, job, home)
            note_result(copied, home)
            self.results[job.place] = copied
            yield copied
