"""Sentences: what the explanations of a plan say to a reader, as findings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from h1224lib import wording
from h1224lib.findings import Finding, Label
from h1224lib.identities import Identity
from h1224lib.labels import name_figure, name_place, name_unit
from h1224lib.localisation.explanations import Contradiction, Explanation, Explanations
from h1224lib.localisation.misprints import Misprint
from h1224lib.localisation.repairs import Range
from h1224lib.plan.model import KEYS, Plan

Figures = Mapping[str, Mapping[str, Any]]

# Explanations told in full for each part, and names listed; the table has them all.
MOST_TOLD = 5
SWAPS = ("swapped_neighbours", "swapped")
# What the number of a figure is that is no plain number.
ENDS = {"range": "range", ">=": "lower", ">": "lower", "<=": "upper"}


def tell_explanations(
    plan: Plan,
    found: Explanations,
    figures: Figures,
    identities: Sequence[Identity],
    failing: Collection[int],
) -> list[Finding]:
    """Word the explanations: how many parts, then each part's, best first, then what has none.

    Parameters
    ----------
    plan : Plan
        Gives the names.
    found : Explanations
        Over figure ids; identities counted as in `identities`.
    figures : mapping
        Figure id -> its row, for every figure that `found` or its contradictions name.
    identities : sequence of Identity
        The plan's.
    failing : collection of int
        Positions of the identities that fail.

    Returns
    -------
    list of Finding
        Empty where everything holds.
    """
    findings = [_sum_up(found)] if found else []
    for part in found.parts:
        told = part[:MOST_TOLD]
        findings += [_tell_one(plan, e, part, len(found.parts), figures) for e in told]
        if len(part) > len(told):
            more = {"more": len(part) - len(told), "part": part[0].part + 1}
            more["parts"] = len(found.parts)
            findings.append(Finding("explanations_more", "note", more))
    for contradiction in found.contradictions:
        findings.append(_tell_contradiction(plan, contradiction, identities, figures))
    if found.unexplained or not (found or found.complete):
        findings.append(_tell_broken_off(found, failing))
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


def _tell_broken_off(found: Explanations, failing: Collection[int]) -> Finding:
    """Say of what fails and has no explanation how many figures it takes at least."""
    explained = {n for part in found.parts for n in part[0].mends}
    explained |= {n for contradiction in found.contradictions for n in contradiction.identities}
    numbers = {
        "failing": len(set(failing) - explained),
        "at_least": sum(Fraction(u.at_least) for u in found.unexplained),
    }
    numbers["at_least"] = max(1, int(numbers["at_least"]))
    return Finding("explanations_broken_off", "warning", numbers)


def _tell_contradiction(
    plan: Plan, contradiction: Contradiction, identities: Sequence[Identity], figures: Figures
) -> Finding:
    """Name the totals of identities that contradict, or figures that cannot be as they are."""
    totals = [list(identities[n].terms)[-1] for n in contradiction.identities]
    named = list(dict.fromkeys(totals or contradiction.figures))
    numbers = {
        "count": len(contradiction.identities),
        "items": [_name(plan, figures[name]) for name in named[:MOST_TOLD]],
        "more": len(named[MOST_TOLD:]),
    }
    places = tuple(dict.fromkeys(str(figures[name]["place"]) for name in named))
    return Finding("explanations_contradict", "warning", numbers, places)


def _tell_one(
    plan: Plan,
    explanation: Explanation,
    part: Sequence[Explanation],
    parts: int,
    figures: Figures,
) -> Finding:
    kind = "explanation_possible"
    if explanation.rank == 1:
        kind = "explanation_tied" if explanation.tied else "explanation_likeliest"
    slips = {misprint.kind for misprint in explanation.misprints}
    first = figures[explanation.cells[0]]
    swapped = len(explanation.misprints) == 1 and bool(slips & set(SWAPS))
    pair = [figures[name] for name in explanation.cells] if swapped else [first]
    numbers = {
        "cells": [_tell_slip(plan, explanation, m, figures) for m in explanation.misprints],
        "part": explanation.part + 1,
        "parts": parts,
        "count": len(explanation.cells),
        "where": _name_short(plan, first),
        "swapped": [_name(plan, row, _shared(pair)) for row in pair] if swapped else [],
        "printed": [_quote(row["printed"]) for row in pair],
        "meant": _facts(plan, explanation, explanation.cells[0], first),
        "slip": _say(f"slip.{slips.pop()}") if len(slips) == 1 else "",
        "alike": sum(e.rank == explanation.rank for e in part),
        "only": len(part) == 1,
    }
    places = tuple(dict.fromkeys(str(figures[name]["place"]) for name in explanation.cells))
    return Finding(kind, "warning" if explanation.rank == 1 else "note", numbers, places)


def _say(key: str, **facts: Any) -> Label:
    """Put an entry of the catalogue into both languages, and the labels in it likewise."""
    told = Finding(key, numbers=facts)
    return Label(*(told.say(lang) for lang in wording.LANGUAGES))


def _name(plan: Plan, figure: Mapping[str, Any], skip: Collection[str] = ()) -> Label:
    return name_figure(plan, {key: figure[key] for key in KEYS}, skip)


def _name_short(plan: Plan, figure: Mapping[str, Any]) -> Label:
    """Name the area and the industry of a figure, without one its measure: what titles hold."""
    other = "measure" if figure["industry"] == "all" else "industry"
    shown = ("area", other) if "area" in plan.dimensions else (other,)
    names = (
        wording.say("cell_name", lang, parts=[plan.label(d, figure[d], lang) for d in shown])
        for lang in wording.LANGUAGES
    )
    return Label(*names)


def _shared(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the keys in which figures agree."""
    return [key for key in KEYS if len({row[key] for row in rows}) == 1]


def _quote(printed: str) -> Label:
    return Label("“-”", "'-'") if printed == "-" else Label(printed, printed)


def _facts(
    plan: Plan, explanation: Explanation, name: str, figure: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the number that fits, or the range, and what was most probably meant."""
    repair = explanation.repair[name]
    free = isinstance(repair, Range)
    low, high = repair if isinstance(repair, Range) else (None, None)
    numbers = {
        "low": low,
        "high": high,
        "fits": None if free else repair,
        "proposed": explanation.proposed.get(name),
    }
    return {k: float(v) if isinstance(v, Fraction) else v for k, v in numbers.items()} | {
        "end": ENDS.get(str(figure["relation"]), "")
    }


def _tell_slip(plan: Plan, explanation: Explanation, misprint: Misprint, figures: Figures) -> Label:
    """Say of the figures of one slip what is printed, what fits, and how it may have come about."""
    rows = [figures[name] for name in misprint.cells]
    places = [name_place(str(place)) for place in dict.fromkeys(row["place"] for row in rows)]
    slip = _say(f"slip.{misprint.kind}")
    if len(rows) == 1:
        facts = _facts(plan, explanation, misprint.cells[0], rows[0])
        plain = rows[0]["relation"] == "="
        return _say(
            "suspect",
            where=_name(plan, rows[0]),
            place=places[0],
            printed=_quote(rows[0]["printed"]),
            unit="" if plain else name_unit(plan, rows[0]["measure"]),
            slip=slip,
            **facts,
        )
    same = _shared(rows)
    other = [key for key in KEYS if key not in same]
    return _say(
        "suspects_moved",
        swapped=misprint.kind in SWAPS,
        neighbours=misprint.kind == "swapped_neighbours",
        context=_name(plan, rows[0], other),
        places=places,
        items=[_name(plan, row, same) for row in rows],
        printed=[_quote(row["printed"]) for row in rows],
        meant=_meant(explanation, misprint, rows),
    )


def _meant(
    explanation: Explanation, misprint: Misprint, rows: Sequence[Mapping[str, Any]]
) -> list[Any]:
    """Write what the figures of a slip were meant to be; what is swapped prints the other's."""
    if misprint.kind in SWAPS:
        return [_quote(row["printed"]) for row in reversed(rows)]
    known = [explanation.proposed.get(name) for name in misprint.cells]
    return [wording.number(None if n is None else float(n), missing="?") for n in known]
