"""Bad plan folders: every problem at once, each with file, row, column, expected, remedy."""

from __future__ import annotations

import itertools
import json
import shutil

import pytest
from building import (
    AREAS,
    DAZHOU,
    HUZHOU,
    INDUSTRIES,
    TYPES,
    tables_that_add_up,
    write_plan,
)

from h1224lib import load_plan, wording
from h1224lib.errors import PlanError, UnknownNameError
from h1224lib.plan import check_folder

LEAVES = dict.fromkeys(itertools.product(AREAS, INDUSTRIES, TYPES), (1, 3))


@pytest.fixture
def tables():
    return tables_that_add_up(LEAVES)


def find(folder):
    """Check a folder, hold each problem to its form, and return (kind, file, row, column)."""
    problems = check_folder(folder)
    for problem in problems:
        for lang in wording.LANGUAGES:
            said = problem.say(lang)
            assert problem.file in said
            assert problem.expected(lang)
            assert problem.remedy(lang)
            assert "\n" not in said
    return [(p.kind, p.file, p.row, p.column) for p in problems]


def test_a_sound_folder_has_no_problem(tmp_path, tables):
    assert find(write_plan(tmp_path / "p", tables)) == []
    assert find(HUZHOU) == []
    assert find(DAZHOU) == []


def test_a_missing_table(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    (folder / "areas.csv").unlink()
    assert find(folder) == [("missing_table", "datapackage.json", None, "")]


def test_a_table_that_every_plan_needs_is_not_listed(tmp_path, tables):
    del tables["horizons"]
    assert find(write_plan(tmp_path / "p", tables)) == [
        ("table_not_listed", "datapackage.json", None, "")
    ]


def test_an_unknown_and_a_missing_column(tmp_path, tables):
    for row in tables["figures"]:
        row["vaule"] = row.pop("printed")
    assert find(write_plan(tmp_path / "p", tables)) == [
        ("missing_column", "figures.csv", 1, "printed"),
        ("unknown_column", "figures.csv", 1, "vaule"),
    ]


def test_a_column_that_the_plan_declares_is_welcome(tmp_path, tables):
    for row in tables["areas"]:
        row["seat"] = "x"
    folder = write_plan(tmp_path / "p", tables)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["name"] == "areas":
            resource["schema"] = {"fields": [{"name": "seat", "type": "string"}]}
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert find(folder) == []


def test_a_repeated_figure_id(tmp_path, tables):
    tables["figures"][4]["figure_id"] = tables["figures"][2]["figure_id"]
    assert find(write_plan(tmp_path / "p", tables)) == [
        ("repeated_key", "figures.csv", 6, "figure_id")
    ]


def test_unknown_area_and_parent(tmp_path, tables):
    tables["figures"][0]["area"] = "atlantis"
    tables["areas"][1]["parent"] = "mu"
    assert find(write_plan(tmp_path / "p", tables)) == [
        ("unknown_parent", "areas.csv", 3, "parent"),
        ("unknown_code", "figures.csv", 2, "area"),
    ]


def test_a_cycle_of_parents(tmp_path, tables):
    tables["areas"][1]["parent"] = "west"
    tables["areas"][2]["parent"] = "east"
    found = check_folder(write_plan(tmp_path / "p", tables))
    assert [p.kind for p in found] == ["parent_cycle"]
    assert found[0].found == "east > west > east"


def test_its_own_parent_no_root_and_two_roots(tmp_path, tables):
    tables["areas"][1]["parent"] = "east"
    tables["industries"][0]["code"] = "whole"
    for row in tables["industries"][1:]:
        row["parent"] = "whole"
    for row in tables["figures"]:
        row["industry"] = row["industry"].replace("all", "whole")
    tables["project_types"][1]["parent"] = ""
    assert sorted(k for k, *_ in find(write_plan(tmp_path / "p", tables))) == [
        "no_root",
        "parent_cycle",
        "second_root",
        "second_root",
    ]


def test_values_that_are_no_numbers(tmp_path, tables):
    rows = tables["figures"]
    for i, bad in enumerate(("十", "1,000", "nan", "1e999999", "1_0", " 3", "inf", "0x10")):
        rows[i]["value"] = bad
    kinds = [(k, row) for k, _, row, _ in find(write_plan(tmp_path / "p", tables))]
    # 1e999999 is a number, and too large for any measure.
    assert kinds == [
        ("not_number", 2),
        ("not_number", 3),
        ("not_number", 4),
        ("too_large", 5),
        ("not_number", 6),
        ("not_number", 7),
        ("not_number", 8),
        ("not_number", 9),
    ]


def test_values_that_contradict_what_is_printed(tmp_path, tables):
    rows = tables["figures"]
    rows[0]["printed"] = "-"
    rows[1]["value"] = ""
    rows[2]["value"] = "1.5"
    rows[3] |= {"relation": "range", "value_max": ""}
    rows[4]["relation"] = "about"
    assert [k for k, *_ in find(write_plan(tmp_path / "p", tables))] == [
        "value_beside_dash",
        "no_value",
        "off_step",
        "no_value_max",
        "not_listed",
    ]


def test_horizons_that_overlap_in_part_or_run_backward(tmp_path, tables):
    tables["horizons"][1] |= {"first_day": "2023-06-01", "last_day": "2025-12-31"}
    assert [k for k, *_ in find(write_plan(tmp_path / "a", tables))] == ["overlapping_horizons"]
    tables["horizons"][1] |= {"first_day": "2025-06-01", "last_day": "2024-12-31"}
    assert [k for k, *_ in find(write_plan(tmp_path / "b", tables))] == ["backward_horizon"]
    tables["horizons"][1] |= {"first_day": "2023-02-30"}
    assert "not_date" in [k for k, *_ in find(write_plan(tmp_path / "c", tables))]


def test_broken_utf8_names_the_row(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    text = (folder / "areas.csv").read_text(encoding="utf-8").replace("全部", "全市")
    (folder / "areas.csv").write_bytes(text.encode("gbk"))
    assert find(folder) == [("not_utf8", "areas.csv", 2, "")]


def test_a_byte_order_mark_and_windows_line_ends_are_welcome(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    text = (folder / "figures.csv").read_text(encoding="utf-8")
    raw = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    (folder / "figures.csv").write_bytes(raw)
    assert find(folder) == []


def test_ragged_rows_and_stray_quotes(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    with (folder / "areas.csv").open("a", encoding="utf-8") as file:
        file.write("north,北\n")
    assert find(folder) == [("ragged_row", "areas.csv", 6, "")]
    with (folder / "horizons.csv").open("a", encoding="utf-8") as file:
        file.write('x,"y\n')
    assert ("not_csv", "horizons.csv") in [(k, f) for k, f, *_ in find(folder)]


def test_a_datapackage_that_is_missing_broken_or_leads_outside(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    package = folder / "datapackage.json"
    package.write_text("{", encoding="utf-8")
    assert [k for k, *_ in find(folder)] == ["not_json"]
    package.write_text('{"title": "x", "resources": 3}', encoding="utf-8")
    assert [k for k, *_ in find(folder)] == ["no_resources"]
    outside = {"title": "x", "resources": [{"name": "areas", "path": "../areas.csv"}]}
    package.write_text(json.dumps(outside), encoding="utf-8")
    assert [k for k, *_ in find(folder)] == ["no_resources"]
    package.unlink()
    assert [k for k, *_ in find(folder)] == ["no_datapackage"]


def test_all_problems_come_at_once(tmp_path, tables):
    tables["figures"][0]["area"] = "atlantis"
    tables["figures"][1]["value"] = "many"
    tables["areas"][1]["parent"] = "mu"
    tables["horizons"][0]["last_day"] = "soon"
    folder = write_plan(tmp_path / "p", tables)
    with pytest.raises(PlanError) as refused:
        load_plan(folder)
    kinds = {p.kind for p in refused.value.problems}
    assert {"unknown_code", "not_number", "unknown_parent", "not_date"} <= kinds
    assert len(refused.value.say("en")) == 1 + len(refused.value.problems)


def test_a_dimension_without_a_table_must_be_all(tmp_path, tables):
    del tables["industries"]
    found = find(write_plan(tmp_path / "p", tables))
    assert {k for k, *_ in found} == {"dimension_without_table"}


def test_a_plan_lacks_a_dimension_and_works():
    plan = load_plan("dazhou-2019")
    assert plan.dimensions == ("area",)
    assert set(plan.figures["industry"]) == {"all"}
    assert plan.targets["value"].sum() == pytest.approx(600.1 + 110.5)


def test_unknown_plan_names_those_that_ship():
    with pytest.raises(UnknownNameError) as refused:
        load_plan("shanghai")
    assert "huzhou-1224" in str(refused.value)


def test_a_plan_is_loaded_from_a_path_with_spaces_and_chinese(tmp_path):
    folder = tmp_path / "湖州 方案"
    shutil.copytree(HUZHOU, folder)
    assert load_plan(folder).targets.query("measure == 'projects'")["value"].sum() == 1303


def test_an_amendment_holds_from_its_day(tmp_path, tables):
    row = tables["figures"][0]
    assert row["figure_id"] == "all.all.all.2023"
    for other in tables["figures"]:
        other["effective"] = ""
    later = row | {"figure_id": "amended", "value": "20", "printed": "20"}
    tables["figures"].append(later | {"effective": "2023-07-01", "place": "2024-7/1"})
    folder = write_plan(tmp_path / "p", tables)

    def city(as_of):
        cells = load_plan(folder, as_of=as_of).cells
        return cells.query("area == industry == project_type == 'all' and horizon == '2023'")

    assert city("2023-06-30")["value"].tolist() == [12]
    assert city("2023-07-01")["value"].tolist() == [20]
    assert city(None)["figure_id"].tolist() == ["amended"]
