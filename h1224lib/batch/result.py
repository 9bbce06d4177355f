"""What becomes of a job, and the names of the engines that run it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from h1224lib.batch.jobs import Job

# In the process of the job itself; or in a Jupyter kernel, which is the reference.
FAST, KERNEL = "fast", "kernel"


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
    hashes : dict
        File -> SHA-256 of what is in the run folder.
    """

    job: Job
    seconds: float
    error: str = ""
    cell: int | None = None
    files: tuple[str, ...] = ()
    severe: bool = False
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """``done`` or ``failed``."""
        return "failed" if self.error else "done"
