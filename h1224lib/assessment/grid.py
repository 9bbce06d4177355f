"""The grid: scores as numbers, weights as rows, and the points that they make together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from h1224lib.assessment.aggregation import METHODS, aggregate
from h1224lib.assessment.components import explain_cell, score_cells
from h1224lib.assessment.rules import Rule
from h1224lib.assessment.sheet import MISSING, Sheet
from h1224lib.assessment.treatments import Treatment
from h1224lib.errors import ComparisonError

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Draws:
    """Weights to draw: how many, how far from the printed ones, from which seed."""

    count: int
    spread: float
    seed: int

    def draw(self, weights: Numbers) -> Numbers:
        """Return so many weights, a row each, that sum to 1; none where there are none to draw.

        Raises
        ------
        ComparisonError
            There is nothing to draw, or the spread is none from 0 to 1.

        Examples
        --------
        >>> Draws(2, 0.0, 7).draw(np.array([0.5, 0.5])).tolist()
        [[0.5, 0.5], [0.5, 0.5]]
        """
        if self.count < 1 or not 0 <= self.spread <= 1:
            found = f"readings {self.count}, spread {self.spread}"
            raise ComparisonError("assessment_draws", found=found)
        if not len(weights):
            return np.empty((0, 0))
        generator = np.random.default_rng(self.seed)
        noise = generator.uniform(-self.spread, self.spread, (self.count, len(weights)))
        drawn = weights * (1 + noise)
        return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


class Grid:
    """A sheet's scores as numbers, so that thousands of weights are one product of matrices."""

    def __init__(self, sheet: Sheet) -> None:
        daily = sheet.handed_in.daily
        self.sheet, self.given = sheet, daily
        self.scored: dict[str, tuple[Numbers, npt.NDArray[np.bool_]]] = {}
        self.daily = np.zeros(len(sheet.areas))
        for item, _ in sheet.items.daily if daily else ():
            earned = [daily.get((area, item)) for area in sheet.areas]
            self.daily += [np.nan if own is None else float(own.points) for own in earned]

    def count_daily(self) -> int:
        """Return how many daily items lack points, where any were handed in."""
        wanted = [(a, item) for a in self.sheet.areas for item, _ in self.sheet.items.daily]
        return sum(key not in self.given for key in wanted) if self.given else 0

    def score(self, rule: Rule) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        """Return scores (NaN where missing, 0 where not applicable), and what applies."""
        key = f"{rule.name} {rule.numbers} {rule.bands}"
        if key not in self.scored:
            shape = (len(self.sheet.areas), len(self.sheet.items.weights))
            rows = score_cells(self.sheet, rule) if all(shape) else []
            values, applies = np.zeros(shape), np.ones(shape, dtype=bool)
            for at, row in enumerate(rows):
                for i, score in enumerate(row):
                    why = explain_cell(self.sheet, rule, at, i, score)
                    applies[at, i] = why in ("", MISSING)
                    missing = np.nan if applies[at, i] else 0.0
                    values[at, i] = missing if score is None else float(score)
            self.scored[key] = values, applies
        return self.scored[key]

    def total(
        self, rule: Rule, treatment: Treatment, weights: Numbers, method: str = METHODS[0]
    ) -> Numbers:
        """Return the points of every area (columns) under every row of weights that sum to 1.

        NaN for who is not ranked: a component is missing, nothing applies, or the treatment
        leaves the area out.
        """
        scores, applies = self.score(rule)
        full = float(self.sheet.items.points)
        if not treatment.reweigh and treatment.score is not None:
            scores = np.where(applies, scores, float(treatment.score))
            applies = np.ones_like(applies)
        if method == METHODS[0]:
            sums = weights @ scores.T
            held = weights @ applies.T.astype(np.float64)
        else:
            kept = np.where(applies, np.nan_to_num(scores), np.nan)
            means = [aggregate(kept, own, method) for own in weights]
            sums = np.array(means) + 0 * (weights @ scores.T)
            held = np.ones_like(sums)
        if not treatment.ranked:
            sums = np.where(applies.all(axis=1), sums, np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = sums / held if treatment.reweigh else sums
        return np.asarray(full * mean / 100 + self.daily)
