"""Parts of a gap and of a completion: exact, with dashes, holes and shared credit."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from states import LEAVES, make_plan, make_state

from h1224lib import (
    attribute_gap,
    decompose_completion,
    load_plan,
    measure_progress,
    read_actuals,
    read_ledger,
    shift_share,
)
from h1224lib.errors import ComparisonError, UnknownNameError
from h1224lib.plan.model import DIMENSIONS
from h1224lib.resources import data_folder

EVERY = [by for n in (1, 2, 3) for by in combinations(DIMENSIONS, n)]
DASH = ("west", "tours", "heavy")


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return make_plan(tmp_path_factory.mktemp("plan") / "small")


@pytest.fixture(scope="module")
def ledger():
    huzhou = load_plan("huzhou-1224")
    return read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", huzhou)


@pytest.fixture(scope="module")
def shared(ledger):
    """A state whose areas share projects: 30.8 of them is a count."""
    return measure_progress(ledger.plan, ledger, "2024-06-30")


def add_up(parts):
    return sum(gap for gap in parts.exact if gap is not None)


@pytest.mark.parametrize("by", EVERY)
def test_parts_of_shared_credit_sum_exactly(shared, by):
    parts = attribute_gap(shared, list(by))
    assert (shared.table["actual"].dropna() % 1 != 0).any()
    assert parts.gap == Fraction(1000, 2) - 391
    assert add_up(parts) == parts.gap
    assert not parts.table["unallocated"].any()
    assert parts.unknown == []


@pytest.mark.parametrize("day", ["2024-04-30", "2024-05-31"])
@pytest.mark.parametrize("schedule", ["quarters", "days"])
def test_parts_of_a_month_sum_exactly(ledger, day, schedule):
    state = measure_progress(ledger.plan, ledger, day, schedule=schedule)
    for by in (["area"], ["area", "industry"]):
        parts = attribute_gap(state, by)
        assert add_up(parts) == parts.gap
        assert float(parts.gap) == pytest.approx(float(state.cell()["gap"]))


def test_parts_of_one_cell(shared):
    parts = attribute_gap(shared, ["industry"], area="deqing")
    assert add_up(parts) == parts.gap
    assert float(parts.gap) == pytest.approx(float(shared.cell(area="deqing")["gap"]))
    assert set(parts.table["area"]) == {"deqing"}
    # An area that has none below it is its own only part.
    alone = attribute_gap(shared, ["area"], area="deqing")
    assert len(alone.table) == 1


def test_parts_of_another_measure(shared):
    parts = attribute_gap(shared, ["area"], measure="headquarters")
    assert parts.measure == "headquarters"
    assert set(parts.table["measure"]) == {"headquarters"}
    with pytest.raises(UnknownNameError):
        attribute_gap(shared, ["area"], measure="happiness")
    with pytest.raises(UnknownNameError):
        attribute_gap(shared, ["industry"], area="atlantis")


def test_what_was_not_planned_is_a_part_too(plan):
    done = dict.fromkeys(LEAVES, 1) | {DASH: 2}
    parts = attribute_gap(make_state(plan, done), list(DIMENSIONS))
    row = parts.table[parts.table["unplanned"]]
    assert row[list(DIMENSIONS)].to_numpy().tolist() == [list(DASH)]
    assert row["gap"].item() == -2
    assert row["scheduled"].isna().all()
    assert add_up(parts) == parts.gap
    assert not parts.table["unallocated"].any()


def test_a_hole_is_no_zero_in_parts(plan):
    done = dict.fromkeys(LEAVES, 1) | {LEAVES[0]: None}
    parts = attribute_gap(make_state(plan, done), list(DIMENSIONS))
    assert parts.gap is None
    hole = parts.table[parts.table["gap"].isna() & ~parts.table["unallocated"]]
    assert list(LEAVES[0]) in hole[list(DIMENSIONS)].to_numpy().tolist()
    [finding] = [f for f in parts.findings if f.kind == "gap_unknown_parts"]
    assert len(finding.numbers["unknown"]) == 1
    assert "East" in finding.say("en")
    assert "不按零计" in finding.say("zh")
    # By area: what is known of the other two is not the whole.
    areas = attribute_gap(make_state(plan, done), ["area"])
    assert areas.unknown[0].en == "East"
    assert areas.table["gap"].notna().sum() == 2


def test_a_known_total_over_a_hole_keeps_it_unallocated():
    dazhou = load_plan("dazhou-2019")
    done = read_actuals(None, dazhou)
    state = measure_progress(dazhou, done[done["area"] != "quxian"], "2019-03-31")
    parts = attribute_gap(state, ["area"])
    assert add_up(parts) == parts.gap == Fraction(1181, 40)
    assert parts.table.loc[parts.table["unallocated"], "actual"].item() == 12
    assert [label.zh for label in parts.unknown] == ["渠县"]
    assert "渠县" in parts.findings[1].say("zh")
    # Dimensions that a plan lacks split nothing.
    alone = attribute_gap(state, ["industry"])
    assert alone.table["gap"].tolist() == [29.525]
    assert [f.kind for f in alone.findings] == ["gap_lacks_dimension"]
    assert "没有分行业" in alone.findings[0].say("zh")
    both = attribute_gap(state, ["area", "industry"])
    assert [f.kind for f in both.findings][:2] == ["gap_parts", "gap_lacks_dimension"]
    # The whole is split by area, and each area is named once.
    shifts = shift_share(state).table
    assert shifts["area"].is_unique
    assert len(shifts) == 10


VALUES = st.one_of(st.none(), st.integers(0, 40))
DONE = st.fixed_dictionaries(dict.fromkeys(LEAVES, VALUES))


@settings(max_examples=25, deadline=None)
@given(DONE, st.sampled_from(EVERY))
def test_parts_of_any_results_sum_exactly_or_are_unknown(plan, done, by):
    if not any(value is not None for value in done.values()):
        return
    state = make_state(plan, done)
    parts = attribute_gap(state, list(by))
    assert len(parts.exact) == len(parts.table)
    if parts.gap is None:
        assert pd.isna(state.cell()["gap"])
        assert parts.unknown or parts.table["gap"].isna().all()
    else:
        assert add_up(parts) == parts.gap
    for finding in parts.findings:
        assert finding.say("zh")
        assert finding.say("en")


@settings(max_examples=25, deadline=None)
@given(DONE, DONE, st.sampled_from(EVERY))
def test_mix_rate_and_unplanned_sum_to_the_difference(plan, before, after, by):
    if not all(any(v is not None for v in done.values()) for done in (before, after)):
        return
    cell = ("projects", "east", "trade", "heavy", "2023-2025")
    total = ("projects", "all", "all", "all", "2023-2025")
    other = plan.replace({cell: 40, total: 300})
    a, b = make_state(plan, before), make_state(other, after)
    split, back = decompose_completion(a, b, by), decompose_completion(b, a, by)
    if split.difference is None:
        assert pd.isna(a.cell()["actual"]) or pd.isna(b.cell()["actual"])
        assert split.findings[0].kind == "completion_not_split"
    else:
        assert sum(split.effects.values()) == split.difference
        assert back.effects == {name: -effect for name, effect in split.effects.items()}
        assert split.completion_b == Fraction(float(b.cell()["actual"])) / 300
    for finding in split.findings:
        assert finding.say("zh")
        assert finding.say("en")


def test_completion_on_paper(plan):
    """All of the difference is mix where only targets move, rate where only results do."""
    done = dict.fromkeys(LEAVES, 1)
    first = make_state(plan, done)
    more = make_state(plan, done | {("east", "trade", "heavy"): 4})
    split = decompose_completion(first, more, ["area"])
    whole = int(first.cell()["target"])
    assert split.effects == {"mix": 0, "rate": Fraction(3, whole), "unplanned": 0}
    top = split.table.iloc[0]
    assert top["area"] == "east"
    assert top["rate"] == pytest.approx(3 / whole)
    assert "East" in split.findings[0].say("en")


def test_completion_of_a_cell_without_a_target_is_unplanned(plan):
    done = dict.fromkeys(LEAVES, 1)
    first, more = make_state(plan, done), make_state(plan, done | {DASH: 8})
    split = decompose_completion(first, more, DIMENSIONS)
    whole = int(first.cell()["target"])
    assert split.effects == {"mix": 0, "rate": 0, "unplanned": Fraction(7, whole)}
    # With a target on one side alone, the cell is all mix.
    planned = make_state(plan.replace({("projects", *DASH, "2023-2025"): 10}), done)
    row = decompose_completion(first, planned, DIMENSIONS).table.set_index(list(DIMENSIONS))
    assert row.loc[DASH, "rate"] == 0
    assert row.loc[DASH, "mix"] > 0
    assert row.loc[DASH, "unplanned"] < 0


def test_two_areas_of_one_state(shared):
    split = decompose_completion(
        shared, shared, ["industry"], within_a={"area": "deqing"}, within_b={"area": "anji"}
    )
    assert sum(split.effects.values()) == split.difference
    assert split.difference == split.completion_b - split.completion_a
    assert float(split.completion_a) == pytest.approx(
        float(shared.cell(area="deqing")["completion"])
    )
    assert "德清县" in split.findings[0].say("zh")
    with pytest.raises(ComparisonError) as apart:
        decompose_completion(
            shared, shared, ["area"], within_a={"area": "deqing"}, within_b={"area": "anji"}
        )
    assert apart.value.say("en")[0] != apart.value.say("zh")[0]


def test_shift_share_of_states(ledger, shared):
    before = measure_progress(ledger.plan, ledger, "2024-03-31")
    shifts = shift_share(before, shared)
    whole = shifts.exact.iloc[-1]
    assert whole["change"] == 391 - 316
    assert sum(whole[shifts.parts]) == 75
    against = shift_share(shared)
    assert against.growth == Fraction(391, 500) - 1
    assert against.exact["change"].iloc[-1] == -attribute_gap(shared, ["area"]).gap
    assert against.findings[0].kind == "shift_share_schedule"
    assert "21.80" in against.findings[0].say("zh")


def test_parts_that_share_the_largest_gap_are_told_together(ledger):
    """Of 7 logistics projects each, half are due by mid-2024: Changxing and Nantaihu have none."""
    state = measure_progress(ledger.plan, ledger, "2024-06-30")
    finding = attribute_gap(state, ["area"], industry="logistics").findings[0]
    assert (finding.numbers["largest_gap"], finding.numbers["tied"]) == (3.5, 1)
    assert "长兴县等 2 处（各 3.5）" in finding.say("zh")
    assert "Changxing County and 1 more (3.5 each)" in finding.say("en")
