"""Changes: what was reached in a period, in the one before it, and in the same one a year ago."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.ledger.count import REASONS, Count
from h1224lib.periods import count_months, step_back
from h1224lib.plan.model import Plan
from h1224lib.progress.accumulation import Record
from h1224lib.progress.exact import Exact, missing, objects, of_steps
from h1224lib.progress.summing import Codes, Summing, find_sums

Span = tuple[dt.date, dt.date]
Marks = npt.NDArray[np.bool_]
COLUMNS = ["new", "new_before", "new_last_year", "change_before", "change_last_year"]


class Reached:
    """What every cell reached over spans of days.

    Parameters
    ----------
    record : Record
        The results.
    wanted : DataFrame
        The finest targets above zero: the plan's keys.
    plan : Plan
        Gives hierarchies and steps.
    """

    def __init__(self, record: Record, wanted: pd.DataFrame, plan: Plan) -> None:
        self.record, self.plan = record, plan
        self.codes = Codes(plan)
        self._wanted = wanted
        # Which sums there are depends on which cells have results, not on how much these are.
        self._sums: dict[bytes, Summing] = {}

    def list_cells(self, span: Span) -> pd.DataFrame:
        """Return measure, area, industry, project_type of the cells that have results or sums."""
        sums, _ = self._sum(span)
        return self.codes.split(sums.keys)

    def along(self, span: Span, cells: pd.DataFrame) -> Exact:
        """Return what cells reached over a span, in their order; unknown for a short sum."""
        if span[1] < span[0]:
            return missing(len(cells))
        sums, totals = self._sum(span)
        keys = self.codes.join(cells)
        if not len(sums.keys):
            return missing(len(cells))
        place = np.minimum(np.searchsorted(sums.keys, keys), len(sums.keys) - 1)
        known = (sums.keys[place] == keys) & ~sums.short[place]
        steps = objects(np.where(known, totals[place], 0).tolist())
        return of_steps(steps, known, cells["measure"], self.plan)

    def knows_more(self, span: Span, than: list[Span]) -> bool:
        """Tell whether a span has results of cells that one of others lacks."""
        _, own = self.record.add_up(*span)
        both = np.logical_and.reduce([self.record.add_up(*other)[1] for other in than])
        return bool((own & ~both).any())

    def _sum(self, span: Span) -> tuple[Summing, npt.NDArray[np.int64]]:
        totals, done = self.record.add_up(*span)
        seen = done.tobytes()
        if seen not in self._sums:
            self._sums[seen] = find_sums(self.record.cells[done], self._wanted, self.codes)
        return self._sums[seen], self._sums[seen].add_up(totals[done])


def find_changes(
    reached: Reached,
    cells: pd.DataFrame,
    start: dt.date,
    period: Span,
    as_of: dt.date,
    days: Reached | None = None,
) -> dict[str, Exact]:
    """Find what cells reached within a period, and how that compares with earlier ones.

    What is new in a span is what was reached from the horizon's first day to its end, less what
    was reached by the day before it: so the periods of a horizon add up to the actual. Where
    that is not known, or the span begins before the horizon, the results of the span itself
    are added up.

    Parameters
    ----------
    reached : Reached
        What cells reached over spans.
    cells : DataFrame
        The plan's keys.
    start : date
        The horizon's first day.
    period : tuple of date
        First and last day of the period that is reported.
    as_of : date
        The day to which it is reported. Where that is not the period's last, no period before is
        as long, and nothing is compared but the same days of a year ago.
    days : Reached, optional
        What cells reached up to the same day a year ago, where that ends no month; by default
        `reached`.

    Returns
    -------
    dict
        `COLUMNS` -> numbers, unknown where the days are not covered by results.
    """
    spans = {"new": (period[0], as_of)}
    if as_of == period[1]:
        earlier = {"new_before": count_months(period), "new_last_year": 12}
        back = {name: step_back(period, months) for name, months in earlier.items()}
        spans |= {name: span for name, span in back.items() if span}
    found = {name: _reach_new(reached, cells, span, start) for name, span in spans.items()}
    same = find_same_days(period, as_of)
    if same and as_of < period[1]:
        found["new_last_year"] = _reach_new(days or reached, cells, same, start)
    none = missing(len(cells))
    new, before, last = (found.get(name, none) for name in COLUMNS[:3])
    values = (new, before, last, new - before, new - last)
    return dict(zip(COLUMNS, values, strict=True))


def find_same_days(period: Span, as_of: dt.date) -> Span | None:
    """Return the days of a year ago that match a period's up to a day; None before the year 1.

    Examples
    --------
    >>> first, last = dt.date(2024, 1, 1), dt.date(2024, 3, 31)
    >>> [str(day) for day in find_same_days((first, last), dt.date(2024, 2, 29))]
    ['2023-01-01', '2023-02-28']
    """
    back = step_back(period, 12)
    if back is None:
        return None
    # The 29th of February has its like on the 28th.
    day = min(as_of.day, calendar.monthrange(as_of.year - 1, as_of.month)[1])
    return back[0], as_of.replace(year=as_of.year - 1, day=day)


def split_at(counts: Sequence[Count], actuals: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return results up to a day within a month, of ledgers by the days of their projects.

    Parameters
    ----------
    counts : sequence of Count
        The ledgers; what counts is what counts on their own day.
    actuals : DataFrame
        Results, those of the ledgers among them.
    day : date
        The last one.

    Returns
    -------
    DataFrame
        What ledgers count up to the day, the days of its month in a row of their own; other
        results as they are.
    """
    parts = [actuals]
    for count in counts:
        late = ~(count.days <= np.datetime64(day.isoformat(), "s"))
        reasons = count.reasons.copy()
        reasons[late] = REASONS.index("not_reached")
        short = dataclasses.replace(count, as_of=day, reasons=reasons).actuals
        parts[0] = parts[0][~parts[0]["measure"].isin(count.actuals["measure"].unique())]
        parts += [short] if len(short) else []
    return pd.concat(parts, ignore_index=True)


def _reach_new(reached: Reached, cells: pd.DataFrame, span: Span, start: dt.date) -> Exact:
    if span[0] <= start:
        return reached.along(span, cells)
    parts = [(start, span[1]), (start, span[0] - dt.timedelta(days=1))]
    until, before = (reached.along(part, cells) for part in parts)
    # Of cells whose results do not go back to the first day, the span itself may be known.
    if reached.knows_more(span, parts):
        return (until - before).or_else(reached.along(span, cells))
    return until - before
