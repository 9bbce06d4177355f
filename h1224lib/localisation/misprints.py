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
from typing import Any

DECIMALS_SLIPPED = (1, 2, 3)
# Numbers among which "any other" is spread, whatever the length: short numbers get no advantage.
ELSE = 10_000


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


@functools.cache
def read_model() -> tuple[Fraction, dict[str, Fraction]]:
    """Read the rate of misprints and the share of each kind.

    Examples
    --------
    >>> rate, share = read_model()
    >>> sum(share.values())
    Fraction(1, 1)
    """
    text = resources.files("h1224lib.localisation").joinpath("misprints.toml").read_text("utf-8")
    model = tomllib.loads(text, parse_float=Fraction)
    return model["rate"], model["share"]


def write_digits(value: Fraction | None) -> str:
    """Write a number as it would be printed; "" where it has no end.

    Examples
    --------
    >>> write_digits(Fraction(709117, 10)), write_digits(Fraction(1, 3))
    ('70911.7', '')
    """
    if value is None:
        return "-"
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return ""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def judge_number(printed: Fraction | None, meant: Fraction) -> tuple[str, Fraction]:
    """Tell how a number was most probably misprinted, and how likely that result is.

    Examples
    --------
    >>> judge_number(Fraction(54), Fraction(45))[0]
    'digits_transposed'
    >>> judge_number(Fraction(450), Fraction(45))[0]
    'decimal_slipped'
    """
    share = read_model()[1]
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
        options += _compare_digits(write_digits(abs(printed)), write_digits(abs(meant)), share)
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


def propose_meant(printed: Fraction | None) -> list[Fraction]:
    """List the numbers that one slip within a number may have turned into the printed one.

    Examples
    --------
    >>> Fraction(45) in propose_meant(Fraction(54)), propose_meant(None)
    (True, [])
    """
    text = write_digits(abs(printed)) if printed is not None else ""
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
    return sorted(found - {printed}, key=lambda m: (-judge_number(printed, m)[1], abs(m)))


def judge_set(
    printed: Mapping[int, Fraction | None],
    meant: Mapping[int, Fraction | None],
    lines: Sequence[Sequence[int]],
    restated: frozenset[int],
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

    Returns
    -------
    list of Misprint, Fraction
        Fewest slips first by likelihood; the product of likelihoods and rates.
    """
    rate, share = read_model()
    left = list(printed)
    found: list[Misprint] = []
    for cells in _find_shifts(printed, meant, lines):
        if set(cells) <= set(left):
            found.append(Misprint("shifted", cells, share["shifted"] / 2))
            left = [c for c in left if c not in cells]
    for cells, kind, ways in _find_swaps(printed, meant, lines):
        if set(cells) <= set(left):
            found.append(Misprint(kind, cells, share[kind] / ways))
            left = [c for c in left if c not in cells]
    for cell in left:
        found.append(_judge_cell(cell, printed, meant, cell in restated))
    total = Fraction(1)
    for misprint in found:
        total *= rate * misprint.likelihood
    return found, total


def _judge_cell(
    cell: int,
    printed: Mapping[int, Fraction | None],
    meant: Mapping[int, Fraction | None],
    restated: bool,
) -> Misprint:
    share = read_model()[1]
    number = meant.get(cell)
    if number is None:
        if printed[cell] is None:
            return Misprint("dash_for_number", (cell,), share["dash_for_number"])
        return Misprint("other", (cell,), share["other"] / ELSE)
    kind, likely = judge_number(printed[cell], number)
    if restated and kind == "other":
        kind, likely = "restated_otherwise", share["restated_otherwise"]
    return Misprint(kind, (cell,), likely)


def _find_swaps(
    printed: Mapping[int, Fraction | None],
    meant: Mapping[int, Fraction | None],
    lines: Sequence[Sequence[int]],
) -> Iterator[tuple[tuple[int, int], str, int]]:
    """Yield pairs whose numbers stand in each other's place, neighbours first."""
    far = []
    for a, b in itertools.combinations(printed, 2):
        if meant.get(a, ...) != printed[b] or meant.get(b, ...) != printed[a]:
            continue
        shared = [line for line in lines if a in line and b in line]
        if any(abs(line.index(a) - line.index(b)) == 1 for line in shared):
            # A cell has four neighbours in a table.
            yield (a, b), "swapped_neighbours", 4
        else:
            far.append(((a, b), "swapped", max((len(line) for line in shared), default=1000)))
    yield from far


def _find_shifts(
    printed: Mapping[int, Fraction | None],
    meant: Mapping[int, Fraction | None],
    lines: Sequence[Sequence[int]],
) -> Iterator[tuple[int, ...]]:
    """Yield runs of at least three cells along a line that each hold their neighbour's number."""
    for line in lines:
        for ahead in (1, -1):
            order = list(line)[::ahead]
            run: list[int] = []
            for here, after in itertools.pairwise([*order, -1]):
                run += [here] if here in printed else []
                moved = here in printed and after in printed
                if not moved or meant.get(here, ...) != printed[after]:
                    if len(run) >= 3:
                        yield tuple(sorted(run))
                    run = []
