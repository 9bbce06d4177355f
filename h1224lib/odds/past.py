"""What a forecast looks back on: the season, the lag, the withdrawals, the shocks of the past."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from h1224lib.allocation import main_measure
from h1224lib.errors import ScheduleError
from h1224lib.ledger.count import Count, count_ledger
from h1224lib.ledger.model import Ledger
from h1224lib.odds.counts import Outlook
from h1224lib.odds.exposure import (
    RUSH,
    Clock,
    read_lag,
    read_numbers,
    read_season,
    share_exposure,
    survive,
)
from h1224lib.odds.history import count_quarters, estimate_lag, rate_withdrawals
from h1224lib.odds.shock import MOST, estimate_variation, spread_ahead
from h1224lib.periods import span
from h1224lib.plan.model import KEYS
from h1224lib.progress import State
from h1224lib.progress.ceilings import find_ceilings
from h1224lib.results import Given, gather_results

# Schedules that run on evenly; any other has steps of its own, which may be a season's.
EVEN_SCHEDULES = ("days", "quarters")
# A schedule this near to even time on the day has no season there that could count twice.
NEAR = 0.01
# How much of a horizon must have gone by for a pace to be told from it.
FEWEST_MONTHS = 3


@dataclass(frozen=True)
class Setting:
    """What a forecast was made with.

    Attributes
    ----------
    season : tuple of float
        The share of each quarter in a year.
    lag : tuple of float
        How complete the last month is, the month before ...; empty: all complete.
    withdrawals : float
        The rate a quarter at which what counts leaves.
    quarters : (float, float)
        Gone by, and ahead.
    missing : tuple of str
        Which of these were asked for and could not be had: ``withdrawals``, ``seasonality``.
    steps : bool
        Whether the schedule has steps of its own, instead of going on evenly.
    rush : (float, float)
        The share of the horizon's time gone by if quarters are even, and if two fifths of each
        year come in its last quarter.
    """

    season: tuple[float, ...]
    lag: tuple[float, ...]
    withdrawals: float
    quarters: tuple[float, float]
    missing: tuple[str, ...] = ()
    steps: bool = False
    rush: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Past:
    """A state with what its past tells, ready for a forecast."""

    state: State
    actuals: pd.DataFrame
    clock: Clock
    setting: Setting
    shock: float | str | None

    @property
    def stay(self) -> float:
        """The share of what counts now that still counts at the end."""
        return survive(self.setting.withdrawals, self.setting.quarters[1])[0]

    @property
    def days_left(self) -> int:
        """How many days of the horizon are ahead."""
        return max((self.clock.last - self.state.as_of).days, 0)

    def narrow(self, measure: str) -> State:
        """Return the state of one measure, with the columns alone that a forecast needs."""
        table = self.state.table
        columns = [*KEYS, "unit", "target", "actual", "schedule"]
        return dataclasses.replace(
            self.state, table=table.loc[table["measure"] == measure, columns]
        )

    def expose(self, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return each target's exposure behind the day and ahead of it, in the measure's unit.

        Withdrawals thin both: what came and left does not count, nor will what comes and leaves.
        """
        target = rows["target"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
        behind, ahead = share_exposure(
            self._schedule(rows), self.clock, self.state.as_of, self.setting.lag
        )
        gone, left = self.setting.quarters
        kept = survive(self.setting.withdrawals, gone)[1]
        keep = survive(self.setting.withdrawals, left)[1]
        return target * behind * kept, target * ahead * keep

    def _schedule(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the share of each target before the day; stepped quarters go on by days."""
        if self.state.schedule == "quarters":
            even = Clock(self.clock.first, self.clock.last).read(self.state.as_of)
            return np.full(len(rows), even)
        shares = rows["schedule"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
        return np.clip(shares, 0.0, 1.0)

    @functools.cached_property
    def _printed(self) -> set[tuple[str, ...]]:
        return set(self.state.plan.cells[KEYS].itertuples(index=False, name=None))

    def explain(self, rows: pd.DataFrame) -> list[str]:
        """Return for each row why it has no odds, or how it stands; else nothing."""
        over = self.clock.read(self.state.as_of) >= 1
        late = over and any(share < 1 for share in self.setting.lag)
        # What is reached may be lost again, and what is over may still be reported.
        early = self.is_early
        reached = "reached_so_far" if self.stay < 1 and not early else "reached"
        open_ = "late" if late else "over" if over else "too_early" if early else ""
        whys = []
        ceilings = find_ceilings(rows, self.state.plan)
        for row, ceiling in zip(rows.itertuples(), ceilings, strict=True):
            if pd.isna(row.target):
                cell = (row.measure, row.area, row.industry, row.project_type, row.horizon)
                whys.append("dash" if cell in self._printed else "no_target")
            elif row.target == 0:
                whys.append("zero")
            elif ceiling:
                whys.append("ceiling")
            elif pd.isna(row.actual):
                whys.append("no_data")
            elif row.actual >= row.target:
                whys.append(reached)
            else:
                whys.append(open_)
        return whys

    @property
    def is_early(self) -> bool:
        """Whether less than a quarter of a year has gone by, too little to tell a pace from."""
        day = pd.Timestamp(self.state.as_of)
        begun = pd.Timestamp(self.clock.first) + pd.DateOffset(months=FEWEST_MONTHS)
        return day < begun - pd.Timedelta(days=1) and day < pd.Timestamp(self.clock.last)

    def can_tell(self, outlook: Outlook, cell: int) -> bool:
        """Tell whether a cell's rate is known at all: a prior without rate needs exposure."""
        return bool(outlook.prior.rate[0] + outlook.exposure[cell] > 0)

    def spread(self, measure: str, whole: pd.DataFrame) -> float:
        """Return the standard deviation of the shock common to all that is to come."""
        if self.shock is None:
            return 0.0
        if not isinstance(self.shock, str):
            return float(self.shock)
        past = count_quarters(self.actuals, self.state.plan, measure, self.state.as_of)
        first, last = self.clock.first, self.clock.last
        spans = [
            span(f"{int(y):04d}Q{int(q)}")
            for y, q in zip(past["year"], past["quarter"], strict=True)
        ]
        used = [first <= begin and end <= last for begin, end in spans]
        target = whole["target"].astype("Float64").fillna(0).sum()
        exposure = [float(target) * self._during(begin, end) for begin, end in spans]
        counts = past["value"].to_numpy(dtype="float64")[used]
        quarter = estimate_variation(counts, np.array(exposure)[used])
        return spread_ahead(quarter, *self.setting.quarters)

    def _during(self, begin: dt.date, end: dt.date) -> float:
        return self.clock.read(end) - self.clock.read(begin - dt.timedelta(days=1))


def look_back(
    state: State,
    given: Given | None,
    seasonality: str | Sequence[float] | None,
    lag: Sequence[float] | State | None,
    withdrawals: bool | float,
    shock: float | str | None,
) -> Past:
    """Gather what a forecast needs to know of the past.

    Raises
    ------
    ScheduleError
        Season, lag, withdrawals or shock are none.
    """
    if not _is_shock(shock):
        raise ScheduleError("odds_bad_shock", found=str(shock), most=MOST)
    actuals = _find_actuals(state, given)
    measure = main_measure(state.plan)
    horizon = str(state.table["horizon"].iloc[0])
    dates = (str(state.plan.horizons.at[horizon, n]) for n in ("first_day", "last_day"))
    first, last = (dt.date.fromisoformat(date) for date in dates)
    past = count_quarters(actuals, state.plan, measure, state.as_of)
    season = read_season(seasonality, past)
    clock = Clock(first, last, season)
    steps = state.schedule not in EVEN_SCHEDULES
    if seasonality is not None and steps:
        _refuse_twice(state, Clock(first, last))
    rate, missing = _find_rate(state, given, withdrawals)
    if seasonality == "estimate" and season == (0.25,) * 4:
        missing = (*missing, "seasonality")
    completeness = (
        estimate_lag(_find_actuals(lag, None), actuals, measure, lag.as_of)
        if isinstance(lag, State)
        else read_lag(lag)
    )
    quarters = clock.quarters(state.as_of)
    return Past(
        state,
        actuals,
        clock,
        Setting(season, completeness, rate, quarters, missing, steps, _read_rush(clock, state)),
        shock,
    )


def _refuse_twice(state: State, even: Clock) -> None:
    """Refuse a season where the schedule's own steps depart from even time already."""
    whole = state.level([])
    shares = whole["schedule"].astype("Float64").dropna()
    time = even.read(state.as_of)
    if ((shares - time).abs() > NEAR).any():
        raise ScheduleError(
            "odds_season_twice", schedule=state.schedule, share=float(shares.iloc[0]), even=time
        )


def _read_rush(clock: Clock, state: State) -> tuple[float, float]:
    return Clock(clock.first, clock.last).read(state.as_of), Clock(
        clock.first, clock.last, RUSH
    ).read(state.as_of)


def _is_shock(shock: float | str | None) -> bool:
    if shock is None or isinstance(shock, str):
        return shock in (None, "estimate")
    numbers = read_numbers([shock])
    return numbers is not None and 0 <= numbers[0] <= MOST


def _find_actuals(state: State, given: Given | None) -> pd.DataFrame:
    if given is None:
        return state.actuals
    return gather_results(given, state.plan, state.as_of).actuals


def _find_rate(
    state: State, given: Given | None, withdrawals: bool | float
) -> tuple[float, tuple[str, ...]]:
    """Return the rate at which counted projects leave, and whether one asked for is missing."""
    if withdrawals is False:
        return 0.0, ()
    if withdrawals is not True:
        given_rate = read_numbers([withdrawals])
        if given_rate is None or given_rate[0] < 0:
            raise ScheduleError("odds_bad_withdrawals", found=str(withdrawals))
        return given_rate[0], ()
    rate = rate_withdrawals(_find_counts(state, given))
    return (rate, ()) if rate is not None else (0.0, ("withdrawals",))


def _find_counts(state: State, given: Given | None) -> list[Count]:
    if given is None:
        return list(state.counts)
    parts = list(given) if isinstance(given, (list, tuple)) else [given]
    ledgers = [part for part in parts if isinstance(part, Ledger)]
    return [count_ledger(ledger, state.as_of) for ledger in ledgers]
