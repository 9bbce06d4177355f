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
# What a row of periods is made of: how one is written, and its months.
_ROWS = (
    ("([0-9]{4})", 12, "{year:04d}"),
    ("([0-9]{4})H([12])", 6, "{year:04d}H{part}"),
    ("([0-9]{4})Q([1-4])", 3, "{year:04d}Q{part}"),
    ("([0-9]{4})-(0[1-9]|1[0-2])", 1, "{year:04d}-{part:02d}"),
    ("([0-9]{4})M([1-9]|1[0-2])", 1, "{year:04d}M{part}"),
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


def list_periods(text: str) -> tuple[str, ...]:
    """List the years, quarters or months from one to another, both among them.

    Parameters
    ----------
    text : str
        The first and the last, such as ``2023Q1:2025Q4``, ``2023:2025``, ``2023-11:2024-02``.

    Raises
    ------
    UnknownNameError
        It is none of these, the two are of different length, or the last lies before the first.

    Examples
    --------
    >>> list_periods("2023Q3:2024Q2")
    ('2023Q3', '2023Q4', '2024Q1', '2024Q2')
    """
    ends = text.split(":")
    if len(ends) != 2:
        raise UnknownNameError("unknown_periods", found=text)
    places = [_count(end, text) for end in ends]
    (months, first, form), (others, last, form_last) = places
    if months != others or form != form_last:
        raise UnknownNameError("periods_mixed", first=ends[0], last=ends[1])
    if last < first:
        raise UnknownNameError("periods_reversed", first=ends[0], last=ends[1])
    parts = 12 // months
    return tuple(
        form.format(year=place // parts, part=place % parts + 1) for place in range(first, last + 1)
    )


def _count(period: str, text: str) -> tuple[int, int, str]:
    """Return a period's months, how many of its length lie before it, and how it is written."""
    for pattern, months, form in _ROWS:
        found = re.fullmatch(pattern, period)
        if found and int(found[1]):
            part = int(found[2]) if len(found.groups()) > 1 else 1
            return months, int(found[1]) * (12 // months) + part - 1, form
    raise UnknownNameError("unknown_periods", found=text)


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
    ends = list_ends(first, last, 3)
    return Fraction(sum(end <= day for end in ends), len(ends))


def months_done(first: dt.date, last: dt.date, day: dt.date) -> Fraction:
    """Return the share of a horizon's months that have ended by a day.

    Examples
    --------
    >>> months_done(dt.date(2023, 1, 1), dt.date(2025, 12, 31), dt.date(2024, 5, 31))
    Fraction(17, 36)
    """
    ends = list_ends(first, last, 1)
    return Fraction(sum(end <= day for end in ends), len(ends))


def days_done(first: dt.date, last: dt.date, day: dt.date) -> Fraction:
    """Return the share of a horizon's days that have passed, the day itself among them.

    Examples
    --------
    >>> days_done(dt.date(2019, 1, 1), dt.date(2019, 12, 31), dt.date(2019, 3, 31))
    Fraction(18, 73)
    """
    passed = min(max((day - first).days + 1, 0), (last - first).days + 1)
    return Fraction(passed, (last - first).days + 1)


def list_ends(first: dt.date, last: dt.date, months: int) -> list[dt.date]:
    """List the days on which a horizon's quarters (3 months) or months (1) end.

    Its last day is the last of them, even where that ends no quarter.

    Examples
    --------
    >>> [str(day) for day in list_ends(dt.date(2023, 1, 1), dt.date(2023, 8, 31), 3)]
    ['2023-03-31', '2023-06-30', '2023-08-31']
    """
    ends = [
        end
        for year in range(first.year, last.year + 1)
        for month in range(months, 13, months)
        if first <= (end := _days(year, month, month)[1]) < last
    ]
    return [*ends, last]


def step_back(days: tuple[dt.date, dt.date], months: int) -> tuple[dt.date, dt.date] | None:
    """Return the whole months that lie so many months before those of a span.

    Returns
    -------
    tuple of date, or None
        First and last day; None before the year 1.

    Examples
    --------
    >>> [day.isoformat() for day in step_back(span("2024-03"), 1)]
    ['2024-02-01', '2024-02-29']
    """
    ends = []
    for day in days:
        year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
        if year < 1:
            return None
        ends.append((year, month + 1))
    (first_year, first_month), (last_year, last_month) = ends
    return dt.date(first_year, first_month, 1), _days(last_year, last_month, last_month)[1]


def count_months(days: tuple[dt.date, dt.date]) -> int:
    """Count the months that a span touches.

    Examples
    --------
    >>> count_months(span("2024H1")), count_months(span("2024-05"))
    (6, 1)
    """
    first, last = days
    return (last.year - first.year) * 12 + last.month - first.month + 1


def ends_month(day: dt.date) -> bool:
    """Tell whether a day is the last of its month."""
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _days(year: int, first_month: int, last_month: int) -> tuple[dt.date, dt.date]:
    end = calendar.monthrange(year, last_month)[1]
    return dt.date(year, first_month, 1), dt.date(year, last_month, end)
