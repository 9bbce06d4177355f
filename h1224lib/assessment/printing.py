"""Printing: points in hundredths, and workings that a reader can follow by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from h1224lib.assessment.rules import FULL, GIVEN, Rule, Score

HUNDREDTHS = 100


def round_parts(parts: Sequence[Score]) -> list[Score]:
    """Round parts to hundredths so that they add up to their sum, rounded.

    Parameters
    ----------
    parts : sequence of Fraction or None
        Points, 0 or more; None is unknown or does not count, and stays so.

    Returns
    -------
    list of Fraction or None
        Each is rounded down or up, and a whole number of hundredths stays as it is. The largest
        remainders are rounded up (of equal ones those named earlier), so many that the parts add
        up to the sum, rounded half up.

    Notes
    -----
    The method of largest remainders (Hamilton), on what is left after rounding down. `apportion`
    would share out the whole sum anew, and so might change a part that is exact.

    Examples
    --------
    >>> [str(part) for part in round_parts([Fraction(81, 7), Fraction(54, 7), Fraction(27, 2)])]
    ['1157/100', '193/25', '27/2']
    >>> [str(part) for part in round_parts([Fraction(1, 3), Fraction(1, 3), None, Fraction(1, 3)])]
    ['17/50', '33/100', 'None', '33/100']
    """
    exact = [None if part is None else part * HUNDREDTHS for part in parts]
    known = [part for part in exact if part is not None]
    whole = [None if part is None else math.floor(part) for part in exact]
    total = math.floor(sum(known, Fraction(0)) + Fraction(1, 2))
    left = total - sum(part for part in whole if part is not None)
    order = sorted(
        (at for at, part in enumerate(exact) if part is not None),
        key=lambda at: math.floor(exact[at] or 0) - (exact[at] or Fraction(0)),
    )
    raised = set(order[:left])
    return [
        None if part is None else Fraction(part + (at in raised), HUNDREDTHS)
        for at, part in enumerate(whole)
    ]


def show_working(
    rule: Rule, targets: Sequence[Score], actuals: Sequence[Score], at: int, score: Score
) -> str:
    """Write how one area's score in an industry came about, from numbers on the page.

    Parameters
    ----------
    rule : Rule
        As `read_rule` returns it.
    targets, actuals : sequence of Fraction or None
        One an area, as `score_industry` takes them.
    at : int
        Which area.
    score : Fraction or None
        What `score_industry` made of it.

    Returns
    -------
    str
        Arithmetic, in figures alone; ``""`` for marks and without a score.

    Examples
    --------
    >>> from h1224lib.assessment.rules import read_rule
    >>> goals, done = [Fraction(6), Fraction(5)], [Fraction(10), Fraction(2)]
    >>> show_working(read_rule("capped"), goals, done, 0, Fraction(100))
    '100 × 10/6 = 166.67 > 100'
    >>> show_working(read_rule("deduction"), goals, done, 1, Fraction(85))
    '100 − 5 × 3'
    >>> show_working(read_rule("bands"), goals, done, 1, Fraction(0))
    '0 ≤ 2/5 < 0.5'
    >>> show_working(read_rule("minmax"), goals, done, 1, Fraction(60))
    '60 + 40 × (2/5 − 0.4) / (1.6667 − 0.4)'
    """
    target, actual = targets[at], actuals[at]
    if rule.kind == GIVEN or score is None or target is None or actual is None:
        return ""
    share = f"{_write(actual)}/{_write(target)}"
    if rule.kind == "deduction":
        return _work_deduction(rule, max(target - actual, Fraction(0)), score)
    if rule.kind == "bands":
        return _work_band(rule, actual / target, share)
    if rule.kind == "minmax":
        known = [a / t for t, a in zip(targets, actuals, strict=True) if t and a is not None]
        return _work_stretch(rule, known, share, score)
    full = FULL * actual / target
    return f"100 × {share}" + ("" if full == score else f" = {_write(full)} > {_write(score)}")


def _work_deduction(rule: Rule, short: Fraction, score: Fraction) -> str:
    each = rule.numbers["each"] or Fraction(0)
    reached = FULL - each * short
    below = "" if reached == score else f" = {_write(reached)} < {_write(score)}"
    return f"100 − {_write(each)} × {_write(short)}{below}"


def _work_band(rule: Rule, completion: Fraction, share: str) -> str:
    """Write between which bounds a completion lies."""
    starts = [start for start, _ in rule.bands]
    reached = [start for start in starts if completion >= start]
    beyond = [start for start in starts if completion < start]
    from_ = f"{_write(max(reached))} ≤ " if reached else ""
    return f"{from_}{share}" + (f" < {_write(min(beyond))}" if beyond else "")


def _work_stretch(rule: Rule, known: list[Fraction], share: str, score: Fraction) -> str:
    """Write how a completion was stretched; where all were the same, what that is worth."""
    low, high = rule.numbers["low"] or Fraction(0), rule.numbers["high"] or Fraction(0)
    least, most = min(known), max(known)
    if least == most:
        return f"{share} = {_write(least, 4)}: {_write(score)}"
    width = f"({_write(most, 4)} − {_write(least, 4)})"
    return f"{_write(low)} + {_write(high - low)} × ({share} − {_write(least, 4)}) / {width}"


def _write(number: Fraction, digits: int = 2) -> str:
    return f"{float(number):.{digits}f}".rstrip("0").rstrip(".")
