"""What an editor would send back: untrue notes, lost rows, names that stop a figure."""

from __future__ import annotations

import dataclasses

import pytest
from edges import edge_state
from looking import LANGS, check_page, meta, table, texts

import h1224lib as h
from h1224lib import charts
from h1224lib.charts import export
from h1224lib.charts.fonts import MISSING

ODD = {"emoji": "工厂🏭", "arabic": "مصنع", "rare": "犇羴鱻"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ODD.values(), ids=list(ODD))
def test_a_name_that_the_font_lacks_does_not_stop_a_figure(name, lang, tmp_path):
    state = edge_state("ties", tmp_path)
    areas = state.plan.areas.copy()
    areas.loc["a00", ["zh", "en"]] = name
    plan = dataclasses.replace(state.plan, areas=areas)
    chart = charts.bullets(dataclasses.replace(state, plan=plan), lang=lang)
    drawn = export.convert(chart.to_dict(), ["svg", "png", "pdf"])
    assert all(drawn.values())
    assert any(MISSING in text for text in texts(chart))


@pytest.mark.parametrize("lang", LANGS)
def test_without_odds_a_figure_does_not_explain_them(lang):
    plan = h.load_plan("dazhou-2019")
    state = h.measure_progress(plan, h.read_actuals(None, plan), "2019-03-31")
    chart = charts.odds_bars(h.forecast(state), lang)
    said = " ".join(texts(chart))
    assert "80" not in said
    assert ("菱形" if lang == "zh" else "diamond") not in said


@pytest.mark.parametrize("lang", LANGS)
def test_odds_beyond_the_edge_are_said_to_be_there(lang, tmp_path):
    near = charts.odds_bars(h.forecast(edge_state("ties", tmp_path)), lang)
    far = charts.odds_bars(h.forecast(edge_state("nobody", tmp_path)), lang)
    edge = "右边缘" if lang == "zh" else "at the edge"
    assert [any(edge in text for text in texts(c)) for c in (near, far)] == [False, True]


@pytest.mark.parametrize("lang", LANGS)
def test_a_map_names_first_who_is_furthest_by_what_it_writes(lang):
    plan = h.load_plan()
    results = h.read_results(plan, h.resources.data_folder() / "demo" / "synthetic-ledger.xlsx")
    state = h.measure_progress(plan, results, "2024-06-30")
    chart = charts.tile_map(state, lang=lang)
    furthest = table(chart).set_index("area")["lead_pp"].astype(float).idxmin()
    named = plan.label("area", furthest, lang)
    assert named in meta(chart)["title"]
    assert meta(chart)["title"] == meta(charts.bullets(state, lang=lang))["title"]


@pytest.mark.parametrize("lang", LANGS)
def test_of_a_ceiling_no_note_speaks_of_a_share_done_in_front_of_brackets(lang, tmp_path):
    state = edge_state("ceiling", tmp_path)
    for chart in (charts.bullets(state, lang=lang), charts.tile_map(state, lang=lang)):
        check_page(chart)
        said = " ".join(texts(chart))
        assert ("有利（+）" if lang == "zh" else "better (+)") in said
        assert ("括号内" if lang == "zh" else "in brackets") not in said


@pytest.mark.parametrize("lang", LANGS)
def test_the_wholes_shift_is_written_and_not_drawn(lang, tmp_path):
    chart = charts.shift_bars(h.shift_share(edge_state("all", tmp_path)), lang)
    spec = chart.to_dict()
    rows = [r for rows in spec["datasets"].values() for r in rows if "zero" in r and "end" in r]
    whole = [r for r in rows if r.get("area") == "all"]
    assert whole
    assert all(r["zero"] == r["end"] for r in whole)
    assert any(r["zero"] != r["end"] for r in rows)


@pytest.mark.parametrize("lang", LANGS)
def test_the_bar_that_stands_out_is_named(lang, tmp_path):
    state = edge_state("all", tmp_path)
    chart = charts.gap_bars(h.attribute_gap(state, ["area"]), lang, highlight="a02")
    name = state.plan.label("area", "a02", lang)
    told = f"深色的是{name}。" if lang == "zh" else f"The dark bar is {name}."
    assert told in texts(chart)
    for case in ("none", "ties"):
        # Without results, or level with its schedule, it has no bar.
        bare = h.attribute_gap(edge_state(case, tmp_path), ["area"])
        assert told not in texts(charts.gap_bars(bare, lang, highlight="a02"))


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_figure_blames_no_plan_for_lacking_results(lang):
    plan = h.load_plan("dazhou-2019")
    state = h.measure_progress(plan, h.read_actuals(None, plan), "2019-03-31")
    chart = charts.dumbbells(None, state, lang)
    assert "方案不涉及" not in " ".join(texts(chart))
    assert "apply" not in " ".join(texts(chart))


def test_amounts_in_english_checklists_have_their_unit():
    plan = h.load_plan()
    said = texts(charts.landmark_checklist(plan, None, "2024-06-30", "en"))
    assert "6000 (CNY 100 million)" in said
    assert "200" in said
