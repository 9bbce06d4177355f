"""Two ways of phasing side by side, the areas, what rounding moved, and parts "of which"."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from h1224lib import compare_phasings, load_plan, phase_targets
from h1224lib.errors import ScheduleError
from h1224lib.hierarchy import complete_targets
from h1224lib.phasing.comparison import issued_ends, list_moves, name_way
from h1224lib.plan.model import DIMENSIONS

YUNZE = Path(__file__).parent / "plans" / "yunze-2026"


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def compared(huzhou):
    return compare_phasings(huzhou)


@pytest.fixture(scope="module")
def yunze():
    return compare_phasings(load_plan(YUNZE))


def test_two_policies_of_a_plan_over_years(compared):
    table = compared.table.set_index("period")
    assert compared.along == "policy"
    # 697 are left after 2023: evenly 348.5 a year, front-loaded as 2 : 1, which is 464 2/3.
    assert table.at["2024Q4", "cumulative"] in (651, 652)
    assert table.at["2024Q4", "other"] in (767, 768)
    assert table["issued"].dropna().to_dict() == {"2023Q4": 303, "2025Q4": 1000}
    assert (table["difference"] == table["other"] - table["cumulative"]).all()
    assert table.index[~table["computed"]].tolist() == ["2023Q4", "2025Q4"]
    [told] = compared.findings
    assert told.numbers["period"] == "2024Q4"
    assert (told.numbers["issued"], told.numbers["met"]) == (2, 2)
    assert "非文件下达" in told.say("zh")


def test_the_areas_add_up_to_the_whole_in_every_quarter(compared):
    wide = compared.areas.set_index("area")
    quarters = compared.table["period"].tolist()
    assert wide.loc["all", quarters].tolist() == compared.table["cumulative"].tolist()
    assert (wide.drop("all")[quarters].sum() == wide.loc["all", quarters]).all()
    assert "futurecity" not in wide.index
    assert wide["computed"].all()


def test_a_plan_of_one_year_compares_quarters():
    compared = compare_phasings(load_plan("dazhou-2019"))
    table = compared.table.set_index("period")
    assert compared.along == "profile"
    # 110.5 are printed for the first quarter; half of 600.1 by the middle is 300.05.
    assert table["cumulative"].tolist() == [110.5, 273.7, 436.9, 600.1]
    assert table["other"].tolist() == [110.5, pytest.approx(300.05, abs=0.06), 450.1, 600.1]
    assert compared.second.profile == "half_by_midyear"


def test_a_dash_in_the_middle_takes_nothing_away(yunze):
    wide = yunze.areas.set_index("area")
    assert wide.loc["yi", "2026Q2":].tolist() == [1700, "-", 3000]
    assert wide.loc["north", "2026Q3"] == wide.loc["jia", "2026Q3"] + 1700


def test_printed_quarters_add_up_and_a_printed_year_goes_before_them():
    plan = load_plan(YUNZE)
    # In steps of 100. The fourth quarter's 4300 would make 191; the year prints 190.
    assert issued_ends(plan, "investment") == {
        "2026Q1": 45,
        "2026Q2": 99,
        "2026Q3": 148,
        "2026Q4": 190,
    }
    # A range is no number of its own.
    assert issued_ends(plan, "projects") == {}


def test_printed_totals_that_both_ways_meet_are_counted(yunze):
    [told] = yunze.findings
    assert (told.numbers["issued"], told.numbers["met"]) == (4, 4)


def test_ways_that_do_not_differ_say_so(huzhou):
    same = compare_phasings(huzhou, policies=("even", "even"))
    assert [f.kind for f in same.findings] == ["phasing_same"]
    assert (same.table["difference"] == 0).all()


def test_a_plan_without_counts_has_nothing_to_spread(huzhou):
    levels = huzhou.figures[huzhou.figures["measure"] == "service_value_added"]
    compared = compare_phasings(dataclasses.replace(huzhou, figures=levels))
    assert [f.kind for f in compared.findings] == ["phasing_nothing"]
    assert compared.table.empty and compared.areas.empty and compared.moves.empty


def test_ways_are_named(huzhou):
    assert name_way("policy", "front").zh == name_way("policy", "front_loaded").zh == "前多后少"
    assert name_way("profile", "双过半") == name_way("profile", "half")
    assert name_way("profile", "deqing=15/25/30/30").en == "As given"
    assert name_way("policy", {"2024": 1, "2025": 2}).en == "As given"


def test_moves_are_those_of_the_table_the_farthest_first(compared):
    moves = list_moves(compared.first, most=5)
    assert len(moves) == 5
    away = moves["moved"].abs()
    assert away.is_monotonic_decreasing
    assert away.iloc[0] == compared.first.quality[["moved_cell", "moved_sum"]].max(axis=None)
    assert (away < 1).all()
    assert ((moves["cumulative"] - moves["unrounded"] - moves["moved"]).abs() < 1e-6).all()


# -- parts "of which" --------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["quarter", "month"])
@pytest.mark.parametrize("policy", ["even", "front_loaded"])
def test_a_part_meets_what_is_printed_and_stays_within_its_whole(huzhou, phase, policy):
    phased = phase_targets(huzhou, policy, "half", phase, measures=["projects"])
    part = phased.parts.set_index("period")
    assert set(part["area"]) == {"futurecity"}
    ends = ("2023Q4", "2025Q4") if phase == "quarter" else ("2023-12", "2025-12")
    assert part.loc[list(ends), "cumulative"].tolist() == [45, 160]
    assert (part["cumulative"] - part["unrounded"]).abs().max() <= 0.5
    assert (part["value"] >= 0).all()
    whole = phased.sums.query("area == 'nantaihu' and industry == project_type == 'all'")
    assert (part["cumulative"] <= whole.set_index("period")["cumulative"]).all()
    total = phased.sums.query("area == industry == project_type == 'all'")
    assert total["cumulative"].iloc[-1] == 1000
    assert "未来城" in next(f for f in phased.findings if f.kind == "phasing_parts").say("zh")


def test_a_part_as_large_as_its_whole_is_held_at_it(huzhou):
    """Rounded by itself it would pass a whole that other sums push down."""
    before = phase_targets(huzhou, measures=["projects"]).complete()
    down = before[before["unrounded"] - before["cumulative"] > 0.5].query("area == 'nantaihu'")
    whole = tuple(down.iloc[0][list(DIMENSIONS)])
    figures = huzhou.figures.copy()
    cells = complete_targets(huzhou).set_index(["measure", *DIMENSIONS, "horizon"])["value"]
    for horizon in ("2023", "2023-2025"):
        own = (figures["area"] == "futurecity") & (figures["horizon"] == horizon)
        figures.loc[own, ["industry", "project_type"]] = whole[1:]
        figures.loc[own, "value"] = float(cells[("projects", *whole, horizon)])
    plan = dataclasses.replace(huzhou, figures=figures)
    phased = phase_targets(plan, measures=["projects"])
    reached = before[(before[list(DIMENSIONS)] == list(whole)).all(axis=1)]["cumulative"]
    held = phased.parts["cumulative"]
    assert (held <= reached.reset_index(drop=True)).all()
    # The exact value is nearer to the step above, which the whole has not reached.
    at = (phased.parts["period"] == down.iloc[0]["period"]).idxmax()
    assert held[at] == down.iloc[0]["cumulative"]
    assert phased.parts["unrounded"][at] - held[at] > 0.5
    assert not [f for f in phased.findings if f.kind == "phasing_parts_exceed"]


def test_a_part_that_passes_its_whole_is_named(huzhou):
    figures = huzhou.figures.copy()
    own = (figures["area"] == "futurecity") & (figures["horizon"] == "2023")
    figures.loc[own, "value"] = 150.0
    phased = phase_targets(dataclasses.replace(huzhou, figures=figures), measures=["projects"])
    [told] = [f for f in phased.findings if f.kind == "phasing_parts_exceed"]
    assert told.severity == "warning"
    # 150 of the 67 that its whole has by the end of 2023.
    assert told.numbers["periods"][0] == "2023Q1"
    assert phased.parts.set_index("period").at["2023Q4", "cumulative"] == 67


# -- sums --------------------------------------------------------------------------------------


def test_sums_name_the_printed_number_that_they_are():
    sums = phase_targets(load_plan("dazhou-2019")).sums.set_index("period")
    assert sums["computed"].tolist() == [False, True, True, True]
    assert sums.at["2019Q1", "figure_id"] == "table.all.investment.2019Q1"


def test_every_total_of_the_plan_is_there(huzhou):
    phased = phase_targets(huzhou, measures=["projects"]).complete()
    last = phased[phased["period"] == "2025Q4"].set_index(list(DIMENSIONS))["cumulative"]
    wanted = complete_targets(huzhou)
    wanted = wanted[(wanted["measure"] == "projects") & (wanted["horizon"] == "2023-2025")]
    wanted = wanted.dropna(subset=["value"]).set_index(list(DIMENSIONS))["value"]
    assert not last.index.duplicated().any()
    pd.testing.assert_series_equal(
        last.dropna().astype("int64").sort_index(),
        wanted.astype("int64").sort_index(),
        check_names=False,
    )


def test_given_weights_that_some_measures_cannot_use(huzhou):
    phased = phase_targets(huzhou, {"2024": 40, "2025": 60})
    [told] = [f for f in phased.findings if f.kind == "phasing_no_weights"]
    assert len(told.numbers["measures"]) == 3
    total = phased.sums.query("area == industry == project_type == 'all' and period == '2024Q4'")
    # 40 % of the 697 that 2023 leaves are 278.8.
    assert total.query("measure == 'projects'")["cumulative"].item() in (581, 582)
    with pytest.raises(ScheduleError) as refused:
        phase_targets(huzhou, {"2024": 1}, measures=["projects"])
    assert refused.value.key == "policy_lacks_year"


def test_text_gives_the_same_as_mappings(huzhou):
    asked = phase_targets(
        huzhou, "2024=1,2025=3", "deqing=15/25/30/30,tourism=half", "quarter", ["projects"]
    )
    mapped = phase_targets(
        huzhou,
        {"2024": 1, "2025": 3},
        {"deqing": "15/25/30/30", "tourism": "half_by_midyear"},
        "quarter",
        ["projects"],
    )
    pd.testing.assert_frame_equal(asked.table, mapped.table)
