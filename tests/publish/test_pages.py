"""Manifest and pages, made from executed notebooks that are written here by hand."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from h1224lib import load_plan
from h1224lib.batch.engine import JobResult
from h1224lib.batch.jobs import Job, Notebook
from h1224lib.findings import Finding
from h1224lib.publish.manifest import make_manifest, name_origin, read_manifest, write_manifest
from h1224lib.publish.page import write_index, write_start
from h1224lib.record import MIMETYPE

VOID = {"meta", "link", "input", "img", "br"}


def make_result(
    folder: Path, name: str, lang: str, subject: str = "", error: str = ""
) -> JobResult:
    """Leave in a run folder what a job would: notebook, page, a table, a figure."""
    notebook = Notebook(name, Path(name), "plan", "", {"zh": f"题{name}", "en": f"T{name}"}, {})
    job = Job(notebook, lang, subject, f"<{subject}>" if subject else "", "", {}, {"lang": lang})
    stem = f"figures/{name}/{subject or 'all'}/f.{lang}"
    entries: list[dict[str, Any]] = [
        {
            "type": "findings",
            "name": "",
            "findings": [
                Finding("no_area_behind", "note", {"of": 9, "schedule": "printed"}).as_record(),
                Finding("progress_no_target", "warning", {"where": f"<i>{name}</i>"}).as_record(),
            ],
        },
        {
            "type": "table",
            "name": "t",
            "title": "表 & table",
            "rows": 1,
            "files": {"csv": f"tables/{name}-{subject}-t.{lang}.csv"},
        },
        {
            "type": "figure",
            "name": "f",
            "title": "图",
            "alt": 'what "it" shows',
            "files": {form: f"{stem}.{form}" for form in ("csv", "svg")},
        },
    ]
    outputs = [new_output("display_data", data={MIMETYPE: entry}) for entry in entries]
    content = new_notebook(cells=[new_code_cell("1", outputs=outputs)])
    files = [f"notebooks/{job.name}.ipynb", f"notebooks/{job.name}.html"]
    files += [file for entry in entries for file in entry.get("files", {}).values()]
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(file, encoding="utf-8")
    nbformat.write(content, folder / files[0])
    return JobResult(job, 1.234, error, 3 if error else None, tuple(files))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Make two runs: one of a period with a failed job, one of a plan alone."""
    for name, period in (("dazhou-2019", "2019Q1"), ("huzhou-1224", None)):
        folder = tmp_path / name / (period or "plan")
        folder.mkdir(parents=True)
        results = [
            make_result(folder, "01_a", "zh"),
            make_result(folder, "01_a", "en"),
            make_result(folder, "04_b", "zh", "x"),
            make_result(folder, "04_b", "en", "x", error="ValueError: <no>" if period else ""),
        ]
        plan = load_plan(name)
        manifest = make_manifest(folder, plan, period, {}, results)
        write_manifest(folder, manifest)
        write_index(folder, manifest)
    write_start(tmp_path)
    return tmp_path


class Reader(HTMLParser):
    """Collects the tags of a page, and checks that each is closed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def pages(out: Path) -> list[Path]:
    return [out / "index.html", *sorted(out.glob("*/*/index.html"))]


def test_every_link_leads_somewhere_in_the_outputs(out: Path) -> None:
    assert len(pages(out)) == 3
    for path in pages(out):
        page = Reader(path)
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        links = [a["href"] for a in page.all("a")] + [i["src"] for i in page.all("img")]
        assert links
        for link in links:
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_file(), link
            if anchor and not file:
                assert anchor in ids


def test_pages_ask_no_network_and_hold_their_style(out: Path) -> None:
    for path in pages(out):
        page = Reader(path)
        assert [a["href"] for a in page.all("link")] == ["data:,"]
        assert not any("src" in attrs for attrs in page.all("script"))
        text = path.read_text(encoding="utf-8")
        assert "http" not in text
        assert "@font-face" in text


def test_both_languages_and_a_switch(out: Path) -> None:
    for path in pages(out):
        page = Reader(path)
        assert page.all("html")[0]["lang"] == "zh-CN"
        assert [a["lang"] for a in page.all("article")] == ["zh-CN", "en"]
        buttons = page.all("input")
        assert [b["id"] for b in buttons] == ["zh", "en"]
        assert ["checked" in b for b in buttons] == [True, False]
        assert [label["for"] for label in page.all("label")] == ["zh", "en"]


def test_pictures_have_alternative_text(out: Path) -> None:
    images = Reader(out / "huzhou-1224" / "plan" / "index.html").all("img")
    assert len(images) == 4
    assert {image["alt"] for image in images} == {'what "it" shows'}


def test_findings_come_first_and_are_text(out: Path) -> None:
    text = (out / "dazhou-2019" / "2019Q1" / "index.html").read_text(encoding="utf-8")
    assert text.index("9 个地区均不落后") < text.index("<img")
    assert "&lt;i&gt;01_a&lt;/i&gt;" in text
    assert "<i>" not in text
    assert "&lt;x&gt;" in text


def test_a_failed_job_is_said_with_cell_and_message(out: Path) -> None:
    text = (out / "dazhou-2019" / "2019Q1" / "index.html").read_text(encoding="utf-8")
    assert "failed in cell [3]: ValueError: &lt;no&gt;" in text
    assert "1 notebook failed" in text
    assert "1 notebook failed" in (out / "index.html").read_text(encoding="utf-8")
    assert "failed in cell" not in (out / "huzhou-1224/plan/index.html").read_text(encoding="utf-8")


def test_the_start_page_has_every_plan_and_period(out: Path) -> None:
    text = (out / "index.html").read_text(encoding="utf-8")
    assert "达州市2019年重点项目投资计划" in text
    assert text.count('href="dazhou-2019/2019Q1/index.html#zh"') == 1
    assert text.count('href="huzhou-1224/plan/index.html#en"') == 1


def test_the_manifest_has_inputs_versions_jobs_and_hashes(out: Path) -> None:
    folder = out / "dazhou-2019" / "2019Q1"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["plan"]["figures"]["rows"] == 40
    files = {entry["file"] for entry in manifest["plan"]["files"]}
    assert files == {path.name for path in load_plan("dazhou-2019").folder.iterdir()}
    assert len(manifest["plan"]["figures"]["sha256"]) == 64
    assert {"python", "h1224", "pandas", "altair"} <= set(manifest["versions"])
    assert [job["status"] for job in manifest["jobs"]] == ["done", "done", "done", "failed"]
    assert manifest["jobs"][0]["seconds"] == 1.23
    assert [output["file"] for output in manifest["jobs"][3]["outputs"]][:2] == [
        "notebooks/04_b-x.en.ipynb",
        "notebooks/04_b-x.en.html",
    ]
    assert str(out) not in json.dumps(manifest)
    assert manifest["headlines"][0]["zh"].startswith("9 个地区")


def test_the_origin_of_a_plan_names_no_folder(tmp_path: Path) -> None:
    assert name_origin(load_plan("huzhou-1224"), tmp_path) == ""
    origins = []
    for name in ("a/mine", "b/mine"):
        shutil.copytree(load_plan("huzhou-1224").folder, tmp_path / name)
        origins.append(name_origin(load_plan(tmp_path / name), tmp_path / "out"))
    assert origins[0] != origins[1]
    assert all(re.fullmatch("[0-9a-f]{16}", origin) for origin in origins)
    # Plan and outputs moved together.
    shutil.move(tmp_path / "a", tmp_path / "c" / "a")
    assert name_origin(load_plan(tmp_path / "c/a/mine"), tmp_path / "c" / "out") == origins[0]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}'])
def test_a_manifest_that_cannot_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    assert read_manifest(tmp_path) is None


def test_a_run_in_one_language_has_no_switch(tmp_path: Path) -> None:
    result = make_result(tmp_path, "01_a", "en")
    plan = load_plan("huzhou-1224")
    manifest = make_manifest(tmp_path, plan, None, {}, [result])
    write_index(tmp_path, manifest)
    page = Reader(tmp_path / "index.html")
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("input") == []
    assert page.all("script") == []
