"""Readings: against one assessment at a time, and what the draws must hold to."""

from __future__ import annotations

import pandas as pd
import pytest
from building import DAZHOU
from looking import LANGS, check_page, meta, table, texts

from h1224lib import assess, charts, load_plan, measure_progress, read_actuals, vary
from h1224lib.assessment.rules import GIVEN, list_rules
from h1224lib.assessment.treatments import list_treatments
from h1224lib.errors import ComparisonError

COMPUTED = [name for name in list_rules() if name != GIVEN]


@pytest.fixture(scope="module")
def varied(plan, state):
    return vary(plan, state, readings=400)


def test_each_reading_is_the_assessment_by_that_rule(plan, state, varied):
    told = varied.rules.readings
    assert len(told) == len(COMPUTED) * len(list_treatments()) * 7
    for (rule, treatment), own in told.groupby(["rule", "not_applicable"]):
        alone = assess(plan, state, 2023, rule, treatment).table.set_index("area")
        ranks = own.set_index("area")["rank"]
        assert (
            ranks.astype(object).to_dict()
            == alone["rank"].reindex(ranks.index).astype(object).to_dict()
        )
        kept = own[own["rank"].notna()].set_index("area")["points"]
        assert (kept - alone["points"].reindex(kept.index)).abs().max() < 1e-9


def test_the_spread_of_ranks_is_that_of_the_readings(varied):
    own = varied.rules.readings.dropna(subset=["rank"]).groupby("area")["rank"]
    told = varied.rules.table.set_index("area")
    assert told["best"].to_dict() == own.min().to_dict()
    assert told["worst"].to_dict() == own.max().to_dict()
    assert told["readings"].to_dict() == own.size().to_dict()
    assert (told["rank_low"] <= told["median"]).all()
    assert (told["median"] <= told["rank_high"]).all()
    assert told["nominal"].tolist() == sorted(told["nominal"])
    # 长合区 lacks six industries: the readings that leave it out do not rank it.
    assert told.loc["changhe", "readings"] == 18


def test_shares_of_pairs_are_counted_over_the_readings_that_rank_both(varied):
    wide = varied.rules.readings.pivot(
        index=["rule", "not_applicable"], columns="area", values="points"
    )
    wide = wide.where(varied.rules.readings.pivot(
        index=["rule", "not_applicable"], columns="area", values="rank").notna())  # fmt: skip
    assert len(varied.pairs) == 21
    for row in varied.rules.pairs.itertuples():
        both = wide[[row.area, row.versus]].dropna().astype(float).round(9)
        ahead = (both[row.area] > both[row.versus]).mean()
        assert row.share == pytest.approx(ahead)
        assert row.readings == len(both)
        assert row.holds == (ahead == 1)
        assert row.share + row.share_tied <= 1 + 1e-12
    assert (varied.pairs["holds_all"] <= varied.pairs["holds"]).all()


def test_without_a_spread_every_draw_is_the_nominal_reading(plan, state):
    still = vary(plan, state, readings=5, spread=0.0).drawn.table
    for name in ("median", "rank_low", "rank_high", "best", "worst"):
        assert still[name].tolist() == still["nominal"].tolist()


def test_the_same_seed_draws_the_same(plan, state, varied):
    again = vary(plan, state, readings=400)
    pd.testing.assert_frame_equal(again.drawn.table, varied.drawn.table)
    pd.testing.assert_frame_equal(again.drawn.pairs, varied.drawn.pairs)
    other = vary(plan, state, readings=400, seed=7)
    assert not other.drawn.pairs["share"].equals(varied.drawn.pairs["share"])


def test_what_if_weights_stand_apart_and_are_named(varied):
    named = varied.named.readings
    told = named[["weights", "industry"]].drop_duplicates()
    assert told["weights"].value_counts().to_dict() == {
        "without": 7, "equal": 1,
    }  # fmt: skip
    assert varied.means.readings["weights"].unique().tolist() == ["geometric", "harmonic"]
    equal = named[named["weights"] == "equal"].set_index("area")["points"]
    # Anji: 4/9, 7/13, 1, 1, 0, 1, 1 by hand, each worth a seventh of 90.
    assert equal["anji"] == pytest.approx(90 / 7 * (4 / 9 + 7 / 13 + 4))
    without = named[(named["weights"] == "without") & (named["industry"] == "scitech")]
    assert pd.isna(without.set_index("area")["rank"]["changhe"])


def test_readings_that_matter_stand_first(varied):
    own = varied.matters
    assert set(own["weights"]) == {"printed"}
    assert set(varied.what_if["weights"]) == {"equal", "without", "geometric", "harmonic"}
    assert own["pairs_reversed"].is_monotonic_decreasing
    nominal = own[
        (own["rule"] == "capped") & (own["not_applicable"] == "renormalise")
        & (own["weights"] == "printed")
    ]  # fmt: skip
    assert nominal[["areas_moved", "places_moved", "pairs_reversed"]].to_numpy().tolist() == [
        [0, 0, 0]
    ]


def test_every_finding_and_mark_says_what_the_numbers_are(varied):
    for lang in LANGS:
        assert all(finding.say(lang) for finding in varied.findings)
        assert varied.findings[0].title(lang)
        assert varied.mark(lang)
    told = {finding.kind: finding for finding in varied.findings}
    assert "不是概率" in told["variation_pairs"].say("zh")
    assert (varied.table["data_kind"] == "synthetic").all()


@pytest.mark.parametrize("wrong", [{"readings": 0}, {"spread": 1.5}, {"spread": -0.1}])
def test_draws_that_cannot_be_are_refused(plan, state, wrong):
    with pytest.raises(ComparisonError):
        vary(plan, state, **wrong)


def test_pairs_only_where_they_are_asked_for(plan, state):
    assert vary(plan, state, readings=2, pairs=False).pairs.empty


@pytest.fixture(scope="module")
def empty(plan):
    real = measure_progress(plan, read_actuals(None, plan), "2023-12-31", horizon="2023")
    dazhou = load_plan(DAZHOU)
    other = measure_progress(dazhou, read_actuals(None, dazhou), "2019-03-31")
    return [(plan, real), (dazhou, other)]


def test_without_data_or_assessment_nothing_is_made_up(empty):
    kinds = []
    for plan, state in empty:
        none = vary(plan, state, readings=3)
        kinds.append(none.findings[0].kind)
        assert none.rules.readings["rank"].isna().all()
        assert none.pairs.empty
    assert kinds == ["variation_no_data", "assessment_none"]


@pytest.mark.parametrize("lang", LANGS)
def test_charts_stay_on_the_page_and_carry_their_numbers(plan, state, varied, empty, lang):
    scores = assess(plan, state)
    drawn = [charts.rank_ranges(varied, lang), charts.score_components(scores, lang)]
    drawn.append(charts.score_components(assess(plan, state, 2023, "uncapped", "full"), lang))
    for other, nothing in empty:
        drawn.append(charts.rank_ranges(vary(other, nothing, readings=3), lang))
        drawn.append(charts.score_components(assess(other, nothing), lang))
    for chart in drawn:
        meta(chart)
        check_page(chart)
    assert table(drawn[0])["nominal"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    # 安吉 is third or fourth in nine tenths of readings, and fifth in one.
    assert {"1–7", "3–4", "3–5"} <= set(texts(drawn[0]))
    assert {"36.00/90", "不适用" if lang == "zh" else "n/a"} <= set(texts(drawn[1]))
    # 长合区's one slot is too narrow for "36.00/90": what is available stands below.
    assert {"36.00", "满分90" if lang == "zh" else "of 90"} <= set(texts(drawn[1]))
    assert scores.rule.label.say(lang) in meta(drawn[1])["title"]
    assert "?" in texts(drawn[4])
    assert "mark" in meta(drawn[0])
    assert "mark" not in meta(drawn[4])


def test_every_rank_of_the_table_is_drawn(varied):
    spec = charts.rank_ranges(varied).to_dict()
    rows = {row["area"]: row for rows in spec["datasets"].values() for row in rows
            if "median_x" in row and "area" in row}  # fmt: skip
    left, right = (rows[area]["nominal_x"] for area in ("deqing", "changhe"))
    step = (right - left) / 6
    own = varied.table.set_index("area")
    assert len(rows) == 7
    for area, row in rows.items():
        for name in ("nominal", "median", "best", "worst", "rank_low", "rank_high",
                     "rank_low_weights", "rank_high_weights"):  # fmt: skip
            place = 1 + (row[f"{name}_x"] - left) / step
            assert place == pytest.approx(own.loc[area, name]), (area, name)
    used = {layer["encoding"]["x"]["field"] for layer in spec["layer"] if "encoding" in layer}
    assert {"best_x", "worst_x", "from_x", "median_x", "nominal_x"} <= used


def test_treatments_leave_alone_who_has_every_target(varied):
    told = next(f for f in varied.findings if f.kind == "variation_complete").numbers
    assert (told["complete"], told["of"], told["rules"], told["treatments"]) == (6, 7, 6, 4)
    points = varied.rules.readings.groupby(["area", "rule"])["points"].agg(["min", "max"])
    spread = (points["max"] - points["min"]).groupby("area").max().astype(float)
    assert spread.drop("changhe").max() < 1e-9
    assert spread["changhe"] > 50
