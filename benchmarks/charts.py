"""Charts: a file of each format, the first of a process and later ones; a page; the gallery.

    python benchmarks/charts.py              # about a minute
    python benchmarks/charts.py --gallery    # every chart in both languages too: some minutes

Each format is measured in a process of its own, on Huzhou's heat map (94 texts, Chinese). Beside
the library's files stands what vl-convert alone takes from the specification, for which it draws
anew for every format; its files have no description, no glyphs of their own, and other bytes each
time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LATER = 20
FORMATS = ("svg", "png", "pdf", "svg,png,pdf", "vl.json", "csv", "live")
ALONE = ("svg", "png", "pdf")


def load_spec():
    import h1224lib as h

    return h.charts.heat_map(h.load_plan("huzhou-1224"), lang="zh").to_dict()


def repeat(make) -> dict[str, float]:
    """Time a call, the first and later ones: seconds."""
    times = []
    for _ in range(LATER + 1):
        start = time.perf_counter()
        made = make()
        times.append(time.perf_counter() - start)
    return {"first": times[0], "later": statistics.median(times[1:]), "bytes": made}


def convert(formats: str) -> dict[str, float]:
    from h1224lib.charts import export

    spec, wanted = load_spec(), formats.split(",")
    return repeat(lambda: sum(map(len, export.convert(spec, wanted).values())))


def convert_alone(form: str) -> dict[str, float]:
    import vl_convert

    from h1224lib.resources import fonts_folder

    spec = load_spec()
    vl_convert.register_font_directory(str(fonts_folder()))
    options = {"ppi": 300} if form == "png" else {}
    return repeat(lambda: len(getattr(vl_convert, f"vegalite_to_{form}")(spec, **options)))


def pack() -> dict[str, float]:
    """Vega for a page: packed once a process, then at hand."""
    from h1224lib.charts import interactive

    return repeat(lambda: len(interactive.pack_vega()))


def draw_page(number: int) -> dict[str, float]:
    """A page of so many charts, from an executed notebook."""
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    from h1224lib.batch.jobs import Job, Notebook
    from h1224lib.batch.render import render_notebook
    from h1224lib.charts.renderer import show

    shown = [new_output("display_data", data=show(load_spec())) for _ in range(number)]
    content = new_notebook(cells=[new_code_cell("1", outputs=[output]) for output in shown])
    job = Job(Notebook("x", Path("x"), "plan", "", {"zh": "题", "en": "T"}, {}), "zh")
    return repeat(lambda: len(render_notebook(content, job).encode("utf-8")))


def draw_gallery() -> dict[str, float]:
    """Every chart of the gallery, in both languages, as PNG."""
    start = time.perf_counter()
    root = Path(__file__).parents[1]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, str(root / "tools" / "make_gallery.py"), folder],
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(root / "tests")},
        )
        files = [path for path in Path(folder).rglob("*.png") if path.is_file()]
        made = sum(path.stat().st_size for path in files)
    return {"first": time.perf_counter() - start, "files": len(files), "bytes": made}


TASKS = {
    **{f"h1224 {f}": lambda f=f: convert(f) for f in FORMATS},
    **{f"vl-convert alone, {f}": lambda f=f: convert_alone(f) for f in ALONE},
    "Vega, packed": pack,
    "page of six charts": lambda: draw_page(6),
    "gallery": draw_gallery,
}


def measure(task: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--task", task], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gallery", action="store_true")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        print(json.dumps(TASKS[given.task]()))
        return
    for task in TASKS:
        if task == "gallery" and not given.gallery:
            continue
        found = measure(task)
        later = f"later {1000 * found['later']:6.0f} ms" if "later" in found else ""
        files = f"{found['files']} files" if "files" in found else ""
        size = f"{found['bytes'] / 1000:8.0f} kB"
        print(f"{task:24} first {1000 * found['first']:7.0f} ms  {later}{files}  {size}")


if __name__ == "__main__":
    main()
