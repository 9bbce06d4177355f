"""Earlier: the ledger as it was, and what has entered, left or been corrected in it since."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from h1224lib.errors import ActualsError, ComparisonError
from h1224lib.progress.accumulation import CELL

if TYPE_CHECKING:
    from h1224lib.ledger.count import Count
    from h1224lib.ledger.model import Ledger
    from h1224lib.progress.movements import Movements

MOVEMENTS = ("entered", "left", "corrected")


def count_previous(
    previous: Ledger | None, now: tuple[Count, ...], day: dt.date, begin: dt.date
) -> Count | None:
    """Count the ledger as it was on its own day; without one, on the day before the period.

    Raises
    ------
    ActualsError
        It is no ledger, or there is none to compare it with.
    ComparisonError
        Its own day is later than that of the state.
    """
    if previous is None:
        return None
    from h1224lib.ledger.count import count_ledger
    from h1224lib.ledger.model import Ledger

    if not isinstance(previous, Ledger):
        raise ActualsError("previous_no_ledger", found=type(previous).__name__)
    if not now:
        raise ActualsError("previous_without_ledger", file=previous.file)
    own = previous.settings.as_of or previous.settings.vintage
    then = own or begin - dt.timedelta(days=1)
    if then > day:
        days = {"now": day.isoformat(), "before": then.isoformat()}
        raise ComparisonError("ledger_before_is_later", (), **days)
    return count_ledger(previous, then)


def find_movements(
    counts: tuple[Count, ...], before: Count | None, start: dt.date
) -> Movements | None:
    """Compare the first ledger with the one before, over the days of the horizon."""
    if before is None or not counts:
        return None
    # Only here: it compares rows of ledgers, which need not be there.
    from h1224lib.progress.movements import compare_ledgers

    return compare_ledgers(counts[0], before, start)


def add_movements(table: pd.DataFrame, moved: Movements | None) -> pd.DataFrame:
    """Add what entered, left and was corrected; without a ledger before, what is new entered."""
    if moved is None:
        nothing = pd.Series(pd.NA, index=table.index, dtype="Float64")
        return table.assign(entered=table["new"], left=nothing, corrected=nothing)
    values = moved.table.set_index(CELL)[list(MOVEMENTS)]
    own = values.reindex(pd.MultiIndex.from_frame(table[CELL])).reset_index(drop=True)
    return table.assign(**{name: own[name].astype("Float64") for name in MOVEMENTS})
