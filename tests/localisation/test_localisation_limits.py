"""Where localisation is large, odd or wrongly asked: it stays right, or says what it left open."""

from __future__ import annotations

import random

import pytest

from h1224lib import Identity, locate_errors
from h1224lib.localisation import Range


def cells(found):
    return {e.cells for e in found}


def build_rows(errors, width):
    """Name rows of cells with totals under one grand total; `errors` go into each first cell."""
    values, identities = {}, []
    for row, error in enumerate(errors):
        names = [f"r{row}c{n}" for n in range(width)]
        values |= {name: 10 + n % 7 for n, name in enumerate(names)}
        values[f"r{row}"] = sum(10 + n % 7 for n in range(width))
        values[names[0]] += error
        identities.append(Identity({**dict.fromkeys(names, 1), f"r{row}": -1}))
    totals = [f"r{row}" for row in range(len(errors))]
    values["all"] = sum(values[name] for name in totals)
    identities.append(Identity({**dict.fromkeys(totals, 1), "all": -1}))
    return values, identities


def build_square(rows, columns, seed=1):
    rng = random.Random(seed)
    values = {(r, c): rng.randint(1, 60) for r in range(rows) for c in range(columns)}
    identities = []
    for r in range(rows):
        line = [(r, c) for c in range(columns)]
        values[r, "t"] = sum(values[k] for k in line)
        identities.append(Identity({**dict.fromkeys(line, 1), (r, "t"): -1}))
    for c in range(columns):
        line = [(r, c) for r in range(rows)]
        values["t", c] = sum(values[k] for k in line)
        identities.append(Identity({**dict.fromkeys(line, 1), ("t", c): -1}))
    return values, identities


def test_failing_rows_under_a_total_that_holds_are_parts_of_single_cells():
    found = locate_errors(*build_rows([3, 5, 7, 9], 300))
    assert found.complete
    # A total cannot be what is wrong: the grand total holds.
    assert [len(part) for part in found.parts] == [300] * 4


def test_errors_that_cancel_under_a_total_are_one_part():
    found = locate_errors(*build_rows([5, -5, 7], 6))
    assert found.complete
    assert sorted(len(part) for part in found.parts) == [6, 37]
    assert ("r0", "r1") in cells(found)


def test_parts_whose_repairs_break_a_common_bound_are_not_parted():
    # a must fall to 2 and then b, below, may not; so d, though each would do alone.
    identities = [
        Identity({"a": 2}, "=", 4),
        Identity({"a": 2, "b": 2, "c": -1}, ">="),
        Identity({"e": 1, "b": -1, "d": -1}),
    ]
    values = {"a": 4, "b": 1, "c": 4, "d": 4, "e": 2}
    found = locate_errors(values, identities, fixed=["c", "e"])
    assert cells(found) == {("a",), ("d",)}


def test_a_row_that_slipped_is_found_in_a_table():
    values, identities = build_square(8, 9)
    printed = [values[2, c] for c in range(6)]
    for c, value in enumerate(printed[1:] + printed[:1]):
        values[2, c] = value
    found = locate_errors(values, identities)
    assert found[0].cells == tuple((2, c) for c in range(6))
    assert {m.kind for m in found[0].misprints} == {"shifted"}


def test_contradictory_totals_of_a_large_table_are_told_not_searched():
    values, identities = build_square(30, 30)
    values[2, "t"] += 5
    found = locate_errors(values, identities, fixed=[name for name in values if "t" in name])
    assert not found and len(found.contradictions) == 1
    assert len(found.contradictions[0].identities) == 60


def test_a_search_that_is_broken_off_says_what_it_left(monkeypatch):
    monkeypatch.setattr("h1224lib.localisation.search.MOST_CHOICES", 3)
    monkeypatch.setattr("h1224lib.localisation.search.MOST_BRIEFLY", 3)
    values, identities = build_square(4, 4)
    for r, c in [(0, 0), (1, 1), (0, 2), (2, 0)]:
        values[r, c] += 1 + r + c
    found = locate_errors(values, identities)
    assert not found.complete
    (left,) = found.unexplained
    assert len(left.identities) == 6 and left.at_least >= 3


def test_a_proposal_is_a_whole_step():
    found = locate_errors({"y": 54.5, "c": 48}, [Identity({"y": 1, "c": -1}, "<=")], step=1)
    for explanation in found:
        assert all(float(v).is_integer() for v in explanation.proposed.values())


def test_the_ends_of_a_range_are_numbers_that_the_others_can_follow():
    # 2a + 3b = 12 with neither below 0: in whole numbers a is 0, 3 or 6.
    found = locate_errors(
        {"a": 1, "b": 1}, [Identity({"a": 2, "b": 3}, "=", 12)], step=1, nonnegative=True
    )
    assert cells(found) == {("a", "b")}
    assert found[0].repair == {"a": Range(0, 6), "b": Range(0, 4)}


def test_a_fixed_figure_off_its_step_stands_beside_the_rest():
    identities = [Identity({"a": 1, "b": 1, "t": -1}), Identity({"z": 1, "t": -1}, "<=")]
    found = locate_errors(
        {"a": 1, "b": 2, "t": 4, "z": 0.5}, identities, fixed=["z"], step={"z": 1}
    )
    assert [c.figures for c in found.contradictions] == [("z",)]
    assert ("a",) in cells(found)


def test_identities_may_come_one_by_one():
    identities = (i for i in [Identity({"a": 1, "t": -1})])
    assert cells(locate_errors({"a": 1, "t": 3}, identities)) == {("a",), ("t",)}


@pytest.mark.parametrize("wrong", ["-", None, float("nan"), True, "many"])
def test_an_identity_holds_numbers(wrong):
    with pytest.raises(ValueError):
        locate_errors({"a": 1}, [Identity({"a": 1}, "=", wrong)])
    with pytest.raises(ValueError):
        locate_errors({"a": 1}, [Identity({"a": wrong}, "=", 0)])


def test_one_fixed_name_is_a_name():
    found = locate_errors({"ab": 1, "t": 3}, [Identity({"ab": 1, "t": -1})], fixed="ab")
    assert cells(found) == {("t",)}


def test_nothing_to_check_has_nothing_to_explain():
    assert not locate_errors({}, []) and not locate_errors({"a": 1}, [Identity({}, "=", 0)])
    empty = locate_errors({"a": 1}, [Identity({"a": 0}, "=", 5)])
    assert empty.contradictions == [((0,), ())]


def test_a_name_never_printed_with_many_bounds_is_told_of_as_far_as_it_goes():
    rng = random.Random(3)
    identities = [
        Identity(
            {f"x{rng.randrange(10)}": 1, **{f"u{k}": rng.choice([1, -1]) for k in range(4)}},
            "<=",
            rng.randint(-5, 5),
        )
        for _ in range(20)
    ]
    found = locate_errors({f"x{n}": n for n in range(10)}, identities)
    assert found.unprinted == ("u0", "u1", "u2", "u3")
