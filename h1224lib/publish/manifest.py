"""The manifest of a run: what went in, what came out, and with which versions."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from h1224lib import __version__
from h1224lib.files import sha256, write_whole
from h1224lib.plan import Plan
from h1224lib.record import MIMETYPE
from h1224lib.wording import LANGUAGES

if TYPE_CHECKING:
    from h1224lib.batch.engine import JobResult

FILE = "manifest.json"
FORMAT = 1
PACKAGES = ("pandas", "altair", "vl-convert-python", "papermill", "nbconvert")


def make_manifest(
    folder: Path,
    plan: Plan,
    period: str | None,
    actuals: dict[str, Any] | None,
    results: Iterable[JobResult],
    order: Sequence[str],
) -> dict[str, Any]:
    """Describe a run: inputs with hashes, versions, each job with the hashes of its outputs.

    Parameters
    ----------
    folder : Path
        The run folder.
    plan : Plan
        What ran.
    period : str, optional
        The period it speaks for.
    actuals : dict, optional
        file, rows and sha256 of the actuals.
    results : iterable of JobResult
        The jobs of this run.
    order : sequence of str
        The names of all jobs that belong into the folder, in order. Those that an earlier run
        did stay in the manifest, if that run had the same inputs.

    Returns
    -------
    dict
        Plain data, as `write_manifest` writes it.
    """
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "plan": _describe(plan),
        "period": period,
        "actuals": actuals,
        "versions": {
            "python": platform.python_version(),
            "h1224": __version__,
            **{package: version(package) for package in PACKAGES},
        },
    }
    jobs = {result.job.name: _record(result, folder) for result in results}
    earlier = read_manifest(folder)
    if earlier and all(earlier[name] == manifest[name] for name in ("format", "plan", "actuals")):
        jobs = {job["name"]: job for job in earlier["jobs"]} | jobs
    manifest["jobs"] = [jobs[name] for name in order if name in jobs]
    manifest["headlines"] = _find_headlines(folder, manifest["jobs"])
    return manifest


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of a run folder; None where there is none that can be read."""
    try:
        manifest = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("format") == FORMAT else None


def write_manifest(folder: Path, manifest: dict[str, Any]) -> Path:
    """Write a manifest into its run folder."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    return write_whole(folder / FILE, text + "\n")


def read_entries(content: nbformat.NotebookNode) -> list[dict[str, Any]]:
    """Return what `open_run` recorded in the outputs of an executed notebook, in order."""
    outputs = (o for c in content.cells if c.cell_type == "code" for o in c.outputs)
    bundles = (o.data for o in outputs if o.output_type in ("display_data", "execute_result"))
    return [dict(bundle[MIMETYPE]) for bundle in bundles if MIMETYPE in bundle]


def describe_file(path: Path, rows: int) -> dict[str, Any]:
    """Describe an input: its name, rows and hash."""
    return {"file": path.name, "rows": rows, "sha256": sha256(path)}


def _describe(plan: Plan) -> dict[str, Any]:
    package = plan.package
    figures = next(
        plan.folder / r["path"] for r in package["resources"] if Path(r["path"]).stem == "figures"
    )
    return {
        "name": plan.name,
        "titles": {"zh": plan.title("zh"), "en": plan.title("en")},
        "publishers": {
            "zh": package.get("publisher", ""),
            "en": package.get("publisher_en") or package.get("publisher", ""),
        },
        "document_number": package.get("document_number", ""),
        "date": package.get("date", ""),
        "figures": describe_file(figures, len(plan.figures)),
    }


def _record(result: JobResult, folder: Path) -> dict[str, Any]:
    job = result.job
    return {
        "name": job.name,
        "notebook": job.notebook.name,
        "titles": dict(job.notebook.titles),
        "subject": job.subject,
        "label": job.label,
        "lang": job.lang,
        "parameters": dict(job.shown),
        "status": result.status,
        "cell": result.cell,
        "error": result.error,
        "seconds": round(result.seconds, 2),
        "outputs": [{"file": f, "sha256": sha256(folder / f)} for f in result.files],
    }


def _find_headlines(folder: Path, jobs: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the first finding of each notebook that runs once, in both languages."""
    found: dict[str, dict[str, str]] = {}
    for job in jobs:
        if job["subject"] or job["notebook"] in found:
            continue
        content = nbformat.read(folder / "notebooks" / f"{job['name']}.ipynb", as_version=4)
        told = [f for e in read_entries(content) for f in e.get("findings", [])]
        if told:
            found[job["notebook"]] = {lang: told[0][lang] for lang in LANGUAGES}
    return list(found.values())
