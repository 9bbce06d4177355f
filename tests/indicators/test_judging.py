"""Published results against targets: only like with like, and every other reason said."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from h1224lib import for_circular, judge_indicators, load_plan, read_published
from h1224lib.indicators import judge_headline
from h1224lib.periods import span
from h1224lib.verdicts import in_language, show_target

LAST = ("service_value_added", "2025")


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
        ("service_investment_growth", "2025", "reference", "reference_alone"),
        ("catering_turnover_growth", "2025", "reference", "reference_missing"),
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
    assert (found["actual"], found["reached"]) == (2090.4, "missed")
    # Two other releases disagree, and are no sources of this value.
    assert (found["sources"], found["differing"]) == (1, 2)
    (told,) = [f for f in judged.findings if f.kind == "indicator_missed"]
    assert "one source, 2 other releases with another value" in told.say("en")
    assert "另有 2 次发布数值不同" in told.say("zh")
    assert judged.context["reason"].tolist() == ["other_release"] * 2


def test_releases_that_agree_are_counted_as_sources(huzhou):
    judged = judge(
        huzhou,
        row("service_value_added", "2025", 2216.7),
        row("service_value_added", "2025", 2216.7, source="b"),
    )
    found = result(judged, "service_value_added", "2025")
    assert (found["sources"], found["differing"]) == (2, 0)


def test_a_rate_misses_by_percentage_points(huzhou):
    judged = judge(huzhou, row("service_investment_growth", "2023", 7.5))
    found = result(judged, "service_investment_growth", "2023")
    assert (found["reached"], found["gap"], pd.isna(found["share"])) == ("missed", 1.5, True)
    (told,) = [f for f in judged.findings if f.kind == "indicator_missed"]
    assert "missed by 1.5 percentage points (" in told.say("en")
    assert "差 1.5 个百分点（" in told.say("zh")


def test_a_range_to_stay_below_is_missed_by_what_lies_above_it(huzhou):
    figures, measures = huzhou.figures.copy(), huzhou.measures.copy()
    own = (figures["measure"] == "service_value_added") & (figures["horizon"] == "2025")
    figures.loc[own, ["relation", "value", "value_max"]] = ["range", 100, 120]
    measures.loc["service_value_added", "direction"] = "down"
    plan = dataclasses.replace(huzhou, figures=figures, measures=measures)
    found = result(judge(plan, row("service_value_added", "2025", 126)), *LAST)
    assert (found["reached"], found["gap"], found["share"]) == ("missed", -6.0, 1.05)


# -- what follows another quantity -----------------------------------------------------------

GROWTH = "service_investment_growth"
FOLLOWED = "fixed_asset_investment_growth"


@pytest.mark.parametrize(
    ("own", "direction", "reached", "gap"),
    [
        (3.0, "up", "missed", 1.0),
        (4.0, "up", "met", 0.0),
        (5.5, "up", "met", -1.5),
        (3.0, "down", "met", 1.0),
        (5.5, "down", "missed", -1.5),
    ],
)
def test_a_reference_is_compared_with_what_it_follows(huzhou, own, direction, reached, gap):
    measures = huzhou.measures.copy()
    measures.loc[GROWTH, "direction"] = direction
    plan = dataclasses.replace(huzhou, measures=measures)
    other = row(FOLLOWED, "2025", 4.0, comparable="context", confidence="medium")
    judged = judge(plan, row(GROWTH, "2025", own), other)
    found = result(judged, GROWTH, "2025")
    assert (found["reached"], found["reason"], found["gap"]) == (reached, "", gap)
    assert (found["actual"], found["refers_to"], found["reference_value"]) == (own, FOLLOWED, 4.0)
    # The comparison is as sure as the less sure of its two figures.
    assert found["confidence"] == "medium"
    assert pd.isna(found["share"])
    (told,) = [f for f in judged.findings if f.kind == "indicator_follows"]
    assert told.severity == ("warning" if reached == "missed" else "note")
    assert "beside 4 (%) of what it follows, fixed-asset investment growth" in told.say("en")
    assert "所参照的固定资产投资增速 4 %" in told.say("zh")
    assert judged.findings[0].numbers[reached] == 1


def test_the_provincial_average_can_be_entered(huzhou):
    names = ["wholesale_sales", "retail_trade_sales", "accommodation_turnover", "catering_turnover"]
    rows = []
    for name in names:
        industry = {"industry": "commerce"}
        rows.append(row(f"{name}_growth", "2025", 6.0, **industry))
        rows.append(row(f"provincial_{name}_growth", "2025", 6.1, **industry))
    judged = judge(huzhou, *rows)
    for name in names:
        found = result(judged, f"{name}_growth", "2025")
        # 6.1 - 6.0 is 0.0999999999999996 in binary.
        assert (found["reached"], found["gap"]) == ("missed", 0.1)


@pytest.mark.parametrize("other", [{"period": "2025H1"}, {"comparable": "no: other definition"}])
def test_what_is_followed_is_of_the_same_days_and_definition(huzhou, other):
    period = other.pop("period", "2025")
    followed = row(FOLLOWED, period, 4.0, **{"comparable": "context", **other})
    found = result(judge(huzhou, row(GROWTH, "2025", 3.0), followed), GROWTH, "2025")
    assert (found["reached"], found["reason"]) == ("reference", "reference_missing")
    assert pd.isna(found["actual"])


def test_a_plan_that_does_not_say_what_is_followed(huzhou):
    plan = dataclasses.replace(huzhou, measures=huzhou.measures.assign(refers_to=""))
    judged = judge(plan, row(GROWTH, "2025", 3.0), row(FOLLOWED, "2025", 4.0))
    assert result(judged, GROWTH, "2025")["reason"] == "reference"
    told = [f.say("en") for f in judged.findings if f.kind == "indicators_reference"]
    assert "do not name the measure that is followed" in told[0]


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
    assert any("follows fixed-asset investment growth, published as −4.3 %" in e for e in english)
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
    follows = {"relation": "reference", "target": pd.NA, "value_max": None}
    assert show_target(follows, "-") == "-"
    assert show_target(follows | {"reference_value": 4.5}, "-") == "4.5"
    assert in_language("无英文").say("zh") == "无英文"
    assert in_language("甲 (a)；乙 (b; c)").say("en") == "a; b; c"
