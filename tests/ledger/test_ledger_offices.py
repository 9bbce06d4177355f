"""What offices keep otherwise than the page asks for: taken where it is plain, told where not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from books import HEADERS, rows_of, varied, write_book

from h1224lib import load_plan
from h1224lib.ledger import Ledger, read_ledger

PLAN = load_plan()
NUMBERED = ["序号", *HEADERS, "分成比例", "备注"]


def read(path: Path, *rows, headers=HEADERS, **sheets) -> Ledger:
    sheets = {"台账": rows_of(*rows, headers=headers), **sheets}
    return read_ledger(write_book(path / "台账.xlsx", sheets), PLAN)


def kinds(ledger: Ledger) -> list[tuple[str, int | None, str]]:
    quiet = ("ledger_passed_through",)
    return [(p.kind, p.row, p.found) for p in ledger.problems if p.kind not in quiet]


def share(number, area, said, remark=""):
    return [number, *varied(c2=area), said, remark]


def test_a_running_number_and_a_remark_tell_no_shared_project_apart(tmp_path):
    rows = share(1, "吴兴区", "60%", "牵头"), share(2, "德清县", "40%", "配合")
    ledger = read(tmp_path, *rows, headers=NUMBERED)
    assert (ledger.counts["projects"], ledger.counts["shared"]) == (1, 1)
    assert ledger.credits["credit_share"].tolist() == [0.6, 0.4]
    assert ledger.passed


def test_a_running_number_tells_no_copy_apart(tmp_path):
    rows = share(3, "德清县", ""), share(4, "德清县", "", "重")
    ledger = read(tmp_path, *rows, headers=NUMBERED)
    assert (ledger.counts["projects"], ledger.counts["rejected"]) == (1, 1)
    assert [(kind, row) for kind, row, _ in kinds(ledger)] == [("ledger_row_repeated", 4)]


def test_another_further_column_does(tmp_path):
    headers = [*HEADERS, "合同号"]
    ledger = read(tmp_path, [*varied(), "甲"], [*varied(), "乙"], headers=headers)
    assert ledger.counts["rejected"] == 2


@pytest.mark.parametrize(
    ("area", "said", "shares"),
    [
        ("吴兴区、德清县、安吉县", "33.3%/33.3%/33.3%", [1 / 3] * 3),
        ("吴兴区、德清县、安吉县", "33%、33%、33%", [1 / 3] * 3),
        ("吴兴区、德清县", "各50%", [0.5, 0.5]),
        ("吴兴区（60%）、德清县（40%）", "", [0.6, 0.4]),
    ],
)
def test_shares_as_offices_write_them(tmp_path, area, said, shares):
    ledger = read(tmp_path, share(1, area, said), headers=NUMBERED)
    assert ledger.credits["credit_share"].tolist() == pytest.approx(shares, abs=1e-15)
    assert ledger.credits["credit_share"].sum() == pytest.approx(1, abs=1e-15)
    told = [("ledger_share_rounded", 3, said.replace("/", "、"))] if "33" in said else []
    assert kinds(ledger) == told


def test_thirds_in_rows_of_their_own(tmp_path):
    areas = ("吴兴区", "德清县", "安吉县")
    rows = [share(n, area, 33.3) for n, area in enumerate(areas)]
    ledger = read(tmp_path, *rows, headers=NUMBERED)
    assert ledger.credits["credit_share"].tolist() == pytest.approx([1 / 3] * 3)
    assert {kind for kind, _, _ in kinds(ledger)} == {"ledger_share_rounded"}


@pytest.mark.parametrize(
    ("area", "said", "kind", "found"),
    [
        ("吴兴区、德清县", "60%、39%", "ledger_share_sum", "60%、39%"),
        ("吴兴区、德清县", "60%", "ledger_share_missing", "吴兴区、德清县"),
        ("吴兴区60%、德清县40%", "50%、50%", "ledger_share_missing", "吴兴区60%、德清县40%"),
    ],
)
def test_shares_that_cannot_be_taken_say_what_stands_there(tmp_path, area, said, kind, found):
    ledger = read(tmp_path, share(1, area, said), headers=NUMBERED)
    assert (kind, 3, found) in kinds(ledger)
    assert ledger.counts["rejected"] == 1


def test_rows_whose_shares_do_not_add_up_show_their_own(tmp_path):
    rows = share(1, "吴兴区", 0.5), share(2, "德清县", 0.4)
    told = kinds(read(tmp_path, *rows, headers=NUMBERED))
    assert told == [("ledger_share_sum", 3, "50%"), ("ledger_share_sum", 4, "40%")]


def test_identifiers_that_differ_in_width_case_and_dashes(tmp_path):
    ids = ["HZ-01", "ＨＺ-01", "hz—01", "HZ-02", "HZ0-2"]
    rows = [varied(c0=said, c1=name) for said, name in zip(ids, "甲乙丙丁戊", strict=True)]
    ledger = read(tmp_path, *rows)
    assert kinds(ledger) == [("ledger_id_alike", 4, ids[1]), ("ledger_id_alike", 5, ids[2])]
    assert ledger.counts["projects"] == 5


def test_an_apostrophe_keeps_zeros_and_is_no_part_of_an_identifier(tmp_path):
    lines = ["2024年台账（截至2024年6月30日）", ",".join(HEADERS)]
    lines.append("'00125,虚构甲,德清县,物流业,固投类,5,2024/3/12")
    (tmp_path / "a.csv").write_bytes("\r\n".join(lines).encode("gbk"))
    ledger = read_ledger(tmp_path / "a.csv", PLAN)
    assert ledger.projects["project_id"].tolist() == ["00125"]
    assert kinds(ledger) == [("ledger_id_quoted", 3, "'00125")]


def test_tabs_below_a_header_of_tabs_although_remarks_have_more_commas(tmp_path):
    cells = ["A1", "虚构甲", "德清县", "物流业", "固投类", "5", "2024/3/12", "a,b," * 40]
    text = "\t".join([*HEADERS, "备注"]) + "\n" + "\t".join(cells) + "\n"
    (tmp_path / "a.csv").write_bytes(text.encode("utf-16"))
    assert read_ledger(tmp_path / "a.csv", PLAN).projects["investment"].tolist() == [5]


def test_each_sheet_is_checked_by_its_own_date_where_they_differ(tmp_path):
    sheets = {
        "吴兴区": rows_of(
            varied(c0="A", c2="吴兴区", c6=dt.date(2024, 1, 5)),
            varied(c0="B", c2="吴兴区", c6="2023年12月"),
            title="2023年台账（截至2023.12.15）",
        ),
        "德清县": rows_of(varied(c0="C", c6=dt.date(2024, 1, 5)), title="截至2024年6月30日"),
    }
    ledger = read_ledger(write_book(tmp_path / "a.xlsx", sheets), PLAN)
    told = [(p.kind, p.row) for p in ledger.problems if p.severity != "note"]
    assert told == [("ledger_vintages_differ", None), ("ledger_date_late", 3)]
    assert ledger.problems[0].numbers["days"] == ["2023-12-15", "2024-06-30"]
    assert ledger.projects["project_id"].tolist() == ["B", "C"]
    assert ledger.projects["signed"][0].date() == dt.date(2023, 12, 15)
    assert ledger.settings.vintage is None


def test_of_two_sheets_of_settings_the_first_holds(tmp_path):
    first = [["退出项目计数", "是"], ["计数阶段", "签约"]]
    second = [["计数阶段", "落地"], ["总投资单位", "万元"]]
    ledger = read(tmp_path, varied(), 设置=first, settings=second)
    assert ledger.settings.count_withdrawn is True
    assert set(ledger.settings.counting_stage.values()) == {"signed"}
    assert ledger.settings.investment_unit == -4
    told = [(p.kind, p.file, p.row) for p in ledger.problems]
    assert told == [("ledger_setting_twice", "[台账.xlsx]settings", 1)]


def test_a_ledger_without_amounts_says_so_once(tmp_path):
    headers = [*HEADERS[:5], "固定资产投资（亿元）", HEADERS[6]]
    ledger = read(tmp_path, varied(), varied(c0="B", c1="乙"), headers=headers)
    assert [kind for kind, _, _ in kinds(ledger)].count("ledger_no_amounts") == 1
    assert ledger.counts["projects"] == 2


@pytest.mark.parametrize("header", ["总投资（亿欧）", "总投资（万元/亿元）", "总投资（美元亿）"])
def test_a_unit_that_cannot_be_read_is_not_taken_from_the_title(tmp_path, header):
    headers = [*HEADERS[:5], header, HEADERS[6]]
    title = "2024年台账（截至2024年6月30日，单位：亿元）"
    sheets = {"台账": rows_of(varied(), varied(c0="B", c5="3亿元"), headers=headers, title=title)}
    ledger = read_ledger(write_book(tmp_path / "a.xlsx", sheets), PLAN)
    assert ledger.projects["project_id"].tolist() == ["B"]
    found = {kind for kind, _, _ in kinds(ledger)}
    foreign = "ledger_unit_unclear" if "/" in header else "ledger_unit_foreign"
    assert found == {foreign, "ledger_unit_missing"}


def test_an_amount_of_one_yuan_is_looked_at(tmp_path):
    ledger = read(tmp_path, varied(c5="1元"))
    assert kinds(ledger) == [("ledger_amount_small", 3, "1元")]
    assert ledger.projects["investment"].tolist() == [1e-8]


def test_a_cell_merged_over_two_stages_is_told(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["2024年台账（截至2024年6月30日）"])
    page.append([*HEADERS, "设立日期", "运营日期"])
    page.append([*varied(c4="营收类"), dt.date(2024, 4, 1)])
    page.append([*varied(c0="B", c1="乙", c4="营收类"), dt.date(2024, 4, 1), dt.date(2024, 5, 1)])
    page.merge_cells("H3:I3")
    book.save(tmp_path / "a.xlsx")
    ledger = read_ledger(tmp_path / "a.xlsx", PLAN)
    [told] = [p for p in ledger.problems if p.kind == "ledger_merged_across"]
    assert (told.row, told.column, told.found) == (3, "设立日期", "2024-04-01")
    assert [name.zh for name in told.numbers["names"]] == ["运营日期"]
    assert ledger.projects["operating"].isna().tolist() == [True, False]
