"""Notebooks ask and answer: prose in pairs, parameters, little code, no logic, no outputs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

from h1224lib import load_plan, measure_progress, read_actuals
from h1224lib.batch.jobs import list_notebooks, read_notebook
from h1224lib.plan.tables import plan_format
from h1224lib.resources import notebooks_folder

PATHS = sorted(notebooks_folder().glob("*.ipynb"))
START = notebooks_folder() / "00_start.ipynb"
each = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    return [cell for cell in content.cells if cell.cell_type == kind]


@each
def test_prose_comes_in_pairs(path: Path) -> None:
    tags = [cell.metadata.get("tags", []) for cell in cells(path, "markdown")]
    assert tags[::2] == [["zh"]] * (len(tags) // 2)
    assert tags[1::2] == [["en"]] * (len(tags) // 2)
    for chinese, english in zip(
        cells(path, "markdown")[::2], cells(path, "markdown")[1::2], strict=True
    ):
        assert re.search(r"[\u4e00-\u9fff]", chinese.source)
        assert not re.search(r"[\u4e00-\u9fff]", english.source)


@each
def test_the_first_code_cell_holds_commented_parameters(path: Path) -> None:
    first, *others = cells(path, "code")
    assert first.metadata.tags == ["parameters"]
    for line in first.source.splitlines():
        assert re.fullmatch(r"\w+ = .+  # .+ / .+", line), line
    assert not any("parameters" in cell.metadata.get("tags", []) for cell in others)
    assert set(read_notebook(path).titles) == {"zh", "en"}


@each
def test_code_is_short_and_only_calls(path: Path) -> None:
    source = "\n".join(cell.source for cell in cells(path, "code"))
    assert len(source.splitlines()) <= 60
    tree = ast.parse(source)
    forbidden = (ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.If, ast.Try, ast.While, ast.With)
    assert [node for node in ast.walk(tree) if isinstance(node, forbidden)] == []
    imported = [
        ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    assert imported == ["import h1224lib as h"]


@each
def test_a_notebook_names_itself(path: Path) -> None:
    source = "".join(cell.source for cell in cells(path, "code"))
    assert f'notebook="{path.stem}"' in source


@each
def test_only_the_start_has_outputs(path: Path) -> None:
    outputs = [output for cell in cells(path, "code") for output in cell.outputs]
    assert bool(outputs) == (path == START)
    assert "error" not in {output.output_type for output in outputs}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_start_explains_every_column_and_notebook(lang: str) -> None:
    prose = "".join(
        cell.source for cell in cells(START, "markdown") if cell.metadata.tags == [lang]
    )
    plan = load_plan("dazhou-2019")
    state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    columns = {*plan_format()["figures"]["fields"], *plan.targets, *state.table}
    assert [name for name in sorted(columns) if f"`{name}`" not in prose] == []
    for notebook in list_notebooks():
        assert notebook.path == START or f"({notebook.name}.ipynb)" in prose


def test_links_of_the_start_lead_to_notebooks() -> None:
    prose = "".join(cell.source for cell in cells(START, "markdown"))
    names = set(re.findall(r"\]\(([^)]+)\)", prose))
    assert names
    assert all((notebooks_folder() / name).is_file() for name in names)
