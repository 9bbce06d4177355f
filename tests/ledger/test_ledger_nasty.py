"""Ledgers as nasty as offices make them: nothing guessed, and every row is accounted for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
from books import HEADERS, TITLE, varied

from h1224lib import load_plan
from h1224lib.ledger import Ledger, read_ledger

PLAN = load_plan()
NUMBERED = ["序号", *HEADERS, "备注"]


def row(number, **changes):
    return [number, *varied(c0=f"P{number}", c1=f"项目{number}", **changes), ""]


def read(path: Path, *rows, merged=(), name="台账") -> Ledger:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for cells in rows:
        sheet.append([None if cell == "" else cell for cell in cells])
    for area in merged:
        sheet.merge_cells(area)
    book.save(path / "台账.xlsx")
    ledger = read_ledger(path / "台账.xlsx", PLAN)
    assert ledger.counts["rows"] == sum(n for k, n in ledger.counts.items() if k != "rows")
    assert ledger.counts["rows"] == len(rows)
    return ledger


def counts(ledger: Ledger) -> dict[str, int]:
    return {kind: n for kind, n in ledger.counts.items() if n and kind != "rows"}


def test_above_scale_and_above_scale_date_are_two_columns(tmp_path):
    headers = ["project_id", "name", "area", "industry", "project_type", "investment_yi"]
    headers += ["signed", "above_scale", "above_scale_date"]
    days = [dt.date(2024, 1, 5), dt.date(2024, 3, 5), dt.date(2024, 4, 5)]
    ledger = read(tmp_path, headers, [*varied(c4="营收类")[:6], *days])
    assert ledger.passed
    found = ledger.projects[["above_scale", "above_scale_date"]].to_numpy().tolist()
    assert found == [[pd.Timestamp(day) for day in days[1:]]]


def test_subtotals_in_words_and_headings_with_numbers(tmp_path):
    ledger = read(
        tmp_path,
        [TITLE],
        NUMBERED,
        ["一", "", "德清县", "", "", "", 6.4],
        row(1),
        row(2),
        ["小计", "", "2个", "", "", "", 6.4, "其中：开工1个", "数据来自统计"],
        ["（二）重点项目"],
        row(3),
        ["总计", "", "3个", "", "", "", "9.6亿元", "", "不含退出"],
        ["续表"],
        ["制表：甲", "", "审核：乙", "", "", "", "", "日期：2024年7月1日"],
    )
    assert counts(ledger) == {
        "projects": 3, "title": 1, "header": 1, "total": 2, "section": 2, "remark": 2,
    }  # fmt: skip
    assert ledger.passed


def test_what_is_left_of_a_project_is_neither_heading_nor_total(tmp_path):
    ledger = read(
        tmp_path,
        NUMBERED,
        row(1),
        [2, "", "", "德清县", "", "", 5],
        [3, "P3", "德清县", "", "", "", 5],
        [4, 77, "德清县", "", "", "", 5],
        [5, "P5", "商业综合体合计", "德清县", "物流业", "固投类", 5, dt.date(2024, 3, 1)],
        ["", "", "没有填完的项目"],
    )
    assert counts(ledger) == {"projects": 2, "rejected": 4, "header": 1}
    assert ledger.rejected["row"].tolist() == [3, 4, 5, 7]


def test_a_second_table_on_the_sheet_is_read_by_its_own_header(tmp_path):
    other = [
        "序号",
        "项目编号",
        "项目名称",
        "签约日期",
        "设立日期",
        "区县",
        "行业",
        "类别",
        "总投资（万元）",
    ]
    days = [dt.date(2024, 2, 1), dt.date(2024, 2, 5)]
    ledger = read(
        tmp_path,
        [TITLE],
        [*NUMBERED[:-1], "开工日期"],
        [*row(1)[:-1], dt.date(2024, 4, 1)],
        [],
        ["二、营收类"],
        other,
        [1, "Y1", "丙", *days, "吴兴区", "文旅", "营收类", 800],
        ["合计", "", "", "", "", "", "", "", 800],
    )
    assert counts(ledger) == {"projects": 2, "title": 3, "header": 2, "total": 1}
    assert ledger.passed
    projects = ledger.projects.set_index("project_id")
    assert projects.loc["Y1", ["sheet", "row", "investment"]].tolist() == ["台账", 7, 0.08]
    assert projects.loc["Y1", ["signed", "registered"]].tolist() == [*map(pd.Timestamp, days)]
    assert pd.isna(projects.loc["Y1", "started"])
    assert [p.row for p in ledger.problems if p.kind == "ledger_other_header"] == [6]
    assert "ledger_no_vintage" not in {p.kind for p in ledger.problems}


def test_a_header_repeated_on_every_page_is_no_other_table(tmp_path):
    ledger = read(tmp_path, [TITLE], NUMBERED, row(1), NUMBERED, row(2), NUMBERED, row(3))
    assert counts(ledger) == {"projects": 3, "title": 1, "header": 3}
    assert "ledger_other_header" not in {p.kind for p in ledger.problems}


def test_headers_of_three_levels(tmp_path):
    ledger = read(
        tmp_path,
        [TITLE],
        ["项目基本情况", "", "", "", "", "投资情况", "", "时间节点"],
        [
            "项目编号",
            "项目名称",
            "所属区县",
            "所属行业",
            "项目类别",
            "总投资",
            "已完成投资",
            "签约",
        ],
        ["", "", "", "", "", "（亿元）", "（亿元）", "（年/月/日）"],
        [*varied()[:6], 0.5, "2024/3/12 9:30"],
        merged=["A1:H1", "A2:E2", "F2:G2", *[f"{c}3:{c}4" for c in "ABCDE"]],
    )
    assert ledger.projects[["investment", "signed"]].to_numpy().tolist() == [
        [3.2, pd.Timestamp("2024-03-12")]
    ]


def test_identifiers_of_every_kind(tmp_path):
    said = [
        "HZ\n001",
        "ＨＺ００１",
        "12345678901234567890",
        "00123",
        12345678901234567890,
        "1.2E+19",
    ]
    ledger = read(tmp_path, NUMBERED, *(row(n, c5=n + 1) for n in range(6)))
    book = openpyxl.load_workbook(tmp_path / "台账.xlsx")
    for number, value in enumerate(said, 2):
        book.active.cell(number, 2, value)
    book.save(tmp_path / "b.xlsx")
    ledger = read_ledger(tmp_path / "b.xlsx", PLAN)
    ids = ["HZ001", "ＨＺ００１", "12345678901234567890", "00123"]
    assert ledger.projects["project_id"].tolist() == ids
    assert [p.row for p in ledger.problems if p.kind == "ledger_id_spaces"] == [2]
    assert ledger.counts["rejected"] == 2


def test_formulas_without_a_stored_value_and_durations(tmp_path):
    rows = [row(1), row(2), row(3, c6=dt.timedelta(days=2)), row(4, c6=dt.time(9, 30)), row(5)]
    rows[0][6], rows[1][7] = "=1+2", "=TODAY()"
    ledger = read(tmp_path, NUMBERED, *rows)
    assert ledger.projects["project_id"].tolist() == ["P5"]
    kinds = {p.row: p.kind for p in ledger.problems if p.severity == "error"}
    assert kinds == {
        2: "ledger_formula_empty", 3: "ledger_formula_empty",
        4: "ledger_date_far", 5: "ledger_date_far",
    }  # fmt: skip


def test_a_text_file_in_gbk_with_texts_that_excel_was_kept_from_turning(tmp_path):
    lines = ["2024年台账（截至2024年6月30日）", ",".join(HEADERS)]
    lines.append('"=""00123""",虚构甲,德清县,物流业,固投类,"5,000万元",2024/3/12 9:30')
    lines.append("小计,,,,,合计0.5亿元,")
    (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode("gbk"))
    ledger = read_ledger(tmp_path / "a.csv", PLAN)
    assert ledger.projects[["project_id", "investment", "signed"]].to_numpy().tolist() == [
        ["00123", 0.5, pd.Timestamp("2024-03-12")]
    ]
    assert counts(ledger) == {"projects": 1, "title": 1, "header": 1, "total": 1}


def test_merged_areas_amounts_and_subtotals_across(tmp_path):
    rows = [row(1, c2="安吉县"), row(2, c2=""), row(3, c2=""), row(4)]
    rows[1][6] = ""
    ledger = read(
        tmp_path, NUMBERED, *rows, ["德清县小计（2个）", "", "", "", "", "", 9],
        merged=["D2:D4", "G2:G3", "A6:F6"],
    )  # fmt: skip
    assert ledger.projects["area"].tolist() == ["anji", "deqing"]
    assert [p.row for p in ledger.problems if p.kind == "ledger_merged"] == [2, 3]
    assert counts(ledger) == {"projects": 2, "rejected": 2, "header": 1, "total": 1}
