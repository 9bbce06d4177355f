"""The mosaic on plans whose areas are split otherwise than by industry; descriptions as read."""

from __future__ import annotations

import itertools
import re

import pytest
from building import AREAS, INDUSTRIES, TYPES, tables_that_add_up, write_plan
from looking import LANGS, check_page, meta, table

from h1224lib import charts, judge_indicators, load_plan, read_published

LEAVES = dict.fromkeys(itertools.product(AREAS, INDUSTRIES, TYPES), (1, 3))


def plan_of(folder, keep):
    tables = tables_that_add_up(LEAVES)
    tables["figures"] = [figure for figure in tables["figures"] if keep(figure)]
    return load_plan(write_plan(folder, tables))


def by_type_or_industry(figure):
    """Areas by type; industries for the whole alone."""
    return "all" in (figure["area"], figure["industry"])


def by_area_or_industry(figure):
    """Areas by nothing; industries for the whole alone."""
    return by_type_or_industry(figure) and figure["project_type"] == "all"


@pytest.mark.parametrize("lang", LANGS)
def test_areas_are_split_by_what_is_printed_of_them(tmp_path, lang):
    typed = charts.marimekko(plan_of(tmp_path / "typed", by_type_or_industry), lang)
    assert list(table(typed)) == ["area", "project_type", "value", "share"]
    # Two industries of 3 in each type of each of three areas.
    assert table(typed)["value"].tolist() == [6] * 6
    check_page(typed)
    plain = charts.marimekko(plan_of(tmp_path / "plain", by_area_or_industry), lang)
    assert list(table(plain)) == ["area", "value", "share"]
    assert table(plain)["value"].tolist() == [12] * 3
    check_page(plain)


def test_descriptions_are_whole_sentences_on_one_line():
    plan = load_plan("huzhou-1224")
    judged = judge_indicators(plan, read_published(plan))
    drawn = (charts.marimekko(plan, "en"), charts.icicle(plan, lang="en"))
    for chart in (*drawn, charts.indicator_bars(judged, "en")):
        said = meta(chart)["description"]
        assert ". The parts: " in said
        assert "\n" not in said
        assert not re.search(r"[a-z]\.[A-Z]", said)
    said = meta(charts.indicator_bars(judged, "zh"))["description"]
    assert "亿元，" in said and "\n" not in said


def test_a_suppressed_quotient_is_said_in_the_readers_language():
    plan = load_plan("huzhou-1224")
    for lang, said, other in (("zh", "不计", "n/a"), ("en", "n/a", "不计")):
        spec = str(charts.quotient_map(plan, lang).to_dict())
        assert said in spec and other not in spec
