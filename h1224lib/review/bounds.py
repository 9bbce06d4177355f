"""Bounds: the words around a number, and whether they agree from place to place."""

from __future__ import annotations

import re

from h1224lib.findings import Finding
from h1224lib.labels import name_code, name_place
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.review.cells import list_places, name_cell, number

APART = re.compile(r"[（）()/、，,\s]+")


def find_exact_and_bound(plan: Plan) -> list[Finding]:
    """Find a quantity printed exactly in one place and as a bound in another.

    `agree` is False where no value satisfies both: exactly 100 and more than 100.
    """
    figures = plan.figures[plan.figures["value"].notna()]
    figures = figures[figures["effective"] == figures.groupby(KEYS)["effective"].transform("max")]
    found = []
    for _, rows in figures.groupby([*KEYS, "value"], sort=False):
        relations = list(dict.fromkeys(rows["relation"]))
        if "=" not in relations or len(relations) < 2:
            continue
        exact = rows[rows["relation"] == "="]
        loose = rows[rows["relation"] != "="]
        numbers = {
            "where": name_cell(plan, rows.iloc[0], "measure", "horizon"),
            "value": number(rows["value"].iloc[0]),
            "relation": loose["relation"].iloc[0],
            "exact_places": list(dict.fromkeys(name_place(p) for p in exact["place"])),
            "bound_places": list(dict.fromkeys(name_place(p) for p in loose["place"])),
            "agree": ">" not in relations,
        }
        places = list_places(rows["place"])
        found.append(Finding("exact_and_bound", numbers=numbers, places=places))
    return found


def find_bound_changes(plan: Plan) -> list[Finding]:
    """Find quantities that are exact for one horizon and a bound for another."""
    cells = plan.cells[plan.cells["value"].notna()]
    changed = []
    for _, rows in cells.groupby(["measure", *DIMENSIONS], sort=False):
        if rows["relation"].nunique() < 2:
            continue
        ends = rows.assign(last=rows["horizon"].map(plan.horizons["last_day"]))
        ends = ends.sort_values("last", kind="stable")
        each = [
            [name_code(plan, "horizon", h), r, number(v)]
            for h, r, v in zip(ends["horizon"], ends["relation"], ends["value"], strict=True)
        ]
        changed.append(([name_cell(plan, rows.iloc[0], "measure"), each], rows["place"]))
    if not changed:
        return []
    numbers = {"rows": [row for row, _ in changed], "count": len(changed)}
    places = list_places(place for _, found in changed for place in found)
    return [Finding("bound_changes", numbers=numbers, places=places)]


def find_approximate_targets(plan: Plan) -> list[Finding]:
    """Find targets that are an aim ("about") or a range, so that reaching them is a reading."""
    rows = plan.cells[plan.cells["relation"].isin(["~", "range"])]
    if rows.empty:
        return []
    listed = [
        [name_cell(plan, r, "measure", "horizon"), number(r["value"]), number(r["value_max"])]
        for r in rows.to_dict("records")
    ]
    numbers = {"rows": listed, "count": len(listed)}
    return [Finding("approximate_targets", numbers=numbers, places=list_places(rows["place"]))]


def find_mixed_units(plan: Plan) -> list[Finding]:
    """Find counts that are printed with several counting words, such as 个, 家 and 个（家）.

    `words` has each with how many numbers it stands by, `bare` says by how many none does.
    Where no printed words are entered, those of the measure's own unit, without a number.
    """
    found = []
    for measure, rows in plan.figures.groupby("measure", sort=False):
        if plan.measures.at[measure, "kind"] != "count":
            continue
        printed = rows["printed_unit"][rows["printed_unit"] != ""]
        words: list[tuple[str, int | None]] = [
            (str(word), int(count)) for word, count in printed.value_counts(sort=False).items()
        ]
        if not words:
            unit = str(plan.measures.at[measure, "unit"])
            words = [(word, None) for word in dict.fromkeys(APART.split(unit)) if word]
        if len(words) > 1:
            numbers = {
                "measure": name_code(plan, "measure", str(measure)),
                "words": [list(word) for word in words],
                "figures": len(printed),
                "bare": len(rows) - len(printed),
            }
            places = list_places(rows["place"].loc[printed.index if len(printed) else rows.index])
            found.append(Finding("mixed_units", numbers=numbers, places=places))
    return found
