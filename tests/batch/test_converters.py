"""Figures drawn by other processes: the same bytes, and what happens when those processes die."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from made_jobs import make_job

from h1224lib.batch.converters import ask_converter, open_converters
from h1224lib.batch.pool import run_jobs
from h1224lib.charts.elsewhere import let_draw
from h1224lib.charts.export import FORMATS, convert
from h1224lib.errors import MissingGlyphError

SPEC: dict[str, Any] = {
    "data": {"values": [{"a": 1, "b": "湖州"}, {"a": 2, "b": "德清"}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}, "y": {"field": "b"}},
    "usermeta": {"h1224": {"rows": [[1, 0.1, None, "-"]], "columns": ["a", "b", "c", "d"]}},
}


def test_a_figure_has_the_same_bytes_wherever_it_is_drawn(tmp_path: Path) -> None:
    here = convert(SPEC)
    with open_converters(1, tmp_path) as [converter]:
        draw = ask_converter(converter.ready())
        assert draw(SPEC, FORMATS) == here
        # Asked for again, as a notebook does to show what it has written.
        assert draw(SPEC, ["svg"]) == {"svg": here["svg"]}


def test_what_a_converter_cannot_draw_fails_where_it_was_asked_for(tmp_path: Path) -> None:
    lacking = {**SPEC, "mark": {"type": "text", "text": "𓀀"}}
    with open_converters(1, tmp_path) as [converter]:
        let_draw(ask_converter(converter.ready()))
        try:
            with pytest.raises(MissingGlyphError):
                convert(lacking, ["svg"])
        finally:
            let_draw(None)


def test_a_converter_that_dies_is_done_without_and_started_anew(tmp_path: Path) -> None:
    with open_converters(1, tmp_path) as [converter]:
        first = converter.ready()
        draw = ask_converter(first)
        assert draw(SPEC, ["png"]) is not None
        converter.stop()
        assert draw(SPEC, ["png"]) is None
        second = converter.ready()
        assert second != first
        assert ask_converter(second)(SPEC, ["svg"]) is not None


def test_notebooks_have_their_figures_drawn_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys\nimport altair as alt\nimport h1224lib as h\n"
        "chart = alt.Chart(alt.Data(values=[{'a': 1}])).mark_bar().encode(x='a:Q')\n"
        "h.charts.save(chart, 'figure', ['svg', 'png'])\n"
        "'vl_convert' in sys.modules"
    )
    job = make_job(tmp_path / "nb", code)
    said = []
    for number in (1, 0):
        monkeypatch.setattr("h1224lib.batch.pool.MOST_CONVERTERS", number)
        [result] = run_jobs([job], tmp_path, 1, lambda result: None)
        assert result.error == ""
        content = nbformat.read(tmp_path / result.files[0], as_version=4)
        said.append(content.cells[-1].outputs[0].data["text/plain"])
    assert said == ["False", "True"]
