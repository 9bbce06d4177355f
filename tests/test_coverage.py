"""Every number of the text has its row: a numbers-only transcription against the figures."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from h1224lib import load_plan

GOLDEN = Path(__file__).parent / "golden"
# The readings that docs/plan-format.md and notes.csv take of the printed words.
READ = {
    "": "=", "达": "=", "达到": "=", "实现": "=", "以上": ">=", "不少于": ">=", "力争 以上": ">=",
    "突破": ">", "超": ">", "力争": "~", "～": "range",
}  # fmt: skip


def read(name):
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def figures():
    return load_plan("huzhou-1224").figures.set_index("figure_id")


@pytest.fixture(scope="module")
def numbers():
    return read("huzhou-text-numbers.csv")


def test_every_quantity_of_the_text_is_a_figure_of_its_section_unit_and_value(numbers, figures):
    quantities = [row for row in numbers if row["what"] == "quantity"]
    assert len(quantities) == 150
    for row in quantities:
        assert row["figures"], row
        for figure_id in row["figures"].split(";"):
            figure = figures.loc[figure_id]
            assert float(row["printed"]) in (figure["value"], figure["value_max"]), figure_id
            # Projects are printed as 个, 家 or 个（家）, and counted together by the plan itself.
            units = (
                {"个", "家", "个（家）"} if figure["measure"] == "projects" else {figure["unit"]}
            )
            assert row["unit"] in units, figure_id
            assert row["section"] == figure["place"], figure_id


def test_every_figure_of_the_text_is_by_the_year_of_the_kind_and_bound_as_printed(numbers, figures):
    kinds = load_plan("huzhou-1224").measures["kind"]
    for row in (row for row in numbers if row["what"] == "quantity"):
        # "By 2025" means the three years for what adds up, and that year for what does not.
        alone = "2025" if row["kind"] in ("level", "stock", "rate") else "2023-2025"
        horizon = {"2023": "2023", "2025": alone, "": "2023-2025"}[row["by"]]
        for figure_id in row["figures"].split(";"):
            figure = figures.loc[figure_id]
            assert kinds[figure["measure"]] == row["kind"], figure_id
            assert figure["horizon"] == horizon, figure_id
            assert figure["relation"] == READ[row["words"]], figure_id
            assert all(word in figure["printed"] for word in row["words"].split()), figure_id


def test_every_figure_is_about_what_its_id_says(figures):
    keys = ["area", "industry", "project_type", "horizon"]
    for figure_id, figure in figures.iterrows():
        measure = "" if figure["measure"] == "projects" else f".{figure['measure']}"
        about = measure + "".join(f".{figure[key]}" for key in keys)
        place = figure["place"].split("/", 1)
        section = place[0] if place[0] == "annex2" else figure["place"].replace("/", ".")
        assert figure_id == section + about


def test_every_figure_of_the_text_is_a_quantity_of_it_or_has_no_number(numbers, figures):
    named = {i for row in numbers for i in row["figures"].split(";") if i}
    rest = figures[~figures.index.isin(named) & ~figures["place"].str.startswith("annex2/")]
    assert set(rest["relation"]) == {"reference"}
    assert len(rest) == 5


def test_what_is_no_quantity_says_what_it_is(numbers):
    kinds = {row["what"] for row in numbers if not row["figures"]}
    assert "quantity" not in kinds
    assert "" not in kinds


def test_the_coverage_list_counts_what_is_there(numbers, figures):
    listed = {row["section"]: row for row in read("huzhou-coverage.csv")}
    quantities = Counter(row["section"] for row in numbers if row["what"] == "quantity")
    others = Counter(row["section"] for row in numbers if row["what"] != "quantity")
    rows = Counter("annex2" if place.startswith("annex2/") else place for place in figures["place"])
    assert set(rows) <= set(listed)
    for section, row in listed.items():
        assert int(row["rows_in_data"]) == rows[section], section
        if section != "annex2":  # which has a grid of its own
            assert int(row["numbers_in_text"]) == quantities[section], section
            assert int(row["other_digits"]) == others[section], section
