"""What a notebook shows of a chart: its own glyphs, alternative text, and no network."""

from __future__ import annotations

import base64
import re

import altair as alt
import IPython
import nbformat
import pandas as pd
import pytest
from nbconvert import HTMLExporter

from h1224lib import charts, load_plan
from h1224lib.charts import interactive, renderer


@pytest.fixture(scope="module")
def figure():
    return charts.heat_map(load_plan("huzhou-1224"), lang="zh")


@pytest.fixture
def as_altair_starts():
    with alt.renderers.enable("default"):
        yield


def drawing_in(image):
    return base64.b64decode(re.search(r'base64,([^"]*)"', image)[1]).decode("utf-8")


def notebook_of(bundle):
    output = nbformat.v4.new_output("display_data", data=bundle)
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])])


def test_the_image_holds_the_drawing_with_its_font(figure):
    bundle = renderer.bundle(figure)
    svg = drawing_in(bundle["text/html"])
    assert svg.startswith("<svg")
    assert svg.count("@font-face") == 2
    assert "南太湖新区" in bundle["text/plain"]


def test_nothing_stands_beside_it_that_jupyterlab_would_rather_show(figure):
    # It prefers a specification to an image, and draws it with fonts that lack Chinese.
    assert set(renderer.bundle(figure)) == {"text/html", "text/plain"}


def test_a_notebook_with_it_is_valid(figure):
    nbformat.validate(notebook_of(renderer.bundle(figure)))


@pytest.mark.parametrize("template", ["basic", "lab"])
def test_a_page_of_it_shows_the_image_and_fetches_nothing_for_it(figure, template):
    body, _ = HTMLExporter(template_name=template).from_notebook_node(
        notebook_of(renderer.bundle(figure))
    )
    images = re.findall(r"<img[^>]*>", body)
    assert len(images) == 1
    assert re.findall(r'\bsrc="(.{5})', images[0]) == ["data:"]
    assert "南太湖新区" in re.search(r'alt="([^"]*)"', images[0])[1]
    assert not re.search(r'(?:href|src)="?http', drawing_in(images[0]))
    # What a page of a batch run draws it from; nothing executes it.
    assert body.count(interactive.MARK) == 1


def test_alternative_text_never_becomes_markup():
    data = pd.DataFrame({"x": [1]})
    told = 'a "quoted" <b> & more'
    image = renderer.bundle(alt.Chart(data, description=told).mark_point())["text/html"]
    assert 'alt="a &quot;quoted&quot; &lt;b&gt; &amp; more"' in image


@pytest.mark.usefixtures("as_altair_starts")
def test_once_enabled_a_bare_chart_shows_the_same_way(figure):
    renderer.enable()
    assert figure._repr_mimebundle_() == renderer.bundle(figure)


@pytest.mark.usefixtures("as_altair_starts")
def test_first_use_in_a_notebook_enables_it_and_elsewhere_does_not(monkeypatch):
    assert charts.heat_map
    assert alt.renderers.active == "default"
    monkeypatch.setattr(IPython, "get_ipython", object)
    assert charts.heat_map
    assert alt.renderers.active == renderer.NAME


def test_another_choice_is_left_alone(monkeypatch):
    monkeypatch.setattr(IPython, "get_ipython", object)
    with alt.renderers.enable("png"):
        assert charts.heat_map
        assert alt.renderers.active == "png"
