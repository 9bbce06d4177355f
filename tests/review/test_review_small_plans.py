"""Properties of the rules on small plans, and breaches that Huzhou's plan does not have."""

from __future__ import annotations

import dataclasses
import itertools
import tempfile
from pathlib import Path

import pytest
from building import (
    AREAS,
    INDUSTRIES,
    TYPES,
    build_plan,
    change,
    tables_that_add_up,
    write_plan,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from h1224lib import load_plan, reconcile, review_plan
from h1224lib.review import measure_paces, tell_errors, tell_once

LEAVES = list(itertools.product(AREAS, INDUSTRIES, TYPES))
NUMBERS = st.one_of(st.none(), st.integers(0, 9))
# The year lies within the three years, as in a plan that adds up.
PAIRS = st.tuples(NUMBERS, st.integers(0, 20)).map(lambda p: (p[0], (p[0] or 0) + p[1]))


def kinds(plan):
    return {f.kind: f.numbers for f in review_plan(plan)}


@given(values=st.lists(PAIRS, min_size=len(LEAVES), max_size=len(LEAVES)))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_counts_of_cells_are_those_of_the_leaves(values):
    leaves = dict(zip(LEAVES, values, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        plan = build_plan(leaves, Path(folder) / "p")
        found = kinds(plan)
        paces = measure_paces(plan)
    dashes = [whole for first, whole in values if first is None and whole]
    zeros = [whole for first, whole in values if first == 0 and whole]
    due = [whole for first, whole in values if first and first == whole]
    for kind, expected in (
        ("dash_under_target", dashes),
        ("nothing_at_first", zeros),
        ("due_at_once", due),
    ):
        assert found.get(kind, {"count": 0})["count"] == len(expected)
    left = sum(whole - first for first, whole in values if first is not None)
    assert paces[paces["leaf"]]["left"].sum() == left


def test_a_plan_of_dashes_alone_has_no_pace(tmp_path):
    plan = build_plan(dict.fromkeys(LEAVES, (None, None)), tmp_path / "p")
    assert measure_paces(plan).empty
    assert {f.severity for f in review_plan(plan)} <= {"note"}


def test_areas_alike_in_every_type_and_in_their_sums(tmp_path):
    # South as many as the others for 2023-2025, of other types; more of them in 2023.
    leaves = dict.fromkeys(LEAVES, (1, 3))
    leaves |= {("south", i, t): (2, 2 if t == "heavy" else 4) for i in INDUSTRIES for t in TYPES}
    plan = build_plan(leaves, tmp_path / "p")
    three, first = (f.numbers for f in review_plan(plan) if f.kind == "even_allotments")
    assert (three["horizon"].en, first["horizon"].en) == ("2023-2025", "2023")
    named = [[[a.en for a in areas], *counts] for areas, *counts in three["repeated"]]
    assert named == [[["East", "West"], 2, 2], [["East", "West", "South"], 0, 2]]
    named = [[[a.en for a in areas], *counts] for areas, *counts in first["repeated"]]
    assert named == [[["East", "West"], 2, 2]]
    assert three["count"] == 2


def test_a_pace_counts_months_and_not_horizons(tmp_path):
    # 1 in the first of three years, 3 in all: 2 in two years is the same pace everywhere.
    plan = build_plan(dict.fromkeys(LEAVES, (1, 3)), tmp_path / "p")
    assert measure_paces(plan)["pace"].unique().tolist() == [1]


def test_weights_and_points_that_do_not_add_up_are_errors():
    plan = load_plan("huzhou-1224")
    items = plan.assessment.copy()
    items.loc[items["item_id"] == "departments.commerce", "weight_pct"] = 25
    items.loc[items["item_id"] == "daily.team", "points"] = 3
    wrong = [
        f for f in review_plan(dataclasses.replace(plan, assessment=items)) if f.severity == "error"
    ]
    # 105 % for 100 %, 11 points for 10.
    assert [(f.numbers["sum"], f.numbers["expected"]) for f in wrong] == [(105, 100), (11, 10)]
    assert wrong[0].kind == "points_and_weights"


def test_a_number_where_words_exclude_one_is_found():
    plan = load_plan("huzhou-1224")
    broken = change(plan, "annex2.municipal.tourism.all.2023-2025", 4)
    finding = next(f for f in review_plan(broken) if f.kind == "constraints_in_words")
    assert finding.numbers["figures"] == ["annex2.municipal.tourism.all.2023-2025"]
    assert finding.severity == "warning"


@pytest.mark.parametrize("table", ["directions", "landmarks", "assessment", "notes"])
def test_a_plan_without_a_table_is_reviewed_without_it(table):
    plan = load_plan("huzhou-1224")
    bare = dataclasses.replace(plan, **{table: getattr(plan, table).iloc[0:0]})
    kept = {f.kind for f in review_plan(bare)}
    assert "pace_left" in kept
    assert kept < {f.kind for f in review_plan(plan)}


@pytest.fixture
def tables():
    # 3 areas x 2 industries x 2 types of (1, 3): 9 projects a type and industry, 36 in all.
    return tables_that_add_up(dict.fromkeys(LEAVES, (1, 3)))


def review(tables, folder):
    return kinds(load_plan(write_plan(folder, tables)))


def promise(tables, value, relation="="):
    """Print a target of new above-scale enterprises in trade."""
    tables["measures"][0]["counts"] = ""
    tables["measures"].append(
        tables["measures"][0]
        | {"code": "large", "zh": "规上", "en": "Above-scale", "counts": "above_scale"}
    )
    cell = {"area": "all", "industry": "trade", "project_type": "all", "horizon": "2023-2025"}
    number = {"relation": relation, "value": str(value), "printed": str(value), "place": "2.1"}
    figure = {"figure_id": "scale", "measure": "large", "value_max": "", "unit": "个"}
    tables["figures"].append({**figure, **cell, **number})
    return tables


def test_enterprises_up_to_the_largest_type_are_no_finding(tables, tmp_path):
    assert "enterprises_beyond_projects" not in review(promise(tables, 9), tmp_path / "p")


@pytest.mark.parametrize(("value", "share"), [(10, 10 / 18), (20, 20 / 18)])
def test_enterprises_beyond_the_largest_type(tables, tmp_path, value, share):
    numbers = review(promise(tables, value), tmp_path / "p")["enterprises_beyond_projects"]
    ((name, *found),) = numbers["rows"]
    assert name.en == "2023-2025, Trade"
    assert [found[0], *found[2:]] == [value, 9, 18, pytest.approx(share)]


def define(tables, *places, concerns="areas:east"):
    words = {"reading_zh": "读法", "reading_en": "reading", "zh": "定义", "en": "definition"}
    tables["notes"] = [
        {"note_id": f"n{i}", "kind": "definition", "place": place, "concerns": concerns} | words
        for i, place in enumerate(places)
    ]
    return tables


def test_a_term_defined_in_two_places(tables, tmp_path):
    twice = review(define(tables, "footnote1", "annex1/notes/2"), tmp_path / "two")
    numbers = twice["term_defined_twice"]
    assert (numbers["term"].en, numbers["count"]) == ("East", 2)
    assert [place.en for _, _, place in numbers["definitions"]] == [
        "footnote 1",
        "annex 1 (remark 2)",
    ]
    for name, places in (("one", ("footnote1",)), ("same", ("footnote1", "footnote1"))):
        once = review(define(tables, *places), tmp_path / name)
        assert "term_defined_twice" not in once


def test_industries_in_another_order(tables, tmp_path):
    assert "industry_order" not in review(tables, tmp_path / "one")
    cell = {"area": "all", "project_type": "all", "horizon": "2023-2025", "unit": "个"}
    number = {"measure": "projects", "relation": "=", "value": "18", "value_max": ""}
    for industry in reversed(INDUSTRIES):
        row = {"figure_id": f"text.{industry}", "industry": industry, "printed": "18"}
        tables["figures"].append({**cell, **number, **row, "place": "2.1"})
    numbers = review(tables, tmp_path / "two")["industry_order"]
    ((part, ((early, late),)),) = numbers["rows"]
    assert (numbers["first"].en, part.en) == ("annex 1", "section 2")
    assert (early.en, late.en) == ("Tours", "Trade")


def list_bodies(tables, *bodies):
    words = {"role": "member", "inferred": "no", "place": "4"}
    tables["bodies"] = [
        {"body_id": f"b{i}", "zh": kind, "en": kind, "kind": kind, "area": area} | words
        for i, (kind, area) in enumerate(bodies)
    ]
    return tables


def test_a_group_that_carries_an_area_alone(tables, tmp_path):
    mechanism = [("lead", ""), ("department", ""), ("area", "east"), ("area", "west")]
    found = review(list_bodies(tables, *mechanism, ("group", "south")), tmp_path / "alone")
    numbers = found["carriers_outside"]
    # South: 2 industries x 2 types x 3.
    assert (numbers["area"].en, numbers["target"], numbers["mechanism"]) == ("South", 12, [1, 1, 2])
    beside = [*mechanism, ("area", "south"), ("group", "south")]
    assert "carriers_outside" not in review(list_bodies(tables, *beside), tmp_path / "beside")


def test_topics_without_english_keep_their_chinese(tables, tmp_path):
    tables["directions"] = [
        {
            "direction_id": f"{industry}.1",
            "industry": industry,
            "number": "1",
            "zh": "甲",
            "en": "A",
        }
        | {"printed_number": "1", "sub_of": "", "topics": "冷链;会展", "place": "3"}
        for industry in INDUSTRIES
    ]
    bare = review(tables, tmp_path / "bare")["shared_topics"]["topics"]
    assert [topic.en for topic, _, _ in bare] == ["冷链", "会展"]
    tables["directions"] = [
        row | {"topics_en": "" if row["industry"] == "trade" else "cold chain;fairs"}
        for row in tables["directions"]
    ]
    named = review(tables, tmp_path / "named")["shared_topics"]["topics"]
    assert [topic.en for topic, _, _ in named] == ["cold chain", "fairs"]


@pytest.mark.parametrize("plan", ["huzhou-1224", "yunze-2026", "bare total"])
def test_a_total_short_of_its_parts_is_told_once(plan, tables, tmp_path):
    if plan == "bare total":
        # South prints nothing in 2023, and the parts of all three years are dashes throughout.
        tables["figures"] = [f for f in tables["figures"] if f["area"] != "south"]
        folder = write_plan(tmp_path / "p", tables)
    else:
        folder = plan if plan == "huzhou-1224" else Path(__file__).parents[1] / "plans" / plan
    loaded = load_plan(folder)
    report, reviewed = reconcile(loaded), review_plan(loaded)
    kept = [f for f in tell_once(report.findings, reviewed) if f.kind == "unallocated"]
    told = [f for f in reviewed if f.kind == "parts_short_of_total"]
    short = (report.checks["status"] == "unallocated").sum()
    assert short > 0
    assert len(kept) + len(told) == short
    assert not kept


def test_a_total_over_dashes_alone_stays_with_the_reconciliation(tmp_path):
    leaves = {leaf: (None, None) if leaf[0] != "south" else (1, 3) for leaf in LEAVES}
    tables = tables_that_add_up(leaves)
    tables["figures"] = [f for f in tables["figures"] if f["area"] != "south"]
    loaded = load_plan(write_plan(tmp_path / "p", tables))
    reviewed = review_plan(loaded)
    assert not [f for f in reviewed if f.kind == "parts_short_of_total"]
    kept = [f.kind for f in tell_once(reconcile(loaded).findings, reviewed)]
    assert kept.count("unallocated") > 0


def tell(tables, folder, kind, lang="en"):
    """Say the findings of a kind."""
    return [
        f.say(lang) for f in review_plan(load_plan(write_plan(folder, tables))) if f.kind == kind
    ]


def number_directions(tables, *printed):
    words = {"industry": "trade", "zh": "甲", "en": "A", "sub_of": "", "topics": "", "place": "3"}
    tables["directions"] = [
        words | {"direction_id": f"d{n}", "number": str(n), "printed_number": text}
        for n, text in enumerate(printed, 1)
    ]
    return tables


TWELVE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


@pytest.mark.parametrize(
    "printed",
    [
        tuple(f"{n}、" for n in TWELVE),
        tuple(f"（{n}）" for n in TWELVE),
        tuple("①②③④⑤⑥⑦⑧⑨⑩⑪⑫"),
        tuple(map(str, range(1, 13))),
    ],
)
def test_numbers_in_any_script_are_no_slip(tables, tmp_path, printed):
    assert tell(number_directions(tables, *printed), tmp_path / "p", "numbering_slips") == []


@pytest.mark.parametrize(
    ("printed", "slip", "expected"),
    [
        (("（一）", "（二）", "（四）"), "（四）", "（三）"),
        ((*TWELVE[:10], "十二"), "十二", "十一"),
        (("①", "②", "2"), "2", "③"),
        (("一是", "2", "3"), "一是", "1"),
        (tuple(TWELVE[n % 10] for n in range(20)), "十", "二十"),
    ],
)
def test_a_slip_is_told_in_the_style_of_its_list(tables, tmp_path, printed, slip, expected):
    numbers = review(number_directions(tables, *printed), tmp_path / "p")["numbering_slips"]
    assert [row[2:] for row in numbers["rows"]][-1] == [slip, expected]


def weigh(tables, assessed, weights=(60, 40)):
    for row in tables["areas"]:
        row["assessed"] = "yes" if row["code"] in assessed else "no"
    words = {"parent": "", "points": "", "scoring": "given", "place": "annex/1"}
    tables["assessment"] = [
        words | {"item_id": i, "zh": i, "en": i, "industry": i, "weight_pct": str(weight)}
        for i, weight in zip(INDUSTRIES, weights, strict=True)
    ]
    return tables


def test_weights_stand_beside_what_assessed_areas_carry(tmp_path):
    # South, which is not assessed, has trade alone: 12 + 8 trade of 32 in all, 12 without it.
    leaves = {leaf: (1, 3) for leaf in LEAVES if leaf[0] != "south"}
    leaves |= {("south", "trade", "heavy"): (1, 8)}
    tables = tables_that_add_up(leaves)
    numbers = review(weigh(tables, {"east", "west"}), tmp_path / "p")["weights_against_targets"]
    assert (numbers["assessed"], numbers["target"], numbers["whole"]) == (True, 24, 32)
    assert [[r[0].en, *r[1:]] for r in numbers["rows"]] == [
        ["Trade", 60, 12, 0.5, 1.2],
        ["Tours", 40, 12, 0.5, 0.8],
    ]
    unassessed = review(weigh(tables, set()), tmp_path / "q")["weights_against_targets"]
    assert (unassessed["assessed"], unassessed["target"]) == (False, 32)
    assert [r[2] for r in unassessed["rows"]] == [12, 20]  # Tours 40 / 37.5, trade 60 / 62.5


def test_a_weight_of_nothing_has_no_ratio(tables, tmp_path):
    weighed = weigh(tables, {"east"}, (100, 0))
    numbers = review(weighed, tmp_path / "p")["weights_against_targets"]
    assert [r[0].en for r in numbers["rows"]] == ["Trade"]


def test_areas_that_no_industry_divides_lack_nothing(tables, tmp_path):
    weigh(tables, set(AREAS))
    tables["figures"] = [
        f for f in tables["figures"] if (f["area"], f["industry"]) != ("south", "trade")
    ]
    assert len(tell(tables, tmp_path / "divided", "weights_without_targets")) == 1
    tables["figures"] = [f for f in tables["figures"] if "all" in (f["area"], f["industry"])]
    assert tell(tables, tmp_path / "undivided", "weights_without_targets") == []


def name_results(tables, *clauses):
    tables["measures"][0]["counts"] = ""
    tables["measures"].append(
        tables["measures"][0]
        | {"code": "named", "zh": "成果", "en": "Results", "counts": "landmarks"}
    )
    tables["figures"].append(
        tables["figures"][0]
        | {"figure_id": "named", "measure": "named", "horizon": "2023", "value": "1"}
        | {"area": "all", "industry": "all", "project_type": "all", "printed": "1", "place": "2"}
    )
    words = {"industry": "trade", "horizon": "2023", "zh": "甲", "en": "A", "named": "no"}
    tables["landmarks"] = [
        words | {"landmark_id": f"l{n}", "minimum": "1", "of_2025": "", "place": "3"} | clause
        for n, clause in enumerate(clauses)
    ]
    return tables


@pytest.mark.parametrize(
    ("clauses", "said"),
    [
        (
            ({}, {}),
            "2 units, 2 results, 2 clauses. 3 of 3 ways of counting reach it, none exactly.",
        ),
        (
            ({"clause": "a"}, {"clause": "a"}, {"clause": ""}),
            "3 units, 3 results, 2 clauses. 3 of 3 ways of counting reach it, none exactly.",
        ),
        (({},), "1 unit, 1 result, 1 clause. 3 of 3 ways of counting reach it, 3 exactly."),
    ],
)
def test_a_result_without_a_clause_stands_in_its_own(tables, tmp_path, clauses, said):
    (told,) = tell(name_results(tables, *clauses), tmp_path / "p", "landmark_count")
    assert told == f"1 landmark result is announced for 2023; the list gives {said}"


def test_counting_words_as_printed_or_as_declared(tables, tmp_path):
    assert tell(tables, tmp_path / "one", "mixed_units") == []
    for place, row in enumerate(tables["figures"]):
        row["printed_unit"] = {0: "个", 1: "家", 2: "家"}.get(place, "")
    assert tell(tables, tmp_path / "two", "mixed_units") == [
        "Projects: counting words differ, 个 stands by 1, 家 by 2; 69 have none."
    ]
    for row in tables["figures"]:
        row |= {"printed_unit": "", "unit": "个（家）"}
    tables["measures"][0]["unit"] = "个（家）"
    assert tell(tables, tmp_path / "bare", "mixed_units") == [
        "Projects: counted with the words 个 and 家 alike."
    ]


def test_what_is_left_is_counted_from_printed_totals(tables, tmp_path):
    # A leaf too low, in three years; the totals printed are 36 and 12.
    leaf = next(f for f in tables["figures"] if f["figure_id"] == "east.trade.heavy.2023-2025")
    leaf |= {"value": "1", "printed": "1"}
    plan = load_plan(write_plan(tmp_path / "p", tables))
    (found,) = [f for f in review_plan(plan) if f.kind == "years_without_target"]
    assert (found.numbers["total"], found.numbers["left"]) == (36, 24)
    assert found.places == ("annex1/all/all",)


@pytest.mark.parametrize(
    ("early", "late", "said"),
    [
        ("=", "=", "10.0 %"),
        ("=", ">=", "at least 10.0 %"),
        ("=", ">", "above 10.0 %"),
        (">", "=", "below 10.0 %"),
        (">=", "=", "at most 10.0 %"),
        (">=", "<=", "at most 10.0 %"),
        ("<=", ">", "above 10.0 %"),
        (">=", ">", "at the minima 10.0 %"),
        ("~", "=", "at the lowest numbers printed 10.0 %"),
        ("<=", "<=", "at the lowest numbers printed 10.0 %"),
        ("=", "range", "at the lowest numbers printed 10.0 %"),
    ],
)
def test_growth_is_bounded_as_its_ends_are(tables, tmp_path, early, late, said):
    tables["measures"].append(
        tables["measures"][0]
        | {"code": "sales", "zh": "销售", "en": "Sales", "kind": "level", "exact": "no"}
    )
    tables["horizons"].append(
        tables["horizons"][0]
        | {
            "code": "2024",
            "zh": "2024年",
            "first_day": "2024-01-01",
            "last_day": "2024-12-31",
            "en": "2024",
        }
    )
    cell = tables["figures"][0] | {"area": "all", "industry": "all", "project_type": "all"}
    for horizon, relation, value in (("2023", early, "100"), ("2024", late, "110")):
        ends = {"value": value, "value_max": "120" if relation == "range" else ""}
        row = {"figure_id": f"s{horizon}", "measure": "sales", "horizon": horizon, "place": "2"}
        tables["figures"].append(
            cell
            | row
            | ends
            | {"relation": relation, "printed": value if ends["value_max"] == "" else "110～120"}
        )
    (told,) = tell(tables, tmp_path / "p", "implied_growth")
    assert told == f"Yearly growth that 1 target implies: Sales {said} (100 in 2023, 110 in 2024)."


def test_errors_of_a_review_are_named_in_one_line(tables, tmp_path):
    tables = weigh(tables, set(), (60, 50))
    root = tables["assessment"][0] | {"item_id": "t", "zh": "总分", "en": "Total", "weight_pct": ""}
    for row in tables["assessment"]:
        row["parent"] = "t"
    tables["assessment"].append(root | {"industry": "", "points": "100"})
    reviewed = review_plan(load_plan(write_plan(tmp_path / "p", tables)))
    (told,) = tell_errors(reviewed)
    assert told.severity == "error"
    assert told.say("en") == (
        "1 error stands beside the identities: "
        "Assessment, Total: the items below add up to 110 %, expected is 100 %."
    )
    assert tell_errors([f for f in reviewed if f.severity != "error"]) == []
