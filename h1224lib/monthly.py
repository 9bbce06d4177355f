"""Results month by month: rows of aggregated actuals that the library itself has counted."""

from __future__ import annotations

import calendar
import datetime as dt

import pandas as pd

from h1224lib.plan.model import DIMENSIONS
from h1224lib.steps import narrow

COLUMNS = [
    "measure", *DIMENSIONS, "period", "value", "unit", "status", "comparable", "confidence",
    "vintage", "source", "note", "first_day", "last_day",
]  # fmt: skip


def list_months(first: dt.date, last: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    """List the months of a span with their days in it; the last may be cut short.

    Examples
    --------
    >>> months = list_months(dt.date(2024, 1, 1), dt.date(2024, 2, 10))
    >>> [(name, str(end)) for name, _, end in months]
    [('2024-01', '2024-01-31'), ('2024-02', '2024-02-10')]
    """
    months = []
    begin = first
    while begin <= last:
        end = begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])
        months.append((f"{begin.year:04d}-{begin.month:02d}", begin, min(end, last)))
        begin = end + dt.timedelta(days=1)
    return months


def fill_months(
    values: pd.DataFrame, months: list[tuple[str, dt.date, dt.date]], **same: str
) -> pd.DataFrame:
    """Give each cell a row for every month: what was counted, or 0.

    Parameters
    ----------
    values : DataFrame
        measure, area, industry, project_type, unit and one column a month, named as it is.
    months : list of tuple
        As `list_months` returns them.
    **same
        What the other columns of aggregated actuals say in every row.

    Returns
    -------
    DataFrame
        The columns of `read_actuals`.
    """
    keys = ["measure", *DIMENSIONS, "unit"]
    named = [name for name, _, _ in months]
    long = values.melt(keys, named, "period", "value", ignore_index=False)
    long = long.sort_index(kind="stable").reset_index(drop=True)
    told = {
        "status": "preliminary",
        "comparable": "yes",
        "confidence": "high",
        "vintage": "",
        "source": "",
        "note": "",
        **same,
    }
    return long.assign(
        value=narrow(long["value"]),
        first_day=long["period"].map({name: begin for name, begin, _ in months}),
        last_day=long["period"].map({name: end for name, _, end in months}),
        **told,
    )[COLUMNS]
