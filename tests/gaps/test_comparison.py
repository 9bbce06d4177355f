"""Comparisons and responsibility: the demonstration's two quarters, a scenario, small plans."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from building import build_plan
from states import LEAVES, make_plan, make_state

from h1224lib import (
    assign_responsibility,
    attribute_gap,
    compare,
    load_plan,
    measure_progress,
    read_actuals,
    read_ledger,
)
from h1224lib.errors import ComparisonError, H1224Error, ScheduleError
from h1224lib.gaps.held import list_held
from h1224lib.resources import data_folder

CELL = ("projects", "deqing", "software", "revenue", "2023-2025")
SHOWN = ["area", "industry", "project_type", "printed", "summed"]


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def quarters(huzhou):
    ledger = read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", huzhou)
    return [measure_progress(huzhou, ledger, day) for day in ("2024-03-31", "2024-06-30")]


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return make_plan(tmp_path_factory.mktemp("plan") / "small")


@pytest.fixture(scope="module")
def state(plan):
    return make_state(plan, dict.fromkeys(LEAVES, 1))


def told(comparison):
    for finding in comparison.findings:
        assert finding.say("zh")
        assert finding.say("en")
    return [finding.kind for finding in comparison.findings]


def test_two_quarters(quarters):
    compared = compare(*quarters)
    assert compared.kind == "periods"
    city = compared.table.query("area == industry == project_type == 'all'")
    city = city[city["measure"] == "projects"].set_index("quantity")
    assert city.loc["actual", ["value_a", "value_b", "difference"]].tolist() == [316, 391, 75]
    assert city.loc["gap", "difference"] == pytest.approx(25 / 3)
    assert city.loc["completion", "difference"] == 0.075
    assert (compared.table["found_in"] == "both").all()
    assert compared.table["data_kind"].eq("synthetic").all()
    kinds = told(compared)
    assert kinds[:2] == ["comparison_periods", "comparison_movers"]
    assert "ledger_synthetic" in kinds
    assert "从 316 到 391" in compared.findings[0].say("zh")
    assert "Wuxing District (+6.33)" in compared.findings[1].say("en")


def test_it_turns_round(quarters):
    there, back = compare(*quarters), compare(*reversed(quarters))
    assert (there.table["difference"].dropna() == -back.table["difference"].dropna()).all()


def test_differences_are_exact(quarters):
    compared = compare(*quarters).quantity("actual").dropna(subset=["difference"])
    # Counts of shared projects are tenths: none of them may end in a binary tail.
    assert (compared["difference"] == compared["difference"].round(6)).all()
    assert (compared["difference"] % 1 != 0).any()


def test_a_scenario(huzhou, quarters):
    ledger = quarters[1].counts[0].ledger
    other = measure_progress(huzhou.replace({CELL: 50}), ledger, "2024-06-30")
    compared = compare(quarters[1], other)
    assert compared.kind == "scenarios"
    changed = compared.changes
    own = changed[changed["quantity"] == "target"]
    assert own[["area", "industry", "difference"]].to_numpy().tolist() == [
        ["deqing", "software", 5]
    ]
    assert changed[changed["quantity"] == "actual"].empty
    assert told(compared)[0] == "comparison_scenarios"
    assert "The plan as printed and the plan as changed" in compared.findings[0].say("en")
    assert "stays at 1000" in compared.findings[0].say("en")
    assert "德清县·软件" in compared.findings[1].say("zh")


def test_two_plans(huzhou):
    compared = compare(huzhou, huzhou.replace({CELL: 50}))
    assert compared.kind == "plans"
    assert compared.changes["difference"].tolist() == [5]
    assert told(compared) == ["comparison_plans", "comparison_movers", "comparison_held"]
    assert told(compare(huzhou, huzhou)) == ["comparison_same"]
    assert compared.lights.empty


def test_what_only_one_has_is_marked(huzhou):
    new = ("projects", "futurecity", "finance", "all", "2023-2025")
    compared = compare(huzhou, huzhou.replace({new: 3}))
    alone = compared.table[compared.table["found_in"] != "both"]
    assert (alone["found_in"] == "b").all()
    assert alone["value_a"].isna().all()
    assert alone["difference"].isna().all()
    assert "comparison_one_sided" in told(compared)
    back = compare(huzhou.replace({new: 3}), huzhou)
    assert set(back.table["found_in"]) == {"a", "both"}
    assert "comparison_one_sided" in told(back)


def test_lights_and_ranks_that_change(plan, state):
    better = make_state(plan, dict.fromkeys(LEAVES, 1) | {("south", "trade", "heavy"): 60})
    compared = compare(state, better)
    lights = compared.lights.query("industry == project_type == 'all'").set_index("area")
    assert lights.loc["south", "light_b"] == "green"
    assert bool(lights.loc["south", "changed"])
    kinds = told(compared)
    assert "comparison_lights" in kinds
    assert "comparison_ranks" in kinds
    assert "South" in compared.findings[kinds.index("comparison_ranks")].say("en")


def test_other_horizons_and_schedules_are_said(plan):
    done = dict.fromkeys(LEAVES, 1)
    a, b = make_state(plan, done), make_state(plan, done, horizon="2023", schedule="days")
    compared = compare(a, b)
    assert set(compared.table["horizon_a"]) == {"2023-2025"}
    assert set(compared.table["horizon_b"]) == {"2023"}
    assert {"comparison_horizons", "comparison_schedules"} <= set(told(compared))


def test_what_is_unknown_stays_unknown(plan, state):
    compared = compare(state, make_state(plan, dict.fromkeys(LEAVES[1:], 1), "2023-09-30"))
    city = compared.table.query("area == industry == project_type == 'all'")
    assert city.set_index("quantity").loc["actual", "difference"] is pd.NA
    assert "增减不明" in compared.findings[0].say("zh")
    assert told(compared)


def test_what_cannot_be_compared_is_refused(huzhou, state):
    dazhou = load_plan("dazhou-2019")
    units = huzhou.measures["unit"].mask(huzhou.measures.index == "projects", "万个")
    other = dataclasses.replace(huzhou, measures=huzhou.measures.assign(unit=units))
    for a, b, key in (
        (huzhou, dazhou, "compare_measures"),
        (huzhou, other, "measure_differs"),
        (huzhou, state, "not_alike"),
        (state, None, "not_alike"),
    ):
        with pytest.raises(ComparisonError) as refused:
            compare(a, b)
        assert isinstance(refused.value, H1224Error)
        assert refused.value.key == key
        assert refused.value.say("zh")[0] != refused.value.say("en")[0]
    assert "万个" in str(refused.value) or key == "not_alike"


def test_responsibility_on_paper():
    dazhou = load_plan("dazhou-2019")
    state = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31")
    whose = assign_responsibility(state)
    # Kaijiang: 22.3 in the year, 3.5 done; half is 11.15; 18.8 over three quarters is 6.2667.
    row = whose.table.set_index("area").loc["kaijiang"]
    assert row[["target", "actual", "gap"]].tolist() == [22.3, 3.5, 2.075]
    assert row[["scheduled_next", "needed_next", "needed_even"]].tolist() == [11.15, 7.7, 6.3]
    assert (whose.next_period, whose.periods_left) == ("2019Q2", 3)
    assert whose.table["shortfall"].is_monotonic_decreasing
    # The whole: half of 600.1 is 300.05, less 120.5; 479.6 over three quarters is 159.8667.
    paces = whose.findings[1].numbers
    assert (paces["whole_needed_next"], paces["whole_needed_even"]) == (179.6, 159.9)
    # One by one and each rounded up to tenths, the nine add up to a little more.
    assert (paces["needed_next"], paces["needed_even"]) == (179.8, 160.1)
    assert "达州市合起来算须 159.9" in whose.findings[1].say("zh")


def test_responsibility_of_areas_and_departments(quarters):
    state = quarters[1]
    whose = assign_responsibility(state)
    first = whose.table.iloc[0]
    assert (first["area"], first["department"]) == ("municipal", "commerce_bureau")
    assert first["area_body"] == "city_group;transport_group;industry_group"
    # Every area and department with a target, whether it falls short or not.
    cells = state.level(("area", "industry"))
    cells = cells[cells["target"] > 0]
    assert whose.table["target"].sum() == cells["target"].sum() == 1000
    assert (len(whose.table), len(whose.short)) == (46, 34)
    assert whose.table["gap"].iloc[34:].le(0).all()
    # 7/12 of 1000 is 583.33, less 391 is 192.33; 609 over six quarters is 101.5.
    paces = whose.findings[1].numbers
    assert (paces["whole_needed_next"], paces["whole_needed_even"]) == (193, 102)
    assert paces["needed_even"] == whose.table["needed_even"].sum()
    # 65 in all, half by now, 7/12 of it by the end of the next quarter: 37.9167 - 5.6.
    assert (first["gap"], first["needed_next"], first["needed_even"]) == (26.9, 33, 10)
    assert float(whose.table["shortfall"].sum()) == pytest.approx(
        float(state.shortfalls().set_index("by").loc[[("area", "industry")], "shortfall"].iloc[0])
    )
    assert (whose.table[["needed_next", "needed_even"]] % 1 == 0).all(axis=None)
    kinds = [finding.kind for finding in whose.findings]
    assert kinds == ["responsibility", "responsibility_paces", "responsibility_inferred"]
    phased = assign_responsibility(state, "phased")
    assert (phased.table["scheduled_next"] % 1 == 0).all()


def test_industries_of_one_department_are_summed_but_lend_nothing(plan):
    industries = plan.industries.assign(department="bureau", department_inferred="")
    both = dataclasses.replace(plan, industries=industries)
    done = dict.fromkeys(LEAVES, 1) | {("east", "tours", "heavy"): 30}
    row = assign_responsibility(make_state(both, done)).table.set_index("area").loc["east"]
    # East: 21 in trade, of which 3.5 are due and 2 done; 33 in tours, 5.5 due and 31 done.
    assert row["industries"] == "trade;tours"
    assert (row["gap"], row["shortfall"]) == (-24, 1.5)
    assert (row["needed_next"], row["needed_even"]) == (4, 3)


def test_an_industry_without_a_result_is_named_and_no_zero(plan):
    industries = plan.industries.assign(department="bureau", department_inferred="")
    both = dataclasses.replace(plan, industries=industries)
    done = dict.fromkeys(LEAVES, 1) | {("east", "tours", "heavy"): None}
    whose = assign_responsibility(make_state(both, done))
    row = whose.table.set_index("area").loc["east"]
    assert row["unknown"] == "tours"
    assert (row["target"], row["actual"], row["gap"]) == (54, 2, 1.5)
    assert "responsibility_unknown" in [finding.kind for finding in whose.findings]


def test_months_and_the_last_day(plan):
    done = dict.fromkeys(LEAVES, 1)
    month = assign_responsibility(make_state(plan, done, "2023-05-31"))
    assert (month.next_period, month.periods_left) == ("2023-06", 31)
    last = assign_responsibility(make_state(plan, done, "2025-12-31"))
    assert (last.next_period, last.periods_left) == ("", 0)
    assert last.table[["needed_next", "needed_even"]].isna().all(axis=None)
    assert last.table["shortfall"].notna().all()
    for whose in (month, last):
        for finding in whose.findings:
            assert finding.say("zh")
            assert finding.say("en")


def test_a_schedule_that_does_not_reach_so_far_is_said(plan):
    done = dict.fromkeys(LEAVES, 1)
    own = make_state(plan, done, schedule={"2023-06-30": 0.5, "2023-09-30": 0.75})
    unknown = assign_responsibility(own)
    assert unknown.why == "responsibility_own_schedule"
    assert unknown.table["needed_next"].isna().all()
    assert unknown.table["needed_even"].notna().all()
    known = assign_responsibility(own, {"2023-06-30": 0.5, "2023-09-30": 0.75})
    assert (known.table["scheduled_next"] == known.table["target"] * 0.75).all()
    dazhou = load_plan("dazhou-2019")
    state = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31", schedule="printed")
    printed = assign_responsibility(state)
    assert printed.why == "responsibility_not_printed"
    for whose in (unknown, known, printed):
        for finding in whose.findings:
            assert finding.say("zh")
            assert finding.say("en")
    with pytest.raises(ScheduleError):
        assign_responsibility(own, "weekly")
    with pytest.raises(ScheduleError):
        assign_responsibility(own, pd.DataFrame({"scheduled": [1]}))


def test_nobody_behind_and_no_data(plan):
    ahead = assign_responsibility(make_state(plan, dict.fromkeys(LEAVES, 90)))
    # Every office has its row, the one that is least ahead first, and needs nothing.
    assert len(ahead.table) == 6
    assert ahead.short.empty
    assert ahead.table["gap"].is_monotonic_decreasing
    assert (ahead.table[["needed_next", "needed_even"]] == 0).all(axis=None)
    assert [f.kind for f in ahead.findings] == ["responsibility_none", "responsibility_paces"]
    dazhou = load_plan("dazhou-2019")
    state = measure_progress(dazhou, read_actuals(None, dazhou), "2019-06-30")
    assert [f.kind for f in assign_responsibility(state).findings] == ["responsibility_no_data"]


def test_a_printed_total_that_is_held_is_named(huzhou):
    # 45 to 50: the city's 1000 stays printed, and its leaves add up to 1005.
    held = list_held(huzhou, huzhou.replace({CELL: 50}))
    found = {tuple(row[:3]): tuple(row[3:]) for row in held[SHOWN].itertuples(index=False)}
    assert found[("all", "all", "all")] == (1000, 1005)
    assert found[("deqing", "all", "all")] == (171, 176)
    assert len(found) == 7
    assert list_held(huzhou.replace({CELL: 50}), huzhou).equals(held)
    told_of = compare(huzhou, huzhou.replace({CELL: 50})).findings[-1]
    assert "Huzhou is 1000, its parts sum to 1005" in told_of.say("en")
    assert "7 个合计保持原数" in told_of.say("zh")


def test_totals_that_are_changed_with_their_parts_or_not_printed_are_not_held(huzhou):
    above = [("all", "all", "all"), ("deqing", "all", "all"), ("all", "software", "all")]
    above += [("all", "all", "revenue"), ("deqing", "software", "all")]
    above += [("deqing", "all", "revenue"), ("all", "software", "revenue")]
    cells = huzhou.cells.set_index(["measure", "area", "industry", "project_type", "horizon"])
    keys = [("projects", *cell, "2023-2025") for cell in above]
    raised = {key: int(cells.at[key, "value"]) + 5 for key in keys}
    both = huzhou.replace({CELL: 50} | raised)
    assert list_held(huzhou, both).empty
    assert "comparison_held" not in told(compare(huzhou, both))
    # What one target gains and another of the same total loses, no total holds back.
    other = ("projects", "anji", "software", "revenue", "2023-2025")
    moved = huzhou.replace({CELL: 50, other: int(cells.at[other, "value"]) - 5})
    held = list_held(huzhou, moved)
    assert set(held["area"]) == {"deqing", "anji"}
    assert list_held(huzhou, load_plan("dazhou-2019")).empty


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """A plan of one target: a third of 300 a year is 100, 25 a quarter."""
    leaves = {("east", "trade", "heavy"): (100, 300)}
    return build_plan(leaves, tmp_path_factory.mktemp("plan") / "year")


@pytest.mark.parametrize(
    ("first", "second", "en", "zh"),
    [
        (5, 10, "the gap of 20 widened to 40", "差距从 20 到 40（扩大 20）"),
        (5, 40, "the gap of 20 narrowed to 10", "差距从 20 到 10（缩小 10）"),
        (5, 30, "the gap of 20 stayed at 20", "差距从 20 到 20（不变）"),
        (55, 65, "the lead of 30 fell to 15", "超前量从 30 到 15（减少 15）"),
        (55, 90, "the lead of 30 grew to 40", "超前量从 30 到 40（增加 10）"),
        (5, 60, "the gap of 20 became a lead of 10", "从落后 20 变为超前 10"),
        (55, 40, "the lead of 30 became a gap of 10", "从超前 30 变为落后 10"),
    ],
)
def test_a_surplus_is_a_lead(year, first, second, en, zh):
    leaf = ("east", "trade", "heavy")
    sides = [
        make_state(year, {leaf: value}, day, horizon="2023")
        for value, day in ((first, "2023-03-31"), (second, "2023-06-30"))
    ]
    told_of = compare(*sides).findings[0]
    assert en in told_of.say("en")
    assert zh in told_of.say("zh")


def test_other_rules_of_lights_are_said_and_their_lights_not_compared(year):
    done = {("east", "trade", "heavy"): 20}
    sides = [make_state(year, done, lights=rule) for rule in ("points30", "quarterly")]
    compared = compare(*sides)
    assert compared.lights["changed"].any()
    assert told(compared) == ["comparison_same", "comparison_rules"]
    assert "by quarter" in compared.findings[1].say("en")
    assert "comparison_rules" not in told(compare(sides[0], sides[0]))


def test_other_rules_of_counting_are_said(huzhou, quarters):
    ledger = quarters[1].counts[0].ledger
    settings = dataclasses.replace(ledger.settings, count_withdrawn=True)
    other = dataclasses.replace(ledger, settings=settings)
    state = measure_progress(huzhou, other, "2024-06-30")
    compared = compare(quarters[1], state)
    [warned] = [f for f in compared.findings if f.kind == "comparison_counting"]
    assert "stop counting on the day of withdrawal" in warned.say("en")
    assert "照计" in warned.say("zh")
    assert "comparison_counting" not in told(compare(*quarters))


def test_two_without_results_have_nothing_to_differ_in(year):
    none = make_state(year, {("east", "trade", "heavy"): 1}, "2023-02-28")
    sides = [measure_progress(year, none.actuals, day) for day in ("2023-06-30", "2023-09-30")]
    same = compare(sides[0], sides[0])
    assert "neither has a comparable result" in same.findings[0].say("en")
    assert "都没有可比的完成数" in same.findings[0].say("zh")
    assert "neither has a comparable result" in compare(*sides).findings[0].say("en")


def test_offices_on_schedule_have_their_pace_and_sums_are_of_all(year, tmp_path):
    # 160 and 40 in the year; 23 and 10 by the end of March, when 40 and 10 were due.
    leaves = {("east", "trade", "heavy"): (160, 480), ("west", "trade", "heavy"): (40, 120)}
    two = build_plan(leaves, tmp_path / "two")
    done = dict(zip(leaves, (23, 10), strict=True))
    whose = assign_responsibility(make_state(two, done, "2023-03-31", horizon="2023"))
    rows = whose.table.set_index("area")[["gap", "shortfall", "needed_next", "needed_even"]]
    # East: 80 - 23, 137 / 3 = 45.67; West: 20 - 10, 30 / 3.
    assert rows.loc["east"].tolist() == [17, 17, 57, 46]
    assert rows.loc["west"].tolist() == [0, 0, 10, 10]
    paces = whose.findings[1]
    assert (paces.numbers["needed_next"], paces.numbers["needed_even"]) == (67, 56)
    assert "2 个责任单位该期合计须再完成 67 个" in paces.say("zh")
    assert "56 in each of the 3 periods left" in paces.say("en")
    alone = whose.part("west")
    assert (alone.findings[0].kind, alone.findings[1].numbers["needed_next"]) == (
        "responsibility_none",
        10,
    )


@pytest.mark.parametrize("day", ["2024-05-15", "2024-05-31", "2024-06-30"])
def test_what_is_next_lies_on_the_grid_of_the_state(huzhou, quarters, day):
    state = measure_progress(huzhou, quarters[1].counts[0].ledger, day)
    whose = assign_responsibility(state)
    # One period more: the next quarter's 1/12 of three years, the next month's 1/36.
    size = 36 if day == "2024-05-31" else 12
    more = whose.table["scheduled_next"].sum() - whose.table["scheduled"].sum()
    assert more == pytest.approx(1000 / size)
    wanted = {"2024-05-15": ("2024Q2", 7), "2024-05-31": ("2024-06", 19)}
    assert (whose.next_period, whose.periods_left) == wanted.get(day, ("2024Q3", 6))


def test_a_last_period_that_has_begun_is_told_in_days(year):
    done = {("east", "trade", "heavy"): 60}
    whole = assign_responsibility(make_state(year, done, "2023-09-30", horizon="2023"))
    assert (whole.periods_left, whole.days) == (1, None)
    begun = assign_responsibility(make_state(year, done, "2023-12-28", horizon="2023"))
    # 100 in the year: 40 more in the three days from the 29th to the 31st.
    assert (begun.periods_left, begun.days) == (1, 3)
    assert "40 in the 3 days left" in begun.findings[1].say("en")
    assert "余下的 3 天" in begun.findings[1].say("zh")
    assert "in each of the 1 period left" in whole.findings[1].say("en")


def test_a_ceiling_has_a_gap_and_needs_nothing(year):
    down = year.measures.assign(direction="down")
    plan = dataclasses.replace(year, measures=down)
    state = make_state(plan, {("east", "trade", "heavy"): 60}, "2023-06-30", horizon="2023")
    # 50 allowed by the end of June.
    assert attribute_gap(state, ["area"]).gap == 10
    whose = assign_responsibility(state)
    row = whose.table.iloc[0]
    assert (row["gap"], row["shortfall"]) == (10, 10)
    assert whose.table[["needed_next", "needed_even"]].isna().all(axis=None)
    assert [f.kind for f in whose.findings] == ["responsibility_ceiling"]
