"""Calibration: forecasts of simulated plans, set against what then came.

``python -m h1224lib.odds.calibration`` makes the stored table anew, in a minute or two on one core.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from h1224lib.errors import ScheduleError
from h1224lib.files import write_whole
from h1224lib.odds.counts import Outlook, count_needed, find_quantile
from h1224lib.odds.prior import fit_prior
from h1224lib.odds.shock import estimate_variation, spread_ahead
from h1224lib.odds.simulators import QUARTERS, SIMULATORS, TARGETS
from h1224lib.odds.stored import FAINT, STORED

SEED, RUNS = 1224, 80
# Each plan is forecast after as many quarters: a year-end rush makes some far worse than others,
# and forecasts that are too low and too high would make up for each other in one number.
CUTS = (1, 2, 3, 4, 6, 9, 11)
# How many of the eight areas are tried at a time, in turn: all of them would take minutes.
TRIED = 2
INTERVALS = (0.5, 0.8, 0.95)
BINS = 10
COLUMNS = ["simulator", "level", "quantity", "at", "cut", "value", "cases"]


def calibrate(
    seed: int = SEED, runs: int = RUNS, simulators: Iterable[str] | None = None
) -> pd.DataFrame:
    """Forecast simulated plans, and count how often what was foretold came true.

    Parameters
    ----------
    seed : int
        Equal seeds give equal tables.
    runs : int
        Plans a simulator: eight areas over twelve quarters, each forecast after 1, 2, 3, 4, 6, 9
        and 11 of them, for the city and two of the areas.
    simulators : iterable of str, optional
        Some of `SIMULATORS`; by default all, ``matched`` first, which alone is as the model
        has it.

    Returns
    -------
    DataFrame
        simulator, level (``area`` or ``city``), quantity, at, cut (quarters gone by at the
        forecast; 0: all together), value, cases. ``coverage_after``: how often intervals of
        probability `at` held, at each cut; ``coverage``: the same at the cut where they held
        least; ``coverage_pooled``: over all cuts. ``faint``: how often targets were met whose
        chance was below `at` (<NaN> where there were none). ``reliability``: how often targets
        were met whose predicted chance, on average `value` of ``predicted`` in the row before,
        lay in the tenth that begins `at`. ``pit``: the share of the randomised probability
        integral transform in the tenth that begins `at`; 0.1 each where all is well. ``brier``,
        ``brier_base``: the mean squared error of the chances, and that of always giving the
        share of targets met.

    Raises
    ------
    ScheduleError
        A simulator is unknown.

    Notes
    -----
    C. Czado, T. Gneiting and L. Held, Predictive model assessment for count data, Biometrics 65
    (2009) 1254-1261.

    Examples
    --------
    >>> table = calibrate(seed=1, runs=3, simulators=["matched"])
    >>> held = table[(table["quantity"] == "coverage") & (table["level"] == "area")]
    >>> held["at"].tolist(), held["cases"].tolist()
    ([0.5, 0.8, 0.95], [6, 6, 6])
    """
    chosen = list(SIMULATORS if simulators is None else simulators)
    for name in chosen:
        if name not in SIMULATORS:
            raise ScheduleError("odds_unknown_simulator", found=name, known=list(SIMULATORS))
    tables = []
    for name in chosen:
        # Each simulator has a stream of its own: leaving one out changes no other.
        drawing = np.random.default_rng([seed, list(SIMULATORS).index(name)])
        cases = pd.concat([_try_once(name, run, drawing) for run in range(runs)])
        for level, rows in cases.groupby("level", sort=False):
            tables.append(_rate(rows).assign(simulator=name, level=level))
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def _try_once(name: str, run: int, drawing: np.random.Generator) -> pd.DataFrame:
    """Simulate one plan, forecast it at each cut, and set each forecast against what came."""
    counts = SIMULATORS[name](drawing).astype("float64")
    everyone = list(range(len(TARGETS)))
    areas = [(TRIED * run + i) % len(TARGETS) for i in range(TRIED)]
    cases = [("area", [i]) for i in areas] + [("city", everyone)]
    lines: list[dict[str, Any]] = []
    for cut in CUTS:
        outlook = foresee(counts[:, :cut])
        came = counts[:, cut:].sum(axis=1)
        for level, cells in cases:
            told = _compare(outlook, cells, float(came[cells].sum()), drawing.random())
            lines.append({"level": level, "cut": cut, **told})
    return pd.DataFrame(lines)


def foresee(counts: np.ndarray) -> Outlook:
    """Return the outlook of the simulators' areas from their first quarters, by default means.

    Parameters
    ----------
    counts : array
        One row an area, one column a quarter.
    """
    cut = counts.shape[1]
    exposure = TARGETS * cut / QUARTERS
    quarter = estimate_variation(counts.sum(axis=0), np.full(cut, TARGETS.sum() / QUARTERS))
    spread = spread_ahead(quarter, cut, QUARTERS - cut)
    done = counts.sum(axis=1)
    return Outlook(done, exposure, TARGETS - exposure, fit_prior(done, exposure), spread)


def _compare(outlook: Outlook, cells: list[int], came: float, dice: float) -> dict[str, float]:
    """Return chance and outcome, the randomised transform, and which intervals held."""
    distribution = outlook.distribute(cells)
    reached = np.cumsum(distribution)
    needed = count_needed(float(TARGETS[cells].sum()), float(outlook.done[cells].sum()))
    place = min(int(came), len(distribution) - 1)
    below = float(reached[place - 1]) if place else 0.0
    held = {}
    for share in INTERVALS:
        tail = (1 - share) / 2
        low, high = (find_quantile(distribution, q) for q in (tail, 1 - tail))
        held[f"held {share}"] = float(low <= came <= high)
    chance = 1 - float(distribution[:needed].sum())
    pit = below + dice * float(distribution[place])
    return {"chance": min(max(chance, 0), 1), "met": float(came >= needed), "pit": pit, **held}


def _rate(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the quantities of one simulator and level."""
    chance, met = cases["chance"], cases["met"]
    rows: list[tuple[str, float, float, int]] = []
    tenth = np.minimum((chance * BINS).astype(int), BINS - 1)
    for bin_ in range(BINS):
        inside = tenth == bin_
        if inside.any():
            count = int(inside.sum())
            rows.append(("predicted", bin_ / BINS, float(chance[inside].mean()), count))
            rows.append(("reliability", bin_ / BINS, float(met[inside].mean()), count))
    place = np.minimum((cases["pit"] * BINS).astype(int), BINS - 1)
    shares = [float((place == bin_).mean()) for bin_ in range(BINS)]
    rows += [("pit", bin_ / BINS, share, len(cases)) for bin_, share in enumerate(shares)]
    rows.append(("brier", 0.0, float(((chance - met) ** 2).mean()), len(cases)))
    rows.append(("brier_base", 0.0, float(((met.mean() - met) ** 2).mean()), len(cases)))
    pooled = pd.DataFrame(rows, columns=["quantity", "at", "value", "cases"]).assign(cut=0)
    return pd.concat([_rate_cuts(cases), pooled], ignore_index=True)


def _rate_cuts(cases: pd.DataFrame) -> pd.DataFrame:
    """Return how often intervals held: at the worst cut, over all, at each; and faint chances."""
    rows: list[tuple[str, float, int, float, int]] = []
    for share in INTERVALS:
        held = cases.groupby("cut")[f"held {share}"].agg(["mean", "size"])
        by_cut = [(int(c), float(m), int(n)) for c, m, n in held.itertuples()]
        rows.append(("coverage", share, *min(by_cut, key=lambda line: line[1])))
        pooled = float(cases[f"held {share}"].mean())
        rows.append(("coverage_pooled", share, 0, pooled, len(cases)))
        rows += [("coverage_after", share, *line) for line in by_cut]
    for cut, own in cases.groupby("cut"):
        faint = own.loc[own["chance"] < FAINT, "met"]
        rows.append(("faint", FAINT, int(str(cut)), float(faint.mean()), len(faint)))
    return pd.DataFrame(rows, columns=["quantity", "at", "cut", "value", "cases"])


def write_calibration() -> None:
    """Make the stored table anew, values to four digits."""
    text = calibrate().to_csv(index=False, float_format="%.4f", lineterminator="\n")
    write_whole(STORED, text)


if __name__ == "__main__":
    write_calibration()
