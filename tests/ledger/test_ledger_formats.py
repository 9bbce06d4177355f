"""Every format gives the same ledger; what a file is, its content tells."""

from __future__ import annotations

import codecs
import datetime as dt
import io
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
import xlwt
from books import HEADERS, TITLE, rows_of, varied, write_book

from h1224lib import load_plan
from h1224lib.ledger import Ledger, read_ledger

PLAN = load_plan()
ROWS = rows_of(
    varied(c0="00123"),
    varied(c0="12345678901234567890", c1="虚构，带逗号", c5="5,000万元", c6="2024年5月"),
    ["合计", "", "", "", "", 3.7, ""],
    [],
    varied(c0="X", c2="南区"),
)


def judge(ledger: Ledger, row: int) -> None:
    projects = ledger.projects
    assert projects["project_id"].tolist() == ["00123", "12345678901234567890"]
    assert projects["name"].tolist() == ["虚构云仓", "虚构，带逗号"]
    assert projects["area"].tolist() == ["deqing", "deqing"]
    assert projects["investment"].tolist() == [3.2, 0.5]
    assert projects["signed"].tolist() == [pd.Timestamp("2024-03-01"), pd.Timestamp("2024-05-31")]
    assert projects["row"].tolist() == [row, row + 1]
    errors = [(p.kind, p.row) for p in ledger.problems if p.severity == "error"]
    assert errors == [("ledger_unknown_name", row + 4)]
    assert ledger.settings.vintage == dt.date(2024, 6, 30)


def write_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            if value != "":
                style = day if isinstance(value, dt.date) else xlwt.Style.default_style
                sheet.write(r, c, value, style)
    book.save(str(path))
    return path


def as_text(delimiter: str = ",") -> str:
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(ROWS)
    return out.getvalue()


@pytest.mark.parametrize("suffix", [".xlsx", ".et", ".xls"])
def test_a_workbook_whatever_its_suffix(tmp_path, suffix):
    judge(read_ledger(write_book(tmp_path / f"台账{suffix}", {"台账": ROWS}), PLAN), 3)


@pytest.mark.parametrize("suffix", [".xls", ".et", ".xlsx"])
def test_an_old_workbook_whatever_its_suffix(tmp_path, suffix):
    judge(read_ledger(write_xls(tmp_path / f"台账{suffix}"), PLAN), 3)


def test_an_old_workbook_with_merged_cells_and_errors(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    sheet.write_merge(0, 0, 0, 6, TITLE)
    rows = [HEADERS, varied(c0="1"), varied(c0="2", c1="乙")]
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row):
            if (r, c) not in ((2, 2), (3, 2), (3, 5)):
                text = value.isoformat() if isinstance(value, dt.date) else value
                sheet.write(r, c, text)
    sheet.write_merge(2, 3, 2, 2, "安吉县")
    sheet.row(3).set_cell_error(5, 0x2A)
    book.save(str(tmp_path / "a.xls"))
    ledger = read_ledger(tmp_path / "a.xls", PLAN)
    assert ledger.projects["area"].tolist() == ["anji"]
    assert [p.kind for p in ledger.problems if p.severity == "error"] == ["ledger_error_cell"]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("gbk", b""),
        ("gb18030", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_file_in_every_encoding(tmp_path, encoding, mark, delimiter):
    path = tmp_path / "台账.csv"
    path.write_bytes(mark + as_text(delimiter).encode(encoding))
    judge(read_ledger(path, PLAN), 3)


def test_a_text_file_cannot_tell_january_from_october(tmp_path):
    rows = [HEADERS, varied(c0="1", c6="2023.1"), varied(c0="2", c1="b", c6="2023.10")]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    ledger = read_ledger(path, PLAN)
    assert ledger.projects["signed"].tolist() == [pd.Timestamp("2023-10-31")]
    assert [p.kind for p in ledger.problems if p.row == 2] == ["ledger_date_text_number"]


def test_parquet_with_types_of_its_own(tmp_path):
    frame = pd.DataFrame(
        {
            "project_id": ["00123", "2", " 3", None, "5", "1.2E+19"],
            "name": ["甲  甲", "乙", "丙", "丁", "戊", "己"],
            "area": pd.Categorical(["德清", "南区", "anji", "德清", "德清", "德清"]),
            "industry": ["物流业"] * 6,
            "project_type": ["固投类"] * 6,
            "总投资（亿元）": [0.1, 2.0, float("inf"), 1, float("nan"), 1],
            "signed": pd.to_datetime(["2024-01-02"] * 4 + [None, "2024-01-02"]),
            "headquarters": [True, False, None, None, None, None],
            "further": [[1], [2], None, None, None, None],
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    ledger = read_ledger(tmp_path / "a.parquet", PLAN)
    assert ledger.projects["project_id"].tolist() == ["00123", "5"]
    assert ledger.projects["name"].tolist() == ["甲 甲", "戊"]
    assert ledger.projects["headquarters"].tolist() == [True, pd.NA]
    assert ledger.projects["row"].tolist() == [1, 5]
    errors = {p.row: p.kind for p in ledger.problems if p.severity == "error"}
    assert errors == {
        2: "ledger_unknown_name",
        3: "ledger_amount_infinite",
        4: "ledger_blank",
        6: "ledger_id_scientific",
    }
    warned = {(p.row, p.kind) for p in ledger.problems if p.severity == "warning" and p.row}
    assert warned == {
        (3, "ledger_id_spaces"),
        (5, "ledger_amount_blank"),
        (5, "ledger_stage_none"),
    }


@pytest.mark.parametrize("value", [dt.date(2024, 3, 1), 43890.0])
def test_a_book_that_counts_days_from_1904(tmp_path, value):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"date_1904": True})
    sheet = book.add_worksheet("a")
    for column, header in enumerate(HEADERS):
        sheet.write_string(0, column, header)
        if column < 6:
            sheet.write(1, column, varied()[column])
    if isinstance(value, dt.date):
        sheet.write_datetime(1, 6, value, book.add_format({"num_format": "yyyy-mm-dd"}))
    else:
        sheet.write_number(1, 6, value)
    book.close()
    ledger = read_ledger(tmp_path / "a.xlsx", PLAN)
    assert ledger.projects["signed"].tolist() == [pd.Timestamp("2024-03-01")]


def test_a_long_whole_number_of_parquet_is_exact(tmp_path):
    frame = pd.DataFrame([varied(c0=123456789012345678)], columns=HEADERS)
    frame.to_parquet(tmp_path / "a.parquet")
    ledger = read_ledger(tmp_path / "a.parquet", PLAN)
    assert ledger.projects["project_id"].tolist() == ["123456789012345678"]
    assert ledger.passed
