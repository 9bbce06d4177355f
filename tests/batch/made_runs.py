"""Runs of small notebooks that tests write, in this process or in one that may be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from h1224lib.batch.journal import JOURNAL

PARAMETERS = """plan = "dazhou-2019"  # plan
lang = "zh"  # language
out = None  # folder"""
# What a job leaves beside notebook and page: a table, and where time matters less, a figure.
SHOWS = """import h1224lib as h, pandas as pd
run = h.open_run(plan, None, lang, out, notebook={name!r})
frame = pd.DataFrame({{"area": ["all"], "value": [{value}]}})
run.table("numbers", frame)"""
DRAWS = """import altair as alt
run.figure("numbers", alt.Chart(frame).mark_bar().encode(x="value:Q").properties(title="t"))"""
# The command line, with the notebooks of a folder for those that ship.
SCRIPT = """import sys
from pathlib import Path
import h1224lib.batch.run as module
from h1224lib.batch.jobs import list_notebooks
from h1224lib.cli import main
found = list_notebooks(Path(sys.argv[1]))
module.list_notebooks = lambda: found
main(sys.argv[2:])"""


def write_notebook(folder: Path, name: str, *code: str, more: str = "", **meta: Any) -> Path:
    """Write a notebook; without code, one that shows a table."""
    cells = [new_code_cell(PARAMETERS + more, metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(c) for c in code or [SHOWS.format(name=name, value=1)]]
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    own = {"needs": "plan", "title_zh": name, "title_en": name, **meta}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"h1224": own}), path)
    return path


def start_run(notebooks: Path, *options: str, **how: Any) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(notebooks), "run", *options],
        env={**os.environ, "H1224_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **how,
    )


def finish(run: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a run; return its exit code and what it says."""
    said, complained = run.communicate(timeout=120)
    return run.returncode, said, complained


def read_journal_lines(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal, each of which must be whole; none where there is none."""
    path = folder / JOURNAL
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def read_state(out: Path) -> dict[str, Any]:
    """Return all that a folder of outputs holds, but for the times in manifest and journal."""
    state: dict[str, Any] = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.name == JOURNAL:
            lines = {line["job"]: line for line in read_journal_lines(path.parent)}
            state[name] = {job: _without_times(line) for job, line in sorted(lines.items())}
        elif path.name == "manifest.json":
            manifest = json.loads(path.read_text(encoding="utf-8"))
            jobs = [_without_times(job) for job in manifest.pop("jobs")]
            state[name] = {**manifest, "jobs": jobs}
        elif path.is_file():
            state[name] = path.read_bytes()
    return state


def _without_times(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in ("time", "seconds")}
