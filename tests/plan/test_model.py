"""A plan's answers: replacements, amendments, citation."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from building import AREAS, INDUSTRIES, TYPES, tables_that_add_up, write_plan

from h1224lib import load_plan, reconcile
from h1224lib.errors import UnknownNameError

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
