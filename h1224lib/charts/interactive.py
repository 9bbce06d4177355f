"""Charts of a page that answer to the pointer: tooltips and highlighting, offline.

A notebook's output holds a picture and, beside it, what is needed to draw the chart anew: data
that no browser executes. A page gets one copy of Vega for all of them. Without scripts, and on
paper, the pictures stay.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
from typing import Any

from h1224lib.charts import elsewhere
from h1224lib.charts.converter import DEFAULTS, converter, escape_titles
from h1224lib.resources import PACKAGE

MARK = 'class="h1224-chart"'
# What a browser would take for markup, and the two line ends that are none in JSON.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def compile_chart(spec: dict[str, Any]) -> bytes:
    """Return what a page's script draws a chart from: a Vega specification, as JSON.

    Parameters
    ----------
    spec : dict
        A Vega-Lite specification, as ``chart.to_dict()`` returns it.

    Returns
    -------
    bytes
        With the data that it draws, without any sign that ends or begins an element of HTML.

    Examples
    --------
    >>> spec = {"data": {"values": [{"x": "</script>"}]}, "mark": "text"}
    >>> spec["encoding"] = {"text": {"field": "x"}}
    >>> b"<" in compile_chart(spec)
    False
    """
    drawn = converter().vegalite_to_vega(escape_titles(spec), config=DEFAULTS)
    for part in ("$schema", "description", "usermeta"):
        drawn.pop(part, None)
    _drop_unused(drawn)
    if not drawn.get("signals"):
        _pass_pointer(drawn["marks"])
    told = {"spec": drawn, "bare": sorted(_list_bare(spec))}
    code = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return code.translate(_ESCAPES).encode("utf-8")


def carry(code: bytes) -> str:
    """Return the element that carries a compiled chart through a page; nothing executes it."""
    return f'<script type="application/json" {MARK}>{code.decode("utf-8")}</script>'


def _drop_unused(drawn: dict[str, Any]) -> None:
    """Leave out the columns that a chart does not draw: they are in its csv."""
    rest = json.dumps({**drawn, "data": [{**d, "values": 0} for d in drawn.get("data", [])]})
    for table in drawn.get("data", []):
        rows = table.get("values")
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            # A name that is no plain word may be written in many ways: it stays.
            names = {name for row in rows for name in row}
            kept = {n for n in names if not n.isidentifier() or not n.isascii() or n in rest}
            table["values"] = [{k: v for k, v in row.items() if k in kept} for row in rows]


def _pass_pointer(marks: list[dict[str, Any]]) -> None:
    """Let the pointer reach a mark with a tooltip through those without, such as its number."""
    for mark in marks:
        if mark["type"] == "group":
            _pass_pointer(mark.get("marks", []))
        elif "tooltip" not in mark.get("encode", {}).get("update", {}):
            mark["interactive"] = False


def _list_bare(spec: dict[str, Any]) -> set[str]:
    """List the fields that tooltips show without a name.

    In the library's charts they have codes for names, and a title where a reader needs one.
    """
    if "h1224" not in spec.get("usermeta", {}):
        return set()
    bare = set()
    layers = [spec]
    while layers:
        layer = layers.pop()
        layers += layer.get("layer", [])
        tips = layer.get("encoding", {}).get("tooltip", [])
        given = tips if isinstance(tips, list) else [tips]
        bare |= {tip["field"] for tip in given if "field" in tip and "title" not in tip}
    return bare


def bring_to_life(body: str) -> tuple[str, str]:
    """Return what a page needs at its end to draw its charts, and the policy for its head.

    Parameters
    ----------
    body : str
        The page's HTML, with charts as `carry` leaves them, or without any.

    Returns
    -------
    str, str
        Scripts, empty without charts; a Content-Security-Policy, under which nothing is fetched
        and no other script runs, whatever the page holds.

    Examples
    --------
    >>> bring_to_life("<p>No chart.</p>")[0]
    ''
    """
    if MARK not in body:
        return "", _policy()
    script = _read_script()
    # Another process may have it ready.
    made = elsewhere.ask({}, ["vega"])
    code = (made["vega"] if made else pack_vega()).decode("ascii")
    vega = f'<script type="text/plain" id="h1224-vega">{code}</script>'
    return f"{vega}\n<script>{script}</script>", _policy(script)


def _policy(script: str = "") -> str:
    """Allow what stands in the page itself, and of scripts the given one and what it unpacks."""
    code = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    scripts = f"blob: 'sha256-{code}'" if script else "'none'"
    return (
        "default-src 'none'; img-src data:; media-src data:; font-src data:; "
        f"style-src 'unsafe-inline'; script-src {scripts}; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def pack_vega() -> bytes:
    """Return the converter's own Vega, compressed, in base64; about a second, once a process."""
    code = converter().javascript_bundle("window.h1224Embed = vegaEmbed;").encode("utf-8")
    return base64.b64encode(gzip.compress(code, 9, mtime=0))


@functools.cache
def _read_script() -> str:
    return (PACKAGE / "charts" / "live.js").read_text(encoding="utf-8")
