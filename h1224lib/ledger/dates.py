"""Dates as offices write them: a day, or a span of days of which the day is not known."""

from __future__ import annotations

import calendar
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
from h1224lib.ledger.vocabulary import Fault, is_nothing, narrow_text, pattern, read_words

Days = npt.NDArray[np.int32]
NO_DAY = np.iinfo(np.int32).min  # of a stage not reached; days are counted from 1970-01-01

_EPOCH = dt.date(1970, 1, 1).toordinal()
_EXCEL = dt.date(1899, 12, 30).toordinal()
_MAC = dt.date(1904, 1, 1).toordinal()
_CHINESE = str.maketrans("〇零一二三四五六七八九", "00123456789")
_TIME = re.compile(r"t?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?$")
_DAY = re.compile(r"(?P<y>\d{4})(?:[-/.]|年)(?P<m>\d{1,2})(?:[-/.]|月)(?P<d>\d{1,2})[日号]?")
_DIGITS = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)?")
_MONTH = re.compile(r"(?P<y>\d{4})(?:[-/.]|年)(?P<m>\d{1,2})月?份?(?P<part>[上中下]旬)?")
_NO_YEAR = re.compile(r"(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})[日号]?|份?(?P<part>[上中下]旬)?)")
_QUARTER = re.compile(
    r"(?P<y>\d{4})(?:年度?第?(?P<q>[1-4一二三四])季度?|年?-?q(?P<n>[1-4])|年(?P<h>[上下])半年)"
)
_YEAR = re.compile(r"(?P<y>(?:19|20)\d\d)年度?")
_THIRDS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}


@dataclass(frozen=True)
class Span:
    """The days that a cell may mean, both ends within.

    Attributes
    ----------
    first, last : date
        The same where the day is known.
    precision : str
        ``day``, ``month``, ``quarter``, ``half``, ``year`` or ``third`` (of a month).
    taken : str
        What was taken that the cell does not say: ``year``, ``serial`` or nothing.
    """

    first: dt.date
    last: dt.date
    precision: str = "day"
    taken: str = ""


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
    if isinstance(value, dt.time):
        return Fault("ledger_date_far", _limits())
    if isinstance(value, int | float):
        return _read_number(float(value), context.from_1904)
    if is_nothing(value):
        return None
    text = narrow_text(value).casefold().replace("—", "-").replace("–", "-")
    if pattern("not_yet").fullmatch(text):
        return None
    if context.text_only and re.fullmatch(r"\d{4}\.1", text):
        return Fault("ledger_date_text_number", {})
    if context.text_only and re.fullmatch(r"\d{5}(\.0+)?", text):
        return _read_number(float(text), False)
    try:
        span = _read_text(_TIME.sub("", text) if ":" in text else text, context.years)
    except ValueError:
        return Fault("ledger_date_impossible", {})
    if span is None:
        return Fault("ledger_date_unreadable", {})
    return span if isinstance(span, Fault) else _within(span)


def _read_number(value: float, from_1904: bool) -> Any:
    """Read a number cell: a serial, ``20230506``, ``202305`` or ``2023``; else it is lost."""
    if not math.isfinite(value) or value != int(value):
        return Fault("ledger_date_number", {})
    number = int(value)
    if 1900 <= number <= 2100:
        return _within(Span(*_months(number, 1, 12), "year"))
    found = _DIGITS.fullmatch(str(number))
    if found:
        try:
            return _within(_from_digits(found))
        except ValueError:
            return Fault("ledger_date_impossible", {})
    if 1 <= number <= 99_999:
        day = dt.date.fromordinal((_MAC if from_1904 else _EXCEL) + number)
        return _within(Span(day, day, taken="serial"))
    return Fault("ledger_date_number", {})


def _read_text(text: str, years: tuple[int, ...]) -> Span | Fault | None:
    if re.match(r"[〇零一二][〇零一二三四五六七八九]{3}年", text):
        text = _from_chinese(text)
    found = _DAY.fullmatch(text)
    if found:
        day = dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
        return Span(day, day)
    found = _MONTH.fullmatch(text)
    if found:
        return _month(int(found["y"]), int(found["m"]), found["part"])
    found = _QUARTER.fullmatch(text)
    if found:
        return _part_of_year(found)
    found = _DIGITS.fullmatch(text)
    if found:
        return _from_digits(found)
    found = _YEAR.fullmatch(text)
    if found:
        return Span(*_months(int(found["y"]), 1, 12), "year")
    found = _NO_YEAR.fullmatch(text)
    return _in_year(found, years) if found else None


def _in_year(found: re.Match[str], years: tuple[int, ...]) -> Span | Fault:
    if len(years) != 1:
        return Fault("ledger_date_no_year", {"years": [str(year) for year in years]})
    month = int(found["m"])
    if not found["d"]:
        span = _month(years[0], month, found["part"])
        return Span(span.first, span.last, span.precision, "year")
    day = dt.date(years[0], month, int(found["d"]))
    return Span(day, day, taken="year")


def _part_of_year(found: re.Match[str]) -> Span:
    year = int(found["y"])
    if found["h"]:
        first = 1 if found["h"] == "上" else 7
        return Span(*_months(year, first, first + 5), "half")
    quarter = int((found["q"] or found["n"]).translate(_CHINESE))
    return Span(*_months(year, 3 * quarter - 2, 3 * quarter), "quarter")


def _from_digits(found: re.Match[str]) -> Span:
    year, month = int(found["y"]), int(found["m"])
    if not found["d"]:
        return Span(*_months(year, month, month), "month")
    day = dt.date(year, month, int(found["d"]))
    return Span(day, day)


def _month(year: int, month: int, part: str | None) -> Span:
    first, last = _months(year, month, month)
    if not part:
        return Span(first, last, "month")
    begin, end = _THIRDS[part]
    return Span(first.replace(day=begin), last.replace(day=min(end, last.day)), "third")


def _months(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
    if not 1 <= last <= 12:
        raise ValueError(last)
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def _from_chinese(text: str) -> str:
    """Write 二〇二三年十一月二十日 in digits."""

    def number(found: re.Match[str]) -> str:
        tens, tenth, ones = found[0].partition("十")
        if not tenth:
            return found[0].translate(_CHINESE)
        value = int(tens.translate(_CHINESE) or 1) * 10 + int(ones.translate(_CHINESE) or 0)
        return str(value)

    return re.sub(r"[〇零一二三四五六七八九十]+", number, text)


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
    return Dates(first, last, unsure), list(column.mark(faults))


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
