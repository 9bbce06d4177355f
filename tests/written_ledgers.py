"""Small ledgers of two days, as workbooks with a sheet of settings."""

from __future__ import annotations

import openpyxl

from h1224lib.ledger import read_ledger

HEADERS = [
    "项目编号", "项目名称", "区县", "平台", "行业", "类别", "招引方向", "总投资（亿元）",
    "签约日期", "落地日期", "开工日期", "投产日期", "设立日期", "运营日期", "总部", "投资方类型",
    "来源地", "认定状态", "退出日期", "分成比例",
]  # fmt: skip
PLAIN = {
    "区县": "德清县",
    "行业": "软件",
    "类别": "营收类",
    "总投资（亿元）": "1",
    "签约日期": "2024-01-10",
    "总部": "否",
    "认定状态": "核定",
}


def row(number, **changes):
    """Return a row: a plain project, some of its cells changed."""
    said = {"项目编号": number, "项目名称": f"项目{number}", **PLAIN, **changes}
    return [said.get(header) for header in HEADERS]


def read_rows(path, plan, rows, **settings):
    """Write rows as a ledger of a day, and read it."""
    book = openpyxl.Workbook()
    for line in (HEADERS, *rows):
        book.active.append(line)
    page = book.create_sheet("设置")
    for name, value in settings.items():
        page.append([name, value])
    book.save(path)
    return read_ledger(path, plan)
