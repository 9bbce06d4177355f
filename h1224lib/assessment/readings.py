"""Readings: which ranks hold under every rule, and what other weights would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from h1224lib.assessment.aggregation import METHODS
from h1224lib.assessment.basis import list_basis
from h1224lib.assessment.grid import Draws, Grid, Numbers
from h1224lib.assessment.handed_in import Given
from h1224lib.assessment.ranges import Readings, compare_ranks, look_up, sum_up
from h1224lib.assessment.rules import GIVEN, Rule, list_rules, name_apart, read_rule
from h1224lib.assessment.scoring import Asked
from h1224lib.assessment.sheet import Sheet, fill_sheet
from h1224lib.assessment.submissions import read_submissions
from h1224lib.assessment.treatments import Treatment, list_treatments, read_treatment
from h1224lib.errors import ComparisonError
from h1224lib.findings import Finding
from h1224lib.plan.model import Plan
from h1224lib.progress import State
from h1224lib.provenance import list_marks
from h1224lib.synthetic import say_mark

# Pairs of more areas than these are worked out only where they are asked for.
MANY = 100
PRINTED, EQUAL, WITHOUT = "printed", "equal", "without"


@dataclass(frozen=True, eq=False)
class Variation:
    """Ranks under every reading of the rules, and apart from them under other weights.

    Attributes
    ----------
    sheet : Sheet
        What was assessed.
    rule, treatment
        The nominal reading.
    rules : Readings
        Rules x treatments, with the printed weights: readings of what the plan leaves open.
    named : Readings
        What if: equal weights, one industry left out; nominal rule and treatment.
    means : Readings
        What if: geometric and harmonic means under the printed weights; rule and treatment too.
    drawn : Readings
        What if: weights w (1 + U(-f, f)), drawn at random with `seed`.
    matters : DataFrame
        One row a reading of `rules`: leading (the area ahead), areas_moved (whose rank is another
        than the nominal, among those that both rank), places_moved (the most of one),
        pairs_reversed (pairs whose order is turned round); the farthest from the nominal first.
    what_if : DataFrame
        The same of `named` and `means`, which the plan does not leave open.
    crossed : dict
        Each rule, by its name in the tables; the nominal one last.
    treatments : list of Treatment
        The treatments that the rules were crossed with.
    lacking : dict
        How many results, departments' marks and daily items the nominal reading lacks.
    spread : float
        f.
    seed : int
        Of the random draws.
    findings : list of Finding
        What a reader should know.
    """

    sheet: Sheet
    rule: Rule
    treatment: Treatment
    rules: Readings
    named: Readings
    means: Readings
    drawn: Readings
    matters: pd.DataFrame
    what_if: pd.DataFrame
    crossed: Mapping[str, Rule]
    treatments: Sequence[Treatment]
    lacking: Mapping[str, int]
    spread: float
    seed: int
    findings: list[Finding] = field(default_factory=list)

    @property
    def basis(self) -> pd.DataFrame:
        """What each rule, treatment and daily formula does, as `list_basis` returns it."""
        return list_basis(self.sheet, self.crossed.values(), [self.treatment, *self.treatments])

    @property
    def table(self) -> pd.DataFrame:
        """`rules.table`, and median, rank_low, rank_high of `drawn`, with ``_weights``."""
        other = self.drawn.table.set_index("area")[["median", "rank_low", "rank_high"]]
        table = self.rules.table.join(other.add_suffix("_weights"), on="area")
        return table.assign(**list_marks(self.sheet.state.table))

    @property
    def pairs(self) -> pd.DataFrame:
        """`rules.pairs`, with the first's shares under other weights, drawn and named.

        holds_all says whether the order is the same under every rule and all other weights,
        holds_means whether it is under the geometric and the harmonic mean, which change none.
        """
        table = self.rules.pairs.copy()
        agree = table["holds"].astype(bool)
        for name, other in (("weights", self.drawn.pairs), ("named", self.named.pairs)):
            shares = look_up(other, table)
            table[f"share_{name}"] = shares
            agree &= (shares == 1).fillna(False).astype(bool)
        means = (look_up(self.means.pairs, table) == 1).fillna(False).astype(bool)
        marked = list_marks(self.sheet.state.table)
        return table.assign(holds_all=agree, holds_means=means, **marked)

    def mark(self, lang: str) -> str:
        """Return what pictures of made-up results say inside; nothing for real ones."""
        return say_mark(lang) if self.sheet.state.synthetic else ""


def vary(
    plan: Plan,
    state: State,
    year: int | str = 2023,
    rule: Asked = "capped",
    not_applicable: str = "renormalise",
    daily: Given | None = None,
    *,
    marks: Given | None = None,
    daily_rule: str | Path | Mapping[str, Any] | None = None,
    rules: Iterable[Asked] | None = None,
    treatments: Iterable[str] | None = None,
    readings: int = 10_000,
    spread: float = 0.25,
    seed: int = 1224,
    pairs: bool | None = None,
    policy: Any = "even",
    profile: Any = "even",
) -> Variation:
    """Rank areas under every reading of the rules and, apart from them, under other weights.

    Parameters
    ----------
    plan, state, year, daily, marks, daily_rule, policy, profile
        As `assess` takes them.
    rule, not_applicable
        The nominal reading.
    rules, treatments : iterable, optional
        The readings to cross; by default all that ship (``given`` only where there are marks).
        Rules of one's own are told apart by their names.
    readings : int
        How many weights to draw: each industry's w (1 + U(-spread, spread)), then to a sum of 1.
    spread : float
        f, from 0 to 1.
    seed : int
        Of the draws; the same seed gives the same result.
    pairs : bool, optional
        Work out who beats whom; by default for up to 100 areas.

    Returns
    -------
    Variation
        Shares of readings, which are not probabilities: nobody has said how likely a rule is.

    Raises
    ------
    ComparisonError
        `readings` or `spread` cannot be, or there are no rules or treatments to cross.
    UnknownNameError, ScheduleError, ActualsError
        As `assess` raises them.

    Notes
    -----
    M. Saisana, A. Saltelli, S. Tarantola, Uncertainty and sensitivity analysis techniques as
    tools for the quality assessment of composite indicators, JRSS A 168 (2005) 307-323.

    Examples
    --------
    >>> from h1224lib import load_plan, measure_progress, read_actuals
    >>> plan = load_plan("dazhou-2019")
    >>> state = measure_progress(plan, read_actuals(None, plan), "2019-03-31")
    >>> len(vary(plan, state).table)
    0
    """
    nominal = read_rule(rule), read_treatment(not_applicable)
    handed_in = read_submissions(plan, marks, daily, daily_rule)
    sheet = fill_sheet(plan, state, str(year), policy, profile, handed_in)
    names = [name for name in list_rules() if handed_in.marks or name != GIVEN]
    crossed = [read_rule(entry) for entry in (names if rules is None else rules)]
    kept = dict.fromkeys(list_treatments() if treatments is None else treatments)
    if lacking := [n for n, some in (("rules", crossed), ("treatments", kept)) if not some]:
        raise ComparisonError("assessment_nothing_to_cross", names=lacking)
    others = [read_treatment(name) for name in kept]
    return vary_sheet(sheet, nominal, crossed, others, Draws(readings, spread, seed), pairs)


class Reading(NamedTuple):
    """One reading: a rule, a treatment, weights by name (and the industry left out), a mean."""

    rule: Rule
    treatment: Treatment
    name: str
    industry: str
    weights: Numbers
    method: str = METHODS[0]


def vary_sheet(
    sheet: Sheet,
    nominal: tuple[Rule, Treatment],
    rules: Sequence[Rule],
    treatments: Sequence[Treatment],
    draws: Draws,
    pairs: bool | None = None,
) -> Variation:
    """Vary a sheet that is filled in already, as `vary` does."""
    from h1224lib.assessment.telling_readings import count_lacking, tell_variation

    # The nominal rule comes first, and so keeps its name.
    rule, *apart = name_apart([nominal[0], *rules])
    nominal, crossed = (rule, nominal[1]), {own.name: own for own in apart}
    grid = Grid(sheet)
    weights = np.array([float(w) for w in sheet.items.weights])
    wanted = len(sheet.areas) <= MANY if pairs is None else pairs
    base = grid.total(*nominal, weights[None, :])
    by_rule, by_name, by_mean = (
        _rank_readings(grid, list(own), base, wanted)
        for own in (
            _cross_rules(list(crossed.values()), treatments, weights),
            _name_weights(sheet, nominal, weights),
            _name_means(nominal, weights),
        )
    )
    made = Variation(
        sheet=sheet,
        rule=rule,
        treatment=nominal[1],
        rules=by_rule,
        named=by_name,
        means=by_mean,
        drawn=sum_up(sheet, base, grid.total(*nominal, draws.draw(weights)), [], wanted),
        matters=compare_ranks([by_rule], base, sheet),
        what_if=compare_ranks([by_name, by_mean], base, sheet),
        crossed={**crossed, rule.name: rule},
        treatments=treatments,
        lacking=count_lacking(grid, rule),
        spread=draws.spread,
        seed=draws.seed,
    )
    made.findings.extend(tell_variation(made))
    return made


def _cross_rules(
    rules: Sequence[Rule], treatments: Sequence[Treatment], weights: Numbers
) -> Iterator[Reading]:
    """Yield every rule with every treatment, with the printed weights."""
    for rule, treatment in product(rules, treatments):
        yield Reading(rule, treatment, PRINTED, "all", weights)


def _name_means(nominal: tuple[Rule, Treatment], weights: Numbers) -> Iterator[Reading]:
    """Yield the means other than the sum that the printed weights may go into."""
    for method in METHODS[1:] if len(weights) else ():
        yield Reading(*nominal, method, "all", weights, method)


def _name_weights(
    sheet: Sheet, nominal: tuple[Rule, Treatment], weights: Numbers
) -> Iterator[Reading]:
    """Yield the weights that have names: equal ones, and those without one industry."""
    count = len(weights)
    if not count:
        return
    yield Reading(*nominal, EQUAL, "all", np.full(count, 1 / count))
    for at, industry in enumerate(sheet.items.industries if count > 1 else []):
        kept = weights * (np.arange(count) != at)
        yield Reading(*nominal, WITHOUT, industry, kept / kept.sum())


def _rank_readings(grid: Grid, readings: list[Reading], base: Numbers, pairs: bool) -> Readings:
    """Return what readings say, each by its own rule, treatment, weights and mean."""
    points = [np.empty((0, len(grid.sheet.areas)))]
    points += [grid.total(r.rule, r.treatment, r.weights[None, :], r.method) for r in readings]
    labels = [(r.rule.name, r.treatment.name, r.name, r.industry) for r in readings]
    return sum_up(grid.sheet, base, np.concatenate(points), labels, pairs)
