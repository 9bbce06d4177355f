"""Assessment: thousands of readings ranked, beside the same in plain pandas.

    python benchmarks/assess.py                  # 10,000 readings of 7 areas, then of 1,000

Scores are drawn at random and weights are Huzhou's, each up to a quarter off: what is timed is
`vary` from a sheet that is filled in already, with all rules and treatments. Of 7 areas who beats
whom is worked out too. Plain pandas does the random weights alone, once with a column an area and
once as a person would write it, a reading at a time; of 1,000 areas, the former alone.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import time
from fractions import Fraction

import numpy as np
import pandas as pd

REPEATS = 5


def fill(areas: int):
    """Return a sheet of so many areas with targets and results drawn at random."""
    import h1224lib as h
    from h1224lib.assessment.sheet import fill_sheet

    plan = h.load_plan()
    state = h.measure_progress(plan, h.read_actuals(None, plan), "2023-12-31", horizon="2023")
    generator = np.random.default_rng(1224)
    goals = generator.integers(1, 40, (areas, 7))
    done = (goals * generator.uniform(0, 1.5, goals.shape)).astype(int)
    codes = tuple(f"a{at}" for at in range(areas))
    names = pd.DataFrame({"zh": codes, "en": codes, "parent": "all"}, index=list(codes))
    every = pd.concat([plan.areas.assign(parent=""), names])
    words = every.select_dtypes(exclude="number").columns
    every[words] = every[words].fillna("")
    return dataclasses.replace(
        fill_sheet(plan, state, "2023"),
        plan=dataclasses.replace(plan, areas=every),
        areas=codes,
        targets=tuple(tuple(map(Fraction, row)) for row in goals.tolist()),
        actuals=tuple(tuple(map(Fraction, row)) for row in done.tolist()),
        why=(("",) * 7,) * areas,
    )


def run(sheet, count: int, pairs: bool):
    """Vary a sheet."""
    from h1224lib.assessment.grid import Draws
    from h1224lib.assessment.readings import vary_sheet
    from h1224lib.assessment.rules import read_rule
    from h1224lib.assessment.treatments import read_treatment

    names = ("capped", "uncapped", "bonus120", "bands", "minmax", "deduction")
    rules = [read_rule(name) for name in names]
    treatments = [read_treatment(n) for n in ("renormalise", "zero", "full", "leave_out")]
    nominal = rules[0], treatments[0]
    draws = Draws(count, 0.25, 1224)
    return vary_sheet(sheet, nominal, rules, treatments, draws, pairs).drawn.table


def draw(sheet, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scores and weights for pandas, the same that `vary` uses."""
    from h1224lib.assessment.grid import Draws

    industries = sheet.items.industries
    shares = [
        [min(float(a / t), 1.0) * 90 for a, t in zip(done, goals, strict=True)]
        for done, goals in zip(sheet.actuals, sheet.targets, strict=True)
    ]
    weights = Draws(count, 0.25, 1224).draw(np.array([float(w) for w in sheet.items.weights]))
    return (
        pd.DataFrame(shares, index=list(sheet.areas), columns=industries),
        pd.DataFrame(weights, columns=industries),
    )


def by_column(sheet, count: int, pairs: bool) -> pd.DataFrame:
    """Rank with pandas, a column an area, a row a reading."""
    scores, weights = draw(sheet, count)
    points = weights.dot(scores.T).round(9)
    ranks = points.rank(axis=1, method="min", ascending=False)
    if pairs:
        pd.DataFrame({a: (points.lt(points[a], axis=0)).mean() for a in points})
    return ranks.quantile([0.5, 0.05, 0.95], interpolation="lower").T


def by_reading(sheet, count: int, pairs: bool) -> pd.DataFrame:
    """Rank with pandas, a reading at a time."""
    scores, weights = draw(sheet, count)
    ranks = []
    for _, own in weights.iterrows():
        points = (scores * own).sum(axis=1).round(9)
        ranks.append(points.rank(method="min", ascending=False))
    return pd.DataFrame(ranks).quantile([0.5, 0.05, 0.95], interpolation="lower").T


def clock(work, sheet, count: int, pairs: bool, repeats: int) -> tuple[float, pd.DataFrame]:
    """Return the median of seconds, and the last result."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work(sheet, count, pairs)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readings", type=int, default=10_000)
    parser.add_argument("--areas", type=int, nargs="*", default=[7, 1000])
    asked = parser.parse_args()
    for areas in asked.areas:
        sheet, pairs = fill(areas), areas <= 100
        repeats = REPEATS if pairs else 1
        seconds, ours = clock(run, sheet, asked.readings, pairs, repeats)
        print(f"{areas:>6,} areas, {asked.readings:,} readings  vary              {seconds:7.3f} s")
        sides = [("pandas, columns", by_column, repeats)]
        sides += [("pandas, a reading at a time", by_reading, 1)] if pairs else []
        for name, side, times in sides:
            seconds, theirs = clock(side, sheet, asked.readings, pairs, times)
            own = ours.set_index("area").loc[theirs.index, ["median", "rank_low", "rank_high"]]
            same = (own.to_numpy(dtype=float) == theirs.to_numpy()).mean()
            print(f"{'':>28}{name:30} {seconds:7.3f} s, ranks agree: {same:.0%}", flush=True)


if __name__ == "__main__":
    main()
