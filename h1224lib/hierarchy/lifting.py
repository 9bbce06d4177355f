"""Lifting: cells as positions of codes, moved up to every level above them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd

from h1224lib.plan.model import DIMENSIONS, Plan

# Dimension -> the position of each cell's code in the plan's table.
Codes = dict[str, np.ndarray]


def encode(cells: pd.DataFrame, plan: Plan) -> Codes:
    """Return the position of each cell's code, -1 for one that the plan does not have.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> cell = pd.DataFrame({"area": ["all"], "industry": ["moon"], "project_type": ["all"]})
    >>> {name: positions.tolist() for name, positions in encode(cell, plan).items()}
    {'area': [0], 'industry': [-1], 'project_type': [0]}
    """
    return {
        d: plan.table(d).index.get_indexer(cells[d].to_numpy()).astype(np.int64) for d in DIMENSIONS
    }


def lift(codes: Codes, plan: Plan, over: tuple[str, ...]) -> Iterator[Codes]:
    """Yield the cells lifted by every combination of levels in the dimensions `over`.

    Each time also `moved`: which of the cells are not where they were.
    """
    ladders = []
    for dimension in DIMENSIONS:
        parents = _parents(plan, dimension)
        ladder = [codes[dimension]]
        while dimension in over and (parents[ladder[-1]] != ladder[-1]).any():
            ladder.append(parents[ladder[-1]])
        ladders.append(ladder)
    for lifted in itertools.product(*ladders):
        cell = dict(zip(DIMENSIONS, lifted, strict=True))
        moved = np.zeros(len(lifted[0]), dtype=bool)
        for dimension in DIMENSIONS:
            moved |= cell[dimension] != codes[dimension]
        yield {**cell, "moved": moved}


def _parents(plan: Plan, dimension: str) -> np.ndarray:
    """Return each code's parent as a position; the root is its own."""
    table = plan.table(dimension)
    position = {code: i for i, code in enumerate(table.index)}
    return np.array(
        [position.get(parent, i) for i, parent in enumerate(table["parent"])], dtype=np.int64
    )
