"""Ceilings in splits, comparisons and responsibility: a small plan of 60 at most, on paper."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction

import pandas as pd
import pytest
from building import build_plan
from states import make_state

from h1224lib import (
    assign_responsibility,
    attribute_gap,
    charts,
    compare,
    decompose_completion,
    forecast,
    shift_share,
    views,
)
from h1224lib.progress.opening import open_states
from h1224lib.schedules import tell_share

EAST, WEST = ("east", "trade", "heavy"), ("west", "trade", "heavy")
# A quarter of 40 and of 20 are 10 and 5; half are 20 and 10.
FIRST, SECOND = {EAST: 13, WEST: 4}, {EAST: 20, WEST: 6}


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return build_plan({EAST: (40, 120), WEST: (20, 60)}, tmp_path_factory.mktemp("p") / "small")


@pytest.fixture(scope="module")
def down(plan):
    """Less is better everywhere."""
    ceiling = dataclasses.replace(plan, measures=plan.measures.assign(direction="down"))
    return [make_state(ceiling, *at, horizon="2023") for at in _dates()]


@pytest.fixture(scope="module")
def mixed(plan):
    """The whole and East are to be reached; West's 20 is the most that is allowed."""
    relation = plan.figures["relation"].mask(plan.figures["area"] == "west", "<=")
    part = dataclasses.replace(plan, figures=plan.figures.assign(relation=relation))
    return [make_state(part, *at, horizon="2023") for at in _dates()]


def _dates():
    return ((FIRST, "2023-03-31"), (SECOND, "2023-06-30"))


def kinds(findings):
    for finding in findings:
        assert "落后" not in finding.say("zh")
        assert "behind" not in finding.say("en")
    return [finding.kind for finding in findings]


def test_findings_say_above_and_within(down):
    told = down[0].findings
    assert kinds(told)[:2] == ["progress_ceiling", "areas_over"]
    # 17 where 15 are allowed; East has 13 of 10, West 4 of 5.
    assert "2 above the schedule" in told[0].say("en")
    assert "1 of 2 areas with a ceiling is above" in told[1].say("en")
    assert told[1].title("zh") == "有上限的 2 个地区中 1 个超出：east"
    assert kinds(down[1].findings)[1] == "no_area_over"
    opening = open_states(down[:1])
    assert kinds([opening]) == ["opening_ceiling"]
    assert "超出时序进度" in opening.say("zh")


def test_areas_of_either_direction_are_told_apart(mixed):
    told = mixed[0].findings[1:3]
    assert [finding.kind for finding in told] == ["no_area_behind", "no_area_over"]
    assert "one area without a ceiling" in told[0].say("en")
    assert told[1].say("zh").startswith("有上限和完成数的 1 个地区没有超出")


def test_parts_of_an_excess(down):
    parts = attribute_gap(down[0], ["area"])
    assert (parts.gap, parts.exact[:2]) == (2, (3, -1))
    assert kinds(parts.findings) == ["gap_parts_ceiling"]
    said = parts.findings[0].say("en")
    assert "3 in all (projects), most of all East (3); the room of 1 left elsewhere" in said
    assert "together 2 above it" in said
    assert kinds(attribute_gap(down[1], ["area"]).findings) == ["gap_none_ceiling"]
    assert tell_share(parts, "east").kind == "share_of_shortfall_ceiling"
    assert "of the excess of 3" in tell_share(parts, "east").say("en")
    assert kinds([tell_share(parts, "west")]) == ["share_not_behind_ceiling"]


def test_a_ceiling_among_parts_adds_up_in_the_whole_s_direction(mixed):
    parts = attribute_gap(mixed[0], ["area"])
    # 15 due, 17 reached: -2. East 10 - 13; West 5 - 4, though it is within its ceiling.
    assert parts.gap == sum(parts.exact[:2]) == -2
    assert parts.table.set_index("area")["gap"].dropna().to_dict() == {"west": 1, "east": -3}
    assert not parts.table["unallocated"].any()
    told = parts.findings[0]
    assert (told.kind, [name.en for name in told.numbers["ceilings"]]) == (
        "gap_parts_mixed",
        ["West"],
    )
    assert "1 part adds 1 to the gap" in told.say("en")


def test_what_is_used_up_is_no_completion_to_split(down, mixed):
    split = decompose_completion(*down, ["area"])
    assert (split.difference, len(split.table)) == (None, 0)
    assert kinds(split.findings) == ["completion_ceiling"]
    split = decompose_completion(*mixed, ["area"])
    # 17/60 to 26/60: East 13/40 to 20/40 with two thirds of the target, 7/60; 2/60 are left.
    assert split.difference == Fraction(9, 60) == sum(split.effects.values())
    assert split.table.set_index("area")["unallocated"].to_dict() == {
        "east": False,
        "south": False,
        "all": True,
    }
    assert split.exact["rate"].iloc[0] == Fraction(7, 60)
    assert [f.kind for f in split.findings] == ["completion_split", "completion_ceiling_cells"]
    assert "West has a ceiling" in split.findings[1].say("en")


def test_shifts_say_that_less_is_better(down, mixed):
    for states, words in ((down, "Less is better here"), (mixed, "West, Trade has a ceiling")):
        for shifts in (shift_share(*states), shift_share(states[0])):
            assert kinds(shifts.findings)[1] == "shift_share_ceiling"
            assert shifts.findings[1].say("en").startswith(words)


def test_a_comparison_speaks_of_excess_and_room(down):
    told = compare(*down).findings
    assert kinds(told)[:2] == ["comparison_periods", "comparison_movers"]
    # 2 above at the end of March; 26 where 30 are allowed at the end of June.
    assert "the excess of 2 became room of 4" in told[0].say("en")
    assert "从超出 2 变为低于允许数 4" in told[0].say("zh")
    assert "change of the excess" in told[1].say("en")


def test_who_is_above_is_no_office_that_falls_short(down, mixed):
    whose = assign_responsibility(down[0])
    assert kinds(whose.findings) == ["responsibility_ceiling"]
    assert whose.findings[0].numbers["shortfall"] == 3
    assert kinds(assign_responsibility(down[1]).findings) == ["responsibility_none_ceiling"]
    assert assign_responsibility(mixed[0]).findings[0].kind == "responsibility_none_mixed"


def test_a_ceiling_gets_no_odds(down, mixed):
    odds = forecast(down[1])
    assert set(odds.table["why"]) == {"ceiling", "dash"}
    assert odds.table[["probability", "pace_needed"]].isna().all(axis=None)
    assert kinds(odds.findings)[0] == "odds_none.ceiling"
    assert odds.findings[0].title("en") == "A ceiling, and so no odds"
    some = forecast(mixed[1])
    assert some.cell(area="west").why == "ceiling"
    assert pd.isna(some.cell(area="west").pace_needed)
    assert 0 < some.cell(area="east").probability < 1


def test_views_and_notes_say_worse_and_better(plan, down, mixed):
    for state in (down[0], mixed[0]):
        told = [*views.list_cells(state, ["area"]).findings, *views.list_shortfalls(state).findings]
        assert kinds(told) == ["cells", "shortfalls"]
        assert all(finding.numbers["ceilings"] for finding in told)
    # Of 2 areas East has 3 too many, West keeps within.
    numbers = views.list_cells(down[0], ["area"]).findings[0].numbers
    assert (numbers["behind"], numbers["ahead"]) == (1, 1)
    for lang, words in (("zh", "不利"), ("en", "worse")):
        parts = attribute_gap(down[0], ["area"])
        for chart in (charts.gap_bars(parts, lang), charts.bullets(down[0], lang)):
            text = json.dumps(chart.to_dict(), ensure_ascii=False)
            assert words in text
    kept = make_state(plan, FIRST, "2023-03-31", horizon="2023")
    assert "behind" in views.list_cells(kept, ["area"]).findings[0].say("en")
