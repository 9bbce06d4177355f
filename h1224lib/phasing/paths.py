"""Paths: a cell's printed horizons spread over months, as exact fractions of a step.

Horizons nest or are disjoint. What a horizon prints beyond the horizons inside it belongs to its
other months: over years by the policy, over a year's quarters by the profile, evenly over a
quarter's months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from h1224lib.errors import ScheduleError
from h1224lib.phasing.policies import Policy, Profile

# Months are counted from the year 0: 2024-05 is 12 * 2024 + 4.
Span = tuple[int, int]
# A fraction is no printed number, but a cell's share of one that is printed for several cells.
Printed = Mapping[Span, int | Fraction | None]


class DisagreementError(Exception):
    """A horizon that prints less than, or other than, the horizons inside it add up to."""


@dataclass
class Path:
    """What falls into each month.

    Attributes
    ----------
    months : dict
        Month -> exact steps; months that no horizon covers are missing.
    dashes : set of int
        Months for which the plan prints "-".
    source : dict
        Month -> the span of the printed number that it is part of.
    """

    months: dict[int, Fraction] = field(default_factory=dict)
    dashes: set[int] = field(default_factory=set)
    source: dict[int, Span] = field(default_factory=dict)


def trace_path(printed: Printed, policy: Policy, profile: Profile) -> Path:
    """Spread what a cell prints over months.

    Parameters
    ----------
    printed : mapping
        First and last month -> whole steps, or None for "-".
    policy, profile : Policy, Profile
        How years and quarters share.

    Returns
    -------
    Path
        The months of each printed span add up to it exactly.

    Raises
    ------
    DisagreementError
        The printed spans contradict one another.

    Examples
    --------
    >>> from h1224lib.phasing.policies import EVEN, read_policy
    >>> year, quarter = (24228, 24239), (24228, 24230)  # 2019, and its first quarter
    >>> path = trace_path({year: 12, quarter: 6}, read_policy("even"), EVEN)
    >>> [str(path.months[month]) for month in (24228, 24231)]
    ['2', '2/3']
    """
    path = Path()
    for span in _outermost(printed):
        _fill(span, printed, policy, profile, path)
    return path


def _outermost(printed: Printed, inside: Span | None = None) -> list[Span]:
    """Return the spans that lie in no other one, among all or among those inside a span."""
    spans = [s for s in printed if inside is None or (s != inside and _within(s, inside))]
    return sorted(s for s in spans if not any(s != o and _within(s, o) for o in spans))


def _within(span: Span, other: Span) -> bool:
    return other[0] <= span[0] and span[1] <= other[1]


def _fill(span: Span, printed: Printed, policy: Policy, profile: Profile, path: Path) -> None:
    value = printed[span]
    inner = _outermost(printed, span)
    months = set(range(span[0], span[1] + 1))
    if value is None and any(printed[part] for part in inner):
        raise DisagreementError
    for part in inner:
        _fill(part, printed, policy, profile, path)
        months -= set(range(part[0], part[1] + 1))
    if value is None:
        path.dashes |= months
        return
    rest = value - sum(printed[part] or 0 for part in inner)
    if rest < 0 or (rest and not months):
        raise DisagreementError
    path.source |= dict.fromkeys(months, span)
    for month, share in _share_out(sorted(months), Fraction(rest), policy, profile, span, path):
        path.months[month] = share


def _share_out(
    months: list[int], rest: Fraction, policy: Policy, profile: Profile, span: Span, path: Path
) -> list[tuple[int, Fraction]]:
    """Share a remainder over the months that no inner horizon has taken."""
    if not months:
        return []
    if span[0] // 3 == span[1] // 3:
        # Within a quarter no profile has a say, though it may give that quarter nothing.
        return [(month, rest / len(months)) for month in months]
    years = sorted({month // 12 for month in months})
    size = {year: sum(month // 12 == year for month in months) for year in years}
    weights = [w * size[y] for y, w in zip(years, policy.weigh(years), strict=True)]
    shared = []
    for year, weight in zip(years, weights, strict=True):
        own = [month for month in months if month // 12 == year]
        amount = rest * weight / (sum(weights) or 1)
        whole_year = span == (12 * year, 12 * year + 11) or len(own) == 12
        if profile.midyear and whole_year:
            shared += _share_halves(own, amount, profile, path)
        else:
            shared += _share_year(own, amount, profile)
    return shared


def _share_halves(
    months: list[int], amount: Fraction, profile: Profile, path: Path
) -> list[tuple[int, Fraction]]:
    """Bring the first half of a year to half of it, as far as the printed quarters allow."""
    year = months[0] // 12
    taken = [path.months.get(12 * year + place, Fraction(0)) for place in range(12)]
    first, second = ([m for m in months if m % 12 // 6 == half] for half in (0, 1))
    wanted = (amount + sum(taken)) / 2 - sum(taken[:6])
    early = min(max(wanted, Fraction(0)), amount)
    early = amount if not second else early if first else Fraction(0)
    return _share_year(first, early, profile) + _share_year(second, amount - early, profile)


def _share_year(
    months: list[int], amount: Fraction, profile: Profile
) -> list[tuple[int, Fraction]]:
    weights = [profile.weights[month % 12 // 3] for month in months]
    if amount and not any(weights):
        raise ScheduleError("profile_leaves_nothing", found=profile.name)
    whole = sum(weights) or Fraction(1)
    return [(m, amount * w / whole) for m, w in zip(months, weights, strict=True)]
