"""Scores in words: who leads, what is open, and which of it the plan does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from h1224lib.assessment.basis import explain_rule
from h1224lib.assessment.components import LEFT_OUT, NOT_GIVEN
from h1224lib.assessment.rules import FULL, GIVEN, Rule, list_rules
from h1224lib.assessment.sheet import MISSING, NOT_APPLICABLE, ZERO_TARGET, Sheet
from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code, name_title
from h1224lib.plan.model import Plan

if TYPE_CHECKING:
    import pandas as pd

    from h1224lib.assessment.scoring import Scores


def tell_scores(scores: Scores) -> list[Finding]:
    """Say who leads and by which reading, then what is open.

    Parameters
    ----------
    scores : Scores
        Its tables, in points.

    Returns
    -------
    list of Finding
        The ranking; the reading; how printed parts are rounded; a simulation; what is
        unfinished, not applicable, missing, not handed in, not used; what the results rest on.
    """
    sheet = scores.sheet
    if not sheet.areas:
        return [tell_none(sheet.plan), *sheet.state.basis]
    table = scores.table
    told = [tell_ranking(scores), _tell_reading(scores), *tell_period(sheet)]
    if _is_rounded(scores):
        told.append(Finding("assessment_rounding"))
    if sheet.handed_in.marks and scores.rule.kind != GIVEN:
        unused = {"rule": scores.rule.label}
        told.append(Finding("assessment_marks_unused", "warning", unused))
    told += _tell_absent(scores)
    numbers: dict[str, Any]
    lacking = table[table["missing"] > 0]
    if len(lacking):
        numbers = {
            "areas": [name_code(sheet.plan, "area", area) for area in lacking["area"]],
            "cells": int(lacking["missing"].sum()),
            **count_lacking(scores),
        }
        told.append(Finding("assessment_missing", "warning", numbers))
    if (scores.components["unscored"] == NOT_GIVEN).any():
        numbers = {"points": float(sum(points for _, points in sheet.items.daily))}
        told.append(Finding("assessment_no_daily", "note", numbers))
    return [*told, *sheet.state.basis]


def tell_ranking(scores: Scores) -> Finding:
    """State who leads and who is last, or that nobody can be ranked."""
    sheet = scores.sheet
    if not sheet.areas:
        return tell_none(sheet.plan)
    ranked = scores.table[scores.table["rank"].notna()]
    numbers = about_period(sheet) | {"rule": scores.rule.label, "of": len(ranked)}
    if ranked.empty:
        return Finding("assessment_no_data", "note", numbers | count_lacking(scores))
    best = ranked[ranked["rank"] == 1]
    worst = ranked[ranked["rank"] == ranked["rank"].max()]
    for name, rows in (("first", best), ("last", worst)):
        numbers[name] = [name_code(sheet.plan, "area", area) for area in rows["area"]]
        numbers[f"{name}_points"] = float(rows["points"].iloc[0])
        numbers[f"{name}_available"] = float(rows["available"].iloc[0])
    # Full marks under a rule that rewards a surplus are no ceiling.
    numbers["beyond"] = scores.rule.most is None or scores.rule.most > FULL
    kind = "assessment_level" if len(best) == len(ranked) > 1 else "assessment_ranking"
    return Finding(kind, "note", numbers)


def _is_rounded(scores: Scores) -> bool:
    """Tell whether a printed part or total is another number than the exact one."""
    pairs = (
        (scores.table, scores.printed, "points"),
        (scores.components, scores.printed_components, "got"),
    )
    return any(bool(((a[n] - b[n]).abs() > 1e-9).any()) for a, b, n in pairs)


def count_lacking(scores: Scores) -> dict[str, int]:
    """Count what is missing: results, departments' marks, items of daily work."""
    rows = scores.components[scores.components["unscored"] == MISSING]
    return word_lacking(
        int((rows["industry"] != "all").sum()), int((rows["industry"] == "all").sum()), scores.rule
    )


def word_lacking(industries: int, daily: int, rule: Rule) -> dict[str, int]:
    """Tell results from departments' marks: only the rule ``given`` asks for these.

    Examples
    --------
    >>> from h1224lib.assessment.rules import read_rule
    >>> word_lacking(43, 0, read_rule("given"))
    {'results': 0, 'marks': 43, 'daily_items': 0}
    """
    marks = rule.kind == GIVEN
    return {
        "results": 0 if marks else industries,
        "marks": industries if marks else 0,
        "daily_items": daily,
    }


def _tell_absent(scores: Scores) -> list[Finding]:
    """State for each area which industries have no target, and which one of 0."""
    sheet, told = scores.sheet, []
    for why in (NOT_APPLICABLE, ZERO_TARGET):
        absent = scores.components[scores.components["unscored"] == why]
        for area, rows in absent.groupby("area", sort=False):
            own = scores.table[scores.table["area"] == area]
            numbers = {
                "area": name_code(sheet.plan, "area", str(area)),
                "industries": [name_code(sheet.plan, "industry", i) for i in rows["industry"]],
                "of": len(sheet.items.weighted),
                "treatment": scores.treatment.label,
                "left_out": bool((own["unranked"] == LEFT_OUT).any()),
                "computed": sheet.computed,
                "reached": float(rows["actual"].sum()),
            }
            told.append(Finding(f"assessment_{why}", "note", numbers))
    return told


def about_period(sheet: Sheet) -> dict[str, Any]:
    """Return what findings and figures name of the period that is assessed."""
    return {
        "period": _name_period(sheet),
        "computed": sheet.computed,
        "finished": sheet.finished,
        "end": sheet.end.isoformat(),
    }


def _name_period(sheet: Sheet) -> Label:
    if sheet.period in sheet.plan.horizons.index:
        return name_code(sheet.plan, "horizon", sheet.period)
    year = len(sheet.period) == 4 and sheet.period.isdigit()
    return Label(f"{sheet.period}年" if year else sheet.period, sheet.period)


def tell_none(plan: Plan) -> Finding:
    """State that a plan has no assessment."""
    return Finding("assessment_none", "note", {"plan": name_title(plan)})


def _tell_reading(scores: Scores) -> Finding:
    """State by which rule scores are made and where it is from; the plan leaves it open."""
    numbers = {
        "rule": scores.rule.label,
        "how": explain_rule(scores.rule),
        "source": scores.rule.source,
        "treatment": scores.treatment.label,
        "treatment_source": scores.treatment.source,
        "given": scores.rule.kind == GIVEN,
        "own": scores.rule.name not in list_rules(),
    }
    return Finding("assessment_reading", "note", numbers)


def tell_period(sheet: Sheet) -> list[Finding]:
    """State that targets are computed, and that the period is not over."""
    numbers = about_period(sheet)
    told = [Finding("assessment_simulation", "warning", numbers)] if sheet.computed else []
    if not sheet.finished:
        told.append(Finding("assessment_unfinished", "warning", numbers))
    return told


def tell_worth(scores: Scores, worth: pd.DataFrame) -> list[Finding]:
    """Name the two industries of one area whose first projects differ most in points.

    Parameters
    ----------
    scores : Scores
        Gives names, period and rule.
    worth : DataFrame
        As `value_projects` returns it.

    Returns
    -------
    list of Finding
        For the nominal rule; none where no industry brings points, or all bring the same.
    """
    sheet = scores.sheet
    own = worth[(worth["rule"] == scores.rule.name) & (worth["first_project"] > 0)]
    most: dict[str, Any] = {}
    for area, rows in own.groupby("area", sort=False):
        high = rows.loc[rows["first_project"].astype("float64").idxmax()]
        low = rows.loc[rows["first_project"].astype("float64").idxmin()]
        ratio = float(high["first_project"] / low["first_project"])
        if ratio > most.get("ratio", 1 + 1e-9):
            most = {
                "ratio": ratio,
                "area": name_code(sheet.plan, "area", str(area)),
                "high": name_code(sheet.plan, "industry", str(high["industry"])),
                "low": name_code(sheet.plan, "industry", str(low["industry"])),
                "high_points": float(high["first_project"]),
                "low_points": float(low["first_project"]),
            }
    numbers = about_period(sheet) | {"rule": scores.rule.label} | most
    return [Finding("assessment_worth", "note", numbers)] if most else []
