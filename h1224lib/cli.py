"""The command line: a thin skin over the library."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from h1224lib import __version__, wording
from h1224lib.errors import H1224Error, OutputError
from h1224lib.settings import read_settings
from h1224lib.usage import (
    DONE,
    ERRORS,
    INTERRUPTED,
    REFUSED,
    TERMINATED,
    Commands,
    Misuse,
    Session,
    actuals_option,
    as_of_option,
    complain,
    format_option,
    lang_option,
    ledger_option,
    period_option,
    plan_option,
    set_language,
    word_help,
    word_usage,
)

if TYPE_CHECKING:
    from h1224lib.batch.run import Outcome
    from h1224lib.phasing import Phasing

# Options that the settings of a working folder may give.
SETTINGS = ("plan", "lang", "period", "ledger", "actuals", "schedule", "jobs", "out")


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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Hold the commands."""


@cli.command()
@plan_option
@period_option
@ledger_option
@actuals_option
@click.option("--demo", is_flag=True)
@click.option(
    "--lang",
    type=click.Choice((*wording.LANGUAGES, "both")),
    default="both",
    callback=set_language,
)
@click.option("--only", multiple=True, metavar="NOTEBOOK")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default="outputs", show_default=True)
@click.option("--quiet", is_flag=True)
@click.pass_obj
def run(
    session: Session,
    plan: str,
    period: str | None,
    ledger: str | None,
    actuals: str | None,
    demo: bool,
    lang: str,
    only: tuple[str, ...],
    jobs: int,
    out: Path,
    quiet: bool,
) -> int:
    """Run the notebooks."""
    from h1224lib.batch.run import Request, run_notebooks

    if demo:
        # The results that a working folder's settings name are not the demonstration's.
        period, ledger, actuals = map(_typed, ("period", "ledger", "actuals"))
    if actuals and not (period or ledger):
        raise Misuse("actuals_without_period")
    langs = wording.LANGUAGES if lang == "both" else (lang,)
    request = Request(plan, period, actuals, langs, only, jobs, out, ledger, demo)
    return _tell_outcome(run_notebooks(request, session.lang, quiet), session, quiet)


def _typed(name: str) -> Any:
    """Return what was typed for an option, and nothing that only the settings say."""
    ctx = click.get_current_context()
    from_settings = ctx.get_parameter_source(name) is ParameterSource.DEFAULT_MAP
    return None if from_settings else ctx.params[name]


def _tell_outcome(outcome: Outcome, session: Session, quiet: bool) -> int:
    """Say what a run left, and return its exit code."""
    if outcome.failed:
        failed = len(outcome.failed)
        complain([wording.say("run_failed_jobs", session.lang, failed=failed)])
        for result in outcome.failed:
            values = {"name": result.job.name, "cell": result.cell, "error": result.error}
            complain(["  " + wording.say("run_failed_job", session.lang, **values)])
    if not quiet:
        click.echo(wording.say("run_done", session.lang, index=outcome.index, start=outcome.start))
    if outcome.severe:
        complain([wording.say("run_found_errors", session.lang, names=outcome.severe)])
    return ERRORS if outcome.failed or outcome.severe else DONE


@cli.command()
@plan_option
@as_of_option
@format_option
@lang_option
def reconcile(plan: str, as_of: str | None, form: str, lang: str) -> int:
    """Check a plan's identities, and review what stands around them."""
    from h1224lib import output
    from h1224lib.findings import worst
    from h1224lib.localisation import explain_plan
    from h1224lib.plan import load_plan
    from h1224lib.reconciliation import reconcile as check
    from h1224lib.review import review_plan, tell_errors, tell_once

    loaded = load_plan(plan, as_of)
    report = check(loaded, lang)
    review = review_plan(loaded)
    findings = tell_once(report.findings, review)
    suspects = explain_plan(loaded)
    if form == "table":
        output.say([*tell_errors(review), *findings, *suspects.findings, *review], lang)
    elif form == "csv":
        output.show(report.checks, loaded, form, lang)
        # The checks alone do not show why the exit code is 1.
        complain(finding.say(lang) for finding in tell_errors(review))
    else:
        about = {"plan": loaded.name, "as_of": as_of, "passed": report.passed}
        about["review_passed"] = not tell_errors(review)
        about["explanations_complete"] = suspects.explanations.complete
        told = {"findings": findings, "explanations": suspects.findings}
        told |= {"suspects": suspects.table, "review": review, "checks": report.checks}
        output.write_json({**about, **told})
    return ERRORS if worst([*findings, *review]) == "error" else DONE


@cli.command()
@plan_option
@as_of_option
@format_option
@lang_option
def figures(plan: str, as_of: str | None, form: str, lang: str) -> None:
    """Print every printed figure."""
    from h1224lib import output
    from h1224lib.plan import load_plan
    from h1224lib.plan.tables import plan_format

    loaded = load_plan(plan, as_of)
    output.show(loaded.issued[list(plan_format()["figures"]["fields"])], loaded, form, lang)


@cli.command()
@plan_option
@as_of_option
@click.option("--rollup", is_flag=True)
@click.option("--phase", type=click.Choice(("quarter", "month")))
@click.option("--policy", metavar="even|growing|front|2024=40,2025=60")
@click.option("--profile", metavar="even|half|15/25/30/30")
@format_option
@lang_option
def targets(
    plan: str,
    as_of: str | None,
    rollup: bool,
    phase: str | None,
    policy: str | None,
    profile: str | None,
    form: str,
    lang: str,
) -> int:
    """Print the targets, spread over quarters or months where that is asked for."""
    from h1224lib import output
    from h1224lib.hierarchy import complete_targets
    from h1224lib.plan import load_plan

    if not phase and (policy or profile):
        raise Misuse("policy_without_phase", found="--policy" if policy else "--profile")
    loaded = load_plan(plan, as_of)
    if not phase:
        output.show(complete_targets(loaded) if rollup else loaded.targets, loaded, form, lang)
        return DONE
    from h1224lib.findings import worst
    from h1224lib.phasing import phase_targets

    phased = phase_targets(loaded, policy or "even", profile or "even", phase)
    _show_phased(phased, rollup, form, lang)
    return ERRORS if worst(phased.findings) == "error" else DONE


def _show_phased(phased: Phasing, rollup: bool, form: str, lang: str) -> None:
    """Print targets that are spread over time, with what is to be said about them."""
    from h1224lib import output

    plan, table = phased.plan, phased.complete() if rollup else phased.table
    if form == "json":
        about = {"plan": plan.name, "as_of": plan.as_of and plan.as_of.isoformat()}
        names = ("phase", "policy", "profile", "findings", "quality", "violations")
        told = {name: getattr(phased, name) for name in names}
        output.write_json({**about, **told, "table": table})
    elif form == "csv":
        output.show(table, plan, form, lang)
        # The table alone does not show what is not as printed or asked.
        complain(finding.say(lang) for finding in phased.findings if finding.severity != "note")
    else:
        output.say(phased.findings, lang)
        for part in (*phased.by_measure(table), *phased.by_measure(phased.violations)):
            output.show(part, plan, form, lang)


@cli.command()
@plan_option
@period_option
@ledger_option
@actuals_option
@click.option("--schedule", type=click.Choice(("quarters", "printed")), default="quarters")
@format_option
@lang_option
def progress(
    plan: str,
    period: str | None,
    ledger: str | None,
    actuals: str | None,
    schedule: str,
    form: str,
    lang: str,
) -> None:
    """Print the state of a period."""
    from h1224lib import output
    from h1224lib.batch.inputs import find_period
    from h1224lib.periods import span
    from h1224lib.plan import load_plan
    from h1224lib.progress import measure_progress
    from h1224lib.results import read_results

    if not (period or ledger):
        raise Misuse("usage.MissingParameter", option="--period")
    loaded = load_plan(plan)
    results = read_results(loaded, ledger, actuals)
    period = period or find_period(results)
    day = span(period)[1]
    state = measure_progress(loaded, results, day, schedule)
    about = {"plan": loaded.name, "period": period, "as_of": str(day), "schedule": schedule}
    if form == "json":
        output.write_json({**about, "findings": state.findings, "table": state.table})
        return
    if form == "table":
        output.say(state.findings, lang)
    output.show(state.table, state.plan, form, lang)
    if form == "csv":
        # Numbers alone do not show by which rule a ledger was counted.
        complain(finding.say(lang) for finding in state.basis)


@cli.command()
@click.argument("ledger", metavar="LEDGER", type=click.Path(path_type=Path))
@plan_option
@click.option("--out", type=click.Path(path_type=Path), metavar="COPY.xlsx")
@format_option
@lang_option
def check(ledger: Path, plan: str, out: Path | None, form: str, lang: str) -> int:
    """Print every problem of a ledger."""
    from h1224lib import output
    from h1224lib.ledger.copies import check_place, write_copy
    from h1224lib.ledger.read import read_ledger
    from h1224lib.ledger.told import list_problems, tell_ledger
    from h1224lib.plan import load_plan
    from h1224lib.tables import write_csv

    if out:
        check_place(out)
    loaded = load_plan(plan)
    read = read_ledger(ledger, loaded)
    if out:
        write_copy(ledger, read, out, lang)
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


@cli.group(name="plan", cls=Commands)
def plans() -> None:
    """Hold the commands about plan folders."""


@plans.command(name="check")
@click.argument("folder", metavar="FOLDER")
@lang_option
def plan_check(folder: str, lang: str) -> None:
    """Check a plan folder."""
    from h1224lib.plan import load_plan

    loaded = load_plan(folder)
    values = {"title": loaded.title(lang), "figures": len(loaded.figures)}
    click.echo(wording.say("plan_is_sound", lang, targets=len(loaded.targets), **values))


@plans.command(name="import")
@click.argument("book", metavar="BOOK.xlsx", type=click.Path(path_type=Path))
@click.option("--plan", required=True, metavar="NAME|FOLDER")
@click.option("--measure", required=True, metavar="CODE")
@click.option("--place", default="table", metavar="WORD", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--format", "form", type=click.Choice(("csv", "table")), default="csv")
@lang_option
def plan_import(
    book: Path, plan: str, measure: str, place: str, out: Path | None, form: str, lang: str
) -> int:
    """Turn a printed matrix into figures."""
    from h1224lib import output, tables
    from h1224lib.files import write_whole
    from h1224lib.plan import load_plan
    from h1224lib.plan.matrix import import_matrix

    if out and out.exists():
        raise OutputError("out_exists", file=out)
    matrix = import_matrix(book, plan, measure, place)
    if out:
        write_whole(out, tables.write_csv(matrix.figures))
    elif form == "csv":
        output.write_text(tables.write_csv(matrix.figures))
    else:
        output.show(matrix.figures, load_plan(plan), form, lang)
    count = {"figures": len(matrix.figures), "parts": matrix.parts}
    problems = matrix.problems
    complain([wording.say("matrix_read", lang, problems=len(problems), **count)])
    complain(problem.say(lang) for problem in problems)
    return ERRORS if problems else DONE


@cli.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@plan_option
@lang_option
def new(folder: Path, plan: str, lang: str) -> None:
    """Make a working folder."""
    from h1224lib.workspace import make_folder

    make_folder(folder, plan, lang)
    click.echo(wording.say("new_made", lang, folder=folder))


@cli.command()
@click.option("--folder", type=click.Path(path_type=Path), default="h1224-lab", show_default=True)
@click.option("--no-browser", is_flag=True)
@lang_option
@click.argument("options", nargs=-1, metavar="[-- OPTIONS]")
def lab(folder: Path, no_browser: bool, lang: str, options: tuple[str, ...]) -> None:
    """Open JupyterLab."""
    from h1224lib.lab import copy_notebooks, start_lab

    kept = copy_notebooks(folder, lang)
    if kept:
        click.echo(wording.say("lab_kept", lang, names=kept, folder=folder), err=True)
    click.echo(wording.say("lab_starts", lang, folder=folder), err=True)
    start_lab(folder, [*options, *(["--no-browser"] if no_browser else [])])
