"""The shipped data: valid packages, and the numbers that the documents print."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from frictionless import Package

from h1224lib.resources import data_folder, plan_names

DATA = data_folder()
PACKAGES = sorted(
    [*DATA.glob("plans/*/datapackage.json"), *DATA.glob("actuals/*.json")],
    key=lambda path: path.relative_to(DATA).as_posix(),
)
# The demonstration's own tests hold its ledger in GBK.
TABLES = sorted(
    path for path in DATA.glob("**/*.csv") if "gbk" not in path.stem or "planted" in path.stem
)
OURS = {"figure_id", "note", "source", "concerns"} | {
    f"{part}_{lang}" for part in ("reading", "reason") for lang in ("zh", "en")
}
THREE_YEARS, FIRST_YEAR = "2023-2025", "2023"


def read(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def huzhou(place: str = "", measure: str = "projects") -> list[dict[str, str]]:
    rows = read("plans/huzhou-1224/figures.csv")
    return [row for row in rows if row["place"].startswith(place) and row["measure"] == measure]


def dazhou(measure: str) -> list[dict[str, str]]:
    rows = read("plans/dazhou-2019/figures.csv")
    return [row for row in rows if row["measure"] == measure]


def shown(path: Path) -> str:
    return path.relative_to(DATA).as_posix()


# Every package


def test_packages_are_there():
    assert {"plans/huzhou-1224/datapackage.json", "plans/dazhou-2019/datapackage.json"} <= {
        shown(path) for path in PACKAGES
    }


@pytest.mark.parametrize("package", PACKAGES, ids=shown)
def test_package_is_valid(package):
    report = Package(str(package)).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])


@pytest.mark.parametrize(
    ("table", "old", "new", "error"),
    [
        ("areas", ",nantaihu,within,", ",nowhere,within,", "foreign-key"),
        ("figures", "2.1.wuxing.all.all.2023-2025,projects", "2.1.wuxing,items", "foreign-key"),
        ("figures", "2.1.nanxun.", "2.1.wuxing.", "primary-key"),
        ("figures", ",>=,200,", ",about,200,", "constraint-error"),
        ("figures", ",=,204,", ",=,two,", "type-error"),
    ],
)
def test_validation_notices(tmp_path, table, old, new, error):
    folder = tmp_path / "plan"
    shutil.copytree(DATA / "plans/huzhou-1224", folder)
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    report = Package(str(folder / "datapackage.json")).validate()
    assert error in {found for [found] in report.flatten(["type"])}


@pytest.mark.parametrize("package", PACKAGES, ids=shown)
def test_metadata_name_the_source(package):
    meta = json.loads(package.read_text(encoding="utf-8"))
    for key in ("name", "title", "title_en", "publisher", "publisher_en", "licenses", "sources"):
        assert meta[key], key
    for source in meta["sources"]:
        dates = [source["published"], source["accessed"]]
        assert all(re.fullmatch(r"(\d{4}-\d\d-\d\d)?", date) for date in dates)
        # A date that nobody recorded is left empty, and the note says so.
        assert all(dates) or "not recorded" in source["note"]


@pytest.mark.parametrize("package", PACKAGES, ids=shown)
def test_every_column_is_described(package):
    meta = json.loads(package.read_text(encoding="utf-8"))
    for resource in meta["resources"]:
        fields = resource["schema"]["fields"]
        with (package.parent / resource["path"]).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [field["name"] for field in fields]
        assert all(field["title"] and field["description"] for field in fields)


def test_every_table_belongs_to_a_package():
    described = {
        package.parent / resource["path"]
        for package in PACKAGES
        for resource in json.loads(package.read_text(encoding="utf-8"))["resources"]
    }
    kept = {path for path in TABLES if path.parent.parent.name == "plans"}
    kept |= set((DATA / "actuals").glob("*.csv"))
    assert kept == described


@pytest.mark.parametrize("table", TABLES, ids=shown)
def test_tables_are_plain_utf8(table):
    raw = table.read_bytes()
    raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")


@pytest.mark.parametrize("table", TABLES, ids=shown)
def test_no_sentences_are_copied(table):
    for row in read(shown(table)):
        for column, cell in row.items():
            # Sentences of our own; all else is a name, a code or a number.
            if column in OURS:
                continue
            for part in cell.split(";"):
                assert len(part) <= 40, (column, part)
                assert not re.search("[。；]", part), (column, part)


@pytest.mark.parametrize(
    "table", [table for table in TABLES if "aliases" in read(shown(table))[0]], ids=shown
)
def test_names_are_unambiguous(table):
    rows = read(shown(table))
    named: dict[str, str] = {}
    for row in rows:
        for name in {row["code"], row["zh"], row["en"], *row["aliases"].split(";")} - {""}:
            assert named.setdefault(name, row["code"]) == row["code"], name


@pytest.mark.parametrize("plan", plan_names())
def test_figures_agree_with_what_is_printed(plan):
    units = {row["code"]: row["unit"] for row in read(f"plans/{plan}/measures.csv")}
    for row in read(f"plans/{plan}/figures.csv"):
        assert row["unit"] == units[row["measure"]]
        if row["printed"] == "-":
            assert row["value"] == ""
        else:
            # Digits are kept as printed: `98` is not `98.0`; words such as 以上 may stand around.
            ends = [end for end in (row["value"], row["value_max"]) if end]
            assert re.findall(r"[\d.]+", row["printed"]) == ends, row["figure_id"]
            assert bool(ends) == (row["relation"] != "reference")


# Huzhou: project counts of sections 2 and 3, and annex 2


@pytest.mark.parametrize(
    ("places", "count"),
    [
        (["2.1", "2.2"], 38),
        ([f"3.{number}" for number in range(1, 8)], 34),
        (["3.3/landmarks"], 1),
    ],
)
def test_huzhou_rows_by_section(places, count):
    assert len([row for row in huzhou() if row["place"] in places]) == count


def test_huzhou_annex_is_22_rows_of_18():
    by_place: dict[str, int] = {}
    for row in huzhou("annex2/"):
        by_place[row["place"]] = by_place.get(row["place"], 0) + 1
    assert len(by_place) == 22
    assert set(by_place.values()) == {18}
    assert len(huzhou("annex2/")) == 396
    assert len(huzhou()) == 38 + 34 + 1 + 396


@pytest.mark.parametrize(
    ("figure_id", "value"),
    [
        # A footnote mark stands before each of these three in the text.
        ("2.1.all.all.fixed_asset.2023-2025", "204"),
        ("2.1.all.all.revenue.2023-2025", "796"),
        ("2.1.municipal.all.all.2023-2025", "81"),
        ("2.1.futurecity.all.all.2023-2025", "160"),
        ("2.2.all.all.all.2023", "303"),
        ("2.2.all.software.all.2023", "31"),
        ("3.2.all.tourism.fixed_asset.2023-2025", "120"),
        ("3.7.all.scitech.fixed_asset.2023", "6"),
        ("3.3.landmarks.all.finance.all.2023-2025", "200"),
        ("annex2.all.all.all.2023-2025", "1000"),
        ("annex2.deqing.software.revenue.2023", "15"),
        ("annex2.nantaihu.finance.all.2023-2025", "110"),
        ("annex2.changxing.commerce.all.2023", "10"),
        ("annex2.deqing.tourism.revenue.2023", "6"),
        ("annex2.municipal.commerce.revenue.2023-2025", "49"),
        ("annex2.nanxun.logistics.fixed_asset.2023-2025", "4"),
        ("annex2.changhe.scitech.all.2023-2025", "3"),
    ],
)
def test_huzhou_numbers_read_by_eye(figure_id, value):
    assert [row["value"] for row in huzhou() if row["figure_id"] == figure_id] == [value]


def test_huzhou_dash_and_zero_are_apart():
    annex = huzhou("annex2/")
    assert sum(row["printed"] == "-" for row in annex) == 64
    assert [row["figure_id"] for row in annex if row["printed"] == "0"] == [
        "annex2.changhe.all.revenue.2023",
        "annex2.wuxing.logistics.fixed_asset.2023",
        "annex2.changxing.logistics.fixed_asset.2023",
        "annex2.anji.logistics.fixed_asset.2023",
        "annex2.nantaihu.logistics.fixed_asset.2023",
        "annex2.nantaihu.scitech.fixed_asset.2023",
        "annex2.nanxun.scitech.revenue.2023",
        "annex2.anji.scitech.revenue.2023",
        "annex2.changhe.scitech.revenue.2023",
    ]
    assert {row["value"] for row in annex if row["printed"] == "0"} == {"0"}
    assert not any(row["printed"] in {"-", "0"} for row in huzhou() if row not in annex)


def test_huzhou_at_least_only_where_printed():
    bounded = [(row["place"], row["printed"]) for row in huzhou() if row["relation"] != "="]
    assert bounded == [("3.3", "200家以上"), ("3.3", "70家以上")]


@pytest.mark.parametrize(("horizon", "total"), [(THREE_YEARS, 1000), (FIRST_YEAR, 303)])
def test_huzhou_leaves_sum_to_the_totals(horizon, total):
    leaves = [
        int(row["value"])
        for row in huzhou("annex2/")
        if row["horizon"] == horizon
        and row["value"]
        and "all" not in (row["area"], row["industry"], row["project_type"])
    ]
    assert sum(leaves) == total


def test_huzhou_types_without_projects_are_not_printed():
    without = {
        row["code"]
        for row in read("plans/huzhou-1224/industries.csv")
        if row["project_types"] == "revenue"
    }
    assert without == {"finance", "hr"}
    assert not any(
        row["industry"] in without and row["project_type"] == "fixed_asset" for row in huzhou()
    )


# Industry, its department, its weight: annex 3 lists seven of each, and four tables hold them.
JUDGED = {
    "commerce": ("市商务局", "20"),
    "tourism": ("市文化广电旅游局", "15"),
    "finance": ("市金融办", "15"),
    "hr": ("市人力社保局", "15"),
    "logistics": ("市交通运输局", "15"),
    "software": ("市经信局", "10"),
    "scitech": ("市科技局", "10"),
}


def test_huzhou_industries_departments_and_weights_agree_in_every_table():
    tables = {
        name: read(f"plans/huzhou-1224/{name}.csv")
        for name in ("industries", "bodies", "assessment")
    }
    office = {row["body_id"]: row["zh"] for row in tables["bodies"]}
    by_industry = {
        row["code"]: (office[row["department"]], row["weight_pct"])
        for row in tables["industries"]
        if row["code"] != "all"
    }
    by_item = {
        row["industry"]: (office[row["office"]], row["weight_pct"])
        for row in tables["assessment"]
        if row["industry"]
    }
    by_body = {row["industry"]: row["zh"] for row in tables["bodies"] if row["industry"]}
    by_figure = {row["industry"]: row["value"] for row in huzhou(measure="assessment_weight")}
    assert by_industry == by_item == JUDGED
    assert by_body == {industry: name for industry, (name, _) in JUDGED.items()}
    assert by_figure == {industry: weight for industry, (_, weight) in JUDGED.items()}


# Dazhou: one table of ten rows and four columns


def test_dazhou_has_no_industries_and_no_types():
    folder = DATA / "plans/dazhou-2019"
    assert sorted(path.stem for path in folder.glob("*.csv")) == [
        "areas",
        "figures",
        "horizons",
        "measures",
    ]
    assert not {"industry", "project_type"} & read("plans/dazhou-2019/figures.csv")[0].keys()


def test_dazhou_prints_forty_numbers():
    counts = [len(dazhou(measure)) for measure in ("investment", "investment_done")]
    assert [*counts, len(dazhou("completion_pct"))] == [20, 10, 10]


def test_dazhou_percentages_keep_their_digits():
    assert {row["area"]: row["printed"] for row in dazhou("completion_pct")} == {
        "all": "109.1",
        "citylevel": "115.2",
        "tongchuan": "98",
        "dachuan": "117.8",
        "xuanhan": "116.1",
        "kaijiang": "66",
        "dazhu": "104",
        "quxian": "105",
        "jingkai": "101.5",
        "wanyuan": "128",
    }


@pytest.mark.parametrize(
    ("figure_id", "value"),
    [
        ("table.all.investment.2019", "600.1"),
        ("table.all.investment.2019Q1", "110.5"),
        ("table.jingkai.investment.2019", "45"),
        ("table.tongchuan.investment.2019Q1", "15.2"),
        ("table.quxian.investment_done.2019Q1", "12"),
        ("table.wanyuan.investment_done.2019Q1", "10.5"),
    ],
)
def test_dazhou_numbers_read_by_eye(figure_id, value):
    rows = read("plans/dazhou-2019/figures.csv")
    assert [row["printed"] for row in rows if row["figure_id"] == figure_id] == [value]


def test_dazhou_actuals_are_the_printed_results():
    actuals = read("actuals/dazhou-2019.csv")
    assert {row["measure"] for row in actuals} == {"investment"}
    found = [(row["area"], row["period"], row["value"], row["unit"]) for row in actuals]
    printed = [
        (row["area"], row["horizon"], row["value"], row["unit"])
        for row in dazhou("investment_done")
    ]
    assert len(found) == 10
    assert found == printed
