"""The staircases: true to the table, marked as computed, and within the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
from looking import LANGS, check_page, meta, table, texts

from h1224lib import charts, compare_phasings, load_plan
from h1224lib.charts import theme

PLANS = ("huzhou-1224", "dazhou-2019", str(Path(__file__).parents[1] / "plans" / "yunze-2026"))
MARK = {"zh": "测算，非文件下达", "en": "Computed, not issued by the plan"}


@pytest.fixture(scope="module")
def compared():
    return {name: compare_phasings(load_plan(name)) for name in PLANS}


def points(chart, kind):
    """Return the rows of the first layer that draws a kind of mark."""
    spec = chart.to_dict()
    layers = [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]
    return [pd.DataFrame(spec["datasets"][layer["data"]["name"]]) for layer in layers]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PLANS)
def test_it_is_marked_inside_and_stays_on_the_page(compared, name, lang):
    chart = charts.phase_steps(compared[name], lang)
    check_page(chart)
    assert MARK[lang] in texts(chart)
    assert table(chart)["period"].tolist() == compared[name].table["period"].tolist()
    for phasing in (compared[name].first, compared[name].second):
        assert compared[name].way(phasing).say(lang) in texts(chart)


def test_steps_lie_where_their_numbers_say(compared):
    chart = charts.phase_steps(compared["huzhou-1224"])
    dashed, solid = points(chart, "line")
    rows = compared["huzhou-1224"].table
    for drawn, name in ((dashed, "other"), (solid, "cumulative")):
        starts, ends = drawn.iloc[::2].reset_index(), drawn.iloc[1::2].reset_index()
        # Each step is level over its quarter, and the next begins where it ends.
        assert starts["y"].tolist() == ends["y"].tolist()
        assert ends["x"].tolist()[:-1] == pytest.approx(starts["x"].tolist()[1:])
        values = rows[name].astype(float)
        rise = (starts["y"].iloc[0] - starts["y"]) / (values - values.iloc[0])
        assert rise.dropna().round(6).nunique() == 1
        assert (drawn["x"] <= theme.WIDTH).all()


def test_dots_are_the_plans_own_numbers(compared):
    chart = charts.phase_steps(compared["huzhou-1224"])
    [dots] = points(chart, "circle")
    _, solid = points(chart, "line")
    # 303 and 1000 at the ends of their quarters, then the sample beside its name.
    assert len(dots) == 3
    ends = solid.iloc[1::2].reset_index(drop=True)
    for dot, quarter in zip(dots.itertuples(), (3, 11), strict=False):
        assert (dot.x, dot.y) == pytest.approx((ends["x"][quarter], ends["y"][quarter]))


@pytest.mark.parametrize("name", PLANS)
def test_every_number_stands_below_its_step(compared, name):
    shown = texts(charts.phase_steps(compared[name]))
    whole = compared[name].table["cumulative"]
    for value in whole:
        digits = 1 if name.startswith("dazhou") else 0
        assert f"{float(value):.{digits}f}" in shown


@pytest.mark.parametrize("lang", LANGS)
def test_a_plan_without_counts_has_a_page_that_says_so(lang):
    plan = load_plan("huzhou-1224")
    levels = plan.figures[plan.figures["measure"] == "service_value_added"]
    chart = charts.phase_steps(compare_phasings(dataclasses.replace(plan, figures=levels)), lang)
    assert (
        meta(chart)["title"]
        == {
            "zh": "没有可按季度分解的目标",
            "en": "No target to spread over quarters",
        }[lang]
    )


def test_the_axis_ends_where_the_plan_does(compared):
    chart = charts.phase_steps(compared["dazhou-2019"])
    _, solid = points(chart, "line")
    # 600.1 is the top: no empty fourth of the figure above it.
    assert "800" not in texts(chart) and "600" in texts(chart)
    levels = points(chart, "rule")[0]
    assert solid["y"].min() <= levels["y"].min()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PLANS)
def test_the_numbers_leave_little_room_at_their_left(compared, name, lang):
    _, solid = points(charts.phase_steps(compared[name], lang), "line")
    assert solid["x"].min() < theme.WIDTH / 4


@pytest.mark.parametrize("lang", LANGS)
def test_a_line_that_hides_the_other_is_told(compared, lang):
    note = {"zh": "看不见虚线处", "en": "Where no dashed line is seen"}[lang]
    for apart in (False, True):
        way = compared[PLANS[2]]
        if apart:
            table = way.table.assign(difference=[1, 1, 1, 1])
            way = dataclasses.replace(way, table=table)
        assert (note in " ".join(texts(charts.phase_steps(way, lang)))) is not apart
