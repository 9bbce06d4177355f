"""Plans at the edge: one area, forty, names of twenty signs, nothing done, an outlier, ceilings."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from building import write_plan

from h1224lib import load_plan, measure_progress, read_actuals
from h1224lib.progress import State

# 20 signs in Chinese, and an English name as long as offices have them.
LONG_ZH = "长三角一体化产业合作示范区第{:02d}管理委员"
LONG_EN = "Yangtze Delta Integrated Development Zone {:02d}"
CASES = ("one", "forty", "long", "zero", "outlier", "ceiling", "ties", "none", "nobody", "all")


def edge_state(case: str, folder: Path) -> State:
    """Measure a made-up plan of one of `CASES` at the end of June 2024."""
    areas = {"one": 1, "forty": 40, "long": 6}.get(case, 5)
    target = 30
    plan = load_plan(_write(case, folder / case, areas, target))
    path = folder / f"{case}-actuals.csv"
    results = _results(case, areas, target)
    _write_actuals(path, results)
    given = read_actuals(path, plan)
    return measure_progress(plan, given[given["area"] != ""], "2024-06-30")


def _results(case: str, areas: int, target: int) -> dict[str, list[float]]:
    """Return what each area reached in each of six quarters."""
    due = target / 12
    of: dict[str, Callable[[int], float]] = {
        "zero": lambda i: 0,
        "ties": lambda i: due,
        "outlier": lambda i: 4000 if i == 0 else i,
        "nobody": lambda i: due + i + 1,
        "all": lambda i: max(0, due - 1 - i % 2),
    }
    pace = of.get(case, lambda i: (7 * i) % 5)
    if case == "none":
        return {}
    return {f"a{i:02d}": [float(int(pace(i) * (q + 1)) - int(pace(i) * q)) for q in range(6)]
            for i in range(areas)}  # fmt: skip


def _write_actuals(path: Path, results: dict[str, list[float]]) -> None:
    fields = ["measure", "area", "period", "value", "unit", "status", "comparable", "confidence",
              "vintage", "source", "note"]  # fmt: skip
    periods = ("2023Q1", "2023Q2", "2023Q3", "2023Q4", "2024Q1", "2024Q2")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, restval="", lineterminator="\n")
        writer.writeheader()
        for area, values in results.items():
            for period, value in zip(periods, values, strict=True):
                writer.writerow(
                    {"measure": "projects", "area": area, "period": period, "value": f"{value:g}"}
                    | {"unit": "个", "status": "final", "comparable": "yes", "confidence": "high"}
                    | {"vintage": "2024-07-01", "source": "synthetic data: edge case"}
                )


def _write(case: str, folder: Path, areas: int, target: int) -> Path:
    codes = [f"a{i:02d}" for i in range(areas)]
    zh, en = ("{:02d}区", "Area {:02d}") if case != "long" else (LONG_ZH, LONG_EN)
    tables = {
        "areas": [
            {"code": "all", "zh": "示例市", "en": "Example City", "parent": "", "part": ""},
            *(
                {"code": code, "zh": zh.format(i), "en": en.format(i)}
                | {"parent": "all", "part": "member"}
                for i, code in enumerate(codes)
            ),
        ],
        "measures": [
            {"code": "projects", "zh": "项目", "en": "Projects", "unit": "个"}
            | {"unit_en": "projects", "step": "1", "kind": "count", "exact": "yes"}
            | {"direction": "down" if case == "ceiling" else "up", "role": "target"}
        ],
        "horizons": [
            {"code": "2023-2025", "zh": "三年", "en": "2023-2025"}
            | {"first_day": "2023-01-01", "last_day": "2025-12-31"},
        ],
        "figures": [
            {"figure_id": f"{code}.x", "measure": "projects", "area": code}
            | {"horizon": "2023-2025", "relation": "<=" if case == "ceiling" else "="}
            | {"value": str(value), "unit": "个", "printed": str(value), "place": f"t/{code}"}
            for code, value in [("all", target * areas), *((c, target) for c in codes)]
        ],
    }
    return write_plan(folder, tables)
