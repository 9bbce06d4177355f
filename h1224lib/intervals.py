"""Intervals: what a printed number says of the quantity behind it.

An exact number is a point; "200 or more" reaches up without end, "at most" down, a range lies
between its ends, and "about" says nothing that could be tested. A dash adds nothing. "More
than" is taken as "at least": documents print 超 and 达到 for one and the same target.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

UP = {">=", ">"}


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`; None is without end.

    Examples
    --------
    >>> Interval(Fraction(1), None) + Interval(Fraction(2), Fraction(3))
    Interval(low=Fraction(3, 1), high=None)
    """

    low: Fraction | None
    high: Fraction | None

    def __add__(self, other: Interval) -> Interval:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return Interval(low, high)


NOTHING = Interval(Fraction(0), Fraction(0))


def read_interval(relation: str, value: Fraction | None, upper: Fraction | None) -> Interval:
    """Return what a relation and its printed numbers say.

    Examples
    --------
    >>> read_interval(">=", Fraction(200), None).high is None
    True
    """
    if value is None:
        return NOTHING
    if relation in UP:
        return Interval(value, None)
    if relation == "<=":
        return Interval(None, value)
    if relation == "range":
        return Interval(value, upper)
    if relation == "=":
        return Interval(value, value)
    return Interval(None, None)


def add_up(intervals: Iterable[Interval]) -> Interval:
    """Add intervals; none at all is nothing."""
    total = NOTHING
    for interval in intervals:
        total += interval
    return total


def judge(parts: Interval, whole: Interval, within: bool, missing: bool) -> tuple[str, Fraction]:
    """Tell whether parts can make up a whole (or, `within`, lie inside it), and by how much not.

    Parameters
    ----------
    parts, whole : Interval
        The sum of the printed parts, and the printed whole.
    within : bool
        The parts need not fill the whole.
    missing : bool
        Some parts are not printed, and could fill what is left.

    Returns
    -------
    str, Fraction
        ``holds``, ``fails``, ``unallocated`` or ``untestable``; the distance where it fails.

    Examples
    --------
    >>> ten = Interval(Fraction(10), Fraction(10))
    >>> judge(Interval(Fraction(12), None), ten, False, False)
    ('fails', Fraction(2, 1))
    """
    over = None if parts.low is None or whole.high is None else parts.low - whole.high
    under = None if parts.high is None or whole.low is None else whole.low - parts.high
    if over is not None and over > 0:
        return "fails", over
    if within:
        return ("untestable" if over is None else "holds"), Fraction(0)
    if under is not None and under > 0:
        return ("unallocated", under) if missing else ("fails", under)
    if missing and parts.low is not None and whole.low is not None and parts.low < whole.low:
        return "unallocated", whole.low - parts.low
    tested = over is not None or under is not None
    return ("holds" if tested else "untestable"), Fraction(0)
