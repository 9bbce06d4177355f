"""A ledger as an office keeps it, read end to end: nothing guessed, nothing dropped in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from books import GOOD, HEADERS, TITLE, Formula, rows_of, varied, write_book

from h1224lib import load_plan
from h1224lib.ledger import Ledger, read_ledger

PLAN = load_plan()


def read(path: Path, sheets, merged=None) -> Ledger:
    return read_ledger(write_book(path / "台账.xlsx", sheets, merged), PLAN)


def kinds(ledger: Ledger, severity: str = "error") -> list[str]:
    return [p.kind for p in ledger.problems if p.severity == severity]


def one(path: Path, *rows, headers=HEADERS, title=TITLE) -> Ledger:
    return read(path, {"台账": rows_of(*rows, headers=headers, title=title)})


def test_two_sheets_with_titles_merged_headers_subtotals_and_mixed_units(tmp_path):
    wuxing = [
        ["吴兴区2024年项目台账（截至2024年6月30日）"],
        ["单位：万元"],
        ["序号", "项目编号", "项目名称", "行业", "类别", "总投资", "进度", "", "备注"],
        ["", "", "", "", "", "", "签约", "开工", ""],
        [1, "00123", "虚构会展中心", "商贸", "固投类", 32000, "2024年3月", "5月6日", "重点"],
        [2, "12345678901234567890", "虚构研究院", "科技", "营收类", "1.5亿元", dt.date(2024, 1, 5)],
        ["", "", "吴兴区小计", "", "", 47000],
        [],
        ["备注：数据由虚构科室填报"],
    ]
    deqing = [
        ["区县", "行业", "类别", "项目编号", "项目名称", "总投资（亿元）", "签约时间", "联系人"],
        ["德清", "文旅", "营收类", "A-7", "虚构营地", "5,000万元", "2024/2/29", "甲"],
        ["", "", "", "A-8", "虚构书院", 0.3, "2024年第一季度", "乙"],
        ["合计（2个）", "", "", "", "", 0.8],
    ]
    merged = {
        "吴兴区": ["A1:I1", "G3:H3", *[f"{c}3:{c}4" for c in "ABCDEFI"]],
        "其他": ["A2:A3", "B2:B3", "C2:C3"],
    }
    ledger = read(tmp_path, {"吴兴区": wuxing, "其他": deqing}, merged)
    projects = ledger.projects.set_index("project_id")
    assert list(projects.index) == ["00123", "12345678901234567890", "A-7", "A-8"]
    assert projects["area"].tolist() == ["wuxing", "wuxing", "deqing", "deqing"]
    assert projects["industry"].tolist() == ["commerce", "scitech", "tourism", "tourism"]
    assert projects["project_type"].tolist() == ["fixed_asset", *["revenue"] * 3]
    assert projects["investment"].tolist() == [3.2, 1.5, 0.5, 0.3]
    days = ["2024-03-31", "2024-01-05", "2024-02-29", "2024-03-31"]
    assert projects["signed"].tolist() == [pd.Timestamp(day) for day in days]
    assert projects["day_unknown"].tolist() == ["signed", "", "", "signed"]
    assert projects.loc["00123", "started"] == pd.Timestamp("2024-05-06")
    assert projects["sheet"].tolist() == ["吴兴区", "吴兴区", "其他", "其他"]
    assert projects["row"].tolist() == [5, 6, 2, 3]
    assert projects["备注"].tolist()[:1] == ["重点"]
    assert projects["联系人"].tolist()[2:] == ["甲", "乙"]
    assert projects.index.dtype == "str"
    counts = {kind: n for kind, n in ledger.counts.items() if n}
    assert counts == {
        "rows": 13,
        "projects": 4,
        "title": 2,
        "header": 3,
        "blank": 1,
        "total": 2,
        "remark": 1,
    }
    assert ledger.passed
    assert ledger.settings.vintage == dt.date(2024, 6, 30)
    told = set(kinds(ledger, "note"))
    assert {"ledger_from_sheet_name", "ledger_unit_from_title", "ledger_date_period"} <= told
    assert {"ledger_date_year_taken", "ledger_passed_through"} <= told


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        (0, 12345678901234567890, "ledger_number_long"),
        (0, 2023.1, "ledger_id_decimal"),
        (0, "", "ledger_blank"),
        (0, "1.23457E+19", "ledger_id_scientific"),
        (0, dt.date(2024, 1, 1), "ledger_id_not_text"),
        (1, "—", "ledger_blank"),
        (2, "南区", "ledger_unknown_name"),
        (2, "市本级", "ledger_ambiguous_name"),
        (2, "全市", "ledger_whole_name"),
        (2, "无", "ledger_blank"),
        (3, "纺织业", "ledger_unknown_name"),
        (4, "外资类", "ledger_unknown_name"),
        (5, -1, "ledger_amount_negative"),
        (5, "500万美元", "ledger_amount_foreign"),
        (5, "∞", "ledger_amount_infinite"),
        (5, "1e999", "ledger_amount_infinite"),
        (5, "5-8亿元", "ledger_amount_unreadable"),
        (5, "5,00万元", "ledger_amount_unreadable"),
        (5, dt.date(2024, 1, 1), "ledger_amount_unreadable"),
        (6, 2023.1, "ledger_date_number"),
        (6, "2023-02-30", "ledger_date_impossible"),
        (6, "2023年13月", "ledger_date_impossible"),
        (6, dt.date(2024, 7, 1), "ledger_date_late"),
        (6, "2024年第三季度", "ledger_date_late"),
        (6, "明年", "ledger_date_unreadable"),
        (6, "6/5/2023", "ledger_date_unreadable"),
        (6, 12, "ledger_date_far"),
        (6, Formula("=NA()"), "ledger_error_cell"),
        (6, Formula("=TODAY()"), "ledger_formula_empty"),
    ],
)
def test_each_error_rejects_its_row_and_says_where_and_how_to_mend_it(
    tmp_path, column, value, kind
):
    if isinstance(value, Formula):
        value.result = "#N/A" if kind == "ledger_error_cell" else None
    other = varied(c0="HZ002", c1="另一个")
    path = write_book(
        tmp_path / "台账.xlsx", {"台账": rows_of(varied(**{f"c{column}": value}), other)}
    )
    if kind == "ledger_formula_empty":
        path = without_results(path)
    ledger = read_ledger(path, PLAN)
    assert kinds(ledger) == [kind]
    assert ledger.projects["project_id"].tolist() == ["HZ002"]
    assert ledger.rejected[["sheet", "row"]].to_numpy().tolist() == [["台账", 3]]
    [problem] = [p for p in ledger.problems if p.severity == "error"]
    assert (problem.file, problem.row) == ("[台账.xlsx]台账", 3)
    assert problem.column == HEADERS[column]
    assert ledger.counts["rows"] == 4
    for lang in ("zh", "en"):
        assert problem.say(lang) and problem.expected(lang) and problem.remedy(lang)


def without_results(path: Path) -> Path:
    """Take the stored results of formulas away, as some programs never write them."""
    import re
    import zipfile

    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v></v>", sheet)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("column", "value", "kind", "severity"),
    [
        (0, 123, "ledger_id_number", "note"),
        (0, " HZ9 ", "ledger_id_spaces", "warning"),
        (2, "未来城", "ledger_area_is_platform", "note"),
        (5, 0, "ledger_amount_zero", "warning"),
        (5, "", "ledger_amount_blank", "warning"),
        (5, 50000, "ledger_amount_large", "warning"),
        (5, "约5亿元", "ledger_amount_about", "warning"),
        (6, "2024年5月", "ledger_date_period", "note"),
        (6, 45413, "ledger_date_serial", "note"),
        (6, "5月6日", "ledger_date_year_taken", "note"),
        (6, "未签约", "ledger_stage_none", "warning"),
    ],
)
def test_warnings_and_notes_keep_their_row(tmp_path, column, value, kind, severity):
    ledger = one(tmp_path, varied(**{f"c{column}": value}))
    assert kinds(ledger, severity) == [kind]
    assert ledger.passed
    assert len(ledger.projects) == 1


def test_huzhous_own_spellings_are_its_aliases(tmp_path):
    said = ["湖州南太湖新区", "长三角（湖州）产业合作区", "长合区", "市属", " 德清 县"]
    rows = [varied(c0=f"I{n}", c1=f"P{n}", c2=name) for n, name in enumerate(said)]
    rows += [varied(c0="J1", c1="Q1", c3="文旅"), varied(c0="J2", c1="Q2", c3="人社", c4="营收类")]
    ledger = one(tmp_path, *rows)
    areas = ["nantaihu", "changhe", "changhe", "municipal", "deqing", "deqing", "deqing"]
    assert ledger.projects["area"].tolist() == areas
    assert ledger.projects["industry"].tolist()[-2:] == ["tourism", "hr"]
    assert ledger.passed


def test_an_unknown_name_is_never_matched_however_near(tmp_path):
    rows = [varied(c0=f"I{n}", c2=name) for n, name in enumerate(["南区", "吴兴县", "德清"])]
    ledger = one(tmp_path, *rows)
    assert ledger.projects["area"].tolist() == ["deqing"]
    nearest = [
        [n.zh for n in p.numbers["nearest"]] for p in ledger.problems if p.severity == "error"
    ]
    assert nearest[0][0] == "南浔区"
    assert nearest[1][0] == "吴兴区"


def test_the_name_that_is_ambiguous_in_huzhou_is_an_area_in_dazhou(tmp_path):
    plan = load_plan("dazhou-2019")
    headers = ["项目编号", "项目名称", "区县", "总投资（亿元）", "签约日期"]
    rows = rows_of(["D1", "虚构", "市本级", 1, "2019-01-05"], headers=headers, title="2019")
    ledger = read_ledger(write_book(tmp_path / "a.xlsx", {"a": rows}), plan)
    assert ledger.projects["area"].tolist() == ["citylevel"]
    assert ledger.projects["industry"].tolist() == ["all"]


def test_a_platform_counts_in_the_area_around_it(tmp_path):
    headers = [*HEADERS, "平台"]
    ledger = one(
        tmp_path,
        [*varied(c0="1", c2="未来城"), ""],
        [*varied(c0="2", c1="乙", c2="南太湖新区"), "未来城"],
        [*varied(c0="3", c1="丙", c2="吴兴区"), "未来城"],
        [*varied(c0="4", c1="丁", c2="吴兴区"), "别处"],
        headers=headers,
    )
    assert ledger.projects["project_id"].tolist() == ["1", "2", "4"]
    assert ledger.projects["area"].tolist() == ["nantaihu", "nantaihu", "wuxing"]
    assert ledger.projects["platform"].isna().tolist() == [False, False, True]
    assert kinds(ledger) == ["ledger_platform_elsewhere"]
    assert kinds(ledger, "warning") == ["ledger_not_platform"]


def test_stages_keep_their_order_each_type_on_its_own_ladder(tmp_path):
    headers = [*HEADERS, "落地日期", "开工日期", "设立日期", "退出日期", "计划投产时间"]
    late, early = dt.date(2024, 5, 1), dt.date(2024, 2, 1)
    ledger = one(
        tmp_path,
        [*varied(c0="order"), early],
        [*varied(c0="same month", c1="b", c6="2024年3月"), dt.date(2024, 3, 2)],
        [*varied(c0="gap", c1="c"), "", late],
        [*varied(c0="other", c1="d", c4="营收类"), "", late, late],
        [*varied(c0="gone", c1="e"), "", "", "", early],
        [*varied(c0="planned", c1="f"), "", "", "", "", "2025年底"],
        headers=headers,
    )
    assert ledger.projects["project_id"].tolist() == ["same month", "gap", "other", "planned"]
    assert sorted(kinds(ledger)) == ["ledger_stage_order", "ledger_withdrawn_before"]
    assert sorted(kinds(ledger, "warning")) == ["ledger_stage_other_ladder", "ledger_stage_skipped"]
    assert ledger.projects["计划投产时间"].tolist()[-1] == "2025年底"


def test_one_identifier_twice(tmp_path):
    ledger = one(
        tmp_path,
        varied(c0="same"),
        varied(c0="same"),
        varied(c0="differs"),
        varied(c0="differs", c5=9),
        varied(c0="likely", c1="虚构 云仓（一期）", c5=7),
        varied(c0="likely2", c1="虚构云仓(一期)", c5=7),
    )
    assert ledger.projects["project_id"].tolist() == ["same", "likely", "likely2"]
    assert kinds(ledger) == ["ledger_row_repeated", *["ledger_id_repeated"] * 2]
    [likely] = [p for p in ledger.problems if p.kind == "ledger_likely_repeated"]
    assert (likely.row, likely.numbers["first"]) == (8, "台账!7")


def test_credit_that_areas_share_adds_up_to_one(tmp_path):
    headers = [*HEADERS, "分成比例"]
    ledger = one(
        tmp_path,
        [*varied(c0="rows", c2="吴兴区"), 0.6],
        [*varied(c0="rows", c2="德清县"), "40%"],
        [*varied(c0="cell", c1="b", c2="吴兴区、长兴县"), "60/40"],
        [*varied(c0="uneven", c1="c", c2="吴兴区"), "60%"],
        [*varied(c0="uneven", c1="c", c2="德清县"), "30%"],
        [*varied(c0="alone", c1="d"), "70%"],
        [*varied(c0="whole", c1="e"), "100%"],
        [*varied(c0="unshared", c1="f", c2="吴兴区、长兴县"), ""],
        [*varied(c0="thirds", c1="g", c2="吴兴区/长兴县/安吉县"), "1/3、1/3、1/3"],
        headers=headers,
    )
    assert ledger.projects["project_id"].tolist() == ["rows", "cell", "whole", "thirds"]
    assert ledger.counts["shared"] == 1
    assert ledger.counts["rejected"] == 4
    shares = ledger.credits.groupby("project_id")["credit_share"].sum()
    assert shares.round(12).to_dict() == {"rows": 1, "cell": 1, "thirds": 1}
    by_area = ledger.credited.groupby("area")["credit_share"].sum()
    assert by_area["wuxing"] == pytest.approx(0.6 + 0.6 + 1 / 3)
    assert by_area.sum() == pytest.approx(4)
    assert sorted(set(kinds(ledger))) == [
        "ledger_share_alone",
        "ledger_share_missing",
        "ledger_share_sum",
    ]


def test_merged_rows_of_a_shared_project_and_an_amount_merged_over_two(tmp_path):
    headers = [*HEADERS, "分成比例"]
    shared = [[*varied(c2="吴兴区"), 0.5], ["", "", "德清县", "", "", "", "", 0.5]]
    two = [[*varied(c0="a", c1="甲"), ""], [*varied(c0="b", c1="乙", c5=""), ""]]
    rows = rows_of(*shared, *two, headers=headers)
    merged = {"台账": [f"{c}3:{c}4" for c in "ABDEFG"] + ["F5:F6"]}
    ledger = read(tmp_path, {"台账": rows}, merged)
    assert ledger.projects["project_id"].tolist() == ["HZ001"]
    assert ledger.credits["area"].tolist() == ["wuxing", "deqing"]
    assert kinds(ledger) == ["ledger_merged", "ledger_merged"]


def test_headings_name_the_area_of_the_rows_below_them(tmp_path):
    headers = ["项目编号", "项目名称", "行业", "类别", "总投资（亿元）", "签约日期"]
    rows = [
        ["一、吴兴区"],
        ["1", "甲", "物流业", "固投类", 1, "2024-01-02"],
        ["小计", "", "", "", 1],
        ["二、德清县"],
        headers,
        ["2", "乙", "物流业", "固投类", 2, "2024-01-02"],
    ]
    ledger = read(tmp_path, {"台账": rows_of(*rows, headers=headers)}, {"台账": ["A3:F3", "A6:F6"]})
    assert ledger.projects["area"].tolist() == ["wuxing", "deqing"]
    assert [ledger.counts[kind] for kind in ("section", "total", "header")] == [2, 1, 2]
    assert ledger.passed


def test_a_row_with_a_name_alone_is_told_and_not_dropped(tmp_path):
    ledger = one(tmp_path, GOOD, ["", "没有填完的项目"])
    assert ledger.counts["rejected"] == 1
    assert set(kinds(ledger)) == {"ledger_blank"}
    assert len(kinds(ledger)) == 4


def test_a_sheet_that_lacks_a_column_rejects_its_rows_in_one_sentence(tmp_path):
    short = [c for c in HEADERS if c != "类别"]
    rows = [[v for n, v in enumerate(GOOD) if n != 4]] * 3
    sheets = {"一": rows_of(GOOD), "二": rows_of(*rows, headers=short)}
    ledger = read(tmp_path, sheets)
    assert kinds(ledger)[0] == "ledger_no_column"
    assert ledger.counts["rejected"] >= 3
    assert ledger.counts["rows"] == sum(n for k, n in ledger.counts.items() if k != "rows")


def test_two_headers_of_one_meaning_are_not_chosen_between(tmp_path):
    headers = [*HEADERS, "投资总额（万元）"]
    ledger = one(tmp_path, [*GOOD, 5], headers=headers)
    assert kinds(ledger) == ["ledger_column_twice"] * 2
    assert ledger.projects["investment"].isna().all()
    assert ledger.projects["投资总额（万元）"].tolist() == [5]


def test_amounts_are_the_floats_nearest_to_their_decimals(tmp_path):
    headers = [*HEADERS[:5], "总投资（万元）", "签约日期"]
    said = [1.1, 33333.3, 123456.789, 0.1 + 0.2, "7.7亿", "３，２００"]
    rows = [varied(c0=str(n), c1=f"P{n}", c5=v) for n, v in enumerate(said)]
    ledger = one(tmp_path, *rows, headers=headers)
    assert ledger.projects["investment"].tolist() == [
        0.00011,
        3.33333,
        12.3456789,
        3e-05,
        7.7,
        0.32,
    ]


def test_an_amount_without_any_unit_is_not_guessed_until_the_settings_say_it(tmp_path):
    headers = [*HEADERS[:5], "总投资", "签约日期"]
    rows = rows_of(GOOD, headers=headers)
    assert kinds(read(tmp_path, {"台账": rows})) == ["ledger_unit_missing"]
    settings = [["设置"], ["总投资单位", "亿元"]]
    ledger = read(tmp_path, {"台账": rows, "设置": settings})
    assert ledger.projects["investment"].tolist() == [3.2]


def test_a_period_that_holds_the_vintage_ends_with_it(tmp_path):
    title = "2024年台账（截至2024年5月15日）"
    ledger = one(tmp_path, varied(c6="2024年第二季度"), title=title)
    assert ledger.projects["signed"].tolist() == [pd.Timestamp("2024-05-15")]


def test_a_date_without_a_year_needs_one_year_in_the_title(tmp_path):
    ledger = one(tmp_path, varied(c6="5月6日"), title="2023—2025年台账")
    assert kinds(ledger) == ["ledger_date_no_year"]
    assert "ledger_no_vintage" in kinds(ledger, "warning")


def test_settings_are_typed_and_say_where_they_come_from(tmp_path):
    sheet = [
        ["设置"],
        ["期间", "2024年第二季度"],
        ["台账日期", dt.date(2024, 7, 5)],
        ["计数阶段（固投类）", "开工"],
        ["退出项目是否计数", "是"],
        ["时序进度", "按天数"],
        ["亮灯规则", "彩虹"],
        ["天气", "晴"],
    ]
    ledger = read(tmp_path, {"台账": rows_of(GOOD), "设置": sheet})
    settings = ledger.settings
    assert (settings.period, settings.as_of) == ("2024Q2", dt.date(2024, 6, 30))
    assert settings.vintage == dt.date(2024, 7, 5)
    assert settings.counting_stage == {"fixed_asset": "started", "revenue": "signed"}
    assert (settings.count_withdrawn, settings.recognised_only) == (True, False)
    assert (settings.schedule, settings.lights) == ("days", "points30")
    assert settings.origins["schedule"] == "sheet"
    assert settings.origins["lights"] == settings.origins["recognised_only"] == "default"
    assert kinds(ledger) == ["ledger_setting_unreadable"]
    assert "ledger_setting_unknown" in kinds(ledger, "warning")
    assert set(settings.table["origin"]) == {"sheet", "default"}
    for lang in ("zh", "en"):
        assert all(f.say(lang) for f in ledger.findings)


def test_a_counting_stage_must_be_on_the_types_ladder(tmp_path):
    sheet = [["计数阶段", "开工"]]
    ledger = read(tmp_path, {"台账": rows_of(GOOD), "设置": sheet})
    assert kinds(ledger) == ["ledger_setting_unreadable"]
    assert ledger.settings.counting_stage["revenue"] == "signed"


def test_optional_columns_are_typed(tmp_path):
    headers = [*HEADERS, "总部", "认定状态", "新增用地（亩）", "招引方向", "统一社会信用代码"]
    ledger = one(
        tmp_path,
        [*varied(c0="1"), "是", "核定", 35.5, "多式联运", 913305001234567890],
        [*varied(c0="2", c1="b"), "否", "自报", "无", "度假", "913305001234567890"],
        [*varied(c0="3", c1="c"), "也许", "不详", "", "造船", ""],
        headers=headers,
    )
    projects = ledger.projects
    assert projects["headquarters"].tolist() == [True, False, pd.NA]
    assert projects["recognition"].tolist()[:2] == ["recognised", "self_reported"]
    assert projects["new_land"].tolist() == [True, False, pd.NA]
    assert projects["direction"].tolist()[0] == "logistics.1"
    assert sorted(kinds(ledger, "warning")) == [
        "ledger_direction_elsewhere",
        "ledger_flag_unreadable",
        "ledger_number_long_further",
        "ledger_recognition_unreadable",
        "ledger_unknown_direction",
    ]
    assert projects["统一社会信用代码"].tolist()[1] == "913305001234567890"


def test_a_sheet_named_after_an_area_and_a_row_of_another(tmp_path):
    ledger = read(tmp_path, {"吴兴区": rows_of(GOOD)})
    assert kinds(ledger, "warning") == ["ledger_area_not_sheets"]
    assert ledger.projects["area"].tolist() == ["deqing"]


def test_sheets_without_a_header_and_hidden_ones_are_told(tmp_path):
    ledger = read(
        tmp_path, {"台账": rows_of(GOOD), "说明": [["如何填写"]], "草稿": [["随手记"], ["二"]]}
    )
    assert kinds(ledger, "warning") == ["ledger_no_header"]
    assert ledger.counts["other"] == 2
    assert ledger.counts["rows"] == 5


def test_further_headers_that_clash_are_renamed_and_told(tmp_path):
    ledger = one(tmp_path, [*GOOD, "x", "y", "z"], headers=[*HEADERS, "备注", "备注", "row"])
    assert ledger.projects[["备注", "备注 (2)", "row (2)"]].to_numpy().tolist() == [["x", "y", "z"]]
    assert kinds(ledger, "note").count("ledger_header_renamed") == 2


def test_english_headers(tmp_path):
    headers = ["Project ID", "Project name", "Area", "Industry", "Project type"]
    headers += ["Investment (CNY 100 million)", "Date signed"]
    row = varied(c2="Deqing County", c3="Logistics", c4="Fixed-asset")
    ledger = one(tmp_path, row, headers=headers)
    assert ledger.passed
    assert ledger.projects["investment"].tolist() == [3.2]
    assert ledger.projects["signed"].notna().all()


def test_lines_above_the_header_are_titles_even_with_several_cells(tmp_path):
    rows = [
        ["2024年服务业招商项目台账", "", "", "", "", "", ""],
        ["填报单位：虚构局", "", "", "单位：万元", "", "", "截至2024年6月30日"],
        [*HEADERS[:5], "总投资", "签约"],
        varied(c5=32000, c6="3月1日"),
    ]
    ledger = read(tmp_path, {"台账": rows})
    assert ledger.passed
    assert (ledger.counts["title"], ledger.counts["header"]) == (2, 1)
    assert ledger.projects["investment"].tolist() == [3.2]
    assert ledger.settings.vintage == dt.date(2024, 6, 30)


def test_a_header_of_two_rows_without_merged_cells(tmp_path):
    rows = [
        ["项目编号", "项目名称", "区县", "行业", "类别", "总投资", "签约", "开工"],
        ["", "", "", "", "", "（亿元）", "日期", "日期"],
        [*GOOD, "2024-04-01"],
    ]
    ledger = read(tmp_path, {"台账2024": rows})
    assert ledger.passed
    assert ledger.projects["started"].tolist() == [pd.Timestamp("2024-04-01")]
    assert ledger.counts["header"] == 2
