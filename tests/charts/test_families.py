"""Each family says something true, in every case and both languages."""

from __future__ import annotations

import dataclasses

import pytest
from looking import LANGS, check_page, meta, table, texts

from h1224lib import attribute_gap, charts, load_plan, measure_progress, read_actuals
from h1224lib.charts import theme


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def dazhou():
    return load_plan("dazhou-2019")


def states(plan):
    """The real quarter twice, and the same with nobody behind, with ties, with no data."""
    real = read_actuals(None, plan)
    yield "behind", measure_progress(plan, real, "2019-03-31")
    yield "mixed", measure_progress(plan, real, "2019-03-31", "printed")
    yield "ahead", measure_progress(plan, real.assign(value=real["value"] * 9), "2019-03-31")
    planned = plan.cells.query("measure == 'investment' and horizon == '2019Q1'")
    exact = real.assign(value=real["area"].map(planned.set_index("area")["value"]))
    yield "even", measure_progress(plan, exact, "2019-03-31", "printed")
    yield "none", measure_progress(plan, real, "2019-06-30")


@pytest.mark.parametrize("lang", LANGS)
def test_heat_map_prints_every_cell_and_keeps_the_three_nothings_apart(huzhou, lang):
    chart = charts.heat_map(huzhou, lang=lang)
    cells = table(chart).set_index(["area", "industry"])
    assert len(cells) == 9 * 8
    assert cells.at[("nantaihu", "finance"), "shown"] == "110"
    assert cells.at[("changhe", "finance"), "shown"] == "-"
    assert "110" in meta(chart)["title"]
    year = table(charts.heat_map(huzhou, "2023", lang=lang)).set_index(["area", "industry"])
    assert year.at[("nantaihu", "logistics"), "shown"] == "1"


def test_heat_map_leaves_a_cell_blank_where_nothing_is_printed(huzhou):
    figures = huzhou.figures[
        ~((huzhou.figures["area"] == "changhe") & (huzhou.figures["industry"] == "finance"))
    ]
    cells = table(charts.heat_map(dataclasses.replace(huzhou, figures=figures)))
    shown = cells.set_index(["area", "industry"])["shown"]
    assert shown["changhe", "finance"] == ""
    assert shown["changhe", "hr"] == "-"


@pytest.mark.parametrize("lang", LANGS)
def test_a_plan_without_industries_has_its_horizons_across(dazhou, lang):
    cells = table(charts.heat_map(dazhou, lang=lang))
    assert len(cells) == 10 * 2
    assert cells.query("area == 'all'")["value"].tolist() == [600.1, 110.5]


@pytest.mark.parametrize("lang", LANGS)
def test_icicle_heights_add_up_and_thin_parts_are_named(huzhou, lang):
    chart = charts.icicle(huzhou, lang=lang)
    boxes = table(chart)
    assert boxes.groupby("depth")["value"].sum().to_dict() == {0: 1000, 1: 1000, 2: 1000}
    notes = " ".join(texts(chart))
    for number in ("14", "12", "3"):
        assert number in notes


def test_icicle_by_areas_and_by_four_boxes_deep(huzhou, dazhou):
    deep = table(charts.icicle(huzhou, by=("area", "industry", "project_type")))
    assert deep.groupby("depth")["value"].sum().to_dict() == dict.fromkeys(range(4), 1000)
    flat = table(charts.icicle(dazhou))
    assert flat[flat["depth"] == 1]["value"].sum() == pytest.approx(600.1)


@pytest.mark.parametrize("lang", LANGS)
def test_bullets_and_gap_bars_tell_the_truth_in_every_case(dazhou, lang):
    titles = {}
    for case, state in states(dazhou):
        titles[case] = meta(charts.bullets(state, lang))["title"]
        parts = attribute_gap(state, ["area"])
        gaps = table(charts.gap_bars(parts, lang, highlight="kaijiang"))
        assert len(gaps) == 9
        if case in ("behind", "mixed"):
            city = float(state.cell()["gap"])
            assert gaps["gap"].sum() == pytest.approx(city, abs=1e-9)
    expected = {
        "zh": {
            "behind": "9 个地区全部落后于时序进度",
            "mixed": "9 个地区中 2 个落后：开江县、通川区",
            "ahead": "9 个地区均不落后",
            "even": "9 个地区均不落后",
            "none": "达州市没有可比的完成数",
        },
        "en": {
            "behind": "All 9 areas are behind the schedule by equal quarters",
            "mixed": "2 of 9 areas behind: Kaijiang County and Tongchuan District",
            "ahead": "None of the 9 areas is behind",
            "even": "None of the 9 areas is behind",
            "none": "There is no comparable result for Dazhou",
        },
    }
    assert titles == expected[lang]


def test_colours_follow_the_sign_of_the_gap():
    assert [theme.light(gap) for gap in (1, 0, -1)] == [theme.BEHIND, theme.EVEN, theme.AHEAD]
    assert theme.light(float("nan")) == theme.EVEN


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_leaves_the_page(huzhou, dazhou, lang):
    real = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31", "printed")
    drawn = [
        charts.heat_map(huzhou, lang=lang),
        charts.heat_map(dazhou, lang=lang),
        charts.icicle(huzhou, lang=lang),
        charts.bullets(real, lang),
        charts.gap_bars(attribute_gap(real, ["area"]), lang),
    ]
    for chart in drawn:
        check_page(chart)
