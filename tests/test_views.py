"""Views: what the notebooks of a quarter show, worked out on plans made up here and on Dazhou's."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from h1224lib import forecast, load_plan, measure_progress, read_actuals, read_ledger, views
from h1224lib.errors import ScheduleError, UnknownNameError
from h1224lib.landmark_status import read_landmark_status
from h1224lib.progress import State
from h1224lib.progress.opening import open_states
from h1224lib.resources import data_folder
from h1224lib.results import read_results
from h1224lib.schedules import measure_schedules
from h1224lib.tables import word_table

DEMO = data_folder() / "demo"


@pytest.fixture(scope="module")
def dazhou() -> State:
    plan = load_plan("dazhou-2019")
    return measure_progress(plan, read_actuals(None, plan), "2019-03-31")


@pytest.fixture(scope="module")
def demo() -> tuple[list[object], State]:
    plan = load_plan()
    given = read_results(plan, DEMO / "synthetic-ledger.xlsx", DEMO / "synthetic-actuals.csv")
    before = read_ledger(DEMO / "synthetic-ledger-2024Q1.xlsx", plan)
    state = measure_progress(plan, given, "2024-06-30", period="2024Q2", previous=before)
    return list(given), state


def change(state: State, **values: object) -> State:
    """Return Dazhou's state with other numbers in the city's row."""
    import dataclasses

    table = state.table.copy()
    city = table.index[(table["area"] == "all") & (table["measure"] == state.measure)]
    for name, value in values.items():
        table[name] = table[name].astype(object)
        table.loc[city, name] = value
    return dataclasses.replace(state, table=table)


# -- opening sentences -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "severity", "words"),
    [
        ({"gap": 2.0}, "opening_behind", "warning", "behind the schedule by equal quarters"),
        ({"gap": -2.0}, "opening_ahead", "note", "ahead of the schedule by equal quarters"),
        ({"gap": 0.0}, "opening_even", "note", "exactly on the schedule by equal quarters"),
        ({"gap": pd.NA}, "opening_no_schedule", "note", "no schedule expects an amount"),
        ({"actual": pd.NA, "gap": pd.NA}, "opening_no_data", "note", "no comparable result"),
        ({"target": pd.NA, "gap": pd.NA}, "opening_no_target", "note", "gives it no target"),
        (
            {"target": pd.NA, "actual": pd.NA, "gap": pd.NA},
            "opening_neither",
            "note",
            "neither a target nor",
        ),
    ],
)
def test_an_opening_is_true_in_every_case(
    dazhou: State, values: dict[str, object], kind: str, severity: str, words: str
) -> None:
    told = open_states([change(dazhou, **values)])
    assert (told.kind, told.severity) == (kind, severity)
    assert words in told.say("en")
    assert "达州市" in told.say("zh")


def test_schedules_that_disagree_are_both_said(dazhou: State) -> None:
    both = measure_schedules(dazhou.plan, read_actuals(None, dazhou.plan), "2019Q1")
    told = both.open()
    # 120.5 of 600.1: a quarter is 150.025; the plan itself prints 110.5 for the quarter.
    assert told.say("en") == (
        "By 2019-03-31, Dazhou has reached 120.5 of 600.1 (CNY 100 million), 20.1 %: behind the "
        "schedule by equal quarters (by 29.53), yet ahead of the printed plan for the period "
        "(by 10.00); which it is depends on what it is held against."
    )
    assert both.open(area="kaijiang").kind == "opening_behind"
    assert (
        both.open(area="kaijiang")
        .say("zh")
        .endswith("落后于时序进度 2.08 亿元、印发的当期计划 1.80 亿元。")
    )


def test_a_schedule_asked_for_comes_first(dazhou: State) -> None:
    done = read_actuals(None, dazhou.plan)
    both = measure_schedules(dazhou.plan, done, "2019Q1", first="days", lights="half")
    assert list(both.states) == ["days", "quarters", "printed"]
    assert (both.main.schedule, both.main.lights) == ("days", "half")


def test_missing_areas_are_named_and_a_cell_that_there_is_not_has_neither(dazhou: State) -> None:
    plan = dazhou.plan
    done = read_actuals(None, plan)
    lacking = done[~done["area"].isin(["all", "kaijiang"])]
    told = open_states([measure_progress(plan, lacking, "2019-03-31")])
    assert told.kind == "opening_no_data"
    assert "Kaijiang" in told.say("en")
    with pytest.raises(UnknownNameError):
        open_states([dazhou], area="moon")


# -- the quarter -------------------------------------------------------------------------------


def test_standing_orders_by_rank_and_names_lights(dazhou: State) -> None:
    view = views.list_standing(dazhou)
    assert view.table["rank"].dropna().tolist() == sorted(view.table["rank"].dropna())
    [told] = view.findings
    assert sum(map(len, told.numbers["lit"])) == 9
    assert "Wanyuan" in told.say("en")


def test_unknown_results_leave_no_table_and_a_reason(dazhou: State) -> None:
    plan = dazhou.plan
    none = measure_progress(plan, read_actuals(None, plan).iloc[:0], "2019-03-31")
    seen = {
        "standing": views.list_standing(none),
        "changes": views.list_changes(none),
        "shortfalls": views.list_shortfalls(none),
        "unplanned": views.list_unplanned(none),
        "movements": views.list_movements(none),
        "trace": views.trace_largest(none),
        "rows": views.trace_rows(none, area="kaijiang"),
        "parts": views.split_gap(none, ["area"]),
        "duties": views.list_duties(none, area="kaijiang"),
        "mix": views.explain_completion(none, ["area"]),
        "target": views.change_target(plan, read_actuals(None, plan), none, industry=None),
    }
    shown = {name: (view.table.empty, len(view.findings) > 0) for name, view in seen.items()}
    assert shown.pop("target") == (False, True)
    assert set(shown.values()) == {(True, True)}


def test_changes_leave_out_what_is_not_known(dazhou: State) -> None:
    view = views.list_changes(dazhou)
    assert [c for c in view.table if c.startswith(("new", "change"))] == ["new"]
    assert "no comparable result of the period before" in view.findings[0].say("en")


def test_shortfall_grows_with_the_level(demo: tuple[list[object], State]) -> None:
    table = views.list_shortfalls(demo[1]).table
    assert table["shortfall"].iloc[0] == table["shortfall"].min()
    assert table["shortfall"].iloc[-1] == table["shortfall"].max()
    worded = word_table(table, demo[1].plan, "en")["Level"].tolist()
    assert worded[0] == "the whole"
    assert worded[-1] == "area, industry and type"


def test_movements_add_up_to_the_actual(demo: tuple[list[object], State]) -> None:
    view = views.list_movements(demo[1])
    city = view.table.iloc[0]
    before = float(demo[1].previous.counted["credit_share"].sum())  # type: ignore[union-attr]
    assert city.actual == before + city.entered - city.gone + city.corrected
    assert view.findings[0].kind == "movements"


def test_the_rows_behind_a_number_add_up_to_it(demo: tuple[list[object], State]) -> None:
    view = views.trace_largest(demo[1])
    assert "project_id" in view.table
    told = view.findings[0]
    assert told.numbers["rows"] == len(view.table)
    assert view.table["value"].sum() == pytest.approx(told.numbers["actual"], abs=1e-9)


# -- one area, one industry --------------------------------------------------------------------


def test_a_plan_without_a_dimension_says_so(dazhou: State) -> None:
    for view in (
        views.list_cells(dazhou, ["industry"], area="kaijiang"),
        views.split_gap(dazhou, ["industry"], area="kaijiang"),
        views.explain_completion(dazhou, ["industry"], area="kaijiang"),
        views.lay_card(dazhou, "all")["card"],
        views.list_chances(forecast(dazhou), by="area", industry="all"),
    ):
        assert view.table.empty
        assert view.findings[0].kind in ("view_lacks_dimension", "chances_none")


def test_mix_and_rate_add_up_in_points(demo: tuple[list[object], State]) -> None:
    state = demo[1]
    table = views.explain_completion(state, ["industry"], area="deqing").table
    whole, own = state.cell()["completion"], state.cell(area="deqing")["completion"]
    assert table["effect_pp"].sum() == pytest.approx(100 * float(own - whole))


def test_an_area_inside_another_has_no_parts_of_its_own(demo: tuple[list[object], State]) -> None:
    given, state = demo
    inner = {"area": "futurecity"}
    before = views.measure_before(state.plan, given, state)
    for view, kind in (
        (views.list_cells(state, ["industry"], **inner), "cells_none"),
        (views.split_gap(state, ["industry"], **inner), "cells_none"),
        (views.explain_completion(state, ["industry"], **inner), "completion_no_cells"),
        (views.list_shifts(before, state, "futurecity"), "shift_unknown"),
        (views.list_duties(state, **inner), "duties_inside"),
    ):
        assert view.table.empty
        assert view.findings[0].kind == kind


def test_shifts_of_an_area_add_up_to_its_change(demo: tuple[list[object], State]) -> None:
    given, state = demo
    before = views.measure_before(state.plan, given, state)
    assert before is not None
    assert before.as_of == dt.date(2024, 3, 31)
    row = views.list_shifts(before, state, "anji").table.iloc[0]
    assert row.area == "anji"
    assert row.national + row.industry_mix + row.competitive == pytest.approx(row.change)


def test_the_first_period_has_none_before_it(dazhou: State) -> None:
    assert views.measure_before(dazhou.plan, read_actuals(None, dazhou.plan), dazhou) is None
    assert views.list_shifts(None, dazhou, "kaijiang").findings[0].kind == "shift_one_period"


def test_duties_are_those_of_the_area(demo: tuple[list[object], State]) -> None:
    whose = views.list_duties(demo[1], area="anji")
    assert set(whose.table["area"]) == {"anji"}
    # Five of its seven departments fall short; all seven have a pace.
    assert (len(whose.table), whose.findings[0].numbers["rows"]) == (7, 5)
    assert whose.findings[1].numbers["offices"] == 7
    assert "安吉县合起来算须" in whose.findings[1].say("zh")


def test_a_card_has_every_part(demo: tuple[list[object], State]) -> None:
    given, state = demo
    card = views.lay_card(state, "commerce", given)
    assert list(card) == ["card", *(f"card-{part}" for part in views.industries.PARTS)]
    assert card["card"].table.empty
    assert "card_landmarks_no_status" in {f.kind for f in card["card"].findings}
    status = read_landmark_status(DEMO / "synthetic-landmark-status.csv", state.plan)
    card = views.lay_card(state, "commerce", [*given, status])
    assert card["card-landmarks"].table["landmark_status"].notna().any()
    assert card["card-counts"].table["project_type"].tolist() == ["all", "fixed_asset", "revenue"]


# -- projects, chances -------------------------------------------------------------------------


def test_projects_without_a_ledger_are_said_once(dazhou: State) -> None:
    found = views.describe_projects(dazhou, "sizes", "regions")
    assert {name: len(view.findings) for name, view in found.items()} == {"sizes": 1}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_matrix_of_investors_counts_every_project(
    demo: tuple[list[object], State], lang: str
) -> None:
    table = views.describe_projects(demo[1], "investors", lang=lang)["investors"].table
    kinds = list(table.columns[2 : table.columns.get_loc("projects")])
    assert len(kinds) >= 4
    assert table["projects"].sum() == pytest.approx(float(demo[1].cell()["actual"]))
    assert table[kinds].sum(axis=1).tolist() == pytest.approx(table["projects"].tolist())


def test_chances_go_from_the_whole_to_industries_and_are_worded(
    demo: tuple[list[object], State],
) -> None:
    odds = forecast(demo[1])
    view = views.list_chances(odds)
    assert view.table.iloc[0][["area", "industry"]].tolist() == ["all", "all"]
    industries = (view.table["industry"] != "all").tolist()
    assert industries == sorted(industries)
    words = word_table(view.table, demo[1].plan, "en")["Chance"]
    assert set(words) <= {f"about {n} %" for n in range(0, 101, 5)} | {"under 5 %", "over 95 %"}
    assert len(views.list_worst_coverage(odds).table)


# -- what if -----------------------------------------------------------------------------------


def test_another_target_moves_the_totals_above_it(demo: tuple[list[object], State]) -> None:
    given, state = demo
    cell = {"area": "deqing", "industry": "software", "project_type": "revenue"}
    view = views.change_target(state.plan, given, state, 50.0, **cell)
    table = view.table.set_index(["area", "industry", "project_type"])
    # 45 as printed, and so 5 more in it, in Deqing, in software and in the whole.
    assert table.loc[("deqing", "software", "revenue"), ["target_a", "target_b"]].tolist() == [
        45,
        50,
    ]
    assert (table["target_b"] - table["target_a"]).unique().tolist() == [5.0]
    assert table.loc[("all", "all", "all"), "target_b"] == 1005
    # Half of the time has passed.
    assert table["gap_change"].unique().tolist() == [2.5]


def test_the_target_that_nobody_names_is_the_largest_gap(dazhou: State) -> None:
    done = read_actuals(None, dazhou.plan)
    view = views.change_target(dazhou.plan, done, dazhou)
    assert view.table["area"].tolist() == ["all", "citylevel"]
    assert view.table["target_b"].tolist() == [619.1, 208.8]
    none = views.change_target(dazhou.plan, done, dazhou, industry="all", area="all")
    assert none.table["area"].tolist()[0] == "all"


def test_another_schedule(dazhou: State) -> None:
    done = read_actuals(None, dazhou.plan)
    view = views.change_schedule(dazhou.plan, done, dazhou, "printed")
    assert view.table.iloc[0][["gap_a", "gap_b"]].tolist() == [29.525, -10.0]
    assert view.findings[0].kind == "scenario_schedule"


def test_a_schedule_that_is_not_printed_is_said(demo: tuple[list[object], State]) -> None:
    view = views.change_schedule(demo[1].plan, demo[0], demo[1], "printed")
    assert view.table.empty
    assert view.findings[0].kind == "schedule_not_printed"


def test_another_stage(demo: tuple[list[object], State], dazhou: State) -> None:
    given, state = demo
    table = views.change_stage(state.plan, given, state, "landed").table
    # Landed or registered: 46 + 296 by the funnel of the same ledger.
    stages = views.describe_projects(state, "stages")["stages"].table
    second = stages[stages["stage"].isin(["landed", "registered"])]["projects"].sum()
    assert table.iloc[0]["actual_b"] == second
    real = views.change_stage(dazhou.plan, read_actuals(None, dazhou.plan), dazhou, "landed")
    assert real.table.empty
    assert real.findings[0].kind == "scenario_no_ledger"
    with pytest.raises(ScheduleError, match="moon"):
        views.change_stage(state.plan, given, state, "moon")


def test_a_card_marks_results_and_not_the_targets_of_the_plan(
    demo: tuple[list[object], State],
) -> None:
    given, state = demo
    card = views.lay_card(state, "commerce", given)
    indicators = card["card-indicators"].table
    assert indicators["actual"].isna().all()
    assert "data_kind" not in indicators
    assert (card["card-counts"].table["data_kind"] == "synthetic").all()


def test_a_card_leaves_out_types_that_repeat_the_whole_and_says_what_is_missing(
    demo: tuple[list[object], State],
) -> None:
    given, state = demo
    table = views.lay_card(state, "commerce", given)["card-besides"].table
    assert table["measure"].is_unique
    assert (table.loc[table["actual"].isna(), "why"] == "no_result").all()
    assert table["actual"].isna().any()


def test_a_target_too_small_for_a_completion_has_none_to_explain(
    demo: tuple[list[object], State],
) -> None:
    view = views.explain_completion(demo[1], ["industry"], area="changhe")
    assert view.table.empty
    assert view.findings[0].kind == "completion_small_base"
    assert "Changhe" in view.findings[0].say("en")


def test_an_area_inside_another_is_said_to_be_part_of_it(demo: tuple[list[object], State]) -> None:
    given, state = demo
    table = measure_schedules(state.plan, given, "2024Q2").table.set_index("area")  # type: ignore[arg-type]
    assert "Nantaihu" in table.at["futurecity", "note"]
    assert set(table["note"].drop("futurecity")) == {""}
    dazhou = load_plan("dazhou-2019")
    assert "note" not in measure_schedules(dazhou, read_actuals(None, dazhou), "2019Q1").table
