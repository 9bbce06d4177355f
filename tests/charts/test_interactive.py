"""What a page carries of its charts: data that nothing executes, and one Vega for all."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re

import altair as alt
import pandas as pd
import pytest

from h1224lib import charts, load_plan
from h1224lib.charts import converter, elsewhere, export, interactive


def live(chart):
    return json.loads(export.convert(chart.to_dict(), ["live"])["live"])


@pytest.fixture(scope="module")
def figure():
    return charts.heat_map(load_plan("huzhou-1224"), lang="zh")


@pytest.mark.parametrize(
    "name",
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]>",
        "a\u2028b",
        "\\u003c/script>",
        "&lt;",
    ],
)
def test_no_text_ends_its_element_and_every_text_comes_back(name):
    chart = alt.Chart(pd.DataFrame({"x": [name]}), title=name).mark_text().encode(text="x:N")
    code = export.convert(chart.to_dict(), ["live"])["live"].decode()
    assert not set(code) & set("<>&\u2028\u2029")
    drawn = json.loads(code)["spec"]
    told = name.replace("\u2028", " ")
    assert drawn["data"][0]["values"] == [{"x": told}]
    assert drawn["title"]["text"] == told
    assert interactive.carry(code.encode()).count("<") == 2


def test_only_what_is_drawn_goes_to_the_page(figure):
    rows = [row for table in live(figure)["spec"]["data"] for row in table.get("values", [])]
    assert {"shown", "row", "column"} <= {name for row in rows for name in row}
    assert not {"measure", "horizon"} & {name for row in rows for name in row}
    assert "usermeta" not in live(figure)["spec"]


def test_a_field_with_an_unusual_name_is_kept():
    data = pd.DataFrame({"n (%)": [1], "drop": ["gone"]})
    rows = live(alt.Chart(data).mark_bar().encode(x="n (%):Q"))["spec"]["data"][0]["values"]
    assert [list(row) for row in rows] == [["n (%)"]]


def test_codes_are_no_names_in_tooltips_but_titles_and_others_columns_are(figure):
    assert live(figure)["bare"] == ["column", "row", "shown"]
    data = pd.DataFrame({"区县": ["吴兴区"], "n": [1]})
    assert live(alt.Chart(data).mark_bar().encode(tooltip=["区县", "n"]))["bare"] == []


def test_the_pointer_passes_numbers_to_the_cells_below(figure):
    marks = live(figure)["spec"]["marks"]
    assert {mark.get("interactive") for mark in marks if mark["type"] == "text"} == {False}
    assert any("tooltip" in m["encode"]["update"] and "interactive" not in m for m in marks)


def test_a_page_without_charts_gets_no_vega_and_allows_no_script():
    scripts, policy = interactive.bring_to_life("<p>1</p>")
    assert scripts == ""
    assert "script-src 'none'" in policy


def test_the_policy_allows_the_one_script_and_no_network():
    scripts, policy = interactive.bring_to_life(interactive.carry(b"{}"))
    script = re.findall(r"<script>(.*?)</script>", scripts, flags=re.S)[0]
    code = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src blob: 'sha256-{code}'" in policy
    assert "default-src 'none'" in policy
    assert not {"http", "unsafe-eval", "*"} & set(re.findall(r"http|unsafe-eval|\*", policy))


def test_vega_is_the_converters_own_packed_the_same_each_time():
    packed = interactive.pack_vega()
    interactive.pack_vega.cache_clear()
    assert interactive.pack_vega() == packed
    code = gzip.decompress(base64.b64decode(packed)).decode()
    assert code == converter.converter().javascript_bundle("window.h1224Embed = vegaEmbed;")
    assert not re.search("cdn[.]|jsdelivr|unpkg", code)
    assert len(packed) < 450_000


def test_another_process_may_give_vega():
    elsewhere.let_draw(lambda spec, formats: dict.fromkeys(formats, b"QUJD"))
    try:
        assert ">QUJD</script>" in interactive.bring_to_life(interactive.carry(b"{}"))[0]
    finally:
        elsewhere.let_draw(None)
