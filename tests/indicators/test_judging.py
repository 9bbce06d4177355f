"""Published results against targets: only like with like, and every other reason said."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from h1224lib import for_circular, judge_indicators, load_plan, read_published
from h1224lib.indicators import judge_headline
from h1224lib.periods import span
from h1224lib.verdicts import in_language, show_target


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def real(huzhou):
    return read_published(huzhou)


def row(measure, period, value, **other):
    """One published row, of an industry that the plan prints the target for."""
    first, last = span(period)
    given = {"measure": measure, "area": "all", "industry": "all", "project_type": "all"}
    given |= {"period": period, "value": value, "unit": "亿元", "status": "preliminary"}
    given |= {"comparable": "yes", "confidence": "high", "vintage": "2026-01-01", "source": "a"}
    return given | {"note": "", "first_day": first, "last_day": last} | other


def judge(plan, *rows):
    return judge_indicators(plan, pd.DataFrame(list(rows)))


def result(judged, measure, horizon):
    table = judged.table
    found = table[(table["measure"] == measure) & (table["horizon"] == horizon)]
    assert len(found) == 1
    return found.iloc[0]


def test_the_two_real_results(huzhou, real):
    judged = judge_indicators(huzhou, real)
    table = judged.table[judged.table["actual"].notna()]
    columns = ["measure", "horizon", "relation", "target", "actual", "reached", "gap"]
    assert table[columns].to_numpy().tolist() == [
        ["service_value_added", "2025", ">=", 2100.0, 2216.7, "met", -116.7],
        ["retail_sales", "2025", "=", 2000.0, 1978.0, "missed", 22.0],
    ]
    assert table["share"].round(3).tolist() == [1.056, 0.989]
    assert table["status"].tolist() == ["preliminary"] * 2
    assert table["sources"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("measure", "horizon", "reached", "reason"),
    [
        ("service_value_added", "2023", "not_judged", "part_year"),
        ("retail_sales", "2023", "not_judged", "other_year"),
        ("port_cargo", "2025", "not_judged", "other_year"),
        ("tourism_value_added", "2025", "not_judged", "related_only"),
        ("managed_assets", "2025", "no_data", "no_data"),
        ("service_investment_growth", "2025", "reference", "reference"),
    ],
)
def test_every_other_target_says_why(huzhou, real, measure, horizon, reached, reason):
    found = result(judge_indicators(huzhou, real), measure, horizon)
    assert (found["reached"], found["reason"]) == (reached, reason)
    assert pd.isna(found["actual"])


def test_every_target_and_every_published_row_has_its_place(huzhou, real):
    judged = judge_indicators(huzhou, real)
    assert len(judged.table) == 32
    assert (judged.table["reason"] == "").sum() == judged.table["actual"].notna().sum() == 2
    assert set(judged.context["reason"]) <= {
        "part_year",
        "other_year",
        "other_area",
        "other_definition",
        "beside",
    }
    keys = ["measure", "area", "industry", "period", "source"]
    listed = set(judged.context[keys].itertuples(index=False, name=None))
    used = judged.table[judged.table["actual"].notna()]
    listed |= set(used[keys].itertuples(index=False, name=None))
    assert listed == set(real[keys].itertuples(index=False, name=None))


def test_context_is_tied_to_its_indicators(huzhou, real):
    context = judge_indicators(huzhou, real).context
    of_va = context[context["measure"] == "wholesale_retail_va_growth"]
    assert of_va["indicator"].tolist() == ["wholesale_sales_growth", "retail_trade_sales_growth"]
    assert set(of_va["reason"]) == {"other_definition"}
    wuxing = context.query("measure == 'service_value_added' and area == 'wuxing'")
    assert set(wuxing["reason"]) == {"other_area"}
    assert set(context.loc[context["measure"] == "gdp", "indicator"]) == {""}


def test_a_part_of_the_year_is_never_set_against_the_years_target(huzhou):
    for period in ("2025H1", "2025Q1-3", "2025-12", "2025M1-11", "2024"):
        judged = judge(huzhou, row("service_value_added", period, 9999))
        assert judged.table["actual"].isna().all(), period
        assert judged.context["reason"].isin(["part_year", "other_year"]).all()


@pytest.mark.parametrize("comparable", ["context", "no: other definition"])
def test_what_is_not_comparable_is_never_set_against_a_target(huzhou, comparable):
    judged = judge(huzhou, row("service_value_added", "2025", 9999, comparable=comparable))
    assert judged.table["actual"].isna().all()
    assert result(judged, "service_value_added", "2025")["reason"] == "related_only"


@pytest.mark.parametrize(
    ("relation", "value", "value_max", "direction", "actual", "reached"),
    [
        (">=", 100, None, "up", 100, "met"),
        (">=", 100, None, "up", 99.9, "missed"),
        (">", 100, None, "up", 100, "missed"),
        (">", 100, None, "up", 100.1, "met"),
        ("=", 100, None, "up", 103, "met"),
        ("=", 100, None, "down", 103, "missed"),
        ("=", 100, None, "down", 97, "met"),
        ("<=", 100, None, "up", 100, "met"),
        ("<", 100, None, "down", 100, "missed"),
        ("range", 100, 120, "up", 101, "met"),
        ("range", 100, 120, "down", 121, "missed"),
    ],
)
def test_each_relation_on_paper(huzhou, relation, value, value_max, direction, actual, reached):
    figures = huzhou.figures.copy()
    own = (figures["measure"] == "service_value_added") & (figures["horizon"] == "2025")
    figures.loc[own, "relation"] = relation
    figures.loc[own, "value"] = value
    figures.loc[own, "value_max"] = value_max
    measures = huzhou.measures.copy()
    measures.loc["service_value_added", "direction"] = direction
    plan = dataclasses.replace(huzhou, figures=figures, measures=measures)
    judged = judge(plan, row("service_value_added", "2025", actual))
    assert result(judged, "service_value_added", "2025")["reached"] == reached


def test_of_several_releases_the_firmest_and_latest_holds(huzhou):
    judged = judge(
        huzhou,
        row("service_value_added", "2025", 2216.7),
        row("service_value_added", "2025", 2090.4, status="final", source="b"),
        row("service_value_added", "2025", 2300, vintage="2026-03-01", source="c"),
    )
    found = result(judged, "service_value_added", "2025")
    assert (found["actual"], found["reached"], found["sources"]) == (2090.4, "missed", 3)
    assert judged.context["reason"].tolist() == ["other_release"] * 2


def test_medium_confidence_is_shown_and_kept_out_of_circulars(huzhou, real):
    cargo = {"industry": "logistics", "unit": "亿吨", "confidence": "medium"}
    judged = judge(huzhou, row("port_cargo", "2025", 1.7, **cargo))
    assert result(judged, "port_cargo", "2025")["reached"] == "met"
    assert for_circular(judged.table).empty
    (told,) = [f for f in judged.findings if f.kind == "indicator_met"]
    assert "kept out of circulars" in told.say("en")
    assert "不入通报" in told.say("zh")
    quoted = for_circular(judge_indicators(huzhou, real).table)
    assert quoted["measure"].tolist() == ["service_value_added", "retail_sales"]


def test_findings_say_the_numbers_in_both_languages(huzhou, real):
    findings = judge_indicators(huzhou, real).findings
    english = [f.say("en") for f in findings]
    assert english[1].startswith("Huzhou, services value added: 2216.7 published for 2025")
    assert "preliminary, one source" in english[1]
    assert "missed by 22, 98.9 % of the target" in english[2]
    chinese = [f.say("zh") for f in findings]
    assert "未达到，差 22，为目标的 98.9%" in chinese[2]
    assert any("Inland port cargo (2024)" in text for text in english)
    assert any("provincial average" in text for text in english)
    assert [f.severity for f in findings[1:3]] == ["note", "warning"]


def test_a_plan_without_outcome_indicators_says_so():
    plan = load_plan("dazhou-2019")
    judged = judge_indicators(plan, read_published(plan))
    assert [f.kind for f in judged.findings] == ["indicators_none"]
    assert judged.table.empty
    assert for_circular(judged.table).empty


def test_a_plan_without_published_results_has_no_data(huzhou):
    plan = dataclasses.replace(huzhou, name="somewhere-else")
    judged = judge_indicators(plan, read_published(plan))
    assert set(judged.table["reached"]) == {"no_data", "reference"}


def test_headline_targets_are_data(huzhou, real):
    table = judge_headline(huzhou, real)
    assert table["target"].tolist() == [1000, 20, 2100, 400]
    assert table["horizon"].tolist() == ["2023-2025", "2023-2025", "2025", "2023-2025"]
    assert table["reached"].tolist() == ["no_data", "no_data", "met", "no_data"]
    dazhou = load_plan("dazhou-2019")
    alone = judge_headline(dazhou, read_published(dazhou))
    assert alone[["target", "reason"]].to_numpy().tolist() == [[600.1, "part_year"]]


def test_targets_and_remarks_in_words():
    assert show_target({"relation": "range", "target": 2, "value_max": 3}, "-") == "2–3"
    assert show_target({"relation": ">", "target": 110, "value_max": None}, "-") == "> 110"
    assert show_target({"relation": "reference", "target": pd.NA, "value_max": None}, "-") == "-"
    assert in_language("无英文").say("zh") == "无英文"
    assert in_language("甲 (a)；乙 (b; c)").say("en") == "a; b; c"
