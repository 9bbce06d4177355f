"""Accumulation: vectorised sums against the plain loop that says what they mean."""

from __future__ import annotations

import datetime as dt

import hypothesis.strategies as st
import numpy as np
import pandas as pd
from hypothesis import given, settings

from h1224lib import load_plan
from h1224lib.hierarchy import complete_targets, find_leaves
from h1224lib.plan.model import DIMENSIONS, KEYS
from h1224lib.progress.accumulation import CELL, accumulate, fill_up, record
from h1224lib.progress.changes import Reached
from h1224lib.progress.summing import Codes

FIRST = dt.date(2019, 1, 1)
PLAN = load_plan("dazhou-2019")
HUZHOU = load_plan("huzhou-1224")
ROWS = st.tuples(
    st.sampled_from(["quxian", "dazhu"]),
    st.integers(0, 6),
    st.integers(1, 4),
    st.integers(0, 50),
    st.sampled_from(["", "2019-07-10", "2019-08-10"]),
    st.sampled_from(["yes", "yes", "yes", "no: other definition"]),
)


def frame(rows):
    days = [FIRST + dt.timedelta(days=10 * n) for n in range(12)]
    return pd.DataFrame(
        {
            "measure": "investment",
            **dict.fromkeys(DIMENSIONS, "all"),
            "area": [area for area, *_ in rows],
            "first_day": [days[begin] for _, begin, *_ in rows],
            "last_day": [days[begin + size] - dt.timedelta(days=1) for _, begin, size, *_ in rows],
            "value": pd.Series([tenths / 10 for *_, tenths, _, _ in rows], dtype="Float64"),
            "vintage": [vintage for *_, vintage, _ in rows],
            "comparable": [yes for *_, yes in rows],
        }
    )


def go_through(actuals, first, last):
    """Add up cell by cell: of the results that begin next, the longest, of these the latest."""
    totals = {}
    inner = actuals[(actuals["first_day"] >= first) & (actuals["last_day"] <= last)]
    inner = inner[inner["comparable"] == "yes"]
    for area, group in inner.groupby("area"):
        total, day = 0, first
        while True:
            fits = group[group["first_day"] == day].sort_values(
                ["last_day", "vintage"], ascending=False, kind="stable"
            )
            if fits.empty:
                break
            total += round(10 * float(fits["value"].iloc[0]))
            day = fits["last_day"].iloc[0] + dt.timedelta(days=1)
        if day == last + dt.timedelta(days=1):
            totals[area] = total / 10
    return totals


@given(st.lists(ROWS, min_size=1, max_size=25), st.integers(0, 3), st.integers(1, 8))
def test_sums_are_those_of_the_plain_loop(rows, begin, size):
    first = FIRST + dt.timedelta(days=10 * begin)
    last = first + dt.timedelta(days=10 * size - 1)
    actuals = frame(rows)
    found = accumulate(actuals, PLAN, first, last)
    assert dict(zip(found["area"], map(float, found["value"]), strict=True)) == go_through(
        actuals, first, last
    )


def test_nothing_given_is_nothing_reached():
    assert accumulate(frame([]), PLAN, FIRST, FIRST).empty


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_sums_found_once_are_those_of_filling_up(data):
    whole = complete_targets(HUZHOU)
    own = whole[(whole["horizon"] == "2023") & (whole["measure"] == "projects")]
    own = own.rename(columns={"value": "target"})
    chosen = data.draw(st.lists(st.integers(0, len(own) - 1), unique=True, min_size=1, max_size=80))
    done = own.iloc[sorted(chosen)][KEYS].assign(value=lambda f: np.arange(len(f)))
    day = {"first_day": dt.date(2023, 1, 1), "last_day": dt.date(2023, 12, 31)}
    rows = done[[*CELL, "value"]].assign(**day, comparable="yes", vintage="")
    reached = Reached(record(rows, HUZHOU), find_leaves(own[own["target"] > 0], HUZHOU), HUZHOU)
    span = tuple(day.values())
    cells = reached.list_cells(span)
    found = cells.assign(value=reached.along(span, cells).series())
    told = fill_up(done, own, HUZHOU)
    assert read(found) == read(told)


def read(table):
    """Return cell -> value, None for a sum that lacks a part."""
    values = [None if pd.isna(value) else float(value) for value in table["value"]]
    return dict(zip(table[CELL].itertuples(index=False, name=None), values, strict=True))


def test_a_cell_as_one_number_and_back():
    cells = complete_targets(HUZHOU)[CELL].drop_duplicates().reset_index(drop=True)
    codes = Codes(HUZHOU)
    assert codes.split(codes.join(cells)).equals(cells.astype(str))
