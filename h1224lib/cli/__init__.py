"""The command line: a thin skin over the library."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from h1224lib import wording
from h1224lib.cli import keeping, measuring, planning, running, working
from h1224lib.cli.planning import plans
from h1224lib.cli.root import cli
from h1224lib.errors import H1224Error
from h1224lib.settings import read_settings
from h1224lib.usage import (
    DONE,
    INTERRUPTED,
    REFUSED,
    TERMINATED,
    Session,
    complain,
    word_help,
    word_usage,
)

# Each module of commands adds its own to the root.
__all__ = ["cli", "keeping", "main", "measuring", "planning", "running", "working"]

# Options that the settings of a working folder may give.
SETTINGS = (
    *("plan", "lang", "period", "ledger", "actuals", "landmarks", "previous"),
    *("schedule", "lights", "jobs", "out"),
)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line, and exit: 0 done, 1 the data holds errors, 2 refused.

    Parameters
    ----------
    args : sequence of str, optional
        By default those of the process.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese gets question marks, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    session = Session(wording.user_language())
    word_help(cli, session.lang)
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        sys.exit(_run(args, session))
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(args: Sequence[str] | None, session: Session) -> int:
    """Run a command; return its exit code, each error worded on a clean line."""
    try:
        defaults = _spread(read_settings(Path(), SETTINGS))
        left = cli.main(args, "h1224", standalone_mode=False, obj=session, default_map=defaults)
        return int(left or DONE)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return REFUSED
    except click.UsageError as error:
        complain([word_usage(error, session.lang)])
        return REFUSED
    except click.Abort:
        return INTERRUPTED
    except H1224Error as error:
        complain(error.say(session.lang))
        return REFUSED
    except OSError as error:
        values = {"file": error.filename or "", "reason": error.strerror or str(error)}
        complain([wording.say("cannot_write", session.lang, **values)])
        return REFUSED


def _spread(settings: dict[str, Any]) -> dict[str, Any]:
    """Let a folder's settings stand in for the options that are not typed."""
    shared = {name: value for name, value in settings.items() if name != "out"}
    defaults: dict[str, Any] = dict.fromkeys(cli.commands, shared)
    return defaults | {"run": settings, "plan": dict.fromkeys(plans.commands, shared)}


def _terminate(number: int, frame: object) -> None:
    sys.exit(TERMINATED)
