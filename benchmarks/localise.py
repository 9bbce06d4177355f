"""Finding misprints beside an integer program and Banff: time, on the same made-up tables.

    python benchmarks/localise.py                 # all; about a minute, with Banff
    python benchmarks/localise.py --programs 6    # how many cases the integer program gets
    python benchmarks/localise.py --banff 0       # without Banff

A case is a table of 8 areas x 7 industries x 2 types x 2 horizons with every total printed (432
cells, 246 sums, 216 bounds: the first horizon is within the second) and one to three misprints,
anywhere or in one row. Beside others no cell may be below 0: Banff asks for a bound.
- ours lists every smallest explanation and proves that there is no other;
- the integer program (big M, HiGHS as scipy brings it) finds one;
- Banff (Statistics Canada, GPL-3) finds one. It is no dependency: install it apart, by
  `pip install --target build/banff banff`, or name a Python that has it in BANFF_PYTHON.
Times are by the clock and without imports; ours and the integer program's are the best of three
runs, Banff's is of one. A ratio is of one case, and the median of the ratios is told. The large
tables are one run each, in processes of their own; their peak memory includes Python and pandas.
Where others use the machine, processor time says more than the clock.
"""

from __future__ import annotations

import argparse
import compileall
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
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

import h1224lib as h
from h1224lib.identities import Identity, derive_identities
from h1224lib.localisation import Explanations, explain_plan, locate_errors

SEEDS = 50
INDUSTRIES, TYPES, HORIZONS = 7, 2, 2
LARGE = 3000
SLIPS = np.array([-27, -10, -9, -3, 1, 3, 9, 10, 27])
PATIENCE = 120  # seconds for one case of the integer program or of Banff
BANFF = Path(__file__).resolve().parent.parent / "build" / "banff"
# Banff runs under its own Python, which knows nothing of this project; it logs to standard output.
BANFF_CALL = """
import json, sys, time
import banff, pandas
case = json.load(open(sys.argv[1], encoding="utf-8"))
table = pandas.DataFrame({"case": ["1"], **{n: [float(v)] for n, v in case["values"].items()}})
start = time.perf_counter()
found = banff.errorloc(
    indata=table, unit_id="case", edits=case["edits"], seed=1, time_per_obs=case["patience"],
    outstatus="pandas", outreject="pandas",
)
seconds = time.perf_counter() - start
cells = sorted(found.outstatus["FIELDID"].str.strip().str.lower())
told = {"seconds": seconds, "cells": cells, "version": banff.__version__}
json.dump(told, open(sys.argv[2], "w", encoding="utf-8"))
"""

Cells = frozenset[str]


@dataclasses.dataclass
class Case:
    """A table with misprints: `printed` by area, industry, type and horizon, totals last."""

    printed: np.ndarray
    planted: Cells

    @property
    def values(self) -> dict[str, int]:
        return {f"x{n}": value for n, value in enumerate(self.printed.ravel().tolist())}


def make_case(areas: int, seed: int, misprints: int, in_row: bool = False) -> Case:
    """Fill a table that adds up, and change some cells by a slip each."""
    draw = np.random.default_rng(seed)
    printed = draw.integers(0, 13, (areas, INDUSTRIES, TYPES, HORIZONS))
    printed[..., 1] = printed[..., 0] + draw.integers(0, 31, printed.shape[:-1])
    for axis in range(3):
        printed = np.concatenate([printed, printed.sum(axis, keepdims=True)], axis)
    index = np.arange(printed.size).reshape(printed.shape)
    choice = index.ravel()
    if in_row:
        choice = index[draw.integers(areas), :, draw.integers(TYPES), draw.integers(HORIZONS)]
    planted = draw.choice(choice, misprints, replace=False)
    for cell in planted:
        slips = SLIPS[SLIPS + printed.flat[cell] >= 0]
        printed.flat[cell] += draw.choice(slips)
    return Case(printed, frozenset(f"x{n}" for n in planted))


def state_identities(case: Case) -> list[Identity]:
    """List the sums along each dimension, and the first horizon within the second."""
    names = np.array(list(case.values), dtype=object).reshape(case.printed.shape)
    found = []
    for axis in range(3):
        lines = np.moveaxis(names, axis, -1).reshape(-1, names.shape[axis])
        for *parts, total in lines.tolist():
            found.append(Identity({**dict.fromkeys(parts, 1), total: -1}, "="))
    for first, second in names.reshape(-1, HORIZONS).tolist():
        found.append(Identity({first: 1, second: -1}, "<="))
    return found


def solve_program(case: Case, identities: list[Identity]) -> Cells:
    """Find one smallest explanation by an integer program with a big M."""
    printed = case.printed.ravel().astype(float)
    position = {name: n for n, name in enumerate(case.values)}
    rows = [n for n, identity in enumerate(identities) for _ in identity.terms]
    columns = [position[name] for identity in identities for name in identity.terms]
    terms = [c for identity in identities for c in identity.terms.values()]
    shape = (len(identities), len(printed))
    matrix = sparse.csr_array((terms, (rows, columns)), shape=shape, dtype=float)
    slack = -(matrix @ printed)
    equal = np.array([identity.op == "=" for identity in identities])
    # Twice the largest number printed: the smaller M is, the easier is the program.
    big = 2 * printed.max()
    same = sparse.eye_array(len(printed))
    # Variables: the change of each cell, then whether it changes.
    limits = LinearConstraint(
        sparse.block_array([[matrix, None], [same, -big * same], [-same, -big * same]]),
        np.concatenate([np.where(equal, slack, -np.inf), np.full(2 * len(printed), -np.inf)]),
        np.concatenate([slack, np.zeros(2 * len(printed))]),
    )
    whether = np.repeat([0.0, 1.0], len(printed))
    found = milp(
        whether,
        integrality=whether,
        bounds=Bounds(np.concatenate([-printed, 0 * printed]), np.where(whether, 1, big)),
        constraints=limits,
        options={"time_limit": PATIENCE},
    )
    if found.status != 0:
        raise RuntimeError(f"the integer program ended without an optimum: {found.message}")
    return frozenset(f"x{n}" for n in np.flatnonzero(found.x[len(printed) :] > 0.5))


def find_banff() -> tuple[list[str], dict[str, str]] | None:
    """Return how to start a Python that has Banff, or None."""
    if named := os.environ.get("BANFF_PYTHON"):
        return [named], dict(os.environ)
    if BANFF.is_dir():
        return [sys.executable], os.environ | {"PYTHONPATH": str(BANFF)}
    return None


def run_banff(
    start: tuple[list[str], dict[str, str]], case: Case, identities: list[Identity]
) -> tuple[float, Cells, str]:
    """Return Banff's seconds, its explanation and its version."""
    edits = [_write_edit(identity) for identity in identities]
    with tempfile.TemporaryDirectory() as folder:
        asked, told = Path(folder) / "case.json", Path(folder) / "told.json"
        body = {"values": case.values, "edits": " ".join(edits), "patience": PATIENCE}
        asked.write_text(json.dumps(body), encoding="utf-8")
        command, environment = start
        call = [*command, "-c", BANFF_CALL, str(asked), str(told)]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Banff failed: {done.stderr[-500:]}")
        found = json.loads(told.read_text(encoding="utf-8"))
    return found["seconds"], frozenset(found["cells"]), found["version"]


def _write_edit(identity: Identity) -> str:
    *parts, total = identity.terms
    return f"{' + '.join(parts)} {identity.op} {total};"


def is_listed(cells: Cells, found: Explanations) -> bool:
    """Tell whether a set of cells is one explanation of each part, and nothing else."""
    chosen = [next((e for e in part if cells.issuperset(e.cells)), None) for part in found.parts]
    named = [set(e.cells) for e in chosen if e is not None]
    return len(named) == len(chosen) and set().union(*named) == cells


def clock(call, *args, **kwargs):
    start = time.perf_counter()
    found = call(*args, **kwargs)
    return time.perf_counter() - start, found


def clock_best(call, *args, **kwargs):
    return min((clock(call, *args, **kwargs) for _ in range(3)), key=lambda run: run[0])


def compare(programs: int, banffs: int) -> None:
    """Print ours on every case, and the others beside it on the first ones."""
    for where, in_row in [("anywhere", False), ("in one row", True)]:
        cases = [make_case(8, seed, 1 + seed % 3, in_row) for seed in range(SEEDS)]
        identities = state_identities(cases[0])
        free = [clock_best(locate_errors, c.values, identities) for c in cases]
        tell_ours(f"{where}, unbounded", cases, free)
        ours = [clock_best(locate_errors, c.values, identities, nonnegative=True) for c in cases]
        tell_ours(f"{where}, not below 0", cases, ours)
        rows = []
        for (seconds, found), case in list(zip(ours, cases, strict=True))[:programs]:
            needed, cells = clock_best(solve_program, case, identities)
            rows.append((needed, needed / seconds, is_listed(cells, found)))
        tell_other("integer program", where, rows)
        start = find_banff()
        if start is None:
            print("Banff, not measured: no BANFF_PYTHON, and build/banff is not there")
            continue
        rows, version = [], ""
        for (seconds, found), case in list(zip(ours, cases, strict=True))[:banffs]:
            needed, cells, version = run_banff(start, case, identities)
            rows.append((needed, needed / seconds, is_listed(cells, found)))
        tell_other(f"Banff {version}", where, rows)


def tell_ours(where: str, cases: list[Case], ours: list[tuple[float, Explanations]]) -> None:
    seconds = [s for s, _ in ours]
    counts = [np.prod([len(part) for part in found.parts], dtype=int) for _, found in ours]
    hit = sum(is_listed(c.planted, f) for c, (_, f) in zip(cases, ours, strict=True))
    complete = sum(found.complete for _, found in ours)
    print(
        f"ours, {where}: {len(ours)} cases, median {1e3 * statistics.median(seconds):.1f} ms,"
        f" worst {1e3 * max(seconds):.1f} ms (seed {np.argmax(seconds)}); complete {complete};"
        f" planted set listed {hit}; explanations median {statistics.median(counts):g},"
        f" most {max(counts)}",
        flush=True,
    )


def tell_other(name: str, where: str, rows: list[tuple[float, float, bool]]) -> None:
    if rows:
        seconds, ratios, listed = zip(*rows, strict=True)
        print(
            f"{name}, {where}: {len(rows)} cases, median {statistics.median(seconds):.2f} s,"
            f" worst {max(seconds):.2f} s; times ours: median {statistics.median(ratios):.0f},"
            f" least {min(ratios):.1f}; its one explanation among ours {sum(listed)}",
            flush=True,
        )


def make_plan(case: Case) -> h.Plan:
    """Put a table into a plan, with the industries, types and measure of the Huzhou plan."""
    plan = h.load_plan("huzhou-1224")
    district = plan.areas.loc["wuxing"].to_dict()
    count = case.printed.shape[0] - 1
    areas = pd.DataFrame([*[district] * count, plan.areas.loc["all"].to_dict()])
    areas.index = pd.Index([*(f"area{n:04d}" for n in range(count)), "all"], name="code")
    parts = [[c for c in t.index if c != "all"] for t in (plan.industries, plan.project_types)]
    codes = [areas.index, *([*p, "all"] for p in parts), ["2023", "2023-2025"]]
    names = ["area", "industry", "project_type", "horizon"]
    figures = pd.MultiIndex.from_product(codes, names=names).to_frame(index=False)
    figures = figures.assign(
        figure_id=list(case.values), value=case.printed.ravel(), measure="projects"
    )
    figures = figures.assign(relation="=", unit="个", place="annex2")
    figures["printed"] = figures["value"].astype(str)
    figures["value_max"] = pd.NA
    figures = figures.reindex(columns=plan.figures.columns, fill_value="")
    return dataclasses.replace(
        plan,
        measures=plan.measures.loc[["projects"]],
        areas=areas,
        # Here every industry has both types.
        industries=plan.industries.assign(project_types=""),
        figures=figures.astype(plan.figures.dtypes),
    )


def measure_large(side: str) -> dict[str, float]:
    """Locate five misprints in a large table, from its numbers or from a plan at hand."""
    case = make_case(LARGE, seed=0, misprints=5)
    if side == "plan":
        plan = make_plan(case)
        before = time.process_time()
        total, suspects = clock(explain_plan, plan)
        processor = time.process_time() - before
        # It derives the identities itself; how long that takes is measured apart.
        building, identities = clock(derive_identities, plan)
        found = suspects.explanations
    else:
        values = case.values
        before = time.process_time()
        building, identities = clock(state_identities, case)
        total, found = clock(locate_errors, values, identities, nonnegative=True)
        total += building
        processor = time.process_time() - before
    return {
        "cells": case.printed.size,
        "identities": len(identities),
        "building": building,
        "total": total,
        "processor": processor,
        "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "explanations": int(np.prod([len(part) for part in found.parts])),
        "listed": found.complete and is_listed(case.planted, found),
    }


def run_large() -> None:
    for side in ("numbers", "plan"):
        command = [sys.executable, __file__, "--side", side]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = json.loads(done.stdout)
        print(
            f"{LARGE} areas, from {side}: {row['cells']} cells, {row['identities']} identities,"
            f" 5 misprints: {row['total']:.2f} s, of it {row['building']:.2f} s for the"
            f" identities; processor {row['processor']:.2f} s; peak {row['gb']:.2f} GB;"
            f" explanations {row['explanations']};"
            f" planted set listed: {'yes' if row['listed'] else 'no'}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=SEEDS, help="cases for the integer program")
    parser.add_argument("--banff", type=int, default=3, help="cases for Banff")
    parser.add_argument("--side", choices=["numbers", "plan"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        print(json.dumps(measure_large(asked.side)))
        return
    # What is compiled within a measurement would count as time and memory.
    compileall.compile_dir(Path(h.__file__).parent, quiet=1)
    compare(asked.programs, asked.banff)
    run_large()


if __name__ == "__main__":
    main()
