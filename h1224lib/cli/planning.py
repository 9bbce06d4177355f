"""What a plan says and whether it adds up, on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from h1224lib import wording
from h1224lib.cli.root import cli
from h1224lib.errors import OutputError
from h1224lib.usage import (
    DONE,
    ERRORS,
    Commands,
    Misuse,
    as_of_option,
    complain,
    lang_option,
    plan_option,
    shown_options,
)

if TYPE_CHECKING:
    from h1224lib.phasing import Phasing


@cli.command()
@plan_option
@as_of_option
@shown_options
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
@shown_options
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
@shown_options
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
    from h1224lib import output
    from h1224lib.csv_text import write_csv
    from h1224lib.files import write_whole
    from h1224lib.plan import load_plan
    from h1224lib.plan.matrix import import_matrix

    if out and out.exists():
        raise OutputError("out_exists", file=out)
    matrix = import_matrix(book, plan, measure, place)
    if out:
        write_whole(out, write_csv(matrix.figures))
    elif form == "csv":
        output.write_text(write_csv(matrix.figures))
    else:
        output.show(matrix.figures, load_plan(plan), form, lang)
    count = {"figures": len(matrix.figures), "parts": matrix.parts}
    problems = matrix.problems
    complain([wording.say("matrix_read", lang, problems=len(problems), **count)])
    complain(problem.say(lang) for problem in problems)
    return ERRORS if problems else DONE
