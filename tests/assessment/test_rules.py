"""Rules: each on paper, then what holds of all: more is never worse, nothing out of bounds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h1224lib.assessment.marking import score_industry
from h1224lib.assessment.rules import GIVEN, list_rules, read_rule
from h1224lib.assessment.treatments import list_treatments, read_treatment
from h1224lib.errors import UnknownNameError
from h1224lib.wording import LANGUAGES, has

COMPUTED = [name for name in list_rules() if name != GIVEN]
MOST = {"capped": 100, "bonus120": 120, "bands": 100, "minmax": 100, "deduction": 100}
# Four areas: target and actual; the last has no target.
GOALS = [Fraction(10), Fraction(10), Fraction(5), None]
DONE = [Fraction(4), Fraction(8), Fraction(7), Fraction(3)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("capped", [40, 80, 100, None]),
        ("uncapped", [40, 80, 140, None]),
        ("bonus120", [40, 80, 120, None]),
        ("bands", [0, 75, 100, None]),
        # Completions 0.4, 0.8 and 1.4 stretched to 60 and 100.
        ("minmax", [60, 76, 100, None]),
        # Six missing and two missing, 5 off for each.
        ("deduction", [70, 90, 100, None]),
        ("given", [None, None, None, None]),
    ],
)
def test_rules_on_paper(rule, expected):
    assert score_industry(read_rule(rule), GOALS, DONE, [None] * 4) == expected


@pytest.mark.parametrize(
    ("completion", "expected"), [("1", 100), ("0.99", 75), ("0.8", 75), ("0.5", 50), ("0.49", 0)]
)
def test_bands_begin_where_they_say(completion, expected):
    goal = [Fraction(12)]
    done = [Fraction(completion) * 12]
    assert score_industry(read_rule("bands"), goal, done, [None]) == [expected]


@pytest.mark.parametrize(("share", "expected"), [(0, 60), (Fraction(1, 2), 80), (1, 100), (3, 100)])
def test_ties_of_all_are_scored_by_completion(share, expected):
    goals = [Fraction(2), Fraction(4)]
    done = [goal * share for goal in goals]
    assert score_industry(read_rule("minmax"), goals, done, [None] * 2) == [expected] * 2


def test_a_number_for_ties_of_one_s_own():
    rule = read_rule({"kind": "minmax", "low": 0, "high": 10, "tied": 5})
    assert score_industry(rule, [Fraction(2)] * 2, [Fraction(1)] * 2, [None] * 2) == [5, 5]


def test_missing_is_not_zero():
    goals = [Fraction(4), Fraction(4)]
    for name in COMPUTED:
        missing, zero = score_industry(read_rule(name), goals, [None, Fraction(0)], [None] * 2)
        assert missing is None
        assert zero is not None


def test_every_rule_says_where_it_is_from_and_has_its_names():
    for name in list_rules():
        assert read_rule(name).source
        assert has(f"assessment_rule.{name}")
    for name in list_treatments():
        assert read_treatment(name).source
        assert has(f"assessment_treatment.{name}")


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "guess"},
        {"kind": "proportional", "most": "much"},
        {"kind": "proportional", "most": -1},
        {"kind": "bands"},
        {"kind": "bands", "bands": [{"from": 0, "points": 9}, {"from": 1, "points": 10}]},
        {"kind": "bands", "bands": [{"from": 1, "points": 9}, {"from": 0, "points": 10}]},
        {"kind": "bands", "bands": [{"from": 1}]},
        {"kind": "minmax", "low": 100, "high": 60},
        {"kind": "deduction", "each": -5},
    ],
)
def test_a_rule_that_rewards_less_or_is_none_is_refused(bad):
    with pytest.raises(UnknownNameError) as caught:
        read_rule(bad)
    assert caught.value.key == "assessment_rule_unusable"


def test_a_rule_from_a_file(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        'kind = "proportional"\nmost = "150"\nzh = "自"\nen = "own"\n', encoding="utf-8"
    )
    rule = read_rule(path)
    assert (rule.label.zh, rule.numbers["most"]) == ("自", 150)
    path.write_text("kind = ", encoding="utf-8")
    with pytest.raises(UnknownNameError):
        read_rule(path)
    for unknown in (lambda: read_rule("none"), lambda: read_treatment("none")):
        with pytest.raises(UnknownNameError) as caught:
            unknown()
        assert all("none" in caught.value.say(lang)[0] for lang in LANGUAGES)


@given(
    st.sampled_from(COMPUTED),
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 90)), min_size=1, max_size=6),
    st.data(),
)
def test_one_more_project_never_costs_points(name, cells, data):
    rule = read_rule(name)
    at = data.draw(st.integers(0, len(cells) - 1))
    goals = [Fraction(goal) for goal, _ in cells]
    done = [Fraction(actual) for _, actual in cells]
    more = [*done[:at], done[at] + 1, *done[at + 1 :]]
    nothing = [None] * len(cells)
    before = score_industry(rule, goals, done, nothing)
    assert score_industry(rule, goals, more, nothing)[at] >= before[at]
    assert all(0 <= score <= MOST.get(name, score) for score in before)
