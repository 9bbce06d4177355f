"""Phasing a plan: every measure by its kind, one table, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from h1224lib.errors import ScheduleError, UnknownNameError
from h1224lib.findings import Finding
from h1224lib.hierarchy import target_measures
from h1224lib.phasing.counts import Phased, phase_counts
from h1224lib.phasing.ends import SIZES
from h1224lib.phasing.inner import phase_parts
from h1224lib.phasing.levels import trace_levels
from h1224lib.phasing.listing import tabulate
from h1224lib.phasing.months import split_quarters
from h1224lib.phasing.policies import Policy, Profile, read_policy, read_profiles
from h1224lib.phasing.sums import rate_rounding, sum_table, violation_columns, violation_table
from h1224lib.phasing.tell import name_measures, tell_counts, tell_parts
from h1224lib.plan.model import DIMENSIONS, Plan
from h1224lib.steps import from_steps, narrow, step_of

COLUMNS = ["measure", *DIMENSIONS, "period", "value", "unit", "figure_id"]
BESIDE = ["cumulative", "unrounded", "computed"]


@dataclass(frozen=True, eq=False)
class Phasing:
    """Targets spread over time: computed, and never the plan's own word.

    Attributes
    ----------
    plan : Plan
        Whose targets.
    policy, profile : object
        As they were asked for.
    phase : str
        ``quarter`` or ``month``.
    table : DataFrame
        The columns of ``plan.targets`` with `period` for horizon, one row a cell and period:
        `value` in `unit` (<NA> where the plan prints "-"), `figure_id` of the number that is
        spread; then cumulative and unrounded (the exact cumulative value, both in `unit`),
        computed (False where the plan prints that very number).
    sums : DataFrame
        The same for every sum: areas, industries, types, their pairs, the total.
    parts : DataFrame
        The same for parts "of which": in no sum, and never above their whole.
    quality : DataFrame
        One row a measure that accumulates: cells, sums, periods, deviation and bound (in steps),
        gap (share of the deviation), optimal, violations, moved_cell and moved_sum (the
        farthest that rounding moved one, in steps).
    violations : DataFrame
        Sums that lie a step or more from their exact value: keys, period, unrounded,
        cumulative, beyond (in steps); empty where there is a table without.
    findings : list of Finding
        What a reader should know.
    """

    plan: Plan
    policy: Any
    profile: Any
    phase: str
    table: pd.DataFrame
    sums: pd.DataFrame
    parts: pd.DataFrame
    quality: pd.DataFrame
    violations: pd.DataFrame
    findings: list[Finding]

    def as_targets(self) -> pd.DataFrame:
        """Return the table with each period as a horizon, for `roll_up` and `add_totals`."""
        return self.table.rename(columns={"period": "horizon"})

    def by_measure(self, table: pd.DataFrame) -> list[pd.DataFrame]:
        """Return a table's rows by measure: each has its own step, and so its own decimals."""
        return [rows for _, rows in table.groupby("measure", sort=False)]

    def complete(self) -> pd.DataFrame:
        """Return the table, then every sum, then the parts "of which"; no cell twice.

        Where one horizon prints a cell and another prints finer ones below it, the sum holds
        both, and stands for the cell.
        """
        keys = ["measure", *DIMENSIONS]
        among = pd.MultiIndex.from_frame(self.table[keys]).isin(
            pd.MultiIndex.from_frame(self.sums[keys])
        )
        return _join([self.table[~among], self.sums, self.parts])


def phase_targets(
    plan: Plan,
    policy: Any = "even",
    profile: Any = "even",
    phase: str = "quarter",
    measures: Iterable[str] | None = None,
) -> Phasing:
    """Spread a plan's targets over years and quarters in whole steps that add up.

    At the end of each period every cell and every sum of cells lies within less than one step
    of its exact value, never falls, and meets what is printed; among all such tables the total
    distance is the least, or the gap to the least is stated. Where there is no such table, the
    sums that give way are the fewest, by the least.

    Parameters
    ----------
    plan : Plan
        Gives the targets. "-" in a horizon stays "-" in its periods, and what the horizon around
        it prints falls into the others; zero stays zero.
    policy : str or mapping
        Over years: ``even``; ``growing`` at the rate that links the first year to the whole;
        ``front_loaded``, by the sum of the years' digits; or year -> weight. A measure with a
        year that the weights lack takes even years, and a finding says so; where every
        one that runs over years lacks it, the weights are refused.
    profile : str, sequence or mapping
        Over a year's quarters: ``even``; ``half_by_midyear`` (双过半: 20/30/25/25);
        ``15/25/30/30`` or other weights; or area or industry -> one of these.
    phase : str
        ``quarter`` or ``month``. Months go from one whole quarter's end to the next: quarters
        are to them what printed horizons are to quarters, and the exact value is the way
        between.
    measures : iterable of str, optional
        By default every measure that carries targets.

    Returns
    -------
    Phasing
        `table`, `sums`, `parts`, `quality`, `violations`, `findings`. Stocks and levels follow
        a straight path between printed numbers; rates are not phased.

    Raises
    ------
    ScheduleError
        The policy, profile or phase is unknown, or cannot be had for this plan.
    UnknownNameError
        A measure carries no targets.

    Notes
    -----
    Controlled rounding, after L. H. Cox and L. R. Ernst, Controlled rounding, INFOR 20 (1982)
    423-432, with sums at every level and time; solved as a linear program, then as an integer
    program where fractions remain.

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> phased = phase_targets(load_plan(), measures=["projects"])
    >>> total = phased.sums.query("area == industry == project_type == 'all'")
    >>> total.cumulative.tolist()
    [76, 151, 227, 303, 390, 477, 564, 651, 739, 826, 913, 1000]
    """
    if phase not in SIZES:
        raise ScheduleError("unknown_phase", found=phase, known=list(SIZES))
    spread, profiles = read_policy(policy), read_profiles(profile, plan)
    chosen = _choose(plan, measures)
    levels = []
    said: dict[str, list[str]] = {}
    for measure in (m for m in chosen if not plan.accumulates(m)):
        rows, kind = trace_levels(plan, measure, SIZES[phase])
        levels.append((measure, rows))
        said.setdefault(kind, []).append(measure)
    counted, without = _phase_each(
        plan, [m for m in chosen if plan.accumulates(m)], spread, profiles
    )
    said |= {"phasing_no_weights": without} if without else {}
    shown = [split_quarters(part) for part in counted] if phase == "month" else counted
    tables = [_in_units(tabulate(p, plan), p, plan) for p in shown]
    tables += [_level_table(rows, measure, plan) for measure, rows in levels if rows]
    inner = [part for p in shown if (part := phase_parts(plan, p, profiles)) is not None]
    findings = [Finding("phasing_mark", "note"), *tell_counts(shown, plan)]
    findings += tell_parts(inner, plan)
    for kind, named in said.items():
        findings += name_measures(kind, named, plan)
    return Phasing(
        plan,
        policy,
        profile,
        phase,
        _join(tables),
        _join([sum_table(p, plan) for p in shown]),
        _join([_in_units(tabulate(p, plan), p, plan) for p in inner]),
        pd.DataFrame([rate_rounding(p) for p in shown]),
        _stack([violation_table(p, plan) for p in shown]),
        findings,
    )


def _phase_each(
    plan: Plan,
    measures: list[str],
    policy: Policy,
    profiles: Mapping[tuple[str, str], Profile],
) -> tuple[list[Phased], list[str]]:
    """Phase each measure; those with a year that given weights lack take even years instead.

    Where every measure that runs over years lacks one, the weights are of no use, and refused;
    so is a year that no measure has.
    """
    phased, without = [], []
    refused, served = None, False
    for measure in measures:
        try:
            phased.append(phase_counts(plan, measure, policy, profiles))
            spans = phased[-1].cells.spans.values()
            served |= any(last - first >= 12 for first, last in spans)
        except ScheduleError as error:
            if error.key != "policy_lacks_year":
                raise
            refused = refused or error
            without.append(measure)
            phased.append(phase_counts(plan, measure, read_policy("even"), profiles))
    if refused and not served:
        raise refused
    years = {month // 12 for p in phased for span in p.cells.spans.values() for month in span}
    for year in policy.given:
        if years and not min(years) <= year <= max(years):
            known = [str(known) for known in range(min(years), max(years) + 1)]
            raise ScheduleError("policy_unknown_year", found=str(year), known=known)
    return phased, without


def _choose(plan: Plan, measures: Iterable[str] | None) -> list[str]:
    known = [m for m in target_measures(plan) if (plan.targets["measure"] == m).any()]
    chosen = known if measures is None else list(measures)
    for measure in chosen:
        if measure not in known:
            raise UnknownNameError("no_target_measure", found=measure, known=known)
    return chosen


def _in_units(table: pd.DataFrame, phased: Phased, plan: Plan) -> pd.DataFrame:
    """Turn steps into the measure's unit."""
    step = step_of(plan.measures, phased.measure)
    return pd.DataFrame(
        {
            "measure": phased.measure,
            **{d: table[d] for d in DIMENSIONS},
            "period": table["period"],
            "value": from_steps(table["steps"], step).astype("Float64"),
            "unit": plan.measures.at[phased.measure, "unit"],
            "figure_id": table["figure_id"],
            "cumulative": from_steps(table["reached"], step).astype("Float64"),
            "unrounded": table["exact"] * float(step),
            "computed": table["computed"],
        }
    )


def _level_table(rows: list[dict[str, Any]], measure: str, plan: Plan) -> pd.DataFrame:
    step = step_of(plan.measures, measure)
    table = pd.DataFrame(rows)
    values = from_steps(table["steps"].astype("Int64"), step).astype("Float64")
    return table.assign(
        measure=measure,
        value=values,
        unit=plan.measures.at[measure, "unit"],
        cumulative=pd.array([pd.NA] * len(table), dtype="Float64"),
        unrounded=(table["exact"] * float(step)).astype("Float64"),
    )[[*COLUMNS, *BESIDE]]


def _stack(parts: list[pd.DataFrame]) -> pd.DataFrame:
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True) if full else violation_columns()


def _join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    full = [part for part in parts if len(part)]
    if not full:
        return pd.DataFrame(columns=[*COLUMNS, *BESIDE])
    table = pd.concat(full, ignore_index=True)
    return table.assign(value=narrow(table["value"]), cumulative=narrow(table["cumulative"]))
