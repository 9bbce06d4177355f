"""Cells merged across columns: one value for several of the ledger's, of which the first has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from h1224lib.findings import Problem
from h1224lib.ledger.columns import show
from h1224lib.ledger.grids import Grid, letter
from h1224lib.ledger.marks import book_of, make_problem
from h1224lib.ledger.vocabulary import list_fields


def tell_across(
    grid: Grid, names: Mapping[int, str], first: int, kept: npt.NDArray[np.bool_], file: str
) -> Iterator[Problem]:
    """Yield a warning for each cell of a project that is merged over several known columns.

    Parameters
    ----------
    grid : Grid
        The sheet.
    names : mapping
        Column, counted from 0 -> the ledger's name of it, or its own header.
    first : int
        The first row below the header, counted from 0.
    kept : array of bool
        For each row from there whether it is a project, or ought to be.
    file : str
        Name of the ledger's file.
    """
    fields = list_fields()
    for top, left, bottom, right in grid.merged:
        known = [fields[n] for c in range(left, right + 1) if (n := names.get(c, "")) in fields]
        value = grid.at(top, left)
        rows = range(max(top, first), min(bottom + 1, first + len(kept)))
        if len(known) < 2 or value in ("", None) or not any(kept[r - first] for r in rows):
            continue
        more = {"names": [field.label for field in known[1:]], "cell": f"{letter(left)}{top + 1}"}
        place, header = book_of(file, grid.name), known[0].label.zh
        yield make_problem("ledger_merged_across", place, top + 1, header, show(value), **more)
