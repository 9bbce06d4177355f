"""Rules: how a completion becomes a score, and what holds without a target; kept as data."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from h1224lib import wording
from h1224lib.errors import UnknownNameError
from h1224lib.findings import Label
from h1224lib.resources import PACKAGE

GIVEN, OWN, PROPORTIONAL = "given", "own", "proportional"
FULL = Fraction(100)
Score = Fraction | None


@dataclass(frozen=True)
class Rule:
    """A rule that makes scores of 0 to 100 (or more, where it rewards a surplus).

    Attributes
    ----------
    name : str
        ``given``, ``capped``, ``uncapped``, ``bonus120``, ``bands``, ``minmax``, ``deduction``,
        ``own``, or, of one's own that says what it is called, ``zh (en)``.
    label : Label
        What readers are shown.
    source : str
        Where it is from.
    kind : str
        ``given``, ``proportional``, ``bands``, ``minmax`` or ``deduction``.
    numbers : dict
        Its limits, as exact fractions; None where there is none.
    bands : tuple of (Fraction, Fraction)
        The completion from which a band holds, and its score; from the highest down.
    """

    name: str
    label: Label
    source: str
    kind: str
    numbers: Mapping[str, Score]
    bands: tuple[tuple[Fraction, Fraction], ...] = ()

    @property
    def most(self) -> Score:
        """The highest score that it gives; None where there is no limit."""
        if self.kind == PROPORTIONAL:
            return self.numbers["most"]
        if self.kind == "bands":
            return self.bands[0][1]
        return self.numbers["high"] if self.kind == "minmax" else FULL


@dataclass(frozen=True)
class Treatment:
    """What holds where an area has no target in an industry.

    Attributes
    ----------
    name : str
        ``renormalise``, ``zero``, ``full`` or ``leave_out``.
    label : Label
        What readers are shown.
    source : str
        Where it is from.
    score : Fraction or None
        The score that stands in, 0 to 100.
    reweigh : bool
        Whether the weight goes to the other industries.
    ranked : bool
        Whether such an area is ranked.
    """

    name: str
    label: Label
    source: str
    score: Score
    reweigh: bool
    ranked: bool


@dataclass(frozen=True)
class Share:
    """A share of a daily item's points, and the records that earn it: `on` out of `of`."""

    share: Fraction
    on: str
    of: str
    empty: str


def list_rules() -> list[str]:
    """List the rules that ship.

    Examples
    --------
    >>> list_rules()
    ['given', 'capped', 'uncapped', 'bonus120', 'bands', 'minmax', 'deduction']
    """
    return list(_shipped()["rule"])


def list_treatments() -> list[str]:
    """List the treatments of an industry without a target.

    Examples
    --------
    >>> list_treatments()
    ['renormalise', 'zero', 'full', 'leave_out']
    """
    return list(_shipped()["treatment"])


def read_rule(rule: str | Path | Mapping[str, Any] | Rule) -> Rule:
    """Read a rule of scores: one that ships, a TOML file of one rule, or its content.

    Raises
    ------
    UnknownNameError
        There is no such rule, or it is none: all that is wrong with it at once, by name, and so
        what no rule of its kind has.

    Examples
    --------
    >>> read_rule("bonus120").numbers["most"]
    Fraction(120, 1)
    >>> read_rule({"kind": "proportional", "most": "150", "zh": "至一百五", "en": "to 150"}).name
    '至一百五 (to 150)'
    """
    if isinstance(rule, Rule):
        return rule
    if isinstance(rule, Mapping):
        return _make_rule(OWN, rule)
    shipped = _shipped()["rule"]
    if str(rule) in shipped:
        return _make_rule(str(rule), shipped[str(rule)])
    path = Path(rule) if isinstance(rule, (str, Path)) else None
    if path is None or not path.is_file():
        raise UnknownNameError("unknown_assessment_rule", found=str(rule), known=list(shipped))
    try:
        return _make_rule(OWN, tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unusable(str(rule), str(error)) from error


def name_apart(rules: Sequence[Rule]) -> list[Rule]:
    """Give rules of the same name that are not the same rule names with a number.

    Examples
    --------
    >>> own = [read_rule({"kind": "deduction", "each": each}) for each in (3, 4, 3)]
    >>> [(rule.name, rule.label.en) for rule in name_apart(own)][1]
    ('own-2', "a rule of one's own-2")
    >>> [rule.name for rule in name_apart(own)]
    ['own', 'own-2', 'own']
    """
    named: list[Rule] = []
    known: dict[str, list[Rule]] = {}
    for rule in rules:
        same = known.setdefault(rule.name, [])
        if rule not in same:
            same.append(rule)
        at = same.index(rule) + 1
        label = Label(f"{rule.label.zh}-{at}", f"{rule.label.en}-{at}")
        named.append(rule if at == 1 else replace(rule, name=f"{rule.name}-{at}", label=label))
    return named


def read_treatment(name: str) -> Treatment:
    """Read what holds where an area has no target in an industry.

    Raises
    ------
    UnknownNameError
        There is no such treatment.

    Examples
    --------
    >>> read_treatment("full").score, read_treatment("leave_out").ranked
    (Fraction(100, 1), False)
    """
    shipped = _shipped()["treatment"]
    if name not in shipped:
        known = list(shipped)
        raise UnknownNameError("unknown_assessment_treatment", found=str(name), known=known)
    entry = shipped[name]
    score = Fraction(entry["score"]) if "score" in entry else None
    label = _name("assessment_treatment", name)
    return Treatment(name, label, entry["source"], score, entry["reweigh"], entry["ranked"])


def read_shares(item: str) -> tuple[Share, ...]:
    """Read what earns the points of a daily item, by the last part of its name.

    Examples
    --------
    >>> [(share.on, share.of) for share in read_shares("daily.reporting")]
    [('on_time', 'due'), ('used', 'submitted')]
    """
    daily = _shipped()["daily"]
    entry = daily.get(item.rpartition(".")[2], daily["other"])
    return tuple(
        Share(Fraction(part["share"]), part["on"], part["of"], part["empty"])
        for part in entry["shares"]
    )


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
    assert number is not None  # `_make_rule` leaves only limits of other kinds open
    return number


# The limits of each kind and their defaults; None: there need not be one.
_NUMBERS: dict[str, dict[str, str | None]] = {
    GIVEN: {},
    PROPORTIONAL: {"most": None},
    "bands": {},
    "minmax": {"low": "0", "high": "100", "tied": PROPORTIONAL},
    "deduction": {"each": "1", "least": "0"},
}


# What a rule may say besides its numbers.
_SAID = ("kind", "source", *wording.LANGUAGES)


def _make_rule(name: str, entry: Mapping[str, Any]) -> Rule:
    kind = str(entry.get("kind", ""))
    if kind not in _NUMBERS:
        raise _unusable(name, f"kind: {', '.join(_NUMBERS)}")
    strange = _find_strange(kind, entry)
    try:
        said = {n: entry.get(n, default) for n, default in _NUMBERS[kind].items()}
        numbers = {
            n: None if v is None or v == PROPORTIONAL else Fraction(str(v)) for n, v in said.items()
        }
        bands = tuple(
            (Fraction(str(b["from"])), Fraction(str(b["points"]))) for b in entry.get("bands", ())
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise _unusable(name, "; ".join([*strange, str(error)])) from error
    if faults := strange + _find_faults(kind, numbers, bands):
        raise _unusable(name, "; ".join(faults))
    label = _name("assessment_rule", name)
    called = [str(entry[lang]) for lang in wording.LANGUAGES if entry.get(lang)]
    if name == OWN and called:
        # Who names a rule in one language is understood in both.
        label = Label(called[0], called[-1])
        name = f"{label.zh} ({label.en})" if label.zh != label.en else label.zh
    return Rule(name, label, str(entry.get("source", "")), kind, numbers, bands)


def _find_strange(kind: str, entry: Mapping[str, Any]) -> list[str]:
    """Name what no rule of a kind has: misspelt, it would be taken for silence."""
    own = ["bands"] if kind == "bands" else []
    known = {*_SAID, *_NUMBERS[kind], *own}
    strange = [str(name) for name in entry if name not in known]
    for band in entry.get("bands", ()) if own else ():
        if isinstance(band, Mapping):
            strange += [f"bands.{name}" for name in band if name not in ("from", "points")]
    return strange


def _find_faults(
    kind: str, numbers: Mapping[str, Score], bands: tuple[tuple[Fraction, Fraction], ...]
) -> list[str]:
    """Name what would let a better result score less, or no score be found."""
    faults = [n for n, number in numbers.items() if number is not None and number < 0]
    ordered = list(bands) == sorted(set(bands), reverse=True)
    starts = {start for start, _ in bands}
    unclear = kind == "bands" and (not bands or not ordered or len(starts) < len(bands))
    if unclear or any(a[1] < b[1] for a, b in pairwise(bands)) or any(p < 0 for _, p in bands):
        faults.append("bands")
    low, high, tied = (numbers.get(n) for n in ("low", "high", "tied"))
    if low is not None and high is not None:
        if low > high:
            faults.append("low, high")
        elif tied is not None and not low <= tied <= high:
            faults.append("tied")
    least = numbers.get("least")
    # A floor above full marks would give everybody more than there is.
    if least is not None and least > FULL:
        faults.append("least")
    return faults


def _unusable(name: str, part: str) -> UnknownNameError:
    return UnknownNameError("assessment_rule_unusable", found=name, part=part)


def _name(group: str, name: str) -> Label:
    return Label(*(wording.say(f"{group}.{name}", lang) for lang in wording.LANGUAGES))


@functools.cache
def _shipped() -> dict[str, dict[str, dict[str, Any]]]:
    text = (PACKAGE / "assessment" / "rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
