"""Repairs: what the figures of an explanation may be, and what was most probably meant."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from h1224lib.identities import Identity
from h1224lib.localisation.misprints import Misprint, judge_set, propose_meant
from h1224lib.localisation.numbers import Number, tell_number
from h1224lib.localisation.parts import Part
from h1224lib.localisation.system import System

# Beyond this many explanations of one part, figures that may be several numbers get no proposal.
MOST_PROPOSED = 200
# Steps by which the end of a range is moved inwards until the other figures can follow.
MOST_STEPS = 100


class Range(NamedTuple):
    """The numbers that a figure may be: from `low` to `high`; None is without end."""

    low: Number | None
    high: Number | None


def find_repair(system: System, part: Part, cells: frozenset[int]) -> dict[int, Number | Range]:
    """Return for each cell of a set the number that it must be, or the range that it may lie in."""
    repair: dict[int, Number | Range] = {}
    for cell, (low, high) in part.feasibility.intervals(sorted(cells)).items():
        step = system.steps[cell]
        ends = [
            None if change is None else (system.values[cell] + change) for change in (low, high)
        ]
        if step is not None:
            ends = _round_inwards(system, part, cells, cell, ends)
        told = [None if end is None else tell_number(Fraction(end) / system.scale) for end in ends]
        repair[cell] = told[0] if told[0] == told[1] and told[0] is not None else Range(*told)
    return repair


def _round_inwards(
    system: System,
    part: Part,
    cells: frozenset[int],
    cell: int,
    ends: list[Fraction | None],
) -> list[Fraction | None]:
    """Move the ends of a range onto steps that the other cells of the set can follow."""
    step = system.steps[cell] or 1
    rounded: list[Fraction | None] = []
    for end, inwards in zip(ends, (step, -step), strict=True):
        if end is None:
            rounded.append(None)
            continue
        value = math.ceil(end / step) * step if inwards > 0 else math.floor(end / step) * step
        for _ in range(MOST_STEPS if len(cells) > 1 else 0):
            if part.feasibility.admits(sorted(cells), {cell: value - system.values[cell]}):
                break
            value += inwards
        rounded.append(Fraction(value))
    return rounded


def _printed(system: System, cell: int) -> Fraction | None:
    return None if cell in system.dashes else Fraction(system.values[cell], system.scale)


def propose(
    system: System, part: Part, cells: frozenset[int], repair: Mapping[int, Number | Range]
) -> dict[int, Fraction]:
    """Choose for each cell the number most probably meant."""
    meant = {c: _exact(r) for c, r in repair.items() if not isinstance(r, Range)}
    if len(part.found.sets) > MOST_PROPOSED:
        return meant
    for cell in sorted(cells - meant.keys()):
        for option in _options(system, cell, cells, meant):
            off = _is_off_step(system, cell, option)
            if off or not _inside(repair[cell], option):
                continue
            changes = _change(system, {**meant, cell: option})
            if part.feasibility.admits(sorted(cells), changes):
                meant[cell] = option
                break
    return meant


def _change(system: System, meant: Mapping[int, Fraction]) -> dict[int, int]:
    """Return the changes that lead to numbers; what is finer than counted follows from the rest."""
    changes = {c: m * system.scale - system.values[c] for c, m in meant.items()}
    return {c: int(d) for c, d in changes.items() if d.denominator == 1}


def _is_off_step(system: System, cell: int, option: Fraction) -> bool:
    """Tell whether a number is finer than the system counts, or than the cell's own step."""
    scaled = option * system.scale
    return scaled.denominator != 1 or scaled % (system.steps[cell] or 1) != 0


def _options(
    system: System, cell: int, cells: frozenset[int], meant: Mapping[int, Fraction]
) -> list[Fraction]:
    """List numbers that one slip explains: another cell's in its place, then slips of its own."""
    others = [_printed(system, c) for c in sorted(cells - {cell}) if c not in meant]
    return [o for o in others if o is not None] + propose_meant(
        _printed(system, cell), _count_decimals(system, cell)
    )


def _inside(repair: Number | Range, option: Fraction) -> bool:
    if not isinstance(repair, Range):
        return False
    low, high = repair
    return (low is None or option >= _exact(low)) and (high is None or option <= _exact(high))


def _exact(number: Number) -> Fraction:
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)


def judge(
    system: System,
    part: Part,
    cells: frozenset[int],
    meant: Mapping[int, Fraction],
    identities: Sequence[Identity],
) -> tuple[list[Misprint], Fraction]:
    """Tell how a set was most probably misprinted, and how likely."""
    touched = sorted({n for c in cells for n in system.touching[c]})
    lines = [line for n in touched if len(cells & set(line := _line(system.rows[n].terms))) > 1]
    restated = {
        c
        for n in part.rows
        for s in system.sources[n]
        if identities[s].kind == "restatement"
        for c in system.rows[n].terms
    }
    printed = {c: _printed(system, c) for c in sorted(cells)}
    others = {c: _printed(system, c) for line in lines for c in line if c not in cells}
    return judge_set(printed, meant, lines, frozenset(restated), others)


def _line(terms: Mapping[int, int]) -> list[int]:
    """Return the parts of a row in their order: the larger of the cells added and taken off."""
    added = [c for c, v in terms.items() if v > 0]
    taken = [c for c, v in terms.items() if v < 0]
    return max(added, taken, key=len)


def _count_decimals(system: System, cell: int) -> int:
    """Return with how many decimals a cell's step is written; 0 without a step."""
    step = Fraction(system.steps[cell] or system.scale, system.scale)
    return next((n for n in range(13) if (step * 10**n).denominator == 1), 0)
