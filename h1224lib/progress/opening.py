"""Opening: one sentence that is true of a state, whatever it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress.ceilings import find_ceilings
from h1224lib.progress.state import State
from h1224lib.progress.telling import name_missing

_NUMBERS = ("target", "actual", "completion")


def open_states(states: Sequence[State], **codes: str) -> Finding:
    """State where a cell stands under every schedule, in one sentence.

    Parameters
    ----------
    states : sequence of State
        The same results on the same day, each under its own schedule.
    **codes
        Dimension -> code of the cell; dimensions that are not named are ``all``.

    Returns
    -------
    Finding
        `opening_behind`, `opening_ahead` or `opening_even` where all schedules agree,
        `opening_mixed` where they do not, `opening_no_schedule` where none expects an amount;
        `opening_ceiling` for all of these where less is better;
        `opening_no_data`, `opening_no_target`, `opening_neither` where something is missing.
        Gaps are in the measure's unit.

    Raises
    ------
    UnknownNameError
        A code is not the plan's.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> done = read_actuals(None, plan)
    >>> both = [measure_progress(plan, done, "2019-03-31", s) for s in ("quarters", "printed")]
    >>> open_states(both).kind, open_states(both[:1]).kind
    ('opening_mixed', 'opening_behind')
    """
    first = states[0]
    numbers: dict[str, Any] = {
        "where": _name(first, codes),
        "measure": name_code(first.plan, "measure", first.measure),
        "unit": name_unit(first.plan, first.measure),
        "as_of": first.as_of.isoformat(),
    }
    cell = first.cell(**codes)
    if cell.empty:
        return Finding("opening_neither", "note", numbers)
    numbers |= {n: None if pd.isna(cell[n]) else float(cell[n]) for n in _NUMBERS}
    numbers |= {"why": str(cell["why"]), "horizon": _name_horizon(first, cell)}
    if numbers["actual"] is None:
        whole = all(code == "all" for code in codes.values())
        numbers["missing"] = name_missing(first) if whole else []
        known = numbers["target"] is not None
        return Finding("opening_no_data" if known else "opening_neither", "note", numbers)
    if numbers["target"] is None:
        return Finding("opening_no_target", "note", numbers)
    return _judge(states, codes, numbers)


def _judge(states: Sequence[State], codes: dict[str, str], numbers: dict[str, Any]) -> Finding:
    """Tell under which schedules the cell is behind, ahead or even."""
    gaps = {state.against: state.cell(**codes)["gap"] for state in states}
    known = {name: float(gap) for name, gap in gaps.items() if not pd.isna(gap)}
    sides = {
        "behind": {n: gap for n, gap in known.items() if gap > 0},
        "ahead": {n: -gap for n, gap in known.items() if gap < 0},
        "even": {n: gap for n, gap in known.items() if gap == 0},
    }
    for side, found in sides.items():
        numbers |= {side: list(found), f"{side}_by": list(found.values())}
    there = [side for side, found in sides.items() if found]
    cell = states[0].cell(**codes).to_frame().T
    if find_ceilings(cell, states[0].plan)[0]:
        return Finding("opening_ceiling", "warning" if sides["behind"] else "note", numbers)
    kind = there[0] if len(there) == 1 else "mixed" if there else "no_schedule"
    return Finding(f"opening_{kind}", "warning" if sides["behind"] else "note", numbers)


def _name(state: State, codes: dict[str, str]) -> Label:
    """Name the cell by the dimensions in which it is a part; the whole by its area."""
    named = [d for d in DIMENSIONS if codes.get(d, "all") != "all"] or ["area"]
    labels = [name_code(state.plan, d, codes.get(d, "all")) for d in named]
    return Label("·".join(x.zh for x in labels), ", ".join(x.en for x in labels))


def _name_horizon(state: State, cell: pd.Series) -> Label:
    return name_code(state.plan, "horizon", str(cell["horizon"]))
