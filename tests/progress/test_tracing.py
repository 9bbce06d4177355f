"""Tracing: the rows behind every number sum to it, in whole steps, and say where they stand."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from written_ledgers import read_rows, row

from h1224lib import load_plan, measure_progress, read_actuals, read_ledger
from h1224lib.errors import UnknownDimensionError, UnknownNameError
from h1224lib.resources import data_folder
from h1224lib.steps import step_of, to_steps

DIMENSIONS = ("area", "industry", "project_type")


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def demo(plan):
    folder = data_folder() / "demo"
    ledger = read_ledger(folder / "synthetic-ledger.xlsx", plan)
    actuals = read_actuals(folder / "synthetic-actuals.csv", plan)
    return measure_progress(plan, [ledger, actuals], "2024-06-30")


def check_every_cell(state):
    """Compare each cell's actual with its rows; return how many have rows."""
    held = 0
    for cell in state.table.to_dict("records"):
        codes = {dimension: cell[dimension] for dimension in DIMENSIONS}
        rows = state.trace(cell["measure"], **codes)
        if pd.isna(cell["actual"]):
            assert rows.empty
            continue
        step = step_of(state.plan.measures, cell["measure"])
        told = to_steps(pd.Series([cell["actual"]]), step).item()
        assert to_steps(rows["value"], step).sum() == told, codes
        in_parts = [Fraction(float(v)).limit_denominator(10_000) for v in rows["value"]]
        assert sum(in_parts, Fraction(0)) == told * step
        held += len(rows) > 0
    return held


def test_every_cell_of_the_demonstration(demo):
    assert check_every_cell(demo) > 150


def test_every_cell_of_dazhou():
    plan = load_plan("dazhou-2019")
    assert check_every_cell(measure_progress(plan, read_actuals(None, plan), "2019-03-31")) == 10


def test_a_part_of_which_has_its_rows(demo):
    rows = demo.trace(area="futurecity")
    assert len(rows) == demo.cell(area="futurecity")["actual"] > 0
    assert set(rows["platform"]) == {"futurecity"}
    assert set(rows["area"]) == {"nantaihu"}
    assert set(rows["data_kind"]) == {"synthetic"}


def test_rows_say_where_they_stand(tmp_path, plan):
    rows = [
        row("A1", 区县="湖州南太湖未来城", 总部="是", 行业="商贸"),
        row("A2", 分成比例="60%"),
        row("A2", 区县="安吉", 分成比例="40%"),
        row("A3"),
        row("A3"),
        row("A4", 签约日期="2025-01-01"),
    ]
    ledger = read_rows(tmp_path / "台账.xlsx", plan, rows, 台账日期="2025-12-31")
    state = measure_progress(plan, ledger, "2024-06-30")
    traced = state.trace().set_index(["project_id", "area"])
    assert traced["value"].to_dict() == {
        ("A1", "nantaihu"): 1.0,
        ("A2", "deqing"): 0.6,
        ("A2", "anji"): 0.4,
        ("A3", "deqing"): 1.0,
    }
    assert traced["row"].tolist() == [2, 3, 4, 5]
    assert traced["shared_with"].tolist() == ["", "anji", "deqing", ""]
    assert traced["repeated_in"].tolist() == ["", "", "", "Sheet!6"]
    assert set(traced["counting_stage"]) == {"signed"}
    assert set(traced["file"]) == {"台账.xlsx"}
    # The area named the platform: the reader counts it for the area around it, and says so.
    assert "ledger_area_is_platform: area=湖州南太湖未来城" in traced["readings"].iloc[0]
    assert state.trace(area="futurecity")["project_id"].tolist() == ["A1"]
    assert state.trace("headquarters")["project_id"].tolist() == ["A1"]


def test_of_two_vintages_the_later_and_of_two_periods_the_longer():
    plan = load_plan("dazhou-2019")
    given = read_actuals(None, plan).query("area == 'all'")
    months = [given.assign(period=f"2019-0{m}", value=float(m)) for m in (1, 2, 3)]
    for number, frame in enumerate(months, 1):
        first = pd.Timestamp(2019, number, 1)
        frame["first_day"] = first.date()
        frame["last_day"] = (first + pd.offsets.MonthEnd()).date()
    later = months[1].assign(value=20.0, vintage="2019-05-01")
    state = measure_progress(plan, pd.concat([*months, later], ignore_index=True), "2019-03-31")
    assert state.trace()["value"].tolist() == [1.0, 20.0, 3.0]
    both = pd.concat([*months, later, given], ignore_index=True)
    state = measure_progress(plan, both, "2019-03-31")
    assert state.trace()["period"].tolist() == ["2019Q1"]
    assert state.trace()["value"].sum() == state.cell()["actual"] == 120.5


def test_what_the_plan_does_not_have_is_refused(demo):
    with pytest.raises(UnknownNameError):
        demo.trace(area="nowhere")
    with pytest.raises(UnknownDimensionError):
        demo.trace(planet="earth")
    with pytest.raises(UnknownNameError):
        demo.trace("nothing")


def test_a_cell_without_an_actual_has_no_rows(demo):
    assert pd.isna(demo.cell("major_commerce_projects")["actual"])
    assert demo.trace("major_commerce_projects").empty
