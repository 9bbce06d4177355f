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


def test_a_dash_for_a_number():
    assert judge_number(None, Fraction(7))[0] == "dash_for_number"


def test_shares_are_of_all_misprints():
    rate, share = read_model()
    assert sum(share.values()) == 1 and 0 < rate < 1


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


def test_text_against_table():
    slips, _ = judge_set({0: Fraction(60)}, {0: Fraction(412)}, [], frozenset({0}))
    assert slips[0].kind == "restated_otherwise"
