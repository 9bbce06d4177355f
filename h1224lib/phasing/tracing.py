"""Tracing: the exact path of every cell, and what it reaches at the end of each period."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

import numpy as np

from h1224lib.errors import RoundingError
from h1224lib.phasing.cells import Cells
from h1224lib.phasing.paths import DisagreementError, Path, Printed, Span, trace_path
from h1224lib.phasing.policies import Policy, Profile
from h1224lib.plan.model import Plan
from h1224lib.rounding.problem import LARGEST


def trace_cells(
    plan: Plan, cells: Cells, policy: Policy, profiles: Mapping[tuple[str, str], Profile]
) -> tuple[list[int], list[Path]]:
    """Trace the path of every cell whose horizons agree; equal cells have the same one."""
    chosen = {
        d: {c: _profile_of(c, d, plan, profiles) for c in cells.keys[d].unique()}
        for d in ("area", "industry")
    }
    default = profiles["area", "all"]
    seen: dict[object, Path | None] = {}
    kept, paths = [], []
    codes = zip(cells.keys["area"], cells.keys["industry"], cells.printed, strict=True)
    for place, (area, industry, printed) in enumerate(codes):
        profile = chosen["area"][area] or chosen["industry"][industry] or default
        key = (tuple(sorted(printed.items())), profile)
        if key not in seen:
            seen[key] = _try(printed, policy, profile)
        path = seen[key]
        if path is not None:
            kept.append(place)
            paths.append(path)
    return kept, paths


def _profile_of(
    code: str, dimension: str, plan: Plan, profiles: Mapping[tuple[str, str], Profile]
) -> Profile | None:
    """Return the profile given for a code or for the nearest one above it, below the root."""
    table = plan.table(dimension)
    while code and code != "all":
        if (dimension, code) in profiles:
            return profiles[dimension, code]
        code = str(table.at[code, "parent"])
    return None


def _try(printed: Printed, policy: Policy, profile: Profile) -> Path | None:
    try:
        return trace_path(printed, policy, profile)
    except DisagreementError:
        return None


def accumulate(paths: list[Path], spans: list[Span]) -> tuple[np.ndarray, int]:
    """Return exact cumulative values at the end of each period, over a common denominator."""
    seen: dict[int, list[Fraction]] = {}
    for path in paths:
        if id(path) not in seen:
            seen[id(path)] = _run_up(path, spans)
    values, scale = _to_integers(list(seen.values()))
    place = {key: row for row, key in enumerate(seen)}
    return values.reshape(len(seen), len(spans))[[place[id(path)] for path in paths]], scale


def _to_integers(rows: list[list[Fraction]]) -> tuple[np.ndarray, int]:
    """Bring fractions to a common denominator."""
    scale = lcm(1, *(value.denominator for row in rows for value in row))
    whole = [[int(value * scale) for value in row] for row in rows]
    if max((row[-1] for row in whole), default=0) >= LARGEST:
        raise RoundingError("shares_too_fine", found=scale)
    return np.array(whole, dtype=np.int64), scale


def _run_up(path: Path, spans: list[Span]) -> list[Fraction]:
    values, total = [], Fraction(0)
    for first, last in spans:
        total += sum(path.months.get(month, Fraction(0)) for month in range(first, last + 1))
        values.append(total)
    return values
