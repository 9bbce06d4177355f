"""The time that a forecast takes: Huzhou's demonstration, and plans with many areas.

Run it alone on the machine: python benchmarks/odds.py [AREAS ...]
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import statistics
import time

import numpy as np
import pandas as pd

from h1224lib import forecast, load_plan, measure_progress, read_ledger
from h1224lib.odds.counts import Outlook
from h1224lib.odds.levels import weigh
from h1224lib.odds.prior import fit_prior
from h1224lib.progress import State
from h1224lib.resources import data_folder

RUNS = 5


def measure_demo() -> State:
    """Measure the demonstration's progress, which is not what is timed."""
    plan = load_plan()
    ledger = read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", plan)
    return measure_progress(plan, ledger, as_of="2024-06-30")


def time_calls(call, runs: int = RUNS) -> tuple[float, float]:
    """Return the median of wall and of processor seconds."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def widen(state: State, areas: int) -> State:
    """Return the state with invented areas in place of its own: numbers alone matter here."""
    plan = state.plan
    drawing = np.random.default_rng(areas)
    targets = drawing.integers(5, 200, areas).astype(float)
    actuals = drawing.poisson(targets / 2 * drawing.gamma(9, 1 / 9, areas)).astype(float)
    codes = [f"a{i}" for i in range(areas)]
    member = plan.areas.loc[["deqing"]]
    named = pd.concat([member] * areas).set_axis(codes)
    wider = dataclasses.replace(plan, areas=pd.concat([plan.areas.loc[["all"]], named]))
    city = state.level([]).iloc[[0]]
    rows = pd.concat([city] * (areas + 1), ignore_index=True)
    rows["area"] = ["all", *codes]
    rows["target"] = pd.array([targets.sum(), *targets], dtype="Float64")
    rows["actual"] = pd.array([actuals.sum(), *actuals], dtype="Float64")
    return dataclasses.replace(state, plan=wider, table=rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("areas", nargs="*", type=int, default=[100, 1000])
    asked = parser.parse_args()
    state = measure_demo()
    forecast(state)  # loads what is loaded once
    print("what                       wall s   processor s")
    for name, options in (
        ("Huzhou", {}),
        (
            "Huzhou, with all options",
            {"withdrawals": True, "seasonality": "estimate", "lag": [0.6, 0.9]},
        ),
    ):
        wall, cpu = time_calls(lambda options=options: forecast(state, **options))
        print(f"{name:25s} {wall:7.3f} {cpu:13.3f}", flush=True)
    for areas in asked.areas:
        wide = widen(state, areas)
        wall, cpu = time_calls(lambda wide=wide: forecast(wide, by=[["area"]]), 3)
        print(f"{f'{areas} areas':25s} {wall:7.3f} {cpu:13.3f}", flush=True)
        rows = wide.table.iloc[1:]
        target, done = (rows[n].to_numpy(dtype=float) for n in ("target", "actual"))
        outlook = Outlook(done, target / 2, target / 2, fit_prior(done, target / 2), 0.15)
        cells = range(areas)
        wall, cpu = time_calls(
            lambda o=outlook, c=cells, t=target, d=done: weigh(o, c, t.sum(), d.sum(), 0.8), 3
        )
        print(f"{'  of which their sum':25s} {wall:7.3f} {cpu:13.3f}", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    main()
