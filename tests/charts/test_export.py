"""Files of a figure, looked into: size, fonts, text, resolution, description, data."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import altair as alt
import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from h1224lib import charts, load_plan
from h1224lib.charts import export, fonts
from h1224lib.errors import MissingGlyphError

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chart():
    return charts.heat_map(load_plan("huzhou-1224"), lang="zh")


@pytest.fixture(scope="module")
def files(chart, tmp_path_factory):
    stem = tmp_path_factory.mktemp("图 表") / "heat.zh"
    return {path.name.removeprefix("heat.zh."): path for path in charts.save(chart, stem)}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_nothing_but_the_files_is_left(files):
    assert list(files) == ["svg", "png", "pdf", "vl.json", "csv"]
    assert sorted(files["svg"].parent.iterdir()) == sorted(files.values())


def test_the_specification_is_kept_and_draws_the_same_again(files, chart):
    kept = json.loads(files["vl.json"].read_text(encoding="utf-8"))
    assert kept == chart.to_dict()
    assert export.convert(kept, ["svg"])["svg"] == files["svg"].read_bytes()


def test_data_is_a_csv_that_excel_reads(files, chart):
    raw = files["csv"].read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    carried = chart.to_dict()["usermeta"]["h1224"]
    frame = pd.read_csv(io.BytesIO(raw), encoding="utf-8-sig", keep_default_na=False, dtype=str)
    assert list(frame.columns) == carried["columns"]
    assert frame["shown"].tolist() == [row[-1] for row in carried["rows"]]
    assert {"110", "-"} < set(frame["shown"])


def test_the_data_of_any_chart_is_what_it_draws_and_never_a_formula():
    data = pd.DataFrame({"区县": ["吴兴区", "=HYPERLINK(1)"], "n": [3, 4]})
    spec = alt.Chart(data).mark_bar().encode(x="n:Q", y="区县:N").to_dict()
    text = export.convert(spec, ["csv"])["csv"].decode("utf-8-sig")
    assert text.splitlines() == ["区县,n", "吴兴区,3", "'=HYPERLINK(1),4"]


def test_svg_has_role_title_description_and_its_own_glyphs(files, chart):
    root = ElementTree.fromstring(files["svg"].read_text(encoding="utf-8"))
    assert root.get("role") == "img"
    # With a unit, so that a word processor makes it as wide as the page's text too.
    assert root.get("width") == "442pt"
    meta = chart.to_dict()["usermeta"]["h1224"]
    assert root.find(f"{SVG}title").text == meta["title"]
    assert "南太湖新区" in root.find(f"{SVG}desc").text
    assert root.find(f"{SVG}style").text.count("@font-face") == 2
    assert "http" not in re.sub(r'xmlns[:\w]*="[^"]*"', "", files["svg"].read_text("utf-8"))


def test_pdf_is_156_mm_wide_embeds_its_fonts_and_gives_its_chinese_back(files):
    size = re.search(r"Page size:\s+([\d.]+) x", run("pdfinfo", str(files["pdf"])))
    assert float(size[1]) * 25.4 / 72 == pytest.approx(156, abs=0.1)
    rows = run("pdffonts", str(files["pdf"])).splitlines()[2:]
    assert rows
    for row in rows:
        assert "H1224Sans" in row
        assert row.split()[-5] == "yes"  # emb
    text = run("pdftotext", "-layout", str(files["pdf"]), "-").replace("\n", "")
    for words in ("南太湖新区", "商贸（含电商）业", "湖政办发〔2023〕29号", "1000"):
        assert words in text


def test_png_has_300_dots_an_inch_over_156_mm(files):
    raw = files["png"].read_bytes()
    width, height = struct.unpack(">II", raw[16:24])
    assert width == pytest.approx(442 * 300 / 72, abs=1)
    assert height > 500
    at = raw.index(b"pHYs")
    across, down, unit = struct.unpack(">IIB", raw[at + 4 : at + 13])
    assert (across, down, unit) == (11811, 11811, 1)  # a metre has 39.37 inches


def test_same_chart_same_bytes(files, chart):
    for _ in range(6):  # the converter orders a PDF's fonts by chance, one way in two
        again = export.convert(chart.to_dict())
        assert again == {form: path.read_bytes() for form, path in files.items()}


DRAW = """
import hashlib, json, sys
from h1224lib.charts.export import FORMATS, convert
made = convert(json.load(sys.stdin), [*FORMATS, "live"])
print({form: hashlib.sha256(raw).hexdigest() for form, raw in made.items()})
assert "altair" not in sys.modules
"""


def test_same_bytes_in_other_processes_whatever_their_hash_seed(chart):
    """As the converters of a run do it: from plain data, without altair."""
    told = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", DRAW]
        spec = json.dumps(chart.to_dict())
        told.add(
            subprocess.run(
                command, input=spec, env=environment, check=True, capture_output=True, text=True
            ).stdout
        )
    assert len(told) == 1


def test_a_format_that_fails_leaves_no_file(chart, tmp_path, monkeypatch):
    def fail(_):
        raise ValueError("no table")

    monkeypatch.setattr(export.pdf, "order_objects", fail)
    with pytest.raises(ValueError, match="no table"):
        charts.save(chart, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def simple(text):
    data = pd.DataFrame({"x": [1.0], "name": [text]})
    return alt.Chart(data, title=text).mark_text().encode(x="x:Q", text="name:N")


@pytest.mark.parametrize(
    "chart",
    [
        alt.Chart(pd.DataFrame({"x": [1]}), title="龘").mark_point().encode(x="x:Q"),
        alt.Chart(pd.DataFrame({"龘": [1]})).mark_point().encode(x="龘:Q"),
        alt.Chart(pd.DataFrame({"x": ["龘"]})).mark_point().encode(x="x:N"),
        simple("企业🏭"),
    ],
    ids=["title", "axis", "tick", "mark"],
)
def test_a_glyph_that_the_font_lacks_is_refused_wherever_it_stands(chart, tmp_path):
    with pytest.raises(MissingGlyphError):
        charts.save(chart, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_name_never_becomes_markup(tmp_path):
    nasty = "</svg><script>alert(1)</script>"
    path = charts.save(simple(nasty), tmp_path / "x", ["svg"])[0]
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert not list(root.iter(f"{SVG}script"))
    assert nasty in "".join(root.itertext())


def test_every_text_that_cannot_be_drawn_is_named():
    data = pd.DataFrame({"x": [1, 2], "name": ["龘", "犇"]})
    with pytest.raises(MissingGlyphError) as refused:
        export.convert(alt.Chart(data).mark_text().encode(x="x:Q", text="name:N").to_dict())
    told = refused.value.say("zh")
    assert len(told) == 2
    assert "龘 (U+9F98)" in told[0] + told[1]
    assert "犇 (U+7287)" in told[0] + told[1]


LONG = "一个名字很长很长的区县" * 6


def plain(**config):
    """Return a chart as a researcher writes it, without the theme: clips, opacity, both weights."""
    data = pd.DataFrame({"区县": ["吴兴区", LONG], "n": [3, -5], "strength": [0.4, 0.8]})
    chart = alt.Chart(data, title="标题").mark_bar(clip=True)
    encoded = chart.encode(x="n:Q", y="区县:N", opacity=alt.Opacity("strength:Q", scale=None))
    return encoded.configure(**config)


@pytest.mark.parametrize("config", [{}, {"font": "Courier New"}], ids=["none", "another"])
def test_any_chart_is_drawn_in_the_shipped_font(config, tmp_path):
    paths = charts.save(plain(**config), tmp_path / "x")
    root = ElementTree.fromstring(paths[0].read_text(encoding="utf-8"))
    # Said once, for every text.
    assert root.get("font-family").split(",")[0] == "'H1224 Sans'"
    assert {text.get("font-family") for text in root.iter(f"{SVG}text")} == {None}
    assert root.find(f"{SVG}title").text == "标题"
    rows = run("pdffonts", str(paths[2])).splitlines()[2:]
    assert sorted(row.split()[0][7:] for row in rows) == ["H1224Sans-Bold", "H1224Sans-Regular"]


def test_no_text_is_cut_short():
    assert LONG in [text for text, _ in fonts.read_texts(export.draw(plain().to_dict()))]


def test_same_bytes_whatever_was_drawn_before():
    """The converter numbers clips on from chart to chart, and lists opacities by chance."""
    spec = plain().to_dict()
    assert len({tuple(export.convert(spec).values()) for _ in range(6)}) == 1


def test_numeric_weights_are_bold_or_not_as_fonts_match_them():
    svg = '<text font-weight="600">甲</text><text font-weight="500">乙</text><text>丙</text>'
    assert fonts.used_characters(svg) == {False: "丙乙", True: "甲"}


def test_an_empty_text_takes_nothing_from_the_next_one():
    svg = '<text font-weight="normal"/><g><text font-weight="bold">甲</text></g><text>丙</text>'
    assert fonts.used_characters(svg) == {False: "丙", True: "甲"}


def test_every_weight_has_the_glyphs_of_its_texts():
    """Labels that are empty come before a bold title, as where a bar has no number."""
    empty = alt.Chart(alt.Data(values=[{"t": ""}])).mark_text().encode(text="t:N")
    title = alt.Chart(alt.Data(values=[{"t": "南太湖"}])).mark_text(fontWeight="bold")
    svg = export.convert((empty + title.encode(text="t:N")).to_dict(), ["svg"])["svg"].decode()
    glyphs = {}
    faces = re.findall(r"font-weight:(\w+);src:url\(data:font/woff;base64,([^)]*)\)", svg)
    for weight, code in faces:
        font = TTFont(io.BytesIO(base64.b64decode(code)))
        glyphs[weight] = {chr(code) for code in font.getBestCmap()}
    assert set("南太湖") <= glyphs["bold"]


def test_formats_are_named():
    with pytest.raises(ValueError, match="jpeg"):
        export.convert(plain().to_dict(), ["svg", "jpeg"])
