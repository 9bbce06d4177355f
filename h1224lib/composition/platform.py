"""Platforms: what share of projects lies in one, beside the share that the plan gives it."""

from __future__ import annotations

import pandas as pd

from h1224lib.composition.planned import divide_targets, list_targets
from h1224lib.composition.result import (
    Composition,
    add_credit,
    add_shares,
    add_up,
    as_floats,
    divide,
    mark,
)
from h1224lib.findings import Finding
from h1224lib.hierarchy import inside
from h1224lib.labels import name_code
from h1224lib.ledger.count import Count
from h1224lib.plan.model import Plan

_COLUMNS = [
    "platform", "parent", "projects", "share", "planned_share", "lead_pp", "parent_share",
    "planned_parent_share", "investment", "investment_share", "unknown", "unnamed",
]  # fmt: skip


def measure_platforms(count: Count) -> Composition:
    """Set the share of projects that lie in a platform against the plan's own share.

    Parameters
    ----------
    count : Count
        The projects that count, on the count's day and by its rule.

    Returns
    -------
    Composition
        `table`: one row an area that lies inside another (an "of which", such as 未来城):
        platform, parent, projects (number), share (of all that count), planned_share (its target
        over the whole's, longest horizon), lead_pp (share - planned_share, percentage points),
        parent_share (of its parent's projects), planned_parent_share, investment (亿元),
        investment_share (of the known sum), unknown (its projects without an amount), unnamed
        (projects of its parent whose platform cell says nothing: they are taken to lie outside).

    Examples
    --------
    >>> import h1224lib as h
    >>> from h1224lib.resources import demo_file
    >>> ledger = h.read_ledger(demo_file("ledger"), h.load_plan())
    >>> row = measure_platforms(h.count_ledger(ledger)).table.iloc[0]
    >>> row["platform"], float(row["planned_share"])
    ('futurecity', 0.16)
    """
    plan, rows = count.ledger.plan, count.counted
    targets, whole, within = list_targets(plan), add_up(rows), inside(plan, "area")
    codes = [str(code) for code in plan.areas.index if code in within]
    lines = [_describe(plan, code, rows, whole, targets) for code in codes]
    table = as_floats(pd.DataFrame(lines, columns=_COLUMNS), _COLUMNS[2:])
    told = [_tell_platform(plan, row, rows) for _, row in table.iterrows()]
    return Composition(mark(table, count), told or [Finding("platforms_none", "note")])


def _describe(
    plan: Plan, code: str, rows: pd.DataFrame, whole: dict[str, float], targets: pd.Series
) -> dict[str, object]:
    """Return a platform's line: its part of the whole, and of the area that it lies in."""
    parent = str(plan.areas.at[code, "parent"])
    around = rows[rows["area"] == parent]
    held = add_up(rows[rows["platform"] == code])
    own = add_shares(held, whole)
    share, planned = own["share"], divide_targets(targets, code, "all")
    return {
        "platform": code,
        "parent": parent,
        **own,
        "planned_share": planned,
        "lead_pp": None if share is None or planned is None else 100 * (share - planned),
        "parent_share": divide(held["projects"], add_credit(around)),
        "planned_parent_share": divide_targets(targets, code, parent),
        "unnamed": add_credit(around[around["platform"].isna()]),
    }


def _tell_platform(plan: Plan, row: pd.Series, rows: pd.DataFrame) -> Finding:
    numbers = {
        "platform": name_code(plan, "area", str(row["platform"])),
        "parent": name_code(plan, "area", str(row["parent"])),
        **{
            name: None if pd.isna(row[name]) else float(row[name])
            for name in ("projects", "share", "planned_share", "lead_pp", "investment_share")
        },
    }
    if rows["platform"].isna().all():
        return Finding("platform_unknown", "note", numbers)
    if numbers["share"] is None:
        return Finding("platform_no_projects", "note", numbers)
    return Finding("platform", "note", numbers)
