"""Tables as CSV: exact numbers, no formulas."""

from __future__ import annotations

import csv
import io

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from h1224lib.csv_text import exact, guard_text, write_csv


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_exact_numbers_come_back(value: float) -> None:
    assert float(exact(value)) == float(value)
    assert not exact(value).endswith(".0")


@given(st.text())
def test_guarded_text_is_no_formula(text: str) -> None:
    guarded = guard_text(text)
    assert guarded in (text, f"'{text}")
    assert not guarded.startswith(("=", "+", "@", "\t", "\r"))
    assert not guarded.startswith("-") or guarded == "-"


def test_csv_guards_text_and_headers_but_no_numbers() -> None:
    frame = pd.DataFrame({"=a": ["+1", "-", "-2", "ok, then"], "b": [-1.5, None, 3.0, 2.25]})
    rows = list(csv.reader(io.StringIO(write_csv(frame, guard=True))))
    assert rows == [
        ["'=a", "b"],
        ["'+1", "-1.5"],
        ["-", ""],
        ["'-2", "3"],
        ["ok, then", "2.25"],
    ]
