"""Stages: each project type on its own ladder, no step before the one below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.findings import Label
from h1224lib.ledger.dates import Dates, has_day
from h1224lib.ledger.marks import Mark, Positions
from h1224lib.ledger.vocabulary import list_fields, read_words
from h1224lib.plan.model import Plan

Rows = npt.NDArray[np.bool_]


def ladders(plan: Plan | None = None) -> dict[str, list[str]]:
    """Return the stages of each project type, from the first up.

    Parameters
    ----------
    plan : Plan, optional
        Its types alone: each on the ladder that `stages` of its row declares, or that of `all`,
        or else the known one of its code. A type without any is left out.

    Examples
    --------
    >>> ladders()["revenue"]
    ['signed', 'registered', 'operating', 'above_scale']
    """
    known: dict[str, list[str]] = read_words("columns")["ladders"]
    if plan is None:
        return known
    types = plan.project_types
    said = types["stages"] if "stages" in types else pd.Series(dtype=object)
    declared = {str(t): s.split(";") for t, s in said.items() if isinstance(s, str) and s}
    own = {t: declared.get(t) or declared.get("all") or known.get(t) for t in map(str, types.index)}
    return {t: ladder for t, ladder in own.items() if ladder}


def list_stages() -> list[str]:
    """Return every stage of any ladder, each once."""
    return list(dict.fromkeys(stage for ladder in ladders().values() for stage in ladder))


def check_stages(
    dates: Mapping[str, Dates],
    types: pd.Categorical,
    held: Mapping[str, Rows],
    readable: Rows,
    listed: Mapping[str, list[str]],
) -> Iterator[Mark]:
    """Yield what is wrong with the order of stages, row by row.

    Parameters
    ----------
    dates : mapping
        Every stage, and ``withdrawn``: what each row says of it.
    types : Categorical
        The project type of each row. One without a ladder of its own is held to the order of
        every known ladder.
    held : mapping
        Stage -> rows whose sheet has a column for it: elsewhere it is not missed.
    readable : array of bool
        Rows whose dates could all be read: in others no stage is missed.
    listed : mapping
        Project type -> its stages, as `ladders` returns them.

    Notes
    -----
    A stage is before another only where no day that either may mean says otherwise: 2023年5月
    is not after 2023-05-06.
    """
    own = np.asarray(types, dtype=object)
    at = np.arange(len(own))
    anywhere = ~np.isin(own, list(listed))
    for ladder in ladders().values():
        yield from _check_order(dates, ladder, anywhere, at)
    for name, ladder in listed.items():
        rows = own == name
        yield from _check_order(dates, ladder, rows, at)
        yield from _check_gaps(dates, ladder, rows & readable, held, at)
        for stage in (s for s in list_stages() if s not in ladder):
            strange = rows & has_day(dates[stage])
            if strange.any():
                numbers = {"stage": _label(stage), "ladder": [_label(s) for s in ladder]}
                yield Mark("ledger_stage_other_ladder", stage, at[strange], "", numbers)
    yield from _check_none(dates, own, ~readable, at, listed)
    yield from _check_withdrawn(dates, at)


def _check_order(
    dates: Mapping[str, Dates], ladder: list[str], rows: Rows, at: Positions
) -> Iterator[Mark]:
    reached = np.full(len(rows), np.iinfo(np.int32).min, dtype=np.int64)
    below = np.full(len(rows), -1)
    for number, stage in enumerate(ladder):
        there = has_day(dates[stage]) & rows
        wrong = there & (dates[stage].last < reached)
        if wrong.any():
            days = [_iso(day) for day in dates[stage].last[wrong]]
            each: dict[str, list[Any]] = {
                "earlier": [_label(ladder[n]) for n in below[wrong]],
                "day": [_iso(day) for day in reached[wrong]],
            }
            yield Mark("ledger_stage_order", stage, at[wrong], days, {"stage": _label(stage)}, each)
        higher = there & (dates[stage].first > reached)
        reached = np.where(higher, dates[stage].first, reached)
        below = np.where(higher, number, below)


def _check_gaps(
    dates: Mapping[str, Dates],
    ladder: list[str],
    rows: Rows,
    held: Mapping[str, Rows],
    at: Positions,
) -> Iterator[Mark]:
    above = np.zeros(len(rows), dtype=bool)
    for stage in reversed(ladder):
        there = has_day(dates[stage])
        skipped = rows & held[stage] & above & ~there
        if skipped.any():
            yield Mark("ledger_stage_skipped", stage, at[skipped], "", {"stage": _label(stage)})
        above |= there


def _check_none(
    dates: Mapping[str, Dates],
    own: npt.NDArray[np.object_],
    excused: Rows,
    at: Positions,
    listed: Mapping[str, list[str]],
) -> Iterator[Mark]:
    some = excused.copy()
    anywhere = ~np.isin(own, list(listed))
    for stage in list_stages():
        on = [name for name, ladder in listed.items() if stage in ladder]
        some |= (anywhere | np.isin(own, on)) & has_day(dates[stage])
    if not some.all():
        yield Mark("ledger_stage_none", "name", at[~some])


def _check_withdrawn(dates: Mapping[str, Dates], at: Positions) -> Iterator[Mark]:
    gone = dates["withdrawn"]
    for stage in list_stages():
        wrong = has_day(gone) & has_day(dates[stage]) & (gone.last < dates[stage].first)
        if wrong.any():
            days = [_iso(day) for day in gone.last[wrong]]
            each = {"day": [_iso(day) for day in dates[stage].first[wrong]]}
            numbers = {"stage": _label(stage)}
            yield Mark("ledger_withdrawn_before", "withdrawn", at[wrong], days, numbers, each)


def _iso(day: int) -> str:
    return str(np.datetime64(int(day), "D"))


def _label(stage: str) -> Label:
    return list_fields()[stage].label
