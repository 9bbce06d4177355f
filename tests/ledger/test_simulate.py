"""The simulator: seeded, marked as made up, sound; and the demonstration that is made of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.util
import itertools
import json
import re
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import frictionless
import openpyxl
import pandas as pd
import pytest

from h1224lib import load_plan, read_actuals
from h1224lib.errors import ActualsError
from h1224lib.landmark_status import read_landmark_status
from h1224lib.ledger import demonstration as demo
from h1224lib.ledger import read_ledger
from h1224lib.ledger.aggregates import simulate_actuals
from h1224lib.ledger.arrivals import spread_targets
from h1224lib.ledger.count import count_ledger
from h1224lib.ledger.planting import read_planted
from h1224lib.ledger.simulate import read_assumptions, simulate_ledger
from h1224lib.ledger.template import write_template
from h1224lib.ledger.told import sheet_of
from h1224lib.ledger.vocabulary import list_fields, read_words
from h1224lib.resources import data_folder
from h1224lib.synthetic import is_synthetic, say_mark
from h1224lib.wording import LANGUAGES

FOLDER = data_folder() / "demo"
DATES = [name for name, field in list_fields().items() if field.kind == "date"]


@pytest.fixture(scope="module")
def plan():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def invented(plan):
    return simulate_ledger(plan, 7, "2024-06-30")


@pytest.fixture(scope="module")
def many(plan):
    return simulate_ledger(plan, 5, "2025-12-31", scale=20)


def test_equal_seeds_give_equal_ledgers_and_others_do_not(plan, invented):
    pd.testing.assert_frame_equal(invented, simulate_ledger(plan, 7, "2024-06-30"))
    other = simulate_ledger(plan, 8, "2024-06-30")
    assert not invented["investment"].head(50).equals(other["investment"].head(50))


def test_an_earlier_day_knows_the_same_projects_and_less_of_them(plan, invented):
    before = simulate_ledger(plan, 7, "2024-03-31")
    keys = ["project_id", "area"]
    both = before.merge(invented, on=keys, suffixes=("_before", ""))
    assert len(both) == len(before) < len(invented)
    for name in ("name", "industry", "project_type", "direction"):
        assert both[f"{name}_before"].tolist() == both[name].tolist()
    for name in DATES:
        known = both[f"{name}_before"].dropna()
        assert known.equals(both.loc[known.index, name].rename(known.name).astype(known.dtype))
    changed = both["investment_before"] != both["investment"]
    assert 0 < changed.sum() < 30  # corrections
    assert set(both.loc[changed, "investment_before"] > both.loc[changed, "investment"]) == {True}


def test_nothing_is_later_than_the_ledger(invented):
    assert all((invented[name].dropna() <= "2024-06-30").all() for name in DATES)


def test_names_say_that_they_are_invented_and_ids_are_text(invented):
    assert invented["name"].str.fullmatch(r"演示企业\d{5}.*项目（虚构）").all()
    assert invented["project_id"].str.fullmatch(r"DEMO-\d{5}").all()
    assert invented["synthetic"].all()
    assert is_synthetic(invented)


def test_stages_follow_their_ladder_and_stop_at_withdrawal(many):
    ladders = read_words("columns")["ladders"]
    for kind, ladder in ladders.items():
        rows = many[many["project_type"] == kind]
        for below, above in itertools.pairwise(ladder):
            reached = rows[rows[above].notna()]
            assert (reached[below] <= reached[above]).all()
            assert (reached["withdrawn"].isna() | (reached["withdrawn"] > reached[above])).all()
        elsewhere = {s for other in ladders.values() for s in other} - set(ladder)
        assert rows[sorted(elsewhere)].isna().all(axis=None)
    assert (many["withdrawn"].isna() == many["withdrawn_reason"].isna()).all()
    assert 0.02 < many["withdrawn"].notna().mean() < 0.07


def test_arrivals_follow_targets_season_and_pace(plan, many):
    once = many.drop_duplicates("project_id")
    year = once[once["signed"].dt.year == 2024]
    assumed = read_assumptions()
    season = pd.Series(assumed["season"]["months"], index=range(1, 13))
    shares = year["signed"].dt.month.value_counts(normalize=True).sort_index()
    # Common shocks move a quarter by some 16 %, and no more than so much.
    assert ((shares / (season / season.sum()) - 1).abs() < 0.6).all()
    assert shares[12] > 2 * shares[2]
    target = spread_targets(plan, "projects")[2024].groupby("area").sum()
    rate = (year.groupby("area").size() / 20 / target).drop("changhe")  # one project a year
    assert rate["nantaihu"] > rate["municipal"]
    assert rate["deqing"] > rate["nanxun"]
    assert 0.6 < len(year) / 20 / target.sum() < 1.3


def test_shared_credit_is_two_rows_of_one_project(invented):
    shared = invented[invented["credit_share"].notna()]
    assert len(shared) >= 4
    assert (shared.groupby("project_id")["credit_share"].sum().round(9) == 1).all()
    assert (shared.groupby("project_id")["area"].nunique() == 2).all()


def test_types_that_an_industry_lacks_do_not_occur(plan, many):
    for industry, lacking in plan.without().items():
        assert not set(many.loc[many["industry"] == industry, "project_type"]) & lacking


def test_a_plan_about_money_cannot_be_simulated():
    with pytest.raises(ActualsError) as error:
        simulate_ledger(load_plan("dazhou-2019"), 1, "2019-03-31")
    assert "dazhou-2019" in error.value.say("en")[0]


def test_measures_that_a_plan_lacks_are_left_out(plan):
    measures = set(simulate_actuals(plan, 1, "2023-02-28")["measure"])
    assert measures == set(read_assumptions()["aggregated"]) & set(plan.measures.index)


def test_activities_are_there_where_a_plan_has_the_measure(plan):
    rows = simulate_actuals(plan, 7, "2023-12-31")
    held = rows[rows["measure"] == "activities"]
    assert len(held) == 8 * 12
    assert 20 < held["value"].sum() < 80
    # The draws of the others are their own.
    without = dataclasses.replace(plan, measures=plan.measures.drop("activities"))
    others = rows[rows["measure"] != "activities"].reset_index(drop=True)
    pd.testing.assert_frame_equal(others, simulate_actuals(without, 7, "2023-12-31"))


def test_real_data_is_not_called_synthetic():
    for name in ("huzhou-1224", "dazhou-2019"):
        assert not is_synthetic(read_actuals(None, load_plan(name)))


# The demonstration


@pytest.fixture(scope="module")
def write_xls():
    """The developers' writer of .xls, which the library does not import."""
    place = Path(__file__).parents[2] / "tools" / "demo_xls.py"
    found = importlib.util.spec_from_file_location("demo_xls", place)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.write_xls


@pytest.fixture(scope="module")
def remade(tmp_path_factory, write_xls):
    folder = tmp_path_factory.mktemp("demo")
    return folder, demo.write_demo(folder, write_xls)


def cells(path):
    """Every cell of a workbook, with what is merged and hidden."""
    book = openpyxl.load_workbook(path)
    return {
        page.title: (
            page.sheet_state,
            sorted(map(str, page.merged_cells.ranges)),
            [[(c.value, c.number_format) for c in row] for row in page.iter_rows()],
        )
        for page in book.worksheets
    }


def parts(path):
    """Every part of a workbook with its time: what it says, but not how it is packed.

    openpyxl writes by lxml where that is installed, which declares names elsewhere.
    """
    with zipfile.ZipFile(path) as book:
        return [
            (entry.filename, entry.date_time, ElementTree.canonicalize(book.read(entry).decode()))
            for entry in book.infolist()
        ]


def test_the_demonstration_is_what_its_seed_gives(remade):
    _, paths = remade
    assert sorted(p.name for p in paths) == sorted(p.name for p in FOLDER.iterdir())
    for path in paths:
        shipped = FOLDER / path.name
        if path.suffix == ".xlsx":
            # Another zlib may pack the same bytes otherwise.
            assert parts(path) == parts(shipped), path.name
        else:
            assert path.read_bytes() == shipped.read_bytes(), path.name


def test_made_at_another_time_the_demonstration_has_the_same_bytes(
    remade, write_xls, tmp_path, monkeypatch
):
    later = time.time() + 86_400 * 400
    local, real = time.localtime, dt.datetime

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return real.fromtimestamp(later, tz)

    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda at=None: local(later if at is None else at))
    monkeypatch.setattr("openpyxl.writer.excel.datetime.datetime", Later)
    again = {path.name: path.read_bytes() for path in demo.write_demo(tmp_path, write_xls)}
    monkeypatch.undo()
    assert again == {path.name: path.read_bytes() for path in remade[1]}


@pytest.fixture(scope="module")
def shipped(plan):
    return read_ledger(FOLDER / demo.LEDGER, plan)


def test_the_demonstration_is_sound_and_says_what_it_is(shipped):
    assert {p.kind for p in shipped.problems} == {"ledger_passed_through"}
    assert 350 <= len(shipped.projects) <= 500
    assert set(shipped.projects["数据性质"]) == {"合成数据"}
    assert is_synthetic(shipped.projects)
    page = openpyxl.load_workbook(FOLDER / demo.LEDGER).worksheets[0]
    assert page["A1"].value == "合成数据，仅供演示"
    assert page.oddHeader.right.text == "合成数据，仅供演示"
    assert all(path.name.startswith("synthetic-") for path in FOLDER.glob("*.[xc][ls]*"))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.xlsx")), ids=lambda path: path.stem)
def test_metadata_and_every_sheet_of_the_template_say_what_it_is(path):
    marks = [say_mark(lang) for lang in LANGUAGES]
    book = openpyxl.load_workbook(path)
    said = book.properties
    for text in (said.title, said.subject, said.keywords, said.description):
        assert all(mark in text for mark in marks)
    for page in book.worksheets[:3]:
        assert page["A1"].value == marks[0]
        assert page.oddHeader.right.text == marks[0]
    with zipfile.ZipFile(path) as packed:
        core = packed.read("docProps/core.xml").decode("utf-8")
    for tag in ("dc:title", "dc:subject", "cp:keywords", "dc:description"):
        assert all(mark in core.partition(f"<{tag}>")[2].partition("<")[0] for mark in marks)


def test_a_real_template_bears_no_mark(plan, tmp_path):
    said = openpyxl.load_workbook(write_template(tmp_path / "a.xlsx", plan)).properties
    assert (said.title, said.subject, said.keywords) == (plan.title("zh"), None, None)


def test_some_areas_of_the_demonstration_are_behind_and_some_ahead(shipped):
    from h1224lib import measure_progress

    count = count_ledger(shipped)
    areas = measure_progress(count.plan, count.actuals, count.as_of).level(["area"])
    assert (areas["gap"] > 5).sum() >= 2
    assert (areas["gap"] < -5).sum() >= 2
    assert shipped.projects["withdrawn"].notna().sum() > 5
    # Unplanned projects, directions without one, each landmark's kind of column: all is there.
    assert shipped.projects["direction"].nunique() < 32
    assert shipped.projects["landmark"].notna().any()
    assert shipped.projects["headquarters"].any()


COPIES = {"xlsx": (demo.DIRTY, demo.PLANTED), **demo.VARIANTS}


@pytest.mark.parametrize("form", COPIES)
def test_the_reader_finds_every_planted_fault_and_no_other(plan, form):
    dirty, listed = COPIES[form]
    ledger = read_ledger(FOLDER / dirty, plan)
    found = sorted((p.kind, sheet_of(p), p.row or 0, p.column) for p in ledger.problems)
    planted = read_planted(FOLDER / listed)
    assert found == sorted(planted.itertuples(index=False, name=None))
    assert is_synthetic(ledger.projects)


def test_formats_have_faults_of_their_own(plan):
    planted = {form: set(read_planted(FOLDER / listed)["kind"]) for form, (_, listed) in
               COPIES.items()}  # fmt: skip
    assert planted["csv"] - planted["xlsx"] >= {"ledger_date_text_number", "ledger_no_vintage"}
    assert planted["xlsx"] - planted["csv"] >= {"ledger_error_cell_further", "ledger_merged"}
    raw = (FOLDER / demo.VARIANTS["csv"][0]).read_bytes()
    assert raw.decode("gbk").startswith("合成数据，仅供演示,")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_every_rule_is_planted_or_left_out_for_a_reason():
    rules = set(read_words("rules")["rules"])
    planted = {
        kind for _, listed in COPIES.values() for kind in read_planted(FOLDER / listed)["kind"]
    }
    left_out = read_words("planting")["left_out"]
    assert planted | set(left_out) == rules
    assert not planted & set(left_out)
    assert all(left_out.values())


def test_the_description_is_valid_and_names_no_publisher():
    meta = json.loads((FOLDER / "datapackage.json").read_text(encoding="utf-8"))
    report = frictionless.Package(str(FOLDER / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])
    assert meta["synthetic"] is True
    assert meta["publisher_en"].startswith("none")
    assert meta["seed"] == demo.SEED
    assert meta["licenses"][0]["name"] == "MIT"
    assert "合成数据" in meta["title"] and "Synthetic" in meta["title_en"]
    described = {r["path"] for part in ("resources", "workbooks") for r in meta[part]}
    assert described | {"datapackage.json"} == {path.name for path in FOLDER.iterdir()}
    for resource in meta["resources"]:
        header = (FOLDER / resource["path"]).read_text(encoding="utf-8").split("\n")[0]
        assert header.split(",") == [field["name"] for field in resource["schema"]["fields"]]


def test_every_row_of_the_demonstrations_tables_says_what_it_is(plan):
    assert is_synthetic(read_actuals(FOLDER / demo.ACTUALS, plan))
    for name, column in ((demo.ACTUALS, "source"), (demo.LANDMARKS, "evidence")):
        rows = pd.read_csv(FOLDER / name)
        assert rows[column].str.startswith("synthetic data, seed 7").all()
    assert len(read_landmark_status(FOLDER / demo.LANDMARKS, plan)) > 10


def test_no_machine_path_is_in_the_workbooks():
    for path in FOLDER.glob("*.xlsx"):
        texts = [
            str(value) for _, _, rows in cells(path).values() for row in rows for value, _ in row
        ]
        assert not re.search(r"/(?:home|work|tmp|Users)/", " ".join(texts))
