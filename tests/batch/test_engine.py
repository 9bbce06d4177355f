"""One notebook in a process of its own: what it leaves, whole or failed, with either engine."""

from __future__ import annotations

import dataclasses
import json
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from made_jobs import make_job, run_one

from h1224lib.batch.engine import run_job
from h1224lib.batch.jobs import Job
from h1224lib.batch.journal import JOURNAL
from h1224lib.batch.pool import run_jobs
from h1224lib.batch.render import render_notebook
from h1224lib.batch.result import FAST, KERNEL, JobResult


@pytest.fixture(params=[FAST, KERNEL])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_it_runs_in_this_python_and_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    # A kernel of the usual name that must not be started.
    spec = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["false"], "display_name": "x", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("LC_ALL", "C")
    code = "import os, sys\nprint(sys.executable, plan, out)\nopen('stray', 'w').write('德清')"
    before = Path.cwd()
    result = run_one(make_job(tmp_path / "本 nb", code), tmp_path / "运行 1", engine)
    assert (result.status, result.error) == ("done", "")
    assert Path.cwd() == before
    content = nbformat.read(tmp_path / "运行 1" / result.files[0], as_version=4)
    assert content.cells[-1].outputs[0].text == f"{sys.executable} here/p /somewhere/out\n"
    assert [path.name for path in tmp_path.rglob("*stray*")] == []


def test_what_is_kept_names_no_machine_and_no_time(tmp_path: Path, engine: str) -> None:
    code = "import warnings\nprint(1)\nwarnings.warn('w')"
    job = make_job(tmp_path / "nb", code, lang="en")
    first, second = (run_one(job, tmp_path / name, engine) for name in ("a", "b"))
    texts = [(tmp_path / "a" / f).read_bytes() for f in first.files]
    assert texts == [(tmp_path / "b" / f).read_bytes() for f in second.files]
    content = nbformat.reads(texts[0].decode("utf-8"), as_version=4)
    sources = [cell.source for cell in content.cells]
    assert sources[0] == "# Question"
    assert 'out = ".."' in sources[2]
    for text in texts:
        assert str(tmp_path).encode() not in text
        assert b"/somewhere" not in text
        assert b"ipykernel_" not in text
    assert b"UserWarning: w" in texts[0]


def test_a_failing_notebook_is_kept_with_its_error(tmp_path: Path, engine: str) -> None:
    job = make_job(tmp_path / "nb", "print('before')", "1 / 0", "2")
    result = run_one(job, tmp_path, engine)
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


@pytest.mark.parametrize(
    ("code", "fast", "kernel"),
    [
        ("import os; os._exit(3)", "exit 3", ""),
        ("import os; os.kill(os.getpid(), 11)", "SIGSEGV", ""),
    ],
)
def test_a_process_that_dies_fails_alone(
    tmp_path: Path, engine: str, code: str, fast: str, kernel: str
) -> None:
    dies = make_job(tmp_path / "nb", "print('before')", code)
    works = make_job(tmp_path / "nb", "print('works')")
    told: list[JobResult] = []
    folder = tmp_path / "out"
    folder.mkdir()
    results = run_jobs([dies, works], folder, 2, told.append, engine)
    assert [result.status for result in results] == ["failed", "done"]
    assert results[0].error.startswith("DeadKernelError: Kernel died")
    assert (fast if engine == FAST else kernel) in results[0].error
    # [1] parameters, [2] those of the job, [3] print, [4] dies.
    assert results[0].cell == 4
    assert len(told) == 2
    lines = (folder / JOURNAL).read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["job"]: json.loads(line)["status"] for line in lines} == {
        dies.name: "failed",
        works.name: "done",
    }
    assert "before" in (folder / results[0].files[0]).read_text(encoding="utf-8")


def test_a_job_finds_what_it_adds_to_the_environment(tmp_path: Path, engine: str) -> None:
    code = "import os\nprint(os.environ.get('H1224_TEST'), os.environ['PYTHONUTF8'])"
    job = make_job(tmp_path / "nb", code)
    jobs = [dataclasses.replace(job, environment={"H1224_TEST": text}) for text in ("甲", "乙")]
    said = []
    for one in (*jobs, job):
        result = run_one(one, tmp_path / "out", engine)
        content = nbformat.read(tmp_path / "out" / result.files[0], as_version=4)
        said.append(content.cells[-1].outputs[0].text)
        assert "H1224_TEST=" not in nbformat.writes(content)
    assert said == ["甲 1\n", "乙 1\n", "None 1\n"]


def test_a_page_that_cannot_be_rendered_fails_its_job_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(content: nbformat.NotebookNode, job: Job, *error: object) -> str:
        if job.lang == "zh":
            raise ValueError(f"No template 'basic' in:\n{tmp_path}")
        return render_notebook(content, job)

    monkeypatch.setattr("h1224lib.batch.engine.render_notebook", render)
    jobs = [make_job(tmp_path / "nb", "print('works')", lang=lang) for lang in ("zh", "en")]
    results = [run_job(job, tmp_path, KERNEL) for job in jobs]
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
        run_one(make_job(tmp_path / "nb", code.format(severity)), tmp_path, FAST)
        for severity in ("warning", "error")
    ]
    assert [(result.error, result.severe) for result in results] == [("", False), ("", True)]


def test_a_page_needs_no_network(tmp_path: Path) -> None:
    code = "from IPython.display import HTML, Markdown\ndisplay(Markdown('$x$'))\nHTML('<b>b</b>')"
    result = run_one(make_job(tmp_path / "nb", code), tmp_path, FAST)
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
