"""Periods: every form, the edges of the calendar, and what is no period."""

from __future__ import annotations

import datetime as dt
import itertools
from fractions import Fraction

import hypothesis.strategies as st
import pytest
from hypothesis import given

from h1224lib.errors import UnknownNameError
from h1224lib.periods import list_periods, name_period, quarters_done, span


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024H1", "2024-01-01", "2024-06-30"),
        ("2024H2", "2024-07-01", "2024-12-31"),
        ("2019Q1", "2019-01-01", "2019-03-31"),
        ("2022Q1-3", "2022-01-01", "2022-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023M2", "2023-02-01", "2023-02-28"),
        ("2019M1-12", "2019-01-01", "2019-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999Q4", "9999-10-01", "9999-12-31"),
    ],
)
def test_every_form_covers_its_days(period, first, last):
    assert [day.isoformat() for day in span(period)] == [first, last]


@pytest.mark.parametrize(
    "period",
    [
        *("0000", "0000Q1", "0000-12", "0000M1-2", "２０１９", "2019Q１", "٢٠١٩", "10000", "999"),
        *("", "2019\n", "2019Q5", "2019H3", "2019-13", "2019-00", "2019M0", "2022Q3-1", "2019Q1-"),
    ],
)
def test_what_is_no_period_is_refused_by_name(period):
    with pytest.raises(UnknownNameError) as refused:
        span(period)
    assert "2019M1-9" in refused.value.say("en")[0]


@given(st.text("0123456789HQM-", max_size=9) | st.text(max_size=9))
def test_a_text_is_a_period_or_refused(text):
    try:
        first, last = span(text)
    except UnknownNameError:
        return
    assert first < last
    assert first.year == last.year == int(text[:4])


@given(st.dates())
def test_a_day_lies_in_the_period_that_it_names(day):
    first, last = span(name_period(day))
    assert first <= day <= last


def test_quarters_of_the_first_and_the_last_year_of_the_calendar():
    first, last = dt.date(1, 1, 1), dt.date(1, 12, 31)
    assert quarters_done(first, last, dt.date(1, 6, 30)) == Fraction(1, 2)
    first, last = dt.date(9999, 1, 1), dt.date(9999, 12, 31)
    assert quarters_done(first, last, last) == 1


@pytest.mark.parametrize(
    ("text", "first", "last", "number"),
    [
        ("2023Q1:2025Q4", "2023Q1", "2025Q4", 12),
        ("2023:2025", "2023", "2025", 3),
        ("2023H2:2024H1", "2023H2", "2024H1", 2),
        ("2023-11:2024-02", "2023-11", "2024-02", 4),
        ("2023M9:2024M11", "2023M9", "2024M11", 15),
        ("2024Q2:2024Q2", "2024Q2", "2024Q2", 1),
        ("0999:1000", "0999", "1000", 2),
    ],
)
def test_a_row_of_periods(text: str, first: str, last: str, number: int) -> None:
    periods = list_periods(text)
    assert (periods[0], periods[-1], len(periods)) == (first, last, number)
    days = [span(period) for period in periods]
    # Each begins on the day after the one before.
    assert all(b[0] - a[1] == dt.timedelta(1) for a, b in itertools.pairwise(days))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *((t, "unknown_periods") for t in ("2023Q1", "", ":", "2023Q1:", "2023Q1:2024Q5", "a:b")),
        *((t, "unknown_periods") for t in ("2023Q1-3:2024Q1-3", "2023:2024:2025", "0000:2023")),
        *((t, "unknown_periods") for t in ("2023Q1 :2023Q2", "２０２３:2024", "2023q1:2023q2")),
        *((t, "periods_mixed") for t in ("2023:2024Q1", "2023-01:2023M2", "2023Q1:2024H1")),
        *((t, "periods_reversed") for t in ("2024:2023", "2024Q1:2023Q4", "2024-02:2024-01")),
    ],
)
def test_what_is_no_row_of_periods(text: str, key: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        list_periods(text)
    assert caught.value.key == key
    assert all(caught.value.say(lang) for lang in ("zh", "en"))
