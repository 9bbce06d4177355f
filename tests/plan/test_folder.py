"""Bad plan folders: every problem at once, each with file, row, column, expected, remedy."""

from __future__ import annotations

import copy
import itertools
import json
import shutil
import tempfile
from pathlib import Path

import hypothesis.strategies as st
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
from hypothesis import given, settings

from h1224lib import load_plan, wording
from h1224lib.errors import PlanError, UnknownNameError
from h1224lib.plan import check_folder
from h1224lib.plan.printed import is_printed

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
    for i, bad in enumerate(("十", "1,000", "nan", "1e400", "1_0", " 3", "inf", "0x10")):
        rows[i] |= {"value": bad, "printed": "x"}
    for i, bad in enumerate(("１２", "1e1000000", "9" * 401, "3 ", "٣", "1e3"), 8):
        rows[i] |= {"value": bad, "printed": "x"}
    kinds = [(k, row) for k, _, row, _ in find(write_plan(tmp_path / "p", tables))]
    assert kinds == [("not_number", row) for row in range(2, 16)]


def test_values_that_contradict_what_is_printed(tmp_path, tables):
    rows = tables["figures"]
    rows[0]["printed"] = "-"
    rows[1]["value"] = ""
    rows[2] |= {"value": "1.5", "printed": "1.5"}
    rows[3] |= {"relation": "range", "value_max": ""}
    rows[4]["relation"] = "about"
    assert [k for k, *_ in find(write_plan(tmp_path / "p", tables))] == [
        "value_beside_dash",
        "no_value",
        "off_step",
        "no_value_max",
        "not_listed",
    ]


def test_units_ranges_references_and_ratios_are_held_together(tmp_path, tables):
    rows = tables["figures"]
    rows[0]["unit"] = "万个"
    rows[1] |= {"relation": "range", "value": "5", "value_max": "4", "printed": "5～4"}
    rows[2]["relation"] = "reference"
    tables["measures"][0] |= {"numerator": "projects", "denominator": ""}
    assert find(write_plan(tmp_path / "p", tables)) == [
        ("other_unit", "figures.csv", 2, "unit"),
        ("value_max_below", "figures.csv", 3, "value_max"),
        ("value_of_reference", "figures.csv", 4, "value"),
        ("half_ratio", "measures.csv", 2, "denominator"),
    ]


def test_two_horizons_of_the_same_days(tmp_path, tables):
    tables["horizons"][1] |= {"first_day": "2023-01-01", "last_day": "2023-12-31"}
    assert find(write_plan(tmp_path / "p", tables)) == [("same_horizon", "horizons.csv", 3, "code")]


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


def test_a_file_in_gbk_is_one_problem_and_the_rest_of_it_is_checked(tmp_path, tables):
    tables["figures"][3]["area"] = "atlantis"
    tables["figures"][4]["value"] = "-1"
    folder = write_plan(tmp_path / "p", tables)
    for name in ("measures.csv", "figures.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_bytes(text.encode("gbk"))
    assert find(folder) == [
        ("not_utf8", "figures.csv", 2, ""),
        ("unknown_code", "figures.csv", 5, "area"),
        ("printed_differs", "figures.csv", 6, "printed"),
        ("negative", "figures.csv", 6, "value"),
        ("not_utf8", "measures.csv", 2, ""),
    ]


def test_the_row_of_a_broken_byte_after_a_byte_order_mark(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    lines = (folder / "areas.csv").read_bytes().split(b"\n")
    lines[2] += b"\xff"
    (folder / "areas.csv").write_bytes(b"\xef\xbb\xbf" + b"\n".join(lines))
    assert find(folder) == [("not_utf8", "areas.csv", 3, "")]
    (folder / "areas.csv").write_text("code,zh\n", encoding="utf-16")
    assert find(folder) == [("not_utf8", "areas.csv", 1, "")]


def test_the_known_columns_are_checked_beside_unknown_repeated_and_missing_ones(tmp_path, tables):
    tables["figures"][0] |= {"value": "many"}
    tables["areas"][1]["parent"] = "mu"
    for row in tables["areas"]:
        row["seat"] = "x"
    for row in tables["horizons"]:
        del row["first_day"]
    tables["horizons"][0]["last_day"] = "soon"
    folder = write_plan(tmp_path / "p", tables)
    text = (folder / "figures.csv").read_text(encoding="utf-8").splitlines()
    (folder / "figures.csv").write_text("".join(f"{line},place\n" for line in text), "utf-8")
    assert find(folder) == [
        ("unknown_column", "areas.csv", 1, "seat"),
        ("unknown_parent", "areas.csv", 3, "parent"),
        ("repeated_column", "figures.csv", 1, "place"),
        ("not_number", "figures.csv", 2, "value"),
        ("missing_column", "horizons.csv", 1, "first_day"),
        ("not_date", "horizons.csv", 2, "last_day"),
    ]


@pytest.mark.parametrize("table", ["measures", "areas", "horizons", "figures"])
def test_any_one_column_may_be_missing(tmp_path, tables, table):
    for column in list(tables[table][0]):
        fewer = tables | {
            table: [{k: v for k, v in r.items() if k != column} for r in tables[table]]
        }
        found = find(write_plan(tmp_path / column, fewer))
        optional = column in ("part", "parent", "value", "value_max", "industry", "project_type")
        assert optional or found == [("missing_column", f"{table}.csv", 1, column)]


def test_signs_sizes_and_steps_of_both_ends_of_a_range(tmp_path, tables):
    tables["measures"][0]["step"] = "0.1"
    rows = tables["figures"]
    rows[0] |= {"value": "-5", "printed": "-5"}
    rows[1] |= {"relation": "range", "value": "1", "value_max": "2.05", "printed": "1～2.05"}
    rows[2] |= {"relation": "range", "value": "1", "value_max": "9" * 400, "printed": "1～很多"}
    rows[3] |= {"value": "9007199254740992", "printed": "9007199254740992"}
    assert find(write_plan(tmp_path / "a", tables)) == [
        ("negative", "figures.csv", 2, "value"),
        ("off_step", "figures.csv", 3, "value_max"),
        ("printed_differs", "figures.csv", 4, "printed"),
        ("too_large", "figures.csv", 4, "value_max"),
        ("too_large", "figures.csv", 5, "value"),
    ]
    for row in rows[1:4]:
        row |= {"relation": "=", "value": "1", "value_max": "", "printed": "1"}
    tables["measures"][0]["kind"] = "rate"
    assert find(write_plan(tmp_path / "b", tables)) == []
    tables["measures"][0]["step"] = "1e-400"
    assert find(write_plan(tmp_path / "c", tables)) == [("not_positive", "measures.csv", 2, "step")]


@pytest.mark.parametrize(
    ("amount", "printed"),
    [
        ("136", "136"),
        ("8", "8.0%"),
        ("20", "（20项）以上"),
        ("10", "达到…10"),
        ("10", "到2025年均为10"),
        ("1234.5", "1,234.5"),
        ("1234567", "1 234 567"),
        ("12", "１２家"),
        ("-3.5", "下降3.5%"),
        ("2", "2～3"),
        ("19000", "1.9亿元以上"),
        ("1.6", "1.6 亿吨"),
        ("16000", "1.6 亿吨"),
        ("0.5", "5‰"),
        ("30", "二十至三十"),
        ("0", "0.00"),
    ],
)
def test_what_is_printed_may_be_the_value(amount, printed):
    assert is_printed(amount, printed)


@pytest.mark.parametrize(
    ("amount", "printed"),
    [("136", "99999"), ("136", "13.6"), ("136", "1.9亿元"), ("13", "136"), ("0", "1.9亿元")],
)
def test_what_is_printed_is_another_number(tmp_path, tables, amount, printed):
    assert not is_printed(amount, printed)
    tables["figures"][0] |= {"value": amount, "printed": printed}
    kinds = find(write_plan(tmp_path / "p", tables))
    assert kinds == [("printed_differs", "figures.csv", 2, "printed")]


ODD = st.one_of(
    st.text(max_size=8),
    st.text("0123456789+-.eE,_ ~～万亿%１٣", max_size=10),
    st.floats().map(str),
    st.integers(-(10**30), 10**30).map(str),
    st.dates().map(str),
    st.sampled_from(
        [
            *("", "-", "0", "all", "east", "projects", "range", "reference", "rate", "within"),
            *("1e400", "1e1000000", "-1e999", "1e-999", "9" * 5000, "0000-01-01", "\0", "\ufffd"),
        ]
    ),
)
SMALL = tables_that_add_up({("east", "trade", "heavy"): (1, 3), ("west", "tours", "light"): (2, 4)})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_cell_makes_the_reading_fall_over(data):
    tables = copy.deepcopy(SMALL)
    for _ in range(data.draw(st.integers(1, 6), label="cells")):
        rows = tables[data.draw(st.sampled_from(sorted(tables)), label="table")]
        row = rows[data.draw(st.integers(0, min(len(rows), 6) - 1), label="row")]
        row[data.draw(st.sampled_from(sorted(row)), label="column")] = data.draw(ODD, label="cell")
    with tempfile.TemporaryDirectory() as folder:
        plan = write_plan(Path(folder) / "p", tables)
        problems = check_folder(plan)
        said = [problem.say(lang) for problem in problems for lang in wording.LANGUAGES]
        assert all(said)
        try:
            loaded = load_plan(plan)
        except PlanError as refused:
            assert [p.kind for p in refused.problems] == [p.kind for p in problems]
        else:
            assert problems == []
            assert len(loaded.cells) <= len(tables["figures"])


def test_a_datapackage_may_be_as_odd_as_it_likes(tmp_path, tables):
    folder = write_plan(tmp_path / "p", tables)
    package = folder / "datapackage.json"
    sound = json.loads(package.read_text(encoding="utf-8"))
    for schema in (None, [], {"fields": None}, {"fields": [3]}):
        sound["resources"][0]["schema"] = schema
        package.write_text(json.dumps(sound), encoding="utf-8")
        assert find(folder) == []
    sound["resources"][0]["path"] = "a\0.csv"
    package.write_text(json.dumps(sound), encoding="utf-8")
    assert [k for k, *_ in find(folder)] == ["no_resources"]
    for text in ("[" * 100_000, '{"title": ' + "9" * 5000 + "}"):
        package.write_text(text, encoding="utf-8")
        assert [k for k, *_ in find(folder)] == ["not_json"]


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
