"""Rows that are no projects, and what they say of those below: nothing guessed or lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from books import HEADERS, varied, write_book

from h1224lib import load_plan
from h1224lib.ledger import Ledger, read_ledger

PLAN = load_plan()
# No column says the area; 序号 is the first.
LONG = ["序号", "项目编号", "项目名称", "行业", "类别", "总投资（亿元）", "签约日期"]
BARE = ["项目编号", "项目名称", "行业", "总投资（亿元）", "签约日期"]


def row(number: int) -> list[object]:
    return [number, f"P{number}", f"项目{number}", "文旅", "营收类", number, "2023-05-06"]


def bare(number: int) -> list[object]:
    return [f"P{number}", f"项目{number}", "文旅", number, "2023-05-06"]


def read(folder: Path, *rows, **sheets) -> Ledger:
    """Read a workbook; each of its rows must be accounted for."""
    books = {"台账": rows, **sheets} if rows else sheets
    path = write_book(folder / "台账.xlsx", books)
    return summed(read_ledger(path, PLAN), sum(map(len, books.values())))


def summed(ledger: Ledger, rows: int) -> Ledger:
    parts = {kind: count for kind, count in ledger.counts.items() if kind != "rows"}
    assert ledger.counts["rows"] == sum(parts.values()) == rows
    assert ledger.counts["rejected"] == len(ledger.rejected)
    return ledger


def told(ledger: Ledger, kind: str) -> list[object]:
    found = [problem for problem in ledger.problems if problem.kind == kind]
    assert all(problem.say(lang) for problem in found for lang in ("zh", "en"))
    return found


def errors(ledger: Ledger) -> list[tuple[str, int, str]]:
    return [(p.kind, p.row, p.found) for p in ledger.problems if p.severity == "error"]


def areas(ledger: Ledger) -> dict[str, str]:
    return ledger.projects.set_index("project_id")["area"].astype(str).to_dict()


# A2: formulas without a stored value


def test_rows_of_formulas_without_a_value_are_rejected_and_not_taken_for_headers(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADERS)
    for number in (2, 3):
        sheet.append([f"=明细!{letter}{number}" for letter in "ABCDEFG"])
    sheet.append(varied())
    book.save(tmp_path / "a.xlsx")
    ledger = summed(read_ledger(tmp_path / "a.xlsx", PLAN), 4)
    assert ledger.counts["projects"] == 1
    assert (ledger.counts["rejected"], ledger.counts["header"]) == (2, 1)
    assert [p.row for p in told(ledger, "ledger_formula_empty")] == [2] * 7 + [3] * 7


def test_an_area_beside_formulas_without_a_value_is_no_heading(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADERS)
    sheet.append(["=A9", "=B9", "吴兴区", None, None, None, None])
    sheet.append(varied(c2="德清县"))
    book.save(tmp_path / "a.xlsx")
    ledger = summed(read_ledger(tmp_path / "a.xlsx", PLAN), 3)
    assert (ledger.counts["rejected"], ledger.counts["section"]) == (1, 0)
    assert not told(ledger, "ledger_not_heading")


def test_a_running_number_that_a_formula_computes_fills_no_row(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["序号", *HEADERS])
    sheet.append(["=ROW()-1", *varied()])
    sheet.append(["=ROW()-1", *[None] * 7])
    book.save(tmp_path / "a.xlsx")
    ledger = summed(read_ledger(tmp_path / "a.xlsx", PLAN), 3)
    assert (ledger.counts["projects"], ledger.counts["blank"], ledger.counts["header"]) == (1, 1, 1)


# A3: headings that are not understood


def test_a_heading_that_is_not_understood_ends_the_section_before_it(tmp_path):
    ledger = read(
        tmp_path,
        ["2023年台账"],
        LONG,
        ["一、吴兴区（2个）"],
        row(1),
        row(2),
        ["二、南浔区"],
        row(3),
        ["三、市本级"],
        row(4),
        ["四、德清县（1个，总投资5亿元）"],
        row(5),
        ["五、南区"],
        row(6),
    )
    assert areas(ledger) == {"P1": "wuxing", "P2": "wuxing", "P3": "nanxun", "P5": "deqing"}
    assert ledger.counts["section"] == 5
    assert errors(ledger) == [
        ("ledger_heading_ambiguous", 8, "三、市本级"),
        ("ledger_heading_unknown", 12, "五、南区"),
        ("ledger_blank", 9, ""),
        ("ledger_blank", 13, ""),
    ]
    [unknown] = told(ledger, "ledger_heading_unknown")
    assert unknown.numbers["nearest"][0].zh == "南浔区"
    assert (unknown.numbers["count"], unknown.file) == (1, "[台账.xlsx]台账")
    assert told(ledger, "ledger_heading_ambiguous")[0].numbers["nearest"]


@pytest.mark.parametrize("heading", ["市本级", "三、市直（4个）", "全市", "（二）市级"])
def test_a_heading_without_a_column_of_numbers_is_one_too(tmp_path, heading):
    ledger = read(tmp_path, LONG[1:], ["吴兴区"], row(1)[1:], [heading], row(2)[1:])
    assert areas(ledger) == {"P1": "wuxing"}
    assert errors(ledger) == [("ledger_heading_ambiguous", 4, heading), ("ledger_blank", 5, "")]


@pytest.mark.parametrize("heading", ["其他", "五、其他", "其他（1个）"])
def test_an_unknown_text_where_headings_stand_ends_the_section(tmp_path, heading):
    ledger = read(tmp_path, LONG[1:], ["一、吴兴区"], row(1)[1:], [heading], row(2)[1:])
    assert areas(ledger) == {"P1": "wuxing"}
    assert errors(ledger) == [("ledger_heading_unknown", 4, heading), ("ledger_blank", 5, "")]


def test_where_cells_say_all_an_unknown_heading_is_a_warning(tmp_path):
    ledger = read(tmp_path, HEADERS, ["一、续建项目"], varied(), ["二、市本级"], varied(c0="2"))
    assert ledger.passed
    assert ledger.counts["projects"] == 2
    assert [(p.row, p.severity) for p in told(ledger, "ledger_heading_unused")] == [
        (2, "warning"),
        (4, "warning"),
    ]


def test_an_unknown_heading_of_a_lower_level_leaves_the_area_standing(tmp_path):
    ledger = read(
        tmp_path, LONG, ["一、吴兴区"], ["（一）续建项目"], row(1), ["二、德清县"], row(2)
    )
    assert areas(ledger) == {"P1": "wuxing", "P2": "deqing"}
    assert ledger.passed


def test_an_unfinished_project_is_no_heading(tmp_path):
    ledger = read(tmp_path, LONG, ["一、吴兴区"], row(1), ["", "", "没填完的"], row(2), ["", "P9"])
    assert areas(ledger) == {"P1": "wuxing", "P2": "wuxing"}
    assert ledger.counts["rejected"] == 2


# A4: levels


def test_a_higher_heading_resets_those_below_it(tmp_path):
    ledger = read(
        tmp_path,
        BARE,
        ["一、德清县"],
        ["固投类"],
        bare(1),
        ["营收类"],
        bare(2),
        ["二、安吉县"],
        bare(3),
        ["（一）固投类"],
        bare(4),
    )
    found = ledger.projects[["project_id", "area", "project_type"]].astype(str).to_numpy().tolist()
    assert found == [
        ["P1", "deqing", "fixed_asset"],
        ["P2", "deqing", "revenue"],
        ["P4", "anji", "fixed_asset"],
    ]
    assert errors(ledger) == [("ledger_blank", 8, "")]


def test_types_above_areas_reset_the_areas(tmp_path):
    ledger = read(
        tmp_path, BARE, ["固投类"], ["吴兴区"], bare(1), ["营收类"], bare(2), ["德清县"], bare(3)
    )
    assert areas(ledger) == {"P1": "wuxing", "P3": "deqing"}
    assert errors(ledger) == [("ledger_blank", 6, "")]


# A5: headings, the sheet's name and the cell against one another


def test_a_heading_against_the_sheets_name_is_not_decided(tmp_path):
    sheet = [LONG, row(1), ["二、南浔区"], row(2), ["三、吴兴区"], row(3)]
    ledger = read(tmp_path, 吴兴区=sheet)
    assert areas(ledger) == {"P1": "wuxing", "P3": "wuxing"}
    assert errors(ledger) == [("ledger_heading_not_sheets", 4, "二、南浔区")]


def test_a_platform_below_the_sheet_of_the_area_around_it(tmp_path):
    ledger = read(tmp_path, 南太湖新区=[LONG, row(1), ["未来城"], row(2)])
    assert areas(ledger) == {"P1": "nantaihu", "P2": "nantaihu"}
    assert ledger.projects["platform"].isna().tolist() == [True, False]
    assert ledger.passed


def test_a_cell_against_its_heading_is_taken_and_told(tmp_path):
    ledger = read(tmp_path, HEADERS, ["一、德清县"], varied(), varied(c0="2", c2="吴兴区"))
    assert areas(ledger) == {"HZ001": "deqing", "2": "wuxing"}
    [problem] = told(ledger, "ledger_not_heading")
    assert (problem.row, problem.column, problem.severity) == (4, "区县", "warning")
    assert (problem.found, problem.numbers["heading"]) == ("吴兴区", "一、德清县")
    assert "单元格" in problem.say("zh")


def test_a_cell_against_the_sheets_name_whatever_it_names(tmp_path):
    ledger = read(tmp_path, 金融业项目台账=[HEADERS, varied(c3="文旅", c4="营收类")])
    assert ledger.projects["industry"].tolist() == ["tourism"]
    assert [p.column for p in told(ledger, "ledger_area_not_sheets")] == ["行业"]


# A6: several tables on one sheet


def test_each_table_of_a_sheet_is_read_by_its_own_header(tmp_path):
    start = ["项目编号", "项目名称", "区县", "行业", "类别"]
    land = ["吴兴区", "文旅", "固投类"]
    ledger = read(
        tmp_path,
        [*start, "总投资（亿元）", "签约日期", "落地日期", "开工日期"],
        ["A", "甲", *land, 1, "2023-05-06", "2023-06-06", "2023-07-06"],
        [*start, "总投资（亿元）", "落地日期", "签约日期", "开工日期"],
        ["B", "乙", *land, 1, "2023-06-06", "2023-05-06"],
        [*start, "总投资（万元）", "签约日期", "设立日期", "运营日期"],
        ["C", "丙", "吴兴区", "文旅", "营收类", 500, "2023-05-06", "2023-06-06", "2023-07-06"],
    )
    projects = ledger.projects.set_index("project_id")
    stages = ["signed", "landed", "started", "registered", "operating"]
    days = {
        "A": ["2023-05-06", "2023-06-06", "2023-07-06", "NaT", "NaT"],
        "B": ["2023-05-06", "2023-06-06", "NaT", "NaT", "NaT"],
        "C": ["2023-05-06", "NaT", "NaT", "2023-06-06", "2023-07-06"],
    }
    for project, expected in days.items():
        assert [str(day)[:10] for day in projects.loc[project, stages]] == expected
    assert projects["investment"].tolist() == [1, 1, 0.05]
    assert [p.row for p in told(ledger, "ledger_other_header")] == [3, 5]


def test_a_later_header_may_change_nothing_but_the_unit(tmp_path):
    wan = [*HEADERS[:5], "总投资（万元）", "签约日期"]
    ledger = read(tmp_path, HEADERS, varied(), wan, varied(c0="2", c5=500), wan, varied(c0="3"))
    assert ledger.projects["investment"].tolist() == [3.2, 0.05, 0.00032]
    assert ledger.counts["header"] == 3
    assert [p.row for p in told(ledger, "ledger_other_header")] == [3]


def test_titles_of_a_later_table_name_its_rows(tmp_path):
    other = ["项目编号", "项目名称", "行业", "签约日期", "总投资（亿元）"]
    ledger = read(
        tmp_path,
        ["吴兴区"],
        ["一、固投类项目台账"],
        BARE,
        bare(1),
        [],
        ["二、营收类项目台账（1个）"],
        other,
        ["P2", "项目2", "文旅", "2023-05-06", 2],
        ["三、其他"],
        BARE,
        bare(3),
    )
    found = ledger.projects[["project_id", "area", "project_type"]].astype(str).to_numpy().tolist()
    assert found == [["P1", "wuxing", "fixed_asset"], ["P2", "wuxing", "revenue"]]
    assert ledger.counts["rejected"] == 1
    assert [p.found for p in told(ledger, "ledger_other_header")] == [
        "二、营收类项目台账（1个）",
        "三、其他",
    ]


# A9: sheets that are named as if they explained the others


@pytest.mark.parametrize("name", ["说明", "字典", "填报说明"])
def test_projects_on_a_sheet_of_notes_are_read_and_told(tmp_path, name):
    sheets = {"台账": [HEADERS, varied()], name: [HEADERS, varied(c0="2", c1="乙")]}
    ledger = read(tmp_path, **sheets)
    assert ledger.projects["sheet"].tolist() == ["台账", name]
    [problem] = told(ledger, "ledger_notes_read")
    assert (problem.severity, problem.numbers["rows"]) == ("warning", 1)


def test_a_sheet_that_explains_the_columns_is_left_alone(tmp_path):
    notes = [["名称", "类型", "说明"], ["项目编号", "文本", "必填"], ["总投资", "金额", "亿元"]]
    path = write_book(tmp_path / "a.xlsx", {"台账": [HEADERS, varied()], "说明": notes})
    ledger = summed(read_ledger(path, PLAN), 2)
    assert ledger.counts["projects"] == 1
    assert not told(ledger, "ledger_notes_read")


# B15: rows that are no projects


def test_rows_that_number_columns_add_up_or_head_are_no_projects(tmp_path):
    headers = [*LONG[:3], "区县", *LONG[3:]]
    project = [1, "A", "甲", "吴兴区", "文旅", "营收类", 5, "2023-05-06"]
    ledger = read(
        tmp_path,
        headers,
        ["甲", "乙", 1, 2, 3, 4, 5, 6],
        project,
        ["合计", "共1个项目", "", "其中固投类0个", "营收类1个", "注：不含退出", 5],
        ["其中：吴兴区", 1, "", "", "", "", 5],
        ["其中：德清县", 0, "", "", "", "", 0],
        headers,
        [1, 2, 3, 4, 5, 6, 7, 8],
        ["二、营收类项目台账"],
        [2, "B", "乙", *project[3:]],
        ["注：1.本表按季报送"],
    )
    assert ledger.passed
    assert areas(ledger) == {"A": "wuxing", "B": "wuxing"}
    counts = {kind: count for kind, count in ledger.counts.items() if count}
    assert counts == {
        "rows": 11, "projects": 2, "header": 4, "total": 3, "section": 1, "remark": 1,
    }  # fmt: skip


def test_projects_that_look_a_little_like_those_rows_stay_projects(tmp_path):
    ledger = read(
        tmp_path,
        HEADERS,
        varied(c0="1", c1="2"),
        varied(c0="A", c1="会计总部合计平台"),
        varied(c0="B", c1="其中一个项目"),
        varied(c0="C", c1="五、其他"),
    )
    assert ledger.counts["projects"] == 4


def test_of_which_without_a_total_above_is_a_heading(tmp_path):
    ledger = read(tmp_path, LONG, ["其中：吴兴区"], row(1), ["小计", "", "", "", "", 1], row(2))
    assert areas(ledger) == {"P1": "wuxing", "P2": "wuxing"}


def test_headings_of_a_parquet_file_are_judged_alike(tmp_path):
    cells = [["一、吴兴区"], row(1)[1:], ["二、市本级"], row(2)[1:], ["合计", "", "", "", 3]]
    frame = pd.DataFrame([[*map(str, r), *[None] * (6 - len(r))] for r in cells], columns=LONG[1:])
    frame.replace("", None).to_parquet(tmp_path / "a.parquet")
    ledger = summed(read_ledger(tmp_path / "a.parquet", PLAN), 5)
    assert areas(ledger) == {"P1": "wuxing"}
    assert errors(ledger) == [
        ("ledger_heading_ambiguous", 3, "二、市本级"),
        ("ledger_blank", 4, ""),
    ]
