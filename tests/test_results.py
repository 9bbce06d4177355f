"""A state from a ledger, from actuals, from both; and what of it says that data is made up."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from looking import check_page, meta

from h1224lib import (
    attribute_gap,
    charts,
    count_ledger,
    load_plan,
    measure_progress,
    measure_schedules,
    read_actuals,
    read_ledger,
    read_results,
    wording,
)
from h1224lib.errors import ActualsError
from h1224lib.ledger.demonstration import ACTUALS, LEDGER
from h1224lib.provenance import word_rule
from h1224lib.resources import data_folder
from h1224lib.results import gather_results
from h1224lib.tables import lay_out, word_table
from h1224lib.tables import to_text as in_text

DEMO = data_folder() / "demo"
HEADERS = ["项目编号", "项目名称", "区县", "行业", "类别", "总投资（亿元）", "签约日期", "分成比例"]
ROWS = [
    ["001", "甲", "德清县", "文旅", "营收类", "1", "2023-02-01", "0.6"],
    ["001", "甲", "安吉县", "文旅", "营收类", "1", "2023-02-01", "0.4"],
    ["002", "乙", "德清县", "文旅", "营收类", "1", "2024-01-05", ""],
]


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def real(plan, tmp_path_factory):
    """Return a ledger that bears no mark."""
    path = tmp_path_factory.mktemp("real") / "台账.csv"
    lines = [["2024年台账（截至2024年6月30日）"], HEADERS, *ROWS]
    path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    return read_ledger(path, plan)


@pytest.fixture(scope="module")
def demo(plan):
    return read_results(plan, DEMO / LEDGER, DEMO / ACTUALS)


@pytest.fixture(scope="module")
def state(plan, demo):
    return measure_progress(plan, demo, "2024-06-30")


def test_a_ledger_is_counted_by_its_settings_and_shares_exactly(plan, real):
    state = measure_progress(plan, real, "2024-06-30")
    assert [float(state.cell(area=a)["actual"]) for a in ("all", "deqing", "anji")] == [2, 1.6, 0.4]
    assert float(state.cell()["gap"]) == 498
    before = measure_progress(plan, real, "2023-12-31")
    assert float(before.cell()["actual"]) == 1
    late = dict(real.settings.counting_stage, revenue="operating")
    settings = dataclasses.replace(real.settings, counting_stage=late)
    none = measure_progress(plan, dataclasses.replace(real, settings=settings), "2024-06-30")
    assert float(none.cell()["actual"]) == 0


def test_a_flag_that_a_ledger_has_no_column_for_is_unknown_and_not_zero(plan, real, state):
    own = measure_progress(plan, real, "2024-06-30")
    assert pd.isna(own.cell("headquarters")["actual"])
    assert float(state.cell("headquarters")["actual"]) > 0


def test_a_ledger_gives_what_its_count_gives(plan, demo, state):
    count = count_ledger(demo[0], "2024-06-30")
    counted = measure_progress(count.plan, count.actuals, "2024-06-30")
    same = state.table[state.table["measure"].isin(["projects", "headquarters"])]
    other = counted.table[counted.table["measure"].isin(["projects", "headquarters"])]
    # Who gives actuals alone does not say by which rule they were counted.
    same = same.drop(columns="counting_rule")
    pd.testing.assert_frame_equal(same.reset_index(drop=True), other.reset_index(drop=True))


def test_ledger_and_actuals_together_measure_what_neither_does_alone(plan, demo, state):
    alone = measure_progress(plan, demo[0], "2024-06-30")
    assert pd.isna(alone.cell("above_scale")["actual"])
    assert float(state.cell("above_scale")["actual"]) > 0
    assert state.cell().equals(alone.cell())


def test_what_a_ledger_counts_may_not_come_from_actuals_too(plan, real):
    rows = count_ledger(real, "2024-06-30").actuals
    with pytest.raises(ActualsError) as caught:
        measure_progress(plan, [real, rows], "2024-06-30")
    assert "projects: counted" in caught.value.say("en")[0]
    context = rows.assign(comparable="context")
    measured = measure_progress(plan, [real, context], "2024-06-30")
    assert float(measured.cell()["actual"]) == 2
    with pytest.raises(ActualsError):
        gather_results([real, real], plan, "2024-06-30")


def test_a_changed_plan_keeps_its_targets_under_a_ledger(plan, real):
    cell = ("projects", "deqing", "tourism", "revenue", "2023-2025")
    more = plan.replace({cell: 50})
    usual, changed = (measure_progress(p, real, "2024-06-30") for p in (plan, more))
    where = {"area": "deqing", "industry": "tourism", "project_type": "revenue"}
    assert float(changed.cell(**where)["target"]) == 50 != float(usual.cell(**where)["target"])
    assert float(changed.cell(area="deqing")["actual"]) == 1.6


def test_the_counting_rule_stands_beside_every_result_once(plan, real, state):
    for told in (
        state.findings,
        measure_schedules(plan, real, "2024Q2").findings,
        measure_schedules(plan, real, "2024Q2").tell("deqing"),
    ):
        assert [f.kind for f in told].count("ledger_counting_rule") == 1
        assert [f.kind for f in told].count("ledger_counted") == 1
    for lang in wording.LANGUAGES:
        [rule] = state.rules(lang)
        for chart in (charts.bullets(state, lang), gaps_of(state, lang)):
            assert rule.split("；")[0][:20].split(":")[0] in str(chart.to_dict())
    dazhou = load_plan("dazhou-2019")
    measured = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31")
    assert (measured.basis, measured.rules("en")) == ((), [])


def test_rows_with_errors_are_told_beside_results(plan, tmp_path):
    path = tmp_path / "台账.csv"
    lines = [HEADERS, *ROWS, ["003", "丙", "南区", "文旅", "营收类", "1", "2024-01-05", ""]]
    path.write_text("\n".join(map(",".join, lines)), encoding="utf-8")
    state = measure_progress(plan, read_ledger(path, plan), "2024-06-30")
    severe = [f.kind for f in state.findings if f.severity == "error"]
    assert severe == ["ledger_rows", "ledger_problems"]


def test_a_day_after_the_ledgers_own_is_told(plan, real):
    kinds = [[f.kind for f in measure_progress(plan, real, day).findings]
             for day in ("2024-06-30", "2024-09-30")]  # fmt: skip
    assert ["ledger_ends_early" in told for told in kinds] == [False, True]


def gaps_of(state, lang):
    return charts.gap_bars(attribute_gap(state, ["area"]), lang)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_pictures_of_made_up_results_say_so_inside(plan, real, state, lang):
    mark = {"zh": "合成数据，仅供演示", "en": "Synthetic data, for demonstration only"}[lang]
    truth = measure_progress(plan, real, "2024-06-30")
    for draw in (charts.bullets, gaps_of):
        made, honest = (draw(s, lang).to_dict() for s in (state, truth))
        drawn = [row.get("text") for rows in made["datasets"].values() for row in rows]
        assert mark in drawn
        assert made["usermeta"]["h1224"]["mark"] == mark
        assert mark not in str(honest)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_the_source_line_names_the_plan_and_what_the_results_are_from(plan, real, state, lang):
    whole = {"zh": "湖政办发〔2023〕29号", "en": "[2023] No. 29"}[lang]
    made = {"zh": "合成数据，截至 2024-06-30", "en": "synthetic data, as of 2024-06-30"}[lang]
    truth = measure_progress(plan, real, "2024-06-30")
    for draw in (charts.bullets, gaps_of):
        source = meta(draw(state, lang))["source"]
        assert all(part in source for part in (whole, LEDGER, made))
        # The file of actuals gives other measures than the one drawn.
        assert source.count(made.split("，")[0].split(",")[0]) == 1
        check_page(draw(state, lang))
        source = meta(draw(truth, lang))["source"]
        assert whole in source and "台账.csv" in source and "2024-06-30" in source
        assert made not in source
    printed = load_plan("dazhou-2019")
    state = measure_progress(printed, read_actuals(None, printed), "2019-03-31")
    source = meta(charts.bullets(state, lang))["source"]
    assert source.startswith({"zh": "资料来源：达州市", "en": "Source: Dazhou"}[lang])
    assert source.endswith("fgw.dazhou.gov.cn")


def test_a_long_name_of_a_file_stays_on_the_page_and_odd_signs_are_shown_as_such(plan, real):
    odd = dataclasses.replace(real, file=f"{'a' * 60}🙂{'台账' * 60}🙂.xlsx")
    state = measure_progress(plan, odd, "2024-06-30")
    for lang in wording.LANGUAGES:
        chart = charts.bullets(state, lang)
        check_page(chart)
        assert "〓.xlsx" in meta(chart)["source"]


@pytest.mark.parametrize(
    ("sources", "zh", "en"),
    [
        (["http://a.example/1", "http://a.example/2"], "完成数：a.example", "results: a.example"),
        (["", ""], "完成数：未注明来源", "results: no source stated"),
        (["Synthetic data, seed 1", "年报"], "合成数据、年报", "synthetic data and 年报"),
        (list("abcde"), "a、b、c等 5 处", "a, b, c and 2 more"),
    ],
)
def test_how_the_sources_of_actuals_are_worded(sources, zh, en):
    plan = load_plan("dazhou-2019")
    rows = read_actuals(None, plan).head(len(sources)).assign(source=sources)
    [source] = gather_results(rows, plan, "2019-03-31").sources
    assert source.say("zh").endswith(zh)
    assert source.say("en").endswith(en)


def test_tables_of_made_up_results_say_so_in_every_row(plan, real, demo, state):
    parts = attribute_gap(state, ["area"])
    both = measure_schedules(plan, demo, "2024Q2")
    for frame in (state.table, state.level(["area"]), parts.table, both.table, both.part("anji")):
        assert set(frame["data_kind"]) == {"synthetic"}
        assert set(word_table(frame, plan, "zh")["数据性质"]) == {"合成数据，仅供演示"}
        laid = lay_out(frame, plan, "en")
        assert "Data kind: Synthetic data, for demonstration only" in laid.about
        assert "Synthetic data, for demonstration only" in in_text(laid)
    truth = measure_progress(plan, real, "2024-06-30")
    assert not truth.synthetic
    assert "data_kind" not in truth.table
    assert "data_kind" not in attribute_gap(truth, ["area"]).table


def test_made_up_actuals_alone_are_marked_too(plan):
    state = measure_progress(plan, read_actuals(DEMO / ACTUALS, plan), "2024-06-30")
    assert state.synthetic
    assert [f.kind for f in state.basis] == ["actuals_synthetic"]
    assert set(state.table["data_kind"]) == {"synthetic"}


def test_real_actuals_that_ship_are_not_mixed_with_a_made_up_ledger(plan):
    assert len(read_results(plan, DEMO / LEDGER)) == 1
    assert len(read_results(plan)) == 1


def test_every_target_of_1224_can_be_measured_from_the_demonstration(plan, state):
    whole = state.table[(state.table[["area", "industry", "project_type"]] == "all").all(axis=1)]
    reached = whole.set_index("measure")["actual"]
    assert reached[["projects", "headquarters", "above_scale"]].notna().all()


def test_every_table_of_results_from_a_ledger_says_by_which_rule_it_counts(plan, real, state):
    both = measure_schedules(plan, real, "2024Q2")
    truth = measure_progress(plan, real, "2024-06-30")
    frames = [truth.table, attribute_gap(truth, ["area"]).table, both.table, both.part("anji")]
    for frame in (*frames, truth.trace(), state.table):
        [rule] = set(frame["counting_rule"])
        assert word_rule(rule, "zh").startswith("方案没有印发计数口径")
        assert word_rule(rule, "en").startswith("The plan prints no rule of counting")
        for lang, header in (("zh", "计数口径"), ("en", "Counting rule")):
            assert set(word_table(frame, plan, lang)[header]) == {word_rule(rule, lang)}
    # Aggregated actuals are counted by whoever counted them.
    dazhou = load_plan("dazhou-2019")
    measured = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31")
    assert "counting_rule" not in measured.table


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_the_numbers_behind_a_picture_say_by_which_rule_they_count(plan, real, lang):
    truth = measure_progress(plan, real, "2024-06-30")
    for draw in (charts.bullets, gaps_of):
        table = meta(draw(truth, lang))
        place = table["columns"].index("counting_rule")
        assert {word_rule(row[place], lang) for row in table["rows"]} == set(truth.rules(lang))


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_a_title_names_areas_in_the_order_in_which_they_are_drawn(plan, state, lang):
    picture = meta(charts.bullets(state, lang))
    drawn = [plan.label("area", row[0], lang) for row in picture["rows"]]
    named = [name for name in drawn if name in picture["title"]]
    assert named
    assert sorted(named, key=picture["title"].index) == named == drawn[1 : 1 + len(named)]


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_of_a_part_inside_an_area_the_areas_own_bar_stands_out(plan, state, lang):
    parts = attribute_gap(state, ["area"])
    inner, outer = (charts.gap_bars(parts, lang, highlight=h) for h in ("futurecity", "nantaihu"))
    bold = [
        {row["name"] for rows in chart.to_dict()["datasets"].values() for row in rows
         if row.get("weight") == "bold"}
        for chart in (inner, outer)
    ]  # fmt: skip
    assert bold == [{plan.label("area", "nantaihu", lang)}] * 2
    name = plan.label("area", "futurecity", lang)
    assert name in str(inner.to_dict()["datasets"])
    assert name not in str(outer.to_dict()["datasets"])
    check_page(inner)


def test_counts_have_no_decimals_but_those_of_shared_credit(plan, real, state):
    def labels(measured):
        rows = charts.gap_bars(attribute_gap(measured, ["area"]), "en").to_dict()["datasets"]
        return {row["text"] for part in rows.values() for row in part if row.get("gap") is not None}

    # Half of an odd target and a share of 0.6 have one digit.
    assert all(text.partition(".")[2] in ("", *"0123456789") for text in labels(state))
    assert any("." in text for text in labels(state))
    everything = measure_progress(plan, real, "2025-12-31")
    assert {len(text.partition(".")[2]) for text in labels(everything)} == {1}
    title = meta(charts.gap_bars(attribute_gap(state, ["area"]), "en"))["title"]
    assert title.endswith(" (projects)")
    assert not title.endswith("0 (projects)")


def test_a_second_ledger_and_what_is_none_are_refused():
    plan = load_plan("huzhou-1224")
    ledger = read_ledger(data_folder() / "demo" / LEDGER, plan)
    for given, key in (
        ([ledger, ledger], "several_ledgers"),
        ([], "no_results_given"),
        ([ledger, "x"], "not_results"),
        ("x", "not_results"),
    ):
        with pytest.raises(ActualsError) as refused:
            gather_results(given, plan, "2024-06-30")
        assert refused.value.key == key
        assert all(refused.value.say(lang)[0] for lang in ("zh", "en"))


@pytest.mark.parametrize(("lang", "text"), [("zh", "目标基数小"), ("en", "small target")])
def test_a_bar_that_has_a_result_and_no_completion_says_why(plan, real, lang, text):
    small = measure_progress(plan, real, "2024-06-30", small_base=100)
    drawn = str(charts.bullets(small, lang).to_dict())
    assert text in drawn
    assert wording.say("chart.unrated.no_result", lang) not in drawn
