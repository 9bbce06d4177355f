"""How a chart shows in JupyterLab and in exported pages, offline.

Altair's own HTML needs the network. A specification is drawn with the browser's fonts, which on
a bare machine have no Chinese; and JupyterLab shows a bare SVG only in a notebook that it trusts,
so not in one that a batch has run. An image in HTML carries its glyphs with it, shows in both, and
has alternative text. Beside it stands what a page needs to draw the chart anew
(`h1224lib.charts.interactive`); a notebook does not use it.
"""

from __future__ import annotations

import base64
import html
from typing import Any

from h1224lib.charts.export import convert
from h1224lib.charts.interactive import carry
from h1224lib.charts.texts import name_figure

NAME = "h1224"


def bundle(chart: Any) -> dict[str, Any]:
    """Return what a notebook shows of a chart: the drawing, and its alternative text.

    Parameters
    ----------
    chart : altair chart
        As a function of `h1224lib.charts` returns it; any other altair chart serves too.

    Returns
    -------
    dict
        Media types to contents: ``text/html`` and ``text/plain``.

    Raises
    ------
    MissingGlyphError
        Texts have characters that the font lacks.

    Examples
    --------
    >>> import altair as alt
    >>> data = alt.Data(values=[{}])
    >>> shown = bundle(alt.Chart(data, description="A point.").mark_point())
    >>> shown["text/plain"], shown["text/html"].partition(" src=")[0]
    ('A point.', '<div class="h1224-figure"><img alt="A point."')
    """
    return show(chart.to_dict())


def show(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return what a notebook shows of a Vega-Lite specification; altair calls it as a renderer."""
    made = convert(spec, ["svg", "live"])
    title, description = name_figure(spec)
    told = description or title
    code = base64.b64encode(made["svg"]).decode("ascii")
    image = f'<img alt="{html.escape(told)}" src="data:image/svg+xml;base64,{code}">'
    shown = f'<div class="h1224-figure">{image}{carry(made["live"])}</div>'
    return {"text/html": shown, "text/plain": told or NAME}


def enable() -> None:
    """Make every altair chart of this session show as `bundle` does, unless another way was chosen.

    Examples
    --------
    >>> import altair as alt
    >>> with alt.renderers.enable("default"):
    ...     enable()
    ...     alt.renderers.active
    'h1224'
    """
    import altair as alt

    if alt.renderers.active == "default":
        alt.renderers.register(NAME, show)
        alt.renderers.enable(NAME)
