"""The status of landmarks: refused whole where it is wrong, counted on paper."""

from __future__ import annotations

import datetime as dt

import pytest

from h1224lib import load_plan, measure_progress
from h1224lib.errors import ActualsError, ScheduleError
from h1224lib.landmark_status import (
    count_landmarks,
    latest_status,
    read_landmark_status,
    tell_landmarks,
)

HEADER = "landmark,status,date,value,evidence"
ROWS = [
    "commerce.2023.1,under_way,2023-03-01,,",
    "commerce.2023.1,reached,2023-09-20,1,文件一",
    "commerce.2023.2,under_way,2023-06-01,2,",
    "hr.2023.1,reached,2023-05-08,1,文件二",
    "hr.2023.1,dropped,2024-02-01,,撤回",
    "scitech.2025.1,reached,2024-05-31,10,文件三",
]


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture
def write(tmp_path):
    def writer(*rows, header=HEADER):
        path = tmp_path / "landmark_status.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return writer


def test_rows_are_typed(write, plan):
    status = read_landmark_status(write(*ROWS), plan)
    assert status["date"].tolist()[:2] == [dt.date(2023, 3, 1), dt.date(2023, 9, 20)]
    assert status["value"].isna().tolist() == [True, False, False, False, True, False]
    assert status["note"].tolist() == [""] * 6


@pytest.mark.parametrize(
    ("row", "kind", "column"),
    [
        ("commerce.2030.1,under_way,2023-03-01,,", "unknown_code", "landmark"),
        ("commerce.2023.1,done,2023-03-01,,", "not_listed", "status"),
        ("commerce.2023.1,under_way,2023-02-30,,", "not_date", "date"),
        ("commerce.2023.1,under_way,,,", "empty_cell", "date"),
        ("commerce.2023.1,reached,2023-03-01,1,", "landmark_no_evidence", "evidence"),
        ("commerce.2023.1,under_way,2023-03-01,-1,", "landmark_value", "value"),
        ("commerce.2023.1,under_way,2023-03-01,一,", "not_number", "value"),
        ("commerce.2023.2,reached,2023-03-01,2,文件", "landmark_short", "value"),
        ("hr.2023.1,reached,2023-05-08,1,文件二", "repeated_key", "landmark"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(write, plan, row, kind, column):
    with pytest.raises(ActualsError) as error:
        read_landmark_status(write(ROWS[3], row), plan)
    (problem,) = error.value.problems
    assert (problem.kind, problem.row, problem.column) == (kind, 3, column)
    for lang in ("zh", "en"):
        assert problem.expected(lang) and problem.remedy(lang)


def test_a_missing_file_and_a_missing_column(write, plan, tmp_path):
    with pytest.raises(ActualsError) as error:
        read_landmark_status(tmp_path / "none.csv", plan)
    assert "none.csv" in error.value.say("en")[0]
    with pytest.raises(ActualsError) as error:
        read_landmark_status(write("a,b", header="landmark,date"), plan)
    assert {p.column for p in error.value.problems if p.kind == "missing_column"} == {"status"}


def test_the_last_row_before_the_day_holds(write, plan):
    status = read_landmark_status(write(*ROWS), plan)
    then = latest_status(status, plan, "2023-08-31").set_index("landmark")
    assert len(then) == len(plan.landmarks)
    assert then.at["commerce.2023.1", "status"] == "under_way"
    assert then.at["hr.2023.1", "status"] == "reached"
    assert then["status"].notna().sum() == 3
    now = latest_status(status, plan, dt.date(2024, 6, 30)).set_index("landmark")
    assert now.at["hr.2023.1", "status"] == "dropped"


def test_counts_by_hand(write, plan):
    status = read_landmark_status(write(*ROWS), plan)
    told = tell_landmarks(status, plan, "2023-12-31", "2023")
    assert {n: told.numbers[n] for n in ("listed", "reached", "under_way", "unknown")} == {
        "listed": 8, "reached": 2, "under_way": 1, "unknown": 5,
    }  # fmt: skip
    assert "8" in told.say("zh") and "2 of the 8" in told.say("en")
    year = count_landmarks(status, plan, "2023-12-31", "2023")
    assert len(year) == 12
    assert dict(zip(year["period"], year["value"], strict=True)) == {
        **{f"2023-{month:02d}": 0 for month in range(1, 13)}, "2023-05": 1, "2023-09": 1,
    }  # fmt: skip
    state = measure_progress(plan, year, "2023-12-31", horizon="2023")
    assert float(state.cell("landmarks").actual) == 2
    assert float(state.cell("landmarks").target) == 7
    # Three years: what 2023 reached lies within them; one is no longer reached, one is new.
    longer = count_landmarks(status, plan, "2024-06-30", "2023-2025")
    assert (longer["value"].sum(), len(longer)) == (2, 18)
    assert longer.loc[longer["value"] > 0, "period"].tolist() == ["2023-09", "2024-05"]


def test_a_day_outside_the_horizon_and_a_plan_without_landmarks(write, plan):
    status = read_landmark_status(write(*ROWS), plan)
    with pytest.raises(ScheduleError):
        count_landmarks(status, plan, "2024-06-30", "2023")
    other = load_plan("dazhou-2019")
    with pytest.raises(ActualsError):
        read_landmark_status(write(ROWS[0]), other)
    empty = read_landmark_status(write(), other)
    assert count_landmarks(empty, other, "2019-03-31", "2019").empty
