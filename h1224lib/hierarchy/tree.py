"""The tree of a dimension: who is a part of whom, and who only lies inside another."""

from __future__ import annotations

from h1224lib.plan.model import Plan


def children(plan: Plan, dimension: str, part: str = "member") -> dict[str, list[str]]:
    """Return each code's children that are `part` of it, in the plan's order.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> children(load_plan(), "area", "within")
    {'nantaihu': ['futurecity']}
    """
    table = plan.table(dimension)
    found: dict[str, list[str]] = {}
    for code, parent, kind in zip(table.index, table["parent"], table["part"], strict=True):
        if parent and kind == part:
            found.setdefault(parent, []).append(str(code))
    return found


def inside(plan: Plan, dimension: str) -> set[str]:
    """Return the codes that lie within another, or below one that does: never summed."""
    table = plan.table(dimension)
    parents = dict(zip(table.index, table["parent"], strict=True))
    parts = dict(zip(table.index, table["part"], strict=True))
    found = set()
    for start in table.index:
        code = start
        while code:
            if parts[code] == "within":
                found.add(str(start))
                break
            code = parents[code]
    return found
