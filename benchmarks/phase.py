"""Phasing beside the plain formulation: time, deviation and memory, on the same exact values.

    python benchmarks/phase.py            # 8, 100, 300 and 1,000 areas
    python benchmarks/phase.py 3000       # other sizes; 3,000 areas are 504,000 integers
    python benchmarks/phase.py --no-plain --runs 1 3000

An area has 7 industries x 2 types, with numbers drawn from the printed cells of the Huzhou plan
(a fifth of the cells are 0), for 2023 and 2023-2025, over 12 quarters. The plain formulation is
one integer program of all cells and sums for HiGHS, as scipy brings it, at a gap of 2 %.
"ours" is the solution of the same problem, "whole" all of `phase_targets`, from the plan to tables.
Each measurement is a process of its own, and the sides take turns; the row in the middle by
processor time is given. Peak memory includes Python and pandas.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

import h1224lib as h
from h1224lib.phasing import phase_targets
from h1224lib.phasing.counts import pose, round_problem
from h1224lib.phasing.policies import read_policy, read_profiles
from h1224lib.rounding.problem import Problem, find_violations

SEED = 1224
PROFILE = "even"
HEAD = "areas  integers  side       s  cpu s     GB  deviation       gap  missed  times faster"


def widen(areas: int) -> h.plan.Plan:
    """Return the Huzhou plan with so many areas, and cells drawn from its own."""
    plan = h.load_plan("huzhou-1224")
    printed = plan.targets[plan.targets["measure"] == "projects"]
    pairs = printed.pivot_table(
        index=["area", "industry", "project_type"],
        columns="horizon",
        values="value",
        aggfunc="sum",
    ).astype(int)
    draw = np.random.default_rng(SEED)
    names = [f"area{number:04d}" for number in range(areas)]
    industries = [code for code in plan.industries.index if code != "all"]
    types = [code for code in plan.project_types.index if code != "all"]
    cells = pd.MultiIndex.from_product(
        [names, industries, types], names=["area", "industry", "project_type"]
    ).to_frame(index=False)
    drawn = pairs.to_numpy()[draw.integers(0, len(pairs), len(cells))]
    drawn[draw.random(len(cells)) < 0.2] = 0
    rows = []
    for horizon, values in zip(pairs.columns, drawn.T, strict=True):
        part = cells.assign(measure="projects", horizon=horizon, value=values)
        rows.append(part.assign(figure_id=part.area + part.industry + part.project_type + horizon))
    figures = pd.concat(rows, ignore_index=True)
    figures["printed"] = figures["value"].astype(str)
    figures = figures.assign(relation="=", unit="个", place="annex2", value_max=pd.NA)
    figures = figures.reindex(columns=plan.figures.columns, fill_value="")
    district = plan.areas.loc["wuxing"].to_dict()
    table = pd.DataFrame([plan.areas.loc["all"].to_dict(), *[district] * areas])
    table.index = pd.Index(["all", *names], name="code")
    return dataclasses.replace(plan, areas=table, figures=figures.astype(plan.figures.dtypes))


def solve_plainly(problem: Problem) -> np.ndarray:
    """Solve one integer program of all cells and sums, at a gap of 2 %."""
    cells, times = problem.values.shape
    sums = problem.sums.shape[0]
    totals = problem.exact_sums()
    below = np.concatenate([problem.values, totals]) // problem.scale
    part = np.concatenate([problem.values, totals]) - below * problem.scale
    # A variable for each cell and sum: 0 is rounded down, 1 is up. What the sum's cells lose
    # when all are rounded down, they must win back.
    link = sparse.hstack([problem.sums, -sparse.eye_array(sums)])
    lost = below[cells:] - problem.sums @ below[:cells]
    rows = sparse.block_diag([link] * times)
    later = sparse.eye_array(cells, cells + sums)
    rising = sparse.kron(sparse.eye_array(times - 1, times), later) - sparse.kron(
        sparse.eye_array(times - 1, times, k=1), later
    )
    room = (below[:cells, 1:] - below[:cells, :-1]).T.ravel()
    both = LinearConstraint(
        sparse.vstack([rows, rising], format="csr"),
        np.concatenate([lost.T.ravel(), np.full(len(room), -np.inf)]),
        np.concatenate([lost.T.ravel(), room]),
    )
    cost = ((problem.scale - 2 * part) / problem.scale).T.ravel()
    found = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, (part > 0).T.ravel().astype(float)),
        constraints=both,
        options={"mip_rel_gap": 0.02},
    )
    up = np.rint(found.x).astype(np.int64).reshape(times, -1).T
    return (below + up)[:cells]


def measure(side: str, areas: int) -> dict[str, float]:
    """Run one side on one size."""
    plan = widen(areas)
    assert len(plan.targets)  # read once and kept: a plan at hand has them
    if side == "whole":
        start = read_clocks()
        phased = phase_targets(plan, profile=PROFILE, measures=["projects"])
        seconds = read_clocks() - start
        row = phased.quality.iloc[0]
        result = {"deviation": row.deviation, "gap": row.gap, "missed": len(phased.violations)}
    else:
        profiles = read_profiles(PROFILE, plan)
        problem = pose(plan, "projects", read_policy("even"), profiles).problem
        start = read_clocks()
        if side == "ours":
            rounded = round_problem(problem)
            steps, gap = rounded.steps, rounded.gap
        else:
            steps, gap = solve_plainly(problem), float("nan")
        seconds = read_clocks() - start
        missed = len(find_violations(problem, steps)) + int((np.diff(steps, axis=1) < 0).sum())
        result = {"deviation": float(problem.deviation(steps)), "gap": gap, "missed": missed}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"seconds": seconds[0], "cpu": seconds[1], "gb": peak, **result}


def read_clocks() -> np.ndarray:
    """Return seconds on the wall, and of the processor: the second minds no other process."""
    return np.array([time.perf_counter(), time.process_time()])


def run(side: str, areas: int) -> dict[str, float]:
    """Run one side in a process of its own."""
    command = [sys.executable, __file__, "--side", side, str(areas)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("areas", nargs="*", type=int, default=[8, 100, 300, 1000])
    parser.add_argument("--no-plain", action="store_true", help="leave the plain formulation out")
    parser.add_argument("--runs", type=int, default=3, help="how often each side is measured")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(measure(asked.side, asked.areas[0])))
        return
    print(HEAD)
    for areas in asked.areas:
        sides = ["ours", "whole"] if asked.no_plain else ["plain", "ours", "whole"]
        turns = [{side: run(side, areas) for side in sides} for _ in range(asked.runs)]
        found = {side: middle([turn[side] for turn in turns]) for side in sides}
        for side, row in found.items():
            faster = found["plain"]["cpu"] / row["cpu"] if "plain" in found else np.nan
            print(
                f"{areas:5d} {areas * 168:9d}  {side:5s} {row['seconds']:6.2f} {row['cpu']:6.2f}"
                f" {row['gb']:6.2f} {row['deviation']:10.2f} {row['gap']:9.1e}"
                f" {row['missed']:7d} {faster:8.1f}",
                flush=True,
            )


def middle(rows: list[dict[str, float]]) -> dict[str, float]:
    """Return the measurement in the middle by processor time."""
    return sorted(rows, key=lambda row: row["cpu"])[len(rows) // 2]


if __name__ == "__main__":
    main()
