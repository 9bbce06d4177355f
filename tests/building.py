"""Small plans for tests, built to add up, in memory or as a folder."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path

import pandas as pd

from h1224lib.plan import Plan, load_plan
from h1224lib.resources import data_folder

HUZHOU = data_folder() / "plans" / "huzhou-1224"
DAZHOU = data_folder() / "plans" / "dazhou-2019"

AREAS = ("east", "west", "south")
INDUSTRIES = ("trade", "tours")
TYPES = ("heavy", "light")
HORIZONS = ("2023", "2023-2025")

Leaves = dict[tuple[str, str, str], tuple[int | None, int | None]]


def tables_that_add_up(leaves: Leaves) -> dict[str, list[dict[str, str]]]:
    """Return the tables of a plan with these leaves (2023, 2023-2025) and every total printed."""
    codes = {"areas": AREAS, "industries": INDUSTRIES, "project_types": TYPES}
    tables = {name: _tree(members) for name, members in codes.items()}
    tables["measures"] = [
        {"code": "projects", "zh": "项目", "en": "Projects", "unit": "个", "unit_en": "projects"}
        | {"step": "1", "kind": "count", "direction": "up", "exact": "yes", "role": "target"}
    ]
    tables["horizons"] = [
        {"code": "2023", "zh": "2023年", "en": "2023"}
        | {"first_day": "2023-01-01", "last_day": "2023-12-31"},
        {"code": "2023-2025", "zh": "三年", "en": "2023-2025"}
        | {"first_day": "2023-01-01", "last_day": "2025-12-31"},
    ]
    tables["figures"] = list(_figures(leaves))
    return tables


def _tree(members: tuple[str, ...]) -> list[dict[str, str]]:
    root = {"code": "all", "zh": "全部", "en": "All", "parent": "", "part": ""}
    below = [
        {"code": c, "zh": c, "en": c.title(), "parent": "all", "part": "member"} for c in members
    ]
    return [root, *below]


def _figures(leaves: Leaves):
    for which, horizon in enumerate(HORIZONS):
        for cell in itertools.product(("all", *AREAS), ("all", *INDUSTRIES), ("all", *TYPES)):
            below = [
                values[which]
                for leaf, values in leaves.items()
                if all(c in ("all", leaf_code) for c, leaf_code in zip(cell, leaf, strict=True))
            ]
            present = [value for value in below if value is not None]
            printed = str(sum(present)) if present else "-"
            yield {
                "figure_id": ".".join((*cell, horizon)),
                "measure": "projects",
                **dict(zip(("area", "industry", "project_type"), cell, strict=True)),
                "horizon": horizon,
                "relation": "=",
                "value": "" if printed == "-" else printed,
                "value_max": "",
                "unit": "个",
                "printed": printed,
                "place": "annex1/" + "/".join(cell[1:]),
            }


def write_plan(folder: Path, tables: dict[str, list[dict[str, str]]]) -> Path:
    """Write tables as a plan folder."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    package = {"name": folder.name, "title": "试验方案", "resources": resources}
    text = json.dumps(package, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def build_plan(leaves: Leaves, folder: Path) -> Plan:
    """Write a plan that adds up, and load it."""
    return load_plan(write_plan(folder, tables_that_add_up(leaves)))


def change(plan: Plan, figure_id: str, value: float | None) -> Plan:
    """Return the plan with one printed number changed; None prints a dash."""
    import dataclasses

    figures = plan.figures.copy()
    row = figures.index[figures["figure_id"] == figure_id]
    assert len(row) == 1, figure_id
    figures.loc[row, "value"] = pd.NA if value is None else value
    figures.loc[row, "printed"] = "-" if value is None else f"{value:g}"
    return dataclasses.replace(plan, figures=figures)
