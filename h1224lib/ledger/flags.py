"""Flags and words: yes and no, recognised or not, and the small vocabularies of an office."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd

from h1224lib.ledger.columns import Column, read_values, show
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.vocabulary import Fault, is_nothing, word_set
from h1224lib.plan.spelling import plain


def clean_flags(column: Column) -> tuple[pd.Series, list[Mark]]:
    """Read yes and no; of an amount of land, more than none is yes.

    Examples
    --------
    >>> from h1224lib.ledger.columns import make_column
    >>> flags, marks = clean_flags(make_column("new_land", "新增用地", "A", ["是", "否", 35.5], {}))
    >>> flags.tolist()
    [True, False, True]
    """
    found, faults = read_values(column, functools.partial(_read_flag, amount=_measures(column)))
    flags = column.spread(found, pd.NA, object)
    return pd.Series(flags, dtype="boolean"), list(column.mark(faults))


def _measures(column: Column) -> bool:
    return column.name == "new_land"


def _read_flag(value: Any, amount: bool = False) -> Any:
    if isinstance(value, int | float) and (value in (0, 1) or (amount and value > 0)):
        return bool(value)
    return read_flag(show(value))


def read_flag(text: str) -> Any:
    """Read ``是``, ``√``, ``no`` as truth, None for nothing, or a Fault.

    Examples
    --------
    >>> read_flag("√"), read_flag("否"), read_flag("也许").kind
    (True, False, 'ledger_flag_unreadable')
    """
    said = plain(text)
    if said in word_set("yes"):
        return True
    if said in word_set("no"):
        return False
    return None if is_nothing(text) else Fault("ledger_flag_unreadable", {})


def clean_recognition(column: Column) -> tuple[pd.Series, list[Mark]]:
    """Read 核定 as ``recognised`` and 自报 as ``self_reported``."""
    found, faults = read_values(column, _read_recognition)
    codes = pd.Categorical(
        column.spread(found, None, object), categories=["recognised", "self_reported"]
    )
    return pd.Series(codes), list(column.mark(faults))


def _read_recognition(value: Any) -> Any:
    said = plain(show(value))
    for meaning in ("recognised", "self_reported"):
        if said in word_set("recognition", meaning):
            return meaning
    return None if is_nothing(said) else Fault("ledger_recognition_unreadable", {})


def clean_words(column: Column) -> tuple[pd.Series, list[Mark]]:
    """Keep words of a small vocabulary as categories, as written."""
    found = [
        None if isinstance(v, str) and is_nothing(v) else show(v).strip() for v in column.values
    ]
    known = sorted({word for word in found if word is not None})
    number = {word: code for code, word in enumerate(known)}
    codes = column.spread([None if w is None else number[w] for w in found], -1, np.int32)
    return pd.Series(pd.Categorical.from_codes(codes, categories=known)), []
