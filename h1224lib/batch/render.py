"""Pages of executed notebooks: one file each, without a reference to any network."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING

from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]

from h1224lib.charts.interactive import bring_to_life
from h1224lib.publish.page import fill
from h1224lib.wording import say

if TYPE_CHECKING:
    from h1224lib.batch.jobs import Job

_INJECTED = "injected-parameters"


def render_notebook(
    content: NotebookNode, job: Job, error: str = "", cell: int | None = None
) -> str:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    content : NotebookNode
        The notebook with its outputs.
    job : Job
        Gives title and language.
    error, cell : str, int
        What ended it early, and where.

    Returns
    -------
    str
        HTML that holds all that it shows, the parameters cell of the defaults left out.
    """
    given = any(_INJECTED in cell.metadata.get("tags", []) for cell in content.cells)
    shown = copy.copy(content)
    if given:
        shown.cells = [c for c in content.cells if "parameters" not in c.metadata.get("tags", [])]
    body, _ = load_exporter().from_notebook_node(shown)
    style = HtmlFormatter(style="friendly").get_style_defs(".highlight")
    return _fill(job, error, cell, body, style)


@functools.cache
def load_exporter() -> HTMLExporter:
    """Return what makes HTML of a notebook; its templates are read once a process."""
    # The bare template: nbconvert's full pages fetch MathJax and require.js.
    exporter = HTMLExporter(
        template_name="basic",
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.from_notebook_node(new_notebook(cells=[new_code_cell("1"), new_markdown_cell("1")]))
    return exporter


def render_failure(job: Job, error: str, cell: int | None = None) -> str:
    """Make the page of a notebook that cannot be shown: its title and the error."""
    return _fill(job, error, cell)


def _fill(job: Job, error: str, cell: int | None, body: str = "", highlight: str = "") -> str:
    scripts, policy = bring_to_life(body)
    return fill(
        "notebook.html",
        lang=job.lang,
        title=job.title,
        where=job.where,
        label=job.label,
        error=say("page.job_failed", job.lang, cell=cell, error=error) if error else "",
        body=body,
        highlight=highlight,
        scripts=scripts,
        policy=policy,
    )
