"""JupyterLab on copies of the notebooks, so that exploring changes nothing that is published."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import nbformat

from h1224lib.batch.prose import keep_language, set_language
from h1224lib.files import sha256, write_whole
from h1224lib.resources import notebooks_folder

# Remembers what was copied, to tell a copy that the user has changed since.
COPIED = ".h1224-copied.json"


def copy_notebooks(folder: Path, lang: str) -> list[str]:
    """Copy the notebooks into a working folder, with the prose of one language, without outputs.

    Parameters
    ----------
    folder : Path
        The working folder; made if need be.
    lang : str
        ``zh`` or ``en``; becomes the parameter `lang` too.

    Returns
    -------
    list of str
        Copies that the user has changed: these are left as they are.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    copied = _read_copied(folder)
    kept = []
    for original in sorted(notebooks_folder().glob("*.ipynb")):
        path = folder / original.name
        text = _prepare(original, lang)
        fresh = hashlib.sha256(text.encode("utf-8")).hexdigest()
        if path.exists() and sha256(path) not in (fresh, copied.get(path.name)):
            kept.append(path.name)
            continue
        write_whole(path, text)
        copied[path.name] = fresh
    write_whole(folder / COPIED, json.dumps(copied, indent=1) + "\n")
    return kept


def start_lab(folder: Path, options: Sequence[str] = ()) -> None:
    """Start JupyterLab in a folder, at ``00_start``; returns when it ends.

    Parameters
    ----------
    folder : Path
        The working folder.
    options : sequence of str
        Further options of JupyterLab.
    """
    from jupyterlab.labapp import main  # type: ignore[import-untyped]

    # The kernel of this environment before any of the same name in the user's home.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    os.chdir(folder)
    main(
        [
            "--LabApp.default_url=/lab/tree/00_start.ipynb",
            # It works without network: nothing asks for news or updates.
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--LabApp.news_url=None",
            *options,
        ]
    )


def _read_copied(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / COPIED).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _prepare(original: Path, lang: str) -> str:
    content = keep_language(nbformat.read(original, as_version=4), lang)
    set_language(content, lang)
    for cell in content.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nbformat.writes(content) + "\n"
