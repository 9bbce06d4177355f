"""Draw every chart in both languages, to be looked at: python tools/make_gallery.py [FOLDER].

On Huzhou's plan, Dazhou's real quarter, the demonstration ledger, and plans at the edge
(`tests/edges.py`, which must be on the path). Writes PNG at 300 ppi and `index.html`, a sheet of
all of them at print size.
"""

from __future__ import annotations

import html
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from edges import CASES, edge_state

import h1224lib as h
from h1224lib.indicators import read_published
from h1224lib.landmark_status import read_landmark_status
from h1224lib.progress import State
from h1224lib.resources import data_folder
from h1224lib.wording import LANGUAGES

Draw = Callable[[str], Any]
Entry = tuple[str, str, Draw]
DEMO = data_folder() / "demo"
# 442 px are 156 mm: so wide is a figure on paper.
PAPER = "156mm"


def of_plan(plan: Any) -> Iterator[tuple[str, Draw]]:
    """Yield the charts of what a plan prints."""
    charts = h.charts
    yield "icicle", lambda lang: charts.icicle(plan, lang=lang)
    yield "heat_map", lambda lang: charts.heat_map(plan, lang=lang)
    yield "remaining_map", lambda lang: charts.remaining_map(plan, lang)
    yield "marimekko", lambda lang: charts.marimekko(plan, lang)
    yield "quotient_map", lambda lang: charts.quotient_map(plan, lang)
    yield "phase_steps", lambda lang: charts.phase_steps(h.compare_phasings(plan), lang)


def of_state(state: State, before: State | None, area: str) -> Iterator[tuple[str, Draw]]:
    """Yield the charts of a state; before it, and of one of its areas, where there are such."""
    charts, odds = h.charts, h.forecast(state)
    parts = h.attribute_gap(state, ["area"])
    split = h.decompose_completion(state, state, ["industry"], within_b={"area": area})
    yield "burnup", lambda lang: charts.burnup(state, lang, odds)
    yield "burnup-area", lambda lang: charts.burnup(state, lang, odds, area)
    yield "bullets", lambda lang: charts.bullets(state, lang)
    yield "tile_map", lambda lang: charts.tile_map(state, lang)
    yield "gap_bars", lambda lang: charts.gap_bars(parts, lang, highlight=area)
    yield "dumbbells", lambda lang: charts.dumbbells(before, state, lang)
    yield "effect_bars", lambda lang: charts.effect_bars(split, lang)
    yield "shift_bars", lambda lang: charts.shift_bars(h.shift_share(state), lang)
    yield "odds_bars", lambda lang: charts.odds_bars(odds, lang)
    yield "stage_funnel", lambda lang: charts.stage_funnel(state, lang)
    yield "investor_matrix", lambda lang: charts.investor_matrix(state, lang)


def list_entries(folder: Path) -> Iterator[Entry]:
    """Yield data, chart and how to draw it."""
    huzhou, dazhou = h.load_plan("huzhou-1224"), h.load_plan("dazhou-2019")
    for name, draw in [*of_plan(huzhou), *_published(huzhou)]:
        yield "huzhou", name, draw
    done = h.read_actuals(None, dazhou)
    for schedule in ("quarters", "printed"):
        state = h.measure_progress(dazhou, done, "2019-03-31", schedule)
        for name, draw in [*of_plan(dazhou), *of_state(state, None, "tongchuan")]:
            yield f"dazhou-{schedule}", name, draw
    for name, draw in _demonstration(huzhou):
        yield "demonstration", name, draw
    for case in CASES:
        state = edge_state(case, folder)
        before = h.measure_progress(state.plan, state.actuals, "2024-03-31")
        for name, draw in [*of_plan(state.plan), *of_state(state, before, "a00")]:
            yield f"edge-{case}", name, draw


def _published(plan: Any) -> Iterator[tuple[str, Draw]]:
    """Yield the charts of indicators and headline targets, of a misprint, and of calibration."""
    charts, published = h.charts, read_published(plan)
    planted = plan.replace({("projects", "deqing", "software", "revenue", "2023-2025"): 54})
    suspects = h.explain_plan(planted)
    judged = h.judge_indicators(plan, published)
    yield "scoreboard", lambda lang: charts.scoreboard(plan, published, lang)
    yield "indicator_bars", lambda lang: charts.indicator_bars(judged, lang)
    yield (
        "indicator_paths",
        lambda lang: charts.indicator_paths(h.track_indicators(plan, published), lang),
    )
    yield "failing_sums", lambda lang: charts.failing_sums(h.reconcile(planted), suspects, lang)
    yield (
        "landmarks-unknown",
        lambda lang: charts.landmark_checklist(plan, None, "2024-06-30", lang),
    )
    yield "calibration_curve", lambda lang: charts.calibration_curve(lang)


def _demonstration(plan: Any) -> Iterator[tuple[str, Draw]]:
    """Yield the charts of the demonstration ledger, made up."""
    paths = [DEMO / f"synthetic-{n}" for n in ("ledger.xlsx", "actuals.csv", "landmark-status.csv")]
    results = h.read_results(plan, *paths)
    state = h.measure_progress(plan, results, "2024-06-30")
    before = h.measure_progress(plan, results, "2024-03-31")
    status = read_landmark_status(paths[2], plan)
    scores = h.assess(plan, state, year=2023)
    yield from of_state(state, before, "deqing")
    for industry in plan.industries.index[1:]:
        yield (
            f"investor_matrix-{industry}",
            lambda lang, industry=industry: h.charts.investor_matrix(state, lang, industry),
        )
    yield "shift-since", lambda lang: h.charts.shift_bars(h.shift_share(before, state), lang)
    yield (
        "landmark_checklist",
        lambda lang: h.charts.landmark_checklist(plan, status, state.as_of, lang),
    )
    yield "score_components", lambda lang: h.charts.score_components(scores, lang)
    yield "rank_ranges", lambda lang: h.charts.rank_ranges(h.vary(plan, state, year=2023), lang)


def make_gallery(folder: Path) -> list[str]:
    """Write every chart and the sheet; return what could not be drawn, with the reason."""
    folder.mkdir(parents=True, exist_ok=True)
    failed, sheet, last = [], [], ""
    with tempfile.TemporaryDirectory() as scratch:
        for data, name, draw in list_entries(Path(scratch)):
            if data != last:
                sheet.append(f"<h2>{html.escape(data)}</h2>")
                last = data
            for lang in LANGUAGES:
                stem = f"{data}.{name}.{lang}"
                try:
                    chart = draw(lang)
                    h.charts.save(chart, folder / stem, ["png"])
                except Exception as error:  # the sheet shows all the others
                    failed.append(f"{stem}: {error!r}")
                    continue
                alt = html.escape(str(chart.to_dict()["description"]), quote=True)
                sheet.append(
                    f'<figure><img src="{stem}.png" alt="{alt}"><figcaption>{stem}</figcaption>'
                    "</figure>"
                )
    style = (
        "body{font-family:sans-serif}"
        "figure{display:inline-block;margin:4mm;vertical-align:top}"
        f"img{{width:{PAPER};border:1px solid #ddd;display:block}}"
    )
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>'
        f"<style>{style}</style>{''.join(sheet)}</html>"
    )
    (folder / "index.html").write_text(page, encoding="utf-8")
    return failed


if __name__ == "__main__":
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("outputs/gallery")
    problems = make_gallery(out)
    print(out / "index.html", *problems, sep="\n")
    sys.exit(1 if problems else 0)
