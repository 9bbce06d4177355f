"""A plan's answers: replacements, amendments, citation."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from building import AREAS, INDUSTRIES, TYPES, tables_that_add_up, write_plan

from h1224lib import load_plan, reconcile, wording
from h1224lib.errors import PlanError, UnknownNameError

CELL = ("projects", "deqing", "software", "revenue", "2023-2025")


def value(plan, cell):
    keys = ["measure", "area", "industry", "project_type", "horizon"]
    return plan.cells.set_index(keys).at[cell, "value"]


def test_a_replacement_leaves_the_plan_as_it_was():
    plan = load_plan("huzhou-1224")
    other = plan.replace({CELL: 50})
    assert (value(plan, CELL), value(other, CELL)) == (45, 50)
    assert (
        other.targets.query("measure == 'projects' and horizon == '2023-2025'")["value"].sum()
        == 1005
    )
    failing = reconcile(other).checks.query("status == 'fails'")
    # Over areas, industries and types.
    assert sorted(failing["along"]) == ["area", "industry", "project_type"]


def test_a_dash_and_a_cell_that_is_not_printed_can_be_replaced():
    plan = load_plan("huzhou-1224")
    assert pd.isna(value(plan.replace({CELL: None}), CELL))
    new = ("projects", "futurecity", "finance", "revenue", "2023")
    assert value(plan.replace({new: 7}), new) == 7
    with pytest.raises(KeyError):
        value(plan, new)


def test_a_replacement_with_an_unknown_code_is_refused():
    with pytest.raises(UnknownNameError):
        load_plan("huzhou-1224").replace({("projects", "atlantis", *CELL[2:]): 1})


def test_a_replaced_figure_does_not_pass_for_the_documents():
    plan = load_plan("huzhou-1224")
    new = ("projects", "futurecity", "finance", "revenue", "2023")
    other = plan.replace({CELL: 50, new: 7})
    changed = other.figures[other.figures["place"] == "replaced"]
    assert changed["value"].tolist() == [50, 7]
    assert set(plan.figures["place"]).isdisjoint({"replaced"})
    assert (other.cite("en"), other.cite("zh")) == (
        f"{plan.cite('en')}; with 2 figures changed",
        f"{plan.cite('zh')}；其中 2 个数为假设，并非原文",
    )
    assert plan.replace({CELL: None}).cite("en").endswith("; with 1 figure changed")
    # Changed once more, it is one figure still.
    assert other.replace({CELL: 51}).cite("en").endswith("with 2 figures changed")


def test_a_replaced_figure_holds_before_the_text_and_has_no_range():
    plan = load_plan("huzhou-1224")
    total = ("projects", "all", "finance", "all", "2023-2025")
    assert value(plan.replace({total: 210}), total) == 210
    ranged = ("major_tourism_projects", "all", "tourism", "all", "2023-2025")
    cells = plan.replace({ranged: 4}).cells.set_index(
        ["measure", "area", "industry", "project_type", "horizon"]
    )
    row = cells.loc[ranged]
    assert (row["value"], row["relation"], row["printed"]) == (4, "=", "4")
    assert pd.isna(row["value_max"])


@pytest.mark.parametrize(
    ("cell", "amount", "kind"),
    [
        (CELL, 2.5, "off_step"),
        (CELL, -1, "negative"),
        (CELL, "7", "not_number"),
        (CELL, True, "not_number"),
        (CELL, float("nan"), "not_number"),
        (CELL, float("inf"), "not_number"),
        (CELL, 1e17, "too_large"),
        (CELL[:4], 7, "no_cell"),
        ("projects", 7, "no_cell"),
    ],
)
def test_a_replacement_is_held_to_the_checks_of_a_folder(cell, amount, kind):
    with pytest.raises(PlanError) as refused:
        load_plan("huzhou-1224").replace({cell: amount})
    assert [problem.kind for problem in refused.value.problems] == [kind]
    for lang in wording.LANGUAGES:
        headline, line = refused.value.say(lang)
        assert headline and line.startswith("replace")


def test_a_value_of_the_measures_own_step_is_no_problem():
    cell = ("retail_sales", "all", "commerce", "all", "2025")
    assert value(load_plan("huzhou-1224").replace({cell: 2000.1}), cell) == 2000.1


@pytest.mark.parametrize("day", ["2024", "2024-6-30", "20240630", "2024-02-30", ""])
def test_a_day_that_is_none_is_refused_in_words(day):
    with pytest.raises(UnknownNameError) as refused:
        load_plan("huzhou-1224", as_of=day)
    assert all(f"{day}" in refused.value.say(lang)[0] for lang in wording.LANGUAGES)


def test_the_report_lists_what_an_amendment_changed(tmp_path):
    tables = tables_that_add_up(dict.fromkeys(itertools.product(AREAS, INDUSTRIES, TYPES), (1, 3)))
    for row in tables["figures"]:
        row["effective"] = ""
    old = next(r for r in tables["figures"] if r["figure_id"] == "all.all.all.2023")
    new = {"figure_id": "amended", "value": "20", "printed": "20", "effective": "2023-07-01"}
    tables["figures"].append(old | new | {"place": "notice-7"})
    folder = write_plan(tmp_path / "p", tables)
    told = [f for f in reconcile(load_plan(folder)).findings if f.kind == "amended"]
    assert [f.say("en") for f in told] == [
        "Projects, All, All, All, 2023: amended from '12' to '20' with effect from 2023-07-01 "
        "(notice-7)."
    ]
    before = reconcile(load_plan(folder, as_of="2023-06-30"))
    assert before.passed
    assert [f.kind for f in before.findings] == ["plan_adds_up"]


def test_a_citation_names_publisher_title_number_and_date():
    plan = load_plan("huzhou-1224")
    for part in ("湖州市人民政府办公室", "湖政办发〔2023〕29号", "2023-05-05"):
        assert part in plan.cite("zh")
    assert "General Office" in plan.cite("en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_citation_is_in_the_users_language(monkeypatch, lang):
    monkeypatch.setenv("H1224_LANG", lang)
    plan = load_plan("huzhou-1224")
    assert plan.cite() == plan.cite(lang)
