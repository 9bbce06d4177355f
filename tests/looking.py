"""What a figure says and where it says it, read from its specification."""

from __future__ import annotations

import pandas as pd

from h1224lib.charts import fonts, theme

LANGS = ("zh", "en")


def meta(chart):
    found = chart.to_dict()["usermeta"]["h1224"]
    for name in ("title", "subtitle", "source", "description"):
        assert found[name], name
        fonts.check_glyphs([found[name]])
    assert len(found["title"].split()) <= 15
    assert len(found["title"]) <= 80
    return found


def table(chart):
    found = meta(chart)
    return pd.DataFrame(found["rows"], columns=found["columns"])


def texts(chart):
    spec = chart.to_dict()
    return [text for layer in text_layers(spec) for _, _, text in extents(layer, spec)]


def check_page(chart):
    """No text leaves the page on either side, and the font draws every sign of it."""
    spec = chart.to_dict()
    for layer in text_layers(spec):
        for left, right, text in extents(layer, spec):
            assert left >= -0.5, text
            assert right <= theme.WIDTH + 0.5, text
            fonts.check_glyphs([text])


def text_layers(spec):
    for layer in spec["layer"]:
        if "layer" in layer:
            yield from text_layers(layer)
        elif layer["mark"].get("type") == "text":
            yield layer


def extents(layer, spec):
    mark, encoding = layer["mark"], layer["encoding"]
    rows = spec["datasets"][layer["data"]["name"]]
    bold = mark.get("fontWeight") == "bold"
    for row in rows:
        for line in str(row[encoding["text"]["field"]]).split("\n"):
            wide = fonts.width(line, mark["fontSize"], bold)
            at = row[encoding["x"]["field"]]
            left = at - {"left": 0, "center": 0.5, "right": 1}[mark["align"]] * wide
            yield left, left + wide, line
