"""How numbers come to be misprinted, worked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h1224lib.localisation.misprints import (
    judge_number,
    judge_set,
    propose_meant,
    read_model,
    write_digits,
)


@pytest.mark.parametrize(
    ("printed", "meant", "kind"),
    [
        ("54", "45", "digits_transposed"),
        ("1.45", "1.54", "digits_transposed"),
        ("45", "46", "digit_changed"),
        ("45", "405", "digit_dropped"),
        ("405", "45", "digit_added"),
        ("450", "45", "decimal_slipped"),
        ("313.64", "31.364", "decimal_slipped"),
        ("-3", "3", "sign_lost"),
        ("45", "82", "other"),
        ("45", "8123", "other"),
    ],
)
def test_one_slip_is_recognised(printed, meant, kind):
    assert judge_number(Fraction(printed), Fraction(meant))[0] == kind


@pytest.mark.parametrize(
    ("printed", "meant", "kind"),
    [
        ("50", "50.3", "digit_changed"),
        ("50.3", "50", "digit_changed"),
        ("51", "50.1", "digits_transposed"),
        ("50.3", "50.03", "digits_transposed"),
        ("5", "50.3", "other"),
    ],
)
def test_a_nought_at_the_end_is_a_digit_too(printed, meant, kind):
    assert judge_number(Fraction(printed), Fraction(meant))[0] == kind


def test_numbers_printed_with_decimals_are_proposed_with_them():
    assert Fraction("50.3") not in propose_meant(Fraction(50))
    assert Fraction("50.3") in propose_meant(Fraction(50), decimals=1)
    assert write_digits(Fraction(50), 2) == "50.00"


def test_a_dash_for_a_number():
    assert judge_number(None, Fraction(7))[0] == "dash_for_number"


def test_shares_are_of_all_misprints():
    model = read_model()
    assert sum(model.share.values()) == 1 and 0 < model.rate < 1 < model.alike


def test_any_usual_slip_is_likelier_than_none():
    usual = judge_number(Fraction(123456789012), Fraction(123456789013))[1]
    assert usual > judge_number(Fraction(5), Fraction(70))[1]


def test_a_number_without_end_has_no_digits_to_compare():
    assert write_digits(Fraction(1, 3)) == ""
    assert judge_number(Fraction(33), Fraction(100, 3))[0] == "other"


@given(st.integers(1, 10**9))
def test_every_proposal_is_explained_by_one_slip(printed):
    for meant in propose_meant(Fraction(printed))[:40]:
        assert meant != printed
        assert judge_number(Fraction(printed), meant)[0] != "other"


def test_neighbours_swapped_are_one_slip_and_likelier_than_two():
    printed = {1: Fraction(17), 2: Fraction(5)}
    slips, together = judge_set(
        printed, {1: Fraction(5), 2: Fraction(17)}, [[0, 1, 2]], frozenset()
    )
    assert [(s.kind, s.cells) for s in slips] == [("swapped_neighbours", (1, 2))]
    apart = judge_set(printed, {1: Fraction(16), 2: Fraction(6)}, [[0, 1, 2]], frozenset())
    assert [s.kind for s in apart[0]] == ["digit_changed", "digit_changed"]
    assert together > apart[1]


def test_a_swap_across_the_row_is_told_from_one_of_neighbours():
    printed = {0: Fraction(17), 2: Fraction(5)}
    slips, _ = judge_set(printed, {0: Fraction(5), 2: Fraction(17)}, [[0, 1, 2]], frozenset())
    assert slips[0].kind == "swapped"


def test_a_run_that_holds_its_neighbours_numbers_has_slipped():
    # Meant 7, 8, 9, 4; printed one place to the right, the first filled with a 3.
    printed = {0: Fraction(3), 1: Fraction(7), 2: Fraction(8), 3: Fraction(9)}
    meant = {0: Fraction(7), 1: Fraction(8), 2: Fraction(9), 3: Fraction(4)}
    slips, _ = judge_set(printed, meant, [[0, 1, 2, 3]], frozenset())
    assert [(s.kind, s.cells) for s in slips] == [("shifted", (0, 1, 2, 3))]


@pytest.mark.parametrize("nothing", [None, Fraction(0)])
def test_a_dash_and_a_number_can_be_swapped(nothing):
    printed = {1: nothing, 2: Fraction(110)}
    meant = {1: Fraction(110), 2: Fraction(0)}
    slips, _ = judge_set(printed, meant, [[0, 1, 2]], frozenset())
    assert [(s.kind, s.cells) for s in slips] == [("swapped_neighbours", (1, 2))]


def fractions(*numbers):
    return [None if n is None else Fraction(n) for n in numbers]


def judge_line(meant, printed):
    """Judge a line of which every cell is fixed by other sums: only the wrong ones are named."""
    rows = [dict(enumerate(fractions(*numbers))) for numbers in (printed, meant)]
    wrong = [c for c in rows[0] if (rows[0][c] or 0) != (rows[1][c] or 0)]
    others = {c: n for c, n in rows[0].items() if c not in wrong}
    held, should = ({c: row[c] for c in wrong} for row in rows)
    should = {c: n or Fraction(0) for c, n in should.items()}
    slips, _ = judge_set(held, should, [list(rows[0])], frozenset(), others)
    return [(s.kind, s.cells) for s in slips]


@pytest.mark.parametrize(
    ("meant", "printed", "cells"),
    [
        ((11, 45, 9, 9, 27, 3), (11, 9, 9, 27, 45, 3), (1, 3, 4)),
        ((11, 45, 9, 9, 27, 3), (11, 8, 45, 9, 9, 3), (1, 2, 4)),
        ((45, None, 9, 9), (None, 9, 9, 1), (0, 1, 3)),
        ((30, 9, 9, 9), (9, 9, 9, 2), (0, 3)),
    ],
)
def test_a_number_equal_to_its_neighbour_does_not_break_a_run(meant, printed, cells):
    assert judge_line(meant, printed) == [("shifted", cells)]


def test_a_swap_over_equal_numbers_is_no_shift():
    assert judge_line((45, 9, 9), (9, 9, 45)) == [("swapped", (0, 2))]
    assert judge_line((17, 5, 5), (5, 17, 5)) == [("swapped_neighbours", (0, 1))]


def test_one_wrong_number_among_equal_ones_is_no_shift():
    assert judge_line((9, 9, 9, 9), (9, 8, 9, 9)) == [("digit_changed", (1,))]


def test_without_the_rest_of_the_line_two_wrong_numbers_far_apart_are_two_slips():
    held, should = {0: Fraction(9), 3: Fraction(2)}, {0: Fraction(30), 3: Fraction(9)}
    slips, _ = judge_set(held, should, [[0, 1, 2, 3]], frozenset())
    assert len(slips) == 2


def test_text_against_table():
    slips, _ = judge_set({0: Fraction(60)}, {0: Fraction(412)}, [], frozenset({0}))
    assert slips[0].kind == "restated_otherwise"
