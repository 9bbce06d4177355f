"""Ledgers, on the command line: what is wrong with one, and an empty one."""

from __future__ import annotations

from pathlib import Path

import click

from h1224lib import wording
from h1224lib.cli.root import cli
from h1224lib.usage import (
    DONE,
    ERRORS,
    complain,
    lang_option,
    plan_option,
    shown_options,
)


@cli.command()
@click.argument("ledger", metavar="LEDGER", type=click.Path(path_type=Path))
@plan_option
@click.option("--out", type=click.Path(path_type=Path), metavar="COPY")
@shown_options
def check(ledger: Path, plan: str, out: Path | None, form: str, lang: str) -> int:
    """Print every problem of a ledger."""
    from h1224lib import output
    from h1224lib.csv_text import write_csv
    from h1224lib.ledger.copies import check_place, write_copy
    from h1224lib.ledger.guards import read_limits
    from h1224lib.ledger.read import read_ledger
    from h1224lib.ledger.told import list_problems, tell_ledger
    from h1224lib.plan import load_plan

    limits = read_limits(ledger.parent)
    if out:
        check_place(out, ledger, limits)
    loaded = load_plan(plan)
    read = read_ledger(ledger, loaded, limits)
    if out:
        write_copy(ledger, read, out, lang, limits)
    if form == "table":
        output.say([*tell_ledger(read), *read.problems], lang)
    elif form == "csv":
        # Its cells hold what others typed, and are for people with spreadsheets.
        output.write_text(write_csv(list_problems(read, lang), guard=True))
        complain(finding.say(lang) for finding in tell_ledger(read))
    else:
        about = {"plan": loaded.name, "file": read.file, "passed": read.passed}
        about |= {"counts": read.counts, "settings": read.settings.table}
        output.write_json({**about, "findings": tell_ledger(read), "problems": read.problems})
    return DONE if read.passed else ERRORS


@cli.command()
@click.argument("out", metavar="OUT.xlsx", type=click.Path(path_type=Path))
@plan_option
@lang_option
def template(out: Path, plan: str, lang: str) -> None:
    """Write an empty ledger."""
    from h1224lib.ledger.copies import check_place
    from h1224lib.ledger.template import write_template
    from h1224lib.plan import load_plan

    check_place(out)
    write_template(out, load_plan(plan), lang)
    click.echo(wording.say("template_written", lang, file=out))
