"""Amounts: 亿元 from whatever unit the header, the title or the cell says, exact to the digit."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import numpy.typing as npt

from h1224lib.ledger.columns import Column
from h1224lib.ledger.headers import is_foreign
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.vocabulary import Fault, is_nothing, narrow_text, read_words

Floats = npt.NDArray[np.float64]

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?|[+-]?\.\d+")
_INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞|无穷大?)")
_DECIMALS = 10**6  # of a number cell that is read fast


@dataclass(frozen=True)
class Amount:
    """An amount of money.

    Attributes
    ----------
    yi : Decimal
        In 亿元.
    about : bool
        The cell says that it is no exact one.
    """

    yi: Decimal
    about: bool = False


def read_amount(text: str, unit: int | None) -> Any:
    """Read an amount from a cell's text.

    Parameters
    ----------
    text : str
        ``5,000万元``, ``1.2亿``, ``0.5``; a unit of its own goes before the header's.
    unit : int, optional
        What the header says, as the power of ten of 亿元.

    Returns
    -------
    Amount, None or Fault
        None where the cell stands for nothing.

    Examples
    --------
    >>> read_amount("5,000万元", 0).yi, read_amount("1.2亿", -4).yi, read_amount("300", -4).yi
    (Decimal('0.5000'), Decimal('1.2'), Decimal('0.0300'))
    >>> read_amount("500万美元", 0).kind, read_amount("-3", 0).kind, read_amount("5-8亿", 0).kind
    ('ledger_amount_foreign', 'ledger_amount_negative', 'ledger_amount_unreadable')
    """
    if is_nothing(text):
        return None
    said = narrow_text(text).casefold().replace("−", "-")
    if is_foreign(said):
        return Fault("ledger_amount_foreign", {})
    for word in read_words("words")["money"]["chinese"]:
        said = said.replace(word, "")
    about = _about().match(said)
    said = said[about.end() :] if about else said
    number = _NUMBER.match(said)
    if not number:
        infinite = _INFINITE.fullmatch(_strip_unit(said))
        return Fault(f"ledger_amount_{'infinite' if infinite else 'unreadable'}", {})
    behind = said[number.end() :]
    power = read_words("words")["units"].get(behind) if behind else unit
    if behind and power is None:
        return Fault("ledger_amount_unreadable", {})
    if power is None:
        return Fault("ledger_unit_missing", {})
    try:
        exact = Decimal(number[0].replace(",", "")).scaleb(power)
    except InvalidOperation:
        return Fault("ledger_amount_infinite", {})
    if not np.isfinite(float(exact)):
        return Fault("ledger_amount_infinite", {})
    return Fault("ledger_amount_negative", {}) if exact < 0 else Amount(exact, bool(about))


def _strip_unit(said: str) -> str:
    units = "|".join(map(re.escape, read_words("words")["units"]))
    return re.sub(f"(?:{units})$", "", said)


@functools.cache
def _about() -> re.Pattern[str]:
    words = read_words("words")["money"]["about"]
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def clean_amounts(column: Column, unit: int | None) -> tuple[Floats, list[Mark]]:
    """Read a column of amounts into 亿元.

    Parameters
    ----------
    column : Column
        Its cells.
    unit : int, optional
        Of numbers that name none, as the power of ten of 亿元; None where nothing says one.

    Returns
    -------
    array of float, list of Mark
        Each the float nearest to the exact decimal, NaN without one; and the problems.

    Examples
    --------
    >>> from h1224lib.ledger.columns import make_column
    >>> column = make_column("investment", "总投资（万元）", "A", [3, "1.5亿元", -1.0, ""], {})
    >>> amounts, marks = clean_amounts(column, -4)
    >>> amounts.tolist(), [mark.kind for mark in marks]
    ([0.0003, 1.5, nan, nan], ['ledger_amount_negative', 'ledger_amount_blank'])
    """
    found = np.full(len(column.values), np.nan)
    faults: list[tuple[int, Fault]] = []
    numeric = [n for n, v in enumerate(column.values) if isinstance(v, int | float)]
    if numeric:
        floats = np.array([column.values[n] for n in numeric], dtype=np.float64)
        found[numeric] = np.nan if unit is None else scale(floats, unit)
        faults += _judge_numbers(numeric, floats, unit)
    for number, value in enumerate(column.values):
        if isinstance(value, int | float):
            continue
        meant = read_amount(value, unit) if isinstance(value, str) else _NO_AMOUNT
        if isinstance(meant, Fault):
            faults.append((number, meant))
        elif meant is not None:
            found[number] = float(meant.yi)
            if meant.about:
                faults.append((number, Fault("ledger_amount_about", {})))
    faults += _judge_sizes(found)
    bad = [number for number, fault in faults if fault.kind in _LOST]
    found[bad] = np.nan
    amounts = column.spread(list(found), np.nan, np.float64)
    return amounts, [*column.mark(faults), *_mark_absent(column, amounts, {n for n, _ in faults})]


_NO_AMOUNT = Fault("ledger_amount_unreadable", {})
_LOST = ("ledger_amount_negative", "ledger_amount_infinite", "ledger_unit_missing")


def scale(values: Floats, power: int) -> Floats:
    """Multiply decimals by a power of ten, each to the float nearest to the exact result.

    Examples
    --------
    >>> scale(np.array([1.1, 0.30000000000000004, 12345.678]), -4).tolist()
    [0.00011, 3e-05, 1.2345678]
    """
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.rint(values * _DECIMALS)
        # Whole steps below 2**53, divided once by a power of ten that is exact: rounded once.
        exact = (np.abs(steps) < 2**53) & (steps / _DECIMALS == values)
        result = steps / (_DECIMALS * 10.0**-power)
    for at in np.flatnonzero(~exact & np.isfinite(values)):
        # As Excel shows it: 15 digits.
        result[at] = float(Decimal(format(values[at], ".15g")).scaleb(power))
    return np.asarray(result)


def _judge_numbers(
    numbers: list[int], floats: Floats, unit: int | None
) -> Iterator[tuple[int, Fault]]:
    for number, value in zip(numbers, floats.tolist(), strict=True):
        if not np.isfinite(value):
            yield number, Fault("ledger_amount_infinite", {})
        elif value < 0:
            yield number, Fault("ledger_amount_negative", {})
        elif unit is None:
            yield number, Fault("ledger_unit_missing", {})


def _judge_sizes(found: Floats) -> Iterator[tuple[int, Fault]]:
    largest = read_words("words")["money"]["largest"]
    for number in np.flatnonzero((found == 0) | ((found > largest) & np.isfinite(found))):
        large = found[number] > 0
        numbers = {"yi": float(found[number]), "most": largest} if large else {}
        yield int(number), Fault(f"ledger_amount_{'large' if large else 'zero'}", numbers)


def _mark_absent(column: Column, amounts: Floats, told: set[int]) -> Iterator[Mark]:
    missing = np.isnan(amounts) & ~np.isin(column.codes, list(told))
    missing[list(column.troubles)] = False
    if missing.any():
        yield Mark("ledger_amount_blank", column.name, np.flatnonzero(missing))
