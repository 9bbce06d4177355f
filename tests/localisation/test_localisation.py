"""Which figures are wrong: published cases, cases worked by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from h1224lib import Identity, locate_errors
from h1224lib.errors import UnknownNameError
from h1224lib.localisation import Range

CASES = json.loads(Path(__file__).with_name("published_cases.json").read_text(encoding="utf-8"))
SWAP = {
    "a": [12, 30, 8, 50],
    "b": [17, 5, 20, 42],
    "c": [9, 11, 3, 23],
    "t": [26, 58, 31, 115],
}


def build_table(rows):
    """Name the cells a1, a2 ...; the last column and the last row are totals."""
    values = {f"{r}{n}": v for r, row in rows.items() for n, v in enumerate(row, start=1)}
    *parts, total = rows
    width = len(rows[total])
    across = [
        Identity({**{f"{r}{n}": 1 for n in range(1, width)}, f"{r}{width}": -1}) for r in rows
    ]
    down = [
        Identity({**{f"{r}{n}": 1 for r in parts}, f"{total}{n}": -1}) for n in range(1, width + 1)
    ]
    return values, across + down


def cells(found):
    return {e.cells for e in found}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_published_cases(case):
    identities = [Identity(i["terms"], i["op"], i["rhs"]) for i in case["identities"]]
    found = locate_errors(
        case["values"], identities, weights=case.get("weights"), fixed=case.get("fixed", ())
    )
    assert found.complete
    assert {frozenset(c) for c in cells(found)} == {frozenset(e) for e in case["explanations"]}
    for name, value in case.get("repairs", {}).items():
        assert next(e for e in found if e.cells == (name,)).repair == {name: value}


def test_the_swap_of_neighbours_comes_first_of_four_smallest_pairs():
    found = locate_errors(*build_table(SWAP))
    assert cells(found) == {("a1", "a2"), ("b1", "b2"), ("c1", "c2"), ("t1", "t2")}
    assert found[0].cells == ("b1", "b2")
    assert found[0].repair == {"b1": 5, "b2": 17}
    assert [m.kind for m in found[0].misprints] == ["swapped_neighbours"]
    assert (found[0].rank, found[0].tied) == (1, False)
    assert found.complete and len(found.parts) == 1
    # Two failing columns share no figure: two figures at least.
    assert found[0].why.kind == "apart" and len(found[0].why.identities) == 2


def test_nothing_below_zero_leaves_three_of_the_four_pairs():
    found = locate_errors(*build_table(SWAP), nonnegative=True)
    assert ("c1", "c2") not in cells(found) and len(found) == 3


def test_a_table_that_adds_up_needs_no_explanation():
    values, identities = build_table({**SWAP, "b": [5, 17, 20, 42]})
    found = locate_errors(values, identities)
    assert (list(found), found.complete, found.parts) == ([], True, [])


def test_one_wrong_cell_stands_where_row_and_column_cross():
    values, identities = build_table({**SWAP, "b": [5, 71, 20, 42]})
    (only,) = locate_errors(values, identities)
    assert (only.cells, only.repair) == (("b2",), {"b2": 17})
    assert only.misprints[0].kind == "digits_transposed"
    assert only.mends == (1, 5)


def test_what_the_model_cannot_separate_is_a_tie():
    found = locate_errors({"a": 30, "b": 30, "t": 70}, [Identity({"a": 1, "b": 1, "t": -1})])
    # 30 for 40, twice, and 70 for 60: in each one digit of two is changed.
    assert [(e.rank, e.tied) for e in found] == [(1, True)] * 3


def test_twelve_digits_and_decimals_are_exact():
    large = Identity({"a": 1, "b": 1, "t": -1})
    assert not locate_errors({"a": 10**12, "b": 1, "t": 10**12 + 1}, [large])
    (a, b, t) = sorted(
        locate_errors({"a": 10**12, "b": 1, "t": 10**12 + 2}, [large]), key=lambda e: e.cells
    )
    assert a.repair == {"a": 10**12 + 1} and b.repair == {"b": 2} and t.repair == {"t": 10**12 + 1}
    drift = {"a": 0.1, "b": 0.2, "t": 0.3}
    assert 0.1 + 0.2 != 0.3 and not locate_errors(drift, [large])
    found = locate_errors({"a": 70911.7, "b": 64512.5, "t": 135424.3}, [large])
    assert {"t": 135424.2} in [e.repair for e in found]


def test_a_repair_may_be_a_third_unless_steps_are_whole():
    identities = [Identity({"a": 3, "t": -1}), Identity({"t": 1}, "=", 100)]
    assert locate_errors({"a": 30, "t": 100}, identities)[0].repair == {"a": Fraction(100, 3)}
    whole = locate_errors({"a": 30, "t": 100}, identities, step=1)
    assert not whole and len(whole.contradictions) == 1


def test_steps_can_ask_for_another_figure():
    identities = [Identity({"a": 3, "t": -1})]
    assert cells(locate_errors({"a": 30, "t": 100}, identities)) == {("a",), ("t",)}
    assert cells(locate_errors({"a": 30, "t": 100}, identities, step=1)) == {("t",)}


def test_a_value_off_its_step_is_wrong_by_itself():
    found = locate_errors(
        {"a": 1.5, "b": 2, "t": 3.5}, [Identity({"a": 1, "b": 1, "t": -1})], step=1
    )
    assert cells(found) == {("a", "t")}
    assert not locate_errors({"a": 1.5, "b": 2, "t": 3.5}, [Identity({"a": 1, "b": 1, "t": -1})])


def test_a_printed_dash_may_be_wrong_and_a_cell_never_printed_may_not():
    total = Identity({"a": 1, "b": 1, "t": -1})
    found = locate_errors({"a": 5, "b": "-", "t": 9}, [total])
    assert cells(found) == {("a",), ("b",), ("t",)}
    dash = next(e for e in found if e.cells == ("b",))
    assert dash.repair == {"b": 4} and dash.misprints[0].kind == "dash_for_number"
    unknown = locate_errors({"a": 5, "t": 9}, [total])
    assert not unknown and unknown.unprinted == ("b",)
    # What is not printed can be anything, but the same everywhere.
    again = locate_errors(
        {"a": 5, "t": 9, "c": 1, "s": 6}, [total, Identity({"b": 1, "c": 1, "s": -1})]
    )
    assert cells(again) == {("a",), ("t",), ("c",), ("s",)}
    assert "b" not in {c for e in again for c in e.cells}


def test_what_is_not_printed_and_not_below_zero_bounds_the_total():
    total = Identity({"a": 1, "b": 1, "t": -1})
    assert not locate_errors({"a": 5, "t": 9}, [total], nonnegative=True)
    assert cells(locate_errors({"a": 10, "t": 9}, [total], nonnegative=True)) == {("a",), ("t",)}


def test_fixed_figures_that_contradict_are_reported_with_their_identities():
    identities = [
        Identity({"x": 1, "y": -1}),
        Identity({"a": 1, "b": 1, "t": -1}),
        Identity({"a": 1}, "=", 3),
    ]
    values = {"x": 1, "y": 1, "a": 3, "b": 4, "t": 8}
    found = locate_errors(values, identities, fixed=["a", "b", "t"])
    assert not found and found.contradictions == [((1,), ("a", "b", "t"))]
    both = locate_errors({**values, "y": 2}, identities, fixed=["a", "b", "t"])
    assert cells(both) == {("x",), ("y",)} and both.contradictions == [((1,), ("a", "b", "t"))]


def test_a_fixed_figure_below_zero_contradicts_by_itself():
    found = locate_errors({"a": -1, "b": 2}, [], fixed=["a"], nonnegative=True)
    assert not found and found.contradictions == [((), ("a",))]
    assert cells(locate_errors({"a": -1, "b": 2}, [], nonnegative=True)) == {("a",)}


def test_fixed_figures_may_contradict_through_free_ones():
    identities = [
        Identity({"a": 1, "b": 1, "s": -1}),
        Identity({"c": 1, "d": 1, "u": -1}),
        Identity({"s": 1, "u": 1, "t": -1}),
    ]
    values = {"a": 1, "b": 2, "s": 3, "c": 3, "d": 4, "u": 7, "t": 11}
    found = locate_errors(values, identities, fixed=["a", "b", "c", "d", "t"])
    assert not found and found.contradictions == [((0, 1, 2), ("a", "b", "c", "d", "t"))]


def test_independent_parts_are_given_apart_and_not_multiplied():
    values, identities = {}, []
    for n in range(20):
        values |= {f"a{n}": 10, f"b{n}": 20, f"t{n}": 31}
        identities.append(Identity({f"a{n}": 1, f"b{n}": 1, f"t{n}": -1}))
    found = locate_errors(values, identities)
    assert len(found.parts) == 20 and all(len(part) == 3 for part in found.parts)
    assert [e.part for e in found] == sorted(e.part for e in found)
    assert found.complete


def test_parts_that_a_common_total_could_explain_are_not_parted():
    # Either sum may be mended by itself, or both totals at once under the grand total.
    values = {"a": 12, "s": 10, "b": 8, "u": 10, "t": 20}
    identities = [
        Identity({"a": 1, "s": -1}),
        Identity({"b": 1, "u": -1}),
        Identity({"s": 1, "u": 1, "t": -1}),
    ]
    found = locate_errors(values, identities)
    assert cells(found) == {("a", "b"), ("s", "u")}
    assert len(found.parts) == 1


def test_sets_that_combine_freely_stay_together_where_a_row_joins_their_repairs():
    # c must become 0, so d, e or f rises by 2, and then a must fall: 3 figures, never 1 and 2.
    identities = [
        Identity({"a": 1, "d": 1, "e": 1, "f": 1}),
        Identity({"c": 1, "d": 1, "e": 1, "f": 1}),
        Identity({"c": 1}),
    ]
    found = locate_errors({"a": 1, "c": 2, "d": 0, "e": 0, "f": -2}, identities)
    assert cells(found) == {("a", "c", "d"), ("a", "c", "e"), ("a", "c", "f")}
    assert len(found.parts) == 1
    assert next(e for e in found if "d" in e.cells).repair == {"a": 0, "c": 0, "d": 2}


def test_weights_say_which_figure_is_doubted_first():
    total = Identity({"a": 1, "b": 1, "t": -1})
    found = locate_errors({"a": 5, "b": 5, "t": 9}, [total], weights={"a": 0.5, "t": 3})
    assert cells(found) == {("a",)} and found[0].weight == 0.5
    never = locate_errors({"a": 5, "b": 5, "t": 9}, [total], weights={"a": float("inf")})
    assert cells(never) == {("b",), ("t",)}


def test_a_repair_that_is_not_settled_is_a_range_and_the_likely_number_is_proposed():
    identities = [Identity({"y": 1, "c": -1}, "<=")]
    found = locate_errors({"y": 54, "c": 48}, identities, step=1)
    by = {e.cells: e for e in found}
    assert by[("y",)].repair == {"y": Range(None, 48)}
    assert by[("y",)].proposed == {"y": 45}
    assert by[("c",)].repair == {"c": Range(54, None)}
    assert by[("c",)].proposed == {"c": 84}


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": {"a": 0}},
        {"weights": {"a": -1}},
        {"step": 0},
        {"step": -1},
    ],
)
def test_a_weight_or_step_that_is_not_above_zero_is_refused(wrong):
    with pytest.raises(ValueError, match="above 0"):
        locate_errors({"a": 1}, [], **wrong)


@pytest.mark.parametrize("wrong", ["weights", "fixed", "nonnegative", "step"])
def test_a_name_without_a_value_is_refused(wrong):
    asked = {"zz": 1} if wrong in ("weights", "step") else ["zz"]
    with pytest.raises(UnknownNameError, match="zz"):
        locate_errors({"a": 1}, [], **{wrong: asked})
