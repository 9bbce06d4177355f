"""What is published of an assessment: sums that add up, words that hold, input that is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import LANGS, check_page, texts

from h1224lib import (
    aggregate,
    assess,
    charts,
    load_plan,
    measure_progress,
    read_actuals,
    value_projects,
    vary,
)
from h1224lib.assessment.marking import score_industry
from h1224lib.assessment.printing import round_parts
from h1224lib.assessment.rules import list_rules, read_rule
from h1224lib.assessment.submissions import read_daily
from h1224lib.assessment.treatments import list_treatments
from h1224lib.charts import fonts
from h1224lib.errors import ActualsError, ComparisonError, UnknownNameError

AREAS = ["wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu", "changhe"]
DAILY = ["reporting", "mechanism", "team", "policy", "cooperation"]


@pytest.fixture(scope="module")
def later(plan, ledger):
    return measure_progress(plan, ledger, "2024-06-30")


def daily(points=1.25):
    return pd.DataFrame([(a, i, points) for a in AREAS for i in DAILY],
                        columns=["area", "item", "points"])  # fmt: skip


def orders(readings):
    """Return, of each pair in each reading that ranks both, which is ahead: 1, 0 or -1."""
    keys = ["rule", "not_applicable", "weights", "industry"]
    told: dict[tuple[str, str], set[int]] = {}
    for _, own in readings.groupby(keys):
        points = own[own["rank"].notna()].set_index("area")["points"].astype(float).round(9)
        for one, two in combinations(points.index, 2):
            sign = int(points[one] > points[two]) - int(points[one] < points[two])
            told.setdefault((one, two), set()).add(sign)
            told.setdefault((two, one), set()).add(-sign)
    return told


def test_what_holds_under_other_weights_is_counted_one_reading_at_a_time(plan, state):
    varied = vary(plan, state, readings=400)
    rules, named, means = (
        orders(own.readings) for own in (varied.rules, varied.named, varied.means)
    )
    drawn = {(r.area, r.versus): r.share for r in varied.drawn.pairs.itertuples()}
    for row in varied.pairs.itertuples():
        pair = row.area, row.versus
        always = rules[pair] == {1} and named[pair] == {1} and drawn.get(pair) == 1
        assert row.holds_all == always
        assert row.holds_means == (means[pair] == {1})
    told = next(f for f in varied.findings if f.kind == "variation_pairs").numbers
    assert (told["pairs"], told["holds"], told["holds_all"]) == (21, 11, 11)
    # Zeros make geometric and harmonic means 0 for five of the seven, and so level.
    assert told["holds_means"] < 11


@pytest.mark.parametrize("period", ["2023Q2", "2023Q3", "2023Q4", "2024Q1", "2024-01"])
def test_full_marks_of_a_quarter_are_exact(plan, later, period):
    scores = assess(plan, later, period)
    applies = scores.table["unranked"] != "not_applicable"
    assert set(scores.table.loc[applies, "available"]) == {90.0}
    assert set(scores.printed.loc[applies, "available"]) == {90.0}
    for lang in LANGS:
        check_page(charts.score_components(scores, lang))


def test_parts_are_rounded_by_hand():
    # 14 + 11.5714 + 13.5 + 11.25 + 0 + 9 + 7.7143 = 67.0357: one hundredth goes to 7.7143.
    parts = [14, Fraction(81, 7), Fraction(27, 2), Fraction(45, 4), 0, 9, Fraction(54, 7)]
    told = [float(part) for part in round_parts(list(map(Fraction, parts)))]
    assert told == [14.0, 11.57, 13.5, 11.25, 0.0, 9.0, 7.72]
    assert round(sum(told), 2) == 67.04


@given(st.lists(st.none() | st.fractions(0, 20, max_denominator=60), min_size=1, max_size=9))
def test_rounded_parts_add_up_and_stay_close(parts):
    rounded = round_parts(parts)
    exact = sum((p for p in parts if p is not None), Fraction(0))
    total = sum((p for p in rounded if p is not None), Fraction(0))
    assert abs(total - exact) <= Fraction(1, 200)
    for part, printed in zip(parts, rounded, strict=True):
        assert (part is None) == (printed is None)
        if part is not None:
            assert abs(part - printed) < Fraction(1, 100)
            assert (part * 100).denominator > 1 or part == printed


@pytest.mark.parametrize("rule", [name for name in list_rules() if name != "given"])
def test_every_page_adds_up_at_the_decimals_that_it_shows(plan, state, rule):
    for treatment in list_treatments():
        scores = assess(plan, state, 2023, rule, treatment)
        assert (scores.printed["area"] == scores.table["area"]).all()
        for area in AREAS:
            page = scores.audit(area)
            got = page["got"].map(lambda p: None if pd.isna(p) else Fraction(f"{p:.2f}")).tolist()
            assert sum(p for p in got[:-1] if p is not None) == got[-1]
            own = scores.table.set_index("area").loc[area, "points"]
            assert abs(float(got[-1]) - own) <= 0.005 + 1e-12


def test_what_is_not_counted_has_no_points(plan, state):
    for treatment, expected in (("renormalise", None), ("leave_out", None), ("zero", 0.0)):
        parts = assess(plan, state, 2023, "capped", treatment).components
        got = parts.set_index(["area", "industry"]).loc[("changhe", "finance"), "got"]
        assert pd.isna(got) if expected is None else got == expected


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("treatment", list_treatments())
def test_not_applicable_looks_like_no_result_under_any_treatment(plan, state, treatment, lang):
    chart = charts.score_components(assess(plan, state, 2023, "capped", treatment, daily()), lang)
    check_page(chart)
    word = "不适用" if lang == "zh" else "n/a"
    assert sum(text == word for text in texts(chart)) == 6
    cells = [row for rows in chart.to_dict()["datasets"].values() for row in rows
             if row.get("hatched")]  # fmt: skip
    # Six cells of 长合区: nothing of them is filled, whatever stands in for a result.
    assert len({(row["left"], row["top"]) for row in cells}) == 6
    assert all(row["stop"] == row["left"] for row in cells)


@pytest.mark.parametrize("period", ["2024Q1", "2024Q2", "2023"])
@pytest.mark.parametrize("handed_in", [None, daily()])
def test_text_keeps_within_its_box(plan, later, period, handed_in):
    for lang, treatment in (("zh", "zero"), ("zh", "renormalise"), ("en", "renormalise")):
        scores = assess(plan, later, period, "uncapped", treatment, handed_in)
        chart = charts.score_components(scores, lang)
        boxes = [row for rows in chart.to_dict()["datasets"].values() for row in rows
                 if "hatched" in row]  # fmt: skip
        for box in boxes:
            last = box["middle"] + 10 * box["text"].count("\n")
            assert box["top"] + 4 <= box["middle"]
            assert last + 4 <= box["bottom"]
            wide = max(fonts.width(line, 8.0) for line in box["text"].split("\n"))
            assert wide <= box["right"] - box["left"], box["text"]


def test_what_is_missing_is_named(plan, state):
    given = assess(plan, state, 2023, "given").findings[0]
    assert (given.numbers["results"], given.numbers["marks"]) == (0, 49 - 6)
    assert "--marks" in given.say("en")
    assert "marks" in given.title("en")
    some = pd.DataFrame([(a, "team", 2) for a in AREAS], columns=["area", "item", "points"])
    part = assess(plan, state, 2023, daily=some).findings[0]
    assert (part.numbers["results"], part.numbers["daily_items"]) == (0, 4 * 7)
    varied = vary(plan, state, daily=some, readings=2).findings[0]
    assert (varied.kind, varied.numbers["daily_items"]) == ("variation_no_data", 28)
    assert "comparable" not in varied.say("en")


def test_among_few_that_are_ranked_nothing_is_said_of_all(plan, later):
    told = vary(plan, later, "2024Q1", not_applicable="leave_out", readings=20)
    last = next(f for f in told.findings if "matters" in f.kind)
    ranked = int(told.rules.table["nominal"].notna().sum())
    assert 1 < ranked < 7
    assert (last.numbers["compared"], last.numbers["of"]) == (ranked, 7)
    assert str(ranked) in last.say("zh")
    assert "Every reading" not in last.say("en")


def test_where_all_are_level_nobody_is_last(plan, state):
    marks = pd.DataFrame([(a, i, 100) for a in AREAS for i in plan.industries.index if i != "all"],
                         columns=["area", "industry", "score"])  # fmt: skip
    told = assess(plan, state, 2023, "given", marks=marks).findings[0]
    assert told.kind == "assessment_level"
    assert "last" not in told.say("en")
    one = vary(plan, state, rules=["capped"], treatments=["renormalise"], readings=2).findings[0]
    assert (one.numbers["readings"], one.numbers["width"]) == (1, 0)
    assert "no rank depends" in one.say("en")
    assert "1 reading " in one.say("en")


def test_rules_of_one_s_own_stay_apart(plan, state):
    own = [{"kind": "proportional", "most": "150", "zh": "甲", "en": "x"},
           {"kind": "deduction", "each": "3", "zh": "乙", "en": "y"}]  # fmt: skip
    varied = vary(plan, state, rules=own, readings=5)
    assert len(varied.matters) == 8
    assert set(varied.matters["rule"]) == {"甲 (x)", "乙 (y)"}
    assert varied.matters["areas_moved"].max() <= 7
    assert varied.matters["pairs_reversed"].max() <= 21
    assert varied.findings[0].numbers["readings"] == 8
    nameless = [{"kind": "deduction", "each": each} for each in (3, 4, 3)]
    assert set(vary(plan, state, rules=nameless, readings=2).matters["rule"]) == {"own", "own-2"}
    assert set(value_projects(plan, state, rules=nameless)["rule"]) == {"own", "own-2"}
    for empty in ({"rules": []}, {"treatments": []}):
        with pytest.raises(ComparisonError):
            vary(plan, state, readings=2, **empty)


def test_what_reaches_no_band_scores_nothing():
    rule = read_rule({"kind": "bands", "bands": [{"from": "1", "points": "100"},
                                                 {"from": "0.5", "points": "50"}]})  # fmt: skip
    done = [Fraction(0), Fraction(14, 100), Fraction(1, 2), Fraction(2)]
    assert score_industry(rule, [Fraction(1)] * 4, done, [None] * 4) == [0, 0, 50, 100]


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"kind": "proportional", "mots": "120"}, ["mots"]),
        ({"kind": "deduction", "least": "150", "ech": 5}, ["least", "ech"]),
        ({"kind": "minmax", "low": 60, "high": 100, "tied": "5"}, ["tied"]),
        ({"kind": "bands", "bands": [{"from": 0, "points": 1, "point": 2}]}, ["bands.point"]),
    ],
)
def test_misspelt_rules_are_refused_by_name(bad, named):
    with pytest.raises(UnknownNameError) as caught:
        read_rule(bad)
    assert all(name in caught.value.say("en")[0] for name in named)


@pytest.mark.parametrize("bad", [None, 5])
def test_what_is_no_rule_is_refused(bad):
    with pytest.raises(UnknownNameError):
        read_rule(bad)


def test_misspelt_columns_and_contradictions_are_refused(plan):
    with pytest.raises(ActualsError) as caught:
        read_daily(pd.DataFrame({"area": ["anji"], "item": ["team"], "point": [2]}), plan)
    assert caught.value.problems[0].kind == "submission_column"
    row = {"area": ["anji"], "item": ["team"], "due": [4], "done": [3]}
    with pytest.raises(ActualsError) as caught:
        read_daily(pd.DataFrame({**row, "points": [2]}), plan)
    assert [(p.kind, p.row) for p in caught.value.problems] == [("submission_contradicts", 1)]
    # 2 x 3 / 4, and 2 x 2 / 3 as offices round it.
    earned = read_daily(pd.DataFrame({**row, "points": [1.5]}), plan)
    assert earned == {("anji", "daily.team"): (Fraction(3, 2), "2 × 3/4")}
    thirds = pd.DataFrame({"area": ["anji"], "item": ["team"], "due": [3], "done": [2]})
    rounded = read_daily(thirds.assign(points="1.33"), plan)["anji", "daily.team"]
    assert rounded.points == Fraction(133, 100)


@pytest.mark.parametrize("ending", ["utf-8-sig", "gb18030", "xlsx"])
def test_what_offices_hand_in_is_read(plan, tmp_path, ending):
    frame = pd.DataFrame({"区县": ["安吉县"], "考核项": ["工作配合情况"], "得分": ["1.5"]})
    path = tmp_path / ("日常.xlsx" if ending == "xlsx" else "日常.csv")
    if ending == "xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False, encoding=ending)
    assert read_daily(path, plan) == {("anji", "daily.cooperation"): (Fraction(3, 2), "")}


def test_a_target_of_zero_is_no_missing_target(plan, later):
    scores = assess(plan, later, "2024Q1")
    zero = scores.components[scores.components["unscored"] == "zero_target"]
    absent = scores.components[scores.components["unscored"] == "not_applicable"]
    assert len(zero)
    assert (zero["target"] == 0).all()
    assert absent["target"].isna().all()
    assert "assessment_zero_target" in [finding.kind for finding in scores.findings]


def test_marks_that_a_rule_does_not_use_are_told(plan, state):
    marks = pd.DataFrame({"area": ["anji"], "industry": ["hr"], "score": [90]})
    kinds = [f.kind for f in assess(plan, state, 2023, "capped", marks=marks).findings]
    assert "assessment_marks_unused" in kinds


def test_the_difference_in_worth_is_a_finding():
    plan = load_plan()
    state = measure_progress(plan, read_actuals(None, plan), "2023-12-31", horizon="2023")
    worth = value_projects(plan, state, rules=["capped", "given"])
    assert set(worth["rule"]) == {"capped"}
    own = worth[worth["area"] == "wuxing"]
    told = assess(plan, state).tell_worth(own)[0].numbers
    # 90 x 15 % / 2 of logistics beside the least that an industry of Wuxing brings.
    assert told["high_points"] == 6.75
    assert told["ratio"] == pytest.approx(6.75 / own["first_project"].min())


def test_missing_numbers_of_pandas_and_what_is_none():
    assert aggregate([80, pd.NA, 60]) == 70
    for bad in (["a"], [], 3, [[]]):
        with pytest.raises(ComparisonError) as caught:
            aggregate(bad)
        assert caught.value.key == "aggregation_values"
