"""Releases: which published figures are of a target's own cell, and which of several holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from h1224lib.plan.model import DIMENSIONS, Plan

# Of several releases of one period: the firmest, then the surest, then the latest.
_FIRM = {"revised": 2, "final": 1, "preliminary": 0}
_SURE = {"high": 2, "medium": 1, "low": 0}


def choose_release(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the release that holds: the firmest, of those the surest, of those the latest."""
    ranked = rows.assign(firm=rows["status"].map(_FIRM), sure=rows["confidence"].map(_SURE))
    order = ranked.sort_values(["firm", "sure", "vintage"], ascending=False, kind="stable")
    return dict(order.to_dict("records")[0])


def count_sources(rows: pd.DataFrame, held: dict[str, Any]) -> dict[str, int]:
    """Count the sources that give the value that holds, and the releases with another one.

    Examples
    --------
    >>> rows = pd.DataFrame({"value": [5.0, 5.0, 6.0], "source": ["a", "b", "a"]})
    >>> count_sources(rows, {"value": 5.0})
    {'sources': 2, 'differing': 1}
    """
    same = rows["value"] == held["value"]
    return {"sources": int(rows.loc[same, "source"].nunique()), "differing": int((~same).sum())}


def find_least(rows: pd.DataFrame) -> dict[str, str]:
    """Return the least firm status and the least confidence of rows that are taken together.

    Examples
    --------
    >>> both = {"status": ["final", "preliminary"], "confidence": ["low", "high"]}
    >>> find_least(pd.DataFrame(both))
    {'status': 'preliminary', 'confidence': 'low'}
    """
    return {
        "status": min(rows["status"], key=_FIRM.__getitem__),
        "confidence": min(rows["confidence"], key=_SURE.__getitem__),
    }


def is_less_sure(one: str, other: str) -> bool:
    """Tell whether a figure's confidence is below another's.

    Examples
    --------
    >>> is_less_sure("medium", "high"), is_less_sure("high", "high")
    (True, False)
    """
    return _SURE[one] < _SURE[other]


def horizon_days(plan: Plan, horizon: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a horizon."""
    row = plan.horizons.loc[horizon]
    return pd.Timestamp(row["first_day"]).date(), pd.Timestamp(row["last_day"]).date()


def list_comparable(published: pd.DataFrame, cell: dict[str, Any]) -> pd.DataFrame:
    """List what is published of a target's own cell and definition, of any period."""
    own = published["value"].notna().to_numpy(dtype=bool)
    wanted = [("comparable", "yes"), *((n, cell[n]) for n in ("measure", *DIMENSIONS))]
    for name, value in wanted:
        own = own & published[name].eq(value).to_numpy(dtype=bool)
    return published[own]


def of_days(rows: pd.DataFrame, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Keep the rows of exactly these days."""
    return rows[(rows["first_day"] == first) & (rows["last_day"] == last)]
