"""The template: what is filled in by its drop-downs, the reader accepts."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from office import convert, needs_office
from openpyxl.utils import range_boundaries

from h1224lib import load_plan
from h1224lib.ledger import read_ledger
from h1224lib.ledger.template import order_columns, write_template
from h1224lib.ledger.vocabulary import list_fields, read_words

LANGS = ("zh", "en")
ROWS = 80


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


def offered(book, formula, industry=None):
    """The values of a drop-down, as Excel would show them."""
    name = formula.lstrip("=")
    if name.startswith("OFFSET("):
        owners = offered(book, "list_direction_industry")
        values = offered(book, "list_direction")
        return [v for v, owner in zip(values, owners, strict=True) if owner == industry]
    sheet, cells = next(iter(book.defined_names[name].destinations))
    left, top, right, bottom = range_boundaries(cells)
    assert left == right
    return [book[sheet].cell(row, left).value for row in range(top, bottom + 1)]


def drop_downs(book, page):
    """Column or cell -> formula of its drop-down."""
    return {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in page.data_validations.dataValidation
        if rule.type == "list"
    }


def fill(book, plan, lang, rows=ROWS):
    """Fill rows by the drop-downs alone, every value of each at least once."""
    page = book.worksheets[0]
    names = [field.name for field in order_columns(plan)]
    lists = {names[page[c].column - 1]: f for c, f in drop_downs(book, page).items()}
    told = []
    ladders = read_words("columns")["ladders"]
    industries = offered(book, lists["industry"]) if "industry" in lists else [None]
    kinds = offered(book, lists["project_type"]) if "project_type" in lists else [None]
    place = plan.label("area", "nantaihu", lang) if "platform" in lists else None
    lacking = {plan.label("industry", code, lang) for code in plan.without()}
    for number in range(rows):
        said = {"project_id": f"{number:05d}", "name": f"演示企业{number:04d}项目（虚构）"}
        for name, formula in lists.items():
            industry = industries[number % len(industries)]
            values = offered(book, formula, industry)
            # Directions change with each round through the industries.
            said[name] = values[
                (number // len(industries) if name == "direction" else number) % len(values)
            ]
        if said.get("industry") in lacking:
            said["project_type"] = kinds[1]
        if place:
            said["platform"] = said["platform"] if said["area"] == place else None
        said["investment"] = 0.5 + number
        kind = kinds.index(said["project_type"]) if "project_type" in said else 0
        for step, stage in enumerate(list(ladders.values())[kind]):
            said[stage] = dt.datetime(2023, 1, 2) + dt.timedelta(days=100 * step + number)
        for name, value in said.items():
            page.cell(number + 2, names.index(name) + 1, value)
        told.append(said)
    return told


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_filled_by_the_drop_downs_the_reader_accepts(tmp_path, plan, lang):
    path = write_template(tmp_path / "台账.xlsx", plan, lang)
    book = openpyxl.load_workbook(path)
    told = fill(book, plan, lang)
    book.save(path)
    ledger = read_ledger(path, plan)
    assert [p.say("en") for p in ledger.problems if p.kind != "ledger_no_vintage"] == []
    read = ledger.projects
    assert len(read) == ROWS
    for dimension in ("area", "industry", "project_type"):
        labels = [plan.label(dimension, code, lang) for code in read[dimension]]
        assert labels == [said[dimension] for said in told]
    directions = plan.directions.set_index("direction_id")[lang]
    assert [directions[code] for code in read["direction"]] == [s["direction"] for s in told]
    assert read["investment"].tolist() == [said["investment"] for said in told]
    assert read["project_id"].tolist() == [said["project_id"] for said in told]
    for name in ("headquarters", "new_land"):
        yes = offered(book, f"list_{name}")[0]
        assert read[name].tolist() == [said[name] == yes for said in told]
    assert set(read["recognition"]) == {"recognised", "self_reported"}
    assert read["platform"].notna().sum() == sum(bool(said["platform"]) for said in told) > 0
    # Every value that a drop-down offers was tried.
    for name in ("area", "industry", "project_type", "direction", "landmark", "investor_kind"):
        assert {said[name] for said in told} == set(offered(book, f"list_{name}")), name


@pytest.mark.parametrize("lang", LANGS)
def test_every_value_of_every_setting_is_accepted(tmp_path, plan, lang):
    path = write_template(tmp_path / "a.xlsx", plan, lang)
    book = openpyxl.load_workbook(path)
    lists = drop_downs(book, book.worksheets[1])
    assert len(lists) == 8
    most = max(len(offered(book, formula)) for formula in lists.values())
    seen = set()
    for number in range(most):
        book = openpyxl.load_workbook(path)
        fill(book, plan, lang, rows=1)
        for cell, formula in lists.items():
            values = offered(book, formula)
            book.worksheets[1][cell] = values[number % len(values)]
        for row in range(1, 12):
            if book.worksheets[1].cell(row, 1).value in ("台账日期", "Ledger date"):
                book.worksheets[1].cell(row, 2, dt.datetime(2025, 12, 31))
        book.save(tmp_path / "b.xlsx")
        ledger = read_ledger(tmp_path / "b.xlsx", plan)
        assert [p.say("en") for p in ledger.problems] == []
        seen.add((*ledger.settings.counting_stage.values(), ledger.settings.schedule))
        assert ledger.settings.vintage == dt.date(2025, 12, 31)
    assert {stage for fixed, revenue, _ in seen for stage in (fixed, revenue)} == {
        stage for ladder in read_words("columns")["ladders"].values() for stage in ladder
    }
    assert {schedule for *_, schedule in seen} == set(read_words("settings")["schedule"]["choices"])


def test_dates_amounts_and_identifiers_are_validated(tmp_path, plan):
    book = openpyxl.load_workbook(write_template(tmp_path / "a.xlsx", plan))
    page = book.worksheets[0]
    rules = {str(r.sqref).split(":")[0]: r for r in page.data_validations.dataValidation}
    by_column = {f.name: rules.get(f"{page.cell(2, n).coordinate}") for n, f in
                 enumerate(order_columns(plan), start=1)}  # fmt: skip
    for name, field in list_fields().items():
        if field.kind == "date":
            assert by_column[name].type == "date", name
    assert (by_column["investment"].type, by_column["investment"].operator) == (
        "decimal",
        "greaterThan",
    )
    assert by_column["investment"].formula1 == "0"
    assert by_column["project_id"].formula1 == "ISTEXT(A2)"
    assert (by_column["credit_share"].formula1, by_column["credit_share"].formula2) == ("0", "1")
    assert by_column["area"].errorStyle in (None, "stop")
    assert all(rule.error for rule in rules.values())
    assert str(by_column["area"].sqref).endswith(str(read_words("template")["rows"] + 1))


def test_identifiers_are_text_before_anything_is_typed(tmp_path, plan):
    page = openpyxl.load_workbook(write_template(tmp_path / "a.xlsx", plan)).worksheets[0]
    assert page.column_dimensions["A"].number_format == "@"


@pytest.mark.parametrize("banner", ["", "合成数据，仅供演示"])
def test_the_header_stays_in_sight_and_on_every_page(tmp_path, plan, banner):
    path = write_template(tmp_path / "a.xlsx", plan, banner=banner)
    page = openpyxl.load_workbook(path).worksheets[0]
    head = 2 if banner else 1
    assert page.freeze_panes == f"C{head + 1}"
    assert page.auto_filter.ref.startswith(f"A{head}:")
    assert page.print_title_rows == f"${head}:${head}"
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_cols == "$A:$B"
    assert page.print_options.gridLines
    for page in openpyxl.load_workbook(path).worksheets:
        # 11 points are printed as more than 8, however many pages that takes.
        assert 11 * page.page_setup.scale / 100 > 8
        assert not (
            page.sheet_properties.pageSetUpPr and page.sheet_properties.pageSetUpPr.fitToPage
        )
        assert page.page_setup.orientation == "landscape"
        assert banner in (page.oddHeader.right.text or "")
        assert not banner or page["A1"].value == banner


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["huzhou-1224", "dazhou-2019"])
def test_the_dictionary_explains_every_column(tmp_path, lang, name):
    plan = load_plan(name)
    book = openpyxl.load_workbook(write_template(tmp_path / "a.xlsx", plan, lang))
    ledger, _, dictionary = book.worksheets
    rows = list(dictionary.iter_rows(min_row=2, max_col=5, values_only=True))
    explained = {row[4]: row for row in rows if row[4]}
    headers = [cell.value for cell in ledger[1]]
    fields = order_columns(plan)
    assert len(headers) == len(fields)
    for header, field in zip(headers, fields, strict=True):
        row = explained[field.name]
        assert header.startswith(row[0])
        assert len(row[2]) > 3
    assert set(read_words("settings")) <= set(explained)


def test_a_plan_without_industries_has_no_such_columns(tmp_path):
    plan = load_plan("dazhou-2019")
    path = write_template(tmp_path / "a.xlsx", plan)
    book = openpyxl.load_workbook(path)
    fill(book, plan, "zh", rows=12)
    book.save(path)
    ledger = read_ledger(path, plan)
    assert [p.say("en") for p in ledger.problems if p.kind != "ledger_no_vintage"] == []
    assert set(ledger.projects["area"]) == {c for c in plan.areas.index if c != "all"}


def test_every_column_that_the_reader_knows_is_offered(plan):
    assert {field.name for field in order_columns(plan)} == set(list_fields())


def test_the_same_template_has_the_same_bytes(tmp_path, plan):
    one, two = (write_template(tmp_path / f"{n}.xlsx", plan).read_bytes() for n in "ab")
    assert one == two


def test_an_empty_template_is_a_ledger_without_projects(tmp_path, plan):
    ledger = read_ledger(write_template(tmp_path / "a.xlsx", plan), plan)
    assert len(ledger.projects) == 0
    assert ledger.passed


@needs_office
@pytest.mark.parametrize("lang", LANGS)
def test_libreoffice_opens_it_and_converts_it_to_xls_and_back(tmp_path, plan, lang):
    path = write_template(tmp_path / "a.xlsx", plan, lang)
    book = openpyxl.load_workbook(path)
    fill(book, plan, lang)
    book.save(path)
    before = read_ledger(path, plan)
    old = convert(path, "xls", tmp_path / "old")
    again = convert(old, "xlsx", tmp_path / "again")
    for other in (old, again):
        after = read_ledger(other, plan)
        assert [p.kind for p in after.problems] == [p.kind for p in before.problems]
        for name in before.projects:
            assert after.projects[name].astype(str).tolist() == (
                before.projects[name].astype(str).tolist()
            ), name
    # The drop-downs are still there, the one that depends on the industry too.
    kept = openpyxl.load_workbook(again)
    rules = {
        r.formula1 for r in kept.worksheets[0].data_validations.dataValidation if r.type == "list"
    }
    assert any("list_area" in rule for rule in rules)
    assert any(rule.startswith("OFFSET(list_direction") for rule in rules)
    assert offered(kept, "list_area") == offered(book, "list_area")
