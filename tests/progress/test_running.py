"""A period that has not ended: beside the same days of a year ago, where results have days."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from written_ledgers import read_rows, row

from h1224lib import load_plan, measure_progress, read_actuals, read_ledger
from h1224lib.ledger.demonstration import LEDGER
from h1224lib.progress.changes import find_same_days
from h1224lib.resources import data_folder

ROWS = {
    # In the second quarter of 2023, up to the 15th of May and after it; then in 2024.
    "A1": "2023-04-20",
    "A2": "2023-05-15",
    "A3": "2023-05-16",
    "A4": "2023-06-30",
    "A5": "2023-03-31",
    "B1": "2024-04-01",
    "B2": "2024-05-02",
    "B3": "2024-05-15",
    "B4": "2024-05-16",
}


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def ledger(plan, tmp_path_factory):
    rows = [row(number, 签约日期=day) for number, day in ROWS.items()]
    return read_rows(tmp_path_factory.mktemp("ledger") / "台账.xlsx", plan, rows)


def told(state):
    return [finding for finding in state.findings if finding.kind.startswith("running")]


def test_the_same_days_of_a_year_ago(plan, ledger):
    state = measure_progress(plan, ledger, "2024-05-15")
    city = state.cell()
    assert state.period == "2024Q2"
    assert (city["new"], city["new_last_year"], city["change_last_year"]) == (3, 2, 1)
    assert state.cell(area="deqing")["new_last_year"] == 2
    assert state.cell(area="anji")["new_last_year"] == 0
    # The quarter before is longer than what has gone by of this one.
    assert pd.isna(city["new_before"])
    [said] = told(state)
    assert said.kind == "running"
    assert "2023-04-01 至 2023-05-15）新增 2，多 1" in said.say("zh")
    assert "3 new" in said.say("en") and "1 more" in said.say("en")


def test_a_period_that_has_ended_is_compared_whole(plan, ledger):
    state = measure_progress(plan, ledger, "2024-06-30")
    assert (state.cell()["new"], state.cell()["new_last_year"]) == (4, 4)
    assert told(state) == []
    month = measure_progress(plan, ledger, "2024-05-31")
    assert (month.cell()["new"], month.cell()["new_last_year"]) == (3, 2)


def test_a_month_that_has_not_ended(plan, ledger):
    state = measure_progress(plan, ledger, "2024-05-15", period="2024-05")
    assert (state.cell()["new"], state.cell()["new_last_year"]) == (2, 1)


def test_every_row_of_a_large_ledger_falls_on_its_day(plan):
    large = read_ledger(data_folder() / "demo" / LEDGER, plan)
    state = measure_progress(plan, large, "2024-05-15")
    rows = state.counts[0].counted
    days = rows["counted_on"]
    within = rows[(days >= "2023-04-01") & (days <= "2023-05-15")]
    assert float(state.cell()["new_last_year"]) == pytest.approx(within["credit_share"].sum())
    assert len(within) > 5
    by_area = within.groupby("area")["credit_share"].sum()
    areas = state.level(["area"]).set_index("area")["new_last_year"]
    assert areas[by_area.index].astype(float).to_dict() == pytest.approx(by_area.to_dict())


def test_before_the_first_day_there_is_nothing_to_compare_with(plan, ledger):
    state = measure_progress(plan, ledger, "2023-05-15")
    assert pd.isna(state.cell()["new_last_year"])
    assert [finding.kind for finding in told(state)] == ["running_not_covered"]
    assert "2022-04-01 to 2022-05-15" in told(state)[0].say("en")


def test_sums_without_days_say_why_not():
    dazhou = load_plan("dazhou-2019")
    state = measure_progress(dazhou, read_actuals(None, dazhou), "2019-02-15")
    assert pd.isna(state.cell()["new_last_year"])
    [said] = told(state)
    assert said.kind == "running_no_days"
    assert "without days" in said.say("en")
    assert "没有具体日期" in said.say("zh")


@pytest.mark.parametrize(
    ("day", "last"), [((2024, 2, 29), (2023, 2, 28)), ((2023, 2, 28), (2022, 2, 28))]
)
def test_the_29th_of_february(day, last):
    quarter = (dt.date(day[0], 1, 1), dt.date(day[0], 3, 31))
    assert find_same_days(quarter, dt.date(*day))[1] == dt.date(*last)
    assert find_same_days((dt.date(1, 1, 1), dt.date(1, 3, 31)), dt.date(1, 2, 1)) is None
