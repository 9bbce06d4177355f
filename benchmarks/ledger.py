"""Reading ledgers: whole-process time and memory, beside what pandas alone takes for the same file.

    python benchmarks/ledger.py                  # xlsx of 10,000 and 100,000, parquet of 1,000,000
    python benchmarks/ledger.py --xlsx 1000000   # other sizes; a sheet holds 1,048,576 rows at most
    python benchmarks/ledger.py --parquet 5000000
    python benchmarks/ledger.py --large          # xlsx of 1,000,000, parquet of 5,000,000
    python benchmarks/ledger.py --large --keep FOLDER  # writes no file that stands there already

`--large` takes a quarter of an hour, and 6 GB to write the workbook before anything is measured.

The ledgers are simulated; only their sizes matter here. `h1224` reads, cleans and validates; beside
it `pandas.read_excel` on openpyxl alone reads the cells, and cleans nothing. Each measurement is a
process of its own; its peak memory includes Python and pandas.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

REPEATS = 3


def write_files(folder: Path, count: int, form: str) -> Path:
    """Write a simulated ledger of so many rows."""
    import h1224lib as h
    from h1224lib.ledger.demonstration import mark_rows
    from h1224lib.ledger.simulate import simulate_ledger
    from h1224lib.ledger.template import write_template

    path = folder / f"{count}.{form}"
    if path.exists():
        return path
    plan = h.load_plan("huzhou-1224")
    rows = mark_rows(simulate_ledger(plan, 7, "2025-12-31", scale=min(count, 100_000) / 900))
    # A shared project has two rows of one number, which repeating would tear apart.
    rows = rows[rows["credit_share"].isna()]
    chosen = np.resize(np.arange(len(rows)), count)
    made = rows.iloc[chosen].reset_index(drop=True)
    made["project_id"] = [f"DEMO-{number:08d}" for number in range(count)]
    # Equal names, areas and amounts would be likely repeats of one another.
    made["name"] = [f"演示企业{number:08d}" for number in range(count)]
    if form == "parquet":
        made = made.rename(columns={"investment": "总投资（亿元）"})
        made.drop(columns="above_scale_date").to_parquet(path, index=False)
    else:
        settings = {"period": "2025Q4", "as_of": "2025-12-31", "vintage": "2025-12-31"}
        write_template(path, plan, "zh", made, settings, "")
    return path


def read_ours(path: Path) -> int:
    """Read, clean and validate."""
    import h1224lib as h
    from h1224lib.ledger.guards import Limits
    from h1224lib.ledger.read import read_ledger

    most = 10**12
    limits = Limits(**dict.fromkeys(Limits.__dataclass_fields__, most))
    ledger = read_ledger(path, h.load_plan("huzhou-1224"), limits)
    errors = sum(p.severity == "error" for p in ledger.problems)
    print(f"problems {len(ledger.problems)}, errors {errors}", file=sys.stderr)
    return len(ledger.projects)


def read_alone(path: Path) -> int:
    """Read the cells, and no more."""
    if path.suffix == ".parquet":
        return len(pd.read_parquet(path))
    return len(pd.read_excel(path, engine="openpyxl"))


def measure(side: str, path: Path) -> dict[str, float]:
    """Run one reading in a process of its own."""
    command = [sys.executable, __file__, "--read", side, str(path)]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def report(folder: Path, count: int, form: str) -> None:
    """Print one line a side, and how many times faster ours is."""
    path = write_files(folder, count, form)
    medians = {}
    for side in ("ours", "alone"):
        repeats = 1 if count > 200_000 else REPEATS
        runs = [measure(side, path) for _ in range(repeats)]
        medians[side] = statistics.median(run["seconds"] for run in runs)
        peak = max(run["peak_gb"] for run in runs)
        rows = int(runs[0]["rows"])
        print(
            f"{form:8} {count:>9,} rows  {side:6} {medians[side]:8.2f} s  {peak:5.2f} GB  "
            f"{rows:,} read, median of {repeats}",
            flush=True,
        )
    print(
        f"{form:8} {count:>9,} rows  pandas alone / ours {medians['alone'] / medians['ours']:.2f}"
    )


def read_peak() -> float:
    """Return the process's own peak memory in GB: that of getrusage starts with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--xlsx", type=int, nargs="*")
    parser.add_argument("--parquet", type=int, nargs="*")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--read", nargs=2, metavar=("SIDE", "FILE"))
    asked = parser.parse_args()
    if asked.read:
        side, path = asked.read
        start = time.perf_counter()
        rows = (read_ours if side == "ours" else read_alone)(Path(path))
        seconds = time.perf_counter() - start
        peak = read_peak()
        print(json.dumps({"seconds": seconds, "peak_gb": peak, "rows": rows}))
        return
    compileall.compile_dir(Path(__file__).parents[1] / "h1224lib", quiet=2)
    sizes = {"xlsx": asked.xlsx or [], "parquet": asked.parquet or []}
    if asked.large:
        sizes = {"xlsx": [1_000_000], "parquet": [5_000_000]}
    elif asked.xlsx is None and asked.parquet is None:
        sizes = {"xlsx": [10_000, 100_000], "parquet": [1_000_000]}
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for form, counts in sizes.items():
            for count in counts:
                report(folder, count, form)


if __name__ == "__main__":
    main()
