"""Several periods on the command line: what is refused before anything runs, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import finish, start_run, write_notebook

from h1224lib import load_plan
from h1224lib.batch.inputs import Request, find_each
from h1224lib.cli import main
from h1224lib.errors import ComparisonError, PeriodsError
from h1224lib.resources import demo_file


def ask(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[object, str, list[str]]:
    with pytest.raises(SystemExit) as ended:
        main(["run", *options])
    said, complained = capsys.readouterr()
    return ended.value.code, said, complained.splitlines()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--period", "2024Q1", "--periods", "2024Q1:2024Q2"], ["--period", "--periods"]),
        (["--periods", "2024Q1"], ["2024Q1", "2023Q1:2025Q4"]),
        (["--periods", "2024:2024Q2"], ["2024", "2024Q2"]),
        (["--periods", "2024Q2:2024Q1"], ["2024Q2", "2024Q1"]),
    ],
)
def test_what_is_no_row_of_periods_is_refused_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lang: str,
    options: list[str],
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("H1224_LANG", lang)
    code, said, [line] = ask(capsys, *options)
    assert (code, said) == (2, "")
    assert [word for word in words if word not in line] == []
    assert list(tmp_path.iterdir()) == []


def test_a_period_that_cannot_be_run_is_listed_and_none_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("H1224_LANG", "en")
    code, said, lines = ask(capsys, "--periods", "2022Q3:2023Q1")
    assert (code, said) == (2, "")
    assert lines[0] == "2 of 3 periods cannot be run, so none was:"
    assert [line[:7] for line in lines[1:]] == ["2022Q3:", "2022Q4:"]
    assert list(tmp_path.iterdir()) == []


def test_periods_typed_stand_for_the_period_of_the_settings(tmp_path: Path) -> None:
    needs = {"needs": "period", "more": '\nperiod = "x"  # period'}
    write_notebook(tmp_path / "nb", "00_a", "print(period)", **needs)
    (tmp_path / "h1224.toml").write_text(
        'plan = "dazhou-2019"\nperiod = "2019Q3"\n', encoding="utf-8"
    )
    options = ("--periods", "2019Q1:2019Q2", "--lang", "en")
    code, said, complained = finish(start_run(tmp_path / "nb", *options, cwd=tmp_path))
    assert code == 0, complained
    assert said.startswith("Done. This run: 2 periods, ")
    folder = tmp_path / "outputs" / "dazhou-2019"
    assert sorted(path.name for path in folder.iterdir()) == ["2019Q1", "2019Q2"]
    # A line names the period too, since a notebook runs once for each.
    names = sorted(line.split()[1] for line in complained.splitlines())
    assert names == ["2019Q1/00_a.en", "2019Q2/00_a.en"]
    for period in ("2019Q1", "2019Q2"):
        page = folder / period / "notebooks" / "00_a.en.html"
        assert f"<pre>{period}\n</pre>" in page.read_text(encoding="utf-8")


def test_the_demonstration_of_earlier_periods_has_no_ledger_before() -> None:
    plan = load_plan()
    periods = ("2023Q4", "2024Q2")
    found = find_each(Request(plan.name, periods=periods, demo=True), plan)
    assert [inputs.period for inputs in found] == list(periods)
    assert ["previous" in inputs.files for inputs in found] == [False, True]
    assert found[0].described["previous"] is None
    # One that the user names is not left out.
    named = {name: str(demo_file(name)) for name in ("ledger", "previous")}
    with pytest.raises(ComparisonError):
        find_each(Request(plan.name, "2023Q4", demo=True, **named), plan)
    with pytest.raises(PeriodsError) as caught:
        find_each(Request(plan.name, periods=periods, demo=True, **named), plan)
    assert list(caught.value.refused) == ["2023Q4"]
    assert all(len(caught.value.say(lang)) == 2 for lang in ("zh", "en"))
