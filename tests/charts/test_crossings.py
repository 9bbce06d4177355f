"""The figure of a misprint: the table around it, the sums that fail, and what is framed."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from building import change
from looking import LANGS, check_page, extents, meta, table, text_layers, texts

from h1224lib import charts, explain_plan, load_plan, reconcile
from h1224lib.plan.model import KEYS

YUNZE = Path(__file__).parents[1] / "plans" / "yunze-2026"
CUMULATIVE = ("projects", "deqing", "software", "revenue", "2023-2025")


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


def draw(plan, lang):
    chart = charts.failing_sums(reconcile(plan), explain_plan(plan), lang)
    check_page(chart)
    return chart


def suspected(chart):
    """The framed cells: those with what fits, or with what another place prints."""
    rows = table(chart)
    return rows[rows["suspect_printed"].notna()].to_dict("records")


def frames(chart):
    """How many cells are framed, shaded and grey."""
    spec = chart.to_dict()
    counts = {}
    for layer in spec["layer"]:
        mark = layer.get("mark", {})
        if isinstance(mark, dict) and mark.get("type") == "rect":
            kind = "framed" if "stroke" in mark else "shaded" if mark["opacity"] < 1 else "grey"
            counts[kind] = spec["datasets"][layer["data"]["name"]]
    return counts


@pytest.mark.parametrize("lang", LANGS)
def test_failing_sums_cross_in_the_cell_that_is_framed(huzhou, lang):
    chart = draw(huzhou.replace({CUMULATIVE: 54}), lang)
    (suspect,) = suspected(chart)
    assert (suspect["area"], suspect["industry"]) == ("deqing", "software")
    assert (suspect["value"], suspect["low"]) == (54, 45)
    assert "→ 45" in texts(chart) and "54" in meta(chart)["title"]
    # The row and the column that cross there are off by the same nine.
    assert meta(chart)["description"].count("+9") == 2
    drawn = frames(chart)
    # A row of nine and a column of eight share one cell; grey totals are shaded instead.
    assert (len(drawn["framed"]), len(drawn["shaded"])) == (1, 16)
    assert len(drawn["grey"]) == 9 + 8 - 1 - 2


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("figure", "wrong", "place"),
    [
        ("2.1.all.all.all.2023-2025", "100", "2.1"),
        ("3.1.all.commerce.revenue.2023-2025", "250", "3.1"),
    ],
)
def test_a_misprint_in_the_text_frames_the_cell_that_it_contradicts(
    huzhou, lang, figure, wrong, place
):
    chart = draw(change(huzhou, figure, float(wrong)), lang)
    (suspect,) = suspected(chart)
    assert (suspect["suspect_printed"], suspect["suspect_place"]) == (wrong, place)
    shown = texts(chart)
    assert f"≠ {wrong}" in shown and suspect["shown"] in shown
    assert any(place in text and wrong in text and suspect["shown"] in text for text in shown)
    drawn = frames(chart)
    assert len(drawn["framed"]) == 1 and not drawn["shaded"]
    assert not any(text.startswith(("底色", "Shaded")) for text in shown)
    none = "表中没有不成立的合计" if lang == "zh" else ". No sum fails in the table."
    assert none in meta(chart)["description"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_range_shows_what_was_meant_and_the_distance_from_its_nearer_end(lang):
    chart = draw(change(load_plan(YUNZE), "2.1.projects.south.2026", 54), lang)
    shown = texts(chart)
    said = " ".join(shown)
    assert "nearer end" in said or "近的一端" in said
    assert {"80～90", "+4", "→ 45"} <= set(shown) and "+14" not in shown
    # Which of the three is wrong cannot be told: all are framed, and the title says so.
    assert len(suspected(chart)) == 3
    others = "另 2 种改法之一" if lang == "zh" else "one of 2 others"
    assert others in meta(chart)["title"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_plan_without_industries_has_its_horizons_across(lang):
    plan = load_plan("dazhou-2019")
    cell = ("investment", "tongchuan", "all", "all", "2019")
    chart = draw(plan.replace({cell: 250.0}), lang)
    assert {"2019", "2019Q1"} == set(table(chart)["horizon"])
    assert "94.4–95.4" in texts(chart)
    assert "+155.1" in texts(chart)


@pytest.mark.parametrize("lang", LANGS)
def test_another_part_is_counted_once_and_not_drawn(huzhou, lang):
    values = huzhou.cells.set_index(KEYS)["value"]
    tours = ("projects", "anji", "tourism", "all", "2023")
    wrong = huzhou.replace({CUMULATIVE: 54, tours: int(values[tours]) + 16})
    chart = draw(wrong, lang)
    drawn, *rest = explain_plan(wrong).explanations.parts
    assert len(rest) == 1
    said = " ".join(texts(chart))
    outside = len(drawn[0].mends) - 2
    assert outside > 0 and len(rest[0][0].mends) > 0
    assert f"另有 {outside} 项" in said or f"{outside} more of the identities" in said
    assert "另有 1 处" in said or "1 more part of" in said


@pytest.mark.parametrize("lang", LANGS)
def test_names_of_columns_do_not_touch(huzhou, lang):
    chart = draw(huzhou.replace({CUMULATIVE: 54}), lang)
    heads = [huzhou.label("area", code, lang) for code in huzhou.areas.index]
    spec = chart.to_dict()
    (layer,) = [
        layer
        for layer in text_layers(spec)
        if {h.replace("\n", " ") for h in heads}
        & {
            str(r[layer["encoding"]["text"]["field"]]).replace("\n", " ")
            for r in spec["datasets"][layer["data"]["name"]]
        }
    ]
    rows = spec["datasets"][layer["data"]["name"]]
    ends = []
    for row in rows:
        one = {"datasets": {"one": [row]}}
        spans = list(extents({**layer, "data": {"name": "one"}}, one))
        ends.append((min(s[0] for s in spans), max(s[1] for s in spans)))
    assert len(ends) == 9
    for (_, right), (left, _) in itertools.pairwise(ends):
        assert left - right >= 6 - 0.01


def test_a_plan_that_holds_says_so(huzhou):
    assert "No identity" in meta(draw(huzhou, "en"))["title"]
