"""Directions: how they are numbered, and what two industries both name."""

from __future__ import annotations

import re

from h1224lib.findings import Finding, Label
from h1224lib.plan.model import Plan
from h1224lib.review.cells import list_places, name_code

DIGITS = "一二三四五六七八九"


def read_ordinal(printed: str) -> int | None:
    """Return the number in a printed ordinal, None where there is none.

    Examples
    --------
    >>> read_ordinal("（2）"), read_ordinal("四是"), read_ordinal("4")
    (2, 4, 4)
    """
    arabic = re.search(r"\d+", printed)
    if arabic:
        return int(arabic.group())
    return next((DIGITS.index(sign) + 1 for sign in printed if sign in DIGITS), None)


def find_numbering_slips(plan: Plan) -> list[Finding]:
    """Find directions whose printed number is not the next one, or is written another way."""
    rows = plan.directions
    slips = []
    for _, group in rows.groupby(["industry", "sub_of"], sort=False):
        style = _style(group["printed_number"].iloc[0])
        for row in group.to_dict("records"):
            expected, printed = int(row["number"]), row["printed_number"]
            if read_ordinal(printed) != expected or _style(printed) != style:
                slips.append((row, style.replace("#", str(expected)), printed))
    if not slips:
        return []
    listed = [
        [name_code(plan, "industry", r["industry"]), Label(r["zh"], r["en"]), printed, expected]
        for r, expected, printed in slips
    ]
    numbers = {"rows": listed, "count": len(slips), "directions": len(rows)}
    places = list_places(row["place"] for row, _, _ in slips)
    return [Finding("numbering_slips", numbers=numbers, places=places)]


def _style(printed: str) -> str:
    return re.sub(r"\d+", "#", printed)


def find_shared_topics(plan: Plan) -> list[Finding]:
    """Find topics that directions of two industries share: one project could be counted twice."""
    using: dict[str, list[tuple[str, str, str]]] = {}
    rows = plan.directions
    for industry, direction, place, topics in zip(
        rows["industry"], rows["direction_id"], rows["place"], rows["topics"], strict=True
    ):
        for topic in filter(None, topics.split(";")):
            using.setdefault(topic, []).append((industry, direction, place))
    shared = {t: uses for t, uses in using.items() if len({use[0] for use in uses}) > 1}
    if not shared:
        return []
    listed = [
        [t, [name_code(plan, "industry", i) for i in dict.fromkeys(use[0] for use in uses)],
         [use[1] for use in uses]]
        for t, uses in shared.items()
    ]  # fmt: skip
    every = {use[1] for uses in shared.values() for use in uses}
    numbers = {"topics": listed, "count": len(shared), "directions": len(every), "of": len(rows)}
    places = list_places(use[2] for uses in shared.values() for use in uses)
    return [Finding("shared_topics", numbers=numbers, places=places)]
