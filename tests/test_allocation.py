"""Who carries how much: shares, location quotients, what the first horizon leaves."""

from __future__ import annotations

import pytest
from building import AREAS, INDUSTRIES, TYPES, build_plan

from h1224lib import explore_plan, load_plan, read_published
from h1224lib.allocation import (
    first_horizon,
    location_quotients,
    remaining_targets,
    share_targets,
    tell_quotients,
    tell_remaining,
)


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def dazhou():
    return load_plan("dazhou-2019")


@pytest.fixture
def small(tmp_path):
    """Two areas of 100 and 60, in trade 80 and 20, and tours 20 and 40; a third with dashes."""
    whole = {("east", "trade"): 80, ("east", "tours"): 20}
    whole |= {("west", "trade"): 20, ("west", "tours"): 40}
    leaves = {}
    for area in AREAS:
        for industry in INDUSTRIES:
            value = whole.get((area, industry))
            early = None if value in (None, 20) else value // 4
            leaves[area, industry, TYPES[0]] = (early, value)
            leaves[area, industry, TYPES[1]] = (None, None)
    return build_plan(leaves, tmp_path / "small")


def test_shares_add_up_to_the_whole(huzhou):
    for by in (["area"], ["industry"], ["area", "industry"]):
        assert share_targets(huzhou, by)["share"].sum() == pytest.approx(1)


def test_quotients_on_paper(small):
    cells = location_quotients(small).set_index(["area", "industry"])
    # East has 100 of 160; trade has 100 of 160: expected 62.5, and 80 / 62.5 = 1.28.
    assert cells.at[("east", "trade"), "expected"] == pytest.approx(62.5)
    assert cells.at[("east", "trade"), "quotient"] == pytest.approx(1.28)
    assert cells.at[("west", "tours"), "quotient"] == pytest.approx(40 / 22.5)
    assert cells.at[("south", "trade"), "reason"] == "dash"
    suppressed = location_quotients(small, smallest=30).set_index(["area", "industry"])
    assert suppressed.at[("west", "tours"), "reason"] == "small_base"
    assert suppressed["quotient"].notna().sum() == 3


def test_quotients_weighted_by_what_was_expected_average_one(huzhou):
    cells = location_quotients(huzhou, smallest=0)
    kept = cells[cells["quotient"].notna()]
    assert (kept["quotient"] * kept["expected"]).sum() == pytest.approx(1000)


def test_small_bases_are_suppressed_with_their_reason(huzhou):
    cells = location_quotients(huzhou)
    assert cells["reason"].value_counts().to_dict() == {"": 32, "small_base": 14, "dash": 10}
    assert (cells["quotient"].notna() == (cells["reason"] == "")).all()
    assert cells.loc[cells["reason"] == "", "expected"].min() >= 10
    changhe = cells[cells["area"] == "changhe"]
    assert changhe["quotient"].isna().all()


def test_quotients_do_not_apply_without_industries(dazhou):
    assert location_quotients(dazhou).empty
    assert tell_quotients(dazhou).kind == "quotients_none"


def test_what_is_left_on_paper(small):
    left = remaining_targets(small, ["area", "industry"]).set_index(["area", "industry"])
    assert left.at[("east", "trade"), "remaining"] == 60
    # A dash in the first year leaves the whole; a dash in the whole leaves nothing to state.
    assert left.at[("east", "tours"), "remaining"] == 20
    assert left.loc[("south", "trade"), ["whole", "first", "remaining"]].isna().all()


def test_what_is_left_adds_up_exactly(huzhou, dazhou):
    for by in (["area"], ["industry"], ["area", "industry", "project_type"]):
        assert remaining_targets(huzhou, by)["remaining"].sum() == 1000 - 303
    left = remaining_targets(dazhou, ["area"])
    assert left["remaining"].tolist()[:2] == [157.6, 79.7]
    assert remaining_targets(dazhou, [])["remaining"].item() == 489.6


def test_levels_and_single_horizons_have_nothing_to_subtract(huzhou, dazhou):
    assert remaining_targets(huzhou, [], "service_value_added").empty
    assert tell_remaining(huzhou, "retail_sales").kind == "remaining_none"
    assert first_horizon(huzhou, "service_value_added", "2025") is None
    assert first_horizon(dazhou, "investment", "2019") == "2019Q1"


def test_findings_carry_the_numbers(huzhou):
    finding = tell_remaining(huzhou)
    assert "takes 303 and leaves 697 (69.7 %)" in finding.say("en")
    assert "还留下 697（69.7%）" in finding.say("zh")
    # 697 in 731 days against 303 in 365.
    assert finding.numbers["pace"] == pytest.approx(697 / 731 / (303 / 365))
    assert "3.15" in tell_quotients(huzhou).say("zh")


def test_exploring_says_what_does_not_apply(huzhou, dazhou):
    kinds = [f.kind for f in explore_plan(dazhou, read_published(dazhou)).findings]
    assert kinds == ["headline", "allocation_largest", "quotients_none", "remaining_target"]
    seen = explore_plan(huzhou, read_published(huzhou))
    assert len(seen.findings) == 5
    assert len(seen.areas) == 8
    assert len(seen.industries) == 7
