"""Cells: which rows of a state are the parts of a whole, and which row is that whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from h1224lib.errors import UnknownDimensionError
from h1224lib.findings import Label
from h1224lib.hierarchy import children, inside
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress import State


def check_codes(plan: Plan, by: Iterable[str], within: Mapping[str, str]) -> None:
    """Refuse dimensions that there are not, and codes that the plan does not have.

    Raises
    ------
    UnknownDimensionError
        `by` or `within` names none of area, industry, project_type.
    UnknownNameError
        A code of `within` is not the plan's.
    """
    for dimension in [*by, *within]:
        if dimension not in DIMENSIONS:
            raise UnknownDimensionError(
                "unknown_dimension", found=dimension, known=list(DIMENSIONS)
            )
    for dimension, code in within.items():
        plan.label(dimension, code, "en")


def list_parts(
    state: State, by: Iterable[str], measure: str, within: Mapping[str, str]
) -> pd.DataFrame:
    """Return the finest cells of a whole over the dimensions `by`; the others are its own.

    Parts "of which" and intermediate levels are left out. A dimension that the plan lacks, or
    whose code in `within` has nothing below it, splits nothing.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it.
    by : iterable of str
        Dimensions whose cells are the parts.
    measure : str
        Its code.
    within : mapping
        Dimension -> code: the whole; ``all`` in dimensions that are not named.

    Returns
    -------
    DataFrame
        Rows of ``state.table``.
    """
    plan = state.plan
    rows = state.table[state.table["measure"] == measure]
    for dimension in DIMENSIONS:
        code = within.get(dimension, "all")
        split = dimension in by and dimension in plan.dimensions
        finest = list_finest(plan, dimension, code) if split else {code}
        rows = rows[rows[dimension].isin(finest)]
    return rows


def list_finest(plan: Plan, dimension: str, code: str) -> set[str]:
    """Return the codes that add up to a code and have none below them; itself if it is one.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> sorted(list_finest(load_plan(), "project_type", "all"))
    ['fixed_asset', 'revenue']
    """
    below = children(plan, dimension)
    apart = inside(plan, dimension) - ({code} if code in inside(plan, dimension) else set())
    found: set[str] = set()
    waiting = [code]
    while waiting:
        name = waiting.pop()
        waiting += below.get(name, [])
        if name not in below and name not in apart:
            found.add(name)
    return found


def name_cell(plan: Plan, codes: Mapping[str, object], by: Iterable[str]) -> Label:
    """Name a cell by its codes in the dimensions `by` that the plan has.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> name_cell(load_plan(), {"area": "anji", "industry": "hr"}, ["area", "industry"]).zh
    '安吉县·人力资源服务业'
    """
    present = [d for d in by if d in plan.dimensions] or ["area"]
    # A cell that is split by nothing that the plan has is the whole.
    own = {d: str(codes.get(d, "all")) for d in present}
    named = [[plan.label(d, own[d], lang) for d in present] for lang in ("zh", "en")]
    return Label("·".join(named[0]), ", ".join(named[1]))
