"""Pages as a batch run writes them, of charts that a test gives."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook, new_output

from h1224lib import attribute_gap, charts, load_plan, measure_progress, read_actuals
from h1224lib.batch.jobs import Job, Notebook
from h1224lib.batch.render import render_notebook
from h1224lib.charts import renderer


def make_notebook(shown):
    """Return an executed notebook that shows charts, or bundles of media types."""
    bundles = [chart if isinstance(chart, dict) else renderer.bundle(chart) for chart in shown]
    outputs = [new_output("display_data", data=bundle) for bundle in bundles]
    return new_notebook(cells=[new_code_cell("1", outputs=[output]) for output in outputs])


def write_page(folder, shown, lang="zh"):
    notebook = Notebook("x", Path("x"), "plan", "", {"zh": "题", "en": "T"}, {})
    page = folder / "page.html"
    page.write_text(render_notebook(make_notebook(shown), Job(notebook, lang)), encoding="utf-8")
    return page


def draw_six(lang, rename=None):
    """Return six charts of two plans; `rename` makes another name of each area's and industry's."""
    huzhou, dazhou = (give_names(load_plan(n), rename) for n in ("huzhou-1224", "dazhou-2019"))
    state = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31")
    return [
        charts.heat_map(huzhou, lang=lang),
        charts.icicle(huzhou, lang=lang),
        charts.marimekko(huzhou, lang=lang),
        charts.heat_map(dazhou, lang=lang),
        charts.bullets(state, lang=lang),
        charts.gap_bars(attribute_gap(state, by=["area"]), lang=lang),
    ]


def give_names(plan, rename):
    if rename is None:
        return plan

    def renamed(table):
        names = [rename(name) for name in table["zh"]]
        return table.assign(zh=names, en=names)

    return dataclasses.replace(plan, areas=renamed(plan.areas), industries=renamed(plan.industries))
