"""A run from end to end: what is in the folder, and what a failing notebook does to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from h1224lib import assess, load_plan, measure_progress, read_results
from h1224lib.batch.jobs import list_notebooks
from h1224lib.batch.run import Request, run_notebooks
from h1224lib.entries import head
from h1224lib.errors import OutputError
from h1224lib.files import sha256
from h1224lib.plan.folder import find_folder
from h1224lib.resources import data_folder, demo_file, notebooks_folder
from h1224lib.tables import word_table


def test_one_notebook_of_a_period_under_a_bare_locale(tmp_path: Path) -> None:
    work = tmp_path / "工作 folder"
    work.mkdir()
    asked = "run --plan dazhou-2019 --period 2019Q1 --only 03 --lang zh"
    done = subprocess.run(
        [sys.executable, "-m", "h1224lib", *asked.split()],
        cwd=work,
        env={**os.environ, "LC_ALL": "C", "H1224_LANG": "en"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8")
    folder = work / "outputs" / "dazhou-2019" / "2019Q1"
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert [name for name in files if not name.startswith(("figures/", "tables/"))] == [
        "index.html",
        "journal.jsonl",
        "manifest.json",
        "notebooks/03_progress_overview.zh.html",
        "notebooks/03_progress_overview.zh.ipynb",
    ]
    figures = [name.split(".zh.") for name in files if name.startswith("figures/")]
    stems = {stem for stem, _ in figures}
    assert "figures/03_progress_overview/all/completion-printed" in stems
    for stem in stems:
        assert {"csv", "pdf", "png", "svg"} <= {form for s, form in figures if s == stem}
    assert "tables/03_progress_overview-headline.zh.csv" in files
    assert [path.name for path in work.iterdir()] == ["outputs"]
    lines = done.stdout.decode("utf-8").splitlines()
    assert lines[0].endswith(str(folder / "index.html"))
    assert lines[1].endswith(str(work / "outputs" / "index.html"))
    [line] = done.stderr.decode("utf-8").splitlines()
    assert line.startswith("[1/1] 03_progress_overview.zh 完成，")
    kept = (folder / "notebooks" / "03_progress_overview.zh.ipynb").read_text(encoding="utf-8")
    assert str(work) not in kept
    assert "# Progress of the period" not in kept


def test_a_plan_folder_runs_like_a_shipped_plan(tmp_path: Path) -> None:
    folder = tmp_path / "我的 plan"
    shutil.copytree(find_folder("dazhou-2019"), folder)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    package["name"] = "../我的/plan"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    request = Request(str(folder), langs=("en",), only=("01",), out=tmp_path / "out")
    outcome = run_notebooks(request, "en", quiet=True)
    assert outcome.failed == []
    # A name from a file does not lead out of the folder of outputs.
    assert outcome.index == tmp_path / "out" / "我的-plan" / "plan" / "index.html"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "我的 plan"]


def test_copies_of_a_plan_do_not_touch_the_outputs_of_others(tmp_path: Path) -> None:
    def ask(plan: object) -> Request:
        return Request(str(plan), langs=("en",), only=("01",), out=tmp_path / "out")

    shipped = run_notebooks(ask("dazhou-2019"), "en", quiet=True)
    manifest = shipped.index.with_name("manifest.json").read_bytes()
    copies = [tmp_path / name for name in ("mine", "a/dazhou-2019", "b/mine")]
    for copy in copies:
        shutil.copytree(find_folder("dazhou-2019"), copy)
    mine = run_notebooks(ask(copies[0]), "en", quiet=True)
    assert mine.index == tmp_path / "out" / "mine" / "plan" / "index.html"
    for copy in copies[1:]:
        with pytest.raises(OutputError) as caught:
            run_notebooks(ask(copy), "en", quiet=True)
        assert str(tmp_path / "out" / copy.name) in caught.value.say("zh")[0]
    assert shipped.index.with_name("manifest.json").read_bytes() == manifest
    # The same plan again, also by its path.
    assert run_notebooks(ask(copies[0]), "en", quiet=True).index == mine.index
    assert run_notebooks(ask(find_folder("dazhou-2019")), "en", quiet=True).index == shipped.index


def test_a_failing_notebook_is_listed_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    for name in ("00_works", "01_fails"):
        content = nbformat.read(notebooks_folder() / "01_reconcile_targets.ipynb", as_version=4)
        content.cells = content.cells[:3]
        content.cells.append(nbformat.v4.new_code_cell("1 / 0" if "fails" in name else "1"))
        nbformat.write(content, notebooks / f"{name}.ipynb")
    monkeypatch.setattr("h1224lib.batch.run.list_notebooks", lambda: list_notebooks(notebooks))
    outcome = run_notebooks(Request("huzhou-1224", langs=("zh",), out=tmp_path), "zh", quiet=True)
    assert [result.status for result in outcome.results] == ["done", "failed"]
    assert [result.job.name for result in outcome.failed] == ["01_fails.zh"]
    page = outcome.index.read_text(encoding="utf-8")
    assert "1 个笔记本未能完成" in page
    assert "ZeroDivisionError: division by zero" in page
    assert "1 个笔记本未能完成" in outcome.start.read_text(encoding="utf-8")


def test_kernels_do_not_read_the_ledger_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    content = nbformat.read(notebooks_folder() / "03_progress_overview.ipynb", as_version=4)
    refuse = "import h1224lib.ledger.read\nh1224lib.ledger.read.read_ledger = None"
    content.cells.insert(2, nbformat.v4.new_code_cell(refuse))
    nbformat.write(content, notebooks / "03_progress_overview.ipynb")
    monkeypatch.setattr("h1224lib.batch.run.list_notebooks", lambda: list_notebooks(notebooks))
    # The ledger before, with which the demonstration compares, is read by its notebook alone.
    ledger = str(data_folder() / "demo" / "synthetic-ledger.xlsx")
    asked = Request("huzhou-1224", langs=("zh",), out=tmp_path / "once", ledger=ledger, demo=True)
    assert run_notebooks(asked, "zh", quiet=True).failed == []
    # Without what the run has read, the same notebook would read it.
    monkeypatch.setattr("h1224lib.batch.run.keep_ledger", lambda *_: None)
    [result] = run_notebooks(replace(asked, out=tmp_path / "again"), "zh", quiet=True).failed
    assert "NoneType" in result.error


def test_what_kernels_make_of_a_kept_ledger_is_what_they_make_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Request("huzhou-1224", langs=("zh",), only=("03",), out=tmp_path / "once", demo=True)
    assert run_notebooks(asked, "zh", quiet=True).failed == []
    monkeypatch.setattr("h1224lib.batch.run.keep_ledger", lambda *_: None)
    assert run_notebooks(replace(asked, out=tmp_path / "anew"), "zh", quiet=True).failed == []
    for path in (tmp_path / "once").rglob("*"):
        if path.is_file() and path.name != "journal.jsonl":
            other = tmp_path / "anew" / path.relative_to(tmp_path / "once")
            if path.name == "manifest.json":
                one, two = (json.loads(p.read_text(encoding="utf-8")) for p in (path, other))
                for job in (*one["jobs"], *two["jobs"]):
                    job.pop("seconds")
                assert one == two
            else:
                assert path.read_bytes() == other.read_bytes(), path.name


def test_other_actuals_are_named_with_their_hash_and_without_their_folder(tmp_path: Path) -> None:
    file = tmp_path / "完成 数.csv"
    shutil.copy(data_folder() / "actuals" / "dazhou-2019.csv", file)
    request = Request(
        "dazhou-2019", "2019Q1", str(file), langs=("en",), only=("03",), out=tmp_path / "out"
    )
    outcome = run_notebooks(request, "en", quiet=True)
    assert outcome.failed == []
    manifest = json.loads((outcome.index.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["actuals"]["file"] == "完成 数.csv"
    assert manifest["actuals"]["rows"] == 10
    assert manifest["jobs"][0]["parameters"]["actuals"] == "完成 数.csv"


def test_a_run_sets_the_reading_of_the_assessment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    daily = "区县,考核项,应报,按时,上报,录用\n德清,reporting,12,9,8,4\n"
    Path("日常.csv").write_text(daily, encoding="utf-8")
    share = '{ share = "1", on = "on_time", of = "due", empty = "renormalise" }'
    formula = f'[reporting]\nsource = "会议纪要"\nshares = [{share}]\n'
    Path("办法.toml").write_text(formula, encoding="utf-8")
    asked = {"year": 2023, "rule": "bands", "not_applicable": "zero"}
    asked |= {"daily": "日常.csv", "daily_rule": "办法.toml"}
    request = Request("huzhou-1224", langs=("en",), only=("07",), demo=True, **asked)
    outcome = run_notebooks(request, "en", quiet=True)
    assert outcome.failed == []
    folder = outcome.index.parent
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    shown = manifest["jobs"][0]["parameters"]
    assert {name: shown[name] for name in asked} == asked
    assert "marks" not in shown
    told = manifest["assessment"]
    assert told["daily"] == {"file": "日常.csv", "sha256": sha256(Path("日常.csv"))}
    assert (told["year"], told["rule"], told["not_applicable"]) == (2023, "bands", "zero")
    # What the page says is what the library says under the same reading.
    plan = load_plan()
    files = [demo_file(name) for name in ("ledger", "actuals")]
    state = measure_progress(plan, read_results(plan, *files), "2024-06-30")
    scores = assess(plan, state, 2023, "bands", "zero", "日常.csv", daily_rule="办法.toml")
    assert not scores.components["got"].equals(assess(plan, state).components["got"])
    column = head("got", "en")
    for place, area in enumerate(scores.table["area"], start=1):
        path = folder / "tables" / f"07_assessment-audit-{place}.en.csv"
        got = pd.read_csv(path, encoding="utf-8-sig")[column]
        own = word_table(scores.audit(area), plan, "en")[column]
        assert got.tolist() == pytest.approx(own.astype(float).tolist(), nan_ok=True), area
    # A run with another reading does not stand beside it.
    other = run_notebooks(replace(request, rule="capped", langs=("zh",)), "en", quiet=True)
    jobs = json.loads((other.index.parent / "manifest.json").read_text(encoding="utf-8"))["jobs"]
    assert [job["name"] for job in jobs] == ["07_assessment.zh"]


def test_a_rule_in_a_file_is_read_wherever_a_kernel_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rule = 'kind = "proportional"\nmost = "150"\nzh = "至一百五"\nen = "to 150"\n'
    Path("own.toml").write_text(rule, encoding="utf-8")
    request = Request("huzhou-1224", "2023", rule="own.toml", langs=("en",), only=("07",))
    outcome = run_notebooks(request, "en", quiet=True)
    assert outcome.failed == []
    manifest = json.loads((outcome.index.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["jobs"][0]["parameters"]["rule"] == "own.toml"
    assert manifest["assessment"] == {
        "rule": {"file": "own.toml", "sha256": sha256(Path("own.toml"))}
    }
