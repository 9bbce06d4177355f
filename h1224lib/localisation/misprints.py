"""The misprint model: how likely is it that a number was meant, and another one printed?

A noisy channel (Shannon): each way of misprinting has a share of all misprints, spread evenly
over the results that it can have. Shares and their sources: ``misprints.toml``.
"""

from __future__ import annotations

import functools
import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Any, NamedTuple

from h1224lib.localisation.lines import find_shifts, find_swaps

DECIMALS_SLIPPED = (1, 2, 3)
# Numbers among which "any other" is spread, whatever the length: short numbers get no advantage.
ELSE = 10_000
# Cells with which one may be swapped that no line joins to it.
ANYWHERE = 1000


@dataclass(frozen=True)
class Misprint:
    """One slip: how, in which cells, and how likely from what was meant.

    Attributes
    ----------
    kind : str
        ``digit_changed``, ``digits_transposed``, ``digit_dropped``, ``digit_added``,
        ``decimal_slipped``, ``sign_lost``, ``dash_for_number``, ``swapped_neighbours``,
        ``swapped``, ``shifted``, ``restated_otherwise`` or ``other``.
    cells : tuple
        The cells it put wrong.
    likelihood : Fraction
        Of this result, given what was meant.
    """

    kind: str
    cells: tuple[Any, ...]
    likelihood: Fraction


class Model(NamedTuple):
    """What is assumed of misprints: their rate, the share of each kind, and what counts as a tie.

    Attributes
    ----------
    rate : Fraction
        Chance that a printed number holds a misprint.
    share : dict
        Kind -> share of all misprints.
    alike : int or Fraction
        Likelihoods closer than this factor are called a tie.
    """

    rate: Fraction
    share: dict[str, Fraction]
    alike: int | Fraction


@functools.cache
def read_model() -> Model:
    """Read the model.

    Examples
    --------
    >>> model = read_model()
    >>> sum(model.share.values()), model.alike
    (Fraction(1, 1), 5)
    """
    text = resources.files("h1224lib.localisation").joinpath("misprints.toml").read_text("utf-8")
    return Model(**tomllib.loads(text, parse_float=Fraction))


def write_digits(value: Fraction | None, decimals: int = 0) -> str:
    """Write a number as it would be printed, with at least `decimals`; "" where it has no end.

    Examples
    --------
    >>> write_digits(Fraction(709117, 10)), write_digits(Fraction(50), 1)
    ('70911.7', '50.0')
    >>> write_digits(Fraction(1, 3))
    ''
    """
    if value is None:
        return "-"
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return ""
    text = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    lacking = decimals - _count_decimals(text)
    return text if lacking <= 0 else text + "." * ("." not in text) + "0" * lacking


def _count_decimals(text: str) -> int:
    return len(text.partition(".")[2])


def judge_number(
    printed: Fraction | None, meant: Fraction, decimals: int = 0
) -> tuple[str, Fraction]:
    """Tell how a number was most probably misprinted, and how likely that result is.

    Parameters
    ----------
    printed, meant : Fraction
        A printed dash is None.
    decimals : int
        With how many decimals such numbers are printed at least; that the other of the two has
        more says so too: 50.0 was printed where 50.3 was meant.

    Returns
    -------
    str, Fraction
        The kind of slip, and its likelihood.

    Examples
    --------
    >>> judge_number(Fraction(51), Fraction("50.1"))[0]
    'digits_transposed'
    >>> judge_number(Fraction(54), Fraction(45))[0]
    'digits_transposed'
    >>> judge_number(Fraction(450), Fraction(45))[0]
    'decimal_slipped'
    """
    share = read_model().share
    if printed is None:
        return "dash_for_number", share["dash_for_number"]
    options = [("other", share["other"] / ELSE)]
    if printed == -meant:
        options.append(("sign_lost", share["sign_lost"]))
    for power in DECIMALS_SLIPPED:
        if meant and printed in (meant * 10**power, meant / 10**power):
            options.append(
                ("decimal_slipped", share["decimal_slipped"] / (2 * len(DECIMALS_SLIPPED)))
            )
    if (printed < 0) == (meant < 0):
        most = max(_count_decimals(write_digits(n)) for n in (printed, meant))
        for shown in {0, max(decimals, most)}:
            texts = (write_digits(abs(printed), shown), write_digits(abs(meant), shown))
            options += _compare_digits(*texts, share)
    return max(options, key=lambda option: option[1])


def _compare_digits(
    printed: str, meant: str, share: Mapping[str, Fraction]
) -> Iterator[tuple[str, Fraction]]:
    if not printed or not meant:
        return
    size = sum(sign.isdigit() for sign in meant)
    if len(printed) == len(meant):
        wrong = [i for i, (a, b) in enumerate(zip(printed, meant, strict=True)) if a != b]
        if len(wrong) == 1 and printed[wrong[0]].isdigit() and meant[wrong[0]].isdigit():
            yield "digit_changed", share["digit_changed"] / (9 * size)
        if _is_transposed(printed, meant):
            yield "digits_transposed", share["digits_transposed"] / (size - 1)
    elif len(printed) == len(meant) - 1 and printed in _drop_one(meant):
        yield "digit_dropped", share["digit_dropped"] / size
    elif len(printed) == len(meant) + 1 and meant in _drop_one(printed):
        yield "digit_added", share["digit_added"] / (10 * (size + 1))


def _is_transposed(printed: str, meant: str) -> bool:
    """Tell whether two neighbouring digits were exchanged, a decimal point between them or not."""
    digits = [i for i, sign in enumerate(meant) if sign.isdigit()]
    for first, second in itertools.pairwise(digits):
        signs = list(meant)
        signs[first], signs[second] = signs[second], signs[first]
        if "".join(signs) == printed:
            return True
    return False


def _drop_one(text: str) -> set[str]:
    return {text[:i] + text[i + 1 :] for i, sign in enumerate(text) if sign.isdigit()}


def propose_meant(printed: Fraction | None, decimals: int = 0) -> list[Fraction]:
    """List the numbers that one slip within a number may have turned into the printed one.

    Parameters
    ----------
    printed : Fraction
        A printed dash is None.
    decimals : int
        With how many decimals such numbers are printed at least.

    Returns
    -------
    list of Fraction
        Likeliest first.

    Examples
    --------
    >>> Fraction(45) in propose_meant(Fraction(54)), propose_meant(None)
    (True, [])
    """
    text = write_digits(abs(printed), decimals) if printed is not None else ""
    if printed is None or not text:
        return []
    sign = -1 if printed < 0 else 1
    spots = [i for i, s in enumerate(text) if s.isdigit()]
    texts = {text[:i] + d + text[i + 1 :] for i in spots for d in "0123456789"}
    texts |= {text[:i] + d + text[i:] for i in [*spots, len(text)] for d in "0123456789"}
    texts |= _drop_one(text)
    for first, second in itertools.pairwise(spots):
        signs = list(text)
        signs[first], signs[second] = signs[second], signs[first]
        texts.add("".join(signs))
    found = {sign * Fraction(t) for t in texts if any(s.isdigit() for s in t) and t[-1] != "."}
    for power in DECIMALS_SLIPPED:
        found |= {printed * 10**power, printed / 10**power}
    return sorted(found - {printed}, key=lambda m: (-judge_number(printed, m, decimals)[1], abs(m)))


def judge_set(
    printed: Mapping[int, Fraction | None],
    meant: Mapping[int, Fraction | None],
    lines: Sequence[Sequence[int]],
    restated: frozenset[int],
    others: Mapping[int, Fraction | None] | None = None,
) -> tuple[list[Misprint], Fraction]:
    """Tell how a set of cells was most probably misprinted, and how likely.

    Parameters
    ----------
    printed, meant : mapping
        Cell -> number; a dash is None; what could be several numbers is not in `meant`.
    lines : sequence of sequence of int
        Cells in the order in which they stand in a row or column.
    restated : frozenset of int
        Cells that another place of the document states too.
    others : mapping, optional
        Cell -> printed number, of the lines' other cells: without them a run that has slipped
        over equal numbers is not seen.

    Returns
    -------
    list of Misprint, Fraction
        Fewest slips first by likelihood; the product of likelihoods and rates.
    """
    model = read_model()
    left = list(printed)
    found: list[Misprint] = []
    for misprint in _slips_between(printed, meant, lines, others or {}):
        if set(misprint.cells) <= set(left):
            found.append(misprint)
            left = [c for c in left if c not in misprint.cells]
    for cell in left:
        found.append(_judge_cell(cell, printed, meant, cell in restated))
    total = Fraction(1)
    for misprint in found:
        total *= model.rate * misprint.likelihood
    return found, total


def _slips_between(
    printed: Mapping[int, Fraction | None],
    meant: Mapping[int, Fraction | None],
    lines: Sequence[Sequence[int]],
    others: Mapping[int, Fraction | None],
) -> Iterator[Misprint]:
    """Yield slips that explain several cells at once, those that explain most first."""
    share = read_model().share
    shifts = [
        Misprint("shifted", cells, share["shifted"] / 2)
        for cells in find_shifts(printed, meant, lines, others)
    ]
    yield from (shift for shift in shifts if len(shift.cells) > 2)
    for cells, apart in find_swaps(printed, meant, lines):
        if apart is None:
            # A cell has four neighbours in a table.
            yield Misprint("swapped_neighbours", cells, share["swapped_neighbours"] / 4)
        else:
            yield Misprint("swapped", cells, share["swapped"] / (apart or ANYWHERE))
    # Of two wrong cells a swap explains both numbers, a shift only one.
    yield from (shift for shift in shifts if len(shift.cells) == 2)


def _judge_cell(
    cell: int,
    printed: Mapping[int, Fraction | None],
    meant: Mapping[int, Fraction | None],
    restated: bool,
) -> Misprint:
    share = read_model().share
    number = meant.get(cell)
    if number is None:
        if printed[cell] is None:
            return Misprint("dash_for_number", (cell,), share["dash_for_number"])
        return Misprint("other", (cell,), share["other"] / ELSE)
    kind, likely = judge_number(printed[cell], number)
    if restated and kind == "other":
        kind, likely = "restated_otherwise", share["restated_otherwise"]
    return Misprint(kind, (cell,), likely)
