"""One notebook in a kernel of its own: what it leaves, whole or failed."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from h1224lib.batch.engine import JobResult, ThisPython, run_job
from h1224lib.batch.jobs import Job, read_notebook
from h1224lib.batch.pool import JOURNAL, run_jobs
from h1224lib.batch.render import render_notebook

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


def test_it_runs_in_this_python_and_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A kernel of the usual name that must not be started.
    spec = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["false"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("LC_ALL", "C")
    code = "import os, sys\nprint(sys.executable, plan, out)\nopen('stray', 'w').write('德清')"
    before = Path.cwd()
    result = run_job(make_job(tmp_path / "本 nb", code), tmp_path / "运行 1")
    assert (result.status, result.error) == ("done", "")
    assert Path.cwd() == before
    content = nbformat.read(tmp_path / "运行 1" / result.files[0], as_version=4)
    assert content.cells[-1].outputs[0].text == f"{sys.executable} here/p /somewhere/out\n"
    assert [path.name for path in tmp_path.rglob("*stray*")] == []


def test_what_is_kept_names_no_machine_and_no_time(tmp_path: Path) -> None:
    job = make_job(tmp_path / "nb", "print(1)", lang="en")
    first, second = (run_job(job, tmp_path / name) for name in ("a", "b"))
    texts = [(tmp_path / "a" / f).read_bytes() for f in first.files]
    assert texts == [(tmp_path / "b" / f).read_bytes() for f in second.files]
    content = nbformat.reads(texts[0].decode("utf-8"), as_version=4)
    sources = [cell.source for cell in content.cells]
    assert sources[0] == "# Question"
    assert 'out = ".."' in sources[2]
    for text in texts:
        assert str(tmp_path).encode() not in text
        assert b"/somewhere" not in text


def test_a_failing_notebook_is_kept_with_its_error(tmp_path: Path) -> None:
    result = run_job(make_job(tmp_path / "nb", "print('before')", "1 / 0", "2"), tmp_path)
    # [1] parameters, [2] those of the job, [3] print, [4] fails.
    assert (result.status, result.cell) == ("failed", 4)
    assert result.error == "ZeroDivisionError: division by zero"
    content = nbformat.read(tmp_path / result.files[0], as_version=4)
    assert [o.output_type for cell in content.cells[-3:-1] for o in cell.outputs] == [
        "stream",
        "error",
    ]
    assert content.cells[-1].execution_count is None
    page = (tmp_path / result.files[1]).read_text(encoding="utf-8")
    assert "失败于单元 [4]：ZeroDivisionError: division by zero" in page


def test_a_kernel_that_dies_fails_alone(tmp_path: Path) -> None:
    dies = make_job(tmp_path / "nb", "print('before')", "import os; os._exit(1)")
    works = make_job(tmp_path / "nb", "print('works')")
    told: list[JobResult] = []
    folder = tmp_path / "out"
    folder.mkdir()
    results = run_jobs([dies, works], folder, 2, told.append)
    assert [result.status for result in results] == ["failed", "done"]
    assert "DeadKernelError" in results[0].error
    assert len(told) == 2
    lines = (folder / JOURNAL).read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["job"]: json.loads(line)["status"] for line in lines} == {
        dies.name: "failed",
        works.name: "done",
    }
    assert "before" in (folder / results[0].files[0]).read_text(encoding="utf-8")


def test_a_kernel_finds_what_its_own_job_adds_to_the_environment(tmp_path: Path) -> None:
    code = "import os\nprint(os.environ.get('H1224_TEST'), os.environ['PYTHONUTF8'])"
    job = make_job(tmp_path / "nb", code)
    jobs = [dataclasses.replace(job, environment={"H1224_TEST": text}) for text in ("甲", "乙")]
    said = []
    for one in (*jobs, job):
        result = run_job(one, tmp_path / "out")
        content = nbformat.read(tmp_path / "out" / result.files[0], as_version=4)
        said.append(content.cells[-1].outputs[0].text)
        assert "H1224_TEST=" not in nbformat.writes(content)
    assert said == ["甲 1\n", "乙 1\n", "None 1\n"]


def test_an_interrupted_run_leaves_no_kernel_behind(tmp_path: Path) -> None:
    quick = make_job(tmp_path / "nb", "print('works')")
    slow = make_job(tmp_path / "nb", "import time; time.sleep(30)")

    def interrupt(result: JobResult) -> None:
        raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_jobs([quick, slow, slow], tmp_path, 2, interrupt)
    assert time.monotonic() - start < 25
    processes = [manager.provisioner.process for manager in ThisPython.running]
    assert [process for process in processes if process and process.poll() is None] == []


def test_a_page_that_cannot_be_rendered_fails_its_job_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(content: nbformat.NotebookNode, job: Job, *error: object) -> str:
        if job.lang == "zh":
            raise ValueError(f"No template 'basic' in:\n{tmp_path}")
        return render_notebook(content, job)

    monkeypatch.setattr("h1224lib.batch.engine.render_notebook", render)
    jobs = [make_job(tmp_path / "nb", "print('works')", lang=lang) for lang in ("zh", "en")]
    results = run_jobs(jobs, tmp_path, 2, lambda result: None)
    assert [result.status for result in results] == ["failed", "done"]
    assert (results[0].error, results[0].cell) == ("ValueError: No template 'basic' in:", None)
    page = (tmp_path / results[0].files[1]).read_text(encoding="utf-8")
    assert "失败：ValueError: No template &#39;basic&#39; in:" in page
    assert "works" in (tmp_path / results[0].files[0]).read_text(encoding="utf-8")
    assert "works" in (tmp_path / results[1].files[1]).read_text(encoding="utf-8")


def test_a_notebook_that_finds_errors_in_the_data_says_so(tmp_path: Path) -> None:
    code = (
        "import h1224lib as h\nfrom h1224lib.findings import Finding\n"
        "run = h.open_run('dazhou-2019')\n"
        "run.say(Finding('progress_no_target', '{}', {{'where': 'x'}}))"
    )
    results = [
        run_job(make_job(tmp_path / "nb", code.format(severity)), tmp_path)
        for severity in ("warning", "error")
    ]
    assert [(result.error, result.severe) for result in results] == [("", False), ("", True)]


def test_a_page_needs_no_network(tmp_path: Path) -> None:
    code = "from IPython.display import HTML, Markdown\ndisplay(Markdown('$x$'))\nHTML('<b>b</b>')"
    result = run_job(make_job(tmp_path / "nb", code), tmp_path)
    page = (tmp_path / result.files[1]).read_text(encoding="utf-8")
    assert 'lang="zh-CN"' in page
    assert "<b>b</b>" in page
    assert fetched(page) == []


def fetched(page: str) -> list[str]:
    """Return the addresses that a browser would fetch to show a page."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            for name, value in attrs:
                if name in ("src", "srcset", "data") or (tag == "link" and name == "href"):
                    found.append(value or "")

    Reader().feed(page)
    found += page.split("url(")[1:] + page.split("@import")[1:]
    return [address for address in found if not address.startswith("data:")]
