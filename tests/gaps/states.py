"""States for tests: a plan of three areas, two industries and two types, and any results of it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from building import AREAS, INDUSTRIES, TYPES, build_plan

from h1224lib import measure_progress
from h1224lib.plan.model import Plan
from h1224lib.progress import State

LEAVES = [(a, i, t) for a in AREAS for i in INDUSTRIES for t in TYPES]
# A dash, a printed zero, and what is left; the first year, then all three.
TARGETS = {leaf: (n, 3 * n) for n, leaf in enumerate(LEAVES, 3)}
TARGETS[("west", "tours", "heavy")] = (None, None)
TARGETS[("south", "tours", "heavy")] = (0, 0)


def make_plan(folder) -> Plan:
    return build_plan(TARGETS, folder)


def make_results(values: dict[tuple[str, str, str], float | None], day: str) -> pd.DataFrame:
    """Return actuals from the first day of 2023 to a day; None leaves a cell out."""
    rows = [
        {
            "measure": "projects", "area": a, "industry": i, "project_type": t, "value": value,
            "period": "2023", "unit": "个", "status": "final", "comparable": "yes",
            "confidence": "high", "vintage": "", "source": "paper", "note": "",
            "first_day": dt.date(2023, 1, 1), "last_day": dt.date.fromisoformat(day),
        }
        for (a, i, t), value in values.items()
        if value is not None
    ]  # fmt: skip
    return pd.DataFrame(rows)


def make_state(plan: Plan, values: dict, day: str = "2023-06-30", **options) -> State:
    return measure_progress(plan, make_results(values, day), day, **options)
