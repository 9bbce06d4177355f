"""Rows: what the table of odds holds of each cell, whether it has odds or a reason for none."""

from __future__ import annotations

import pandas as pd

from h1224lib.hierarchy import target_measures
from h1224lib.odds.exposure import QUARTER_DAYS
from h1224lib.odds.levels import Odd
from h1224lib.odds.past import Past
from h1224lib.plan.model import DIMENSIONS, KEYS
from h1224lib.progress import State
from h1224lib.progress.ceilings import find_ceilings

NUMBERS = [
    "target", "actual", "needed", "exposure_done", "exposure_left", "pace_so_far", "pace_needed",
    "days_left", "expected", "low", "high", "probability",
]  # fmt: skip
COLUMNS = [*KEYS, "unit", *NUMBERS, "why"]
# The days of the shortest quarter.
SHORTEST = 90


def tabulate(rows: pd.DataFrame, past: Past, found: dict[int, Odd]) -> pd.DataFrame:
    """Return rows in `COLUMNS`: what is needed, the paces, and the odds where there are any.

    Parameters
    ----------
    rows : DataFrame
        Rows of the state's table, and why there are no odds of them.
    past : Past
        The state, and how time goes by.
    found : dict
        Place of a row -> its odds.
    """
    rows = rows.reset_index(drop=True)
    behind, ahead = past.expose(rows)
    gone, left = past.setting.quarters
    target, actual = (rows[n].astype("Float64") for n in ("target", "actual"))
    needed = (target - actual).clip(lower=0)
    values = {
        "needed": needed,
        "exposure_done": behind,
        "exposure_left": ahead,
        # Of a few days a pace by the quarter would be a number that nobody can reach or means.
        "pace_so_far": actual / gone if is_whole(gone) else actual * pd.NA,
        "pace_needed": needed / left if is_whole(left) else needed * pd.NA,
        "days_left": [past.days_left] * len(rows),
    }
    for name in ("expected", "low", "high", "probability"):
        values[name] = [getattr(found[i], name) if i in found else pd.NA for i in range(len(rows))]
    values |= {name: pd.array(values[name], dtype="Float64") for name in values}
    kind = rows["measure"].map(past.state.plan.measures["kind"]) == "count"
    kind &= ~find_ceilings(rows, past.state.plan)
    made = rows.assign(target=target, actual=actual, **values)[COLUMNS]
    return made.assign(**{n: made[n].where(kind) for n in ("pace_so_far", "pace_needed")})


def is_whole(quarters: float) -> bool:
    """Tell whether a span is a whole quarter or more; quarters differ by a day or two.

    Examples
    --------
    >>> is_whole(90 / 91.3125), is_whole(89 / 91.3125), is_whole(2.5)
    (True, False, True)
    """
    return round(quarters * QUARTER_DAYS) >= SHORTEST


def list_others(state: State) -> pd.DataFrame:
    """Return a row for each measure with targets that do not accumulate: levels, stocks, rates."""
    plan = state.plan
    others = [m for m in target_measures(plan) if not plan.accumulates(m)]
    rows = [
        dict.fromkeys(DIMENSIONS, "all")
        | {"measure": m, "horizon": "", "unit": plan.measures.at[m, "unit"], "why": "not_a_count"}
        for m in others
        if (plan.cells["measure"] == m).any()
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype(dict.fromkeys(NUMBERS, "Float64"))
