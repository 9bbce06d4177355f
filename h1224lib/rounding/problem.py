"""The problem of controlled rounding: exact values, their sums, and what a table must keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from scipy import sparse

from h1224lib.errors import RoundingError

# Numerators and their sums fit a signed 64-bit integer, with room for a difference.
LARGEST = 2**62
_HALF = 2**31


class Rise(NamedTuple):
    """How much a cell or a sum must rise from one time to a later one, in steps.

    Cells are counted first, then sums; before -1 there is nothing.
    """

    place: int
    before: int
    after: int
    least: int
    most: int


@dataclass(frozen=True, eq=False)
class Problem:
    """Exact values of cells over time, and the sums of cells that count as well.

    Attributes
    ----------
    values : array of int, cells x times
        Exact cumulative values as numerators over `scale`, in steps; they never fall over time.
    scale : int
        The common denominator.
    sums : sparse matrix of 0 and 1, sums x cells
        Which cells each sum adds up.
    blocks : array of int, cells
        Cells that belong together, such as those of an area: fractions are mended within.
    low, high : array of int, cells x times, optional
        The steps that each cell may have; by default the whole numbers beside its value.
    rises : sequence of Rise
        What cells and sums must rise by: a number that is printed for a horizon in the middle.
    cells, times : sequence of str
        Their names, from which ties are broken; by default ties are broken by position.
    """

    values: np.ndarray
    scale: int
    sums: sparse.csr_array
    blocks: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    rises: Sequence[Rise] = ()
    cells: Sequence[str] = ()
    times: Sequence[str] = ()

    def __post_init__(self) -> None:
        largest = np.abs(self.values.astype(float)).sum(axis=0).max(initial=0)
        if largest + self.scale * (len(self.values) + 1.0) >= LARGEST:
            raise RoundingError("shares_too_fine", found=self.scale)
        if (np.diff(self.values, axis=1) < 0).any():
            raise ValueError("cumulative values fall")

    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the smallest and the largest number of steps that each cell may have."""
        low = self.values // self.scale if self.low is None else self.low
        high = -(-self.values // self.scale) if self.high is None else self.high
        return low, high

    def exact_sums(self) -> np.ndarray:
        """Return the exact value of each sum, as a numerator over `scale`."""
        return np.asarray(self.sums.astype(np.int64) @ self.values)

    def reach(self, steps: np.ndarray) -> np.ndarray:
        """Return the steps of each sum."""
        return np.asarray(self.sums.astype(np.int64) @ steps)

    def deviation(self, steps: np.ndarray) -> Fraction:
        """Return the total distance of cells and sums from their exact values, in steps."""
        cells = np.abs(steps * self.scale - self.values)
        sums = np.abs(self.reach(steps) * self.scale - self.exact_sums())
        return Fraction(_total(cells) + _total(sums), self.scale)

    def cut(self, start: int, stop: int) -> Problem:
        """Return the problem of some times alone, with the rises that lie within them."""
        lead = [rise for rise in self.rises if start <= rise.after < stop]
        own = [rise for rise in lead if rise.before < 0 or start <= rise.before]
        return replace(
            self,
            values=self.values[:, start:stop],
            low=None if self.low is None else self.low[:, start:stop],
            high=None if self.high is None else self.high[:, start:stop],
            rises=[
                r._replace(before=max(r.before - start, -1), after=r.after - start) for r in own
            ],
            times=self.times[start:stop],
        )

    def members(self) -> sparse.csr_array:
        """Return which cells each rise adds up: 0 and 1, rises x cells."""
        cells = len(self.values)
        every = sparse.vstack([sparse.eye_array(cells), self.sums], format="csr")
        return sparse.csr_array(every[[rise.place for rise in self.rises]].astype(np.int64))

    def risen(self, steps: np.ndarray) -> np.ndarray:
        """Return by how many steps a table rises where it must."""
        reached = np.pad(self.members() @ steps, ((0, 0), (1, 0)))
        line = np.arange(len(self.rises))
        before, after = ([r[at] + 1 for r in self.rises] for at in (1, 2))
        return np.asarray(reached[line, after] - reached[line, before])

    def keeps(self, steps: np.ndarray) -> bool:
        """Say whether no cell falls, and each cell and sum rises by what it must."""
        if (np.diff(steps, axis=1) < 0).any():
            return False
        if not self.rises:
            return True
        asked = np.array(self.rises)
        risen = self.risen(steps)
        return bool(((asked[:, 3] <= risen) & (risen <= asked[:, 4])).all())


def _total(numbers: np.ndarray) -> int:
    """Add up as Python's integers do: a sum of many 64-bit numbers may not fit 64 bits."""
    return int((numbers // _HALF).sum()) * _HALF + int((numbers % _HALF).sum())


@dataclass(frozen=True, eq=False)
class Rounded:
    """Whole steps for each cell and time.

    Attributes
    ----------
    steps : array of int, cells x times
        The table.
    deviation : Fraction
        Total distance of cells and sums from their exact values, in steps.
    bound : Fraction
        No table that meets the same conditions has a smaller one.
    violations : list of (sum, time, steps beyond)
        Sums that no table, or no table found, brings within one step; negative: below.
    proven : bool
        Where there are violations: whether fewer, or smaller ones, have been excluded.
    """

    steps: np.ndarray
    deviation: Fraction
    bound: Fraction
    violations: list[tuple[int, int, int]]
    proven: bool = True

    @property
    def gap(self) -> float:
        """How far the deviation may be above the least possible, as a share of it."""
        excess = float(self.deviation - self.bound)
        return max(excess, 0.0) / float(self.deviation) if self.deviation else 0.0


def find_violations(problem: Problem, steps: np.ndarray) -> list[tuple[int, int, int]]:
    """Return the sums that lie a step or more from their exact value: sum, time, steps beyond."""
    exact = problem.exact_sums()
    got = problem.reach(steps)
    above = np.maximum(got - -(-exact // problem.scale), 0)
    below = np.minimum(got - exact // problem.scale, 0)
    return [(int(s), int(t), int((above + below)[s, t])) for s, t in np.argwhere(above + below)]
