"""Handover: a ledger that a run has read, kept for its kernels as long as the run lasts.

Reading 100,000 rows of a workbook takes seconds, and each notebook has a process of its own. What
is kept is the ledger as it was read, so that nobody can tell the two apart.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pickle
from pathlib import Path

import pandas as pd

from h1224lib import __version__
from h1224lib.files import sha256, write_whole
from h1224lib.ledger.model import Ledger
from h1224lib.plan.model import Plan

# Tells a kernel the folder, private to the run that started it, in which the ledger is kept.
FOLDER = "H1224_READ_LEDGER"


def keep_ledger(ledger: Ledger, path: Path, folder: Path) -> Path:
    """Keep a ledger as it was read, under a name that only the same reading has.

    Parameters
    ----------
    ledger : Ledger
        As `read_ledger` returned it.
    path : Path
        The file that was read.
    folder : Path
        A folder that nobody else can write to: what is read from it is trusted.

    Returns
    -------
    Path
        The file that `recall_ledger` finds.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    parts = {f.name: getattr(ledger, f.name) for f in dataclasses.fields(ledger)}
    # The reader has a plan of its own, which is the same by the name of the file.
    del parts["plan"]
    # Pickled, since types of columns, tuples and days come back as they were.
    kept = pickle.dumps(parts, protocol=pickle.HIGHEST_PROTOCOL)
    return write_whole(folder / name_reading(path, ledger.plan), kept)


def recall_ledger(path: Path, plan: Plan) -> Ledger | None:
    """Return a ledger that the run of this kernel has read already; None where it has not.

    Parameters
    ----------
    path : Path
        The ledger's file; if it has changed since, it was not read.
    plan : Plan
        Whose names it uses; of another plan, it was not read.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> recall_ledger(Path("台账.xlsx"), load_plan()) is None
    True
    """
    folder = os.environ.get(FOLDER)
    if not folder or not path.is_file():
        return None
    kept = Path(folder) / name_reading(path, plan)
    return Ledger(plan=plan, **pickle.loads(kept.read_bytes())) if kept.is_file() else None


def name_reading(path: Path, plan: Plan) -> str:
    """Name what was read by all that it depends on: the file, the plan, the library."""
    parts = [__version__, path.name, sha256(path), plan.name, plan.as_of]
    parts.append(json.dumps(plan.package, sort_keys=True, default=str))
    digest = hashlib.sha256(repr(parts).encode("utf-8"))
    for field in dataclasses.fields(plan):
        table = getattr(plan, field.name)
        if isinstance(table, pd.DataFrame):
            digest.update(repr([field.name, *table.columns, len(table)]).encode("utf-8"))
            digest.update(pd.util.hash_pandas_object(table).to_numpy().tobytes())
    return f"{digest.hexdigest()}.pickle"
