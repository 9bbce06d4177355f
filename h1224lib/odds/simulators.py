"""Simulators that the model does not match: bursts, drift, shared shocks, a rush, runaways."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from h1224lib.odds.exposure import RUSH

# Three years of quarters, and what eight areas of a city of 1000 projects might be given.
QUARTERS = 12
TARGETS = np.array([150.0, 110, 150, 125, 105, 216, 84, 60])

Drawing = np.random.Generator


def _matched(drawing: Drawing) -> np.ndarray:
    """Draw rates from a gamma distribution, one gamma shock a quarter: what the model assumes."""
    shocks = drawing.gamma(25, 1 / 25, QUARTERS)
    return drawing.poisson(_paces(drawing)[:, None] * _even() * shocks)


def _bursts(drawing: Drawing) -> np.ndarray:
    """Let projects come in groups of four on average: events, or a chain behind its leader."""
    groups = drawing.poisson(_paces(drawing)[:, None] * _even() / 4)
    return groups + drawing.negative_binomial(np.maximum(groups, 1), 0.25) * (groups > 0)


def _drift(drawing: Drawing) -> np.ndarray:
    """Let the city's pace, and each area's own, walk at random by a tenth a quarter."""
    city = np.cumsum(drawing.normal(0, 0.1, QUARTERS))
    own = np.cumsum(drawing.normal(0, 0.1, (len(TARGETS), QUARTERS)), axis=1)
    return drawing.poisson(_paces(drawing)[:, None] * _even() * np.exp(city + own))


def _shocks(drawing: Drawing) -> np.ndarray:
    """Let a shock common to all areas fade over several quarters instead of one."""
    level = np.empty(QUARTERS)
    level[0] = drawing.normal(0, 0.3)
    for quarter in range(1, QUARTERS):
        level[quarter] = 0.7 * level[quarter - 1] + drawing.normal(0, 0.3 * np.sqrt(0.51))
    return drawing.poisson(_paces(drawing)[:, None] * _even() * np.exp(level - 0.045))


def _season(drawing: Drawing) -> np.ndarray:
    """Let two fifths of a year's projects come in its last quarter, unknown to the model."""
    rush = np.tile(4 * np.array(RUSH), QUARTERS // 4)
    return drawing.poisson(_paces(drawing)[:, None] * _even() * rush)


def _outliers(drawing: Drawing) -> np.ndarray:
    """Let one area in six go at a third of the others' pace, or at more than double."""
    odd = drawing.random(len(TARGETS)) < 1 / 6
    paces = np.where(odd, drawing.choice([0.33, 2.2], len(TARGETS)), 1.0) * drawing.uniform(
        0.8, 1.2
    )
    return drawing.poisson(paces[:, None] * _even())


def _paces(drawing: Drawing) -> np.ndarray:
    """Return each area's own pace, around one of the whole city."""
    return drawing.gamma(16, 1 / 16, len(TARGETS)) * drawing.uniform(0.8, 1.2)


def _even() -> np.ndarray:
    return np.repeat(TARGETS[:, None] / QUARTERS, QUARTERS, axis=1)


SIMULATORS: dict[str, Callable[[Drawing], np.ndarray]] = {
    "matched": _matched,
    "bursts": _bursts,
    "drift": _drift,
    "shocks": _shocks,
    "season": _season,
    "outliers": _outliers,
}
