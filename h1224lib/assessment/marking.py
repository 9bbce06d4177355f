"""Marking: the score of 0 to 100 that a rule makes of a target and what was reached of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from h1224lib.assessment.rules import FULL, GIVEN, Rule, Score


def score_industry(
    rule: Rule, targets: Sequence[Score], actuals: Sequence[Score], marks: Sequence[Score]
) -> list[Score]:
    """Score one industry of every area.

    Parameters
    ----------
    rule : Rule
        As `read_rule` returns it.
    targets, actuals : sequence of Fraction or None
        One an area, in the measure's unit; a target is above 0, None where there is none.
    marks : sequence of Fraction or None
        What the department gave, 0 to 100: only `given` looks at them.

    Returns
    -------
    list of Fraction or None
        None where there is no target or nothing known.

    Examples
    --------
    >>> from h1224lib.assessment.rules import read_rule
    >>> goals = [Fraction(2), Fraction(12), None]
    >>> done = [Fraction(1), Fraction(15), Fraction(3)]
    >>> [str(s) for s in score_industry(read_rule("bonus120"), goals, done, [None] * 3)]
    ['50', '120', 'None']
    """
    if rule.kind == GIVEN:
        return list(marks)
    if rule.kind == "minmax":
        return _stretch(rule, [_complete(t, a) for t, a in zip(targets, actuals, strict=True)])
    return [_score(rule, t, a) for t, a in zip(targets, actuals, strict=True)]


def _complete(target: Score, actual: Score) -> Score:
    return None if target is None or actual is None else actual / target


def _score(rule: Rule, target: Score, actual: Score) -> Score:
    """Score one area by a rule that does not look at the others."""
    if target is None or actual is None:
        return None
    if rule.kind == "deduction":
        missing = max(target - actual, Fraction(0))
        return max(FULL - _known(rule, "each") * missing, _known(rule, "least"))
    completion = actual / target
    if rule.kind == "bands":
        # What reaches no band has earned none.
        return next((s for start, s in rule.bands if completion >= start), Fraction(0))
    most = rule.numbers["most"]
    score = FULL * max(completion, Fraction(0))
    return score if most is None else min(score, most)


def _stretch(rule: Rule, completions: list[Score]) -> list[Score]:
    """Stretch completions from the lowest score to the highest."""
    known = [c for c in completions if c is not None]
    if not known:
        return list(completions)
    low, high = _known(rule, "low"), _known(rule, "high")
    least, width = min(known), max(known) - min(known)
    if width:
        return [
            None if c is None else low + (high - low) * (c - least) / width for c in completions
        ]
    tied = rule.numbers["tied"]
    if tied is None:
        tied = low + (high - low) * min(max(least, Fraction(0)), Fraction(1))
    return [None if c is None else tied for c in completions]


def _known(rule: Rule, name: str) -> Fraction:
    number = rule.numbers[name]
    assert number is not None  # `read_rule` leaves only limits of other kinds open
    return number
