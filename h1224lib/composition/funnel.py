"""The funnel: how many projects reached each stage, how long they took, how long others wait."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from h1224lib.composition.result import Composition, mark
from h1224lib.findings import Finding
from h1224lib.labels import name_code
from h1224lib.ledger.count import Count
from h1224lib.ledger.stages import ladders
from h1224lib.ledger.vocabulary import list_fields

COLUMNS = [
    "project_type", "stage", "reached", "conversion", "current", "withdrawn", "skipped", "pairs",
    "day_unknown", "days_q1", "days_median", "days_q3", "waiting", "waiting_median",
    "waiting_longest",
]  # fmt: skip


def follow_stages(count: Count) -> Composition:
    """Follow projects up the ladder of their type.

    Parameters
    ----------
    count : Count
        Its day and its rule. Besides the projects that count, those on their way to the counting
        stage are followed; withdrawn ones (unless they count), ones that are not recognised
        (where only recognised ones count) and ones from before the plan are not.

    Returns
    -------
    Composition
        `table`: one row a project type and stage, from the first up; whole projects, shared or
        not:

        - reached (projects at this stage or beyond by the day), conversion (reached over the
          stage before, <NA> for the first), current (projects whose highest stage it is);
        - withdrawn (left out projects whose highest stage it was), skipped (projects beyond it
          without a day for it);
        - about the step from the stage before: pairs (projects with a day for both), day_unknown
          (further ones where a cell gives a month or a quarter, so that no days can be counted),
          days_q1, days_median, days_q3 (days between, quartiles by linear interpolation);
        - waiting (projects at the stage before that have not taken the step), waiting_median and
          waiting_longest (days since, of those whose day is known).

    Notes
    -----
    Only finished steps have days: those that still wait are longer on average, so the median
    understates what a step takes (right-censoring). `waiting` is how many they are.

    Examples
    --------
    >>> import h1224lib as h
    >>> from h1224lib.resources import demo_file
    >>> ledger = h.read_ledger(demo_file("ledger"), h.load_plan())
    >>> table = follow_stages(h.count_ledger(ledger)).table
    >>> table["stage"].tolist()[:3], bool(table["conversion"].dropna().le(1).all())
    (['signed', 'landed', 'started'], True)
    """
    plan = count.ledger.plan
    rows = count.rows.drop_duplicates("project_id")
    own = ladders(plan)
    types = [str(t) for t in plan.project_types.index if str(t) in own]
    if "project_type" in plan.dimensions:
        types = [t for t in types if t != "all"]
    lines = [
        {"project_type": kind, **line}
        for kind in types
        for line in _follow(rows[rows["project_type"] == kind], own[kind], count)
    ]
    numbers = COLUMNS[2:]
    table = pd.DataFrame(lines, columns=COLUMNS).astype(dict.fromkeys(numbers, "Float64"))
    told = [_tell(count, table[table["project_type"] == kind], kind) for kind in types]
    return Composition(mark(table, count), told or [Finding("funnel_none", "note")])


def _follow(rows: pd.DataFrame, ladder: list[str], count: Count) -> list[dict[str, Any]]:
    """Return the lines of one type's ladder."""
    last = pd.Timestamp(count.as_of)
    days = rows[ladder].where(rows[ladder] <= last)
    highest = _find_highest(days)
    gone = _is_withdrawn(rows, count)
    kept = _is_followed(rows, count) & ~gone
    days, own = days[kept], highest[kept]
    unsure = [set(str(said).split(";")) for said in rows.loc[kept, "day_unknown"]]
    lines: list[dict[str, Any]] = []
    for at, stage in enumerate(ladder):
        reached = int((own >= at).sum())
        line: dict[str, Any] = {
            "stage": stage,
            "reached": reached,
            "current": int((own == at).sum()),
            "withdrawn": int((highest[gone] == at).sum()),
            "skipped": int(((own > at) & days[stage].isna()).sum()),
        }
        if at:
            above = lines[-1]["reached"]
            line["conversion"] = reached / above if above else None
            line |= _measure_step(days, own, at, ladder, unsure, last)
        lines.append(line)
    return lines


def _find_highest(days: pd.DataFrame) -> pd.Series:
    """Return the position of the highest stage with a day, -1 where there is none."""
    there = days.notna().to_numpy()
    highest = there.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)
    return pd.Series(np.where(there.any(axis=1), highest, -1), index=days.index)


def _is_withdrawn(rows: pd.DataFrame, count: Count) -> pd.Series:
    if count.ledger.settings.count_withdrawn:
        return pd.Series(False, index=rows.index)
    return rows["withdrawn"] <= pd.Timestamp(count.as_of)


def _is_followed(rows: pd.DataFrame, count: Count) -> pd.Series:
    """Mark projects that count, or that do not only since they have not got so far."""
    followed = rows["left_out"].isin(["", "not_reached"])
    if count.ledger.settings.recognised_only:
        followed &= (rows["recognition"] == "recognised").fillna(False).astype(bool)
    return followed


def _measure_step(
    days: pd.DataFrame,
    highest: pd.Series,
    at: int,
    ladder: list[str],
    unsure: list[set[str]],
    last: pd.Timestamp,
) -> dict[str, Any]:
    """Measure the step to a stage: days of those that took it, and those that wait."""
    before, stage = ladder[at - 1], ladder[at]
    both = (days[before].notna() & days[stage].notna()).to_numpy()
    sure = np.array([not ({before, stage} & said) for said in unsure], dtype=bool)
    taken = (days[stage] - days[before]).dt.days.to_numpy(dtype=float)[both & sure]
    waits = (highest == at - 1).to_numpy()
    known = np.array([before not in said for said in unsure], dtype=bool)
    waited = (last - days[before]).dt.days.to_numpy(dtype=float)[waits & known]
    quartiles = np.quantile(taken, [0.25, 0.5, 0.75]) if len(taken) else [None] * 3
    return {
        "pairs": int((both & sure).sum()),
        "day_unknown": int((both & ~sure).sum()),
        **dict(zip(("days_q1", "days_median", "days_q3"), quartiles, strict=True)),
        "waiting": int(waits.sum()),
        "waiting_median": float(np.median(waited)) if len(waited) else None,
        "waiting_longest": float(waited.max()) if len(waited) else None,
    }


def _tell(count: Count, table: pd.DataFrame, kind: str) -> Finding:
    """State how many projects of a type got how far, and the slowest step."""
    plan = count.ledger.plan
    first, top = table.iloc[0], table.iloc[-1]
    numbers: dict[str, Any] = {
        "project_type": name_code(plan, "project_type", kind),
        "stages": [list_fields()[str(stage)].label for stage in table["stage"]],
        "reached": [int(n) for n in table["reached"]],
        "first": int(first["reached"]),
        "last": int(top["reached"]),
    }
    if not numbers["first"]:
        return Finding("funnel_empty", "note", numbers)
    known = table[table["pairs"].fillna(0) > 0]
    if known.empty:
        return Finding("funnel_without_days", "note", numbers)
    slow = known.loc[known["days_median"].idxmax()]
    before = table["stage"].tolist()[table["stage"].tolist().index(slow["stage"]) - 1]
    numbers |= {
        "before": list_fields()[str(before)].label,
        "stage": list_fields()[str(slow["stage"])].label,
        "days": float(slow["days_median"]),
        "pairs": int(slow["pairs"]),
        "waiting": int(slow["waiting"]),
        "measured": len(known),
    }
    return Finding("funnel", "note", numbers)
