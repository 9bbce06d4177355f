"""A working folder: a plan of one's own, and commands that do what its README says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from building import tables_that_add_up, write_plan

from h1224lib import load_plan, wording
from h1224lib.cli import cli, main
from h1224lib.errors import OutputError, PlanError
from h1224lib.resources import plan_names
from h1224lib.workspace import make_folder


def call(*args: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(args)
    return int(str(left.value.code))


@pytest.mark.parametrize("name", plan_names())
def test_the_copy_is_the_plan(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "我的 plan"
    written = make_folder(folder, name, "zh")
    assert {path for path in folder.rglob("*") if path.is_file()} == set(written)
    original = load_plan(name).folder
    for path in original.iterdir():
        assert (folder / "plan" / path.name).read_bytes() == path.read_bytes()
    assert load_plan(folder / "plan").figures.equals(load_plan(name).figures)


def test_only_what_belongs_to_a_plan_is_copied(tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "p", tables_that_add_up({("east", "trade", "heavy"): (1, 2)}))
    (plan / "private.txt").write_text("mine", encoding="utf-8")
    make_folder(tmp_path / "new", plan, "en")
    assert not (tmp_path / "new" / "plan" / "private.txt").exists()


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_the_readme_names_commands_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    make_folder(tmp_path / "mine", "huzhou-1224", lang)
    monkeypatch.chdir(tmp_path / "mine")
    text = Path("README.md").read_text(encoding="utf-8")
    assert bool(re.search(r"[\u4e00-\u9fff]", text.replace(load_plan().title("zh"), ""))) == (
        lang == "zh"
    )
    commands = re.findall(r"^h1224 (.+)$", text, re.MULTILINE)
    assert len(commands) == 7
    assert call(*commands[0].split()) == 0
    assert call(*commands[1].split()) == 0
    for words in map(str.split, commands):
        command: object = cli
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
        known = {option for param in command.params for option in param.opts}  # type: ignore[attr-defined]
        assert {word for word in words if word.startswith("--")} <= known


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    assert call("new", str(folder), "--lang", "en") == 0
    assert "README.md" in capfd.readouterr().out
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert call("new", str(folder), "--plan", "dazhou-2019", "--lang", "en") == 2
    out, err = capfd.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError):
        make_folder(tmp_path / "file", "huzhou-1224", "zh")


def test_an_empty_folder_is_filled_and_a_bad_plan_leaves_none(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert make_folder(tmp_path / "empty", "dazhou-2019", "en")
    (tmp_path / "bad").mkdir()
    with pytest.raises(PlanError):
        make_folder(tmp_path / "new", tmp_path / "bad", "en")
    assert not (tmp_path / "new").exists()


def test_settings_stand_in_for_options_and_what_is_typed_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_folder(tmp_path / "mine", "dazhou-2019", "zh")
    monkeypatch.chdir(tmp_path / "mine")
    assert call("reconcile") == 0
    here = capsys.readouterr().out
    assert "达州" in here and "通川" not in here.splitlines()[0]
    assert call("reconcile", "--plan", "huzhou-1224", "--lang", "en") == 0
    assert "537 identities" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("plan = ", "cannot be read"),
        ('colour = "red"', "'colour'"),
        ("plan = [1, 2]", "must be one value"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    said: str,
) -> None:
    monkeypatch.setenv("H1224_LANG", "en")
    monkeypatch.chdir(tmp_path)
    Path("h1224.toml").write_text(text, encoding="utf-8")
    assert call("reconcile") == 2
    told = capsys.readouterr()
    assert told.out == "" and said in told.err and "Traceback" not in told.err
