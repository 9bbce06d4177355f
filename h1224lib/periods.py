"""Periods and days: what `2019Q1`, `2024-05` or `2023H1` covers, and how far a year has run."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from fractions import Fraction

from h1224lib.errors import UnknownNameError

_FORMS = (
    (re.compile(r"([0-9]{4})"), 12),
    (re.compile(r"([0-9]{4})H([12])"), 6),
    (re.compile(r"([0-9]{4})Q([1-4])(?:-([1-4]))?"), 3),
    (re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"), 1),
    (re.compile(r"([0-9]{4})M([1-9]|1[0-2])(?:-([1-9]|1[0-2]))?"), 1),
)


def span(period: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a period covers.

    Parameters
    ----------
    period : str
        A year ``2024``, half-year ``2024H1``, quarter ``2024Q2``, month ``2024-05``, or
        quarters or months in a row: ``2022Q1-3``, ``2019M1-9``.

    Raises
    ------
    UnknownNameError
        It is none of these, or its year is not from 1 to 9999.

    Examples
    --------
    >>> [day.isoformat() for day in span("2019Q1")]
    ['2019-01-01', '2019-03-31']
    """
    for form, months in _FORMS:
        found = form.fullmatch(period)
        if found:
            year, first, *more = [int(x) if x else None for x in found.groups()] + [None]
            start = first or 1
            end = (more[0] if more else None) or start
            if not year or end < start:
                break
            return _days(year, (start - 1) * months + 1, end * months)
    raise UnknownNameError("unknown_period", found=period)


def name_period(day: dt.date) -> str:
    """Name the quarter or, where the day ends none, the month that a day belongs to.

    Examples
    --------
    >>> name_period(dt.date(2019, 3, 31)), name_period(dt.date(2019, 2, 28))
    ('2019Q1', '2019-02')
    """
    quarter = (day.month + 2) // 3
    ends_quarter = day == _days(day.year, 3 * quarter, 3 * quarter)[1]
    name = f"Q{quarter}" if ends_quarter else f"-{day.month:02d}"
    return f"{day.year:04d}{name}"


def quarters_done(first: dt.date, last: dt.date, day: dt.date) -> Fraction:
    """Return the share of a horizon's quarters that have ended by a day.

    Examples
    --------
    >>> quarters_done(dt.date(2019, 1, 1), dt.date(2019, 12, 31), dt.date(2019, 3, 31))
    Fraction(1, 4)
    """
    ends = [
        _days(year, month, month)[1]
        for year in range(first.year, last.year + 1)
        for month in (3, 6, 9, 12)
    ]
    within = [end for end in ends if first <= end <= last]
    return Fraction(sum(end <= day for end in within), max(len(within), 1))


def _days(year: int, first_month: int, last_month: int) -> tuple[dt.date, dt.date]:
    end = calendar.monthrange(year, last_month)[1]
    return dt.date(year, first_month, 1), dt.date(year, last_month, end)
