"""Counts and flows: exact paths, and the whole steps nearest to them in which all adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from h1224lib.phasing.cells import Cells, find_cells, summing_rows
from h1224lib.phasing.coarse import share_margins
from h1224lib.phasing.ends import name_span, tile
from h1224lib.phasing.margins import Margin
from h1224lib.phasing.paths import Path, Span
from h1224lib.phasing.policies import Policy, Profile, find_growth
from h1224lib.phasing.rises import find_rises, find_sum_rises
from h1224lib.phasing.tracing import accumulate, trace_cells
from h1224lib.plan.model import Plan
from h1224lib.rounding.problem import Problem, Rounded
from h1224lib.rounding.program import solve
from h1224lib.rounding.violations import least_violations


@dataclass(frozen=True, eq=False)
class Posed:
    """What is to be rounded for one measure: exact cumulative values by quarter.

    Attributes
    ----------
    measure : str
        Which.
    cells : Cells
        Its cells; only those in `kept` are phased, the others print horizons that disagree.
    kept : list of int
        Positions of the phased cells.
    paths : list of Path
        One a phased cell.
    spans : list of (first, last month)
        The periods.
    problem : Problem
        Exact cumulative values at their ends, and sums.
    sums : DataFrame
        area, industry, project_type of each sum.
    policy : Policy
        How years share, with the rate of growth where there is one.
    margins : list of Margin
        Numbers printed for several cells together that the sums must meet.
    """

    measure: str
    cells: Cells
    kept: list[int]
    paths: list[Path]
    spans: list[Span]
    problem: Problem
    sums: pd.DataFrame
    policy: Policy
    margins: list[Margin]


@dataclass(frozen=True, eq=False)
class Phased(Posed):
    """One measure, phased.

    Attributes
    ----------
    rounded : Rounded
        Whole cumulative steps, with bound and violations.
    """

    rounded: Rounded


def phase_counts(
    plan: Plan, measure: str, policy: Policy, profiles: Mapping[tuple[str, str], Profile]
) -> Phased:
    """Phase a measure that accumulates, by quarter.

    Parameters
    ----------
    plan : Plan
        Gives the targets.
    measure : str
        A count or a flow.
    policy : Policy
        Spreads over years.
    profiles : mapping
        (dimension, code) -> how a year is spread over its quarters.

    Returns
    -------
    Phased
        Cumulative whole steps at the end of each quarter.
    """
    posed = pose(plan, measure, policy, profiles)
    return Phased(**vars(posed), rounded=round_problem(posed.problem))


def round_problem(problem: Problem) -> Rounded:
    """Return the table of least deviation or, where there is none, of fewest violations."""
    return solve(problem) or least_violations(problem)


def pose(
    plan: Plan, measure: str, policy: Policy, profiles: Mapping[tuple[str, str], Profile]
) -> Posed:
    """Find the exact cumulative values of a measure's cells by quarter, and their sums."""
    cells = find_cells(plan, measure)
    cells, margins = share_margins(plan, cells, measure, _with_growth(policy, cells), profiles)
    policy = _with_growth(policy, cells)
    kept, paths = trace_cells(plan, cells, policy, profiles)
    rows, sums = summing_rows(cells.keys.iloc[kept], plan)
    blocks = pd.factorize(cells.keys["area"].iloc[kept])[0]
    spans = tile(cells.months, 3)
    values, scale = accumulate(paths, spans)
    problem = Problem(
        values,
        scale,
        rows,
        blocks,
        rises=[
            *find_rises([cells.printed[place] for place in kept], spans),
            *find_sum_rises(margins, kept, rows, spans),
        ],
        cells=[" ".join(key) for key in cells.keys.iloc[kept].itertuples(index=False, name=None)],
        times=[name_span(span) for span in spans],
    )
    return Posed(measure, cells, kept, paths, spans, problem, sums, policy, margins)


def _with_growth(policy: Policy, cells: Cells) -> Policy:
    """Find the rate that links the first year to the whole, over all cells.

    The first year lies within the longest horizon or is printed apart, just before it.
    """
    if policy.name != "growing":
        return policy
    longest = max(cells.spans.values(), key=lambda span: span[1] - span[0])
    apart = (longest[0] - 12, longest[0] - 1)
    first = apart if apart in cells.spans.values() else (longest[0], longest[0] + 11)
    known = [p for p in cells.printed if p.get(longest) is not None]
    begun = sum((Fraction(p.get(first) or 0) for p in known), Fraction(0))
    whole = sum((Fraction(p[longest] or 0) for p in known), Fraction(0))
    whole += begun if first == apart else 0
    years = (longest[1] - first[0] + 1) // 12 - 1
    return Policy(policy.name, policy.given, find_growth(begun, whole, years))
