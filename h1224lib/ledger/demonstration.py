"""The demonstration: an invented ledger and what goes with it, made anew from one seed."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
import pandas as pd

from h1224lib import wording
from h1224lib.csv_text import write_csv
from h1224lib.files import write_whole
from h1224lib.ledger.aggregates import simulate_actuals, simulate_landmarks
from h1224lib.ledger.planting import plant_faults
from h1224lib.ledger.simulate import simulate_ledger
from h1224lib.ledger.template import write_template
from h1224lib.ledger.variants import write_gbk
from h1224lib.plan import load_plan
from h1224lib.resources import PACKAGE
from h1224lib.synthetic import SYNTHETIC

# The seed is chosen among a few: of the first dozen, one where areas are both behind and ahead.
PLAN, SEED = "huzhou-1224", 7
# The demonstration's own days: the ledger as it is, and as it was a quarter before.
NOW, BEFORE = ("2024Q2", "2024-06-30"), ("2024Q1", "2024-03-31")
LEDGER, PREVIOUS = "synthetic-ledger.xlsx", "synthetic-ledger-2024Q1.xlsx"
DIRTY, PLANTED = "synthetic-ledger-dirty.xlsx", "synthetic-ledger-dirty.csv"
# The same in other formats, each with faults of its own: file, list of faults.
VARIANTS = {
    "xls": ("synthetic-ledger-dirty.xls", "synthetic-planted-xls.csv"),
    "csv": ("synthetic-ledger-dirty-gbk.csv", "synthetic-planted-gbk.csv"),
}
ACTUALS, LANDMARKS = "synthetic-actuals.csv", "synthetic-landmark-status.csv"
# openpyxl writes the time of writing; the earliest that a zip can hold stands for none.
_EPOCH = (1980, 1, 1, 0, 0, 0)
Writer = Callable[[openpyxl.Workbook], bytes]
_TIME = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_demo(folder: Path, write_xls: Writer) -> list[Path]:
    """Write the demonstration's files: equal bytes on every day.

    Parameters
    ----------
    folder : Path
        What stands there under the same names is replaced.
    write_xls : callable
        Makes the bytes of an .xls file of a workbook.

    Returns
    -------
    list of Path
        The ledger, the same a quarter before, a dirty copy in each format with its list of
        faults, monthly results, the status of landmarks, the description of all of them.
    """
    plan = load_plan(PLAN)
    banner = wording.say("template.synthetic_mark", "zh")
    made = []
    for name, (period, day) in ((LEDGER, NOW), (PREVIOUS, BEFORE)):
        settings = {"period": period, "as_of": day, "vintage": day}
        projects = mark_rows(simulate_ledger(plan, SEED, day))
        made.append(write_template(folder / name, plan, "zh", projects, settings, banner))
    projects = mark_rows(simulate_ledger(plan, SEED, NOW[1]))
    book, planted = plant_faults(openpyxl.load_workbook(made[0]), projects, header=2)
    memory = io.BytesIO()
    book.save(memory)
    made.append(write_whole(folder / DIRTY, fix_times(memory.getvalue())))
    lists = {PLANTED: planted}
    for name, listed in VARIANTS.values():
        content, lists[listed] = _make_variant(made[0], projects, Path(name), write_xls)
        made.append(write_whole(folder / name, content))
    tables = {
        **lists,
        ACTUALS: simulate_actuals(plan, SEED, NOW[1]),
        LANDMARKS: simulate_landmarks(plan, SEED, NOW[1]),
    }
    made += [write_whole(folder / name, write_csv(table)) for name, table in tables.items()]
    told = json.dumps(describe_demo(), ensure_ascii=False, indent=2) + "\n"
    return [*made, write_whole(folder / "datapackage.json", told)]


def _make_variant(
    ledger: Path, projects: pd.DataFrame, file: Path, write_xls: Writer
) -> tuple[bytes, pd.DataFrame]:
    """Return a dirty copy in another format, and its faults; a text file's sheet is the file."""
    book = openpyxl.load_workbook(ledger)
    form = file.suffix[1:]
    if form == "csv":
        book.worksheets[0].title = file.stem
    book, planted = plant_faults(book, projects, 2, form)
    return (write_gbk if form == "csv" else write_xls)(book), planted


def fix_times(book: bytes) -> bytes:
    """Return a workbook without the time of its writing, so that equal contents are equal bytes.

    Parameters
    ----------
    book : bytes
        A workbook in OOXML.

    Examples
    --------
    >>> memory = io.BytesIO()
    >>> openpyxl.Workbook().save(memory)
    >>> fixed = fix_times(memory.getvalue())
    >>> openpyxl.load_workbook(io.BytesIO(fixed)).properties.modified.isoformat()
    '2000-01-01T00:00:00'
    """
    memory = io.BytesIO()
    with ZipFile(io.BytesIO(book)) as old, ZipFile(memory, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _TIME.sub(rb"\g<1>2000-01-01T00:00:00Z", content)
            entry = ZipInfo(name, _EPOCH)
            entry.create_system = 0  # the same on every system
            new.writestr(entry, content, ZIP_DEFLATED)
    return memory.getvalue()


def mark_rows(projects: pd.DataFrame) -> pd.DataFrame:
    """Word the mark of invented rows, as a ledger in Chinese has it.

    Examples
    --------
    >>> mark_rows(pd.DataFrame({"synthetic": [True]})).to_dict("list")
    {'数据性质': ['合成数据']}
    """
    said = wording.say("template.is_synthetic", "zh")
    header = wording.say("template.synthetic", "zh")
    return projects.assign(**{SYNTHETIC: said}).rename(columns={SYNTHETIC: header})


def describe_demo() -> dict[str, Any]:
    """Describe the demonstration's files: nobody published them, and none of it is real."""
    text = (PACKAGE / "ledger" / "demonstration.json").read_text(encoding="utf-8")
    return {**json.loads(text), "seed": SEED, "plan": PLAN, "as_of": NOW[1]}
