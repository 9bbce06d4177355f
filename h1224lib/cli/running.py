"""The batch, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from h1224lib import wording
from h1224lib.cli.root import cli
from h1224lib.periods import list_periods
from h1224lib.usage import (
    DONE,
    ERRORS,
    Misuse,
    Session,
    assessment_options,
    complain,
    period_options,
    plan_option,
    set_language,
)

if TYPE_CHECKING:
    from h1224lib.batch.run import Outcome

# Options that name files of results.
RESULTS = ("ledger", "actuals", "landmarks", "previous")
# Years that can be assessed: what is typed beyond them is a slip.
YEARS = (2000, 2100)


@cli.command()
@plan_option
@period_options
@click.option("--periods", metavar="2023Q1:2025Q4")
@click.option("--year", type=click.IntRange(*YEARS), metavar="2023")
@assessment_options()
@click.option("--demo", is_flag=True)
@click.option(
    "--lang",
    type=click.Choice((*wording.LANGUAGES, "both")),
    default="both",
    callback=set_language,
)
@click.option("--only", multiple=True, metavar="NOTEBOOK")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--force", is_flag=True)
@click.option("--kernel", "engine", flag_value="kernel", default="fast")
@click.option("--scheduler", metavar="tcp://HOST:PORT")
@click.option("--limit", type=click.IntRange(1, 86400), metavar="SECONDS")
@click.option("--out", type=click.Path(path_type=Path), default="outputs", show_default=True)
@click.option("--quiet", is_flag=True)
@click.pass_obj
def run(
    session: Session,
    plan: str,
    lang: str,
    only: tuple[str, ...],
    jobs: int,
    out: Path,
    quiet: bool,
    demo: bool,
    periods: str | None,
    **asked: Any,
) -> int:
    """Run the notebooks."""
    if periods:
        asked |= {"periods": list_periods(periods), "period": _typed("period")}
        if asked["period"]:
            raise Misuse("usage.period_and_periods")
    from h1224lib.batch.delays import delay_grammar
    from h1224lib.batch.server import start_server

    # It loads what notebooks need while this process loads and reads what the run needs.
    start_server()
    delay_grammar()
    from h1224lib.batch.run import Request, run_notebooks

    if demo:
        # The results that a working folder's settings name are not the demonstration's.
        asked |= {name: _typed(name) for name in (*RESULTS, "period")}
    if asked["actuals"] and not (periods or asked["period"] or asked["ledger"]):
        raise Misuse("actuals_without_period")
    langs = wording.LANGUAGES if lang == "both" else (lang,)
    request = Request(plan, langs=langs, only=only, workers=jobs, out=out, demo=demo, **asked)
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
            values = {"name": result.job.place, "cell": result.cell, "error": result.error}
            complain(["  " + wording.say("run_failed_job", session.lang, **values)])
    if not quiet:
        left = {"indexes": outcome.indexes, "start": outcome.start}
        counts = {"taken": outcome.taken, "of": len(outcome.results)}
        click.echo(wording.say("run_done", session.lang, **left, **counts))
    if outcome.severe:
        complain([wording.say("run_found_errors", session.lang, names=outcome.severe)])
    return ERRORS if outcome.failed or outcome.severe else DONE
