"""The state of a day: numbers worked on paper, then what must hold of any state."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from fractions import Fraction

import hypothesis.strategies as st
import pandas as pd
import pytest
from building import build_plan
from hypothesis import HealthCheck, given, settings

from h1224lib import load_plan, measure_progress, measure_schedules, phase_targets, read_actuals
from h1224lib.errors import ActualsError, ComparisonError, H1224Error, ScheduleError
from h1224lib.gaps import assign_responsibility
from h1224lib.ledger import read_ledger
from h1224lib.ledger.demonstration import ACTUALS, LEDGER
from h1224lib.monthly import fill_months, list_months
from h1224lib.periods import span
from h1224lib.plan.model import DIMENSIONS
from h1224lib.progress.state import list_shown
from h1224lib.resources import data_folder
from h1224lib.steps import to_steps
from h1224lib.tables import lay_out

DEMO = data_folder() / "demo"
LEAVES = {
    ("east", "trade", "heavy"): (4, 12),
    ("east", "tours", "light"): (8, 24),
    ("west", "trade", "heavy"): (0, 0),
    ("west", "trade", "light"): (None, None),
    ("south", "tours", "light"): (2, 4),
}
YEARS = (dt.date(2023, 1, 1), dt.date(2025, 12, 31))


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return build_plan(LEAVES, tmp_path_factory.mktemp("p"))


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def demo(huzhou):
    return [read_ledger(DEMO / LEDGER, huzhou), read_actuals(DEMO / ACTUALS, huzhou)]


def results(plan, reached, last="2025-12-31"):
    """Make monthly results: cell -> what each month reached, from January 2023 on."""
    months = list_months(YEARS[0], dt.date.fromisoformat(last))
    rows = []
    for cell, values in reached.items():
        named = dict(zip((name for name, _, _ in months), values, strict=False))
        filled = {name: named.get(name, 0) for name, _, _ in months}
        rows.append({**dict(zip(DIMENSIONS, cell, strict=True)), **filled})
    table = pd.DataFrame(rows).assign(measure="projects", unit="projects")
    return fill_months(table, months)


def every(plan, **more):
    """Name what each cell of the small plan reached by month: nothing, unless said."""
    cells = [cell for cell, (_, whole) in LEAVES.items() if whole is not None]
    return {cell: [0] for cell in cells} | more.get("reached", {})


@pytest.fixture(scope="module")
def half(plan):
    """Measure the small plan at the middle of 2024, half-way through its three years."""
    reached = {
        ("east", "trade", "heavy"): [0] * 12 + [1, 1, 1, 1, 0, 0],
        ("east", "tours", "light"): [12] + [0] * 16 + [3],
        ("west", "trade", "heavy"): [2],
        ("west", "trade", "light"): [0] * 17 + [1],
        ("south", "tours", "light"): [0] * 17 + [1],
    }
    return measure_progress(plan, results(plan, reached), "2024-06-30", horizon="2023-2025")


def test_a_small_plan_by_hand(half):
    east = half.cell(area="east")
    # 36 in three years, 18 by the middle; 4 + 15 reached: 19/36, one more than scheduled.
    assert (east["target"], east["scheduled"], east["actual"], east["gap"]) == (36, 18, 19, -1)
    assert (east["shortfall"], east["light"], east["why"]) == (0, "green", "")
    assert float(east["completion"]) == 19 / 36
    # 3 + 1 in the second quarter, 3 in the first; nothing a year before.
    assert (east["new"], east["new_before"], east["new_last_year"]) == (4, 3, 0)
    assert (east["change_before"], east["change_last_year"]) == (1, 4)
    assert east["entered"] == 4
    assert pd.isna(east["left"]) and pd.isna(east["corrected"])
    # Three a quarter: 19 is a third into the seventh, after six.
    assert float(east["earned"]) == pytest.approx(6 + 1 / 3)
    assert float(east["spi_t"]) == pytest.approx((6 + 1 / 3) / 6)


def test_every_kind_of_nothing_has_its_reason_and_keeps_its_gap(half):
    codes = {"industry": "trade", "project_type": "heavy"}
    zero = half.cell(area="west", **codes)
    assert (zero["why"], zero["light"], zero["gap"], zero["shortfall"]) == ("zero", "", -2, 0)
    dash = half.cell(area="west", industry="trade", project_type="light")
    assert (dash["why"], dash["light"]) == ("dash", "")
    assert pd.isna(dash["gap"]) and bool(dash["unplanned"])
    small = half.cell(area="south")
    # 4 is too small a base for a percentage, and yet 2 were due.
    assert (small["why"], small["light"], small["gap"]) == ("small_base", "", 1)
    assert pd.isna(small["completion"]) and pd.isna(small["lead_pp"]) and pd.isna(small["rank"])
    assert half.cell()["actual"] == 23
    [told] = [f for f in half.findings if f.kind == "progress_unplanned"]
    assert told.numbers["total"] == 1
    assert "west, trade, light" in told.say("en").lower()
    bare = measure_progress(half.plan, half.actuals, "2024-06-30", small_base=4)
    assert bare.cell(area="south")["why"] == ""


def test_a_flow_has_no_small_base():
    dazhou = load_plan("dazhou-2019")
    state = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31", small_base=1e9)
    assert (state.table["why"] == "").all()
    assert (state.table["light"] == "yellow").all()


def test_ranks_share_the_best_place_and_leave_out_who_is_not_assessed(huzhou, demo):
    dazhou = load_plan("dazhou-2019")
    actuals = read_actuals(None, dazhou)
    # 18.98 of 189.8 and 9.49 of 94.9 are both a tenth; the rest is as it was.
    same = {"citylevel": 19.0, "tongchuan": 9.5}
    targets = dazhou.figures.copy()
    for area, value in same.items():
        own = (targets["area"] == area) & (targets["horizon"] == "2019")
        targets.loc[own & (targets["measure"] == "investment"), "value"] = 10 * value
    plan = dataclasses.replace(dazhou, figures=targets)
    tied = actuals.assign(value=actuals["area"].map(same).fillna(actuals["value"]))
    ranks = measure_progress(plan, tied, "2019-03-31").level(["area"]).set_index("area")["rank"]
    assert (ranks["citylevel"], ranks["tongchuan"], ranks["wanyuan"]) == (8, 8, 1)
    assert sorted(ranks) == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    table = measure_progress(huzhou, demo, "2024-06-30").table
    own = table[(table["measure"] == "projects") & (table["industry"] == "all")]
    ranks = own[own["project_type"] == "all"].set_index("area")["rank"]
    assert ranks[["municipal", "futurecity", "all"]].isna().all()
    assert sorted(ranks.dropna()) == list(range(1, 7))


@pytest.fixture(scope="module")
def quarter():
    """Set 313.64 of 1015 after the first quarter of 2019, as a plan of hundredths."""
    plan = load_plan("dazhou-2019")
    actuals = read_actuals(None, plan)
    figures = plan.figures.copy()
    figures.loc[(figures["area"] == "all") & (figures["horizon"] == "2019"), "value"] = 1015
    plan = dataclasses.replace(plan, figures=figures, measures=plan.measures.assign(step="0.01"))
    return plan, actuals.assign(value=actuals["value"].where(actuals["area"] != "all", 313.64))


@pytest.mark.parametrize(("schedule", "lead"), [("quarters", 5.90), ("days", 6.24)])
def test_a_lead_by_quarters_and_by_days(quarter, schedule, lead):
    city = measure_progress(*quarter, "2019-03-31", schedule).cell()
    assert round(float(city["lead_pp"]), 2) == lead
    # 313.64 / 1015 - 90/365, in points.
    exact = Fraction(31364, 101500) - (Fraction(1, 4) if lead == 5.90 else Fraction(90, 365))
    assert float(city["lead_pp"]) == float(100 * exact)


def test_two_schedules_side_by_side(quarter):
    both = measure_schedules(*quarter, "2019Q1", ["days", "quarters"])
    assert list(both.states) == ["days", "quarters"]
    leads = both.part("all")[["lead_pp_days", "lead_pp_quarters"]].iloc[0]
    assert [round(float(lead), 2) for lead in leads] == [6.24, 5.90]


def test_by_quarters_a_month_counts_by_months(plan):
    months = results(plan, every(plan))
    shares = {
        day: float(measure_progress(plan, months, day, horizon="2023-2025").cell()["schedule"])
        for day in ("2024-04-30", "2024-05-31", "2024-06-30", "2024-06-29")
    }
    assert shares == {
        "2024-04-30": 16 / 36,
        "2024-05-31": 17 / 36,
        "2024-06-30": 18 / 36,
        "2024-06-29": 15 / 36,
    }
    asked = measure_progress(plan, months, "2024-06-29", horizon="2023-2025", period="2024-06")
    assert float(asked.cell()["schedule"]) == 17 / 36


def test_months_work_as_quarters_do(half):
    month = measure_progress(
        half.plan, half.actuals, "2024-06-30", horizon="2023-2025", period="2024-06"
    )
    assert (half.period, month.period) == ("2024Q2", "2024-06")
    east = month.cell(area="east")
    assert (east["new"], east["new_before"], east["new_last_year"]) == (3, 0, 0)
    # One a month: 19 is nineteen months of thirty-six.
    assert (float(east["earned"]), float(east["spi_t"])) == (19, 19 / 18)
    assert month.cell(area="east")["actual"] == half.cell(area="east")["actual"]
    with pytest.raises(ScheduleError) as refused:
        measure_progress(half.plan, half.actuals, "2024-06-30", period="2024Q1")
    assert refused.value.key == "period_without_day"


def test_before_the_first_day_nothing_is_known(half):
    first = measure_progress(half.plan, half.actuals, "2023-03-31", horizon="2023-2025").cell()
    assert first["new"] == first["actual"] == 14
    assert pd.isna(first["new_before"]) and pd.isna(first["change_last_year"])
    second = measure_progress(half.plan, half.actuals, "2023-06-30", horizon="2023-2025").cell()
    assert (second["new_before"], second["change_before"]) == (14, -14)
    within = measure_progress(half.plan, half.actuals, "2024-05-31", period="2024Q2").cell()
    assert pd.isna(within["new_before"])


def test_phased_targets_stand_as_they_are_in_their_table(huzhou, demo):
    state = measure_progress(huzhou, demo, "2024-06-30", "phased")
    phased = phase_targets(huzhou, measures=["projects"])
    for by in ([], ["area"], ["industry", "project_type"], list(DIMENSIONS)):
        own = state.level(by).set_index(list(DIMENSIONS))["scheduled"].dropna()
        table = phased.complete().query("period == '2024Q2'").set_index(list(DIMENSIONS))
        assert own.to_dict() == table["cumulative"].reindex(own.index).to_dict()
        assert len(own)
    assert (state.schedule, str(state.plan.measures.at["projects", "step"])) == ("phased", "1/5")
    given_table = measure_progress(huzhou, demo, "2024-06-30", phased)
    assert given_table.cell()["scheduled"] == state.cell()["scheduled"] == 477
    month = measure_progress(huzhou, demo, "2024-05-31", "phased")
    assert 390 < month.cell()["scheduled"] < 477
    # Its quarters say nothing of May: what was due by the end of March holds.
    assert measure_progress(huzhou, demo, "2024-05-31", phased).cell()["scheduled"] == 390


def test_a_schedule_of_ones_own(huzhou, demo):
    shares = measure_progress(huzhou, demo, "2024-06-30", {"2024-06-30": 0.4})
    assert (shares.schedule, shares.cell()["scheduled"]) == ("own", 400)
    assert "own schedule" in shares.findings[0].say("en")
    before = measure_progress(huzhou, demo, "2024-06-29", {"2024-06-30": "2/5"})
    assert before.cell()["scheduled"] == 0
    areas = pd.DataFrame(
        {"measure": "projects", "area": ["wuxing", "nanxun"], "scheduled": [10, 5.5]}
    )
    table = measure_progress(huzhou, demo, "2024-06-30", areas)
    assert table.cell(area="wuxing")["scheduled"] == 10
    assert table.cell()["scheduled"] == 15.5
    assert pd.isna(table.cell(area="anji")["scheduled"])


@pytest.mark.parametrize(
    ("schedule", "key"),
    [
        ("weekly", "unknown_schedule"),
        (7, "unknown_schedule"),
        ({}, "schedule_shares_fall"),
        ({"2024-01-01": 0.5, "2024-06-30": 0.4}, "schedule_shares_fall"),
        ({"June": 0.5}, "schedule_share_unreadable"),
        ({"2024-06-30": "half"}, "schedule_share_unreadable"),
        ({"2024-06-30": -0.1}, "schedule_share_unreadable"),
        (pd.DataFrame({"area": ["wuxing"]}), "schedule_table_columns"),
        (pd.DataFrame({"measure": ["x"], "scheduled": [1]}), "schedule_table_code"),
        (pd.DataFrame({"measure": ["projects"] * 2, "scheduled": [1, 2]}), "schedule_table_twice"),
        (pd.DataFrame({"measure": ["projects"], "scheduled": ["x"]}), "schedule_amount_unreadable"),
        (pd.DataFrame({"measure": ["projects"], "scheduled": [-5]}), "schedule_amount_unreadable"),
        (
            pd.DataFrame({"measure": ["projects"], "scheduled": [float("inf")]}),
            "schedule_amount_unreadable",
        ),
    ],
)
def test_what_is_no_schedule_is_refused(huzhou, demo, schedule, key):
    with pytest.raises(ScheduleError) as refused:
        measure_progress(huzhou, demo, "2024-06-30", schedule)
    assert refused.value.key == key
    assert all(refused.value.say(lang)[0] for lang in ("zh", "en"))


def test_the_sheet_of_settings_decides_where_nobody_else_does(huzhou, demo):
    ledger = demo[0]
    said = dataclasses.replace(ledger.settings, schedule="days", lights="quarterly")
    sheet = dataclasses.replace(ledger, settings=said)
    state = measure_progress(huzhou, sheet, "2024-06-30")
    assert (state.schedule, state.lights) == ("days", "quarterly")
    [told] = [f for f in state.basis if f.kind == "progress_by_settings"]
    assert LEDGER in told.say("zh") and "linear in days" in told.say("en")
    asked = measure_progress(huzhou, sheet, "2024-06-30", "quarters", lights="half")
    assert (asked.schedule, asked.lights) == ("quarters", "half")
    assert "progress_by_settings" not in {f.kind for f in asked.basis}
    origins = dict.fromkeys(said.origins, "default")
    default = dataclasses.replace(ledger, settings=dataclasses.replace(said, origins=origins))
    state = measure_progress(huzhou, default, "2024-06-30")
    assert (state.schedule, state.lights) == ("quarters", "points30")
    assert list(measure_schedules(huzhou, sheet, "2024Q2").states) == ["quarters", "days"]


def test_a_ledger_before_accounts_for_every_number(huzhou, demo):
    before = read_ledger(DEMO / "synthetic-ledger-2024Q1.xlsx", huzhou)
    state = measure_progress(huzhou, demo, "2024-06-30", previous=before)
    assert state.previous.as_of == dt.date(2024, 3, 31)
    then = measure_progress(huzhou, before, "2024-03-31")
    keys = ["measure", *DIMENSIONS]
    both = state.table.merge(then.table[[*keys, "actual"]], on=keys, suffixes=("", "_then"))
    both = both[both["measure"].isin(["projects", "headquarters"])].dropna(subset=["actual"])
    numbers = {n: to_steps(both[n], Fraction(1, 60)) for n in ("actual", "actual_then")}
    moved = {n: to_steps(both[n], Fraction(1, 60)) for n in ("entered", "left", "corrected")}
    total = numbers["actual_then"] + moved["entered"] - moved["left"] + moved["corrected"]
    assert len(both) > 150
    assert (total == numbers["actual"]).all()
    assert (moved["entered"] > 0).any() and (moved["left"] > 0).any()
    assert any(finding.kind == "movements" for finding in state.findings)


def test_shortfalls_grow_with_the_level(huzhou, demo):
    table = measure_progress(huzhou, demo, "2024-06-30").shortfalls().set_index("by")
    net = (table["shortfall"] - table["surplus"]).round(9)
    assert net[()] == net[("area",)] == 109
    for finer in itertools.pairwise([(), ("area",), ("area", "industry"), DIMENSIONS]):
        assert (
            table.loc[[finer[0]], "shortfall"].item() <= table.loc[[finer[1]], "shortfall"].item()
        )


@pytest.mark.parametrize("day", ["2023-03-31", "2023-12-31", "2024-05-15", "2025-12-31"])
@pytest.mark.parametrize("schedule", ["quarters", "phased"])
def test_what_is_on_schedule_is_on_time(plan, day, schedule):
    # East's heavy trade: 12 in three years. Reached is what is scheduled, whatever that is.
    east = {"area": "east", "industry": "trade", "project_type": "heavy"}
    idle = measure_progress(plan, results(plan, every(plan)), day, schedule, "2023-2025")
    due = idle.cell(**east)["scheduled"]
    cell = ("east", "trade", "heavy")
    done = results(plan, every(plan, reached={cell: [due]}), last=day[:8] + "31")
    done = done[done["last_day"] <= dt.date.fromisoformat(day)]
    if day == "2024-05-15":
        part = {"first_day": dt.date(2024, 5, 1), "last_day": dt.date(2024, 5, 15), "value": 0.0}
        done = pd.concat([done, done[done["period"] == "2024-04"].assign(**part)])
    row = measure_progress(plan, done, day, schedule, "2023-2025").cell(**east)
    assert row["gap"] == 0
    assert pd.isna(row["spi_t"]) if due == 0 else row["spi_t"] == 1


def test_all_done_at_the_end_is_not_late(plan):
    # The whole of 36 is due by the middle of the second year already; 36 is there at the end.
    reached = {("east", "trade", "heavy"): [12], ("east", "tours", "light"): [24]}
    done = results(plan, every(plan, reached=reached))
    own = {"2023-12-31": "1/2", "2024-06-30": 1}
    end = measure_progress(plan, done, "2025-12-31", own, "2023-2025").cell(area="east")
    assert (end["gap"], end["earned"], end["spi_t"]) == (0, 12, 1)
    # Nothing is due and nothing done: neither early nor late.
    none = results(plan, every(plan))
    begin = measure_progress(plan, none, "2023-03-31", own, "2023-2025").cell(area="east")
    assert begin["gap"] == 0
    assert pd.isna(begin["spi_t"]) and pd.isna(begin["earned"])


def test_a_day_inside_a_quarter_counts_in_quarters(huzhou, demo):
    state = measure_progress(huzhou, demo[0], "2024-05-15")
    # Five of twelve quarters have ended; the sixth runs, and is what "new" is about.
    assert (state.period, float(state.cell()["schedule"])) == ("2024Q2", 5 / 12)
    phased = measure_progress(huzhou, demo[0], "2024-05-15", "phased")
    assert phased.cell()["scheduled"] == 390  # as at the end of March
    left = assign_responsibility(state)
    assert (left.next_period, left.periods_left) == ("2024Q2", 7)
    month = measure_progress(huzhou, demo[0], "2024-05-15", period="2024-05")
    assert float(month.cell()["schedule"]) == 16 / 36
    assert "by equal months" in month.findings[1].say("en") + month.findings[0].say("en")
    assert assign_responsibility(month).next_period == "2024-05"


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"horizon": "2023"}, "horizon_without_day"),
        ({"horizon": "2030"}, "unknown_horizon"),
        ({"as_of": "2024-13-01"}, "not_a_day"),
        ({"as_of": "2024Q1"}, "not_a_day"),
        ({"as_of": None}, "not_a_day"),
        ({"as_of": "2026-03-31", "horizon": "2023-2025"}, "horizon_without_day"),
        ({"previous": "x"}, "previous_no_ledger"),
    ],
)
def test_what_does_not_fit_is_refused(huzhou, demo, more, key):
    with pytest.raises(H1224Error) as refused:
        measure_progress(huzhou, demo, **{"as_of": "2024-06-30", **more})
    assert refused.value.key == key
    assert all(refused.value.say(lang)[0] for lang in ("zh", "en"))


def test_a_ledger_before_needs_one_now_and_is_earlier(huzhou, demo):
    with pytest.raises(ActualsError) as alone:
        measure_progress(huzhou, demo[1], "2024-06-30", previous=demo[0])
    assert alone.value.key == "previous_without_ledger"
    assert LEDGER in alone.value.say("zh")[0]
    with pytest.raises(ComparisonError) as later:
        measure_progress(huzhou, demo, "2024-03-31", previous=demo[0])
    assert later.value.key == "ledger_before_is_later"


def test_the_one_area_known_is_told_beside_those_that_are_not(plan):
    reached = {cell: [1] for cell in LEAVES if cell[0] == "east"}
    done = results(plan, reached)
    city = done.drop_duplicates("period").assign(**dict.fromkeys(DIMENSIONS, "all"), value=2.0)
    state = measure_progress(plan, pd.concat([done, city]), "2024-06-30", horizon="2023-2025")
    [told] = [f for f in state.findings if f.kind.endswith(("area_behind", "areas_behind"))]
    # 2 of 36 in east; south has a target and no result, west a target of 0.
    assert (told.numbers["behind"], told.numbers["of"], told.numbers["unknown"]) == (1, 1, 1)
    assert "The one area with a result is behind" in told.say("en")
    assert "1 more has no result" in told.say("en")


VALUES = st.lists(st.integers(0, 5), min_size=18, max_size=18)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(VALUES, min_size=5, max_size=5), st.sampled_from(["quarters", "days", "phased"]))
def test_what_holds_of_any_state(plan, reached, schedule):
    done = results(plan, dict(zip(LEAVES, reached, strict=True)))
    states = {}
    quarters = [f"{year}Q{q}" for year in (2023, 2024) for q in (1, 2, 3, 4)][:6]
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)][:18]
    # What is new does not depend on the schedule, and to phase anew each time takes long.
    usual = "days" if schedule == "phased" else schedule
    for name in (*quarters, *months):
        state = measure_progress(plan, done, span(name)[1], usual, horizon="2023-2025", period=name)
        states[name] = state.table
    last = measure_progress(plan, done, "2024-06-30", schedule, horizon="2023-2025").table
    for length in (6, 7):
        # Periods add up to the actual, be they quarters or months.
        new = sum(table["new"] for name, table in states.items() if len(name) == length)
        assert (new == last["actual"].astype("Float64")).all()
    some = last.dropna(subset=["gap"])
    assert (some["shortfall"] >= some["gap"]).all() and (some["shortfall"] >= 0).all()
    whole = last[(last["area"] == "all") & (last["industry"] == "all")]
    leaves = last[(last[list(DIMENSIONS)] != "all").all(axis=1)]
    assert whole["actual"].iloc[0] == leaves["actual"].sum()


def test_what_moved_is_shown_beside_what_is_new_only_with_a_ledger_before(huzhou, demo):
    before = read_ledger(DEMO / "synthetic-ledger-2024Q1.xlsx", huzhou)
    with_one = measure_progress(huzhou, demo, "2024-06-30", previous=before)
    shown = list_shown(with_one)
    assert shown[shown.index("new") + 1 :][:3] == ["entered", "left", "corrected"]
    header = lay_out(with_one.table[shown[:-1]], huzhou, "zh").header
    assert {"新进", "退出", "更正"} <= set(header)
    assert "entered" not in list_shown(measure_progress(huzhou, demo, "2024-06-30"))
