"""Plans that contradict themselves: one cell of Huzhou's changed, one problem found there."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from building import HUZHOU

from h1224lib import wording
from h1224lib.plan import check_folder
from h1224lib.plan.printed import find_bound, find_factor, is_printed
from h1224lib.plan.tables import plan_format


def spoil(folder: Path, table: str, key: str, **changes: str) -> int:
    """Change cells of one row of a copy of Huzhou's plan; return the row's number in the file."""
    shutil.copytree(HUZHOU, folder)
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    [number] = [i for i, r in enumerate(rows) if r[plan_format()[table]["key"][0]] == key]
    rows[number] |= changes
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return number + 2


def find(folder: Path) -> list[tuple[str, str, int | None, str]]:
    problems = check_folder(folder)
    for problem in problems:
        for lang in wording.LANGUAGES:
            assert problem.say(lang).count("\n") == 0
            assert problem.expected(lang) and problem.remedy(lang)
    return [(p.kind, p.file, p.row, p.column) for p in problems]


SERVICES = "2.1.service_value_added.all.all.all.2025"
DEQING = "annex2.deqing.software.revenue.2023-2025"
DASH = "annex2.changhe.commerce.all.2023"
CASES = [
    ("figures", SERVICES, {"value": "21000000"}, "printed_differs", "printed"),
    ("figures", SERVICES, {"relation": "<="}, "other_bound", "relation"),
    ("figures", SERVICES, {"relation": "="}, "other_bound", "relation"),
    ("figures", SERVICES, {"printed": "2100亿元以内"}, "other_bound", "relation"),
    ("figures", SERVICES, {"horizon": "2023-2025"}, "not_of_years", "horizon"),
    ("figures", DASH, {"relation": ">="}, "bound_of_dash", "relation"),
    ("figures", DEQING, {"value": "4.5e1"}, "not_number", "value"),
    ("figures", DEQING, {"effective": "2023-05-04"}, "before_issue", "effective"),
    ("landmarks", "scitech.2025.1", {"minimum": "12"}, "other_figure", "minimum"),
    ("landmarks", "finance.2025.3", {"unit": "万元"}, "other_figure", "minimum"),
    ("landmarks", "tourism.2025.1", {"maximum": "4"}, "other_figure", "minimum"),
    ("landmarks", "tourism.2025.1", {"maximum": "1"}, "value_max_below", "maximum"),
    ("landmarks", "commerce.2025.1", {"minimum": "-2", "measure": ""}, "below_zero", "minimum"),
    ("industries", "commerce", {"weight_pct": "30"}, "other_weight", "weight_pct"),
    ("assessment", "departments.hr", {"weight_pct": "14"}, "other_weight", "weight_pct"),
    ("assessment", "daily.team", {"parent": "daily.team"}, "parent_cycle", "parent"),
    ("assessment", "daily.team", {"points": "-2"}, "below_zero", "points"),
    ("notes", "containers_bound", {"concerns": "figures:nothing"}, "no_concern", "concerns"),
    ("notes", "containers_bound", {"concerns": "containers"}, "no_concern", "concerns"),
    ("directions", "commerce.2", {"number": "1"}, "same_position", "number"),
    ("directions", "finance.2.1", {"industry": "hr", "number": "9"}, "other_industry", "industry"),
    ("directions", "finance.2.1", {"sub_of": "finance.2.1"}, "parent_cycle", "sub_of"),
    ("bodies", "science_bureau", {"seats": "-1"}, "below_zero", "seats"),
    ("areas", "nanxun", {"aliases": "吴 兴"}, "shared_name", "aliases"),
    ("horizons", "2025", {"aliases": "今后三年"}, "shared_name", "aliases"),
]


@pytest.mark.parametrize(("table", "key", "changes", "kind", "column"), CASES)
def test_one_contradiction_is_one_problem(
    tmp_path: Path, table: str, key: str, changes: dict[str, str], kind: str, column: str
) -> None:
    row = spoil(tmp_path / "plan", table, key, **changes)
    found = find(tmp_path / "plan")
    # The name that comes second is the one that is told.
    told = [row + 1] if kind == "shared_name" and table == "horizons" else [row]
    assert found == [(kind, f"{table}.csv", line, column) for line in told]


@pytest.mark.parametrize(
    ("table", "key", "changes"),
    [
        # A landmark in another magnitude; a bound chosen as a range; a rate of several years.
        ("landmarks", "finance.2025.3", {"minimum": "60000000", "unit": "万元"}),
        ("figures", SERVICES, {"relation": ">"}),
        ("figures", SERVICES, {"printed": "21000000万元以上"}),
        ("measures", "wholesale_sales_growth", {"kind": "level", "role": "result"}),
        ("figures", "3.1.wholesale_sales_growth.all.commerce.all.2023", {"horizon": "2023-2025"}),
        ("figures", DEQING, {"effective": "2023-05-05"}),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_contradiction(
    tmp_path: Path, table: str, key: str, changes: dict[str, str]
) -> None:
    spoil(tmp_path / "plan", table, key, **changes)
    assert find(tmp_path / "plan") == []


@pytest.mark.parametrize("date", ["2023-5-5", "2023年5月5日", "2023-02-30"])
def test_a_day_of_issue_that_is_none(tmp_path: Path, date: str) -> None:
    folder = tmp_path / "plan"
    shutil.copytree(HUZHOU, folder)
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8")) | {"date": date}
    path.write_text(json.dumps(package), encoding="utf-8")
    assert find(folder) == [("not_date", "datapackage.json", None, "date")]
    path.write_text(json.dumps(package | {"date": ""}), encoding="utf-8")
    assert find(folder) == []


def test_a_table_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    for name in ("bodies", "figures"):
        folder = tmp_path / name
        shutil.copytree(HUZHOU, folder)
        path = folder / f"{name}.csv"
        path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
        assert [kind for kind, *_ in find(folder)] == ["not_utf8"]


# Magnitudes, worked on paper


@pytest.mark.parametrize(
    ("amount", "printed", "unit", "fits"),
    [
        ("19000", "1.9亿元以上", "万元", True),
        ("1900", "1.9亿元以上", "万元", False),
        ("1.9", "1.9亿元以上", "万元", False),
        ("1.9", "1.9亿元以上", "亿元", True),
        ("20000", "2～3亿元", "万元", True),
        ("30000", "2～3亿元", "万元", True),
        ("2000", "2～3亿元", "万元", False),
        ("16000", "1.6 亿吨", "万吨", True),
        ("0.5", "5‰", "%", True),
        ("5", "5‰", "%", False),
        ("30", "3成", "%", True),
        ("100", "1倍", "%", True),
        ("8", "8.0%", "%", True),
        ("2", "2个百分点", "百分点", True),
        ("19000", "1.9万", "家", True),
        ("100000", "10余万元", "元", True),
        ("12", "１２家", "个（家）", True),
        ("1234", "1,234", "家", True),
        ("350", "实现…350", "亿元", True),
    ],
)
def test_magnitudes(amount: str, printed: str, unit: str, fits: bool) -> None:
    assert is_printed(amount, printed, unit) is fits


def test_a_unit_of_another_kind_has_no_factor() -> None:
    assert find_factor("%", "亿元") is None
    assert find_factor("家", "个（家）") == 1


@pytest.mark.parametrize(
    ("printed", "bound"),
    [
        ("400家以上", "lower"), ("不少于3", "lower"), ("突破110", "lower"), ("超100", "lower"),
        ("不超过5%", "upper"), ("控制在5%以内", "upper"), ("不高于全省", "upper"),
        ("不低于8%", "lower"), ("规模以上企业20家", ""), ("达125", ""), ("80以上、90以内", ""),
    ],
)  # fmt: skip
def test_words_of_bound(printed: str, bound: str) -> None:
    assert find_bound(printed) == bound
