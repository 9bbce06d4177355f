"""The state of a period and its assessment, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from h1224lib.cli.root import cli
from h1224lib.usage import (
    Misuse,
    actuals_option,
    assessment_options,
    complain,
    ledger_option,
    period_options,
    plan_option,
    shown_options,
)

if TYPE_CHECKING:
    from h1224lib.assessment import Scores
    from h1224lib.progress import State


@cli.command()
@plan_option
@period_options
@shown_options
def progress(plan: str, form: str, lang: str, **asked: str | None) -> None:
    """Print the state of a period."""
    from h1224lib.batch.inputs import check_settings, find_period
    from h1224lib.ledger.read import read_ledger
    from h1224lib.periods import span
    from h1224lib.plan import load_plan
    from h1224lib.progress import measure_progress
    from h1224lib.results import read_results

    period, ledger, previous = asked["period"], asked["ledger"], asked["previous"]
    if not (period or ledger):
        raise Misuse("usage.MissingParameter", option="--period")
    loaded = load_plan(plan)
    results = read_results(loaded, ledger, asked["actuals"], asked["landmarks"])
    check_settings(results, period)
    period = period or find_period(results)
    before = read_ledger(previous, loaded) if previous else None
    choices: dict[str, Any] = {"lights": asked["lights"], "previous": before}
    day = span(period)[1]
    state = measure_progress(loaded, results, day, asked["schedule"], period=period, **choices)
    _show_state(state, form, lang)


def _show_state(state: State, form: str, lang: str) -> None:
    """Print a state, with what is to be said of it."""
    from h1224lib import output
    from h1224lib.progress.state import list_shown

    if form == "json":
        about = {"plan": state.plan.name, "period": state.period, "as_of": str(state.as_of)}
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
@assessment_options(rule="capped", not_applicable="renormalise")
@click.option("--components", is_flag=True)
@ledger_option
@actuals_option
@shown_options
def score(
    plan: str,
    year: str,
    rule: str,
    not_applicable: str,
    components: bool,
    form: str,
    lang: str,
    **files: str | None,
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
    ledger = files["ledger"]
    results = read_results(loaded, ledger, files["actuals"])
    check_settings(results, None if ledger else year)
    day = span(find_period(results) if ledger else year)[1]
    state = measure_progress(loaded, results, day)
    handed_in = {name: files[name] for name in ("daily", "daily_rule", "marks")}
    scores = assess(loaded, state, year, rule, not_applicable, **handed_in)
    _show_scores(scores, components, form, lang)


def _show_scores(scores: Scores, components: bool, form: str, lang: str) -> None:
    """Print totals or components, with what is to be said of them."""
    from h1224lib import output
    from h1224lib.record import choose_columns

    shown = scores.components if components else scores.table
    if form == "table":
        # Whoever adds up what is on a screen has two decimals of it.
        shown = scores.printed
        if components:
            parts = scores.printed_components
            shown = parts[choose_columns("audit", list(parts.columns), lang)]
    if form == "json":
        about: dict[str, Any] = {"plan": scores.plan.name, "year": scores.sheet.period}
        about |= {"rule": scores.rule.name, "not_applicable": scores.treatment.name}
        about |= {"simulation": scores.simulation}
        told = {"findings": scores.findings, "table": scores.table}
        told |= {"components": scores.components, "basis": scores.basis}
        output.write_json({**about, **told})
        return
    if form == "table":
        output.say(scores.findings, lang)
    output.show(shown, scores.plan, form, lang)
    if form == "csv":
        # Numbers alone do not show by which reading they were made.
        complain(finding.say(lang) for finding in scores.findings)
