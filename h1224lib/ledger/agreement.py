"""Agreement: what the cells of one row say together, once each has been read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from h1224lib.labels import name_code
from h1224lib.ledger.credits import check_cells, take_beside
from h1224lib.ledger.dates import has_day
from h1224lib.ledger.marks import Mark, rows_with
from h1224lib.ledger.names import Terms
from h1224lib.ledger.parts import Part
from h1224lib.ledger.stages import check_stages, ladders, list_stages


def check_rows(part: Part, terms: Terms) -> None:
    """Mark stages out of order, types that an industry lacks, shares and reasons on their own.

    Parameters
    ----------
    part : Part
        Its values and dates are read; marks and problems are added.
    terms : Terms
        The plan's.
    """
    held = {
        stage: np.full(len(part), stage in part.sheet.columns, dtype=bool)
        for stage in list_stages()
    }
    lost = [m for m in part.marks if m.column in part.dates]
    readable = ~rows_with(lost, "error", len(part))
    for name in part.dates.keys() & part.sheet.columns.keys():
        readable[list(part.sheet.columns[name].troubles)] = False
    types, own = part.values["project_type"], ladders(terms.plan)
    part.marks += check_stages(part.dates, types, held, readable, own)
    _tell_ladders(part, types, own, terms)
    part.marks += _check_types(part, terms)
    if part.shared is not None:
        areas = part.sheet.columns["area"]
        part.shares = take_beside(areas, part.shared, part.shares)
        part.marks += check_cells(areas, part.shared, part.shares)
    part.marks += _check_reasons(part)


def _check_reasons(part: Part) -> Iterator[Mark]:
    """Yield a mark where a reason for withdrawal stands without its date."""
    reason = part.values.get("withdrawn_reason")
    if reason is None:
        return
    undated = reason.notna().to_numpy() & ~has_day(part.dates["withdrawn"])
    if undated.any():
        found = reason[undated].tolist()
        yield Mark("ledger_withdrawn_no_date", "withdrawn_reason", np.flatnonzero(undated), found)


def _tell_ladders(
    part: Part, types: pd.Categorical, own: dict[str, list[str]], terms: Terms
) -> None:
    """Say which of the sheet's project types have no ladder: their stages are not all checked."""
    lacking = [t for t in types.categories if t not in own and t != "all" and (types == t).any()]
    if lacking:
        names = [name_code(terms.plan, "project_type", t) for t in lacking]
        part.tell("ledger_no_ladder", types=names)


def _check_types(part: Part, terms: Terms) -> Iterator[Mark]:
    """Yield a mark where the plan has no projects of this type in this industry."""
    industries, types = part.values["industry"], part.values["project_type"]
    for industry, lacking in terms.plan.without().items():
        for kind in sorted(lacking & set(types.categories)):
            wrong = (np.asarray(industries == industry)) & np.asarray(types == kind)
            if wrong.any():
                numbers = {
                    "industry": name_code(terms.plan, "industry", industry),
                    "type": name_code(terms.plan, "project_type", kind),
                }
                yield Mark(
                    "ledger_type_lacking", "project_type", np.flatnonzero(wrong), "", numbers
                )
