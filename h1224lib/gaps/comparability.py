"""Comparability: what two states or plans must share before a difference between them means any."""

from __future__ import annotations

from h1224lib import wording
from h1224lib.errors import ComparisonError
from h1224lib.findings import Label
from h1224lib.labels import name_title
from h1224lib.plan.model import REPLACED, Plan
from h1224lib.progress import State


def check_comparable(a: State | Plan, b: State | Plan, *measures: str) -> None:
    """Refuse two that do not have the same measures, of the same kind in the same unit.

    Parameters
    ----------
    a, b : State or Plan
        What is compared.
    *measures : str
        Those that both must have.

    Raises
    ------
    ComparisonError
        They differ in a measure's kind, direction or unit, or one lacks it.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> try:
    ...     check_comparable(load_plan(), load_plan("dazhou-2019"), "projects")
    ... except ComparisonError as error:
    ...     error.key
    'measure_not_in_both'
    """
    tables = [plan_of(side).measures for side in (a, b)]
    for measure in measures:
        lacking = [table for table in tables if measure not in table.index]
        if lacking:
            known = sorted({str(m) for m in tables[0].index} & {str(m) for m in tables[1].index})
            raise ComparisonError("measure_not_in_both", measure=measure, known=known)
        for name in ("unit", "kind", "direction"):
            found = [str(table.at[measure, name]) for table in tables]
            if found[0] != found[1]:
                raise ComparisonError(
                    "measure_differs", measure=measure, what=name, first=found[0], second=found[1]
                )


def plan_of(side: State | Plan) -> Plan:
    """Return the plan that a state is of, or the plan itself."""
    return side if isinstance(side, Plan) else side.plan


def name_sides(a: State | Plan, b: State | Plan) -> tuple[Label, Label]:
    """Name two by what tells them apart: plan, period or changed targets; else first, second."""
    plans = [plan_of(side) for side in (a, b)]
    if plans[0].name != plans[1].name:
        return name_title(plans[0]), name_title(plans[1])
    if isinstance(a, State) and isinstance(b, State) and a.as_of != b.as_of:
        days = [side.as_of.isoformat() for side in (a, b)]
        if a.period != b.period:
            days = [a.period, b.period]
        return Label(days[0], days[0]), Label(days[1], days[1])
    changed = [bool((plan.figures["place"] == REPLACED).any()) for plan in plans]
    if changed[0] != changed[1]:
        names = [_say("side.replaced" if c else "side.printed") for c in changed]
        return names[0], names[1]
    return _say("side.first"), _say("side.second")


def _say(key: str) -> Label:
    return Label(wording.say(key, "zh"), wording.say(key, "en"))
