"""Duties: what is to be said of a responsibility: who falls short, what is needed, what is unknown.

A pace of the offices is what they need one by one, each industry in whole steps and none lending
to another; the whole needs less where a surplus makes up for a gap. Both are said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.gaps.cells import name_cell
from h1224lib.gaps.exactness import add_exactly, read_column
from h1224lib.gaps.paces import PACES
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import DIMENSIONS, Plan

if TYPE_CHECKING:
    from h1224lib.gaps.responsibility import Responsibility

SHOWN = 3


def tell_responsibility(whose: Responsibility) -> list[Finding]:
    """State who falls short, what the periods to come ask for, and what is not known."""
    numbers = _name(whose)
    if whose.table["gap"].isna().all():
        return [Finding("responsibility_no_data", "note", numbers)]
    return [_tell_short(whose, numbers), *_tell_paces(whose, numbers), *_tell_limits(whose)]


def _name(whose: Responsibility) -> dict[str, Any]:
    plan = whose.state.plan
    return {
        "measure": name_code(plan, "measure", whose.measure),
        "unit": name_unit(plan, whose.measure),
        "where": name_code(plan, "area", whose.area),
    }


def _tell_short(whose: Responsibility, numbers: dict[str, Any]) -> Finding:
    """State whose shortfalls are largest."""
    short, kind = whose.short, f"_{whose.direction}" if whose.direction else ""
    if short.empty:
        return Finding(f"responsibility_none{kind}", "note", numbers)
    first = short.head(SHOWN).to_dict("records")
    numbers = numbers | {
        "rows": len(short),
        "of": len(whose.table),
        "shortfall": _add(short["shortfall"]),
        "named": [_name_office(whose.state.plan, row) for row in first],
        "shortfalls": [float(row["shortfall"]) for row in first],
    }
    return Finding(f"responsibility{kind}", "warning", numbers)


def _tell_paces(whose: Responsibility, numbers: dict[str, Any]) -> list[Finding]:
    """State what all offices need, one by one, and what the whole needs."""
    table, totals = whose.table, whose.totals
    own = totals[totals["area"] == whose.area]
    known = table["gap"].notna()
    paces: dict[str, Any] = {
        "period": whose.next_period,
        "left": whose.periods_left,
        "days": whose.days,
    }
    paces |= {"offices": int(known.sum()), "unknown": int((~known).sum())}
    for name in PACES:
        paces[name] = _add(table[name])
        paces[f"whole_{name}"] = _add(own[name])
    if paces["needed_next"] is None and paces["needed_even"] is None:
        return []
    return [Finding("responsibility_paces", "note", numbers | paces)]


def _add(values: pd.Series) -> float | None:
    exact = add_exactly(read_column(values))
    return None if exact is None else float(exact)


def _name_office(plan: Plan, row: dict[Any, Any]) -> Label:
    """Name an area and, beside it, the department; without one, its industries."""
    area = name_code(plan, "area", row["area"])
    codes = row["industries"].split(";")
    bodies = plan.bodies
    if row["department"] and "body_id" in bodies:
        own = bodies[bodies["body_id"] == row["department"]]
        if len(own):
            return Label(f"{area.zh}·{own['zh'].iloc[0]}", f"{area.en}, {own['en'].iloc[0]}")
    if codes == ["all"]:
        return area
    cells = [dict.fromkeys(DIMENSIONS, "all") | {"industry": code} for code in codes]
    named = [name_cell(plan, cell, ["industry"]) for cell in cells]
    return Label(
        f"{area.zh}·{'、'.join(n.zh for n in named)}", ", ".join([area.en, *(n.en for n in named)])
    )


def _tell_limits(whose: Responsibility) -> list[Finding]:
    """State what the table does not know, and why."""
    found = []
    if not whose.periods_left:
        found.append(Finding("responsibility_over", "note", {}))
    if whose.why:
        found.append(Finding(whose.why, "note", {"period": whose.next_period}))
    if (whose.table["department_inferred"] == "yes").any():
        found.append(Finding("responsibility_inferred", "note", {}))
    if count := int((whose.table["unknown"] != "").sum()):
        found.append(Finding("responsibility_unknown", "warning", {"rows": count}))
    return found
