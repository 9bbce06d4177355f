"""What the rules find in Huzhou's plan, worked on paper from the document; then Dazhou's."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from h1224lib import load_plan, review_plan
from h1224lib.findings import Label
from h1224lib.review import measure_paces

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def found():
    by_kind: dict[str, list] = {}
    for finding in review_plan(load_plan("huzhou-1224")):
        by_kind.setdefault(finding.kind, []).append(finding)
    return by_kind


def one(found, kind):
    assert len(found[kind]) == 1
    return found[kind][0].numbers


def named(rows, column=0):
    return [row[column].en for row in rows]


def test_at_least_74_above_scale_enterprises_are_in_no_industrys_target(found):
    three, first = (f.numbers for f in found["parts_short_of_total"])
    # 240 + 20 + 60 + 6 = 326; at least 400 - 326 = at least 74.
    assert [value for _, value in three["parts"]] == [240, 20, 60, 6]
    assert (three["sum"], three["total"], three["rest"]) == (326, 400, 74)
    assert three["bound"] == "at_least"
    assert [m.en for m in three["missing"]] == ["Culture and tourism", "Finance", "Logistics"]
    # 60 + 10 + 20 + at least 2 = at least 92, against at least 120: minima 28 apart.
    assert (first["sum"], first["total"], first["rest"]) == (92, 120, 28)
    assert first["bound"] == "minima"


def test_dashes_for_2023_under_a_target(found):
    numbers = one(found, "dash_under_target")
    # Software, fixed-asset: Deqing "1 | -" and Changxing "1 | -"; Wuxing "1 | 1" is none.
    assert named(numbers["cells"]) == [
        "Deqing County, Software and IT, Fixed-asset",
        "Changxing County, Software and IT, Fixed-asset",
    ]
    assert numbers["value"] == 2


def test_exact_here_and_a_bound_there(found):
    rows = [f.numbers for f in found["exact_and_bound"]]
    assert [(n["value"], n["relation"], n["agree"]) for n in rows] == [
        (200, ">=", True),
        (70, ">=", True),
        # 收入 100 (3.6) and 超 100 (its landmarks): nothing is both 100 and more than 100.
        (100, ">", False),
    ]
    assert [place.en for place in rows[0]["bound_places"]] == ["section 3.3"]
    assert [place.zh for place in rows[0]["exact_places"]] == [
        "第 2.1 节", "第 3.3 节标志性成果", "附件2",
    ]  # fmt: skip


def test_twenty_results_under_every_way_of_counting(found):
    three, first = (f.numbers for f in found["landmark_count"])
    # Units 2023-2025: commerce 2 + 5, tourism 2 to 3, finance 1 (+ 2 restated), hr 3,
    # logistics 4 x 1, scitech 10 (software's one is restated): 27 to 28, with restated 30 to 31.
    # Results: 10, with restated 13. Clauses: 7, with software's restated one 8.
    # Named in 2023 alone: 1 finance, 1 logistics, 1 software: 3 more of each.
    # Both lists as printed: 15 to 16 units, 8 results and 7 clauses of 2023 more, 13 + 8 = 21.
    assert three["counts"] == [
        ["alone", True, 30, 31, 13, 8],
        ["alone", False, 27, 28, 10, 7],
        ["with_dropped", True, 33, 34, 16, 11],
        ["with_dropped", False, 30, 31, 13, 10],
        ["both", True, 45, 47, 21, 15],
        ["both", False, 42, 44, 18, 14],
    ]
    assert (three["reached"], three["ways"], three["exact"]) == (7, 18, 0)
    # 2023: 1 + 3, 1 to 2, 1, 1, 1, 1, 6 = 15 to 16 units; 8 results; 7 clauses, just the 7.
    assert first["counts"] == [["alone", True, 15, 16, 8, 7]]
    assert (first["headline"], first["exact"]) == (7, 1)


def test_landmarks_that_restate_that_are_dropped_and_that_have_no_number(found):
    restating = one(found, "landmarks_restating")
    assert [row[1] for row in restating["rows"]] == [200, 6000, 100]
    dropped = one(found, "landmarks_dropped")
    assert (dropped["count"], dropped["early"]) == (3, 8)
    assert [n.zh for n in dropped["names"]] == [
        "北京绿色金融研究院（南院）", "多式联运项目", "云上芯湖州智慧园",
    ]  # fmt: skip
    assert one(found, "landmarks_without_number")["count"] == 5
    units = found["landmark_units"][0].numbers
    # 个: commerce 2, tourism 1; 家: finance, hr, logistics 2, scitech; 亿元: finance, software.
    assert {unit.zh: count for unit, count in units["units"]} == {"个": 3, "家": 5, "亿元": 2}
    assert [unit.en for unit, _ in units["units"]][-1] == "CNY 100 million"
    assert units["unnumbered"] == 3


def test_restated_landmarks_are_found_from_the_figures_alone():
    import dataclasses

    from h1224lib.review.landmarks import is_restated

    plan = load_plan("huzhou-1224")
    blind = dataclasses.replace(plan, landmarks=plan.landmarks.assign(restates=""))
    assert is_restated(blind).tolist() == (plan.landmarks["restates"] != "").tolist()


def test_tourisms_directions_are_misnumbered(found):
    rows = one(found, "numbering_slips")["rows"]
    assert [(r[2], r[3]) for r in rows] == [("四是", "4"), ("4", "5")]


def test_topics_of_two_industries(found):
    topics = {t: (named, ids) for t, named, ids in one(found, "shared_topics")["topics"]}
    assert len(topics) == 7
    named, ids = topics[Label("冷链", "cold chain")]
    assert ids == ["commerce.5", "logistics.3"]
    assert [[label.en for label in pair] for pair in named] == [
        ["Commerce", "Catering chains"],
        ["Logistics", "Cold-chain logistics"],
    ]
    assert not HAN.search(found["shared_topics"][0].say("en"))


def test_every_topic_has_english():
    for row in load_plan("huzhou-1224").directions.to_dict("records"):
        assert len(row["topics"].split(";")) == len(row["topics_en"].split(";"))
        assert not HAN.search(row["topics_en"])


def test_municipal_targets_that_nobody_assesses(found):
    numbers = one(found, "targets_unassessed")
    # 81 of 1000 and 21 of 303; commerce 65 + finance 10 + hr 6 = 81.
    assert [row[1:3] for row in numbers["totals"]] == [[81, 1000], [21, 303]]
    assert [value for _, value in numbers["industries"]] == [65, 10, 6]


def test_municipal_targets_are_carried_by_three_groups_outside_1_7_7(found):
    numbers = one(found, "carriers_outside")
    assert (numbers["mechanism"], numbers["total"]) == ([1, 7, 7], 15)
    assert (numbers["area"].zh, numbers["target"]) == ("市属", 81)
    assert [name.zh for name in numbers["carriers"]] == ["市城市集团", "市交通集团", "市产业集团"]
    # Annex 2, remark 2: the Transport Group carries neither finance nor hr.
    assert [reading.en for reading in numbers["shared"]] == [
        "commerce: three groups and the headquarters target not given to areas; "
        "finance, HR: City and Industry Groups"
    ]
    assert "未分解到区县的总部经济目标" in found["carriers_outside"][0].say("zh")
    assert numbers["inferred"]  # section 四 (四) does not list the seven areas


def test_municipal_is_said_in_a_footnote_and_in_a_remark(found):
    numbers = one(found, "term_defined_twice")
    assert numbers["term"].zh == "市属"
    assert [place.zh for _, _, place in numbers["definitions"]] == ["脚注3", "附件2备注2"]


def test_annex_3_names_scitech_before_software(found):
    numbers = one(found, "industry_order")
    # Sections 二 and 三 and annex 2 have the same order; annex 3 has 科技 before 软件.
    assert (numbers["parts"], numbers["first"].en) == (4, "section 2")
    ((part, ((early, late),)),) = numbers["rows"]
    assert (part.zh, early.en, late.en) == ("附件3", "Sci-tech services", "Software and IT")


def test_commerce_promises_more_enterprises_than_revenue_projects(found):
    rows = one(found, "enterprises_beyond_projects")["rows"]
    # 240 against 200 revenue of 255, and 60 against 54 of 70; hr 20 of 100, software 60 of 113
    # (110 revenue) and scitech 6 of 45 stay within.
    assert [[r[0].en, r[1], r[2].en, *r[3:5]] for r in rows] == [
        ["2023–2025, Commerce", 240, "Revenue", 200, 255],
        ["2023, Commerce", 60, "Revenue", 54, 70],
    ]
    assert rows[0][5] == pytest.approx(240 / 255)
    # 240 is beyond revenue's 200 and not beyond all 255.
    said = found["enterprises_beyond_projects"][0]
    assert "not beyond the 255 of all types" in said.say("en")
    assert "未超过各类合计 255" in said.say("zh")


def test_weights_against_shares_and_without_targets(found):
    numbers = one(found, "weights_against_targets")
    # Municipal targets are not assessed: 1000 - 81 = 919, commerce 255 - 65 = 190, finance
    # 200 - 10 = 190, hr 100 - 6 = 94.
    assert (numbers["assessed"], numbers["target"], numbers["whole"]) == (True, 919, 1000)
    ratios = {r[0].en: round(r[4], 2) for r in numbers["rows"]}
    assert ratios == {
        "Logistics": 3.28,  # 15 % for 42 of 919
        "Sci-tech services": 2.04,  # 10 % for 45
        "Human resources": 1.47,  # 15 % for 94
        "Commerce": 0.97,  # 20 % for 190
        "Software and IT": 0.81,  # 10 % for 113
        "Finance": 0.73,  # 15 % for 190
        "Culture and tourism": 0.56,  # 15 % for 245
    }
    assert numbers["spread"] == pytest.approx(245 / 42)
    changhe = one(found, "weights_without_targets")
    # Changhe has 3 projects, all in scitech (10 %): 100 - 10 = 90 % of the weight is empty.
    assert (changhe["area"].en, changhe["weight"], changhe["target"]) == ("Changhe Zone", 90, 3)


def test_points_weights_and_words_hold(found):
    # 90 + 10 = 100 points; 20 + 15 x 4 + 10 x 2 = 100 %; 5 x 2 = 10 points.
    sums = one(found, "points_and_weights_hold")["rows"]
    assert [row[1] for row in sums] == [100, 100, 10]
    held = one(found, "constraints_in_words_hold")
    assert "No fixed-asset in finance and HR" in named(held["notes"])
    assert "points_and_weights" not in found
    assert "constraints_in_words" not in found


def test_stages_years_and_numbers_that_are_missing(found):
    stage = one(found, "target_without_stage")
    assert [len(stage["late"]), len(stage["early"])] == [3, 1]
    assert one(found, "targets_without_number")["count"] == 5  # investment, four growth rates
    years = one(found, "years_without_target")
    assert (years["years"], years["left"]) == (["2024", "2025"], 697)  # 1000 - 303
    assert found["years_without_target"][0].places == ("annex2/1/all/all",)
    undivided = one(found, "undivided_targets")
    assert [name.en for name in undivided["divided"]] == ["Projects attracted"]


def test_bounds_that_change_and_aims(found):
    assert one(found, "bound_changes")["count"] == 4
    assert [row[1:] for row in one(found, "approximate_targets")["rows"]] == [
        [2, 3], [1, 2], [10, None], [6, None],
    ]  # fmt: skip
    mixed = one(found, "mixed_units")
    # 73 numbers of the text; annex 2 has 396 cells, and words in its head alone.
    assert mixed["words"] == [["个（家）", 9], ["个", 44], ["家", 20]]
    assert (mixed["figures"], mixed["bare"]) == (73, 396)


def test_areas_with_the_same_targets(found):
    three, first = (f.numbers for f in found["even_allotments"])
    assert [three["horizon"].en, first["horizon"].en] == ["2023–2025", "2023"]
    alike = {tuple(a.en for a in areas): n for areas, *n in three["repeated"]}
    # Deqing, Changxing, Anji: commerce 33 (7/26), tourism 46 (23/23), finance 16, hr 16,
    # scitech 7 (2/5); logistics 7, of different types; software 46, 10, 9 differs.
    assert next(iter(alike)) == ("Deqing County", "Changxing County", "Anji County")
    assert alike["Deqing County", "Changxing County", "Anji County"] == [5, 6]
    # Wuxing and Nanxun: tourism 42, finance 16, hr 17; logistics 7, of different types.
    assert alike["Wuxing District", "Nanxun District"] == [3, 4]
    # For 2023 alone Anji has 9 in commerce and 1 in scitech.
    alike = {tuple(a.en for a in areas): n for areas, *n in first["repeated"]}
    assert alike["Deqing County", "Changxing County", "Anji County"] == [3, 4]
    assert alike["Deqing County", "Changxing County"] == [5, 6]


def test_who_carries_most(found):
    row = one(found, "concentrated_targets")["rows"][0]
    assert row[2:] == [110, 200, 0.55]
    within = one(found, "parts_within")
    assert [r[1:3] for r in within["totals"]] == [[160, 216], [45, 67]]
    assert not within["split"]


def test_due_at_once_and_nothing_at_first(found):
    # Printed "1 | 1": Deqing logistics, Wuxing software, Changhe scitech, all fixed-asset.
    assert one(found, "due_at_once")["count"] == 3
    late = one(found, "nothing_at_first")
    # Logistics fixed-asset 2 + 2 + 3 + 2; scitech fixed-asset 1, revenue 5 + 5 + 2: 22.
    assert (late["count"], late["left"]) == (8, 22)


def test_the_pace_that_2023_leaves(found):
    rows = {row[0].en: row for row in one(found, "pace_left")["rows"]}
    # (1000 - 303) / 2 = 348.5 a year after 303: 1.150.
    assert rows["Projects attracted"][3:5] == [697, pytest.approx(348.5 / 303)]
    # (20 - 7) / 2 = 6.5 after 7; both are bounds.
    assert rows["Landmark results"][4:] == [pytest.approx(6.5 / 7), True]
    by = {f.numbers["by"]: f.numbers for f in found["pace_by_part"]}
    # Municipal (81 - 21) / 2 = 30 after 21; Changhe (3 - 1) / 2 = 1 after 1.
    assert by["area"]["fastest"] == pytest.approx(30 / 21)
    assert (by["area"]["slowest"], by["area"]["even"]) == (1, 1)
    # Scitech (45 - 11) / 2 = 17 after 11; hr (100 - 40) / 2 = 30 after 40.
    assert by["industry"]["fastest"] == pytest.approx(17 / 11)
    assert by["industry"]["slowest"] == 0.75
    # Logistics revenue in Deqing, scitech revenue in Wuxing: (6 - 1) / 2 = 2.5 after 1.
    assert (by["cell"]["fastest"], len(by["cell"]["fastest_cells"])) == (2.5, 2)


def test_every_leaf_with_a_2023_target_has_a_pace():
    paces = measure_paces(load_plan("huzhou-1224")).query("leaf and measure == 'projects'")
    assert paces["left"].sum() == 697 - 2  # two leaves print "-" for 2023, one project each
    assert (paces["pace"].isna() == (paces["first_value"] == 0)).all()


def test_growth_that_levels_imply(found):
    rows = {row[0].en: row for row in one(found, "implied_growth")["rows"]}
    assert len(rows) == 11
    # 2500 to 6000 in two years: 2.4 ** 0.5 - 1 = 54.9 %.
    assert rows["Financial assets managed, Finance"][3] == pytest.approx(0.549193, abs=1e-6)
    # At least 1800 to at least 2100: (7/6) ** 0.5 - 1 = 8.0 % at the minima.
    assert rows["Services value added"][3:5] == [pytest.approx(0.080123, abs=1e-6), "minima"]
    # More than 110 to 140: below (14/11) ** 0.5 - 1 = 12.8 %.
    containers = rows["Rail and water containers, Logistics"]
    assert containers[3:5] == [pytest.approx(0.128152, abs=1e-6), "below"]
    assert "低于 12.8%" in found["implied_growth"][0].say("zh")
    assert "below 12.8 %" in found["implied_growth"][0].say("en")


def test_124_days_of_2023_had_gone_when_the_plan_was_issued(found):
    # January to April have 31 + 28 + 31 + 30 = 120 days, and 4 in May: 124 of 365.
    numbers = one(found, "issued_after_start")
    assert (numbers["gone"], numbers["days"]) == (124, 365)


def test_dazhou_has_paces_alone():
    found = review_plan(load_plan("dazhou-2019"))
    assert [f.kind for f in found] == ["pace_left", "pace_by_part"]
    # (600.1 - 110.5) / 3 quarters = 163.2 after 110.5: 1.477.
    assert found[0].numbers["rows"][0][3:5] == [489.6, pytest.approx(163.2 / 110.5)]
    # Jingkai (45 - 6.5) / 3 = 12.833 after 6.5; Kaijiang (22.3 - 5.3) / 3 = 5.667 after 5.3.
    assert found[1].numbers["fastest"] == pytest.approx(38.5 / 3 / 6.5)
    assert found[1].numbers["slowest"] == pytest.approx(17 / 3 / 5.3)


def test_the_printed_units_are_those_of_the_transcription():
    golden = Path(__file__).parents[1] / "golden" / "huzhou-text-numbers.csv"
    with golden.open(encoding="utf-8", newline="") as file:
        printed = {i: r["unit"] for r in csv.DictReader(file) for i in r["figures"].split(";")}
    printed.pop("")
    units = load_plan("huzhou-1224").figures.set_index("figure_id")["printed_unit"]
    assert dict(units[units != ""]) == printed


def test_a_note_says_how_annex_2_counts_its_three_years():
    notes = load_plan("huzhou-1224").notes.set_index("note_id")
    # Its head prints 今后三年, its title 未来三年及 2023 年.
    note = notes.loc["next_three_years"]
    assert "今后三年" in note["zh"] and "及2023年" in note["zh"]
    assert "含2023年" in note["reading_zh"]
