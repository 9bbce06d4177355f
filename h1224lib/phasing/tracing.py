"""Tracing: the exact path of every cell, and what it reaches at the end of each period."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

import numpy as np
import pandas as pd

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
    chosen = {d: _find_profiles(cells.keys[d], d, plan, profiles) for d in ("area", "industry")}
    default = profiles["area", "all"]
    seen: dict[object, Path | None] = {}
    kept, paths = [], []
    codes = zip(cells.keys["area"], cells.keys["industry"], cells.printed, strict=True)
    for place, (area, industry, printed) in enumerate(codes):
        profile = chosen["area"][area] or chosen["industry"][industry] or default
        # By its identity: to hash the fractions of a profile takes longer than to find a path.
        key = (tuple(sorted(printed.items())), id(profile))
        if key not in seen:
            seen[key] = _try(printed, policy, profile)
        path = seen[key]
        if path is not None:
            kept.append(place)
            paths.append(path)
    return kept, paths


def _find_profiles(
    codes: pd.Series, dimension: str, plan: Plan, profiles: Mapping[tuple[str, str], Profile]
) -> dict[str, Profile | None]:
    """Find the profile given for each code or for the nearest one above it, below the root."""
    parents = plan.table(dimension)["parent"].to_dict()
    found: dict[str, Profile | None] = {}
    for code in codes.unique():
        above = str(code)
        while above and above != "all" and (dimension, above) not in profiles:
            above = str(parents[above])
        found[code] = profiles.get((dimension, above)) if above != "all" else None
    return found


def _try(printed: Printed, policy: Policy, profile: Profile) -> Path | None:
    try:
        return trace_path(printed, policy, profile)
    except DisagreementError:
        return None


def find_alike(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    """Return where each path stands first, and for each place which of these stands there."""
    _, first, alike = np.unique(
        [id(path) for path in paths], return_index=True, return_inverse=True
    )
    return first, alike


def mark_known(paths: list[Path], spans: list[Span]) -> np.ndarray:
    """Mark the periods, paths x spans, in which there is a number."""
    first, alike = find_alike(paths)
    known = [
        any(month in paths[row].months for month in range(start, end + 1))
        for row in first
        for start, end in spans
    ]
    return np.array(known, dtype=bool).reshape(len(first), len(spans))[alike]


def accumulate(paths: list[Path], spans: list[Span]) -> tuple[np.ndarray, int]:
    """Return exact cumulative values at the end of each period, over a common denominator."""
    first, alike = find_alike(paths)
    values, scale = _to_integers([_run_up(paths[row], spans) for row in first])
    return values.reshape(len(first), len(spans))[alike], scale


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
