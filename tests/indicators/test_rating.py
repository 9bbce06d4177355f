"""Progress by growth rates: the published file, cases worked on paper, and what must hold."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from h1224lib import rate_indicators
from h1224lib.errors import ComparisonError

NAN = float("nan")
FILE = Path(__file__).with_name("indicator_progress.csv")
COLUMNS = ["base_value", "base_year", "current_value", "current_year"]
COLUMNS += ["target", "target_year", "direction", "limit"]


def rate(base, now, target=None, direction=1, limit=None, years=1, ahead=2, **other):
    """One case: so many years from base to now, so many from base to target."""
    row = [base, 2020, now, 2020 + years, target, 2020 + ahead, direction, limit]
    case = dict(zip(COLUMNS, row, strict=True)) | other
    found = rate_indicators(pd.DataFrame([case])).iloc[0]
    return found["progress_value"], found["score"], found["status"]


def check(found, value, score, status):
    assert found[0] == pytest.approx(value, abs=1e-9, nan_ok=True)
    assert found[1] == pytest.approx(score, abs=1e-9, nan_ok=True)
    assert found[2] == status


def test_the_published_cases():
    expected = pd.read_csv(FILE)
    found = rate_indicators(expected[COLUMNS])
    for name in ("progress_value", "score"):
        assert found[name].tolist() == pytest.approx(expected[name].tolist(), abs=1e-9, nan_ok=True)
    assert found["status"].tolist() == expected["status"].tolist()


@pytest.mark.parametrize(
    ("now", "ratio", "score", "status"),
    [
        # From 100 to 121 in two years asks for 10 % a year; `now` is after one year.
        (109.5, 0.95, 7.1429 * 0.95 - 4.2857, "substantial_progress"),
        (109.4, 0.94, 7.1429 * 0.94 - 4.2857, "moderate_progress"),
        (106.1, 0.61, 7.1429 * 0.61 - 4.2857, "moderate_progress"),
        (105.0, 0.50, 4.1667 * 0.50 - 2.5, "limited_progress"),
        (100.0, 0.0, -2.5, "limited_progress"),
        (97.0, -0.3, 4.1667 * -0.3 - 2.5, "deterioration"),
        (80.0, -2.0, -5.0, "deterioration"),
        (114.0, 1.4, 5.0, "substantial_progress"),
        (121.0, 2.1, 5.0, "target_achieved"),
        (130.0, 3.0, 5.0, "target_achieved"),
        (0.0, -10.0, -5.0, "deterioration"),
    ],
)
def test_with_a_target(now, ratio, score, status):
    # Just above a threshold, so that the last bit of a division does not decide.
    nudge = 1e-12 if status != "target_achieved" else 0
    check(rate(100.0, now + nudge, target=121.0), ratio, score, status)


@pytest.mark.parametrize(
    ("now", "growth", "score", "status"),
    [
        (102.5, 0.025, 5.0, "substantial_progress"),
        (101.6, 0.016, 500 * 0.016 - 5, "substantial_progress"),
        (101.0, 0.01, 250 * 0.01 - 1.25, "moderate_progress"),
        (100.4, 0.004, 500 * 0.004 - 2.5, "limited_progress"),
        (100.0, 0.0, -2.5, "limited_progress"),
        (99.0, -0.01, 125 * -0.01 - 2.5, "deterioration"),
        (97.0, -0.03, -5.0, "deterioration"),
    ],
)
@pytest.mark.parametrize("direction", [1, -1])
def test_without_a_target(now, growth, score, status, direction):
    if direction == -1:
        # The same way towards less: what fell by one per cent gained one.
        now = 200 - now
    check(rate(100.0, now, direction=direction), growth, score, status)


def test_down_is_good():
    # 100 to 64 in two years asks for -20 % a year; -10 % is half of that.
    check(rate(100.0, 90.0, target=64.0, direction=-1), 0.5, 4.1667 * 0.5 - 2.5, "limited_progress")
    assert rate(100.0, 64.0, target=64.0, direction=-1)[2] == "target_achieved"
    assert rate(100.0, 110.0, target=64.0, direction=-1)[2] == "deterioration"


@pytest.mark.parametrize(
    ("base", "limit", "scale"),
    [
        (50.0, 100.0, 1 - 0.5**4.44),
        (90.0, 100.0, 1 - 0.9**4.44),
        (150.0, 100.0, 1 - 0.5**4.44),
        (200.0, 100.0, 1.0),
        (300.0, 100.0, 1.0),
        (-50.0, -100.0, 1 - 0.5**4.44),
        (50.0, 0.0, 1.0),
    ],
)
def test_a_limit_lowers_the_bands(base, limit, scale):
    growth = 0.01 * scale
    now = base * (1 + growth)
    direction = 1 if base > 0 else -1
    check(rate(base, now, limit=limit, direction=direction), growth, 1.25, "moderate_progress")
    # What is worse is judged without the limit.
    check(rate(base, base * 0.99, limit=limit, direction=direction), -0.01, -3.75, "deterioration")


def test_at_the_limit_to_hold_is_enough():
    check(rate(100.0, 100.0, limit=100.0), 0.0, 5.0, "substantial_progress")
    check(rate(100.0, 101.0, limit=100.0), 0.01, 5.0, "substantial_progress")
    check(rate(100.0, 99.0, limit=100.0), -0.01, -3.75, "deterioration")


def test_a_limit_beside_a_target_changes_nothing():
    assert rate(90.0, 93.0, target=99.0, limit=100.0) == rate(90.0, 93.0, target=99.0)


def test_negative_values_turn_the_direction():
    # A loss of 100 that falls to 90: growth of -10 % is good, and half of what is asked.
    check(rate(-100.0, -90.0, target=-64.0), 0.5, 4.1667 * 0.5 - 2.5, "limited_progress")
    check(rate(-100.0, -99.0), 0.01, 1.25, "moderate_progress")
    check(rate(-100.0, -101.0), -0.01, -3.75, "deterioration")


def test_zeros_count_as_a_thousandth():
    check(rate(0.0, 0.00105, target=0.00121), 0.5, 4.1667 * 0.5 - 2.5, "limited_progress")
    check(rate(0.0, 1.0), 999.0, 5.0, "substantial_progress")
    # 0.1 down to 0 in two years asks for -90 % a year.
    check(rate(0.1, 0.055, target=0.0, direction=-1), 0.5, 4.1667 * 0.5 - 2.5, "limited_progress")
    assert rate(0.1, 0.001, target=0.0, direction=-1)[2] == "target_achieved"


@pytest.mark.parametrize(
    "case",
    [
        {"base": 100.0, "now": -5.0},
        {"base": -5.0, "now": 100.0},
        {"base": 0.0, "now": -5.0},
        {"base": 100.0, "now": 110.0, "years": 0},
        {"base": 100.0, "now": 110.0, "current_year": 2020.9},
        {"base": 100.0, "now": 110.0, "years": -2},
        {"base": NAN, "now": 110.0},
        {"base": 100.0, "now": NAN},
        {"base": 100.0, "now": float("inf")},
        {"base": 100.0, "now": 110.0, "base_year": NAN},
        {"base": 100.0, "now": NAN, "target": 121.0},
        {"base": 100.0, "now": 110.0, "target": 121.0, "target_year": NAN},
        {"base": 100.0, "now": 110.0, "target": 121.0, "ahead": 0},
        {"base": -100.0, "now": -90.0, "target": 20.0},
    ],
)
def test_what_cannot_be_rated_says_so(case):
    check(rate(**case), NAN, NAN, "not_available")


@pytest.mark.parametrize(
    "case",
    [
        {"base": -5.0, "now": 100.0, "target": 50.0},
        {"base": 100.0, "now": 60.0, "target": 50.0, "years": 0},
        {"base": NAN, "now": 60.0, "target": 50.0},
    ],
)
def test_a_target_reached_overrides_even_without_growth(case):
    check(rate(**case), NAN, 5.0, "target_achieved")


def test_a_target_that_asks_to_hold_still():
    assert rate(100.0, 99.0, target=100.0) == (-np.inf, -5.0, "deterioration")
    assert rate(100.0, 101.0, target=100.0) == (np.inf, 5.0, "target_achieved")
    check(rate(100.0, 100.0, target=100.0), NAN, 5.0, "target_achieved")


def test_a_target_year_that_has_passed_is_rated_as_the_source_does():
    # After three years 15 % where two asked for 21 %: 4.77 % a year of 10 %.
    value, _, status = rate(100.0, 115.0, target=121.0, years=3)
    assert value == pytest.approx((1.15 ** (1 / 3) - 1) / 0.1)
    assert status == "limited_progress"


def test_other_columns_and_the_index_stay():
    frame = pd.read_csv(FILE).assign(name=list("abcdefgh")).set_index("name")
    found = rate_indicators(frame.drop(columns=["limit", "score"]))
    assert found.index.tolist() == list("abcdefgh")
    assert "score" in found
    assert "score" not in frame.drop(columns="score")
    assert rate_indicators(frame.iloc[:0]).empty
    nullable = frame.convert_dtypes()
    pd.testing.assert_frame_equal(
        rate_indicators(nullable)[["score", "status"]], rate_indicators(frame)[["score", "status"]]
    )


def test_wrong_frames_are_refused():
    frame = pd.read_csv(FILE)
    with pytest.raises(ComparisonError, match="base_year"):
        rate_indicators(frame.drop(columns="base_year"))
    for wrong in (0, 2, None, "up"):
        with pytest.raises(ComparisonError, match=f"not {wrong}"):
            rate_indicators(frame.assign(direction=wrong))
    with pytest.raises(ComparisonError, match="n/a in column base_value"):
        rate_indicators(frame.assign(base_value="n/a"))
    with pytest.raises(ComparisonError, match="column base_year"):
        rate_indicators(frame.assign(base_year=pd.Timestamp("2015-01-01")))


def test_numbers_as_text_and_blanks_are_read():
    frame = pd.read_csv(FILE)
    text = pd.read_csv(FILE, dtype=str, keep_default_na=False)
    columns = ["progress_value", "score", "status"]
    pd.testing.assert_frame_equal(rate_indicators(text)[columns], rate_indicators(frame)[columns])
    missing = frame.astype(object).assign(base_value=pd.NA, limit=None)
    assert set(rate_indicators(missing)["status"]) == {"not_available", "target_achieved"}


def test_many_rows_are_rated_one_by_one():
    frame = pd.read_csv(FILE)
    many = rate_indicators(pd.concat([frame] * 500, ignore_index=True))
    one = rate_indicators(frame)
    assert many["status"].tolist() == one["status"].tolist() * 500


# -- the text of the method, one case at a time, beside the library's arrays -----------------


def _grow(base, value, years):
    return None if value / base < 0 else (value / base) ** (1 / years) - 1


def _place(value, bands):
    names = ["substantial_progress", "moderate_progress", "limited_progress"]
    return next((n for n, b in zip(names, bands, strict=True) if value >= b), "deterioration")


def _by_the_text(base, now, years, target, ahead, direction, limit):
    """Return value, score and status of one case without missing numbers."""
    target = 0.001 if target == 0 else target
    reached = target is not None and (now - target) * direction >= 0
    start, value = base or 0.001, None
    if years >= 1 and not start > 0 > now and not start < 0 < now:
        value = (-1 if base < 0 else 1) * direction * _grow(start, now, years)
    near = 1.0
    if target is not None and value is not None:
        needed = _grow(start, target, ahead)
        value = None if needed is None else value / abs(needed)
    elif limit is not None and abs(base) < 2 * abs(limit):
        off = abs(base) if abs(base) <= abs(limit) else 2 * abs(limit) - abs(base)
        near = 1 - (off / abs(limit)) ** 4.44
    if reached:
        return value, 5.0, "target_achieved"
    if value is None:
        return None, None, "not_available"
    if target is not None:
        high = value >= 0.6
        score = min(7.1429 * value - 4.2857, 5) if high else max(4.1667 * value - 2.5, -5)
        return value, score, _place(value, (0.95, 0.6, 0))
    band = _place(value, (0.015 * near, 0.005 * near, 0))
    if near == 0 and value >= 0:
        return value, 5.0, band
    score = {
        "substantial_progress": lambda: min(500 * value / near - 5, 5),
        "moderate_progress": lambda: 250 * value / near - 1.25,
        "limited_progress": lambda: 500 * value / near - 2.5,
        "deterioration": lambda: max(125 * value - 2.5, -5),
    }[band]()
    return value, score, band


def test_against_the_text_of_the_method():
    draw = np.random.default_rng(8)
    pool = np.r_[0.0, -100.0, -1.0, 1e-9, 1e9, 50.0, 99.0, 100.0, 150.0, 200.0]
    cases = []
    for _ in range(8000):
        base, now, target, limit = (
            float(draw.choice(pool) if draw.random() < 0.3 else draw.uniform(-30, 200))
            for _ in range(4)
        )
        now = base * draw.uniform(0.97, 1.03) if draw.random() < 0.5 else now
        aim = draw.random()
        target = None if aim < 0.5 else base * draw.uniform(0.9, 1.1) if aim < 0.8 else target
        limit = None if draw.random() < 0.5 else base if draw.random() < 0.1 else limit
        # A target that is its base is infinite here and a division by 0 in the text.
        target = None if target is not None and (target or 0.001) == (base or 0.001) else target
        years = float(draw.choice([0.0, 0.5, 1.0, 2.0, 7.0]))
        cases.append((base, now, years, target, 10.0, int(draw.choice([1, -1])), limit))
    rows = [[b, 2015, n, 2015 + y, t, 2015 + a, d, m] for b, n, y, t, a, d, m in cases]
    found = rate_indicators(pd.DataFrame(rows, columns=COLUMNS).astype("float64"))
    wanted = [_by_the_text(*case) for case in cases]
    assert found["status"].tolist() == [status for _, _, status in wanted]
    assert found["status"].nunique() == 6
    for at, name in enumerate(("progress_value", "score")):
        numbers = [NAN if want[at] is None else want[at] for want in wanted]
        assert found[name].tolist() == pytest.approx(numbers, rel=1e-9, abs=1e-9, nan_ok=True)


values = st.floats(0.1, 1e4)
signs = st.sampled_from([1, -1])


@given(values, values, values, signs, signs, st.floats(0.01, 100))
def test_the_unit_does_not_matter(base, now, target, direction, sign, factor):
    assume(abs(target / base - 1) > 1e-6)
    assume(abs(now / target - 1) > 1e-9)
    one = rate(sign * base, sign * now, sign * target, direction)
    other = rate(sign * base * factor, sign * now * factor, sign * target * factor, direction)
    assert one[0] == pytest.approx(other[0], rel=1e-6, abs=1e-6)
    assert one[1] == pytest.approx(other[1], rel=1e-5, abs=1e-5)


@given(values, values, st.lists(values, min_size=2, max_size=6), signs, signs, st.booleans())
def test_a_better_value_never_scores_less(base, target, seen, direction, sign, aimed):
    seen = sorted((sign * v for v in seen), reverse=direction == -1)
    goal = sign * target if aimed else None
    scores = [rate(sign * base, v, goal, direction)[1] for v in seen]
    assert all(a <= b + 1e-9 for a, b in itertools.pairwise(scores))


@pytest.mark.parametrize("limit", [None, 125.0])
@pytest.mark.parametrize("edge", [0.0, 0.005, 0.015, 0.02])
def test_scores_of_growth_do_not_jump(limit, edge):
    scale = 1.0 if limit is None else 1 - 0.8**4.44
    around = [rate(100.0, 100 * (1 + edge * scale + e), limit=limit)[1] for e in (-1e-9, 1e-9)]
    assert around[0] == pytest.approx(around[1], abs=1e-5)


@pytest.mark.parametrize("edge", [0.0, 0.6, 0.95, 1.3, -0.6])
def test_scores_of_ratios_do_not_jump(edge):
    around = [rate(100.0, 100 + 10 * edge + e, target=121.0)[1] for e in (-1e-9, 1e-9)]
    # The published coefficients are rounded to four decimals, so the lines meet at 0.6 to 1e-4.
    assert around[0] == pytest.approx(around[1], abs=1e-4)
