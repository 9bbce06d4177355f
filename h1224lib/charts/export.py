"""Files of a figure: SVG, PNG and PDF, the same bytes for the same chart.

A specification is drawn once, and that drawing turned into each format. `convert` takes and gives
plain data and needs neither pandas nor altair, so that a process of its own can do it.
"""

from __future__ import annotations

import base64
import functools
import html
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from h1224lib.charts import fonts, pdf
from h1224lib.files import write_whole
from h1224lib.resources import fonts_folder

FORMATS = ("svg", "png", "pdf")
# What a printer asks for. The converter enlarges by PPI / 72 by itself: 1 px is 1 pt.
PPI = 300
# For charts that say nothing else: our font, and no long text cut short with dots.
_UNCUT = {"labelLimit": 0, "titleLimit": 0}
_DEFAULTS = {
    "font": fonts.STACK,
    "axis": _UNCUT,
    "header": _UNCUT,
    "legend": _UNCUT,
    "title": {"limit": 0},
}


def save(chart: Any, path: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write a chart's files; each appears whole or not at all.

    Parameters
    ----------
    chart : altair chart
        As a function of `h1224lib.charts` returns it; any other altair chart serves too.
    path : str or Path
        Path without suffix.
    formats : sequence of str
        Among ``svg``, ``png`` (300 ppi) and ``pdf`` (1 px is 1 pt, fonts embedded).

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
    drawn = convert(chart.to_dict(), formats)
    stem = Path(path)
    return [write_whole(stem.with_name(f"{stem.name}.{f}"), drawn[f]) for f in formats]


def convert(spec: dict[str, Any], formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """Draw a Vega-Lite specification once, and turn that drawing into each format.

    Raises
    ------
    MissingGlyphError
        Texts have characters that the font lacks.
    ValueError
        A format is none of `FORMATS`.
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ValueError(f"formats are {', '.join(FORMATS)}, not {', '.join(unknown)}")
    drawing = draw(spec)
    makers: dict[str, Callable[[], bytes]] = {
        "svg": lambda: dress(drawing, spec).encode("utf-8"),
        "png": lambda: _converter().svg_to_png(drawing, ppi=PPI),
        "pdf": lambda: pdf.order_objects(_converter().svg_to_pdf(drawing)),
    }
    return {form: makers[form]() for form in formats}


def draw(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as a bare SVG, every text of it in the shipped font.

    Raises
    ------
    MissingGlyphError
        Texts have characters that the font lacks: they would come out blank.
    """
    svg = _renumber(_converter().vegalite_to_svg(spec, config=_DEFAULTS))
    # Another font, also one that a chart asks for, may be missing or lack Chinese.
    svg = re.sub(r'(<text[^>]* font-family=")[^"]*', rf"\1{fonts.STACK}", svg)
    fonts.check_glyphs(read_texts(svg))
    return svg


def _renumber(svg: str) -> str:
    """Count clips and gradients from 0: the converter counts on from one chart to the next."""
    used = dict.fromkeys(re.findall(r"url\(#(\w+)\)", svg))
    numbers = {name: f"{name.rstrip('0123456789')}{i}" for i, name in enumerate(used)}
    return re.sub(
        r'( id="|url\(#)(\w+)', lambda m: m.group(1) + numbers.get(m.group(2), m.group(2)), svg
    )


def read_texts(svg: str) -> list[str]:
    """Return the texts that an SVG draws.

    Examples
    --------
    >>> read_texts("<svg><text x='1'>湖州 &lt;1&gt;</text></svg>")
    ['湖州 <1>']
    """
    texts = re.findall(r"<text[^>]*>(.*?)</text>", svg, flags=re.S)
    return [html.unescape(re.sub(r"<[^>]*>", "", text)) for text in texts]


def name_figure(spec: dict[str, Any]) -> tuple[str, str]:
    """Return a specification's title and description; both may be empty.

    Examples
    --------
    >>> name_figure({"title": {"text": ["Two", "lines"]}, "description": "What is seen."})
    ('Two lines', 'What is seen.')
    """
    meta = spec.get("usermeta", {}).get("h1224", {})
    title = meta.get("title") or spec.get("title") or ""
    if isinstance(title, dict):
        title = title.get("text", "")
    lines = title if isinstance(title, list) else [title]
    return " ".join(map(str, lines)), str(spec.get("description", ""))


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
    return f"{tag[:-1]}{named}>{head}<style>{_faces(svg)}</style>{svg[opening.end() :]}"


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


@functools.cache
def _converter() -> Any:
    """Load the converter and tell it of the fonts, once a process; its first call is slow."""
    import vl_convert

    vl_convert.register_font_directory(str(fonts_folder()))
    return vl_convert
