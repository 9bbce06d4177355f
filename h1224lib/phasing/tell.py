"""What is to be said about a phased measure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code, name_unit
from h1224lib.phasing.cells import lift_sums
from h1224lib.phasing.counts import Phased
from h1224lib.phasing.ends import name_span
from h1224lib.phasing.sums import match_printed, rate_rounding
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.steps import step_of

SHOWN = 3


def tell_counts(phased: Sequence[Phased], plan: Plan) -> list[Finding]:
    """State how far rounding moved each measure, and all that is not as printed or asked.

    Measures of a single target are named together: there is nothing to add up.
    """
    found = []
    for part in phased:
        found += tell_violations([part], plan)
        if part.kept and len(part.cells.keys) > 1:
            numbers = _rate(part, plan)
            broken = "_beside" if part.rounded.violations else ""
            kind = f"phasing_least{broken}" if numbers["optimal"] else f"phasing_near{broken}"
            found.append(Finding(kind, "note", numbers))
        found += [*_tell_disagreements(part, plan), *_tell_shared(part, plan)]
        found += _tell_later(part, plan)
        found += _tell_totals(part, plan)
    single = [part.measure for part in phased if part.kept and len(part.cells.keys) == 1]
    return [*found, *_tell_rates(phased, plan), *name_measures("phasing_single", single, plan)]


def name_measures(kind: str, measures: Sequence[str], plan: Plan) -> list[Finding]:
    """State something of several measures at once; nothing of none."""
    named = [name_code(plan, "measure", measure) for measure in measures]
    return [Finding(kind, "note", {"measures": named})] if named else []


def tell_parts(inner: Sequence[Phased], plan: Plan) -> list[Finding]:
    """State which parts "of which" are phased beside the table, and where one passes its whole."""
    found = []
    for part in inner:
        keys = part.cells.keys.iloc[part.kept]
        numbers = {
            "measure": name_code(plan, "measure", part.measure),
            "named": [_name(plan, key) for _, key in keys.iterrows()],
        }
        if len(keys):
            found.append(Finding("phasing_parts", "note", numbers))
        found += _tell_disagreements(part, plan)
        broken = part.rounded.violations
        if broken:
            numbers["periods"] = [name_span(part.spans[time]) for _, time, _ in broken[:SHOWN]]
            numbers["more"] = _count_more(len(broken))
            found.append(Finding("phasing_parts_exceed", "warning", numbers))
    return found


def _tell_rates(phased: Sequence[Phased], plan: Plan) -> list[Finding]:
    """State the rates of growth, and the measures for which there is none to be had."""
    asked = [part for part in phased if part.policy.name == "growing"]
    growing = [part for part in asked if part.policy.growth is not None]
    numbers = {
        "measures": [name_code(plan, "measure", part.measure) for part in growing],
        "rates": [float(part.policy.growth or 0) - 1 for part in growing],
    }
    found = [Finding("phasing_rates", "note", numbers)] if growing else []
    # Where nothing is longer than a year, no rate is asked for.
    without = [
        part.measure
        for part in asked
        if part.policy.growth is None
        and any(last - first >= 12 for first, last in part.cells.spans.values())
    ]
    return found + name_measures("phasing_no_rate", without, plan)


def _rate(phased: Phased, plan: Plan) -> dict[str, Any]:
    rating = rate_rounding(phased)
    return {
        **rating,
        "measure": name_code(plan, "measure", phased.measure),
        "unit": name_unit(plan, phased.measure),
        "step": float(step_of(plan.measures, phased.measure)),
    }


def tell_violations(phased: Sequence[Phased], plan: Plan) -> list[Finding]:
    """State the sums that no table, or no table found, keeps within one step."""
    found = []
    for part in phased:
        broken = part.rounded.violations
        if broken:
            numbers = {
                **_rate(part, plan),
                "named": [
                    _name_violation(part, plan, row, time) for row, time, _ in broken[:SHOWN]
                ],
                "by": "month" if part.spans[0][0] == part.spans[0][1] else "quarter",
                "beyond": sum(abs(steps) for _, _, steps in broken),
                "proven": part.rounded.proven,
                "more": _count_more(len(broken)),
            }
            found.append(Finding("phasing_violated", "warning", numbers))
    return found


def _name_violation(phased: Phased, plan: Plan, row: int, time: int) -> Label:
    """Name a sum with the period in which it gives way."""
    where = _name(plan, phased.sums.iloc[row])
    period = name_span(phased.spans[time])
    return Label(f"{where.zh}（{period}）", f"{where.en} ({period})")


def _count_more(count: int) -> int:
    """Return how many are not named."""
    return max(count - SHOWN, 0)


def _tell_disagreements(phased: Phased, plan: Plan) -> list[Finding]:
    """State the cells whose printed horizons contradict one another: they are not phased."""
    keys = phased.cells.keys
    left = sorted(set(range(len(keys))) - set(phased.kept))
    if not left:
        return []
    numbers = {
        "measure": name_code(plan, "measure", phased.measure),
        "cells": len(left),
        "named": [_name(plan, keys.iloc[place]) for place in left[:SHOWN]],
        "more": _count_more(len(left)),
    }
    places = tuple(f for place in left for f in phased.cells.figures[place].values() if f)
    return [Finding("phasing_disagree", "error", numbers, places)]


def _tell_shared(phased: Phased, plan: Plan) -> list[Finding]:
    """State the cells that have a share of what the plan prints for several together."""
    shared = {
        (place, span)
        for place in phased.kept
        for span, value in phased.cells.printed[place].items()
        if isinstance(value, Fraction)
    }
    if not shared:
        return []
    figures = {phased.cells.figures[place][span] for place, span in shared}
    numbers = {
        "measure": name_code(plan, "measure", phased.measure),
        "cells": len({place for place, _ in shared}),
        "figures": len(figures),
    }
    return [Finding("phasing_shared", "note", numbers, tuple(sorted(figures)))]


def _tell_later(phased: Phased, plan: Plan) -> list[Finding]:
    """State the cells with "-" first and a number around it: the whole falls into later periods."""
    later = [p for p in phased.paths if p.dashes and p.months and min(p.dashes) < min(p.months)]
    if not later:
        return []
    numbers = {"measure": name_code(plan, "measure", phased.measure), "cells": len(later)}
    return [Finding("phasing_later", "note", numbers)]


def _tell_totals(phased: Phased, plan: Plan) -> list[Finding]:
    """State the printed totals that the cells do not add up to."""
    step = step_of(plan.measures, phased.measure)
    matrix, sums = lift_sums(phased.cells.keys.iloc[phased.kept], plan)
    reached = np.asarray(matrix.astype(np.int64) @ phased.rounded.steps)
    ends = {span[1]: time for time, span in enumerate(phased.spans)}
    begun = phased.spans[0][0] if phased.spans else 0
    off, exact = [], False
    printed = match_printed(phased, plan, sums, ("=", ">="))
    for cell, row, wanted, relation, figure in zip(
        printed[KEYS].itertuples(index=False, name=None),
        *(printed[name] for name in ("row", "steps", "relation", "figure_id")),
        strict=True,
    ):
        first, last = phased.cells.spans.get(cell[-1], (0, -1))
        if last in ends and (first == begun or first - 1 in ends):
            before = reached[row, ends[first - 1]] if first > begun else 0
            got = int(reached[row, ends[last]] - before)
            if got < wanted or (got > wanted and relation == "="):
                off.append((cell, float(wanted * step), float(got * step), str(figure)))
                exact |= relation == "="
    # A floor that its parts do not reach is left to nobody: that is no contradiction.
    return [_tell_total(off, phased, plan, "warning" if exact else "note")] if off else []


def _tell_total(
    off: list[tuple[tuple[str, ...], float, float, str]],
    phased: Phased,
    plan: Plan,
    severity: str,
) -> Finding:
    cell, wanted, got, _ = off[0]
    numbers = {
        "measure": name_code(plan, "measure", phased.measure),
        "totals": len(off),
        "where": _name(plan, pd.Series(dict(zip(KEYS, cell, strict=True)))),
        "horizon": name_code(plan, "horizon", cell[-1]),
        "printed": wanted,
        "sum": got,
    }
    places = tuple(figure for *_, figure in off)
    return Finding("phasing_total_differs", severity, numbers, places)


def _name(plan: Plan, keys: pd.Series) -> Label:
    """Name a cell by the dimensions that it names; the whole by its area."""
    named = [d for d in DIMENSIONS if keys[d] != "all"] or ["area"]
    zh, en = ([plan.label(d, str(keys[d]), lang) for d in named] for lang in ("zh", "en"))
    return Label("·".join(zh), ", ".join(en))
