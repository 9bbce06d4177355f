"""Formulas of .xls: one that nobody calculated is told, one that gives no text is a blank."""

from __future__ import annotations

import openpyxl
import pytest
import xlwt
from books import HEADERS
from office import convert, needs_office

from h1224lib import load_plan
from h1224lib.ledger import Limits, read_ledger
from h1224lib.ledger.biff import read_biff

ROW = ["00123", "虚构甲", "吴兴区", "文旅", "营收类", 1, "2023-05-06"]


def write(path, *rows):
    book = xlwt.Workbook()
    for name in ("台账", "另表"):
        page = book.add_sheet(name)
        for r, cells in enumerate([HEADERS, *rows] if name == "台账" else [[1], [2]]):
            for c, value in enumerate(cells):
                page.write(r, c, value)
    book.save(str(path / "a.xls"))
    return path / "a.xls"


def changed(column, value):
    return [*ROW[:column], value, *ROW[column + 1 :]]


def test_formulas_that_nobody_calculated_are_errors(tmp_path):
    path = write(
        tmp_path,
        ["1", *changed(5, xlwt.Formula("1+2"))[1:]],
        ["2", *changed(6, xlwt.Formula("DATE(2023,5,6)"))[1:]],
        changed(0, xlwt.Formula('"A"&"1"')),
        changed(6, xlwt.Formula('IF(A2="","",A2)')),
        changed(0, "00124"),
    )
    ledger = read_ledger(path, load_plan())
    told = {(p.row, p.column) for p in ledger.problems if p.kind == "ledger_formula_empty"}
    assert told == {(2, HEADERS[5]), (3, HEADERS[6]), (4, HEADERS[0]), (5, HEADERS[6])}
    assert ledger.counts["rejected"] == 4
    assert ledger.projects["row"].tolist() == [6]


def test_formulas_that_can_give_no_text_are_blanks(tmp_path):
    [grid, _] = read_biff(write(tmp_path, changed(6, xlwt.Formula('IF(A2="","",A2)'))), Limits())
    assert (grid.troubles, grid.rows[1][6]) == ({}, "")


@needs_office
@pytest.mark.slow
def test_formulas_that_an_office_calculated_are_no_troubles(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADERS)
    book.active.append(changed(5, "=1+2"))
    book.active.append(changed(6, '=IF(A2="","2023-05-06","")'))
    book.save(tmp_path / "a.xlsx")
    [grid] = read_biff(convert(tmp_path / "a.xlsx", "xls", tmp_path), Limits())
    assert (grid.troubles, grid.rows[1][5], grid.rows[2][6]) == ({}, 3, "")
