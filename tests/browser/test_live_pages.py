"""Pages in a real browser without network: they show every chart, ask for nothing, run no name."""

from __future__ import annotations

import re

import altair as alt
import pandas as pd
import pytest
from pages import draw_six, write_page

LANGS = ("zh", "en")
LIVE = "document.querySelectorAll('.h1224-live svg').length"
# The images that are seen, and hold something.
SEEN = (
    "[...document.querySelectorAll('.h1224-figure img')]"
    ".filter(i => i.offsetWidth > 300 && i.naturalWidth > 300).length"
)
TEXTS = "[...document.querySelectorAll('.h1224-live text')].map(t => t.textContent).join('|')"


@pytest.fixture(scope="module", params=LANGS)
def page(request, tmp_path_factory):
    return write_page(tmp_path_factory.mktemp("页 面"), draw_six(request.param), request.param)


def open_live(browser, page, number, **size):
    browser.open(page.as_uri(), **size)
    browser.wait_until(f"{LIVE} === {number}", 30)


def test_six_charts_come_alive_and_nothing_is_asked_for(browser, page):
    open_live(browser, page, 6)
    assert browser.asked == [page.as_uri()]
    assert browser.complaints == []
    assert browser.run(SEEN) == 0
    assert "1000" in browser.run(TEXTS)


def test_six_charts_take_about_a_megabyte(page):
    assert page.stat().st_size < 1.1e6


def test_a_page_names_no_address_of_the_network(page):
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[\w./-]*", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search("cdn[.]|jsdelivr|unpkg", text)


def test_without_scripts_the_pictures_are_seen(browser, page):
    browser.open(page.as_uri(), scripts=False)
    drawn = browser.send("DOM.getDocument", depth=-1)
    assert drawn["root"]["childNodeCount"]
    nodes = browser.send("DOM.querySelectorAll", nodeId=drawn["root"]["nodeId"], selector="img")
    for node in nodes["nodeIds"]:
        box = browser.send("DOM.getBoxModel", nodeId=node)["model"]
        assert box["width"] > 300
        assert box["height"] > 100
    assert len(nodes["nodeIds"]) == 6
    assert browser.complaints == []


def test_on_paper_the_pictures_are_seen(browser, page):
    open_live(browser, page, 6)
    browser.send("Emulation.setEmulatedMedia", media="print")
    assert browser.run(SEEN) == 6
    assert browser.run("[...document.querySelectorAll('.h1224-live')].every(d => !d.offsetWidth)")


def test_a_live_chart_is_told_as_its_picture_is(browser, page):
    open_live(browser, page, 6)
    told = browser.run(
        "[...document.querySelectorAll('.h1224-figure')].map(f => [f.querySelector('img').alt,"
        " f.querySelector('.h1224-live').getAttribute('aria-label'),"
        " f.querySelector('.h1224-live').getAttribute('role')])"
    )
    assert len(told) == 6
    for alternative, label, role in told:
        assert len(alternative) > 20
        assert label == alternative
        assert role == "img"


def test_live_texts_have_the_font_of_the_picture(browser, page):
    open_live(browser, page, 6)
    assert browser.run("document.fonts.check('bold 13px h1224-0') && document.fonts.size") >= 12
    families = browser.run(
        "[...new Set([...document.querySelectorAll('.h1224-live text')]"
        ".map(t => getComputedStyle(t).fontFamily.split(',')[0]))]"
    )
    assert families == [f"h1224-{number}" for number in range(6)]


def point_at_the_first_number(browser, text):
    place = browser.run(
        "(() => { const box = [...document.querySelectorAll('.h1224-live text')]"
        f".find(t => t.textContent === {text!r}).getBoundingClientRect();"
        "return [box.x + box.width / 2, box.y + box.height / 2] })()"
    )
    browser.point(*place)


def test_pointing_at_a_cell_tells_it_and_lights_it(browser, page):
    open_live(browser, page, 6)
    assert browser.run("document.querySelector('.h1224-note').hidden") is True
    point_at_the_first_number(browser, "110")
    browser.wait_until("!document.querySelector('.h1224-note').hidden", 10)
    lines = browser.run("document.querySelector('.h1224-note').innerText").split("\n")
    assert lines[-1] == "110"
    assert len(lines) == 3
    assert browser.run("document.querySelectorAll('.h1224-lit').length") == 1
    browser.point(2, 2)
    browser.wait_until("document.querySelector('.h1224-note').hidden", 10)
    assert browser.run("document.querySelectorAll('.h1224-lit').length") == 0


NASTY = [
    "</script><script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    "javascript:window.ran=1",
    "datum.x; window.ran=1",
    '" + (window.ran=1) + "',
    "'+(window.ran=1)+'",
    '\\"]; window.ran=1; //',
    "{{ 7*7 }} ${window.ran=1} {signal: 'width'}",
    "a\u202egpj.exe\u2066 b\0c\u200f",
    "很" * 200,
]


def test_names_of_a_plan_are_never_run(browser, tmp_path):
    counted = iter(range(10_000))
    shown = draw_six("zh", lambda name: NASTY[next(counted) % len(NASTY)])
    page = write_page(tmp_path, shown)
    open_live(browser, page, 6)
    assert browser.run("window.ran") is None
    assert browser.asked == [page.as_uri()]
    assert browser.complaints == []
    assert browser.run("document.querySelectorAll('main script:not(.h1224-chart)').length") == 0
    assert not set(browser.run(TEXTS)) & set("\0\u200f\u202e\u2066")


@pytest.mark.parametrize("name", NASTY)
def test_names_in_every_place_of_any_chart_are_shown_as_they_are(browser, tmp_path, name):
    data = pd.DataFrame({"x": [1], "name": [name], "url": ["https://a.b/c"]})
    chart = (
        alt.Chart(data, title=name, description=name)
        .mark_bar(height=40)
        .encode(
            x=alt.X("x:Q", title=name),
            y=alt.Y("name:N", sort=[name], axis=alt.Axis(labelLimit=100)),
            color=alt.Color("name:N", scale=alt.Scale(domain=[name])),
            tooltip=["name:N", alt.Tooltip("x:Q", title=name), "url:N"],
        )
    )
    page = write_page(tmp_path, [chart])
    open_live(browser, page, 1)
    place = browser.run(
        "(() => { const box = document.querySelector('.h1224-live .mark-rect path')"
        ".getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2] })()"
    )
    browser.point(*place)
    browser.wait_until("!document.querySelector('.h1224-note').hidden", 10)
    note = browser.run("document.querySelector('.h1224-note').textContent")
    clean = re.sub("[\0\u200f\u202e\u2066]", "", name)
    assert note == f"name: {clean}{clean}: 1url: https://a.b/c"
    assert browser.run("document.querySelector('.h1224-note').querySelectorAll('*').length") == 3
    assert browser.run("document.querySelector('.h1224-figure img').alt") == clean
    assert browser.run("window.ran") is None
    assert browser.asked == [page.as_uri()]
    assert browser.complaints == []


def test_the_policy_stops_what_a_notebook_itself_may_hold(browser, tmp_path):
    """Not from the library: markup that somebody's own cell has shown."""
    bad = "<script>window.ran=1</script><img src=https://a.b/c.png onerror=window.ran=1>"
    page = write_page(tmp_path, [{"text/html": bad}])
    browser.open(page.as_uri())
    assert browser.run("window.ran") is None
    assert browser.asked == [page.as_uri()]
    assert any("Content Security Policy" in told for told in browser.complaints)


def test_a_chart_that_cannot_be_drawn_leaves_its_picture(browser, tmp_path):
    shown = draw_six("zh")[:1]
    page = write_page(tmp_path, shown)
    text = page.read_text(encoding="utf-8")
    assert text.count('"type":"rect"') > 1
    page.write_text(text.replace('"type":"rect"', '"type":"no-mark"'), encoding="utf-8")
    browser.open(page.as_uri())
    browser.wait_until(f"{SEEN} === 1", 10)
    assert browser.run(LIVE) == 0
