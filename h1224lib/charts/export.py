"""Files of a figure: SVG, PNG, PDF, specification and data, the same bytes for the same chart.

A specification is drawn once, and that drawing turned into each format. `convert` and `save_spec`
take plain data, and need neither pandas (but for the data) nor altair, so that a process of its own
can do it.
"""

from __future__ import annotations

import base64
import functools
import html
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from h1224lib.charts import elsewhere, fonts, interactive, pdf
from h1224lib.charts.converter import DEFAULTS, converter, escape_titles
from h1224lib.charts.texts import clean, name_figure
from h1224lib.files import write_whole

FORMATS = ("svg", "png", "pdf", "vl.json", "csv")
# What a printer asks for. The converter enlarges by PPI / 72 by itself: 1 px is 1 pt.
PPI = 300
# What a page holds of an interactive chart, and of all of them together.
PARTS = ("live", "vega")


def save(chart: Any, path: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write a chart's files; each appears whole or not at all.

    Parameters
    ----------
    chart : altair chart
        As a function of `h1224lib.charts` returns it; any other altair chart serves too.
    path : str or Path
        Path without suffix.
    formats : sequence of str
        Among ``svg``, ``png`` (300 ppi), ``pdf`` (1 px is 1 pt, fonts embedded), ``vl.json`` (the
        specification) and ``csv`` (its data).

    Returns
    -------
    list of Path
        The files, in the order of `formats`.

    Raises
    ------
    MissingGlyphError
        Texts have characters that the font lacks; nothing is written.

    Examples
    --------
    >>> import altair as alt, tempfile
    >>> chart = alt.Chart(alt.Data(values=[{}])).mark_text(text="湖州")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in save(chart, Path(folder) / "name", ["svg", "pdf"])]
    ['name.svg', 'name.pdf']
    """
    return save_spec(chart.to_dict(), path, formats)


def save_spec(
    spec: dict[str, Any], path: str | Path, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Do what `save` does, from the specification that ``chart.to_dict()`` returns."""
    made = convert(spec, formats)
    stem = Path(path)
    return [write_whole(stem.with_name(f"{stem.name}.{f}"), made[f]) for f in formats]


def convert(spec: dict[str, Any], formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """Draw a Vega-Lite specification at most once, and turn that drawing into each format.

    Parameters
    ----------
    spec : dict
        As ``chart.to_dict()`` returns it; title and description are its own.
    formats : sequence of str
        Among `FORMATS` and `PARTS`: ``live`` is what `h1224lib.charts.interactive.compile_chart`
        makes of the specification, ``vega`` the runtime that draws it.

    Returns
    -------
    dict of str to bytes
        What each file holds.

    Raises
    ------
    MissingGlyphError
        Texts have characters that the font lacks.
    ValueError
        A format is none of `FORMATS` and `PARTS`.
    """
    unknown = sorted({*formats} - {*FORMATS, *PARTS})
    if unknown:
        raise ValueError(f"formats are {', '.join(FORMATS)}, not {', '.join(unknown)}")
    made = elsewhere.ask(spec, formats)
    if made is not None:
        return made
    spec = clean(spec)
    drawing = functools.cache(lambda: draw(spec))
    makers: dict[str, Callable[[], bytes]] = {
        "svg": lambda: dress(drawing(), spec).encode("utf-8"),
        "png": lambda: converter().svg_to_png(drawing(), ppi=PPI),
        "pdf": lambda: pdf.order_objects(converter().svg_to_pdf(drawing())),
        "vl.json": lambda: (json.dumps(spec, ensure_ascii=False) + "\n").encode("utf-8"),
        "csv": lambda: _write_data(spec),
        "live": lambda: interactive.compile_chart(spec),
        "vega": interactive.pack_vega,
    }
    return {form: makers[form]() for form in formats}


def draw(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as a bare SVG, every text of it in the shipped font.

    Raises
    ------
    MissingGlyphError
        Texts have characters that the font lacks: they would come out blank.
    """
    drawn = converter().vegalite_to_svg(escape_titles(spec), config=DEFAULTS)
    svg = _renumber(drawn)
    # Another font, also one that a chart asks for, may be missing or lack Chinese.
    svg = re.sub(r'(<text[^>]* font-family=")[^"]*', rf"\1{fonts.STACK}", svg)
    fonts.check_glyphs(text for text, _ in fonts.read_texts(svg))
    return svg


def _renumber(svg: str) -> str:
    """Count clips and gradients from 0: the converter counts on from one chart to the next."""
    used = dict.fromkeys(re.findall(r"url\(#(\w+)\)", svg))
    numbers = {name: f"{name.rstrip('0123456789')}{i}" for i, name in enumerate(used)}
    return re.sub(
        r'( id="|url\(#)(\w+)', lambda m: m.group(1) + numbers.get(m.group(2), m.group(2)), svg
    )


def dress(svg: str, spec: dict[str, Any]) -> str:
    """Give an SVG its size on paper, role, title, description, and the glyphs that it needs.

    The embedded font makes the Chinese right where no Chinese font is installed; the converter
    drops the description.
    """
    title, description = map(html.escape, name_figure(spec))
    opening = re.search(r"<svg[^>]*>", svg)
    if opening is None:
        raise ValueError("the converter returned no SVG")
    # Without a unit, a word processor takes pixels, and the figure is a quarter too small.
    tag = re.sub(r' (width|height)="([\d.]+)"', r' \1="\2pt"', opening.group(0))
    named = f' role="img" aria-label="{title or description}"' if title or description else ""
    head = f"{f'<title>{title}</title>' if title else ''}"
    head += f"{f'<desc>{description}</desc>' if description else ''}"
    family = f' font-family="{fonts.STACK}"'
    # Said once for all: repeated at each text, it is a third of a drawing.
    body = svg[opening.end() :].replace(family, "")
    return f"{tag[:-1]}{named}{family}>{head}<style>{_faces(svg)}</style>{body}"


def _faces(svg: str) -> str:
    """Return the font of an SVG's texts as a style: its used glyphs alone."""
    faces = []
    for bold, characters in fonts.used_characters(svg).items():
        code = base64.b64encode(fonts.cut(characters, bold)).decode("ascii")
        faces.append(
            f"@font-face{{font-family:'{fonts.FAMILY}';font-weight:{'bold' if bold else 'normal'};"
            f"src:url(data:font/woff;base64,{code}) format('woff')}}"
        )
    return "".join(faces)


def _write_data(spec: dict[str, Any]) -> bytes:
    """Write the numbers behind a figure, with the byte order mark by which Excel knows UTF-8.

    A figure of the library carries them; of any other, they are the rows that it draws.
    """
    import pandas as pd

    from h1224lib.csv_text import write_csv

    carried = spec.get("usermeta", {}).get("h1224")
    if carried is None:
        drawn = [rows for rows in spec.get("datasets", {}).values() if isinstance(rows, list)]
        frame = pd.DataFrame([row for rows in drawn for row in rows], dtype=object)
    else:
        frame = pd.DataFrame(carried["rows"], columns=carried["columns"], dtype=object)
    return ("\ufeff" + write_csv(frame, guard=True)).encode("utf-8")
