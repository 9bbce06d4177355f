"""Directions: how they are numbered, and what two industries both name."""

from __future__ import annotations

from collections import Counter
from typing import Any

from h1224lib.findings import Finding, Label
from h1224lib.labels import name_code
from h1224lib.plan.model import Plan
from h1224lib.review.cells import list_places
from h1224lib.review.ordinals import read_ordinal, read_style


def find_numbering_slips(plan: Plan) -> list[Finding]:
    """Find directions whose printed number is not the next one, or is written another way."""
    rows = plan.directions
    slips = []
    for _, group in rows.groupby(["industry", "sub_of"], sort=False):
        # The list's own style is what most of its numbers have; of two, the first.
        style = Counter(map(read_style, group["printed_number"])).most_common(1)[0][0]
        for row in group.to_dict("records"):
            expected, printed = int(row["number"]), row["printed_number"]
            if read_ordinal(printed) != expected or read_style(printed) != style:
                slips.append((row, style.write(expected), printed))
    if not slips:
        return []
    listed = [
        [name_code(plan, "industry", r["industry"]), Label(r["zh"], r["en"]), printed, expected]
        for r, expected, printed in slips
    ]
    numbers = {"rows": listed, "count": len(slips), "directions": len(rows)}
    places = list_places(row["place"] for row, _, _ in slips)
    return [Finding("numbering_slips", numbers=numbers, places=places)]


def find_shared_topics(plan: Plan) -> list[Finding]:
    """Find topics that directions of two industries share: one project could be counted twice.

    `topics` has a row for each: the topic, industry and name of every direction, their ids.
    """
    using: dict[str, list[dict[str, Any]]] = {}
    rows = plan.directions
    for row in rows.to_dict("records"):
        for topic in filter(None, row["topics"].split(";")):
            using.setdefault(topic, []).append(row)
    shared = {t: uses for t, uses in using.items() if len({use["industry"] for use in uses}) > 1}
    if not shared:
        return []
    listed = [
        [_name_topic(topic, uses),
         [[name_code(plan, "industry", use["industry"]), Label(use["zh"], use["en"])]
          for use in uses],
         [use["direction_id"] for use in uses]]
        for topic, uses in shared.items()
    ]  # fmt: skip
    every = {use["direction_id"] for uses in shared.values() for use in uses}
    numbers = {"topics": listed, "count": len(shared), "directions": len(every), "of": len(rows)}
    places = list_places(use["place"] for uses in shared.values() for use in uses)
    return [Finding("shared_topics", numbers=numbers, places=places)]


def _name_topic(topic: str, uses: list[dict[str, Any]]) -> Label:
    """Name a topic as the first direction does that has English for each of its topics."""
    for use in uses:
        names = use["topics"].split(";"), use["topics_en"].split(";")
        english = dict(zip(*names, strict=True)) if len(names[0]) == len(names[1]) else {}
        if english.get(topic):
            return Label(topic, english[topic])
    return Label(topic, topic)
