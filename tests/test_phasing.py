"""Targets over years, quarters and months: worked on paper, on real plans, then properties."""

from __future__ import annotations

import dataclasses
import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from building import AREAS, INDUSTRIES, TYPES, build_plan, change, tables_that_add_up, write_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from h1224lib import load_plan, roll_up, wording
from h1224lib.errors import ScheduleError, UnknownNameError
from h1224lib.phasing import phase_targets
from h1224lib.phasing.counts import phase_counts
from h1224lib.phasing.policies import read_policy, read_profiles
from h1224lib.phasing.tell import tell_counts

PLANS = Path(__file__).parent / "plans"
DIMENSIONS = ["area", "industry", "project_type"]
LEAVES = list(itertools.product(AREAS, INDUSTRIES, TYPES))
QUARTERS = [f"{year}Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
SHARES = {
    "even": (25, 50, 75, 100),
    "15/25/30/30": (15, 40, 70, 100),
    "双过半": (20, 50, 75, 100),
}


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def dazhou():
    return load_plan("dazhou-2019")


@pytest.fixture(scope="module")
def phased(huzhou):
    return phase_targets(huzhou)


def pick(frame, **codes):
    for dimension in DIMENSIONS:
        frame = frame[frame[dimension] == codes.pop(dimension, "all")]
    for name, value in codes.items():
        frame = frame[frame[name] == value]
    return frame


def every_sum(table):
    """Sum the leaves to every margin, with pandas alone."""
    for size in range(4):
        for kept in itertools.combinations(DIMENSIONS, size):
            yield table.groupby(["measure", "period", *kept], sort=False)


def assert_whole(table, step=1.0):
    """Every cell and margin within a step of its exact value, and never falling."""
    known = table.dropna(subset=["cumulative"]).astype(
        {"cumulative": "float64", "unrounded": "float64"}
    )
    for groups in every_sum(known):
        sums = groups[["cumulative", "unrounded"]].sum()
        assert ((sums["cumulative"] - sums["unrounded"]).abs() < step * (1 - 1e-9)).all()
    # A dash holds nothing, and what comes after it starts from nothing.
    filled = table.assign(cumulative=table["cumulative"].fillna(0))
    assert (filled.groupby(["measure", *DIMENSIONS])["cumulative"].diff().dropna() >= 0).all()


# -- worked on paper ---------------------------------------------------------------------------


def small(tmp_path, **leaves):
    """A plan whose named cells carry (2023, 2023-2025), and every other cell zero."""
    cells = dict.fromkeys(LEAVES, (0, 0))
    for name, pair in leaves.items():
        cells[tuple(name.split("_"))] = pair
    return build_plan(cells, tmp_path / "p")


def exact_of(plan, policy="even", profile="even", **cell):
    row = pick(phase_targets(plan, policy, profile).table, **cell)
    return dict(zip(row["period"], row["unrounded"], strict=True))


def test_even_over_years_and_quarters(tmp_path):
    plan = small(tmp_path, east_trade_heavy=(4, 20))
    row = pick(phase_targets(plan).table, area="east", industry="trade", project_type="heavy")
    # 4 in 2023, then 16 over eight quarters.
    assert row["period"].tolist() == QUARTERS
    assert row["value"].tolist() == [1] * 4 + [2] * 8
    assert row["cumulative"].tolist() == [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20]
    assert row["computed"].all()


def test_policies_on_paper(tmp_path):
    cell = {"area": "east", "industry": "trade", "project_type": "heavy"}
    plan = small(tmp_path, east_trade_heavy=(10, 70))
    # 10 (1 + g + g^2) = 70 has g = 2: 20, then 40. Front-loaded: 60 as 2 : 1. Given: as 1 : 3.
    ends = {"growing": 30, "front_loaded": 50, "even": 40}
    for policy, end in ends.items():
        assert exact_of(plan, policy, **cell)["2024Q4"] == pytest.approx(end, abs=1e-4)
    assert exact_of(plan, {"2024": 1, "2025": 3}, **cell)["2024Q4"] == 25


def test_profiles_on_paper(tmp_path):
    cell = {"area": "east", "industry": "trade", "project_type": "heavy"}
    plan = small(tmp_path, east_trade_heavy=(100, 300))
    for profile, shares in SHARES.items():
        path = exact_of(plan, profile=profile, **cell)
        assert [path[q] for q in QUARTERS[:4]] == list(shares)
        assert [path[q] - 100 for q in QUARTERS[4:8]] == list(shares)


def test_profiles_for_an_area_or_an_industry(tmp_path):
    plan = small(
        tmp_path,
        east_trade_heavy=(100, 100),
        west_trade_heavy=(100, 100),
        west_tours_heavy=(100, 100),
        south_tours_light=(100, 100),
    )
    asked = {"east": "15/25/30/30", "tours": "双过半", "west": [1, 0, 0, 0]}
    table = phase_targets(plan, profile=asked).table
    first = table[(table["period"] == "2023Q1") & (table["unrounded"] > 0)]
    found = dict(
        zip(zip(first["area"], first["industry"], strict=True), first["unrounded"], strict=True)
    )
    # The area goes before the industry.
    assert found == {
        ("east", "trade"): 15,
        ("west", "trade"): 100,
        ("west", "tours"): 100,
        ("south", "tours"): 20,
    }


def test_a_dash_in_the_first_year_stays_a_dash_and_the_whole_falls_later(tmp_path):
    plan = small(tmp_path, east_trade_heavy=(None, 8), west_trade_heavy=(None, None))
    result = phase_targets(plan)
    row = pick(result.table, area="east", industry="trade", project_type="heavy")
    assert row["value"].isna().tolist() == [True] * 4 + [False] * 8
    assert row["value"].tolist()[4:] == [1] * 8
    assert not row["computed"].tolist()[0]
    other = pick(result.table, area="west", industry="trade", project_type="heavy")
    assert other["value"].isna().all() and len(other) == 12
    later = [f for f in result.findings if f.kind == "phasing_later"]
    assert [f.numbers["cells"] for f in later] == [1]


def test_zero_stays_zero(tmp_path):
    plan = small(tmp_path, east_trade_heavy=(1, 7), west_trade_heavy=(0, 3))
    table = phase_targets(plan).table
    untouched = table[~table["area"].isin(["east", "west"])]
    assert (untouched["value"] == 0).all()
    west = pick(table, area="west", industry="trade", project_type="heavy")
    assert west["value"].tolist()[:4] == [0] * 4


def test_horizons_that_contradict_one_another_are_told_and_not_phased(tmp_path):
    plan = small(tmp_path, east_trade_heavy=(9, 7), west_trade_heavy=(1, 3))
    result = phase_targets(plan)
    assert pick(result.table, area="east", industry="trade", project_type="heavy").empty
    told = [f for f in result.findings if f.kind == "phasing_disagree"]
    assert [f.severity for f in told] == ["error"]
    assert "East" in told[0].say("en")
    assert_whole(result.table)


def test_a_printed_total_that_the_cells_do_not_make_is_told(tmp_path):
    plan = small(tmp_path, east_trade_heavy=(4, 20))
    other = change(plan, "east.all.all.2023", 5)
    told = [f for f in phase_targets(other).findings if f.kind == "phasing_total_differs"]
    assert [f.numbers["printed"] for f in told] == [5]
    assert told[0].numbers["sum"] == 4


def test_what_cannot_be_had_is_refused(tmp_path):
    plan = small(tmp_path, east_trade_heavy=(4, 20))
    refused = [
        ({"policy": "slow"}, "unknown_policy"),
        ({"policy": {"soon": 1}}, "unknown_policy"),
        ({"policy": {"2024": 1}}, "policy_lacks_year"),
        ({"profile": "slow"}, "unknown_profile"),
        ({"profile": [1, 2, 3]}, "unknown_profile"),
        ({"profile": [1, 2, 3, -4]}, "weights_share_nothing"),
        ({"profile": [0, 0, 0, 0]}, "weights_share_nothing"),
        ({"profile": ["a", 1, 1, 1]}, "unknown_profile"),
        ({"profile": {"nowhere": "even"}}, "profile_for_nobody"),
        ({"phase": "week"}, "unknown_phase"),
    ]
    for asked, key in refused:
        with pytest.raises(ScheduleError) as error:
            phase_targets(plan, **asked)
        assert error.value.key == key
        assert all(error.value.say(lang) for lang in wording.LANGUAGES)
    with pytest.raises(UnknownNameError):
        phase_targets(plan, measures=["ships"])


# -- printed quarters and other horizons -------------------------------------------------------


def with_horizons(tmp_path, horizons, printed):
    """A plan of one area with these horizons (code -> days) and numbers printed for them."""
    tables = tables_that_add_up(dict.fromkeys(LEAVES, (0, 0)))
    tables["horizons"] = [
        {"code": code, "zh": code, "en": code, "first_day": first, "last_day": last}
        for code, (first, last) in horizons.items()
    ]
    model = tables["figures"][0]
    tables["figures"] = [
        model
        | {"figure_id": f"f{code}", "area": "east", "industry": "trade", "project_type": "heavy"}
        | {"horizon": code, "value": str(value), "printed": str(value)}
        for code, value in printed.items()
    ]
    return load_plan(write_plan(tmp_path / "p", tables))


YEAR = {"2024": ("2024-01-01", "2024-12-31"), "2024Q1": ("2024-01-01", "2024-03-31")}


def test_a_printed_quarter_is_met_and_the_rest_shared(tmp_path):
    plan = with_horizons(tmp_path, YEAR, {"2024": 20, "2024Q1": 2})
    table = phase_targets(plan).table
    assert table["value"].tolist() == [2, 6, 6, 6]
    assert table["computed"].tolist() == [False, True, True, True]
    assert table["figure_id"].tolist() == ["f2024Q1"] + ["f2024"] * 3
    # Half by the middle: 8 in the second quarter, and 10 over the others.
    assert phase_targets(plan, profile="双过半").table["value"].tolist() == [2, 8, 5, 5]
    # Weights 25, 30 and 30 share the 18 that are left.
    exact = phase_targets(plan, profile="15/25/30/30").table["unrounded"]
    assert exact.tolist() == pytest.approx([2, 2 + 18 * 25 / 85, 2 + 18 * 55 / 85, 20])


def test_half_by_the_middle_cannot_take_back_what_is_printed(tmp_path):
    plan = with_horizons(tmp_path, YEAR, {"2024": 20, "2024Q1": 14})
    assert phase_targets(plan, profile="双过半").table["value"].tolist() == [14, 0, 3, 3]


def test_disjoint_horizons_follow_one_another(tmp_path):
    horizons = {"2024": YEAR["2024"], "2025": ("2025-01-01", "2025-12-31")}
    plan = with_horizons(tmp_path, horizons, {"2024": 4, "2025": 8})
    assert phase_targets(plan).table["value"].tolist() == [1] * 4 + [2] * 4


def test_horizons_off_the_calendar_are_refused(tmp_path):
    for days, key in (
        (("2024-01-15", "2024-12-31"), "horizon_not_months"),
        (("2024-02-01", "2024-12-31"), "horizon_not_quarters"),
    ):
        plan = with_horizons(tmp_path / key, {"h": days}, {"h": 4})
        with pytest.raises(ScheduleError) as refused:
            phase_targets(plan)
        assert refused.value.key == key


# -- real plans --------------------------------------------------------------------------------


def test_huzhou_in_whole_projects_at_every_margin(huzhou, phased):
    projects = phased.table[phased.table["measure"] == "projects"]
    assert_whole(projects)
    ends = projects[projects["period"].isin(["2023Q4", "2025Q4"])]
    targets = huzhou.targets[huzhou.targets["measure"] == "projects"]
    for period, horizon in (("2023Q4", "2023"), ("2025Q4", "2023-2025")):
        got = ends[ends["period"] == period].set_index(DIMENSIONS)["cumulative"]
        wanted = targets[targets["horizon"] == horizon].set_index(DIMENSIONS)["value"]
        wanted = wanted.reindex(got.index)
        assert (got.fillna(0) == wanted.fillna(0)).all()
    row = phased.quality.set_index("measure").loc["projects"]
    assert (row["cells"], row["sums"], row["periods"]) == (96, 84, 12)
    assert row["optimal"] and row["violations"] == 0
    assert row["deviation"] == row["bound"] == 432.5
    assert row["moved_cell"] < 1 and row["moved_sum"] < 1
    assert phased.violations.empty


def test_its_sums_are_those_that_the_library_rolls_up(huzhou, phased):
    rolled = roll_up(phased.as_targets(), huzhou, by=["area"])
    keys = ["measure", *DIMENSIONS, "horizon"]
    sums = phased.sums.rename(columns={"period": "horizon"}).set_index(keys)["value"]
    rolled = rolled[rolled["measure"] == "projects"].set_index(keys)["value"]
    assert len(rolled) == 96
    both = sums.reindex(rolled.index)
    assert (both.fillna(-1) == rolled.fillna(-1)).all()


@pytest.mark.parametrize("policy", ["growing", "front_loaded", {"2024": 45, "2025": 55}])
@pytest.mark.parametrize("profile", ["15/25/30/30", "双过半"])
def test_huzhou_under_other_policies(huzhou, policy, profile):
    result = phase_targets(huzhou, policy, profile, measures=["projects"])
    assert_whole(result.table)
    assert result.quality["optimal"].all()
    assert result.violations.empty


def test_months_lie_within_their_quarters(huzhou, phased):
    months = phase_targets(huzhou, phase="month", measures=["projects"])
    table = months.table
    # The quarters are whole already: two sums of months cannot be had within a step of them.
    row = months.quality.iloc[0]
    assert (row["violations"], row["moved_sum"]) == (len(months.violations), 1)
    assert len(months.violations) == 2 and row["moved_cell"] < 1
    missed = months.violations["cumulative"] - months.violations["unrounded"]
    assert missed.abs().tolist() == [1, 1]
    assert table["period"].iloc[4] == "2023-05"
    ends = table[table["period"].str[-2:].isin(["03", "06", "09", "12"])]
    quarters = phased.table[phased.table["measure"] == "projects"]
    assert ends["cumulative"].fillna(-1).tolist() == quarters["cumulative"].fillna(-1).tolist()


def test_dazhou_in_tenths_with_its_printed_quarter(dazhou):
    result = phase_targets(dazhou)
    assert_whole(result.table, step=0.1)
    first = result.table[result.table["period"] == "2019Q1"]
    assert first["value"].sum() == pytest.approx(110.5)
    assert not first["computed"].any()
    last = result.table[result.table["period"] == "2019Q4"]
    assert last["cumulative"].sum() == pytest.approx(600.1)
    tenths = result.table["value"].astype(float) * 10
    assert np.allclose(tenths, tenths.round())


def test_three_levels_of_areas_and_printed_quarters():
    plan = load_plan(PLANS / "yunze-2026")
    result = phase_targets(plan)
    funds = result.table[result.table["measure"] == "investment"]
    assert set(funds["area"]) == {"jia", "yi", "bing", "ding", "wu"}
    cell = funds.set_index(["area", "period"])
    # 2000 for the year, 500 in each of the last two quarters: 500 in each of the first two.
    assert cell.loc["wu", "value"].tolist() == [500, 500, 500, 500]
    assert cell.loc["wu", "computed"].tolist() == [True, True, False, False]
    # A printed dash is no zero, and a printed zero is one.
    assert pd.isna(cell.loc[("yi", "2026Q3"), "value"])
    assert cell.loc[("ding", "2026Q4"), "value"] == 0
    districts = pick(result.sums, area="south", measure="investment")
    assert districts["cumulative"].tolist() == [2500, 5200, 8100, 10000]
    told = {f.kind for f in result.findings}
    assert {"phasing_total_differs", "phasing_no_path_single", "phasing_no_path_rate"} <= told


def test_levels_follow_a_path_or_nothing_and_it_is_said(huzhou, phased):
    table = phased.table[phased.table["measure"] == "service_value_added"]
    # 1800 in 2023 and 2100 in 2025: a level is the amount of a year.
    assert dict(zip(table["period"], table["value"], strict=True)) == {
        "2023": 1800,
        "2024": 1950,
        "2025": 2100,
    }
    assert table["computed"].tolist() == [False, True, False]
    stock = phased.table[phased.table["measure"] == "managed_assets"]
    assert stock["period"].tolist() == QUARTERS[3:]
    assert stock["value"].iloc[1] == 2500 + 3500 / 8
    said = {f.kind: f.say("en") for f in phased.findings}
    assert "Services value added" in said["phasing_path"]
    assert "Services investment growth" in said["phasing_no_path_rate"]
    assert "service_investment_growth" not in set(phased.table["measure"])


def test_everything_is_marked_as_computed(phased):
    assert phased.findings[0].say("zh") == "测算，非文件下达"
    assert phased.table["computed"].dtype == bool
    assert phased.sums["computed"].all()
    for finding in phased.findings:
        assert all(finding.say(lang) for lang in wording.LANGUAGES)


def test_the_same_input_gives_the_same_table(huzhou, phased):
    again = phase_targets(dataclasses.replace(huzhou, figures=huzhou.figures[::-1].copy()))
    projects = again.table[again.table["measure"] == "projects"].reset_index(drop=True)
    first = phased.table[phased.table["measure"] == "projects"].reset_index(drop=True)
    pd.testing.assert_frame_equal(projects, first)


# -- where there is no such table --------------------------------------------------------------

CUBE = ("011", "101", "110"), ("101", "011", "110"), ("110", "110", "000")


@pytest.fixture
def cube(tmp_path):
    """A year of one project in each cell of the cube, half of it in the first quarter."""
    codes = {"areas": "a", "industries": "i", "project_types": "t"}
    tables = tables_that_add_up(dict.fromkeys(LEAVES, (0, 0)))
    root = tables["areas"][0]
    for name, letter in codes.items():
        below = [
            root
            | dict.fromkeys(["code", "zh", "en"], f"{letter}{n}")
            | {"parent": "all", "part": "member"}
            for n in range(3)
        ]
        tables[name] = [root, *below]
    model = tables["figures"][0]
    tables["figures"] = [
        model
        | {"figure_id": f"f{a}{i}{t}", "area": f"a{a}", "industry": f"i{i}"}
        | {"project_type": f"t{t}", "horizon": "2023", "value": CUBE[a][i][t]}
        | {"printed": CUBE[a][i][t]}
        for a, i, t in itertools.product(range(3), repeat=3)
    ]
    return load_plan(write_plan(tmp_path / "p", tables))


def test_the_fewest_violations_are_listed_where_no_table_exists(cube):
    result = phase_targets(cube, profile=[1, 0, 0, 1])
    # Half in the first three quarters: 4 sums give way at each of their ends.
    assert result.violations.groupby("period").size().to_dict() == {
        "2023Q1": 4,
        "2023Q2": 4,
        "2023Q3": 4,
    }
    assert (result.violations["beyond"].abs() == 1).all()
    said = next(f for f in result.findings if f.kind == "phasing_violated")
    assert "breaks 12, by 12 steps" in said.say("en")
    assert "(2023Q1)" in said.say("en") and "by quarter" in said.say("en")
    assert "已是最少" in said.say("zh")
    # Beside it nothing says that every sum is kept.
    told = {f.kind: f.say("en") for f in result.findings}
    assert set(told) == {"phasing_mark", "phasing_violated", "phasing_least_beside"}
    assert "the least among tables with so few violations" in told["phasing_least_beside"]
    assert "sums stay within" not in told["phasing_least_beside"]
    cells = (result.table["cumulative"] - result.table["unrounded"]).abs()
    assert (cells < 1).all()
    last = result.table[result.table["period"] == "2023Q4"]
    assert last["cumulative"].sum() == 16


def test_months_that_give_way_are_listed_once_each(cube):
    result = phase_targets(cube, profile=[1, 0, 0, 1], phase="month")
    keys = ["area", "industry", "project_type", "period"]
    assert not result.violations.duplicated(keys).any()
    assert set(result.violations["period"]) >= {"2023-03", "2023-06", "2023-09"}
    [said] = [f for f in result.findings if f.kind == "phasing_violated"]
    assert said.numbers["violations"] == len(result.violations)
    assert "by month within the quarters given" in said.say("en")


def test_a_deviation_not_proven_least_says_so(phased):
    part = phase_counts(
        phased.plan, "projects", read_policy("even"), read_profiles("even", phased.plan)
    )
    near = dataclasses.replace(part.rounded, bound=part.rounded.bound - 1)
    [found, *_] = tell_counts([dataclasses.replace(part, rounded=near)], phased.plan)
    assert found.kind == "phasing_near" and "431.5" in found.say("en")
    broken = dataclasses.replace(near, violations=[(0, 0, 1)], proven=False)
    told = tell_counts([dataclasses.replace(part, rounded=broken)], phased.plan)
    assert [f.kind for f in told[:2]] == ["phasing_violated", "phasing_near_beside"]
    assert "not proven the fewest" in told[0].say("en")


# -- properties --------------------------------------------------------------------------------

pairs = st.tuples(
    st.one_of(st.none(), st.integers(0, 9)), st.one_of(st.none(), st.integers(0, 12))
).map(lambda p: (p[0], None if p[1] is None else p[1] + (p[0] or 0)))
plans = st.lists(pairs, min_size=len(LEAVES), max_size=len(LEAVES))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans, st.sampled_from(sorted(SHARES)), st.sampled_from(["even", "front_loaded"]))
def test_any_plan_is_phased_within_a_step_everywhere(tmp_path_factory, values, profile, policy):
    leaves = {
        leaf: (None if whole is None else first, whole)
        for leaf, (first, whole) in zip(LEAVES, values, strict=True)
    }
    if not any(whole for _, whole in leaves.values()):
        return
    plan = build_plan(leaves, tmp_path_factory.mktemp("p") / "p")
    result = phase_targets(plan, policy, profile)
    early = Fraction(1, 2) if policy == "even" else Fraction(2, 3)
    shares = [Fraction(share, 100) for share in SHARES[profile]]
    for leaf, (first, whole) in leaves.items():
        row = pick(result.table, **dict(zip(DIMENSIONS, leaf, strict=True)))
        if whole is None:
            assert row["value"].isna().all()
            continue
        begun, rest = first or 0, whole - (first or 0)
        exact = [begun * share for share in shares]
        exact += [begun + rest * early * share for share in shares]
        exact += [begun + rest * (early + (1 - early) * share) for share in shares]
        got = row["cumulative"].fillna(0).astype(int).tolist()
        for reached, wanted in zip(got, exact, strict=True):
            assert math.floor(wanted) <= reached <= math.ceil(wanted)
        assert row["value"].isna().sum() == (4 if first is None else 0)
    if result.violations.empty:
        assert_whole(result.table)
    assert result.quality["gap"].max() < 1e-6


# -- what may be typed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"policy": {"2024": -1, "2025": 2}}, "weights_share_nothing"),
        ({"policy": {"2024": 0, "2025": 0}}, "weights_share_nothing"),
        ({"policy": "2024=40,2024=60,2025=1"}, "named_twice"),
        ({"policy": {"2024": 1, "2025": 1, "2099": 5}}, "policy_unknown_year"),
        ({"profile": "east=half,east=even"}, "named_twice"),
        ({"profile": np.array([1, 2, 3])}, "unknown_profile"),
        ({"profile": pd.Series([1, 2, 3])}, "unknown_profile"),
        ({"profile": 5}, "unknown_profile"),
    ],
)
def test_what_is_typed_wrong_is_one_clean_line(tmp_path, asked, key):
    with pytest.raises(ScheduleError) as refused:
        phase_targets(small(tmp_path, east_trade_heavy=(4, 20)), **asked)
    assert refused.value.key == key
    for lang in wording.LANGUAGES:
        [line] = refused.value.say(lang)
        assert "\n" not in line


def test_full_width_marks_and_arrays_are_read(tmp_path):
    plan = small(tmp_path, east_trade_heavy=(10, 70))
    cell = {"area": "east", "industry": "trade", "project_type": "heavy"}
    plain = exact_of(plan, "2024=40,2025=60", "15/25/30/30", **cell)
    for policy, profile in (
        ("2024＝40，2025＝60", "15／25／30／30"),
        ("2024=40,2025=60", np.array([15, 25, 30, 30])),
        ("2024=40,2025=60", pd.Series([15, 25, 30, 30])),
    ):
        assert exact_of(plan, policy, profile, **cell) == plain


def test_thirds_as_floats_are_thirds(huzhou):
    profile = read_profiles([1 / 3, 1 / 3, 1 / 6, 1 / 6], huzhou)["area", "all"]
    assert profile.weights == (Fraction(1, 3), Fraction(1, 3), Fraction(1, 6), Fraction(1, 6))
    result = phase_targets(huzhou, profile=[1 / 3, 1 / 3, 1 / 6, 1 / 6], measures=["projects"])
    assert result.quality["optimal"].all()


def test_a_code_is_named_once_among_those_there_are(huzhou):
    with pytest.raises(ScheduleError) as refused:
        read_profiles({"mars": "even"}, huzhou)
    [line] = refused.value.say("en")
    assert line.count(" all,") == 1


def test_one_cell_of_several_is_not_called_single(tmp_path):
    cells = {"_".join(leaf): (9, 7) for leaf in LEAVES[1:]}
    result = phase_targets(small(tmp_path, east_trade_heavy=(4, 20), **cells))
    told = {f.kind for f in result.findings}
    assert "phasing_single" not in told and "phasing_disagree" in told


def test_where_all_is_whole_rounding_moved_nothing(tmp_path):
    result = phase_targets(small(tmp_path, east_trade_heavy=(4, 20), west_trade_heavy=(4, 12)))
    [said] = [f for f in result.findings if f.kind == "phasing_least"]
    assert "rounding moved nothing" in said.say("en")
    assert "within" not in said.say("en") and "取整没有移动任何数" in said.say("zh")
