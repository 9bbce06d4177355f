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
            changes = {
                c: m * system.scale - system.values[c] for c, m in (meant | {cell: option}).items()
            }
            if not _inside(repair[cell], option) or any(
                d.denominator != 1 for d in changes.values()
            ):
                continue
            if part.feasibility.admits(sorted(cells), {c: int(d) for c, d in changes.items()}):
                meant[cell] = option
                break
    return meant


def _options(
    system: System, cell: int, cells: frozenset[int], meant: Mapping[int, Fraction]
) -> list[Fraction]:
    """List numbers that one slip explains: another cell's in its place, then slips of its own."""
    others = [_printed(system, c) for c in sorted(cells - {cell}) if c not in meant]
    return [o for o in others if o is not None] + propose_meant(_printed(system, cell))


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
    lines = [
        [c for c, v in system.rows[n].terms.items() if v > 0]
        if len(cells & system.rows[n].terms.keys()) > 1
        else []
        for n in touched
    ]
    restated = {
        c
        for n in part.rows
        for s in system.sources[n]
        if identities[s].kind == "restatement"
        for c in system.rows[n].terms
    }
    printed = {c: _printed(system, c) for c in sorted(cells)}
    return judge_set(printed, meant, [line for line in lines if line], frozenset(restated))
