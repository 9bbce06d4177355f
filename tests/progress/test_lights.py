"""Lights: the bands of the rules on paper, exact at their bounds, and rules of one's own."""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from h1224lib import load_plan, measure_progress, read_actuals, wording
from h1224lib.errors import ScheduleError
from h1224lib.progress.exact import Exact, objects
from h1224lib.progress.lights import light_up, read_rule

RULES = ("points30", "half", "quarterly")


def exactly(*shares):
    fractions = [Fraction(share) for share in shares]
    top, bottom = (objects(getattr(f, n) for f in fractions) for n in ("numerator", "denominator"))
    return Exact(top, bottom, np.ones(len(fractions), dtype=bool))


def lights(rule, completions, schedule):
    return light_up(exactly(*completions), exactly(*[schedule] * len(completions)), rule).tolist()


def test_the_bands_by_quarter_in_the_second():
    found = lights(read_rule("quarterly"), ["0.24", "0.25", "0.40", "0.60", "0.61"], "1/2")
    assert found == ["concerned", "at_risk", "on_target", "on_target", "above"]


def test_the_bands_by_quarter_round_half_up_to_two_digits_first():
    found = lights(read_rule("quarterly"), ["0.245", "0.2449", "0.605", "0.6049"], "1/2")
    assert found == ["at_risk", "concerned", "above", "on_target"]


def test_thirty_points_and_half():
    assert lights(read_rule("points30"), ["1/2", "0.4999", "0.2", "0.1999"], "1/2") == [
        *("green", "yellow", "yellow", "red")
    ]
    assert lights(read_rule("half"), ["1/2", "0.4999", "0.25", "0.2499"], "1/2") == [
        *("green", "yellow", "yellow", "red")
    ]
    # A third is not 0.333...: exact at a bound that no decimal holds.
    assert lights(read_rule("half"), ["1/6", Fraction(1, 6) - Fraction(1, 10**30)], "1/3") == [
        *("yellow", "red")
    ]


@given(
    st.sampled_from(RULES),
    st.fractions(0, 2, max_denominator=400),
    st.fractions(0, 2, max_denominator=400),
    st.fractions(0, 1, max_denominator=400),
)
def test_more_is_never_a_worse_light(name, one, other, schedule):
    rule = read_rule(name)
    order = [light.code for light in rule.lights]
    low, high = lights(rule, sorted([one, other]), schedule)
    assert order.index(high) <= order.index(low)


OWN = {
    "zh": "两档",
    "en": "two bands",
    "source": "ours",
    "lights": [
        {"code": "fine", "zh": "好", "en": "fine", "times": "9/10"},
        {"code": "poor", "zh": "差", "en": "poor"},
    ],
}


def test_a_rule_of_ones_own_from_a_mapping_or_a_file(tmp_path):
    plan = load_plan("dazhou-2019")
    actuals = read_actuals(None, plan)
    state = measure_progress(plan, actuals, "2019-03-31", lights=OWN)
    areas = state.table.set_index("area")["light"]
    # 10.5 of 42.5 is 0.247, above nine tenths of a quarter; the city's 0.2008 is below.
    assert (state.lights, areas["wanyuan"], areas["all"]) == ("own", "fine", "poor")
    assert state.rule.name_light("fine").zh == "好"
    path = tmp_path / "rule.toml"
    path.write_text(
        '[two]\nlights = [{code="fine", times="9/10"}, {code="poor"}]\n', encoding="utf-8"
    )
    again = measure_progress(plan, actuals, "2019-03-31", lights=path)
    assert again.table["light"].tolist() == state.table["light"].tolist()


@pytest.mark.parametrize(
    "rule",
    [
        "no such rule",
        {"lights": []},
        {"lights": [{"code": "a", "times": "1"}]},
        {"lights": [{"code": "a"}, {"code": "b"}]},
        {"lights": [{"code": "a", "times": "x"}, {"code": "b"}]},
        {"lights": [{"code": "a", "times": "1"}, {"code": "b"}], "against": "hope"},
        {"lights": [{"times": "1"}, {"code": "b"}]},
        {"zh": "无"},
        # From half below up there is always the first, so the second is never shown.
        {
            "lights": [
                {"code": "a", "times": "1", "plus": "-1/2"},
                {"code": "b", "times": "1", "plus": "1/2"},
                {"code": "c"},
            ]
        },
    ],
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(ScheduleError) as refused:
        read_rule(rule)
    assert all(refused.value.say(lang)[0] for lang in wording.LANGUAGES)


def test_readers_see_the_same_names_everywhere():
    for name in RULES:
        rule = read_rule(name)
        assert rule.source
        for lang in wording.LANGUAGES:
            assert wording.say(f"lights.{name}", lang) == rule.label.say(lang)
            for light in rule.lights:
                assert wording.say(f"light.{light.code}", lang) == light.label.say(lang)
