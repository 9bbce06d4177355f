"""Provenance: columns that say in every row what a table of results rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from h1224lib.findings import Finding
from h1224lib.synthetic import DATA_KIND
from h1224lib.wording import LANGUAGES

# The column that says by which rule a ledger was counted, in both languages.
COUNTING_RULE = "counting_rule"
_APART = " / "


def name_rule(basis: Iterable[Finding]) -> str:
    """Write the rules by which ledgers were counted, Chinese before English; "" for no ledger.

    Examples
    --------
    >>> name_rule([Finding("ledger_synthetic", "warning", {"file": "a.xlsx"})])
    ''
    """
    rules = list({f.say("zh"): f for f in basis if f.kind == "ledger_counting_rule"}.values())
    return _APART.join(" ".join(f.say(lang) for f in rules) for lang in LANGUAGES if rules)


def word_rule(text: str, lang: str) -> str:
    """Return what `name_rule` has written in one of its languages.

    Examples
    --------
    >>> word_rule("自签约起计。 / From signing.", "en"), word_rule("by hand", "zh")
    ('From signing.', 'by hand')
    """
    parts = text.split(_APART)
    return parts[LANGUAGES.index(lang)] if len(parts) == len(LANGUAGES) else text


def join_rules(texts: Iterable[str]) -> str:
    """Join what `name_rule` has written of several results, each rule once.

    Examples
    --------
    >>> join_rules(["甲。 / One.", "甲。 / One.", "乙。 / Two."])
    '甲。 乙。 / One. Two.'
    """
    rules = list(dict.fromkeys(filter(None, texts)))
    return _APART.join(" ".join(word_rule(r, lang) for r in rules) for lang in LANGUAGES if rules)


def name_rules(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the column of the counting rule with its entry, for the numbers behind a picture.

    Examples
    --------
    >>> name_rules(pd.DataFrame({"area": ["all"], "counting_rule": ["按签约 / by signing"]}))
    {'counting_rule': '按签约 / by signing'}
    """
    return {name: said for name, said in list_marks(frame).items() if name == COUNTING_RULE}


def list_marks(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the columns of a table that are the same whatever is made of it, with their entry.

    Examples
    --------
    >>> list_marks(pd.DataFrame({"area": ["all"], "data_kind": ["synthetic"]}))
    {'data_kind': 'synthetic'}
    """
    names = [name for name in (DATA_KIND, COUNTING_RULE) if name in frame and len(frame)]
    return {name: frame[name].iloc[0] for name in names}
