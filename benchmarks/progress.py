"""Progress: from projects, clean and in memory, to every roll-up; whole processes, a line each.

    python benchmarks/progress.py                # 1 and 5 million projects, Huzhou's quarter
    python benchmarks/progress.py --projects 10000000

The projects are simulated, read once as a ledger, and repeated under numbers of their own; only
how many there are matters here. Beside `measure_progress`, which counts them, stands what pandas
takes to group the same projects by area, industry, type and month, and to sum nothing above. Peak
memory is of the whole process, the projects in it included.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

DAY = "2024-06-30"
REPEATS = 5


def make_ledger(count: int):
    """Read a simulated ledger, and repeat its projects up to so many."""
    import h1224lib as h
    from h1224lib.ledger.demonstration import mark_rows
    from h1224lib.ledger.simulate import simulate_ledger

    plan = h.load_plan("huzhou-1224")
    rows = mark_rows(simulate_ledger(plan, 7, DAY, scale=10))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.parquet"
        named = rows.rename(columns={"investment": "总投资（亿元）"})
        named.drop(columns="above_scale_date").to_parquet(path, index=False)
        ledger = h.read_ledger(path, plan)
    # A real ledger bears no mark of made-up data, and nothing has to be looked through for it.
    projects = ledger.projects.drop(columns=["synthetic", "数据性质"], errors="ignore")
    chosen = np.resize(np.arange(len(projects)), count)
    many = projects.iloc[chosen].reset_index(drop=True)
    many["project_id"] = np.char.add("P", np.arange(count).astype(str))
    return plan, dataclasses.replace(ledger, projects=many)


def roll_up(count: int) -> dict[str, float]:
    """Count the projects and measure every cell."""
    import h1224lib as h

    plan, ledger = make_ledger(count)
    start = time.perf_counter()
    state = h.measure_progress(plan, ledger, DAY)
    seconds = time.perf_counter() - start
    counted = float(state.cell()["actual"])
    return {"seconds": seconds, "cells": len(state.table), "counted": counted}


def group_alone(count: int) -> dict[str, float]:
    """Group the projects by the codes of a cell and by month, with pandas alone."""
    _, ledger = make_ledger(count)
    rows = ledger.projects
    start = time.perf_counter()
    kept = rows[(rows["signed"] <= DAY) & ~(rows["withdrawn"] <= DAY)]
    month = kept["signed"].dt.to_period("M")
    cells = kept.groupby(["area", "industry", "project_type", month], observed=True).size()
    return {
        "seconds": time.perf_counter() - start,
        "cells": len(cells),
        "counted": int(cells.sum()),
    }


def time_quarter() -> dict[str, float]:
    """Measure a quarter's tables from the demonstration ledger, already read."""
    import h1224lib as h
    from h1224lib.resources import data_folder

    plan = h.load_plan("huzhou-1224")
    demo = data_folder() / "demo"
    files = (demo / "synthetic-ledger.xlsx", demo / "synthetic-actuals.csv")
    given = h.read_results(plan, *files)
    taken = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        state = h.measure_progress(plan, given, DAY)
        for by in (["area"], ["industry"], ["area", "industry"]):
            h.attribute_gap(state, by=by)
        state.shortfalls()
        taken.append(time.perf_counter() - start)
    first, *later = taken
    return {"seconds": statistics.median(later), "first": first, "cells": len(state.table)}


RUNS = {"ours": roll_up, "pandas": group_alone}


def measure(side: str, count: int) -> dict[str, float]:
    """Run one side in a process of its own."""
    command = [sys.executable, __file__, "--side", side, "--projects", str(count)]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--projects", type=int, nargs="*", default=[1_000_000, 5_000_000])
    parser.add_argument("--side", choices=(*RUNS, "quarter"))
    asked = parser.parse_args()
    if asked.side:
        told = time_quarter() if asked.side == "quarter" else RUNS[asked.side](asked.projects[0])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(json.dumps({**told, "peak_gb": peak}))
        return
    for count in asked.projects:
        for side in RUNS:
            told = measure(side, count)
            print(
                f"{count:>10,} projects  {side:7} {told['seconds']:7.2f} s  "
                f"{told['peak_gb']:5.2f} GB  {told['cells']:,.0f} cells, "
                f"{told['counted']:,.0f} counted",
                flush=True,
            )
    told = measure("quarter", 0)
    print(
        f"Huzhou's quarter: {told['seconds']:.3f} s, the first {told['first']:.3f} s, "
        f"{told['cells']:.0f} cells, median of {REPEATS}"
    )


if __name__ == "__main__":
    main()
