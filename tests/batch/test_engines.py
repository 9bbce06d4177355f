"""Both engines, every notebook: the same outputs, order, errors, metadata and files."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from made_jobs import make_job, run_one
from nbformat.v4 import new_code_cell, new_notebook

from h1224lib import load_plan
from h1224lib.batch.jobs import Job, list_notebooks, plan_jobs
from h1224lib.batch.journal import JOURNAL
from h1224lib.batch.pool import run_jobs
from h1224lib.batch.result import FAST, KERNEL

PLAN, PERIOD = "dazhou-2019", "2019Q1"
# What a cell can give, and how; each with the kind of outputs that it must give.
CELLS = {
    "print('甲'); 3": ["stream", "execute_result"],
    "print(1)\ndisplay(2)\nprint(3)": ["stream", "display_data", "stream"],
    "import sys\nprint('b', file=sys.stderr)\nprint('a')": ["stream", "stream"],
    # A kernel reads along what other processes write: it may be a little late.
    "import os, time\n_ = os.system('echo 乙; echo 丙 >&2')\ntime.sleep(0.5)": ["stream", "stream"],
    "!echo 丁": ["stream"],
    "_ = display(5, display_id='x')": ["display_data"],
    "from IPython.display import update_display\nupdate_display({'y': (1, 2)}, display_id='x')": [],
    "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)": ["stream"],
    "import asyncio\nawait asyncio.sleep(0)\nasyncio.get_event_loop().is_running()": [
        "execute_result"
    ],
    "import logging\nlogging.getLogger('x').warning('told')": ["stream"],
    "import warnings\nwarnings.warn('careful')": ["stream"],
    "_, In[1], Out.keys()": ["execute_result"],
    "from IPython.display import SVG, Markdown\ndisplay(Markdown('$x$'), SVG('<svg/>'))": [
        "display_data",
        "display_data",
    ],
}
FAILURES = [
    *("1 / 0", "x = = 1", "def f():\n    raise KeyError('k')\nf()", "input('?')"),
    *("raise SystemExit(3)", "class Bad:\n    def __repr__(self):\n        return 1\nBad()"),
]


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a run but the journal, which has times."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != JOURNAL
    }


def choose_jobs(out: Path) -> list[Job]:
    """Every notebook once, for the first of its subjects, in turns Chinese and English."""
    given = {"plan": PLAN, "period": PERIOD, "out": str(out)}
    shown = {**given, "out": ".."}
    jobs = {
        (job.notebook.name, job.lang): job
        for job in reversed(
            plan_jobs(list_notebooks(), load_plan(PLAN), ("zh", "en"), given, shown)
        )
    }
    names = sorted({name for name, _ in jobs})
    return [jobs[name, ("zh", "en")[number % 2]] for number, name in enumerate(names)]


def test_every_notebook_gives_the_same_with_both_engines_and_any_number_of_workers(
    tmp_path: Path,
) -> None:
    trees = []
    for engine, workers in ((KERNEL, 2), (FAST, 2), (FAST, 1)):
        folder = tmp_path / f"{engine}{workers}"
        folder.mkdir()
        jobs = choose_jobs(folder)
        assert len(jobs) == len(list_notebooks())
        results = run_jobs(jobs, folder, workers, lambda result: None, engine)
        assert [(r.job.name, r.error) for r in results if r.error] == []
        trees.append(read_tree(folder))
    assert any(name.endswith(".pdf") for name in trees[0])
    for tree in trees[1:]:
        assert list(tree) == list(trees[0])
        assert [name for name in tree if tree[name] != trees[0][name]] == []


@pytest.mark.parametrize("failure", ["", *FAILURES])
def test_cells_of_every_kind_give_the_same_with_both_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    # Under pytest, a kernel leaves alone what other processes write.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    cells = list(CELLS) if not failure else ["print('before')", failure, "print('after')"]
    job = make_job(tmp_path / "nb", *cells)
    kept = []
    for engine in (KERNEL, FAST):
        result = run_one(job, tmp_path / engine, engine)
        content = nbformat.read(tmp_path / engine / result.files[0], as_version=4)
        given = [[o.output_type for o in cell.outputs] for cell in content.cells[3:]]
        if not failure:
            assert given == [CELLS[code] for code in cells]
        kept.append((content, result.error, result.cell))
    assert kept[0] == kept[1]


def test_papermill_finds_the_fast_engine_by_its_name(tmp_path: Path) -> None:
    cells = [new_code_cell("x = 1", metadata={"tags": ["parameters"]}), new_code_cell("print(x)")]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path / "in.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), path)
    before = sys.stdout, sys.stderr, sys.displayhook, sys.modules["__main__"], sys.path[:]
    for _ in range(2):
        done = papermill.execute_notebook(
            path, tmp_path / "out.ipynb", {"x": 7}, engine_name="fast", progress_bar=False
        )
        assert done.cells[-1].outputs[0].text == "7\n"
    assert (sys.stdout, sys.stderr, sys.displayhook, sys.modules["__main__"], sys.path) == before
    with pytest.raises(ValueError, match="not R"):
        content = new_notebook(metadata={"kernelspec": {**spec, "language": "R"}})
        papermill.execute_notebook(
            content, None, engine_name="fast", progress_bar=False, kernel_name="ir"
        )
