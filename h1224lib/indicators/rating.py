"""Rating: progress by growth rates, as Statistics Canada publishes it and Open SDG computes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from h1224lib.errors import ComparisonError

NEEDED = ("base_value", "base_year", "current_value", "current_year", "direction")
OPTIONAL = ("target", "target_year", "limit")
# The published method's numbers: bands of R, bands of p, and how a limit lowers the latter.
RATIO_BANDS = (0.95, 0.60)
GROWTH_BANDS = (0.015, 0.005)
NEARNESS = 4.44
IN_PLACE_OF_ZERO = 0.001
STATUSES = ("substantial_progress", "moderate_progress", "limited_progress", "deterioration")

Columns = dict[str, "np.ndarray[Any, np.dtype[np.float64]]"]
Numbers = np.ndarray[Any, np.dtype[np.float64]]


def rate_indicators(frame: pd.DataFrame) -> pd.DataFrame:
    """Rate indicators by the growth that they show and the growth that they need.

    Parameters
    ----------
    frame : DataFrame
        One row an indicator: base_value, base_year, current_value, current_year, target,
        target_year, direction (1: up is good, -1: down is good), limit (the natural bound of an
        indicator without a target). Target, target_year and limit may be missing, one by one or
        as columns. Other columns pass through.

    Returns
    -------
    DataFrame
        The same rows with progress_value (the ratio R, or the yearly growth p without a target),
        score (from -5 to 5) and status (target_achieved, substantial_progress,
        moderate_progress, limited_progress, deterioration, not_available). A target that is
        reached scores 5 even where nothing can be said of growth. Infinite where a target equals
        its base and the value has moved away from it.

    Raises
    ------
    ComparisonError
        A column is missing, a direction is neither 1 nor -1, or there is text for a number.

    Notes
    -----
    Statistics Canada's method, in Open SDG's documentation ("Progress Measurement Methodology
    for the Sustainable Development Goals") and its program sdg-build, whose order of steps
    decides where the text leaves a case open.

    Examples
    --------
    >>> frame = pd.DataFrame({"base_value": [63.0], "base_year": [2005], "current_value": [74.0],
    ...     "current_year": [2020], "target": [85.0], "target_year": [2030], "direction": [1]})
    >>> rate_indicators(frame)[["progress_value", "score", "status"]].round(4).values.tolist()
    [[0.8949, 2.1068, 'moderate_progress']]
    """
    given = _read(frame)
    has_target = ~np.isnan(given["target"])
    with np.errstate(all="ignore"):
        growth = _growth(given)
        nearness = _scale(given["base_value"], given["limit"])
        value = np.where(has_target, _ratio(growth, given), growth)
        high, middle = (
            np.where(has_target, of_ratio, of_growth * nearness)
            for of_ratio, of_growth in zip(RATIO_BANDS, GROWTH_BANDS, strict=True)
        )
        score = np.where(has_target, _score_ratio(value), _score_growth(value, nearness))
    bands = [value >= high, value >= middle, value >= 0, value < 0]
    status = np.select(bands, STATUSES, "not_available").astype(object)
    reached = _is_reached(given)
    status[reached] = "target_achieved"
    return frame.assign(
        progress_value=value,
        score=np.where(reached, 5.0, np.where(np.isnan(value), np.nan, score)),
        status=status,
    )


def _read(frame: pd.DataFrame) -> Columns:
    """Take the columns as numbers; infinite ones are missing, a target of 0 counts as 0.001."""
    missing = [name for name in NEEDED if name not in frame]
    if missing:
        raise ComparisonError("indicator_columns", columns=missing)
    given = {}
    for name in (*NEEDED, *OPTIONAL):
        column = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
        numbers = _as_numbers(name, column)
        given[name] = np.where(np.isfinite(numbers), numbers, np.nan)
    wrong = ~np.isin(given["direction"], (1.0, -1.0))
    if wrong.any():
        raise ComparisonError("indicator_direction", found=frame["direction"][wrong].iloc[0])
    given["target"] = np.where(given["target"] == 0, IN_PLACE_OF_ZERO, given["target"])
    return given


def _as_numbers(name: str, column: pd.Series) -> Numbers:
    """Return a column's numbers; what is neither a number nor missing is refused."""
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = numbers.isna() & column.notna() & (column.astype(str).str.strip() != "")
    dated = pd.api.types.is_datetime64_any_dtype(column)
    if name != "direction" and (wrong.any() or (dated and len(column))):
        found = column.iloc[0] if dated else column[wrong].iloc[0]
        raise ComparisonError("indicator_number", column=name, found=str(found))
    return np.asarray(numbers.to_numpy(dtype="float64", na_value=np.nan))


def _growth(given: Columns) -> Numbers:
    """Return the yearly growth in the desired direction; NaN under a year or across zero."""
    observed = compound(
        given["base_value"], given["current_value"], given["current_year"] - given["base_year"]
    )
    long_enough = given["current_year"] - given["base_year"] >= 1
    return np.where(long_enough, _toward(given) * observed, np.nan)


def _ratio(growth: Numbers, given: Columns) -> Numbers:
    """Return observed over required growth; what only has to hold still has lost without end."""
    ahead = given["target_year"] - given["base_year"]
    required = np.abs(compound(given["base_value"], given["target"], ahead))
    ratio = growth / required
    lost = (required == 0) & ~_is_reached(given) & ~np.isnan(growth)
    return np.where(lost, -np.inf, ratio)


def compound(base: Any, value: Any, years: Any) -> Numbers:
    """Return the compound yearly growth between two values of one sign.

    A base of 0 counts as 0.001; NaN where the years are not positive or the sign changes.

    Examples
    --------
    >>> [round(float(compound(b, 121.0, 2)), 6) for b in (100.0, -100.0)]
    [0.1, nan]
    """
    with np.errstate(all="ignore"):
        start = np.where(np.equal(base, 0), IN_PLACE_OF_ZERO, base)
        growth = np.power(np.divide(value, start), np.divide(1.0, years)) - 1
        crosses = ((start > 0) & np.less(value, 0)) | ((start < 0) & np.greater(value, 0))
        return np.where(crosses | ~np.greater(years, 0), np.nan, growth)


def _toward(given: Columns) -> Numbers:
    """Return the sign of growth that is good: among negative values, the other one."""
    return np.where(given["base_value"] < 0, -1.0, 1.0) * given["direction"]


def _is_reached(given: Columns) -> np.ndarray[Any, np.dtype[np.bool_]]:
    up = given["direction"] == 1
    value, target = given["current_value"], given["target"]
    found: np.ndarray[Any, np.dtype[np.bool_]] = np.where(up, value >= target, value <= target)
    return found


def _scale(base: Numbers, limit: Numbers) -> Numbers:
    """Return how much a natural limit lowers the bands of growth: 1 far from it, 0 at it."""
    size, bound = np.abs(base), np.abs(limit)
    below = 1 - (size / bound) ** NEARNESS
    above = 1 - ((2 * bound - size) / bound) ** NEARNESS
    free = np.isnan(limit) | (size >= 2 * bound)
    return np.where(free, 1.0, np.where(size <= bound, below, above))


def _score_ratio(ratio: Numbers) -> Numbers:
    up = np.minimum(7.1429 * ratio - 4.2857, 5)
    return np.where(ratio >= RATIO_BANDS[1], up, np.maximum(4.1667 * ratio - 2.5, -5))


def _score_growth(growth: Numbers, nearness: Numbers) -> Numbers:
    high, middle = (band * nearness for band in GROWTH_BANDS)
    share = growth / nearness
    choices = [
        (growth < 0, np.maximum(125 * growth - 2.5, -5)),
        (nearness == 0, np.full_like(growth, 5.0)),
        (growth >= high, np.minimum(500 * share - 5, 5)),
        (growth >= middle, 250 * share - 1.25),
    ]
    return np.select([c for c, _ in choices], [s for _, s in choices], 500 * share - 2.5)
