"""Bad rows in the tables beyond numbers, and in how measures belong together."""

from __future__ import annotations

import itertools

import pytest
from building import AREAS, INDUSTRIES, TYPES, tables_that_add_up, write_plan

from h1224lib import load_plan, wording
from h1224lib.plan import check_folder

LEAVES = dict.fromkeys(itertools.product(AREAS, INDUSTRIES, TYPES), (1, 3))

BEYOND = {
    "directions": {"direction_id": "trade.1", "industry": "trade", "number": "1"}
    | {"printed_number": "一", "sub_of": "", "topics": "会展"},
    "landmarks": {"landmark_id": "trade.2025.1", "industry": "trade", "horizon": "2023-2025"}
    | {"minimum": "18", "maximum": "", "unit": "个", "measure": "projects", "restates": ""}
    | {"named": "no", "of_2025": ""},
    "assessment": {"item_id": "total", "parent": "", "points": "100", "weight_pct": ""}
    | {"industry": "", "office": "bureau", "scoring": "sum"},
    "bodies": {"body_id": "bureau", "kind": "department", "industry": "trade", "area": ""}
    | {"role": "assess", "seats": "1", "inferred": "yes"},
    "notes": {
        "note_id": "dash",
        "kind": "ambiguity",
        "reading_zh": "读法",
        "reading_en": "reading",
    },
}


@pytest.fixture
def tables():
    built = tables_that_add_up(LEAVES)
    for name, row in BEYOND.items():
        built[name] = [{**row, "zh": "名", "en": "name", "place": "3.1"}]
    for row in built["measures"]:
        row |= {"parent": "", "part": "", "context_for": ""}
    for row in built["industries"]:
        row |= {"department": "", "department_inferred": ""}
    built["industries"][1] |= {"department": "bureau", "department_inferred": "yes"}
    return built


def find(folder):
    problems = check_folder(folder)
    for problem in problems:
        for lang in wording.LANGUAGES:
            assert problem.file in problem.say(lang)
            assert problem.remedy(lang)
    return [(p.kind, p.file, p.row, p.column) for p in problems]


def test_sound_tables_have_no_problem_and_are_there(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    assert find(folder) == []
    plan = load_plan(folder)
    for name in BEYOND:
        assert len(getattr(plan, name)) == 1, name


def test_tables_left_out_are_empty(tmp_path, tables):
    for name in BEYOND:
        del tables[name]
    for row in tables["industries"]:
        row["department"] = ""
    plan = load_plan(write_plan(tmp_path / "p", tables))
    assert all(getattr(plan, name).empty for name in BEYOND)
    assert "topics" in plan.directions


# table, changes, the problem's kind and column
WRONG = [
    ("directions", {"industry": "atlantis"}, "unknown_code", "industry"),
    ("directions", {"sub_of": "trade.9"}, "unknown_code", "sub_of"),
    ("directions", {"number": "一"}, "not_number", "number"),
    ("directions", {"printed_number": ""}, "empty_cell", "printed_number"),
    ("directions", {"direction_id": "商贸.1"}, "not_code", "direction_id"),
    ("directions", {"place": ""}, "empty_cell", "place"),
    ("landmarks", {"industry": "atlantis"}, "unknown_code", "industry"),
    ("landmarks", {"horizon": "2030"}, "unknown_code", "horizon"),
    ("landmarks", {"minimum": "2个"}, "not_number", "minimum"),
    ("landmarks", {"maximum": "many"}, "not_number", "maximum"),
    ("landmarks", {"measure": "profits"}, "unknown_code", "measure"),
    ("landmarks", {"restates": "profits"}, "unknown_code", "restates"),
    ("landmarks", {"named": "perhaps"}, "not_listed", "named"),
    ("landmarks", {"of_2025": "trade.2025.9"}, "unknown_code", "of_2025"),
    ("assessment", {"parent": "nothing"}, "unknown_parent", "parent"),
    ("assessment", {"points": "100分"}, "not_number", "points"),
    ("assessment", {"weight_pct": "15%"}, "not_number", "weight_pct"),
    ("assessment", {"industry": "atlantis"}, "unknown_code", "industry"),
    ("assessment", {"office": "nobody"}, "unknown_code", "office"),
    ("assessment", {"scoring": "guess"}, "not_listed", "scoring"),
    ("bodies", {"kind": "person"}, "not_listed", "kind"),
    ("bodies", {"industry": "atlantis"}, "unknown_code", "industry"),
    ("bodies", {"area": "atlantis"}, "unknown_code", "area"),
    ("bodies", {"role": ""}, "empty_cell", "role"),
    ("bodies", {"seats": "一"}, "not_number", "seats"),
    ("bodies", {"inferred": ""}, "empty_cell", "inferred"),
    ("notes", {"kind": "rumour"}, "not_listed", "kind"),
    ("notes", {"reading_en": ""}, "empty_cell", "reading_en"),
    ("notes", {"note_id": "横杠"}, "not_code", "note_id"),
    ("measures", {"context_for": "profits"}, "unknown_code", "context_for"),
    ("measures", {"role": "wish"}, "not_listed", "role"),
    ("measures", {"step": "0"}, "not_positive", "step"),
]


@pytest.mark.parametrize(("table", "change", "kind", "column"), WRONG)
def test_one_bad_cell_is_one_problem(tmp_path, tables, table, change, kind, column):
    tables[table][0] |= change
    assert find(write_plan(tmp_path / "p", tables)) == [(kind, f"{table}.csv", 2, column)]


@pytest.mark.parametrize("table", BEYOND)
def test_a_repeated_row(tmp_path, tables, table):
    tables[table].append(dict(tables[table][0]))
    key = next(iter(BEYOND[table]))
    assert find(write_plan(tmp_path / "p", tables)) == [("repeated_key", f"{table}.csv", 3, key)]


def test_a_department_that_is_no_body(tmp_path, tables):
    tables["industries"][1]["department"] = "nobody"
    assert find(write_plan(tmp_path / "p", tables)) == [
        ("unknown_code", "industries.csv", 3, "department")
    ]


def test_one_of_several_codes_in_a_cell_is_unknown(tmp_path, tables):
    tables["measures"].append({**tables["measures"][0], "code": "sales", "role": "context"})
    tables["measures"][1]["context_for"] = "projects;profits"
    problems = check_folder(write_plan(tmp_path / "p", tables))
    assert [(p.kind, p.row, p.found) for p in problems] == [("unknown_code", 3, "profits")]


def test_an_unknown_parent_of_a_measure(tmp_path, tables):
    tables["measures"][0] |= {"parent": "everything", "part": "within"}
    assert find(write_plan(tmp_path / "p", tables)) == [
        ("unknown_parent", "measures.csv", 2, "parent")
    ]


def test_a_part_of_a_measure_says_how_it_belongs(tmp_path, tables):
    part = {**tables["measures"][0], "code": "headquarters", "parent": "projects"}
    tables["measures"].append(part)
    assert find(write_plan(tmp_path / "p", tables)) == [("no_part", "measures.csv", 3, "part")]
    part["part"] = "within"
    assert find(write_plan(tmp_path / "q", tables)) == []


def test_measures_that_are_parts_of_each_other(tmp_path, tables):
    first = tables["measures"][0]
    first |= {"parent": "offices", "part": "member"}
    for code, parent in (("headquarters", "projects"), ("offices", "headquarters")):
        tables["measures"].append({**first, "code": code, "parent": parent})
    problems = check_folder(write_plan(tmp_path / "p", tables))
    assert [(p.kind, p.file, p.column) for p in problems] == [
        ("parent_cycle", "measures.csv", "parent")
    ]
    assert problems[0].found == "projects > offices > headquarters > projects"


def test_measures_need_no_root(tmp_path, tables):
    tables["measures"].append({**tables["measures"][0], "code": "sales"})
    assert find(write_plan(tmp_path / "p", tables)) == []


def test_problems_of_several_tables_come_at_once(tmp_path, tables):
    for table, column in (("directions", "industry"), ("landmarks", "horizon")):
        tables[table][0][column] = "unknown"
    tables["notes"][0]["kind"] = "rumour"
    found = find(write_plan(tmp_path / "p", tables))
    assert [(kind, file) for kind, file, *_ in found] == [
        ("unknown_code", "directions.csv"),
        ("unknown_code", "landmarks.csv"),
        ("not_listed", "notes.csv"),
    ]
