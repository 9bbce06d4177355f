"""Every chart of the gallery, alive in a real browser: it says what its picture says."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import write_page

TOOLS = Path(__file__).parents[2] / "tools"
LIVE = "document.querySelectorAll('.h1224-live svg').length"
# Texts of each picture, and of the same chart as drawn in the page.
BOTH = """
[...document.querySelectorAll('.h1224-figure')].map((figure) => {
  const code = atob(figure.querySelector('img').src.split(',')[1]);
  const text = new TextDecoder().decode(Uint8Array.from(code, (char) => char.charCodeAt(0)));
  const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
  return [...picture.querySelectorAll('text')].map((t) => t.textContent).join('|') + '\\n' +
    [...figure.querySelectorAll('.h1224-live text')].map((t) => t.textContent).join('|');
})
"""


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_chart_comes_alive_and_says_what_its_picture_says(
    browser, tmp_path, monkeypatch, lang
):
    monkeypatch.syspath_prepend(TOOLS)
    import make_gallery

    drawn = [draw(lang) for _, _, draw in make_gallery.list_entries(tmp_path)]
    assert len(drawn) > 100
    for at in range(0, len(drawn), 60):
        some = drawn[at : at + 60]
        page = write_page(tmp_path, some, lang)
        browser.open(page.as_uri())
        browser.wait_until(f"{LIVE} === {len(some)}", 60)
        for told in browser.run(BOTH):
            picture, live = told.split("\n")
            assert picture
            assert live == picture
        assert browser.asked == [page.as_uri()]
        assert browser.complaints == []
