"""The state of a plan on one day: one table, and what is asked of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from h1224lib import wording
from h1224lib.allocation import main_measure
from h1224lib.findings import Finding
from h1224lib.hierarchy import children, inside
from h1224lib.plan.model import DIMENSIONS, KEYS, Plan
from h1224lib.progress.ceilings import find_ceilings
from h1224lib.progress.earlier import MOVEMENTS
from h1224lib.progress.expected import reports_months
from h1224lib.progress.lights import Rule, read_rule
from h1224lib.progress.own import Own
from h1224lib.progress.telling import name_behind, sum_up, tell_running, tell_unplanned
from h1224lib.synthetic import DATA_KIND, say_mark

if TYPE_CHECKING:
    from h1224lib.ledger.count import Count

# The columns that there is room for on a screen; csv and json have all of them.
SHOWN = [
    *KEYS, "unit", "target", "scheduled", "actual", "completion", "gap", "lead_pp", "rank",
    "light", "new", "change_before", "change_last_year", "spi_t", DATA_KIND,
]  # fmt: skip


def list_shown(state: State) -> list[str]:
    """List the columns that there is room for; with a ledger before, what moved since as well.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
    >>> "entered" in list_shown(state)
    False
    """
    if state.previous is None:
        return SHOWN
    at = SHOWN.index("new") + 1
    return [*SHOWN[:at], *MOVEMENTS, *SHOWN[at:]]


@dataclass(frozen=True, eq=False)
class State:
    """The state of a plan on one day.

    Attributes
    ----------
    plan : Plan
        Whose targets these are.
    table : DataFrame
        One row a cell, totals and parts "of which" included:

        - measure, area, industry, project_type, horizon, unit;
        - target, scheduled, actual, gap (scheduled - actual: positive is behind), shortfall (the
          gap where it is positive, else 0), all in `unit`;
        - schedule and completion (shares of the target), lead_pp (completion - schedule,
          percentage points: positive is ahead); why (there is no completion: ``dash``, ``zero``,
          ``no_target``, ``small_base``, ``no_result``, ``ceiling``; ``""`` where there is one).
          Of a ceiling less is better: gap is actual - scheduled, lead_pp, rank and light turn
          with it, so that behind and ahead mean what they say, and there is no completion;
        - rank (by completion within the level, ties share the best place), light (a code of
          `rule`, or ``""``);
        - new (reached within `period`), new_before (in the period before it), new_last_year (in
          the same one a year ago; in the same days of it where the period has not ended),
          change_before and change_last_year (new less these), in `unit`, <NA> where results do
          not cover those days;
        - entered, left, corrected (since the ledger before, in `unit`: actual = actual then +
          entered - left + corrected; without one, entered is `new`);
        - unplanned (an actual where others of the level have a target, and this cell has none);
        - earned (earned schedule, in quarters, or months in a month's state), spi_t (earned over
          the periods that have passed; both <NA> where nothing is scheduled and nothing done);
        - data_kind, ``synthetic`` in every row, if any result is made up;
        - counting_rule, in both languages, if a ledger was counted.
    as_of : date
        The day that the state speaks for.
    schedule : str
        How much of a target is expected by then: ``quarters``, ``days``, ``printed``,
        ``phased``, or ``own``.
    basis : tuple of Finding
        What the results rest on: if they are made up, what a ledger counts and by which rule.
    synthetic : bool
        Whether any result is made up: every picture and table of it says so.
    sources : tuple of Finding
        Where the results are from, with the measures that each gives.
    period : str
        What `new` is about.
    lights : str
        The rule of lights: ``points30``, ``half``, ``quarterly``, or ``own``.
    rule : Rule
        That rule.
    counts : tuple of Count
        The ledgers counted.
    actuals : DataFrame
        What was measured, in the columns of `read_actuals`.
    previous : Count, optional
        The ledger before, counted on its own day.
    small_base : float
        A count's target below it has no completion.
    own : Own, optional
        The schedule, where it is one's own and not one that the library has a name for.
    findings : list of Finding
        What a reader should know; the first is about the whole.
    """

    plan: Plan
    table: pd.DataFrame
    as_of: dt.date
    schedule: str
    basis: tuple[Finding, ...] = ()
    synthetic: bool = False
    sources: tuple[Finding, ...] = ()
    period: str = ""
    lights: str = "points30"
    rule: Rule = field(default_factory=lambda: read_rule("points30"))
    counts: tuple[Count, ...] = ()
    actuals: pd.DataFrame = field(default_factory=pd.DataFrame)
    previous: Count | None = None
    small_base: float = 5
    own: Own | None = None

    @property
    def against(self) -> str:
        """What findings call the schedule: by equal months, in a month's state by equal parts."""
        monthly = reports_months(self.period or None, self.as_of)
        return "months" if monthly and self.schedule == "quarters" else self.schedule

    @property
    def findings(self) -> list[Finding]:
        """What a reader should know: the whole, areas, what is unplanned, what it rests on."""
        told = [*name_behind(self), *tell_unplanned(self), *tell_running(self)]
        return [sum_up(self), *told, *self.basis]

    def mark(self, lang: str) -> str:
        """Return what pictures of made-up results say inside; nothing for real ones."""
        return say_mark(lang) if self.synthetic else ""

    def rules(self, lang: str) -> list[str]:
        """Word the rules by which ledgers were counted, for the foot of a picture."""
        return [f.say(lang) for f in self.basis if f.kind == "ledger_counting_rule"]

    def cite(self, lang: str) -> str:
        """Name the plan and what the results of its main measure are from, as a source line."""
        own = [s.say(lang) for s in self.sources if self.measure in s.numbers["measures"]]
        return wording.say("source_all", lang, items=[self.plan.cite(lang), *own])

    @property
    def measure(self) -> str:
        """The measure that the plan is about; others are asked for by name."""
        return main_measure(self.plan)

    def cell(self, measure: str | None = None, **codes: str) -> pd.Series:
        """Return the row of one cell; dimensions that are not named are ``all``.

        Examples
        --------
        >>> from h1224lib import load_plan, measure_progress, read_actuals
        >>> plan = load_plan("dazhou-2019")
        >>> state = measure_progress(plan, read_actuals(None, plan), as_of="2019-03-31")
        >>> float(state.cell(area="kaijiang").gap)
        2.075
        """
        rows = self.table[self.table["measure"] == (measure or self.measure)]
        for dimension in DIMENSIONS:
            rows = rows[rows[dimension] == codes.get(dimension, "all")]
        return rows.iloc[0] if len(rows) else pd.Series(dtype=object)

    def level(self, by: Sequence[str], measure: str | None = None) -> pd.DataFrame:
        """Return the cells of a measure that add up to the whole over the dimensions `by`.

        Parts "of which", intermediate levels and totals are left out.
        """
        rows = self.table[self.table["measure"] == (measure or self.measure)]
        for dimension in DIMENSIONS:
            if dimension in by:
                above = {"all", *children(self.plan, dimension), *inside(self.plan, dimension)}
                rows = rows[~rows[dimension].isin(above)]
            else:
                rows = rows[rows[dimension] == "all"]
        return rows

    def has_ceilings(self, measure: str | None = None) -> bool:
        """Tell whether less is better in any of a measure's cells; by default of `measure`."""
        cells = self.table[self.table["measure"] == (measure or self.measure)]
        return bool(find_ceilings(cells, self.plan).any())

    def shortfalls(self, measure: str | None = None) -> pd.DataFrame:
        """Add up gaps and surpluses at each level: the finer the level, the more falls short.

        Returns
        -------
        DataFrame
            by (the dimensions that the level names), shortfall and surplus (in the measure's
            unit), behind (cells with a gap above zero), of (cells with a gap known).

        Examples
        --------
        >>> from h1224lib import load_plan, measure_progress, read_actuals
        >>> plan = load_plan("dazhou-2019")
        >>> results = read_actuals(None, plan)
        >>> state = measure_progress(plan, results, "2019-03-31", schedule="printed")
        >>> state.shortfalls().values.tolist()
        [[(), 0.0, 10.0, 0, 1], [('area',), 2.1, 12.1, 2, 9]]
        """
        rows = []
        for size in range(len(self.plan.dimensions) + 1):
            for by in combinations(self.plan.dimensions, size):
                # The shortest decimal that a float is nearest to is the number meant.
                gaps = [Fraction(repr(float(g))) for g in self.level(by, measure)["gap"].dropna()]
                short = sum((g for g in gaps if g > 0), Fraction(0))
                ahead = -sum((g for g in gaps if g < 0), Fraction(0))
                behind = sum(g > 0 for g in gaps)
                rows.append((by, float(short), float(ahead), behind, len(gaps)))
        return pd.DataFrame(rows, columns=["by", "shortfall", "surplus", "behind", "of"])

    def trace(self, measure: str | None = None, **codes: str) -> pd.DataFrame:
        """Return the rows behind the actual of a cell, with a column `value` that sums to it.

        Parameters
        ----------
        measure : str, optional
            By default the one that the plan is about.
        **codes
            Dimension -> code; dimensions that are not named are ``all``.
        """
        from h1224lib.progress.tracing import trace_cell

        return trace_cell(self, measure or self.measure, **codes)
