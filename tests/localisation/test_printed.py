"""Explanations of plans: the real one with misprints planted, and words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from building import HUZHOU, change

from h1224lib import explain_plan, load_plan, plant_misprint, reconcile
from h1224lib.cli import main
from h1224lib.localisation import Contradiction, Explanations, Unexplained
from h1224lib.plan.model import KEYS

YUNZE = Path(__file__).parents[1] / "plans" / "yunze-2026"
CUMULATIVE = ("projects", "deqing", "software", "revenue", "2023-2025")
BUSY = ("projects", "nantaihu", "finance", "revenue", "2023-2025")
IDLE = ("projects", "changhe", "finance", "revenue", "2023-2025")
FIRST = ("projects", "deqing", "software", "revenue", "2023")


@pytest.fixture(scope="module")
def huzhou():
    return load_plan("huzhou-1224")


@pytest.fixture(scope="module")
def values(huzhou):
    return huzhou.cells.set_index(KEYS)["value"]


@pytest.mark.parametrize("name", ["huzhou-1224", "dazhou-2019"])
def test_a_plan_that_holds_has_nothing_to_explain(name):
    suspects = explain_plan(load_plan(name))
    assert not suspects.explanations and suspects.explanations.complete
    assert suspects.table.empty and suspects.findings == []


def test_two_digits_transposed_are_named_with_what_fits(huzhou):
    suspects = explain_plan(huzhou.replace({CUMULATIVE: 54}))
    (row,) = suspects.table.to_dict("records")
    assert tuple(row[key] for key in KEYS) == CUMULATIVE
    assert (row["printed"], row["low"], row["high"], row["slip"]) == (
        "54",
        45,
        45,
        "digits_transposed",
    )
    text = suspects.findings[1].say("en")
    assert "54 printed, 45 fits every identity (digits transposed)" in text
    assert "改为 45" in suspects.findings[1].say("zh")


def test_two_neighbours_swapped_are_named_together(huzhou, values):
    left = ("projects", "wuxing", "software", "revenue", "2023-2025")
    right = ("projects", "nanxun", "software", "revenue", "2023-2025")
    wrong = huzhou.replace({left: int(values[right]), right: int(values[left])})
    suspects = explain_plan(wrong)
    best = suspects.table[suspects.table["explanation"] == 1]
    assert set(best["area"]) == {"wuxing", "nanxun"}
    assert set(best["slip"]) == {"swapped_neighbours"}


def test_a_dash_for_a_number_is_a_candidate(huzhou, values):
    suspects = explain_plan(huzhou.replace({FIRST: None}))
    assert suspects.table[["area", "low", "slip"]].to_numpy().tolist() == [
        ["deqing", float(values[FIRST]), "dash_for_number"]
    ]


def test_misprints_that_have_nothing_to_do_with_each_other_are_two_parts(huzhou, values):
    tours = ("projects", "anji", "tourism", "all", "2023")
    suspects = explain_plan(huzhou.replace({CUMULATIVE: 54, tours: int(values[tours]) + 9}))
    assert sorted(suspects.table["part"]) == [1, 2]
    assert "2 parts" in suspects.findings[0].say("en")


def test_a_year_above_the_whole_leaves_a_range(huzhou):
    # Heads of commerce in 2023 beyond those of 2023-2025: one of the two is wrong, by any amount.
    cells = huzhou.cells
    alone = cells[(cells["measure"] == "headquarters") & (cells["horizon"] == "2023-2025")]
    cell = tuple(alone.iloc[0][KEYS])
    first = (*cell[:4], "2023")
    suspects = explain_plan(huzhou.replace({first: int(alone.iloc[0]["value"]) + 5}))
    table = suspects.table.set_index("horizon")
    assert table.at["2023", "high"] == alone.iloc[0]["value"]
    assert table.at["2023-2025", "low"] == alone.iloc[0]["value"] + 5


def test_a_sum_of_rounded_amounts_may_be_off_by_its_rounding():
    plan = load_plan("dazhou-2019")
    cell = ("investment", "tongchuan", "all", "all", "2019")
    printed = plan.cells.set_index(KEYS).at[cell, "value"]
    suspects = explain_plan(plan.replace({cell: printed + 50}))
    row = suspects.table[suspects.table["area"] == "tongchuan"].iloc[0]
    assert row["low"] < printed < row["high"] < printed + 2


@pytest.mark.parametrize("name", ["huzhou-1224", "dazhou-2019"])
def test_a_planted_misprint_is_found_and_said_to_be_no_figure_of_the_document(name):
    wrong = plant_misprint(load_plan(name))
    assert (wrong.figures["place"] == "replaced").sum() == 1
    planted = wrong.figures.loc[wrong.figures["place"] == "replaced", "figure_id"].item()
    assert planted in set(explain_plan(wrong).table["figure_id"])
    assert not reconcile(wrong).passed
    assert wrong.cite("en") != load_plan(name).cite("en")


def test_a_swap_with_a_dash_is_told_as_one(huzhou):
    suspects = explain_plan(huzhou.replace({IDLE: 110, BUSY: None}))
    assert set(suspects.table["slip"]) == {"swapped_neighbours"}
    told = suspects.findings[1]
    assert told.say("en").endswith(
        "Nantaihu New Area and Changhe Zone are swapped (neighbours):"
        " '-' and 110 printed, 110 and '-' meant."
    )
    assert "相邻的数互换，印的是 “-”、110，应为 110、“-”" in told.say("zh")
    assert told.title("en") == "Nantaihu New Area and Changhe Zone: '-' and 110 swapped"


def test_a_number_where_a_dash_may_have_been_meant(huzhou):
    told = explain_plan(huzhou.replace({IDLE: 5})).findings[1]
    assert "0 or '-' fits" in told.say("en") and "改为 0 或“-”" in told.say("zh")


def test_a_title_says_what_was_meant_and_names_the_measure_without_an_industry(huzhou):
    whole = ("projects", "all", "all", "revenue", "2023-2025")
    told = explain_plan(huzhou.replace({whole: 769})).findings[1]
    assert told.title("zh") == "湖州市·引进项目：印 769，应为 796（相邻数字颠倒）"
    assert told.title("en").startswith("Huzhou, Projects attracted: 769 printed, 796 meant")


def test_a_title_of_unlike_slips_names_none(huzhou, values):
    tours = ("projects", "deqing", "tourism", "revenue", "2023-2025")
    told = explain_plan(huzhou.replace({CUMULATIVE: 54, tours: int(values[tours]) + 60})).findings
    assert told[1].numbers["slip"] == ""
    assert "（" not in told[1].title("zh").replace("（含工业设计）", "")


def test_parts_are_told_apart(huzhou, values):
    tours = ("projects", "anji", "tourism", "all", "2023")
    told = explain_plan(huzhou.replace({CUMULATIVE: 54, tours: int(values[tours]) + 9})).findings
    assert [f.say("en").split(":")[0] for f in told[1:]] == ["Part 1", "Part 2"]
    assert [f.say("zh")[:7] for f in told[1:]] == ["第 1 处，只", "第 2 处，只"]
    assert "2 of the failing identities have no figure in common" in told[0].say("en")


def test_the_end_of_a_range_is_called_one():
    plan = change(load_plan(YUNZE), "2.1.projects.south.2026", 54)
    told = [f for f in explain_plan(plan).findings if "80～90" in f.say("en")]
    assert "anything from 84 to 94 projects as the lower end" in told[0].say("en")
    assert "下限（宽度不变）84 至 94" in told[0].say("zh")


def without_explanations(monkeypatch, **attributes):
    def locate(values, rows, **given):
        return Explanations([], **attributes)

    monkeypatch.setattr("h1224lib.localisation.printed.locate_errors", locate)


def test_a_search_without_a_result_says_what_fails(huzhou, monkeypatch):
    without_explanations(monkeypatch, complete=False, unexplained=[Unexplained((0, 1), 2)])
    (told,) = explain_plan(huzhou.replace({CUMULATIVE: 54})).findings
    assert "3 项不成立" in told.say("zh") and "至少有 2 个" in told.say("zh")
    assert "found none" in told.say("en")


def test_contradictions_reach_the_reader(huzhou, monkeypatch):
    without_explanations(monkeypatch, contradictions=[Contradiction((0, 1), ())])
    (told,) = explain_plan(huzhou).findings
    assert "2 identities contradict each other" in told.say("en")
    assert "2 项勾稽关系相互矛盾" in told.say("zh") and told.places


def test_reconcile_tells_explanations_of_a_spoilt_copy(tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    folder = tmp_path / "plan"
    shutil.copytree(HUZHOU, folder)
    path = folder / "figures.csv"
    printed = path.read_text(encoding="utf-8")
    row = "2.1.all.all.all.2023-2025,projects,all,all,all,2023-2025,=,1000,,个（家）,1000,"
    assert row in printed
    path.write_text(printed.replace(row, row.replace("1000", "100")), encoding="utf-8")
    for lang, words in (("zh", "印的是 100，改为 1000"), ("en", "100 printed, 1000 fits")):
        with pytest.raises(SystemExit) as left:
            main(["reconcile", "--plan", str(folder), "--lang", lang])
        assert left.value.code == 1
        assert words in capfd.readouterr().out
