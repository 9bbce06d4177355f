"""Indicators followed on the plan: what is rated, only met or missed, or only shown."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from looking import LANGS, check_page, meta, table, texts

from h1224lib import (
    charts,
    judge_indicators,
    load_plan,
    measure_progress,
    read_counts,
    read_published,
    track_indicators,
)
from h1224lib.charts.paths import _join_years, _Panel
from h1224lib.periods import span
from h1224lib.resources import data_folder
from h1224lib.tables import lay_out


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def real(huzhou):
    return read_published(huzhou)


@pytest.fixture(scope="module")
def track(huzhou, real):
    return track_indicators(huzhou, real)


def row(measure, period, value, **other):
    """One published row, of the whole city."""
    first, last = span(period)
    given = {"measure": measure, "area": "all", "industry": "all", "project_type": "all"}
    given |= {"period": period, "value": value, "unit": "", "status": "preliminary"}
    given |= {"comparable": "yes", "confidence": "high", "vintage": "2026-01-01", "source": "a"}
    return given | {"note": "", "first_day": first, "last_day": last} | other


def follow(plan, *rows, base_year=None):
    return track_indicators(plan, pd.DataFrame(list(rows)), base_year)


def result(track, measure, horizon, industry=None):
    found = track.table
    found = found[(found["measure"] == measure) & (found["horizon"] == horizon)]
    if industry:
        found = found[found["industry"] == industry]
    assert len(found) == 1
    return found.iloc[0]


def kinds(track):
    return [finding.kind for finding in track.findings]


def test_every_indicator_has_its_row(huzhou, real, track):
    bare = track_indicators(huzhou, real.iloc[:0])
    cells = huzhou.cells
    levels = huzhou.measures.index[
        huzhou.measures["kind"].isin(["level", "stock", "rate"])
        & (huzhou.measures["role"] == "target")
    ]
    for found in (track.table, bare.table):
        assert set(levels) <= set(found["measure"])
        of_levels = found[found["measure"].isin(levels)]
        assert len(of_levels) == cells["measure"].isin(levels).sum() == 32
        assert {"above_scale", "landmarks", "cold_chain_leaders"} <= set(found["measure"])
        assert not {"projects", "headquarters"} & set(found["measure"])
        missing = found[found["reached"].isin(["no_data", "not_judged"])]
        assert (missing["reason"] != "").all()
    parts = [track.select(counts=c, last=last) for c in (True, False) for last in (True, False)]
    assert sum(map(len, parts)) == len(track.table)
    assert set(parts[2]["horizon"]) == {"2025"}


def test_at_the_target_year_only_met_or_missed(track):
    retail = result(track, "retail_sales", "2025")
    assert (retail["treatment"], retail["reached"], retail["band"]) == ("at_end", "missed", "")
    assert pd.isna(retail["progress_value"])
    assert pd.isna(retail["score"])
    # (1978 / 1424.4) ** 0.2 and (2000 / 1424.4) ** 0.2, both less one.
    assert retail["observed_pct"] == pytest.approx(6.7871, abs=1e-4)
    assert retail["required_pct"] == pytest.approx(7.0236, abs=1e-4)
    assert retail["lead_pp"] == pytest.approx(-0.2365, abs=1e-4)
    assert retail["unapplied_ratio"] == pytest.approx(0.9663, abs=1e-4)
    (told,) = [f for f in track.findings if f.numbers.get("reached") == "missed"]
    assert told.severity == "warning"
    assert "R = 0.97 (“substantial progress”) and is not used" in told.say("en")
    assert "未达到" in told.say("zh")
    value_added = result(track, "service_value_added", "2025")
    assert (value_added["reached"], value_added["growth_pct"]) == ("met", 5.7)


def test_the_base_year_is_declared(huzhou, real, track):
    assert track.base_year == 2020
    told = track.findings[1].say("en")
    assert "The base year is 2020 (the full year before the plan of which most" in told
    assert "the plan prints none" in told
    given = track_indicators(huzhou, real, base_year=2021)
    assert "2021 (as given)" in given.findings[1].say("en")
    assert given.table["base_value"].isna().all()
    assert result(given, "retail_sales", "2025")["reached"] == "missed"
    bare = track_indicators(huzhou, real.iloc[:0])
    assert bare.base_year is None
    assert bare.findings[1].kind == "track_no_base"


def test_one_later_figure_does_not_move_the_base_of_the_others(huzhou, real):
    cargo = row("port_cargo", "2022", 1.3, industry="logistics", unit="亿吨")
    found = track_indicators(huzhou, pd.concat([real, pd.DataFrame([cargo])]))
    assert found.base_year == 2020
    assert result(found, "retail_sales", "2025")["base_value"] == 1424.4


def test_growth_is_rated_on_the_way(huzhou):
    # 1000 in 2020 and 1210 in 2022: 10 % a year; 2100 in 2025 asks for 16 %.
    rows = [
        row("service_value_added", "2020", 1000.0),
        row("service_value_added", "2022", 1210.0),
        row("service_value_added_growth", "2022", 6.5, comparable="context"),
    ]
    # The last year before the plan is the base by default, so 2020 has to be asked for.
    assert follow(huzhou, *rows).base_year == 2022
    found = follow(huzhou, *rows, base_year=2020)
    rated = result(found, "service_value_added", "2025")
    required = 100 * (2.1**0.2 - 1)
    assert rated["treatment"] == "rated"
    assert rated["observed_pct"] == pytest.approx(10)
    assert rated["required_pct"] == pytest.approx(required)
    assert rated["progress_value"] == pytest.approx(10 / required)
    assert rated["band"] == "moderate_progress"
    assert rated["score"] == pytest.approx(7.1429 * 10 / required - 4.2857)
    assert rated["growth_pct"] == 6.5
    assert pd.isna(rated["unapplied_ratio"])
    assert kinds(found).count("track_rated") == 2


def test_part_years_are_shown_and_never_used(huzhou):
    found = follow(
        huzhou,
        row("service_value_added", "2020", 1000.0),
        row("service_value_added", "2024H1", 5000.0),
        row("service_value_added", "2025Q1-3", 5000.0),
    )
    later = result(found, "service_value_added", "2025")
    assert (later["treatment"], later["reason"]) == ("lacking", "part_year")
    assert pd.isna(later["current_value"])
    assert found.points["use"].tolist() == ["base", "part_year", "part_year"]
    (told,) = [f for f in found.findings if f.kind == "track_part_years"]
    assert "2 published figures cover only a part of a year (2024H1, 2025Q1-3)" in told.say("en")


def test_another_definition_is_never_scored(huzhou):
    other = {"comparable": "no: other definition", "industry": "logistics"}
    found = follow(
        huzhou,
        row("port_containers", "2020", 55.8, **other),
        row("port_containers", "2024", 90.58, **other),
    )
    for horizon in ("2023", "2025"):
        assert result(found, "containers", horizon)["reason"] == "related_only"
    assert found.table[["current_value", "base_value", "score"]].isna().all(axis=None)


def test_counts_never_go_through_growth(huzhou):
    found = follow(huzhou, row("above_scale", "2020", 50.0), row("above_scale", "2023", 130.0))
    count = result(found, "above_scale", "2023", "all")
    assert (count["treatment"], count["reached"], count["current_value"]) == (
        "as_count",
        "met",
        130.0,
    )
    assert found.table[["observed_pct", "required_pct", "progress_value"]].isna().all(axis=None)
    assert found.base_year is None


def test_rates_are_compared_as_rates(huzhou):
    found = follow(huzhou, row("service_investment_growth", "2023", 7.5))
    rate = result(found, "service_investment_growth", "2023")
    assert (rate["treatment"], rate["reached"], rate["gap"]) == ("as_rate", "missed", 1.5)
    assert pd.isna(rate["observed_pct"])
    (told,) = [f for f in found.findings if f.kind == "track_rates"]
    assert "7.5 % in 2023 against ≥ 9 %, missed" in told.say("en")
    assert "+1.5 percentage points" in told.say("en")


def test_a_reference_is_followed_in_the_table(huzhou):
    other = row("fixed_asset_investment_growth", "2025", 4.0, comparable="context")
    found = follow(huzhou, row("service_investment_growth", "2025", 3.0), other)
    compared = result(found, "service_investment_growth", "2025")
    assert (compared["treatment"], compared["reached"], compared["gap"]) == (
        "reference",
        "missed",
        1.0,
    )
    assert compared["refers_to"] == "fixed_asset_investment_growth"
    assert (compared["reference_value"], compared["reference_vintage"]) == (4.0, "2026-01-01")
    assert pd.isna(compared["observed_pct"])
    alone = follow(huzhou, row("service_investment_growth", "2025", 3.0))
    own = result(alone, "service_investment_growth", "2025")
    # Its own figure is shown, and not compared.
    assert (own["current_value"], own["reached"]) == (3.0, "reference")


def test_the_real_reference_has_a_figure_on_one_side_alone(track):
    investment = result(track, "service_investment_growth", "2025")
    assert (investment["reference_value"], investment["reached"]) == (-4.3, "reference")
    assert investment["reason"] == "reference_alone"
    catering = result(track, "catering_turnover_growth", "2025")
    # Turnover of hotels above quota is not the provincial average of any of the four rates.
    assert catering["reason"] == "reference_missing"
    assert catering["refers_to"] == "provincial_catering_turnover_growth"


def test_the_less_sure_end_decides(huzhou):
    rows = [
        row("service_value_added", "2020", 1000.0, confidence="low"),
        row("service_value_added", "2024", 1500.0),
    ]
    found = result(follow(huzhou, *rows), "service_value_added", "2025")
    assert found["confidence"] == "low"
    (told,) = [f for f in follow(huzhou, *rows).findings if f.kind == "track_rated"]
    assert "kept out of circulars" in told.say("en")


def test_the_firmest_release_of_each_year_is_taken(huzhou):
    found = follow(
        huzhou,
        row("service_value_added", "2020", 1000.0),
        row("service_value_added", "2020", 1100.0, status="revised", source="b"),
        row("service_value_added", "2024", 1500.0),
    )
    assert result(found, "service_value_added", "2025")["base_value"] == 1100.0
    assert sorted(found.points["use"]) == ["base", "current", "other_release"]


def test_years_in_a_row_that_are_no_series(track):
    series = track.series.set_index(["measure", "area"])
    # 935.3 / 924.9 is 1.1 %, printed 5.5 % at constant prices: prices would fall by 4.1 %.
    wuxing = series.loc[("gdp", "wuxing")]
    assert wuxing["apart_pct"] == pytest.approx(-4.147, abs=1e-3)
    assert wuxing["growth_basis"] == "constant_prices"
    assert not wuxing["one_series"]
    assert series.loc[("gdp", "all"), "one_series"]
    told = track.findings[-1]
    assert told.severity == "warning"
    assert "3 pairs" in told.say("en")
    assert "1 suspect, Wuxing District, GDP 2023–2024" in told.say("en")


def test_prices_and_vintages_are_said(track):
    (told,) = [f for f in track.findings if f.kind == "track_prices"]
    english = told.say("en")
    printed = "services value added 8.51 % a year (current prices, nominal), printed for 2025 "
    assert f"{printed}5.7 % (constant prices, real)" in english
    # Growth of retail sales is printed without taking prices out.
    assert "printed for 2025 3.9 % (current prices, nominal)" in english
    assert "2021-01-28 and on a day not recorded" in english
    basis = track.points.set_index("measure")["price_basis"]
    assert set(basis["port_cargo"]) == {"physical"}
    assert set(basis["retail_sales"]) == {"current_prices"}


def test_a_price_basis_is_declared_and_never_read_from_the_unit(huzhou, real):
    basis = huzhou.measures["price_basis"].replace("current_prices", "")
    plan = dataclasses.replace(huzhou, measures=huzhou.measures.assign(price_basis=basis))
    found = track_indicators(plan, real)
    assert set(found.table.loc[found.table["measure"] == "retail_sales", "price_basis"]) == {""}
    (told,) = [f for f in found.findings if f.kind == "track_prices"]
    assert "6.79 % a year (price basis not stated)" in told.say("en")
    # Without a basis nothing is known of prices, so no break is looked for.
    assert found.series.empty
    for measure, kind in huzhou.measures["kind"].items():
        if huzhou.measures.at[measure, "role"] == "target" and kind in ("level", "stock"):
            assert huzhou.measures.at[measure, "price_basis"]


@pytest.mark.parametrize(("second", "one_series"), [(1.10, True), (1.131, True), (1.15, False)])
def test_on_one_basis_growth_should_agree(huzhou, second, one_series):
    found = follow(
        huzhou,
        row("port_cargo", "2023", 1.0, industry="logistics"),
        row("port_cargo", "2024", second, industry="logistics"),
        row("port_cargo_growth", "2024", 10.0, industry="logistics", comparable="context"),
    )
    (pair,) = found.series.to_dict("records")
    assert pair["apart_pct"] == pytest.approx(100 * (second / 1.1 - 1))
    assert (pair["growth_basis"], pair["one_series"]) == ("physical", one_series)


def test_a_share_is_no_growth(huzhou):
    found = follow(
        huzhou,
        row("tourism_value_added", "2020", 250.0, industry="tourism"),
        row("tourism_value_added", "2025", 360.0, industry="tourism"),
        row("tourism_va_share_of_gdp", "2025", 8.1, industry="tourism", comparable="context"),
    )
    assert pd.isna(result(found, "tourism_value_added", "2025")["growth_pct"])


def test_reported_figures_keep_their_digits(huzhou, track):
    laid = lay_out(track.points[["measure", "unit", "value"]], huzhou, "en")
    shown = [line[-1] for line in laid.rows]
    # 1.053 hundred million tonnes is no 1.05, and 1424.4 no 1424.40.
    assert {"1.053", "1424.4", "1978"} <= set(shown)


# -- counts ----------------------------------------------------------------------------------


def months(measure, numbers, year=2023, **other):
    return [row(measure, f"{year}-{m:02d}", n, **other) for m, n in enumerate(numbers, start=1)]


def test_months_of_a_count_are_added_up(huzhou):
    commerce = {"industry": "commerce"}
    rows = months("above_scale", [5] * 12, **commerce)
    count = result(follow(huzhou, *rows), "above_scale", "2023", "commerce")
    assert (count["current_value"], count["reached"], count["reason"]) == (60.0, "met", "")
    assert (count["until"], count["gap"]) == ("2023-12-31", 0.0)
    # A month that is missing is a hole, not a zero.
    holed = follow(huzhou, *rows[:4], *rows[5:])
    count = result(holed, "above_scale", "2023", "commerce")
    assert (count["reached"], count["reason"]) == ("not_judged", "part_year")
    assert pd.isna(count["current_value"])


def test_a_horizon_that_still_runs_is_not_judged(huzhou):
    rows = months("above_scale", [25] * 12, industry="commerce")
    found = follow(huzhou, *rows)
    count = result(found, "above_scale", "2023-2025", "commerce")
    # 300 of 240 already: shown so far, and said to be so.
    assert (count["current_value"], count["until"]) == (300.0, "2023-12-31")
    assert (count["reached"], count["reason"]) == ("not_judged", "under_way")
    (told,) = [f for f in found.findings if f.kind == "track_counts"]
    assert "1 with a horizon that still runs" in told.say("en")


def test_a_sum_of_parts_does_not_miss_what_the_plan_puts_on_no_part(huzhou):
    parts = {"commerce": 5, "hr": 1, "software": 2, "scitech": 1}
    rows = [r for i, n in parts.items() for r in months("above_scale", [n] * 12, industry=i)]
    found = follow(huzhou, *rows)
    city = result(found, "above_scale", "2023", "all")
    # 108 of 120, of which the plan puts 92 on industries.
    assert (city["current_value"], city["reached"], city["reason"]) == (
        108.0,
        "not_judged",
        "parts_alone",
    )
    (told,) = [f for f in found.findings if f.kind == "track_counts"]
    assert told.numbers["met"] == told.numbers["judged"] == 4
    assert "new above-scale enterprises (2023: 108 of ≥ 120)" in told.say("en")
    more = [r for r in rows if r["industry"] != "commerce"]
    more += months("above_scale", [7] * 12, industry="commerce")
    assert result(follow(huzhou, *more), "above_scale", "2023", "all")["reached"] == "met"


def test_counts_come_from_a_ledger_and_the_status_of_landmarks(huzhou, real):
    demo = data_folder() / "demo"
    files = [demo / "synthetic-ledger.xlsx", demo / "synthetic-actuals.csv"]
    counted = read_counts(huzhou, "2024Q2", *files, demo / "synthetic-landmark-status.csv")
    found = track_indicators(huzhou, real, results=counted)
    assert found.findings[0].kind == "ledger_synthetic"
    landmarks = result(found, "landmarks", "2023-2025")
    assert (landmarks["reason"], landmarks["until"]) == ("under_way", "2024-06-30")
    state = measure_progress(huzhou, counted, "2024-06-30").table
    reached = state[(state["measure"] == "landmarks") & (state["area"] == "all")]["actual"]
    assert landmarks["current_value"] == reached.iloc[0]
    absent = result(found, "major_tourism_projects", "2023-2025")
    assert (absent["reached"], absent["reason"]) == ("no_data", "not_counted")
    (told,) = [f for f in found.findings if f.kind == "track_counts"]
    assert "not published, and no ledger holds them" in told.say("en")
    # Levels are judged as before.
    assert result(found, "retail_sales", "2025")["reached"] == "missed"
    # Without a period, up to the day that the ledger speaks for.
    alone = read_counts(huzhou, None, *files, demo / "synthetic-landmark-status.csv")
    assert track_indicators(huzhou, real, results=alone).table["until"].max() == "2024-06-30"
    assert read_counts(huzhou) is None
    assert read_counts(huzhou, "2024Q2") is None


def test_the_opening_counts_every_target_once(huzhou, real, track):
    for found in (
        track,
        track_indicators(huzhou, real.iloc[:0]),
        follow(huzhou, row("gdp", "2025", 1)),
    ):
        numbers = found.findings[0].numbers
        treated = ("at_end", "rated", "as_rate", "as_count", "reference", "lacking")
        assert sum(numbers[name] for name in treated) == numbers["targets"] == len(found.table)
        assert numbers["met"] + numbers["missed"] == numbers["at_end"]
        for finding in found.findings:
            assert "None" not in finding.say("en")
            assert finding.say("zh")


def test_a_plan_without_outcomes_says_so():
    plan = load_plan("dazhou-2019")
    found = track_indicators(plan, read_published(plan))
    assert kinds(found) == ["indicators_none"]
    assert found.table.empty
    assert found.select(counts=False, last=True).empty


def test_down_is_good_on_a_plan(huzhou):
    measures = huzhou.measures.copy()
    measures.loc["service_value_added", "direction"] = "down"
    plan = dataclasses.replace(huzhou, measures=measures)
    rows = [row("service_value_added", "2020", 3000.0), row("service_value_added", "2024", 2400.0)]
    found = result(follow(plan, *rows), "service_value_added", "2025")
    # 0.8 in four years against 0.7 in five: -5.43 % a year of -6.89 %.
    assert found["progress_value"] == pytest.approx((1 - 0.8**0.25) / (1 - 0.7**0.2))
    assert found["band"] == "moderate_progress"
    assert found["lead_pp"] < 0


# -- the figure ------------------------------------------------------------------------------


def with_more(real):
    """A base and an unsure figure on the way for port cargo, and a year between for retail."""
    cargo = {"industry": "logistics", "unit": "亿吨"}
    retail = {"industry": "commerce", "unit": "亿元"}
    more = [row("port_cargo", "2020", 1.2, **cargo), row("retail_sales", "2022", 1560.0, **retail)]
    return pd.concat([real, pd.DataFrame(more)], ignore_index=True)


@pytest.mark.parametrize("lang", LANGS)
def test_paths_of_those_with_two_years(huzhou, real, track, lang):
    chart = charts.indicator_paths(track, lang)
    check_page(chart)
    rows = table(chart)
    observed = rows[rows["line"] == "observed"]
    assert observed[["measure", "year", "value"]].to_numpy().tolist() == [
        ["service_value_added", 2020, 1473.3],
        ["service_value_added", 2025, 2216.7],
        ["retail_sales", 2020, 1424.4],
        ["retail_sales", 2025, 1978.0],
        # Without a base there is no path; the picture writes what is known.
        ["port_cargo", 2024, 1.48],
    ]
    needed = rows[(rows["line"] == "required") & (rows["measure"] == "retail_sales")]
    assert needed["value"].iloc[-1] == pytest.approx(2000)
    assert len(needed) == 6
    assert any("1978" in text for text in texts(chart))
    told = {"zh": "2 个目标有两个可比年份：1 个达到，1 个未达到"}
    told["en"] = "2 targets have two comparable years: 1 met, 1 missed"
    assert meta(chart)["title"] == told[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_paths_on_the_way_unsure_and_none(huzhou, real, lang):
    more = track_indicators(huzhou, with_more(real), base_year=2020)
    chart = charts.indicator_paths(more, lang)
    check_page(chart)
    assert any(text.endswith("*") for text in texts(chart))
    years = table(chart).query(
        "measure == 'retail_sales' and horizon == '2025' and line == 'observed'"
    )
    assert years["year"].tolist() == [2020, 2022, 2025]
    dazhou = load_plan("dazhou-2019")
    for found in (
        track_indicators(huzhou, real.iloc[:0]),
        track_indicators(dazhou, read_published(dazhou)),
    ):
        empty = charts.indicator_paths(found, lang)
        check_page(empty)
        assert meta(empty)["title"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_others_come_with_the_reason(track, lang):
    chart = charts.indicator_paths(track, lang)
    shown = texts(chart)
    levels = track.select(counts=False, last=True)
    levels = levels[levels["kind"].isin(["level", "stock"])]
    assert len(levels) == 11
    for measure in levels["measure"]:
        name = track.plan.label("measure", measure, lang)
        assert sum(text.startswith(name) for text in shown) == 1, name
    cargo = {"zh": "目标 1.6 亿吨，2024 年 1.48：没有基年的数*"}
    cargo["en"] = "target 1.6 (100 million tonnes), 1.48 in 2024: no base-year figure*"
    assert cargo[lang] in [text.replace("\n", " ") for text in shown]
    assert cargo[lang] in meta(chart)["description"]


def test_between_years_a_missed_target_is_never_ahead(track):
    retail = result(track, "retail_sales", "2025").to_dict()
    panel = _Panel(track, retail, 0.0, 0.0, "en")
    lines = panel.points.pivot_table(index="year", columns="line", values="value")
    # A straight line between 2020 and 2025 would lie above the path in every year between.
    assert (lines["course"].loc[2021:] < lines["required"].loc[2021:]).all()
    assert len(lines) == 6


def test_years_are_joined_evenly_where_compounding_cannot(track):
    assert _join_years([(2020, 0.0), (2022, 10.0)]) == [(2020, 0.0), (2021, 5.0), (2022, 10.0)]
    assert _join_years([(2020, -4.0), (2022, 4.0)])[1] == (2021, 0.0)
    joined = _join_years([(2020, -100.0), (2022, -64.0)])
    assert joined[1][1] == pytest.approx(-80)


@pytest.mark.parametrize("lang", LANGS)
def test_bars_show_what_follows_another_quantity(huzhou, real, lang):
    own = row("service_investment_growth", "2025", -3.0, unit="%")
    judged = judge_indicators(huzhou, pd.concat([real, pd.DataFrame([own])], ignore_index=True))
    chart = charts.indicator_bars(judged, lang)
    check_page(chart)
    shown = [text.replace("\u2212", "-") for text in texts(chart)]
    met = {"zh": "达到（初步数）", "en": "met (preliminary)"}
    assert shown[shown.index("-3 / -4.3 %") + 1] == met[lang]
    alone = charts.indicator_bars(judge_indicators(huzhou, real), lang)
    one_side = {"zh": "自身没有数", "en": "no figure of its own"}
    assert any("4.3 %" in text and one_side[lang] in text for text in texts(alone))
