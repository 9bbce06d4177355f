"""Copies of the notebooks: one language, never over what the user changed."""

from __future__ import annotations

from pathlib import Path

import nbformat

from h1224lib.lab import copy_notebooks
from h1224lib.resources import notebooks_folder

NAMES = sorted(path.name for path in notebooks_folder().glob("*.ipynb"))


def test_copies_have_one_language_and_no_outputs(tmp_path: Path) -> None:
    folder = tmp_path / "工作 folder"
    assert copy_notebooks(folder, "en") == []
    assert sorted(path.name for path in folder.glob("*.ipynb")) == NAMES
    for path in folder.glob("*.ipynb"):
        content = nbformat.read(path, as_version=4)
        nbformat.validate(content)
        tags = {tag for cell in content.cells for tag in cell.metadata.get("tags", [])}
        assert "en" in tags and "zh" not in tags
        [parameters] = [c for c in content.cells if "parameters" in c.metadata.get("tags", [])]
        assert 'lang = "en"' in parameters.source
        assert not any(cell.get("outputs") for cell in content.cells)


def test_a_changed_copy_is_left_alone(tmp_path: Path) -> None:
    copy_notebooks(tmp_path, "zh")
    changed = tmp_path / NAMES[0]
    changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    mine = changed.read_bytes()
    assert copy_notebooks(tmp_path, "en") == [NAMES[0]]
    assert changed.read_bytes() == mine
    # Unchanged copies follow the language.
    other = nbformat.read(tmp_path / NAMES[1], as_version=4)
    assert {"zh"}.isdisjoint(t for cell in other.cells for t in cell.metadata.get("tags", []))


def test_a_file_of_the_user_with_such_a_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).write_text("mine", encoding="utf-8")
    assert copy_notebooks(tmp_path, "zh") == [NAMES[0]]
    assert (tmp_path / NAMES[0]).read_text(encoding="utf-8") == "mine"


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    copy_notebooks(tmp_path, "zh")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert copy_notebooks(tmp_path, "zh") == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
