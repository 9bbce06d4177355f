"""Properties of the rules on small plans, and breaches that Huzhou's plan does not have."""

from __future__ import annotations

import dataclasses
import itertools
import tempfile
from pathlib import Path

import pytest
from building import AREAS, INDUSTRIES, TYPES, build_plan, change
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from h1224lib import load_plan, review_plan
from h1224lib.review import measure_paces

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


def test_areas_alike_in_every_cell(tmp_path):
    leaves = {leaf: (1, 3) if leaf[0] != "south" else (2, 5) for leaf in LEAVES}
    numbers = kinds(build_plan(leaves, tmp_path / "p"))["even_allotments"]
    assert [[a.en for a in areas] for areas in numbers["throughout"]] == [["East", "West"]]
    assert numbers["count"] == 2


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
