"""Dates as offices write them: the days that a text may mean, to the day or to a span of days."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from h1224lib.ledger.vocabulary import Fault, narrow_text

_CHINESE = str.maketrans("〇零一二三四五六七八九", "00123456789")
# Behind a space, a T or 日: without one, 3/12 9:30 would be 3/1 29:30.
_TIME = re.compile(
    r"(?:\s+|(?<=\d)t|(?<=[日号]))(?:(?:上午|下午|[ap]m)\s*)?"
    r"\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分)?)"
    r"\s*(?:[ap]m|z|[+-]\d{2}:?\d{2})?$"
    r"|(?<=[日号])\s*(?:上午|下午)$",
    re.IGNORECASE,
)
_PART = "(?P<part>[上中下]旬|[初底末])?"
_DAY = re.compile(r"(?P<y>\d{4})(?:[-/.]|年)(?P<m>\d{1,2})(?:[-/.]|月)(?P<d>\d{1,2})[日号]?")
DIGITS = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)?")
_MONTH = re.compile(rf"(?P<y>\d{{4}})(?:[-/.]|年)(?P<m>\d{{1,2}})月?份?{_PART}")
_NO_YEAR = re.compile(rf"(?P<m>\d{{1,2}})月(?:(?P<d>\d{{1,2}})[日号]?|份?{_PART})")
_SHORT_YEAR = re.compile(r"(?P<y>\d\d)年.+")
_QUARTER = re.compile(
    r"(?P<y>\d{4})(?:(?:年度?第?|第)(?P<q>[1-4一二三四])季度?|(?P<w>[一二三四])季度?"
    r"|年?-?q(?P<n>[1-4])|年(?P<h>[上下])半年)"
)
_YEAR = re.compile(r"(?P<y>(?:19|20)\d\d)年度?")
_THIRDS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}
_THIRDS |= {"初": _THIRDS["上旬"], "底": _THIRDS["下旬"], "末": _THIRDS["下旬"]}


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


def take_time_off(text: str) -> str | None:
    """Return a date's text without time of day, width and spaces, or None where digits fall apart.

    Examples
    --------
    >>> take_time_off("2023/12/31 0:00:00"), take_time_off("2023年5月6日 上午 9:30")
    ('2023/12/31', '2023年5月6日')
    >>> take_time_off("2023 1 1") is None
    True
    """
    day = _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    if re.search(r"\d\s+\d", day):  # 2023 1 1 would be 202311
        return None
    return narrow_text(day).casefold().replace("—", "-").replace("–", "-")


def read_written(text: str, years: tuple[int, ...]) -> Span | Fault | None:
    """Read a text without time of day and spaces.

    Parameters
    ----------
    text : str
        As `take_time_off` returns it.
    years : tuple of int
        Those that the sheet names, for a text without year or with the last two digits of one.

    Returns
    -------
    Span, Fault or None
        None where it is no date.

    Raises
    ------
    ValueError
        There is no such day.

    Examples
    --------
    >>> read_written("2023年5月底", ()).first, read_written("23年5月", (2023,)).taken
    (datetime.date(2023, 5, 21), 'year')
    """
    if re.match(r"[〇零一二][〇零一二三四五六七八九]{3}年", text):
        text = _from_chinese(text, "")
    text = _from_chinese(text, "(?=[月日号])")
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
    found = DIGITS.fullmatch(text)
    if found:
        return from_digits(found)
    found = _YEAR.fullmatch(text)
    if found:
        return Span(*months_of(int(found["y"]), 1, 12), "year")
    found = _NO_YEAR.fullmatch(text)
    return _in_year(found, years) if found else _in_century(text, years)


def _in_century(text: str, years: tuple[int, ...]) -> Span | Fault | None:
    """Read 23年5月 where the sheet says 2023; of itself it could be another."""
    found = _SHORT_YEAR.fullmatch(text)
    if not found or 2000 + int(found["y"]) not in years:
        return None
    span = read_written(f"20{text}", years)
    return dataclasses.replace(span, taken="year") if isinstance(span, Span) else span


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
        return Span(*months_of(year, first, first + 5), "half")
    quarter = int((found["q"] or found["w"] or found["n"]).translate(_CHINESE))
    return Span(*months_of(year, 3 * quarter - 2, 3 * quarter), "quarter")


def from_digits(found: re.Match[str]) -> Span:
    """Read what `DIGITS` matches: 202305 is a month, 20230506 a day."""
    year, month = int(found["y"]), int(found["m"])
    if not found["d"]:
        return Span(*months_of(year, month, month), "month")
    day = dt.date(year, month, int(found["d"]))
    return Span(day, day)


def _month(year: int, month: int, part: str | None) -> Span:
    first, last = months_of(year, month, month)
    if not part:
        return Span(first, last, "month")
    begin, end = _THIRDS[part]
    return Span(first.replace(day=begin), last.replace(day=min(end, last.day)), "third")


def months_of(year: int, first: int, last: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of some months of a year."""
    if not 1 <= last <= 12:
        raise ValueError(last)
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def _from_chinese(text: str, behind: str) -> str:
    """Write 二〇二三年十一月二十日 in digits, where a pattern holds behind them."""

    def number(found: re.Match[str]) -> str:
        tens, tenth, ones = found[0].partition("十")
        if not tenth:
            return found[0].translate(_CHINESE)
        value = int(tens.translate(_CHINESE) or 1) * 10 + int(ones.translate(_CHINESE) or 0)
        return str(value)

    return re.sub(rf"[〇零一二三四五六七八九十]+{behind}", number, text)
