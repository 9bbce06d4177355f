"""Invented results that no ledger holds: by month, and of landmarks; marked as synthetic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from h1224lib import wording
from h1224lib.ledger.arrivals import leaves_of, spread_targets, stream
from h1224lib.ledger.simulate import read_assumptions
from h1224lib.plan.model import DIMENSIONS, Plan

COLUMNS = [
    "measure", *DIMENSIONS, "period", "value", "unit", "status", "comparable", "confidence",
    "vintage", "source", "note",
]  # fmt: skip


def simulate_actuals(
    plan: Plan, seed: int, until: str | dt.date, assumed: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Invent monthly results: new above-scale enterprises, exhibitions, activities held.

    Parameters
    ----------
    plan : Plan
        Measures that it lacks are left out; those with targets follow them.
    seed : int
        Equal seeds give equal results.
    until : date or ISO str
        The last day; of its month only if it ends it.
    assumed : mapping, optional
        In place of ``simulation.toml``.

    Returns
    -------
    DataFrame
        The columns of aggregated actuals; `source` says that the rows are synthetic.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> rows = simulate_actuals(load_plan(), seed=1, until="2023-03-31")
    >>> rows["period"].unique().tolist()
    ['2023-01', '2023-02', '2023-03']
    """
    day = pd.Timestamp(until)
    settings = (read_assumptions() if assumed is None else assumed)["aggregated"]
    parts = [
        _draw_measure(plan, measure, spec, seed, day)
        for measure, spec in settings.items()
        if measure in plan.measures.index
    ]
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return whole.assign(
        status="preliminary",
        comparable="yes",
        confidence="low",
        vintage=day.date().isoformat(),
        source=say_source(seed),
        note="",
    )[COLUMNS]


def say_source(seed: int) -> str:
    """Return what stands as the source of invented rows."""
    return f"{wording.say('template.is_synthetic', 'en')}, seed {seed}"


def _draw_measure(
    plan: Plan, measure: str, spec: Mapping[str, Any], seed: int, day: pd.Timestamp
) -> pd.DataFrame:
    """Draw one measure's months: Poisson around its targets, or around so many a month."""
    spread = spread_targets(plan, measure) * spec.get("pace", 1.0)
    if spread.empty:
        spread = _spread_evenly(plan, 12 * spec["each_month"])
    years = [int(year) for year in spread.columns]
    season = np.array(spec["months"], dtype=float)
    means = np.kron(spread.to_numpy(dtype=float), season / season.sum())
    counts = stream(seed, measure).poisson(means)
    months = pd.period_range(f"{years[0]}-01", periods=12 * len(years), freq="M")
    ended = int((months.end_time.normalize() <= day).sum())
    cells = spread.index.to_frame(index=False)
    rows = cells.loc[cells.index.repeat(ended)].reset_index(drop=True)
    return rows.assign(
        measure=measure,
        period=np.tile(months[:ended].astype(str), len(cells)),
        value=counts[:, :ended].ravel(),
        unit=plan.measures.at[measure, "unit"],
    )


def _spread_evenly(plan: Plan, yearly: float) -> pd.DataFrame:
    """Spread a yearly number evenly over the areas, in each year of the plan."""
    first, last = plan.horizons["first_day"].min(), plan.horizons["last_day"].max()
    areas = leaves_of(plan, "area")
    index = pd.MultiIndex.from_product([areas, ["all"], ["all"]], names=list(DIMENSIONS))
    return pd.DataFrame(
        yearly / len(areas), index=index, columns=range(int(first[:4]), int(last[:4]) + 1)
    )


def simulate_landmarks(plan: Plan, seed: int, until: str | dt.date) -> pd.DataFrame:
    """Invent the status of each landmark on the way: under way, then reached for some.

    Parameters
    ----------
    plan : Plan
        Gives the landmarks and their horizons.
    seed : int
        Equal seeds give equal statuses.
    until : date or ISO str
        The last day that a status may have.

    Returns
    -------
    DataFrame
        landmark, status, date, value, evidence: as `read_landmark_status` reads them; the
        evidence says that there is none.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> sorted(set(simulate_landmarks(load_plan(), 1, "2024-06-30")["status"]))
    ['reached', 'under_way']
    """
    day = pd.Timestamp(until)
    drawing = stream(seed, "landmarks")
    told = f"{say_source(seed)}: no evidence"
    rows = []
    for landmark in plan.landmarks.to_dict("records"):
        first, last = (
            pd.Timestamp(plan.horizons.at[landmark["horizon"], f"{end}_day"])
            for end in ("first", "last")
        )
        length = (last - first).days
        begun, done = drawing.uniform(0.05, 0.5), drawing.uniform(0.5, 1.3)
        number = float(landmark["minimum"]) if pd.notna(landmark["minimum"]) else 1.0
        steps = [("under_way", begun, 0.0), ("reached", done, number)]
        for status, share, value in steps:
            on = first + pd.Timedelta(days=int(share * length))
            if on <= min(day, last):
                date = on.date().isoformat()
                rows.append((landmark["landmark_id"], status, date, value, told))
    return pd.DataFrame(rows, columns=["landmark", "status", "date", "value", "evidence"])
