"""The batch: twenty notebooks of three figures each, beside papermill alone.

    python benchmarks/batch.py                     # four ways, side by side
    python benchmarks/batch.py --runs 5            # medians of so many
    python benchmarks/batch.py --growth 5 20 80 240  # the batch alone, with so many notebooks

Every way runs the same notebooks on two processes, in a process of its own that starts from
nothing, and in turns, so that other work on the machine falls on all of them. Each notebook makes
three charts, and writes them as SVG and PNG.

- `batch`: `h1224lib.batch.pool.run_jobs`, pages included.
- `papermill`: two processes, each of which calls `papermill.execute_notebook` for half of them.
- `floor`: two processes that have loaded everything and drawn a figure before the clock starts,
  each of which makes the batch's calls for half of the notebooks, pages included.

`blocked` are the same where `rfc3987_syntax`, which JupyterLab brings, cannot be imported: loading
it takes every process that loads jsonschema about a second.

Memory is what each notebook's process has for itself (`smaps_rollup`), told by its last cell.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORKERS = 2
CELLS = (
    'plan = "p"  # not used\nlang = "zh"  # not used\nout = None  # folder',
    "import altair as alt\nimport pandas as pd\n\nimport h1224lib as h\n\n"
    'frame = pd.DataFrame({"area": [f"区县{n}" for n in range(9)], "value": range(9)})',
    *(
        f'chart = alt.Chart(frame, title="Figure {n}").mark_{mark}().encode(x="area", y="value")\n'
        f'h.charts.save(chart, f"{{out}}-{n}", ["svg", "png"])\nframe.describe()'
        for n, mark in enumerate(("bar", "line", "point"))
    ),
    "import pathlib\n"
    'lines = pathlib.Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()\n'
    'own = sum(int(line.split()[1]) for line in lines if line.startswith("Private"))\n'
    'pathlib.Path(f"{out}.kB").write_text(str(own), encoding="ascii")\nNone',
)


def write_notebooks(folder: Path, number: int) -> list[Path]:
    """Write so many notebooks."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    paths = []
    for n in range(number):
        cells = [new_code_cell(code) for code in CELLS]
        cells[0].metadata["tags"] = ["parameters"]
        about = {"needs": "plan", "title_zh": "题", "title_en": "Title"}
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        content = new_notebook(cells=cells, metadata={"h1224": about, "kernelspec": spec})
        nbformat.write(content, folder / f"{n:03}_figures.ipynb")
        paths.append(folder / f"{n:03}_figures.ipynb")
    return paths


def make_jobs(folder: Path):
    """Make a job of each notebook of a folder."""
    from h1224lib.batch.jobs import Job, read_notebook

    notebooks = [read_notebook(path) for path in sorted(folder.glob("*.ipynb"))]
    return [Job(n, "zh", parameters={"out": str(folder / n.name)}) for n in notebooks]


def run_batch(folder: Path) -> None:
    """Run all notebooks of a folder as `h1224 run` does."""
    from h1224lib.batch.delays import delay_grammar
    from h1224lib.batch.server import start_server

    start_server()
    delay_grammar()
    from h1224lib.batch.pool import run_jobs

    results = run_jobs(make_jobs(folder), folder, WORKERS, lambda result: None)
    assert not any(result.error for result in results), results


def run_papermill(folder: Path) -> None:
    """Run half of the notebooks in each of two processes."""
    halves = [[*sys.argv[:1], "--way", "half", str(folder), str(n)] for n in range(WORKERS)]
    started = [subprocess.Popen([sys.executable, *half]) for half in halves]
    assert [process.wait() for process in started] == [0] * WORKERS


def run_half(folder: Path, number: int) -> None:
    """Run every second notebook, one after the other."""
    import papermill

    for path in sorted(folder.glob("*_figures.ipynb"))[number::WORKERS]:
        given = {"out": str(folder / path.stem)}
        papermill.execute_notebook(path, folder / f"{path.stem}.done", given, progress_bar=False)


def run_floor(folder: Path) -> float:
    """Return the seconds that two processes take which have loaded everything before."""
    halves = [[*sys.argv[:1], "--way", "warm", str(folder), str(n)] for n in range(WORKERS)]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen([sys.executable, *half], stdin=pipe, stdout=pipe) for half in halves
    ]
    for process in started:
        process.stdout.readline()
    start = time.perf_counter()
    for process in started:
        process.stdin.close()
    assert [process.wait() for process in started] == [0] * WORKERS
    return time.perf_counter() - start


def run_warm(folder: Path, number: int) -> None:
    """Load everything, wait for the clock, and run every second notebook."""
    from h1224lib.batch import preload

    # Before anything else is imported: what is imported first may start threads.
    preload.load()
    from h1224lib.batch.engine import run_job

    jobs = make_jobs(folder)
    with tempfile.TemporaryDirectory() as other:
        run_job(jobs[0], Path(other))
    print("ready", flush=True)
    sys.stdin.read()
    for job in jobs[number::WORKERS]:
        assert not run_job(job, folder).error


def time_way(way: str, number: int, blocked: bool) -> tuple[float, list[int]]:
    """Return the seconds of one run, start-up included but for the floor, and kB a notebook."""
    with tempfile.TemporaryDirectory() as name:
        folder, site = Path(name) / "run", Path(name) / "site"
        folder.mkdir()
        site.mkdir()
        write_notebooks(folder, number)
        environment = dict(os.environ)
        if blocked:
            text = "import sys\nsys.modules['rfc3987_syntax'] = None\n"
            (site / "sitecustomize.py").write_text(text, encoding="ascii")
            environment["PYTHONPATH"] = str(site)
        command = [sys.executable, __file__, "--way", way, str(folder)]
        start = time.perf_counter()
        done = subprocess.run(command, env=environment, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        if way == "floor":
            seconds = float(done.stdout.split()[-1])
        own = [int(path.read_text(encoding="ascii")) for path in folder.glob("*.kB")]
        assert len(own) == number
        assert len(list(folder.glob("*.png"))) == 3 * number
        return seconds, own


def compare(number: int, runs: int) -> None:
    """Print the medians of all ways, and their ratios."""
    ways = [(w, b) for w in ("batch", "papermill") for b in (False, True)] + [("floor", False)]
    seconds = {way: [] for way in ways}
    memory = dict.fromkeys(ways, 0)
    for _ in range(runs):
        for way in ways:
            taken, own = time_way(way[0], number, way[1])
            seconds[way].append(taken / number)
            memory[way] = max(memory[way], *own)
    print(
        f"{number} notebooks, {WORKERS} processes, medians of {runs}, load {os.getloadavg()[0]:.1f}"
    )
    print("way                 s a notebook   most MB of its own")
    for way in ways:
        middle = statistics.median(seconds[way])
        name = f"{way[0]}{' blocked' if way[1] else ''}"
        print(f"{name:20s} {middle:11.3f} {memory[way] / 1024:20.0f}")
    for one, other, says in (
        (("papermill", False), ("batch", False), "papermill / batch, as installed"),
        (("papermill", True), ("batch", True), "papermill / batch, blocked"),
        (("batch", False), ("floor", False), "batch / floor"),
    ):
        ratios = [a / b for a, b in zip(seconds[one], seconds[other], strict=True)]
        print(f"{says:32s} {statistics.median(ratios):5.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--growth", type=int, nargs="+", metavar="NOTEBOOKS")
    parser.add_argument("--way", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        way, folder, *rest = asked.way
        if way == "floor":
            print(run_floor(Path(folder)))
        elif rest:
            {"half": run_half, "warm": run_warm}[way](Path(folder), int(rest[0]))
        else:
            {"batch": run_batch, "papermill": run_papermill}[way](Path(folder))
        return
    for place in {path for path in sys.path if path.endswith("site-packages")}:
        compileall.compile_dir(place, quiet=2)
    compileall.compile_dir(Path(__file__).parents[1] / "h1224lib", quiet=2)
    if asked.growth:
        for number in asked.growth:
            taken, _ = time_way("batch", number, False)
            print(f"{number:4d} notebooks {taken:7.1f} s {taken / number:6.3f} s each", flush=True)
    else:
        compare(asked.number, asked.runs)


if __name__ == "__main__":
    main()
