"""Where rules are from: sources, formulas and daily work, as data that outputs carry."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pandas as pd
import pytest

from h1224lib import assess, measure_progress, vary
from h1224lib.assessment.daily import RECORDS, earn_points, find_formula, read_formulas
from h1224lib.assessment.rules import list_rules, read_rule
from h1224lib.assessment.treatments import list_treatments
from h1224lib.errors import UnknownNameError
from h1224lib.record import choose_columns
from h1224lib.tables import lay_out

CHINESE = re.compile(r"[\u4e00-\u9fff]")
AREAS = ["wuxing", "nanxun", "deqing", "changxing", "anji", "nantaihu", "changhe"]


def records(**given):
    return {name: given.get(name) for name in RECORDS}


def test_every_reading_says_what_it_does_and_where_it_is_from(plan, state):
    basis = vary(plan, state, readings=2).basis
    # Six rules without marks, four treatments, one row for reporting and one for the others.
    assert basis["part_en"].value_counts().tolist() == [6, 4, 2]
    for name in ("part", "name", "how", "source"):
        assert basis[f"{name}_zh"].str.contains(CHINESE).all()
        assert basis[f"{name}_en"].str.len().gt(0).all()
        assert not basis[f"{name}_en"].str.contains(CHINESE).any()
    assert list(basis["name_zh"][:6]) == [read_rule(n).label.zh for n in list_rules()[1:]]
    daily = basis[basis["part_en"] == "records of daily work"]
    assert daily["source_zh"].str.contains("附件3二（二）").all()
    assert daily["name_zh"].tolist() == ["信息报送", "体系机制、队伍建设、政策落实、工作配合"]


def test_the_source_stands_in_findings_and_in_json(plan, state):
    scores = assess(plan, state, 2023, "minmax", "zero")
    told = next(f for f in scores.findings if f.kind == "assessment_reading")
    assert "OECD/JRC" in told.say("zh")
    assert "step 5" in told.say("en")
    assert "the strictest" in told.say("en")
    assert "step 5" in json.dumps(told.as_record())
    assert scores.basis["name_en"].tolist()[:2] == ["min-max 60 to 100", "no marks"]


def test_a_rule_of_one_s_own_brings_its_source(plan, state):
    own = {"kind": "proportional", "most": "110", "zh": "自定", "en": "own rule",
           "source": {"zh": "会议纪要", "en": "minutes"}}  # fmt: skip
    scores = assess(plan, state, 2023, own)
    row = scores.basis.iloc[0]
    assert (row["how_en"], row["source_zh"], row["source_en"]) == (
        "100 x completion, at most 110", "会议纪要", "minutes"
    )  # fmt: skip
    assert "minutes" in scores.findings[1].say("en")
    with pytest.raises(UnknownNameError) as caught:
        read_rule({**own, "source": {"cn": "x"}})
    assert "source.cn" in caught.value.say("en")[0]


@pytest.mark.parametrize(
    ("item", "given", "points", "working"),
    [
        ("daily.reporting", {"due": 12, "on_time": 9, "submitted": 8, "used": 4},
         Fraction(5, 4), "2 × (1/2 × 9/12 + 1/2 × 4/8)"),
        # No report was due: the other half counts alone. Nothing sent: that half earns nothing.
        ("daily.reporting", {"due": 0, "on_time": 0, "submitted": 4, "used": 3},
         Fraction(3, 2), "2 × 3/4"),
        ("daily.reporting", {"due": 4, "on_time": 4, "submitted": 0, "used": 0},
         Fraction(1), "2 × (1/2 × 4/4 + 1/2 × 0)"),
        ("daily.team", {"due": 4, "done": 3}, Fraction(3, 2), "2 × 3/4"),
    ],
)  # fmt: skip
def test_daily_records_on_paper(item, given, points, working):
    exact = {name: Fraction(value) for name, value in given.items()}
    earned = earn_points(find_formula(read_formulas(), item), Fraction(2), records(**exact))
    assert earned == (points, working)


def test_what_is_not_known_or_not_due_earns_no_known_points():
    formula = find_formula(read_formulas(), "daily.team")
    assert earn_points(formula, Fraction(2), records(due=Fraction(4))) is None
    nothing = records(due=Fraction(0), done=Fraction(0))
    assert earn_points(formula, Fraction(2), nothing) is None


def test_how_records_earn_points_can_be_one_s_own(plan, state, tmp_path):
    handed = pd.DataFrame([(a, 12, 9, 8, 4) for a in AREAS],
                          columns=["area", "due", "on_time", "submitted", "used"])  # fmt: skip
    handed = handed.assign(item="reporting")
    path = tmp_path / "daily.toml"
    path.write_text(
        '[reporting]\nsource = "会议纪要"\nshares = [\n'
        '{ share = "3/4", on = "on_time", of = "due", empty = "renormalise" },\n'
        '{ share = "1/4", on = "used", of = "submitted", empty = "zero" }]\n',
        encoding="utf-8",
    )
    for rule, points in ((None, 1.25), (path, 2 * (0.75 * 0.75 + 0.25 * 0.5))):
        scores = assess(plan, state, daily=handed, daily_rule=rule)
        own = scores.components.set_index(["area", "item"])["got"]
        assert own["anji", "daily.reporting"] == points
    assert "会议纪要" in set(scores.basis["source_zh"])
    row = scores.components.set_index(["area", "item"]).loc["anji", "daily.reporting"]
    assert row["working"] == "2 × (3/4 × 9/12 + 1/4 × 4/8)"
    varied = vary(plan, state, daily=handed, daily_rule=path, readings=2)
    assert "会议纪要" in set(varied.basis["source_zh"])


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"team": {}}, "shares"),
        ({"team": {"shares": [{"share": "1", "on": "done", "of": "all", "empty": "zero"}]}}, "of"),
        ({"team": {"shares": [{"share": "x", "on": "done", "of": "due", "empty": "zero"}]}},
         "shares[1].share"),
        ({"team": {"shares": [{"share": "1/2", "on": "done", "of": "due", "empty": "zero"}]}},
         "Σ = 1"),
        ({"team": {"share": [], "shares": []}}, "share"),
        ("none.toml", "none.toml"),
    ],
)  # fmt: skip
def test_a_formula_that_is_none_is_refused_by_name(entry, named):
    with pytest.raises(UnknownNameError) as caught:
        read_formulas(entry)
    assert named in caught.value.say("en")[0]


def test_each_area_has_a_page_of_what_it_is_made_of(plan, state):
    daily = pd.DataFrame({"area": ["anji"], "item": ["team"], "points": [2]})
    alone, given = assess(plan, state), assess(plan, state, daily=daily)
    assert set(alone.table["area"]) == set(AREAS)
    for area in AREAS:
        page = alone.audit(area)
        # Seven industries and their sum; daily work was not handed in, and a finding says so.
        assert len(page) == 8
        assert page["got"].iloc[:-1].sum() == pytest.approx(page["got"].iloc[-1])
        assert len(given.audit(area)) == 7 + 5 + 1
        columns = choose_columns("audit-3", list(page.columns), "zh")
        assert {"working", "available", "got", "score"} <= set(columns)
        assert plan.label("area", area, "zh") in lay_out(page[columns], plan, "zh").about
    assert "assessment_no_daily" in [finding.kind for finding in alone.findings]


def test_a_year_without_printed_targets_is_named_a_simulation(plan, ledger):
    state = measure_progress(plan, ledger, "2024-12-31")
    told = assess(plan, state, 2024).findings[0]
    assert told.say("zh").startswith("2024年（模拟测算）")
    assert told.say("en").startswith("2024 (a simulation)")


def test_treatments_and_rules_that_ship_have_sources_in_two_languages():
    for name in list_rules():
        source = read_rule(name).source
        assert CHINESE.search(source.zh)
        assert not CHINESE.search(source.en)
    assert list_treatments() == ["renormalise", "zero", "full", "leave_out"]
