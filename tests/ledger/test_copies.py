"""Copies with a column of problems: all else as it was, byte for byte where that can be."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from books import write_book
from office import convert, needs_office

from h1224lib import load_plan, read_ledger
from h1224lib.errors import OutputError
from h1224lib.ledger.annotation import annotate_sheet
from h1224lib.ledger.copies import check_place, write_copy
from h1224lib.ledger.demonstration import DIRTY
from h1224lib.ledger.told import COLUMNS, list_problems, sheet_of
from h1224lib.resources import data_folder

HEADERS = ["项目编号", "项目名称", "区县", "行业", "类别", "总投资（亿元）", "签约日期"]
GOOD = ["001", "甲", "德清县", "文旅", "营收类", 1, "2023-05-06"]
BAD = ["002", "乙 & <丙>", "南区", "文旅", "营收类", -1, "2023-05-07"]


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


def column_of(path: Path, sheet: int = 0) -> dict[int, str]:
    """Return what the last column of a sheet says, by row."""
    page = openpyxl.load_workbook(path).worksheets[sheet]
    last = [page.cell(row, page.max_column) for row in range(1, page.max_row + 1)]
    return {cell.row: str(cell.value) for cell in last if cell.value}


def test_each_row_says_what_is_wrong_with_it(plan, tmp_path):
    path = write_book(tmp_path / "a.xlsx", {"台账": [["2024年台账"], HEADERS, GOOD, BAD]})
    before = path.read_bytes()
    ledger = read_ledger(path, plan)
    out = write_copy(path, ledger, tmp_path / "b.xlsx", "zh")
    assert path.read_bytes() == before
    said = column_of(out)
    assert set(said) == {2, 4}
    assert said[2].startswith("问题（h1224 check）")
    wrong = [p for p in ledger.problems if p.row == 4]
    lines = said[4].split("\n")
    assert len(lines) == len(wrong) >= 2
    assert all(line.startswith("差错：") for line in lines)
    assert any("南区" in line and "区县" in line for line in lines)
    old, new = (openpyxl.load_workbook(p).worksheets[0] for p in (path, out))
    cells = {cell.coordinate: cell.value for row in old.iter_rows() for cell in row}
    assert cells == {place: new[place].value for place in cells}


def test_all_other_parts_of_a_workbook_stay_byte_for_byte(plan, tmp_path):
    path = data_folder() / "demo" / DIRTY
    ledger = read_ledger(path, plan)
    out = write_copy(path, ledger, tmp_path / "b.xlsx", "en")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out) as new:
        assert old.namelist() == new.namelist()
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
    sheets = {sheet_of(p) for p in ledger.problems} - {""}
    assert len(changed) == len(sheets)
    assert all(name.startswith("xl/worksheets/") for name in changed)
    # Every problem stands somewhere in the copy.
    book = openpyxl.load_workbook(out)
    for problem in ledger.problems:
        page = book[sheet_of(problem)]
        texts = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value]
        assert any(problem.remedy("en") in text for text in texts), problem


@needs_office
def test_other_programs_open_the_copy(plan, tmp_path):
    path = data_folder() / "demo" / DIRTY
    out = write_copy(path, read_ledger(path, plan), tmp_path / "b.xlsx", "zh")
    text = convert(out, "csv:Text - txt - csv (StarCalc):44,34,76,1", tmp_path)
    with text.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert "问题（h1224 check）" in rows[1][-1]


def test_of_text_the_copy_is_a_workbook_of_the_same_words(plan, tmp_path):
    path = tmp_path / "a.csv"
    lines = [HEADERS, ["00123", "=1+1", *BAD[2:]], ["12345678901234567890", *GOOD[1:]]]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="gbk")
    ledger = read_ledger(path, plan)
    out = write_copy(path, ledger, tmp_path / "b.xlsx", "en")
    page = openpyxl.load_workbook(out).worksheets[0]
    assert [page.cell(row, 1).value for row in (2, 3)] == ["00123", "12345678901234567890"]
    assert (page["B2"].value, page["B2"].data_type) == ("=1+1", "s")
    assert set(column_of(out)) == {1, 2}


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a"])
def test_only_new_workbooks_are_written(plan, tmp_path, name):
    with pytest.raises(OutputError):
        check_place(tmp_path / name)
    (tmp_path / "a.xlsx").write_bytes(b"mine")
    with pytest.raises(OutputError):
        check_place(tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == b"mine"


COLUMN = "问题（h1224 check）"


@pytest.fixture
def columnar(tmp_path):
    """Return a Parquet ledger: a sound row, a blank one, one with faults, a further column."""
    blank = [None] * len(HEADERS)
    frame = pd.DataFrame([GOOD, blank, BAD], columns=HEADERS).assign(备注=["a", None, "b"])
    frame["标签"] = [["x"], None, ["y", "z"]]
    frame.attrs["h1224.vintage"] = "2024-06-30"
    frame.to_parquet(tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def test_of_parquet_the_copy_has_one_column_more(plan, tmp_path, columnar):
    before = columnar.read_bytes()
    ledger = read_ledger(columnar, plan)
    out = write_copy(columnar, ledger, tmp_path / "b.parquet", "zh")
    assert columnar.read_bytes() == before
    old, new = (pq.read_table(path) for path in (columnar, out))
    assert new.column_names == [*old.column_names, COLUMN]
    assert new.select(old.column_names).equals(old)
    # Where its settings stand.
    assert new.schema.metadata == old.schema.metadata
    said = new[COLUMN].to_pylist()
    assert said[1] is None
    rows = [[p for p in ledger.problems if p.row == row] for row in (None, 1, 2, 3)]
    assert (len(rows[0]) > 0, len(rows[1]), len(rows[2]), len(rows[3]) >= 2) == (True, 0, 0, True)
    # What is about the file as a whole stands in its first row, and everything stands somewhere.
    assert len(said[0].split("\n")) == len(rows[0])
    assert len(said[2].split("\n")) == len(rows[3])
    assert said[2].startswith("差错：") and "南区" in said[2]
    assert pd.read_parquet(out)[COLUMN].notna().tolist() == [True, False, True]


def test_a_parquet_copy_is_checked_as_if_it_had_no_such_column(plan, tmp_path, columnar):
    ledger = read_ledger(columnar, plan)
    copy = write_copy(columnar, ledger, tmp_path / "b.parquet", "zh")
    again = read_ledger(copy, plan)
    assert again.counts == ledger.counts
    assert [(p.kind, p.row) for p in again.problems] == [(p.kind, p.row) for p in ledger.problems]
    assert COLUMN not in again.projects
    second = pq.read_table(write_copy(copy, again, tmp_path / "c.parquet", "en"))
    assert second.column_names[-1] == "Problems (h1224 check)"
    assert COLUMN not in second.column_names


def test_a_parquet_file_without_rows_is_copied_too(plan, tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({name: pd.Series(dtype=str) for name in HEADERS}).to_parquet(path)
    copy = write_copy(path, read_ledger(path, plan), tmp_path / "b.parquet", "zh")
    assert pq.read_table(copy).num_rows == 0


def test_a_copy_has_the_ending_of_what_it_is(plan, tmp_path, columnar):
    book = write_book(tmp_path / "a.xlsx", {"台账": [HEADERS, GOOD]})
    for path, suffix, other in ((columnar, ".parquet", ".xlsx"), (book, ".xlsx", ".parquet")):
        with pytest.raises(OutputError) as caught:
            write_copy(path, read_ledger(path, plan), tmp_path / f"b{other}", "en")
        assert f"should end in {suffix}" in caught.value.say("en")[0]
        check_place(tmp_path / f"b{suffix}", path)
    assert not list(tmp_path.glob("b.*"))


def test_cells_of_any_shape_keep_their_order():
    sheet = (
        b'<x:worksheet xmlns:x="u"><x:sheetData><x:row r="1" spans="1:2"><x:c r="A1"><x:v>1</x:v>'
        b'</x:c><x:c r="B1" s="4"/><x:c r="D1" s="5"/></x:row><x:row r="2"/><x:row><x:c/>'
        b"<x:c><x:is/></x:c></x:row></x:sheetData></x:worksheet>"
    )
    own = b'<x:c r="C%d" t="inlineStr"><x:is><x:t xml:space="preserve">n</x:t></x:is></x:c>'
    made = annotate_sheet(sheet, {1: "n", 2: "n\x01", 3: "n"})
    assert made == (
        b'<x:worksheet xmlns:x="u"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c>'
        b'<x:c r="B1" s="4"/>%s<x:c r="D1" s="5"/></x:row><x:row r="2">%s</x:row>'
        b"<x:row><x:c/><x:c><x:is/></x:c>%s</x:row></x:sheetData></x:worksheet>"
        % (own % 1, own % 2, own % 3)
    )
    assert annotate_sheet(sheet, {}) == sheet
    assert annotate_sheet(sheet, {9: "no such row"}) == sheet


def test_the_list_of_problems_has_a_row_for_each(plan):
    ledger = read_ledger(data_folder() / "demo" / DIRTY, plan)
    table = list_problems(ledger, "zh")
    assert list(table) == COLUMNS
    assert len(table) == len(ledger.problems)
    assert table["kind"].tolist() == [problem.kind for problem in ledger.problems]
    row = table[table["kind"] == "ledger_amount_negative"].iloc[0]
    assert (row["sheet"], row["severity"], row["column"]) == ("台账", "error", "总投资（亿元）")
    assert row["cell"].endswith(str(row["row"]))
    assert row["found"] and row["expected"] and row["remedy"]


def test_a_copy_is_checked_as_if_it_had_no_such_column(plan, tmp_path):
    path = data_folder() / "demo" / DIRTY
    ledger = read_ledger(path, plan)
    copy = write_copy(path, ledger, tmp_path / "a.xlsx", "zh")
    again = read_ledger(copy, plan)
    assert again.counts == ledger.counts
    assert [(p.kind, p.row) for p in again.problems] == [(p.kind, p.row) for p in ledger.problems]
    # A second copy says what is wrong now, in the same column, and nothing of before.
    page = openpyxl.load_workbook(copy)
    row = next(p.row for p in ledger.problems if p.kind == "ledger_amount_negative")
    sheet = page.worksheets[0]
    width = sheet.max_column
    assert sheet.cell(row, width).value
    at = next(c.column for c in sheet[2] if str(c.value).startswith("总投资"))
    sheet.cell(row, at).value = 1.5
    page.save(copy)
    mended = read_ledger(copy, plan)
    second = openpyxl.load_workbook(write_copy(copy, mended, tmp_path / "b.xlsx", "zh"))
    assert second.worksheets[0].max_column == width
    assert second.worksheets[0].cell(row, width).value is None
    assert second.worksheets[0].cell(2, width).value.startswith("问题（h1224 check）")
