"""Ceilings: targets of which less is better, and how they are held against a schedule."""

from __future__ import annotations

import numpy as np
import pandas as pd

from h1224lib.plan.model import KEYS, Plan
from h1224lib.progress.exact import Exact, Marks


def find_ceilings(cells: pd.DataFrame, plan: Plan) -> Marks:
    """Mark the cells that are to stay below their target.

    Parameters
    ----------
    cells : DataFrame
        The plan's keys, one row a cell.
    plan : Plan
        Gives directions of measures, and relations of targets.

    Returns
    -------
    array of bool
        True where less of the measure is better, or the target is "at most"; of a sum that is
        not printed, where all printed targets of its measure and horizon are.
    """
    targets = plan.cells[plan.cells["value"].notna()]
    at_most = targets["relation"].eq("<=")
    keys = pd.MultiIndex.from_frame(cells[KEYS])
    printed = keys.isin(pd.MultiIndex.from_frame(targets[KEYS]))
    own = keys.isin(pd.MultiIndex.from_frame(targets.loc[at_most, KEYS]))
    whole = at_most.groupby([targets["measure"], targets["horizon"]]).all()
    summed = pd.MultiIndex.from_frame(cells[["measure", "horizon"]]).isin(whole.index[whole])
    down = cells["measure"].map(plan.measures["direction"]).eq("down").to_numpy()
    marks: Marks = np.asarray(down | own | (~printed & summed), dtype=bool)
    return marks


def turn(numbers: Exact, ceilings: Marks) -> Exact:
    """Turn the sign where less is better.

    Examples
    --------
    >>> from h1224lib.progress.exact import read_decimals
    >>> turn(read_decimals(pd.Series([2.0, 2.0])), np.array([True, False])).top.tolist()
    [-2, 2]
    """
    return Exact(np.where(ceilings, -numbers.top, numbers.top), numbers.bottom, numbers.known)


def mirror(share: Exact, expected: Exact, ceilings: Marks) -> Exact:
    """Mirror a share of the target at the expected one where less is better: 0.4 of 0.5 is 0.6."""
    across = expected + expected - share
    top = np.where(ceilings, across.top, share.top)
    bottom = np.where(ceilings, across.bottom, share.bottom)
    return Exact(top, bottom, np.where(ceilings, across.known, share.known))
