"""Which notebooks run, for whom, with which parameters; and what is refused before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from h1224lib import load_plan
from h1224lib.batch.jobs import (
    check_parameters,
    choose_notebooks,
    list_notebooks,
    plan_jobs,
    read_notebook,
)
from h1224lib.batch.prose import keep_language, set_language
from h1224lib.errors import JobError

META = {"needs": "plan", "title_zh": "题", "title_en": "Title"}
COMMON = 'plan = "p"  # plan\nlang = "zh"  # language\nout = None  # folder'


def write(folder: Path, parameters: str, meta: dict[str, Any] | None = None) -> Path:
    cell = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    content = new_notebook(cells=[cell], metadata={"h1224": META if meta is None else meta})
    path = folder / "09_test.ipynb"
    nbformat.write(content, path)
    return path


def test_shipped_notebooks_by_plan_and_period() -> None:
    plan = load_plan("dazhou-2019")
    given = {"plan": "dazhou-2019", "out": "/x"}
    alone = plan_jobs(list_notebooks(), plan, ("zh", "en"), given, given)
    assert {job.notebook.name for job in alone} == {
        "00_start",
        "01_reconcile_targets",
        "02_plan_explored",
        "06_outcome_indicators",
    }
    assert len(alone) == 8
    given["period"] = "2019Q1"
    period = plan_jobs(list_notebooks(), plan, ("zh", "en"), given, given)
    areas = [job for job in period if job.notebook.name == "04_gaps_by_area" and job.lang == "zh"]
    assert [job.subject for job in areas] == [c for c in plan.areas.index if c != "all"]
    assert areas[0].name == "04_gaps_by_area-citylevel.zh"
    assert areas[0].title.endswith(" · 市本级")
    assert areas[0].parameters["area"] == "citylevel"
    alone = [job for job in period if job.notebook.needs == "plan"]
    assert {job.notebook.name for job in alone if "period" in job.parameters} == {
        "06_outcome_indicators"  # its counts end with the period
    }


def test_only_by_name_or_number() -> None:
    names = ["00_start", "01_reconcile_targets", "04_gaps_by_area"]
    assert choose_notebooks(names, ()) == names
    assert choose_notebooks(names, ["04", "00_start.ipynb"]) == ["00_start", "04_gaps_by_area"]
    with pytest.raises(JobError, match="02"):
        choose_notebooks(names, ["02"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"plan": 7}, "plan is 7, expected str"),
        ({"plan": None}, "plan is None"),
        ({"out": 1}, r"out is 1, expected str | NoneType"),
        ({"rate": "0.9"}, "rate is '0.9', expected float | int"),
        ({"top": 3.0}, "top is 3.0, expected int"),
        ({"top": True}, "top is True"),
        ({"plann": "x"}, "has no parameter plann"),
    ],
)
def test_ill_typed_and_unknown_parameters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], words: str
) -> None:
    monkeypatch.setenv("H1224_LANG", "en")
    notebook = read_notebook(write(tmp_path, COMMON + "\nrate = 0.9  # share\ntop = 3  # rows"))
    with pytest.raises(JobError) as caught:
        check_parameters(notebook, given)
    assert words.split("|")[0] in str(caught.value)
    assert str(caught.value).startswith("notebook 09_test:")
    assert "09_test" in caught.value.say("zh")[0]


def test_fitting_parameters(tmp_path: Path) -> None:
    notebook = read_notebook(write(tmp_path, COMMON + "\nrate = 0.9  # share"))
    check_parameters(notebook, {"rate": 1, "out": "x", "plan": "y"})


@pytest.mark.parametrize(
    ("parameters", "meta", "key"),
    [
        ('plan = "p"\nlang = "zh"', META, "parameters_missing"),
        (COMMON, META | {"needs": "period"}, "parameters_missing"),
        (COMMON, META | {"for_each": "area"}, "parameters_missing"),
        (COMMON + "\nx = 1 + 1", META, "parameters_not_literal"),
        (COMMON + "\nx = f(1)", META, "parameters_not_literal"),
        (COMMON + "\nimport os", META, "parameters_not_literal"),
        (COMMON + "\nx = = 1", META, "parameters_not_literal"),
        (COMMON, {}, "notebook_metadata"),
        (COMMON, META | {"needs": "moon"}, "notebook_metadata"),
        (COMMON, META | {"title_en": ""}, "notebook_metadata"),
    ],
)
def test_notebooks_that_cannot_run(
    tmp_path: Path, parameters: str, meta: dict[str, Any], key: str
) -> None:
    with pytest.raises(JobError) as caught:
        read_notebook(write(tmp_path, parameters, meta))
    assert caught.value.key == key
    assert all("09_test" in caught.value.say(lang)[0] for lang in ("zh", "en"))


def test_no_parameters_cell(tmp_path: Path) -> None:
    nbformat.write(new_notebook(metadata={"h1224": META}), tmp_path / "09_test.ipynb")
    with pytest.raises(JobError) as caught:
        read_notebook(tmp_path / "09_test.ipynb")
    assert caught.value.key == "no_parameters_cell"


def test_prose_of_one_language() -> None:
    cells = [
        new_markdown_cell("问", metadata={"tags": ["zh"]}),
        new_markdown_cell("ask", metadata={"tags": ["en"]}),
        new_markdown_cell("both"),
        new_code_cell("1"),
    ]
    content = new_notebook(cells=cells)
    assert [cell.source for cell in keep_language(content, "zh").cells] == ["问", "both", "1"]
    assert [cell.source for cell in keep_language(content, "en").cells] == ["ask", "both", "1"]
    assert len(content.cells) == 4


def test_only_the_parameter_lang_is_set() -> None:
    tagged = new_code_cell('lang = "zh"  # zh or en', metadata={"tags": ["parameters"]})
    other = new_code_cell('lang = "zh"')
    set_language(new_notebook(cells=[tagged, other]), "en")
    assert (tagged.source, other.source) == ('lang = "en"  # zh or en', 'lang = "zh"')
