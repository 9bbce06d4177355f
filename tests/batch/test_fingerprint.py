"""The fingerprint of a job changes with whatever its outputs depend on, and with nothing else."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import write_notebook

from h1224lib import load_plan
from h1224lib.batch import fingerprint
from h1224lib.batch.editions import plan_editions
from h1224lib.batch.fingerprint import PACKAGES, Sources, hash_library, list_files
from h1224lib.batch.jobs import read_notebook
from h1224lib.batch.request import Request
from h1224lib.plan.folder import find_folder
from h1224lib.resources import PACKAGE, demo_file

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
# What is installed, but makes no output of a notebook: the command line, what runs it, other files.
OTHERS = {
    *("click", "rich", "jupyter-client", "jupyter-core", "jupyter-server", "jupyterlab", "pyzmq"),
    "xlsxwriter",
}
PERIOD = '\nperiod = "2024Q2"  # period\nledger = None  # ledger\nlights = None  # lights'


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Make a folder with a plan, a ledger, and two notebooks."""
    shutil.copytree(find_folder("huzhou-1224"), tmp_path / "plan")
    shutil.copy(demo_file("ledger"), tmp_path / "ledger.xlsx")
    write_notebook(tmp_path / "nb", "00_plan")
    write_notebook(tmp_path / "nb", "01_period", needs="period", more=PERIOD)
    return tmp_path


def mark(work: Path, **asked: object) -> dict[str, str]:
    """Return the fingerprint of each job."""
    request = Request(str(work / "plan"), period="2024Q2")
    request = replace(request, **asked)
    plan = load_plan(request.plan)
    notebooks = [read_notebook(path) for path in sorted((work / "nb").glob("*.ipynb"))]
    shelf = work / "out" / "plan"
    editions = plan_editions(request, plan, shelf, Sources(), notebooks)
    return {job.place: job.fingerprint for e in editions for job in e.jobs}


def find_changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    assert list(before) == list(after)
    return [name for name in before if before[name] != after[name]]


ALL = ["00_plan.zh", "00_plan.en", "01_period.zh", "01_period.en"]


def test_it_is_the_same_again_and_differs_from_job_to_job(work: Path) -> None:
    marks = mark(work)
    assert list(marks) == ALL
    assert len(set(marks.values())) == 4
    assert mark(work) == marks


def test_a_moved_folder_changes_nothing(work: Path) -> None:
    marks = mark(work)
    shutil.copytree(work, work / "moved", ignore=shutil.ignore_patterns("moved"))
    assert mark(work / "moved") == marks


def append(name: str) -> Callable[[Path], None]:
    def change(work: Path) -> None:
        with (work / name).open("ab") as file:
            file.write(b"\n")

    return change


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (append("nb/00_plan.ipynb"), ALL[:2]),
        (append("plan/datapackage.json"), ALL),
        (append("plan/notes.csv"), ALL),
        (append("plan/unlisted.csv"), []),
    ],
)
def test_a_file_that_changes_concerns_those_that_read_it(
    work: Path, change: Callable[[Path], None], changed: list[str]
) -> None:
    marks = mark(work)
    change(work)
    assert find_changes(marks, mark(work)) == changed


def test_results_concern_those_that_declare_them(work: Path) -> None:
    asked = {"ledger": str(work / "ledger.xlsx"), "demo": True}
    write_notebook(work / "nb", "02_other", needs="period", more='\nperiod = "x"  # period')
    marks = mark(work, **asked)
    # The shipped previous ledger is there in neither: a ledger was named.
    settings = work / "h1224.toml"
    settings.write_text("jobs = 3\n", encoding="utf-8")
    assert find_changes(marks, mark(work, **asked)) == []
    settings.write_text("limit_rows = 90000\n", encoding="utf-8")
    own = ["01_period.zh", "01_period.en"]
    assert find_changes(marks, mark(work, **asked)) == own
    settings.unlink()
    shutil.copy(demo_file("previous"), work / "ledger.xlsx")
    assert find_changes(marks, mark(work, **asked)) == own
    shutil.copy(demo_file("ledger"), work / "ledger.xlsx")
    assert mark(work, **asked) == marks


def test_a_rule_counts_by_its_name_and_a_file_by_what_it_says(work: Path) -> None:
    write_notebook(work / "nb", "02_rule", more="\nrule = None  # rule")
    marks = mark(work, rule="capped")
    own = ["02_rule.zh", "02_rule.en"]
    assert find_changes(marks, mark(work, rule="bands")) == own
    text = 'kind = "proportional"\nmost = "{most}"\nzh = "甲"\nen = "a"\n'
    file = work / "own.toml"
    seen = []
    for most in ("150", "160", "150"):
        file.write_text(text.format(most=most), encoding="utf-8")
        seen.append(mark(work, rule=str(file)))
    assert find_changes(seen[0], seen[1]) == own
    assert seen[2] == seen[0] != marks


def test_period_language_and_engine_count(work: Path) -> None:
    marks = mark(work)
    assert find_changes(marks, mark(work, period="2024Q1")) == ALL[2:]
    assert find_changes(marks, mark(work, engine="kernel")) == ALL
    # What decides about nothing but how it runs.
    assert mark(work, workers=1, limit=5, force=True, only=("01",), langs=("en",)) == marks


def test_a_notebook_about_the_plan_alone_is_the_same_in_each_period(work: Path) -> None:
    marks = mark(work, period=None, periods=("2024Q1", "2024Q2"))
    assert marks["2024Q1/00_plan.zh"] == marks["2024Q2/00_plan.zh"] == mark(work)["00_plan.zh"]
    assert marks["2024Q1/01_period.zh"] != marks["2024Q2/01_period.zh"]
    assert marks["2024Q2/01_period.zh"] == mark(work)["01_period.zh"]


def test_versions_and_library_count(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = mark(work)
    monkeypatch.setattr(fingerprint, "name_versions", lambda: (("python", "3.99.0"),))
    monkeypatch.setattr("h1224lib.batch.editions.name_versions", lambda: (("python", "3.99.0"),))
    assert find_changes(marks, mark(work)) == ALL
    monkeypatch.undo()
    library = hash_library(Sources())
    copy = work / "library"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprint, "PACKAGE", copy)
    assert hash_library(Sources()) == library
    for name in ("periods.py", "catalogue/batch.toml", "fonts/OFL.txt", "shown.toml"):
        before = (copy / name).read_bytes()
        (copy / name).write_bytes(before + b"\n")
        assert hash_library(Sources()) != library
        (copy / name).write_bytes(before)
    (copy / "__pycache__").mkdir()
    (copy / "__pycache__" / "x.pyc").touch()
    assert hash_library(Sources()) == library
    (copy / "new.py").touch()
    assert hash_library(Sources()) != library


def test_every_dependency_is_known_to_matter_or_not_to() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[<>=\[]", d)[0] for d in project["dependencies"]}
    assert named == set(PACKAGES) | OTHERS
    assert not set(PACKAGES) & OTHERS


def test_a_file_that_changes_after_it_was_hashed_is_noticed(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("same", "grown", "touched", "gone", "made")]
    for path in paths[:4]:
        path.write_text("1", encoding="utf-8")
    sources = Sources()
    assert [len(sources.hash(path)) for path in paths] == [64, 64, 64, 64, 0]
    assert sources.find_changed() == []
    paths[1].write_text("12", encoding="utf-8")
    os.utime(paths[2], ns=(1, 1))
    paths[3].unlink()
    paths[4].touch()
    assert sources.find_changed() == paths[1:]
    # What was hashed is not hashed anew.
    assert sources.hash(paths[1]) == sources.hash(paths[0])


def test_the_library_is_seen_whole() -> None:
    found = {path.relative_to(PACKAGE).as_posix() for path in list_files(PACKAGE)}
    assert {"periods.py", "catalogue/cli.toml", "publish/templates/base.html"} <= found
    assert any(name.startswith("fonts/") for name in found)
    assert not any("__pycache__" in name for name in found)
