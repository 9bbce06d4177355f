"""A composition: what a ledger is made of, as a table and as statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.hierarchy import children, inside
from h1224lib.ledger.count import Count
from h1224lib.plan.model import Plan
from h1224lib.provenance import COUNTING_RULE, name_rule
from h1224lib.synthetic import DATA_KIND, SYNTHETIC

_FINEST = 10_000


@dataclass(frozen=True, eq=False)
class Composition:
    """One view of what counts, or of what is on its way.

    Attributes
    ----------
    table : DataFrame
        The view; `data_kind` says ``synthetic`` in every row if any project is made up,
        `counting_rule` by which rule a ledger was counted.
    findings : list of Finding
        What it says, the main statement first.
    """

    table: pd.DataFrame
    findings: list[Finding]


def mark(table: pd.DataFrame, count: Count) -> pd.DataFrame:
    """Say in every row by which rule projects count, and if they are invented."""
    table = table.assign(**{DATA_KIND: SYNTHETIC}) if count.synthetic else table
    return table.assign(**{COUNTING_RULE: name_rule([count.ledger.settings.finding])})


def add_credit(rows: pd.DataFrame) -> float:
    """Add up the credit of projects exactly: a shared one counts once over its areas.

    Examples
    --------
    >>> add_credit(pd.DataFrame({"credit_share": [1.0, 1 / 3, 1 / 3, 1 / 3]}))
    2.0
    """
    shares = rows["credit_share"].value_counts()
    return float(sum((_share(s) * int(n) for s, n in shares.items()), Fraction(0)))


def add_amounts(rows: pd.DataFrame) -> float:
    """Add up investment in 亿元 exactly, of a shared project the area's share.

    Amounts that are not known add nothing.

    Examples
    --------
    >>> add_amounts(pd.DataFrame({"credit_share": [1.0, 1.0, 0.5], "investment": [0.1, 0.2, None]}))
    0.3
    """
    known = rows[rows["investment"].notna()]
    pairs = known.groupby(["investment", "credit_share"]).size()
    parts = (Fraction(repr(float(a))) * _share(s) * int(n) for (a, s), n in pairs.items())
    return float(sum(parts, Fraction(0)))


def add_up(rows: pd.DataFrame) -> dict[str, float]:
    """Add up projects: their number, their investment in 亿元, and how many have no amount.

    Examples
    --------
    >>> add_up(pd.DataFrame({"credit_share": [1.0, 0.5], "investment": [None, 3.0]}))
    {'projects': 1.5, 'investment': 1.5, 'unknown': 1.0}
    """
    unknown = rows[rows["investment"].isna()]
    return {
        "projects": add_credit(rows),
        "investment": add_amounts(rows),
        "unknown": add_credit(unknown),
    }


def add_shares(own: dict[str, float], whole: dict[str, float]) -> dict[str, float | None]:
    """Set the sums of some projects, as `add_up` returns them, beside their shares of others.

    Examples
    --------
    >>> one = {"projects": 1.0, "investment": 2.0, "unknown": 0.0}
    >>> add_shares(one, {"projects": 4.0, "investment": 0.0, "unknown": 0.0})
    {'projects': 1.0, 'investment': 2.0, 'unknown': 0.0, 'share': 0.25, 'investment_share': None}
    """
    share = divide(own["projects"], whole["projects"])
    return {
        **own,
        "share": share,
        "investment_share": divide(own["investment"], whole["investment"]),
    }


def _share(value: object) -> Fraction:
    return Fraction(float(str(value))).limit_denominator(_FINEST)


def divide(part: float, whole: float) -> float | None:
    """Return a share, or None of nothing."""
    return part / whole if whole else None


def list_codes(plan: Plan, dimension: str) -> list[str]:
    """List the codes of a dimension that projects have: no totals, no parts "of which".

    Examples
    --------
    >>> from h1224lib.plan import load_plan
    >>> list_codes(load_plan(), "project_type")
    ['fixed_asset', 'revenue']
    """
    left_out = {"all", *children(plan, dimension), *inside(plan, dimension)}
    return [str(code) for code in plan.table(dimension).index if code not in left_out]


def as_floats(table: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Keep columns as numbers that may be missing."""
    return table.astype(dict.fromkeys(names, "Float64"))
