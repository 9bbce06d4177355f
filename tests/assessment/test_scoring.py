"""Scores: a plan of two industries on paper, Huzhou's weights, and what is said of them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pandas as pd
import pytest
from building import DAZHOU, HORIZONS, tables_that_add_up, write_plan
from hypothesis import given, settings
from hypothesis import strategies as st

from h1224lib import assess, load_plan, measure_progress, read_actuals, value_projects
from h1224lib.assessment.items import read_items
from h1224lib.errors import ActualsError, ScheduleError
from h1224lib.wording import LANGUAGES

# East has both industries, west a printed zero in tours, south a dash in trade.
LEAVES = {
    ("east", "trade", "heavy"): (10, 30),
    ("east", "tours", "light"): (4, 12),
    ("west", "trade", "heavy"): (5, 15),
    ("west", "tours", "light"): (0, 6),
    ("south", "trade", "heavy"): (None, None),
    ("south", "tours", "light"): (2, 6),
}
DONE = {
    ("east", "trade"): 8, ("east", "tours"): 5, ("west", "trade"): 0, ("west", "tours"): 3,
    ("south", "trade"): 1, ("south", "tours"): 1,
}  # fmt: skip
ITEMS = [
    ("total", "", "100", "", "", "sum"),
    ("work", "total", "90", "", "", "weighted"),
    ("work.trade", "work", "", "60", "trade", "given"),
    ("work.tours", "work", "", "40", "tours", "given"),
    ("daily", "total", "10", "", "", "sum"),
    ("daily.reporting", "daily", "6", "", "", "by_completion"),
    ("daily.team", "daily", "4", "", "", "by_completion"),
]


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    tables = tables_that_add_up(LEAVES)
    names = ("item_id", "parent", "points", "weight_pct", "industry", "scoring")
    tables["assessment"] = [
        {**dict(zip(names, row, strict=True)), "zh": row[0], "en": row[0], "place": "3"}
        for row in ITEMS
    ]
    return load_plan(write_plan(tmp_path_factory.mktemp("plans") / "p", tables))


def results(done, day="2023-12-31"):
    rows = [
        {
            "measure": "projects", "area": area, "industry": industry,
            "project_type": "heavy" if industry == "trade" else "light", "value": float(value),
            "period": "2023", "unit": "个", "status": "final", "comparable": "yes",
            "confidence": "high", "vintage": "", "source": "paper", "note": "",
            "first_day": dt.date(2023, 1, 1), "last_day": dt.date.fromisoformat(day),
        }
        for (area, industry), value in done.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def measure(plan, done=DONE, day="2023-12-31"):
    return measure_progress(plan, results(done, day), day, horizon="2023")


def points(scores):
    return {a: None if pd.isna(p) else round(float(p), 6) for a, p in
            zip(scores.table["area"], scores.table["points"], strict=True)}  # fmt: skip


@pytest.mark.parametrize(
    ("treatment", "expected"),
    [
        # East: 54 x 0.8 + 36. West: 0 of trade. South: half of tours, which is all it has.
        ("renormalise", {"east": 79.2, "south": 45.0, "west": 0.0}),
        ("zero", {"east": 79.2, "south": 18.0, "west": 0.0}),
        ("full", {"east": 79.2, "south": 72.0, "west": 36.0}),
        ("leave_out", {"east": 79.2, "south": 18.0, "west": 0.0}),
    ],
)
def test_treatments_on_paper(plan, treatment, expected):
    scores = assess(plan, measure(plan), not_applicable=treatment)
    assert points(scores) == expected
    ranked = scores.table.set_index("area")["rank"]
    assert ranked["east"] == 1
    assert pd.isna(ranked["south"]) == pd.isna(ranked["west"]) == (treatment == "leave_out")


def test_not_applicable_missing_and_zero_are_three_things(plan):
    known = {key: value for key, value in DONE.items() if key != ("east", "tours")}
    scores = assess(plan, measure(plan, known))
    why = scores.components.set_index(["area", "item"])["unscored"]
    assert why["south", "work.trade"] == "not_applicable"
    assert why["west", "work.tours"] == "zero_target"
    assert why["east", "work.tours"] == "missing"
    assert why["west", "work.trade"] == ""
    assert points(scores) == {"south": 45.0, "west": 0.0, "east": None}
    assert scores.table.set_index("area").loc["east", "unranked"] == "missing"
    kinds = [finding.kind for finding in scores.findings]
    assert {"assessment_not_applicable", "assessment_missing", "assessment_no_daily"} <= set(kinds)
    # What is missing does not become not applicable: its weight is not given to others.
    east = scores.audit("east")
    assert east["available"].tolist()[:2] == [54, 36]


def test_a_total_adds_up_from_one_page(plan):
    daily = pd.DataFrame(
        {"area": ["east", "west", "south"] * 2, "item": ["reporting"] * 3 + ["team"] * 3,
         "points": [6, 3, 0, 1, 4, 2.5]}
    )  # fmt: skip
    for treatment in ("renormalise", "zero", "full", "leave_out"):
        scores = assess(plan, measure(plan), 2023, "bonus120", treatment, daily)
        sums = scores.components.groupby("area")["got"].sum()
        available = scores.components.groupby("area")["available"].sum()
        own = scores.table.set_index("area")
        for area in own.index:
            assert sums[area] == pytest.approx(own.loc[area, "points"], abs=1e-9)
            assert available[area] == pytest.approx(own.loc[area, "available"], abs=1e-9)
            page = scores.audit(area)
            assert page["got"].iloc[-1] == pytest.approx(page["got"].iloc[:-1].sum())
            assert page["item"].iloc[-1] == "total"
    assert own.loc["south", "daily"] == 2.5


def test_daily_records_earn_points_by_their_rule(plan):
    daily = pd.DataFrame(
        {"area": ["east", "west", "south"], "item": "daily.reporting", "due": [4, 4, 0],
         "on_time": [3, 4, 0], "submitted": [10, 0, 4], "used": [5, 0, 3]}
    )  # fmt: skip
    scores = assess(plan, measure(plan), daily=daily)
    got = scores.components.set_index(["area", "item"])["got"]
    assert got["east", "daily.reporting"] == 6 * (0.75 + 0.5) / 2
    # Nothing sent in earns nothing of that half; no report due leaves the other half to count.
    assert got["west", "daily.reporting"] == 3
    assert got["south", "daily.reporting"] == 6 * 0.75
    assert pd.isna(got["east", "daily.team"])
    assert scores.table["points"].isna().all()


def test_marks_of_departments_stand_as_given(plan):
    marks = pd.DataFrame(
        {"area": ["east", "east", "west", "south", "south"],
         "industry": ["trade", "tours", "trade", "trade", "tours"],
         "score": [90, 80, 70, 100, 60]}
    )  # fmt: skip
    scores = assess(plan, measure(plan), rule="given", marks=marks)
    # South is marked where it has no target; west is not, and has none.
    assert points(scores) == {"east": 77.4, "south": 75.6, "west": 63.0}
    alone = assess(plan, measure(plan), rule="given")
    assert alone.table["points"].isna().all()


def test_other_years_and_quarters_are_simulations(plan):
    last = results(dict.fromkeys(DONE, 1)).assign(first_day=dt.date(2023, 10, 1))
    given = pd.concat([results(DONE, "2023-09-30"), last], ignore_index=True)
    state = measure_progress(plan, given, "2023-12-31")
    assert not assess(plan, state).simulation
    scores = assess(plan, state, "2023Q4")
    assert scores.simulation
    assert scores.table["computed"].all()
    # What is set against the quarter's target is what was reached within the quarter.
    assert set(scores.components["actual"].dropna()) == {1.0}
    assert "assessment_simulation" in [finding.kind for finding in scores.findings]
    assert "模拟测算" in scores.findings[0].say("zh")
    with pytest.raises(ScheduleError) as caught:
        assess(plan, state, 2024)
    assert caught.value.key == "assessment_not_begun"
    with pytest.raises(ScheduleError) as caught:
        assess(plan, state, 2022)
    assert caught.value.key == "assessment_no_target"


def test_half_a_year_is_told_to_be_unfinished(plan):
    scores = assess(plan, measure(plan, DONE, "2023-06-30"))
    told = {finding.kind: finding for finding in scores.findings}
    assert told["assessment_unfinished"].severity == "warning"
    assert not scores.simulation


def test_a_plan_without_assessment_says_so():
    plan = load_plan(DAZHOU)
    scores = assess(plan, measure_progress(plan, read_actuals(None, plan), "2019-03-31"))
    assert scores.table.empty
    assert scores.audit().empty
    assert scores.findings[0].kind == "assessment_none"
    assert "达州" in scores.findings[0].say("zh")


def test_without_results_there_are_no_points():
    plan = load_plan()
    scores = assess(plan, measure_progress(plan, read_actuals(None, plan), "2023-12-31"))
    assert scores.table["points"].isna().all()
    assert scores.findings[0].kind == "assessment_no_data"
    # 7 areas x 7 industries, less the six in which 长合区 has no target.
    assert scores.findings[0].numbers["results"] == 43
    for finding in scores.findings:
        assert all(finding.say(lang) for lang in LANGUAGES)


def test_huzhou_s_weights_and_points_are_those_printed():
    items = read_items(load_plan())
    printed = {"commerce": 20, "tourism": 15, "finance": 15, "hr": 15, "logistics": 15,
               "scitech": 10, "software": 10}  # fmt: skip
    assert {i: int(w * 100) for _, i, w in items.weighted} == printed
    assert sum(items.weights) == 1
    assert [points for _, points in items.daily] == [2] * 5


def test_one_logistics_project_of_wuxing_is_worth_six_of_tourism():
    plan = load_plan()
    state = measure_progress(plan, read_actuals(None, plan), "2023-12-31", horizon="2023")
    worth = value_projects(plan, state, rules=["capped", "uncapped", "deduction"])
    own = worth[worth["area"] == "wuxing"].set_index(["rule", "industry"])["first_project"]
    # 90 x 15 % / 2 and 90 x 15 % / 12.
    assert own["capped", "logistics"] == 6.75
    assert own["capped", "tourism"] == 1.125
    assert own["uncapped", "logistics"] / own["uncapped", "tourism"] == 6
    # By deduction, a project is a project.
    assert own["deduction", "logistics"] == own["deduction", "tourism"]
    assert worth["next_project"].isna().all()


def test_beyond_the_target_one_more_is_worth_nothing_unless_uncapped(plan):
    worth = value_projects(plan, measure(plan), rules=["capped", "bonus120", "uncapped"])
    own = worth.set_index(["rule", "area", "industry"])["next_project"]
    assert own["capped", "east", "tours"] == 0
    assert own["bonus120", "east", "tours"] == 0
    assert own["uncapped", "east", "tours"] == 9
    assert own["capped", "east", "trade"] == pytest.approx(5.4)
    assert ("capped", "west", "tours") not in own.index


@pytest.mark.parametrize(
    ("daily", "kinds"),
    [
        ({"area": ["nowhere"], "item": ["team"], "points": [1]}, ["submission_unknown"]),
        ({"area": ["east"], "item": ["team"], "points": [5]}, ["submission_number"]),
        ({"area": ["east"], "item": ["team"], "points": ["x"]}, ["submission_number"]),
        ({"area": ["east"] * 2, "item": ["team"] * 2, "points": [1, 1]}, ["submitted_twice"]),
        ({"area": ["east"], "item": ["team"], "done": [3], "due": [2]}, ["submitted_too_many"]),
    ],
)
def test_submissions_that_cannot_be_are_refused_with_their_place(plan, tmp_path, daily, kinds):
    path = tmp_path / "日常.csv"
    pd.DataFrame(daily).to_csv(path, index=False, encoding="utf-8-sig")
    with pytest.raises(ActualsError) as caught:
        assess(plan, measure(plan), daily=path)
    assert [problem.kind for problem in caught.value.problems] == kinds
    assert caught.value.problems[0].row == len(daily["area"]) + 1
    for lang in LANGUAGES:
        assert all(caught.value.say(lang))


def test_a_submission_that_is_none_is_refused(plan, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00")
    for bad in (path, tmp_path / "none.csv", pd.DataFrame({"area": ["east"]})):
        with pytest.raises(ActualsError):
            assess(plan, measure(plan), daily=bad)


@settings(max_examples=15, deadline=None)
@given(
    st.fixed_dictionaries({key: st.integers(0, 12) for key in DONE}),
    st.sampled_from(["capped", "bands", "minmax", "deduction"]),
    st.sampled_from(["renormalise", "zero", "full"]),
)
def test_points_keep_within_what_is_available(plan, done, rule, treatment):
    scores = assess(plan, measure(plan, done), rule=rule, not_applicable=treatment)
    parts = scores.components[scores.components["unscored"] != "not_given"]
    assert (parts["got"] >= 0).all()
    assert (parts["got"] <= parts["available"] + 1e-9).all()
    assert scores.table["rank"].min() == 1
    assert Fraction(str(scores.table["available"].max())) == 90
    assert HORIZONS[0] == scores.sheet.period
