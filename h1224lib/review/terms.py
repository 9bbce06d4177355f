"""Terms: what the plan defines in two places, and the order in which it names industries."""

from __future__ import annotations

import itertools
from typing import Any

from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code, name_place
from h1224lib.plan.model import TABLES, Plan
from h1224lib.review.cells import list_places


def find_term_defined_twice(plan: Plan) -> list[Finding]:
    """Find codes that two notes of kind ``definition`` concern, printed in different places.

    `definitions` has a row for each: what the note is about, the reading, the place.
    """
    dimensions = {table: dimension for dimension, table in TABLES.items()}
    defining: dict[str, list[dict[str, Any]]] = {}
    for note in plan.notes[plan.notes["kind"] == "definition"].to_dict("records"):
        for concern in filter(None, note["concerns"].split(";")):
            defining.setdefault(concern, []).append(note)
    found = []
    for concern, notes in defining.items():
        table, _, code = concern.partition(":")
        if table not in dimensions or len({note["place"] for note in notes}) < 2:
            continue
        numbers = {
            "term": name_code(plan, dimensions[table], code),
            "definitions": [
                [
                    Label(n["zh"], n["en"]),
                    Label(n["reading_zh"], n["reading_en"]),
                    name_place(n["place"]),
                ]
                for n in notes
            ],
            "count": len(notes),
        }
        places = list_places(note["place"] for note in notes)
        found.append(Finding("term_defined_twice", numbers=numbers, places=places))
    return found


def find_industry_order(plan: Plan) -> list[Finding]:
    """Find parts of the document that name the industries in another order than the first does.

    A part is what stands before the first ``.`` or ``/`` of a place; in each the industries
    have the order in which figures and the assessment first name them. `rows`: part, the pairs
    of neighbours that stand the other way round.
    """
    orders = {part: list(seen) for part, seen in _list_orders(plan).items() if len(seen) > 1}
    if len(orders) < 2:
        return []
    first = max(orders, key=lambda part: len(orders[part]))
    rank = {industry: place for place, industry in enumerate(orders[first])}
    turned = {
        part: [
            pair
            for pair in itertools.pairwise(i for i in order if i in rank)
            if rank[pair[0]] > rank[pair[1]]
        ]
        for part, order in orders.items()
    }
    rows = [
        [name_place(part), [[name_code(plan, "industry", i) for i in pair] for pair in pairs]]
        for part, pairs in turned.items()
        if pairs
    ]
    if not rows:
        return []
    numbers = {"rows": rows, "first": name_place(first), "count": len(rows), "parts": len(orders)}
    changed = (part for part, pairs in turned.items() if pairs)
    return [Finding("industry_order", numbers=numbers, places=(first, *changed))]


def _list_orders(plan: Plan) -> dict[str, dict[str, None]]:
    """Return part -> its industries, in the order in which they are first named there."""
    orders: dict[str, dict[str, None]] = {}
    for rows in (plan.figures, plan.assessment):
        for place, industry in zip(rows["place"], rows["industry"], strict=True):
            if industry not in ("", "all"):
                part = place.split(";")[0].split("/")[0].split(".")[0]
                orders.setdefault(part, {})[industry] = None
    return orders
