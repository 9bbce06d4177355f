"""Arrivals: how many invented projects come to each cell in each month, from the plan's targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.errors import ActualsError
from h1224lib.hierarchy import children
from h1224lib.plan.model import DIMENSIONS, Plan

Floats = npt.NDArray[np.float64]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return a generator of its own for each purpose: one more draw elsewhere changes nothing here.

    Examples
    --------
    >>> bool(stream(1, "days").random() == stream(1, "days").random())
    True
    """
    return np.random.default_rng([seed, *name.encode()])


def draw_arrivals(plan: Plan, seed: int, assumed: Mapping[str, Any], scale: float) -> pd.DataFrame:
    """Draw the projects that arrive over the plan's span: cell and day of arrival.

    Counts are Poisson, their mean the cell's target in that year times the season, the pace of
    area and industry, a shock of the quarter shared by the whole city and one of the cell.

    Parameters
    ----------
    plan : Plan
        Its main measure is a count of projects.
    seed : int
        Equal seeds give equal projects.
    assumed : mapping
        The assumptions of ``simulation.toml``.
    scale : float
        Multiplies every mean.

    Returns
    -------
    DataFrame
        One row a project, in order of arrival: area, industry, project_type (codes) and day.

    Raises
    ------
    ActualsError
        The plan counts no projects.
    """
    measure = main_measure(plan)
    if plan.measures.at[measure, "kind"] != "count":
        raise ActualsError("ledger_counts_nothing", plan=plan.name, measure=measure)
    spread = spread_targets(plan, measure)
    cells = list_cells(plan, spread)
    yearly = spread.reindex(pd.MultiIndex.from_frame(cells)).fillna(0.0)
    years = [int(year) for year in yearly.columns]
    season = np.array(assumed["season"]["months"], dtype=float)
    expected = yearly.to_numpy(dtype=float)
    without = ~expected.any(axis=1)
    expected[without] = assumed["shock"]["unplanned"] / max(without.sum(), 1)
    means = np.kron(expected, season / season.sum())
    means *= _pace(cells, assumed)[:, None] * _shocks(len(cells), len(years), seed, assumed)
    counts = stream(seed, "counts").poisson(means * scale)
    cell, month = (side.repeat(counts.ravel()) for side in np.indices(counts.shape).reshape(2, -1))
    days = _place_days(years, month, seed, assumed)
    drawn = cells.iloc[cell].assign(day=days)
    return drawn.sort_values("day", kind="stable").reset_index(drop=True)


def spread_targets(plan: Plan, measure: str) -> pd.DataFrame:
    """Spread the leaf targets of a measure over years.

    A horizon of one year holds for it; what a longer one leaves is spread evenly over its other
    years. "-" expects nothing.

    Returns
    -------
    DataFrame
        Indexed by area, industry and project_type; one column a year, in the measure's unit.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> spread_targets(load_plan(), "projects").sum().tolist()
    [303.0, 348.5, 348.5]
    """
    targets = plan.targets[plan.targets["measure"] == measure]
    wide = targets.pivot(index=list(DIMENSIONS), columns="horizon", values="value")
    wide = wide.astype("Float64").fillna(0.0).astype(float)
    spans = {str(h): _years(plan, str(h)) for h in wide.columns}
    years = sorted({year for own in spans.values() for year in own})
    yearly = pd.DataFrame(0.0, index=wide.index, columns=years)
    known: set[int] = set()
    for horizon in sorted(spans, key=lambda h: len(spans[h])):
        left = [year for year in spans[horizon] if year not in known]
        inner = yearly[[year for year in spans[horizon] if year in known]].sum(axis=1)
        for year in left:
            yearly[year] = (wide[horizon] - inner).clip(lower=0) / len(left)
        known |= set(left)
    return yearly


def list_cells(plan: Plan, spread: pd.DataFrame) -> pd.DataFrame:
    """List the cells that may have projects: those with a target, and the other leaves."""
    lacking = plan.without()
    leaves = [leaves_of(plan, dimension) for dimension in DIMENSIONS]
    rows = [
        (area, industry, kind)
        for industry in leaves[1]
        for kind in leaves[2]
        for area in leaves[0]
        if kind not in lacking.get(industry, set())
    ]
    printed = spread.index.to_frame(index=False)
    frame = pd.concat([printed, pd.DataFrame(rows, columns=list(DIMENSIONS))])
    return frame.drop_duplicates().reset_index(drop=True)


def leaves_of(plan: Plan, dimension: str) -> list[str]:
    """Return the codes of a dimension that projects can have: no totals, no parts "of which"."""
    below = children(plan, dimension)
    parts = [code for codes in below.values() for code in codes if code not in below]
    return parts or ["all"]


def _years(plan: Plan, horizon: str) -> list[int]:
    first, last = (str(plan.horizons.at[horizon, f"{end}_day"]) for end in ("first", "last"))
    return list(range(int(first[:4]), int(last[:4]) + 1))


def _pace(cells: pd.DataFrame, assumed: Mapping[str, Any]) -> Floats:
    """Return each cell's pace: its area's times its industry's."""
    pace = np.ones(len(cells))
    for dimension in ("area", "industry"):
        pace *= cells[dimension].map(assumed["pace"][dimension]).fillna(1.0).to_numpy(dtype=float)
    return pace


def _shocks(cells: int, years: int, seed: int, assumed: Mapping[str, Any]) -> Floats:
    """Return what multiplies each cell and month: the city's quarter and the cell's own luck."""
    quarterly, own = (assumed["shock"][f"{name}_shape"] for name in ("quarter", "cell"))
    quarters = stream(seed, "quarters").gamma(quarterly, 1 / quarterly, size=years * 4)
    luck = stream(seed, "cells").gamma(own, 1 / own, size=cells)
    return np.outer(luck, quarters.repeat(3))


def _place_days(
    years: list[int], month: npt.NDArray[np.int64], seed: int, assumed: Mapping[str, Any]
) -> npt.NDArray[np.datetime64]:
    """Place each arrival on a day of its month: some at the signing ceremony, the rest anywhere."""
    starts = pd.period_range(f"{years[0]}-01", periods=len(years) * 12, freq="M")
    first = starts.to_timestamp().to_numpy()[month]
    lengths = starts.days_in_month.to_numpy()[month]
    drawing = stream(seed, "days")
    day = np.floor(drawing.random(len(month)) * lengths).astype(int)
    ceremony = drawing.random(len(month)) < assumed["season"]["ceremony_share"]
    day = np.where(ceremony, assumed["season"]["ceremony_day"] - 1, day)
    return first + day.astype("timedelta64[D]")
