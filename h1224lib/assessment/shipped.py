"""What ships: the rules, treatments and daily formulas of rules.toml, their names and sources."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from typing import Any

from h1224lib import wording
from h1224lib.errors import UnknownNameError
from h1224lib.findings import Label
from h1224lib.resources import PACKAGE


def read_section(section: str) -> dict[str, dict[str, Any]]:
    """Read the entries of ``rule``, ``treatment`` or ``daily`` as they ship.

    Examples
    --------
    >>> list(read_section("daily"))
    ['reporting', 'other']
    """
    return _load()[section]


def name_entry(group: str, name: str) -> Label:
    """Name an entry as the catalogue does.

    Examples
    --------
    >>> name_entry("assessment_treatment", "zero").en
    'no marks'
    """
    return Label(*(wording.say(f"{group}.{name}", lang) for lang in wording.LANGUAGES))


def read_source(entry: Mapping[str, Any]) -> Label:
    """Read where an entry is from; one language is understood in both.

    Examples
    --------
    >>> read_source({"source": "会议纪要"}).en, read_source({}).zh
    ('会议纪要', '')
    """
    said = entry.get("source", "")
    if isinstance(said, Mapping):
        known = [str(said[lang]) for lang in wording.LANGUAGES if said.get(lang)] or [""]
        return Label(known[0], known[-1])
    return Label(str(said), str(said))


def refuse(name: str, part: str) -> UnknownNameError:
    """Return the error that an entry cannot be used, and what of it."""
    return UnknownNameError("assessment_rule_unusable", found=name, part=part)


@functools.cache
def _load() -> dict[str, dict[str, dict[str, Any]]]:
    text = (PACKAGE / "assessment" / "rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
