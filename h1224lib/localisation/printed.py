"""Explanations of a plan: which of its printed figures the failing identities point to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from h1224lib import wording
from h1224lib.findings import Finding, Label
from h1224lib.identities import Identity, derive_identities
from h1224lib.intervals import read_interval
from h1224lib.labels import name_figure, name_place
from h1224lib.localisation.explanations import Explanation, Explanations, locate_errors
from h1224lib.localisation.numbers import read_number
from h1224lib.localisation.repairs import Range
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.steps import step_of

COLUMNS = [
    "part", "rank", "tied", "explanation", *KEYS, "place", "printed", "low", "high", "proposed",
    "slip", "figure_id",
]  # fmt: skip
# Explanations told in full for each part; the table has them all.
MOST_TOLD = 5


@dataclass(frozen=True, eq=False)
class Suspects:
    """What `explain_plan` found.

    Attributes
    ----------
    explanations : Explanations
        Over figure ids; `mends` and `why` count the plan's identities as `derive_identities`
        lists them.
    table : DataFrame
        One row a figure of an explanation: part, rank, tied, explanation (its number), the keys,
        place, printed, low and high (what it may be, in the measure's unit), proposed, slip,
        figure_id; best first within each part.
    findings : list of Finding
        The explanations in words, part by part, best first; empty where everything holds.
    """

    plan: Plan
    explanations: Explanations
    table: pd.DataFrame
    findings: list[Finding]


def explain_plan(plan: Plan) -> Suspects:
    """Find which printed figures of a plan are most probably wrong.

    Parameters
    ----------
    plan : Plan
        A plan as `load_plan` reads it. Bounds and ranges take part with their ends, rounded
        amounts with half a step of slack; percentages of two printed amounts do not take part.

    Returns
    -------
    Suspects
        Every smallest set of figures whose change makes all identities hold.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> cell = ("projects", "deqing", "software", "revenue", "2023-2025")
    >>> found = explain_plan(plan.replace({cell: 54}))
    >>> found.table[["area", "printed", "proposed", "slip"]].values.tolist()
    [['deqing', '54', 45.0, 'digits_transposed']]
    """
    printed = _read_printed(plan)
    rows, origin = _state_rows(plan, printed, derive_identities(plan))
    used = {name for row in rows for name in row.terms}
    values = {name: figure.value for name, figure in printed.items() if name in used}
    steps = {str(m): read_number(step_of(plan.measures, str(m))) for m in plan.measures.index}
    found = locate_errors(
        values,
        rows,
        step={name: steps[printed[name].measure] for name in values},
        nonnegative=[name for name, value in values.items() if value is None or value >= 0],
    )
    told = Explanations(
        [_count_identities(e, origin) for e in found], found.complete, found.contradictions
    )
    named = {name for explanation in told for name in explanation.cells}
    rows_of = plan.figures[plan.figures["figure_id"].isin(named)].to_dict("records")
    figures = {str(row["figure_id"]): row for row in rows_of}
    return Suspects(plan, told, _tabulate(told, figures), _tell(plan, told, figures))


class _Printed(NamedTuple):
    """A printed figure: its value, and how far below and above it the quantity may lie."""

    measure: str
    value: Fraction | int | None
    below: Fraction | int | None
    above: Fraction | int | None


def _read_printed(plan: Plan) -> dict[str, _Printed]:
    names = ["figure_id", "measure", "relation", "value", "value_max"]
    columns = [plan.figures[name].tolist() for name in names]
    found = {}
    for name, measure, relation, printed, most in zip(*columns, strict=True):
        value = read_number(printed)
        if relation == "=":
            found[name] = _Printed(measure, value, 0, 0)
            continue
        base = value or 0
        interval = read_interval(relation, _widen(value), _widen(read_number(most)))
        below = None if interval.low is None else interval.low - base
        above = None if interval.high is None else interval.high - base
        found[name] = _Printed(measure, value, below, above)
    return found


def _widen(value: Fraction | int | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _state_rows(
    plan: Plan, printed: Mapping[str, _Printed], identities: Sequence[Identity]
) -> tuple[list[Identity], list[int]]:
    """State each identity as exact rows over printed numbers, and say which identity each is of."""
    slack: dict[str, Fraction | int] = {
        str(m): step_of(plan.measures, str(m)) / 2 if exact == "no" else 0
        for m, exact in plan.measures["exact"].items()
    }
    rows: list[Identity] = []
    origin = []
    for number, identity in enumerate(identities):
        figures = [printed[name] for name in identity.terms]
        made = _state(identity, figures, slack[figures[-1].measure] * len(figures))
        rows += made
        origin += [number] * len(made)
    return rows, origin


def _state(
    identity: Identity, figures: Sequence[_Printed], slack: Fraction | int
) -> list[Identity]:
    """State one identity: the parts not above the whole, and where they fill it, not below."""
    *parts, whole = figures
    low, high = _add(f.below for f in parts), _add(f.above for f in parts)
    over = None if low is None or whole.above is None else whole.above - low + slack
    under = None if high is None or whole.below is None else whole.below - high - slack
    if identity.within or identity.missing:
        under = None
    if over == 0 and under == 0:
        return [Identity(identity.terms, "=", 0, identity.kind)]
    made = [] if over is None else [Identity(identity.terms, "<=", over, identity.kind)]
    return made + ([] if under is None else [Identity(identity.terms, ">=", under, identity.kind)])


def _add(ends: Iterable[Fraction | int | None]) -> Fraction | int | None:
    total: Fraction | int = 0
    for end in ends:
        if end is None:
            return None
        total += end
    return total


def _count_identities(explanation: Explanation, origin: Sequence[int]) -> Explanation:
    """Count identities as the plan lists them: bounds state one identity twice."""
    why = explanation.why
    mends = tuple(dict.fromkeys(origin[n] for n in explanation.mends))
    apart = tuple(dict.fromkeys(origin[n] for n in why.identities))
    return replace(explanation, mends=mends, why=replace(why, identities=apart))


def _tabulate(found: Explanations, figures: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    rows = []
    for number, explanation in enumerate(found, start=1):
        for name in explanation.cells:
            figure = figures[name]
            repair = explanation.repair[name]
            low, high = repair if isinstance(repair, Range) else (repair, repair)
            slip = next(m.kind for m in explanation.misprints if name in m.cells)
            proposed = explanation.proposed.get(name)
            rows.append(
                {
                    "part": explanation.part + 1,
                    "rank": explanation.rank,
                    "tied": explanation.tied,
                    "explanation": number,
                    **{key: figure[key] for key in KEYS},
                    "place": figure["place"],
                    "printed": figure["printed"],
                    "low": None if low is None else float(low),
                    "high": None if high is None else float(high),
                    "proposed": None if proposed is None else float(proposed),
                    "slip": slip,
                    "figure_id": name,
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _tell(
    plan: Plan, found: Explanations, figures: Mapping[str, Mapping[str, Any]]
) -> list[Finding]:
    """Word the explanations: how many parts, then each part's, best first."""
    if not found and found.complete:
        return []
    findings = [_sum_up(found)]
    for part in found.parts:
        told = part[:MOST_TOLD]
        for explanation in told:
            findings.append(_tell_one(plan, explanation, part, figures))
        if len(part) > len(told):
            more = {"more": len(part) - len(told), "part": part[0].part + 1}
            findings.append(Finding("explanations_more", "note", more))
    return findings


def _sum_up(found: Explanations) -> Finding:
    parts = found.parts
    numbers = {
        "failing": len({n for part in parts for n in part[0].mends}),
        "parts": len(parts),
        "wrong": sum(len(part[0].cells) for part in parts),
        "settled": sum(not part[0].tied for part in parts),
        "apart": all(part[0].why.kind == "apart" for part in parts),
    }
    kind = "explanations_found" if found.complete else "explanations_incomplete"
    return Finding(kind, "warning", numbers)


def _tell_one(
    plan: Plan,
    explanation: Explanation,
    part: Sequence[Explanation],
    figures: Mapping[str, Mapping[str, Any]],
) -> Finding:
    kind = "explanation_possible"
    if explanation.rank == 1:
        kind = "explanation_tied" if explanation.tied else "explanation_likeliest"
    numbers = {
        "cells": [_name_suspect(plan, explanation, name, figures) for name in explanation.cells],
        "part": explanation.part + 1,
        "count": len(explanation.cells),
        "where": _name_short(plan, figures[explanation.cells[0]]),
        "printed": figures[explanation.cells[0]]["printed"],
        "slip": _name_slip(explanation.misprints[0].kind),
        "alike": sum(e.rank == explanation.rank for e in part),
        "only": len(part) == 1,
    }
    places = tuple(dict.fromkeys(str(figures[name]["place"]) for name in explanation.cells))
    return Finding(kind, "warning" if explanation.rank == 1 else "note", numbers, places)


def _name_short(plan: Plan, figure: Mapping[str, Any]) -> Label:
    """Name the area and the industry of a figure: what the title of a figure has room for."""
    codes = [(d, figure[d]) for d in ("area", "industry") if figure[d] != "all"]
    codes = codes or [("area", "all")]
    return Label(
        *(
            wording.say("cell_name", lang, parts=[plan.label(d, c, lang) for d, c in codes])
            for lang in wording.LANGUAGES
        )
    )


def _name_slip(kind: str) -> Label:
    return Label(*(wording.say(f"slip.{kind}", lang) for lang in wording.LANGUAGES))


def _name_suspect(
    plan: Plan, explanation: Explanation, name: str, figures: Mapping[str, Mapping[str, Any]]
) -> Label:
    """Say of one figure what is printed, what fits, and how that may have come about."""
    figure = figures[name]
    repair = explanation.repair[name]
    where = name_figure(plan, {d: figure[d] for d in ("measure", *DIMENSIONS, "horizon")})
    slip = next(m.kind for m in explanation.misprints if name in m.cells)
    facts = {
        "printed": figure["printed"],
        "low": repair.low if isinstance(repair, Range) else None,
        "high": repair.high if isinstance(repair, Range) else None,
        "fits": None if isinstance(repair, Range) else float(repair),
        "proposed": explanation.proposed.get(name),
    }
    texts = (
        wording.say(
            "suspect",
            lang,
            where=where.say(lang),
            place=name_place(str(figure["place"])).say(lang),
            slip=wording.say(f"slip.{slip}", lang),
            **{k: float(v) if isinstance(v, Fraction) else v for k, v in facts.items()},
        )
        for lang in wording.LANGUAGES
    )
    return Label(*texts)
