"""Responsibility: whose each gap is, area by department, and the pace that would close it."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.gaps.cells import list_parts
from h1224lib.gaps.duties import tell_responsibility
from h1224lib.gaps.exactness import Exact, add_exactly, to_numbers
from h1224lib.gaps.paces import (
    AMOUNTS,
    PACES,
    count_days,
    expect_next,
    find_whole,
    list_period_ends,
    name_next,
    read_cells,
)
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress import State
from h1224lib.progress.ceilings import find_ceilings
from h1224lib.progress.expected import Schedule
from h1224lib.provenance import list_marks
from h1224lib.steps import step_of

_COLUMNS = [
    "area", "area_body", "department", "department_inferred", "industries", "unit", *AMOUNTS,
    "scheduled_next", *PACES, "unknown",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Responsibility:
    """Who has to make up for what.

    Attributes
    ----------
    state : State
        Whose gaps these are.
    measure : str
        What is measured.
    table : DataFrame
        One row an area and department with a target, the largest shortfall first, then by gap,
        what has no result last: area; area_body (offices that govern or carry it, `;` between);
        department (a body of the plan; empty where it names none); department_inferred (yes where
        the pairing with the industry is not printed); industries (`;` between); target,
        scheduled, actual, gap (their sums), shortfall (the sum of the gaps above zero: a surplus
        in one industry does not make up for another), scheduled_next (by the end of the next
        period), needed_next (what is still to be reached in the next period to be on schedule at
        its end), needed_even (in every period left, for the horizon's target; of a ceiling, below
        which it has to stay, nothing is needed: <NA>), all in `unit`; unknown (industries with a
        target and no result: in no sum but the target's, `;` between);
        data_kind, if any result is made up.
    next_period : str
        The quarter, or the month in a month's state, that ends next; empty where none is left.
    periods_left : int
        Periods of the horizon that end after the day.
    why : str
        Why `scheduled_next` is unknown: an entry of the catalogue; empty where it is known.
    totals : DataFrame
        area, needed_next, needed_even of each area as a whole and of ``all``: there a surplus
        makes up for a gap, and what was not planned counts.
    area : str
        Whose rows these are.
    days : int, optional
        The days left, where the last period has begun already; there is no whole one then.
    direction : str
        ``ceiling`` where less of every cell is better, ``mixed`` of some, else empty.
    """

    state: State
    measure: str
    table: pd.DataFrame
    next_period: str
    periods_left: int
    why: str = ""
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    area: str = "all"
    direction: str = ""
    days: int | None = None

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: whose gaps are largest, what the next period asks for."""
        return tell_responsibility(self)

    @property
    def short(self) -> pd.DataFrame:
        """The rows that fall short, the largest shortfall first."""
        return self.table[(self.table["shortfall"] > 0).fillna(False).astype(bool)]

    def part(self, area: str) -> Responsibility:
        """Return the rows of one area, with its own totals."""
        own = self.table[self.table["area"] == area].reset_index(drop=True)
        return dataclasses.replace(self, table=own, area=area)


def assign_responsibility(
    state: State, schedule: Schedule | None = None, measure: str | None = None
) -> Responsibility:
    """Assign gaps to areas and departments, with the pace needed next.

    Parameters
    ----------
    state : State
        As `measure_progress` returns it.
    schedule : str, Phasing or mapping, optional
        What is expected at the end of the next period, as `measure_progress` takes it; by
        default the state's own. One's own schedule has to be given again: a state keeps its name
        alone.
    measure : str, optional
        By default what the plan is about.

    Returns
    -------
    Responsibility
        Paces in whole steps, rounded up: of what is counted, whole ones. An industry that is
        ahead needs nothing, and lends nothing to another.

    Raises
    ------
    ScheduleError
        `schedule` is none.
    UnknownNameError
        The measure is not the plan's.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> whose = assign_responsibility(state)
    >>> row = whose.table.query("area == 'kaijiang'").iloc[0]
    >>> whose.next_period, float(row.gap), float(row.needed_next), float(row.needed_even)
    ('2019Q2', 2.075, 7.7, 6.3)
    """
    chosen = measure or state.measure
    state.plan.label("measure", chosen, "en")  # refuses a measure that there is not
    rows, wholes = _list_cells(state, chosen), _list_wholes(state, chosen)
    ends = list_period_ends(state, rows)
    left = [end for end in ends if end > state.as_of]
    step = step_of(state.plan.measures, chosen)
    every = pd.concat([rows, wholes], ignore_index=True)
    due: list[Exact] = [None] * len(every)
    why = ""
    if left and len(rows):
        due, why = expect_next(state, every, left[0], schedule, step)
    ceilings = find_ceilings(every, state.plan).tolist()
    cells = read_cells(every, due, ceilings, step, len(left), find_whole(state.plan, chosen, step))
    totals = cells.iloc[len(rows) :].reset_index(drop=True)
    cells = cells.iloc[: len(rows)].assign(**_name_bodies(state.plan, rows))
    table = _group(cells, state.plan.measures.at[chosen, "unit"])
    table = table.assign(**list_marks(state.table))
    following = name_next(state, left)
    paces = {name: to_numbers(totals[name]) for name in PACES}
    totals, down = wholes[["area"]].assign(**paces), ceilings[: len(rows)]
    direction = "ceiling" if down and all(down) else "mixed" if any(down) else ""
    return Responsibility(
        state, chosen, table, following, len(left), why, totals, direction=direction,
        days=count_days(state, ends),
    )  # fmt: skip


def _list_cells(state: State, measure: str) -> pd.DataFrame:
    """List the cells with a target to reach: area by industry, else areas, else industries."""
    for by in (("area", "industry"), ("area",), ("industry",), ()):
        rows = list_parts(state, by, measure, {})
        # A target of 0 asks nobody for anything.
        rows = rows[(rows["target"] > 0).fillna(False).astype(bool)].reset_index(drop=True)
        if len(rows):
            break
    return rows


def _list_wholes(state: State, measure: str) -> pd.DataFrame:
    """List every area as a whole, and the whole."""
    rows = state.table[state.table["measure"] == measure]
    for dimension in DIMENSIONS[1:]:
        rows = rows[rows[dimension] == "all"]
    return rows.reset_index(drop=True)


def _name_bodies(plan: Plan, rows: pd.DataFrame) -> dict[str, Any]:
    """Return who answers for each cell: bodies of its area, the department of its industry."""
    industries, bodies = plan.industries, plan.bodies
    blank = pd.Series("", index=industries.index)
    departments = industries.get("department", blank)
    inferred = industries.get("department_inferred", blank)
    of_area: dict[Hashable, list[str]] = {}
    if {"area", "body_id"} <= set(bodies):
        own = bodies[bodies["area"] != ""]
        for area, body in zip(own["area"], own["body_id"], strict=True):
            of_area.setdefault(area, []).append(str(body))
    # Without a department of its own, an industry stands for itself.
    alone = rows["industry"].map(departments).fillna("").eq("")
    return {
        "area": rows["area"],
        "area_body": [";".join(of_area.get(area, [])) for area in rows["area"]],
        "industry": rows["industry"],
        "department": rows["industry"].map(departments).fillna(""),
        "department_inferred": rows["industry"].map(inferred).fillna(""),
        "office": rows["industry"].map(departments).where(~alone, rows["industry"]),
    }


def _group(cells: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Sum the cells of each area and department, those that fall short first."""
    found = []
    for _, own in cells.groupby(["area", "office"], sort=False):
        known = own[own["gap"].notna()]
        unknown = own[own["gap"].isna()]["industry"]
        first = own.iloc[0]
        row = {n: first[n] for n in ("area", "area_body", "department", "department_inferred")}
        row |= {"industries": ";".join(own["industry"]), "unit": unit}
        row |= {name: add_exactly(own[name]) for name in ("target", *PACES)}
        # What is set against results is summed over the cells that have one.
        row |= {name: add_exactly(known[name]) for name in (*AMOUNTS[1:], "scheduled_next")}
        found.append(row | {"unknown": ";".join(unknown)})
    found.sort(key=_order)
    table = pd.DataFrame(found, columns=_COLUMNS)
    numbers = {n: to_numbers(table[n]) for n in (*AMOUNTS, "scheduled_next", *PACES)}
    return table.assign(**numbers)


def _order(row: dict[str, Any]) -> tuple[bool, Any, Any]:
    """Order by shortfall, then by gap; what is unknown comes last."""
    return row["gap"] is None, -(row["shortfall"] or 0), -(row["gap"] or 0)
