"""What a plan holds, and which dimensions it lacks."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.labels import name_title
from h1224lib.plan.model import DIMENSIONS, TABLES, Plan


@dataclass(frozen=True, eq=False)
class Overview:
    """What a plan holds.

    Attributes
    ----------
    table : DataFrame
        One row a table of the plan: table, rows.
    findings : list of Finding
        Title and source with the main counts, then each dimension that the plan lacks.
    """

    table: pd.DataFrame
    findings: list[Finding]

    @property
    def missing(self) -> list[Finding]:
        """The dimensions that the plan lacks."""
        return self.findings[1:]


def describe_plan(plan: Plan) -> Overview:
    """Describe what a plan holds.

    Parameters
    ----------
    plan : Plan
        As `load_plan` reads it.

    Returns
    -------
    Overview
        `table`, `findings`, `missing`.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> [f.numbers["dimension"] for f in describe_plan(load_plan("dazhou-2019")).missing]
    ['industry', 'project_type']
    """
    frames = {name: plan.table(d) for d, name in TABLES.items() if d not in _absent(plan)}
    frames |= {"figures": plan.figures, "targets": plan.targets}
    table = pd.DataFrame({"table": list(frames), "rows": [len(f) for f in frames.values()]})
    package = plan.package
    numbers = {
        "title": name_title(plan),
        "publisher": Label(
            package.get("publisher", ""), package.get("publisher_en", package.get("publisher", ""))
        ),
        "document_number": package.get("document_number", ""),
        "date": package.get("date", ""),
        "figures": len(plan.figures),
        "targets": len(plan.targets),
        "dashes": int((plan.figures["printed"] == "-").sum()),
    }
    missing = [Finding("plan_lacks_dimension", "note", {"dimension": d}) for d in _absent(plan)]
    return Overview(table, [Finding("plan_described", "note", numbers), *missing])


def _absent(plan: Plan) -> list[str]:
    return [d for d in DIMENSIONS if d not in plan.dimensions]
