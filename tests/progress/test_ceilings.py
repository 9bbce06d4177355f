"""Ceilings: less is better, so behind is above the schedule; worked on paper."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from h1224lib import load_plan, measure_progress, read_actuals


@pytest.fixture(scope="module")
def dazhou():
    return load_plan("dazhou-2019")


def turned(plan):
    """Let less investment be better: 600.1 in the year is the most that is allowed."""
    return dataclasses.replace(plan, measures=plan.measures.assign(direction="down"))


def test_above_the_schedule_is_behind(dazhou):
    up = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31")
    down = measure_progress(turned(dazhou), up.actuals, "2019-03-31")
    city = down.cell()
    # 120.5 where 150.025 is allowed by now: 29.525 below, 4.92 points ahead.
    assert (city["gap"], city["shortfall"], city["light"]) == (-29.525, 0, "green")
    assert round(float(city["lead_pp"]), 2) == 4.92
    assert (city["why"], pd.isna(city["completion"]), pd.isna(city["spi_t"])) == (
        *("ceiling", True, True),
    )
    # Who used up most was first, and is now last.
    ranks = [s.level(["area"]).set_index("area")["rank"] for s in (up, down)]
    assert (ranks[0]["wanyuan"], ranks[1]["wanyuan"]) == (1, 9)
    [told] = [f for f in down.findings if f.kind == "progress_ceiling"]
    assert "29.53 below the schedule" in told.say("en")
    assert "少 29.53 亿元" in told.say("zh")


@pytest.mark.parametrize(
    ("rule", "reached", "light"),
    [
        # 25 points are due; 30 beyond is the edge of yellow: 55 of 100.
        ("points30", 25, "green"),
        ("points30", 55, "yellow"),
        ("points30", 55.1, "red"),
        # Half as much again: 37.5.
        ("half", 37.5, "yellow"),
        ("half", 37.6, "red"),
        # 0.14 is 0.11 below a quarter, 0.36 as much above it.
        ("quarterly", 14, "above"),
        ("quarterly", 36, "at_risk"),
    ],
)
def test_lights_turn_at_the_schedule(dazhou, rule, reached, light):
    figures = dazhou.figures.copy()
    own = (figures["area"] == "all") & (figures["horizon"] == "2019")
    figures.loc[own & (figures["measure"] == "investment"), "value"] = 100
    plan = turned(dataclasses.replace(dazhou, figures=figures))
    actuals = read_actuals(None, dazhou)
    done = actuals.assign(value=actuals["value"].where(actuals["area"] != "all", reached))
    assert measure_progress(plan, done, "2019-03-31", lights=rule).cell()["light"] == light


def test_at_most_is_a_ceiling_of_its_own_cell(dazhou):
    own = (dazhou.figures["area"] == "wanyuan") & (dazhou.figures["horizon"] == "2019")
    relation = dazhou.figures["relation"].mask(own, "<=")
    plan = dataclasses.replace(dazhou, figures=dazhou.figures.assign(relation=relation))
    state = measure_progress(plan, read_actuals(None, dazhou), "2019-03-31")
    why = state.level(["area"]).set_index("area")["why"]
    assert why[why == "ceiling"].index.tolist() == ["wanyuan"]
    # 10.5 less 42.5 / 4 = 10.625; and with nobody to be compared with, no rank.
    row = state.cell(area="wanyuan")
    assert (row["gap"], pd.isna(row["rank"])) == (-0.125, True)
    assert state.cell()["why"] == ""


def test_a_ceiling_of_zero_keeps_its_gap(dazhou):
    own = (dazhou.figures["area"] == "wanyuan") & (dazhou.figures["horizon"] == "2019")
    value = dazhou.figures["value"].mask(own, 0)
    plan = turned(dataclasses.replace(dazhou, figures=dazhou.figures.assign(value=value)))
    row = measure_progress(plan, read_actuals(None, dazhou), "2019-03-31").cell(area="wanyuan")
    assert (row["why"], row["gap"], row["light"]) == ("zero", 10.5, "")
