"""A mark that must not be missed stands inside the picture, in every format."""

from __future__ import annotations

import pandas as pd
import pytest
from looking import check_page, meta, texts

from h1224lib import wording
from h1224lib.charts import export, theme


def draw(mark):
    page = theme.Page("标题", "副标题", "资料来源：无", mark=mark)
    rows = pd.DataFrame({"x": [5.0], "y": [page.top + 5], "text": ["1"]})
    layer = theme.label(rows, "x", "y", "text")
    return page, page.finish([layer], page.top + 10, "说明", pd.DataFrame({"a": [1]}))


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_the_mark_is_drawn_and_described(lang):
    said = wording.say("template.synthetic_mark", lang)
    page, chart = draw(said)
    plain, _ = draw("")
    assert page.top == plain.top + theme.SUBTITLE_LINE
    assert said in texts(chart)
    spec = chart.to_dict()
    assert spec["description"].startswith(said)
    assert meta(chart)["mark"] == said
    assert said in export.convert(spec, ["svg"])["svg"].decode()
    check_page(chart)


def test_without_a_mark_nothing_changes():
    page, chart = draw("")
    assert page.top == theme.TITLE_LINE + theme.SUBTITLE_LINE + 10
    assert "mark" not in meta(chart)
    assert chart.to_dict()["description"] == "说明"
