"""Exploration: who carries what of a plan, what stands first in it, and what is left."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from h1224lib.allocation import (
    location_quotients,
    remaining_targets,
    share_targets,
    tell_largest,
    tell_quotients,
    tell_remaining,
)
from h1224lib.findings import Finding
from h1224lib.indicators import judge_headline
from h1224lib.plan.model import Plan
from h1224lib.verdicts import tell_headline


@dataclass(frozen=True, eq=False)
class Exploration:
    """A plan looked at from several sides.

    Attributes
    ----------
    headline, areas, industries, quotients, remaining : DataFrame
        As `judge_headline`, `share_targets` by area and by industry, `location_quotients` and
        `remaining_targets` by area return them; without rows where they do not apply.
    findings : list of Finding
        One for each of them, also where it does not apply.
    """

    headline: pd.DataFrame
    areas: pd.DataFrame
    industries: pd.DataFrame
    quotients: pd.DataFrame
    remaining: pd.DataFrame
    findings: list[Finding]


def explore_plan(plan: Plan, published: pd.DataFrame, smallest: float = 10) -> Exploration:
    """Look at who carries what, at the headline targets, and at what the first horizon leaves.

    Parameters
    ----------
    plan : Plan
        Gives the targets.
    published : DataFrame
        As `read_published` returns it.
    smallest : float
        As in `location_quotients`.

    Examples
    --------
    >>> from h1224lib.indicators import read_published
    >>> from h1224lib.plan import load_plan
    >>> plan = load_plan()
    >>> [f.kind for f in explore_plan(plan, read_published(plan)).findings][-1]
    'remaining_target'
    """
    headline = judge_headline(plan, published)
    split = [d for d in ("area", "industry") if d in plan.dimensions]
    findings = [tell_headline(plan, headline)]
    findings += [tell_largest(plan, [dimension]) for dimension in split]
    findings += [tell_quotients(plan, smallest), tell_remaining(plan)]
    industries = share_targets(plan, ["industry"])
    return Exploration(
        headline=headline,
        areas=share_targets(plan, ["area"]),
        industries=industries if "industry" in split else industries.iloc[:0],
        quotients=location_quotients(plan, smallest=smallest),
        remaining=remaining_targets(plan, ["area"]),
        findings=findings,
    )
