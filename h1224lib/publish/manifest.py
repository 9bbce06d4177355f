"""The manifest of a run: what went in, what came out, and with which versions."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from h1224lib import __version__
from h1224lib.files import sha256, write_whole
from h1224lib.plan import Plan
from h1224lib.record import MIMETYPE
from h1224lib.resources import data_folder
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
    inputs: Mapping[str, Any],
    results: Iterable[JobResult],
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
    inputs : mapping
        ``actuals``, ``ledger``, ``landmarks`` and ``previous``: file, rows and sha256, or None;
        ``synthetic``: whether any of them is made up; ``counting_rule``: by which rule the ledger
        is counted, a sentence in each language; ``schedule``, ``lights`` and ``assessment``, if
        they were asked for. What is not there is None, and not made up.
    results : iterable of JobResult
        The jobs of this run, and those of earlier ones that stand beside them, in order.

    Returns
    -------
    dict
        Plain data, as `write_manifest` writes it.
    """
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "plan": _describe(plan, folder.parents[1]),
        "period": period,
        "actuals": inputs.get("actuals"),
        "ledger": inputs.get("ledger"),
        "landmarks": inputs.get("landmarks"),
        "previous": inputs.get("previous"),
        "synthetic": inputs.get("synthetic", False),
        "counting_rule": inputs.get("counting_rule"),
        "schedule": inputs.get("schedule"),
        "lights": inputs.get("lights"),
        "assessment": inputs.get("assessment"),
        "versions": {
            "python": platform.python_version(),
            "h1224": __version__,
            **{package: version(package) for package in PACKAGES},
        },
    }
    manifest["jobs"] = [_record(result, folder) for result in results]
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


def name_origin(plan: Plan, out: Path) -> str:
    """Tell plan folders apart without naming a machine's: empty for a plan that ships.

    Parameters
    ----------
    plan : Plan
        The plan.
    out : Path
        The folder of outputs: moved together with the plan, it has the same origin.
    """
    folder = plan.folder.resolve()
    if folder.parent == (data_folder() / "plans").resolve():
        return ""
    try:
        way = Path(os.path.relpath(folder, out.resolve()))
    except ValueError:
        # On Windows there is no way from one drive to another.
        way = folder
    return hashlib.sha256(way.as_posix().encode("utf-8")).hexdigest()[:16]


def list_tables(plan: Plan) -> list[Path]:
    """List the files of a plan: the description of the package, then its tables.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> [path.name for path in list_tables(load_plan("dazhou-2019"))][:2]
    ['datapackage.json', 'measures.csv']
    """
    paths = [plan.folder / str(resource["path"]) for resource in plan.package["resources"]]
    return [plan.folder / "datapackage.json", *paths]


def _describe(plan: Plan, out: Path) -> dict[str, Any]:
    package = plan.package
    files = list_tables(plan)
    figures = next(path for path in files if path.stem == "figures")
    return {
        "name": plan.name,
        "titles": {"zh": plan.title("zh"), "en": plan.title("en")},
        "publishers": {
            "zh": package.get("publisher", ""),
            "en": package.get("publisher_en") or package.get("publisher", ""),
        },
        "document_number": package.get("document_number", ""),
        "date": package.get("date", ""),
        "origin": name_origin(plan, out),
        "figures": describe_file(figures, len(plan.figures)),
        "files": [{"file": path.name, "sha256": sha256(path)} for path in files],
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
        "outputs": [
            {"file": f, "sha256": result.hashes.get(f) or sha256(folder / f)} for f in result.files
        ],
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
