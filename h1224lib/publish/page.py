"""Pages: a run's index and the start page over all runs, in both languages, without network."""

from __future__ import annotations

import base64
import functools
import json
from pathlib import Path
from typing import Any

import jinja2
import nbformat

from h1224lib import wording
from h1224lib.files import write_whole
from h1224lib.publish.manifest import read_entries
from h1224lib.resources import PACKAGE

INDEX = "index.html"
# Where the style has it, the part of the shipped font that the page needs is put.
_FONT = "/* font */"


def fill(template: str, **values: Any) -> str:
    """Fill one of the shipped templates; text is escaped.

    Examples
    --------
    >>> page = fill("base.html", lang="en", title="A < B")
    >>> "<title>A &lt; B</title>" in page
    True
    """
    page = _environment().get_template(template).render(values)
    return page.replace(_FONT, _embed_font(page), 1)


def _embed_font(page: str) -> str:
    """Return a style that holds the Chinese glyphs of a page, for machines without such a font."""
    from h1224lib.charts import fonts

    # Only Chinese: quotation marks and dashes of an English text look wrong in it.
    wanted = "".join(sorted({char for char in page if ord(char) >= 0x2E80}))
    glyphs = base64.b64encode(fonts.cut(wanted, False)).decode("ascii")
    source = f"url(data:font/woff;base64,{glyphs}) format('woff')"
    return (
        f"@font-face {{ font-family: '{fonts.FAMILY}'; src: {source}; "
        "unicode-range: U+2E80-FFFF; font-display: block; }"
    )


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PACKAGE / "publish" / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = wording.say
    environment.globals["tag"] = lambda lang: "zh-CN" if lang == "zh" else lang
    return environment


def write_index(folder: Path, manifest: dict[str, Any]) -> Path:
    """Write the page over what a run left.

    Parameters
    ----------
    folder : Path
        The run folder.
    manifest : dict
        As `make_manifest` returns it; its jobs name the executed notebooks that are read.

    Returns
    -------
    Path
        The page.
    """
    notebooks: dict[str, dict[str, Any]] = {}
    said: set[tuple[str, str, str]] = set()
    for job in manifest["jobs"]:
        of = notebooks.setdefault(job["notebook"], {"titles": job["titles"], "jobs": []})
        of["jobs"].append(_read_job(folder, job, said))
    plan = manifest["plan"]
    langs = [lang for lang in wording.LANGUAGES if lang in {j["lang"] for j in manifest["jobs"]}]
    page = fill(
        "run.html",
        lang=langs[0],
        langs=langs,
        title=plan["titles"][langs[0]],
        titles=plan["titles"],
        publishers=plan["publishers"],
        document_number=plan["document_number"],
        period=manifest["period"],
        synthetic=manifest.get("synthetic", False),
        failed=count_failed(manifest),
        notebooks=list(notebooks.values()),
        versions=", ".join(f"{k} {v}" for k, v in manifest["versions"].items()),
    )
    return write_whole(folder / INDEX, page)


def write_start(out: Path) -> Path:
    """Write the page over all plans and periods that a folder of outputs holds.

    Parameters
    ----------
    out : Path
        The folder; its ``<plan>/<period>/manifest.json`` are read.

    Returns
    -------
    Path
        The page.
    """
    plans: dict[str, dict[str, Any]] = {}
    runs = []
    for path in sorted(out.glob("*/*/manifest.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        run = {
            "href": path.with_name(INDEX).relative_to(out).as_posix(),
            "period": manifest["period"],
            "synthetic": manifest.get("synthetic", False),
            "failed": count_failed(manifest),
            "headlines": manifest["headlines"],
        }
        of = plans.setdefault(path.parts[-3], {"titles": manifest["plan"]["titles"], "runs": []})
        # The latest period first; the plan itself, which has none, last.
        of["runs"].insert(0, run)
        runs.append(run)
    for plan in plans.values():
        plan["runs"].sort(key=lambda run: run["period"] or "", reverse=True)
    langs = list(wording.LANGUAGES)
    title = wording.say("page.start", langs[0])
    page = fill(
        "start.html", lang=langs[0], langs=langs, title=title, plans=list(plans.values()), runs=runs
    )
    return write_whole(out / INDEX, page)


def count_failed(manifest: dict[str, Any]) -> int:
    """Count the jobs of a manifest that failed."""
    return sum(job["status"] == "failed" for job in manifest["jobs"])


def _read_job(folder: Path, job: dict[str, Any], said: set[tuple[str, str, str]]) -> dict[str, Any]:
    """Return a job with what its executed notebook records: findings once, figures, tables."""
    file = f"notebooks/{job['name']}.ipynb"
    entries = read_entries(nbformat.read(folder / file, as_version=4))
    found: dict[str, list[Any]] = {"findings": [], "figure": [], "table": []}
    for entry in entries:
        found[entry["type"]] += entry["findings"] if entry["type"] == "findings" else [entry]
    fresh = [f for f in found["findings"] if (job["lang"], job["subject"], f["en"]) not in said]
    said |= {(job["lang"], job["subject"], f["en"]) for f in fresh}
    return {
        **job,
        "file": file,
        "page": f"notebooks/{job['name']}.html",
        "findings": fresh,
        "figures": found["figure"],
        "tables": found["table"],
    }
