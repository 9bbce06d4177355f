"""Odds as they are published: modest numbers, the unranked apart, no pace for a few days."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from h1224lib import forecast, load_plan, measure_progress, read_ledger, views
from h1224lib.entries import word_entry
from h1224lib.odds.rows import is_whole
from h1224lib.odds.telling import round_chance, round_likelihood
from h1224lib.resources import data_folder
from h1224lib.tables import lay_out, word_table
from h1224lib.wording import LANGUAGES, say


@pytest.fixture(scope="module")
def demo():
    plan = load_plan()
    return plan, read_ledger(data_folder() / "demo" / "synthetic-ledger.xlsx", plan)


@pytest.fixture(scope="module")
def odds(demo):
    return forecast(measure_progress(*demo, "2024-06-30"))


@pytest.mark.parametrize(
    ("p", "words"),
    [(0, "<1 %"), (0.0099, "<1 %"), (0.01, "1 %"), (0.1249, "12 %"), (0.99, "99 %"),
     (0.9901, ">99 %"), (1, ">99 %")],
)  # fmt: skip
def test_a_chance_in_words(demo, p, words):
    for lang in LANGUAGES:
        assert word_entry("probability", round_chance(p), demo[0], lang) == words
        assert word_entry("probability", float(p), demo[0], lang) == words


@pytest.mark.parametrize("p", [0, 0.049999, 0.05, 0.0751, 0.2891, 0.5, 0.925, 0.95, 0.9501, 1])
def test_a_rounded_likelihood_has_the_words_of_the_number(p):
    for lang in LANGUAGES:
        assert say("odds_likelihood", lang, p=round_likelihood(p)) == say(
            "odds_likelihood", lang, p=p
        )


def test_no_table_has_more_than_two_digits(odds):
    exact = odds.table["probability"].dropna()
    # The object has the number itself.
    assert (exact.round(2) != exact).any()
    table = views.list_chances(odds).table
    assert (table["probability"].round(2) == table["probability"]).all()
    for lang, title in (("zh", "可能性（取整）"), ("en", "Chance, rounded")):
        shown = set(word_table(table, odds.state.plan, lang)[title])
        assert shown and all(re.fullmatch(r"<1 %|>99 %|[1-9][0-9]? %", text) for text in shown)
        # Nor is there one where the whole table of odds is put into words.
        every = word_table(odds.table[["area", "probability"]], odds.state.plan, lang)[title]
        assert all(text is None or text.endswith(" %") for text in every)


def test_who_is_not_ranked_comes_last_and_says_so(odds):
    table = views.list_chances(odds).table
    areas = table[(table["area"] != "all") & (table["industry"] == "all")]
    assert areas["area"].tolist()[-2:] == sorted(
        ["municipal", "futurecity"],
        key=lambda area: float(odds.cell(area=area).probability),
    )
    assert areas.set_index("area")["note"].to_dict() == {
        **dict.fromkeys(areas["area"], ""),
        "municipal": "不排名 (unranked)",
        "futurecity": "其中 (of which)",
    }
    ranked = areas["probability"].iloc[:-2].tolist()
    assert ranked == sorted(ranked)
    for lang, words in (("zh", "不排名"), ("en", "unranked")):
        assert words in str(lay_out(table, odds.state.plan, lang).rows)


def test_groups_leave_out_who_is_not_ranked(odds):
    view = views.list_chances(odds, by="area")
    [told] = view.findings
    groups = [told.numbers[name] for name in ("reached", "likely", "open", "unlikely")]
    named = {label.en for group in groups for label in group}
    assert len(named) == told.numbers["of"] == 7
    apart = {label.en for label in told.numbers["apart"]}
    plan = odds.state.plan
    assert apart == {plan.label("area", code, "en") for code in ("municipal", "futurecity")}
    assert not apart & named
    assert "不参与排名" in told.say("zh")


def test_industries_of_an_area_without_a_rank_are_ranked_among_themselves(demo):
    odds = forecast(measure_progress(*demo, "2024-06-30"), by=[["area"], ["area", "industry"]])
    view = views.list_chances(odds, by="industry", area="municipal")
    assert view.table["note"].eq("").all()
    assert view.findings[0].kind == "odds_cells"
    assert view.findings[0].numbers["of"] == len(view.table) > 0
    assert view.findings[0].say("en").startswith("Industry, ")


@pytest.mark.parametrize(
    ("day", "days", "whole"),
    [("2025-09-30", 92, True), ("2025-10-01", 91, True), ("2025-10-03", 89, False),
     ("2025-12-28", 3, False)],
)  # fmt: skip
def test_near_the_end_days_stand_in_place_of_a_pace(demo, day, days, whole):
    odds = forecast(measure_progress(*demo, day))
    row = odds.cell()
    assert (row["days_left"], pd.notna(row["pace_needed"])) == (days, whole)
    table = views.list_chances(odds).table
    assert ("pace_needed" in table) == whole
    assert ({"needed", "days_left"} <= set(table)) != whole
    said = odds.findings[0].say("en")
    assert ("a quarter are needed" in said) == whole
    assert (f"more are needed in the {days} days left" in said) != whole
    if whole:
        # All that is needed, in one quarter of about 91 days.
        assert float(row["pace_needed"]) == pytest.approx(float(row["needed"]) * 91.3 / days, 0.01)


def test_a_quarter_is_whole_from_ninety_days():
    assert [is_whole(days / 91.3125) for days in (3, 89, 90, 92, 365)] == [
        *(False, False, True, True, True),
    ]


def test_the_worst_coverage_says_that_it_is_the_worst(odds):
    table = views.list_worst_coverage(odds).table
    from h1224lib.odds.stored import read_calibration

    every = read_calibration().query("quantity == 'coverage_after' and at == 0.8")
    lowest = every.groupby(["simulator", "level"])["value"].min()
    found = table.set_index(["simulator", "level"])["worst_coverage"]
    assert found.to_dict() == pytest.approx(lowest[found.index].to_dict())
    assert "80 % intervals that held, at worst (%)" in word_table(table, odds.state.plan, "en")
    assert "80% 区间在最差时点包住的（%）" in word_table(table, odds.state.plan, "zh")
