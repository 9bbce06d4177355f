"""Rates and shift-share: cases worked on paper, then what must hold of any numbers."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from h1224lib import decompose_rate, shift_share
from h1224lib.errors import ComparisonError
from h1224lib.gaps.decomposition import split_product
from h1224lib.gaps.exactness import read_exact

NUMBERS = st.fractions(min_value=-9, max_value=9, max_denominator=60)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6)


def test_the_published_case():
    split = decompose_rate([0.6, 0.5], [0.3, 0.45])
    assert split.table["effect"].tolist() == [-0.1425, -0.0225]
    assert split.exact == (Fraction(-57, 400), Fraction(-9, 400))
    assert split.difference == Fraction(-165, 1000)
    assert split.effects == {"P1": Fraction(-57, 400), "P2": Fraction(-9, 400)}


@pytest.mark.parametrize(
    "read",
    [
        dict,
        pd.Series,
        lambda x: pd.DataFrame([x]),
        lambda x: {k: {"all": v} for k, v in x.items()},
        lambda x: {k: Decimal(str(v)) for k, v in x.items()},
        lambda x: {k: np.float64(v) for k, v in x.items()},
    ],
)
def test_factors_come_in_any_shape(read):
    split = decompose_rate(read({"a": 0.6, "b": 0.5}), read({"b": 0.45, "a": 0.3}))
    assert split.table["effect"].tolist() == [-0.1425, -0.0225]
    assert split.table["factor"].tolist() == ["a", "b"]


def test_three_factors_on_paper():
    # 1*2*3 = 6 to 2*3*5 = 30. Das Gupta: P = (b + a) products / 3 + cross products / 6.
    split = decompose_rate([1, 2, 3], [2, 3, 5])
    first = Fraction(2 * 3 + 3 * 5, 3) + Fraction(2 * 5 + 3 * 3, 6)
    second = Fraction(1 * 3 + 2 * 5, 3) + Fraction(1 * 5 + 2 * 3, 6)
    third = 2 * (Fraction(1 * 2 + 2 * 3, 3) + Fraction(1 * 3 + 2 * 2, 6))
    assert split.exact == (first, second, third)
    assert split.difference == 24


def test_kitagawa_by_cell():
    a = pd.DataFrame({"mix": [0.2, 0.8], "rate": [0.5, 0.25]}, index=["x", "y"])
    b = pd.DataFrame({"mix": [0.4, 0.6], "rate": [0.5, 0.75]}, index=["x", "y"])
    split = decompose_rate(a, b)
    # x: 0.2 * 0.5; y: -0.2 * 0.5 and 0.5 * 0.7.
    assert split.table["effect"].tolist() == [0.1, 0, -0.1, 0.35]
    assert split.effects == {"mix": 0, "rate": Fraction(7, 20)}
    assert split.difference == Fraction(7, 20)


def test_one_number_holds_for_every_cell():
    split = decompose_rate({"n": 2, "p": {"x": 1, "y": 2}}, {"n": 3, "p": {"x": 1, "y": 2}})
    assert split.effects == {"n": 3, "p": 0}


def test_a_missing_factor_leaves_effects_unknown_but_not_beside_zero():
    split = decompose_rate({"p": 0.5, "q": None}, {"p": 0.4, "q": 2})
    assert split.exact == (None, None)
    assert (split.value_a, split.difference) == (None, None)
    assert split.table["effect"].isna().all()
    # Nothing of a cell without a share counts, whatever its rate: the whole is the mix.
    split = decompose_rate({"p": 0, "q": float("nan")}, {"p": 0.4, "q": 2})
    assert split.exact == (Fraction(4, 5), 0)
    assert split.difference == Fraction(4, 5)


@pytest.mark.parametrize(
    ("a", "b", "key"),
    [
        ([1], [1, 2], "other_factors"),
        ({"p": 1}, {"q": 1}, "other_factors"),
        ([], [], "no_factors"),
        (["x"], [1], "gap_not_number"),
        ([True], [1], "gap_not_number"),
        ([math.inf], [1], "gap_not_number"),
        ("12", "34", "gap_not_number"),
        ({"p": {"x": 1}}, {"p": {"y": 1}}, "other_cells"),
        (pd.Series([1, 2], index=["p", "p"]), {"p": 1}, "cell_twice"),
    ],
)
def test_what_has_no_split_is_refused(a, b, key):
    with pytest.raises(ComparisonError) as refused:
        decompose_rate(a, b)
    assert refused.value.key == key
    assert refused.value.say("zh")[0]
    assert refused.value.say("en")[0]


@given(PAIRS)
def test_effects_sum_to_the_difference_and_turn_with_it(pairs):
    a, b = zip(*pairs, strict=True)
    effects = split_product(a, b)
    assert sum(effects) == math.prod(b) - math.prod(a)
    assert split_product(b, a) == [-effect for effect in effects]
    there = decompose_rate(a, b)
    assert sum(there.exact) == there.difference
    assert decompose_rate(b, a).difference == -there.difference


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=4), st.randoms())
def test_the_order_of_factors_changes_nothing(pairs, random):
    effects = dict(enumerate(split_product(*zip(*pairs, strict=True))))
    order = list(range(len(pairs)))
    random.shuffle(order)
    other = split_product(*zip(*(pairs[i] for i in order), strict=True))
    assert other == [effects[i] for i in order]


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4))
def test_it_is_the_shapley_value(pairs):
    """The mean over all orders of what each factor adds when its turn comes."""
    k = len(pairs)
    means = [Fraction(0)] * k
    for order in permutations(range(k)):
        now = [a for a, _ in pairs]
        for i in order:
            before = math.prod(now)
            now[i] = pairs[i][1]
            means[i] += (math.prod(now) - before) / math.factorial(k)
    assert split_product(*zip(*pairs, strict=True)) == means


@given(st.integers(-(10**9), 10**9), st.integers(1, 1100))
def test_shares_of_whole_numbers_are_read_back(top, bottom):
    assert read_exact(top / bottom) == Fraction(top, bottom)


@pytest.mark.parametrize("value", [0.1, 123456789.12, 0.123456789, 1e12 + 0.1, 1e-7])
def test_decimals_are_read_as_typed(value):
    assert read_exact(value) == Fraction(str(value))


BEFORE = pd.DataFrame({"trade": [40, 50], "tours": [10, 0]}, index=["east", "west"])
AFTER = pd.DataFrame({"trade": [60, 50], "tours": [10, 5]}, index=["east", "west"])


def test_shift_share_on_paper():
    shifts = shift_share(BEFORE, AFTER)
    # The city: 100 to 125, a quarter more; trade 90 to 110, tours 10 to 15.
    assert shifts.growth == Fraction(1, 4)
    table = shifts.table.set_index(["area", "industry"])
    east = shifts.exact.iloc[table.index.get_loc(("east", "trade"))]
    assert east["national"] == 10
    assert east["industry_mix"] == 40 * (Fraction(2, 9) - Fraction(1, 4))
    assert east["competitive"] == 40 * (Fraction(1, 2) - Fraction(2, 9))
    # What grew from nothing is its own.
    west = table.loc[("west", "tours")]
    assert (west["national"], west["industry_mix"], west["competitive"]) == (0, 0, 5)
    assert table.loc[("all", "all"), "change"] == 25
    assert "east" in shifts.findings[0].say("en")
    assert "25.00" in shifts.findings[0].say("zh")


def test_shift_share_reads_series_and_mappings_alike():
    frames = [frame.stack() for frame in (BEFORE, AFTER)]
    first = shift_share(*frames).table.set_index(["area", "industry"]).sort_index()
    other = shift_share(BEFORE, AFTER).table.set_index(["area", "industry"]).sort_index()
    pd.testing.assert_frame_equal(first, other)
    mapped = shift_share(*(frame.to_dict() for frame in frames))
    assert mapped.growth == Fraction(1, 4)


def test_a_hole_is_no_zero_in_shift_share():
    shifts = shift_share(BEFORE, AFTER.astype("Int64").replace(5, pd.NA))
    assert shifts.unknown == [("west", "tours")]
    # The cell is left out before and after: 100 to 120.
    assert shifts.growth == Fraction(1, 5)
    areas = shifts.table[shifts.table["industry"] == "all"].set_index("area")
    assert areas.loc["west"][["change", "competitive"]].isna().all()
    assert areas.loc["east", "change"] == 20
    assert pd.isna(areas.loc["all", "after"])
    assert [f.kind for f in shifts.findings] == ["shift_share", "shift_share_unknown"]
    assert "west" in shifts.findings[1].say("zh")


def test_the_homothetic_split_on_paper():
    shifts = shift_share(BEFORE, AFTER, homothetic=True)
    east = shifts.exact.iloc[0]
    # East has half of the city; with the city's mix it would have 45 in trade.
    assert east["competitive"] == 45 * (Fraction(1, 2) - Fraction(2, 9))
    assert east["allocation"] == -5 * (Fraction(1, 2) - Fraction(2, 9))


def test_shift_share_refuses_what_it_cannot_read():
    for before, after, key in (
        ({"east": 1}, {"east": 2}, "no_pair"),
        (BEFORE, None, "not_alike"),
        (pd.concat([BEFORE, BEFORE]), AFTER, "cell_twice"),
        ({("a", "b"): "many"}, {("a", "b"): 1}, "gap_not_number"),
        ({("a", "b"): 1}, {("a", "b"): -3}, "count_negative"),
        ({("a", "all"): 3, ("a", "b"): 3}, {("a", "b"): 4}, "total_among_parts"),
        ({("a", "b"): 3}, {("all", "b"): 4}, "total_among_parts"),
    ):
        with pytest.raises(ComparisonError) as refused:
            shift_share(before, after)
        assert refused.value.key == key
        assert refused.value.say("en")[0] != refused.value.say("zh")[0]


def test_nothing_before_is_said():
    shifts = shift_share({("a", "b"): 0}, {("a", "b"): 3})
    assert shifts.growth is None
    assert shifts.exact["competitive"].tolist() == [3, 3, 3]
    assert shifts.findings[0].kind == "shift_share_none"
    assert shifts.findings[0].say("en")


def test_without_industries_every_area_stands_once():
    shifts = shift_share(
        {("east", "all"): 10, ("west", "all"): 10}, {("east", "all"): 18, ("west", "all"): 8}
    )
    # 20 to 26, 30 % more: 3 each with the city; the rest is their own.
    rows = shifts.table[["area", "industry", "change", "national", "industry_mix", "competitive"]]
    assert rows.to_numpy().tolist() == [
        ["east", "all", 8, 3, 0, 5],
        ["west", "all", -2, 3, 0, -5],
        ["all", "all", 6, 6, 0, 0],
    ]
    assert len(shifts.exact) == 3
    assert [f.kind for f in shifts.findings] == ["shift_share", "shift_share_no_industries"]
    assert shifts.findings[0].numbers["areas"] == 2
    assert "行业结构这一部分为零" in shifts.findings[1].say("zh")


@pytest.mark.parametrize(
    ("after", "en", "zh"),
    [
        (
            (4, 4),
            "shrank by 20.00 %; beyond that and beyond its industries, the 2 areas stand",
            "下降 20.00%",
        ),
        ((5, 5), "neither grew nor shrank; ", "没有增减"),
        ((6, 6), "grew by 20.00 %; ", "没有高低之分"),
        (
            (9, 3),
            "east stands highest by its own part (+3.00) and west lowest (−3.00)",
            "最高的是east",
        ),
    ],
)
def test_shift_share_says_what_there_is(after, en, zh):
    cells = [("east", "trade"), ("west", "trade")]
    told = shift_share(dict.fromkeys(cells, 5), dict(zip(cells, after, strict=True))).findings[0]
    assert en in told.say("en")
    assert zh in told.say("zh")


def test_areas_that_share_an_end_are_all_named():
    cells = [("east", "trade"), ("west", "trade"), ("south", "trade")]
    shifts = shift_share(dict.fromkeys(cells, 5), dict(zip(cells, (4, 4, 7), strict=True)))
    assert "east and west lowest" in shifts.findings[0].say("en")
    assert "最低的是east、west" in shifts.findings[0].say("zh")


CELLS = st.tuples(st.sampled_from("xyz"), st.sampled_from("pqr"))
COUNTS = st.dictionaries(CELLS, st.integers(0, 60), min_size=1)


@given(COUNTS, COUNTS, st.booleans())
def test_shifts_sum_exactly_and_cancel_over_areas(before, after, homothetic):
    shifts = shift_share(before, after, homothetic=homothetic)
    parts = shifts.exact[shifts.parts]
    for change, row in zip(shifts.exact["change"], parts.itertuples(index=False), strict=True):
        assert sum(row) == change
    table = shifts.table
    cells = table.index[table["industry"] != "all"]
    own = [n for n in ("competitive", "allocation") if n in parts]
    for industry in table.loc[cells, "industry"].unique():
        rows = table.index[table["industry"] == industry]
        if sum(n for (_, i), n in before.items() if i == industry):
            # Beyond its industry in the city one area gains what others lose.
            assert sum(shifts.exact.loc[rows, own].sum(axis=1)) == 0
