"""The command line's root, to which every command belongs."""

from __future__ import annotations

import click

from h1224lib import __version__
from h1224lib.usage import Commands

# As a user works: a folder and its ledger, what the plan says, the quarter, questions of one's own.
ORDER = (
    *("new", "check", "template"),
    *("reconcile", "figures", "targets", "plan"),
    *("run", "progress", "score"),
    *("lab",),
)


@click.group(cls=Commands, order=ORDER, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Hold the commands."""
