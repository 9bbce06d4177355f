"""Explanations of plans: the real one with misprints planted, words, and the figure of it."""

from __future__ import annotations

import pytest

from h1224lib import charts, explain_plan, load_plan, plant_misprint, reconcile
from h1224lib.plan.model import KEYS

CUMULATIVE = ("projects", "deqing", "software", "revenue", "2023-2025")
FIRST = ("projects", "deqing", "software", "revenue", "2023")


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def values(huzhou):
    return huzhou.cells.set_index(KEYS)["value"]


@pytest.mark.parametrize("name", ["huzhou-1224", "dazhou-2019"])
def test_a_plan_that_holds_has_nothing_to_explain(name):
    suspects = explain_plan(load_plan(name))
    assert not suspects.explanations and suspects.explanations.complete
    assert suspects.table.empty and suspects.findings == []


def test_two_digits_transposed_are_named_with_what_fits(huzhou):
    suspects = explain_plan(huzhou.replace({CUMULATIVE: 54}))
    (row,) = suspects.table.to_dict("records")
    assert tuple(row[key] for key in KEYS) == CUMULATIVE
    assert (row["printed"], row["low"], row["high"], row["slip"]) == (
        "54",
        45,
        45,
        "digits_transposed",
    )
    text = suspects.findings[1].say("en")
    assert "54 printed, 45 fits every identity; digits transposed" in text
    assert "改为 45" in suspects.findings[1].say("zh")


def test_two_neighbours_swapped_are_named_together(huzhou, values):
    left = ("projects", "wuxing", "software", "revenue", "2023-2025")
    right = ("projects", "nanxun", "software", "revenue", "2023-2025")
    wrong = huzhou.replace({left: int(values[right]), right: int(values[left])})
    suspects = explain_plan(wrong)
    best = suspects.table[suspects.table["explanation"] == 1]
    assert set(best["area"]) == {"wuxing", "nanxun"}
    assert set(best["slip"]) == {"swapped_neighbours"}


def test_a_dash_for_a_number_is_a_candidate(huzhou, values):
    suspects = explain_plan(huzhou.replace({FIRST: None}))
    assert suspects.table[["area", "low", "slip"]].to_numpy().tolist() == [
        ["deqing", float(values[FIRST]), "dash_for_number"]
    ]


def test_misprints_that_have_nothing_to_do_with_each_other_are_two_parts(huzhou, values):
    tours = ("projects", "anji", "tourism", "all", "2023")
    suspects = explain_plan(huzhou.replace({CUMULATIVE: 54, tours: int(values[tours]) + 9}))
    assert sorted(suspects.table["part"]) == [1, 2]
    assert "2 parts" in suspects.findings[0].say("en")


def test_a_year_above_the_whole_leaves_a_range(huzhou):
    # Heads of commerce in 2023 beyond those of 2023-2025: one of the two is wrong, by any amount.
    cells = huzhou.cells
    alone = cells[(cells["measure"] == "headquarters") & (cells["horizon"] == "2023-2025")]
    cell = tuple(alone.iloc[0][KEYS])
    first = (*cell[:4], "2023")
    suspects = explain_plan(huzhou.replace({first: int(alone.iloc[0]["value"]) + 5}))
    table = suspects.table.set_index("horizon")
    assert table.at["2023", "high"] == alone.iloc[0]["value"]
    assert table.at["2023-2025", "low"] == alone.iloc[0]["value"] + 5


def test_a_sum_of_rounded_amounts_may_be_off_by_its_rounding():
    plan = load_plan("dazhou-2019")
    cell = ("investment", "tongchuan", "all", "all", "2019")
    printed = plan.cells.set_index(KEYS).at[cell, "value"]
    suspects = explain_plan(plan.replace({cell: printed + 50}))
    row = suspects.table[suspects.table["area"] == "tongchuan"].iloc[0]
    assert row["low"] < printed < row["high"] < printed + 2


@pytest.mark.parametrize("name", ["huzhou-1224", "dazhou-2019"])
def test_a_planted_misprint_is_found_and_said_to_be_no_figure_of_the_document(name):
    wrong = plant_misprint(load_plan(name))
    assert (wrong.figures["place"] == "replaced").sum() == 1
    planted = wrong.figures.loc[wrong.figures["place"] == "replaced", "figure_id"].item()
    assert planted in set(explain_plan(wrong).table["figure_id"])
    assert not reconcile(wrong).passed
    assert wrong.cite("en") != load_plan(name).cite("en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_figure_marks_the_failing_sums_and_what_fits(huzhou, lang):
    wrong = huzhou.replace({CUMULATIVE: 54})
    chart = charts.failing_sums(reconcile(wrong), explain_plan(wrong), lang)
    meta = chart.to_dict()["usermeta"]["h1224"]
    rows = [dict(zip(meta["columns"], row, strict=True)) for row in meta["rows"]]
    (suspect,) = [row for row in rows if row["low"] is not None]
    assert (suspect["area"], suspect["industry"]) == ("deqing", "software")
    assert (suspect["value"], suspect["low"]) == (54, 45)
    # The row and the column that cross there are off by the same nine.
    assert meta["description"].count("+9") == 2
    assert "54" in meta["title"]


def test_the_figure_of_a_plan_that_holds_says_so(huzhou):
    chart = charts.failing_sums(reconcile(huzhou), explain_plan(huzhou), "en")
    assert "No identity" in chart.to_dict()["usermeta"]["h1224"]["title"]
