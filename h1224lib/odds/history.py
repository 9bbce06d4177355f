"""What the past tells: the whole by quarter, how complete recent months are, how many leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from h1224lib.hierarchy import find_leaves
from h1224lib.ledger.count import Count
from h1224lib.odds.exposure import QUARTER_DAYS
from h1224lib.plan.model import DIMENSIONS, Plan

# Beyond this age a month is taken to be complete.
OLDEST = 6
_PAST = ["year", "quarter", "value"]


def count_quarters(actuals: pd.DataFrame, plan: Plan, measure: str, until: dt.date) -> pd.DataFrame:
    """Sum a measure over the whole for each calendar quarter that its periods fill.

    Parameters
    ----------
    actuals : DataFrame
        As `read_actuals` returns them; longer periods than a quarter are left out.
    plan : Plan
        Tells which cells are leaves.
    measure : str
        A count.
    until : date
        Quarters that end later are left out.

    Returns
    -------
    DataFrame
        year, quarter, value (in the measure's unit), in order of time.
    """
    rows = actuals[(actuals["measure"] == measure) & (actuals["comparable"] == "yes")]
    first, last = pd.to_datetime(rows["first_day"]), pd.to_datetime(rows["last_day"])
    rows = rows.assign(
        year=first.dt.year, quarter=first.dt.quarter, days=(last - first).dt.days + 1, end=last
    )
    inside = (first.dt.year == last.dt.year) & (first.dt.quarter == last.dt.quarter)
    rows = rows[inside & (rows["end"] <= pd.Timestamp(until))]
    if rows.empty:
        return pd.DataFrame(columns=_PAST)
    cells = rows[["measure", *DIMENSIONS]].drop_duplicates().assign(horizon="")
    leaves = find_leaves(cells, plan)
    rows = rows.merge(leaves[list(DIMENSIONS)], on=list(DIMENSIONS))
    rows = rows.sort_values("vintage").drop_duplicates([*DIMENSIONS, "period"], keep="last")
    sums = rows.groupby(["year", "quarter"], as_index=False)[["value", "days"]].sum()
    starts = pd.to_datetime({"year": sums["year"], "month": 3 * sums["quarter"] - 2, "day": 1})
    length = (starts + pd.DateOffset(months=3) - starts).dt.days
    return sums[sums["days"] == length * len(leaves)][_PAST].astype({"value": "float64"})


def estimate_lag(
    before: pd.DataFrame, after: pd.DataFrame, measure: str, then: dt.date
) -> tuple[float, ...]:
    """Estimate how complete recent months are, from what an earlier ledger knew of its own.

    Parameters
    ----------
    before, after : DataFrame
        The same plan's actuals by month, as an earlier and a later ledger count them.
    measure : str
        A count.
    then : date
        The day that the earlier one speaks for.

    Returns
    -------
    tuple of float
        The share of a month's count that was known at an age of 0, 1, 2 ... months; it never
        falls with age. Half a project known of a half is added, so that no month of few
        decides; a month without a project says nothing, and is taken to be as complete as its
        neighbour; months older than `OLDEST` are complete.

    Examples
    --------
    Nothing in March, five of ten in February, all in January:

    >>> after = pd.DataFrame({"measure": "projects", "comparable": "yes",
    ...     "period": ["2024-01", "2024-02"], "last_day": ["2024-01-31", "2024-02-29"],
    ...     "value": [10.0, 10.0]})
    >>> before = after.assign(value=[10.0, 5.0])
    >>> shares = estimate_lag(before, after, "projects", dt.date(2024, 3, 31))
    >>> [round(share, 2) for share in shares]
    [0.52, 0.52, 1.0]
    """
    known, since = (_by_month(frame, measure, then) for frame in (before, after))
    last = pd.Period(then, freq="M")
    ages = [str(last - age) for age in range(OLDEST)]
    found = pd.Series(
        [
            (known.get(month, 0.0) + 0.5) / (since[month] + 0.5) if since.get(month) else None
            for month in ages
            if len(since) and month >= since.index.min()
        ],
        dtype="float64",
    )
    shares = found.cummax().ffill().bfill().clip(upper=1.0).dropna()
    return tuple(float(share) for share in shares)


def _by_month(actuals: pd.DataFrame, measure: str, until: dt.date) -> pd.Series:
    rows = actuals[(actuals["measure"] == measure) & (actuals["comparable"] == "yes")]
    rows = rows[rows["period"].str.fullmatch(r"\d{4}-\d{2}")]
    rows = rows[pd.to_datetime(rows["last_day"]) <= pd.Timestamp(until)]
    return rows.groupby("period")["value"].sum().astype("float64")


def rate_withdrawals(counts: Iterable[Count]) -> float | None:
    """Return the withdrawals a quarter of what counts; None without a ledger.

    Parameters
    ----------
    counts : iterable of Count
        Ledgers counted; a project is at risk from the day it counts until it leaves, or until
        the day of the count.

    Returns
    -------
    float or None
        Withdrawals over time at risk, in quarters, half of one added (the mean under Jeffreys'
        prior for a Poisson rate); 0 where the ledger's settings count withdrawn projects.
    """
    left, quarters, seen = 0, 0.0, False
    for count in counts:
        seen = True
        if count.ledger.settings.count_withdrawn:
            continue
        rows = count.rows.drop_duplicates(["sheet", "row"])
        rows = rows[rows["left_out"].isin(["", "withdrawn"])]
        day = pd.Timestamp(count.as_of)
        end = rows["withdrawn"].where(rows["withdrawn"] <= day, day)
        risk = (end - rows["counted_on"]).dt.days
        rows, risk = rows[risk >= 0], risk[risk >= 0]
        left += int((rows["withdrawn"] <= day).sum())
        quarters += float(risk.sum()) / QUARTER_DAYS
    if not seen:
        return None
    return (left + 0.5) / quarters if quarters > 0 else 0.0
