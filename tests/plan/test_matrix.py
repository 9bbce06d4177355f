"""Printed matrices in workbooks: annex 2 comes back whole; what cannot be read is listed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from building import HUZHOU, tables_that_add_up, write_plan

from h1224lib import load_plan, wording
from h1224lib.cli import main
from h1224lib.errors import BookError, UnknownNameError
from h1224lib.plan import book as books
from h1224lib.plan.matrix import Matrix, import_matrix
from h1224lib.plan.tables import plan_format

GRID = Path(__file__).parents[1] / "golden" / "huzhou-annex2.csv"
AREAS = ["全市", "吴兴区", "南浔区", "德清县", "长兴县", "安吉县", "南太湖新区", "长合区", "市属"]
HORIZONS = ["今后\n三年", "2023\n年"]
FIRST = [
    ("商贸（含\n电商）业", True),
    ("文化\n旅游业", True),
    ("金融业", False),
    ("人力资源\n服务业", False),
]
SECOND = [
    ("物流业", True),
    ("软件和\n信息技术\n服务业（含\n工业设计）", True),
    ("科技\n服务业", True),
]
REMARKS = [
    "备注：\n1.金融业和人力资源服务业无固投类项目；",
    "2.市属任务中，商贸（含电商）业为市城市集团、市交通集团、市产业集团招引目标。",
]
COMPARED = ["measure", "area", "industry", "project_type", "horizon", "relation"]
COMPARED += ["value", "unit", "printed", "place"]


def write_cell(sheet: Any, row: int, column: int, text: str) -> None:
    if text.lstrip("-").isdigit():
        sheet.write_number(row, column, int(text))
    else:
        sheet.write_string(row, column, text)


def write_header(sheet: Any, row: int) -> int:
    sheet.merge_range(row, 0, row, 1, "区县")
    sheet.merge_range(row + 1, 0, row + 1, 1, "行业")
    for number, area in enumerate(AREAS):
        sheet.merge_range(row, 2 + 2 * number, row, 3 + 2 * number, area)
        for offset, horizon in enumerate(HORIZONS):
            sheet.write_string(row + 1, 2 + 2 * number + offset, horizon)
    return row + 2


def write_part(sheet: Any, row: int, blocks: list[tuple[str, bool]], grid: list[list[str]]) -> int:
    """Write blocks of an industry each, as printed; an empty name is that of the totals."""
    for industry, both in blocks:
        labels = [
            "招引小计" if industry else "招引总数（个、家）",
            *(["固投类"] if both else []),
            "营收类",
        ]
        if industry:
            sheet.merge_range(row, 0, row + len(labels) - 1, 0, industry)
        for label in labels:
            if industry:
                sheet.write_string(row, 1, label)
            else:
                sheet.merge_range(row, 0, row, 1, label)
            for column, text in enumerate(grid.pop(0)):
                write_cell(sheet, row, 2 + column, text)
            row += 1
    return row


def write_annex(path: Path, sheets: int) -> Path:
    """Write annex 2 in its two printed parts, on one sheet below each other or on two sheets."""
    with GRID.open(encoding="utf-8", newline="") as file:
        grid = list(csv.reader(file))
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet("附件2")
    sheet.write_string(0, 0, "附件 2")
    sheet.merge_range(1, 0, 1, 19, "招商工作目标任务分解表")
    row = write_part(sheet, write_header(sheet, 3), [("", True), *FIRST], grid)
    for remark in REMARKS:
        sheet.merge_range(row, 0, row, 19, remark)
        row += 1
    if sheets == 2:
        sheet, row = workbook.add_worksheet("附件2（续）"), 0
    write_part(sheet, write_header(sheet, row), SECOND, grid)
    assert grid == []
    workbook.close()
    return path


@pytest.mark.parametrize("sheets", [1, 2])
def test_annex_2_comes_back_as_it_was_entered(tmp_path: Path, sheets: int) -> None:
    matrix = import_matrix(
        write_annex(tmp_path / "附件 2.xlsx", sheets), "huzhou-1224", "projects", "annex2"
    )
    assert matrix.problems == []
    assert matrix.parts == 2
    figures = load_plan("huzhou-1224").figures
    entered = figures[figures["place"].str.startswith("annex2/")].reset_index(drop=True)
    assert len(entered) == 396
    pd.testing.assert_frame_equal(matrix.figures[COMPARED], entered[COMPARED], check_dtype=False)
    assert list(matrix.figures) == list(plan_format()["figures"]["fields"])
    assert matrix.figures["figure_id"].is_unique


# Small matrices


Fill = Callable[[Any, Any], None]


def build(path: Path, fill: Fill | None = None, rows: list[list[Any]] | None = None) -> Path:
    """Write a matrix of east and west in two horizons, then whatever a test adds to it."""
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet("表")
    for row in rows or [
        ["招商目标"],
        [None, None, "east", "east", "west", "west"],
        [None, None, "三年", "2023年", "三年", 2023],
        ["trade", "heavy", 1, 2, 3, 4],
        ["trade", "light", 5, "-", 0, 8],
    ]:
        row_number = sheet.dim_rowmax + 1 if sheet.dim_rowmax is not None else 0
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(row_number, column, value)
    if fill:
        fill(sheet, workbook)
    workbook.close()
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    leaves = {("east", "trade", "heavy"): (1, 2)}
    return write_plan(tmp_path / "plan", tables_that_add_up(leaves))


def read(plan: Path, fill: Fill | None = None, rows: list[list[Any]] | None = None) -> Matrix:
    return import_matrix(build(plan.parent / "目标.xlsx", fill, rows), plan, "projects")


def cells(matrix: Matrix) -> list[tuple[Any, ...]]:
    columns = matrix.figures[["area", "industry", "project_type", "horizon", "printed"]]
    return list(columns.itertuples(index=False, name=None))


def test_a_small_matrix_on_paper(plan: Path) -> None:
    matrix = read(plan)
    assert matrix.problems == []
    assert cells(matrix) == [
        ("east", "trade", "heavy", "2023-2025", "1"),
        ("east", "trade", "heavy", "2023", "2"),
        ("west", "trade", "heavy", "2023-2025", "3"),
        ("west", "trade", "heavy", "2023", "4"),
        ("east", "trade", "light", "2023-2025", "5"),
        ("east", "trade", "light", "2023", "-"),
        ("west", "trade", "light", "2023-2025", "0"),
        ("west", "trade", "light", "2023", "8"),
    ]
    assert set(matrix.figures["place"]) == {"table/1/trade/heavy", "table/1/trade/light"}
    assert matrix.figures["value"].isna().tolist() == [False] * 5 + [True] + [False] * 2


@pytest.mark.parametrize(
    ("value", "printed"),
    [("12", "12"), (" 12 ", "12"), ("1,234", "1,234"), ("－", "-"), ("——", "-"), (12.0, "12"),
     ("/", "-"), ("／", "-"), ("１２", "12"), ("１，２３４", "1,234")],
)  # fmt: skip
def test_numbers_kept_as_text_and_dashes_of_any_form(
    plan: Path, value: object, printed: str
) -> None:
    matrix = read(plan, lambda sheet, book: sheet.write(3, 2, value))
    assert matrix.problems == []
    assert cells(matrix)[0][-1] == printed


def test_a_blank_cell_has_no_row_and_a_result_of_a_formula_has(plan: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        sheet.write_blank(3, 2, None, book.add_format({"bold": True}))
        sheet.write_formula(3, 3, "=C5-3", None, 2)

    matrix = read(plan, fill)
    assert matrix.problems == []
    assert len(matrix.figures) == 7
    assert cells(matrix)[0] == ("east", "trade", "heavy", "2023", "2")


def put(column: int, value: object, form: str = "", row: int = 3) -> Fill:
    def fill(sheet: Any, book: Any) -> None:
        sheet.write(row, column, value, book.add_format({"num_format": form}) if form else None)

    return fill


def test_a_number_is_printed_as_it_is_formatted(plan: Path) -> None:
    assert cells(read(plan, put(2, 1234, "#,##0_ ")))[0][-1] == "1,234"
    assert cells(read(plan, put(2, 7, "0.0_);[Red]\\(0.0\\)")))[0][-1] == "7.0"


@pytest.mark.parametrize(
    ("fill", "kind", "cell"),
    [
        (put(2, "12?"), "matrix_unreadable", "C4"),
        (put(2, "约12"), "matrix_unreadable", "C4"),
        (put(3, "12个"), "matrix_unreadable", "D4"),
        (put(2, True), "matrix_unreadable", "C4"),
        (put(2, 12.5), "off_step", "C4"),
        (put(2, -2), "negative", "C4"),
        (put(2, "－2"), "matrix_unreadable", "C4"),
        (put(2, 1e17), "too_large", "C4"),
        (put(2, 12.5, "0"), "matrix_format", "C4"),
        (put(2, 0.12, "0%"), "matrix_format", "C4"),
        (put(2, 12, "yyyy-mm-dd"), "matrix_unreadable", "C4"),
        (put(2, 0, '0;-0;"-"'), "matrix_format", "C4"),
        (lambda s, b: s.write_formula(3, 2, "=A1+1", None, ""), "matrix_no_result", "C4"),
        (lambda s, b: s.write_formula(3, 2, "=1/0", None, "#DIV/0!"), "matrix_error", "C4"),
        (lambda s, b: s.merge_range(3, 2, 3, 3, 9), "matrix_merged", "C4"),
        (lambda s, b: s.merge_range(3, 2, 4, 2, 9), "matrix_merged", "C4"),
        (put(2, "north", row=1), "matrix_unknown_area", "C2"),
        (put(3, "明年", row=2), "matrix_unknown_horizon", "D3"),
        (put(4, "east", row=1), "matrix_repeated_column", "E3"),
        (put(6, 9), "matrix_unknown_area", "G2"),
        (put(0, "mining"), "matrix_unknown_label", "A4"),
        (put(1, "hevy"), "matrix_unknown_label", "B4"),
        (put(0, "tours", row=5), None, ""),
        (put(2, 9, row=5), "matrix_no_label", "A6"),
        (lambda s, b: s.write_row(5, 0, [None, "light", 9]), "matrix_no_industry", "B6"),
        (lambda s, b: s.write_row(5, 0, ["trade", "tours", 9]), "matrix_two_labels", "A6"),
        (lambda s, b: s.write_row(5, 0, ["trade", "light", 9]), "matrix_repeated_cell", "C6"),
        (lambda s, b: s.write(0, 5, 2023), "matrix_no_header", "F1"),
        (lambda s, b: s.set_row(3, None, None, {"hidden": True}), "matrix_hidden", "C4"),
        (lambda s, b: s.set_column(2, 2, 9, None, {"hidden": True}), "matrix_hidden", "C4"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_listed_and_not_guessed(
    plan: Path, fill: Fill, kind: str | None, cell: str
) -> None:
    whole = {row[:4]: row[4] for row in cells(read(plan))}
    matrix = read(plan, fill)
    if kind is None:
        assert matrix.problems == []
        return
    first = matrix.problems[0]
    assert (first.kind, first.numbers["cell"]) == (kind, cell)
    assert first.file == "[目标.xlsx]表"
    assert f"{first.column}{first.row}" == cell
    for problem in matrix.problems:
        for lang in wording.LANGUAGES:
            assert problem.expected(lang) and problem.remedy(lang)
            assert problem.say(lang).count("\n") == 0
    # What is read is what stands there; nothing beside it moved.
    assert {row[:4]: row[4] for row in cells(matrix)}.items() <= whole.items()


def test_a_hidden_sheet_and_a_sheet_of_notes(plan: Path) -> None:
    def fill(sheet: Any, book: Any) -> None:
        book.add_worksheet("说明").write(0, 0, "填表说明")
        hidden = book.add_worksheet("旧表")
        hidden.write(2, 1, 5)
        hidden.hide()

    matrix = read(plan, fill)
    assert [problem.kind for problem in matrix.problems] == ["matrix_hidden_sheet"]
    assert len(matrix.figures) == 8


def test_a_number_printed_in_two_parts_is_two_figures(plan: Path) -> None:
    part = [
        [None, None, "east", "west"],
        [None, None, "2023", "2023"],
        ["trade", "heavy", 1, 2],
    ]
    matrix = read(plan, rows=[*part, ["续表"], *part])
    assert matrix.problems == []
    assert matrix.parts == 2
    assert matrix.figures["figure_id"].is_unique
    assert (
        matrix.figures["place"].tolist()
        == ["table/1/trade/heavy"] * 2 + ["table/2/trade/heavy"] * 2
    )


def test_an_industry_cut_by_a_page_is_not_taken_for_the_total(plan: Path) -> None:
    head = [[None, None, "east", "west"], [None, None, "2023", "2023"]]
    rows = [*head, [None, "heavy", 7, 9], ["trade", "heavy", 1, 2], *head, [None, "light", 3, 4]]
    matrix = read(plan, rows=rows)
    # Before the first industry, a row without one is a total.
    assert cells(matrix)[0] == ("east", "all", "heavy", "2023", "7")
    assert [(p.kind, p.numbers["cell"]) for p in matrix.problems] == [("matrix_no_industry", "B7")]


def test_figures_need_not_be_there_yet(plan: Path) -> None:
    (plan / "figures.csv").unlink()
    assert len(read(plan).figures) == 8


def test_decimals_of_a_finer_step_and_a_plan_without_industries(tmp_path: Path) -> None:
    rows = [
        [None, "通川区", "达川区"],
        [None, "2019年", "2019年"],
        ["投资", 12.3, 0.1 + 0.2],
    ]
    path = build(tmp_path / "a.xlsx", None, rows)
    measures = load_plan("dazhou-2019").measures
    name = str(measures.at["investment", "zh"])
    path = build(tmp_path / "a.xlsx", None, [*rows[:2], [name, *rows[2][1:]]])
    matrix = import_matrix(path, "dazhou-2019", "investment")
    assert [p.say("en") for p in matrix.problems] == []
    assert matrix.figures["printed"].tolist() == ["12.3", "0.3"]
    assert set(matrix.figures["unit"]) == {measures.at["investment", "unit"]}


# Layouts: read rightly, or listed and left out


HEAD = [[None, "east", "east", "west", "west"], [None, "三年", 2023, "三年", 2023]]
WIDE = [[None, *row] for row in HEAD]


def told(matrix: Matrix) -> list[tuple[str, str]]:
    return [(problem.kind, problem.numbers["cell"]) for problem in matrix.problems]


@pytest.mark.parametrize("heading", ["trade", "一、Trade", "trade业目标", "（一）其中：trade"])
def test_an_industry_that_heads_rows_is_not_forgotten(plan: Path, heading: str) -> None:
    rows = [*HEAD, [heading], ["heavy", 7, 2, 4, 2], ["light", 27, 10, 22, 5]]
    matrix = read(plan, rows=rows)
    assert cells(matrix) == []
    assert told(matrix) == [("matrix_heading", "A3")]


def test_a_type_that_heads_rows_is_not_forgotten(plan: Path) -> None:
    rows = [*WIDE, ["合计", None, 9, 9, 9, 9], ["heavy"], ["trade", None, 7, 2, 4, 2]]
    rows += [["light"], ["trade", None, 27, 10, 22, 5], ["tours", "light", 1, 1, 1, 1]]
    plan_names(plan, "industries", "合计")
    matrix = read(plan, rows=rows)
    # Rows above the headings, and rows that name the type themselves, are read.
    assert {row[1:3] for row in cells(matrix)} == {("all", "all"), ("tours", "light")}
    assert told(matrix) == [("matrix_heading", "A4"), ("matrix_heading", "A6")]


@pytest.mark.parametrize("heading", ["2023年", "west", "二、Sales"])
def test_a_heading_of_another_year_area_or_measure_ends_what_is_read(
    plan: Path, heading: str
) -> None:
    path = plan / "measures.csv"
    head, *rest = path.read_text(encoding="utf-8").splitlines()
    other = rest[0].replace("projects,项目,Projects", "sales,销售额,Sales")
    path.write_text("\n".join([head, *rest, other]) + "\n", encoding="utf-8")
    rows = [*WIDE, ["trade", "heavy", 7, 2, 4, 2], [heading], ["trade", "light", 7, 2, 4, 2]]
    matrix = read(plan, rows=rows)
    assert {row[1:3] for row in cells(matrix)} == {("trade", "heavy")}
    assert told(matrix) == [("matrix_heading", "A4")]


def test_a_heading_merged_over_the_numbers_is_not_forgotten(plan: Path) -> None:
    for column in (0, 1):
        rows = [*HEAD, [None] * column + ["trade"], ["heavy", 7, 2, 4, 2]]
        matrix = read(plan, lambda s, b, c=column: s.merge_range(2, c, 2, 4, "trade"), rows)
        assert (cells(matrix), [kind for kind, _ in told(matrix)]) == ([], ["matrix_heading"])


def plan_names(plan: Path, table: str, alias: str) -> None:
    """Let the whole of a dimension be called by one more name."""
    path = plan / f"{table}.csv"
    head, root, *rest = path.read_text(encoding="utf-8").splitlines()
    lines = [f"{head},aliases", f"{root},{alias}", *(f"{line}," for line in rest)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_a_type_that_only_the_title_or_the_sheet_names(plan: Path) -> None:
    rows = [*HEAD, ["trade", 7, 2, 4, 2]]
    titled = read(plan, rows=[["heavy 项目目标分解表"], [None], *rows])
    assert (cells(titled), told(titled)) == ([], [("matrix_title", "A1")])

    def rename(sheet: Any, book: Any) -> None:
        other = book.add_worksheet("light")
        for number, row in enumerate(rows):
            other.write_row(number, 0, row)

    named = read(plan, rename, rows)
    assert len(named.figures) == 4  # those of the first sheet
    assert told(named) == [("matrix_title", "A1")]
    assert named.problems[0].file == "[目标.xlsx]light"
    # A title that names what the rows name too says nothing more.
    whole = [["heavy 与 light 项目，trade 等"], *WIDE, ["trade", "heavy", 7, 2, 4, 2]]
    assert told(read(plan, rows=whole)) == []


def test_a_third_row_of_the_header_refuses_what_is_below(plan: Path) -> None:
    types = [None, "heavy", "light", "heavy", "light"]
    below = [["trade", 7, 27, 2, 10], ["tours", 20, 22, 5, 7]]
    areas = [[None, "east", "west"], [None, 2023, 2023], [None, "heavy", "light"]]
    matrix = read(plan, rows=[*areas, *(row[:3] for row in below)])
    assert (cells(matrix), told(matrix)) == ([], [("matrix_third_header", "B3")])
    one = [[None, *["east"] * 4], [None, "三年", "三年", 2023, 2023], types, *below]
    matrix = read(plan, rows=one)
    assert cells(matrix) == []
    assert "matrix_third_header" in [kind for kind, _ in told(matrix)]
    over = read(plan, rows=[types, *HEAD, *below])
    assert (cells(over), {kind for kind, _ in told(over)}) == ([], {"matrix_title"})


def test_numbering_units_and_of_which_around_a_name(plan: Path) -> None:
    rows = [
        ["序号", None, "east（个）", "west"],
        [None, None, 2023, 2023],
        [1, "一、Trade（个、家）", 3, 4],
        [None, "  其中：heavy", 1, 2],
        [2, "（二）其中：light", 2, 2],
        [3, "tours", 5, 6],
        [4, "其中 mining", 1, 1],
        [5, "其中：heavy", 1, 1],
    ]
    matrix = read(plan, rows=rows)
    assert [row[1:3] for row in cells(matrix)][::2] == [
        ("trade", "all"), ("trade", "heavy"), ("trade", "light"), ("tours", "all"),
    ]  # fmt: skip
    # Below a row that was not read, nobody knows of what it is a part.
    assert told(matrix) == [("matrix_unknown_label", "B7"), ("matrix_of_which", "B8")]


def test_a_part_of_the_row_above_is_no_part_of_another_type(plan: Path) -> None:
    rows = [*WIDE, ["trade", "heavy", 3, 3, 3, 3], [None, "其中：light", 1, 1, 1, 1]]
    assert told(read(plan, rows=rows)) == [("matrix_of_which", "B4")]


def test_a_column_of_numbers_without_its_head_is_no_label(plan: Path) -> None:
    rows = [[None, *WIDE[0][1:]], WIDE[1], [1, "trade", 7, 2, 4, 2]]
    assert told(read(plan, rows=rows)) == [("matrix_unknown_label", "A3")]


ONCE = [
    ["trade", "heavy", 1, 1, 1, 1],
    [None, "light", 2, 2, 2, 2],
    ["tours", "heavy", 3, 3, 3, 3],
    [None, "light", 4, 4, 4, 4],
]


def test_an_industry_written_once_above_its_types(plan: Path) -> None:
    matrix = read(plan, rows=[*WIDE, *ONCE])
    assert matrix.problems == []
    assert [row[1:3] + row[4:] for row in cells(matrix)][::4] == [
        ("trade", "heavy", "1"), ("trade", "light", "2"),
        ("tours", "heavy", "3"), ("tours", "light", "4"),
    ]  # fmt: skip


def test_an_industry_that_lacks_a_type_may_be_written_once(plan: Path) -> None:
    rows = [*WIDE, *ONCE[:2], ["tours", "light", 4, 4, 4, 4], [None, "heavy", 9, 9, 9, 9]]
    # The last row may be a total: tours would have its types in another order.
    assert told(read(plan, rows=rows)) == [("matrix_no_industry", f"B{n}") for n in (4, 6)]
    path = plan / "industries.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    typed = [f"{line},{'light' if line.startswith('tours') else ''}" for line in lines]
    path.write_text("\n".join([f"{head},project_types", *typed]) + "\n", encoding="utf-8")
    assert told(read(plan, rows=rows[:-1])) == []
    assert told(read(plan, rows=rows)) == [("matrix_no_industry", f"B{n}") for n in (4, 6)]


@pytest.mark.parametrize(
    "more",
    [
        [[None, "heavy", 4, 4, 4, 4], [None, "light", 6, 6, 6, 6]],  # totals, or tours again
        [["trade", "heavy", 7, 7, 7, 7], [None, "light", 7, 7, 7, 7]],
    ],
)
def test_where_a_row_may_be_a_total_none_is_continued(plan: Path, more: list[list[Any]]) -> None:
    matrix = read(plan, rows=[*WIDE, *ONCE, *more])
    assert {kind for kind, _ in told(matrix)} <= {"matrix_no_industry", "matrix_repeated_cell"}
    assert {row[1:3] for row in cells(matrix)} == {("trade", "heavy"), ("tours", "heavy")}


def test_an_area_written_once_above_its_horizons(plan: Path) -> None:
    head = [[None, "east", None, "west", None], HEAD[1]]
    matrix = read(plan, rows=[*head, ["trade", 1, 2, 3, 4]])
    assert matrix.problems == []
    assert [(row[0], row[3], row[4]) for row in cells(matrix)] == [
        ("east", "2023-2025", "1"), ("east", "2023", "2"),
        ("west", "2023-2025", "3"), ("west", "2023", "4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        [[None, "east", None, "west"], [None, "三年", 2023, 2023]],
        [[None, "east", None, "west", None], [None, 2023, 2023, 2023, 2023]],
        [[None, "east", None, None, "west"], [None, "三年", 2023, 2023, "三年"]],
    ],
)
def test_a_column_that_may_be_of_an_area_left_out_is_listed(
    plan: Path, head: list[list[Any]]
) -> None:
    matrix = read(plan, rows=[*head, ["trade", 1, 2, 3, 4][: len(head[1])]])
    assert {kind for kind, _ in told(matrix)} == {"matrix_unknown_area"}
    assert len(matrix.figures) == sum(name is not None for name in head[0])


def test_horizons_above_areas(plan: Path) -> None:
    head = [[None, "三年", None, 2023, None], [None, "east", "west", "east", "west"]]
    rows = [*head, ["trade", 1, 3, 2, 4]]

    def merge(sheet: Any, book: Any) -> None:
        sheet.merge_range(0, 1, 0, 2, "三年")
        sheet.merge_range(0, 3, 0, 4, 2023)

    for fill in (None, merge):
        matrix = read(plan, fill, rows)
        assert matrix.problems == []
        assert [(row[0], row[3], row[4]) for row in cells(matrix)] == [
            ("east", "2023-2025", "1"), ("west", "2023-2025", "3"),
            ("east", "2023", "2"), ("west", "2023", "4"),
        ]  # fmt: skip


# What is refused


def refused(path: Path, plan: Path | str = HUZHOU, measure: str = "projects") -> str:
    with pytest.raises(BookError) as caught:
        import_matrix(path, plan, measure)
    for lang in wording.LANGUAGES:
        assert path.name in caught.value.say(lang)[0]
    return caught.value.key


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert refused(path) == "book_missing"
    path.write_bytes(b"area,value\n")
    assert refused(path) == "book_no_xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refused(path) == "book_no_xlsx"
    path.write_bytes(path.read_bytes() + "EncryptedPackage".encode("utf-16-le"))
    assert refused(path) == "book_encrypted"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert refused(path) == "book_no_xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/workbook.xml", "<a/>")
    assert refused(path) == "book_damaged"


def rewrite(path: Path, old: str, new: str) -> None:
    """Change the XML of a workbook's first sheet."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old.encode() in parts[sheet]
    parts[sheet] = parts[sheet].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)


def test_limits_are_held_before_parsing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("parsed")

    path = build(tmp_path / "a.xlsx")
    monkeypatch.setattr(books, "_open", refuse)
    for limit, key in (
        ("MOST_CELLS", "book_too_many_cells"),
        ("MOST_UNPACKED", "book_unpacks_too_large"),
        ("MOST_BYTES", "book_too_large"),
    ):
        monkeypatch.setattr(books, limit, 10)
        assert refused(path) == key
    monkeypatch.undo()
    monkeypatch.setattr(books, "_open", refuse)
    # One merged range over the whole sheet is a few bytes of XML.
    rewrite(
        path, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A9:XFD99"/></mergeCells>'
    )
    assert refused(path) == "book_too_many_cells"


def test_a_cell_far_out_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path / "a.xlsx", lambda sheet, book: sheet.write(1_048_575, 16_383, 1))
    assert refused(path) == "book_too_many_cells"


def test_a_workbook_without_matrix_and_wrong_names(tmp_path: Path, plan: Path) -> None:
    path = build(tmp_path / "a.xlsx", None, [["区县", "项目"], ["吴兴区", 12], ["南浔区", 13]])
    assert refused(path) == "book_no_matrix"
    with pytest.raises(UnknownNameError):
        import_matrix(path, plan, "nothing")
    with pytest.raises(UnknownNameError):
        import_matrix(path, "nowhere", "projects")
    with pytest.raises(BookError, match="a/b"):
        import_matrix(path, plan, "projects", "a/b")


# The command


def call(capfd: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["plan", "import", *map(str, args), "--measure", "projects", "--lang", "en"])
    return (int(str(left.value.code)), *capfd.readouterr())


def test_the_command(capfd: pytest.CaptureFixture[str], plan: Path, tmp_path: Path) -> None:
    path = build(tmp_path / "目标.xlsx")
    code, out, err = call(capfd, path, "--plan", plan)
    assert (code, err) == (0, "8 figures read from 1 part\n")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["value"] for row in rows] == ["1", "2", "3", "4", "5", "", "0", "8"]
    code, table, _ = call(capfd, path, "--plan", plan, "--format", "table")
    assert code == 0 and "East" in table
    kept = tmp_path / "new" / "figures.csv"
    assert call(capfd, path, "--plan", plan, "--out", kept)[:2] == (0, "")
    assert kept.read_text(encoding="utf-8") == out
    kept.write_text("mine", encoding="utf-8")
    code, out, err = call(capfd, path, "--plan", plan, "--out", kept)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "figures.csv" in err
    assert kept.read_text(encoding="utf-8") == "mine"


def test_imported_figures_are_a_sound_table_of_the_plan(
    capfd: pytest.CaptureFixture[str], plan: Path
) -> None:
    path = build(plan.parent / "a.xlsx")
    (plan / "figures.csv").unlink()
    assert call(capfd, path, "--plan", plan, "--out", plan / "figures.csv")[0] == 0
    loaded = load_plan(plan)
    assert len(loaded.targets) == 8


def test_exit_codes_of_the_command(capfd: pytest.CaptureFixture[str], plan: Path) -> None:
    path = build(plan.parent / "目标.xlsx", put(2, "12?"))
    code, out, err = call(capfd, path, "--plan", plan)
    assert code == 1
    assert out.count("\n") == 8  # the header and seven figures
    assert err.splitlines()[0] == "7 figures read from 1 part; 1 problem:"
    assert err.splitlines()[1].startswith("[目标.xlsx]表, row 4, column C; C4: '12?' is no number;")
    code, out, err = call(capfd, plan / "areas.csv", "--plan", plan)
    assert (code, out, err.count("\n")) == (2, "", 1)
    code, out, err = call(capfd, "nowhere.xlsx", "--plan", plan)
    assert (code, out, err.count("\n")) == (2, "", 1)
