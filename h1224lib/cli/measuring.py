"""The state of a period and its assessment, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from h1224lib.cli.root import cli
from h1224lib.usage import (
    Misuse,
    actuals_option,
    complain,
    format_option,
    landmarks_option,
    lang_option,
    ledger_option,
    lights_option,
    period_option,
    plan_option,
    previous_option,
    schedule_option,
)

if TYPE_CHECKING:
    from h1224lib.assessment import Scores


@cli.command()
@plan_option
@period_option
@ledger_option
@actuals_option
@landmarks_option
@previous_option
@schedule_option
@lights_option
@format_option
@lang_option
def progress(
    plan: str,
    period: str | None,
    ledger: str | None,
    actuals: str | None,
    landmarks: str | None,
    previous: str | None,
    schedule: str | None,
    lights: str | None,
    form: str,
    lang: str,
) -> None:
    """Print the state of a period."""
    from h1224lib import output
    from h1224lib.batch.inputs import check_settings, find_period
    from h1224lib.ledger.read import read_ledger
    from h1224lib.periods import span
    from h1224lib.plan import load_plan
    from h1224lib.progress import measure_progress
    from h1224lib.progress.state import list_shown
    from h1224lib.results import read_results

    if not (period or ledger):
        raise Misuse("usage.MissingParameter", option="--period")
    loaded = load_plan(plan)
    results = read_results(loaded, ledger, actuals, landmarks)
    check_settings(results, period)
    period = period or find_period(results)
    before = read_ledger(previous, loaded) if previous else None
    choices: dict[str, Any] = {"period": period, "lights": lights, "previous": before}
    state = measure_progress(loaded, results, span(period)[1], schedule, **choices)
    if form == "json":
        about = {"plan": loaded.name, "period": period, "as_of": str(state.as_of)}
        about |= {"schedule": state.schedule, "lights": state.lights}
        output.write_json({**about, "findings": state.findings, "table": state.table})
        return
    if form == "table":
        output.say(state.findings, lang)
    # A page has no room for every column.
    wanted = list_shown(state)
    columns = [name for name in wanted if name in state.table] if form == "table" else state.table
    output.show(state.table[list(columns)], state.plan, form, lang)
    if form == "csv":
        # Numbers alone do not show by which rule a ledger was counted.
        complain(finding.say(lang) for finding in state.basis)


@cli.command()
@plan_option
@click.option("--year", default="2023", metavar="2023|2024Q2", show_default=True)
@click.option("--rule", default="capped", metavar="NAME|FILE", show_default=True)
@click.option("--not-applicable", default="renormalise", metavar="NAME", show_default=True)
@click.option("--daily", metavar="FILE")
@click.option("--marks", metavar="FILE")
@click.option("--components", is_flag=True)
@ledger_option
@actuals_option
@format_option
@lang_option
def score(
    plan: str,
    year: str,
    rule: str,
    not_applicable: str,
    daily: str | None,
    marks: str | None,
    components: bool,
    ledger: str | None,
    actuals: str | None,
    form: str,
    lang: str,
) -> None:
    """Print the assessment."""
    from h1224lib.assessment import assess
    from h1224lib.assessment.telling import tell_none
    from h1224lib.batch.inputs import check_settings, find_period
    from h1224lib.periods import span
    from h1224lib.plan import load_plan
    from h1224lib.progress import measure_progress
    from h1224lib.results import read_results

    loaded = load_plan(plan)
    if loaded.assessment.empty:
        # Nothing else of the plan, such as its years, need fit what is asked for.
        complain([tell_none(loaded).say(lang)])
        return
    results = read_results(loaded, ledger, actuals)
    check_settings(results, None if ledger else year)
    day = span(find_period(results) if ledger else year)[1]
    state = measure_progress(loaded, results, day)
    scores = assess(loaded, state, year, rule, not_applicable, daily, marks=marks)
    _show_scores(scores, components, form, lang)


def _show_scores(scores: Scores, components: bool, form: str, lang: str) -> None:
    """Print totals or components, with what is to be said of them."""
    from h1224lib import output

    shown = scores.components if components else scores.table
    if form == "table":
        # Whoever adds up what is on a screen has two decimals of it.
        shown = scores.printed_components if components else scores.printed
    if form == "json":
        about: dict[str, Any] = {"plan": scores.plan.name, "year": scores.sheet.period}
        about |= {"rule": scores.rule.name, "not_applicable": scores.treatment.name}
        about |= {"simulation": scores.simulation}
        told = {"findings": scores.findings, "table": scores.table}
        output.write_json({**about, **told, "components": scores.components})
        return
    if form == "table":
        output.say(scores.findings, lang)
    output.show(shown, scores.plan, form, lang)
    if form == "csv":
        # Numbers alone do not show by which reading they were made.
        complain(finding.say(lang) for finding in scores.findings)
