"""Forecasts of whole plans: every cell's odds or the reason why there are none, and the options."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from building import build_plan
from looking import check_page, meta

from h1224lib import (
    count_ledger,
    forecast,
    load_plan,
    measure_progress,
    phase_targets,
    read_actuals,
    read_ledger,
)
from h1224lib.charts import calibration_curve, odds_bars
from h1224lib.charts.odds import _rows
from h1224lib.errors import ScheduleError
from h1224lib.odds.exposure import Clock, read_season, share_exposure, survive
from h1224lib.odds.history import count_quarters, estimate_lag, rate_withdrawals
from h1224lib.resources import data_folder
from h1224lib.wording import LANGUAGES

LEAVES = {
    ("east", "trade", "heavy"): (12, 36),
    ("west", "trade", "heavy"): (8, 24),
    ("south", "tours", "light"): (None, None),
}


@pytest.fixture(scope="module")
def demo():
    plan = load_plan()
    folder = data_folder() / "demo"
    return [
        measure_progress(plan, read_ledger(folder / name, plan), as_of=day)
        for name, day in (
            ("synthetic-ledger.xlsx", "2024-06-30"),
            ("synthetic-ledger-2024Q1.xlsx", "2024-03-31"),
        )
    ]


@pytest.fixture(scope="module")
def odds(demo):
    return forecast(demo[0])


def test_every_level_has_odds_or_a_reason(odds):
    table = odds.table
    assert len(table.drop_duplicates(["measure", "area", "industry", "project_type"])) == len(table)
    told = table["probability"].notna()
    assert set(table.loc[~told, "why"]) <= {"not_a_count", "no_target", "dash", "zero", "no_data"}
    assert table.loc[told, "probability"].between(0, 1).all()
    known = table[told]
    assert (known["low"] <= known["expected"]).all()
    assert (known["expected"] <= known["high"]).all()
    assert (known["actual"] <= known["low"]).all()
    assert known["needed"].tolist() == (known["target"] - known["actual"]).clip(lower=0).tolist()
    assert {"wuxing", "futurecity", "municipal"} <= set(known["area"])
    assert odds.cell().pace_needed == pytest.approx(609 / 6)
    assert odds.cell(measure="retail_sales").why == "not_a_count"


def test_parts_of_which_have_odds_and_are_in_no_sum(demo, odds):
    rows = odds.state.level(["area"])
    assert "futurecity" not in set(rows["area"])
    whole = odds.cell()
    areas = odds.table[
        (odds.table["measure"] == "projects") & odds.table["area"].isin(rows["area"])
    ]
    assert areas["expected"].sum() == pytest.approx(whole.expected, rel=1e-6)
    assert whole.high - whole.low < (areas["high"] - areas["low"]).sum()


def test_jeffreys_without_shock_is_the_worked_case(tmp_path):
    leaves = {("east", "trade", "heavy"): (20, 40), ("west", "trade", "heavy"): (20, 40)}
    state = _measure(
        build_plan(leaves, tmp_path / "p"), {"east": 9, "west": 40}, months=6, year=2023
    )
    odds = forecast(state, prior="jeffreys", shock=None, by=[["area"]])
    from h1224lib.odds import odds_of_count

    assert odds.cell(area="east").probability == pytest.approx(
        odds_of_count(9, 2, 31, 10), abs=1e-6
    )
    assert odds.cell(area="west").probability == 1
    assert odds.cell(area="west").why == "reached"


def test_dash_no_data_and_the_end(tmp_path):
    plan = build_plan(LEAVES, tmp_path / "p")
    odds = forecast(_measure(plan, {"east": 5, "west": 3}, 6, 2023))
    assert odds.cell(area="south").why == "dash"
    assert odds.cell(industry="tours").why == "dash"
    over = forecast(_measure(plan, {"east": 30, "west": 24}, 36, 2025))
    assert (over.cell(area="east").why, over.cell(area="east").probability) == ("over", 0)
    assert (over.cell(area="west").why, over.cell(area="west").probability) == ("reached", 1)
    assert over.findings[0].kind == "odds_none.over"
    none = forecast(_measure(plan, {}, 6, 2023))
    assert none.cell().why == "no_data"
    assert none.findings[0].kind == "odds_none.no_data"
    for case in (odds, over, none):
        for finding in case.findings:
            for lang in LANGUAGES:
                assert finding.say(lang)
        assert case.findings[0].title("zh")


def _measure(plan, done, months, year):
    """Measure progress after some months of 2023 and on, each area's count in its first month."""
    rows = []
    for code, count in done.items():
        for month in range(months):
            begin = dt.date(2023 + month // 12, month % 12 + 1, 1)
            end = (pd.Timestamp(begin) + pd.offsets.MonthEnd(0)).date()
            rows.append({"measure": "projects", "area": code, "industry": "trade",
                         "project_type": "heavy", "period": f"{begin:%Y-%m}", "first_day": begin,
                         "last_day": end, "value": float(count if month == 0 else 0)})  # fmt: skip
    columns = [
        "measure",
        "area",
        "industry",
        "project_type",
        "period",
        "first_day",
        "last_day",
        "value",
    ]
    same = {"unit": "个", "status": "final", "comparable": "yes", "confidence": "high",
            "vintage": "2026-01-01", "source": "test", "note": ""}  # fmt: skip
    last = (pd.Timestamp(2023, 1, 1) + pd.DateOffset(months=months, days=-1)).date()
    return measure_progress(plan, pd.DataFrame(rows, columns=columns).assign(**same), last,
                            horizon="2023-2025", schedule="quarters")  # fmt: skip


def test_amounts_get_no_odds():
    plan = load_plan("dazhou-2019")
    odds = forecast(measure_progress(plan, read_actuals(None, plan), "2019-03-31"))
    assert set(odds.table["why"]) == {"not_a_count"}
    assert odds.table["probability"].isna().all()
    assert odds.findings[0].kind == "odds_none.not_a_count"
    check_page(odds_bars(odds, "zh"))


def test_options_move_the_odds_as_they_should(demo, odds):
    state, before = demo
    plain = odds.cell()
    late = forecast(state, lag=[0.5, 0.9]).cell()
    assert late.expected > plain.expected
    rush = forecast(state, seasonality="10/15/25/50").cell()
    assert rush.expected > plain.expected  # more than half of each year is still to come
    leaving = forecast(state, withdrawals=0.2)
    assert leaving.cell().low < leaving.cell().actual + 400
    assert leaving.setting.withdrawals == 0.2
    own = forecast(state, withdrawals=True, lag=before, seasonality="estimate")
    assert 0 < own.setting.withdrawals < 0.05
    assert own.setting.lag
    assert sum(own.setting.season) == pytest.approx(1)
    wild = forecast(state, shock=0.4).cell()
    assert wild.high - wild.low > plain.high - plain.low
    assert forecast(state, level=0.5).cell().high < plain.high


@pytest.mark.parametrize(
    "options",
    [{"seasonality": "a/b"}, {"seasonality": [1, 2]}, {"lag": [0.0]}, {"level": 1}, {"shock": 3},
     {"shock": "some"}, {"withdrawals": -1.0}, {"prior": "flat"}, {"prior": (0, 1)},
     {"seasonality": 5}, {"lag": 0.5}, {"lag": ["x"]}, {"lag": "0.5"}, {"withdrawals": "x"},
     {"level": "a"}, {"level": [0.5]}, {"prior": 3}, {"prior": ("a", "b")}, {"shock": 0.6},
     {"shock": [0.1]}, {"prior": (float("nan"), 1)}, {"prior": (float("inf"), 1)}],
)  # fmt: skip
def test_nonsense_is_refused(demo, options):
    with pytest.raises(ScheduleError) as raised:
        forecast(demo[0], **options)
    assert all(raised.value.say(lang)[0] for lang in LANGUAGES)


def test_clock_and_lag():
    clock = Clock(dt.date(2023, 1, 1), dt.date(2025, 12, 31))
    assert clock.read(dt.date(2024, 6, 30)) == pytest.approx(0.5)
    assert clock.quarters(dt.date(2024, 6, 30)) == pytest.approx((6, 6))
    behind, ahead = share_exposure(
        pd.Series([0.5]).to_numpy(), clock, dt.date(2024, 6, 30), [0.5, 0.8]
    )
    month = 1 / 36
    assert behind[0] == pytest.approx(0.5 - month * 0.7, abs=0.001)
    assert behind[0] + ahead[0] == pytest.approx(1)
    assert survive(0, 8) == (1, 1)
    assert read_season([1, 1, 1, 1], pd.DataFrame()) == (0.25,) * 4


def test_history_is_read_from_the_ledger(demo):
    now, before = demo
    past = count_quarters(now.actuals, now.plan, "projects", now.as_of)
    assert len(past) == 6
    assert past["value"].sum() == pytest.approx(float(now.cell().actual))
    lag = estimate_lag(before.actuals, now.actuals, "projects", before.as_of)
    assert all(0 < share <= 1 for share in lag)
    assert list(lag) == sorted(lag)
    rate = rate_withdrawals(now.counts)
    rows = now.counts[0].rows.drop_duplicates(["sheet", "row"])
    left = int((rows["left_out"] == "withdrawn").sum())
    assert rate * 408 * 6 > left > rate * 408 / 6
    assert rate_withdrawals([]) is None
    assert count_ledger(now.counts[0].ledger, now.as_of).rows.shape == now.counts[0].rows.shape


def test_a_city_alone_and_synthetic_rows_are_marked(demo, odds):
    assert (odds.table["data_kind"] == "synthetic").all()
    lone = forecast(demo[0], by=[["project_type"]])
    assert lone.cell().probability == pytest.approx(odds.cell().probability, abs=0.2)
    assert set(lone.model["by"]) <= {"project_type", "all"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures(odds, lang):
    for chart in (odds_bars(odds, lang), calibration_curve(lang)):
        check_page(chart)
        meta(chart)
    assert meta(odds_bars(odds, lang))["mark"]


def test_the_forecast_is_the_same_each_time(demo, odds):
    again = forecast(dataclasses.replace(demo[0]))
    pd.testing.assert_frame_equal(again.table, odds.table)


def test_what_is_over_but_not_all_reported_is_not_told_as_missed(tmp_path):
    plan = build_plan(LEAVES, tmp_path / "p")
    state = _measure(plan, {"east": 35, "west": 24}, 36, 2025)
    late = forecast(state, lag=[0.3, 0.5])
    row = late.cell(area="east")
    assert row.why == late.cell().why == "late"
    assert 0 < row.probability < 1
    assert late.findings[0].kind == "odds_late"
    assert "late reports are still due" in late.findings[0].say("en")
    assert forecast(state, lag=[1.0]).cell().why == "over"
    assert "未达到" not in str(odds_bars(late, "zh").to_dict())


def test_late_reports_age_after_the_end():
    clock = Clock(dt.date(2023, 1, 1), dt.date(2025, 12, 31))
    whole = pd.Series([1.0]).to_numpy()
    at_end = share_exposure(whole, clock, dt.date(2025, 12, 31), [0.5, 0.8])[0][0]
    later = share_exposure(whole, clock, dt.date(2026, 1, 31), [0.5, 0.8])[0][0]
    assert at_end < later < 1
    assert share_exposure(whole, clock, dt.date(2026, 3, 31), [0.5, 0.8])[0][0] == 1


def test_a_target_reached_for_now_has_a_chance_of_being_lost(tmp_path):
    plan = build_plan(LEAVES, tmp_path / "p")
    state = _measure(plan, {"east": 36, "west": 24}, 30, 2025)
    kept = forecast(state, withdrawals=0.3, prior="jeffreys", shock=None)
    assert kept.cell().why == "reached_so_far"
    assert kept.cell().probability < 0.95
    assert kept.findings[0].kind == "odds_reached_so_far"
    assert "守住" in str(odds_bars(kept, "zh").to_dict())
    assert forecast(state).cell().why == "reached"


def test_a_schedule_with_steps_of_its_own_is_said_and_takes_no_season_on_top(demo):
    state = demo[0]
    phased = phase_targets(state.plan, profile="15/20/25/40")
    own = measure_progress(state.plan, state.counts[0].ledger, "2024-06-30",
                           schedule=phased)  # fmt: skip
    odds = forecast(own)
    told = next(f for f in odds.findings if f.kind == "odds_model")
    assert "the schedule's own steps" in told.say("en")
    assert "even quarters" not in told.say("en")
    assert not any(f.kind == "odds_even" for f in odds.findings)
    with pytest.raises(ScheduleError) as raised:
        forecast(own, seasonality="15/20/25/40")
    assert "twice" in raised.value.say("en")[0]
    with pytest.raises(ScheduleError):
        forecast(own, seasonality="estimate")


def test_even_quarters_are_said_beside_what_a_rush_would_change(demo, odds):
    assert odds.findings[1].kind == "odds_even"
    numbers = odds.findings[1].numbers
    # Half of three years; with a rush one year and 35 % of the next.
    assert numbers["even"] == pytest.approx(0.5, abs=0.002)
    assert numbers["rush"] == pytest.approx(1.35 / 3)
    assert not any(
        f.kind == "odds_even" for f in forecast(demo[0], seasonality="15/20/25/40").findings
    )


def test_a_few_weeks_get_no_odds(demo):
    plan, ledger = demo[0].plan, demo[0].counts[0].ledger
    early = forecast(measure_progress(plan, ledger, "2023-01-15"))
    assert early.cell().why == "too_early"
    assert early.table["probability"].isna().all()
    assert early.findings[0].kind == "odds_none.too_early"
    check_page(odds_bars(early, "zh"))
    assert forecast(measure_progress(plan, ledger, "2023-03-31")).cell().why == ""


def test_areas_without_a_rank_come_last_and_say_so(odds):
    for lang, words in (("zh", ("（不排名）", "（其中）")), ("en", ("(unranked)", "(of which)"))):
        names = _rows(odds, lang)["name"].tolist()
        # In the plan's order, whatever their odds.
        assert [name.endswith(w) for name, w in zip(names[-2:], words[::-1], strict=True)] == [
            True,
            True,
        ]
        assert not any(w in name for name in names[:-2] for w in words)
    areas = next(f for f in odds.findings if f.kind == "odds_areas")
    assert areas.numbers["of"] == 7
    assert len(areas.numbers["apart"]) == 2


def test_days_left_instead_of_a_pace_near_the_end(demo):
    plan, ledger = demo[0].plan, demo[0].counts[0].ledger
    said = forecast(measure_progress(plan, ledger, "2025-12-30")).findings[0].say("en")
    assert "in the 1 day left" in said
    assert "a quarter are needed" not in said


def test_a_month_without_projects_shifts_no_age():
    frame = pd.DataFrame({"measure": "projects", "comparable": "yes",
                          "period": ["2024-01", "2024-02", "2024-03"],
                          "last_day": ["2024-01-31", "2024-02-29", "2024-03-31"],
                          "value": [10.0, 10, 10]})  # fmt: skip
    then = dt.date(2024, 3, 31)
    full = estimate_lag(frame.assign(value=[10.0, 10, 5]), frame, "projects", then)
    assert full == pytest.approx((5.5 / 10.5, 1, 1))
    known = frame[frame["period"] != "2024-02"]
    gap = estimate_lag(known.assign(value=[10.0, 5]), known, "projects", then)
    assert gap == pytest.approx((5.5 / 10.5, 5.5 / 10.5, 1))
