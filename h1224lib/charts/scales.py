"""Scales: round numbers along an axis, and labels at its end that do not touch."""

from __future__ import annotations

import math
from collections.abc import Sequence

# Shares that a reader knows as round.
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5)


def round_ticks(most: float, count: int = 4) -> list[float]:
    """Return round numbers from 0 to no more than the largest number.

    Examples
    --------
    >>> round_ticks(1000.0), round_ticks(600.1)
    ([0.0, 250.0, 500.0, 750.0, 1000.0], [0.0, 200.0, 400.0, 600.0])
    """
    rough = max(most, 1e-9) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough * (1 - 1e-12))
    return [step * i for i in range(math.floor(most / step + 1e-9) + 1)] if most else [0.0, step]


def round_shares(most: float, count: int = 4) -> list[float]:
    """Return round shares from 0 to no more than the largest.

    Examples
    --------
    >>> round_shares(0.6), round_shares(1.2)
    ([0.0, 0.2, 0.4, 0.6000000000000001], [0.0, 0.25, 0.5, 0.75, 1.0])
    """
    step = next((s for s in SHARES if most / s <= count + 1), None)
    return [i * step for i in range(int(most / step + 1e-9) + 1)] if step else round_ticks(most)


def spread(places: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Move places apart until none is nearer to the next than `apart`, within `low` and `high`.

    Parameters
    ----------
    places : sequence of float
        Pixels, in any order; the order is kept.
    apart, low, high : float
        Pixels; where there is no room, places run beyond `high`.

    Examples
    --------
    >>> spread([10.0, 12.0, 50.0], 10.0, 0.0, 60.0)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[list[int]] = []
    starts: list[float] = []
    for i in order:
        groups.append([i])
        starts.append(places[i])
        # A group that touches the one before it becomes one with it, about their common middle.
        while len(groups) > 1 and starts[-2] + apart * len(groups[-2]) > starts[-1]:
            last = groups.pop()
            starts.pop()
            groups[-1] += last
            middle = sum(places[j] for j in groups[-1]) / len(groups[-1])
            starts[-1] = middle - apart * (len(groups[-1]) - 1) / 2
        starts[-1] = max(low, min(starts[-1], high - apart * (len(groups[-1]) - 1)))
    found = [0.0] * len(places)
    for start, group in zip(starts, groups, strict=True):
        for at, i in enumerate(group):
            found[i] = max(start, low) + at * apart
    return found
