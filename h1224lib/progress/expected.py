"""Expected: how much of each target a schedule expects by a day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.hierarchy import complete
from h1224lib.periods import days_done, ends_month, list_ends, months_done, quarters_done, span
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.progress.accumulation import CELL
from h1224lib.progress.exact import Exact, missing, read_decimals, read_exact

if TYPE_CHECKING:
    from h1224lib.phasing import Phasing

SCHEDULES = ("quarters", "days", "printed", "phased")
# A user's own schedule: amounts by cell, or shares by day.
OWN = "own"
# Of a user's amounts, so fine a step is kept in sums.
FINE = "0.000001"
By = Callable[[dt.date], Exact]
Schedule: TypeAlias = "str | Phasing | pd.DataFrame | Mapping[Any, Any]"


@dataclass(frozen=True, eq=False)
class Frame:
    """What a schedule is set up for.

    Attributes
    ----------
    plan : Plan
        Gives the targets; its counts in whole projects, however finely a ledger counts.
    cells : DataFrame
        The plan's keys, one row a cell.
    targets : Exact
        The target of each cell.
    whole : DataFrame
        Targets of every level and horizon: the plan's keys and `value`.
    horizon : str
        Whose targets these are.
    as_of : date
        The day that the state speaks for.
    monthly : bool
        Whether the state reports a month.
    """

    plan: Plan
    cells: pd.DataFrame
    targets: Exact
    whole: pd.DataFrame
    horizon: str
    as_of: dt.date
    monthly: bool

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of the horizon."""
        row = self.plan.horizons.loc[self.horizon]
        return dt.date.fromisoformat(row["first_day"]), dt.date.fromisoformat(row["last_day"])

    @property
    def ends(self) -> list[dt.date]:
        """The days on which the horizon's periods end: months in a month's state, else quarters."""
        return list_ends(*self.days, 1 if self.monthly else 3)

    def align(self, table: pd.DataFrame, column: str) -> pd.Series:
        """Return a column of another table in the order of the cells, <NA> where it has none."""
        values = table.drop_duplicates(CELL).set_index(CELL)[column]
        return values.reindex(pd.MultiIndex.from_frame(self.cells[CELL])).reset_index(drop=True)


def name_schedule(schedule: Schedule) -> str:
    """Return what a schedule is called in findings: one of SCHEDULES, or ``own``.

    Raises
    ------
    ScheduleError
        There is no such schedule.

    Examples
    --------
    >>> name_schedule("days"), name_schedule({"2024-06-30": 0.4})
    ('days', 'own')
    """
    if isinstance(schedule, str):
        if schedule not in SCHEDULES:
            raise ScheduleError("unknown_schedule", found=schedule, known=list(SCHEDULES))
        return schedule
    if isinstance(schedule, (pd.DataFrame, Mapping)):
        return OWN
    if hasattr(schedule, "complete") and hasattr(schedule, "sums"):
        return "phased"
    raise ScheduleError("unknown_schedule", found=str(schedule), known=list(SCHEDULES))


def expect(schedule: Schedule, frame: Frame) -> By:
    """Return a function from a day to what a schedule expects of each cell by then.

    Parameters
    ----------
    schedule : str, Phasing, DataFrame or mapping
        ``days``: the share of the horizon's days that have passed. ``quarters``: the share of
        its quarters that have ended; where the state reports a month, the share of its months
        that have ended, which is the same at a quarter's end (a day that ends no month is held
        against the quarter before it, unless the month is asked for by name). ``printed``: what
        the plan prints for a horizon from the same first day. ``phased``: `phase_targets`,
        cumulative at the end of the last quarter (in a month's state, month) that has ended; of
        a `Phasing`, of the last of its own phases. A DataFrame has `scheduled` on the day that the
        state speaks for, in the measure's unit, by cell; what is not named is summed. A mapping
        has the cumulative share at some days: it holds from that day to the next named one,
        0 before the first; the whole is due on the horizon's last day.
    frame : Frame
        The cells and the horizon.

    Returns
    -------
    callable
        Day -> `Exact`, unknown where the schedule says nothing of the day or of the cell.

    Raises
    ------
    ScheduleError
        There is no such schedule, or it cannot be read.
    """
    name = name_schedule(schedule)
    if isinstance(schedule, Mapping):
        return _by_shares(schedule, frame)
    if isinstance(schedule, pd.DataFrame):
        return _by_amounts(schedule, frame)
    if name == "phased":
        return _by_phases(phase(frame) if isinstance(schedule, str) else schedule, frame)
    if name == "printed":
        return _by_print(frame)
    first, last = frame.days
    done = days_done
    if name == "quarters":
        done = months_done if frame.monthly else quarters_done
    return lambda day: frame.targets.times(done(first, last, day))


def reports_months(period: str | None, as_of: dt.date) -> bool:
    """Tell whether a state is about a month: asked for by name, or by a day that ends only one.

    Examples
    --------
    >>> [reports_months(None, dt.date(2024, *day)) for day in ((5, 31), (6, 30), (6, 29))]
    [True, False, False]
    >>> reports_months("2024-06", dt.date(2024, 6, 30))
    True
    """
    if period is not None:
        first, last = span(period)
        return (first.year, first.month) == (last.year, last.month)
    return ends_month(as_of) and as_of.month % 3 != 0


def phase(frame: Frame) -> Phasing:
    """Phase the targets of what accumulates: by month in a month's state, else by quarter."""
    from h1224lib.phasing import phase_targets

    size = "month" if frame.monthly else "quarter"
    plan = with_own_steps(frame.plan)
    carried = set(plan.targets["measure"])
    measures = [m for m in plan.measures.index if m in carried and plan.accumulates(str(m))]
    return phase_targets(plan, phase=size, measures=[str(m) for m in measures])


def with_own_steps(plan: Plan) -> Plan:
    """Count in whole projects what a ledger counts in shares: so the plan itself counts.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> shared = plan.measures["step"].mask(plan.measures.index == "projects", "1/5")
    >>> fine = dataclasses.replace(plan, measures=plan.measures.assign(step=shared))
    >>> str(with_own_steps(fine).measures.at["projects", "step"])
    '1'
    """
    steps = plan.measures["step"].copy()
    for measure in plan.measures.index[plan.measures["kind"] == "count"]:
        values = plan.cells.loc[plan.cells["measure"] == measure, "value"].dropna()
        if (values == values.round()).all() and Fraction(str(steps[measure])) < 1:
            steps[measure] = "1"
    return dataclasses.replace(plan, measures=plan.measures.assign(step=steps))


def _by_phases(phased: Phasing, frame: Frame) -> By:
    """Read the cumulative targets at the end of the last phase that has ended."""
    table = phased.complete()
    spans = {period: span(period) for period in table["period"].unique()}
    ends = sorted((last, period) for period, (_, last) in spans.items())
    parts = dict(list(table.groupby("period")))
    before = frame.days[0] - dt.timedelta(days=1)

    def so_far(day: dt.date) -> Exact:
        at = bisect_right([last for last, _ in ends], day) - 1
        if at < 0:
            return frame.targets.times(Fraction(0))
        values = frame.align(parts[ends[at][1]], "cumulative")
        return read_exact(values, frame.cells["measure"], frame.plan)

    begun = so_far(before)
    return lambda day: so_far(day) - begun.or_else(frame.targets.times(Fraction(0)))


def _by_print(frame: Frame) -> By:
    """Read what the plan prints for a horizon of the same first day."""
    horizons = frame.plan.horizons
    first, last = frame.days
    same = horizons[horizons["first_day"] == first.isoformat()]
    if not (same["last_day"] == frame.as_of.isoformat()).any():
        day = frame.as_of.isoformat()
        days = sorted({str(end) for end in same["last_day"]})
        raise ScheduleError("no_printed_schedule", found=day, horizon=frame.horizon, days=days)

    def printed(day: dt.date) -> Exact:
        if day == last:
            return frame.targets
        codes = same.index[same["last_day"] == day.isoformat()]
        if not len(codes):
            return missing(len(frame.cells))
        values = frame.align(frame.whole[frame.whole["horizon"] == codes[0]], "value")
        return read_exact(values, frame.cells["measure"], frame.plan)

    return printed


def _by_amounts(table: pd.DataFrame, frame: Frame) -> By:
    """Read amounts by cell, those that are not named summed; they speak for one day."""
    given = table.rename(columns={"scheduled": "value"})
    known = {name: set(frame.plan.table(name).index) for name in CELL}
    if "value" not in given or "measure" not in given:
        raise ScheduleError("schedule_table_columns", found=[str(c) for c in table.columns])
    given = given.assign(**{d: "all" for d in DIMENSIONS if d not in given}, horizon=frame.horizon)
    if "horizon" in table:
        given = given[(table["horizon"] == frame.horizon).to_numpy()]
    for name in CELL:
        odd = sorted(set(given[name].astype(str)) - known[name])
        if odd:
            raise ScheduleError("schedule_table_code", column=name, found=odd[0])
    if given.duplicated(KEYS).any():
        raise ScheduleError("schedule_table_twice")
    fine = frame.plan.measures.assign(step=FINE)
    plan = dataclasses.replace(frame.plan, measures=fine)
    read = pd.to_numeric(given["value"], errors="coerce").astype("Float64")
    odd = given["value"].notna() & (read.isna() | (read < 0) | (read.abs() == float("inf")))
    if odd.any():
        raise ScheduleError("schedule_amount_unreadable", found=str(given["value"][odd].iloc[0]))
    given = given[[*KEYS, "value"]].assign(value=read)
    values = frame.align(complete(given.reset_index(drop=True), plan), "value")
    amounts = read_decimals(values)
    none = missing(len(frame.cells))
    return lambda day: amounts if day == frame.as_of else none


def _by_shares(shares: Mapping[Any, Any], frame: Frame) -> By:
    """Read cumulative shares by day: each holds until the next."""
    last = frame.days[1]
    steps = sorted((_read_day(day), _read_share(share)) for day, share in shares.items())
    fractions = [share for _, share in steps]
    if not steps or fractions != sorted(fractions):
        raise ScheduleError("schedule_shares_fall", found=[str(f) for f in fractions])
    days = [day for day, _ in steps]

    def share(day: dt.date) -> Fraction:
        at = bisect_right(days, day) - 1
        if day >= last and last not in days:
            return max(Fraction(1), fractions[-1])
        return fractions[at] if at >= 0 else Fraction(0)

    return lambda day: frame.targets.times(share(day))


def _read_day(day: Any) -> dt.date:
    try:
        return day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day))
    except ValueError as error:
        raise ScheduleError("schedule_share_unreadable", found=str(day)) from error


def _read_share(share: Any) -> Fraction:
    try:
        read = share if isinstance(share, Fraction) else Fraction(str(share))
    except (ValueError, ZeroDivisionError) as error:
        raise ScheduleError("schedule_share_unreadable", found=str(share)) from error
    if read < 0:
        raise ScheduleError("schedule_share_unreadable", found=str(share))
    return read


def elapse(frame: Frame) -> Fraction:
    """Count the periods that have passed by the day; of one that is running, its days' share."""
    begin = frame.days[0]
    passed = Fraction(0)
    for end in frame.ends:
        passed += days_done(begin, end, frame.as_of)
        begin = end + dt.timedelta(days=1)
    return passed
