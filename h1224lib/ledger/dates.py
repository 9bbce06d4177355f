"""Dates of a column: texts and serial numbers as the days that they may mean, and a day taken."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from h1224lib.ledger.columns import Column, read_values, show
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.shown import part_of_date
from h1224lib.ledger.vocabulary import Fault, is_nothing, pattern, read_words
from h1224lib.ledger.written_dates import (
    DIGITS,
    Span,
    from_digits,
    months_of,
    read_written,
    take_time_off,
)

Days = npt.NDArray[np.int32]
NO_DAY = np.iinfo(np.int32).min  # of a stage not reached; days are counted from 1970-01-01

_EPOCH = dt.date(1970, 1, 1).toordinal()
_EXCEL = dt.date(1899, 12, 30).toordinal()
_MAC = dt.date(1904, 1, 1).toordinal()
_SERIALS = (10_000, 99_999)  # of 1927 to 2173: with decimals, a time of day


@dataclass(frozen=True)
class Context:
    """What a sheet says of all its dates.

    Attributes
    ----------
    years : tuple of int
        The years in its titles and name, for ``5月6日``.
    text_only : bool
        Its cells are the texts of a file in which numbers have lost their trailing zeros.
    from_1904 : bool
        Its serial numbers are counted from 1904.
    """

    years: tuple[int, ...] = ()
    text_only: bool = False
    from_1904: bool = False


_PLAIN = Context()


def read_date(value: Any, context: Context = _PLAIN) -> Any:
    """Read what a cell says of a date.

    Parameters
    ----------
    value : str, int, float, date, datetime or time
        The cell.
    context : Context
        What its sheet says.

    Returns
    -------
    Span, None or Fault
        None where the cell stands for nothing (``-``, ``未开工``).

    Examples
    --------
    >>> span = read_date("2023年第二季度")
    >>> span.first.isoformat(), span.last.isoformat(), span.precision
    ('2023-04-01', '2023-06-30', 'quarter')
    >>> spans = read_date("5月6日", Context((2023,))), read_date(45052.0)
    >>> [span.first.isoformat() for span in spans]
    ['2023-05-06', '2023-05-06']
    >>> read_date(2023.1).kind, read_date("2023-02-30").kind, read_date("5月6日").kind
    ('ledger_date_number', 'ledger_date_impossible', 'ledger_date_no_year')
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return _within(Span(value, value))
    if isinstance(value, dt.time | dt.timedelta):
        return Fault("ledger_date_far", _limits())
    if isinstance(value, int | float):
        return _read_number(float(value), context.from_1904)
    if is_nothing(value):
        return None
    text = take_time_off(value)
    if text is None:
        return Fault("ledger_date_unreadable", {})
    if pattern("not_yet").fullmatch(text):
        return None
    if context.text_only and re.fullmatch(r"\d{4}\.1", text):
        return Fault("ledger_date_text_number", {})
    if context.text_only and re.fullmatch(r"\d{5}(\.0+)?", text):
        return _read_number(float(text), False)
    try:
        span = read_written(text, context.years)
    except ValueError:
        return Fault("ledger_date_impossible", {})
    if span is None:
        return Fault("ledger_date_unreadable", {})
    return span if isinstance(span, Fault) else _within(span)


def _read_number(value: float, from_1904: bool) -> Any:
    """Read a number cell: a serial, ``20230506``, ``202305`` or ``2023``; else it is lost."""
    if math.isfinite(value) and _SERIALS[0] <= value <= _SERIALS[1]:
        value = math.floor(value)
    if not math.isfinite(value) or value != int(value):
        return Fault("ledger_date_number", {})
    number = int(value)
    if 1900 <= number <= 2100:
        return _within(Span(*months_of(number, 1, 12), "year"))
    found = DIGITS.fullmatch(str(number))
    if found:
        try:
            return _within(from_digits(found))
        except ValueError:
            return Fault("ledger_date_impossible", {})
    if 1 <= number <= 99_999:
        day = dt.date.fromordinal((_MAC if from_1904 else _EXCEL) + number)
        return _within(Span(day, day, taken="serial"))
    return Fault("ledger_date_number", {})


def _within(span: Span) -> Any:
    earliest, latest = _bounds()
    inside = earliest <= span.first and span.last <= latest
    return span if inside else Fault("ledger_date_far", _limits())


@functools.cache
def _bounds() -> tuple[dt.date, dt.date]:
    days = read_words("words")["days"]
    return dt.date.fromisoformat(days["earliest"]), dt.date.fromisoformat(days["latest"])


def _limits() -> dict[str, Any]:
    return dict(read_words("words")["days"])


# Columns


@dataclass(frozen=True, eq=False)
class Dates:
    """A column of dates.

    Attributes
    ----------
    first, last : array of int32
        The days that each row may mean, counted from 1970-01-01; `NO_DAY` without one.
    unsure : array of bool
        Where the day is not known.
    """

    first: Days
    last: Days
    unsure: npt.NDArray[np.bool_]

    def day(self, vintage: dt.date | None) -> Days:
        """Return the day that is taken: the last that is possible, none after the vintage."""
        if vintage is None:
            return self.last
        end = count_days(vintage)
        inside = self.unsure & (self.first <= end)
        return np.where(inside, np.minimum(self.last, end), self.last).astype(np.int32)


def count_days(day: dt.date) -> int:
    """Count the days of a date from 1970-01-01.

    Examples
    --------
    >>> count_days(dt.date(1970, 1, 11))
    10
    """
    return day.toordinal() - _EPOCH


def clean_dates(
    column: Column, context: Context, vintage: dt.date | None
) -> tuple[Dates, list[Mark]]:
    """Read a column of dates; what lies after the ledger's vintage is an error.

    Parameters
    ----------
    column : Column
        Its cells.
    context : Context
        What the sheet says of all of them.
    vintage : date, optional
        The day of which the ledger speaks; without it nothing is too late.
    """
    spans, faults = read_values(column, lambda value: read_date(value, context))
    if vintage is not None:
        late = {"vintage": vintage.isoformat()}
        for number, span in enumerate(spans):
            if span is not None and span.first > vintage:
                faults.append((number, Fault("ledger_date_late", late)))
                spans[number] = None
    faults += _tell_taken(spans, vintage)
    first, last = (
        column.spread([s and count_days(getattr(s, end)) for s in spans], NO_DAY, np.int32)
        for end in ("first", "last")
    )
    unsure = column.spread([s and s.precision != "day" for s in spans], False, bool)
    marks = [*column.mark(faults), *_mark_years(column, context.years)]
    return Dates(first, last, unsure), marks


def _mark_years(column: Column, years: tuple[int, ...]) -> Iterator[Mark]:
    """Yield a mark on dates that show no year, where the titles do not say the one stored."""
    found = {
        row: value
        for row, code in sorted(column.formats.items())
        if part_of_date(code) == "no_year" and isinstance(value := column.at(row), dt.date)
    }
    odd = {row: value for row, value in found.items() if value.year not in years}
    if odd:
        at = np.array(list(odd), dtype=np.int64)
        shown = [f"{day.month}-{day.day}" for day in odd.values()]
        each: dict[str, list[Any]] = {"shown": shown, "year": [day.year for day in odd.values()]}
        stored = [show(value) for value in odd.values()]
        yield Mark("ledger_date_year_hidden", column.name, at, stored, {}, each)


def _tell_taken(spans: list[Any], vintage: dt.date | None) -> Iterator[tuple[int, Fault]]:
    """Yield a note for each value of which a reading was taken."""
    for number, span in enumerate(spans):
        if span is None:
            continue
        if span.taken:
            kind = "ledger_date_serial" if span.taken == "serial" else "ledger_date_year_taken"
            yield number, Fault(kind, {"day": show(span.first), "year": span.first.year})
        if span.precision != "day":
            end = min(span.last, vintage) if vintage else span.last
            yield number, Fault("ledger_date_period", {"day": end.isoformat()})


def no_dates(count: int) -> Dates:
    """Return a column in which no stage is reached."""
    none = np.full(count, NO_DAY, dtype=np.int32)
    return Dates(none, none, np.zeros(count, dtype=bool))


def has_day(dates: Dates) -> npt.NDArray[np.bool_]:
    """Tell which rows have a date."""
    return dates.first != NO_DAY
