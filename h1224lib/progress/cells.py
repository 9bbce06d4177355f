"""Cells: the targets of one horizon, what was reached of each, and what follows from the two."""

from __future__ import annotations

import datetime as dt
import functools
from fractions import Fraction

import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.hierarchy import complete_targets, find_leaves
from h1224lib.plan.model import KEYS, Plan
from h1224lib.progress.accumulation import CELL, record
from h1224lib.progress.ceilings import find_ceilings, mirror, turn
from h1224lib.progress.changes import Reached, find_changes, find_same_days, split_at
from h1224lib.progress.earned import earn_cells
from h1224lib.progress.exact import Exact, read_exact
from h1224lib.progress.expected import Schedule, expect
from h1224lib.progress.frame import Frame, elapse
from h1224lib.progress.lights import Rule, light_up
from h1224lib.progress.ranks import find_ranked, name_levels, rank_cells
from h1224lib.progress.reasons import find_unplanned, tell_why
from h1224lib.results import Results
from h1224lib.steps import narrow


class Cells:
    """The cells of one horizon with their targets, and what they reached."""

    def __init__(
        self, plan: Plan, given: Results, horizon: str, day: dt.date, monthly: bool
    ) -> None:
        self.plan, self.day = given.plan, day
        whole, targets, wanted = _find_targets(plan, horizon)
        actuals = given.actuals
        own = actuals[actuals["measure"].isin(_list_accumulating(plan))]
        self.given, self.wanted, self.own = given, wanted, own
        self.reached = Reached(record(own, given.plan), wanted, given.plan)
        self.start = dt.date.fromisoformat(str(plan.horizons.at[horizon, "first_day"]))
        done = self.reached.list_cells((self.start, day)).assign(horizon=horizon)
        table = targets.merge(done, on=KEYS, how="outer")
        if table.empty:
            raise ScheduleError("nothing_to_measure", plan=plan.name, horizon=horizon)
        self.table = _order(table.assign(dashed=table["dashed"].eq(True)), plan)
        measures = self.table["measure"]
        self.target = read_exact(self.table["target"], measures, given.plan)
        self.actual = self.reached.along((self.start, day), self.table)
        self.frame = Frame(plan, self.table, self.target, whole, horizon, day, monthly)

    def measure(
        self, schedule: Schedule, rule: Rule, period: tuple[dt.date, dt.date], small_base: float
    ) -> pd.DataFrame:
        """Return the columns of the state, but for movements and the mark of made-up data."""
        target, actual, plan = self.target, self.actual, self.plan
        by = expect(schedule, self.frame)
        scheduled = by(self.day)
        why = tell_why(self.table, target, actual, plan, small_base)
        # Of a ceiling a share is used up, not reached: it is compared, and no completion.
        ceilings = find_ceilings(self.table, plan)
        rated = (why == "").to_numpy()
        used, share = (actual / target).where(why.isin(["", "ceiling"])), scheduled / target
        # Ceilings are ranked among themselves: of them the least comes first.
        levels = 2 * name_levels(self.table, plan) + ceilings
        elapsed = elapse(self.frame)
        earned = earn_cells([by(end) for end in self.frame.ends], actual, elapsed, scheduled)
        earned = earned.where(rated)
        gap = turn(scheduled - actual, ceilings)
        against = by if rule.against == "schedule" else expect("quarters", self.frame)
        bound = against(self.day) / target
        numbers: dict[str, Exact] = {
            "schedule": share,
            "scheduled": scheduled,
            "completion": used.where(rated),
            "gap": gap,
            "lead_pp": turn(used - share, ceilings).times(Fraction(100)),
            "shortfall": gap.at_least_zero(),
            **self._change(period),
            "earned": earned,
            "spi_t": earned.times(1 / elapsed),
        }
        columns = {name: column.series() for name, column in numbers.items()}
        return self.table.assign(
            unit=self.table["measure"].map(plan.measures["unit"]),
            actual=narrow(actual.series()),
            why=why,
            rank=rank_cells(turn(used, ceilings), levels, find_ranked(self.table, plan)),
            light=light_up(mirror(used, bound, ceilings), bound, rule),
            unplanned=find_unplanned(target, actual, levels // 2),
            **columns,
        )

    def _change(self, period: tuple[dt.date, dt.date]) -> dict[str, Exact]:
        same, days = find_same_days(period, self.day), None
        if self.given.counts and same and self.day < period[1]:
            # A ledger has the day of each project, and not its month alone.
            short = split_at(self.given.counts, self.own, same[1])
            days = Reached(record(short, self.given.plan), self.wanted, self.given.plan)
        return find_changes(self.reached, self.table, self.start, period, self.day, days)


@functools.lru_cache(maxsize=8)
def _find_targets(plan: Plan, horizon: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return what a plan targets, once for every state of it: nothing of it is written to.

    Returns
    -------
    tuple of DataFrame
        Every level and horizon: keys and `value`; one horizon: keys, `target`, `dashed`; the
        finest targets above zero of it.
    """
    whole = complete_targets(plan)
    whole = whole[whole["measure"].isin(_list_accumulating(plan))]
    own = whole[whole["horizon"] == horizon].rename(columns={"value": "target"})
    targets = own[[*KEYS, "target"]].assign(dashed=True)
    return whole, targets, find_leaves(own[own["target"] > 0], plan)


def _list_accumulating(plan: Plan) -> list[str]:
    return [str(m) for m in plan.measures.index if plan.accumulates(str(m))]


def _order(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Order cells as the plan's tables do, the whole before its parts."""
    ranks = {name: plan.table(name).index.get_indexer(table[name].to_numpy()) for name in CELL}
    order = pd.DataFrame(ranks).sort_values(CELL).index
    return table.iloc[order].reset_index(drop=True)
