"""A third plan, written from docs/plan-format.md alone; its numbers were worked out on paper.

City = North (Jia + Yi) + South (Bing with its park + Ding + Wu), in 万元 by quarters. The text and
annexes 1 to 3 leave Wu out; annex 4 (effective 2026-07-01) gives it 2000, of which 500 in each of
the last two quarters.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from frictionless import Package

from h1224lib import attribute_gap, charts, load_plan, measure_progress, read_actuals, reconcile
from h1224lib.allocation import main_measure
from h1224lib.cli import cli
from h1224lib.errors import ScheduleError
from h1224lib.hierarchy import add_totals, complete_targets, roll_up
from h1224lib.plan import check_folder
from h1224lib.usage import Session

FOLDER = Path(__file__).parents[1] / "plans" / "yunze-2026"
BEFORE = "2026-06-30"

# kind, status -> how many, with the amendment and before it.
STATUSES = {
    ("sum", "holds"): (15, 12),
    ("sum", "holds_within_rounding"): (1, 1),
    ("sum", "unallocated"): (3, 6),
    ("sum", "untestable"): (1, 1),
    ("part_within_whole", "holds"): (7, 7),
    ("sum_over_time", "holds"): (5, 5),
    # Where not all four quarters are printed, those that are lie within the year.
    ("year_within_cumulative", "holds"): (4, 3),
    ("sum_over_time", "holds_within_rounding"): (2, 2),
    ("restatement", "holds"): (1, 1),
    ("ratio", "holds"): (3, 3),
    ("ratio", "holds_within_rounding"): (1, 1),
}

# area, period, value: the park's is within Bing's; Wu has reported nothing.
REPORTED = [
    ("jia", "2026Q1", 1000), ("jia", "2026Q2", 2000),
    ("yi", "2026Q1", 800), ("yi", "2026Q2", 800),
    ("bing", "2026Q1", 1600), ("bing", "2026Q2", 2000),
    ("bing_park", "2026Q1", 400), ("bing_park", "2026Q2", 500),
    ("ding", "2026Q1", 600), ("ding", "2026Q2", 400),
]  # fmt: skip


@pytest.fixture(scope="module")
def plan():
    return load_plan(FOLDER)


@pytest.fixture(scope="module")
def before():
    return load_plan(FOLDER, as_of=BEFORE)


@pytest.fixture
def actuals(plan, tmp_path):
    rows = [
        {"measure": "investment", "area": area, "project_type": "all", "period": period}
        | {"value": value, "unit": "万元", "status": "preliminary", "comparable": "yes"}
        | {"confidence": "high", "source": "made up"}
        for area, period, value in REPORTED
    ]
    path = tmp_path / "actuals.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return read_actuals(path, plan)


def value(frame, measure, area, horizon, project_type="all"):
    """Return one cell; None for a dash, and an error unless it stands there once."""
    rows = frame.query(
        "measure == @measure and area == @area and horizon == @horizon"
        " and project_type == @project_type and industry == 'all'"
    )
    found = rows["value"].item()
    return None if pd.isna(found) else float(found)


def test_it_is_sound_and_says_that_it_is_made_up(plan):
    assert check_folder(FOLDER) == []
    assert "虚构，仅供测试" in plan.title("zh")
    assert plan.dimensions == ("area", "project_type")
    assert (len(plan.figures), plan.name) == (75, "yunze-2026")


def test_it_is_a_data_package():
    report = Package(str(FOLDER / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


def test_every_status_is_as_worked_out(plan, before):
    for which, loaded in enumerate((plan, before)):
        report = reconcile(loaded)
        found = report.checks.value_counts(["kind", "status"]).to_dict()
        assert found == {key: counts[which] for key, counts in STATUSES.items()}
        assert report.passed


def test_the_rest_of_the_south_is_left_to_wu(before):
    report = reconcile(before)
    left = report.checks.query("status == 'unallocated' and measure == 'investment'")
    assert sorted(left["residual"]) == [-2000, -500, -500, -500, -500]
    told = [finding.say("en") for finding in report.findings if finding.kind == "unallocated"]
    assert sum("Wu County" in sentence for sentence in told) == len(told) == 6


def test_rounding_takes_what_it_may_and_no_more(plan):
    checks = reconcile(plan).checks.query("status == 'holds_within_rounding'")
    sums = checks[checks["kind"] != "ratio"]
    # 1000 + 1300 against 2400; quarters of North 9100 against 9000, of the city 19100: 19000.
    assert sorted(sums["residual"]) == [-100, 100, 100]
    figures = plan.figures.copy()
    wrong = figures["figure_id"] == "annex1.investment.north.2026Q4"
    figures.loc[wrong, "value"] = 2700  # 400 from its parts; half a step of three numbers is 150
    report = reconcile(dataclasses.replace(plan, figures=figures))
    assert not report.passed
    failed = report.checks.query("status == 'fails'")
    assert sorted(failed["kind"]) == ["sum", "sum", "sum_over_time"]


def test_totals_are_printed_before_they_are_summed(plan, before):
    table = complete_targets(before)
    # Printed: the city 19000, though its counties make up 17000 only.
    assert value(table, "investment", "all", "2026") == 19000
    assert value(roll_up(before.targets, before, by=[]), "investment", "all", "2026") == 17000
    assert value(roll_up(plan.targets, plan, by=[]), "investment", "all", "2026") == 19000
    assert value(roll_up(before.targets, before, by=[]), "investment", "all", "2026Q4") == 3700
    assert value(table, "investment", "all", "2026", "greenfield") == 12000


def test_three_levels_dashes_and_the_park(plan):
    table = complete_targets(plan)
    found = {a: value(table, "new_firms", a, "2026") for a in ("all", "north", "south", "bing")}
    # The 2 of the park are among the 4 of Bing; Ding's dash adds nothing.
    assert found == {"all": 9, "north": 5, "south": 4, "bing": 4}
    assert value(table, "new_firms", "bing_park", "2026") == 2
    # Dashes alone add up to a dash: Ding and Wu in the first quarter.
    assert value(table, "new_firms", "south", "2026Q1") is None
    assert value(table, "new_firms", "all", "2026Q1") == 1
    assert value(table, "investment", "yi", "2026Q3") is None
    assert value(table, "investment", "ding", "2026Q4") == 0


def test_the_rate_is_not_summed(plan):
    table = complete_targets(plan)
    assert value(table, "growth", "all", "2026") == 8
    growth = table[table["measure"] == "growth"]
    assert len(growth) == 10
    assert (growth["figure_id"] != "").all()
    assert "north" not in set(growth["area"])
    assert "growth" not in set(add_totals(plan.targets, plan).query("area == 'north'")["measure"])
    assert not (reconcile(plan).checks["measure"] == "growth").any()


def test_a_rate_is_never_what_a_plan_is_about(plan):
    assert main_measure(plan) == "investment"
    figures = plan.figures
    row = figures[figures["figure_id"] == "2.2.growth.jia.2026"].iloc[0]
    horizons = [h for h in plan.horizons.index if h != "2026"]
    more = pd.DataFrame(
        [
            {**row, "area": area, "horizon": horizon, "figure_id": f"more.{area}.{horizon}"}
            for area, horizon in itertools.product(
                ["jia", "yi", "bing", "ding", "wu", "north", "south"], horizons
            )
        ]
    )
    # 3 + 20 rates now stand against 23 investments, and before them in the measures' order.
    crowded = pd.concat([more, figures], ignore_index=True)
    loaded = dataclasses.replace(plan, figures=crowded.astype(figures.dtypes.to_dict()))
    counts = loaded.targets["measure"].value_counts()
    assert counts["growth"] >= counts["investment"]
    assert main_measure(loaded) == "investment"


def test_reconcile_writes_json():
    result = CliRunner().invoke(
        cli, ["reconcile", "--plan", str(FOLDER), "--format", "json"], obj=Session("en")
    )
    assert result.exception is None
    told = json.loads(result.stdout)
    assert (told["plan"], told["passed"]) == ("yunze-2026", True)
    assert len(told["checks"]) == sum(counts[0] for counts in STATUSES.values())
    statuses = {check["status"] for check in told["checks"]}
    assert statuses == {"holds", "holds_within_rounding", "unallocated", "untestable"}


def test_half_a_year_by_quarters(plan, actuals):
    state = measure_progress(plan, actuals, as_of=BEFORE)
    rows = state.table.query("measure == 'investment' and project_type == 'all'")
    told = rows.set_index("area")[["target", "scheduled", "actual", "gap"]].astype("Float64")
    expected = {
        "north": (9000, 4500, 4600, -100),
        "jia": (6000, 3000, 3000, 0),
        "yi": (3000, 1500, 1600, -100),
        "bing": (6000, 3000, 3600, -600),
        "bing_park": (2500, 1250, 900, 350),
        "ding": (2000, 1000, 1000, 0),
    }
    assert {a: tuple(told.loc[a]) for a in expected} == expected
    assert told.loc["wu", "scheduled"] == 1000
    # What Wu did is not known, so neither is what the south or the whole did.
    assert told.loc[["wu", "south", "all"], ["actual", "gap"]].isna().all(axis=None)
    assert told.loc[["south", "all"], "scheduled"].tolist() == [5000, 9500]
    assert state.findings[0].kind == "progress_incomplete"
    parts = attribute_gap(state, ["area"])
    assert set(parts.table["area"]) == {"jia", "yi", "bing", "ding", "wu"}
    assert parts.table["gap"].sum() == -700


def test_half_a_year_with_every_county(plan, actuals):
    wu = actuals[actuals["area"] == "ding"].assign(area="wu", value=100)
    state = measure_progress(plan, pd.concat([actuals, wu]), as_of=BEFORE)
    # 9200 and Wu's 2 x 100.
    assert (state.cell()["actual"], state.cell()["gap"]) == (9400, 100)


def test_a_quarter_against_its_own_printed_target(plan, actuals):
    wu = actuals[actuals["area"] == "ding"].assign(area="wu", value=0)
    everyone = pd.concat([actuals, wu])
    state = measure_progress(plan, everyone, "2026-03-31", schedule="printed")
    city = state.cell()
    assert (city["measure"], city["scheduled"], city["actual"]) == ("investment", 4500, 4000)
    # The counties' gaps cancel; what is behind lies in the part that no county was given.
    parts = attribute_gap(state, ["area"]).table
    assert parts[parts["unallocated"]]["gap"].tolist() == [500]


def test_quarters_apart_give_no_printed_schedule_for_the_half_year(plan, actuals):
    with pytest.raises(ScheduleError) as refused:
        measure_progress(plan, actuals, BEFORE, schedule="printed")
    assert refused.value.key == "no_printed_schedule"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_chart_draws_it(plan, actuals, lang):
    state = measure_progress(plan, actuals, BEFORE)
    drawn = [
        charts.heat_map(plan, lang=lang),
        charts.icicle(plan, lang=lang),
        charts.icicle(plan, lang=lang, by=("area",)),
        charts.bullets(state, lang),
        charts.gap_bars(attribute_gap(state, ["area"]), lang),
    ]
    titles = [chart.to_dict()["usermeta"]["h1224"]["title"] for chart in drawn]
    assert all(titles)


def test_the_heat_map_has_quarters_across_and_no_park(plan):
    found = charts.heat_map(plan).to_dict()["usermeta"]["h1224"]
    cells = pd.DataFrame(found["rows"], columns=found["columns"])
    assert len(cells) == 8 * 5
    shown = cells.set_index(["area", "horizon"])["shown"]
    assert shown["yi", "2026Q3"] == "-"
    assert shown["ding", "2026Q4"] == "0"
    assert shown["wu", "2026Q1"] == ""
    assert shown["wu", "2026Q3"] == "500"


def test_the_icicle_of_types_fills_the_whole(plan):
    found = charts.icicle(plan).to_dict()["usermeta"]["h1224"]
    boxes = pd.DataFrame(found["rows"], columns=found["columns"])
    assert boxes["value"].tolist() == [19000, 12000, 7000]
