"""A working folder of one's own: a copy of a plan, and how to go on from it."""

from __future__ import annotations

from pathlib import Path

from h1224lib import wording
from h1224lib.errors import OutputError
from h1224lib.files import write_whole
from h1224lib.plan import load_plan


def make_folder(folder: Path, plan: str | Path, lang: str) -> list[Path]:
    """Copy a plan's tables into ``plan/`` of a new folder, with a README of the next commands.

    Parameters
    ----------
    folder : Path
        Where; made if need be, and refused where it holds anything already.
    plan : str or Path
        A shipped plan's name, or a plan folder.
    lang : str
        Language of the README, ``zh`` or ``en``.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    OutputError
        The folder holds something, or is a file.
    PlanError, UnknownNameError
        The plan has problems, or there is none of this name.
    OSError
        The folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError("folder_taken", folder=folder)
    loaded = load_plan(plan)
    names = ["datapackage.json", *(str(r["path"]) for r in loaded.package["resources"])]
    copied = [write_whole(folder / "plan" / n, (loaded.folder / n).read_bytes()) for n in names]
    measure = str(loaded.figures["measure"].iloc[0])
    readme = wording.say("new_readme", lang, title=loaded.title(lang), measure=measure)
    return [*copied, write_whole(folder / "README.md", readme + "\n")]
