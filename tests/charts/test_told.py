"""Alternative text: what it says of each part is what the table behind the picture says."""

from __future__ import annotations

import re

import pytest
from looking import LANGS, meta, table

from h1224lib import attribute_gap, charts, load_plan, measure_progress, read_actuals

PLANS = ("huzhou-1224", "dazhou-2019")
# "name 12、name 3" and "name 12, name 3 and name 4"; names may hold "and" and years.
PART = re.compile(r"(.+?) ([+−]?\d+(?:\.\d+)?)(?:、|, and |, | and |$)")


def parts(chart):
    """Read the parts of an alternative text: the name of each, and the number behind it."""
    listed = re.split(r"：|: ", meta(chart)["description"])[-1].rstrip("。.")
    found = PART.findall(listed)
    assert found
    assert PART.sub("", listed) == ""
    return {name: float(number.replace("−", "-")) for name, number in found}


def names(plan, dimension, lang):
    return getattr(plan, dimension)[lang].to_dict()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PLANS)
def test_a_mosaics_text_has_the_total_of_every_area(name, lang):
    plan = load_plan(name)
    chart = charts.marimekko(plan, lang=lang)
    sums = table(chart).groupby("area")["value"].sum().rename(names(plan, "areas", lang))
    assert parts(chart) == pytest.approx(sums.to_dict())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PLANS)
def test_a_heat_maps_text_has_its_five_largest_cells_in_order(name, lang):
    plan = load_plan(name)
    chart = charts.heat_map(plan, lang=lang)
    cells = table(chart)
    across = "industry" if cells["industry"].nunique() > 1 else "horizon"
    leaves = cells[(cells["area"] != "all") & (cells[across] != "all")]
    told = list(parts(chart).values())
    assert told == sorted(leaves["value"].dropna(), reverse=True)[:5]
    largest = leaves.loc[leaves["value"].idxmax(), "area"]
    assert names(plan, "areas", lang)[largest] in next(iter(parts(chart)))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PLANS)
def test_an_icicles_text_has_every_part_of_the_first_level(name, lang):
    chart = charts.icicle(load_plan(name), lang=lang)
    boxes = table(chart).query("depth == 1")
    # A label may be broken over lines in the picture, and has no unit.
    told = {re.sub(r"\s", "", key): value for key, value in parts(chart).items()}
    drawn = {
        re.sub(r"\s", "", label): value
        for label, value in zip(boxes["label"], boxes["value"], strict=True)
    }
    assert told == pytest.approx(drawn)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("schedule", ["quarters", "printed"])
def test_the_text_of_gaps_has_every_gap_with_its_sign(schedule, lang):
    plan = load_plan("dazhou-2019")
    state = measure_progress(plan, read_actuals(None, plan), "2019-03-31", schedule)
    chart = charts.gap_bars(attribute_gap(state, by=["area"]), lang=lang)
    gaps = table(chart).set_index("area")["gap"].rename(names(plan, "areas", lang))
    # Two decimals are told; half of the last one is lost at most.
    assert parts(chart) == pytest.approx(gaps.to_dict(), abs=0.00501)


def test_a_text_that_is_not_true_would_be_found():
    chart = charts.marimekko(load_plan("dazhou-2019"), lang="zh")
    told = chart.description
    wrong = chart.copy()
    wrong.description = told.replace("189.8", "188.8")
    wrong.usermeta["h1224"]["description"] = wrong.description
    assert parts(wrong) != parts(charts.marimekko(load_plan("dazhou-2019"), lang="zh"))
