"""A view: a table with the statements that stand above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from h1224lib.findings import Finding, Label
from h1224lib.gaps.cells import name_cell
from h1224lib.plan.model import DIMENSIONS, Plan


@dataclass(frozen=True, eq=False)
class View:
    """What a page shows as the answer to one question.

    Attributes
    ----------
    table : DataFrame
        A table of the library's columns; without rows where the question does not apply.
    findings : list of Finding
        What it says, or why there is nothing to show.
    """

    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def without_rows(cls, kind: str, **numbers: object) -> View:
        """Say only why there is nothing to show.

        Examples
        --------
        >>> view = View.without_rows("movements_no_previous")
        >>> len(view.table), [finding.severity for finding in view.findings]
        (0, ['note'])
        """
        return cls(findings=[Finding(kind, "note", numbers)])


def tell_lacking(plan: Plan, by: Iterable[str]) -> list[Finding]:
    """State which of the dimensions a plan does not have, so that nothing is split by them.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> [f.kind for f in tell_lacking(load_plan("dazhou-2019"), ["area", "industry"])]
    ['view_lacks_dimension']
    """
    lacking = [d for d in by if d not in plan.dimensions]
    return [Finding("view_lacks_dimension", "note", {"dimension": d}) for d in lacking]


def name_place(plan: Plan, codes: Mapping[str, str]) -> Label:
    """Name a cell by the dimensions in which it is a part, the whole by its area.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> name_place(load_plan(), {"industry": "hr"}).en, name_place(load_plan(), {}).en
    ('Human resources', 'Huzhou')
    """
    every = dict.fromkeys(DIMENSIONS, "all") | dict(codes)
    return name_cell(plan, every, [d for d in DIMENSIONS if every[d] != "all"])
