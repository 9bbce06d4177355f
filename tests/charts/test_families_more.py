"""Mosaic, quotients, what is left, scoreboard and indicator bars: true in every case."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from looking import LANGS, check_page, meta, table, texts

from h1224lib import charts, judge_indicators, load_plan, read_published


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def dazhou():
    return load_plan("dazhou-2019")


def cases(plan):
    """Published as it is; none; everything far above; everything unsure and far below."""
    real = read_published(plan)
    yield real
    yield real.iloc[:0]
    yield real.assign(value=real["value"] * 9)
    yield real.assign(value=real["value"] / 9, confidence="medium")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["huzhou", "dazhou"])
def test_no_text_leaves_the_page(request, name, lang):
    plan = request.getfixturevalue(name)
    drawn = [
        charts.marimekko(plan, lang),
        charts.quotient_map(plan, lang),
        charts.remaining_map(plan, lang),
    ]
    for published in cases(plan):
        drawn.append(charts.scoreboard(plan, published, lang))
        drawn.append(charts.indicator_bars(judge_indicators(plan, published), lang))
    for chart in drawn:
        meta(chart)
        check_page(chart)


@pytest.mark.parametrize("lang", LANGS)
def test_the_mosaics_boxes_are_in_proportion(huzhou, lang):
    chart = charts.marimekko(huzhou, lang)
    assert table(chart)["value"].sum() == 1000
    spec = chart.to_dict()
    boxes = pd.DataFrame(spec["datasets"][spec["layer"][0]["data"]["name"]])
    area = (boxes["right"] - boxes["left"]) * (boxes["bottom"] - boxes["top"])
    wide = boxes[boxes["value"] > 20]
    ratio = area[wide.index] / wide["value"]
    # Half a pixel of white on each side is all that is lost.
    assert ratio.max() / ratio.min() < 1.06


@pytest.mark.parametrize("lang", LANGS)
def test_the_mosaic_names_what_it_cannot_label(huzhou, lang):
    chart = charts.marimekko(huzhou, lang)
    notes = " ".join(texts(chart))
    for area, number in (("changhe", 3), ("municipal", 81)):
        assert huzhou.label("area", area, lang).split()[0] in notes
        assert str(number) in notes


def test_a_plan_without_industries_has_an_unsplit_mosaic(dazhou):
    chart = charts.marimekko(dazhou)
    assert table(chart)["value"].sum() == pytest.approx(600.1)


@pytest.mark.parametrize("lang", LANGS)
def test_the_quotient_map_marks_what_is_suppressed(huzhou, lang):
    chart = charts.quotient_map(huzhou, lang)
    shown = texts(chart)
    assert shown.count({"zh": "不计", "en": "n/a"}[lang]) == 14
    assert shown.count("-") == 10
    assert "3.15" in shown
    cells = table(chart).set_index(["area", "industry"])
    assert cells.at[("nantaihu", "finance"), "quotient"] == pytest.approx(2.546, abs=0.001)


@pytest.mark.parametrize("lang", LANGS)
def test_what_does_not_apply_is_said_on_an_empty_page(dazhou, lang):
    told = {"zh": "区位商不适用", "en": "Location quotients do not apply"}
    assert meta(charts.quotient_map(dazhou, lang))["title"] == told[lang]
    none = {
        "zh": "方案没有可与公布数对照的产出指标",
        "en": "The plan has no outcome indicator to judge",
    }
    judged = judge_indicators(dazhou, read_published(dazhou))
    assert meta(charts.indicator_bars(judged, lang))["title"] == none[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_left_by_cell(huzhou, dazhou, lang):
    cells = table(charts.remaining_map(huzhou, lang)).set_index(["area", "industry"])
    assert cells.at[("all", "all"), "shown"] == "697"
    assert cells.at[("nantaihu", "finance"), "shown"] == "75"
    assert cells.at[("changhe", "finance"), "shown"] == "-"
    assert table(charts.remaining_map(dazhou, lang))["value"].iloc[0] == 489.6


def test_one_horizon_alone_leaves_nothing_to_draw(huzhou):
    figures = huzhou.figures[huzhou.figures["horizon"] != "2023"]
    plan = dataclasses.replace(huzhou, figures=figures)
    assert meta(charts.remaining_map(plan, "en"))["title"] == (
        "There are no two horizons to subtract"
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_scoreboard_has_four_tiles_and_says_what_is_inferred(huzhou, lang):
    chart = charts.scoreboard(huzhou, read_published(huzhou), lang)
    shown = texts(chart)
    for big in ("1000", "≥ 20", "≥ 2100", "≥ 400"):
        assert big in shown
    assert shown.count({"zh": "没有数据", "en": "no data"}[lang]) == 3
    assert any({"zh": "推断", "en": "inferred"}[lang] in text for text in shown)
    assert table(chart)["actual"].dropna().tolist() == [2216.7]


@pytest.mark.parametrize("lang", LANGS)
def test_indicator_bars_draw_only_what_is_comparable(huzhou, lang):
    chart = charts.indicator_bars(judge_indicators(huzhou, read_published(huzhou)), lang)
    told = {
        "zh": "16 个指标目标中 2 个可以判断：1 个达到，1 个未达到",
        "en": "2 of 16 indicator targets can be judged: 1 met, 1 missed",
    }
    assert meta(chart)["title"] == told[lang]
    rows = table(chart)
    assert len(rows) == 16
    spec = chart.to_dict()
    bars = spec["datasets"][spec["layer"][0]["data"]["name"]]
    assert [bar["measure"] for bar in bars] == ["service_value_added", "retail_sales"]
    for bar in bars:
        length = (bar["end"] - bar["start"]) / (bar["goal"] - bar["start"])
        assert length == pytest.approx(bar["actual"] / bar["target"])
    assert any("98.9" in text for text in texts(chart))


def test_unsure_figures_are_starred(huzhou):
    published = read_published(huzhou).assign(confidence="medium")
    for chart in (
        charts.indicator_bars(judge_indicators(huzhou, published), "en"),
        charts.scoreboard(huzhou, published, "en"),
    ):
        shown = texts(chart)
        assert any(text.endswith("*") for text in shown)
        assert any("kept out of circulars" in text for text in shown)
