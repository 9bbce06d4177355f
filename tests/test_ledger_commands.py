"""The commands about ledgers: check, template, progress, and what run takes and refuses."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from building import tables_that_add_up, write_plan

from h1224lib import load_plan, read_ledger, read_results
from h1224lib.batch.inputs import Request, check_settings, find_inputs
from h1224lib.batch.run import run_notebooks
from h1224lib.cli import main
from h1224lib.errors import ActualsError, LedgerError
from h1224lib.ledger.demonstration import ACTUALS, DIRTY, LEDGER
from h1224lib.resources import DEMO, data_folder
from h1224lib.workspace import make_folder

FOLDER = data_folder() / "demo"
REAL = """2024年台账（截至2024年6月30日）
项目编号,项目名称,区县,行业,类别,总投资（亿元）,签约日期
001,甲,德清县,文旅,营收类,1,2024-02-01
"""


@pytest.fixture
def call(capfd, monkeypatch, tmp_path):
    """Return a function that calls the command line in an empty folder: code, out, err."""
    monkeypatch.setenv("H1224_LANG", "en")
    monkeypatch.chdir(tmp_path)

    def run(*args):
        with pytest.raises(SystemExit) as left:
            main([str(arg) for arg in args])
        out, err = capfd.readouterr()
        return int(str(left.value.code)), out, err

    return run


@pytest.fixture
def real(tmp_path):
    path = tmp_path / "台账.csv"
    path.write_text(REAL, encoding="utf-8")
    return path


def test_check_lists_every_problem_and_exits_by_the_gravest(call, real):
    code, out, err = call("check", FOLDER / DIRTY)
    ledger = read_ledger(FOLDER / DIRTY, load_plan())
    assert (code, err) == (1, "")
    assert len(out.splitlines()) == 4 + len(ledger.problems)
    assert "synthetic data" in out.splitlines()[0]
    assert "prints no rule of counting" in out
    code, out, err = call("check", real, "--lang", "zh")
    assert (code, err) == (0, "")
    assert "0 处差错" in out


def test_check_for_machines(call):
    code, out, err = call("check", FOLDER / DIRTY, "--format", "json")
    told = json.loads(out)
    assert (code, told["passed"], err) == (1, False, "")
    assert told["problems"][0].keys() >= {
        "file",
        "row",
        "column",
        "found",
        "expected_en",
        "remedy_zh",
    }
    assert {row["setting"] for row in told["settings"]} >= {"counting_stage", "recognised_only"}
    assert told["counts"]["rows"] == sum(told["counts"].values()) - told["counts"]["rows"]
    code, out, err = call("check", FOLDER / DIRTY, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, len(rows)) == (1, len(told["problems"]))
    assert "prints no rule of counting" in err
    assert not any(value.startswith(("=", "@")) for row in rows for value in row.values())


def test_check_writes_a_copy_and_never_over_anything(call, tmp_path):
    before = (FOLDER / DIRTY).read_bytes()
    assert call("check", FOLDER / DIRTY, "--out", "copy.xlsx", "--lang", "zh")[0] == 1
    texts = [c.value for row in openpyxl.load_workbook("copy.xlsx").worksheets[0] for c in row]
    assert any("问题（h1224 check）" in str(text) for text in texts)
    copy = Path("copy.xlsx").read_bytes()
    for out in ("copy.xlsx", FOLDER / DIRTY, "copy.csv"):
        code, said, err = call("check", FOLDER / DIRTY, "--out", out)
        assert (code, said, err.count("\n")) == (2, "", 1)
    assert (Path("copy.xlsx").read_bytes(), (FOLDER / DIRTY).read_bytes()) == (copy, before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.xlsx"]


def test_check_writes_a_copy_of_a_parquet_file_as_such(call):
    frame = pd.DataFrame([line.split(",") for line in REAL.splitlines()[1:]])
    frame = frame.tail(-1).set_axis(frame.loc[0].tolist(), axis=1).replace("德清县", "南区")
    frame.to_parquet("a.parquet")
    code, said, err = call("check", "a.parquet", "--out", "copy.xlsx")
    assert (code, said, err.count("\n")) == (2, "", 1)
    assert ".parquet" in err
    assert not Path("copy.xlsx").exists()
    code, _, err = call("check", "a.parquet", "--out", "copy.parquet", "--lang", "zh")
    assert (code, err) == (1, "")
    assert "南区" in pd.read_parquet("copy.parquet")["问题（h1224 check）"].iloc[0]
    assert call("check", "a.parquet", "--out", "copy.parquet")[0] == 2


def test_check_refuses_what_is_no_ledger(call):
    Path("a.pdf").write_bytes(b"%PDF-1.7")
    for name in ("a.pdf", "none.xlsx"):
        code, out, err = call("check", name)
        assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_template_is_what_check_accepts_and_is_never_written_over(call, lang):
    code, out, _ = call("template", "new/台账.xlsx", "--lang", lang)
    assert code == 0
    assert "台账.xlsx" in out
    assert call("check", "new/台账.xlsx")[0] == 0
    path = Path("new/台账.xlsx")
    written = path.read_bytes()
    path.write_bytes(written + b"mine")
    code, out, err = call("template", path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert path.read_bytes() == written + b"mine"
    assert call("template", "a.xls")[0] == 2


def test_template_offers_the_names_of_the_plan_that_is_named(call, tmp_path):
    folder = write_plan(tmp_path / "p", tables_that_add_up({("east", "trade", "heavy"): (1, 2)}))
    assert call("template", "a.xlsx", "--plan", folder, "--lang", "zh")[0] == 0
    texts = {c.value for page in openpyxl.load_workbook("a.xlsx") for row in page for c in row}
    names = set(load_plan(folder).areas["zh"])
    assert names & texts
    assert not texts & {"吴兴区", "德清县"}


def test_progress_counts_a_ledger_for_its_own_period(call, real):
    code, out, _ = call("progress", "--ledger", real, "--format", "json")
    told = json.loads(out)
    assert (code, told["period"], told["as_of"]) == (0, "2024Q2", "2024-06-30")
    assert "ledger_counting_rule" in {finding["kind"] for finding in told["findings"]}
    assert told["table"][0]["actual"] == 1
    assert "data_kind" not in told["table"][0]
    code, out, _ = call("progress", "--ledger", real, "--period", "2023Q4", "--format", "json")
    assert json.loads(out)["table"][0]["actual"] == 0
    code, out, err = call("progress")
    assert (code, out) == (2, "")
    assert "--period" in err


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_progress_on_made_up_data_says_so(call, form):
    code, out, err = call("progress", "--ledger", FOLDER / LEDGER, "--format", form)
    assert code == 0
    assert "synthetic" in out
    assert "prints no rule of counting" in out + err
    if form == "csv":
        assert {row["data_kind"] for row in csv.DictReader(io.StringIO(out))} == {"synthetic"}


@pytest.mark.parametrize("args", [("--ledger", LEDGER), ("--actuals", ACTUALS)])
def test_run_refuses_made_up_results_by_their_mark(call, tmp_path, args):
    option, name = args
    copy = tmp_path / f"2024年台账{Path(name).suffix}"
    shutil.copy(FOLDER / name, copy)
    code, out, err = call("run", option, copy, "--period", "2024Q2")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "synthetic data" in err and "--demo" in err
    assert not (tmp_path / "outputs").exists()


def test_run_refuses_the_demonstration_saved_in_other_formats(call, tmp_path):
    page = openpyxl.load_workbook(FOLDER / LEDGER).worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    with Path("a.csv").open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    code, _, err = call("run", "--ledger", "a.csv", "--period", "2024Q2")
    assert code == 2
    assert "--demo" in err


def test_a_demonstration_takes_nothing_real(call, real, tmp_path):
    code, out, err = call("run", "--demo", "--ledger", real)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert not (tmp_path / "outputs").exists()


def test_what_a_demonstration_and_a_real_run_are_about(real):
    plan = load_plan()
    shown = find_inputs(Request("huzhou-1224", demo=True), plan)
    assert (shown.period, shown.synthetic) == ("2024Q2", True)
    assert {name: path.name for name, path in shown.files.items()} == DEMO
    assert shown.described["ledger"]["file"] == LEDGER
    own = find_inputs(Request("huzhou-1224", ledger=str(real)), plan)
    assert (own.period, own.synthetic, own.described["ledger"]["rows"]) == ("2024Q2", False, 1)
    real.write_text(REAL.partition("\n")[2], encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        find_inputs(Request("huzhou-1224", ledger=str(real)), plan)
    assert "--period" in caught.value.say("en")[0]
    with pytest.raises(ActualsError):
        find_inputs(Request("dazhou-2019", demo=True), load_plan("dazhou-2019"))


def test_the_demonstration_runs_apart_from_real_results(tmp_path):
    request = Request("huzhou-1224", langs=("en",), only=("03",), out=tmp_path / "out", demo=True)
    outcome = run_notebooks(request, "en", quiet=True)
    assert (outcome.failed, outcome.severe) == ([], [])
    folder = tmp_path / "out" / "demo" / "huzhou-1224" / "2024Q2"
    assert outcome.index == folder / "index.html"
    assert outcome.start == tmp_path / "out" / "demo" / "index.html"
    assert not (tmp_path / "out" / "index.html").exists()
    mark = "Synthetic data, for demonstration only"
    pages = [*folder.rglob("*.html"), outcome.start]
    assert len(pages) == 3
    assert all(mark in page.read_text(encoding="utf-8") for page in pages)
    # How often odds held rests on simulations that the library ships, not on these results.
    figures = [f for f in folder.rglob("*.svg") if "calibration" not in f.name]
    assert len(figures) > 5
    assert all(mark in figure.read_text(encoding="utf-8") for figure in figures)
    tables = [t for t in folder.rglob("*.csv") if "calibration" not in t.name]
    assert len(tables) > 15
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    rule = manifest["counting_rule"]["en"]
    assert rule.startswith("The plan prints no rule of counting")
    for table in tables:
        rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
        assert {row["Data kind"] for row in rows} == {mark}
        # The checklist of landmarks counts no projects.
        rules = {row["Counting rule"] for row in rows} if table.stem != "landmarks.en" else {rule}
        assert rules == {rule}
        assert all(len(cell.rpartition(".")[2]) <= 6 for row in rows for cell in row.values()
                   if re.fullmatch(r"-?\d+\.\d+", cell))  # fmt: skip
    assert manifest["synthetic"] is True
    assert manifest["counting_rule"]["zh"].startswith("方案没有印发计数口径")
    assert {manifest[name]["file"] for name in DEMO} == set(DEMO.values())
    text = json.dumps(manifest)
    assert str(tmp_path) not in text and str(FOLDER.parent) not in text
    index = outcome.index.read_text(encoding="utf-8")
    assert "prints no rule of counting" in index


def test_a_real_ledger_runs_like_actuals(tmp_path, real):
    asked = Request("huzhou-1224", langs=("zh",), only=("03",), out=tmp_path / "out")
    outcome = run_notebooks(dataclasses.replace(asked, ledger=str(real)), "zh", quiet=True)
    assert outcome.failed == []
    assert outcome.index == tmp_path / "out" / "huzhou-1224" / "2024Q2" / "index.html"
    index = outcome.index.read_text(encoding="utf-8")
    assert "合成数据" not in index
    assert "方案没有印发计数口径" in index
    manifest = json.loads((outcome.index.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["synthetic"] is False
    assert manifest["ledger"]["file"] == "台账.csv"
    assert manifest["jobs"][0]["parameters"]["ledger"] == "台账.csv"


@pytest.mark.parametrize(("lang", "name"), [("zh", "台账.xlsx"), ("en", "ledger.xlsx")])
def test_a_working_folder_has_an_empty_ledger(call, tmp_path, monkeypatch, lang, name):
    make_folder(tmp_path / "mine", "huzhou-1224", lang)
    monkeypatch.chdir(tmp_path / "mine")
    assert f"h1224 check {name}" in Path("README.md").read_text(encoding="utf-8")
    assert call("check", name)[0] == 0
    # Settings that name results do not stand in the way of a demonstration.
    Path("h1224.toml").write_text(f'plan = "plan"\nledger = "{name}"\n', encoding="utf-8")
    assert call("check")[0] == 0
    asked = ("run", "--demo", "--only", "03", "--lang", lang, "--quiet")
    assert call(*asked)[0] == 0
    assert Path("outputs/demo/plan/2024Q2/index.html").is_file()


def test_a_plan_about_money_has_no_ledger(tmp_path):
    make_folder(tmp_path / "mine", "dazhou-2019", "zh")
    assert not list((tmp_path / "mine").glob("*.xlsx"))
    assert "台账.xlsx" not in (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")


def with_settings(path, *settings):
    """A real ledger of one project, with a sheet of settings."""
    book = openpyxl.Workbook()
    for line in REAL.splitlines():
        book.active.append(line.split(","))
    page = book.create_sheet("设置")
    for row in settings:
        page.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("setting", "period_helps"),
    [
        (("期间", "2024Q9"), True),
        (("截至日期", "月底"), True),
        (("计数阶段", "开会"), False),
        (("计数阶段（营收类）", "开工"), False),
        (("退出项目是否计数", "可能"), False),
        (("只计核定项目", "研究中"), False),
        (("时序进度", "随意"), False),
        (("亮灯规则", "红"), False),
    ],
)
@pytest.mark.parametrize("command", ["run", "progress"])
def test_no_default_stands_in_for_a_setting_that_cannot_be_read(
    call, tmp_path, command, setting, period_helps
):
    path = with_settings(tmp_path / "a.xlsx", ("台账日期", "2024-06-30"), setting)
    code, out, err = call(command, "--ledger", path)
    assert (code, out) == (2, "")
    assert str(setting[0]) in err and str(setting[1]) in err
    assert ("--period" in err) == period_helps
    assert not (tmp_path / "outputs").exists()
    given = read_results(load_plan(), path)
    if period_helps:
        check_settings(given, "2024Q2")
    else:
        with pytest.raises(LedgerError, match=r"a\.xlsx"):
            check_settings(given, "2024Q2")


def test_a_setting_said_twice_is_not_chosen_between(tmp_path):
    twice = [("计数阶段", "签约"), ("计数阶段", "设立")]
    given = read_results(load_plan(), with_settings(tmp_path / "a.xlsx", *twice))
    with pytest.raises(LedgerError):
        check_settings(given, "2024Q2")


def test_a_unit_that_cannot_be_read_rejects_rows_and_not_the_run(tmp_path):
    path = with_settings(tmp_path / "a.xlsx", ("总投资单位", "箱"), ("期间", "2024Q2"))
    given = read_results(load_plan(), path)
    assert [p.kind for p in given[0].sheet_problems if p.severity == "error"]
    check_settings(given, None)
