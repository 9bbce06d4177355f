"""Statements: what is to be said of a completion split in two, and of shifts and shares."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from h1224lib.findings import Finding, Label
from h1224lib.gaps.cells import name_cell
from h1224lib.labels import name_code, name_unit
from h1224lib.plan.model import DIMENSIONS

if TYPE_CHECKING:
    from h1224lib.gaps.completion import CompletionSplit
    from h1224lib.gaps.counts import Cell
    from h1224lib.gaps.shifts import ShiftShare

SHOWN = 5


def tell_completion(split: CompletionSplit) -> list[Finding]:
    """State how much is mix, how much is rate, and which cells are in neither."""
    return [_tell_split(split), *_tell_cells_left_out(split), *_tell_holes(split)]


def tell_shifts(shifts: ShiftShare) -> list[Finding]:
    """State the growth of the whole, who gained most of its own, and what is unknown."""
    told = [_tell_growth(shifts), *_tell_ceilings(shifts), *_tell_industries(shifts)]
    return [*told, *_tell_unknown(shifts)]


def _tell_split(split: CompletionSplit) -> Finding:
    """State how much of the difference is mix and how much is rate."""
    numbers: dict[str, object] = {
        "a": split.names[0],
        "b": split.names[1],
        "measure": name_code(split.b.plan, "measure", split.measure),
        "completion_a": None if split.completion_a is None else float(split.completion_a),
        "completion_b": None if split.completion_b is None else float(split.completion_b),
    }
    if split.difference is None and split.ceilings:
        return Finding("completion_ceiling", "note", numbers | {"named": _once(split.ceilings)})
    if split.difference is None:
        return Finding("completion_not_split", "note", numbers)
    effects = {name: float(effect or 0) for name, effect in split.effects.items()}
    numbers |= {**effects, "difference": float(split.difference)}
    rows = split.table[~split.table["unallocated"]]
    if len(rows) and rows["effect"].iloc[0] != 0:
        top = rows.iloc[0]
        by = [d for d in DIMENSIONS if d in rows]
        # Where the plan lacks the dimension, its only cell is the whole.
        codes = dict.fromkeys(DIMENSIONS, "all") | top.to_dict()
        numbers["largest"] = name_cell(split.b.plan, codes, by)
        numbers["effect"] = float(top["effect"])
    return Finding("completion_split", "note", {"largest": None, **numbers})


def _once(names: list[Label]) -> list[Label]:
    return list(dict.fromkeys(names))


def _tell_cells_left_out(split: CompletionSplit) -> list[Finding]:
    """Name the cells of which less is better: they have no completion to be a part of one."""
    if not split.ceilings or split.difference is None:
        return []
    named, more = split.ceilings[:SHOWN], max(len(split.ceilings) - SHOWN, 0)
    return [Finding("completion_ceiling_cells", "warning", {"named": named, "more": more})]


def _tell_holes(split: CompletionSplit) -> list[Finding]:
    if not split.unknown or split.difference is None:
        return []
    more = max(len(split.unknown) - SHOWN, 0)
    return [
        Finding("completion_unknown", "warning", {"unknown": split.unknown[:SHOWN], "more": more})
    ]


def _tell_growth(shifts: ShiftShare) -> Finding:
    """State the city's growth, and the areas that stand highest and lowest by their own part."""
    own = _sum_own(shifts)
    numbers: dict[str, Any] = {"areas": len(own), "unit": _name_unit(shifts)}
    if shifts.growth is None or not own:
        return Finding("shift_share_none", "note", numbers)
    most, least = max(own.values()), min(own.values())
    ends = {"best": most, "worst": least}
    named = {n: [a for a, part in own.items() if part == end] for n, end in ends.items()}
    numbers |= {"growth": float(shifts.growth), "most": float(most), "least": float(least)}
    for name, areas in named.items():
        numbers[name] = [_name(shifts, "area", area) for area in areas[:SHOWN]]
        numbers[f"{name}_more"] = max(len(areas) - SHOWN, 0)
    if shifts.kind == "schedule":
        return Finding("shift_share_schedule", "note", numbers)
    return Finding("shift_share", "note", numbers)


def _sum_own(shifts: ShiftShare) -> dict[str, Fraction]:
    """Return each area's own part, of areas with every count."""
    table = shifts.table
    rows = table[(table["industry"] == "all") & (table["area"] != "all")]
    rows = rows.dropna(subset=["competitive"])
    names = [name for name in ("competitive", "allocation") if name in shifts.exact]
    parts = shifts.exact.loc[rows.index, names].to_numpy()
    return {str(a): sum(own, Fraction(0)) for a, own in zip(rows["area"], parts, strict=True)}


def _tell_ceilings(shifts: ShiftShare) -> list[Finding]:
    """State that less is better, of every cell or of which."""
    if not shifts.ceilings:
        return []
    table = shifts.table
    cells = set(zip(table["area"], table["industry"], strict=True)) & set(shifts.ceilings)
    summed = (table["area"] == "all") | (table["industry"] == "all")
    every = len(cells) >= (len(table) if summed.all() else int((~summed).sum()))
    named = [] if every else [_name_pair(shifts, cell) for cell in shifts.ceilings[:SHOWN]]
    more = max(len(shifts.ceilings) - SHOWN, 0)
    return [Finding("shift_share_ceiling", "warning", {"named": named, "more": more})]


def _tell_industries(shifts: ShiftShare) -> list[Finding]:
    """State where there are no industries: then nothing is due to them."""
    if (shifts.table["industry"] != "all").any() or shifts.table.empty:
        return []
    return [Finding("shift_share_no_industries", "note", {})]


def _tell_unknown(shifts: ShiftShare) -> list[Finding]:
    if not shifts.unknown:
        return []
    named = [_name_pair(shifts, cell) for cell in shifts.unknown[:SHOWN]]
    more = max(len(shifts.unknown) - SHOWN, 0)
    return [Finding("shift_share_unknown", "warning", {"unknown": named, "more": more})]


def _name_pair(shifts: ShiftShare, cell: Cell) -> Label:
    """Name an area and an industry; without industries, the area alone."""
    parts = [_name(shifts, "area", cell[0])]
    parts += [_name(shifts, "industry", cell[1])] if cell[1] != "all" else []
    return Label("·".join(p.zh for p in parts), ", ".join(p.en for p in parts))


def _name(shifts: ShiftShare, dimension: str, code: str) -> Label:
    plan = shifts.state.plan if shifts.state else None
    return Label(code, code) if plan is None else name_code(plan, dimension, code)


def _name_unit(shifts: ShiftShare) -> Label:
    if shifts.state is None:
        return Label("", "")
    return name_unit(shifts.state.plan, shifts.measure)
