"""What is up to date is not run again; what is not asked for stays; nothing stale is left."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from made_runs import SHOWS, read_journal_lines, read_state, write_notebook

from h1224lib.batch.jobs import list_notebooks
from h1224lib.batch.run import Outcome, Request, run_notebooks
from h1224lib.errors import JobError, OutputError
from h1224lib.plan.folder import find_folder

PERIOD = '\nperiod = "2019Q1"  # period'


class Bench:
    """Runs of a folder's notebooks, and what they did."""

    def __init__(self, folder: Path) -> None:
        self.notebooks = folder / "nb"
        self.out = folder / "out"
        for name in ("00_a", "01_b"):
            write_notebook(self.notebooks, name)
        shutil.copytree(find_folder("dazhou-2019"), folder / "mine")
        self.request = Request(str(folder / "mine"), out=self.out)

    def run(self, **asked: object) -> Outcome:
        return run_notebooks(replace(self.request, **asked), "en", quiet=True)

    def count_lines(self, period: str = "plan") -> dict[str, int]:
        """Count how often each job has ended."""
        names = [line["job"] for line in read_journal_lines(self.out / "mine" / period)]
        return {name: names.count(name) for name in names}

    def list_jobs(self, period: str = "plan") -> list[str]:
        manifest = (self.out / "mine" / period / "manifest.json").read_text(encoding="utf-8")
        return [job["name"] for job in json.loads(manifest)["jobs"]]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    made = Bench(tmp_path)
    monkeypatch.setattr("h1224lib.batch.run.list_notebooks", lambda: list_notebooks(made.notebooks))
    return made


BOTH = ["00_a.zh", "00_a.en", "01_b.zh", "01_b.en"]


def test_a_second_run_takes_everything_over_and_leaves_the_same(bench: Bench) -> None:
    first = bench.run()
    assert (first.failed, first.taken) == ([], 0)
    state = read_state(bench.out)
    second = bench.run()
    assert (second.taken, [r.job.name for r in second.results]) == (4, BOTH)
    assert read_state(bench.out) == state
    assert [r.files for r in second.results] == [r.files for r in first.results]
    assert bench.count_lines() == dict.fromkeys(BOTH, 1)
    third = bench.run(force=True)
    assert third.taken == 0
    assert read_state(bench.out) == state
    assert bench.count_lines() == dict.fromkeys(BOTH, 2)


def test_only_what_has_changed_is_run(bench: Bench) -> None:
    bench.run()
    state = read_state(bench.out)
    folder = bench.out / "mine" / "plan"
    write_notebook(bench.notebooks, "01_b", SHOWS.format(name="01_b", value=2))
    assert bench.run().taken == 2
    assert bench.count_lines() == dict(zip(BOTH, (1, 1, 2, 2), strict=True))
    # An output that is gone, and one that was altered under the same size and time.
    (folder / "tables" / "00_a-numbers.zh.csv").unlink()
    page = folder / "notebooks" / "00_a.en.html"
    before, text = page.stat(), page.read_bytes()
    page.write_bytes(text.replace(b"<", b"[", 1))
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert bench.run().taken == 2
    assert page.read_bytes() == text
    assert bench.count_lines() == dict.fromkeys(BOTH, 2)
    write_notebook(bench.notebooks, "01_b")
    bench.run()
    assert read_state(bench.out) == state


def test_another_plan_table_runs_all(bench: Bench) -> None:
    bench.run()
    areas = Path(bench.request.plan) / "areas.csv"
    areas.write_text(areas.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert bench.run().taken == 0


def test_what_is_not_asked_for_stays_as_long_as_it_holds(bench: Bench) -> None:
    bench.run(langs=("zh",))
    assert bench.list_jobs() == ["00_a.zh", "01_b.zh"]
    outcome = bench.run(langs=("en",), only=("00",))
    assert [r.job.name for r in outcome.results] == ["00_a.en"]
    assert bench.list_jobs() == ["00_a.zh", "00_a.en", "01_b.zh"]
    # The notebook has changed: what it was is not beside what the others are now.
    write_notebook(bench.notebooks, "01_b", "2")
    bench.run(only=("00",))
    assert bench.list_jobs() == ["00_a.zh", "00_a.en"]
    page = (bench.out / "mine" / "plan" / "index.html").read_text(encoding="utf-8")
    assert "01_b" not in page


def test_outputs_of_what_is_no_more_are_taken_away(bench: Bench) -> None:
    bench.run()
    folder = bench.out / "mine" / "plan"
    own = folder / "tables" / "mine.csv"
    own.touch()
    write_notebook(bench.notebooks, "00_a", "2")
    (bench.notebooks / "01_b.ipynb").unlink()
    bench.run()
    left = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    pages = {f"notebooks/00_a.{lang}.{form}" for lang in ("zh", "en") for form in ("html", "ipynb")}
    assert left == pages | {"tables/mine.csv", "index.html", "manifest.json", "journal.jsonl"}


def test_a_failing_notebook_is_listed_and_run_again(bench: Bench) -> None:
    path = bench.out.parent / "works"
    code = f"from pathlib import Path\nif not Path({str(path)!r}).exists(): 1 / 0"
    write_notebook(bench.notebooks, "01_b", code)
    outcome = bench.run()
    assert [(r.job.name, r.cell) for r in outcome.failed] == [("01_b.zh", 3), ("01_b.en", 3)]
    again = bench.run()
    assert (again.taken, len(again.failed)) == (2, 2)
    # Not asked for, it stays failed.
    assert bench.run(only=("00",)).failed == []
    manifest = (bench.out / "mine" / "plan" / "manifest.json").read_text(encoding="utf-8")
    assert [j["status"] for j in json.loads(manifest)["jobs"]] == ["done"] * 2 + ["failed"] * 2
    path.touch()
    assert bench.run().failed == []
    assert bench.run().taken == 4


def test_a_finding_of_errors_in_the_data_is_said_again(bench: Bench) -> None:
    code = (
        "import h1224lib as h\nfrom h1224lib.findings import Finding\n"
        "h.open_run(plan).say(Finding('progress_no_target', 'error', {'where': 'x'}))"
    )
    write_notebook(bench.notebooks, "01_b", code)
    assert bench.run().severe == ["01_b"]
    again = bench.run()
    assert (again.taken, again.severe) == (4, ["01_b"])


def test_periods_share_a_pool_and_what_is_the_same_in_each(bench: Bench) -> None:
    code = "print(period)\n" + SHOWS.format(name="02_c", value=3)
    write_notebook(bench.notebooks, "02_c", code, needs="period", more=PERIOD)
    asked = {"periods": ("2019Q1", "2019Q2"), "langs": ("zh",)}
    outcome = bench.run(**asked)
    assert outcome.failed == []
    names = ["00_a.zh", "01_b.zh", "02_c.zh"]
    assert [r.job.place for r in outcome.results] == [
        *(f"2019Q1/{name}" for name in names),
        *(f"2019Q2/{name}" for name in names),
    ]
    assert [path.parent.name for path in outcome.indexes] == ["2019Q1", "2019Q2"]
    several = read_state(bench.out)
    for period in asked["periods"]:
        assert bench.list_jobs(period) == names
        assert (
            "2019Q1" not in period or "2019Q2" not in several[f"mine/{period}/index.html"].decode()
        )
    tables = "mine/{}/tables/00_a-numbers.zh.csv"
    assert several[tables.format("2019Q1")] == several[tables.format("2019Q2")]
    # Period by period, elsewhere: the same but for the start page, which is the same too.
    for period in asked["periods"]:
        bench.run(period=period, langs=("zh",), out=bench.out.parent / "single")
    assert read_state(bench.out.parent / "single") == several
    # And a third period runs what is its own alone.
    outcome = bench.run(periods=("2019Q1", "2019Q2", "2019Q3"), langs=("zh",))
    assert outcome.taken == 6
    lines = read_journal_lines(bench.out / "mine" / "2019Q3")
    seconds = {line["job"]: line["seconds"] for line in lines}
    before = read_journal_lines(bench.out / "mine" / "2019Q1")
    assert [seconds[line["job"]] == line["seconds"] for line in before][:2] == [True, True]


def test_what_fails_in_one_run_folder_fails_in_those_it_is_the_same_in(bench: Bench) -> None:
    write_notebook(bench.notebooks, "01_b", "1 / 0")
    outcome = bench.run(period=None, periods=("2019Q1", "2019Q2"), langs=("zh",))
    assert [r.job.place for r in outcome.failed] == ["2019Q1/01_b.zh", "2019Q2/01_b.zh"]
    page = (bench.out / "mine/2019Q2/notebooks/01_b.zh.html").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in page


@pytest.mark.parametrize("name", ["areas.csv", "nb"])
def test_what_changes_while_it_runs_is_not_taken_for_what_was(bench: Bench, name: str) -> None:
    folder = Path(bench.request.plan)
    file = bench.notebooks / "00_a.ipynb" if name == "nb" else folder / name
    code = f"with open({str(file)!r}, 'a') as file: file.write('\\n')"
    write_notebook(bench.notebooks, "01_b", code)
    with pytest.raises(JobError) as caught:
        bench.run(langs=("zh",), workers=1)
    assert all(file.name in caught.value.say(lang)[0] for lang in ("zh", "en"))
    # The first had ended before, and is kept; half of the other is not there.
    assert bench.count_lines() == {"00_a.zh": 1}
    assert not (bench.out / "mine" / "plan" / "notebooks" / "01_b.zh.html").exists()
    write_notebook(bench.notebooks, "01_b", "1")
    # Of another file than the first was made from, all is run.
    assert bench.run(langs=("zh",)).taken == 0


def test_a_library_that_changes_stops_the_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = bench.out.parent / "library"
    (library / "catalogue").mkdir(parents=True)
    (library / "catalogue" / "x.toml").touch()
    monkeypatch.setattr("h1224lib.batch.fingerprint.PACKAGE", library)
    monkeypatch.setattr("h1224lib.batch.run.PACKAGE", library)
    code = f"with open({str(library / 'catalogue' / 'x.toml')!r}, 'w') as file: file.write('#')"
    write_notebook(bench.notebooks, "01_b", code)
    with pytest.raises(JobError, match=r"library/catalogue/x\.toml"):
        bench.run(langs=("zh",), workers=1)
    assert bench.count_lines() == {"00_a.zh": 1}
    write_notebook(bench.notebooks, "01_b", "1")
    assert bench.run(langs=("zh",)).taken == 0
    assert bench.run(langs=("zh",)).taken == 2


@pytest.mark.parametrize(
    ("more", "key"),
    [("\nplan = 7  # x", "parameter_type"), ("\nx = y  # x", "parameters_not_literal")],
)
def test_parameters_stop_a_run_before_it_writes(bench: Bench, more: str, key: str) -> None:
    write_notebook(bench.notebooks, "01_b", more=more)
    with pytest.raises(JobError) as caught:
        bench.run()
    assert caught.value.key == key
    assert not bench.out.exists()


def test_a_parameter_that_is_missing_or_unknown_stops_a_run_before_it_writes(bench: Bench) -> None:
    write_notebook(bench.notebooks, "01_b", needs="period", more='\nperiods = "x"  # typing error')
    with pytest.raises(JobError) as caught:
        bench.run(period="2019Q1")
    assert caught.value.key == "parameters_missing"
    write_notebook(bench.notebooks, "01_b")
    with pytest.raises(JobError) as caught:
        bench.run(rule="capped")
    assert caught.value.key == "parameters_undeclared"
    assert not bench.out.exists()


def test_another_run_in_the_same_folder_is_refused(bench: Bench) -> None:
    from h1224lib.batch.lock import hold_folder

    about = {"plan": "other", "periods": ["2024Q1"]}
    with hold_folder(bench.out, about), pytest.raises(OutputError, match="other"):
        bench.run()
    assert bench.run(only=("00",), langs=("zh",)).failed == []
