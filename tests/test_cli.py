"""The command line: what it prints, where, with which exit code, in which language."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pandas as pd
import psutil
import pytest

from h1224lib import load_plan
from h1224lib.cli import cli, main
from h1224lib.plan.tables import plan_format

ROOT = Path(__file__).resolve().parents[1]


DAZHOU_H1 = ("progress", "--plan", "dazhou-2019", "--period", "2019H1")


class Said(NamedTuple):
    """What a call left."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that calls the command line in this process, in English."""
    monkeypatch.setenv("H1224_LANG", "en")

    def run(*args: str) -> Said:
        with pytest.raises(SystemExit) as left:
            main(args)
        out, err = capfd.readouterr()
        return Said(int(str(left.value.code)), out, err)

    return run


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the Huzhou plan that a test may spoil."""
    folder = tmp_path / "方案 copy"
    shutil.copytree(load_plan("huzhou-1224").folder, folder)
    return folder


def spawn(*args: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Call the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "h1224lib", *args],
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_figures_have_the_columns_of_the_format(call: Call) -> None:
    said = call("figures", "--format", "csv")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == ",".join(plan_format()["figures"]["fields"])
    rows = rows_of(said.out)
    assert len(rows) == len(load_plan().figures)
    annex = [row for row in rows if row["place"].startswith("annex2")]
    assert len(annex) == 396
    assert {row["printed"] for row in rows if row["value"] == ""} == {"-", "省平均", "同步"}
    assert rows[0]["value"] == "1000"


def test_figures_come_back_as_they_were_entered(call: Call) -> None:
    plan = load_plan("dazhou-2019")
    said = call("figures", "--plan", "dazhou-2019", "--format", "csv")
    entered = rows_of((plan.folder / "figures.csv").read_text(encoding="utf-8"))
    for was, now in zip(entered, rows_of(said.out), strict=True):
        assert was.items() <= now.items()


def test_targets_sum_to_the_printed_totals(call: Call) -> None:
    rows = rows_of(call("targets", "--format", "csv").out)
    assert list(rows[0]) == list(load_plan().targets)
    sums = {"2023-2025": 0, "2023": 0}
    for row in rows:
        if row["measure"] == "projects":
            sums[row["horizon"]] += int(row["value"] or 0)
    assert sums == {"2023-2025": 1000, "2023": 303}


def test_rollup_adds_totals(call: Call) -> None:
    rows = rows_of(call("targets", "--rollup", "--format", "csv").out)
    rows = [row for row in rows if row["measure"] == "projects"]
    whole = [r for r in rows if {r["area"], r["industry"], r["project_type"]} == {"all"}]
    assert {row["horizon"]: row["value"] for row in whole} == {"2023-2025": "1000", "2023": "303"}
    assert whole[0]["figure_id"]


def test_progress_in_three_formats(call: Call) -> None:
    args = ("progress", "--plan", "dazhou-2019", "--period", "2019Q1", "--format")
    rows = rows_of(call(*args, "csv").out)
    assert rows[0]["scheduled"] == "150.025"
    assert rows[0]["gap"] == "29.525"
    state = json.loads(call(*args, "json").out)
    assert (state["as_of"], state["schedule"]) == ("2019-03-31", "quarters")
    assert state["table"][0]["gap"] == 29.525
    assert state["findings"][0]["kind"] == "progress_behind"
    table = call(*args, "table", "--schedule", "printed", "--lang", "zh")
    assert "超前 1.67 个百分点" in table.out
    assert re.search(r"开江县 +22\.3 ", table.out)


def test_reconcile_a_plan_that_adds_up(call: Call) -> None:
    said = call("reconcile")
    assert (said.code, said.err) == (0, "")
    assert "6 that cannot be tested hold" in said.out.splitlines()[0]
    assert said.out.count("74 enterprises are allocated to none") == 1
    assert said.out.count("28 enterprises are allocated to none") == 1
    told = json.loads(call("reconcile", "--format", "json").out)
    facts = [f["en"] for f in [*told["findings"], *told["review"]]]
    assert sum("74 enterprises" in fact for fact in facts) == 1
    assert "109.05 %" in call("reconcile", "--plan", "dazhou-2019").out


def test_reconcile_names_every_identity_of_a_changed_cell(call: Call, copied: Path) -> None:
    path = copied / "figures.csv"
    text = path.read_text(encoding="utf-8")
    spoilt, count = re.subn(
        r"(?m)^(annex2\.deqing\.software\.revenue\.2023-2025,.*,=,)(\d+),,(.*),\2,",
        r"\g<1>99,,\3,99,",
        text,
    )
    assert count == 1
    path.write_text(spoilt, encoding="utf-8")
    checks = rows_of(call("reconcile", "--plan", str(copied), "--format", "csv").out)
    failed = [row for row in checks if row["status"] == "fails"]
    assert failed
    assert all("annex2.deqing.software.revenue.2023-2025" in row["figures"] for row in failed)
    said = call("reconcile", "--plan", str(copied), "--lang", "zh")
    assert said.code == 1
    assert said.out.splitlines()[0].endswith(f"{len(failed)} 项不成立。")
    told = [line for line in said.out.splitlines() if "2023—2025年：各项合计" in line]
    assert len(told) == len(failed)
    explained = "德清县·软件和信息技术服务业（含工业设计）·营收类·2023—2025年（附件2）"
    assert (
        f"只有一种最小的改法：引进项目·{explained}：印的是 99，改为 45 则各项勾稽都成立" in said.out
    )
    report = json.loads(call("reconcile", "--plan", str(copied), "--format", "json").out)
    assert (report["passed"], report["explanations_complete"]) == (False, True)
    assert [(s["area"], s["low"], s["high"]) for s in report["suspects"]] == [("deqing", 45, 45)]
    severe = [finding for finding in report["findings"] if finding["severity"] == "error"]
    assert len(severe) == 1 + len(failed)
    assert len(report["checks"]) == len(checks)


def test_amendments_count_up_to_a_day(call: Call, copied: Path) -> None:
    path = copied / "figures.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    [old] = [r for r in rows if r["figure_id"] == "annex2.deqing.software.revenue.2023-2025"]
    new = {"figure_id": "notice", "value": "50", "printed": "50", "place": "table-notice"}
    rows.append(old | new | {"effective": "2024-07-01"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(old))
        writer.writeheader()
        writer.writerows(rows)
    told = {}
    for day in ("2024-06-30", "2024-07-01"):
        args = ("--plan", str(copied), "--as-of", day, "--format")
        report = json.loads(call("reconcile", *args, "json").out)
        figures = pd.read_csv(io.StringIO(call("figures", *args, "csv").out), dtype=str)
        targets = pd.read_csv(io.StringIO(call("targets", *args, "csv").out), dtype=str)
        ids = [
            set(table["figure_id"]) & {"notice", old["figure_id"]} for table in (figures, targets)
        ]
        told[report["as_of"]] = (report["passed"], *ids)
    assert told == {
        "2024-06-30": (True, {old["figure_id"]}, {old["figure_id"]}),
        "2024-07-01": (False, {old["figure_id"], "notice"}, {"notice"}),
    }
    late = call("targets", "--plan", str(copied), "--format", "csv")
    assert "notice" in late.out


def test_reconcile_names_an_error_of_the_review_first(call: Call, copied: Path) -> None:
    path = copied / "assessment.csv"
    text = path.read_text(encoding="utf-8")
    spoilt, count = re.subn(r"(?m)^(daily\.team,.*,)2(,,,,)", r"\g<1>3\2", text)
    assert count == 1
    path.write_text(spoilt, encoding="utf-8")
    said = call("reconcile", "--plan", str(copied))
    assert (said.code, said.err) == (1, "")
    first, second = said.out.splitlines()[:2]
    assert first.startswith("1 error stands beside the identities: Assessment, ")
    assert "11, expected is 10" in first
    assert "6 that cannot be tested hold" in second
    report = call("reconcile", "--plan", str(copied), "--format", "json")
    told = json.loads(report.out)
    assert (report.code, told["passed"], told["review_passed"]) == (1, True, False)
    table = call("reconcile", "--plan", str(copied), "--format", "csv")
    assert (table.code, table.err) == (1, first + "\n")
    sound = json.loads(call("reconcile", "--format", "json").out)
    assert sound["passed"] and sound["review_passed"]


def test_a_bad_plan_is_refused_whole_and_nothing_is_written(
    call: Call, copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (copied / "areas.csv").write_bytes("code,zh,en\nall,湖州".encode("gbk"))
    figures = copied / "figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").replace(",1000,", ",many,", 1), "utf-8")
    for command in (("run",), ("reconcile",), ("figures",), ("targets",)):
        said = call(*command, "--plan", str(copied))
        assert (said.code, said.out) == (2, "")
        assert "areas.csv" in said.err and "figures.csv" in said.err
        assert "Traceback" not in said.err
    checked = call("plan", "check", str(copied), "--lang", "zh")
    assert (checked.code, checked.out) == (2, "")
    assert "UTF-8" in checked.err and "“many”不是数" in checked.err
    assert list(work.iterdir()) == []


def test_a_sound_plan(call: Call, copied: Path) -> None:
    said = call("plan", "check", str(copied))
    assert (said.code, said.err) == (0, "")
    assert "the format is sound" in said.out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["run", "--plan", "nowhere"], "'nowhere'"),
        (["run", "--period", "2019Q9"], "'2019Q9' is no period"),
        (["run", "--plan", "dazhou-2019", "--period", "2019Q9"], "'2019Q9' is no period"),
        (["run", "--plan", "dazhou-2019", "--period", "2024Q1"], "no target's horizon"),
        (["run", "--plan", "dazhou-2019", "--period", "2019Q1", "--actuals", "x.csv"], "x.csv"),
        (["run", "--actuals", "x.csv"], "--period"),
        (["run", "--only", "99"], "'99'"),
        (["run", "--only", "03"], "'03'"),
        (["run", "--jobs", "0"], "--jobs"),
        (["run", "--lang", "fr"], "--lang"),
        (["run", "--year", "23"], "--year"),
        (["run", "--not-applicable", "zero"], "--not-applicable: no notebook of this run"),
        (["run", "--period", "2023", "--only", "03", "--year", "2023"], "03_progress_overview"),
        (["run", "--period", "2023", "--rule", "best"], "'best'"),
        (["run", "--period", "2023", "--not-applicable", "none"], "'none'"),
        (["run", "--period", "2023", "--year", "2024"], "2024"),
        (["run", "--period", "2023", "--daily", "none.csv"], "none.csv"),
        (["run", "--period", "2023", "--marks", "none.csv"], "none.csv"),
        (["progress"], "--period"),
        ([*DAZHOU_H1, "--schedule", "printed"], "quarters"),
        (["reconcile", "--as-of", "2024"], "'2024' is no day"),
        (["figures", "--as-of", "2024-02-30"], "'2024-02-30' is no day"),
        (["targets", "--as-of", "2024Q1"], "'2024Q1' is no day"),
        (["reconcile", "--nonsense"], "--nonsense"),
        (["recon"], "recon"),
        (["figures", "--plan"], "--plan"),
        (["plan", "check"], "FOLDER"),
        (["plan", "check", "nowhere"], "nowhere"),
    ],
)  # fmt: skip
def test_wrong_use_is_one_clean_line_in_both_languages(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    english = call(*args)
    assert (english.code, english.out) == (2, "")
    assert english.err.count("\n") == 1
    assert words in english.err
    monkeypatch.setenv("H1224_LANG", "zh")
    chinese = call(*args)
    assert chinese.code == 2
    assert chinese.err.count("\n") == 1
    assert re.search(r"[\u4e00-\u9fff]", chinese.err)
    assert list(tmp_path.iterdir()) == []


def test_outputs_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    said = call("run", "--out", str(tmp_path / "taken"))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "taken" in said.err


def test_a_call_without_a_command_shows_help(call: Call) -> None:
    said = call()
    assert (said.code, said.out) == (2, "")
    assert "reconcile" in said.err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_is_in_the_users_language(
    call: Call, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("H1224_LANG", lang)
    for args in ([], ["run"], ["lab"], ["plan"], ["plan", "check"]):
        said = call(*args, "--help")
        assert said.code == 0
        assert bool(re.search(r"[\u4e00-\u9fff]", said.out)) == (lang == "zh")


def test_help_loads_neither_pandas_nor_altair() -> None:
    code = (
        "import sys\nfrom h1224lib.cli import main\n"
        "try:\n    main(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pandas', 'altair', 'numpy', 'papermill', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"


def test_the_version_is_that_of_the_package(call: Call) -> None:
    import h1224lib

    assert call("--version").out == f"h1224 {h1224lib.__version__}\n"


def test_csv_is_utf8_without_bom_under_any_locale() -> None:
    texts = set()
    for locale in ("C", "en_US.ISO-8859-1", "C.UTF-8"):
        done = spawn("figures", "--format", "csv", LC_ALL=locale, PYTHONUTF8="0")
        assert (done.returncode, done.stderr) == (0, b"")
        texts.add(done.stdout)
    [text] = texts
    assert text.decode("utf-8").startswith("figure_id,")
    assert "个（家）" in text.decode("utf-8")
    assert b"\r" not in text


def test_a_terminal_that_cannot_show_chinese_gets_no_traceback() -> None:
    done = spawn("reconcile", "--lang", "zh", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"550" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="no pipes of a shell")
def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f'"{sys.executable}" -m h1224lib figures --format csv | head -n 1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"figure_id")


@pytest.mark.skipif(os.name == "nt", reason="no signals of that kind")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("demo", [False, True])
def test_an_interrupted_run_ends_cleanly(
    tmp_path: Path, number: int, code: int, demo: bool
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "h1224lib", "run", *(["--demo"] * demo), "--out", str(tmp_path)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "H1224_LANG": "en", "TMPDIR": str(scratch)},
        # A shell's background job ignores SIGINT, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stderr
    try:
        first = process.stderr.readline()
        # Two run, or are about to, and more wait for them.
        kernels: list[psutil.Process] = []
        while process.poll() is None and not kernels:
            kernels = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        _, rest = process.communicate(timeout=60)
    finally:
        process.kill()
    assert b"done" in first
    assert process.returncode == code
    assert kernels
    assert [kernel for kernel in kernels if kernel.is_running()] == []
    assert b"Traceback" not in rest
    assert not list(tmp_path.rglob("manifest.json"))
    # Neither the folders of kernels nor the ledger that was kept for them.
    assert list(scratch.iterdir()) == []


def test_a_run_on_a_plan_that_does_not_add_up(call: Call, copied: Path, tmp_path: Path) -> None:
    args = ("run", "--only", "01", "--quiet", "--out", str(tmp_path / "out"))
    assert call(*args) == (0, "", "")
    figures = copied / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    spoilt, count = re.subn(
        r"(?m)^(annex2\.deqing\.software\.revenue\.2023-2025,.*,=,)(\d+),,(.*),\2,",
        r"\g<1>99,,\3,99,",
        text,
    )
    assert count == 1
    figures.write_text(spoilt, encoding="utf-8")
    said = call(*args, "--plan", str(copied))
    assert (said.code, said.out) == (1, "")
    assert said.err == "the data holds errors: see 01_reconcile_targets\n"


CLICKS_OWN = re.compile(
    r"option|argument|command |choose|is not|missing|unexpected|usage|invalid|range", re.IGNORECASE
)


@pytest.mark.parametrize(
    ("args", "chinese"),
    [
        (["figures", "--format", "xml"], "--format 的值“xml”不对；可用：table、csv、json"),
        (["run", "--jobs", "0"], "--jobs 的值“0”不对，应为 1 至 64 的整数"),
        (["run", "--jobs", "x"], "--jobs 的值“x”不对，应为 1 至 64 的整数"),
        (["plan", "chek"], "没有命令“chek”；可用：check、"),
        (["figures", "a", "b"], "多出 a、b（见 h1224 figures --help）"),
        (["run", "--quiet=1"], "--quiet 后面不应有值"),
        (["run", "--plan"], "--plan 后面应有一个值（见 h1224 run --help）"),
        (["plan", "check"], "缺少 FOLDER"),
        (["--nonsense"], "没有选项 --nonsense"),
        (["--"], "用法不对"),
    ],
)
def test_wrong_use_in_chinese_is_all_chinese(
    call: Call, monkeypatch: pytest.MonkeyPatch, args: list[str], chinese: str
) -> None:
    monkeypatch.setenv("H1224_LANG", "zh")
    said = call(*args)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(chinese)
    assert not CLICKS_OWN.search(said.err)


def test_json_has_null_and_whole_numbers(call: Call) -> None:
    rows = json.loads(call("targets", "--format", "json").out)
    assert {type(row["value"]) for row in rows if row["measure"] == "projects"} == {int, type(None)}
    assert {row["value"] for row in rows if row["measure"] == "scitech_revenue"} == {39.2, 33.6}
    assert len(rows) == len(load_plan().targets)


def test_a_table_for_people_is_whole_in_a_pipe(call: Call) -> None:
    said = call("targets", "--plan", "dazhou-2019", "--lang", "zh")
    assert "table.citylevel.investment.2019Q1" in said.out
    assert "Measure" not in said.out
    assert "单位：亿元" in said.out


def walk(command: click.Command, path: str = "h1224") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its full name."""
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from walk(child, f"{path} {name}")
    else:
        yield path, command


def test_help_lists_commands_in_the_order_of_work(call: Call) -> None:
    listed = re.findall(r"(?m)^  (\w+)  ", call("--help").out.partition("Commands:")[2])
    assert listed == [
        *("new", "check", "template"),
        *("reconcile", "figures", "targets", "plan"),
        *("run", "progress", "score", "lab"),
    ]
    # A new command has a place in that order, not one by the module that it is in.
    assert set(cli.commands) == set(cli.order)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_lists_commands_as_help_does(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    listed = re.findall(r"(?m)^\| `h1224 ([a-z ]+)` \|", text)
    assert list(dict.fromkeys(full.partition(" ")[0] for full in listed)) == list(cli.order)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_command_and_option_is_documented(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for path, command in walk(cli):
        assert f"`{path}" in text, f"{name} does not name {path}"
        for option in (p for p in command.params if isinstance(p, click.Option)):
            assert option.opts[0] in text, f"{name} does not name {option.opts[0]} of {path}"


def test_exact_numbers_survive_the_way_through_csv(call: Call) -> None:
    args = ("progress", "--plan", "dazhou-2019", "--period", "2019Q1", "--format")
    table = pd.read_csv(io.StringIO(call(*args, "csv").out))
    plain = json.loads(call(*args, "json").out)["table"]
    assert table["completion"].tolist() == [row["completion"] for row in plain]
