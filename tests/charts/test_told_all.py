"""Every family of charts: texts for those who cannot see it, glyphs, and no colour left alone."""

from __future__ import annotations

import base64
import io
import itertools
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from looking import LANGS

from h1224lib.charts import export, theme

TOOLS = Path(__file__).parents[2] / "tools"
NUMBER = re.compile(r"[+−-]?\d+(?:\.\d+)?")
# Where the sentence of the finding ends, and the parts of the picture begin.
PARTS = re.compile(r"各部分：|最大的单元：| The parts: | The largest cells: ")
# Names of periods and days, and units that hold a number, are no numbers of the picture.
NAMES = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}Q\d|\d{4}[–—-]\d{4}|(?<!\d)20\d\d(?:年|:)|in 20\d\d|20\d\d 年|"
    r"CNY 100 million|100 million|10,000|500\s?强|Fortune 500|(?:\b|Area )\d\d区?(?= [\d−+])"
)
FAST = ("huzhou", "dazhou-printed", "demonstration")
SVG = "{http://www.w3.org/2000/svg}"


def list_specs(folder, lang, wanted=None):
    """Return name and specification of each chart of the gallery, or of some of its data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(TOOLS)
        import make_gallery

        return [
            (f"{data}.{name}", draw(lang).to_dict())
            for data, name, draw in make_gallery.list_entries(folder)
            if wanted is None or data in wanted
        ]


@pytest.fixture(scope="module")
def specs(tmp_path_factory):
    """Charts of real and of made-up data, in both languages."""
    return {lang: list_specs(tmp_path_factory.mktemp(lang), lang, FAST) for lang in LANGS}


def read_numbers(text):
    return [number.replace("−", "-") for number in NUMBER.findall(NAMES.sub("", text))]


def list_values(meta):
    """Return every number that the table behind a picture gives: cells, and sums by one key."""
    values = []
    for column in zip(*meta["rows"], strict=True):
        values += [v for v in column if isinstance(v, float)]
        for cell in column:
            values += [float(n) for n in read_numbers(cell)] if isinstance(cell, str) else []
    keys = [
        i for i, row in enumerate(meta["rows"][:1]) for i, c in enumerate(row) if isinstance(c, str)
    ]
    for key, at in itertools.product(keys, range(len(meta["columns"]))):
        sums = Counter()
        for row in meta["rows"]:
            sums[row[key]] += row[at] if isinstance(row[at], float) else 0
        values += list(sums.values())
    return values


def find_untold(meta):
    """Return the numbers of the parts that no number behind the picture rounds to."""
    parts = PARTS.split(meta["description"])
    values = [abs(v) for v in list_values(meta)]
    lacking = []
    for number in read_numbers(parts[-1]) if len(parts) > 1 else []:
        digits = len(number.partition(".")[2])
        slack = 0.5 * 10**-digits + 1e-9
        told = abs(float(number))
        if not any(abs(v - told) <= slack or abs(100 * v - told) <= slack for v in values):
            lacking.append(number)
    return lacking


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_told_of_parts_are_those_behind_the_picture(specs, lang):
    told = Counter()
    for name, spec in specs[lang]:
        meta = spec["usermeta"]["h1224"]
        assert find_untold(meta) == [], name
        told[name.partition(".")[2]] += bool(PARTS.search(meta["description"]))
    # Most families list parts; the others tell findings alone.
    assert sum(count > 0 for count in told.values()) >= 14


def test_an_untrue_number_would_be_found(specs):
    found = 0
    for _, spec in specs["en"]:
        meta = spec["usermeta"]["h1224"]
        parts = PARTS.split(meta["description"])
        if len(parts) == 1 or not read_numbers(parts[-1]):
            continue
        opening = meta["description"].removesuffix(parts[-1])
        wrong = meta | {"description": f"{opening}{parts[-1]} 98765.4"}
        found += find_untold(wrong) == ["98765.4"]
    assert found >= 14


def list_undrawn(svg):
    """Return texts whose glyphs are not in the font of their weight that the SVG carries."""
    carried = {"normal": set(), "bold": set()}
    for weight, code in re.findall(
        r"font-weight:(\w+);src:url\(data:font/woff;base64,([^)]*)", svg
    ):
        font = TTFont(io.BytesIO(base64.b64decode(code)))
        carried[weight] = {chr(point) for point in font.getBestCmap()}
    lacking = []
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        weight = text.get("font-weight", "normal")
        bold = weight == "bold" or (weight.isdigit() and int(weight) >= 600)
        said = "".join(text.itertext())
        if set(said) - carried["bold" if bold else "normal"]:
            lacking.append(said)
    return lacking


@pytest.mark.parametrize("lang", LANGS)
def test_every_family_carries_its_glyphs_and_texts(specs, lang):
    seen = set()
    for name, spec in specs[lang]:
        family = name.partition(".")[2]
        if family in seen:
            continue
        seen.add(family)
        check_svg(export.convert(spec, ["svg"])["svg"].decode("utf-8"), spec, name)
    assert len(seen) >= 26


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_every_chart_of_the_gallery_carries_its_glyphs_and_texts(lang, tmp_path):
    checked = 0
    for name, spec in list_specs(tmp_path, lang):
        check_svg(export.convert(spec, ["svg"])["svg"].decode("utf-8"), spec, name)
        assert find_untold(spec["usermeta"]["h1224"]) == [], name
        checked += 1
    assert checked > 200


def check_svg(svg, spec, name):
    assert list_undrawn(svg) == [], name
    root = ElementTree.fromstring(svg)
    meta = spec["usermeta"]["h1224"]
    assert root.get("role") == "img", name
    assert root.find(f"{SVG}title").text == meta["title"], name
    assert root.find(f"{SVG}desc").text == meta["description"], name
    assert root.get("width") == f"{theme.WIDTH}pt", name


def test_a_missing_glyph_would_be_found():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><style>'
        "@font-face{font-weight:bold;src:url(data:font/woff;base64,"
        f"{base64.b64encode(export.fonts.cut('湖', True)).decode()})}}</style>"
        '<text font-weight="bold">湖</text><text>州</text></svg>'
    )
    assert list_undrawn(svg) == ["州"]
