"""Texts of a specification: what shows nothing is taken out, wherever it stands."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from h1224lib.charts import export
from h1224lib.charts.texts import clean, name_figure

UNSEEN = ["\0", "\x1b", "\x7f", "\xad", "\u200b", "\u200e", "\u200f", "\ufeff"]
UNSEEN += [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize("sign", UNSEEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_what_shows_nothing_is_taken_out(sign):
    assert clean({"a": [f"湖{sign}州"]}) == {"a": ["湖州"]}


def test_gaps_stay_gaps_and_lines_lines():
    assert clean("a\tb\u2028c\r\nd") == "a b c \nd"
    assert clean("\ud800") == "〓"


json_like = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
)


@given(json_like)
def test_cleaning_twice_is_cleaning_once_and_gives_what_can_be_written(part):
    once = clean(part)
    assert repr(clean(once)) == repr(once)
    repr(once).encode("utf-8")


def test_fields_with_such_marks_are_still_found():
    data = pd.DataFrame({"区\u200e县": ["吴兴区\u202e"], "n": [3]})
    chart = alt.Chart(data, title="甲\0乙").mark_text().encode(x="n:Q", text="区\u200e县:N")
    spec = chart.to_dict()
    drawn = export.convert(spec, ["svg"])["svg"].decode()
    assert "吴兴区<" in drawn
    assert "<title>甲乙</title>" in drawn
    assert name_figure(spec) == ("甲乙", "")
