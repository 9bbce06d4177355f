"""Rules: how a completion becomes a score; kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from h1224lib import wording
from h1224lib.assessment.shipped import name_entry, read_section, read_source, refuse
from h1224lib.errors import UnknownNameError
from h1224lib.findings import Label

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
    source : Label
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
    source: Label
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


def list_rules() -> list[str]:
    """List the rules that ship.

    Examples
    --------
    >>> list_rules()
    ['given', 'capped', 'uncapped', 'bonus120', 'bands', 'minmax', 'deduction']
    """
    return list(read_section("rule"))


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
    shipped = read_section("rule")
    if str(rule) in shipped:
        return _make_rule(str(rule), shipped[str(rule)])
    path = Path(rule) if isinstance(rule, (str, Path)) else None
    if path is None or not path.is_file():
        raise UnknownNameError("unknown_assessment_rule", found=str(rule), known=list(shipped))
    try:
        return _make_rule(OWN, tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise refuse(str(rule), str(error)) from error


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
        raise refuse(name, f"kind: {', '.join(_NUMBERS)}")
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
        raise refuse(name, "; ".join([*strange, str(error)])) from error
    if faults := strange + _find_faults(kind, numbers, bands):
        raise refuse(name, "; ".join(faults))
    label = name_entry("assessment_rule", name)
    called = [str(entry[lang]) for lang in wording.LANGUAGES if entry.get(lang)]
    if name == OWN and called:
        # Who names a rule in one language is understood in both.
        label = Label(called[0], called[-1])
        name = f"{label.zh} ({label.en})" if label.zh != label.en else label.zh
    return Rule(name, label, read_source(entry), kind, numbers, bands)


def _find_strange(kind: str, entry: Mapping[str, Any]) -> list[str]:
    """Name what no rule of a kind has: misspelt, it would be taken for silence."""
    own = ["bands"] if kind == "bands" else []
    known = {*_SAID, *_NUMBERS[kind], *own}
    strange = [str(name) for name in entry if name not in known]
    for band in entry.get("bands", ()) if own else ():
        if isinstance(band, Mapping):
            strange += [f"bands.{name}" for name in band if name not in ("from", "points")]
    said = entry.get("source")
    if isinstance(said, Mapping):
        strange += [f"source.{name}" for name in said if name not in wording.LANGUAGES]
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
