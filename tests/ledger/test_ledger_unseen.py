"""What a sheet does not show, or shows otherwise: told, and never a wrong amount in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlwt
from books import HEADERS, TITLE, varied
from building import tables_that_add_up, write_plan

from h1224lib import load_plan
from h1224lib.batch.inputs import Request, find_inputs
from h1224lib.cli import main
from h1224lib.errors import LedgerError, SettingsError
from h1224lib.ledger import Ledger, Limits, read_ledger
from h1224lib.ledger.demonstration import LEDGER
from h1224lib.ledger.shown import show_number
from h1224lib.resources import data_folder
from h1224lib.synthetic import is_synthetic

PLAN = load_plan()
DEMO = data_folder() / "demo" / LEDGER
WAN = [*HEADERS[:5], "总投资（万元）", "签约日期"]


def book_of(count: int, headers=WAN, **changes):
    """Return a workbook of so many good rows from row 3 on, and its sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append([TITLE])
    sheet.append(headers)
    for number in range(count):
        sheet.append(varied(c0=f"P{number}", c1=f"项目{number}", c5=5000 + number, **changes))
    return book, sheet


def saved(book, path: Path) -> Ledger:
    book.save(path)
    ledger = read_ledger(path, PLAN)
    assert ledger.counts["rows"] == sum(n for k, n in ledger.counts.items() if k != "rows")
    return ledger


def told(ledger: Ledger, kind: str):
    found = [p for p in ledger.problems if p.kind == kind]
    assert all(p.say(lang) for p in found for lang in ("zh", "en"))
    return found


def test_hidden_rows_and_columns_count_and_are_told(tmp_path):
    book, sheet = book_of(6)
    for row in (2, 4, 5, 8, 40):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet.column_dimensions["Z"].hidden = True
    ledger = saved(book, tmp_path / "a.xlsx")
    assert ledger.counts["projects"] == 6
    [rows] = told(ledger, "ledger_hidden_rows")
    assert (rows.severity, rows.file, rows.row) == ("note", "[a.xlsx]台账", 4)
    assert (rows.numbers["rows"], rows.numbers["count"]) == ("4-5, 8", 3)
    [column] = told(ledger, "ledger_hidden_column")
    assert (column.column, column.numbers["letter"]) == ("行业", "D")


def test_hidden_totals_and_blank_columns_are_nothing_to_tell(tmp_path):
    book, sheet = book_of(2)
    sheet.append(["合计", "", "", "", "", 10001])
    sheet.row_dimensions[5].hidden = True
    assert not told(saved(book, tmp_path / "a.xlsx"), "ledger_hidden_rows")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("0.0,", "5.0"),
        ("0!.0,", "0.5"),
        ("#,##0,,", "0"),
        ("0%", "500000%"),
        ('0"亿元"', "5000亿元"),
        ('[>=1000]0.0,"千元";0', "5.0千元"),
    ],
)
def test_a_format_that_shows_another_amount_is_a_warning(tmp_path, code, shown):
    book, sheet = book_of(2)
    sheet["F3"].number_format = code
    ledger = saved(book, tmp_path / "a.xlsx")
    assert ledger.projects["investment"].tolist() == [0.5, 0.5001]
    [problem] = told(ledger, "ledger_amount_shown")
    assert (problem.severity, problem.row, problem.found) == ("warning", 3, "5000")
    assert (problem.numbers["shown"], problem.numbers["yi"]) == (shown, 0.5)


@pytest.mark.parametrize(
    "code", ["0", "#,##0.00", '0"万元"', '0.00,,,"千亿"', "¥#,##0", "[Red]0.0", '0!.0,"亿"', "@"]
)
def test_a_format_that_shows_the_same_amount_is_none(tmp_path, code):
    book, sheet = book_of(2)
    sheet["F3"].number_format = code
    same = code not in ('0.00,,,"千亿"',)
    assert bool(told(saved(book, tmp_path / "a.xlsx"), "ledger_amount_shown")) != same


@pytest.mark.parametrize("code", ['"$"#,##0', "[$US$-409]#,##0.00", "[$€-2] 0"])
def test_a_format_in_a_foreign_currency_is_an_error(tmp_path, code):
    book, sheet = book_of(2)
    sheet["F3"].number_format = code
    ledger = saved(book, tmp_path / "a.xlsx")
    assert ledger.projects["project_id"].tolist() == ["P1"]
    assert [p.row for p in told(ledger, "ledger_amount_foreign")] == [3]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (32000, "0!.0,", "3.2"),
        (1234567.8, "#,##0.0,", "1,234.6"),
        (-5, "0.0", "-5.0"),
        (-5, "0;(0)", "-(5)"),
        (0, '0;-0;"无"', "无"),
        (7, "000", "007"),
        (0.125, "0.0%", "12.5%"),
        (5, ";;;", ""),
        (3.5, "General", "3.5"),
        (3.5, "0.###", "3.5"),
    ],
)
def test_numbers_as_they_show(value, code, shown):
    assert show_number(value, code) == shown


def test_dates_that_show_less_than_they_store(tmp_path):
    book, sheet = book_of(5)
    sheet["A1"] = "2024年台账"
    cells = [
        (dt.date(2023, 5, 1), 'yyyy"年"m"月"'),  # typed as 2023年5月
        (dt.date(2023, 5, 6), 'yyyy"年"m"月"'),  # a day that is only hidden
        (dt.date(2023, 5, 6), 'm"月"d"日"'),  # the year of typing, which the title denies
        (dt.date(2024, 5, 6), 'm"月"d"日"'),
        (dt.date(2024, 1, 1), "yyyy"),
    ]
    for row, (day, code) in enumerate(cells, 3):
        sheet.cell(row, 7, day).number_format = code
    ledger = saved(book, tmp_path / "a.xlsx")
    days = ["2023-05-31", "2023-05-06", "2023-05-06", "2024-05-06", "2024-12-31"]
    assert ledger.projects["signed"].tolist() == [pd.Timestamp(day) for day in days]
    assert [p.row for p in told(ledger, "ledger_date_period")] == [3, 7]
    [odd] = told(ledger, "ledger_date_year_hidden")
    assert (odd.row, odd.numbers["year"], odd.severity) == (5, 2023, "warning")


def test_an_old_workbook_hides_and_shows_otherwise_too(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("台账")
    for row, cells in enumerate([WAN, varied(c0=12, c5=5000, c6="2024-03-01")]):
        for column, value in enumerate(cells):
            code = {0: "00000", 5: "0!.0,"}.get(column, "General")
            sheet.write(row, column, value, xlwt.easyxf(num_format_str=code))
    sheet.row(1).hidden = True
    sheet.col(2).hidden = True
    ledger = saved(book, tmp_path / "a.et")
    assert ledger.projects[["project_id", "investment"]].to_numpy().tolist() == [["12", 0.5]]
    assert told(ledger, "ledger_amount_shown")[0].numbers["shown"] == "0.5"
    assert told(ledger, "ledger_id_shown")[0].numbers["shown"] == "00012"
    assert len(told(ledger, "ledger_hidden_rows") + told(ledger, "ledger_hidden_column")) == 2


# Parquet: settings in the metadata, rows that are no projects


def frame_of(*rows) -> pd.DataFrame:
    return pd.DataFrame([list(map(str, row)) for row in rows], columns=HEADERS).replace("", None)


def test_parquet_has_its_settings_in_its_metadata(tmp_path):
    frame = frame_of(varied(c0="1", c6="5月6日"), varied(c0="2", c1="乙", c6="2024-07-01"))
    said = {"vintage": "2024-06-30", "counting_stage": "开工", "weather": "晴", "title": "2024年"}
    frame.attrs = {f"h1224.{name}": value for name, value in said.items()} | {"other": 1}
    frame.to_parquet(tmp_path / "a.parquet")
    ledger = read_ledger(tmp_path / "a.parquet", PLAN)
    assert ledger.settings.vintage == dt.date(2024, 6, 30)
    assert ledger.settings.origins["vintage"] == "sheet"
    assert ledger.projects["signed"].tolist() == [pd.Timestamp("2024-05-06")]
    assert [p.row for p in told(ledger, "ledger_date_late")] == [2]
    # A stage that is not on every ladder, and a setting that there is not.
    assert [p.column for p in told(ledger, "ledger_setting_unreadable")] == ["counting_stage"]
    assert [p.column for p in told(ledger, "ledger_setting_unknown")] == ["weather"]
    assert not told(ledger, "ledger_no_metadata")


def test_parquet_without_settings_says_that_the_defaults_hold(tmp_path):
    frame_of(varied()).to_parquet(tmp_path / "a.parquet")
    ledger = read_ledger(tmp_path / "a.parquet", PLAN)
    assert [p.severity for p in told(ledger, "ledger_no_metadata")] == ["note"]
    assert told(ledger, "ledger_no_vintage")


def test_rows_of_parquet_that_are_no_projects(tmp_path):
    blank = [""] * 7
    frame_of(
        ["一、德清县", *blank[1:]],
        HEADERS,
        varied(c0="1"),
        ["小计", "", "", "", "", "3.2", ""],
        blank,
        ["", "合计", "", "", "", "3.2亿元", "共1个"],
        ["备注：无", *blank[1:]],
        ["", "没填完", *blank[2:]],
        varied(c0="2", c1="乙"),
    ).to_parquet(tmp_path / "a.parquet")
    ledger = read_ledger(tmp_path / "a.parquet", PLAN)
    counts = {kind: count for kind, count in ledger.counts.items() if count}
    assert counts == {
        "rows": 9, "projects": 2, "rejected": 1, "header": 1, "blank": 1, "total": 2,
        "section": 1, "remark": 1,
    }  # fmt: skip
    assert ledger.projects["row"].tolist() == [3, 9]


# Landmarks and ladders: the plan's own


def test_landmarks_by_identifier_and_name_alone(tmp_path):
    book, sheet = book_of(5, [*WAN, "标志性成果"])
    said = [
        "software.2023.1",
        "云上芯湖州智慧园",
        "Cloud-chip Huzhou smart park",
        "云上芯智慧园",
        "-",
    ]
    for row, text in enumerate(said, 3):
        sheet.cell(row, 8, text)
    ledger = saved(book, tmp_path / "a.xlsx")
    assert ledger.projects["landmark"].tolist()[:3] == ["software.2023.1"] * 3
    assert ledger.projects["landmark"].isna().tolist()[3:] == [True, True]
    [problem] = told(ledger, "ledger_unknown_landmark")
    assert (problem.row, problem.severity) == (6, "warning")
    assert problem.numbers["nearest"][0].zh == "云上芯湖州智慧园"


def plan_of(folder: Path, **stages: str):
    tables = tables_that_add_up(
        {("east", "trade", "heavy"): (1, 2), ("west", "trade", "light"): (1, 2)}
    )
    for row in tables["project_types"]:
        row["stages"] = stages.get(row["code"], "")
    return load_plan(write_plan(folder, tables))


def test_a_plan_declares_the_ladders_of_its_types(tmp_path):
    headers = [
        "项目编号",
        "项目名称",
        "区县",
        "行业",
        "类别",
        "总投资（亿元）",
        "设立日期",
        "开工日期",
    ]
    book = openpyxl.Workbook()
    for row in (
        headers,
        ["1", "a", "east", "trade", "heavy", 1, "2023-02-01", "2023-03-01"],
        ["2", "b", "east", "trade", "heavy", 1, "2023-04-01", "2023-03-01"],
        ["3", "c", "west", "trade", "light", 1, "", "2023-03-01"],
    ):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    known = read_ledger(tmp_path / "a.xlsx", plan_of(tmp_path / "p", heavy="registered;started"))
    assert [p.row for p in told(known, "ledger_stage_order")] == [3]
    [lacking] = told(known, "ledger_no_ladder")
    assert [t.zh for t in lacking.numbers["types"]] == ["light"]
    # Counted from the first stage of its own ladder, and from any later one.
    assert known.settings.counting_stage == {"heavy": "registered", "light": "signed"}
    both = read_ledger(
        tmp_path / "a.xlsx", plan_of(tmp_path / "q", all="registered;started;effective")
    )
    assert not told(both, "ledger_no_ladder")
    assert [p.row for p in told(both, "ledger_stage_skipped")] == [4]


def test_a_ladder_of_unknown_stages_is_refused_with_the_plan(tmp_path):
    with pytest.raises(Exception, match=r"project_types|plan"):
        plan_of(tmp_path / "p", heavy="signed;dreamt")


# Limits, from the settings beside a ledger


def test_limits_stand_beside_the_ledger_and_the_error_says_what_to_write(
    tmp_path, monkeypatch, capsys
):
    book_of(3)[0].save(tmp_path / "a.xlsx")
    settings = tmp_path / "h1224.toml"
    settings.write_text('lang = "en"\nlimit_cells = 5\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def check() -> int:
        with pytest.raises(SystemExit) as left:
            main(["check", "a.xlsx"])
        return int(str(left.value.code))

    assert check() == 2
    said = capsys.readouterr().err
    line = next(part for part in said.split("line ")[1:]).split(" into")[0]
    assert line.startswith("limit_cells = ") and "h1224.toml" in said
    settings.write_text(f'lang = "en"\n{line}\n', encoding="utf-8")
    assert check() == 0
    with pytest.raises(LedgerError):
        read_ledger(tmp_path / "a.xlsx", PLAN, Limits(cells=5))  # an argument goes first


@pytest.mark.parametrize("line", ["limit_cells = 0", 'limit_rows = "many"', "limit_colours = 3"])
def test_settings_that_are_no_limits_are_refused(tmp_path, line):
    book_of(1)[0].save(tmp_path / "a.xlsx")
    (tmp_path / "h1224.toml").write_text(line, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_ledger(tmp_path / "a.xlsx", PLAN)
    assert all(caught.value.say(lang) for lang in ("zh", "en"))


# The demonstration, its marks taken off one by one


def strip(path: Path, title: bool = False, ids: bool = False, names: bool = False) -> Path:
    book = openpyxl.load_workbook(DEMO)
    sheet = book["台账"]
    heads = {cell.value: cell.column for cell in sheet[2]}
    for row in sheet.iter_rows(min_row=3):
        if ids and row[0].value:
            row[0].value = row[0].value.replace("DEMO-", "HZ")
        if names and row[1].value:
            row[1].value = f"项目{row[0].row}"
    sheet.delete_cols(heads["数据性质"])
    if title:
        sheet["A1"] = "2024年台账"
        book["设置"]["A1"] = "设置"
    book.properties.keywords = None
    book.properties.title = book.properties.subject = book.properties.description = None
    book.properties.category = None
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("gone", "sign"),
    [
        ({}, "title"),
        ({"title": True}, "names"),
        ({"title": True, "names": True}, "identifiers"),
    ],
)
def test_a_demonstration_without_its_column_is_still_refused(tmp_path, gone, sign):
    path = strip(tmp_path / "台账.xlsx", **gone)
    ledger = read_ledger(path, PLAN)
    assert is_synthetic(ledger.projects)
    assert [p.numbers["sign"] for p in told(ledger, "ledger_mark_missing")] == [sign]
    with pytest.raises(LedgerError) as caught:
        find_inputs(Request("huzhou-1224", ledger=str(path)), PLAN)
    assert caught.value.key == "ledger_is_demonstration"


@pytest.mark.parametrize("place", ["keywords", "settings"])
def test_properties_and_settings_tell_it_too(tmp_path, place):
    path = strip(tmp_path / "a.xlsx", title=True, ids=True, names=True)
    assert not is_synthetic(read_ledger(path, PLAN).projects)
    book = openpyxl.load_workbook(path)
    if place == "keywords":
        book.properties.keywords = "台账; Synthetic data"
    else:
        book["设置"].append(["数据性质", "合成数据，仅供演示"])
    book.save(path)
    assert is_synthetic(read_ledger(path, PLAN).projects)


def test_a_real_ledger_about_synthetic_data_is_none(tmp_path):
    book, sheet = book_of(2)
    sheet["A1"] = "合成数据产业项目台账（截至2024年6月30日）"
    sheet["B3"] = "合成数据训练基地（虚构）"
    assert not is_synthetic(saved(book, tmp_path / "a.xlsx").projects)
