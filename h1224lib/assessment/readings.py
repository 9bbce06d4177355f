"""Readings: which ranks hold under every rule, and what other weights would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from h1224lib.assessment.aggregation import METHODS
from h1224lib.assessment.grid import Draws, Grid, Numbers
from h1224lib.assessment.ranks import count_wins, rank_rows, spread_ranks
from h1224lib.assessment.rules import (
    GIVEN,
    Rule,
    Treatment,
    list_rules,
    list_treatments,
    name_apart,
    read_rule,
    read_treatment,
)
from h1224lib.assessment.scoring import Asked
from h1224lib.assessment.sheet import Sheet, fill_sheet
from h1224lib.assessment.submissions import Given, Key, read_daily, read_marks
from h1224lib.errors import ComparisonError
from h1224lib.findings import Finding, Label
from h1224lib.plan.model import Plan
from h1224lib.progress import State
from h1224lib.provenance import list_marks
from h1224lib.synthetic import say_mark

QUANTILES = (0.5, 0.05, 0.95)
TABLE = ["area", "nominal", "median", "rank_low", "rank_high", "best", "worst", "readings"]
PAIRS = ["area", "versus", "share", "share_tied", "readings", "holds"]
READINGS = ["rule", "not_applicable", "weights", "industry", "area", "points", "rank"]
LABEL = READINGS[:4]
# Pairs of more areas than these are worked out only where they are asked for.
MANY = 100
PRINTED, EQUAL, WITHOUT = "printed", "equal", "without"


@dataclass(frozen=True, eq=False)
class Readings:
    """What a set of readings says of ranks.

    Attributes
    ----------
    table : DataFrame
        One row an area, in the order of the nominal ranks: nominal, median, rank_low and rank_high
        (5 % and 95 % of readings), best, worst (ranks; <NA> where never ranked), readings (in which
        it is ranked).
    pairs : DataFrame
        One row a pair, who is ahead more often first: share and share_tied (of the readings
        that rank both: the first is ahead, both are level), readings, holds (the order never
        changes).
        No rows where pairs were not asked for.
    readings : DataFrame
        One row a reading and area: rule, not_applicable, weights, industry (the one left out,
        else ``all``), points, rank; no rows where readings were drawn at random.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    readings: pd.DataFrame


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
    names : dict
        What each rule is called, by its name in the tables.
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
    names: Mapping[str, Label]
    lacking: Mapping[str, int]
    spread: float
    seed: int
    findings: list[Finding] = field(default_factory=list)

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
            shares = _look_up(other, table)
            table[f"share_{name}"] = shares
            agree &= (shares == 1).fillna(False).astype(bool)
        means = (_look_up(self.means.pairs, table) == 1).fillna(False).astype(bool)
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
    plan, state, year, daily, marks, policy, profile
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
    sheet = fill_sheet(plan, state, str(year), policy, profile)
    given = read_marks(marks, plan)
    nominal = read_rule(rule), read_treatment(not_applicable)
    names = [name for name in list_rules() if given or name != GIVEN]
    crossed = [read_rule(entry) for entry in (names if rules is None else rules)]
    kept = dict.fromkeys(list_treatments() if treatments is None else treatments)
    if not crossed or not kept:
        lacking = [n for n, some in (("rules", crossed), ("treatments", kept)) if not some]
        raise ComparisonError("assessment_nothing_to_cross", names=lacking)
    return vary_sheet(
        sheet,
        nominal,
        crossed,
        [read_treatment(name) for name in kept],
        given,
        read_daily(daily, plan),
        Draws(readings, spread, seed),
        pairs,
    )


def vary_sheet(
    sheet: Sheet,
    nominal: tuple[Rule, Treatment],
    rules: Sequence[Rule],
    treatments: Sequence[Treatment],
    marks: Mapping[Key, Fraction],
    daily: Mapping[Key, Fraction],
    draws: Draws,
    pairs: bool | None = None,
) -> Variation:
    """Vary a sheet that is filled in already, as `vary` does."""
    from h1224lib.assessment.telling import tell_variation

    # The nominal rule comes first, and so keeps its name.
    nominal_rule, *apart = name_apart([nominal[0], *rules])
    nominal, rules = (nominal_rule, nominal[1]), list({r.name: r for r in apart}.values())
    grid = Grid(sheet, marks, daily)
    weights = np.array([float(w) for w in sheet.items.weights])
    wanted = len(sheet.areas) <= MANY if pairs is None else pairs
    base = grid.total(*nominal, weights[None, :])
    crossed = [(rule, treatment) for rule in rules for treatment in treatments]
    points = [grid.total(rule, treatment, weights[None, :]) for rule, treatment in crossed]
    labels: list[tuple[str, ...]]
    labels = [(rule.name, treatment.name, PRINTED, "all") for rule, treatment in crossed]
    first = _sum_up(sheet, base, _stack(points, sheet), labels, wanted)
    second, means = (
        _weigh(grid, nominal, others, base, wanted)
        for others in (list(_name_weights(sheet, weights)), _name_means(weights))
    )
    drawn = draws.draw(weights) if len(weights) else np.empty((0, 0))
    third = _sum_up(sheet, base, grid.total(*nominal, drawn), [], wanted)
    made = Variation(
        sheet,
        *nominal,
        first,
        second,
        means,
        third,
        _compare([first], base, sheet),
        _compare([second, means], base, sheet),
        {rule.name: rule.label for rule in (*rules, nominal[0])},
        _count_lacking(grid, nominal[0]),
        draws.spread,
        draws.seed,
    )
    made.findings.extend(tell_variation(made))
    return made


def _name_weights(sheet: Sheet, weights: Numbers) -> Iterable[tuple[str, str, Numbers, str]]:
    """Yield the weights that have names: equal ones, and those without one industry."""
    count = len(weights)
    if not count:
        return
    yield EQUAL, "all", np.full(count, 1 / count), METHODS[0]
    for at, industry in enumerate(sheet.items.industries if count > 1 else []):
        kept = weights * (np.arange(count) != at)
        yield WITHOUT, industry, kept / kept.sum(), METHODS[0]


def _name_means(weights: Numbers) -> list[tuple[str, str, Numbers, str]]:
    """Return the means, other than the sum, that the printed weights may go into."""
    return [(method, "all", weights, method) for method in METHODS[1:] if len(weights)]


def _weigh(
    grid: Grid,
    nominal: tuple[Rule, Treatment],
    others: list[tuple[str, str, Numbers, str]],
    base: Numbers,
    pairs: bool,
) -> Readings:
    """Return what the nominal rule says under other weights or means."""
    points = [grid.total(*nominal, own[None, :], method) for *_, own, method in others]
    labels = [(nominal[0].name, nominal[1].name, *named) for *named, _, _ in others]
    return _sum_up(grid.sheet, base, _stack(points, grid.sheet), labels, pairs)


def _count_lacking(grid: Grid, rule: Rule) -> dict[str, int]:
    """Count what the nominal reading lacks."""
    from h1224lib.assessment.telling import word_lacking

    industries = int(np.isnan(grid.score(rule)[0]).sum())
    return word_lacking(industries, grid.count_daily(), rule)


def _stack(points: list[Numbers], sheet: Sheet) -> Numbers:
    return np.concatenate(points) if points else np.empty((0, len(sheet.areas)))


def _sum_up(
    sheet: Sheet,
    base: Numbers,
    points: Numbers,
    labels: Sequence[tuple[str, ...]],
    pairs: bool,
) -> Readings:
    """Return what readings say of ranks: a row each, whose labels there may be."""
    places = rank_rows(points)
    quantiles, counts = spread_ranks(places, (*QUANTILES, 0.0, 1.0))
    columns = dict(zip(TABLE[2:7], quantiles, strict=True))
    nominal = rank_rows(base)[0]
    table = pd.DataFrame({"area": list(sheet.areas), "nominal": nominal, **columns})
    table["readings"] = counts
    table = table.iloc[np.lexsort((np.arange(len(table)), nominal, nominal == 0))]
    ranks = TABLE[1:7]
    table[ranks] = table[ranks].astype("Float64").round().astype("Int64")
    table["nominal"] = table["nominal"].mask(table["nominal"] == 0)
    found = _pair_up(sheet, points, table["area"].tolist()) if pairs else _no_pairs()
    areas = list(sheet.areas)
    rows = [
        (*label, area, None if np.isnan(p) else float(p), int(r) or None)
        for label, own, place in zip(labels, points, places, strict=False)
        for area, p, r in zip(areas, own, place, strict=True)
    ]
    told = pd.DataFrame(rows, columns=READINGS).astype({"points": "Float64", "rank": "Int64"})
    return Readings(table.reset_index(drop=True), found, told)


def _no_pairs() -> pd.DataFrame:
    types = {"share": "Float64", "share_tied": "Float64", "readings": "Int64", "holds": bool}
    return pd.DataFrame(columns=PAIRS).astype(types)


def _pair_up(sheet: Sheet, points: Numbers, order: list[str]) -> pd.DataFrame:
    """Return a row a pair: who is ahead more often, in which share of the readings."""
    wins, both = count_wins(points)
    at = {area: place for place, area in enumerate(sheet.areas)}
    rows = []
    for place, area in enumerate(order):
        for other in order[place + 1 :]:
            one, two = at[area], at[other]
            if wins[two, one] > wins[one, two]:
                one, two = two, one
            count = int(both[one, two])
            if count:
                ahead, behind = int(wins[one, two]), int(wins[two, one])
                level = (count - ahead - behind) / count
                names = sheet.areas[one], sheet.areas[two]
                rows.append((*names, ahead / count, level, count, ahead == count))
    return pd.DataFrame(rows, columns=PAIRS) if rows else _no_pairs()


def _look_up(other: pd.DataFrame, wanted: pd.DataFrame) -> pd.Series:
    """Return in which share of other readings the first of each wanted pair is ahead."""
    shares: dict[Key, float] = {}
    for row in other.itertuples(index=False):
        shares[row.area, row.versus] = row.share
        shares[row.versus, row.area] = 1 - row.share - row.share_tied
    found = [shares.get(key) for key in zip(wanted["area"], wanted["versus"], strict=True)]
    # What is left of 1 after two decimals in binary is rounded back to a share.
    return pd.Series(found, index=wanted.index, dtype="Float64").round(12)


def _compare(sets: list[Readings], base: Numbers, sheet: Sheet) -> pd.DataFrame:
    """Set each reading's ranks against the nominal ones, the farthest first."""
    nominal = dict(zip(sheet.areas, rank_rows(base)[0], strict=True))
    rows = []
    for readings in (one.readings for one in sets):
        for label, own in readings.groupby(LABEL, sort=False):
            kept = own[own["rank"].notna() & own["area"].map(lambda a: nominal[a] > 0)]
            # Among those that both rank, so that nobody moves because another is left out.
            now = _rank_again(kept["rank"].to_numpy(dtype=np.float64))
            then = _rank_again(np.array([nominal[area] for area in kept["area"]], dtype=float))
            sign = np.sign(now[:, None] - now) * np.sign(then[:, None] - then)
            rows.append(
                {
                    **dict(zip(LABEL, label, strict=True)),
                    "leading": ";".join(own.loc[own["rank"] == 1, "area"]),
                    "areas_moved": int((now != then).sum()),
                    "places_moved": int(np.abs(now - then).max(initial=0)),
                    "pairs_reversed": int((sign < 0).sum() // 2),
                }
            )
    columns = [*LABEL, "leading", "areas_moved", "places_moved", "pairs_reversed"]
    table = pd.DataFrame(rows, columns=columns)
    keys = ["pairs_reversed", "areas_moved", "places_moved"]
    table = table.sort_values(keys, ascending=False, kind="stable").reset_index(drop=True)
    return table.assign(**list_marks(sheet.state.table))


def _rank_again(places: Numbers) -> npt.NDArray[np.int32]:
    return rank_rows(-places[None, :])[0]
