"""Tracing: the rows of a ledger or of aggregated actuals behind the number of a cell."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.progress.accumulation import CELL
from h1224lib.progress.summing import Codes, find_sums
from h1224lib.provenance import list_marks

if TYPE_CHECKING:
    from h1224lib.ledger.count import Count
    from h1224lib.ledger.model import Ledger
    from h1224lib.progress.state import State

OF_LEDGER = [
    "project_id", "name", *DIMENSIONS, "platform", "counting_stage", "counted_on", "value",
    "shared_with", "file", "sheet", "row", "repeated_in", "readings",
]  # fmt: skip
OF_ACTUALS = [
    *CELL, "period", "value", "unit", "status", "confidence", "vintage", "source", "note",
    "first_day", "last_day",
]  # fmt: skip


def trace_cell(state: State, measure: str, **codes: str) -> pd.DataFrame:
    """Return the rows behind the actual of a cell, each with what it adds.

    Parameters
    ----------
    state : State
        Whose cell it is.
    measure : str
        What is counted.
    **codes
        Dimension -> code; dimensions that are not named are ``all``.

    Returns
    -------
    DataFrame
        Of a ledger, one row a project and area: project_id, name, area, industry, project_type,
        platform, counting_stage and counted_on (the stage and day from which it counts), value
        (its credit), shared_with (the other areas), file, sheet, row, repeated_in (rows refused
        as the same project again), readings (what its cells said where the reader took a
        reading or warned: rule and text; a cell read by a name or alias of the plan without
        remark is not kept by the ledger). Of aggregated actuals, one row a result: measure,
        cell, period, value, unit, status, confidence, vintage, source, note, first and last
        day. In whole steps of `state.plan`, `value` sums to the cell's actual; a cell without
        an actual has no rows. `data_kind` if any result is made up.

    Raises
    ------
    UnknownDimensionError, UnknownNameError
        A dimension or a code is not the plan's.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> state.trace(area="kaijiang")[["period", "value", "status"]].values.tolist()
    [['2019Q1', 3.5, 'preliminary']]
    """
    for dimension, code in {"measure": measure, **codes}.items():
        state.plan.label(dimension, code, "en")  # refuses what the plan does not have
    cell = state.cell(measure, **codes)
    first = None if cell.empty else str(state.plan.horizons.at[cell["horizon"], "first_day"])
    place = tuple(codes.get(dimension, "all") for dimension in DIMENSIONS)
    count = next((c for c in state.counts if measure in set(c.actuals["measure"])), None)
    known = first is not None and pd.notna(cell["actual"])
    since = dt.date.fromisoformat(str(first)) if known else None
    if count is not None:
        rows = _trace_ledger(count, measure, place, since)
    else:
        rows = _trace_actuals(state, measure, place, since)
    return rows.assign(**list_marks(state.table))


def place_credit(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Give each project and area the sheet and row that says so; areas may have rows of their own.

    Parameters
    ----------
    rows : DataFrame
        project_id, area, sheet, row: `Count.rows`, where every area has its project's first row.
    ledger : Ledger
        Gives the rows of shared credit.
    """
    if ledger.credits.empty:
        return rows
    own = ledger.credits[["project_id", "area", "sheet", "row"]]
    own = own.assign(area=own["area"].astype(str), sheet=own["sheet"].astype(str))
    both = rows.assign(sheet=rows["sheet"].astype(str)).merge(
        own, on=["project_id", "area"], how="left", suffixes=("", "_own")
    )
    both["sheet"] = both["sheet_own"].fillna(both["sheet"])
    both["row"] = both["row_own"].fillna(both["row"]).astype(np.int64)
    return both.drop(columns=["sheet_own", "row_own"]).set_axis(rows.index)


def _trace_ledger(
    count: Count, measure: str, place: tuple[str, ...], since: dt.date | None
) -> pd.DataFrame:
    from h1224lib.ledger.count import FLAGS
    from h1224lib.ledger.tally import Places

    ledger, rows = count.ledger, count.counted
    rows = rows[rows["counted_on"] >= pd.Timestamp(since)] if since else rows.iloc[:0]
    rows = rows[Places(ledger.plan).lies_in(rows, place)]
    if measure in FLAGS:
        rows = rows[rows[measure].fillna(False).astype(bool)]
    shared = ledger.credits.assign(area=ledger.credits["area"].astype(str))
    with_areas = shared.groupby("project_id")["area"].agg(list).to_dict()
    again = _list_repeats(ledger)
    rows = place_credit(rows, ledger)
    readings = _list_readings(ledger, rows)
    ids = rows["project_id"]
    others = [
        ";".join(a for a in with_areas.get(i, []) if a != area)
        for i, area in zip(ids, rows["area"], strict=True)
    ]
    platform = rows["platform"].astype(object).where(rows["platform"].notna(), "")
    traced = rows.assign(
        platform=platform.astype(str),
        counting_stage=rows["project_type"].map(ledger.settings.counting_stage),
        value=rows["credit_share"],
        shared_with=pd.Series(others, index=rows.index, dtype=str),
        file=ledger.file,
        sheet=rows["sheet"].astype(str),
        repeated_in=pd.Series([again.get(i, "") for i in ids], index=rows.index, dtype=str),
        readings=readings,
    )
    return traced.sort_values(["counted_on", "project_id"], kind="stable")[OF_LEDGER].reset_index(
        drop=True
    )


def _list_repeats(ledger: Ledger) -> dict[str, str]:
    """Return for each identifier the refused rows that bear it again."""
    places: dict[str, list[str]] = defaultdict(list)
    refused = ledger.rejected[ledger.rejected["project_id"].notna()]
    for number, sheet, row in zip(
        refused["project_id"], refused["sheet"], refused["row"], strict=True
    ):
        places[str(number)].append(f"{sheet}!{row}")
    return {number: ";".join(said) for number, said in places.items()}


def _list_readings(ledger: Ledger, rows: pd.DataFrame) -> pd.Series:
    """Return for each row the rules that its cells met when they were read, and what they said."""
    wanted = set(zip(rows["sheet"].astype(str), rows["row"], strict=True))
    origins = ledger.origins
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for mark in ledger.marks:
        for number, at in enumerate(mark.at.tolist()):
            place = (origins.sheets[origins.sheet[at]], int(origins.row[at]))
            if place in wanted:
                said = mark.found if isinstance(mark.found, str) else mark.found[number]
                found[place].append(
                    f"{mark.kind}: {mark.column}={said}" if str(said) else mark.kind
                )
    keys = zip(rows["sheet"].astype(str), rows["row"], strict=True)
    return pd.Series(["; ".join(found[key]) for key in keys], index=rows.index, dtype=str)


def _trace_actuals(
    state: State, measure: str, place: tuple[str, ...], since: dt.date | None
) -> pd.DataFrame:
    rows = state.actuals
    rows = rows[
        (rows["measure"] == measure) & (rows["comparable"] == "yes") & rows["value"].notna()
    ]
    if since is None:
        return rows.iloc[:0][OF_ACTUALS].reset_index(drop=True)
    chains = _chain(rows, since, state.as_of)
    done = pd.DataFrame(list(chains), columns=CELL)
    cell = (measure, *place)
    wanted = chains.get(cell)
    if wanted is None:
        parts = _list_parts(done, cell, state.plan)
        wanted = [at for part in parts for at in chains[part]]
    return rows.loc[wanted, OF_ACTUALS].reset_index(drop=True)


def find_results(
    actuals: pd.DataFrame, plan: Plan, cell: tuple[str, ...], first: dt.date, last: dt.date
) -> pd.DataFrame | None:
    """Find the results of a cell that cover days without a hole, its own or those of all its parts.

    Parameters
    ----------
    actuals : DataFrame
        As `read_actuals` returns them.
    plan : Plan
        Gives the hierarchies.
    cell : tuple of str
        measure, area, industry, project_type.
    first, last : date
        The days.

    Returns
    -------
    DataFrame or None
        Some of the rows; None where days are not covered, or a part that has results at all has
        none for them.

    Examples
    --------
    >>> from h1224lib import load_plan, read_actuals
    >>> from h1224lib.periods import span
    >>> plan = load_plan("dazhou-2019")
    >>> cell, days = ("investment", "all", "all", "all"), span("2019Q1")
    >>> find_results(read_actuals(None, plan), plan, cell, *days)["value"].tolist()
    [120.5]
    """
    rows = actuals[(actuals["measure"] == cell[0]) & (actuals["comparable"] == "yes")]
    rows = rows[rows["value"].notna()].reset_index(drop=True)
    chains = _chain(rows, first, last)
    if cell in chains:
        return rows.loc[chains[cell]]
    known = rows[CELL].drop_duplicates().reset_index(drop=True)
    parts = [part for part in _list_parts(known, cell, plan) if part != cell]
    if not parts or any(part not in chains for part in parts):
        return None
    return rows.loc[[at for part in parts for at in chains[part]]]


def _chain(rows: pd.DataFrame, first: dt.date, last: dt.date) -> dict[tuple[Any, ...], list[Any]]:
    """Return for each cell the results that cover the days one after the other, if any do.

    Of results from one day on, the longest is taken, and of two vintages the later, as
    `accumulate` does.
    """
    inside = rows[(rows["first_day"] >= first) & (rows["last_day"] <= last)]
    ranked = inside.assign(_vintage=inside["vintage"].astype(str)).sort_values(
        ["last_day", "_vintage"], ascending=False, kind="stable"
    )
    chains = {}
    for cell, own in ranked.groupby(CELL, sort=False):
        starts = own.drop_duplicates("first_day")
        by_day = dict(
            zip(
                starts["first_day"], zip(starts.index, starts["last_day"], strict=True), strict=True
            )
        )
        day, chain = first, []
        while day in by_day:
            at, end = by_day[day]
            chain.append(at)
            day = end + dt.timedelta(days=1)
        if day == last + dt.timedelta(days=1):
            chains[tuple(map(str, cell))] = chain
    return chains


def _list_parts(done: pd.DataFrame, cell: tuple[str, ...], plan: Plan) -> list[tuple[str, ...]]:
    """Return the cells with results that add up to one that has none of its own."""
    if done.empty:
        return []
    codes = Codes(plan)
    none = done.iloc[:0]
    sums = find_sums(done, none, codes)
    key = codes.join(pd.DataFrame([cell], columns=CELL))[0]
    place = np.searchsorted(sums.keys, key)
    there = place < len(sums.keys) and sums.keys[place] == key
    leaves = sums.leaf[(sums.cell == place) & there]
    return [tuple(done.iloc[at]) for at in np.unique(leaves).tolist()]
