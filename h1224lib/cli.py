"""The command line: a thin skin over the library."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from h1224lib import __version__, wording
from h1224lib.errors import H1224Error, OutputError

DONE, ERRORS, REFUSED, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


@dataclass
class Session:
    """What holds for one call: the language of its messages."""

    lang: str


class Misuse(click.UsageError):
    """A wrong use as an entry of the catalogue with its values."""

    def __init__(self, key: str, ctx: click.Context | None = None, **values: object) -> None:
        super().__init__(key, ctx or click.get_current_context())
        self.key = key
        self.values = values


class Command(click.Command):
    """Says what is wrong with its arguments as data, since click says it in English only."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, and refuse those that fit nothing."""
        given = list(args)
        try:
            rest = super().parse_args(ctx, args)
        except click.BadOptionUsage as error:
            flags = [p for p in self.get_params(ctx) if getattr(p, "is_flag", False)]
            flag = any(error.option_name in p.opts for p in flags)
            key = "usage.no_value" if flag else "usage.value_missing"
            raise Misuse(key, ctx, option=error.option_name) from error
        except click.BadParameter as error:
            key, values = _name_values(error.param)
            if error.param is None or not key:
                raise
            found = self.make_parser(ctx).parse_args(given)[0][str(error.param.name)]
            values |= {"option": _name_of(error.param), "found": found}
            raise Misuse(key, ctx, **values) from error
        if ctx.args:
            raise Misuse("usage.extra", ctx, found=ctx.args)
        return rest


class Commands(click.Group):
    """Lists its commands in the order in which they are written here."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named."""
        if args[0] not in self.commands:
            raise Misuse("usage.no_command", ctx, found=args[0], known=self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(self.commands)


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
    _word_help(cli, session.lang)
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        sys.exit(_run(args, session))
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(args: Sequence[str] | None, session: Session) -> int:
    """Run a command; return its exit code, each error worded on a clean line."""
    try:
        return int(cli.main(args, "h1224", standalone_mode=False, obj=session) or DONE)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return REFUSED
    except click.UsageError as error:
        _complain([_word_usage(error, session.lang)])
        return REFUSED
    except click.Abort:
        return INTERRUPTED
    except H1224Error as error:
        _complain(error.say(session.lang))
        return REFUSED
    except OSError as error:
        values = {"file": error.filename or "", "reason": error.strerror or str(error)}
        _complain([wording.say("cannot_write", session.lang, **values)])
        return REFUSED


def _terminate(number: int, frame: object) -> None:
    sys.exit(TERMINATED)


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, err=True)


def _word_usage(error: click.UsageError, lang: str) -> str:
    """Word a wrong use; what click says of it, only in English where the catalogue cannot."""
    command = error.ctx.command_path if error.ctx else "h1224"
    if isinstance(error, Misuse):
        return wording.say(error.key, lang, command=command, **error.values)
    key = f"usage.{type(error).__name__}"
    values = {
        "message": getattr(error, "message", None) or error.format_message(),
        "option": getattr(error, "option_name", None) or _name_of(getattr(error, "param", None)),
        "command": command,
    }
    return wording.say(key if wording.has(key) else "usage.other", lang, **values)


def _name_of(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    return param.metavar or param.name or "" if isinstance(param, click.Argument) else param.opts[0]


def _name_values(param: click.Parameter | None) -> tuple[str, dict[str, Any]]:
    """Return how to word what a parameter may be, and the values for it; empty where any may."""
    kind = param.type if param else None
    if isinstance(kind, click.Choice):
        return "usage.choice", {"known": list(kind.choices)}
    if isinstance(kind, click.IntRange):
        return "usage.range", {"least": kind.min, "most": kind.max}
    return "", {}


def _word_help(command: click.Command, lang: str, path: str = "") -> None:
    """Give commands and options their help texts from the catalogue."""
    command.help = command.short_help = wording.say(f"help.{path or 'h1224'}", lang)
    for param in command.params:
        own = f"option.{path}.{param.name}"
        if isinstance(param, click.Option):
            param.help = wording.say(own if wording.has(own) else f"option.{param.name}", lang)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            _word_help(child, lang, f"{path}_{name}" if path else name)


def _set_language(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """Let --lang decide about messages too; without it, the environment does."""
    if value in wording.LANGUAGES:
        ctx.find_root().obj.lang = value
    return value or str(ctx.find_root().obj.lang)


plan_option = click.option(
    "--plan", default="huzhou-1224", metavar="NAME|FOLDER", show_default=True
)
as_of_option = click.option("--as-of", metavar="2024-06-30")
period_option = click.option("--period", metavar="2024Q2")
actuals_option = click.option("--actuals", metavar="FILE")
lang_option = click.option(
    "--lang", type=click.Choice(wording.LANGUAGES), callback=_set_language, is_eager=True
)
format_option = click.option(
    "--format", "form", type=click.Choice(("table", "csv", "json")), default="table"
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Hold the commands."""


@cli.command()
@plan_option
@period_option
@actuals_option
@click.option(
    "--lang",
    type=click.Choice((*wording.LANGUAGES, "both")),
    default="both",
    callback=_set_language,
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
    actuals: str | None,
    lang: str,
    only: tuple[str, ...],
    jobs: int,
    out: Path,
    quiet: bool,
) -> int:
    """Run the notebooks."""
    from h1224lib.batch.run import Request, run_notebooks

    if actuals and not period:
        raise Misuse("actuals_without_period")
    langs = wording.LANGUAGES if lang == "both" else (lang,)
    request = Request(plan, period, actuals, langs, only, jobs, out)
    outcome = run_notebooks(request, session.lang, quiet)
    if outcome.failed:
        failed = len(outcome.failed)
        _complain([wording.say("run_failed_jobs", session.lang, failed=failed)])
        for result in outcome.failed:
            values = {"name": result.job.name, "cell": result.cell, "error": result.error}
            _complain(["  " + wording.say("run_failed_job", session.lang, **values)])
    if not quiet:
        click.echo(wording.say("run_done", session.lang, index=outcome.index, start=outcome.start))
    if outcome.severe:
        _complain([wording.say("run_found_errors", session.lang, names=outcome.severe)])
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
        _complain(finding.say(lang) for finding in tell_errors(review))
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
@format_option
@lang_option
def targets(plan: str, as_of: str | None, rollup: bool, form: str, lang: str) -> None:
    """Print the targets."""
    from h1224lib import output
    from h1224lib.hierarchy import complete_targets
    from h1224lib.plan import load_plan

    loaded = load_plan(plan, as_of)
    output.show(complete_targets(loaded) if rollup else loaded.targets, loaded, form, lang)


@cli.command()
@plan_option
@click.option("--period", metavar="2024Q2", required=True)
@actuals_option
@click.option("--schedule", type=click.Choice(("quarters", "printed")), default="quarters")
@format_option
@lang_option
def progress(
    plan: str, period: str, actuals: str | None, schedule: str, form: str, lang: str
) -> None:
    """Print the state of a period."""
    from h1224lib import output
    from h1224lib.actuals import read_actuals
    from h1224lib.periods import span
    from h1224lib.plan import load_plan
    from h1224lib.progress import measure_progress

    loaded = load_plan(plan)
    day = span(period)[1]
    state = measure_progress(loaded, read_actuals(actuals, loaded), day, schedule)
    about = {"plan": loaded.name, "period": period, "as_of": str(day), "schedule": schedule}
    if form == "json":
        output.write_json({**about, "findings": state.findings, "table": state.table})
        return
    if form == "table":
        output.say(state.findings, lang)
    output.show(state.table, loaded, form, lang)


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
    _complain([wording.say("matrix_read", lang, problems=len(problems), **count)])
    _complain(problem.say(lang) for problem in problems)
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
