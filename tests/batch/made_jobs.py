"""Jobs of notebooks that tests write."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from h1224lib.batch.jobs import Job, read_notebook
from h1224lib.batch.pool import run_jobs
from h1224lib.batch.result import JobResult

PARAMETERS = """plan = "p"  # plan
lang = "zh"  # language
out = None  # folder"""


def make_job(folder: Path, *code: str, lang: str = "zh") -> Job:
    """Make a job of a notebook with prose in both languages and these code cells."""
    cells = [
        new_markdown_cell("# 问题", metadata={"tags": ["zh"]}),
        new_markdown_cell("# Question", metadata={"tags": ["en"]}),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *(new_code_cell(source) for source in code),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    meta = {"needs": "plan", "title_zh": "测试", "title_en": "Test"}
    folder.mkdir(exist_ok=True)
    path = folder / f"test{len(list(folder.iterdir()))}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"h1224": meta}), path)
    given = {"plan": "here/p", "lang": lang, "out": "/somewhere/out"}
    shown = {"plan": "p", "lang": lang, "out": ".."}
    return Job(read_notebook(path), lang, "", "", "Plan P", given, shown)


def run_one(job: Job, folder: Path, engine: str) -> JobResult:
    """Run a job in a process of its own."""
    folder.mkdir(exist_ok=True)
    [result] = run_jobs([job], folder, 1, lambda result: None, engine)
    return result
