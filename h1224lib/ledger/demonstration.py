"""The demonstration: an invented ledger and what goes with it, made anew from one seed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from h1224lib import wording
from h1224lib.files import write_whole
from h1224lib.ledger.aggregates import simulate_actuals, simulate_landmarks
from h1224lib.ledger.planting import plant_faults
from h1224lib.ledger.simulate import simulate_ledger
from h1224lib.ledger.template import write_template
from h1224lib.plan import load_plan
from h1224lib.resources import PACKAGE
from h1224lib.synthetic import SYNTHETIC
from h1224lib.tables import write_csv

# The seed is chosen among a few: of the first dozen, one where areas are both behind and ahead.
PLAN, SEED = "huzhou-1224", 7
# The demonstration's own days: the ledger as it is, and as it was a quarter before.
NOW, BEFORE = ("2024Q2", "2024-06-30"), ("2024Q1", "2024-03-31")
LEDGER, PREVIOUS = "synthetic-ledger.xlsx", "synthetic-ledger-2024Q1.xlsx"
DIRTY, PLANTED = "synthetic-ledger-dirty.xlsx", "synthetic-ledger-dirty.csv"
ACTUALS, LANDMARKS = "synthetic-actuals.csv", "synthetic-landmark-status.csv"


def write_demo(folder: Path) -> list[Path]:
    """Write the demonstration's files: equal contents on every day.

    Parameters
    ----------
    folder : Path
        What stands there under the same names is replaced.

    Returns
    -------
    list of Path
        The ledger, the same a quarter before, a dirty copy with its list of faults, monthly
        results, the status of landmarks, the description of all of them.
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
    made.append(write_whole(folder / DIRTY, memory.getvalue()))
    tables = {
        PLANTED: planted,
        ACTUALS: simulate_actuals(plan, SEED, NOW[1]),
        LANDMARKS: simulate_landmarks(plan, SEED, NOW[1]),
    }
    made += [write_whole(folder / name, write_csv(table)) for name, table in tables.items()]
    told = json.dumps(describe_demo(), ensure_ascii=False, indent=2) + "\n"
    return [*made, write_whole(folder / "datapackage.json", told)]


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
