"""A state from a ledger, from actuals, from both; and what of it says that data is made up."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from h1224lib import (
    attribute_gap,
    charts,
    count_ledger,
    load_plan,
    measure_progress,
    measure_schedules,
    read_actuals,
    read_ledger,
    read_results,
    wording,
)
from h1224lib.errors import ActualsError
from h1224lib.ledger.demonstration import ACTUALS, LEDGER
from h1224lib.resources import data_folder
from h1224lib.results import gather_results
from h1224lib.tables import lay_out, word_table
from h1224lib.tables import to_text as in_text

DEMO = data_folder() / "demo"
HEADERS = ["项目编号", "项目名称", "区县", "行业", "类别", "总投资（亿元）", "签约日期", "分成比例"]
ROWS = [
    ["001", "甲", "德清县", "文旅", "营收类", "1", "2023-02-01", "0.6"],
    ["001", "甲", "安吉县", "文旅", "营收类", "1", "2023-02-01", "0.4"],
    ["002", "乙", "德清县", "文旅", "营收类", "1", "2024-01-05", ""],
]


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def real(plan, tmp_path_factory):
    """Return a ledger that bears no mark."""
    path = tmp_path_factory.mktemp("real") / "台账.csv"
    lines = [["2024年台账（截至2024年6月30日）"], HEADERS, *ROWS]
    path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    return read_ledger(path, plan)


@pytest.fixture(scope="module")
def demo(plan):
    return read_results(plan, DEMO / LEDGER, DEMO / ACTUALS)


@pytest.fixture(scope="module")
def state(plan, demo):
    return measure_progress(plan, demo, "2024-06-30")


def test_a_ledger_is_counted_by_its_settings_and_shares_exactly(plan, real):
    state = measure_progress(plan, real, "2024-06-30")
    assert [float(state.cell(area=a)["actual"]) for a in ("all", "deqing", "anji")] == [2, 1.6, 0.4]
    assert float(state.cell()["gap"]) == 498
    before = measure_progress(plan, real, "2023-12-31")
    assert float(before.cell()["actual"]) == 1
    late = dict(real.settings.counting_stage, revenue="operating")
    settings = dataclasses.replace(real.settings, counting_stage=late)
    none = measure_progress(plan, dataclasses.replace(real, settings=settings), "2024-06-30")
    assert float(none.cell()["actual"]) == 0


def test_a_flag_that_a_ledger_has_no_column_for_is_unknown_and_not_zero(plan, real, state):
    own = measure_progress(plan, real, "2024-06-30")
    assert pd.isna(own.cell("headquarters")["actual"])
    assert float(state.cell("headquarters")["actual"]) > 0


def test_a_ledger_gives_what_its_count_gives(plan, demo, state):
    count = count_ledger(demo[0], "2024-06-30")
    counted = measure_progress(count.plan, count.actuals, "2024-06-30")
    same = state.table[state.table["measure"].isin(["projects", "headquarters"])]
    other = counted.table[counted.table["measure"].isin(["projects", "headquarters"])]
    pd.testing.assert_frame_equal(same.reset_index(drop=True), other.reset_index(drop=True))


def test_ledger_and_actuals_together_measure_what_neither_does_alone(plan, demo, state):
    alone = measure_progress(plan, demo[0], "2024-06-30")
    assert pd.isna(alone.cell("above_scale")["actual"])
    assert float(state.cell("above_scale")["actual"]) > 0
    assert state.cell().equals(alone.cell())


def test_what_a_ledger_counts_may_not_come_from_actuals_too(plan, real):
    rows = count_ledger(real, "2024-06-30").actuals
    with pytest.raises(ActualsError) as caught:
        measure_progress(plan, [real, rows], "2024-06-30")
    assert "projects: counted" in caught.value.say("en")[0]
    context = rows.assign(comparable="context")
    measured = measure_progress(plan, [real, context], "2024-06-30")
    assert float(measured.cell()["actual"]) == 2
    with pytest.raises(ActualsError):
        gather_results([real, real], plan, "2024-06-30")


def test_a_changed_plan_keeps_its_targets_under_a_ledger(plan, real):
    cell = ("projects", "deqing", "tourism", "revenue", "2023-2025")
    more = plan.replace({cell: 50})
    usual, changed = (measure_progress(p, real, "2024-06-30") for p in (plan, more))
    where = {"area": "deqing", "industry": "tourism", "project_type": "revenue"}
    assert float(changed.cell(**where)["target"]) == 50 != float(usual.cell(**where)["target"])
    assert float(changed.cell(area="deqing")["actual"]) == 1.6


def test_the_counting_rule_stands_beside_every_result_once(plan, real, state):
    for told in (
        state.findings,
        measure_schedules(plan, real, "2024Q2").findings,
        measure_schedules(plan, real, "2024Q2").tell("deqing"),
    ):
        assert [f.kind for f in told].count("ledger_counting_rule") == 1
        assert [f.kind for f in told].count("ledger_counted") == 1
    for lang in wording.LANGUAGES:
        [rule] = state.rules(lang)
        for chart in (charts.bullets(state, lang), gaps_of(state, lang)):
            assert rule.split("；")[0][:20].split(":")[0] in str(chart.to_dict())
    dazhou = load_plan("dazhou-2019")
    measured = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31")
    assert (measured.basis, measured.rules("en")) == ((), [])


def test_rows_with_errors_are_told_beside_results(plan, tmp_path):
    path = tmp_path / "台账.csv"
    lines = [HEADERS, *ROWS, ["003", "丙", "南区", "文旅", "营收类", "1", "2024-01-05", ""]]
    path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    state = measure_progress(plan, read_ledger(path, plan), "2024-06-30")
    severe = [f.kind for f in state.findings if f.severity == "error"]
    assert severe == ["ledger_rows", "ledger_problems"]


def test_a_day_after_the_ledgers_own_is_told(plan, real):
    kinds = [[f.kind for f in measure_progress(plan, real, day).findings]
             for day in ("2024-06-30", "2024-09-30")]  # fmt: skip
    assert ["ledger_ends_early" in told for told in kinds] == [False, True]


def gaps_of(state, lang):
    return charts.gap_bars(attribute_gap(state, ["area"]), lang)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_pictures_of_made_up_results_say_so_inside(plan, real, state, lang):
    mark = {"zh": "合成数据，仅供演示", "en": "synthetic data, for demonstration only"}[lang]
    truth = measure_progress(plan, real, "2024-06-30")
    for draw in (charts.bullets, gaps_of):
        made, honest = (draw(s, lang).to_dict() for s in (state, truth))
        drawn = [row.get("text") for rows in made["datasets"].values() for row in rows]
        assert mark in drawn
        assert made["usermeta"]["h1224"]["mark"] == mark
        assert mark not in str(honest)


def test_tables_of_made_up_results_say_so_in_every_row(plan, real, demo, state):
    parts = attribute_gap(state, ["area"])
    both = measure_schedules(plan, demo, "2024Q2")
    for frame in (state.table, state.level(["area"]), parts.table, both.table, both.part("anji")):
        assert set(frame["data_kind"]) == {"synthetic"}
        assert set(word_table(frame, plan, "zh")["数据性质"]) == {"合成数据，仅供演示"}
        laid = lay_out(frame, plan, "en")
        assert "Data kind: synthetic data, for demonstration only" in laid.about
        assert "synthetic data, for demonstration only" in in_text(laid)
    truth = measure_progress(plan, real, "2024-06-30")
    assert not truth.synthetic
    assert "data_kind" not in truth.table
    assert "data_kind" not in attribute_gap(truth, ["area"]).table


def test_made_up_actuals_alone_are_marked_too(plan):
    state = measure_progress(plan, read_actuals(DEMO / ACTUALS, plan), "2024-06-30")
    assert state.synthetic
    assert [f.kind for f in state.basis] == ["actuals_synthetic"]
    assert set(state.table["data_kind"]) == {"synthetic"}


def test_real_actuals_that_ship_are_not_mixed_with_a_made_up_ledger(plan):
    assert len(read_results(plan, DEMO / LEDGER)) == 1
    assert len(read_results(plan)) == 1


def test_every_target_of_1224_can_be_measured_from_the_demonstration(plan, state):
    whole = state.table[(state.table[["area", "industry", "project_type"]] == "all").all(axis=1)]
    reached = whole.set_index("measure")["actual"]
    assert reached[["projects", "headquarters", "above_scale"]].notna().all()
