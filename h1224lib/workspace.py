"""A working folder of one's own: a copy of a plan, an empty ledger, and how to go on."""

from __future__ import annotations

from pathlib import Path

from h1224lib import wording
from h1224lib.errors import ActualsError, OutputError
from h1224lib.files import write_whole
from h1224lib.ledger.count import list_counted
from h1224lib.ledger.template import write_template
from h1224lib.plan import Plan, load_plan
from h1224lib.settings import FILE


def make_folder(folder: Path, plan: str | Path, lang: str) -> list[Path]:
    """Copy a plan's tables into ``plan/`` of a new folder, with settings and a README.

    For a plan that counts projects, an empty ledger lies beside them.

    Parameters
    ----------
    folder : Path
        Where; made if need be, and refused where it holds anything already.
    plan : str or Path
        A shipped plan's name, or a plan folder.
    lang : str
        Language of the README and of the ledger, ``zh`` or ``en``.

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
    ledger = wording.say("new_ledger", lang) if _counts_projects(loaded) else ""
    told = {"title": loaded.title(lang), "measure": measure, "ledger": ledger}
    readme = wording.say("new_readme", lang, **told)
    settings = wording.say("new_settings", lang, chosen=lang)
    return [
        *copied,
        *([write_template(folder / ledger, loaded, lang)] if ledger else []),
        write_whole(folder / FILE, settings + "\n"),
        write_whole(folder / "README.md", readme + "\n"),
    ]


def _counts_projects(plan: Plan) -> bool:
    try:
        return bool(list_counted(plan))
    except ActualsError:
        return False
