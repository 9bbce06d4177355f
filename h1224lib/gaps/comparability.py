"""Comparability: what two states or plans must share before a difference between them means any."""

from __future__ import annotations

from h1224lib import wording
from h1224lib.errors import ComparisonError
from h1224lib.findings import Label
from h1224lib.labels import name_title
from h1224lib.plan.model import REPLACED, Plan
from h1224lib.progress import CELL, State


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
    """Name two by what tells them apart: plan, period, changed targets, schedule; else by order."""
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
    if isinstance(a, State) and isinstance(b, State) and not same_schedule(a, b):
        return name_schedules(a, b)
    return _say("side.first"), _say("side.second")


def same_schedule(a: State, b: State) -> bool:
    """Tell whether two states are held against one schedule: of one's own, the same amounts."""
    if a.own is not None and b.own is not None:
        return a.own.equals(b.own)
    if a.own is None and b.own is None:
        return a.schedule == b.schedule
    if a.as_of != b.as_of or _name_kind(a) != _name_kind(b):
        return False
    # One is the library's, the other given: on one day they are the same if they expect the same.
    keys = [*CELL, "horizon"]
    tables = [side.table.set_index(keys)["scheduled"] for side in (a, b)]
    return bool(tables[0].equals(tables[1]))


def _name_kind(state: State) -> str:
    """Return what a state's schedule is called where there is no other of the kind."""
    return state.schedule.rstrip("0123456789")


def name_schedules(a: State, b: State) -> tuple[Label, Label]:
    """Name two schedules: by the library's names, by their files, else one's own by number.

    Parameters
    ----------
    a, b : State
        Held against different schedules, or against one and the same.
    """
    if same_schedule(a, b):
        label = _name_schedule(a, "")
        return label, label
    stems = ["" if side.own is None else side.own.name for side in (a, b)]
    alone = stems[0] != stems[1]
    both = a.own is not None and b.own is not None
    numbers = ("1", "2") if both else ("", "")
    named = [
        _name_schedule(side, "" if alone and side.own and side.own.name else number)
        for side, number in zip((a, b), numbers, strict=True)
    ]
    return named[0], named[1]


def _name_schedule(state: State, number: str) -> Label:
    if number:
        return _say("schedule_own_numbered", number=number)
    if state.own is not None:
        return Label(state.own.name, state.own.name) if state.own.name else _say("schedule_own")
    return _say(f"against.{state.against}")


def _say(key: str, **values: str) -> Label:
    return Label(wording.say(key, "zh", **values), wording.say(key, "en", **values))
