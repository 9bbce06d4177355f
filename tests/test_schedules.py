"""Both schedules of a real quarter, and one area's share: numbers worked on paper."""

from __future__ import annotations

import dataclasses

import pytest

from h1224lib import load_plan, measure_progress, measure_schedules, read_actuals, wording
from h1224lib.entries import head
from h1224lib.errors import ScheduleError, UnknownNameError
from h1224lib.gaps import attribute_gap
from h1224lib.plan import Plan
from h1224lib.schedules import Schedules, tell_share


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan("dazhou-2019")


@pytest.fixture(scope="module")
def both(plan: Plan) -> Schedules:
    return measure_schedules(plan, read_actuals(None, plan), "2019Q1")


def test_side_by_side(both: Schedules) -> None:
    row = both.part("kaijiang").iloc[0]
    # 22.3 / 4 = 5.575, less 3.5; the plan itself prints 5.3.
    assert (row["scheduled_quarters"], row["gap_quarters"]) == (5.575, 2.075)
    assert (row["scheduled_printed"], row["gap_printed"]) == (5.3, 1.8)
    assert len(both.table) == 10
    assert both.table["area"].iloc[0] == "all"


def test_the_schedules_disagree_about_the_whole(both: Schedules) -> None:
    kinds = [finding.kind for finding in both.findings]
    assert kinds == ["progress_behind", "every_area_behind", "progress_ahead", "areas_behind"]


def test_shares_of_the_shortfall(plan: Plan, both: Schedules) -> None:
    quarters, printed = both.shares("tongchuan")
    # 94.9 / 4 - 14.9 = 8.825 of 29.525; and 15.2 - 14.9 = 0.3 of 0.3 + 1.8.
    assert quarters.numbers["share"] == pytest.approx(8.825 / 29.525)
    assert (quarters.numbers["rank"], quarters.numbers["more"]) == (2, 5)
    assert printed.numbers["share"] == pytest.approx(0.3 / 2.1)
    assert [label.en for label in printed.numbers["others"]] == ["Kaijiang County"]


def test_who_is_ahead_has_no_share(both: Schedules) -> None:
    printed = both.shares("dachuan")[1]
    assert printed.kind == "share_not_behind"
    assert "多 2.80 亿元" in printed.say("zh")
    assert "a surplus of 2.80" in printed.say("en")


def test_the_whole_is_none_of_the_areas(both: Schedules) -> None:
    assert both.shares("all")[0].kind == "share_of_none"


def test_no_result_no_share(plan: Plan, both: Schedules) -> None:
    actuals = read_actuals(None, plan)
    fewer = measure_schedules(plan, actuals[actuals["area"] != "quxian"], "2019Q1")
    assert [finding.kind for finding in fewer.tell("quxian")] == ["progress_no_data"] * 2
    assert fewer.shares("quxian")[0].kind == "share_no_data"


def test_nobody_behind(plan: Plan) -> None:
    actuals = read_actuals(None, plan)
    ahead = measure_schedules(plan, actuals.assign(value=actuals["value"] * 2), "2019Q1")
    assert ahead.shares("quxian")[1].kind == "share_nobody_behind"


def test_an_area_without_a_target_is_neither_ahead_nor_behind(plan: Plan) -> None:
    actuals = read_actuals(None, plan)
    targets = plan.figures[plan.figures["area"] != "quxian"]
    without = dataclasses.replace(plan, figures=targets)
    told = measure_schedules(without, actuals, "2019Q1").tell("quxian")
    assert [finding.kind for finding in told] == ["progress_no_target"] * 2


def test_a_plan_without_a_printed_schedule_says_so(plan: Plan) -> None:
    only = measure_schedules(plan, read_actuals(None, plan), "2019H1")
    assert list(only.states) == ["quarters"]
    assert [finding.kind for finding in only.missing] == ["schedule_not_printed"]
    assert "gap_printed" not in only.table


def test_two_schedules_of_ones_own_stay_apart(plan: Plan) -> None:
    shares = [{"2019-03-31": share} for share in (0.2, 0.1, 0.3, 0.4)]
    two = measure_schedules(plan, read_actuals(None, plan), "2019Q1", shares[:2])
    # 120.02 and 60.01 of 600.1 against 120.5.
    row = two.part("all").iloc[0]
    assert (row["gap_own"], row["gap_own2"]) == (-0.48, -60.49)
    assert [f.kind for f in two.findings if f.kind == "progress_ahead"] == ["progress_ahead"] * 2
    assert "the user's second schedule (by 60.49)" in two.open().say("en")
    assert all(head(f"gap_{name}", "en") != f"gap_{name}" for name in two.states)
    with pytest.raises(ScheduleError) as refused:
        measure_schedules(plan, read_actuals(None, plan), "2019Q1", shares)
    assert refused.value.key == "too_many_schedules"


def test_the_days_that_are_printed_are_named(plan: Plan) -> None:
    with pytest.raises(ScheduleError) as refused:
        measure_progress(plan, read_actuals(None, plan), "2019-06-30", "printed")
    assert "2019-03-31" in refused.value.say("en")[0]
    assert "2019-03-31" in refused.value.say("zh")[0]


@pytest.mark.parametrize(
    ("period", "error"), [("2024Q1", ScheduleError), ("first quarter", UnknownNameError)]
)
def test_a_period_that_does_not_fit(plan: Plan, period: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        measure_schedules(plan, read_actuals(None, plan), period)


@pytest.mark.parametrize("area", ["all", "citylevel", "tongchuan", "dachuan"])
def test_every_finding_has_words_in_both_languages(both: Schedules, area: str) -> None:
    for finding in (*both.findings, *both.tell(area), *both.shares(area)):
        assert finding.say("zh").endswith("。")
        assert finding.say("en").endswith(".")


def test_shares_add_up(both: Schedules) -> None:
    for state in both.states.values():
        parts = attribute_gap(state, by=["area"])
        told = [tell_share(parts, area) for area in parts.table["area"]]
        assert sum(f.numbers.get("share", 0) for f in told) == pytest.approx(1)


def test_shares_are_rounded_once_and_half_up(plan: Plan) -> None:
    # 23 of 160 is 14.375 %, 115 of 400 is 28.75 %: as floats times 100 both fall short.
    assert [wording.percent(23 / 160, 2), wording.percent(115 / 400, 1)] == ["14.38", "28.8"]
    first = measure_schedules(plan, read_actuals(None, plan), "2019Q1")
    assert "落后于时序进度 29.53 亿元" in first.open().say("zh")


def test_counts_of_an_opening_have_no_decimals() -> None:
    said = {"names": ["quarters"], "by": [109.0]}
    assert wording.say("opening_sides", "zh", unit="个", **said) == "时序进度 109 个"
    assert wording.say("opening_sides", "en", unit="projects", **said).endswith("(by 109)")
