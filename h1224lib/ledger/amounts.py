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

from h1224lib.ledger.columns import Column, show
from h1224lib.ledger.marks import Mark
from h1224lib.ledger.shown import show_number
from h1224lib.ledger.units import is_foreign, read_unit
from h1224lib.ledger.vocabulary import Fault, is_nothing, narrow_text, read_words

Floats = npt.NDArray[np.float64]

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?|[+-]?\.\d+")
_PART = re.compile(rf"(?P<number>{_NUMBER.pattern})\(?(?P<unit>[^\d()+.,-]*)\)?")
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
    bare = said
    for word in read_words("words")["money"]["chinese"]:
        bare = bare.replace(word, "")
    yuan = "元" if bare != said else ""
    said, about = _strip_about(bare)
    parts = list(_PART.finditer(said))
    if not parts or "".join(part[0] for part in parts) != said:
        return Fault(f"ledger_amount_{'infinite' if _is_infinite(said) else 'unreadable'}", {})
    powers = [read_unit(p["unit"] + yuan) if p["unit"] else unit for p in parts]
    if any(p["unit"] and power is None for p, power in zip(parts, powers, strict=True)):
        return Fault("ledger_amount_unreadable", {})
    if len(parts) > 1 and not _descends(parts, powers):
        return Fault("ledger_amount_unreadable", {})
    return _add_up([part["number"] for part in parts], powers, about)


def _is_infinite(said: str) -> bool:
    found = _INFINITE.match(said)
    behind = said[found.end() :] if found else ""
    return found is not None and (not behind or read_unit(behind) is not None)


def _descends(parts: list[re.Match[str]], powers: list[int | None]) -> bool:
    """Tell whether amounts are parts of one, as in 1亿5000万元: each smaller than the unit before.

    Only the first may have a sign, and only the last decimals.
    """
    if not all(part["unit"] for part in parts):
        return False
    below = [(p["number"], u, v) for p, u, v in zip(parts[1:], powers[1:], powers, strict=False)]
    whole = all(part["number"].lstrip("+-").isdigit() for part in parts[:-1])
    return whole and all(
        number[0].isdigit()
        and "e" not in number
        and u is not None
        and v is not None
        and Decimal(number.replace(",", "")).scaleb(u) < Decimal(1).scaleb(v)
        for number, u, v in below
    )


def _add_up(numbers: list[str], powers: list[int | None], about: bool) -> Any:
    exact = Decimal(0)
    for number, power in zip(numbers, powers, strict=True):
        if power is None:
            return Fault("ledger_unit_missing", {})
        try:
            exact += Decimal(number.replace(",", "")).scaleb(power)
        except InvalidOperation:
            return Fault("ledger_amount_infinite", {})
    if not np.isfinite(float(exact)):
        return Fault("ledger_amount_infinite", {})
    return Fault("ledger_amount_negative", {}) if exact < 0 else Amount(exact, about)


def _strip_about(said: str) -> tuple[str, bool]:
    """Take off what says that an amount is no exact one: 约5亿, 5亿左右."""
    bare = _about("about").sub("", said, count=1)
    bare = _about("about_behind", "$").sub("", bare)
    return bare, bare != said


@functools.cache
def _about(name: str, end: str = "") -> re.Pattern[str]:
    words = read_words("words")["money"][name]
    listed = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(rf"(?:{listed})$" if end else rf"^(?:{listed})")


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


def compare_shown(column: Column, unit: int | None) -> list[Mark]:
    """Find number cells whose format shows another amount than the one that is stored.

    Parameters
    ----------
    column : Column
        Its cells, with their number formats.
    unit : int, optional
        Of numbers that name none. What is shown may name one: 3.2万 below a header in 元.

    Returns
    -------
    list of Mark
        None where what is shown, as far as it is rounded, is what is stored; an error where a
        foreign currency is shown.

    Examples
    --------
    >>> from h1224lib.ledger.columns import make_column
    >>> cells, formats = [32000, 32000], {0: "0!.0,", 1: '0!.0,"万元"'}
    >>> column = make_column("investment", "总投资（元）", "A", cells, {}, formats)
    >>> compare_shown(column, -8)[0].each
    {'shown': ['3.2'], 'yi': [0.00032]}
    """
    odd: dict[str, list[tuple[int, str]]] = {}
    if unit is None:
        return []
    for row, code in sorted(column.formats.items()):
        value = column.at(row)
        if not isinstance(value, int | float) or not np.isfinite(value):
            continue
        shown = show_number(value, code)
        meant = read_amount(shown, unit)
        if isinstance(meant, Fault) and meant.kind == "ledger_amount_foreign":
            odd.setdefault(meant.kind, []).append((row, shown))
        elif not isinstance(meant, Amount) or not _agrees(meant.yi, value, unit):
            odd.setdefault("ledger_amount_shown", []).append((row, shown))
    return [_mark_shown(column, kind, rows, unit) for kind, rows in odd.items()]


def _agrees(shown: Decimal, value: float, unit: int) -> bool:
    """Tell whether an amount is what is stored, but for the digits that are not shown."""
    stored = Decimal(format(value, ".15g")).scaleb(unit)
    return abs(shown - stored) <= Decimal(5).scaleb(int(shown.as_tuple().exponent) - 1)


def _mark_shown(column: Column, kind: str, rows: list[tuple[int, str]], unit: int) -> Mark:
    at = np.array([row for row, _ in rows], dtype=np.int64)
    shown = [text for _, text in rows]
    if kind == "ledger_amount_foreign":
        return Mark(kind, column.name, at, shown)
    stored = [column.at(row) for row in at]
    yi = scale(np.array(stored, dtype=np.float64), unit).tolist()
    return Mark(kind, column.name, at, [show(v) for v in stored], {}, {"shown": shown, "yi": yi})


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
    money = read_words("words")["money"]
    largest, smallest = money["largest"], money["smallest"]
    for number in np.flatnonzero((found < smallest) | ((found > largest) & np.isfinite(found))):
        yi = float(found[number])
        if yi > largest:
            yield int(number), Fault("ledger_amount_large", {"yi": yi, "most": largest})
        elif yi > 0:
            yield int(number), Fault("ledger_amount_small", {"yi": yi, "least": smallest})
        elif yi == 0:
            yield int(number), Fault("ledger_amount_zero", {})


def _mark_absent(column: Column, amounts: Floats, told: set[int]) -> Iterator[Mark]:
    missing = np.isnan(amounts) & ~np.isin(column.codes, list(told))
    missing[list(column.troubles)] = False
    if missing.any():
        yield Mark("ledger_amount_blank", column.name, np.flatnonzero(missing))
