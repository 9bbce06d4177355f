"""Constraints: what the plan says in words, tested where its notes make that possible."""

from __future__ import annotations

from typing import Any

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.plan.model import Plan
from h1224lib.review.cells import list_places


def find_constraints_in_words(plan: Plan) -> list[Finding]:
    """Test the notes of kind ``constraint`` whose concerns say what is excluded.

    Industries with project types: those industries have no number in those types. Areas with
    industries: those areas have numbers in those industries alone. Horizons alone: the plan
    has numbers in no others. Offices beside them change nothing. Other constraints are
    counted as untested.
    """
    notes = plan.notes[plan.notes["kind"] == "constraint"]
    tested, broken = [], []
    for note in notes.to_dict("records"):
        rows = _list_excluded(plan, _read_concerns(note["concerns"]))
        if rows is None:
            continue
        tested.append((note, len(rows)))
        wrong = rows[rows["value"].notna() & (rows["value"] != 0)]
        if len(wrong):
            broken.append(_tell_broken(note, wrong))
    if broken or not tested:
        return broken
    numbers = {
        "notes": [[Label(n["zh"], n["en"]), cells] for n, cells in tested],
        "count": len(tested),
        "untested": [Label(z, e) for i, z, e in zip(
            notes["note_id"], notes["zh"], notes["en"], strict=True
        ) if i not in {n["note_id"] for n, _ in tested}],
    }  # fmt: skip
    places = list_places(note["place"] for note, _ in tested)
    return [Finding("constraints_in_words_hold", numbers=numbers, places=places)]


def _tell_broken(note: dict[str, Any], wrong: pd.DataFrame) -> Finding:
    numbers = {
        "note": Label(note["zh"], note["en"]),
        "count": len(wrong),
        "figures": [str(name) for name in wrong["figure_id"]],
    }
    places = list_places([note["place"], *wrong["place"]])
    return Finding("constraints_in_words", numbers=numbers, places=places)


def _read_concerns(concerns: str) -> dict[str, list[str]]:
    read: dict[str, list[str]] = {}
    for concern in filter(None, concerns.split(";")):
        table, _, code = concern.partition(":")
        read.setdefault(table, []).append(code)
    return read


def _list_excluded(plan: Plan, concerns: dict[str, list[str]]) -> pd.DataFrame | None:
    """Return the cells that a constraint wants empty, None where it cannot be tested."""
    cells = plan.cells
    tables = set(concerns) - {"bodies"}
    if tables == {"industries", "project_types"}:
        kept = cells["industry"].isin(concerns["industries"])
        return cells[kept & cells["project_type"].isin(concerns["project_types"])]
    if tables == {"areas", "industries"}:
        kept = cells["area"].isin(concerns["areas"])
        return cells[kept & ~cells["industry"].isin(["all", *concerns["industries"]])]
    if tables == {"horizons"}:
        return cells[~cells["horizon"].isin(concerns["horizons"])]
    return None
