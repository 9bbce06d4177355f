"""Reconciliation: worked by hand first, then the real plans, then properties."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from building import (
    AREAS,
    DAZHOU,
    INDUSTRIES,
    TYPES,
    build_plan,
    change,
    tables_that_add_up,
    write_plan,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from h1224lib import load_plan, reconcile

LEAVES = list(itertools.product(AREAS, INDUSTRIES, TYPES))


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def dazhou():
    return load_plan("dazhou-2019")


def status(report, kind):
    return report.checks[report.checks["kind"] == kind]["status"].value_counts().to_dict()


def plan_with(tmp_path, edit, leaves=None):
    tables = tables_that_add_up(leaves or dict.fromkeys(LEAVES, (1, 3)))
    edit(tables)
    return load_plan(write_plan(tmp_path / "plan", tables))


# Worked on paper ------------------------------------------------------------------------------


def test_three_areas_of_one_and_a_total_of_four_fail_by_one(tmp_path):
    plan = build_plan(dict.fromkeys(LEAVES, (1, 3)), tmp_path / "p")
    wrong = change(plan, "all.trade.heavy.2023", 4)
    failing = reconcile(wrong).checks.query("status == 'fails'")
    # 4 for 3 breaks: the sum over areas, over types (4+3 is not 6), over industries (4+3 not 6).
    assert sorted(failing["along"]) == ["area", "industry", "project_type"]
    by_area = failing[failing["along"] == "area"].iloc[0]
    assert (by_area["left"], by_area["right"], by_area["residual"]) == (3, 4, -1)
    assert by_area["expression"] == (
        "Projects, Trade, Heavy, 2023: East 1 + West 1 + South 1 ≠ All 4"
    )


def test_expression_and_findings_speak_chinese(huzhou):
    wrong = change(huzhou, "annex2.deqing.software.revenue.2023-2025", 54)
    report = reconcile(wrong, lang="zh")
    assert not report.passed
    failing = report.checks.query("status == 'fails' and along == 'area'")["expression"].tolist()
    assert failing == [
        "引进项目·软件和信息技术服务业（含工业设计）·营收类·2023—2025年: 吴兴区 11 + 南浔区 9 + "
        "德清县 54 + 长兴县 9 + 安吉县 9 + 南太湖新区 27 + 长合区 - + 市属 - ≠ 湖州市 110"
    ]
    assert report.findings[0].say("zh") == "537 项勾稽关系中有 3 项不成立。"


def test_year_above_cumulative_fails(huzhou):
    wrong = change(huzhou, "annex2.changhe.scitech.revenue.2023", 3)
    failing = reconcile(wrong).checks.query("status == 'fails'")
    over = failing[failing["kind"] == "year_within_cumulative"]
    assert len(over) == 1
    assert over.iloc[0]["residual"] == 1
    assert over.iloc[0]["expression"].endswith("2023 3 > 2023–2025 2")


def test_part_above_whole_fails(huzhou):
    wrong = change(huzhou, "2.2.futurecity.all.all.2023", 68)
    failing = reconcile(wrong).checks.query("status == 'fails'")
    assert failing["kind"].tolist() == ["part_within_whole"]


def test_restatement_that_differs_names_both_places(huzhou):
    wrong = change(huzhou, "2.1.deqing.all.all.2023-2025", 172)
    report = reconcile(wrong)
    failing = report.checks.query("status == 'fails'")
    assert failing["kind"].tolist() == ["restatement"]
    said = report.findings[1].say("en")
    assert "annex2/1/all/all prints 171" in said
    assert "2.1 prints 172" in said


def test_a_bound_is_restated_by_any_number_above_it(huzhou):
    row = huzhou.figures.query("place == '3.3' and horizon == '2023' and measure == 'projects'")
    assert row["relation"].tolist() == [">="]
    lower = change(huzhou, row["figure_id"].item(), 69)
    higher = change(huzhou, row["figure_id"].item(), 71)
    assert reconcile(lower).passed
    assert not reconcile(higher).passed


def test_decimals_raise_no_false_alarm(tmp_path):
    def amounts(tables):
        tables["measures"][0] |= {"step": "0.1", "kind": "flow"}
        values = {"east": "70911.7", "west": "64512.5", "south": "0", "all": "135424.2"}
        tables["figures"] = [
            row | {"value": values[row["area"]], "printed": values[row["area"]]}
            for row in tables["figures"]
            if row["industry"] == row["project_type"] == "all" and row["horizon"] == "2023"
        ]

    report = reconcile(plan_with(tmp_path, amounts))
    assert report.checks["residual"].tolist() == [0]
    assert report.passed


def test_large_numbers_stay_exact(tmp_path):
    big = 10**12
    leaves = {leaf: (big + i, 3 * big + i) for i, leaf in enumerate(LEAVES)}
    plan = build_plan(leaves, tmp_path / "p")
    assert reconcile(plan).passed
    assert not reconcile(change(plan, "east.trade.heavy.2023", big + 1)).passed


def test_total_above_its_printed_parts_is_unallocated_where_parts_are_not_printed(tmp_path):
    def drop_south(tables):
        tables["figures"] = [r for r in tables["figures"] if r["area"] != "south"]

    report = reconcile(plan_with(tmp_path, drop_south))
    assert report.passed
    assert set(report.checks.query("along == 'area'")["status"]) == {"unallocated"}
    told = [f.say("en") for f in report.findings if f.kind == "unallocated"]
    assert "South not printed, or not in full" in told[0]


def test_parts_above_a_total_fail_even_where_some_are_not_printed(tmp_path):
    def drop_and_raise(tables):
        kept = [r for r in tables["figures"] if r["area"] != "south"]
        for row in kept:
            if row["figure_id"] == "east.trade.heavy.2023":
                row |= {"value": "9", "printed": "9"}
        tables["figures"] = kept

    report = reconcile(plan_with(tmp_path, drop_and_raise))
    failing = report.checks.query("status == 'fails' and along == 'area'")
    assert failing["left"].tolist() == [10]


def test_dash_adds_nothing_and_dashes_alone_add_up_to_a_dash(tmp_path):
    leaves = {leaf: (None, None) if leaf[0] == "west" else (1, 3) for leaf in LEAVES}
    plan = build_plan(leaves, tmp_path / "p")
    report = reconcile(plan)
    assert set(report.checks["status"]) == {"holds"}
    dashed = report.checks[report.checks["expression"].str.contains("West", regex=False)]
    dashes = dashed[dashed["right"].isna()]
    assert len(dashes) > 0
    assert dashes["left"].isna().all()


def test_zero_printed_where_parts_are_dashes_is_a_warning(tmp_path):
    leaves = {leaf: (None, None) if leaf[0] == "west" else (1, 3) for leaf in LEAVES}
    plan = change(build_plan(leaves, tmp_path / "p"), "west.trade.all.2023", 0)
    warned = [f for f in reconcile(plan).findings if f.kind == "dash_against_zero"]
    # The types of west's trade sum to "-" where 0 is printed; its industries now sum to 0 where
    # "-" is printed.
    assert [(f.numbers["sum"], f.numbers["printed"]) for f in warned] == [("0", "-"), ("-", "0")]
    assert {f.severity for f in warned} == {"warning"}


def test_bound_total_above_the_parts_fails_and_below_holds(tmp_path):
    def bound(value):
        def edit(tables):
            for row in tables["figures"]:
                if row["figure_id"] == "all.all.all.2023":
                    row |= {"relation": ">=", "value": str(value), "printed": f"{value}以上"}

        return edit

    assert reconcile(plan_with(tmp_path / "a", bound(11))).passed
    assert not reconcile(plan_with(tmp_path / "b", bound(13))).passed


def test_bounds_on_both_sides_leave_nothing_to_test(tmp_path):
    def bounds(tables):
        for row in tables["figures"]:
            row["relation"] = ">="

    report = reconcile(plan_with(tmp_path, bounds))
    assert set(report.checks.query("kind == 'sum'")["status"]) == {"untestable"}


def test_quarters_that_fill_a_year_add_up_to_it(tmp_path):
    days = {"q1": ("01-01", "06-30"), "q2": ("07-01", "12-31"), "2023": ("01-01", "12-31")}

    def halves(tables):
        tables["horizons"] = [
            {"code": code, "zh": code, "en": code}
            | {"first_day": f"2023-{first}", "last_day": f"2023-{last}"}
            for code, (first, last) in days.items()
        ]
        city = next(r for r in tables["figures"] if r["figure_id"] == "all.all.all.2023")
        tables["figures"] = [
            city | {"figure_id": f"f{code}", "horizon": code, "value": value, "printed": value}
            for code, value in (("q1", "5"), ("q2", "6"), ("2023", "12"))
        ]

    checks = reconcile(plan_with(tmp_path, halves)).checks
    assert checks[["kind", "residual", "status"]].to_numpy().tolist() == [
        ["sum_over_time", -1, "fails"]
    ]


# The real plans -------------------------------------------------------------------------------


def test_huzhou_adds_up_throughout(huzhou):
    report = reconcile(huzhou)
    assert report.passed
    # 22 rows x 2 horizons over areas; 9 areas x 3 types x 2 over industries, and above-scale
    # enterprises twice; 8 blocks x 9 x 2 over types; 100 and 10 points; 396 / 2 cells, futurecity,
    # headquarters and 12 counts over time; futurecity and headquarters twice; 71 restated counts,
    # 6000, 100, 90 and 10.
    assert report.checks.groupby(["kind", "along"]).size().to_dict() == {
        ("sum", "area"): 44,
        ("sum", "industry"): 56,
        ("sum", "project_type"): 144,
        ("sum", "measure"): 2,
        ("year_within_cumulative", "horizon"): 212,
        ("part_within_whole", "area"): 2,
        ("part_within_whole", "measure"): 2,
        ("restatement", ""): 75,
    }
    # A year's number may be anything within "20 or more", and about 6 within about 10.
    assert status(report, "year_within_cumulative") == {"holds": 206, "untestable": 6}
    odd = report.checks.query("status not in ('holds', 'untestable')")
    assert odd[["measure", "left", "right", "status"]].to_numpy().tolist() == [
        ["above_scale", 326, 400, "unallocated"],
        ["above_scale", 92, 120, "unallocated"],
    ]


def test_headquarters_lie_within_the_revenue_projects_of_commerce(huzhou):
    row = huzhou.figures.query("measure == 'headquarters' and horizon == '2023'")
    wrong = reconcile(change(huzhou, row["figure_id"].item(), 55))
    failing = wrong.checks.query("status == 'fails'")
    # 55 is more than the 54 projects of 2023, and more than the 10 of three years.
    assert sorted(failing["kind"]) == ["part_within_whole", "year_within_cumulative"]


def test_points_add_up_through_two_levels(huzhou):
    row = huzhou.figures.query("measure == 'daily_team_points'")
    failing = reconcile(change(huzhou, row["figure_id"].item(), 3)).checks.query(
        "status == 'fails'"
    )
    assert failing[["left", "right"]].to_numpy().tolist() == [[11, 10]]


def test_dazhou_109_1_percent_holds_within_rounding_alone(dazhou):
    report = reconcile(dazhou)
    ratio = report.checks.query("kind == 'ratio'")
    assert ratio["status"].value_counts().to_dict() == {"holds": 9, "holds_within_rounding": 1}
    odd = ratio[ratio["status"] == "holds_within_rounding"].iloc[0]
    assert odd["right"] == 109.1
    assert round(odd["left"], 2) == 109.05
    told = next(f for f in report.findings if f.kind == "ratio_within_rounding")
    for part in ("109.1 %", "109.05 %", "rounds to 109 %", "108.96 %", "109.14 %"):
        assert part in told.say("en")


def test_dazhou_percentage_out_of_reach_of_rounding_fails(dazhou):
    wrong = change(dazhou, _percent(dazhou, "all"), 109.4)
    assert reconcile(wrong).checks.query("kind == 'ratio'")["status"].tolist().count("fails") == 1


def test_dazhou_sums_off_by_one_step_hold_within_rounding_and_by_ten_fail(dazhou):
    figure = dazhou.figures.query("area == 'all' and measure == 'investment' and horizon == '2019'")
    near = reconcile(change(dazhou, figure["figure_id"].item(), 600.2))
    far = reconcile(change(dazhou, figure["figure_id"].item(), 610.1))
    assert near.passed
    assert "holds_within_rounding" in status(near, "sum")
    assert not far.passed


def _percent(plan, area):
    rows = plan.figures[(plan.figures["area"] == area) & (plan.figures["unit"] == "%")]
    return rows["figure_id"].item()


# Properties -----------------------------------------------------------------------------------

numbers = st.one_of(st.none(), st.integers(0, 10**6))
leaf_values = st.tuples(numbers, st.integers(0, 10**6)).map(
    lambda pair: (pair[0], (pair[0] or 0) + pair[1])
)
plans = st.fixed_dictionaries(dict.fromkeys(LEAVES, leaf_values))
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(plans)
def test_a_plan_built_to_add_up_reconciles(leaves):
    with tempfile.TemporaryDirectory() as folder:
        plan = build_plan(leaves, Path(folder) / "p")
    assert reconcile(plan).passed


@quick
@given(plans, st.data())
def test_any_single_changed_cell_is_noticed(leaves, data):
    with tempfile.TemporaryDirectory() as folder:
        plan = build_plan(leaves, Path(folder) / "p")
    row = data.draw(st.sampled_from(range(len(plan.figures))))
    figure = plan.figures.iloc[row]
    before = 0 if pd.isna(figure["value"]) else int(figure["value"])
    after = data.draw(st.integers(0, 2 * 10**6).filter(lambda v: v != before))
    report = reconcile(change(plan, figure["figure_id"], after))
    failing = report.checks.query("status == 'fails'")
    assert len(failing) > 0
    assert failing["figures"].map(lambda ids: figure["figure_id"] in ids).all()


def test_every_cell_of_the_real_annex_is_noticed_when_changed(huzhou):
    rows = huzhou.figures.query("place.str.startswith('annex2/2/') and horizon == '2023'")
    for figure_id in rows["figure_id"]:
        value = huzhou.figures.set_index("figure_id").at[figure_id, "value"]
        wrong = change(huzhou, figure_id, (0 if pd.isna(value) else int(value)) + 1)
        failing = reconcile(wrong).checks.query("status == 'fails'")
        assert len(failing) >= 2, figure_id


def test_source_folders_stay_untouched(dazhou):
    before = (DAZHOU / "figures.csv").read_bytes()
    reconcile(dazhou)
    assert (DAZHOU / "figures.csv").read_bytes() == before


# How an expression reads -----------------------------------------------------------------------


def test_an_expression_says_how_the_two_sides_stand(tmp_path):
    days = {"q1": ("01-01", "03-31"), "q2": ("04-01", "12-31"), "2023": ("01-01", "12-31")}

    def quarters(*printed):
        def edit(tables):
            tables["horizons"] = [
                {"code": code, "zh": code, "en": code}
                | {"first_day": f"2023-{first}", "last_day": f"2023-{last}"}
                for code, (first, last) in days.items()
            ]
            city = next(r for r in tables["figures"] if r["figure_id"] == "all.all.all.2023")
            tables["figures"] = [
                city | {"figure_id": f"f{code}", "horizon": code, "value": value, "printed": value}
                for code, value in printed
            ]

        return edit

    def read(name, *printed):
        report = reconcile(plan_with(tmp_path / name, quarters(*printed)))
        return [text.rpartition(": ")[2] for text in report.checks["expression"]]

    assert read("a", ("q1", "5"), ("2023", "12")) == ["q1 5 ≤ 2023 12"]
    assert read("b", ("q1", "5"), ("q2", "7"), ("2023", "12")) == ["q1 5 + q2 7 = 2023 12"]
    assert read("c", ("q1", "5"), ("q2", "8"), ("2023", "12")) == ["q1 5 + q2 8 ≠ 2023 12"]
    assert read("d", ("q1", "13"), ("2023", "12")) == ["q1 13 > 2023 12"]


def test_an_untestable_expression_claims_nothing(tmp_path):
    def bounds(tables):
        for row in tables["figures"]:
            row["relation"] = ">="

    checks = reconcile(plan_with(tmp_path, bounds)).checks.query("kind == 'sum'")
    assert checks["expression"].str.contains(" ? ", regex=False).all()


# Levels and margins that are not printed, bounds, ranges ----------------------------------------


def only(tables, *printed):
    """Keep one horizon, and of the totals only what is named: (id, relation, value[, upper])."""
    keep = {figure_id: rest for figure_id, *rest in printed}
    rows = []
    for row in tables["figures"]:
        if row["figure_id"] in keep:
            relation, value, *upper = keep[row["figure_id"]]
            new = {"relation": relation, "value": value, "printed": "～".join([value, *upper])}
            rows.append(row | new | {"value_max": upper[0] if upper else ""})
    tables["figures"] = rows


def statuses(tmp_path, *printed, kind="sum"):
    report = reconcile(plan_with(tmp_path, lambda tables: only(tables, *printed)))
    return report.checks.query("kind == @kind")["status"].tolist()


def test_a_level_that_is_not_printed_is_passed_through(tmp_path):
    def edit(tables):
        for code in ("east1", "east2"):
            area = {"code": code, "zh": code, "en": code, "parent": "east", "part": "member"}
            tables["areas"].append(area)
        city = next(r for r in tables["figures"] if r["figure_id"] == "all.all.all.2023")
        values = {"all": "100", "west": "60", "south": "0", "east1": "20", "east2": "25"}
        tables["figures"] = [
            city | {"figure_id": f"f{area}", "area": area, "value": value, "printed": value}
            for area, value in values.items()
        ]

    checks = reconcile(plan_with(tmp_path, edit)).checks
    assert checks[["left", "right", "status"]].to_numpy().tolist() == [[105, 100, "fails"]]


def test_a_grand_total_is_held_against_leaves_where_no_margin_is_printed(tmp_path):
    leaves = [(f"{a}.{i}.{t}.2023", "=", "1") for a, i, t in LEAVES]
    assert statuses(tmp_path / "a", ("all.all.all.2023", "=", "12"), *leaves) == ["holds"]
    assert statuses(tmp_path / "b", ("all.all.all.2023", "=", "10"), *leaves) == ["fails"]
    # One leaf is not printed: 11 of 12 are.
    assert statuses(tmp_path / "c", ("all.all.all.2023", "=", "12"), *leaves[1:]) == ["unallocated"]


PARTS = ("east.all.all.2023", "west.all.all.2023", "south.all.all.2023")


@pytest.mark.parametrize(
    ("total", "first", "expected"),
    [
        (("=", "10"), ("=", "5"), "fails"),
        (("=", "10"), ("~", "5"), "untestable"),
        (("~", "10"), ("=", "9"), "untestable"),
        (("<=", "10"), ("=", "7"), "fails"),
        (("<=", "14"), ("=", "7"), "holds"),
        (("range", "10", "15"), ("=", "7"), "holds"),
        (("range", "10", "11"), ("=", "7"), "fails"),
        (("=", "10"), ("range", "1", "6"), "holds"),
        (("=", "10"), ("range", "5", "6"), "fails"),
        (("=", "10"), (">=", "4"), "fails"),
        (("=", "10"), (">=", "3"), "holds"),
        ((">=", "10"), (">=", "3"), "untestable"),
    ],
)
def test_bounds_ranges_and_abouts_in_a_sum(tmp_path, total, first, expected):
    # The other two areas are exactly 3 and 4.
    rest = [(PARTS[1], "=", "3"), (PARTS[2], "=", "4")]
    printed = [("all.all.all.2023", *total), (PARTS[0], *first), *rest]
    assert statuses(tmp_path, *printed) == [expected]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (("=", "10"), "holds"),
        (("=", "11"), "fails"),
        ((">=", "9"), "holds"),
        ((">=", "11"), "fails"),
        (("<=", "15"), "holds"),
        (("<=", "9"), "fails"),
        (("range", "8", "12"), "holds"),
        (("range", "11", "12"), "fails"),
        (("~", "10"), "untestable"),
    ],
)
def test_restatements_by_bounds(tmp_path, other, expected):
    def edit(tables):
        only(tables, ("all.all.all.2023", "=", "10"))
        relation, value, *upper = other
        text = {"relation": relation, "value": value, "printed": "～".join([value, *upper])}
        again = tables["figures"][0] | text | {"value_max": upper[0] if upper else ""}
        tables["figures"].append(again | {"figure_id": "again", "place": "2.1"})

    assert reconcile(plan_with(tmp_path, edit)).checks["status"].tolist() == [expected]


def test_several_years_within_a_total_are_named_together(tmp_path):
    def edit(tables):
        tables["horizons"].append(
            {"code": "2024", "zh": "2024年", "en": "2024"}
            | {"first_day": "2024-01-01", "last_day": "2024-12-31"}
        )
        only(tables, ("all.all.all.2023", "=", "10"), ("all.all.all.2023-2025", "=", "25"))
        year = tables["figures"][0]
        tables["figures"].append(
            year | {"figure_id": "next", "horizon": "2024", "value": "20", "printed": "20"}
        )

    report = reconcile(plan_with(tmp_path, edit))
    said = report.findings[1].say("en")
    names = "Projects, All, All, All, 2023 and Projects, All, All, All, 2024"
    assert said.startswith(f"{names} together are 30, more than")


def test_a_plan_without_identities_is_not_praised(tmp_path):
    report = reconcile(plan_with(tmp_path, lambda t: only(t, ("all.all.all.2023", "=", "10"))))
    assert [f.kind for f in report.findings] == ["plan_has_nothing_to_check"]


def test_percentages_of_counts_get_no_slack_and_bounds_are_not_tested(tmp_path):
    def percent(value, relation="="):
        def edit(tables):
            only(tables, ("all.all.all.2023", "=", "9"))
            whole = tables["figures"][0]
            count = tables["measures"][0]
            part = count | {"code": "opened", "role": "result"}
            share = count | {"code": "share", "kind": "rate", "unit": "%", "step": "0.1"}
            share |= {"role": "result", "exact": "no"}
            tables["measures"] = [
                m | {"numerator": "", "denominator": ""} for m in (count, part)
            ] + [share | {"numerator": "opened", "denominator": "projects"}]
            opened = {"figure_id": "o", "measure": "opened", "value": "3", "printed": "3"}
            shown = {
                "figure_id": "s",
                "measure": "share",
                "value": value,
                "printed": f"达到{value}",
            }
            tables["figures"] += [
                whole | opened | {"relation": relation},
                whole | shown | {"unit": "%"},
            ]

        return edit

    def ratio(name, *args):
        checks = reconcile(plan_with(tmp_path / name, percent(*args))).checks
        return checks.query("kind == 'ratio'")["status"].item()

    assert ratio("a", "33.3") == "holds"
    assert ratio("b", "35") == "fails"
    assert ratio("c", "33") == "holds"
    assert ratio("d", "33.3", ">=") == "untestable"
