"""Lights: rules, kept as data, for how a completion compares with what is expected."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.findings import Label
from h1224lib.progress.exact import Exact
from h1224lib.resources import PACKAGE

AGAINST = ("schedule", "quarters")
OWN = "own"


@dataclass(frozen=True)
class Light:
    """One light: shown from ``times * schedule + plus`` up, or beyond it; the last always.

    Attributes
    ----------
    code : str
        What stands in tables.
    label : Label
        What readers are shown.
    times, plus : Fraction or None
        The bound, in shares of the target; None for the last.
    strictly : bool
        Whether the bound itself is not enough.
    """

    code: str
    label: Label
    times: Fraction | None
    plus: Fraction
    strictly: bool


@dataclass(frozen=True)
class Rule:
    """A rule of lights, from the best to the worst.

    Attributes
    ----------
    name : str
        ``points30``, ``half``, ``quarterly``, or ``own``.
    label : Label
        What readers are shown.
    source : str
        Where it is from.
    against : str
        ``schedule`` or ``quarters``.
    digits : int or None
        Decimals to which the completion is first rounded, half up.
    lights : tuple of Light
        The first that holds is shown.
    """

    name: str
    label: Label
    source: str
    against: str
    digits: int | None
    lights: tuple[Light, ...]

    def name_light(self, code: str) -> Label:
        """Name one light.

        Examples
        --------
        >>> read_rule("points30").name_light("green")
        Label(zh='绿灯', en='green')
        """
        return next(light.label for light in self.lights if light.code == code)


def read_rule(rule: str | Path | Mapping[str, Any]) -> Rule:
    """Read a rule of lights: one that ships, a file, or a mapping of the same shape.

    Parameters
    ----------
    rule : str, Path or mapping
        A name in ``lights.toml``; the path of a TOML file of one rule; or its content.

    Raises
    ------
    ScheduleError
        There is no such rule or file, or it is no rule.

    Examples
    --------
    >>> [light.code for light in read_rule("quarterly").lights]
    ['above', 'on_target', 'at_risk', 'concerned']
    """
    if isinstance(rule, Mapping):
        return _make_rule(OWN, rule)
    shipped = _shipped()
    if str(rule) in shipped:
        return _make_rule(str(rule), shipped[str(rule)])
    path = Path(rule)
    if not path.is_file():
        raise ScheduleError("unknown_light_rule", found=str(rule), known=list(shipped))
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScheduleError("light_rule_unreadable", found=str(rule), part=str(error)) from error
    inner = [value for value in read.values() if isinstance(value, dict)]
    return _make_rule(OWN, read if "lights" in read or len(inner) != 1 else inner[0])


def light_up(completion: Exact, expected: Exact, rule: Rule) -> pd.Series:
    """Return the light of each cell, ``""`` where either number is not known.

    Parameters
    ----------
    completion, expected : Exact
        Shares of the target: reached, and expected by the schedule that the rule is `against`.
    rule : Rule
        As `read_rule` returns it. Comparisons are of exact fractions.
    """
    if rule.digits is not None:
        completion = completion.round_half_up(rule.digits)
    codes = np.full(len(completion.known), "", dtype=object)
    open_ = completion.known & expected.known
    for light in rule.lights:
        held = open_
        if light.times is not None:
            bound = expected.times(light.times).plus(light.plus)
            held = open_ & completion.at_least(bound, light.strictly)
        codes[held] = light.code
        open_ = open_ & ~held
    return pd.Series(codes).astype(str)


@functools.cache
def _shipped() -> dict[str, dict[str, Any]]:
    text = (PACKAGE / "progress" / "lights.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _make_rule(name: str, entry: Mapping[str, Any]) -> Rule:
    try:
        lights = tuple(map(_make_light, entry["lights"]))
        digits = entry.get("digits")
        made = Rule(
            name,
            Label(str(entry.get("zh", name)), str(entry.get("en", name))),
            str(entry.get("source", "")),
            str(entry.get("against", "schedule")),
            None if digits is None else int(digits),
            lights,
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
        raise ScheduleError("light_rule_unreadable", found=name, part=str(error)) from error
    bounded = [light.times is not None for light in made.lights]
    ordered = bounded == [True] * (len(bounded) - 1) + [False]
    if not lights or not ordered or made.against not in AGAINST:
        raise ScheduleError("light_rule_unreadable", found=name, part="lights, times, against")
    for at, light in enumerate(lights[:-1]):
        if any(_covers(better, light) for better in lights[:at]):
            raise ScheduleError("light_never_shown", found=name, light=light.code)
    return made


def _covers(better: Light, light: Light) -> bool:
    """Tell whether a light is never shown, as one before it holds wherever it does."""
    # Bounds are straight lines: what holds at no schedule and at all of it holds between.
    for schedule in (0, 1):
        own, other = ((x.times or 0) * schedule + x.plus for x in (light, better))
        if own < other or (own == other and better.strictly and not light.strictly):
            return False
    return True


def _make_light(entry: Mapping[str, Any]) -> Light:
    code = str(entry["code"])
    times, plus = entry.get("times"), entry.get("plus", "0")
    bound = None if times is None and "plus" not in entry else Fraction(str(times or 0))
    label = Label(str(entry.get("zh", code)), str(entry.get("en", code)))
    return Light(code, label, bound, Fraction(str(plus)), bool(entry.get("strictly", False)))
