"""Counts: what a ledger and published parts add up to over the horizon of a target."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.hierarchy import complete_targets, find_leaves
from h1224lib.indicators.releases import find_least, horizon_days
from h1224lib.periods import span
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.progress.accumulation import accumulate, fill_up
from h1224lib.results import Results, gather_results, read_results

CELL = ["measure", *DIMENSIONS]
COUNTED = [*KEYS, "value", "until", "whole", "partial", "sources", "vintage", "status"]
COUNTED += ["confidence", "source"]


def read_counts(
    plan: Plan,
    period: str | None = None,
    ledger: str | Path | None = None,
    actuals: str | Path | None = None,
    landmarks: str | Path | None = None,
) -> Results | None:
    """Read a ledger and the status of landmarks, and count them up to a period's last day.

    Parameters
    ----------
    plan : Plan
        Whose codes and names they use.
    period : str, optional
        Such as ``2024Q2``; by default, up to the day that the ledger says it speaks for.
    ledger, actuals, landmarks : str or Path, optional
        As `read_results` takes them.

    Returns
    -------
    Results or None
        None where there is neither a ledger nor a status of landmarks with a period: counts are
        then known from what is published alone.

    Raises
    ------
    LedgerError, ActualsError, UnknownNameError
        A file cannot be read, or the period is none.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> read_counts(load_plan()) is None
    True
    """
    if ledger is None and (landmarks is None or period is None):
        return None
    given = read_results(plan, ledger, actuals, landmarks)
    days: list[dt.date | None] = [span(period)[1] if period else None]
    for part in given:
        if not isinstance(part, pd.DataFrame):
            days += [part.settings.as_of, part.settings.vintage]
    day = next((day for day in days if day is not None), None)
    return None if day is None else gather_results(given, plan, day)


def add_up_counts(
    plan: Plan, published: pd.DataFrame, cells: pd.DataFrame, results: Results | None = None
) -> pd.DataFrame:
    """Add up the parts of a horizon that are known of each count, without a hole.

    Parameters
    ----------
    plan : Plan
        Gives targets and hierarchies.
    published : DataFrame
        As `read_published` returns it; only comparable rows count.
    cells : DataFrame
        The targets, as `plan.cells` has them.
    results : Results, optional
        A ledger counted, and what was published with it; instead of `published`.

    Returns
    -------
    DataFrame
        One row a target that anything is known of: its keys, value, until (the last day that is
        counted), whether that is the whole horizon, whether it is a sum of parts whose targets
        fall short of its own, so that there may be more of it, and of the rows added up: how many
        sources, the latest vintage, the least status and confidence, and the sources.
    """
    actuals, counted_by = (results.actuals, results.plan) if results else (published, plan)
    usable = actuals[(actuals["comparable"] == "yes") & actuals["value"].notna()]
    targets = complete_targets(plan).rename(columns={"value": "target"})
    rows = []
    for (measure, horizon), wanted in cells.groupby(["measure", "horizon"], sort=False):
        first, last = horizon_days(plan, str(horizon))
        own = usable[usable["measure"] == measure]
        own = own[(own["first_day"] >= first) & (own["last_day"] <= last)]
        if own.empty:
            continue
        until = max(own["last_day"])
        same = targets[(targets["measure"] == measure) & (targets["horizon"] == horizon)]
        done = accumulate(own, counted_by, first, until).assign(horizon=horizon)
        values = fill_up(done, same, counted_by).dropna(subset="value")
        kept = values.merge(wanted[KEYS], on=KEYS)[[*KEYS, "value"]]
        partial = _find_partial(kept, done, same, plan)
        kept = kept.assign(until=until, whole=until == last, partial=partial)
        rows.append(kept.assign(**_describe(own)))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COUNTED)


def _find_partial(
    kept: pd.DataFrame, done: pd.DataFrame, targets: pd.DataFrame, plan: Plan
) -> list[bool]:
    """Tell which sums leave out what the plan puts on no part: there may be more of these."""
    given = set(done[CELL].itertuples(index=False, name=None))
    asked = {tuple(row[n] for n in CELL): row["target"] for row in targets.to_dict("records")}
    leaves = find_leaves(targets, plan)
    found = []
    for cell in kept[CELL].to_dict("records"):
        key = tuple(cell.values())
        below = leaves
        for name in DIMENSIONS:
            below = below if cell[name] == "all" else below[below[name] == cell[name]]
        found.append(key not in given and below["target"].sum() < asked[key])
    return found


def _describe(own: pd.DataFrame) -> dict[str, Any]:
    """Describe the rows that are added up as one figure."""
    named = sorted({str(source) for source in own["source"]})
    vintage = max(map(str, own["vintage"]))
    told = {"sources": len(named), "vintage": vintage, "source": "; ".join(named)}
    return told | find_least(own)
