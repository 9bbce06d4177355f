"""Colours of the figures: told apart under three deficiencies and in grey, and read on each other.

Deficiencies: Machado, Oliveira & Fernandes (2009), A Physiologically-based Model for Simulation of
Color Vision Deficiency, IEEE TVCG 15(6), matrices of severity 1.0, on linear RGB. Distance: CIE76
in CIELAB under D65 (CIE 15:2004). Contrast: WCAG 2.2, 1.4.3 (text 4.5) and 1.4.11 (graphics 3).
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from h1224lib import charts, load_plan
from h1224lib.charts import theme

DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    # What a black and white printer leaves: the luminance of WCAG and sRGB.
    "grey": [[0.2126, 0.7152, 0.0722]] * 3,
}
# sRGB (IEC 61966-2-1) to XYZ, and the white of D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
LIGHTS = {"behind": theme.BEHIND, "even": theme.EVEN, "ahead": theme.AHEAD}


def linear(colour):
    code = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def lab(colour, deficiency="none"):
    seen = np.clip(np.array(DEFICIENCIES[deficiency]) @ linear(colour), 0, 1)
    ratio = TO_XYZ @ seen / WHITE
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one, other, deficiency="none"):
    return float(np.linalg.norm(lab(one, deficiency) - lab(other, deficiency)))


def contrast(one, other="#ffffff"):
    lights = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_the_measures_are_right_where_they_are_known():
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
    assert lab("#ffffff") == pytest.approx([100, 0, 0], abs=0.01)
    assert lab("#ff0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    # A pair that is known to be mistaken: red and green of one lightness.
    assert distance("#b05a4a", "#7a7a3c") > 40
    assert distance("#b05a4a", "#7a7a3c", "deuteranopia") < 20


@pytest.mark.parametrize("deficiency", ["none", "protanopia", "deuteranopia", "tritanopia"])
@pytest.mark.parametrize("pair", list(itertools.combinations(LIGHTS, 2)), ids="-".join)
def test_the_three_lights_are_told_apart(pair, deficiency):
    # Twenty is ten times what is just seen (CIE76: 2.3).
    assert distance(*(LIGHTS[name] for name in pair), deficiency) > 20


def test_what_is_even_is_told_in_grey_and_the_other_two_not_by_colour_alone():
    for name in ("behind", "ahead"):
        assert distance(LIGHTS[name], theme.EVEN, "grey") > 20
    # These are near each other in grey: sign, place and words tell them apart.
    assert distance(theme.BEHIND, theme.AHEAD, "grey") > 5


@pytest.mark.parametrize("name", ["INK", "SOFT", "EDGE", "BEHIND", "AHEAD"])
def test_lines_and_fills_stand_out_from_the_paper(name):
    assert contrast(getattr(theme, name)) >= 3


@pytest.mark.parametrize("name", ["INK", "SOFT"])
@pytest.mark.parametrize("ground", ["#ffffff", theme.PALE])
def test_texts_are_read_on_paper_and_on_pale(name, ground):
    assert contrast(getattr(theme, name), ground) >= 4.5


def test_steps_of_depth_are_told_apart_in_grey_too():
    for one, other in itertools.pairwise(theme.DEPTHS):
        assert lab(one, "grey")[0] < lab(other, "grey")[0]


def texts_on_fills(chart):
    """Yield each text that stands in a filled rectangle of a chart: its colour, and the fill's."""
    spec = chart.to_dict()
    boxes = []
    for layer in spec["layer"]:
        rows = pd.DataFrame(spec["datasets"][layer["data"]["name"]])
        kind, encoding = layer["mark"]["type"], layer["encoding"]
        if kind == "rect" and len(rows):
            boxes += zip(*corners(rows, encoding), fills(rows, layer), strict=True)
        elif kind == "text" and len(rows):
            ink = layer["mark"].get("color", "#000000")
            ink = {"white": "#ffffff"}.get(ink, ink)
            for x, y in zip(
                rows[encoding["x"]["field"]], rows[encoding["y"]["field"]], strict=True
            ):
                under = [b for b in boxes if b[0] < x < b[1] and b[2] < y < b[3]]
                if under:
                    yield ink, under[-1][4]


def corners(rows, encoding):
    return [rows[encoding[name]["field"]] for name in ("x", "x2", "y", "y2")]


def fills(rows, layer):
    colour = layer["encoding"].get("color") or layer["encoding"].get("fill")
    if colour is None:
        fill = layer["mark"].get("fill", "#4c78a8")
        return [{"white": "#ffffff"}.get(fill, fill)] * len(rows)
    if colour.get("scale") is None:
        return rows[colour["field"]]
    stops, colours = colour["scale"]["domain"], colour["scale"]["range"]
    return [blend(value, stops, colours) for value in rows[colour["field"]]]


def blend(value, stops, colours):
    """Colour of a value: between stops of a scale, in CIELCh as Vega does by default (hcl)."""
    at = min(max(value, stops[0]), stops[-1])
    upper = next(i for i in range(1, len(stops)) if at <= stops[i])
    share = (at - stops[upper - 1]) / (stops[upper] - stops[upper - 1])
    one, other = (np.array(to_hcl(colours[i])) for i in (upper - 1, upper))
    return from_hcl(one + share * (other - one))


def to_hcl(colour):
    light, a, b = lab(colour)
    return np.degrees(np.arctan2(b, a)) % 360, np.hypot(a, b), light


def from_hcl(hcl):
    hue, chroma, light = hcl
    y = (light + 16) / 116
    wave = np.array([y + chroma * np.cos(np.radians(hue)) / 500, y, 0])
    wave[2] = y - chroma * np.sin(np.radians(hue)) / 200
    ratio = np.where(wave > 6 / 29, wave**3, (116 * wave - 16) * 27 / 24389)
    rgb = np.clip(np.linalg.inv(TO_XYZ) @ (ratio * WHITE), 0, 1)
    code = np.where(rgb <= 0.0031308, rgb * 12.92, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in code)


def test_blending_meets_its_ends():
    assert blend(0, [0, 1], theme.SEQUENCE) == theme.SEQUENCE[0]
    assert blend(1, [0, 1], theme.SEQUENCE) == theme.SEQUENCE[1]


@pytest.mark.parametrize(
    ("kind", "plan"),
    [
        ("heat_map", "huzhou-1224"),
        ("heat_map", "dazhou-2019"),
        ("icicle", "huzhou-1224"),
        ("icicle", "dazhou-2019"),
        ("quotient_map", "huzhou-1224"),
        ("marimekko", "huzhou-1224"),
    ],
)
def test_every_number_is_read_on_what_its_cell_is_filled_with(kind, plan):
    pairs = list(texts_on_fills(getattr(charts, kind)(load_plan(plan), lang="zh")))
    assert len(pairs) >= 10
    poor = {pair: contrast(*pair) for pair in pairs if contrast(*pair) < asked(pair[1])}
    assert poor == {}


def asked(fill):
    """On a middle tone neither white nor ink reaches 4.5: nearly the better of the two is asked."""
    return min(4.5, max(contrast(ink, fill) for ink in ("#ffffff", theme.INK)) - 0.2)
